"""Support: how close below the price the nearest level lies that has held."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from sentiment.frames import day, days
from sentiment.scoring import rolling
from sentiment.scoring.components import OWN_PRICES, Component

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sentiment.scoring.inputs import Inputs

HELD_DAYS = 21
LOW_DAYS = 90
MEAN_DAYS = 10
REACH = 0.25
FADES = 0.10
NOTE_DAYS = 365


def raw(inputs: Inputs) -> pd.Series:
    """Return the ten-day mean of the nearness of the nearest level, 0 to 1; NaN without a low that has held."""
    close = inputs.prices["close"]
    above = close / rolling.lowest(close.shift(HELD_DAYS), LOW_DAYS) - 1
    nearest = rolling.like(above, _nearness(above.to_numpy()))
    if any(edition.note.levels for edition in inputs.editions):
        nearest = rolling.like(nearest, np.maximum(nearest.to_numpy(), _nearness_of_notes(inputs, close)))
    return rolling.mean(nearest, MEAN_DAYS)


def _nearness(above: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 at the level, falling to 0 where the close is 25% above it or 10% below; NaN where that is unknown."""
    return np.maximum(np.where(above >= 0, 1 - above / REACH, 1 + above / FADES), 0.0)


def _nearness_of_notes(inputs: Inputs, close: pd.Series) -> NDArray[np.float64]:
    """Return the nearness of the nearest support that notes name, each for a year from the day of its note; 0 without one."""
    index, closes = days(inputs.prices), close.to_numpy()
    nearest = np.zeros(len(index))
    for edition in inputs.editions:
        expires = edition.note.day + timedelta(days=NOTE_DAYS)
        first, end = edition.first_day, min(edition.end_day or expires, expires)
        rows = slice(index.searchsorted(day(first)), index.searchsorted(day(end)))
        for level in edition.note.levels:
            if level.asset == inputs.asset and level.role == "support" and level.price > 0:  # old notes may name 0
                nearest[rows] = np.fmax(nearest[rows], _nearness(closes[rows] / level.price - 1))
    return nearest


COMPONENT = Component(
    name="support",
    title="Support",
    axis="fundamentals",
    weight=15,
    meaning=(
        "How close below the price the nearest level lies: the lowest close of the 90 days that ended three weeks ago, so that a "
        "low counts once it has held, and the supports that notes named in the last year. A level counts fully at the "
        "close and not at all 25% below it. One that was broken fades, and is gone where the close is 10% under it. The mean "
        "of ten days counts. It is not ranked: no level in reach counts as 0, a close at a level as 100."
    ),
    formula=(
        r"\begin{gathered}\frac{1}{10}\sum_{i=0}^{9}\max_L\,n\left(C_{t-i}/L-1\right)\\"
        r"n(x)=\max\left(0,\,\min(1-4x,\;1+10x)\right)\end{gathered}"
    ),
    unit="nearness of the nearest level, 0 (none in reach) to 1 (at the close)",
    source="closes of the asset; supports named in research notes",
    direction="nearer support means stronger fundamentals",
    raw=raw,
    display="nearness {:.2f}",
    scale=(0.0, 1.0),
    asset_classes=frozenset({"bitcoin", "crypto", "share", "fund", "commodity", "index"}),
    origin=OWN_PRICES,
    uses_notes=True,
)
