"""Kill -9 at random points of whatever saves: afterwards every acknowledged save is there, and none is torn or doubled.

A worker has everything loaded and forks each victim, so that a thousand of them take minutes. Half of them die at a
moment, the other half just before a step that concerns files or a database, counted from their start.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import uuid
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from torture.outcome import SHOWN, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SYMBOL = "BTC-USD"
STEPS = {
    "open", "write", "flush", "fsync", "close", "__exit__", "rename", "replace", "unlink", "mkdir", "rmdir", "remove",
    "execute", "commit", "connect", "send", "exec_params", "send_query_params", "send_query",
}  # fmt: skip
"""Calls into C that a victim may die before, of the modules in `AT_WORK`."""
AT_WORK = ("posix", "io", "_io", "sqlite3", "_sqlite3", "psycopg_binary", "psycopg_c")
ROUNDS, ENDLESS = 3, 10**9
REMEMBERED = 20
NOTE = """---
id: {id}
title: A note
publisher: Nobody
author: Nobody
published: 2025-12-02T15:33:00Z
precision: minute
source: nowhere
assets: [BTC-USD]
themes: [a theme]
stance: neutral
conviction: 0.0
tone: 0.5
---
{text}
"""


@dataclass(frozen=True)
class Kind:
    """What is killed.

    Attributes
    ----------
    what : str
        For the table.
    sqlite, postgres : int
        Kills at scale 1.
    job : callable
        What a victim does, again and again if it `lasts`; it tells of what is done by `told`.
    prepare : callable
        Makes ready what a victim finds.
    check : callable
        Names what is wrong afterwards, given all that was told.
    """

    what: str
    sqlite: int
    postgres: int
    job: Callable[[], None]
    prepare: Callable[[int], None]
    check: Callable[[list[Any]], list[str]]
    lasts: bool = False


def run(scale: float, seed: int, databases: Sequence[str] = ("SQLite", "PostgreSQL")) -> list[Outcome]:
    """Kill on SQLite and, where a server is named, on PostgreSQL."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        found = [_outcome(pool, cores, name, database, scale, seed) for database in databases for name in KINDS]
    return [one for one in found if one is not None]


