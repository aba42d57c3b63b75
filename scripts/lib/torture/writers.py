"""Eight processes that save notes and refresh the same tickers at once: nothing is lost, and no reader waits for them."""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pandas as pd

from torture.kills import SYMBOL, load, own_place, refresh_from, restless
from torture.outcome import SHOWN, Outcome, late

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OPERATIONS = 10_000
WRITERS, READERS = 8, 2
SYMBOLS = ("AAA", "BBB", SYMBOL)
SHARED = ("shared-a", "shared-b", "shared-c")
BLOCKED = 1.0
"""Seconds for which no reader may have to wait."""
_LONG_AGO = pd.Timestamp("1900-01-01")


def run(scale: float, seed: int) -> list[Outcome]:
    """Run all writers and readers at once, then look for everything that was acknowledged."""
    outcomes = [_outcome("SQLite", round(OPERATIONS * scale), seed)]
    if os.environ.get("SENTIMENT_TEST_DATABASE_URL"):
        outcomes.append(_outcome("PostgreSQL", round(OPERATIONS * scale / 5), seed))
    return outcomes


def _outcome(database: str, operations: int, seed: int) -> Outcome:
    began = time.perf_counter()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:  # a process to fork from, without threads
        told = pool.submit(_all_at_once, database, max(WRITERS, operations), seed).result()
    what = f"{WRITERS} writers and {READERS} readers at once, {database}"
    return Outcome(
        what, told["tried"], len(told["wrong"]), time.perf_counter() - began, told["note"], tuple(told["wrong"][:SHOWN])
    )


def _all_at_once(database: str, operations: int, seed: int) -> dict[str, Any]:
    load()
    with own_place(database) as where:
        stop = where / "stop"
        share = operations // WRITERS
        began = time.perf_counter()
        readers = [_forked(where / f"reader-{me}", lambda: _reads(stop)) for me in range(READERS)]
        idle = _forked(where / "idle", lambda: _shares_nothing(stop))
        writers = [_forked(where / f"writer-{me}", lambda me=me: _writes(me, share, seed)) for me in range(WRITERS)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child, _ in writers]
        seconds = time.perf_counter() - began
        stop.touch()
        codes += [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child, _ in (*readers, idle)]
        wrote, read = ([json.loads(out.read_text()) for _, out in several] for several in (writers, readers))
        wrong = [f"a process ended with {code}" for code in codes if code]
        wrong += [one for told in (*wrote, *read) for one in told["failed"]]
        wrong += _lost(wrote)
        busy = json.loads(idle[1].read_text())["waited"]
    waited = max(told["waited"] for told in read)
    ways = sum((Counter(told["ways"]) for told in wrote), Counter())
    if late(waited - busy, BLOCKED):
        wrong.append(f"a reader waited {waited:.1f} s, and who shares nothing with the writers {busy:.1f} s")
    note = ", ".join(f"{number:,} {way}" for way, number in ways.most_common())
    reads = sum(told["reads"] for told in read)
    note += f"; {reads:,} readings, none waited over {waited:.2f} s (who shares nothing: {busy:.2f} s), {share * WRITERS / seconds:,.0f} operations a second"
    return {"tried": share * WRITERS, "wrong": wrong, "note": note}


def _forked(out: Path, work: Callable[[], dict[str, Any]]) -> tuple[int, Path]:
    child = os.fork()
    if not child:
        code = 1
        try:
            out.write_text(json.dumps(work()))
            code = 0
        finally:
            os._exit(code)
    return child, out


def _writes(me: int, share: int, seed: int) -> dict[str, Any]:
    """Save and refresh; tell what was acknowledged, and what failed other than by a conflict."""
    from sentiment.errors import ConflictError, SentimentError  # noqa: PLC0415

    chance, saved, fetched, failed, ways = random.Random(seed * 100 + me), [], [], [], Counter()
    for turn in range(share):
        kind = chance.random()
        try:
            if kind < 0.6:
                saved.append(_saved(f"own-{me}-{turn}", f"{me} {turn}", None))
            elif kind < 0.8:
                name = chance.choice(SHARED)
                saved.append(_saved(name, f"{me} {turn}", _latest(name)))
            else:
                fetched.append(_fetched(chance.choice(SYMBOLS), me, turn))
            ways["done"] += 1
        except ConflictError:
            ways["told of another's save"] += 1
        except SentimentError as error:
            failed.append(f"writer {me}, operation {turn}: {error}")
    return {"saved": saved, "fetched": fetched, "failed": failed, "ways": ways}


