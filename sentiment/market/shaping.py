"""Turn a provider's daily rows into bars that keep the contract of `frames`: pure functions, no network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from sentiment.frames import PRICE_COLUMNS
from sentiment.market import quarantine

if TYPE_CHECKING:
    from sentiment.market.providers import FetchResult, Meta

MOST_REASONS = 3
"""Reasons that are told in one sentence."""
_SETTLING = timedelta(minutes=30)  # the last trades of a session are reported late


@dataclass(frozen=True, slots=True)
class ShapedBars:
    """The closed bars, the bar that is still running, and the bars that cannot be trusted, each with a `reason`.

    `held_back` says in words which of these are prices that are not believed, to be asked for again; empty for none.
    """

    bars: pd.DataFrame
    running: pd.Series | None
    quarantined: pd.DataFrame
    held_back: str = ""


def shape(fetched: FetchResult, now: datetime) -> ShapedBars:
    """Sort a provider's rows into closed, running and quarantined bars.

    Parameters
    ----------
    fetched : FetchResult
        Its `meta` has the time zone and the session that decide which bars are closed.
    now : datetime
        An aware instant.

    Returns
    -------
    ShapedBars
        `bars` keep the contract of `frames`, and may be empty.
    """
    meta = fetched.meta
    rows = _by_day(fetched.frame, meta)
    today = now.astimezone(_zone(meta)).date()
    faults = quarantine.faults(rows["close"], today=today, rate=meta.may_be_negative, repeated=meta.repeated)
    still_open = np.array([now < closes_at(stamp.date(), meta) for stamp in rows.index], dtype=bool)
    doubts = {} if meta.may_be_negative else _doubts(rows, faults, meta.currency, still_open)
    reasons = faults | doubts
    places = np.arange(len(rows))
    untrusted = np.isin(places, list(reasons))
    closed = rows[~untrusted & ~still_open].sort_index()
    running = rows[~untrusted & still_open]
    quarantined = rows[untrusted].assign(reason=[reasons[place] for place in places[untrusted]])
    return ShapedBars(closed, running.iloc[-1] if len(running) else None, quarantined, _held_back(rows, doubts))


def _doubts(rows: pd.DataFrame, faults: dict[int, str], currency: str, still_open: np.ndarray) -> dict[int, str]:
    """Return the doubts about bars; a running bar that contradicts every closed one is doubted in their place.

    On the morning of a split the closes before it may not be restated yet: they still agree with each other.
    """
    doubts = quarantine.doubts(rows, faults, currency)
    running = [place for place in np.flatnonzero(still_open).tolist() if place not in faults and place not in doubts]
    closed = [place for place in np.flatnonzero(~still_open).tolist() if place not in faults]
    if not running or not closed or any(place not in doubts for place in closed):
        return doubts
    reason = f"the closes before it are {doubts[closed[-1]]}"
    return quarantine.doubts(rows, [*faults, *running], currency) | dict.fromkeys(running, reason)


def _held_back(rows: pd.DataFrame, doubts: dict[int, str]) -> str:
    """Return in words which bars are held back, and why: each reason with its bars, the one of most bars first."""
    by_reason: dict[str, list[date]] = {}
    for place in sorted(doubts, key=lambda place: rows.index[place]):
        by_reason.setdefault(doubts[place], []).append(rows.index[place].date())
    parts = [
        f"{len(days):,} bars from {days[0]} to {days[-1]} ({reason})"
        if len(days) > 1
        else f"the bar of {days[0]} ({reason})"
        for reason, days in sorted(by_reason.items(), key=lambda item: -len(item[1]))
    ]
    more = f"; {len(parts) - MOST_REASONS:,} other reasons" if len(parts) > MOST_REASONS else ""
    return "; ".join(parts[:MOST_REASONS]) + more


def closes_at(day: date, meta: Meta) -> datetime:
    """Return the instant from which the bar of `day` is final.

    A crypto day ends at 00:00 UTC. On an exchange the bar is final half an hour after the session, or at the end of the
    exchange's day if the session is unknown.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=_zone(meta)) + timedelta(days=1)
    if meta.round_the_clock or meta.session_end is None or meta.session_end.astimezone(_zone(meta)).date() != day:
        return midnight
    return meta.session_end + _SETTLING


def _zone(meta: Meta) -> ZoneInfo:
    return ZoneInfo("UTC" if meta.round_the_clock else meta.timezone)


def _by_day(frame: pd.DataFrame, meta: Meta) -> pd.DataFrame:
    """Index the rows by UTC days with the exchange's date; invalid figures other than the close become NaN."""
    stamps = pd.DatetimeIndex(frame.index)
    days = stamps.tz_convert(_zone(meta)).tz_localize(None).normalize().tz_localize("UTC").as_unit("us")
    rows = frame.reindex(columns=list(PRICE_COLUMNS)).astype(float).set_axis(days.rename("date"))
    for column in ("open", "high", "low"):
        valid = np.isfinite(rows[column]) & ((rows[column] > 0) | meta.may_be_negative)
        rows[column] = rows[column].where(valid)
    rows["volume"] = rows["volume"].where(np.isfinite(rows["volume"]) & (rows["volume"] >= 0))
    return rows.fillna({"dividends": 0.0, "splits": 0.0})
