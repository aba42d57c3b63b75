"""The table ``scores``: close, axes, gap, regime and coverage of each day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.tables.record import ASSET_PARAMETERS, DATE, DAY_PARAMETERS, FRACTION, PRICE, Column, Table, text

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.score import Scores

_COLUMNS = (
    DATE,
    Column("close", "Close of the day; empty where none is known.", PRICE, sourced=True),
    Column("fear", "The fear axis; empty where no part of it is known.", "0 to 100"),
    Column("fundamentals", "The fundamentals axis; empty where no part of it is known.", "0 to 100"),
    Column("gap", "fear − justified: how far fear exceeds the fear that fundamentals justify.", "−100 to 100"),
    text("regime", "What the gap says; empty where either axis rests on too little."),
    Column(
        "fear_coverage", "Share of the weight of fear that rests on known figures, of the parts that apply.", FRACTION
    ),
    Column("fundamentals_coverage", "The same for fundamentals.", FRACTION),
    Column("justified", "The fear that fundamentals justify: 100 − fundamentals.", "0 to 100"),
)


def scores_table(scored: Scores) -> pd.DataFrame:
    """Return close, both axes, gap, regime and coverage: one row a day."""
    return scored.axes.reset_index()


TABLE = Table(
    name="scores",
    description="Close, both axes, their gap and its regime.",
    row="day",
    columns=_COLUMNS,
    rows=lambda request: scores_table(request.scored),
    parameters=(*ASSET_PARAMETERS, "weights", *DAY_PARAMETERS),
    is_about_asset=True,
    offered=frozenset({"page", "cli", "api", "universe"}),
    order=10,
)
