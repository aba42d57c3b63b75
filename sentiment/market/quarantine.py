"""Find the bars of a provider that cannot be trusted: they are shown with the reason and never scored."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

from sentiment.market import stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import pandas as pd

ABSURD_FACTOR = 50.0
"""A close this many times the previous one, or that fraction of it, is untrusted until later closes confirm it."""

_WRITTEN_OUT = math.log(1e15)
CONFIRMING_BARS = 10
"""Later closes that decide whether a leap was an error (they return to the old level) or a new level (they stay)."""


def faults(closes: pd.Series, *, today: date, rate: bool, repeated: Mapping[date, str]) -> dict[int, str]:
    """Return why bars are no prices of a day: their close or their day cannot be.

    Parameters
    ----------
    closes : pandas.Series
        Closes in the order in which the provider sent them, on UTC days; days may repeat.
    today : date
        The exchange's current date; later bars lie in the future.
    rate : bool
        Whether the series is an interest rate in percent, which may be zero or less.
    repeated : mapping of date to str
        Days that the answer contained twice or out of order, with the reason.

    Returns
    -------
    dict of int to str
        Reason by position of the bar in `closes`; bars without one are well formed.
    """
    values = closes.to_numpy(float)
    days = [stamp.date() for stamp in closes.index]
    untrusted = _invalid(values, days, today, rate=rate)
    untrusted |= {place: repeated[day] for place, day in enumerate(days) if day in repeated and place not in untrusted}
    untrusted |= {place: reason for place, reason in _misplaced(days, untrusted).items() if place not in untrusted}
    return untrusted


def doubts(rows: pd.DataFrame, faulty: Iterable[int], currency: str = "") -> dict[int, str]:
    """Return why well formed bars are not believed: their source contradicts itself, or they leap and come back.

    Parameters
    ----------
    rows : pandas.DataFrame
        Bars of prices, in the order in which the provider sent them; see `stated.doubts`.
    faulty : iterable of int
        Positions of bars with `faults`.
    currency : str
        Code of the unit of the prices; empty where there is none.
    """
    places = [int(place) for place in np.argsort(rows.index, kind="stable") if place not in set(faulty)]
    doubted = stated.doubts(rows, currency, places)
    return doubted | _leaps(rows["close"].to_numpy(float), [place for place in places if place not in doubted])


def _invalid(values: np.ndarray, days: list[date], today: date, *, rate: bool) -> dict[int, str]:
    untrusted = {}
    for place, (value, day) in enumerate(zip(values, days, strict=True)):
        if day > today:
            untrusted[place] = f"dated {day}, after the exchange's today ({today})"
        elif math.isnan(value):
            untrusted[place] = "no close"
        elif math.isinf(value):
            untrusted[place] = "the close is not a finite number"
        elif value <= 0 and not rate:
            untrusted[place] = f"the close is {value:g}; a price is above zero"
    return untrusted


def _misplaced(days: list[date], invalid: Mapping[int, str]) -> dict[int, str]:
    """Find days that occur twice (every copy is untrusted) and the fewest days that are out of order."""
    places: dict[date, list[int]] = {}
    for place, day in enumerate(days):
        places.setdefault(day, []).append(place)
    repeats = {place: "the day is there twice" for same in places.values() if len(same) > 1 for place in same}
    rest = [place for place in range(len(days)) if place not in invalid and place not in repeats]
    ordered = longest_rising([days[place] for place in rest])
    return repeats | {place: "out of order" for number, place in enumerate(rest) if number not in ordered}


def longest_rising(days: Sequence[date]) -> set[int]:
    """Return the positions of a longest strictly rising subsequence (patience sorting)."""
    tops: list[date] = []  # the last day of the best run of each length, and its position
    holders: list[int] = []
    before: list[int] = []
    for place, day in enumerate(days):
        pile = bisect_left(tops, day)
        before.append(holders[pile - 1] if pile else -1)
        tops[pile : pile + 1], holders[pile : pile + 1] = [day], [place]
    chosen, place = set(), holders[-1] if holders else -1
    while place >= 0:
        chosen.add(place)
        place = before[place]
    return chosen


def _factor(apart: float) -> str:
    """Format the ratio of two closes from the difference of their logarithms; some are too large for a float."""
    return f"{math.exp(apart):,.0f}" if apart < _WRITTEN_OUT else f"10^{apart / math.log(10):.0f}"


def _leaps(values: np.ndarray, places: list[int]) -> dict[int, str]:
    """Find closes that leap by `ABSURD_FACTOR` and come back, or are not confirmed by later closes."""
    if len(places) < 2:  # noqa: PLR2004 - one close has nothing to leap from
        return {}
    logs, limit = np.log(values[places]), math.log(ABSURD_FACTOR)
    if not (np.abs(np.diff(logs)) > limit).any():
        return {}
    leaps, level_before = {}, logs[0]
    for number, level in enumerate(logs[1:], start=1):
        later = logs[number + 1 : number + 1 + CONFIRMING_BARS]
        confirmed = len(later) == CONFIRMING_BARS and (np.abs(later - level_before) > limit).all()
        if abs(level - level_before) <= limit or confirmed:
            level_before = level
        else:
            factor = _factor(abs(level - level_before))
            leap = f"leaps to {factor} times" if level > level_before else f"falls to 1/{factor} of"
            back = (np.abs(later - level_before) <= limit).any()
            end = "and comes back" if back else "with too few after it to confirm that"
            leaps[places[number]] = f"the close {leap} the one before {end}"
    return leaps