def _outcome(  # noqa: PLR0913, PLR0917 - where, what, and how often
    pool: ProcessPoolExecutor, cores: int, name: str, database: str, scale: float, seed: int
) -> Outcome | None:
    kind, began = KINDS[name], time.perf_counter()
    whole = kind.postgres if database == "PostgreSQL" else kind.sqlite
    if not whole:
        return None
    what = f"kill -9 during {kind.what}, {database}"
    if database == "PostgreSQL" and not os.environ.get("SENTIMENT_TEST_DATABASE_URL"):
        return Outcome(what, 0, 0, 0.0, "SENTIMENT_TEST_DATABASE_URL names no server")
    count = max(1, round(whole * scale))
    workers = min(count, cores)
    shares = [count // workers + (place < count % workers) for place in range(workers)]
    seeds = range(seed * 1000, seed * 1000 + workers)
    told = list(pool.map(_share, [name] * workers, [database] * workers, shares, seeds))
    ways = sum((Counter(ways) for ways, _ in told), Counter())
    wrong = [one for _, several in told for one in several]
    note = ", ".join(f"{number:,} {way}" for way, number in ways.most_common())
    return Outcome(what, count, len(wrong), time.perf_counter() - began, note, tuple(wrong[:SHOWN]))


def _share(name: str, database: str, count: int, seed: int) -> tuple[dict[str, int], list[str]]:
    """Kill so many in this process's own folder and database."""
    load()
    kind, chance, ways, wrong = KINDS[name], random.Random(seed), Counter(), []
    with own_place(database) as where:
        kind.prepare(0)
        seconds, steps = _measured(kind)
        told: list[Any] = []
        turn = -1
        while ways["killed"] < count and turn < 3 * count:
            turn += 1
            if turn % REMEMBERED == 0 or not kind.lasts:
                told.clear()
                kind.prepare(turn)
            rounds = ROUNDS if kind.lasts else 1
            at_step = chance.randrange(rounds * steps) if turn % 2 else None
            life = chance.uniform(0, rounds * seconds)
            rounds = ENDLESS if kind.lasts and at_step is None else rounds
            code, said = victim(kind.job, where / "told", rounds=rounds, at_step=at_step, life=life)
            told += said
            way = "killed" if code == -signal.SIGKILL else "ended first" if code == 0 else f"ended with {code}"
            ways[way] += 1
            ways["acknowledged"] += len(said)
            found = [f"it ended with {code}"] if way.startswith("ended with") else []
            wrong += [f"kill {turn} of seed {seed}: {one}" for one in (*found, *kind.check(told))]
    return dict(ways), wrong


def load() -> None:
    """Load what victims need, so that they are at work from their first moment."""
    from importlib import import_module  # noqa: PLC0415

    for module in (
        "alembic.command", "alembic.op", "filelock", "pyarrow.parquet", "sqlalchemy.dialects.sqlite",
        "sqlalchemy.dialects.postgresql.psycopg", "sentiment.cli", "sentiment.cli.backup", "sentiment.tables.export",
        "sentiment.market.refresh", "sentiment.tables.note_tables", "sentiment.market.history", "sentiment.research.migrations.versions",
    ):  # fmt: skip
        import_module(module)


@contextmanager
def own_place(database: str) -> Iterator[Path]:
    """Save in a folder, and a database, that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        os.environ["SENTIMENT_DATA_DIR"] = str(Path(folder, "saved"))
        os.environ["SENTIMENT_OFFLINE"] = "1"
        os.environ.pop("SENTIMENT_DATABASE_URL", None)
        if database == "SQLite":
            yield Path(folder)
            return
        server = os.environ["SENTIMENT_TEST_DATABASE_URL"]
        name = f"torture_{uuid.uuid4().hex}"
        _statement(server, f"CREATE DATABASE {name} TEMPLATE template0")
        os.environ["SENTIMENT_DATABASE_URL"] = f"{server.rpartition('/')[0]}/{name}"
        try:
            yield Path(folder)
        finally:
            _statement(server, f"DROP DATABASE {name} WITH (FORCE)")


def _statement(url: str, statement: str) -> None:
    import psycopg  # noqa: PLC0415 - only where there is a server

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def victim(
    job: Callable[[], None], acks: Path, *, rounds: int = 1, at_step: int | None = None, life: float | None = None
) -> tuple[int, list[Any]]:
    """Fork a process that does the job and dies at a step or after a while; returns its code and what it told."""
    acks.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        code = 1
        try:
            _redirect(acks)
            if at_step is not None:
                sys.setprofile(_dying(at_step))
            for _ in range(rounds):
                job()
            code = 0
        except BaseException as error:  # noqa: BLE001 - the parent tells
            tell({"error": repr(error)})
        finally:
            sys.setprofile(None)
            os._exit(code)
    if at_step is None and life is not None:
        time.sleep(life)
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    lines = acks.read_text("utf-8").splitlines(keepends=True) if acks.exists() else []
    said = [json.loads(line) for line in lines if line.endswith("\n")]
    return code, said


_told = -1


def _redirect(acks: Path) -> None:
    global _told  # noqa: PLW0603 - of this one child
    _told = os.open(acks, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)


def tell(what: object) -> None:
    """Acknowledge: what is written here was over before."""
    before = sys.getprofile()
    sys.setprofile(None)
    os.write(_told, f"{json.dumps(what)}\n".encode())
    sys.setprofile(before)


def _dying(at_step: int) -> Callable[[Any, str, Any], None]:
    left = [at_step]

    def step(_frame: object, event: str, called: Any) -> None:
        if event == "c_call" and _is_step(called):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return step


def _is_step(called: Any) -> bool:
    owner = getattr(called, "__self__", None)
    module = owner.__name__ if isinstance(owner, ModuleType) else type(owner).__module__
    return getattr(called, "__name__", "") in STEPS and module.partition(".")[0] in AT_WORK


def _measured(kind: Kind) -> tuple[float, int]:
    """How long one round takes, and over how many steps."""
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):  # the second one finds what the first has left to the caches of this machine
            began = time.perf_counter()
            code, said = victim(kind.job, Path(folder, "told"))
            seconds = time.perf_counter() - began
            if code:
                raise RuntimeError(f"{kind.what} fails by itself with {code}: {said}")
            kind.prepare(0)
        counted = Path(folder, "steps")

        def counting() -> None:
            steps = [0]

            def step(_frame: object, event: str, called: Any) -> None:
                steps[0] += event == "c_call" and _is_step(called)

            sys.setprofile(step)
            kind.job()
            sys.setprofile(None)
            counted.write_text(str(steps[0]))

        victim(counting, Path(folder, "told"))
        kind.prepare(0)
        return seconds, int(counted.read_text())


# What is saved


def home() -> Path:
    return Path(os.environ["SENTIMENT_DATA_DIR"])


def fresh(_turn: int = 0) -> None:
    """Begin with nothing saved."""
    shutil.rmtree(home(), ignore_errors=True)
    if url := os.environ.get("SENTIMENT_DATABASE_URL"):
        _statement(url, "DROP SCHEMA public CASCADE")
        _statement(url, "CREATE SCHEMA public")


def restless(closes: np.ndarray | None = None, *, asked: float = 0.0) -> Callable[..., Any]:
    """Give a vendor who has changed one of the last closes since he was last asked."""
    from sentiment.market import providers  # noqa: PLC0415

    values = np.linspace(100.0, 200.0, 400) if closes is None else closes.copy()
    values[-random.randrange(2, 9)] *= random.uniform(0.9, 1.1)
    last = pd.Timestamp(datetime.now(UTC).date() - timedelta(days=1))
    index = pd.date_range(end=last, periods=len(values), freq="D").tz_localize("UTC")
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), values), index=index)
    frame = frame.assign(volume=10.0, dividends=0.0, splits=0.0)
    meta = providers.Meta(SYMBOL, "UTC", "CRYPTOCURRENCY", "USD")

    def fetch(_symbol: str, start: Any = None) -> Any:
        part = frame if start is None else frame.loc[start.isoformat() :]
        return providers.FetchResult(part, meta, datetime.now(UTC) - timedelta(seconds=asked))

    return fetch


def refresh_from(fetch: Callable[..., Any], symbol: str) -> Any:
    """Refresh a symbol from another source than Yahoo."""
    from sentiment.market.providers import yahoo  # noqa: PLC0415
    from sentiment.market.refresh import refresh  # noqa: PLC0415

    with patch.object(yahoo, "fetch", fetch):
        return refresh(symbol)


def reading(known_at: datetime | None = None) -> str:
    """Digest every figure of a reading of prices."""
    from sentiment.market import bar_store  # noqa: PLC0415

    return hashlib.sha256(bar_store.read_bars(SYMBOL, known_at=known_at).to_csv().encode()).hexdigest()


def _refreshes() -> None:
    refresh_from(restless(), SYMBOL)
    tell([datetime.now(UTC).isoformat(), reading()])


def _prices_stand(told: list[Any]) -> list[str]:
    from sentiment.market import bar_file  # noqa: PLC0415

    wrong = [
        f"what was read at {at} reads otherwise now"
        for at, seen in told[-REMEMBERED:]
        if reading(datetime.fromisoformat(at)) != seen
    ]
    wrong += [f"{name} was set aside" for name in bar_file.set_aside()]
    stored = bar_file.load(SYMBOL)
    if stored and stored[0].duplicated(["date", "known_at"]).any():
        wrong.append("a version of a day is there twice")
    return wrong


def _saves() -> None:
    from sentiment.research import store  # noqa: PLC0415

    name = f"n-{uuid.uuid4().hex}"
    first = store.append(name, f"{name} first", who="Ann")
    tell([first.sequence, name, first.content])
    again = store.append(name, f"{name} again", who="Ann", supersedes=first.sequence)
    tell([again.sequence, name, again.content])


def _notes_stand(told: list[Any]) -> list[str]:
    from sentiment.errors import SentimentError  # noqa: PLC0415
    from sentiment.research import store  # noqa: PLC0415

    try:
        saved = store.versions()
    except SentimentError as error:
        return [str(error)]
    there = Counter((one.id, one.content) for one in saved)
    at = {one.sequence: [one.sequence, one.id, one.content] for one in saved}
    wrong = [f"acknowledged version {one[0]} of {one[1]} is not there" for one in told if at.get(one[0]) != one]
    wrong += [f"{name} is there {number} times" for (name, _), number in there.items() if number > 1]
    try:
        store.append(f"after-{uuid.uuid4().hex}", "after", who="Ann")
    except SentimentError as error:
        wrong.append(f"nothing can be saved any more: {error}")
    return wrong


LATER = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0003", "0002"
def upgrade():
    op.create_table("later", sa.Column("x", sa.Integer))
    op.create_table("later_still", sa.Column("x", sa.Integer))
"""


def _migrates() -> None:
    """Save as a later program would, whose first save brings older tables up to date."""
    from sentiment.research import store  # noqa: PLC0415

    with tempfile.TemporaryDirectory(dir=home().parent) as folder:
        here = Path(store.__file__)
        shutil.copytree(here.with_name("migrations"), Path(folder, "migrations"))
        Path(folder, "migrations", "versions", "0003_later.py").write_text(LATER)
        store.__file__, store.REVISIONS = str(Path(folder, "store.py")), (*store.REVISIONS, "0003")
        saved = store.append("later", "text", who="Ann")
        tell([saved.sequence, "later", "text"])


def _older(turn: int) -> None:
    """Begin with nothing, or with tables of the version before."""
    from sentiment.research import store  # noqa: PLC0415

    fresh()
    if turn % 4 < 2:
        store.append("older", "text", who="Ann")


def _tables_stand(told: list[Any]) -> list[str]:
    from sentiment.research import store  # noqa: PLC0415

    known = store.REVISIONS
    store.REVISIONS = (*known, "0003")  # either is whole
    try:
        found = store.revision()
        wrong = [] if not told or found == "0003" else [f"the tables are of version {found} after the save was told"]
        there = {(one.sequence, one.id) for one in store.versions()}
        wrong += [f"acknowledged version {one[0]} is not there" for one in told if (one[0], one[1]) not in there]
        if found != "0003":
            store.REVISIONS = known
            store.append("after", "after", who="Ann")
    finally:
        store.REVISIONS = known
    return wrong


def _fill(*names: str, close: float) -> None:
    """Save notes with a correction, and two series of prices."""
    from sentiment.frames import PRICE_COLUMNS  # noqa: PLC0415
    from sentiment.market import bar_store  # noqa: PLC0415
    from sentiment.research import store  # noqa: PLC0415

    for name in names:
        first = store.append(name, NOTE.format(id=name, text="first"), who="Ann")
        store.append(name, NOTE.format(id=name, text="second"), who="Bob", supersedes=first.sequence)
    now = datetime.now(UTC)
    index = pd.date_range(end=pd.Timestamp("2026-10-01", tz="UTC"), periods=300, name="date").as_unit("us")
    for symbol in ("BRK.B", "^VIX"):
        frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": close}, index=index)
        bar_store.append(symbol, frame, now, bar_store.Facts(now, now))


def state() -> str:
    """Digest all that is saved, as it is read."""
    from sentiment.market import bar_store  # noqa: PLC0415
    from sentiment.research import store  # noqa: PLC0415

    prices = {one: bar_store.read_bars(one)["close"].tolist() for one in bar_store.symbols()}
    return hashlib.sha256(repr((store.versions(), prices)).encode()).hexdigest()


_states: dict[str, str] = {}


def _filled(_turn: int) -> None:
    """Begin with what is restored or backed up; made once, then copied."""
    from sentiment.cli import backup  # noqa: PLC0415

    whole = home().with_name("whole")
    if not whole.exists():
        fresh()
        _fill("note-b", "note-c", close=1.0)
        backup.make(home().with_name("b.zip"))
        _states["new"] = state()
        fresh()
        _fill("note-a", close=2.0)
        _states["old"] = state()
        shutil.copytree(home(), whole)
        backup.make(home().with_name("a.zip"))
    fresh()
    shutil.copytree(whole, home())
    if os.environ.get("SENTIMENT_DATABASE_URL"):
        with _elsewhere() as where:
            backup.restore(where.parent / "a.zip")
    home().with_name("made.zip").unlink(missing_ok=True)


@contextmanager
def _elsewhere() -> Iterator[Path]:
    """Let prices be saved in another folder."""
    before = home()
    os.environ["SENTIMENT_DATA_DIR"] = str(before.with_name("elsewhere"))
    try:
        yield home()
    finally:
        shutil.rmtree(home(), ignore_errors=True)
        os.environ["SENTIMENT_DATA_DIR"] = str(before)


def _restores() -> None:
    from sentiment.cli import backup  # noqa: PLC0415

    backup.restore(home().with_name("b.zip"), replace=True)
    tell("restored")


def _all_or_nothing(told: list[Any]) -> list[str]:
    from sentiment import files  # noqa: PLC0415
    from sentiment.cli import backup  # noqa: PLC0415

    waiting = (home() / files.RESTORE_JOURNAL).exists()
    backup.finish()
    found = {_states["old"]: "old", _states["new"]: "new"}.get(state(), "neither the old nor the new")
    if found not in {"old", "new"} or ((told or waiting) and found != "new"):
        return [f"after the restore{' was told' if told else ''} what is saved is {found}"]
    return []


def _backs_up() -> None:
    from sentiment.cli import backup  # noqa: PLC0415

    backup.make(home().with_name("made.zip"), replace=True)
    tell("made")


def _backup_stands(told: list[Any]) -> list[str]:
    from sentiment.cli import backup  # noqa: PLC0415
    from sentiment.errors import SentimentError  # noqa: PLC0415

    made = home().with_name("made.zip")
    if not made.exists():
        return ["the backup that was told of is not there"] if told else []
    with _elsewhere():
        try:
            backup.restore(made)
        except SentimentError as error:
            return [str(error)]
        return [] if state() == _states["old"] else ["the backup holds something else"]


EXPORTS = {
    "prices.csv": ["export", "BTC-USD", "--what", "prices", "-o"],
    "notes.csv": ["export", "BTC-USD", "--what", "notes", "-o"],
}


def _exports() -> None:
    from sentiment import cli  # noqa: PLC0415

    for name, command in EXPORTS.items():
        cli.app([*command, str(home() / name)], standalone_mode=False)
        tell(name)
    cli.app(["notes", "export", "-o", str(home() / "notes")], standalone_mode=False)
    tell("notes")


def _exported(_turn: int) -> None:
    """Begin with older exports under the same names."""
    whole = home().with_name("exported")
    if not whole.exists():
        fresh()
        home().mkdir()
        victim(_exports, home().with_name("told"))
        shutil.copytree(home(), whole)
    fresh()
    (home() / "notes").mkdir(parents=True)
    for path in (one for one in whole.rglob("*") if one.is_file()):
        (home() / path.relative_to(whole)).write_text("older")


def _exports_stand(told: list[Any]) -> list[str]:
    whole, wrong = home().with_name("exported"), []
    for path in (one for one in whole.rglob("*") if one.is_file()):
        name = path.relative_to(whole)
        found = home() / name
        content = found.read_bytes() if found.exists() else b""
        if content != path.read_bytes() and (content != b"older" or name.parts[0] in told):
            wrong.append(f"{name} has {len(content)} bytes: neither the older file nor the new one")
    return wrong


KINDS = {
    "refresh": Kind("a refresh", 280, 0, _refreshes, fresh, _prices_stand, lasts=True),
    "notes": Kind("saves of notes", 250, 110, _saves, fresh, _notes_stand, lasts=True),
    "migration": Kind("the first save and a migration", 150, 50, _migrates, _older, _tables_stand),
    "restore": Kind("a restore", 150, 40, _restores, _filled, _all_or_nothing),
    "backup": Kind("a back-up", 100, 0, _backs_up, _filled, _backup_stands),
    "export": Kind("exports", 70, 0, _exports, _exported, _exports_stand),
}
