"""Support: how many known price levels lie close below the price."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from sentiment.frames import day, days
from sentiment.scoring import rolling
from sentiment.scoring.components import Component

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from sentiment.scoring.inputs import Inputs

MEAN_DAYS = 1_400
LOW_DAYS = 90
REACH = 0.25
NOTE_DAYS = 365


def raw(inputs: Inputs) -> pd.Series:
    """Return the sum of the nearness of all known levels at or below the close.

    Nearness falls linearly from 1 at the close to 0 where the close is 25 % above the level. The mean counts once it has 1,400
    days; without the 90-day low the answer is NaN.
    """
    close = inputs.prices["close"]
    low = rolling.lowest(close.shift(1), LOW_DAYS)
    total = close * 0.0 + _nearness(close, rolling.mean(close, MEAN_DAYS)) + _nearness(close, low)
    if inputs.editions:
        total += _nearness_of_notes(inputs, close.to_numpy())
    known: pd.Series = total.where(low.notna())
    return known


def _nearness(close: ArrayLike, level: ArrayLike) -> np.ndarray:
    near = 1 + 1 / REACH - np.divide(close, level) / REACH
    return np.where((near > 0) & (near <= 1), near, 0.0)


def _nearness_of_notes(inputs: Inputs, close: np.ndarray) -> np.ndarray:
    """Return the sum over the prices that notes name, each once and for a year from the day of a note, by day."""
    index = days(inputs.prices)
    standing: dict[float, np.ndarray] = {}
    for edition in inputs.editions:
        expires = edition.note.day + timedelta(days=NOTE_DAYS)
        first, end = edition.first_day, min(edition.end_day or expires, expires)
        rows = slice(index.searchsorted(day(first)), index.searchsorted(day(end)))
        for level in edition.note.levels:
            if level.asset == inputs.asset and level.price > 0:  # notes of earlier versions may name 0
                standing.setdefault(level.price, np.zeros(len(index), dtype=bool))[rows] = True
    total = np.zeros(len(index))
    for price, rows_of_price in standing.items():
        total[rows_of_price] += _nearness(close[rows_of_price], price)
    return total


COMPONENT = Component(
    name="support",
    title="Support",
    axis="fundamentals",
    weight=20,
    meaning=(
        "How many known levels lie close below the price: the 1,400-day mean, the lowest close of the 90 days before, and "
        "the levels that notes named in the last year. A level counts fully at the close and not at all 25 % below."
    ),
    formula=r"\sum_{L \le C_t}\max\left(0,\;1 - \frac{C_t/L - 1}{0.25}\right)",
    unit="levels, weighted by nearness",
    source="closes of the asset; levels named in research notes",
    direction="more and nearer support means stronger fundamentals",
    raw=raw,
    display="{:.2f} levels",
)
