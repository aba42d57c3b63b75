"""A table as an Excel workbook: numbers as numbers, days as dates, and sheets that say what the columns are and whose the figures are."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from sentiment.errors import SelectionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS = 200_000
"""Most rows of a workbook: a sheet could hold a million, but writing them would take minutes and most of a small server's memory."""
MAX_TEXT = 32_767
"""Characters of a cell."""
CUT = " […cut: a cell holds no more; the CSV has all of it]"
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)
"""The date of every workbook: the same rows give the same bytes."""
_WIDTH, _WIDE = 14, 60
_FIRST_YEAR = 1900


def to_xlsx(rows: pd.DataFrame, metadata: dict[str, Any]) -> bytes:
    """Write rows as a workbook; the same rows give the same bytes.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `export.table` returns them. A missing value is an empty cell; every text is a text, never a formula or a link.
    metadata : dict
        As `metadata.describe` returns it.

    Raises
    ------
    SelectionError
        If there are more rows than `MAX_ROWS`.
    """
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is asked for

    if len(rows) > MAX_ROWS:
        raise SelectionError(
            f"a workbook holds at most {MAX_ROWS:,} rows and these are {len(rows):,}; give range or start, or take csv"
        )
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.set_properties({"title": metadata["title"], "comments": metadata["citation"]["full"], "created": _CREATED})
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        named = metadata["table"]
        sheet = book.add_worksheet("rows" if named in {"columns", "sources"} else named)  # two sheets have these names
        sheet.freeze_panes(1, 0)
        days = {column["name"] for column in metadata["columns"] if column["unit"] == "day"}
        for at, name in enumerate(rows.columns):
            values = _as_days(rows[name]) if name in days else rows[name]
            sheet.set_column(at, at, _WIDTH, day if isinstance(values.dtype, pd.DatetimeTZDtype) else None)
            sheet.write_string(0, at, name, head)
            _write_column(sheet, at, values, day)
        columns = ("name", "meaning", "unit", "source", "licence")
        _write_texts(book, "Columns", [columns, *_rows(metadata["columns"], columns)], head)
        series = ("series", "title", "source", "licence", "first", "last", "fetched_at")
        cited = [
            ("title", metadata["title"]),
            ("cite as", metadata["citation"]["full"]),
            ("frozen link", metadata["citation"]["link"]),
            ("known at", metadata["known_at"] or ""),
        ]
        if metadata.get("withheld"):
            cited.append(("left out", ", ".join(metadata["withheld"])))
        _write_texts(book, "Sources", [series, *_rows(metadata["sources"], series), (), *cited], head)
    return written.getvalue()


def _as_days(column: pd.Series) -> pd.Series:
    """Return days that are texts in a table (2025-12-02) as days; as it is if one of them is none, or before a workbook's first year."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column
    days = pd.to_datetime(column, format="%Y-%m-%d", errors="coerce", utc=True)
    return days if days.isna().equals(column.isna()) and not (days.dt.year < _FIRST_YEAR).any() else column


def _write_column(sheet: Worksheet, at: int, column: pd.Series, day: xlsxwriter.workbook.Format) -> None:
    present = column.notna().tolist()
    is_day, is_number = isinstance(column.dtype, pd.DatetimeTZDtype), pd.api.types.is_numeric_dtype(column)
    values = column.dt.tz_localize(None).dt.to_pydatetime().tolist() if is_day else column.tolist()
    for row, (value, is_present) in enumerate(zip(values, present, strict=True), start=1):
        if not is_present:
            continue
        if is_day:
            sheet.write_datetime(row, at, value, day)
        elif is_number:
            sheet.write_number(row, at, value)
        else:
            sheet.write_string(row, at, _fitting(str(value)))


def _fitting(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - len(CUT)] + CUT


def _rows(described: Iterable[dict[str, Any]], fields: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(str(one[field] or "") for field in fields) for one in described]


def _write_texts(
    book: xlsxwriter.Workbook, name: str, lines: Sequence[Sequence[str]], head: xlsxwriter.workbook.Format
) -> None:
    sheet = book.add_worksheet(name)
    for at in range(len(lines[0])):
        widest = max((len(line[at]) for line in lines if at < len(line)), default=0)
        sheet.set_column(at, at, min(max(widest, _WIDTH), _WIDE))
    for row, line in enumerate(lines):
        for at, text in enumerate(line):
            sheet.write_string(row, at, _fitting(text), head if row == 0 else None)