def _saved(name: str, content: str, supersedes: int | None) -> list[Any]:
    from sentiment.research import store  # noqa: PLC0415

    one = store.append(name, content, who="Ann", supersedes=supersedes)
    return [one.sequence, name, content, supersedes]


def _latest(name: str) -> int | None:
    """Find the latest version of a note without reading all: thousands are there, and this is about writing."""
    from sentiment.research import database, store  # noqa: PLC0415

    if store.revision() is None:
        return None
    with database.reading("the notes cannot be read") as connection:
        rows = connection.exec_driver_sql(f"SELECT max(sequence) FROM note_versions WHERE id = '{name}'")  # noqa: S608
        found = rows.scalar()
        return None if found is None else int(found)


def _fetched(symbol: str, me: int, turn: int) -> list[str]:
    """Refresh from a vendor that has one more old day, different for each writer."""
    from sentiment.market import providers  # noqa: PLC0415

    own = _LONG_AGO + pd.Timedelta(days=me * OPERATIONS // WRITERS + turn)
    usual = restless()

    def fetch(asked: str, start: Any = None) -> Any:
        got = usual(asked, start)
        more = got.frame.iloc[:1].set_axis([own.tz_localize("UTC")])
        return providers.FetchResult(pd.concat([more, got.frame]), got.meta, got.asked_at)

    refresh_from(fetch, symbol)
    return [symbol, own.date().isoformat()]


def _reads(stop: Path) -> dict[str, Any]:
    """Read until the writers are done; tell how long a reading waited beyond its own work."""
    from sentiment.errors import SentimentError  # noqa: PLC0415
    from sentiment.market import bar_store  # noqa: PLC0415
    from sentiment.research import store  # noqa: PLC0415

    waited, reads, failed = 0.0, 0, []
    while not stop.exists():
        for read in (store.version, lambda: bar_store.read_bars(SYMBOL), store.versions):
            before = _waited()
            try:
                read()
            except SentimentError as error:
                failed.append(f"a reader: {error}")
            waited = max(waited, _waited() - before)
            reads += 1
        time.sleep(0.05)
    return {"waited": waited, "reads": reads, "failed": failed}


def _waited() -> float:
    """Return the seconds in which this process did not run."""
    return time.perf_counter() - time.process_time()


def _shares_nothing(stop: Path) -> dict[str, Any]:
    """Use no file, to measure how long the machine makes any process wait."""
    waited = 0.0
    while not stop.exists():
        before = _waited()
        for _ in range(20):
            hashlib.sha256(bytes(2**20)).digest()
        waited = max(waited, _waited() - before)
        time.sleep(0.05)
    return {"waited": waited, "reads": 0, "failed": []}


def _lost(wrote: list[dict[str, Any]]) -> list[str]:
    """List what was acknowledged but is missing, and what is there but was not acknowledged."""
    from sentiment.market import bar_file, bar_store  # noqa: PLC0415
    from sentiment.research import store  # noqa: PLC0415

    told = sorted(tuple(one) for each in wrote for one in each["saved"])
    there = [(one.sequence, one.id, one.content, one.supersedes) for one in store.versions()]
    wrong = [f"version {one[0]} of {one[1]} was told of and is not there" for one in sorted({*told} - {*there})]
    wrong += [f"version {one[0]} of {one[1]} is there and nobody was told" for one in sorted({*there} - {*told})]
    for symbol in SYMBOLS:
        days = {stamp.date().isoformat() for stamp in bar_store.read_bars(symbol).index}
        wrong += [
            f"{symbol}: the day {one} was told of and is not there"
            for each in wrote
            for name, one in each["fetched"]
            if name == symbol and one not in days
        ]
    return [*wrong, *(f"{name} was set aside" for name in bar_file.set_aside())]
