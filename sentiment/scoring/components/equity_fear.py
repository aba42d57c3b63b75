"""Equity fear: what options on US shares say about the month ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs


def raw(inputs: Inputs) -> pd.Series:
    """Return the close of the VIX, carried over weekends."""
    return carry_forward(inputs.role("equity_volatility"))


COMPONENT = Component(
    name="equity_fear",
    title="Equity fear",
    axis="fear",
    weight=15,
    meaning=(
        "The volatility that options on US shares price in for the next month (VIX). Fear is contagious "
        "between markets."
    ),
    formula=r"\mathrm{VIX}_t",
    unit="index points",
    source="Cboe volatility index",
    direction="a higher VIX means more fear",
    raw=raw,
    display="VIX {:.1f}",
    asset_classes=frozenset({"bitcoin", "crypto", "share", "fund", "commodity", "index"}),
)
