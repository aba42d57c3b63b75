"""How often one client may ask: a token bucket for each of the clients seen last."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from sentiment import settings

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CLIENTS = 10_000


class RateLimiter:
    """A token bucket for each client: a request takes a token, and tokens come back with time.

    Parameters
    ----------
    burst, rate : float
        Tokens in a full bucket, and how many come back in a second; a rate of 0 limits nobody.
    clock : callable
        Returns seconds that only increase.
    """

    def __init__(self, burst: float, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._rate, self._clock = burst, rate, clock
        self._lock = threading.Lock()
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> int:
        """Take a token of a client; return 0, or the whole seconds to wait where there was none."""
        if not self._rate:
            return 0
        with self._lock:
            now = self._clock()
            tokens, seen = self._clients.pop(client, (self._burst, now))
            tokens = min(self._burst, tokens + (now - seen) * self._rate)
            wait = 0 if tokens >= 1 else math.ceil((1 - tokens) / self._rate)
            self._clients[client] = (tokens if wait else tokens - 1, now)
            while len(self._clients) > MAX_CLIENTS:
                self._clients.popitem(last=False)
        return wait

    @classmethod
    def from_environment(cls) -> RateLimiter:
        """Return a limiter with the burst and rate of the environment, or the defaults.

        Raises
        ------
        SelectionError
            If a variable holds no such number.
        """
        return cls(settings.burst(), settings.rate())
