"""A file of `sentiment universe`: the assets that could not be scored."""

from __future__ import annotations

from sentiment.tables.record import ASSET, Table, text

_COLUMNS = (
    ASSET,
    text("status", "missing where there are no prices to score; failed where they cannot be read."),
    text("reason", "Why, and what to do."),
)

TABLE = Table(
    name="unscored",
    description="The assets that it could not score.",
    row="asset",
    columns=_COLUMNS,
    offered=frozenset({"universe"}),
    order=210,
)
