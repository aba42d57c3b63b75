"""Price bars on disk: one Parquet file per symbol in the user's data folder, in which nothing is ever overwritten.

A row is one version of one day, with the instant `known_at` at which we learned it. When the provider changes a value
later, a new row is added and the old one stays, so that any reading can be replayed as it was known then. A version
without a close withdraws the day.

Providers adjust prices for splits, so a new split restates every earlier day. It is only accepted together with the
whole history, and a stored day that is missing from such an answer is withdrawn, since only the provider knows its
price on the new scale. So no version contains a false jump.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment import files
from sentiment.errors import BarsError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market.bar_file import (
    UNREADABLE,
    all_sound,
    changed_at,
    digest,
    load,
    locked,
    no_rows,
    save,
    symbols,
    utc,
)
from sentiment.market.series_facts import Facts

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "SAME",
    "UNREADABLE",
    "AppendResult",
    "Facts",
    "all_sound",
    "append",
    "changed_at",
    "digest",
    "facts",
    "fetched_at",
    "first_known",
    "load_bars",
    "read_bars",
    "revisions",
    "symbols",
]

SAME = 1e-6
"""Relative difference up to which two figures are equal: providers hold prices in single precision."""


@dataclass(frozen=True, slots=True)
class AppendResult:
    """The number of days that an append added, revised and withdrew, and the bars now stored."""

    new: int
    revised: int
    withdrawn: int = 0
    bars: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False, repr=False)


def facts(symbol: str) -> Facts | None:
    """Return what is saved about a series besides its bars; None where nothing is stored.

    Raises
    ------
    BarsError
        If its file is damaged.
    """
    stored = load(symbol)
    return stored[1] if stored else None


def fetched_at(symbol: str) -> datetime | None:
    """Return when the provider last answered; None where nothing is stored."""
    saved = facts(symbol)
    return saved.fetched_at if saved else None


def read_bars(symbol: str, known_at: datetime | None = None) -> pd.DataFrame:
    """Return the bars of a symbol: the latest version of every day that was known at `known_at`.

    Parameters
    ----------
    symbol : str
        As in `append`.
    known_at : datetime or None
        An aware instant; None means all that is known now.

    Returns
    -------
    pandas.DataFrame
        `PRICE_COLUMNS` on a UTC daily index named ``date``; empty where nothing is known.

    Raises
    ------
    BarsError
        If the file is damaged; it has then been set aside.
    """
    return load_bars(symbol, known_at)[0]


def load_bars(symbol: str, known_at: datetime | None = None) -> tuple[pd.DataFrame, Facts | None]:
    """Return `read_bars` and `facts` as known at an instant, from one read of the file; no facts before the first save."""
    stored = load(symbol)
    rows, saved = stored or (no_rows(), None)
    if known_at is not None:
        rows = rows[rows["known_at"] <= pd.Timestamp(known_at)]
    return _with_close(_latest(rows)), saved.at(known_at) if saved and (known_at is None or len(rows)) else None


def _with_close(bars: pd.DataFrame) -> pd.DataFrame:
    """Drop the days that were withdrawn."""
    return bars[bars["close"].notna()]


def first_known(symbol: str) -> pd.Series:
    """Return the instant at which a close of each day became known: its first version that has one.

    Returns
    -------
    pandas.Series
        Instants indexed by day, sorted; days withdrawn later are included.
    """
    stored = load(symbol)
    rows = stored[0] if stored else no_rows()
    first = rows[rows["close"].notna()].drop_duplicates("date", keep="first")
    return first.set_index("date")["known_at"].sort_index()


def revisions(symbol: str) -> pd.DataFrame:
    """List every figure that changed after it was first known, in the order in which we learned of it.

    Returns
    -------
    pandas.DataFrame
        ``date``, ``column``, ``old``, ``new`` and ``known_at``; a withdrawn figure is NaN.
    """
    stored = load(symbol)
    rows = stored[0] if stored else no_rows()
    columns = list(PRICE_COLUMNS)
    before = rows.groupby("date", sort=False)[columns].shift(1)
    again = rows.duplicated("date").to_numpy()
    changed = _differ(before.to_numpy(float), rows[columns].to_numpy(float)) & again[:, None]
    places, fields = np.nonzero(changed)
    return pd.DataFrame(
        {
            "date": rows["date"].to_numpy()[places],
            "column": pd.Series([columns[field] for field in fields], dtype="str"),
            "old": before.to_numpy(float)[places, fields],
            "new": rows[columns].to_numpy(float)[places, fields],
            "known_at": rows["known_at"].to_numpy()[places],
        }
    ).assign(date=lambda frame: utc(frame["date"]), known_at=lambda frame: utc(frame["known_at"]))


def append(symbol: str, frame: pd.DataFrame, known_at: datetime, answered: Facts) -> AppendResult:
    """Add the new days in `frame`, and new versions of days whose figures changed.

    Parameters
    ----------
    symbol : str
        As the provider writes it.
    frame : pandas.DataFrame
        Closed bars: `PRICE_COLUMNS` on a UTC daily index, each day once, every close known.
    known_at : datetime
        The instant of the append; moved past the last one stored and past every instant for which an answer was promised
        to stay, so that replays never change.
    answered : Facts
        The facts of this answer. If a later answer is already stored (another process was faster), this one adds days
        but revises none.

    Raises
    ------
    BarsError
        If the stored file is damaged, or `frame` brings a new split without the whole history before it.
    """
    with locked(symbol):
        rows, saved = load(symbol, lock_held=True) or (no_rows(), None)
        bars, current = frame[list(PRICE_COLUMNS)].astype(float), _latest(rows)
        if saved is not None and answered.fetched_at < saved.fetched_at:
            bars = bars[~bars.index.isin(current.index)]
        added, counts = _changes(symbol, current, bars, answered)
        with files.nothing_promised() as promised_until:
            stamp = pd.Timestamp(_next_instant(known_at, promised_until, rows, saved)).as_unit("us")
            added = added.rename_axis("date").reset_index().assign(known_at=stamp)
            grown = pd.concat([part for part in (rows, added) if len(part)] or [rows], ignore_index=True)
            save(symbol, grown, _merged(saved, answered, stamp.to_pydatetime()))
    return AppendResult(*counts, _with_close(_latest(grown)))


def _changes(
    symbol: str, current: pd.DataFrame, frame: pd.DataFrame, answered: Facts
) -> tuple[pd.DataFrame, tuple[int, int, int]]:
    """Return the rows to add to `current`, and how many are new, revised and withdrawn."""
    new = frame[~frame.index.isin(current.index)]
    both = frame[frame.index.isin(current.index)]
    changed = both[_differ(current.reindex(both.index).to_numpy(float), both.to_numpy(float)).any(axis=1)]
    lost = _lost(symbol, current[current["close"].notna()], frame, whole=answered.full_at >= answered.fetched_at)
    gone = pd.DataFrame(np.nan, index=lost, columns=list(PRICE_COLUMNS))
    parts = [part for part in (new, changed, gone) if len(part)]
    return pd.concat(parts).sort_index() if parts else new, (len(new), len(changed), len(gone))


def _lost(symbol: str, alive: pd.DataFrame, frame: pd.DataFrame, *, whole: bool) -> pd.DatetimeIndex:
    """Return the stored days that a split restates and that `frame` lacks."""
    if alive.empty or frame.empty:
        return pd.DatetimeIndex(alive.index[:0])
    stored = alive["splits"].reindex(frame.index).fillna(0.0)
    split = frame.index[
        _differ(stored.to_numpy(float), frame["splits"].to_numpy(float)) & (frame.index > alive.index[0])
    ]
    if split.empty:
        return pd.DatetimeIndex(alive.index[:0])
    if not whole:
        raise BarsError(
            f"{symbol}: a split on {split[-1].date()} restates prices since {alive.index[0].date()}, but the answer "
            f"is only a part (from {frame.index[0].date()}); refresh it in full"
        )
    return pd.DatetimeIndex(alive.index[~alive.index.isin(frame.index) & (alive.index < split[-1])])


def _next_instant(known_at: datetime, promised_until: datetime, rows: pd.DataFrame, saved: Facts | None) -> datetime:
    """Return the instant of a save: past every earlier one and every one that an answer was promised for."""
    taken = [promised_until, *(earlier.until for earlier in (saved.earlier if saved else ()))]
    if len(rows):
        taken.append(rows["known_at"].max().to_pydatetime())
    return max(known_at, max(taken) + timedelta(microseconds=1))


def _merged(saved: Facts | None, answered: Facts, stamp: datetime) -> Facts:
    """Return the facts of the newer answer, with the latest full check of either and what was said before `stamp`."""
    if saved is None:
        return answered
    newer = answered if answered.fetched_at >= saved.fetched_at else saved
    changed = newer.said(stamp) != saved.said(stamp)
    earlier = (*saved.earlier, saved.said(stamp)) if changed else saved.earlier
    return replace(newer, full_at=max(answered.full_at, saved.full_at), earlier=earlier)


def _differ(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    unknown = np.isnan(old) | np.isnan(new)
    with np.errstate(invalid="ignore"):
        apart = np.abs(new - old) > SAME * np.maximum(np.abs(old), np.abs(new))
    differ: np.ndarray = np.where(unknown, np.isnan(old) != np.isnan(new), apart)
    return differ


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the last version of every day; rows are in the order in which they were appended."""
    bars = rows.drop_duplicates("date", keep="last").set_index("date").sort_index()
    return bars[list(PRICE_COLUMNS)].astype(float).set_axis(pd.DatetimeIndex(bars.index).as_unit("us").rename("date"))
