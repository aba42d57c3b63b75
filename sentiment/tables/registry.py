"""The tables that there are, and docs/columns.md, which describes them.

``python -m sentiment.tables.registry`` prints docs/columns.md.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from sentiment.tables import record, records

if TYPE_CHECKING:
    from sentiment.tables.record import Offer, Table

_EVERYWHERE = {"page", "cli", "api"}
_PLACES = {"page": "on the page", "cli": "on the command line", "universe": "in a file of `sentiment universe`"}


@cache
def tables() -> dict[str, Table]:
    """Return every table by name, in the order in which they are listed."""
    modules = [import_module(f"{records.__name__}.{module.name}") for module in iter_modules(records.__path__)]
    ordered = sorted((module.TABLE for module in modules), key=lambda table: (table.order, table.name))
    return {table.name: table for table in ordered}


def offered(where: Offer) -> dict[str, Table]:
    """Return the tables that are offered on the page, by the CLI, by the API, or as files of a universe."""
    return {name: table for name, table in tables().items() if where in table.offered}


def markdown() -> str:
    """Return the text of docs/columns.md."""
    lines = [
        "# Tables and their columns",
        "",
        "The same in CSV and JSON, on the page, the command line and by HTTP, unless a table says where else.",
        "",
        f'Where a meaning ends with "{record.SOURCED}", the cells are a source\'s own figures or give them away, and a server passes them on',
        "as the source's terms allow (see [operations](operations.md#figures-that-may-not-be-passed-on)).",
        "",
    ]
    for name, table in tables().items():
        where = (
            ""
            if table.offered >= _EVERYWHERE
            else f" Only {' and '.join(_PLACES[at] for at in sorted(table.offered))}."
        )
        lines += [f"## {name}", "", f"{table.description} One row per {table.row}.{where}", ""]
        lines += ["| column | meaning | unit |", "| --- | --- | --- |"]
        lines += [f"| `{column.name}` | {column.full_description} | {column.unit} |" for column in table.columns]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(markdown())
