"""The inputs of an asset's scores, as known at an instant: prices, the series of its roles, and research notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.frames import CARRY_DAYS, days, every_day
from sentiment.market import assets, bar_store, history, roles
from sentiment.models import Inputs
from sentiment.research import library

if TYPE_CHECKING:
    from datetime import date, datetime

    import pandas as pd


def load_inputs(symbol: str, as_of: date | None = None, known_at: datetime | None = None) -> Inputs:
    """Return what was known of an asset at the end of `as_of`, and nothing later.

    Closes of an exchange are carried over days without a session for at most `CARRY_DAYS`; their volume is 0.

    Raises
    ------
    UnknownAssetError, SelectionError
        As in `history.resolve_day`.
    """
    until = history.resolve_day(symbol, as_of, known_at)
    prices = total_return(history.bars(symbol, until, known_at))
    index = every_day(prices.index[0].date(), until)
    series = {
        role: history.bars(source.symbol, until, known_at)["close"].reindex(index) * source.scale
        for role, source in history.role_series(symbol, known_at).items()
    }
    notes = tuple(note for note in library.published_by(until, known_at) if symbol in note.assets)
    daily = _carry(prices, index) if assets.asset(symbol).kind == "exchange" else prices.reindex(index)
    return Inputs(symbol, daily, series, notes, known_at)


def total_return(bars: pd.DataFrame) -> pd.DataFrame:
    """Add ``total_return``, the close with every dividend reinvested on its day, to bars with dividends.

    It starts at the first close and grows each day by (close + dividend) / previous close, so that, unlike in vendors'
    backward-adjusted closes, a later dividend changes no earlier value.
    """
    if "dividends" not in bars or not (bars["dividends"] > 0).any():
        return bars
    close = bars["close"]
    growth = ((close + bars["dividends"]) / close.shift(1)).fillna(1.0)
    return bars.assign(total_return=close.iloc[0] * growth.cumprod())


def _carry(prices: pd.DataFrame, index: pd.DatetimeIndex) -> pd.DataFrame:
    """Carry an exchange's closes over days without a session, on which the volume is 0."""
    frame = prices.reindex(index)
    carried = ~index.isin(days(prices))
    closes = [name for name in ("close", "total_return") if name in frame]
    frame[closes] = frame[closes].ffill(limit=CARRY_DAYS)
    if "volume" in frame:
        frame["volume"] = frame["volume"].mask(carried & frame["close"].notna(), 0.0)
    return frame.assign(carried=carried)


def version(symbol: str) -> tuple[int, ...]:
    """Return numbers that change whenever an input of an asset's scores is saved; a cache key."""
    return (*(bar_store.changed_at(source) for source in roles.symbols_to_fetch(symbol)), library.version())
