"""The description of a series in the JSON of Yahoo's chart."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sentiment.market import quarantine
from sentiment.market.providers import Meta

if TYPE_CHECKING:
    from collections.abc import Mapping

RATES = frozenset({"^IRX", "^FVX", "^TNX", "^TYX"})
"""Yields in percent, which may be zero or less."""

_CODE = re.compile(r"[A-Za-z]{1,20}")


def meta_of(symbol: str, chart: Mapping[str, Any]) -> Meta:
    """Return the description of a series from a chart."""
    described = chart["meta"]
    zone = described["exchangeTimezoneName"]
    end = ((described.get("currentTradingPeriod") or {}).get("regular") or {}).get("end")
    return Meta(
        symbol=symbol,
        timezone=zone,
        instrument=_code(described.get("instrumentType")),
        currency=_code(described.get("currency")),
        session_end=_instant(end) if isinstance(end, int | float) else None,
        repeated=repeated_days(chart.get("timestamp") or [], zone),
        may_be_negative=symbol in RATES,
    )


def _code(value: object) -> str:
    """Return a code such as USD or GBp, else nothing: the text is printed on every chart."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def _instant(stamp: float) -> datetime:
    """Return the instant of a Unix time stamp; beyond the calendar, raise OverflowError on every system."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=stamp)


def repeated_days(stamps: list[int], zone: str) -> dict[date, str]:
    """Return the days that an answer contains twice or out of order; yfinance sorts and drops them silently.

    The last two rows may share a day: Yahoo adds the live price as a separate row, and yfinance merges the two.
    """
    days = [_instant(stamp).astimezone(ZoneInfo(zone)).date() for stamp in stamps]
    if len(days) > 1 and days[-1] == days[-2]:
        days.pop()
    twice = {day for day, count in Counter(days).items() if count > 1}
    once = [day for day in days if day not in twice]
    ordered = quarantine.longest_rising(once)
    moved = {day: "out of order" for place, day in enumerate(once) if place not in ordered}
    return dict.fromkeys(twice, "the day is there twice") | moved
