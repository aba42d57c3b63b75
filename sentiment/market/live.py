"""Refreshing in the background: at most one refresh a symbol at a time, and what came of the last one."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentiment.errors import BarsError, SentimentError
from sentiment.market import refresh

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sentiment.market.refresh import Refreshed

LOOK_AGAIN = 60.0
"""Seconds for which the answer to "is it stale?" stands, and for which a failed symbol is left alone."""


@dataclass(slots=True)
class _State:
    lock: threading.Lock = field(default_factory=threading.Lock)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(refresh.MOST_THREADS, "live"))
    looked: dict[str, float] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    outcomes: dict[str, Refreshed | SentimentError] = field(default_factory=dict)


_state = _State()


def enabled() -> bool:
    """Tell whether the network may be asked; SENTIMENT_OFFLINE=1 says no."""
    return os.environ.get("SENTIMENT_OFFLINE", "") != "1"


def ask(symbols: Iterable[str], *, now: bool = False) -> None:
    """Start a refresh of every symbol that is stale, in the background; return at once.

    Parameters
    ----------
    symbols : iterable of str
        To refresh.
    now : bool
        Whether to refresh also what is fresh or was looked at within the last minute.
    """
    if not enabled():
        return
    with _state.lock:
        for symbol in symbols:
            due = time.monotonic() - _state.looked.get(symbol, -LOOK_AGAIN) >= LOOK_AGAIN
            if symbol not in _state.running and (now or due):
                _state.looked[symbol] = time.monotonic()
                _state.running.add(symbol)
                _state.pool.submit(_refresh, symbol, now=now)


def _refresh(symbol: str, *, now: bool) -> None:
    outcome: Refreshed | SentimentError | None = None
    try:
        if now or _stale(symbol):
            outcome = refresh.refresh(symbol)
    except SentimentError as failure:
        outcome = failure
    finally:
        with _state.lock:
            _state.running.discard(symbol)
            if outcome is not None:
                _state.outcomes[symbol] = outcome


def _stale(symbol: str) -> bool:
    try:
        return refresh.stale(symbol, datetime.now(UTC))
    except BarsError:  # set aside by now; a refresh fetches it anew
        return True


def running(symbols: Iterable[str]) -> tuple[str, ...]:
    """List the symbols that are being refreshed just now."""
    with _state.lock:
        return tuple(symbol for symbol in symbols if symbol in _state.running)


def outcome(symbol: str) -> Refreshed | SentimentError | None:
    """Return what came of the last refresh of a symbol in this process; None if there was none."""
    with _state.lock:
        return _state.outcomes.get(symbol)
