"""Doubts that a source's own statements raise about its prices: splits, dividends and the currency's unit.

A split restates every price before it; a price falls by its dividend, so a dividend is less than the price; and a source that
quotes in pence, agorot or cents sometimes sends pounds, shekels or rand. Returned are reasons by position; what the source says of
itself decides, and a move that no statement contradicts is left alone.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

NEAR_SPLIT = math.log(1.25)
"""How near to its ratio, as a factor of 1.25, a close moves on the day of a split that did not restate the closes before it."""
BORDER_BARS = 10
"""Bars before a split among which the restated ones may end; further back, a move of its size is a move."""
MINOR_UNITS = frozenset({"GBp", "GBX", "ILA", "ZAc", "ZAX"})
"""Codes of hundredths of a pound, a shekel and a rand."""
MAJOR_UNITS = frozenset({"GBP", "ILS", "ZAR"})
UNIT, NEAR_UNIT = math.log(100), math.log(1.2)
"""What two units of a currency are apart, and the move of a day on top of it."""
LASTING, LASTING_IN_HUNDREDTHS = 30, 250
"""Bars after which a level a hundred times higher or lower is taken for a new one; where the currency has hundredths as a unit of
prices, after which it is the older bars that are in the other unit."""


def splits(closes: np.ndarray, ratios: np.ndarray, days: Sequence[date], places: Sequence[int]) -> dict[int, str]:
    """Find the closes before a split that are not restated by it.

    Parameters
    ----------
    closes, ratios : array
        Closes, and new shares for an old one on the day of a split, else 0.
    days : sequence of date
        Day of each bar.
    places : sequence of int
        Bars whose close is a price, in the order of their days.
    """
    logs = np.log(np.where(closes > 0, closes, np.nan))
    doubted: dict[int, str] = {}
    effective = _effective(ratios, days, places)
    for number in range(len(places) - 1, 0, -1):
        ratio, day = effective.get(places[number], (1.0, None))
        if not 0 < ratio < math.inf or abs(math.log(ratio)) < NEAR_SPLIT:
            continue
        move = logs[places[number]] - logs[places[number - 1]]
        if abs(move + math.log(ratio)) > NEAR_SPLIT or abs(move) < NEAR_SPLIT:
            continue
        first = _border(logs, places, number, math.log(ratio))
        reason = f"not restated by the split of {_ratio(ratio)} on {day}"
        doubted |= {place: reason for place in places[first:number] if place not in doubted}
    return doubted


def _effective(ratios: np.ndarray, days: Sequence[date], places: Sequence[int]) -> dict[int, tuple[float, date]]:
    """Return the bars that trade on a new scale first, each with its ratio and the day of the split.

    That bar is the split's own, or the next one with a price.
    """
    stated = {days[at]: float(ratios[at]) for at in np.flatnonzero(np.isfinite(ratios) & (ratios > 0)).tolist()}
    ordered = [days[place] for place in places]
    effective: dict[int, tuple[float, date]] = {}
    for day, ratio in sorted(stated.items()):
        if (number := bisect_left(ordered, day)) < len(places):
            before, _ = effective.get(places[number], (1.0, day))
            effective[places[number]] = (before * ratio, day)
    return effective


def _border(logs: np.ndarray, places: Sequence[int], split: int, ratio: float) -> int:
    """Return the first of the bars before a split that are not restated: all, or from where a near one leaps by its ratio."""
    for number in range(split - 1, max(0, split - 1 - BORDER_BARS), -1):
        if abs(logs[places[number]] - logs[places[number - 1]] - ratio) <= NEAR_SPLIT:
            return number
    return 0


def _ratio(ratio: float) -> str:
    return f"{ratio:g}:1" if ratio >= 1 else f"1:{1 / ratio:g}"


def units(closes: np.ndarray, currency: str, places: Sequence[int]) -> dict[int, str]:
    """Find the closes in another unit: a hundred times too large or too small.

    Where the currency has hundredths as a unit of prices, they are those of the fewer bars, however many. Elsewhere they are up to
    `LASTING` bars that end the series or that a way back follows. The other parameters are those of `splits`.
    """
    steps = np.diff(np.log(closes[list(places)]))
    leaps = np.flatnonzero(np.abs(np.abs(steps) - UNIT) <= NEAR_UNIT)
    if not leaps.size:
        return {}
    edges = [0, *(leaps + 1).tolist(), len(places)]
    lengths = np.diff(edges).tolist()
    levels = np.append(0, np.sign(steps[leaps]).cumsum()).tolist()
    hundredths = currency in MINOR_UNITS or currency in MAJOR_UNITS
    wrong = _minority(levels, lengths) if hundredths else _returning(levels, lengths)
    named = f" of {currency}" if hundredths else ""
    return {
        place: f"in another unit{named}: a hundred times {'more' if more else 'less'} than the closes around it"
        for at, more in wrong.items()
        for place in places[edges[at] : edges[at + 1]]
    }


def _minority(levels: list[float], lengths: list[int]) -> dict[int, bool]:
    """Return the stretches that are not at the level of most bars, or of the last ones if they have lasted; whether each is above."""
    bars = {level: sum(n for at, n in zip(levels, lengths, strict=True) if at == level) for level in levels}
    usual = levels[-1] if lengths[-1] > LASTING_IN_HUNDREDTHS else max(bars, key=lambda level: bars[level])
    return {at: level > usual for at, level in enumerate(levels) if level != usual}


def _returning(levels: list[float], lengths: list[int]) -> dict[int, bool]:
    """Return the stretches off a level to which the closes return within `LASTING` bars, or so near the end; whether each is above."""
    usual, away = levels[0], dict[int, bool]()
    for at, level in enumerate(levels):
        back = next((later for later in range(at, len(levels)) if levels[later] == usual), len(levels))
        if level != usual and at not in away and sum(lengths[at:back]) > LASTING:
            usual = level  # a new level, which lasts
        elif level != usual:
            away[at] = level > usual
    return away


def dividends(closes: np.ndarray, paid: np.ndarray, places: Sequence[int]) -> dict[int, str]:
    """Find the bars with a dividend below zero, or at or above the close before, which no price can pay."""
    doubted = {place: f"the dividend is {paid[place]:g}; none is below zero" for place in places if paid[place] < 0}
    return doubted | {
        place: f"the dividend of {paid[place]:g} is not below the close before ({closes[before]:g})"
        for before, place in pairwise(places)
        if paid[place] >= closes[before]
    }


def doubts(rows: pd.DataFrame, currency: str, places: Sequence[int]) -> dict[int, str]:
    """Return why bars contradict what their source states; each check sees the bars that the one before it left.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``close``, and ``splits`` and ``dividends`` where the source states any; days in the index.
    currency : str
        Its code, as the source writes it.
    places : sequence of int
        Bars whose close is a price, in the order of their days.
    """
    closes, days = rows["close"].to_numpy(float), [stamp.date() for stamp in rows.index]
    doubted: dict[int, str] = {}
    if len(places) < 2:  # noqa: PLR2004 - one close has nothing to be compared with
        return doubted

    def rest() -> list[int]:
        return [place for place in places if place not in doubted]

    if "splits" in rows:
        doubted |= splits(closes, rows["splits"].to_numpy(float), days, rest())
    doubted |= units(closes, currency, rest())
    if "dividends" in rows:
        doubted |= dividends(closes, rows["dividends"].to_numpy(float), rest())
    return doubted
