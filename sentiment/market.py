"""Prices for the rest of the house: which assets there are, and everything known of one at the end of a day.

Saved live bars answer where there are any, else the bundled figures; nothing here waits for a network. `live` refreshes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd

from sentiment import bars as store
from sentiment import notes, refresh
from sentiment.errors import SelectionError, UnknownAssetError
from sentiment.frames import CARRY_DAYS, day, days, every_day
from sentiment.measures import total_return
from sentiment.models import Asset, Inputs, Provenance, Series
from sentiment.providers import bundled

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

BUNDLED = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant before anything was saved: `bars` known then are the bundled ones."""

_NAMED = 20  # assets that an error lists

# Who plays a role for an asset; "" stands for every asset. A live series comes before the bundled one that it replaces.
ROLES: dict[str, dict[str, tuple[Series, ...]]] = {
    "future": {
        "BTC-USD": (Series("BTC=F", "CME bitcoin future, front month"),),
        "ETH-USD": (Series("ETH=F", "CME ether future, front month"),),
    },
    "equity_volatility": {"": (Series("^VIX", "Cboe volatility index (VIX)"),)},
    "short_rate": {
        "": (
            Series("^IRX", "13-week US Treasury bill rate", scale=0.01, live_only=True),
            Series("FED-FUNDS-TARGET", "Federal funds target range, upper bound", bundled_only=True),
        )
    },
    "funding_rate": {"BTC-USD": (Series("BTC-FUNDING", "BTC perpetual futures funding rate", bundled_only=True),)},
}


def names() -> tuple[str, ...]:
    """Symbols of the assets that can be scored, without a look into any file."""
    saved = tuple(symbol for symbol in store.symbols() if symbol not in _taken())
    return (*_bundled(), *saved)


def _newest(read: Callable[Concatenate[str, int, Asked], Answer]) -> Callable[Concatenate[str, int, Asked], Answer]:
    """Keep what was read of a file until the file changes: nobody asks for an older version again, and frames are large."""

    @lru_cache(maxsize=256)
    def place(*_: object) -> list[tuple[int, Answer]]:
        return []

    @wraps(read)
    def answer(symbol: str, changed: int, /, *asked: Asked.args, **named: Asked.kwargs) -> Answer:
        kept = place(symbol, *asked)
        found = next((one for one in kept if one[0] == changed), None)
        if found is None:
            found = changed, read(symbol, changed, *asked, **named)
            kept[:] = [found]
        return found[1]

    return answer


@cache
def _bundled() -> dict[str, Asset]:
    return {symbol: asset for symbol, asset in bundled.assets().items() if asset.role == "asset"}


@cache
def _taken() -> frozenset[str]:
    """Symbols of which no saved file makes another asset: the bundled ones, and those that play a role."""
    roles = (one.symbol for by_asset in ROLES.values() for several in by_asset.values() for one in several)
    return frozenset((*_bundled(), *roles))


def assets() -> tuple[Asset, ...]:
    """Assets that can be scored: the bundled ones, then the saved ones that only play no other role."""
    own = tuple(_bundled().values())
    return own + tuple(_saved(symbol, store.changed_at(symbol)) for symbol in names()[len(own) :])


@_newest
def _saved(symbol: str, changed: int) -> Asset:
    """Describe a saved asset, reading its file again only when it has changed."""
    del changed
    about = store.facts(symbol)
    crypto = about is not None and about.instrument == "CRYPTOCURRENCY"
    return Asset(
        symbol, symbol, (about.currency if about else "") or "points", "daily" if crypto else "exchange", "asset"
    )


def calendar(symbol: str) -> tuple[Literal["daily", "exchange", "step"], tzinfo]:
    """Say how the days of a series at hand fall, and the time zone of its sessions (UTC where none is saved)."""
    changed = store.changed_at(symbol)
    known = bundled.assets().get(symbol)
    return known.kind if known else _saved(symbol, changed).kind, _zone(symbol, changed)


