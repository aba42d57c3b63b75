"""The horizons of a text, such as "by year-end", "next 90 days" or "Q1", resolved against the day of publication."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.text import vocabulary
from sentiment.research.text.tokens import WORDS, token_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.tokens import Tokens

_KEYWORDS: Final = frozenset({"end", "year", "this", "tomorrow", "eoy", "by", "through", "until"})
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_LONGEST_MONTH_AHEAD: Final = 183  # days


@dataclass(frozen=True)
class HorizonWords:
    """Words of days and periods."""

    unit_days: dict[str, int]
    plural_days: dict[str, int]
    openers: frozenset[str]
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


def horizons(tokens: Tokens, published: date | None) -> Iterator[Horizon]:
    """Yield the days and periods ahead that a text names, none before its publication."""
    words, skip = tokens.words, 0
    triggers = horizon_words().triggers
    for i, word in enumerate(words):
        if i < skip or (word not in triggers and not word.startswith("20")):
            continue
        horizon = _horizon(tokens, i, published)
        if horizon is not None and _looks_ahead(horizon, published):
            yield horizon._replace(first=_include_end_of(words, horizon.first))
            skip = horizon.last + 1


def _include_end_of(words: list[str], first: int) -> int:
    """Return the first token of a period, including an "end of (the)" before it."""
    before = words[max(first - 3, 0) : first]
    for length, opening in ((3, ["end", "of", "the"]), (2, ["end", "of"])):
        if before[-length:] == opening:
            return first - length
    return first


def _looks_ahead(horizon: Horizon, published: date | None) -> bool:
    if horizon.day is None or published is None:
        return True
    return horizon.day > published or (horizon.day == published and horizon.rule != "day")


def _horizon(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    words = tokens.words
    word, after = words[i], words[i + 1] if i + 1 < len(words) else ""
    if word in token_words().months:
        return _month(tokens, i, published)
    if part := _part_of_year(word, after):
        return _in_year(words, (i, i + part[2]), part[0], published, part[1])
    if word in {"end", "this", "next"} and (period := _period_end(words, i, published)):
        return period
    if word == "tomorrow":
        return _days_ahead(i, i, 1, published, "tomorrow")
    if word in horizon_words().openers:
        return _length(words, i, published)
    if word in {"by", "through", "until"} and (year := _year(after)) and words[i + 2 : i + 3] != ["-"]:
        return Horizon(i + 1, i + 1, date(year, 12, 31), "year")
    return _iso_day(tokens, i)


def _part_of_year(word: str, after: str) -> tuple[int, str, bool] | None:
    """Return the last month of a part of the year, the rule, and whether the second word belongs to it."""
    lists = horizon_words()
    if word in lists.quarters:
        return lists.quarters[word], "quarter", False
    if word in lists.halves:
        return lists.halves[word], "half-year", False
    if after == "quarter" and word in lists.ordinals:
        return lists.ordinals[word] * 3, "quarter", True
    if after == "half" and lists.ordinals.get(word, 3) <= 2:  # noqa: PLR2004 - a year has two
        return lists.ordinals[word] * 6, "half-year", True
    if word == "eoy" or (word == "year" and after == "end"):
        return 12, "year-end", word == "year"
    return None


def _year(word: str) -> int | None:
    if len(word) == 4 and word.isdecimal() and word.isascii() and _FIRST_YEAR <= int(word) <= _LAST_YEAR:  # noqa: PLR2004
        return int(word)
    return None


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _in_year(words: list[str], at: tuple[int, int], month: int, published: date | None, rule: str) -> Horizon | None:
    """Return the end of a part of the year: in the year that follows it ("Q1 2026"), or the next one."""
    first, last = at
    j = last + 1 + (words[last + 1 : last + 2] == ["of"])
    if j < len(words) and (year := _year(words[j])):
        return Horizon(first, j, _last_day(year, month), rule)
    if published is None:
        return Horizon(first, last, None, rule)
    day = _last_day(published.year, month)
    if day < published:
        if published.year == MAXYEAR:
            return None
        day = _last_day(published.year + 1, month)
    return Horizon(first, last, day, rule)


def _month(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    words = tokens.words
    month, before = token_words().months[words[i]], words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    number_before = before.isdecimal() and len(before) <= 2  # noqa: PLR2004
    number_after = after.isdecimal() and len(after) <= 2  # noqa: PLR2004
    if not tokens.text[tokens.starts[i]].isupper() or before in horizon_words().past or after == "'s":
        return None
    if words[i] in {"may", "march"} and not (
        before in horizon_words().before_month or number_before or number_after or _year(after)
    ):
        return None  # the verbs
    first, last = i - number_before, i + number_after
    day_of_month = int(before) if number_before else int(after) if number_after else 0
    j = last + 1 + (number_after and last + 1 < len(words) and words[last + 1] == ",")
    year = _year(words[j]) if j < len(words) else None
    if year:
        last = j
    elif published is None:
        return Horizon(first, last, None, "month")
    else:
        year = published.year + (month < published.month)
    if day_of_month > monthrange(min(year, MAXYEAR), month)[1] or year > MAXYEAR:
        return None
    day = date(year, month, day_of_month) if day_of_month else _last_day(year, month)
    has_year = last == j
    if not has_year and published is not None and (day - published).days > _LONGEST_MONTH_AHEAD:
        return None  # in December, "October" is the past one
    return Horizon(first, last, day, "day" if day_of_month else "month")


def _period_end(words: list[str], i: int, published: date | None) -> Horizon | None:
    """Parse "end of the year", "this month", "next quarter"."""
    j = i + 1
    if words[i] == "end":
        while j < len(words) and j - i <= 3 and words[j] in {"of", "the", "this"}:  # noqa: PLR2004
            j += 1
        if j == i + 1:
            return None
    period = words[j] if j < len(words) else ""
    if period not in {"week", "month", "quarter", "year"}:
        return None
    if published is None:
        return Horizon(i, j, None, f"end of {period}")
    if words[i] == "next":
        return _days_ahead(i, j, horizon_words().unit_days[period], published, f"next {period}")
    ends = {
        "week": min(published.toordinal() + 6 - published.weekday(), date.max.toordinal()),
        "month": _last_day(published.year, published.month).toordinal(),
        "quarter": _last_day(published.year, (published.month + 2) // 3 * 3).toordinal(),
        "year": date(published.year, 12, 31).toordinal(),
    }
    return Horizon(i, j, date.fromordinal(ends[period]), f"end of {period}")


def _length(words: list[str], i: int, published: date | None) -> Horizon | None:
    """Parse "next 90 days", "in the coming weeks", "within six months", "over the next few weeks"."""
    unit_days, plural_days, counts = horizon_words().unit_days, horizon_words().plural_days, horizon_words().counts
    j, ahead, count, some = i, words[i] == "within", 0, False
    while j < len(words) and j - i < 6:  # noqa: PLR2004
        word = words[j]
        unit = word.removesuffix("s")
        if unit in unit_days and unit != "trading":
            plural = word != unit
            if not ahead and not (words[i] == "in" and count):
                return None
            if not count and not plural:
                return None
            days = count * unit_days[unit] if count else plural_days[word]
            return _days_ahead(i, j, days, published, f"next {word if some or not count else 'n ' + word}")
        if word in {"next", "coming", "following", "within"}:
            ahead = True
        elif word in {"few", "several", "couple"}:
            count, some = 0, True
        elif word in counts and not (word in {"a", "an"} and (some or words[i] == "within")):
            count = counts[word]
        elif word.isdecimal() and len(word) <= 4:  # noqa: PLR2004
            count = int(word)
        elif word not in {"the", "in", "over", "for", "of", "or", "to", "trading"}:
            return None
        j += 1
    return None


def _days_ahead(first: int, last: int, days: int, published: date | None, rule: str) -> Horizon | None:
    if published is None:
        return Horizon(first, last, None, rule)
    if days > date.max.toordinal() - published.toordinal():
        return None
    return Horizon(first, last, published + timedelta(days), rule)


def _iso_day(tokens: Tokens, i: int) -> Horizon | None:
    """Parse 2026-03-31, which is three number tokens."""
    if i + 2 >= len(tokens.words) or tokens.ends[i + 2] - tokens.starts[i] != 10:  # noqa: PLR2004
        return None
    try:
        day = date.fromisoformat(tokens.text[tokens.starts[i] : tokens.ends[i + 2]])
    except ValueError:
        return None
    return Horizon(i, i + 2, day, "day")
