"""What the API answers with: a table in any form, or the badge; and what such a body depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pandas as pd

from sentiment.market import bar_store
from sentiment.models import METHOD
from sentiment.research import library
from sentiment.tables import archive, export, metadata, registry, withholding, workbook
from sentiment.tables.record import ASSET, TableRequest
from sentiment.web.api.addresses import BADGE, FORMS
from sentiment.web.api.badge import badge
from sentiment.web.api.problems import ProblemError
from sentiment.web.api.response_cache import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.tables.withholding import Withheld
    from sentiment.web.api.queries import ApiRequest

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "metadata.json": "application/json",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
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
    """Write the answer to a request: the same CSV as on the command line, the same rows in another form, or the badge.

    Without `everything`, what may not be passed on is left out.

    Raises
    ------
    ProblemError
        If then no figure would be left, or the source of the rows does not give a column that is asked for.
    """
    if request.form == "svg":
        return Written(badge(request.selection).encode())
    requests = (request, *request.others)
    if not everything:
        for one in requests:
            if forbidden := withholding.forbidden(one.name, one.selection):
                raise ProblemError("withheld", withholding.sentence(forbidden))
    rows, withheld = _rows(requests)
    if withheld.whole and not everything:
        raise ProblemError("withheld", withholding.sentence(withheld.reserved))
    lacks = () if everything else withheld.columns
    return Written(_written(request, rows.drop(columns=list(lacks)), lacks), withheld.columns)


def _rows(requests: Sequence[ApiRequest]) -> tuple[pd.DataFrame, Withheld]:
    """Return the rows of each request below each other with the columns that are asked for, and what is withheld of them."""
    table, chosen = registry.tables()[requests[0].name], requests[0].writing.columns
    parts: list[pd.DataFrame] = []
    reserved: dict[str, str] = {}
    for one in requests:
        part = export.table(one.name, one.selection, one.start, one.end, one.horizon, one.assets)
        reserved |= withholding.of_table(one.name, one.selection, part, one.start, one.end).reserved
        if len(requests) > 1:
            part.insert(0, "asset", one.selection.asset)
        parts.append(part)
    rows = parts[0]
    if len(parts) > 1:
        joined = pd.concat(parts, ignore_index=True)
        rows = joined[[name for name in ("asset", *table.column_names) if name in joined]]
    if missing := [name for name in chosen if name not in rows]:
        detail = f"The source of these rows gives no {', '.join(missing)}; it gives {', '.join(rows.columns)}."
        raise ProblemError("bad-request", detail, there_are={"columns": list(rows.columns)})
    rows = rows[list(chosen)] if chosen else rows
    return rows, withholding.of_rows(rows, (column.name for column in table.columns if column.sourced), reserved)


def _written(request: ApiRequest, rows: pd.DataFrame, lacks: Sequence[str]) -> bytes:
    if request.form == "csv":
        return export.to_csv(rows, *request.writing.signs).encode()
    if request.form == "json":
        return as_json(request.name, request.query, rows, lacks)
    asked = [
        TableRequest(one.selection, one.as_of, one.start, one.end, one.horizon, one.assets)
        for one in (request, *request.others)
    ]
    described = metadata.describe(request.name, request.query, asked, rows, lacks)
    if request.form == "metadata.json":
        return orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if request.form == "zip":
        return archive.to_zip(export.to_csv(rows, *request.writing.signs), described)
    return workbook.to_xlsx(rows, described)


def as_json(name: str, query: str, rows: pd.DataFrame, withheld: Sequence[str] = ()) -> bytes:
    """Write rows of a table as JSON: one object a row, null for a missing value, ISO days; what was `withheld` is named."""
    described = {column.name: column for column in (ASSET, *registry.tables()[name].columns)}
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


def link_header(request: ApiRequest) -> str:
    """Return the Link header of an answer (RFC 8288): its description, and the same rows in other forms; empty for the badge.

    The targets are relative, so that they hold behind any prefix of a proxy.
    """
    if request.name == BADGE:
        return ""
    query = f"?{request.query}" if request.query else ""
    links = []
    for form in FORMS:
        if form != request.form:
            relation = "describedby" if form == "metadata.json" else "alternate"
            media = MEDIA[form].partition(";")[0]
            links.append(f'<{request.name}.{form}{query}>; rel="{relation}"; type="{media}"')
    return ", ".join(links)
