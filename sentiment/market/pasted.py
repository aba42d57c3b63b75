"""Lists of assets as people paste them: which ticker each name means, and why one is refused.

A guess is shown before it is followed. A short name in plain letters is a ticker as it stands (COMP, DAX and MOVE are shares or
funds), but for a few coins that everybody calls by their code.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.errors import BadRequestError
from sentiment.formatting import shortened
from sentiment.market import assets, bundled, providers

if TYPE_CHECKING:
    from collections.abc import Iterator

COINS: Final = {
    "BTC": "Bitcoin", "ETH": "Ether", "SOL": "Solana", "XRP": "XRP", "BNB": "BNB", "DOGE": "Dogecoin", "ADA": "Cardano",
    "AVAX": "Avalanche", "DOT": "Polkadot", "TRX": "Tron", "SHIB": "Shiba Inu", "XLM": "Stellar",
}  # fmt: skip
"""Coins by the code that is read as theirs, with their names. Codes that are well-known shares too (LTC, BCH, SUI) are not among them."""
_COIN_CODES: Final = {
    "XBT": "BTC", "XDG": "DOGE", "BITCOIN": "BTC", "ETHEREUM": "ETH", "ETHER": "ETH",
    **{name.upper(): code for code, name in COINS.items()},
}  # fmt: skip
_LINE = re.compile(r"[\r\n]+")
_NUMBERED = re.compile(r"\s*(?:\d{1,3}[.)]|[-*•·–—])\s+")
_BETWEEN = re.compile(r"[,;|\t、•·]+")
_IN_BRACKETS = re.compile(r"\(\s*((?:[A-Za-z_]+:\s?)?[$#]?[A-Z0-9^][A-Z0-9^=./-]{0,15})\s*\)")
_BLOOMBERG = re.compile(r"[A-Z0-9./]{1,10} [A-Z]{2} EQUITY", re.IGNORECASE)
_WORDS = frozenset({"and", "or", "&", "+", "/", "vs", "vs."})
_PLAIN = re.compile(r"[A-Z]{1,5}")
_NUMBER = re.compile(r"[-+$€£]?\d[\d.,]*%?")
_AROUND = "\"'`“”\u2018\u2019«»()[]{}<>*•·–—_,;:?… "
_BEHIND = f"{_AROUND}.-"
_AMERICAN = frozenset({"NASDAQ", "NYSE", "AMEX", "ARCA", "BATS", "NYSEARCA", "NYSEAMERICAN", "OTC", "OTCMKTS"})


class Name(NamedTuple):
    """A name of a pasted list.

    Attributes
    ----------
    written : str
        As it was pasted.
    symbol : str
        The ticker that it means; empty where it is refused.
    why : str
        Why it is refused, in a sentence without its end; empty otherwise.
    hint : str
        What else may be meant; empty mostly.
    """

    written: str
    symbol: str = ""
    why: str = ""
    hint: str = ""


def read(text: str) -> tuple[Name, ...]:
    """Return the names of a pasted list in their order, each asset and each refused name once. No text raises an error."""
    found: dict[str, Name] = {}
    for token in _tokens(text):
        name = meant(token)
        found.setdefault(name.symbol or f"refused {name.written}", name)
    return tuple(found.values())


def meant(token: str) -> Name:
    """Return what one name means; reading the symbol that it gives gives the same symbol again."""
    name = _meant(token)
    if name.symbol and (again := _meant(name.symbol).symbol) != name.symbol:
        return Name(token, why=f"{name.symbol} is read as {again or 'nothing'} here")
    return name


def title(symbol: str) -> str:
    """Return the name of an asset that nothing is saved of: that of a coin, else its ticker."""
    described = bundled.assets().get(symbol)
    return described.title if described else COINS.get(symbol.removesuffix("-USD"), symbol) or symbol


def _tokens(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(char for char in plain if char in "\n\r\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    for line in _LINE.split(plain):
        for part in _BETWEEN.split(_NUMBERED.sub("", line, count=1) if _NUMBERED.match(line) else line):
            yield from filter(None, map(_bare, _words(part.strip())))


def _words(part: str) -> list[str]:
    if in_brackets := _IN_BRACKETS.findall(part):  # Nvidia (NASDAQ: NVDA)
        return [found.replace(" ", "") for found in in_brackets]
    if _BLOOMBERG.fullmatch(part):
        return [part]
    joined = re.sub(r"(?<=[A-Za-z]):\s+(?=\S)", ":", part)
    return [word for word in joined.split() if word.lower() not in _WORDS or word.isupper()]  # VS is a ticker


def _bare(word: str) -> str:
    """Return a word without the signs around it; those that begin or end tickers stay."""
    return word.lstrip(f"{_AROUND}-").rstrip(_BEHIND)


def _meant(token: str) -> Name:
    written = token.upper().removeprefix("$").removeprefix("#")
    if _NUMBER.fullmatch(token):
        return Name(token, why="a number is not a ticker; one of Hong Kong is written 0700.HK, one of Tokyo 7203.T")
    house, colon, rest = written.partition(":")
    likely = providers.suggest(written)
    if colon and (house in _AMERICAN and _PLAIN.fullmatch(rest)):
        symbol, likely = rest, None
    elif colon and likely is None:  # a heading: "Crypto: BTC"
        return _meant(rest)._replace(written=token) if rest and ":" not in rest else _no_ticker(token)
    elif code := _coin(written):
        symbol, likely = f"{code}-USD", None
    elif _PLAIN.fullmatch(written):
        symbol = written
    else:
        symbol, likely = likely or written, None
    try:
        symbol = providers.normalize(symbol)
    except BadRequestError as error:
        return Name(token, why=str(error).rstrip("."))
    if role := next((one for one in (symbol, likely) if one and assets.plays_a_role_only(one)), None):
        return Name(token, why=f"{role} serves the scores of other assets, and has no reading of its own")
    hint = f"if an index or a pair is meant, write {likely}" if likely and likely != symbol else ""
    return Name(token, symbol, hint=hint)


def _coin(written: str) -> str:
    return written if written in COINS else _COIN_CODES.get(written, "")


def _no_ticker(token: str) -> Name:
    return Name(token, why=f"{shortened(token)} is not a ticker")
