"""Parts of months and years, such as "early 2027", "mid-January" or "the first week of May", and the day each ends.

The ends are conventions: early is the first third of a month or the first quarter of a year, mid the first half of either.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sentiment.research.text.lengths import horizon_words
from sentiment.research.text.periods import is_over

if TYPE_CHECKING:
    from sentiment.research.text.lengths import Horizon

_WEEK = 7
_HALF_MONTH = 15
_EARLY = 10  # days of a month
_FORECAST = 14  # tokens from "we expect" to "at the end of June"
_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}  # "before March" ends with February


def part_of(words: list[str], horizon: Horizon) -> Horizon | None:
    """Return a period cut to the part that the words before it name; as it is if they name none, None if it is unclear."""
    lists, k = horizon_words(), horizon.first - 1
    if k >= 0 and words[k] == "before" and horizon.rule in _MONTHS and horizon.day is not None:
        if is_over(words, horizon.last):  # "before December is over"
            return horizon._replace(last=horizon.last + 1 + (words[horizon.last + 1] == "is"))
        return horizon._replace(day=_begin(horizon.day, _MONTHS[horizon.rule]) - timedelta(1))
    of = False
    while k >= 0 and words[k] in {"of", "the", "in"}:
        of, k = of or words[k] == "of", k - 1
    if k < 0:
        return horizon
    if words[k] in lists.parts:
        return _cut(horizon, k, lists.parts[words[k]])
    if not of or words[k] not in lists.parts_of:
        return horizon
    which = 9 if words[k - 1] == "last" else lists.ordinals.get(words[k - 1], 0) if k else 0
    if horizon.rule != "month" or not which:
        return None
    if words[k] == "week":
        return _until(horizon, k - 1, _WEEK * which)
    if words[k] == "half":
        return _until(horizon, k - 1, _HALF_MONTH if which == 1 else 31)
    return None


def _begin(last: date, months: int) -> date:
    """Return the first day of a period of some months by its last."""
    return date(last.year, last.month - months + 1, 1)


def _cut(horizon: Horizon, first: int, part: int) -> Horizon | None:
    """Return a month or year cut to its first third or quarter (1), or to its first half (2)."""
    if horizon.rule in {"month", "end of month", "end of next month"}:
        return _until(horizon, first, _EARLY if part == 1 else _HALF_MONTH)
    if horizon.rule in {"year", "end of year", "end of next year"}:
        day = None if horizon.day is None else date(horizon.day.year, 3 * part, 30 + part % 2)
        return horizon._replace(first=first, day=day)
    return None


def _until(horizon: Horizon, first: int, last_day: int) -> Horizon:
    """Return a month that ends on a day of its own, at its end if it is shorter."""
    if horizon.day is None:
        return horizon._replace(first=first)
    return horizon._replace(first=first, day=horizon.day.replace(day=min(last_day, horizon.day.day)))


def is_led(words: list[str], i: int) -> bool:
    """Whether a month stands behind "by", "before" or "until", also with "the end of" between, or is the end of one that a forecast looks to."""
    k = i - 1
    while k >= 0 and words[k] in {"the", "of", "end", "middle", "mid", "early", "late", "-"}:
        k -= 1
    if k >= 0 and words[k] in {"by", "before", "until", "till", "come"}:
        return True
    return "end" in words[max(k + 1, 0) : i] and not horizon_words().looking.isdisjoint(
        words[max(i - _FORECAST, 0) : i]
    )
