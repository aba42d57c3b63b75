"""Response bodies: written once, cached for the next client, and never computed twice at the same time."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sentiment.web.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MAX_BYTES = 64 * 2**20
THREADS = 2
MAX_WAITING = 64
_MIN_BYTES_TO_COMPRESS, _WORTH_IT = 500, 0.9


class Written(NamedTuple):
    """A body, and the columns that it lacks for who may not have all, or that such a client would not get."""

    body: bytes
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CachedBody:
    """A body, compressed too where that is worth it, the tag of the former (the latter's ends in -gzip), and what `Written` says."""

    body: bytes
    compressed: bytes | None
    tag: str
    withheld: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes that it takes up in the cache."""
        return len(self.body) + len(self.compressed or b"")


def cached_body(body: bytes, withheld: tuple[str, ...] = ()) -> CachedBody:
    """Compress and tag a body; the same body has the same tag, here and in any other process."""
    compressed = gzip.compress(body, 6, mtime=0) if len(body) >= _MIN_BYTES_TO_COMPRESS else None
    if compressed is not None and len(compressed) > _WORTH_IT * len(body):  # such as a PNG or a ZIP file
        compressed = None
    return CachedBody(body, compressed, hashlib.sha256(body).hexdigest()[:32], withheld)


class ResponseCache:
    """The bodies that were asked for last; a body that is being written is waited for.

    Parameters
    ----------
    max_bytes : int
        Size of the cache; the least recently used bodies go first.
    threads, waiting : int
        How many bodies are written at once, and how many more may wait.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, threads: int = THREADS, waiting: int = MAX_WAITING) -> None:
        self._max_bytes, self._max_pending = max_bytes, threads + waiting
        self._pool = ThreadPoolExecutor(threads, "api")
        self._lock = threading.Lock()
        self._bodies: OrderedDict[Hashable, CachedBody] = OrderedDict()
        self._bytes = 0
        self._pending: dict[Hashable, Future[CachedBody]] = {}

    async def get(self, key: Hashable, write: Callable[[], Written]) -> CachedBody:
        """Return the body of `key`, calling `write` only if it is neither cached nor being written.

        Raises
        ------
        ProblemError
            If too many bodies are waited for already.
        """
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
                return self._bodies[key]
            future = self._pending.get(key)
            if future is None:
                if len(self._pending) >= self._max_pending:
                    raise ProblemError("busy", "Too many answers are being computed; try again.", {"Retry-After": "5"})
                future = self._pending[key] = self._pool.submit(self._write, key, write)
        # A client that disconnects must not cancel the body for the others.
        return await asyncio.shield(asyncio.wrap_future(future))

    def _write(self, key: Hashable, write: Callable[[], Written]) -> CachedBody:
        try:
            body = cached_body(*write())
            self._store(key, body)
        finally:
            with self._lock:
                del self._pending[key]
        return body

    def _store(self, key: Hashable, body: CachedBody) -> None:
        if body.size > self._max_bytes:
            return
        with self._lock:
            self._bodies[key] = body
            self._bytes += body.size
            while self._bytes > self._max_bytes:
                self._bytes -= self._bodies.popitem(last=False)[1].size
