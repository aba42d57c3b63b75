"""Lengths of time ahead, such as "next 90 days" or "over the next 30 trading days", and the words of all horizons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Final, NamedTuple

from sentiment.research.text import vocabulary
from sentiment.research.text.tokens import WORDS, token_words

_KEYWORDS: Final = frozenset({"end", "year", "this", "tomorrow", "eoy", "by", "through", "until"})
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
    unit_days, plural_days, counts = lists.unit_days, lists.plural_days, lists.counts
    j, ahead, count, some, workdays = i, words[i] == "within", 0, False, False
    while j < len(words) and j - i < 7:  # noqa: PLR2004
        word = words[j]
        unit = word.removesuffix("s")
        if unit in unit_days or unit == "session":
            plural = word != unit
            if not ahead and not (words[i] == "in" and count):
                return None
            if not count and not (plural and word in plural_days):
                return None
            if unit == "session" or (unit == "day" and workdays):
                if not count:
                    return None
                return _workdays_ahead(i, j, count, published, f"next n trading {word}")
            days = count * unit_days[unit] if count else plural_days[word]
            return days_ahead(i, j, days, published, f"next {word if some or not count else 'n ' + word}")
        if word in {"next", "coming", "following", "within"}:
            ahead = True
        elif word in {"few", "several", "couple"}:
            count, some = 0, True
        elif word in counts and not (word in {"a", "an"} and (some or words[i] == "within")):
            count = counts[word]
        elif word.isdecimal() and len(word) <= 4:  # noqa: PLR2004
            count = int(word)
        elif word in lists.workdays:
            workdays = True
        elif word not in {"the", "in", "over", "for", "of", "or", "to"}:
            return None
        j += 1
    return None


def days_ahead(first: int, last: int, days: int, published: date | None, rule: str) -> Horizon | None:
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
