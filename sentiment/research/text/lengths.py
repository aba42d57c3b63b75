"""Lengths of time ahead, such as "next 90 days" or "over the next 30 trading days", and the words of all horizons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Final, NamedTuple

from sentiment.research.text import vocabulary
from sentiment.research.text.tokens import WORDS, token_words

_KEYWORDS: Final = frozenset({"end", "year", "this", "tomorrow", "eoy", "by", "through", "until"})
_AHEAD: Final = frozenset({"next", "coming", "following", "within"})
_SOME: Final = frozenset({"few", "several", "couple"})
_ARTICLES: Final = frozenset({"a", "an"})
_FILLERS: Final = frozenset({"the", "in", "over", "for", "of", "or", "to"})
_SESSION: Final = "session"
_MAX_WORDS: Final = 7
_SATURDAY, _WEEK, _WORKDAYS = 5, 7, 5


@dataclass(frozen=True)
class HorizonWords:
    """Words of days and periods."""

    unit_days: dict[str, int]
    plural_days: dict[str, int]
    openers: frozenset[str]
    workdays: frozenset[str]
    parts: frozenset[str]
    parts_of: frozenset[str]
    fiscal: frozenset[str]
    earlier: frozenset[str]
    before_month: frozenset[str]
    past: frozenset[str]
    quarters: dict[str, int]
    halves: dict[str, int]
    ordinals: dict[str, int]
    counts: dict[str, int]

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Every word at which a horizon can begin."""
        listed = (self.quarters, self.halves, self.ordinals, self.openers, token_words().months)
        return _KEYWORDS.union(*listed)


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
    """Parse "next 90 days", "in the coming weeks", "within six months", "over the next 30 trading days"."""
    lists = horizon_words()
    j = _place_of_unit(words, i)
    if j is None:
        return None
    before, word, unit = words[i:j], words[j], words[j].removesuffix("s")
    some = not _SOME.isdisjoint(before)
    count = 0 if some else _count(before)
    if _AHEAD.isdisjoint(before) and not (words[i] == "in" and count):
        return None
    if not count and (word == unit or word not in lists.plural_days):
        return None
    if unit == _SESSION or (unit == "day" and not lists.workdays.isdisjoint(before)):
        return _workdays_ahead(i, j, count, published, f"next n trading {word}") if count else None
    days = count * lists.unit_days[unit] if count else lists.plural_days[word]
    return days_ahead(i, j, days, published, f"next {word if some or not count else 'n ' + word}")


def _place_of_unit(words: list[str], i: int) -> int | None:
    """Return the place of "days", "week" and the like if nothing but the words of a length stands before it."""
    lists = horizon_words()
    articles = _ARTICLES if words[i] == "within" else frozenset[str]()
    for j, word in enumerate(words[i : i + _MAX_WORDS], i):
        if word.removesuffix("s") in lists.unit_days or word.removesuffix("s") == _SESSION:
            return j
        known = word in _AHEAD or word in _SOME or word in _FILLERS or word in lists.workdays or word in lists.counts
        if word in articles or not (known or _is_count(word)):
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
