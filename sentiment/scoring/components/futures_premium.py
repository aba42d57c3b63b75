"""Futures premium: what traders pay above or below the spot price for the regulated future."""

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
    """Return the 21-day median premium of the future over the spot close, sign turned.

    The two closes are taken at different hours, so that a daily premium is noisy; its median is not. Over weekends the last
    premium is carried forward, not the last future: a future of Friday against a spot close of Sunday is no premium.
    """
    if "future" not in inputs.series:
        return inputs.role("future")  # all NaN: most assets have no future
    premium = inputs.prices["close"].rdiv(inputs.role("future"), axis=0) - 1
    return -rolling.median(carry_forward(premium), DAYS)


COMPONENT = Component(
    name="futures_premium",
    title="Futures premium",
    axis="fear",
    weight=20,
    meaning=(
        "The median premium of the CME future over the spot price in the last 21 days, sign turned. In fear "
        "the premium shrinks or turns into a discount. Futures and spot close at different hours, so only "
        "its rank is used. Over weekends Friday's premium counts."
    ),
    formula=r"-\mathrm{median}_{21}\left(\frac{F_t}{C_t} - 1\right)",
    unit="fraction (rank only; not a yearly rate)",
    source="CME bitcoin future, front month, and closes of the asset",
    direction="a smaller premium means more fear",
    raw=raw,
    display="premium {:+.2%}",
    turned=True,
    asset_classes=frozenset({"bitcoin"}),
)
