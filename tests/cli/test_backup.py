"""Back-up and restore: everything comes back, on either database, damage is refused, and a kill leaves all or nothing."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import command_line
import pandas as pd
import pytest
from databases import a_database, forget_engines

from sentiment.cli import backup
from sentiment.errors import InputError, StoreError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_store
from sentiment.research import followed, inbox, library, store
from sentiment.research.inbox_rows import Source
from sentiment.research.sources import intake
from sentiment.research.sources.items import Item, Look

pytestmark = pytest.mark.xdist_group("postgresql")  # one test freezes the server that all of them share

NOW = datetime(2026, 10, 4, tzinfo=UTC)


def fill(*ids, close=1.0):
    """Save some notes, a correction and a withdrawal, and two series."""
    for one in (f"own-{name}" for name in ids):
        text = library.file("k33-2025-12-02").replace("id: k33-2025-12-02", f"id: {one}")
        library.add(text, one, who="Änn")
        library.add(text.replace("December", "Winter"), one, who="Änn", why="é")
    library.withdraw(f"own-{ids[0]}", who="Bob", why="wrong")
    index = pd.DatetimeIndex([pd.Timestamp("2026-10-01", tz="UTC")], name="date").as_unit("us")
    for symbol in ("BRK.B", "^VIX"):
        frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": close}, index=index)
        bar_store.append(symbol, frame, NOW, bar_store.Facts(NOW, NOW))


def send(word):
    """Follow a source that has sent a story, and put it aside."""
    source = Source(f"desk-{word}", "feed", f"https://{word}.example/feed", "Desk", {}, NOW, "Ann", {"etag": "1"})
    followed.add_source(source)
    look = Look((Item("a", f"Bitcoin will rise, says {word}."),), lambda _: {"etag": "2"})
    (entry,) = intake.take(source, look).entries
    inbox.decide(entry.sequence, "dismissed", who="Änn")


def inboxes():
    return followed.sources(ended=True), inbox.entries()


def state():
    """All that is saved, as it is read."""
    return store.versions(), {one: bar_store.read_bars(one)["close"].tolist() for one in bar_store.symbols()}


@pytest.fixture
def place(request, tmp_path, monkeypatch):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path / "saved"))
    with a_database(request.param, tmp_path / "saved", monkeypatch) as made:
        yield made


@pytest.mark.parametrize("place", ["sqlite", "postgresql"], indirect=True)
def test_everything_comes_back_and_what_was_there_is_kept(place, tmp_path):
    fill("a", "b")
    send("one")
    before, sent = state(), inboxes()
    made = backup.make(tmp_path / "b.zip")
    assert (made.versions, made.series, made.damaged) == (5, 2, ())
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0, "notes are nobody else's business"
    fill("c", close=2.0)
    send("two")
    after, sent_after = state(), inboxes()
    assert after != before
    with pytest.raises(InputError, match="8 versions of notes and 2 series of prices already; --replace"):
        backup.restore(tmp_path / "b.zip")
    with pytest.raises(InputError, match="No such file"):  # before anybody is told to replace what is there
        backup.restore(tmp_path / "none.zip")
    assert state() == after
    done = backup.restore(tmp_path / "b.zip", replace=True)
    assert (done.versions, done.series, len(done.aside)) == (5, 2, 2)
    assert state() == before
    assert inboxes() == (sent if place.kind == "sqlite" else sent_after), "on PostgreSQL an inbox that is there stays"
    assert library.history("own-b")[-1].why == "é"
    fill("d")  # it can be written as before
    kept = [one for one in done.aside if one.endswith("bars")]
    assert len(kept) == 1
    assert not list((tmp_path / "saved").glob("restore*-*"))
    if place.kind == "sqlite":
        (old,) = (one for one in done.aside if one.endswith("notes.sqlite"))
        shutil.copy(old, tmp_path / "saved" / "notes.sqlite")
    else:
        (table,) = (one.removeprefix("table ") for one in done.aside if one.startswith("table"))
        assert place.run(f"SELECT count(*) FROM {table}") == [(8,)]  # noqa: S608 - our own


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_backup_moves_from_one_database_to_the_other(tmp_path, monkeypatch):
    fill("a", "b")
    before = state()
    backup.make(tmp_path / "b.zip")
    url = os.environ["SENTIMENT_DATABASE_URL"]
    monkeypatch.delenv("SENTIMENT_DATABASE_URL")
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path / "other"))
    backup.restore(tmp_path / "b.zip")
    assert state() == before
    fill("c")
    backup.make(tmp_path / "back.zip")
    moved = state()
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", url)
    forget_engines()
    backup.restore(tmp_path / "back.zip", replace=True)
    assert state() == moved


def test_an_empty_store_and_one_under_another_name_come_back(empty_store, tmp_path, monkeypatch):
    backup.make(tmp_path / "empty.zip")
    fill("a")
    backup.make(tmp_path / "b.zip")
    before = state()
    backup.restore(tmp_path / "empty.zip", replace=True)
    assert state() == ((), {})
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere/own.db")
    (tmp_path / "elsewhere").mkdir()
    backup.restore(tmp_path / "b.zip", replace=True)
    assert state() == before
    assert sorted(one.name for one in (tmp_path / "elsewhere").iterdir() if "own" not in one.name) == []
    assert empty_store.is_dir()


@pytest.mark.usefixtures("empty_store")
def test_a_damaged_store_can_be_replaced_and_is_kept(empty_store, tmp_path):
    fill("a")
    before = state()
    backup.make(tmp_path / "b.zip")
    (empty_store / "notes.sqlite").write_bytes(b"damaged" * 999)
    with pytest.raises(InputError, match="notes that cannot be read"):
        backup.restore(tmp_path / "b.zip")
    with pytest.raises(StoreError):
        backup.make(tmp_path / "c.zip")
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(("c", "tmp"))]
    done = backup.restore(tmp_path / "b.zip", replace=True)
    assert state() == before
    assert any(one.endswith("notes.sqlite") for one in done.aside)


def test_a_log_goes_aside_with_the_file_that_it_is_of(empty_store, tmp_path):
    fill("a")
    before = state()
    backup.make(tmp_path / "b.zip")
    with closing(sqlite3.connect(empty_store / "notes.sqlite")) as held:  # while it is open, the log stays
        held.execute("SELECT * FROM note_versions").fetchone()
        fill("b")
        assert (empty_store / "notes.sqlite-wal").stat().st_size
        done = backup.restore(tmp_path / "b.zip", replace=True)
        assert state() == before
    (kept,) = (Path(one) for one in done.aside if one.endswith("notes.sqlite"))
    with closing(sqlite3.connect(kept)) as old:
        assert old.execute("SELECT count(*) FROM note_versions").fetchone() == (6,)


@pytest.mark.usefixtures("empty_store")
def test_a_damaged_price_file_is_left_out_and_named(empty_store, tmp_path):
    fill("a")
    (empty_store / "bars" / "%5EVIX.parquet").write_bytes(b"PAR1 or so")
    made = backup.make(tmp_path / "b.zip")
    assert (made.series, made.damaged) == (1, ("%5EVIX.parquet",))
    assert (empty_store / "bars" / "%5EVIX.parquet").exists(), "a back-up moves nothing"


def test_a_name_that_is_taken_or_wrong_is_refused(empty_store, tmp_path):
    backup.make(tmp_path / "b.zip")
    content = (tmp_path / "b.zip").read_bytes()
    for name, told in (("b.zip", "there already"), ("b.tar", "does not end in .zip"), ("no/b.zip", "No such file")):
        with pytest.raises(InputError, match=told):
            backup.make(tmp_path / name)
    assert (tmp_path / "b.zip").read_bytes() == content
    backup.make(tmp_path / "b.zip", replace=True)
    assert not empty_store.exists()


# What may be wrong with a file


@pytest.fixture
def good(empty_store, tmp_path):
    fill("a", "b")
    backup.make(tmp_path / "good.zip")
    shutil.rmtree(empty_store)
    with zipfile.ZipFile(tmp_path / "good.zip") as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(path, parts, *, listed=None, **about):
    """Write a backup by hand; the manifest lists what is in it unless `listed` says otherwise."""
    files = {
        name: {"sha256": sha256(one).hexdigest(), "bytes": len(one)} for name, one in parts if name != "manifest.json"
    }
    manifest = {"format": "sentiment-backup", "version": 1, "files": files if listed is None else listed} | about
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, one in parts:
            file.writestr(name, json.dumps(manifest) if name == "manifest.json" else one)
    return path


def forged(content, **changes):
    rows = [json.loads(line) for line in content.splitlines()]
    rows[1] |= changes
    return b"\n".join(json.dumps(one).encode() for one in rows)


BAD = {
    "a part more": (lambda parts: [*parts.items(), ("bars/X.sh", b"#!")], {}, "X.sh', which no backup does"),
    "a path upwards": (lambda parts: [*parts.items(), ("bars/../../x.parquet", b"")], {}, "which no backup does"),
    "an absolute path": (lambda parts: [*parts.items(), ("/tmp/x.parquet", b"")], {}, "which no backup does"),  # noqa: S108
    "another's zip": (lambda _: [("a.txt", b"hello")], {}, "no manifest.json"),
    "a part less": (lambda parts: [one for one in parts.items() if "VIX" not in one[0]], "all", "is not what it lists"),
    "a part twice": (lambda parts: [*parts.items(), ("notes.jsonl", b"")], {}, "is not what it lists"),
    "another form": (lambda parts: parts.items(), {"format": "x"}, "not one of ours"),
    "a newer form": (lambda parts: parts.items(), {"version": 3}, "newer version of the program made it"),
    "no list": (lambda parts: parts.items(), {"files": [1]}, "not one of ours"),
    "a row changed": (lambda parts: (parts | {"notes.jsonl": forged(parts["notes.jsonl"], who="Eve")}).items(), {}, "version 2 of the"),
    "a row gone": (lambda parts: (parts | {"notes.jsonl": parts["notes.jsonl"].partition(b"\n")[2]}).items(), {}, "version 1 of the"),
    "no rows": (lambda parts: (parts | {"notes.jsonl": b"[1]\n"}).items(), {}, "is damaged"),
    "no prices": (lambda parts: (parts | {"bars/%5EVIX.parquet": b"PAR1"}).items(), {}, "VIX.parquet holds no prices"),
    "a bomb": (lambda parts: parts.items(), "bomb", "unpacks to more than"),
    "a lie": (lambda parts: parts.items(), "lie", "notes.jsonl is not as it was saved"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_damaged_or_foreign_file_changes_nothing(good, what, tmp_path, empty_store):
    parts, about, told = BAD[what]
    of_good = {name: {"sha256": sha256(one).hexdigest(), "bytes": len(one)} for name, one in good.items()}
    of_good.pop("manifest.json")
    lists = {
        "all": of_good,
        "bomb": of_good | {"notes.jsonl": {"sha256": "", "bytes": 2**40}},
        "lie": of_good | {"notes.jsonl": {"sha256": of_good["notes.jsonl"]["sha256"], "bytes": 5}},
    }
    more = {"listed": lists[about]} if isinstance(about, str) else about
    with pytest.warns(UserWarning, match="Duplicate name") if what == "a part twice" else nullcontext():
        path = packed(tmp_path / "bad.zip", list(parts(good)), **more)
    with pytest.raises(InputError, match=told):
        backup.restore(path)
    assert state() == ((), {})
    assert [one.name for one in empty_store.iterdir()] == ["restore.lock"]


@pytest.mark.slow
def test_bytes_that_changed_anywhere_are_told_or_change_nothing(good, tmp_path, empty_store):
    assert good
    whole = (tmp_path / "good.zip").read_bytes()
    backup.restore(tmp_path / "good.zip")
    right = state()
    shutil.rmtree(empty_store)
    bad = tmp_path / "bad.zip"
    for place in range(0, len(whole), len(whole) // 60):
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            backup.restore(bad)
        except InputError:
            assert state() == ((), {}), place
        else:  # what nobody reads, such as the date of a part
            assert state() == right, place
            shutil.rmtree(empty_store)
    bad.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not a whole ZIP file"):
        backup.restore(bad)


# Kills

KILLED = """
import hashlib, os, shutil, sys
from pathlib import Path
import alembic.command, alembic.op, filelock, pyarrow.parquet, sqlalchemy.dialects.sqlite
from sentiment import files
from sentiment.cli import backup
from sentiment.market import bar_store
from sentiment.research import store

