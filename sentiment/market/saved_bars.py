"""Saved bars and facts, each file parsed once until it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.market import bar_store
from sentiment.market.file_cache import until_changed

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from sentiment.market.bar_store import Facts


def load_bars(symbol: str, known_at: datetime | None = None) -> tuple[pd.DataFrame, Facts | None]:
    """Return `bar_store.load_bars`, cached; treat the frame as read-only.

    Raises
    ------
    BarsError
        If the file is damaged.
    """
    return _load_bars(symbol, bar_store.changed_at(symbol), known_at)


def bars(symbol: str, known_at: datetime | None = None) -> pd.DataFrame:
    """Return the saved bars known at `known_at` (None: now); empty where there are none. Read-only."""
    return load_bars(symbol, known_at)[0]


def facts(symbol: str, known_at: datetime | None = None) -> Facts | None:
    """Return the facts beside a symbol's bars as they were known at `known_at` (None: now); None if nothing was saved."""
    return load_bars(symbol, known_at)[1]


def first_known(symbol: str) -> pd.Series:
    """Return `bar_store.first_known`, cached; treat it as read-only."""
    return _first_known(symbol, bar_store.changed_at(symbol))


@until_changed
def _load_bars(symbol: str, changed_at: int, known_at: datetime | None) -> tuple[pd.DataFrame, Facts | None]:
    del changed_at  # part of the cache key
    return bar_store.load_bars(symbol, known_at)


@until_changed
def _first_known(symbol: str, changed_at: int) -> pd.Series:
    del changed_at  # part of the cache key
    return bar_store.first_known(symbol)
