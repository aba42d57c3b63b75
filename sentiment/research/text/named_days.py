"""Days that have a name, such as "by Friday" or "before Christmas", after the words that make them a horizon."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sentiment.research.text.lengths import Horizon, horizon_words

if TYPE_CHECKING:
    from sentiment.research.text.tokens import Tokens

WEEKDAYS: Final = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
# The day in each year: month and day, or month, weekday and which of them (-1 is the last).
_FIXED: Final = {
    ("christmas", "eve"): (12, 24), ("christmas", "day"): (12, 25), ("christmas",): (12, 25), ("xmas",): (12, 25),
    ("new", "year", "'s", "eve"): (12, 31), ("new", "year", "'s", "day"): (1, 1), ("new", "year", "'s"): (1, 1),
    ("new", "year"): (1, 1), ("halloween",): (10, 31), ("valentine", "'s", "day"): (2, 14),
    ("independence", "day"): (7, 4),
}  # fmt: skip
_MOVING: Final = {("thanksgiving",): (11, 3, 4), ("labor", "day"): (9, 0, 1), ("memorial", "day"): (5, 0, -1)}
_EASTER: Final = ("easter",)
_AT: Final = frozenset({"on", "at", "around"})  # before a holiday, which mostly lies ahead, and not before a weekday
FIRST_WORDS: Final = frozenset({words[0] for words in (*_FIXED, *_MOVING, _EASTER)} | WEEKDAYS.keys())


def named_day(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    """Read the holiday or weekday at a token; None without a word before it that looks ahead to it."""
    words, lists = tokens.words, horizon_words()
    before = words[i - 1] if i else ""
    if before == "the" and i > 1:
        before = words[i - 2]
    of_next = words[i + 1 : i + 4] == ["of", "next", "week"]
    if not of_next and before not in lists.before_named_day and (before not in _AT or words[i] in WEEKDAYS):
        return None
    if words[i] in WEEKDAYS:
        return _weekday(words, i, published) if tokens.text[tokens.starts[i]].isupper() else None
    for name in (*_FIXED, *_MOVING, _EASTER):
        if tuple(words[i : i + len(name)]) == name:
            day = None if published is None else _holiday(name, published)
            return Horizon(i, i + len(name) - 1, day, "day")
    return None


def _weekday(words: list[str], i: int, published: date | None) -> Horizon | None:
    if published is None:
        return Horizon(i, i, None, "day")
    ahead = (WEEKDAYS[words[i]] - published.weekday() - 1) % 7 + 1
    if words[i - 1] == "next":  # that of the week after this one
        ahead = WEEKDAYS[words[i]] - published.weekday() + 7
    last = i
    if words[i + 1 : i + 4] == ["of", "next", "week"]:
        ahead, last = WEEKDAYS[words[i]] - published.weekday() + 7, i + 3
    if published.toordinal() + ahead > date.max.toordinal():
        return None
    return Horizon(i, last, published + timedelta(ahead), "day")


def _holiday(name: tuple[str, ...], published: date) -> date | None:
    """Return the first day of that name after publication."""
    years = range(published.year, min(published.year + 2, date.max.year + 1))
    return next((day for year in years if (day := _in_year(name, year)) > published), None)


def _in_year(name: tuple[str, ...], year: int) -> date:
    if name == _EASTER:
        return _easter(year)
    if name in _FIXED:
        return date(year, *_FIXED[name])
    month, weekday, which = _MOVING[name]
    first = date(year, month, 1)
    days = [first + timedelta(k) for k in range(31)]
    return [day for day in days if day.month == month and day.weekday() == weekday][which - (which > 0)]


def _easter(year: int) -> date:
    """Return Easter Sunday (Anonymous Gregorian algorithm, Nature, 20 April 1876)."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    correction = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
