"""Lengths of time ahead, such as "next 90 days" or "over the next 30 trading days", and the words of all horizons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from functools import cache, cached_property
from itertools import takewhile
from typing import Final, NamedTuple

from sentiment.research.text import vocabulary
from sentiment.research.text.tokens import WORDS, token_words
from sentiment.research.text.written_days import last_day

_KEYWORDS: Final = frozenset(
    {
        "end",
        "year",
        "month",
        "quarter",
        "week",
        "mid",
        "midyear",
        "rest",
        "remainder",
        "this",
        "tomorrow",
        "eoy",
        "before",
        "last",
        "final",
        "turn",
    }
)
_AHEAD: Final = frozenset({"next", "coming", "following", "within", "inside"})
_SOME: Final = frozenset({"few", "several", "couple"})
_FILLERS: Final = frozenset({"the", "in", "over", "for", "of", "or", "to", "about", "around", "roughly", "some"})
_SESSION: Final = "session"
_SHORT: Final = re.compile(r"(1|2|3|6|9|12|18|24)m")  # 3m of a table of forecasts
_QUOTE: Final = re.compile(r"\d+\.\d+|\d+(?:\.\d+)?k|\d{1,3}(?:,\d{3})+")
_BREAKS: Final = frozenset({"end", ",", ".", ";", ":", "of", "in", "to", "for", "and", "low", "high"})
_SENTENCE_ENDS: Final = frozenset({".", "\n", ";", "!", "?"})
_MAX_WORDS: Final = 7
_SATURDAY, _WEEK, _WORKDAYS = 5, 7, 5


@dataclass(frozen=True)
class HorizonWords:
    """Words of days and periods."""

    unit_days: dict[str, int]
    plural_days: dict[str, int]
    openers: frozenset[str]
    workdays: frozenset[str]
    parts: dict[str, int]
    parts_of: frozenset[str]
    fiscal: frozenset[str]
    earlier: frozenset[str]
    before_named_day: frozenset[str]
    before_year: frozenset[str]
    after_year: frozenset[str]
    year_ends: frozenset[str]
    terms: frozenset[str]
    before_month: frozenset[str]
    past: frozenset[str]
    looking: frozenset[str]
    quarters: dict[str, int]
    halves: dict[str, int]
    ordinals: dict[str, int]
    counts: dict[str, int]

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Every word at which a horizon can begin."""
        listed = (self.quarters, self.halves, self.ordinals, self.openers, token_words().months, self.counts)
        return _KEYWORDS.union(self.year_ends, *listed)

    @cached_property
    def unit_words(self) -> frozenset[str]:
        """The units of a length, each also with an "s"."""
        units = {*self.unit_days, _SESSION}
        return frozenset(word for unit in units for word in (unit, f"{unit}s") if word.removesuffix("s") in units)

    @cached_property
    def before_unit(self) -> frozenset[str]:
        """The words that may stand in a length before its unit, besides numbers."""
        return _AHEAD.union(_SOME, _FILLERS, self.workdays, self.counts)


@cache
def horizon_words() -> HorizonWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, HorizonWords, "horizons")


class Horizon(NamedTuple):
    """Tokens that look ahead, the last day they mean (None: unknown without a publication date), and the rule."""

    first: int
    last: int
    day: date | None
    rule: str


def length(words: list[str], i: int, published: date | None) -> Horizon | None:
    """Parse "next 90 days", "in the coming weeks", "within six months", "over the next 30 trading days", "over the next year"."""
    lists = horizon_words()
    j = _place_of_unit(words, i)
    if j is None:
        return None
    before, word, unit = words[i:j], words[j], words[j].removesuffix("s")
    if words[j + 1 : j + 2] == ["of"] and word == unit:
        return None  # "within a week of the listing"
    coming = words[j + 1 : j + 2] == ["ahead"] and unit in {"month", "quarter", "year"} and words[i] in {"in", "over"}
    some = not _SOME.isdisjoint(before)
    count = 0 if some else _count(before)
    leads = words[i] == "over" and count > 1 and words[j + 1 : j + 2] in (["we"], ["i"], [","], ["our"])
    leads = leads and (not i or words[i - 1] in _SENTENCE_ENDS)  # "Over twelve months we project"
    if (
        _AHEAD.isdisjoint(before)
        and not coming
        and not leads
        and not (words[i] == "in" and count and (count > 1 or _ends_alone(words, i, j)))
    ):
        return None
    if not count and word == unit:
        count = int(
            "the" in before and (coming or not _AHEAD.isdisjoint(before))
        )  # "next year" alone is one of the calendar
    if not count and word not in lists.plural_days:
        return None
    if unit == _SESSION or (unit == "day" and not lists.workdays.isdisjoint(before)):
        return _workdays_ahead(i, j, count, published, f"next n trading {word}") if count else None
    if not count:
        return days_ahead(i, j, lists.plural_days[word], published, f"next {word}")
    return _units_ahead(i, j, count, unit, published, f"next n {word}" if count > 1 or word != unit else f"next {word}")


