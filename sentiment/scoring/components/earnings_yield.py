"""Earnings yield: what a company earns on its price, against safe bills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import FILED_DAYS, carry_forward, less, over

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs


def raw(inputs: Inputs) -> pd.Series:
    """Return the last twelve months' earnings a share over the close, less the 3-month bill rate: a fraction a year."""
    earned = over(carry_forward(inputs.role("earnings"), FILED_DAYS), inputs.prices["close"])
    return less(earned, carry_forward(inputs.role("bill_rate")))


COMPONENT = Component(
    name="earnings_yield",
    title="Earnings yield",
    axis="fundamentals",
    weight=15,
    meaning=(
        "What the company earned per diluted share in the last twelve months, as filed with the SEC by that day, over its price, "
        "less what 3-month Treasury bills pay. Splits between filing and day are taken into account. A filing counts for 200 days; "
        "after that the next one is late."
    ),
    formula=r"\frac{E_t}{C_t}-b_t",
    unit="fraction a year",
    source="net income and diluted shares filed with the SEC; closes of the asset; 3-month Treasury bill rate by FRED",
    direction="a higher yield over bills means stronger fundamentals",
    raw=raw,
    display="earnings less bills {:+.1%}",
    asset_classes=frozenset({"share"}),
)
