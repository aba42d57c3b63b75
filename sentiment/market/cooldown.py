"""How long a price source is left alone after a failure, so that repetition wears out neither it nor the viewer."""

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
    """The pause of one source, shared by every symbol and thread that asks it.

    After a source was out of reach, `before` raises the same failure again for a minute without asking. After a rate
    limit it waits for as long as the source asked, or a minute that doubles with each limit in a row if that is longer;
    the jitter keeps several machines behind one address from coming back together.

    Parameters
    ----------
    source : str
        Name of the source, for messages.
    clock : callable
        Monotonic seconds: the wall clock may jump.
    now : callable
        The wall clock, for telling the viewer an hour and nothing else.
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
        self._limits = 0

    def before(self, symbol: str) -> None:
        """Raise the failure that the source is being left alone for, if it is.

        Raises
        ------
        OfflineError, SourceTimeoutError, RateLimitedError
            As it was met last, now about `symbol`.
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
        """Note a failure and return it as the viewer is to read it: a rate limit gains the hour of the next try."""
        with self._lock:
            if isinstance(failure, RateLimitedError):
                failure = self._limited(failure)
            elif isinstance(failure, OfflineError | SourceTimeoutError):
                self._leave(failure, UNREACHABLE_PAUSE)
        return failure

    def answered(self) -> None:
        """Note that the source answered: the next rate limit starts from the shortest pause again."""
        with self._lock:
            if isinstance(self._failure, RateLimitedError) and self._clock() < self._until:
                return  # it was under way when the limit came
            self._failure, self._limits = None, 0

    def _limited(self, failure: RateLimitedError) -> RateLimitedError:
        if isinstance(self._failure, RateLimitedError) and self._clock() < self._until:
            # Requests that were under way when the first limit came are the same limit, not a second one.
            seconds = max(self._until - self._clock(), failure.retry_after or 0.0)
        else:
            self._limits += 1
            seconds = max(failure.retry_after or 0.0, self._doubled(self._limits))
        at = self._now() + timedelta(seconds=seconds)
        told = RateLimitedError(
            f"{self._source} is limiting requests from this network. Next try {at:%H:%M} UTC.",
            symbol=failure.symbol,
            retry_after=failure.retry_after,
            retry_at=at,
        )
        self._leave(told, seconds)
        return told

    @staticmethod
    def _doubled(times: int) -> float:
        return min(LONGEST_PAUSE, RATE_LIMIT_PAUSE * 2.0 ** min(times - 1, 10) + random.uniform(0, _JITTER))  # noqa: S311 - spreads load

    def _leave(self, failure: SourceError, seconds: float) -> None:
        self._failure, self._until = failure, self._clock() + seconds
