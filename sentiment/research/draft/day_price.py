"""The stored price of an asset on the day of a note, against which a target tells a direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.errors import BarsError, SelectionError, UnknownAssetError
from sentiment.frames import CARRY_DAYS
from sentiment.market import history

if TYPE_CHECKING:
    from datetime import date


def price_on(symbol: str, day: date) -> float | None:
    """Return the last stored close of a symbol by the end of a day, at most a week old; None if there is none."""
    try:
        close = history.bars(symbol, day)["close"].dropna()
    except (BarsError, SelectionError, UnknownAssetError):
        return None
    if close.empty or (day - close.index[-1].date()).days > CARRY_DAYS:
        return None
    return float(close.iloc[-1])
