"""The forms in which a table is handed out, the same bytes by the page, the command line and the API: CSV, JSON, ZIP, a workbook."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
import pandas as pd

from sentiment.market import history
from sentiment.models import METHOD, Selection
from sentiment.tables import archive, export, metadata, workbook
from sentiment.tables.answer import columns_of
from sentiment.tables.record import BETWEEN_ASSETS
from sentiment.tables.records.compare import FEWEST, MOST
from sentiment.web import citation, links

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sentiment.tables.answer import Answer

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "metadata.json": "application/json",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMS = tuple(MEDIA)
CSV_FORMS = frozenset({"csv", "zip"})
"""Forms that hold CSV, for which separator and decimal sign can be chosen."""
SAVED = frozenset({"zip", "xlsx"})
"""Forms that a browser cannot show, and saves."""


def query_of(parameters: Iterable[str], selection: Selection, extra: Mapping[str, object]) -> str:
    """Return the canonical query of an answer: what of a selection changes it, and `extra` parameters behind.

    The range and the horizon of a selection do not count: where they are meant, they are in `extra`.
    """
    counted = {field.name for field in fields(Selection)} & {*parameters} - {"range", "horizon"}
    plain = links.to_query(replace(Selection(), **{name: getattr(selection, name) for name in counted}))
    return "&".join(part for part in (plain, urlencode(extra)) if part)


def query_of_rows(answer: Answer, selection: Selection) -> str:
    """Return the canonical query of rows that no address asked for."""
    extra: dict[str, object] = {name: getattr(answer.extent, name) for name in ("start", "end", "horizon")}
    if answer.assets is not None:
        extra = {"asset": BETWEEN_ASSETS.join(answer.assets), **extra}
    given = {name: value for name, value in extra.items() if value is not None}
    return query_of(answer.table.parameters, selection, given)


def cited(answer: Answer, base: str) -> citation.Citation:
    """Cite rows of a table: those of several assets with the link of their comparison, where that many can be compared.

    Parameters
    ----------
    answer : Answer
        The rows.
    base : str
        Address of the page.
    """
    last = max(request.as_of for request in answer.requests)
    selection = replace(answer.requests[0].selection, as_of=last)
    known = [symbol for symbol in answer.about if metadata.is_known(symbol, selection.known_at)]
    ends = {symbol: min(last, history.span(symbol, selection.known_at)[1]) for symbol in known}
    about = tuple(sorted(known, key=ends.__getitem__, reverse=True))  # a link opens on a day of its first asset
    if about:
        last = ends[about[0]]
        view, compared = ("Compare", about) if FEWEST <= len(about) <= MOST else (selection.view, None)
        selection = replace(selection, asset=about[0], as_of=last, assets=compared, view=view)
    pinned = citation.frozen(selection, last, notes=answer.table.name != "prices")
    told = citation.about_assets(about, last, selection.known_at) if about else ""
    return citation.cite(answer.table.description, pinned, base, told, about)


def write(form: str, answer: Answer, query: str, base: str, signs: tuple[str, str] = (",", ".")) -> bytes:
    """Write rows of a table in one of `FORMS`.

    Parameters
    ----------
    form : str
    answer : Answer
        The rows, as who asks may have them.
    query : str
        Their canonical query.
    base : str
        Address of the page, for the citation; CSV has none.
    signs : tuple of str
        The separator and the decimal sign of CSV.

    Raises
    ------
    SelectionError
        If a workbook cannot hold so many rows.
    """
    if form == "csv":
        return export.to_csv(answer.rows, *signs).encode()
    how = cited(answer, base)
    if form == "json":
        return as_json(answer, query, how)
    described = metadata.describe(answer, query, how._asdict())
    if form == "metadata.json":
        return orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if form == "zip":
        return archive.to_zip(export.to_csv(answer.rows, *signs), described)
    return workbook.to_xlsx(answer.rows, described)


def as_json(answer: Answer, query: str, how: citation.Citation) -> bytes:
    """Write rows of a table as JSON: one object a row, null for a missing value, ISO days; what was withheld is named."""
    described = {column.name: column for column in columns_of(answer.table, is_long=True)}
    rows = answer.rows
    content = {
        "table": answer.table.name,
        "selection": query,
        "method": METHOD,
        **({"withheld": answer.lacks} if answer.lacks else {}),
        "citation": how._asdict(),
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
        codes, days = pd.factorize(column)  # days repeat: each is written once
        texts = [*pd.DatetimeIndex(days).strftime("%Y-%m-%d"), None]
        return [texts[code] for code in codes.tolist()]  # the code of what is missing is -1
    return column.tolist()  # orjson writes NaN as null
