"""Drawdown: how far the close has fallen from its recent high."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import OWN_PRICES, Component
from sentiment.scoring.measures import drawdown

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 90


def raw(inputs: Inputs) -> pd.Series:
    """Return the fall from the 90-day high, as a positive fraction."""
    return -drawdown(inputs.closes, DAYS)


COMPONENT = Component(
    name="drawdown",
    title="Drawdown",
    axis="fear",
    weight=10,
    meaning=(
        "How far the close is below its highest close of the last 90 days. Holders who bought near the "
        "high sit on losses."
    ),
    formula=r"-\left(\frac{C_t}{\max(C_{t-89},\dots,C_t)} - 1\right)",
    unit="fraction of the 90-day high",
    source="closes of the asset",
    direction="a deeper drawdown means more fear",
    raw=raw,
    display="{:.1%} from the high",
    turned=True,
    origin=OWN_PRICES,
)
