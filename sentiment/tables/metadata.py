"""What goes with the rows of a table: what each column is, where its figures are from and on what terms, and how to cite them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import pandas as pd

from sentiment.errors import BarsError
from sentiment.formatting import visible
from sentiment.market import assets, bundled, history
from sentiment.models import METHOD
from sentiment.tables import registry
from sentiment.tables.record import ASSET, series_behind_scores
from sentiment.tables.records import sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sentiment.tables.record import Column, Table, TableRequest

Titles = dict[str, str]
OWN = f"Sentiment, method {METHOD}"
OWN_TERMS = "no figure of a source: computed by the program, which is under the MIT licence"
OF_NOTES = "the notes, and what Sentiment reads in them"
OF_NOTES_TERMS = "words of a note are its publisher's"
_SERIES = ("series", "title", "source", "licence", "first", "last", "rows", "fetched_at")


def describe(
    name: str, query: str, requests: Sequence[TableRequest], rows: pd.DataFrame, withheld: Sequence[str] = ()
) -> dict[str, Any]:
    """Describe some rows of a table.

    Parameters
    ----------
    name, query : str
        The table, and the canonical query of its address.
    requests : sequence of TableRequest
        What the rows were asked for: one request, or one an asset.
    rows : pandas.DataFrame
        The rows and columns of the answer.
    withheld : sequence of str
        Columns that the answer lacks because they may not be passed on.

    Returns
    -------
    dict
        JSON values alone. Of each column its name, meaning, unit, kind, source, licence, timespan (first and last day of its
        figures) and last update (an instant in UTC; null where the figures are bundled, or are of no series); of the whole its
        title, citation, method and ``known_at`` (null: as known when it was asked for); of each series behind it, its source.
    """
    table, known_at = registry.tables()[name], requests[0].selection.known_at
    shown, behind = _series(table, requests, rows)
    as_of = max(request.as_of for request in requests)
    described = sources.described({**behind, **shown}, as_of, known_at)[list(_SERIES)].astype(object)
    series = [
        {str(field): None if cell is None or pd.isna(cell) else cell for field, cell in row.items()}
        for row in described.to_dict("records")
    ]
    columns = {column.name: column for column in (ASSET, *table.columns)}
    return {
        "table": name,
        "title": title(name, requests),
        "description": table.description,
        "row": table.row,
        "rows": len(rows),
        "selection": query,
        "as_of": str(as_of),
        "known_at": None if known_at is None else _instant(known_at),
        "method": METHOD,
        "citation": citation(name, query, requests),
        "timespan": _timespan(rows, None),
        "last_update": max((str(one["fetched_at"]) for one in series if one["fetched_at"]), default=None),
        **({"withheld": list(withheld)} if withheld else {}),
        "columns": [
            _described(columns[one], table, rows, [of for of in series if of["series"] in shown])
            for one in rows.columns
        ],
        "sources": series,
    }


def title(name: str, requests: Sequence[TableRequest]) -> str:
    """Return what a table is called: its name, the asset that it is about, and its last day."""
    table, day = registry.tables()[name], max(request.as_of for request in requests)
    named = [assets.asset(one.selection.asset, one.selection.known_at) for one in requests]
    about = ", ".join(f"{asset.title} ({asset.symbol})" for asset in named) if table.is_about_asset else ""
    return " ".join(visible(f"{name}: {about}, to {day}" if about else f"{name}, to {day}").split())


def citation(name: str, query: str, requests: Sequence[TableRequest]) -> str:
    """Say how to cite rows of a table, in one line."""
    known_at = requests[0].selection.known_at
    known = f"as known at {_instant(known_at)}" if known_at else "as known when they were read"
    address = f"/api/v1/{name}.csv{'?' if query else ''}{query}"
    return f"Sentiment: fear and fundamentals. {title(name, requests)}. Method {METHOD}, {known}. {address}"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _series(table: Table, requests: Sequence[TableRequest], rows: pd.DataFrame) -> tuple[Titles, Titles]:
    """Return the series whose own figures sourced columns show, and those behind other figures: symbols with their titles."""
    selection = requests[0].selection
    known_at, is_scored = selection.known_at, "weights" in table.parameters
    if not (table.is_about_asset or table.is_of_several):
        return _of_notes(table, requests), {}
    if table.is_of_several or "assets" in table.parameters:  # its rows name them
        about = list(rows["asset"].unique()) if "asset" in rows else [selection.asset]
    else:
        about = [request.selection.asset for request in requests]
    shown = {symbol: assets.asset(symbol, known_at).title for symbol in about if _is_known(symbol, known_at)}
    behind = {
        series.symbol: series.title
        for symbol in shown
        if is_scored
        for series in history.role_series(symbol, known_at).values()
    }
    # Raw readings of components are those of every series.
    return ({**behind, **shown}, {}) if table.reserved is series_behind_scores else (shown, behind)


def _of_notes(table: Table, requests: Sequence[TableRequest]) -> Titles:
    """Return the series on which notes are measured, for a table that shows their figures."""
    if not any(column.sourced for column in table.columns):
        return {}
    notes = [note for request in requests for note in request.notes]
    checks = [claim.check for note in notes for claim in note.claims if claim.check is not None]
    named = {call.asset for note in notes for call in note.calls}
    named |= {symbol for check in checks for symbol in (check.series, check.other) if symbol}
    return {symbol: symbol for symbol in sorted(named) if _is_known(symbol, requests[0].selection.known_at)}


def _is_known(symbol: str, known_at: datetime | None) -> bool:
    """Return whether prices of a series can be read; a table about several has a row for one whose prices cannot."""
    try:
        return history.is_live(symbol, known_at) or symbol in bundled.assets()
    except BarsError:
        return False


def _described(column: Column, table: Table, rows: pd.DataFrame, shown: list[dict[str, Any]]) -> dict[str, Any]:
    """Describe a column; `shown` are the series that a sourced one shows."""
    of_notes = not table.is_about_asset and not table.is_of_several
    source, terms = (OF_NOTES, OF_NOTES_TERMS) if of_notes else (OWN, OWN_TERMS)
    if column.sourced:
        source = "; ".join(f"{one['series']}: {one['source']}" for one in shown)
        terms = "; ".join(f"{one['series']}: {one['licence']}" for one in shown)
    updates = [str(one["fetched_at"]) for one in shown if one["fetched_at"]] if column.sourced else []
    return {
        "name": column.name,
        "meaning": column.full_description,
        "unit": column.unit,
        "kind": column.kind,
        "source": source,
        "licence": terms,
        "timespan": _timespan(rows, column.name),
        "last_update": max(updates, default=None),
    }


def _timespan(rows: pd.DataFrame, column: str | None) -> dict[str, str] | None:
    """Return the first and last day of the rows, or of those where a column is known; None where rows have no day or none is known."""
    if "date" not in rows:
        return None
    days = rows["date"] if column is None else rows.loc[rows[column].notna(), "date"]
    return {"first": f"{days.min():%Y-%m-%d}", "last": f"{days.max():%Y-%m-%d}"} if len(days) else None