def _ends_alone(words: list[str], i: int, j: int) -> bool:
    """Whether "in a year" ends its clause and is not the span of a record, as in "the steepest fall in a year"."""
    record = any(
        word.endswith("est") or word in {"first", "time", "low", "high", "most", "record"}
        for word in words[max(i - 6, 0) : i]
    )
    return not record and (j + 1 == len(words) or words[j + 1] in {".", ",", ";", ")"})


def term(words: list[str], i: int, published: date | None) -> Horizon | None:
    """Parse a length that is a horizon by the words around it: "12-month target", "3m tgt", "a year from now", "horizon 4 weeks"."""
    lists, word = horizon_words(), words[i]
    short = _SHORT.fullmatch(word) if word[-1] == "m" else None
    if short is None and (i + 1 == len(words) or words[i + 1] not in lists.unit_words):
        return None
    count = int(short[1]) if short else lists.counts.get(words[i]) or (int(words[i]) if _is_count(words[i]) else 0)
    j = i if short else i + 1
    unit = "month" if short else words[j].removesuffix("s") if j < len(words) else ""
    if not count or unit not in lists.unit_days:
        return None
    before, after = words[i - 1] if i else "", words[j + 1 : j + 3]
    following = after[0] if after else ""
    near = (
        list(takewhile(lambda word: word not in _BREAKS, words[j + 1 : j + 4]))
        if words[j : j + 1] == [unit]
        else after[:1]
    )
    meant = (
        not lists.terms.isdisjoint(near)
        or after in (["from", "now"], ["from", "today"], ["'s", "time"])
        or following == "hence"
        or before == "horizon"
    )
    meant = meant or (before in {":", "="} and words[i - 2] in {"horizon", "timeframe", "term", "tenor"})
    meant = meant or (before == "(" and following == ")") or (before == "in" and following == "time")
    meant = meant or (before in {",", ";"} and following in {"", ".", ";"})
    meant = meant or (before == following == "," and i > 1 and (bool(short) or words[i - 2][0].isdigit()))
    meant = meant or (before in {"horizon", "timeframe", "frame"} and i > 0)
    if short and not meant:
        meant = before not in {"$", "€", "£"} and _QUOTE.fullmatch(following) is not None
    return _units_ahead(i, j, count, unit, published, f"in n {unit}s") if meant else None


def _units_ahead(first: int, last: int, count: int, unit: str, published: date | None, rule: str) -> Horizon | None:  # noqa: PLR0913, PLR0917 - as one horizon
    """Count days and weeks, or months and years of the calendar: three months after 30 November is the end of February."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit, 0) * count
    if not months or published is None:
        return days_ahead(first, last, count * horizon_words().unit_days[unit], published, rule)
    year, month = divmod(published.year * 12 + published.month - 1 + months, 12)
    if year > MAXYEAR:
        return None
    day = date(year, month + 1, min(published.day, last_day(year, month + 1).day))
    return Horizon(first, last, day, rule)


def _place_of_unit(words: list[str], i: int) -> int | None:
    """Return the place of "days", "week" and the like if nothing but the words of a length stands before it."""
    lists = horizon_words()
    units, known = lists.unit_words, lists.before_unit
    for j, word in enumerate(words[i : i + _MAX_WORDS], i):
        if word in units:
            return j
        if word not in known and not _is_count(word):
            return None
    return None


def _is_count(word: str) -> bool:
    return word.isdecimal() and len(word) <= 4  # noqa: PLR2004 - more is no length of time


def _count(before: list[str]) -> int:
    """Return the last number before a unit, 0 if there is none."""
    counts = horizon_words().counts
    return next((counts.get(word) or int(word) for word in reversed(before) if word in counts or _is_count(word)), 0)


def days_ahead(first: int, last: int, days: int, published: date | None, rule: str) -> Horizon | None:
    """Return the horizon a number of days after publication, None if no calendar has that day."""
    if published is None:
        return Horizon(first, last, None, rule)
    if days > date.max.toordinal() - published.toordinal():
        return None
    return Horizon(first, last, published + timedelta(days), rule)


def _workdays_ahead(first: int, last: int, count: int, published: date | None, rule: str) -> Horizon | None:
    """Count days from Monday to Friday; which of them are holidays the text does not say."""
    if published is None:
        return Horizon(first, last, None, rule)
    weekday = min(published.weekday(), _SATURDAY - 1)  # on a weekend the last of these was Friday
    weeks, rest = divmod(weekday + count, _WORKDAYS)
    days = weeks * _WEEK + rest - published.weekday()
    return days_ahead(first, last, days, published, rule)
