"""Rate differential: what safe money earns in euros against dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward, less

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

BOUND = 0.03


def raw(inputs: Inputs) -> pd.Series:
    """Return the ECB's deposit rate less the federal funds target, a fraction a year."""
    return less(carry_forward(inputs.role("deposit_rate")), carry_forward(inputs.role("short_rate")))


COMPONENT = Component(
    name="rate_differential",
    title="Rate differential",
    axis="fundamentals",
    weight=25,
    meaning=(
        "The rate of the European Central Bank's deposit facility less the upper bound of the federal funds target, each from the day "
        "on which it is in force: money moves to where safe deposits earn more. It is not ranked, since a rank would make much of the "
        "days between two decisions: equal rates count as 50, three percentage points more in euros as 100, and three less as 0. "
        "Only the euro in dollars has both rates here; for any other pair it is missing."
    ),
    formula=r"d_t - r_t",
    unit="fraction a year",
    source="European Central Bank: deposit facility; federal funds target range, upper bound",
    direction="a higher rate in euros against dollars means stronger fundamentals of the euro",
    raw=raw,
    display="ECB less Fed {:+.2%}",
    scale=(-BOUND, BOUND),
    asset_classes=frozenset({"currency"}),
)
