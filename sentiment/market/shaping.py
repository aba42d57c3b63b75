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

_SETTLING = timedelta(minutes=30)  # the last trades of a session are reported late


@dataclass(frozen=True, slots=True)
class ShapedBars:
    """The closed bars, the bar that is still running, and the bars that cannot be trusted, each with a `reason`."""

    bars: pd.DataFrame
    running: pd.Series | None
    quarantined: pd.DataFrame


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
    reasons = quarantine.reasons(rows["close"], today=today, rate=meta.may_be_negative, repeated=meta.repeated)
    places = np.arange(len(rows))
    untrusted = np.isin(places, list(reasons))
    still_open = np.array([now < closes_at(stamp.date(), meta) for stamp in rows.index], dtype=bool)
    closed = rows[~untrusted & ~still_open].sort_index()
    running = rows[~untrusted & still_open]
    quarantined = rows[untrusted].assign(reason=[reasons[place] for place in places[untrusted]])
    return ShapedBars(closed, running.iloc[-1] if len(running) else None, quarantined)


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
