"""A file of `sentiment universe`: the last day of every asset, the widest gap first."""

from __future__ import annotations

from sentiment.tables.record import ASSET, PRICE, Column, Table, text
from sentiment.tables.records import scores

_COLUMNS = (
    ASSET,
    Column("as_of", "The last day of its scores.", "day", "day"),
    Column("close", "Close of the day; empty where none is known.", PRICE),
    text("unit", "Unit of the close."),
    *scores.TABLE.columns[2:],
)

TABLE = Table(
    name="ranking",
    description="The last day of every asset that `sentiment universe` scored, the widest gap first.",
    row="asset",
    columns=_COLUMNS,
    offered=frozenset({"universe"}),
    order=200,
)
