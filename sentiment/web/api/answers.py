"""The bodies of answers: written once, kept for whoever asks next, and never computed twice at the same time."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import pandas as pd

from sentiment.market import bar_store
from sentiment.research import library
from sentiment.tables import columns, export
from sentiment.web.api.badge import badge
from sentiment.web.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sentiment.web.api.parameters import Wanted

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
}
MOST_BYTES = 64 * 2**20
MOST_THREADS = 2
MOST_WAITING = 64
_LEAST_TO_PACK = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as it is and, where that is worth it, compressed; the tag of the former (the latter's ends in -gzip)."""

    body: bytes
    packed: bytes | None
    tag: str

    @property
    def size(self) -> int:
        """Bytes that it takes to keep."""
        return len(self.body) + len(self.packed or b"")


def answer(body: bytes) -> Answer:
    """Make an answer of a body; the same body has the same tag, here and in any other process."""
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= _LEAST_TO_PACK else None
    return Answer(body, packed, hashlib.sha256(body).hexdigest()[:32])


def version(what: str = "") -> tuple[object, ...]:
    """Numbers that change whenever anything that an answer may rest on is saved: any prices, any note.

    Parameters
    ----------
    what : str
        The answer; prices rest on no note.

    Raises
    ------
    StoreError
        If the saved notes cannot be read.
    """
    saved = tuple((symbol, bar_store.changed_at(symbol)) for symbol in bar_store.symbols())
    return saved if what == "prices" else (*saved, library.version())


def written(wanted: Wanted) -> bytes:
    """Write what is asked for: the CSV as on the command line, the same table as JSON, or the badge."""
    if wanted.form == "svg":
        return badge(wanted.selection).encode()
    table = export.table(wanted.what, wanted.selection, wanted.start, wanted.end, wanted.horizon)
    return export.to_csv(table).encode() if wanted.form == "csv" else as_json(wanted.what, wanted.query, table)


def as_json(name: str, query: str, table: pd.DataFrame) -> bytes:
    """Write a table as JSON: an object a row, null where nothing is known, ISO days."""
    about = {column.name: column for column in columns.TABLES[name].columns}
    cells = [_cells(table[one]) for one in table.columns]
    told = {
        "table": name,
        "selection": query,
        "columns": [
            {"name": one, "description": about[one].description, "unit": about[one].unit} for one in table.columns
        ],
        "rows": [dict(zip(table.columns, row, strict=True)) for row in zip(*cells, strict=True)],
    }
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def _cells(column: pd.Series) -> list[Any]:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return list(column.dt.strftime("%Y-%m-%d"))
    return list(column)  # orjson writes what is not known as null


class Desk:
    """Where answers are asked for: the last ones are kept, and one that is being written is waited for.

    Parameters
    ----------
    most_bytes : int
        How much is kept; what was asked for longest ago goes first.
    threads, waiting : int
        How many answers are written at once, and how many more may wait.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, threads: int = MOST_THREADS, waiting: int = MOST_WAITING) -> None:
        self._most_bytes, self._most = most_bytes, threads + waiting
        self._pool = ThreadPoolExecutor(threads, "api")
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._bytes = 0
        self._flights: dict[Hashable, Future[Answer]] = {}

    async def ask(self, key: Hashable, write: Callable[[], bytes]) -> Answer:
        """Return the answer of `key`, written by `write` only if it is neither kept nor being written.

        Raises
        ------
        ProblemError
            If too many wait already.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            flight = self._flights.get(key)
            if flight is None:
                if len(self._flights) >= self._most:
                    raise ProblemError("busy", "Too many answers are being computed; try again.", {"Retry-After": "5"})
                flight = self._flights[key] = self._pool.submit(self._write, key, write)
        # Whoever goes away must not take the answer from the others.
        return await asyncio.shield(asyncio.wrap_future(flight))

    def _write(self, key: Hashable, write: Callable[[], bytes]) -> Answer:
        try:
            made = answer(write())
            self._keep(key, made)
        finally:
            with self._lock:
                del self._flights[key]
        return made

    def _keep(self, key: Hashable, made: Answer) -> None:
        if made.size > self._most_bytes:
            return
        with self._lock:
            self._kept[key] = made
            self._bytes += made.size
            while self._bytes > self._most_bytes:
                self._bytes -= self._kept.popitem(last=False)[1].size
