"""Who may ask, and how often: the Host header against an allow-list, and a bucket of tokens for every client."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sentiment import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_CLIENTS = 10_000


def host_allowed(host: str | None, allowed: Iterable[str]) -> bool:
    """Tell whether a Host header names this server, by the rules of Streamlit's ``server.allowedHosts``.

    An empty list allows any; ``*.example.com`` allows every name under it, ``*`` every valid one; ports do not count.
    """
    patterns = [one.strip().lower().rstrip(".") for one in allowed]
    if not patterns:
        return True
    try:
        parts = urlsplit(f"//{host or ''}")
        _ = parts.port  # raises where it is no port
    except ValueError:
        return False
    name = (parts.hostname or "").lower().rstrip(".")
    if not name or "@" in parts.netloc or parts.path or parts.query or parts.fragment:
        return False
    return any(
        one in {"*", name} or (one.startswith("*.") and name.endswith(one.removeprefix("*"))) for one in patterns
    )


class Buckets:
    """A bucket of tokens for each of the clients seen last: a request takes one, and time puts them back.

    Parameters
    ----------
    burst, rate : float
        Tokens in a full bucket, and how many come back in a second; a rate of 0 limits nobody.
    clock : callable
        Seconds that only grow.
    """

    def __init__(self, burst: float, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._rate, self._clock = burst, rate, clock
        self._lock = threading.Lock()
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> int:
        """Take a token of a client; returns the whole seconds after which to ask again, 0 where there was one."""
        if not self._rate:
            return 0
        with self._lock:
            now = self._clock()
            tokens, seen = self._clients.pop(client, (self._burst, now))
            tokens = min(self._burst, tokens + (now - seen) * self._rate)
            wait = 0 if tokens >= 1 else math.ceil((1 - tokens) / self._rate)
            self._clients[client] = (tokens if wait else tokens - 1, now)
            while len(self._clients) > MOST_CLIENTS:
                self._clients.popitem(last=False)
        return wait

    @classmethod
    def from_environment(cls) -> Buckets:
        """Read how much is let through; the usual where nothing is set.

        Raises
        ------
        SelectionError
            If a variable holds no such number.
        """
        return cls(settings.burst(), settings.rate())
