"""Our own deadline on every answer of a PostgreSQL server: a frozen one keeps its connections open and never answers."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


@contextmanager
def answers_by(seconds: float) -> Iterator[None]:
    """Give up on the server `seconds` from now; the connection is closed and its driver raises an OperationalError."""
    token = _deadline.set(monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def expired() -> bool:
    """Return whether the deadline of this block has passed."""
    return monotonic() >= _deadline.get()


def connect(_dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]) -> object:
    """Connect for SQLAlchemy (its event ``do_connect``), with connections that keep the deadline.

    Keepalive and ``tcp_user_timeout`` do not help here: the kernel of a frozen server still acknowledges. Connecting has its own limit
    and takes nothing from the time for an answer.
    """
    began = monotonic()
    connection = _connection_class().connect(*arguments, **options)
    _deadline.set(_deadline.get() + monotonic() - began)
    return connection


@cache
def _connection_class() -> Any:  # noqa: ANN401 - a class of an optional dependency
    import psycopg  # noqa: PLC0415 - optional

    class Connection(psycopg.Connection[Any]):
        """A connection on which no wait outlasts the deadline."""

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ANN401 - as inherited
            limit = min(_deadline.get() - monotonic(), float("inf") if timeout is None else timeout)
            try:
                return super().wait(gen, interval, None if limit == float("inf") else max(limit, 0.0))
            except psycopg.OperationalError:
                if not expired():
                    raise
                self.pgconn.finish()
                raise psycopg.OperationalError("the server did not answer in time") from None

    return Connection
