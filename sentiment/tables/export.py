"""Tables and their CSV: one function a table, one writer for page, command line and server.

RFC 4180 in UTF-8: ISO dates, floats in the shortest form that reads back exactly, an empty field where nothing is known, and
text that a spreadsheet could run as a formula preceded by an apostrophe (OWASP, "CSV injection").
"""

from __future__ import annotations

import re
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.errors import InputError, SelectionError
from sentiment.formatting import shortened
from sentiment.frames import day
from sentiment.market import assets, bar_store, history, providers
from sentiment.models import AXES
from sentiment.research import library
from sentiment.scoring.components import registry
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import columns, note_tables
from sentiment.validation.comparison import explain
from sentiment.validation.signals import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from sentiment.models import Inputs, Selection
    from sentiment.scoring.score import Scores
    from sentiment.validation.comparison import Comparison
    from sentiment.validation.event_study import Paths

LEAST_COMMON = 90
_RISKY = re.compile(
    r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
)  # the apostrophes that it has already count, so that taking one off undoes it
_QUOTE = '"'
_SPECIAL = re.compile(r'[",\r\n]')
_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\r|\n|\Z)')
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"-?(\d+(\.\d+)?(e[+-]?\d+)?|inf)", re.ASCII)


def prices(inputs: Inputs) -> pd.DataFrame:
    """Bars of the asset: date, close and the other columns known, one row a day."""
    names = ("open", "high", "low", "close", "volume", "dividends", "splits")
    bars = inputs.prices[~inputs.prices["carried"]] if "carried" in inputs.prices else inputs.prices
    return bars[[name for name in names if name in bars]].reset_index()


def scores(scored: Scores) -> pd.DataFrame:
    """Close, both axes, gap, regime and coverage: one row a day."""
    return scored.axes.reset_index()


def components(scored: Scores, start: date | None = None) -> pd.DataFrame:
    """Raw value, rank, weight and contribution of every component, from `start` on: one row a day and component."""
    parts, rows = registry(), slice(start and day(start), None)
    names, days = [part.name for part in parts], scored.axes.loc[rows].index
    return pd.DataFrame(
        {
            "date": days.repeat(len(parts)),
            "component": names * len(days),
            "axis": [part.axis for part in parts] * len(days),
            "raw": scored.raw.loc[rows, names].to_numpy().ravel(),
            "rank": scored.rank.loc[rows, names].to_numpy().ravel(),
            "weight": [scored.weights[name] for name in names] * len(days),
            "contribution": scored.contribution.loc[rows, names].to_numpy().ravel(),
        }
    )


def paths(found: Mapping[str, Paths]) -> pd.DataFrame:
    """List the paths after entries: one row a label, path and day; the quartiles stand among them under their names."""
    blocks = []
    for label, one in found.items():
        named = one.each.set_axis(pd.DatetimeIndex(one.each.columns).strftime("%Y-%m-%d"), axis=1)
        long = one.band.join(named).melt(var_name="path", value_name="return", ignore_index=False).reset_index()
        blocks.append(long.assign(label=label)[["label", "path", "day", "return"]])
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=["label", "path", "day", "return"])


def correlations(scored: Scores) -> pd.DataFrame:
    """How alike the ranks of the parts are: one row a part, one column a part, NaN under 90 common days."""
    return scored.rank.corr(min_periods=LEAST_COMMON).rename_axis("component").reset_index()


def disagreements(found: Comparison, scored: Scores) -> pd.DataFrame:
    """Days on which fear and another series were farthest apart, and what each part of fear adds to the difference."""
    names = [part.name for part in registry() if part.axis == "fear"]
    points = explain(scored.rank[names], scored.weights, found.disagreements)
    return found.disagreements.join(points).rename_axis("date").reset_index()


def sources(asset: str, as_of: date | None = None, known_at: datetime | None = None) -> pd.DataFrame:
    """Every series behind an asset's scores: what it is, where it comes from, its range and when it was fetched."""
    titles = {asset: assets.asset(asset).title} | {
        series.symbol: series.title for series in history.role_series(asset, known_at).values()
    }
    rows = []
    for symbol, title in titles.items():
        bars = history.bars(symbol, as_of, known_at)
        is_live = history.is_live(symbol, known_at)
        source, fetched = history.source(symbol, known_at), history.fetched_at(symbol, known_at)
        rows.append(
            {
                "series": symbol,
                "title": title,
                "source": source if is_live else "bundled",
                "licence": providers.licence_of(source) if is_live else "public facts, see data/README.md",
                "first": bars.index[0].date().isoformat() if len(bars) else None,
                "last": bars.index[-1].date().isoformat() if len(bars) else None,
                "rows": len(bars),
                "fetched_at": fetched.isoformat(timespec="seconds") if fetched else None,
                "stale": history.stale(symbol) if known_at is None else None,
            }
        )
    return pd.DataFrame(rows)


