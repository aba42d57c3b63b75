"""Price levels of a text, such as support, resistance and targets, as opposed to other sums of money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.text import vocabulary
from sentiment.research.text.tokens import WORDS, is_grouped, number, scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.tokens import Tokens

_BIG: Final = 1e6
_LEAST, _MOST = 1000.0, 1e7
_BACK, _NEAR, _AFTER = 8, 4, 6
# After one to three digits a point and three more are thousands or thousandths.
_UNCLEAR: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_EURO: Final = frozenset({"€", "eur", "euro", "euros"})


@dataclass(frozen=True)
class LevelWords:
    """Words around prices and other sums."""

    support: frozenset[str]
    resistance: frozenset[str]
    target: frozenset[str]
    places: frozenset[str]
    money: frozenset[str]
    counted: frozenset[str]
    spending: frozenset[str]
    securities: frozenset[str]
    joints: frozenset[str]
    links: frozenset[str]
    bounds: frozenset[str]
    past_spans: frozenset[str]
    past_moves: frozenset[str]
    extremes: frozenset[str]

    @cached_property
    def roles(self) -> dict[str, str]:
        """The role that each word gives to a price."""
        lists = {"target": self.target, "resistance": self.resistance, "support": self.support}
        return {word: role for role, words in lists.items() for word in words}


@cache
def level_words() -> LevelWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, LevelWords, "levels")


class Price(NamedTuple):
    """A price level: its tokens, its value, its role (support, resistance, target or empty) and the rule."""

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


def prices(tokens: Tokens, *, names_asset: bool) -> Iterator[Price]:
    """Yield the price levels of a text; `names_asset` is whether it names any asset."""
    words = tokens.words
    numbers, k = tokens.numbers, 0
    for first, last in tokens.sentences if numbers else ():
        before = k
        while k < len(numbers) and numbers[k] < last:
            k += 1
        sums = [amount for i in numbers[before:k] if (amount := _sum(words, i, last))]
        skip, ended, carried = 0, first, ""
        for j, amount in enumerate(sums):
            if j < skip:
                continue
            is_range = j + 1 < len(sums) and _joined(tokens, amount, sums[j + 1], first)
            ends = _same_scale(amount, sums[j + 1]) if is_range else [amount]
            role = _role(words, ends, (first, last), ended, carried)
            yield from _levels(words, ends, (first, last), role, names_asset=names_asset)
            skip, ended, carried = j + len(ends), ends[-1].end, role


def _sum(words: list[str], i: int, last: int) -> _Sum | None:
    figure = number(words[i])
    if figure is None:
        return None
    end = i + 1
    value, scaled = figure.value, figure.scaled
    before = words[i - 1] if i else ""
    following = words[end] if end < last else ""
    if not scaled and (factor := scale(following)):
        value, end, scaled = value * factor, end + 1, True
    after = words[end] if end < last else ""
    lists = level_words()
    if not scaled and "." in words[i] and _UNCLEAR.fullmatch(words[i]):
        if _EURO.isdisjoint({before, after}):
            return None
        value *= 1e3
    money = before in lists.money or after in lists.money
    big = scaled and (value >= _BIG or "million" in words[i + 1 : end] or figure.suffix.startswith("m"))
    if after in lists.counted or not (money or scaled or (is_grouped(words[i]) and value >= _LEAST)):
        return None
    return _Sum(value, i, end, money, scaled, big)


def _joined(tokens: Tokens, low: _Sum, high: _Sum, first: int) -> bool:
    """Whether two sums are the ends of one range: "$84K-86K", "60,000 to 75,000", "between 60,000 and 75,000"."""
    words = tokens.words
    between = words[low.end : high.first] if high.first - low.end <= 3 else ["."]  # noqa: PLR2004
    if not level_words().joints.issuperset(between):
        return False
    if "and" in between:
        return "between" in words[max(low.first - 4, first) : low.first]
    if "to" in between:
        return words[max(low.first - 2, first)] != "from" and words[max(low.first - 1, first)] != "from"
    gap = tokens.text[tokens.ends[low.end - 1] : tokens.starts[high.first]]
    return any(dash in gap for dash in "-\u2013\u2014")


def _same_scale(low: _Sum, high: _Sum) -> list[_Sum]:
    """Return the ends of a range such as "$84-86K" with the scale of the second and the currency of either."""
    money = low.money or high.money
    value = low.value
    if high.scaled and not low.scaled and high.value > value * 100:
        value *= 1e3 if high.value < _BIG else 1e6
    return [low._replace(value=value, money=money), high._replace(money=money)]


def _levels(
    words: list[str], ends: list[_Sum], bounds: tuple[int, int], role: str, *, names_asset: bool
) -> list[Price]:
    lists = level_words()
    first, last = bounds
    start, end = ends[0].first, ends[-1].end
    near = {*words[max(start - _NEAR, first) : start], *words[end : min(end + 3, last)]}
    wide = words[max(start - _BACK, first) : min(end + _AFTER, last)]
    if any(amount.value <= 0 for amount in ends) or (len(ends) > 1 and _is_past(words, start, end, bounds)):
        return []
    is_priced = names_asset or not lists.securities.isdisjoint(wide)
    if not (is_priced or role in {"support", "resistance"}):
        return []
    plausible_target = names_asset and role == "target" and ends[0].value <= _MOST and ends[0].money
    if any(amount.big for amount in ends) and not plausible_target:
        return []
    if not lists.spending.isdisjoint(wide) and role not in {"support", "resistance"}:
        return []
    is_quote = names_asset and all(amount.money for amount in ends) and ends[0].scaled
    if not (role or is_quote or not lists.places.isdisjoint(near)):
        return []
    if len(ends) > 1 and not role and not lists.bounds.isdisjoint(wide):
        roles, rule = ["support", "resistance"], "ends of a range"
    else:
        roles, rule = [role] * len(ends), f"price called {role}" if role else "price in its place"
    return [
        Price(amount.first, amount.end - 1, amount.value, part, rule) for amount, part in zip(ends, roles, strict=True)
    ]


def _is_past(words: list[str], start: int, end: int, bounds: tuple[int, int]) -> bool:
    """Whether a range is that of past prices: "52-week range", "day's range", "traded between"."""
    lists = level_words()
    first, last = bounds
    before, after = words[max(start - _BACK, first) : start], words[end : min(end + _NEAR, last)]
    if not lists.past_moves.isdisjoint(before):
        return True
    return "range" in before and not lists.past_spans.isdisjoint([*before, *after])


def _role(words: list[str], ends: list[_Sum], bounds: tuple[int, int], ended: int, carried: str) -> str:
    """Return the role of a price or range, from the words on its own line.

    It is that of the nearest word before it, unless another price stands between, or of a nearer one after it. In a list
    the role of the price before, which ended at `ended`, is carried on.
    """
    roles, links = level_words().roles, level_words().links
    first, last = bounds
    start, end = ends[0].first, ends[-1].end
    between = words[ended:start]
    if carried and ended > first and links.issuperset(between):
        return carried
    nearest, best = _BACK + 1, ""
    for i in range(start - 1, max(start - _BACK, ended) - 1, -1):
        if (words[i] in roles and not _is_extreme(words, i)) or words[i] == ";":
            nearest, best = start - i, words[i]
            break
    for i in range(end, min(end + _AFTER, last)):
        if words[i][0].isdigit() or words[i] in {",", "and", "\n"}:
            break
        if words[i] in roles and i - end + 1 < nearest and not _is_extreme(words, i):
            best = words[i]
            break
    return roles.get(best, "")


def _is_extreme(words: list[str], i: int) -> bool:
    """Whether a word is the end of a past range, as "high" in "52-week high" or "yesterday's high"."""
    lists = level_words()
    k = i - 1 - (words[i - 1 : i] == ["'s"])
    return words[i] in lists.extremes and k >= 0 and words[k] in lists.past_spans
