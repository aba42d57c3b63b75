"""Refresh in the background: one refresh per symbol at a time, and the outcome of the last one."""

from __future__ import annotations

import math
import os
import threading
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentiment.errors import BadRequestError, BarsError, NoDataError, SentimentError, UnknownSymbolError
from sentiment.market import refresh

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sentiment.market.refresh import RefreshResult

LOOK_AGAIN = 60.0
"""Seconds before a symbol is checked for staleness again, or tried again after a failure; `refresh.ASK_AGAIN` where its source has nothing."""


@dataclass(slots=True)
class Background:
    """The refreshes of this process: those under way, and the outcomes of those that are done."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    pool: Executor = field(default_factory=lambda: ThreadPoolExecutor(refresh.MOST_THREADS, "live"))
    checked_at: dict[str, float] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    outcomes: dict[str, RefreshResult | SentimentError] = field(default_factory=dict)


background = Background()


def enabled() -> bool:
    """Return whether the network may be used; SENTIMENT_OFFLINE=1 forbids it."""
    return os.environ.get("SENTIMENT_OFFLINE", "") != "1"


def ask(symbols: Iterable[str], *, now: bool = False) -> None:
    """Start a background refresh of every stale symbol and return at once.

    Parameters
    ----------
    symbols : iterable of str
        The symbols to refresh.
    now : bool
        Whether to refresh symbols that are fresh, or were checked within `LOOK_AGAIN` seconds, as well.
    """
    if not enabled():
        return
    with background.lock:
        started = [
            symbol for symbol in dict.fromkeys(symbols) if symbol not in background.running and (now or _due(symbol))
        ]
        background.checked_at.update(dict.fromkeys(started, time.monotonic()))
        background.running.update(started)
    for symbol in started:
        background.pool.submit(_refresh, symbol, now=now)


def _due(symbol: str) -> bool:
    has_nothing = isinstance(background.outcomes.get(symbol), NoDataError | UnknownSymbolError | BadRequestError)
    pause = refresh.ASK_AGAIN.total_seconds() if has_nothing else LOOK_AGAIN
    return time.monotonic() - background.checked_at.get(symbol, -math.inf) >= pause


def refresh_stale(symbol: str) -> RefreshResult | SentimentError | None:
    """Refresh a symbol in this thread if it is stale, and return the outcome; None if there was nothing to do.

    A symbol that is being refreshed at this moment is left to whoever does so.
    """
    with background.lock:
        if symbol in background.running:
            return None
        background.checked_at[symbol] = time.monotonic()
        background.running.add(symbol)
    return _refresh(symbol, now=False)


def _refresh(symbol: str, *, now: bool) -> RefreshResult | SentimentError | None:
    outcome: RefreshResult | SentimentError | None = None
    try:
        if now or _stale(symbol):
            outcome = refresh.refresh(symbol)
    except SentimentError as failure:
        outcome = failure
    finally:
        with background.lock:
            background.running.discard(symbol)
            if outcome is not None:
                background.outcomes[symbol] = outcome
    return outcome


def _stale(symbol: str) -> bool:
    try:
        return refresh.stale(symbol, datetime.now(UTC))
    except BarsError:  # the damaged file has been set aside; a refresh fetches it anew
        return True


def running(symbols: Iterable[str]) -> tuple[str, ...]:
    """List the symbols that are being refreshed now."""
    with background.lock:
        return tuple(symbol for symbol in symbols if symbol in background.running)


def outcome(symbol: str) -> RefreshResult | SentimentError | None:
    """Return the result or the failure of a symbol's last refresh in this process; None if there was none."""
    with background.lock:
        return background.outcomes.get(symbol)
