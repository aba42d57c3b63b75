"""The figures of a sentence that can be a price, ranges of two, percentages of a move, and stated probabilities."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.text.lengths import horizon_words
from sentiment.research.text.levels import level_words
from sentiment.research.text.tokens import is_grouped, number, scale

if TYPE_CHECKING:
    from sentiment.research.draft.sentences import Sentence

_PROBABILITY: Final = re.compile(
    r"(\d{1,3}) ?(?:%|percent|per cent) (?:chance|probability|likelihood|odds|confidence)"
    r"|(?:chance|probability|likelihood|odds) of (\d{1,3}) ?(?:%|percent|per cent)"
    r"|(?:odds|probability|chance)s?\b[^.;]{0,90}? at (\d{1,3}) ?(?:%|percent|per cent)"
    r"|\bput (\d{1,3}) ?(?:%|percent|per cent) on (?:it|that)\b",
    re.IGNORECASE,
)
_YEARS: Final = range(1900, 2101)
_PLAUSIBLE: Final = (0.05, 25.0)  # a price over that of the day
_PERCENT: Final = frozenset({"%", "percent", "pct"})
_DOLLARS: Final = frozenset({"dollars", "dollar", "bucks"})
_UNITS: Final = frozenset(
    {"bp", "bps", "basis", "x", "tonnes", "tons", "barrels", "bcf", "users", "people", "branches", "stores"}
)


class Figure(NamedTuple):
    """A figure, or the two ends of a range: its tokens, its values, and whether it is written as a price."""

    first: int
    last: int
    low: float
    high: float
    priced: bool

    @property
    def value(self) -> float | None:
        """The one value; None for a range."""
        return self.low if self.low == self.high else None


def figures(sentence: Sentence) -> list[Figure]:
    """Return the figures that can be prices, in text order."""
    found: list[Figure] = []
    k = sentence.first
    while k < sentence.last:
        figure = _figure(sentence, k)
        if figure is None:
            k += 1
            continue
        if found and _joined(sentence, found[-1], figure):
            low = found.pop()
            value = low.low
            if figure.low >= 1e3 > value and figure.low / value > 100:  # noqa: PLR2004 - "60-68k"
                value *= 1e3
            figure = Figure(low.first, figure.last, value, figure.low, low.priced or figure.priced)
        found.append(figure)
        k = figure.last + 1
    return found


def _figure(sentence: Sentence, k: int) -> Figure | None:
    word = sentence.word(k)
    if sentence.word(k + 1) in _DOLLARS and k not in sentence.days and (count := horizon_words().counts.get(word)):
        return _in_words(sentence, k, count)
    if not word[0].isdigit() or k in sentence.days or k in sentence.assets or (parsed := number(word)) is None:
        return None
    end, value, scaled = k + 1, parsed.value, parsed.scaled
    if not scaled and (factor := scale(sentence.word(end))):
        value, end, scaled = value * factor, end + 1, True
    cents = end + (sentence.word(end) in {"us", "usa"})
    if sentence.word(cents) in {"cent", "cents"} and sentence.word(end - 1) != "per":
        return Figure(k, cents, value / 100, value / 100, priced=True)
    before, after = sentence.word(k - 1), sentence.word(end)
    if after in _PERCENT or after in _UNITS or (after == "per" and sentence.word(end + 1) == "cent"):
        return None
    money = before in level_words().money or after in level_words().money
    if (after in level_words().counted - {"points"} or after.startswith("year")) and not money:
        return None
    priced = money or scaled or is_grouped(word) or ("." in word and len(word) > 3)  # noqa: PLR2004 - 1.18
    if parsed.suffix.startswith("m") and not money:
        return None  # 1m may be a month
    if not priced and (value in _YEARS or (after == "." and k == sentence.first)):
        return None
    return Figure(k, end - 1, value, value, priced)


def _in_words(sentence: Sentence, k: int, count: int) -> Figure:
    """Return a price that is spelled: "two dollars", "half a dollar"."""
    half = count == 1 and sentence.word(k - 1) == "half"
    value = 0.5 if half else float(count)
    return Figure(k - half, k + 1, value, value, priced=True)


def _joined(sentence: Sentence, low: Figure, high: Figure) -> bool:
    between = [
        sentence.word(j) for j in range(low.last + 1, high.first) if sentence.word(j) not in {"$", "€", "£", "usd"}
    ]
    if between in ([], ["\u2013"], ["\u2014"], ["-"], ["to"]) and low.low < max(
        high.low, high.low * 1e3 * (high.low < low.low)
    ):
        before = {sentence.word(low.first - 1), sentence.word(low.first - 2)}
        return "from" not in before and (bool(between) or sentence.words[low.last + 1 : high.first] == [])
    return between == ["and"] and "between" in {sentence.word(low.first - j) for j in (1, 2, 3)}


def plausible(figure: Figure, reference: float | None) -> bool:
    """Whether a figure can be a price of the asset: near that of the day, or written as one where none is stored."""
    if reference is None:
        return figure.priced
    return _PLAUSIBLE[0] <= figure.low / reference and figure.high / reference <= _PLAUSIBLE[1]


def percentages(sentence: Sentence) -> list[tuple[int, float]]:
    """Return the token of each percentage and its value as a fraction; those of a range are left out."""
    found = []
    for k in range(sentence.first, sentence.last):
        counted = horizon_words().counts.get(sentence.word(k))
        if (counted or sentence.word(k)[0].isdigit()) and (
            sentence.word(k + 1) in _PERCENT or sentence.words[k + 1 : k + 3] == ["per", "cent"]
        ):
            parsed = number(str(counted or sentence.word(k)))
            ranged = sentence.word(k - 1)[0].isdigit() or (
                sentence.word(k - 1) in {"to", "\u2013"} and sentence.word(k - 2)[0].isdigit()
            )
            if parsed is not None:
                found.append((k, float("nan") if ranged else parsed.value / 100))
    return found


def probability_in(text: str) -> float | None:
    """Return the probability stated in a sentence, 0 to 1; None if there is none or more than one."""
    stated = {int(next(filter(None, match.groups()))) for match in _PROBABILITY.finditer(text)}
    return stated.pop() / 100 if len(stated) == 1 and max(stated) <= 100 else None  # noqa: PLR2004 - per cent
