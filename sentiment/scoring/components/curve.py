"""Curve: the long yield against the short rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward, less

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs


def raw(inputs: Inputs) -> pd.Series:
    """Return the 10-year Treasury yield less the federal funds target, a fraction a year."""
    return less(carry_forward(inputs.role("ten_year_yield")), carry_forward(inputs.role("short_rate")))


COMPONENT = Component(
    name="curve",
    title="Yield curve",
    axis="fundamentals",
    weight=15,
    meaning=(
        "The yield of 10-year US Treasuries less the upper bound of the federal funds target. An inverted curve, with the long "
        "yield below the short rate, has come before most US recessions."
    ),
    formula=r"y^{10}_t - r_t",
    unit="fraction a year",
    source="Federal Reserve: 10-year constant maturity, federal funds target range",
    direction="a steeper curve means stronger fundamentals",
    raw=raw,
    display="10-year less target {:+.2%}",
    asset_classes=frozenset({"share", "fund", "index"}),
)
