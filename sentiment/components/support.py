"""Support: how many known price levels lie close below the price."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.frames import day
from sentiment.models import Component

if TYPE_CHECKING:
    from sentiment.models import Inputs

MEAN_DAYS = 1_400
LOW_DAYS = 90
REACH = 0.25
NAMED_DAYS = 365


def raw(inputs: Inputs) -> pd.Series:
    """Sum of the nearness of all known levels at or below the close.

    A level is as near as 1 at the close, falling in a straight line to 0 where the close stands 25 % above it. The level
    of the mean is left out until it has 1,400 days; without the 90-day low there is no answer.
    """
    close = inputs.prices["close"]
    low = close.shift(1).rolling(LOW_DAYS).min()
    levels = [close.rolling(MEAN_DAYS).mean(), low, *_named(inputs)]
    total = sum((_nearness(close, level) for level in levels), start=close * 0.0)
    return total.where(low.notna())


def _nearness(close: pd.Series, level: pd.Series) -> pd.Series:
    above = close / level - 1
    return (1 - above / REACH).where((above >= 0) & (above < REACH), 0.0)


def _named(inputs: Inputs) -> list[pd.Series]:
    """One series a price that notes name, known from the note's day on for a year (a later note renews it)."""
    named: dict[float, pd.Series] = {}
    index = inputs.prices.index
    for note in inputs.notes:
        for level in note.levels:
            if level.asset != inputs.asset:
                continue
            series = named.setdefault(level.price, pd.Series(float("nan"), index=index))
            series.loc[day(note.day) : day(note.day + timedelta(days=NAMED_DAYS - 1))] = level.price
    return list(named.values())


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
