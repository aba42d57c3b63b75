"""Credit: risky corporate bonds against Treasuries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.frames import days
from sentiment.scoring import rolling
from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward, less, log

if TYPE_CHECKING:
    from sentiment.scoring.inputs import Inputs

DAYS = 90


def raw(inputs: Inputs) -> pd.Series:
    """Return the log return of HYG less that of TLT over 90 days, without the first session of each month."""
    return less(_gain(inputs.role("high_yield_bonds")), _gain(inputs.role("treasury_bonds")))


def _gain(close: pd.Series) -> pd.Series:
    """Return the log return over 90 days of a fund that pays on the first session of each month, without those sessions.

    With them left out, closes before and after adjustment for distributions give the same. A fund that ended longer ago than
    closes are carried is unknown.
    """
    index = days(close)
    month = close.notna().where(close.notna()).mul(pd.Series(index.year * 12 + index.month, index), axis=0)
    carried = carry_forward(close)
    step = log(carried / carried.shift(1))
    return rolling.total(step.where(~(month > month.ffill().shift(1)), step * 0.0), DAYS)


COMPONENT = Component(
    name="credit",
    title="Credit",
    axis="fundamentals",
    weight=10,
    meaning=(
        "How much more risky corporate bonds (HYG) returned over 90 days than long US Treasuries (TLT). Lenders who are sure to be "
        "paid back prefer the former. Both funds pay out on the first session of a month, which is left out; a second payment in "
        "December is not."
    ),
    formula=r"\sum_{i=0}^{89}\left(r^{\mathrm{HYG}}_{t-i}-r^{\mathrm{TLT}}_{t-i}\right)",
    unit="natural logarithm",
    source="closes of the funds HYG and TLT",
    direction="a higher return of risky bonds means stronger fundamentals",
    raw=raw,
    display="HYG less TLT {:+.1%}",
    asset_classes=frozenset({"share", "fund", "index"}),
)
