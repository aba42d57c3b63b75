"""How long to wait before asking a price source again after a failure."""

from __future__ import annotations

import logging
import random
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from sentiment.errors import (
    NoDataError,
    OfflineError,
    RateLimitedError,
    SourceError,
    SourceTimeoutError,
    UnexpectedAnswerError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNREACHABLE_PAUSE = 60.0
RATE_LIMIT_PAUSE = 60.0
LONGEST_PAUSE = 3600.0
_JITTER = 15.0
_LONGEST_WAIT = 7 * 86_400.0  # seconds; longer waits are mistakes
_log = logging.getLogger(__name__)
_told_elsewhere: ContextVar[bool] = ContextVar("told_elsewhere", default=False)


@contextmanager
def told_elsewhere() -> Iterator[None]:
    """Log no failure inside this block: whoever asks tells each of them."""
    before = _told_elsewhere.set(True)
    try:
        yield
    finally:
        _told_elsewhere.reset(before)


def retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, in either of its forms; None if it is unusable."""
    if not header:
        return None
    if header.strip().isdecimal():
        return min(float(header), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(header)
        wait = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, wait), _LONGEST_WAIT)


def _tell(symbol: str, failure: SourceError) -> None:
    if _told_elsewhere.get():
        return
    if isinstance(failure, UnexpectedAnswerError):
        _log.warning("%s: %s", symbol, failure, exc_info=failure)
    else:
        _log.info("%s: %s", symbol, failure)


class Cooldown:
    """The pause of one source, shared by all symbols and threads.

    After the source was unreachable, `before` raises the same failure for a minute (or `pause` seconds) instead of asking again. After a
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
    pause : float
        Seconds of the pause after the source was unreachable.
    every_failure : bool
        Whether any failure pauses the source for as long, not only an unreachable source. That it has no figures is an answer.
    """

    def __init__(
        self,
        source: str,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        pause: float = UNREACHABLE_PAUSE,
        every_failure: bool = False,
    ) -> None:
        self._source = source
        self._clock = clock
        self._now = now
        self._seconds = pause
        self._every_failure = every_failure
        self._lock = threading.Lock()
        self._until = 0.0
        self._failure: SourceError | None = None
        self._limits_in_a_row = 0

    @contextmanager
    def guard(self, symbol: str) -> Iterator[None]:
        """Ask inside this context: it refuses during a pause, and records the answer or the failure.

        Raises
        ------
        SourceError
            The failure of what was done inside, or the last one again while its pause lasts.
        """
        self.before(symbol)
        try:
            yield
        except SourceError as failure:
            _tell(symbol, failure)
            if (reported := self.after(failure)) is failure:
                raise
            raise reported from failure
        self.answered()

    def before(self, symbol: str) -> None:
        """Raise the last failure again, for `symbol`, while its pause lasts.

        Raises
        ------
        SourceError
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
            elif isinstance(failure, OfflineError | SourceTimeoutError) or (
                self._every_failure and not isinstance(failure, NoDataError)
            ):
                self._pause(failure, self._seconds)
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
