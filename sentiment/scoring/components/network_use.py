"""Network use: how many addresses move coins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring import rolling
from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward, log

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS, YEAR = 30, 365


def raw(inputs: Inputs) -> pd.Series:
    """Return the log of the 30-day mean of active addresses over their 365-day mean."""
    active = carry_forward(inputs.role("active_addresses"))
    return log(rolling.mean(active, DAYS) / rolling.mean(active, YEAR))


COMPONENT = Component(
    name="network_use",
    title="Network use",
    axis="fundamentals",
    weight=0,
    meaning=(
        "The mean number of addresses that sent or received coins per day over 30 days, against the mean of a year. Shown without a "
        "weight: its figures are not bundled, and a reading is the same with and without a network."
    ),
    formula=r"\ln\frac{\overline{A}_{30}}{\overline{A}_{365}}",
    unit="natural logarithm",
    source="active addresses by Coin Metrics",
    direction="more use means stronger fundamentals",
    raw=raw,
    display="addresses {:+.0%} against a year",
    asset_classes=frozenset({"bitcoin", "crypto"}),
)
