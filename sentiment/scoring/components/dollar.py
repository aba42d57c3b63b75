"""Dollar: its fall against the euro."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward, log

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 182


def raw(inputs: Inputs) -> pd.Series:
    """Return the log change of the euro in dollars over 182 days."""
    euro = log(carry_forward(inputs.role("euro")))
    return euro - euro.shift(DAYS)


COMPONENT = Component(
    name="dollar",
    title="Dollar",
    axis="fundamentals",
    weight=20,
    meaning=(
        "The fall of the dollar against the euro over half a year, by the European Central Bank's reference rate. Commodities are "
        "priced in dollars, so that a weaker dollar makes them cheaper for everybody else."
    ),
    formula=r"\ln\frac{E_t}{E_{t-182}}",
    unit="natural logarithm",
    source="euro reference rate of the European Central Bank",
    direction="a weaker dollar means stronger fundamentals",
    raw=raw,
    display="euro {:+.1%}",
    asset_classes=frozenset({"commodity"}),
)
