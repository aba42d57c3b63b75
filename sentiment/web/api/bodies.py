"""What the API answers with: a table as CSV or JSON, the badge or a picture; and what such a body depends on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pandas as pd

from sentiment.market import bar_store, terms
from sentiment.models import METHOD
from sentiment.research import library
from sentiment.tables import export, registry, withholding
from sentiment.web import citation, pictures
from sentiment.web.api.addresses import BADGE
from sentiment.web.api.badge import badge
from sentiment.web.api.problems import ProblemError
from sentiment.web.api.response_cache import Written
from sentiment.web.picture_names import PICTURES
from sentiment.web.picture_subjects import subjects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.web.api.queries import ApiRequest

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
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


def names_the_page(request: ApiRequest) -> bool:
    """Return whether an answer holds a link to the page, and so depends on the address at which the page is."""
    return request.form == "json" or request.name in PICTURES


def write_body(request: ApiRequest, base: str, *, everything: bool) -> Written:
    """Write the answer to a request: the same CSV as on the command line, the same rows as JSON, the badge or a picture.

    Without `everything`, what may not be passed on is left out. A picture in pixels shows what the page shows; one in SVG holds its
    figures, and goes as a table does.

    Parameters
    ----------
    request : ApiRequest
    base : str
        Address of the page, for links to it.
    everything : bool
        Whether who asks may have figures that their source does not let be passed on.

    Raises
    ------
    ProblemError
        If no figure would be left.
    """
    if request.name == BADGE:
        return Written(badge(request.selection).encode())
    if request.name in PICTURES:
        return _picture(request, base, everything=everything)
    if not everything and (forbidden := withholding.forbidden(request.name, request.selection)):
        raise ProblemError("withheld", withholding.sentence(forbidden))
    rows = export.table(request.name, request.selection, request.start, request.end, request.horizon, request.assets)
    withheld = withholding.of_table(request.name, request.selection, rows, request.start, request.end)
    lacks = () if everything else withheld.columns
    rows = rows.drop(columns=list(lacks))
    if request.form == "csv":
        return Written(export.to_csv(rows).encode(), withheld.columns)
    pinned = citation.frozen(request.selection, request.as_of, notes=request.name != "prices")
    cited = citation.cite(registry.tables()[request.name].description, pinned, base)
    return Written(as_json(request.name, request.query, rows, cited, lacks), withheld.columns)


def _picture(request: ApiRequest, base: str, *, everything: bool) -> Written:
    selection = request.selection
    behind: dict[str, str] = {}
    for symbol in subjects(request.name, selection, request.assets):
        behind |= terms.reserved_behind(symbol, selection.known_at)
    draw = partial(pictures.draw, request.name, request.form, selection, base, request.assets)
    if request.form == "png":
        return Written(draw(described=not behind))
    if behind and not everything:
        raise ProblemError("withheld", f"{withholding.sentence(behind)} The same picture as PNG is for everyone.")
    return Written(draw(), ("figures",) if behind else ())


def as_json(name: str, query: str, rows: pd.DataFrame, cited: citation.Citation, withheld: Sequence[str] = ()) -> bytes:
    """Write rows of a table as JSON: one object a row, null for a missing value, ISO days; what was `withheld` is named."""
    described = {column.name: column for column in registry.tables()[name].columns}
    content = {
        "table": name,
        "selection": query,
        "method": METHOD,
        **({"withheld": withheld} if withheld else {}),
        "citation": cited._asdict(),
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
