"""What is asked for of a table, with everything that its forms say of it: rows, requests, the series shown, and what is withheld."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sentiment.errors import SelectionError
from sentiment.tables import export, registry, withholding
from sentiment.tables.record import ASSET, EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sentiment.models import Selection
    from sentiment.tables.record import Column, Extent, Table, TableRequest
    from sentiment.tables.withholding import Withheld


@dataclass(frozen=True, slots=True)
class Answer:
    """Some rows of a table.

    Attributes
    ----------
    table : Table
        The table.
    requests : tuple of TableRequest
        What was computed: one request, or one an asset in the long form.
    extent : Extent
        What was asked for.
    rows : pandas.DataFrame
        The rows, with the columns that are asked for.
    days : pandas.Series or None
        The day of each row, also where the column ``date`` is not asked for; None where the table has none.
    series : tuple of str
        The series whose figures the `sourced` columns of the whole table show.
    withheld : Withheld
        What of these columns goes only to who may have every figure.
    lacks : tuple of str
        The columns that were left out for that reason.
    """

    table: Table
    requests: tuple[TableRequest, ...]
    extent: Extent
    rows: pd.DataFrame
    days: pd.Series | None
    series: tuple[str, ...]
    withheld: Withheld
    lacks: tuple[str, ...] = ()

    @property
    def assets(self) -> tuple[str, ...] | None:
        """The assets of a table about several, and of the long form."""
        return self.extent.assets

    @property
    def is_long(self) -> bool:
        """Whether rows of several assets stand below each other, with a column ``asset`` in front."""
        return self.assets is not None and self.table.has_long_form

    @property
    def about(self) -> tuple[str, ...]:
        """The assets that the rows are about; none for notes and calls."""
        if self.assets is not None:
            return self.assets
        if "assets" in self.table.parameters:
            return self.series
        return (self.requests[0].selection.asset,) if self.table.is_about_asset else ()

    def for_anyone(self) -> Answer:
        """Return the same without what may not be passed on."""
        return replace(self, rows=self.withheld.rest(self.rows), lacks=self.withheld.columns)


def columns_of(table: Table, *, is_long: bool) -> tuple[Column, ...]:
    """Return the columns of a table, with the asset in front in the long form."""
    return (*([ASSET] if is_long else []), *table.columns)


def answer(name: str, selection: Selection, extent: Extent = EVERYTHING, columns: Sequence[str] = ()) -> Answer:
    """Return rows of a table, as `export.table` does, with what its forms say of them.

    Parameters
    ----------
    name, selection, extent
        As of `export.table`.
    columns : sequence of str
        The columns that are asked for, in their order; all if there is none.

    Raises
    ------
    SelectionError
        As `export.table` does, and where these rows lack a column that is asked for.
    """
    rows = export.table(name, selection, extent)
    if missing := [column for column in columns if column not in rows]:
        raise SelectionError(f"these rows have no column {', '.join(missing)}; they have {', '.join(rows.columns)}")
    table, requests = registry.tables()[name], export.requests(name, selection, extent)
    series = dict.fromkeys(symbol for one in requests for symbol in table.shows(one, rows))
    reserved = withholding.of_table(name, selection, rows, extent).reserved
    chosen = rows[list(columns)] if columns else rows
    withheld = withholding.of_rows(chosen, table.sourced_names, reserved)
    return Answer(table, requests, extent, chosen, rows.get("date"), tuple(series), withheld)
