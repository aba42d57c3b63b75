"""What goes with the rows of a table: what each column is, where its figures are from and on what terms, and how to cite them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import pandas as pd

from sentiment.errors import BarsError, UnknownAssetError
from sentiment.formatting import visible
from sentiment.market import assets, bundled, history, pasted
from sentiment.models import METHOD
from sentiment.tables.answer import columns_of
from sentiment.tables.record import series_behind_scores
from sentiment.tables.records import sources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sentiment.tables.answer import Answer
    from sentiment.tables.record import Column

    Titles = dict[str, str]

OWN = f"Sentiment, method {METHOD}"
OWN_TERMS = "no figure of a source: computed by the program, which is under the MIT licence"
OF_NOTES = "the notes and calls, and what Sentiment reads in them"
OF_NOTES_TERMS = "words of a note or call are its publisher's"
_SERIES = ("series", "title", "source", "licence", "first", "last", "rows", "fetched_at")
_NAMED = 5


def describe(answer: Answer, query: str, citation: Mapping[str, str]) -> dict[str, Any]:
    """Describe some rows of a table.

    Parameters
    ----------
    answer : Answer
        The rows.
    query : str
        The canonical query of their address.
    citation : mapping of str to str
        How to cite them: ``short``, ``full``, ``bibtex`` and ``link``.

    Returns
    -------
    dict
        JSON values alone. Of each column its name, meaning, unit, kind, source, licence, timespan (first and last day of its
        figures) and last update (an instant in UTC; null where the figures are bundled, or are of no series); of the whole its
        title, citation, method and ``known_at`` (null: as known when it was asked for); of each series behind it, its source.
    """
    known_at, rows = answer.requests[0].selection.known_at, answer.rows
    as_of = max(request.as_of for request in answer.requests)
    shown, behind = _series(answer, known_at)
    described = sources.described({**behind, **shown}, as_of, known_at)[list(_SERIES)].astype(object)
    series = [
        {str(field): None if cell is None or pd.isna(cell) else cell for field, cell in row.items()}
        for row in described.to_dict("records")
    ]
    columns = {column.name: column for column in columns_of(answer.table, is_long=True)}
    of_shown = [one for one in series if one["series"] in shown]
    return {
        "table": answer.table.name,
        "title": title(answer),
        "description": answer.table.description,
        "row": f"asset and {answer.table.row}" if answer.is_long else answer.table.row,
        "rows": len(rows),
        "selection": query,
        "as_of": str(as_of),
        "known_at": None if known_at is None else known_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "method": METHOD,
        "citation": dict(citation),
        "timespan": _timespan(answer.days),
        "last_update": max((str(one["fetched_at"]) for one in series if one["fetched_at"]), default=None),
        **({"withheld": list(answer.lacks)} if answer.lacks else {}),
        "columns": [_described(columns[name], answer, of_shown) for name in rows.columns],
        "sources": series,
    }


def title(answer: Answer) -> str:
    """Return what a table is called: its name, the assets that it is about, and its last day."""
    known_at, day = answer.requests[0].selection.known_at, max(request.as_of for request in answer.requests)
    named = answer.about
    about = ", ".join(f"{_title(symbol, known_at)} ({symbol})" for symbol in named[:_NAMED])
    more = f" and {len(named) - _NAMED:,} more" if len(named) > _NAMED else ""
    return " ".join(visible(f"{answer.table.name}{': ' if about else ''}{about}{more}, to {day}").split())


def _title(symbol: str, known_at: datetime | None) -> str:
    """Return the name of an asset, or of a series that is none."""
    try:
        return assets.asset(symbol, known_at).title
    except (UnknownAssetError, BarsError):
        return pasted.title(symbol)


def _series(answer: Answer, known_at: datetime | None) -> tuple[Titles, Titles]:
    """Return the series whose own figures sourced columns show, and those behind other figures: symbols with their titles."""
    table = answer.table
    if not (table.is_about_asset or table.sourced_names):
        return {}, {}
    shown = {symbol: _title(symbol, known_at) for symbol in answer.series if is_known(symbol, known_at)}
    if "weights" not in table.parameters or table.shows is series_behind_scores:
        return shown, {}
    roles = (history.role_series(symbol, known_at) for symbol in shown)
    return shown, {one.symbol: one.title for series in roles for one in series.values()}


def is_known(symbol: str, known_at: datetime | None) -> bool:
    """Return whether prices of a series can be read; a table about several has a row for one whose prices cannot."""
    try:
        return history.is_live(symbol, known_at) or symbol in bundled.assets()
    except BarsError:
        return False


def _described(column: Column, answer: Answer, shown: list[dict[str, Any]]) -> dict[str, Any]:
    """Describe a column; `shown` are the series that a sourced one shows."""
    is_own = answer.table.is_about_asset or answer.table.is_of_several
    source, terms = (OWN, OWN_TERMS) if is_own else (OF_NOTES, OF_NOTES_TERMS)
    if column.sourced:
        source = "; ".join(f"{one['series']}: {one['source']}" for one in shown) or "none"
        terms = "; ".join(f"{one['series']}: {one['licence']}" for one in shown) or "none"
    updates = [str(one["fetched_at"]) for one in shown if one["fetched_at"]] if column.sourced else []
    return {
        "name": column.name,
        "meaning": column.full_description,
        "unit": column.unit,
        "kind": column.kind,
        "source": source,
        "licence": terms,
        "timespan": _timespan(answer.days, answer.rows[column.name].notna()),
        "last_update": max(updates, default=None),
    }


def _timespan(days: pd.Series | None, known: pd.Series | None = None) -> dict[str, str] | None:
    """Return the first and last day of the rows, or of those where a column is known; None where rows have no day or none is known."""
    if days is None:
        return None
    days = days if known is None else days[known]
    return {"first": f"{days.min():%Y-%m-%d}", "last": f"{days.max():%Y-%m-%d}"} if len(days) else None
