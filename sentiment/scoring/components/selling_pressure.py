"""Selling pressure: on which days the volume was traded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import OWN_PRICES, Component
from sentiment.scoring.measures import signed_volume_share

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

DAYS = 14


def raw(inputs: Inputs) -> pd.Series:
    """Return the share of 14-day volume on falling days less the share on rising days."""
    return -signed_volume_share(inputs.closes, inputs.column("volume"), DAYS)


COMPONENT = Component(
    name="selling_pressure",
    title="Selling pressure",
    axis="fear",
    weight=10,
    meaning=(
        "The share of the last 14 days' volume that was traded on falling days, less the share traded on rising days."
    ),
    formula=r"-\frac{\sum_{i=0}^{13}\mathrm{sign}(C_{t-i}-C_{t-i-1})\,V_{t-i}}{\sum_{i=0}^{13}V_{t-i}}",
    unit="share, −1 to 1",
    source="closes and volume of the asset",
    direction="more volume on falling days means more fear",
    raw=raw,
    display="net selling {:+.0%} of volume",
    asset_classes=frozenset({"bitcoin", "crypto", "share", "fund", "commodity"}),
    origin=OWN_PRICES,
)
