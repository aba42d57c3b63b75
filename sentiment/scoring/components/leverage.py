"""Leverage: what holders of leveraged long positions pay to keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring import rolling
from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 21


def raw(inputs: Inputs) -> pd.Series:
    """Return the 21-day mean funding rate, sign turned."""
    return -rolling.mean(carry_forward(inputs.role("funding_rate")), DAYS)


COMPONENT = Component(
    name="leverage",
    title="Leverage",
    axis="fundamentals",
    weight=25,
    meaning=(
        "The mean funding rate of perpetual futures over 21 days, sign turned. A low rate says that few bet "
        "on a rise with borrowed money, so that little can be forced to sell."
    ),
    formula=r"-\frac{1}{21}\sum_{i=0}^{20}f_{t-i}",
    unit="fraction of notional per 8 h",
    source="funding rate of BTC perpetual futures",
    direction="less leverage means stronger fundamentals",
    raw=raw,
    display="funding {:+.4%} per 8 h",
    turned=True,
    asset_classes=frozenset({"bitcoin"}),
)
