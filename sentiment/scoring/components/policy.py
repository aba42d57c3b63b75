"""Policy: whether the central bank is easing or tightening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 182


def raw(inputs: Inputs) -> pd.Series:
    """Return the fall of the short rate over 182 days."""
    rate = carry_forward(inputs.role("short_rate"))
    return -(rate - rate.shift(DAYS))


COMPONENT = Component(
    name="policy",
    title="Policy",
    axis="fundamentals",
    weight=20,
    meaning=(
        "The change of the US short rate over half a year, sign turned: cuts make money easier. Decisions "
        "count from the day they are in force."
    ),
    formula=r"-(r_t - r_{t-182})",
    unit="fraction a year",
    source="federal funds target range, upper bound",
    direction="a falling rate means stronger fundamentals",
    raw=raw,
    display="rate change {:+.2%}",
    turned=True,
)
