"""Downside volatility: how violent the losses of the last month were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import OWN_PRICES, Component
from sentiment.scoring.measures import log_return, semi_deviation

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 30


def raw(inputs: Inputs) -> pd.Series:
    """Return the semi-deviation of 30 daily log returns about zero."""
    return semi_deviation(log_return(inputs.closes), DAYS)


COMPONENT = Component(
    name="downside_volatility",
    title="Downside volatility",
    axis="fear",
    weight=15,
    meaning=(
        "How violent the losing days of the last 30 were. Gains count as zero, so that a fast rise is not "
        "mistaken for fear."
    ),
    formula=r"\sqrt{\frac{1}{30}\sum_{i=0}^{29}\min\left(\ln\frac{C_{t-i}}{C_{t-i-1}},\,0\right)^2}",
    unit="fraction a day",
    source="closes of the asset; semi-deviation about zero",
    direction="more violent losses mean more fear",
    raw=raw,
    display="{:.2%} a day",
    origin=OWN_PRICES,
)