def revisions(asset: str, as_of: date | None = None) -> pd.DataFrame:
    """Every changed figure of an asset, and how the scores of its day moved with the whole change it came in.

    One row a figure: date, column, old, new, known_at, and fear and fundamentals of that date before and after.
    """
    changed = bar_store.revisions(assets.asset(asset).symbol)
    if as_of is not None:
        changed = changed[changed["date"] <= day(as_of)]
    effects = []
    for known_at in changed["known_at"].drop_duplicates():
        after = known_at.to_pydatetime()
        days_changed = pd.DatetimeIndex(changed.loc[changed["known_at"] == known_at, "date"].unique())
        before = score(load_inputs(asset, known_at=after - timedelta(microseconds=1))).axes.reindex(days_changed)
        then = score(load_inputs(asset, known_at=after)).axes.reindex(days_changed)
        effects.append(
            pd.DataFrame(
                {
                    "date": days_changed,
                    "known_at": known_at,
                    **{f"{axis}_before": before[axis].to_numpy() for axis in AXES},
                    **{f"{axis}_after": then[axis].to_numpy() for axis in AXES},
                }
            )
        )
    if not effects:
        return changed
    table = changed.merge(pd.concat(effects), on=["date", "known_at"], how="left", validate="many_to_one")
    return table.assign(known_at=table["known_at"].map(lambda moment: moment.isoformat()).astype("str"))


TABLES: dict[str, Callable[[Inputs, Scores], pd.DataFrame]] = {
    "scores": lambda _, scored: scores(scored),
    "prices": lambda inputs, _: prices(inputs),
    "components": lambda _, scored: components(scored),
}
OF_NOTES = {
    "notes": note_tables.notes_table,
    "calls": note_tables.calls_table,
    "claims": note_tables.claims_table,
    "publishers": note_tables.publishers_table,
}
NAMES = (*TABLES, *OF_NOTES, "evidence")


def table(
    name: str, selection: Selection, start: date | None = None, end: date | None = None, horizon: int | None = None
) -> pd.DataFrame:
    """Give any table of `NAMES` as a selection has it: the page, the command line and the server all ask here.

    Parameters
    ----------
    name : str
        Which table.
    selection : Selection
        Asset, days and weights; the filters of notes; what the evidence judges. Its range and its look do not count.
    start, end : date, optional
        First and last day of the rows; of notes, the days of publication.
    horizon : int, optional
        The only horizon of the evidence; without it all.

    Returns
    -------
    pandas.DataFrame
        Columns as `columns.TABLES` has them, each of its kind.

    Raises
    ------
    SelectionError
        If there is no such table, or it has no row between these days.
    """
    if name not in NAMES:
        raise SelectionError(f"no table {shortened(name)}; there are: {', '.join(NAMES)}")
    if start is not None and end is not None and start > end:
        raise SelectionError(f"the start {start} lies after the end {end}")
    if name == "evidence" and (start is not None or end is not None):
        raise SelectionError("the evidence is about all days to as_of; it has no rows from start to end")
    known_at = selection.known_at
    as_of = history.resolve_day(selection.asset, selection.as_of, known_at)
    if name in OF_NOTES:
        known = library.matching(selection)
        chosen = tuple(note for note in known if (start or note.day) <= note.day <= (end or note.day))
        return _typed(name, OF_NOTES[name](as_of, known_at, chosen))
    with library.bundled_only() if name == "prices" else nullcontext():  # prices rest on no note, and come without them
        inputs = load_inputs(selection.asset, as_of, known_at)
    scored = score(inputs, dict(selection.weights))
    if name == "evidence":
        found = judge(inputs, scored, selection.series, selection.seed).table
        return _typed(name, found if horizon is None else found[found["horizon"] == horizon].reset_index(drop=True))
    whole = TABLES[name](inputs, scored)
    rows = between(whole, start, end)
    if rows.empty:
        first, last = whole["date"].iloc[0].date(), whole["date"].iloc[-1].date()
        raise SelectionError(
            f"no rows of {selection.asset} between {start or first} and {end or last}; there are {first} to {last}"
        )
    return _typed(name, rows)


