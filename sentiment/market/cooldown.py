"""How long to wait before asking a price source again after a failure."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sentiment.errors import OfflineError, RateLimitedError, SourceError, SourceTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

UNREACHABLE_PAUSE = 60.0
RATE_LIMIT_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
_JITTER = 15.0


class Cooldown:
    """The pause of one source, shared by all symbols and threads.

    After the source was unreachable, `before` raises the same failure for a minute instead of asking again. After a
    rate limit it does so for as long as the source asked, or for a minute that doubles with each consecutive limit if
    that is longer. The jitter keeps several machines behind one address from coming back together.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    clock : callable
        Monotonic seconds; the wall clock may jump.
    now : callable
        The wall clock, used only for the time shown to the viewer.
    """

    def __init__(
        self,
        source: str,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source = source
        self._clock = clock
        self._now = now
        self._lock = threading.Lock()
        self._until = 0.0
        self._failure: SourceError | None = None
        self._limits_in_a_row = 0

    def before(self, symbol: str) -> None:
        """Raise the last failure again, for `symbol`, while its pause lasts.

        Raises
        ------
        OfflineError, SourceTimeoutError, RateLimitedError
            The kind of the last failure.
        """
        with self._lock:
            if self._failure is None or self._clock() >= self._until:
                return
            failure = self._failure
        if isinstance(failure, RateLimitedError):
            raise RateLimitedError(
                str(failure), symbol=symbol, retry_after=failure.retry_after, retry_at=failure.retry_at
            ) from failure
        raise type(failure)(str(failure), symbol=symbol, status=failure.status) from failure

    def after(self, failure: SourceError) -> SourceError:
        """Record a failure and return the one to raise: a rate limit gains the time of the next try."""
        with self._lock:
            if isinstance(failure, RateLimitedError):
                failure = self._limited(failure)
            elif isinstance(failure, OfflineError | SourceTimeoutError):
                self._pause(failure, UNREACHABLE_PAUSE)
        return failure

    def answered(self) -> None:
        """Record an answer: the next rate limit starts from the shortest pause again."""
        with self._lock:
            if isinstance(self._failure, RateLimitedError) and self._clock() < self._until:
                return  # this request was sent before the limit
            self._failure, self._limits_in_a_row = None, 0

    def _limited(self, failure: RateLimitedError) -> RateLimitedError:
        if isinstance(self._failure, RateLimitedError) and self._clock() < self._until:
            # Requests sent before the first limit came meet the same limit, not a second one.
            seconds = max(self._until - self._clock(), failure.retry_after or 0.0)
        else:
            self._limits_in_a_row += 1
            seconds = max(failure.retry_after or 0.0, self._doubled(self._limits_in_a_row))
        retry_at = self._now() + timedelta(seconds=seconds)
        limited = RateLimitedError(
            f"{self._source} is limiting requests from this network. Next try {retry_at:%H:%M} UTC.",
            symbol=failure.symbol,
            retry_after=failure.retry_after,
            retry_at=retry_at,
        )
        self._pause(limited, seconds)
        return limited

    @staticmethod
    def _doubled(limits: int) -> float:
        return min(LONGEST_PAUSE, RATE_LIMIT_PAUSE * 2.0 ** min(limits - 1, 10) + random.uniform(0, _JITTER))  # noqa: S311 - spreads load

    def _pause(self, failure: SourceError, seconds: float) -> None:
        self._failure, self._until = failure, self._clock() + seconds
