"""What the API answers with: a table as CSV or JSON, or the badge; and what such a body depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pandas as pd

from sentiment.market import bar_store
from sentiment.models import METHOD
from sentiment.research import library
from sentiment.tables import export, registry, withholding
from sentiment.web.api.badge import badge
from sentiment.web.api.problems import ProblemError
from sentiment.web.api.response_cache import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.web.api.queries import ApiRequest

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
}


def data_version(name: str = "") -> tuple[object, ...]:
    """Return numbers that change whenever anything is saved that an answer may depend on: any prices, any note.

    Parameters
    ----------
    name : str
        The table; prices depend on no note.

    Raises
    ------
    StoreError
        If the saved notes cannot be read.
    """
    prices = tuple((symbol, bar_store.changed_at(symbol)) for symbol in bar_store.symbols())
    return prices if name == "prices" else (*prices, library.version())


def write_body(request: ApiRequest, *, everything: bool) -> Written:
    """Write the answer to a request: the same CSV as on the command line, the same rows as JSON, or the badge.

    Without `everything`, what may not be passed on is left out.

    Raises
    ------
    ProblemError
        If then no figure would be left.
    """
    if request.form == "svg":
        return Written(badge(request.selection).encode())
    if not everything and (forbidden := withholding.forbidden(request.name, request.selection)):
        raise ProblemError("withheld", withholding.sentence(forbidden))
    rows = export.table(request.name, request.selection, request.start, request.end, request.horizon, request.assets)
    withheld = withholding.of_table(request.name, request.selection, rows, request.start, request.end)
    lacks = () if everything else withheld.columns
    rows = rows.drop(columns=list(lacks))
    body = export.to_csv(rows).encode() if request.form == "csv" else as_json(request.name, request.query, rows, lacks)
    return Written(body, withheld.columns)


def as_json(name: str, query: str, rows: pd.DataFrame, withheld: Sequence[str] = ()) -> bytes:
    """Write rows of a table as JSON: one object a row, null for a missing value, ISO days; what was `withheld` is named."""
    described = {column.name: column for column in registry.tables()[name].columns}
    content = {
        "table": name,
        "selection": query,
        "method": METHOD,
        **({"withheld": withheld} if withheld else {}),
        "columns": [
            {"name": column, "description": described[column].description, "unit": described[column].unit}
            for column in rows.columns
        ],
        "rows": [
            dict(zip(rows.columns, cells, strict=True))
            for cells in zip(*(_cells(rows[column]) for column in rows.columns), strict=True)
        ],
    }
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def _cells(column: pd.Series) -> list[Any]:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return list(column.dt.strftime("%Y-%m-%d"))
    return list(column)  # orjson writes NaN as null
