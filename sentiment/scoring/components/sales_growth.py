"""Sales growth: a company's sales against a year before, by what was filed then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import FILED_DAYS, carry_forward, log, over

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

YEAR_BEFORE = 335
"""Days back to the figure of a year before: a year less 30 days, since its filing may have come later in the year. The one after
it comes at least two months later."""


def raw(inputs: Inputs) -> pd.Series:
    """Return the log of the last twelve months' sales a share over the figure of a year before, from each filing on."""
    sales = inputs.role("sales")
    return carry_forward(log(over(sales, carry_forward(sales, FILED_DAYS).shift(YEAR_BEFORE))), FILED_DAYS)


COMPONENT = Component(
    name="sales_growth",
    title="Sales growth",
    axis="fundamentals",
    weight=10,
    meaning=(
        "The last twelve months' sales per diluted share, as filed with the SEC, against those on file 335 days before the "
        "filing: a year, with 30 days for a report that came later then. It changes with filings alone, and splits do not move it. "
        "A filing counts for 200 days."
    ),
    formula=r"\ln\frac{S_f}{S_{f-335}}",
    unit="natural logarithm",
    source="sales and diluted shares filed with the SEC",
    direction="faster growth means stronger fundamentals",
    raw=raw,
    display="sales {:+.1%} in a year",
    asset_classes=frozenset({"share"}),
)