@_newest
def _zone(symbol: str, changed: int) -> tzinfo:
    about = store.facts(symbol) if changed else None
    try:
        return ZoneInfo(about.timezone) if about else UTC
    except (KeyError, ValueError, OSError):  # a name that this machine does not know
        return UTC


def unit(symbol: str) -> str | None:
    """Name the unit of a series at hand; None where there is none."""
    if symbol in bundled.assets():
        return bundled.assets()[symbol].unit
    changed = store.changed_at(symbol)
    return _saved(symbol, changed).unit if changed else None


def symbols() -> tuple[str, ...]:
    """Every series at hand, bundled or saved."""
    return tuple(dict.fromkeys((*bundled.assets(), *store.symbols())))


def asset(symbol: str) -> Asset:
    """Return the asset of that symbol.

    Raises
    ------
    UnknownAssetError
        Naming what there is, and how to get what there is not.
    """
    if symbol in _bundled():
        return _bundled()[symbol]
    changed = store.changed_at(symbol) if symbol and symbol not in _taken() else 0
    if changed:  # looked for by itself: among thousands, each must not cost a look at all
        return _saved(symbol, changed)
    there = names()
    more = f" and {len(there) - _NAMED:,} more" if len(there) > _NAMED else ""
    raise UnknownAssetError(
        f"no asset {symbol!r}; there are: {', '.join(there[:_NAMED])}{more} "
        "(any Yahoo ticker can be fetched: sentiment refresh TICKER)"
    )


def bars(symbol: str, as_of: date | None = None, known_at: datetime | None = None) -> pd.DataFrame:
    """Bars of any series by symbol, up to the end of `as_of`, as they were known at `known_at`.

    Raises
    ------
    UnknownAssetError
        If the series is neither saved nor bundled.
    BarsError
        If its saved file is damaged.
    """
    frame = _stored(symbol, store.changed_at(symbol), known_at)
    if frame.empty and symbol not in bundled.assets() and known_at is not None and store.changed_at(symbol):
        raise SelectionError(f"no price of {symbol} was saved by {known_at:%Y-%m-%dT%H:%M:%SZ}; choose a later instant")
    if frame.empty:
        frame = bundled.bars(symbol)
    return frame if as_of is None else frame.loc[: day(as_of)]


def first_known(symbol: str, first: date, last: date) -> tuple[datetime, ...]:
    """List the instants from which closes of the days `first` to `last` were known, the earliest first.

    `BUNDLED` stands for bundled closes: they were there before any that is saved.
    """
    saved = _first_known(symbol, store.changed_at(symbol)).loc[day(first) : day(last)]
    instants = tuple(moment.to_pydatetime() for moment in sorted(saved.unique()))
    if symbol in bundled.assets() and bundled.bars(symbol)["close"].loc[day(first) : day(last)].notna().any():
        return (BUNDLED, *instants)
    return instants


@_newest
def _first_known(symbol: str, changed: int) -> pd.Series:
    """Return the first instants of all days, read again only when the file has changed."""
    del changed
    return store.first_known(symbol)


def is_live(symbol: str, known_at: datetime | None = None) -> bool:
    """Tell whether saved live bars answer for a series."""
    return not _stored(symbol, store.changed_at(symbol), known_at).empty


def stale(symbol: str, now: datetime | None = None) -> bool:
    """Tell whether a series should be asked for again: saved bars by their calendar, bundled ones once a day is missing."""
    now = now or datetime.now(UTC)
    if is_live(symbol):
        return refresh.stale(symbol, now)
    return bool(bars(symbol).index[-1].date() < now.date() - timedelta(days=1))


@_newest
def _stored(symbol: str, changed: int, known_at: datetime | None) -> pd.DataFrame:
    """Return saved bars, read again only when the file has changed; treat the frame as read-only."""
    return store.read(symbol, known_at=known_at) if changed else pd.DataFrame()


