"""Which bars of a vendor are not to be trusted, and why: they are shown with the reason and never scored."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import pandas as pd

ABSURD_FACTOR = 50.0
"""A close this many times the one before, or that fraction of it, is doubted until later closes confirm it."""

_WRITTEN_OUT = math.log(1e15)
CONFIRMING_BARS = 5
"""How many later closes are asked whether a doubted one was a slip (they are back) or a new level (they stay)."""


def reasons(closes: pd.Series, *, today: date, rate: bool, repeated: Mapping[date, str]) -> dict[int, str]:
    """Name the bars that cannot be trusted.

    Parameters
    ----------
    closes : pandas.Series
        Closes in the order in which the vendor gave them, on UTC days; days may repeat.
    today : date
        The exchange's date now: a bar after it has not happened.
    rate : bool
        Whether the series is an interest rate in percent, which may be zero or less and multiply overnight.
    repeated : mapping of date to str
        Days that the vendor's own answer gave twice or out of order, with the words for it.

    Returns
    -------
    dict of int to str
        Reason by place of the bar in `closes`; a bar that is not in it can be trusted.
    """
    values = closes.to_numpy(float)
    days = [stamp.date() for stamp in closes.index]
    found = _one_by_one(values, days, today, rate=rate)
    found |= {place: repeated[day] for place, day in enumerate(days) if day in repeated and place not in found}
    found |= {place: why for place, why in _order(days, found).items() if place not in found}
    if not rate:
        sound = np.array([place not in found for place in range(len(values))], dtype=bool)
        places = sorted(np.flatnonzero(sound), key=lambda place: days[place])
        found |= _absurd(values, [int(place) for place in places])
    return found


def _one_by_one(values: np.ndarray, days: list[date], today: date, *, rate: bool) -> dict[int, str]:
    found = {}
    for place, (value, day) in enumerate(zip(values, days, strict=True)):
        if day > today:
            found[place] = f"dated {day}, after the exchange's today ({today})"
        elif math.isnan(value):
            found[place] = "no close"
        elif math.isinf(value):
            found[place] = "the close is not a finite number"
        elif value <= 0 and not rate:
            found[place] = f"the close is {value:g}; a price is above zero"
    return found


def _order(days: list[date], found: Mapping[int, str]) -> dict[int, str]:
    """Find days that are there twice (every copy is doubted) and the fewest days that stand out of order."""
    places: dict[date, list[int]] = {}
    for place, day in enumerate(days):
        places.setdefault(day, []).append(place)
    doubted = {place: "the day is there twice" for same in places.values() if len(same) > 1 for place in same}
    rest = [place for place in range(len(days)) if place not in found and place not in doubted]
    ordered = longest_rising([days[place] for place in rest])
    return doubted | {place: "out of order" for number, place in enumerate(rest) if number not in ordered}


def longest_rising(days: Sequence[date]) -> set[int]:
    """Places of the longest strictly rising run to be had by leaving days out (patience sorting)."""
    tops: list[date] = []
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
    """Write how many times one close is another, from their logarithms; no float holds some of them."""
    return f"{math.exp(apart):,.0f}" if apart < _WRITTEN_OUT else f"10^{apart / math.log(10):.0f}"


def _absurd(values: np.ndarray, places: list[int]) -> dict[int, str]:
    """Find closes that leap by `ABSURD_FACTOR` and come back, or have nothing after them that confirms the leap."""
    if len(places) < 2:  # noqa: PLR2004 - one close has nothing to leap from
        return {}
    logs, limit = np.log(values[places]), math.log(ABSURD_FACTOR)
    if not (np.abs(np.diff(logs)) > limit).any():
        return {}
    found, trusted = {}, logs[0]
    for number, level in enumerate(logs[1:], start=1):
        later = logs[number + 1 : number + 1 + CONFIRMING_BARS]
        confirmed = len(later) > 0 and (np.abs(later - trusted) > limit).all()
        if abs(level - trusted) <= limit or confirmed:
            trusted = level
        else:
            factor = _factor(abs(level - trusted))
            leap = f"leaps to {factor} times" if level > trusted else f"falls to 1/{factor} of"
            end = "and comes back" if len(later) else "with nothing after it to confirm that"
            found[places[number]] = f"the close {leap} the one before {end}"
    return found
