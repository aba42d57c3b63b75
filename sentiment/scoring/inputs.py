"""Everything that an asset's scores rest on, as it was known: prices, the series of its roles, and research notes."""

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
    """Return everything known of an asset at the end of `as_of`; nothing later is in the answer.

    Closes of an exchange are carried over days without a session, at most `CARRY_DAYS`; volume is not.

    Raises
    ------
    UnknownAssetError, SelectionError
        As in `history.resolve_day`.
    """
    until = history.resolve_day(symbol, as_of, known_at)
    prices = total_return(history.bars(symbol, until, known_at))
    index = every_day(prices.index[0].date(), until)
    series = {
        role: history.bars(other.symbol, until, known_at)["close"].reindex(index) * other.scale
        for role, other in history.role_series(symbol, known_at).items()
    }
    notes = tuple(note for note in library.published_by(until, known_at) if symbol in note.assets)
    daily = _carry(prices, index) if assets.asset(symbol).kind == "exchange" else prices.reindex(index)
    return Inputs(symbol, daily, series, notes, known_at)


def total_return(bars: pd.DataFrame) -> pd.DataFrame:
    """Add a column ``total_return`` where dividends are known: the close with every dividend reinvested on its day.

    It starts at the first close and grows day by day by (close + dividend) / previous close, so that a later dividend
    changes no earlier value, as it does in vendors' backward-adjusted closes.
    """
    if "dividends" not in bars or not (bars["dividends"] > 0).any():
        return bars
    close = bars["close"]
    growth = ((close + bars["dividends"]) / close.shift(1)).fillna(1.0)
    return bars.assign(total_return=close.iloc[0] * growth.cumprod())


def _carry(prices: pd.DataFrame, index: pd.DatetimeIndex) -> pd.DataFrame:
    """Carry an exchange's closes over days without a session; nothing was traded on them."""
    frame = prices.reindex(index)
    carried = ~index.isin(days(prices))
    closes = [name for name in ("close", "total_return") if name in frame]
    frame[closes] = frame[closes].ffill(limit=CARRY_DAYS)
    if "volume" in frame:
        frame["volume"] = frame["volume"].mask(carried & frame["close"].notna(), 0.0)
    return frame.assign(carried=carried)


def version(symbol: str) -> tuple[int, ...]:
    """Return numbers that change whenever anything that an asset's scores rest on is saved."""
    return (*(bar_store.changed_at(other) for other in roles.symbols_to_fetch(symbol)), library.version())
