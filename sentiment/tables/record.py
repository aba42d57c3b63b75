"""What a table is: its name, columns, parameters and rows, and where users can get it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from sentiment.market import terms
from sentiment.research import library
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score, score_without_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    import pandas as pd

    from sentiment.models import Note, Selection
    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores

Kind = Literal["day", "text", "number", "integer"]
Offer = Literal["page", "cli", "api", "universe"]

SEVERAL = "several_assets"
"""The parameter of a table about several assets, which addresses write ``asset=BTC-USD~SPY``."""
BETWEEN_ASSETS = "~"
"""No ticker holds it, and no query encodes it."""
ASSET_PARAMETERS = ("asset", "as_of", "known_at")
DAY_PARAMETERS = ("range", "start", "end")
SOURCED = "A source's figure."
"""What the description of a `sourced` column ends with."""
NOTE_PARAMETERS = (*ASSET_PARAMETERS, "find", "publisher", "theme", "about", "since", *DAY_PARAMETERS)


class Column(NamedTuple):
    """A column: its name, meaning, unit, and the kind of its cells. Cells of any kind but ``integer`` may be empty.

    `sourced` says that the cells are a source's own figures, or give them away: where its terms forbid that they are passed
    on, they go only to who may have them (`withholding`).
    """

    name: str
    description: str
    unit: str
    kind: Kind = "number"
    sourced: bool = False

    @property
    def full_description(self) -> str:
        """The meaning, and whether the cells are a source's own figures."""
        return f"{self.description} {SOURCED}" if self.sourced else self.description


@dataclass(frozen=True, slots=True)
class Extent:
    """Which rows of a table are asked for of a selection; all of them by default.

    Attributes
    ----------
    start, end : date or None
        First and last day of the rows, both included; for notes, of their publication.
    horizon : int or None
        The only horizon of the evidence, in days; None for all.
    assets : tuple of str or None
        The assets of a table about several; None for those of the watchlist. For a table about one asset, the assets whose
        rows stand below each other (long form), with a column ``asset`` in front, in place of that of the selection.
    """

    start: date | None = None
    end: date | None = None
    horizon: int | None = None
    assets: tuple[str, ...] | None = None


EVERYTHING = Extent()


@dataclass(frozen=True)
class TableRequest:
    """The rows that are asked for.

    Attributes
    ----------
    selection : Selection
        Asset, day, weights, the filters of notes and what the evidence judges.
    as_of : date
        The last day of prices that counts. Where the selection has no day, newer notes are still shown.
    start, end : date or None
        First and last day of the rows; for notes, of their publication.
    horizon : int or None
        The only horizon of the evidence, in days; None for all.
    assets : tuple of str or None
        The assets of a table about several; None for those of the watchlist.
    """

    selection: Selection
    as_of: date
    start: date | None = None
    end: date | None = None
    horizon: int | None = None
    assets: tuple[str, ...] | None = None

    @cached_property
    def inputs(self) -> Inputs:
        """Prices, series and notes of the asset, as known on the day."""
        return load_inputs(self.selection.asset, self.as_of, self.selection.known_at)

    @cached_property
    def scored(self) -> Scores:
        """The scores of the asset by the chosen weights."""
        return score(self.inputs, dict(self.selection.weights))

    @cached_property
    def scored_without_notes(self) -> Scores:
        """The same as if no note had been written."""
        return score_without_notes(self.inputs, dict(self.selection.weights))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The notes that match the filters and were published between `start` and `end`."""
        return self.choose(library.library(self.selection.known_at))

    def choose(self, notes: Iterable[Note]) -> tuple[Note, ...]:
        """Return those of some notes that match the filters and were published between `start` and `end`."""
        matching = library.chosen(self.selection, notes)
        return tuple(note for note in matching if (self.start or note.day) <= note.day <= (self.end or note.day))


def series_of_asset(request: TableRequest, rows: pd.DataFrame) -> list[str]:
    """Return the asset's own series."""
    del rows
    return [request.selection.asset]


