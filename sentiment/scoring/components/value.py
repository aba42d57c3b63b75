"""Value: the price against its own long history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring import rolling
from sentiment.scoring.components import OWN_PRICES, Component
from sentiment.scoring.measures import log

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 1_400


def raw(inputs: Inputs) -> pd.Series:
    """Return minus the log of the close over its 1,400-day mean."""
    close = inputs.closes
    return -log(close / rolling.mean(close, DAYS))


COMPONENT = Component(
    name="value",
    title="Value",
    axis="fundamentals",
    weight=15,
    meaning=(
        "How cheap the close is against its mean of the last 1,400 days (about 200 weeks). It needs all 1,400 days."
    ),
    formula=r"-\ln\frac{C_t}{\frac{1}{1400}\sum_{i=0}^{1399}C_{t-i}}",
    unit="natural logarithm",
    source="closes of the asset",
    direction="a lower price against its history means stronger fundamentals",
    raw=raw,
    display="ln(close / mean) {:+.2f}",
    turned=True,
    asset_classes=frozenset({"bitcoin", "crypto", "share", "fund", "commodity", "index"}),
    origin=OWN_PRICES,
)
