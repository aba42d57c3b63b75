"""Momentum: the loss of the last 30 days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import OWN_PRICES, Component
from sentiment.scoring.measures import past_return

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 30


def raw(inputs: Inputs) -> pd.Series:
    """Return the 30-day return with its sign turned."""
    return -past_return(inputs.closes, DAYS)


COMPONENT = Component(
    name="momentum",
    title="Momentum",
    axis="fear",
    weight=10,
    meaning=("The return of the last 30 days with its sign turned: a falling market frightens."),
    formula=r"-\left(\frac{C_t}{C_{t-30}} - 1\right)",
    unit="fraction",
    source="closes of the asset",
    direction="a larger loss means more fear",
    raw=raw,
    display="30-day return {:+.1%}",
    turned=True,
    origin=OWN_PRICES,
)