def series_behind_scores(request: TableRequest, rows: pd.DataFrame) -> list[str]:
    """Return the series on which the asset's scores rest, its own included."""
    del rows
    return terms.behind(request.selection.asset, request.selection.known_at)


def series_in_rows(request: TableRequest, rows: pd.DataFrame) -> list[str]:
    """Return the series that the column ``asset`` names."""
    del request
    return list(rows["asset"].dropna().unique())


@dataclass(frozen=True, slots=True)
class Table:
    """A table that users can get.

    Attributes
    ----------
    name : str
        Its name in addresses, on the command line and in file names.
    description, row : str
        What it holds, and what one row is about.
    columns : tuple of Column
        In their order. `rows` may leave out a column that its source does not give.
    rows : callable or None
        Computes the rows of a request; None for a table that only `sentiment universe` writes.
    parameters : tuple of str
        The link parameters that change the rows.
    offered : frozenset of str
        Where users can get it: a button of the ``page``, `sentiment export` (``cli``), an ``api`` address, or a file
        of `sentiment universe`.
    shows : callable
        Returns the series whose figures the `sourced` columns of some rows show.
    binding : callable
        Returns those of some series that may not be passed on, with their terms, as known at an instant.
    is_about_asset : bool
        Whether its figures are those of the selected asset.
    order : int
        Its place wherever tables are listed; those with the same are sorted by name.
    """

    name: str
    description: str
    row: str
    columns: tuple[Column, ...]
    rows: Callable[[TableRequest], pd.DataFrame] | None = None
    parameters: tuple[str, ...] = ()
    offered: frozenset[Offer] = frozenset({"page", "cli", "api"})
    shows: Callable[[TableRequest, pd.DataFrame], list[str]] = series_of_asset
    binding: Callable[[Iterable[str], datetime | None], dict[str, str]] = terms.reserved
    is_about_asset: bool = False
    order: int = 100

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in their order."""
        return [column.name for column in self.columns]

    @property
    def sourced_names(self) -> list[str]:
        """Names of the columns that hold a source's own figures."""
        return [column.name for column in self.columns if column.sourced]

    @property
    def has_days(self) -> bool:
        """Whether its rows can be limited to the days between two dates."""
        return set(DAY_PARAMETERS) <= set(self.parameters)

    @property
    def is_of_several(self) -> bool:
        """Whether it is about several assets, each on its own last day."""
        return SEVERAL in self.parameters

    @property
    def has_long_form(self) -> bool:
        """Whether rows of several assets can stand below each other, with a column ``asset`` in front."""
        return self.is_about_asset and "asset" not in self.column_names

    def reserved(self, request: TableRequest, rows: pd.DataFrame) -> dict[str, str]:
        """Return the series that the `sourced` columns of some rows show and that may not be passed on, with their terms."""
        return self.binding(self.shows(request, rows), request.selection.known_at)

    def typed(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return `rows` with every column of its kind, also a column that happens to be empty."""
        dtypes = {"text": "str", "number": "float64", "integer": "int64"}
        kinds = {column.name: column.kind for column in self.columns}
        return rows.astype({name: dtypes[kinds[name]] for name in rows.columns if kinds[name] in dtypes})


def text(name: str, description: str, unit: str = "text", *, sourced: bool = False) -> Column:
    """Describe a column of text."""
    return Column(name, description, unit, "text", sourced)


def count(name: str, description: str, unit: str = "count") -> Column:
    """Describe a column of whole numbers."""
    return Column(name, description, unit, "integer")


PRICE = "the asset's own unit"
FRACTION = "fraction"
DATE = Column("date", "The UTC day; the row was known at its end.", "day", "day")
ASSET = text("asset", "Symbol of the asset.", "id")
NOTE = text("note", "Id of the note.", "id")
PUBLISHER = text("publisher", "Who published the note.")
PUBLISHED = text("published", "When the note was published.", "instant (UTC)")
