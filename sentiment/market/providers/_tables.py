"""What providers of plain HTTP make of an answer: the rows of a CSV or JSON table, and daily figures of them."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pandas as pd

from sentiment.errors import BadRequestError, NoDataError
from sentiment.frames import PRICE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sentiment.market.providers._http import Question

MISSING = frozenset({"", "."})
"""How a table says that it has no figure."""
_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 31)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Figure(NamedTuple):
    """One row: its day and its value, NaN where there is none."""

    day: date
    value: float


def one_of(text: str, symbols: Collection[str], name: str) -> str:
    """Return the one of a source's symbols that the user's text means.

    Raises
    ------
    BadRequestError
        If it means another.
    """
    symbol = text.strip().upper()
    if symbol not in symbols:
        raise BadRequestError(f"{text[:40]!r} is not from {name}; it gives {', '.join(symbols)}.", symbol=text[:40])
    return symbol


def only(text: str, symbol: str, name: str) -> str:
    """Return the one symbol that a source has, if the user's text means it.

    Raises
    ------
    BadRequestError
        If it means another.
    """
    return one_of(text, (symbol,), name)


def csv_rows(question: Question, content: bytes, headers: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the rows of a CSV table below one of the `headers`.

    Raises
    ------
    SourceError
        If the table ends in the middle of a line, has another header, or a row has more or fewer fields.
    """
    header, rows = _csv(question, content)
    if header not in [list(known) for known in headers]:
        raise question.unreadable(f"a table with the columns {','.join(header)[:80]!r}, not {','.join(headers[0])!r}")
    return _even(question, header, rows)


def csv_columns(question: Question, content: bytes, names: Sequence[str]) -> list[list[str]]:
    """Return the rows of a CSV table, of each row the fields of these columns; others may come and go.

    Raises
    ------
    SourceError
        If the table ends in the middle of a line, lacks a column, or a row has more or fewer fields than the header.
    """
    header, rows = _csv(question, content)
    if not set(names) <= set(header):
        raise question.unreadable(
            f"a table with the columns {','.join(header)[:80]!r}, without some of {','.join(names)!r}"
        )
    places = [header.index(name) for name in names]
    return [[row[place] for place in places] for row in _even(question, header, rows)]


def _csv(question: Question, content: bytes) -> tuple[list[str], list[list[str]]]:
    text = content.decode(errors="replace")
    if not text.endswith("\n"):
        raise question.incomplete()
    try:
        header, *rows = csv.reader(text.splitlines())
    except csv.Error as cause:
        raise question.unreadable(f"a table that cannot be read ({cause})") from cause
    return header, rows


def _even(question: Question, header: list[str], rows: list[list[str]]) -> list[list[str]]:
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise question.unreadable(f"line {number} with {len(row)} fields, not {len(header)}")
    return rows


def json_rows(question: Question, content: bytes) -> list[dict[str, Any]]:
    """Return the rows of a JSON list of objects.

    Raises
    ------
    SourceError
        If it is no such list.
    """
    return rows_in(question, json_of(question, content))


def json_of(question: Question, content: bytes) -> object:
    """Return what a JSON text says.

    Raises
    ------
    BadAnswerError
        If it ends too early, or is no JSON.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as cause:
        raise question.incomplete() from cause


def rows_in(question: Question, found: object, *names: str) -> list[dict[str, Any]]:
    """Return the list of objects that a JSON answer is, or has under these names.

    Raises
    ------
    UnexpectedAnswerError
        If there is none.
    """
    rows = found
    for name in names:
        rows = rows.get(name) if isinstance(rows, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        where = f" under {'.'.join(names)}" if names else ""
        raise question.unreadable(f"{orjson.dumps(found)[:60].decode(errors='replace')!r}, not a list of rows{where}")
    return rows


def day_of(question: Question, text: object) -> date:
    """Return the day at the start of a field.

    Raises
    ------
    UnexpectedAnswerError
        If there is none.
    """
    try:
        day = date.fromisoformat(str(text)[:10])
    except ValueError as cause:
        raise question.unreadable(f"{str(text)[:40]!r}, not a day") from cause
    if not _FIRST <= day <= _LAST:
        raise question.unreadable(f"the day {day}")
    return day


def instant_of(question: Question, milliseconds: object) -> datetime:
    """Return the instant of a count of milliseconds since 1970.

    Raises
    ------
    UnexpectedAnswerError
        If it is no such count.
    """
    if not isinstance(milliseconds, int) or not 0 <= milliseconds <= 7 * 10**12:
        raise question.unreadable(f"{str(milliseconds)[:40]!r}, not an instant")
    return _EPOCH + timedelta(milliseconds=milliseconds)


def day_of_seconds(question: Question, seconds: object) -> date:
    """Return the UTC day of a count of seconds since 1970, which may be a text.

    Raises
    ------
    UnexpectedAnswerError
        If it is no such count.
    """
    count = int(seconds) if isinstance(seconds, str) and seconds.isdecimal() and len(seconds) < 12 else seconds  # noqa: PLR2004
    return instant_of(question, count * 1_000 if isinstance(count, int) else seconds).date()


def american_day_of(question: Question, text: str) -> date:
    """Return the day of a field like 07/06/2026, which is the 6th of July.

    Raises
    ------
    UnexpectedAnswerError
        If there is none.
    """
    month, _, rest = text.partition("/")
    day, _, year = rest.partition("/")
    return day_of(question, f"{year}-{month:0>2}-{day:0>2}")


def number_of(question: Question, text: object) -> float:
    """Return a figure; NaN where the table has none.

    Raises
    ------
    UnexpectedAnswerError
        If it is something else.
    """
    if text is None or text in MISSING:
        return float("nan")
    if isinstance(text, str | int | float) and not isinstance(text, bool):
        try:
            return float(text)
        except ValueError:
            pass
    raise question.unreadable(f"{str(text)[:40]!r}, not a number")


def frame_of(figures: Sequence[Figure], start: date | None, zone: str, nothing: str, symbol: str) -> pd.DataFrame:
    """Return figures from `start` on as a provider's rows, in the order in which they came.

    Parameters
    ----------
    figures : sequence of Figure
    start : date or None
    zone : str
        Time zone in which each figure's day is a day.
    nothing : str
        The message if there is no figure.
    symbol : str

    Raises
    ------
    NoDataError
        If there is no figure.
    """
    wanted = [figure for figure in figures if start is None or figure.day >= start]
    if not wanted:
        raise NoDataError(nothing, symbol=symbol)
    midnights = [datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) for day, _ in wanted]
    values = dict.fromkeys(PRICE_COLUMNS, np.nan) | {"dividends": 0.0, "splits": 0.0}
    index = pd.DatetimeIndex(midnights, name="date")
    return pd.DataFrame(values | {"close": [value for _, value in wanted]}, index=index)
