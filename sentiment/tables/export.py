"""The rows of any table for a selection, and their CSV: the one road for page, command line and API.

CSV is RFC 4180 in UTF-8: ISO dates, floats in the shortest form that reads back exactly, an empty field for a missing value
and ``""`` for an empty text. Where a spreadsheet could begin a formula, an apostrophe is put in front (OWASP, "CSV
injection"). It is written here because the csv module and pandas write an empty text and a missing value alike.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.errors import SelectionError
from sentiment.formatting import shortened
from sentiment.frames import day
from sentiment.market import history
from sentiment.research import library
from sentiment.tables import registry
from sentiment.tables.record import EVERYTHING, Extent, TableRequest

if TYPE_CHECKING:
    from datetime import date

    from sentiment.models import Selection
    from sentiment.tables.record import Table

# Where a formula could begin: at the start of a cell, and behind what some spreadsheets split at (semicolons in many countries,
# tabs, line ends; commas where another sign separates the fields), where quotation marks that are not around a whole field do not
# count. Apostrophes of the text itself count, so that removing one always undoes it.
_BEGIN = r"""\A(?='*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])|(?<=[%s\t\r\n])(?=["']*[=+\-@\uff1d\uff0b\uff0d\uff20])"""
_FORMULA, _FORMULA_OR_COMMA = re.compile(_BEGIN % ";"), re.compile(_BEGIN % ";,")
_QUOTE = '"'
_SPECIAL = re.compile(r'["\r\n]')


def table(name: str, selection: Selection, extent: Extent = EVERYTHING) -> pd.DataFrame:
    """Return the rows of a table for a selection.

    Parameters
    ----------
    name : str
        A table of `registry.tables`.
    selection : Selection
        Asset, days and weights; the filters of notes; what the evidence judges. Its range, horizon and display do not
        count.
    extent : Extent
        Which of its rows.

    Returns
    -------
    pandas.DataFrame
        The columns of the table's record, each of its kind; NaN or NaT where nothing is known.

    Raises
    ------
    SelectionError
        If there is no such table, or it has no row between these days.
    """
    record = registry.tables().get(name)
    if record is None or record.rows is None:
        names = ", ".join(other.name for other in registry.tables().values() if other.rows)
        raise SelectionError(f"no table {shortened(name)}; there are: {names}")
    _check_order(extent.start, extent.end)
    if not record.has_days and (extent.start is not None or extent.end is not None):
        raise SelectionError(f"the table {name} is about all days to as_of; it has no rows from start to end")
    parts = [_shown(record, record.rows(one), one) for one in requests(name, selection, extent)]
    assets = extent.assets
    if assets is None or not record.has_long_form:
        return parts[0]
    for symbol, part in zip(assets, parts, strict=True):
        part.insert(0, "asset", pd.Series(symbol, part.index, dtype="str"))
    joined = pd.concat(parts, ignore_index=True)
    return joined[[column for column in ("asset", *record.column_names) if column in joined]]


def requests(name: str, selection: Selection, extent: Extent = EVERYTHING) -> tuple[TableRequest, ...]:
    """Return what `table` computes for the same arguments: one request, or one an asset in the long form.

    There an asset whose prices end before the day of the selection is read to its own last day.

    Raises
    ------
    SelectionError
        If the day lies ahead, or outside of an asset's prices.
    """
    record, assets = registry.tables()[name], extent.assets
    if assets is not None and record.has_long_form:
        until = last_day(selection)
        days = [history.day_by(symbol, until, selection.known_at) for symbol in assets]
        chosen = [
            replace(selection, asset=symbol, as_of=None if selection.as_of is None else day)
            for symbol, day in zip(assets, days, strict=True)
        ]
        alone = replace(extent, assets=None)
        return tuple(_request(one, day, alone) for one, day in zip(chosen, days, strict=True))
    if record.is_of_several:
        as_of = last_day(selection)
    else:
        as_of = history.resolve_day(selection.asset, selection.as_of, selection.known_at)
    return (_request(selection, as_of, extent),)


def _request(selection: Selection, as_of: date, extent: Extent) -> TableRequest:
    return TableRequest(selection, as_of, extent.start, extent.end, extent.horizon, extent.assets)


def _shown(record: Table, rows: pd.DataFrame, request: TableRequest) -> pd.DataFrame:
    if record.has_days and "date" in rows:
        rows = _days_between(rows, request.selection.asset, request.start, request.end)
    return record.typed(rows)


def last_day(selection: Selection) -> date:
    """Return the last day that counts for a table about several assets.

    Raises
    ------
    SelectionError
        If it lies ahead.
    """
    if selection.as_of is not None and selection.as_of > (today := library.today(None)):
        raise SelectionError(f"the day {selection.as_of} lies ahead; today is {today}")
    return library.today(selection.as_of, selection.known_at)


def _days_between(rows: pd.DataFrame, asset: str, start: date | None, end: date | None) -> pd.DataFrame:
    chosen = between(rows, start, end)
    if chosen.empty:
        first, last = rows["date"].iloc[0].date(), rows["date"].iloc[-1].date()
        raise SelectionError(
            f"no rows of {asset} between {start or first} and {end or last}; there are {first} to {last}"
        )
    return chosen


def between(rows: pd.DataFrame, start: date | None = None, end: date | None = None) -> pd.DataFrame:
    """Return the rows whose ``date`` is from `start` to `end`, both included.

    Raises
    ------
    SelectionError
        If `start` lies after `end`.
    """
    _check_order(start, end)
    if start is not None:
        rows = rows[rows["date"] >= day(start)]
    if end is not None:
        rows = rows[rows["date"] <= day(end)]
    return rows.reset_index(drop=True)


def _check_order(start: date | None, end: date | None) -> None:
    if start is not None and end is not None and start > end:
        raise SelectionError(f"the start {start} lies after the end {end}")


def to_csv(rows: pd.DataFrame, separator: str = ",", decimal: str = ".") -> str:
    """Write rows as CSV text; the same rows give the same bytes everywhere.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `table` returns them.
    separator, decimal : str
        The sign between fields, and that of decimals: one character each, and not the same. Spreadsheets of many countries read
        a semicolon and a comma. Numbers within a text stay as they are.
    """
    lines = [
        [_text_cell(str(name), separator) for name in rows.columns],
        *zip(*(_cells(rows[name], separator, decimal) for name in rows.columns), strict=True),
    ]
    return "".join([f"{separator.join(line)}\r\n" for line in lines])


def _cells(column: pd.Series, separator: str, decimal: str) -> list[str]:
    if isinstance(column.dtype, (pd.DatetimeTZDtype, pd.StringDtype)):  # days and names repeat: each is written once
        codes, values = pd.factorize(column)
        if isinstance(values, pd.DatetimeIndex):
            texts = list(values.strftime("%Y-%m-%d"))
        else:
            texts = [_text_cell(value, separator) for value in values]
        texts.append("")
        return [texts[code] for code in codes.tolist()]  # the code of what is missing is -1, the empty text at the end
    if pd.api.types.is_numeric_dtype(column):
        texts = [repr(value) for value in column.tolist()]
        if decimal != ".":
            texts = [text.replace(".", decimal) for text in texts]
    else:
        texts = [_text_cell(str(value), separator) for value in column.tolist()]
    present = column.notna().to_numpy()
    return (
        texts
        if present.all()
        else [text if is_present else "" for text, is_present in zip(texts, present, strict=True)]
    )


def _text_cell(text: str, separator: str) -> str:
    text = (_FORMULA if separator == "," else _FORMULA_OR_COMMA).sub("'", text)
    is_quoted = not text or separator in text or _SPECIAL.search(text)
    return f'"{text.replace(_QUOTE, _QUOTE * 2)}"' if is_quoted else text
