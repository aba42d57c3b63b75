"""The whole inbox as plain rows, for a backup: taken out, checked and put back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sentiment.errors import StoreError
from sentiment.research.inbox_rows import inbox_table, reading, sources_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

Row = dict[str, Any]


def rows() -> list[Row]:
    """Return every source and entry as a row that names its table; empty where nothing was ever followed.

    Raises
    ------
    StoreError
        If they cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return []
        return [
            {"table": table.name, **dict(row._mapping)}  # noqa: SLF001 - SQLAlchemy's name
            for table in (sources_table(), inbox_table())
            for row in connection.execute(table.select()).all()
        ]


def checked(records: Iterable[Any]) -> list[Row]:
    """Return rows that `rows` returned, after a look at each.

    Raises
    ------
    StoreError
        If one is damaged.
    """
    found = []
    tables = {table.name: table for table in (sources_table(), inbox_table())}
    for place, record in enumerate(records, start=1):
        try:
            columns = {column.name for column in tables[record["table"]].c}
            found.append({name: record[name] for name in ("table", *columns)})
            json.dumps(record)
            if record["table"] == "sources":
                json.loads(record["options"]), json.loads(record["state"])
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise StoreError(f"row {place} of the inbox is not as it was saved") from None
    return found


def fill(connection: Connection, records: Sequence[Row]) -> None:
    """Put rows into tables that are made and empty; an inbox that is there already stays as it is."""
    tables = {table.name: table for table in (sources_table(), inbox_table())}
    if any(connection.execute(table.select().limit(1)).first() for table in tables.values()):
        return
    for record in records:
        values = {name: value for name, value in record.items() if name != "table"}
        connection.execute(tables[record["table"]].insert().values(values))
