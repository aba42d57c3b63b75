"""Policy: whether the central bank is easing or tightening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 182
BOUND = 0.01


def raw(inputs: Inputs) -> pd.Series:
    """Return the fall of the federal funds target over 182 days, a fraction a year."""
    rate = carry_forward(inputs.role("short_rate"))
    return -(rate - rate.shift(DAYS))


COMPONENT = Component(
    name="policy",
    title="Policy",
    axis="fundamentals",
    weight=25,
    meaning=(
        "The change of the US central bank's target rate over half a year, sign turned: cuts make money easier. Decisions "
        "count from the day they are in force. It is not ranked: no change counts as 50, cuts of a percentage point or more as "
        "100, and rises of as much as 0."
    ),
    formula=r"-(r_t - r_{t-182})",
    unit="fraction a year",
    source="federal funds target range, upper bound",
    direction="a falling rate means stronger fundamentals",
    raw=raw,
    display="rate change {:+.2%}",
    turned=True,
    scale=(-BOUND, BOUND),
    asset_classes=frozenset({"bitcoin", "crypto", "share", "fund", "commodity", "index"}),
)
