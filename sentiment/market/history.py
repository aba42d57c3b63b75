"""Bars as they were known at an instant, and where they come from.

Saved bars come first, bundled figures where there are none. Nothing here uses the network; `live` refreshes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sentiment.errors import SelectionError
from sentiment.frames import CARRY_DAYS, day
from sentiment.market import bundled, providers, refresh, saved_bars
from sentiment.market.assets import asset
from sentiment.market.roles import Series, series_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

BUNDLED = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant before anything was saved: `bars` known then are the bundled ones."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the prices on screen come from: their source, the last bar of each series, and when they were fetched."""

    source: str
    last_bar: date
    last_bars: Mapping[str, date] = field(default_factory=dict)
    fetched_at: datetime | None = None


def bars(symbol: str, as_of: date | None = None, known_at: datetime | None = None) -> pd.DataFrame:
    """Return the bars of any series, up to the end of `as_of`, as they were known at `known_at`.

    Raises
    ------
    UnknownAssetError
        If the series is neither saved nor bundled.
    SelectionError
        If it is not bundled, and was not saved by `known_at`.
    BarsError
        If its saved file is damaged.
    """
    frame = saved_bars.bars(symbol, known_at)
    if (
        frame.empty and symbol not in bundled.assets() and known_at is not None
    ):  # the same whether it came later or never
        raise SelectionError(f"no price of {symbol} was saved by {known_at:%Y-%m-%dT%H:%M:%SZ}; choose a later instant")
    if frame.empty:
        frame = bundled.bars(symbol)
    return frame if as_of is None else frame.loc[: day(as_of)]


def first_known(symbol: str, first: date, last: date) -> tuple[datetime, ...]:
    """List the instants at which closes of the days `first` to `last` became known, earliest first.

    `BUNDLED` stands for bundled closes, which precede every saved one.
    """
    saved = saved_bars.first_known(symbol).loc[day(first) : day(last)]
    instants = tuple(moment.to_pydatetime() for moment in sorted(saved.unique()))
    if symbol in bundled.assets() and bundled.bars(symbol)["close"].loc[day(first) : day(last)].notna().any():
        return (BUNDLED, *instants)
    return instants


def is_live(symbol: str, known_at: datetime | None = None) -> bool:
    """Return whether a series is read from saved bars rather than bundled figures."""
    return not saved_bars.bars(symbol, known_at).empty


def stale(symbol: str, now: datetime | None = None) -> bool:
    """Return whether a series should be refreshed: saved bars by their calendar, bundled ones once a day is missing."""
    now = now or datetime.now(UTC)
    if is_live(symbol):
        return refresh.stale(symbol, now)
    return bool(bars(symbol).index[-1].date() < now.date() - timedelta(days=1))


def source(symbol: str, known_at: datetime | None) -> str:
    """Return the name of the provider of a series, or that of the bundled figures."""
    facts = saved_bars.facts(symbol, known_at)
    return providers.source_of(facts.source) if facts and is_live(symbol, known_at) else bundled.NAME


def fetched_at(symbol: str, known_at: datetime | None) -> datetime | None:
    """Return when saved bars were last fetched; None for bundled bars, and for a pinned reading, which must not change."""
    facts = saved_bars.facts(symbol)
    return facts.fetched_at if facts and known_at is None and is_live(symbol) else None


def held_back(symbol: str, known_at: datetime | None = None) -> str:
    """Return which prices of the last answer were not believed, and why; empty for none, and for a pinned reading."""
    facts = saved_bars.facts(symbol) if known_at is None else None
    return facts.held_back if facts else ""


def span(symbol: str, known_at: datetime | None) -> tuple[date, date]:
    """Return the first and last day of an asset's bars."""
    index = bars(asset(symbol).symbol, known_at=known_at).index
    return index[0].date(), index[-1].date()


def resolve_day(symbol: str, as_of: date | None, known_at: datetime | None) -> date:
    """Return the day that `as_of` means for an asset: itself, or the last bar where it is None.

    Raises
    ------
    UnknownAssetError, SelectionError
        If there is no such asset, or the day lies outside its bars.
    """
    first, last = span(symbol, known_at)
    if as_of is not None and not first <= as_of <= last:
        raise SelectionError(f"no prices of {symbol} for {as_of}; they run from {first} to {last}")
    return as_of or last


def day_by(symbol: str, as_of: date, known_at: datetime | None) -> date:
    """Return the last day of an asset's prices that is no later than `as_of`.

    Raises
    ------
    UnknownAssetError, SelectionError
        If there is no such asset, it was not saved by `known_at`, or its prices begin later.
    """
    first, last = span(symbol, known_at)
    if as_of < first:
        raise SelectionError(f"no prices of {symbol} by {as_of}; they run from {first} to {last}")
    return min(as_of, last)


def stale_days(symbol: str, shown: date, known_at: datetime | None) -> int | None:
    """Return the age in days of the last bar of an asset, if that is the day shown and it is old; None otherwise.

    Its age is that at `known_at`, so that a pinned reading never changes.
    """
    _, last = span(symbol, known_at)
    days = ((known_at or datetime.now(UTC)).date() - last).days
    return days if shown == last and days > CARRY_DAYS else None


def role_series(symbol: str, known_at: datetime | None) -> dict[str, Series]:
    """Return the series used for each role of an asset; roles without an available series are left out."""
    return {
        role: series
        for role, series in series_for(symbol).items()
        if is_live(series.symbol, known_at) or series.symbol in bundled.assets()
    }


def provenance(symbol: str, as_of: date | None, known_at: datetime | None) -> Provenance:
    """Return where the prices come from, when they were fetched, and the last bar of every series behind them.

    A reading pinned by `known_at` does not mention later fetches, so it never changes.
    """
    until = resolve_day(symbol, as_of, known_at)
    titles = {series.symbol: series.title for series in role_series(symbol, known_at).values()}
    last_bars = {}
    for series_symbol, title in titles.items():
        frame = bars(series_symbol, until, known_at)
        if not frame.empty:
            last_bars[title] = frame.index[-1].date()
    return Provenance(source(symbol, known_at), until, last_bars, fetched_at(symbol, known_at))
