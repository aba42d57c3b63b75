"""From Yahoo's daily frame to bars that keep the contract of `frames`: pure functions, no network."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from sentiment import quarantine

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("open", "high", "low", "close", "volume", "dividends", "splits")
RATES = frozenset({"^IRX", "^FVX", "^TNX", "^TYX"})
"""Yields in percent: they may be zero or less, as no price may."""

_CODE = re.compile(r"[A-Za-z]{1,20}")
_SETTLING = timedelta(minutes=30)  # the last prints of a session come in late


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds that a fetch may take in all, for one chart, and for any other request (cookie, consent, crumb)."""

    total: float = 12.0
    chart: float = 8.0
    other: float = 2.0


@dataclass(frozen=True, slots=True)
class Meta:
    """What Yahoo says of a series beside its prices.

    Attributes
    ----------
    timezone : str
        The exchange's zone: it names the days.
    instrument : str
        CRYPTOCURRENCY, EQUITY, ETF, INDEX, FUTURE, CURRENCY or MUTUALFUND; empty where it does not say.
    session_end : datetime or None
        End of the regular session that runs now or ran last.
    repeated : mapping of date to str
        Days that stood twice or out of order in the answer itself; yfinance sorts and drops them without a word.
    """

    symbol: str
    timezone: str
    instrument: str = ""
    currency: str = ""
    session_end: datetime | None = None
    repeated: Mapping[date, str] = field(default_factory=dict)

    @property
    def round_the_clock(self) -> bool:
        """Whether a day ends at 00:00 UTC and there is one every day."""
        return self.instrument == "CRYPTOCURRENCY"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of Yahoo's as it came: unadjusted prices on the exchange's midnights, and when it was asked for."""

    frame: pd.DataFrame
    meta: Meta
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Shaped:
    """Closed bars that can be scored, the bar that still runs, and the bars that cannot be trusted, with a `reason`."""

    bars: pd.DataFrame
    running: pd.Series | None
    quarantined: pd.DataFrame


def meta_of(symbol: str, chart: Mapping[str, Any]) -> Meta:
    """Read what the chart's own JSON says of the series."""
    about = chart["meta"]
    zone = about["exchangeTimezoneName"]
    end = ((about.get("currentTradingPeriod") or {}).get("regular") or {}).get("end")
    return Meta(
        symbol=symbol,
        timezone=zone,
        instrument=_word(about.get("instrumentType")),
        currency=_word(about.get("currency")),
        session_end=_moment(end) if isinstance(end, int | float) else None,
        repeated=repeated_days(chart.get("timestamp") or [], zone),
    )


def _word(said: object) -> str:
    """Return a code of Yahoo's, such as USD or GBp: it stands on every chart, and nothing else has a place there."""
    return said if isinstance(said, str) and _CODE.fullmatch(said) else ""


def _moment(stamp: float) -> datetime:
    """Return the instant of a stamp; beyond the calendar that is an OverflowError on every system."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=stamp)


def repeated_days(stamps: list[int], zone: str) -> dict[date, str]:
    """Days that an answer gives twice or out of order.

    The last two rows may share a day: Yahoo adds the live price as a row of its own, and yfinance merges the two.
    """
    days = [_moment(stamp).astimezone(ZoneInfo(zone)).date() for stamp in stamps]
    if len(days) > 1 and days[-1] == days[-2]:
        days.pop()
    twice = {one for one, count in Counter(days).items() if count > 1}
    once = [one for one in days if one not in twice]
    ordered = quarantine.longest_rising(once)
    moved = {one: "out of order" for place, one in enumerate(once) if place not in ordered}
    return dict.fromkeys(twice, "the day is there twice") | moved


def shape(frame: pd.DataFrame, meta: Meta, now: datetime) -> Shaped:
    """Sort Yahoo's bars into closed, running and not to be trusted.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns of `COLUMNS` on a time-zone aware index; each row is named by the exchange's date.
    meta : Meta
        Whose zone and session decide which bar is closed.
    now : datetime
        An aware instant.

    Returns
    -------
    Shaped
        `bars` keep the contract of `frames`, and may be empty.
    """
    rows = _named_by_day(frame, meta)
    today = now.astimezone(_zone(meta)).date()
    why = quarantine.reasons(rows["close"], today=today, rate=meta.symbol in RATES, repeated=meta.repeated)
    places = np.arange(len(rows))
    doubted = np.isin(places, list(why))
    open_yet = np.array([now < closes_at(stamp.date(), meta) for stamp in rows.index], dtype=bool)
    closed = rows[~doubted & ~open_yet].sort_index()
    running = rows[~doubted & open_yet]
    quarantined = rows[doubted].assign(reason=[why[place] for place in places[doubted]])
    return Shaped(closed, running.iloc[-1] if len(running) else None, quarantined)


def closes_at(day: date, meta: Meta) -> datetime:
    """Return the instant from which the bar of `day` is final.

    A crypto day ends at 00:00 UTC. An exchange's ends half an hour after its session; where Yahoo does not tell of that
    session, at the end of the exchange's day.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=_zone(meta)) + timedelta(days=1)
    if meta.round_the_clock or meta.session_end is None or meta.session_end.astimezone(_zone(meta)).date() != day:
        return midnight
    return meta.session_end + _SETTLING


def _zone(meta: Meta) -> ZoneInfo:
    return ZoneInfo("UTC" if meta.round_the_clock else meta.timezone)


def _named_by_day(frame: pd.DataFrame, meta: Meta) -> pd.DataFrame:
    """Put the rows on UTC days that carry the exchange's date; unknown beside-the-close figures become NaN."""
    stamps = pd.DatetimeIndex(frame.index)
    days = stamps.tz_convert(_zone(meta)).tz_localize(None).normalize().tz_localize("UTC").as_unit("us")
    rows = frame.reindex(columns=list(COLUMNS)).astype(float).set_axis(days.rename("date"))
    for column in ("open", "high", "low"):
        known = np.isfinite(rows[column]) & ((rows[column] > 0) | (meta.symbol in RATES))
        rows[column] = rows[column].where(known)
    rows["volume"] = rows["volume"].where(np.isfinite(rows["volume"]) & (rows["volume"] >= 0))
    return rows.fillna({"dividends": 0.0, "splits": 0.0})
