"""Term structure: whether options on US shares fear the next month more than the next three."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward, over

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs


def raw(inputs: Inputs) -> pd.Series:
    """Return the VIX over the 3-month VIX, both carried over weekends."""
    return over(carry_forward(inputs.role("equity_volatility")), carry_forward(inputs.role("equity_volatility_3m")))


COMPONENT = Component(
    name="term_structure",
    title="Term structure",
    axis="fear",
    weight=15,
    meaning=(
        "The volatility that options on US shares price in for one month (VIX) over that for three months (VIX3M). Above 1, "
        "options cost most where they end soonest, which is rare and happens in panics."
    ),
    formula=r"\frac{\mathrm{VIX}_t}{\mathrm{VIX3M}_t}",
    unit="ratio",
    source="Cboe volatility indices of one and three months",
    direction="a higher ratio means more fear",
    raw=raw,
    display="VIX / VIX3M {:.2f}",
    asset_classes=frozenset({"share", "fund", "index"}),
)
