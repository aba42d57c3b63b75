"""The ends of periods, such as "end of the year", "before the month is out", "the last session of the year" or "month's end"."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from sentiment.research.text import written_days
from sentiment.research.text.lengths import Horizon, horizon_words
from sentiment.research.text.written_days import FIRST_YEAR, LAST_YEAR, last_day

if TYPE_CHECKING:
    from sentiment.research.text.tokens import Tokens

_YEARS_AHEAD: Final = 5
_PERIODS: Final = frozenset({"week", "month", "quarter", "year"})
_RUNNING: Final = frozenset({"of", "the", "this", "current", "running", "out"})
_LAST: Final = frozenset({"day", "days", "session", "week", "trading", "business"})  # "the last session of the year"
_OVER: Final = frozenset({"out", "over", "done", "through", "up", "finished"})


def period_end(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    """Parse "end of the year", "ends 2026", "end of next month", "this month", "next quarter", "rest of the year", "end-27"."""
    words, j = tokens.words, i + 1
    if words[i] in {"last", "final", "turn"} and (j := _behind_last(words, i)) == 0:
        return None
    if opens := words[i] not in {"this", "next"}:
        while j < len(words) and j - i <= 6 and words[j] in _RUNNING:  # noqa: PLR2004
            j += 1
        if year := lone_year(tokens, j) or (short_year(tokens, j, published) if words[i] == "end" else None):
            return Horizon(i, j, date(year, 12, 31), "year")
        if j == i + 1 and words[j : j + 1] != ["next"]:
            return None
    following = opens and words[j : j + 1] in (["next"], ["coming"], ["following"])
    j += following
    period = words[j] if j < len(words) else ""
    earlier = words[i] == "this" and i > 0 and words[i - 1] in horizon_words().earlier
    if period not in _PERIODS or earlier:
        return None
    return _ends(i, j, period, published, following=following or words[i] == "next")


def _behind_last(words: list[str], i: int) -> int:
    """Return the token of "of" in "by the last session of the year" or "by the turn of the year"; 0 if that is not what stands there."""
    led = not {"by", "on", "until", "till", "before", "at"}.isdisjoint(words[max(i - 2, 0) : i])
    j = i + 1
    while words[i] != "turn" and j - i <= 2 and words[j : j + 1] and words[j] in _LAST:  # noqa: PLR2004
        j += 1
    return j if led and words[j : j + 1] == ["of"] and (words[i] == "turn" or j > i + 1) else 0


def ending(tokens: Tokens, i: int, published: date | None) -> Horizon | None:
    """Parse "before the year is out", "before 2026 ends" and "month's end"."""
    words, j = tokens.words, i + 1
    if words[i] != "before":
        ends = words[j : j + 2] == ["'s", "end"] and words[i] in _PERIODS
        return _ends(i, i + 2, words[i], published) if ends else None
    j += words[j : j + 1] in (["the"], ["this"])
    if not is_over(words, j):
        return None
    last = j + 1 + (words[j + 1] in {"is", "comes"})
    if year := lone_year(tokens, j):
        return Horizon(i, last, date(year, 12, 31), "year")
    return _ends(i, last, words[j], published) if words[j] in _PERIODS else None


def is_over(words: list[str], j: int) -> bool:
    """Whether a period at a token comes to its end: "the year is out", "December ends"."""
    after = words[j + 1 : j + 3]
    return after[:1] in (["ends"], ["closes"], ["finishes"]) or (
        after[:1] == ["is"] and not _OVER.isdisjoint(after[1:])
    )


def _ends(first: int, last: int, period: str, published: date | None, *, following: bool = False) -> Horizon | None:
    """Return the end of the running or the following period."""
    rule = f"end of {'next ' if following else ''}{period}"
    if published is None:
        return Horizon(first, last, None, rule)
    ends = period_ends(published)
    if following:
        if ends[period] >= date.max.toordinal():
            return None
        ends = period_ends(date.fromordinal(ends[period] + 1))
    return Horizon(first, last, date.fromordinal(ends[period]), rule)


def end_of_this(words: list[str], i: int, published: date | None) -> Horizon:
    """Parse "month-end" and "quarter-end"."""
    day = None if published is None else date.fromordinal(period_ends(published)[words[i]])
    return Horizon(i, i + 1, day, f"end of {words[i]}")


def period_ends(day: date) -> dict[str, int]:
    """Return the last day of each period that holds a day, as an ordinal."""
    return {
        "week": min(day.toordinal() + 6 - day.weekday(), date.max.toordinal()),
        "month": last_day(day.year, day.month).toordinal(),
        "quarter": last_day(day.year, (day.month + 2) // 3 * 3).toordinal(),
        "year": date(day.year, 12, 31).toordinal(),
    }


def short_year(tokens: Tokens, i: int, published: date | None) -> int | None:
    """Return the year of two digits behind a hyphen, as in "mid-27", if it is close."""
    word = tokens.words[i] if i < len(tokens.words) else ""
    if not (len(word) == 2 and word.isdecimal() and word.isascii()) or tokens.text[tokens.starts[i] - 1] != "-":  # noqa: PLR2004
        return None
    year = 2000 + int(word)
    return year if published is None or 0 <= year - published.year <= _YEARS_AHEAD else None


def _year(word: str) -> int | None:
    if len(word) == 4 and word.isdecimal() and word.isascii() and FIRST_YEAR <= int(word) <= LAST_YEAR:  # noqa: PLR2004
        return int(word)
    return None


def lone_year(tokens: Tokens, i: int) -> int | None:
    """Return the year at a token with which no longer day begins, as in "2026-03-15" or "2026 Q1"."""
    year = _year(tokens.words[i]) if i < len(tokens.words) else None
    return year if year and written_days.numeric(tokens.text, tokens.starts[i]) is None else None
