"""Currencies and oil by their plain names: "the yen to 145", "sterling at 1.40", "oil" in a note on Brent.

Which price such a word means is clear only with the other side of the pair beside it, or with a price that fits the pair to the dollar.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.figures import figures
from sentiment.research.draft.wording import wording
from sentiment.research.text import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sentiment.research.draft.directions import Move
    from sentiment.research.draft.sentences import Sentence

_NEAR_GAS: Final = (0.4, 2.5)
_NEAR: Final = (0.8, 1.25)  # a price over that of the day, for a pair that nothing else names


@dataclass(frozen=True)
class Currencies:
    """The word lists of ``currencies.toml``, which explains them."""

    not_before: frozenset[str]
    units: frozenset[str]
    dollars: frozenset[str]
    against: frozenset[str]
    other_dollars: frozenset[str]
    oil: frozenset[str]
    capital: frozenset[str]
    contracts: frozenset[str]
    with_dollar: frozenset[str]
    gas: frozenset[str]
    definite: frozenset[str]
    with_pair: dict[str, str]
    against_pair: dict[str, str]


@cache
def currencies() -> Currencies:
    """Return the words, read once."""
    return vocabulary.load(Path(__file__).with_name("currencies.toml"), Currencies)


def name_plain(sentences: Sequence[Sentence], price: Callable[[str], float | None]) -> None:
    """Mark the plain names of currencies and of oil whose price is clear as assets of their sentences."""
    lists = currencies()
    named = {symbol for sentence in sentences for symbol in sentence.assets.values()} & lists.contracts
    for sentence in sentences:
        words = set(sentence.words[sentence.first : sentence.last])
        if len(named) == 1 and not words.isdisjoint(lists.oil) and lists.contracts.isdisjoint(sentence.assets.values()):
            (symbol,) = named
            for k in range(sentence.first, sentence.last):
                if sentence.word(k) in lists.oil and k not in sentence.assets:
                    sentence.name([k], symbol)
        if "gas" in words:
            _name_gas(sentence, price)
        if not words.isdisjoint(lists.with_pair.keys() | lists.against_pair.keys()):
            _name_pair(sentence, price)


def _name_gas(sentence: Sentence, price: Callable[[str], float | None]) -> None:
    """Mark "natural gas" and "Nymex gas" where the country or a price shows that it is that of the United States."""
    if "NG=F" in sentence.assets.values() or not {"europe", "european", "ttf", "€"}.isdisjoint(
        sentence.words[sentence.first : sentence.last]
    ):
        return
    reference = price("NG=F")
    fits = reference is not None and any(
        _NEAR_GAS[0] <= figure.low / reference and figure.high / reference <= _NEAR_GAS[1]
        for figure in figures(sentence)
    )
    for k in range(sentence.first + 1, sentence.last):
        if (
            sentence.word(k) == "gas"
            and sentence.word(k - 1) in currencies().gas
            and sentence.word(k + 1) not in {"producers", "stocks", "storage", "output"}
        ):
            first = k - 1 - (sentence.word(k - 2) in {"usa", "nymex"})
            if fits or first < k - 1:
                sentence.name(range(first, k + 1), "NG=F")


def turned(sentence: Sentence, moved: list[Move]) -> Iterator[Move]:
    """Yield the moves with the sign of the price: a weaker yen is a rise of USD/JPY; none where it is not clear whose move it is."""
    for move in moved:
        places = [k for k, symbol in sentence.assets.items() if symbol in move.symbols and k not in sentence.compared]
        inverse = {k in sentence.inverse for k in places}
        if len(inverse) < 2:  # noqa: PLR2004 - both sides of the pair
            yield move._replace(sign=-move.sign) if inverse == {True} else move


def _name_pair(sentence: Sentence, price: Callable[[str], float | None]) -> None:
    """Mark the currency of a sentence, and the dollar beside it, as their pair; nothing if a second currency is named."""
    lists = currencies()
    pairs = lists.with_pair | lists.against_pair
    places = [
        k
        for k in range(sentence.first, sentence.last)
        if sentence.word(k) in pairs
        and sentence.word(k + 1) not in lists.not_before
        and k not in sentence.assets
        and (sentence.word(k) not in lists.capital or sentence.shown(k)[0].isupper())
        and (sentence.word(k) not in lists.with_dollar or sentence.word(k + 1) == "dollar")
    ]
    symbols = {pairs[sentence.word(k)] for k in places}
    if len(symbols) != 1:
        return
    (symbol,) = symbols
    if symbol in sentence.assets.values():
        return
    dollars = [k for k in range(sentence.first, sentence.last) if _is_dollar(sentence, k)]
    reference = price(symbol)
    fits = reference is not None and any(
        _NEAR[0] <= figure.low / reference and figure.high / reference <= _NEAR[1] for figure in figures(sentence)
    )
    whole = sentence.word(places[0]) in lists.with_dollar
    ours = not (wording().own | lists.definite).isdisjoint(sentence.words[sentence.first : sentence.last])
    against = any(sentence.word(k - 1 - (sentence.word(k - 1) == "the")) in lists.against for k in (*places, *dollars))
    slashed = any(abs(k - d) == 1 and _is_slash(sentence, min(k, d)) for k in places for d in dollars)
    if (
        not (slashed and symbol.endswith("=X"))
        and not (fits and (ours or not dollars))
        and not (dollars and ours and against and not whole and symbol.endswith("=X"))
    ):
        return
    falls = sentence.word(places[0]) in lists.against_pair
    named = [k for k in places if not _is_unit(sentence, k)]
    joined = {k for k in named for d in dollars if abs(k - d) == 1 and _is_slash(sentence, min(k, d))}
    for k in named:
        name = {k, k + 1} if sentence.word(k) in lists.with_dollar else {k}
        sentence.name(name, symbol)
        if falls and k not in joined:
            sentence.inverse |= name
    for d in dollars:
        if sentence.word(d) in {"dollar", "greenback"} and d not in sentence.assets and not _is_unit(sentence, d):
            sentence.name([d], symbol)
            if not falls and not any(abs(k - d) == 1 for k in joined):
                sentence.inverse.add(d)


def _is_dollar(sentence: Sentence, k: int) -> bool:
    lists = currencies()
    return (
        sentence.word(k) in lists.dollars
        and sentence.word(k - 1) not in lists.other_dollars - {"per"}
        and sentence.word(k + 1) != "index"
    )


def _is_unit(sentence: Sentence, k: int) -> bool:
    """Whether a currency only counts: "149 yen", "per dollar"."""
    before = sentence.word(k - 1)
    return (
        before[0].isdigit()
        or before in currencies().units
        or (before == "the" and sentence.word(k - 2) in {"to", "per"} and sentence.word(k - 3)[0].isdigit())
    )


def _is_slash(sentence: Sentence, k: int) -> bool:
    text, ends, starts = sentence.tokens.text, sentence.tokens.ends, sentence.tokens.starts
    return text[ends[k] : starts[k + 1]] in {"/", "-", "\u2013"}
