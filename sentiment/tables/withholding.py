"""What is left out of a table for somebody who may not have figures that their source does not let be passed on.

Who that is, the server decides (`web.sharing`). Scores, ranks and statistics are the program's own, and go to everyone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.settings import SHARE_VARIABLE, Share
from sentiment.tables import export, registry
from sentiment.tables.record import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sentiment.models import Selection
    from sentiment.tables.record import Extent, Table, TableRequest

_NAMED = 5
_PLACES = frozenset({"date", "day", "asset", "note", "call", "label", "path"})
"""Columns that only say what a figure belongs to."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is left out of some rows.

    Attributes
    ----------
    columns : tuple of str
        The columns, in their order; none where everything may be passed on.
    whole : bool
        Whether no figure and no word would be left.
    reserved : mapping of str to str
        The series that ask for it, each with its source and terms.
    """

    columns: tuple[str, ...] = ()
    whole: bool = False
    reserved: Mapping[str, str] = field(default_factory=dict)

    def rest(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows without what is left out."""
        return rows.drop(columns=list(self.columns))


def of_table(name: str, selection: Selection, rows: pd.DataFrame, extent: Extent = EVERYTHING) -> Withheld:
    """Return what is left out of the rows that `export.table` gives for the same arguments."""
    record = registry.tables()[name]
    requests = export.requests(name, selection, extent)
    return of_rows(rows, record.sourced_names, _reserved(record, requests, rows))


def forbidden(name: str, selection: Selection, extent: Extent = EVERYTHING) -> Mapping[str, str]:
    """Return the series that keep a whole table back, which has nothing but sources' figures; no row is computed for it."""
    record = registry.tables()[name]
    if any(not column.sourced and column.name not in _PLACES for column in record.columns):
        return {}
    return _reserved(record, export.requests(name, selection, extent), pd.DataFrame())


def _reserved(record: Table, requests: Iterable[TableRequest], rows: pd.DataFrame) -> dict[str, str]:
    return {symbol: terms for one in requests for symbol, terms in record.reserved(one, rows).items()}


def of_rows(rows: pd.DataFrame, sourced: Iterable[str], reserved: Mapping[str, str]) -> Withheld:
    """Return what is left out of any rows, whose `sourced` columns show the `reserved` series; of none of them, nothing."""
    if not reserved:
        return Withheld()
    names = set(sourced)
    columns = tuple(name for name in rows.columns if name in names)
    if not columns:
        return Withheld()
    return Withheld(columns, not set(rows.columns) - names - _PLACES, reserved)


def sentence(reserved: Mapping[str, str]) -> str:
    """Say whose terms keep which series back, and what whoever runs the server can do about it."""
    by_terms: dict[str, list[str]] = {}
    for symbol, terms in reserved.items():
        by_terms.setdefault(terms, []).append(symbol)
    named = "; ".join(f"{_listed(symbols)}: {terms}" for terms, symbols in by_terms.items())
    return (
        f"Figures that this server does not pass on ({named}). They go to the machine that it runs on and to signed-in users; "
        f"its operator may decide otherwise ({SHARE_VARIABLE}={Share.EVERYONE})."
    )


def _listed(symbols: list[str]) -> str:
    more = f" and {len(symbols) - _NAMED:,} more" if len(symbols) > _NAMED else ""
    return f"{', '.join(symbols[:_NAMED])}{more}"