file, whole, steps = Path(sys.argv[1]), Path(sys.argv[2]), range(0, 60, int(sys.argv[3]))

def counted(name, left):
    real = getattr(Path, name)
    def step(*args, **kwargs):
        if not left:
            os._exit(9)
        left.pop()
        return real(*args, **kwargs)
    setattr(Path, name, step)

for many in steps:  # each in a process of its own, which has nothing left to load
    shutil.rmtree(files.saved())
    shutil.copytree(whole, files.saved())
    if not (child := os.fork()):
        left = [0] * many
        for name in ("rename", "replace", "unlink", "mkdir"):
            counted(name, left)
        backup.restore(file, replace=True)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    waiting = (files.saved() / files.RESTORE_JOURNAL).exists()
    if "leave" not in sys.argv:
        backup.finish()  # what the next command or start of the server does
    found = store.versions(), {symbol: bar_store.read_bars(symbol)["close"].tolist() for symbol in bar_store.symbols()}
    print(code, waiting, hashlib.sha256(repr(found).encode()).hexdigest(), flush=True)
    if code == 0 or (waiting and "leave" in sys.argv):
        break
"""


def digest():
    return sha256(repr(state()).encode()).hexdigest()


@pytest.fixture
def two_states(empty_store, tmp_path):
    """A backup, and another state over which it is restored; gives the digests of both."""
    fill("a", "b")
    new = digest()
    backup.make(tmp_path / "b.zip")
    fill("c", close=2.0)
    shutil.copytree(empty_store, tmp_path / "whole")
    return digest(), new


def kill(tmp_path, *how, every=1):
    command = [sys.executable, "-c", KILLED, str(tmp_path / "b.zip"), str(tmp_path / "whole"), str(every), *how]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    return [line.split() for line in told.splitlines()]


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_all_or_nothing(two_states, tmp_path, empty_store):
    old, new = two_states
    found = kill(tmp_path)
    assert {(code, waiting, {old: "old", new: "new"}.get(state)) for code, waiting, state in found} == {
        ("9", "False", "old"), ("9", "True", "new"), ("0", "False", "new"),
    }  # fmt: skip
    assert not (empty_store / "restore.json").exists()
    assert digest() == new


@pytest.mark.slow
def test_the_next_command_does_the_rest(two_states, tmp_path, empty_store):
    _, new = two_states
    kill(tmp_path, "leave", every=4)
    assert (empty_store / "restore.json").exists()
    command_line.run("notes", "list")
    assert not (empty_store / "restore.json").exists()
    assert digest() == new


@pytest.mark.parametrize(
    "content", [b"", b'{"stages": [', b"\xff", b"[]", b'{"rows": 1, "table": "", "stages": [], "moves": []}']
)
def test_a_damaged_journal_is_told_and_kept(content, empty_store):
    empty_store.mkdir()
    journal = empty_store / "restore.json"
    journal.write_bytes(content)
    with pytest.raises(InputError, match=r"restore.json, which has what is left to do, is damaged; move it away"):
        backup.finish()
    assert journal.read_bytes() == content


def test_the_commands_say_what_they_did(empty_store, tmp_path):
    fill("a")

    def run(*words):
        done = command_line.run(*words, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    file, other = str(tmp_path / "b.zip"), str(tmp_path / "c.zip")
    assert run("backup", file) == (0, f"{file}: 3 versions of notes and 2 series of prices\n", "")
    code, told, _ = run("restore", file, "--replace")
    assert code == 0
    assert told.startswith(
        f"3 versions of notes and 2 series of prices restored from {file}\nwhat was there before is kept"
    )
    (empty_store / "bars" / "%5EVIX.parquet").write_bytes(b"x")
    code, told, wrong = run("backup", other)
    assert (code, told) == (1, f"{other}: 3 versions of notes and 1 series of prices\n")
    assert "VIX" in wrong