def _typed(name: str, found: pd.DataFrame) -> pd.DataFrame:
    """Make every column what `columns` says it is, also where it happens to be empty."""
    types = {"text": "str", "number": "float64", "integer": "int64"}
    kinds = {column.name: column.kind for column in columns.TABLES[name].columns}
    return found.astype({one: types[kinds[one]] for one in found.columns if kinds[one] in types})


def between(table: pd.DataFrame, start: date | None = None, end: date | None = None) -> pd.DataFrame:
    """Rows of `table` from `start` to `end`, both included.

    Raises
    ------
    SelectionError
        If `start` lies after `end`.
    """
    if start is not None and end is not None and start > end:
        raise SelectionError(f"the start {start} lies after the end {end}")
    keep = pd.Series(data=True, index=table.index)
    if start is not None:
        keep &= table["date"] >= day(start)
    if end is not None:
        keep &= table["date"] <= day(end)
    return table[keep].reset_index(drop=True)


def to_csv(table: pd.DataFrame) -> str:
    """Write a table as CSV text; the same table gives the same bytes everywhere."""
    lines = [
        [_safe(str(name)) for name in table.columns],
        *zip(*(_cells(table[name]) for name in table.columns), strict=True),
    ]
    return "".join([f"{','.join(line)}\r\n" for line in lines])


def _cells(column: pd.Series) -> list[str]:
    known = column.notna().to_numpy()
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        texts = column.dt.strftime("%Y-%m-%d").tolist()
    elif pd.api.types.is_numeric_dtype(column):
        texts = [repr(value) for value in column.tolist()]
    else:
        texts = [_safe(str(value)) for value in column.tolist()]
    return [text if is_known else "" for text, is_known in zip(texts, known, strict=True)]


def _safe(text: str) -> str:
    """Write a text as a cell; one that is empty stands in quotes, for a cell with nothing in it is one not known."""
    if _RISKY.match(text):
        text = f"'{text}"
    return f'"{text.replace(_QUOTE, _QUOTE * 2)}"' if not text or _SPECIAL.search(text) else text


def read_csv(text: str) -> pd.DataFrame:
    """Read what `to_csv` wrote as the very same table.

    The columns of our own tables are read as what they are; of another table ``date`` is days, a column of whole numbers
    or of numbers is that, and anything else is text.

    Raises
    ------
    InputError
        If it is no CSV of that form, naming the row.
    """
    header, *rows = _parsed(text) or [[]]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise InputError(f"row {number} of the CSV has {len(row)} cells; the header names {len(header)}")
    names = [name or "" for name in header]
    known = columns.table_of(names)
    kinds: dict[str, columns.Kind] = {column.name: column.kind for column in known.columns} if known else {}
    cells = [[row[place] for row in rows] for place in range(len(names))]
    try:
        read = {name: _column(own, kinds.get(name) or _kind(name, own)) for name, own in zip(names, cells, strict=True)}
    except ValueError as error:
        raise InputError(f"the CSV is not as it was written: {error}") from None
    return pd.DataFrame(read)


def _parsed(text: str) -> list[list[str | None]]:
    """Take CSV apart: a row a list of cells, None where nothing stands between the commas."""
    rows: list[list[str | None]] = []
    row: list[str | None] = []
    place = 0
    while place < len(text):
        found = _CELL.match(text, place)
        if found is None:
            raise InputError(f"row {len(rows) + 1} of the CSV has a quote that does not end or stands inside a cell")
        quoted, plain, end = found.groups()
        row.append(_plain(plain) if quoted is None else _plain(quoted.replace(_QUOTE * 2, _QUOTE)) or "")
        place = found.end()
        if end != ",":
            rows.append(row)
            row = []
        elif place == len(text):
            rows.append([*row, None])
    return rows


def _plain(cell: str) -> str | None:
    return (cell[1:] if _RISKY.match(cell) and cell.startswith("'") else cell) or None


def _kind(name: str, cells: list[str | None]) -> columns.Kind:
    known = [cell for cell in cells if cell is not None]
    if name == "date":
        return "day"
    if known == cells and known and all(_WHOLE.fullmatch(cell) for cell in known):
        return "integer"
    return "number" if all(_NUMBER.fullmatch(cell) for cell in known) else "text"


def _column(cells: list[str | None], kind: columns.Kind) -> pd.Series:
    if kind == "day":
        return pd.to_datetime(pd.Series(cells, dtype="str"), format="%Y-%m-%d", utc=True).dt.as_unit("us")
    if kind == "text":
        return pd.Series(cells, dtype="str")
    if kind == "integer":
        return pd.Series([int(cell or "") for cell in cells], dtype="int64")
    return pd.Series([float("nan") if cell is None else float(cell) for cell in cells], dtype="float64")
