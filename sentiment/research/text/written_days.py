"""Days, months and years as they are written: "Jan. 5, 2026", "the 15th of December", "Dec '26", "2026-03-15", "Q1'27".

What is written and cannot be read is `UNREADABLE`, so that no wider period takes its place.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final, NamedTuple

FIRST_YEAR, LAST_YEAR = 2000, 2100
_YEARS_AHEAD: Final = 3  # Dec-26 is a year if it is close; Dec-31 may be a day
_SPACE: Final = r"(?:[ \t\u00a0\u202f\u2009]+|[ \t]*\n[ \t]*)"
_NO_QUANTITY: Final = r"(?![\d%€$£]|[.,:/]\d|[ \u00a0]?(?:%|percent|per cent|bps|points|million|billion|bn|mn|k\b))"
_YEAR: Final = (
    rf"(?:,?{_SPACE}?(?:of{_SPACE})?(?P<year>\d{{4}})(?![\d%]|[.,/]\d|-\d)"
    rf"|,?{_SPACE}?(?:of{_SPACE})?['\u2019](?P<short>\d\d)(?!\w))"
)
_DAY_BEFORE: Final = re.compile(
    rf"(?<![\w.,:$€£'])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:{_SPACE}|-|{_SPACE}of{_SPACE})\Z", re.IGNORECASE
)
_AFTER_MONTH: Final = re.compile(
    rf"\.?(?:{_YEAR}"
    r"|-(?P<hyphened>\d\d)(?![\w-]|[.,]\d)"
    rf"|(?:-|,?{_SPACE}?(?:the{_SPACE})?)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![^\W\d_]){_NO_QUANTITY}"
    rf"(?:[ ]?(?:-|\u2013|\u2014|to|and)[ ]?(?P<until>\d{{1,2}})(?:st|nd|rd|th)?(?![^\W\d_]){_NO_QUANTITY})?"
    rf"(?:-(?P<joined>\d{{4}}|\d\d)(?!\w)|{_YEAR.replace('year', 'day_year').replace('short', 'day_short')})?"
    r"|(?P<odd>,?[ \t\u00a0]*['\u2019]?\d{4}(?![\d,])|[ \t]*['\u2019]\d))",
    re.IGNORECASE,
)
_AFTER_DAY_MONTH: Final = re.compile(
    rf"\.?(?:-(?P<joined>\d{{4}}|\d\d)(?!\w)|{_YEAR}|(?P<odd>,?[ \t]*'?\d{{4}}(?![\d,])))"
)
_AFTER_PART: Final = re.compile(
    rf"(?:{_YEAR}|[-/](?P<hyphened>\d{{4}}|\d\d)(?!\w)|(?P<adjacent>\d\d)(?!\w)|[ ](?P<spaced>2[5-9]|3\d)(?=[)\]:])"
    rf"|(?P<odd>[ ]?(?:'?\d{{1,4}}(?!\d)(?![ ]?%)|(?:of[ ])?(?:fy|fiscal))))",
    re.IGNORECASE,
)
_NUMERIC: Final = re.compile(
    r"(?P<year>\d{4})(?:([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?![\d/-]|\.\d)|-(?P<only>\d\d)(?![\w/-])"
    r"|[ -]?[Qq](?P<quarter>[1-4])(?!\w)|[ -]?[Hh](?P<half>[12])(?!\w)|(?P<odd>[-/.\u2013]\d|[-/]?[QqHh]\d))"
)


class Written(NamedTuple):
    """A written day or month: its characters, and what of it is stated."""

    start: int
    end: int
    year: int | None = None
    day: int | None = None
    readable: bool = True


def around_month(text: str, start: int, end: int, published_year: int | None) -> Written:
    """Read the day and the year written around the name of a month.

    Parameters
    ----------
    text : str
        The text as seen.
    start, end : int
        Characters of the month's name.
    published_year : int or None
        Year of publication, close to which "Dec-26" is a year.
    """
    before = _DAY_BEFORE.search(text, max(start - 12, 0), start)
    if before is not None:
        match = _AFTER_DAY_MONTH.match(text, end)
        year, readable = _stated_year(match, "joined", "year", "short")
        last = match.end() if match else end
        return Written(before.start("day"), last, year, int(before["day"]), readable)
    match = _AFTER_MONTH.match(text, end)
    if match is None:
        return Written(start, end)
    if match["hyphened"]:
        year = 2000 + int(match["hyphened"])
        close = published_year is None or 0 <= year - published_year <= _YEARS_AHEAD
        return Written(start, match.end(), year, readable=close)
    year, readable = _stated_year(match, "joined", "year", "short", "day_year", "day_short")
    day = match["until"] or match["day"]
    return Written(start, match.end(), year, int(day) if day else None, readable)


def year_after(text: str, end: int, *, digit_first: bool) -> Written:
    """Read the year after a part of the year such as "Q1" or "third quarter"; `digit_first` is for "1Q27"."""
    match = _AFTER_PART.match(text, end)
    if match is None or (match["adjacent"] and not digit_first):
        return Written(end, end, readable=match is None)
    year, readable = _stated_year(match, "year", "short", "hyphened", "adjacent", "spaced")
    return Written(end, match.end(), year, None, readable)


class Numeric(NamedTuple):
    """A day or period that begins with its year: the end of its characters, year, month and day, and what it is."""

    end: int
    year: int
    month: int
    day: int
    rule: str


UNREADABLE: Final = Numeric(0, 0, 0, 0, "")


def numeric(text: str, start: int) -> Numeric | None:
    """Read "2026-03-15", "2026-03", "2026-Q1", "2026 H2"; None if the year stands alone, `UNREADABLE` if no day has this form."""
    match = _NUMERIC.match(text, start)
    if match is None:
        return None
    year = int(match["year"])
    part = {"quarter": 3, "half": 6}
    name = next((name for name in part if match[name]), "")
    month = part[name] * int(match[name]) if name else int(match["month"] or match["only"] or 0)
    if match["odd"] or not 1 <= month <= 12 or not FIRST_YEAR <= year <= LAST_YEAR:  # noqa: PLR2004 - months
        return UNREADABLE
    last = last_day(year, month).day
    day = int(match["day"] or last)
    if not 1 <= day <= last:
        return UNREADABLE
    rule = {"quarter": "quarter", "half": "half-year"}.get(name, "day" if match["day"] else "month")
    return Numeric(match.end(), year, month, day, rule)


def last_day(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def _stated_year(match: re.Match[str] | None, *names: str) -> tuple[int | None, bool]:
    """Return the year in the first of some groups, and whether what stands there is one."""
    groups = match.groupdict() if match else {}
    digits = next((groups[name] for name in names if groups.get(name)), None)
    if digits is None:
        return None, not groups.get("odd")
    year = int(digits) + (2000 if len(digits) == 2 else 0)  # noqa: PLR2004 - two digits
    return year, FIRST_YEAR <= year <= LAST_YEAR
