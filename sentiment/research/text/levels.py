"""The prices that a text calls support, resistance or target, told from sums of money that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.text.tokens import number, scale, wordset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.tokens import Tokens

_SUPPORTS: Final = wordset("support supports floor bottom bottoms low lows demand base defend defends held")
_CEILINGS: Final = wordset("resistance ceiling cap barrier hurdle high highs top rejected")
_TARGETS: Final = wordset(
    """
    target targets forecast forecasts predict predicts prediction toward towards eye eyes upside reach hit expects
    """
)
_PLACES: Final = wordset(
    """
    level levels above below under over at near around between past through mark price zone area range breaks
    break broke reclaim reclaims holds hold lost loses to from beneath tops falls slips hits hovers drops
    """
)
_ROLES: Final = _SUPPORTS | _CEILINGS | _TARGETS
_MONEY: Final = frozenset({"$", "€", "£", "usd", "eur", "dollars", "usdt"})
_BIG: Final = 1e6
_THINGS: Final = wordset(
    """
    btc eth bitcoins coins tokens people users calls jobs employees shares contracts wallets customers days weeks
    months years % percent percentage basis points times addresses transactions members units nodes
    """
)
_SPENT: Final = wordset(
    """
    worth raise raises raised fine fined revenue sales profit loss inflows inflow outflows outflow hacked hack
    stolen stole settle pay pays paid volume buys bought sells liquidated fund liquidations settlement scam
    funding invest invests
    """
)
_STOCKS: Final = wordset("share shares stock stocks index price prices")
_JOINTS: Final = frozenset({"to", "and", "\u2013", "\u2014", "-", "$", "€", "usd", "us"})
_LEAST, _MOST = 1000.0, 1e7
_BACK, _NEAR, _AFTER = 8, 4, 6


class Price(NamedTuple):
    """A price level: the tokens it spans, its value, its role (support, resistance, target or nothing), the rule."""

    first: int
    last: int
    value: float
    role: str
    rule: str


class _Sum(NamedTuple):
    value: float
    first: int
    end: int
    money: bool
    scaled: bool
    big: bool


def prices(tokens: Tokens, *, named: bool) -> Iterator[Price]:
    """Yield the price levels of a text; `named` says whether it names an asset."""
    words = tokens.words
    for first, last in tokens.sentences:
        sums = [found for i in range(first, last) if words[i][0].isdigit() and (found := _sum(words, i, last))]
        skip = 0
        for k, one in enumerate(sums):
            if k < skip:
                continue
            other = sums[k + 1] if k + 1 < len(sums) and _joined(tokens, one, sums[k + 1], first) else None
            pair = [one] if other is None else _same_scale(one, other)
            yield from _levels(words, pair, (first, last), named=named)
            skip = k + len(pair)


def _sum(words: list[str], i: int, last: int) -> _Sum | None:
    read = number(words[i])
    if read is None:
        return None
    end = i + 1
    value, scaled = read.value, read.scaled
    following = words[end] if end < last else ""
    if not scaled and (factor := scale(following)):
        value, end, scaled = value * factor, end + 1, True
    before = words[i - 1] if i else ""
    after = words[end] if end < last else ""
    money = before in _MONEY or after in _MONEY
    big = scaled and (value >= _BIG or "million" in words[i + 1 : end] or read.suffix.startswith("m"))
    if after in _THINGS or not (money or scaled or ("," in words[i] and value >= _LEAST)):
        return None
    return _Sum(value, i, end, money, scaled, big)


def _joined(tokens: Tokens, one: _Sum, other: _Sum, first: int) -> bool:
    """Whether two sums are the ends of one range: "$84K-86K", "60,000 to 75,000", "between 60,000 and 75,000"."""
    words = tokens.words
    between = words[one.end : other.first] if other.first - one.end <= 3 else ["."]  # noqa: PLR2004
    if not _JOINTS.issuperset(between):
        return False
    if "and" in between:
        return "between" in words[max(one.first - 4, first) : one.first]
    if "to" in between:
        return words[max(one.first - 2, first)] != "from" and words[max(one.first - 1, first)] != "from"
    gap = tokens.text[tokens.ends[one.end - 1] : tokens.starts[other.first]]
    return any(dash in gap for dash in "-\u2013\u2014")


def _same_scale(one: _Sum, other: _Sum) -> list[_Sum]:
    """Give the first end of "$84-86K" the scale and the money of the second, and the other way round."""
    money = one.money or other.money
    value = one.value
    if other.scaled and not one.scaled and other.value > value * 100:
        value *= 1e3 if other.value < _BIG else 1e6
    return [one._replace(value=value, money=money), other._replace(money=money)]


def _levels(words: list[str], pair: list[_Sum], bounds: tuple[int, int], *, named: bool) -> list[Price]:
    first, last = bounds
    start, end = pair[0].first, pair[-1].end
    near = {*words[max(start - _NEAR, first) : start], *words[end : min(end + 3, last)]}
    role = _role(words, start, end, first, last)
    wide = words[max(start - _BACK, first) : min(end + _AFTER, last)]
    stock = named or not _STOCKS.isdisjoint(wide)
    if not (stock or role in {"support", "resistance"}):
        return []
    if any(one.big for one in pair) and not (named and role == "target" and pair[0].value <= _MOST and pair[0].money):
        return []
    if not _SPENT.isdisjoint(wide) and role not in {"support", "resistance"}:
        return []
    if not (role or not _PLACES.isdisjoint(near) or (named and all(one.money for one in pair) and pair[0].scaled)):
        return []
    if len(pair) > 1 and not role and not {"between", "range", "sideways"}.isdisjoint(wide):
        roles, rule = ["support", "resistance"], "ends of a range"
    else:
        roles, rule = [role] * len(pair), f"price called {role}" if role else "price in its place"
    return [Price(one.first, one.end - 1, one.value, part, rule) for one, part in zip(pair, roles, strict=True)]


def _role(words: list[str], start: int, end: int, first: int, last: int) -> str:
    nearest, best = _BACK + 1, ""
    for i in range(start - 1, max(start - _BACK, first) - 1, -1):
        if words[i] in _ROLES or words[i] == ";":
            nearest, best = start - i, words[i]
            break
    for i in range(end, min(end + _AFTER, last)):
        if words[i][0].isdigit() or words[i] in {",", "and"}:
            break
        if words[i] in _ROLES and i - end + 1 < nearest:
            best = words[i]
            break
    if best in _SUPPORTS:
        return "support"
    return "resistance" if best in _CEILINGS else "target" if best in _TARGETS else ""
