"""Real yield: what safe money earns after inflation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 182


def raw(inputs: Inputs) -> pd.Series:
    """Return the fall of the 10-year real yield over 182 days, a fraction a year."""
    real = carry_forward(inputs.role("real_yield"))
    return -(real - real.shift(DAYS))


COMPONENT = Component(
    name="real_yield",
    title="Real yield",
    axis="fundamentals",
    weight=0,
    meaning=(
        "The change of the yield of 10-year inflation-indexed US Treasuries over half a year, sign turned: gold earns nothing, so "
        "it is held more easily where safe money earns less after inflation. Shown without a weight: its figures are not bundled, "
        "and a reading is the same with and without a network."
    ),
    formula=r"-(y_t - y_{t-182})",
    unit="fraction a year",
    source="Federal Reserve H.15 by FRED: 10-year inflation-indexed",
    direction="a falling real yield means stronger fundamentals",
    raw=raw,
    display="real yield change {:+.2%}",
    turned=True,
    asset_classes=frozenset({"commodity"}),
)
