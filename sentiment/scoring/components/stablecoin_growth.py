"""Stablecoin growth: dollars that came into the crypto market."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward, log

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 90


def raw(inputs: Inputs) -> pd.Series:
    """Return the log growth of the supply of dollar stablecoins over 90 days."""
    supply = log(carry_forward(inputs.role("stablecoin_supply")))
    return supply - supply.shift(DAYS)


COMPONENT = Component(
    name="stablecoin_growth",
    title="Stablecoin growth",
    axis="fundamentals",
    weight=0,
    meaning=(
        "The growth of the supply of dollar stablecoins over 90 days: money that waits beside the market. Shown without a weight: "
        "its figures are not bundled, and a reading is the same with and without a network."
    ),
    formula=r"\ln\frac{S_t}{S_{t-90}}",
    unit="natural logarithm",
    source="circulating supply by DefiLlama",
    direction="more growth means stronger fundamentals",
    raw=raw,
    display="supply {:+.1%}",
    asset_classes=frozenset({"bitcoin", "crypto"}),
)
