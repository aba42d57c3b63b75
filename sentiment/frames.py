"""The frame contract and its checks: a sorted, unique UTC daily index named ``date``, and float columns, NaN where unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.errors import FrameError
from sentiment.formatting import shortened

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

PRICE_COLUMNS = ("open", "high", "low", "close", "volume", "dividends", "splits")
"""A bar: prices in the series' own unit, adjusted for splits and not for dividends, volume in the provider's unit,
dividends paid on the day, and new shares for one old one. All but ``close`` may be NaN; no dividend and no split is 0."""
CARRY_DAYS = 7
"""Days for which the last known value stands in for a missing one, as over weekends and holidays of an exchange."""


def read_bars(path: Path) -> pd.DataFrame:
    """Read a file of daily bars and check it against the contract.

    Parameters
    ----------
    path : Path
        CSV with a header ``date,close[,...]``, ISO dates and plain numbers; an empty field means unknown.

    Returns
    -------
    pandas.DataFrame
        Float columns on a UTC daily index; empty fields are NaN.

    Raises
    ------
    FrameError
        For any other content; the message names the file, the line and the column.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise FrameError(f"{path.name}: byte {error.start + 1} is not UTF-8; expected a CSV of date,close") from None
    header = lines[0].split(",") if lines else []
    if header[:1] != ["date"] or "close" not in header or not set(header[1:]) <= set(PRICE_COLUMNS):
        first = lines[0] if lines else "missing"
        raise FrameError(f"{path.name}: the first line is {shortened(first)}; expected date,close")
    if len(set(header)) < len(header):
        raise FrameError(f"{path.name}: the first line is {shortened(lines[0])}; each column is named once")
    rows = [line.split(",") for line in lines[1:]]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise FrameError(f"{path.name}, line {number}: {len(row)} fields; the header names {len(header)}")
    days = _dates([row[0] for row in rows], path.name)
    columns = {
        name: _numbers([row[place] for row in rows], path.name, name) for place, name in enumerate(header[1:], start=1)
    }
    return daily(pd.DataFrame(columns, index=days), path.name)


def _dates(texts: list[str], name: str) -> pd.DatetimeIndex:
    days = pd.to_datetime(pd.Series(texts, dtype="str"), format="%Y-%m-%d", errors="coerce", utc=True)
    if (bad := np.flatnonzero(days.isna())).size:
        raise FrameError(
            f"{name}, line {bad[0] + 2}, date: {shortened(texts[bad[0]])} is not a day in the form 2025-12-31"
        )
    return pd.DatetimeIndex(days)


def _numbers(texts: list[str], name: str, column: str) -> np.ndarray:
    values = pd.to_numeric(pd.Series(texts, dtype="str").replace("", None), errors="coerce").to_numpy(float)
    known = np.array([text != "" for text in texts], dtype=bool)
    if (bad := np.flatnonzero(known & ~np.isfinite(values))).size:
        raise FrameError(f"{name}, line {bad[0] + 2}, {column}: {shortened(texts[bad[0]])} is not a finite number")
    return values


def daily(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return `frame` in the form of the contract.

    Parameters
    ----------
    frame : pandas.DataFrame
        Bars on a time-zone aware index at 00:00 UTC, strictly increasing; a ``close`` column.
    name : str
        Name of the series in errors.

    Raises
    ------
    FrameError
        If the index is not UTC midnights, not strictly increasing, or the frame is empty or has no close.
    """
    index = frame.index
    if not isinstance(index, pd.DatetimeIndex) or str(index.tz) != "UTC":
        raise FrameError(f"{name}: the index must be UTC days; it is {index.dtype}")
    if frame.empty or "close" not in frame:
        raise FrameError(f"{name}: no closes ({len(frame)} rows, columns {', '.join(map(str, frame.columns))})")
    if (odd := index[index != index.normalize()]).size:
        raise FrameError(f"{name}: {odd[0].isoformat()} is not 00:00 UTC; a bar is named by its day")
    steps = np.diff(index.asi8)
    if (bad := np.flatnonzero(steps <= 0)).size:
        day = index[bad[0] + 1].date()
        raise FrameError(f"{name}: {day} {'is there twice' if steps[bad[0]] == 0 else 'is out of order'}")
    return frame.astype(float).set_axis(pd.DatetimeIndex(index).as_unit("us").rename("date"))


def days(frame: pd.DataFrame | pd.Series) -> pd.DatetimeIndex:
    """Return the index of a frame or series, typed as a DatetimeIndex."""
    return pd.DatetimeIndex(frame.index)


def day(value: date) -> pd.Timestamp:
    """Return a day as a timestamp of the index: 00:00 UTC."""
    return pd.Timestamp(value.year, value.month, value.day, tz="UTC").as_unit("us")


def every_day(first: date, last: date) -> pd.DatetimeIndex:
    """Return every UTC day from `first` to `last`, both included."""
    return pd.date_range(day(first), day(last), freq="D", name="date", unit="us")
