"""Positioning: how far leveraged funds have sold bitcoin futures short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.scoring.components import Component
from sentiment.scoring.measures import carry_forward

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs

CARRY_DAYS = 10


def raw(inputs: Inputs) -> pd.Series:
    """Return the net short position of leveraged funds as a share of open interest, carried from one weekly report to the next."""
    return -carry_forward(inputs.role("futures_positions"), CARRY_DAYS)


COMPONENT = Component(
    name="positioning",
    title="Positioning",
    axis="fear",
    weight=10,
    meaning=(
        "How many more CME bitcoin futures leveraged funds have sold than bought, as a share of all that are open. Cautious "
        "funds hold fewer long positions. Much of their short position hedges coins they hold, so only its rank is used. The "
        "report on a Tuesday counts from the Friday on which it is published, for ten days at most."
    ),
    formula=r"-\frac{L_t - S_t}{\mathrm{OI}_t}",
    unit="share of open interest",
    source="CFTC, traders in financial futures: leveraged funds, CME bitcoin futures and options",
    direction="a larger net short position means more fear",
    raw=raw,
    display="net {:+.0%} of open interest",
    turned=True,
    asset_classes=frozenset({"bitcoin"}),
)
