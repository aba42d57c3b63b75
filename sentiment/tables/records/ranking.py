"""A file of `sentiment universe`: the last day of every asset, the widest gap first, assets whose prices ended earlier last."""

from __future__ import annotations

from sentiment.frames import CARRY_DAYS
from sentiment.tables.record import ASSET, PRICE, Column, Table, text
from sentiment.tables.records import scores

_COLUMNS = (
    ASSET,
    Column("as_of", "The last day of its scores.", "day", "day"),
    Column("close", "Close of the day; empty where none is known.", PRICE, sourced=True),
    text("unit", "Unit of the close."),
    *scores.TABLE.columns[2:],
    Column(
        "days_behind",
        f"Days by which the asset's last day lies before the latest of all; those of more than {CARRY_DAYS} come last.",
        "days",
        "integer",
    ),
)

TABLE = Table(
    name="ranking",
    description="The last day of every asset that `sentiment universe` scored, the widest gap first, assets whose prices ended earlier last.",
    row="asset",
    columns=_COLUMNS,
    offered=frozenset({"universe"}),
    order=200,
)