def version(symbol: str) -> tuple[int, ...]:
    """Numbers that change whenever anything that an asset's reading rests on is saved."""
    return (*(store.changed_at(one) for one in wanted(symbol)), notes.version())


def span(symbol: str, known_at: datetime | None = None) -> tuple[date, date]:
    """First and last day of an asset's bars."""
    index = bars(asset(symbol).symbol, known_at=known_at).index
    return index[0].date(), index[-1].date()


def settle(symbol: str, as_of: date | None, known_at: datetime | None = None) -> date:
    """Day that `as_of` means for an asset: itself, or the last bar where it is None.

    Raises
    ------
    UnknownAssetError, SelectionError
        If there is no such asset, or the day lies outside its bars.
    """
    first, last = span(symbol, known_at)
    if as_of is not None and not first <= as_of <= last:
        raise SelectionError(f"no prices of {symbol} for {as_of}; they run from {first} to {last}")
    return as_of or last


def cast(symbol: str, known_at: datetime | None = None) -> dict[str, Series]:
    """Which series plays each role for an asset; a role that nothing at hand can play is left out."""
    found = {}
    for role, by_asset in ROLES.items():
        for one in by_asset.get(symbol, by_asset.get("", ())):
            if is_live(one.symbol, known_at) or (not one.live_only and one.symbol in bundled.assets()):
                found[role] = one
                break
    return found


def wanted(symbol: str) -> tuple[str, ...]:
    """Yahoo tickers that a full reading of an asset asks for: itself and whoever plays a role."""
    others = [
        one.symbol
        for by_asset in ROLES.values()
        for one in by_asset.get(symbol, by_asset.get("", ()))
        if not one.bundled_only
    ]
    return (symbol, *others)


def inputs(symbol: str, as_of: date | None = None, known_at: datetime | None = None) -> Inputs:
    """Everything known of an asset at the end of `as_of`: nothing later is in the answer.

    Closes of an exchange are carried over days without a session, at most seven; volume is not.

    Raises
    ------
    UnknownAssetError, SelectionError
        As in `settle`.
    """
    until = settle(symbol, as_of, known_at)
    prices = bars(symbol, until, known_at)
    index = every_day(prices.index[0].date(), until)
    series = {
        role: bars(one.symbol, until, known_at)["close"].reindex(index) * one.scale
        for role, one in cast(symbol, known_at).items()
    }
    about = tuple(note for note in notes.published_by(until, known_at) if symbol in note.assets)
    prices = total_return(prices)
    on_every_day = _carry(prices, index) if asset(symbol).kind == "exchange" else prices.reindex(index)
    return Inputs(symbol, on_every_day, series, about, known_at)


def _carry(prices: pd.DataFrame, index: pd.DatetimeIndex) -> pd.DataFrame:
    """Carry an exchange's closes over days without a session; nothing was traded on them."""
    frame = prices.reindex(index)
    carried = ~index.isin(days(prices))
    closes = [name for name in ("close", "total_return") if name in frame]
    frame[closes] = frame[closes].ffill(limit=CARRY_DAYS)
    if "volume" in frame:
        frame["volume"] = frame["volume"].mask(carried & frame["close"].notna(), 0.0)
    return frame.assign(carried=carried)


def provenance(symbol: str, as_of: date | None = None, known_at: datetime | None = None) -> Provenance:
    """Where the prices come from, when they were fetched, and the last bar of every series behind them.

    A reading pinned by `known_at` says nothing of later fetches: it stays as it was.
    """
    until = settle(symbol, as_of, known_at)
    sources = {symbol: asset(symbol).title} | {one.symbol: one.title for one in cast(symbol, known_at).values()}
    last_bars = {}
    for one, title in sources.items():
        frame = bars(one, until, known_at)
        if one != symbol and not frame.empty:
            last_bars[title] = frame.index[-1].date()
    live = is_live(symbol, known_at)
    return Provenance(
        "Yahoo" if live else bundled.NAME,
        until,
        last_bars,
        store.fetched_at(symbol) if live and known_at is None else None,
    )
