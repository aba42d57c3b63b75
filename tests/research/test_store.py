"""Saved notes: the same behaviour on SQLite and on a real PostgreSQL, and what each does when it is damaged or away.

`SENTIMENT_TEST_DATABASE_URL` names a PostgreSQL server on which databases may be made; `.ci/run` starts one.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections import Counter
from contextlib import closing, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from databases import WAIT, a_database, forget_engines, server, shown
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentiment.errors import ConflictError, InputError, StoreError
from sentiment.research import database, note_versions, postgres_wait, store

pytestmark = pytest.mark.xdist_group("postgresql")  # one test freezes the server that all of them share

RESTORE = "restore the database from a backup or an export"
SECRET = "s3cret-Pa55"  # noqa: S105 - a made-up one


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path, monkeypatch):
    with a_database(request.param, tmp_path / "saved", monkeypatch) as made:
        yield made


@pytest.fixture
def file(empty_store):
    return empty_store / "notes.sqlite"


def save(note_id="a", content="text", **more):
    return store.append(note_id, content, who=more.pop("who", "Ann"), **more)


def python(code, *words, prefix=(), **options):
    return subprocess.run(
        [*prefix, sys.executable, "-c", code, *words], check=False, capture_output=True, timeout=120, **options
    )


def test_a_version_comes_back_as_it_was_saved(place):
    before = datetime.now(UTC)
    saved = save("a", "---\r\ntitle: x\r\n---\n\tü 😀\u2028\ufeff  \n", why="first thoughts")
    assert (saved.sequence, saved.id, saved.supersedes, saved.who, saved.why) == (1, "a", None, "Ann", "first thoughts")
    assert saved.content == "---\r\ntitle: x\r\n---\n\tü 😀\u2028\ufeff  \n"
    assert before <= saved.known_at <= datetime.now(UTC)
    assert saved.known_at.utcoffset() == timedelta(0)
    assert store.versions() == (saved,)
    assert len(place.run("SELECT * FROM note_versions")) == 1


kept = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=300)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_any_text_comes_back_byte_for_byte(kind, tmp_path):
    with pytest.MonkeyPatch.context() as patch, a_database(kind, tmp_path / "saved", patch):
        saved = []

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(kept, kept)
        def check(content, why):
            saved.append(save(f"note {len(saved)}", content, why=why))
            assert (saved[-1].content, saved[-1].why) == (content, why)
            assert store.versions() == tuple(saved)

        check()


def test_versions_replace_one_another_and_all_of_them_stay(place):
    first = save(content="one")
    second = save(content="two", supersedes=first.sequence)
    other = save("b", "another")
    gone = save(content=None, supersedes=second.sequence, why="wrong")
    back = save(content="three", supersedes=gone.sequence)
    assert store.versions() == (first, second, other, gone, back)
    assert [one.sequence for one in store.versions()] == [1, 2, 3, 4, 5]
    assert [one.supersedes for one in store.versions()] == [None, 1, None, 2, 4]
    assert [one.content for one in store.versions()] == ["one", "two", "another", None, "three"]
    assert place.run("SELECT count(*) FROM sentiment_revision") == [(1,)]


def test_a_note_that_ships_with_the_program_can_be_withdrawn(place):
    assert save("bundled", None).content is None
    assert place.run("SELECT content FROM note_versions") == [(None,)]


@pytest.mark.usefixtures("place")
def test_who_has_not_seen_the_latest_version_overwrites_nothing():
    first = save(content="one")
    second = save(content="two", supersedes=first.sequence, who="Bob")
    told = f"Bob saved another version on {second.known_at:%Y-%m-%d at %H:%M:%S} UTC; open it again"
    for seen in (None, first.sequence):
        with pytest.raises(ConflictError, match=f"a: nothing was saved: {told}"):
            save(content="mine", supersedes=seen)
    save(content=None, supersedes=second.sequence, who="Cem")
    with pytest.raises(ConflictError, match="a: nothing was saved: Cem withdrew it on"):
        save(content="mine", supersedes=second.sequence)
    assert [one.content for one in store.versions()] == ["one", "two", None]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("seen", [1, 2, 99])
def test_a_version_that_is_not_there_cannot_be_replaced(seen):
    save("other")
    with pytest.raises(StoreError, match=f"a: nothing was saved: version {seen}, .* is not in the database") as told:
        save(supersedes=seen)
    assert not isinstance(told.value, ConflictError)
    assert len(store.versions()) == 1
    save()
    with pytest.raises(StoreError, match=r"a: nothing was saved: version 99, .* is not in the database") as told:
        save(supersedes=99)
    assert not isinstance(told.value, ConflictError)


@pytest.mark.usefixtures("place")
def test_a_reading_gives_what_was_saved_by_its_time():
    first, second, third = (save(name) for name in "abc")
    assert store.versions(first.known_at - timedelta(microseconds=1)) == ()
    assert store.versions(first.known_at) == (first,)
    assert store.versions(third.known_at - timedelta(microseconds=1)) == (first, second)
    assert store.versions(datetime.now(UTC) + timedelta(days=1)) == (first, second, third)


@pytest.mark.usefixtures("place")
def test_a_clock_that_stands_or_goes_back_changes_no_order(monkeypatch):
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    clock = [noon, noon, noon - timedelta(days=1), noon + timedelta(hours=1)]
    monkeypatch.setattr("sentiment.research.store._now", iter(clock).__next__)
    numbers = []
    for name in "abcd":
        save(name)
        numbers.append(store.version())
    tick = timedelta(microseconds=1)
    expected = [noon, noon + tick, noon + 2 * tick, noon + timedelta(hours=1)]
    assert [one.known_at for one in store.versions()] == expected
    assert numbers == sorted(set(numbers))


def test_reading_makes_nothing(place, tmp_path):
    assert (store.version(), store.versions()) == (0, ())
    assert list(tmp_path.iterdir()) == []
    if place.kind == "postgresql":
        assert place.run("SELECT * FROM pg_tables WHERE schemaname = 'public'") == []


def test_where_nothing_is_saved_no_library_is_loaded(empty_store):
    code = (
        "import sys; from sentiment.research import store; assert store.version() == 0 and store.versions() == ();"
        "assert not {'sqlalchemy', 'alembic', 'psycopg', 'filelock'} & set(sys.modules)"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr.decode()
    assert not empty_store.exists()


@pytest.mark.usefixtures("place")
def test_only_a_new_database_loads_alembic():
    save()
    code = (
        "import sys; from sentiment.research import database, store; database._READ_WAIT = float(sys.argv[1]);"
        "assert store.version() and store.versions() and store.append('b', 'text', who='Ann');"
        "assert 'alembic' not in sys.modules"
    )
    done = python(code, str(WAIT))
    assert done.returncode == 0, done.stderr.decode()


def test_the_known_versions_of_the_tables_are_the_scripts():
    scripts = ScriptDirectory(str(Path(store.__file__).with_name("migrations"))).walk_revisions()
    assert [script.revision for script in scripts] == list(reversed(store.REVISIONS))


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("content", "a\0b", "the content of the note has a NUL at position 2"),
        ("content", "ab\ud800", r"the content of the note has half a character \(a lone surrogate\) at position 3"),
        ("why", "\udfff", "the why of the note has half a character"),
        ("who", "Ann\nBob", "the who of the note has a line break"),
        ("note_id", "a\0", "the id of the note has a line break or another character"),
        ("note_id", "", "without an id"),
        ("note_id", "x" * 201, "the id of the note has 201 characters; 200 are the most"),
        ("content", "x" * 65_537, "the content of the note has 65,537 characters; 65,536 are the most; shorten it"),
    ],
)
def test_what_some_database_would_not_keep_is_refused_by_all(empty_store, field, text, told):
    given_ = {"note_id": "a", "content": "text", "who": "Ann", field: text}
    with pytest.raises(InputError, match=told):
        store.append(**given_)
    assert not empty_store.exists()


@pytest.mark.usefixtures("place")
def test_the_longest_that_is_allowed_is_kept():
    longest = {name: "😀" * most for name, most in note_versions.LONGEST.items()}
    saved = store.append(longest.pop("id"), **longest)
    assert store.versions() == (saved,)


def text_of(damage):
    return damage.replace("$digest", "'" + "0" * 64 + "'")


@pytest.mark.parametrize(
    "damage",
    [
        "content = 'others'", "content = NULL", "who = 'Eve'", "why = 'no'", "id = 'z'", "known_at = known_at - 1",
        "known_at = 9000000000000000000", "supersedes = NULL", "digest = $digest",
    ],
)  # fmt: skip
def test_a_row_that_was_changed_is_told_and_never_left_out(place, damage):
    first = save("a", "one")
    second = save("a", "two", supersedes=first.sequence)
    place.run(text_of(f"UPDATE note_versions SET {damage} WHERE sequence = 2"))  # noqa: S608
    name = "z" if damage.startswith("id") else "a"
    told = f"the saved notes cannot be read: version 2, of {name}, is not as it was saved; {RESTORE}"
    for known_at in (None, second.known_at):
        with pytest.raises(StoreError, match=told):
            store.versions(known_at)
    for use in (store.version, lambda: save("b")):  # nothing is built on it either
        with pytest.raises(StoreError, match=told):
            use()
    assert place.run("SELECT count(*) FROM note_versions") == [(2,)]


def test_a_row_that_is_gone_is_told(place):
    for name in "abc":
        save(name)
    place.run("DELETE FROM note_versions WHERE sequence = 2")
    with pytest.raises(StoreError, match=f"version 2, before one of c, is missing; {RESTORE}"):
        store.versions()


def test_a_text_that_is_no_text_any_more_is_told(file):
    save("a", "one")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE note_versions SET content = CAST(x'ff00fe' AS TEXT)")
        connection.commit()
    with pytest.raises(StoreError, match="version 1, of a, is not as it was saved"):
        store.versions()


def test_a_database_of_a_newer_program_is_left_alone(place):
    save()
    place.run("UPDATE sentiment_revision SET version_num = '9999'")
    told = "the database is at version 9999 and this program knows up to 0002: a newer version .* update this one"
    for use in (store.version, store.versions, lambda: save("b")):
        with pytest.raises(StoreError, match=told):
            use()
    assert place.run("SELECT count(*) FROM note_versions") == [(1,)]


@pytest.mark.parametrize("damage", ["DROP TABLE sentiment_revision", "DELETE FROM sentiment_revision"])
def test_tables_of_an_unknown_version_are_told(place, damage):
    save()
    place.run(damage)
    for use in (store.versions, store.version, lambda: save("b")):
        with pytest.raises(StoreError, match=f"the version of the tables is missing; {RESTORE}"):
            use()


def test_tables_of_others_are_left_alone(place):
    if place.kind == "sqlite":
        save("first")  # makes the file
        place.run("DROP TABLE note_versions")
        place.run("DROP TABLE sentiment_revision")
    place.run("CREATE TABLE alembic_version (version_num VARCHAR(32))")
    place.run("INSERT INTO alembic_version VALUES ('theirs')")
    assert store.versions() == ()
    saved = save()
    assert store.versions() == (saved,)
    assert place.run("SELECT * FROM alembic_version") == [("theirs",)]


def test_an_upgrade_that_fails_leaves_nothing_behind(place):
    def fall(*_fields):
        raise StoreError("here")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sentiment.research.note_versions._digest", fall)
        with pytest.raises(StoreError, match="here"):
            save()
    tables = "sqlite_master" if place.kind == "sqlite" else "pg_tables WHERE schemaname = 'public'"
    assert place.run(f"SELECT * FROM {tables}") == []  # noqa: S608
    assert (store.version(), store.versions()) == (0, ())
    assert save().sequence == 1


LATER = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0003", "0002"
def upgrade():
    op.create_table("later", sa.Column("x", sa.Integer))
    if {fails}: op.execute("SELECT * FROM nowhere")
"""


@pytest.fixture
def later_program(tmp_path, monkeypatch):
    """Give the program one more version of the tables."""
    folder = tmp_path / "later 100%"

    def become(*, fails=False):
        shutil.copytree(Path(store.__file__).with_name("migrations"), folder / "migrations", dirs_exist_ok=True)
        (folder / "migrations" / "versions" / "0003_later.py").write_text(LATER.format(fails=fails))
        monkeypatch.setattr("sentiment.research.store.__file__", str(folder / "store.py"))
        monkeypatch.setattr("sentiment.research.store.REVISIONS", ("0001", "0002", "0003"))

    return become


def test_an_older_database_is_read_as_it_is_and_upgraded_by_the_first_save(place, later_program):
    first = save("a")
    later_program()
    assert store.versions() == (first,)
    assert place.run("SELECT * FROM sentiment_revision") == [("0002",)]
    second = save("b")
    assert store.versions() == (first, second)
    assert place.run("SELECT * FROM sentiment_revision") == [("0003",)]
    assert place.run("SELECT * FROM later") == []


def test_an_upgrade_that_breaks_off_leaves_the_older_database(place, later_program):
    first = save("a")
    later_program(fails=True)
    with pytest.raises(StoreError, match=r"b: the save failed: .*nowhere"):
        save("b")
    assert store.versions() == (first,)
    assert place.run("SELECT * FROM sentiment_revision") == [("0002",)]
    place.run("CREATE TABLE later (x INTEGER)")  # the other was taken back


WRITERS = """
import os, sys
import alembic.command, psycopg, sqlalchemy.dialects.postgresql, sqlalchemy.dialects.sqlite
from sentiment.research import database, store
from sentiment.errors import ConflictError
processes, rounds, database._READ_WAIT = map(int, sys.argv[1:])
def tell(*words): os.write(1, (" ".join(map(str, words)) + "\\n").encode())  # a line at once
def save(me, note_id, content, supersedes):
    try:
        saved = store.append(note_id, content, who=f"writer {me}", supersedes=supersedes)
    except ConflictError as conflict:
        tell("conflict", note_id)
        return None
    tell("saved", saved.sequence, note_id, content)
    return saved.sequence
def write(me):
    save(me, "first", f"{me}", None)
    mine = None
    for number in range(rounds):
        mine = save(me, f"own-{me}", f"{me}-{number}", mine)
        done = None
        while done is None:
            seen = max((one.sequence for one in store.versions() if one.id == "shared"), default=None)
            done = save(me, "shared", f"{me}-{number}", seen)
children = []
for me in range(processes):  # each has nothing left to load
    if not (child := os.fork()):
        write(me)
        os._exit(0)
    children.append(child)
assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * processes
"""


@pytest.mark.usefixtures("place")
@pytest.mark.slow
def test_processes_that_save_at_once_lose_nothing_and_are_told_of_each_other():
    processes, rounds = 8, 12  # scripts/torture does it at length
    done = python(WRITERS, str(processes), str(rounds), f"{WAIT:.0f}")
    assert (done.returncode, done.stderr.decode()) == (0, "")
    told = [line.split() for line in done.stdout.decode().splitlines()]
    stored = store.versions()
    assert {(str(one.sequence), one.id, one.content) for one in stored} == {
        tuple(words[1:]) for words in told if words[0] == "saved"
    }
    counts = Counter(one.id for one in stored)
    assert counts == {"first": 1, "shared": processes * rounds, **{f"own-{n}": rounds for n in range(processes)}}
    assert Counter(words[1] for words in told if words[0] == "conflict")["first"] == processes - 1
    assert [one.sequence for one in stored] == list(range(1, len(stored) + 1))
    assert all(older.known_at < newer.known_at for older, newer in pairwise(stored))
    for note_id in counts:
        chain = [one for one in stored if one.id == note_id]
        assert [one.supersedes for one in chain] == [None, *(one.sequence for one in chain[:-1])]


def test_threads_that_save_and_read_at_once_lose_nothing(place):
    failures = []

    def work(number):
        try:
            for one in range(10):
                save(f"{number}-{one}")
                assert store.version()
                assert store.versions()
        except Exception as failure:  # noqa: BLE001 - the test's own thread is to see it
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {one.id for one in store.versions()} == {f"{number}-{one}" for number in range(12) for one in range(10)}
    assert place.run("SELECT max(sequence) FROM note_versions") == [(120,)]


def test_a_child_of_a_fork_and_its_parent_do_not_disturb_each_other(place):
    code = """
import os, sys
from sentiment.research import database, store
database._READ_WAIT = float(sys.argv[1])
store.append("a", "before", who="Ann")
child = os.fork()
for number in range(20):
    store.append(f"{child == 0}-{number}", "text", who="Ann")
    store.versions()
if child:
    assert os.waitpid(child, 0)[1] == 0
    store.append("z", "after", who="Ann")
"""
    done = python(code, str(WAIT))
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert place.run("SELECT count(*), max(sequence), max(id) FROM note_versions") == [(42, 42, "z")]


ENDLESS = """
import sys
from sentiment.research import database, store
database._READ_WAIT = float(sys.argv[2])
number = 0
while True:
    content = f"{sys.argv[1]}-{number} " + "x" * (number * 97 % 30_000)
    saved = store.append(content.split()[0], content, who="Ann")
    print(saved.sequence, saved.id, flush=True)
    number += 1
"""


@pytest.mark.usefixtures("place")
@pytest.mark.slow
def test_whoever_is_killed_has_saved_all_that_it_was_told_is_saved():
    chance, told = random.Random(7), {}  # noqa: S311 - no secret
    for kill in range(6):  # scripts/torture does it at length
        writer = subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(kill), str(WAIT)], stdout=subprocess.PIPE, text=True
        )
        lines = [writer.stdout.readline() for _ in range(chance.randrange(1, 12))]
        timer = threading.Timer(chance.random() * 0.05, writer.send_signal, [signal.SIGKILL])
        timer.start()
        lines += writer.stdout.readlines()
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL
        timer.join()
        whole = [line.split() for line in lines if line.endswith("\n")]
        assert whole
        told |= {int(sequence): name for sequence, name in whole}
        stored = {one.sequence: one for one in store.versions()}
        assert {sequence: stored[sequence].id for sequence in told} == told
    assert save("after").sequence == len(store.versions())


def test_a_killed_first_save_leaves_a_place_to_save(empty_store):
    empty_store.mkdir()
    with closing(sqlite3.connect(empty_store / "notes.sqlite")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    assert (store.version(), store.versions()) == (0, ())
    saved = save()
    assert store.versions() == (saved,)


def test_a_file_that_was_half_made_is_made_anew(empty_store):
    empty_store.mkdir()
    (empty_store / "notes.sqlite.new").write_bytes(b"half" * 2000)
    assert (store.version(), store.versions()) == (0, ())
    saved = save()
    assert store.versions() == (saved,)


def test_the_file_is_kept_as_told(file):
    save()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with database.writing("x") as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        with (
            closing(sqlite3.connect(file, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")


def test_a_url_can_name_another_file(tmp_path, monkeypatch, empty_store):
    odd = tmp_path / "my notes #1 % ü.db"
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", f"sqlite:///{odd}")
    saved = save()
    assert store.versions() == (saved,)
    assert odd.is_file()
    assert not empty_store.exists()


def spoil(file, damage):
    sound = file.read_bytes()
    spoilt = {"foreign": b"<html>" * 4000, "cut": sound[: len(sound) // 2], "header": b"\0" * 100 + sound[100:]}
    file.write_bytes(spoilt[damage])


@pytest.mark.parametrize("damage", ["foreign", "cut", "header"])
def test_a_damaged_file_is_told_and_left_as_it_is(file, damage):
    for number in range(40):
        save(f"{number}", "x" * 3000)
    spoil(file, damage)
    spoilt = file.read_bytes()
    told = f"notes.sqlite: the file is damaged .*; {RESTORE}, or move it away to start again"
    with pytest.raises(StoreError, match=f"the saved notes cannot be read: .*{told}"):
        store.versions()
    with pytest.raises(StoreError, match=f"a: the save failed: .*{told}"):
        save()
    assert file.read_bytes() == spoilt


def test_bytes_that_changed_anywhere_are_told_or_change_nothing(file):
    for number in range(30):
        save(f"{number}", f"{number}" * 1500)
    sound, expected = file.read_bytes(), store.versions()
    chance, told = random.Random(11), 0  # noqa: S311 - no secret
    for _ in range(150):
        place = chance.randrange(len(sound))
        file.write_bytes(sound[:place] + bytes([sound[place] ^ chance.randrange(1, 256)]) + sound[place + 1 :])
        try:
            assert store.versions() == expected
        except StoreError:
            told += 1
    assert told > 75  # most of a file is text


def test_an_empty_file_is_damage_and_not_a_start(file):
    save()
    file.write_bytes(b"")
    for use in (store.version, store.versions, save):
        with pytest.raises(StoreError, match=f"the file is empty; {RESTORE}, or remove it to start again"):
            use()


def test_a_log_without_its_file_is_told_and_not_taken_over(file):
    save("a")
    kept_log = killed_with_a_log(file)
    file.unlink()
    for use in (store.versions, lambda: save("b")):
        with pytest.raises(StoreError, match=r"only its log, notes\.sqlite-wal, is there; put back or remove both"):
            use()
    assert kept_log.stat().st_size


def killed_with_a_log(file):
    """Leave what a process that died while others read leaves: a save that is in the log alone."""
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM note_versions").fetchall()
        save("in the log")
        log = Path(f"{file}-wal")
        shutil.copy(log, file.with_name("kept"))
    shutil.move(file.with_name("kept"), log)
    return log


def test_a_folder_that_cannot_be_made_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path / "file" / "saved"))
    assert (store.version(), store.versions()) == (0, ())
    with pytest.raises(
        StoreError, match=r"a: the save failed: .*notes.sqlite: it may not be opened or written \(Not a"
    ):
        save()


def test_a_folder_under_the_name_of_the_file_is_told(file):
    file.mkdir(parents=True)
    for use in (store.versions, save):
        with pytest.raises(StoreError, match=r"notes\.sqlite: it is not a file; move away what is there"):
            use()


def mounted(options, code):
    """Run code where a folder is mounted with other options, which binds root as well; skip where nobody may mount."""
    probe = ["unshare", "-rm", "sh", "-c", f"mount {options} && exec sleep 0"]
    if shutil.which("unshare") is None or subprocess.run(probe, check=False, capture_output=True).returncode:
        pytest.skip("nobody may mount here, so a folder cannot be made read-only or full for root")
    return python(code, prefix=("unshare", "-rm", "sh", "-c", f'mount {options} && exec "$@"', "sh"))


def read_only(folder, code):
    folder = str(folder)
    return mounted(f"--bind '{folder}' '{folder}' && mount -o remount,ro,bind '{folder}'", code)


READ_ONLY = """
from sentiment.research import store
from sentiment.errors import StoreError
print([one.id for one in store.versions()], store.version() > 0)
try: store.append("b", "text", who="Ann")
except StoreError as error: print(error)
"""


def test_a_read_only_folder_is_read_and_tells_that_it_cannot_be_written(file):
    save("a")
    done = read_only(file.parent, READ_ONLY)
    assert done.returncode == 0, done.stderr.decode()
    read, told = done.stdout.decode().splitlines()
    assert read == "['a'] True"
    assert told.startswith(f"b: the save failed: {file}: it may not be opened or written (")
    assert told.endswith("check the permissions of the file and folder")


def test_a_read_only_folder_with_a_log_is_not_read_without_it(file):
    save("a")
    killed_with_a_log(file)
    Path(f"{file}-shm").unlink(missing_ok=True)
    done = read_only(file.parent, "from sentiment.research import store; store.versions()")
    assert b"StoreError: the saved notes cannot be read: " in done.stderr
    assert b"it may not be opened or written" in done.stderr
    assert [one.id for one in store.versions()] == ["a", "in the log"]


def test_a_full_disk_is_told_and_what_was_saved_is_there(empty_store):
    empty_store.mkdir()
    code = """
from sentiment.research import store
from sentiment.errors import StoreError
saved = []
try:
    while True: saved.append(store.append(f"{len(saved)}", "x" * 5000, who="Ann"))
except StoreError as error: print(error)
assert saved and store.versions() == tuple(saved)
"""
    done = mounted(f"-t tmpfs -o size=512k tmpfs '{empty_store}'", code)
    assert done.returncode == 0, done.stderr.decode()
    assert "the disk is full" in done.stdout.decode()


@pytest.mark.usefixtures("file")
def test_a_disk_too_full_for_a_log_is_read_and_tells_a_writer_that_it_is_full(monkeypatch):
    first, real = save(), vars(database)["_connect"]

    def full(path, how, wait):
        if "immutable" in how:
            return real(path, how, wait)
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
        raise error

    monkeypatch.setattr(database, "_connect", full)
    forget_engines()
    assert store.versions() == (first,)
    with pytest.raises(StoreError, match=r"the save failed: .*the disk is full or has a fault"):
        save("b")
    forget_engines()


def test_a_writer_that_never_ends_is_told_and_hinders_no_reader(place, monkeypatch):
    first = save("a")
    with database.writing("x"):
        read = store.versions()
        if place.kind == "sqlite":
            forget_engines()  # its wait is the connection's
        with monkeypatch.context() as patch:
            patch.setattr(database, "_LOCK_WAIT", 0.3)
            patch.setattr(postgres_wait, "answers_by", lambda _seconds: nullcontext())  # the lock is what is waited for
            with pytest.raises(StoreError, match=r"b: the save failed: .*another process is using it and does not fin"):
                save("b")
    forget_engines()
    assert read == (first,)
    assert save("b").sequence == 2
    assert len(place.run("SELECT * FROM note_versions")) == 2


def test_the_lock_of_a_first_save_that_never_ends_is_told(file, monkeypatch):
    from filelock import FileLock  # noqa: PLC0415

    monkeypatch.setattr("sentiment.research.database._LOCK_WAIT", 0.1)
    file.parent.mkdir()
    with FileLock(f"{file}.lock"), pytest.raises(StoreError, match="another process is using it"):
        save()


def test_a_file_put_back_from_a_backup_is_seen_at_once(file):
    save("a")
    backup = file.read_bytes()
    save("b")
    number = store.version()
    file.write_bytes(backup)
    assert [one.id for one in store.versions()] == ["a"]
    assert save("c").sequence == 2
    assert store.version() > number  # so what was read before is not taken for what is there now


# PostgreSQL alone


def holds_no_secret(failure):
    logged = logging.Formatter().formatException((type(failure), failure, failure.__traceback__))
    for text in (str(failure), repr(failure), logged, "".join(traceback.format_exception(failure))):
        assert SECRET not in text
    assert "\n" not in str(failure)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://ann:{}@127.0.0.1:1/notes", "PostgreSQL database notes on 127.0.0.1: no connection .*efused"),
        ("postgres://ann:{}@127.0.0.1:1/notes", "PostgreSQL database notes on 127.0.0.1: no connection .*efused"),
        ("postgresql://ann:{}@127.0.0.1:1/notes?nonsense=1", "no connection .*nonsense"),
        ("postgresql://127.0.0.1:1/notes?user=ann&password={}", "no connection"),
        ("postgresql://ann:{}@127.0.0.1:port/notes", "no URL"),
        ("postgresql://ann:{}@x@127.0.0.1/notes", "more than one @; .* an @ in a password as %40"),
        ("postgresql://ann:x@{}@127.0.0.1/notes", "more than one @"),
        ("mysql://ann:{}@127.0.0.1/notes", "names no database that notes can be kept in"),
        ("{}", "no URL"),
        ("sqlite://", "names no database that notes can be kept in"),
        ("sqlite:///:memory:", "names no database that notes can be kept in"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_without_its_password(monkeypatch, url, told):
    pytest.importorskip("psycopg")
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", url.format(SECRET))
    for use in (store.version, store.versions, save):
        with pytest.raises(StoreError, match=told) as failed:
            use()
        assert "SENTIMENT_DATABASE_URL is " in str(failed.value)
        holds_no_secret(failed.value)
    forget_engines()


@pytest.mark.parametrize("password", [SECRET, "authentication"])  # the other stands in the server's own words
def test_a_wrong_password_is_told_and_not_shown(monkeypatch, password):
    url = server().set(password=password)
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", shown(url))
    with pytest.raises(StoreError, match=r"no connection .*password .* failed for user") as failed:
        store.versions()
    assert password not in str(failed.value)
    holds_no_secret(failed.value)
    forget_engines()


def test_a_missing_driver_is_told_with_what_to_install():
    code = (
        "import sys; sys.modules['psycopg'] = None\nfrom sentiment.research import store\n"
        "try: store.versions()\nexcept store.StoreError as error: print(error)"
    )
    done = python(code, env={**os.environ, "SENTIMENT_DATABASE_URL": f"postgresql://ann:{SECRET}@127.0.0.1:1/notes"})
    assert done.stdout.decode().strip() == (
        "the saved notes cannot be read: SENTIMENT_DATABASE_URL names a PostgreSQL server, and its driver is not "
        "installed; install sentiment-dashboard[postgres]"
    )


@pytest.fixture
def refusing():
    """A server that hangs up on everybody, and counts them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        calls = []

        def hang_up():
            while True:
                try:
                    caller, _ = listener.accept()
                except OSError:
                    return
                calls.append("before the caller knows that it is over")
                caller.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        yield listener.getsockname()[1], calls
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_server_that_is_away_is_left_alone_for_a_while(refusing, monkeypatch):
    pytest.importorskip("psycopg")
    port, calls = refusing
    clock = [100.0]
    monkeypatch.setattr("sentiment.research.database.monotonic", lambda: clock[0])
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", f"postgresql://ann:{SECRET}@127.0.0.1:{port}/notes")
    with pytest.raises(StoreError, match="no connection") as first:
        store.versions()
    tried = len(calls)
    assert tried
    clock[0] += 4.9
    with pytest.raises(StoreError) as again:
        store.versions()
    with pytest.raises(StoreError, match=r"a: the save failed: .* no connection"):
        save()
    assert str(again.value) == str(first.value)
    assert len(calls) == tried
    clock[0] += 0.2
    with pytest.raises(StoreError, match="no connection"):
        store.versions()
    assert len(calls) > tried
    forget_engines()


@pytest.fixture
def postgres(tmp_path, monkeypatch):
    with a_database("postgresql", tmp_path, monkeypatch) as made:
        yield made


def test_connections_that_the_server_dropped_are_made_anew(postgres):
    save("a")
    assert store.version()
    postgres.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
    assert [one.id for one in store.versions()] == ["a"]
    assert save("b").sequence == 2


def test_a_connection_that_breaks_while_saving_leaves_nothing_half_done(postgres):
    save("a")

    def broken():
        with database.writing("x") as connection:
            (pid,) = connection.exec_driver_sql("SELECT pg_backend_pid()").one()
            connection.exec_driver_sql("DELETE FROM note_versions")
            postgres.run(f"SELECT pg_terminate_backend({pid}, 5000)")

    with pytest.raises(StoreError, match=r"x: PostgreSQL database .*; the note may or may not be saved: open it again"):
        broken()
    assert [one.id for one in store.versions()] == ["a"]


def test_a_role_that_may_only_read_reads_and_tells_that_it_cannot_write(postgres, monkeypatch):
    save("a")
    role = f"reader_{uuid4().hex}"
    postgres.run(f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}'")
    postgres.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    try:
        monkeypatch.setenv("SENTIMENT_DATABASE_URL", shown(postgres.url.set(username=role, password=SECRET)))
        assert [one.id for one in store.versions()] == ["a"]
        with pytest.raises(StoreError, match=r"the role in the URL may not do that .*; grant it the right") as failed:
            save("b")
        holds_no_secret(failed.value)
    finally:
        forget_engines()
        postgres.run(f"DROP OWNED BY {role}")
        postgres.run(f"DROP ROLE {role}")


@pytest.mark.usefixtures("postgres")
def test_a_first_save_that_ends_between_two_looks_is_no_damage(monkeypatch):
    from sqlalchemy.engine.reflection import Inspector  # noqa: PLC0415 - where there is a server

    real, saved = Inspector.has_table, []

    def look(self, *names, **options):
        found = real(self, *names, **options)
        if not saved:
            saved.append("soon")
            saved.append(save())
        return found

    monkeypatch.setattr(Inspector, "has_table", look)
    assert store.versions() in {(), (saved[1],)}
    assert store.versions() == (saved[1],)


def test_a_server_with_stricter_isolation_saves_in_order_all_the_same(postgres):
    postgres.run(f"ALTER DATABASE {postgres.url.database} SET default_transaction_isolation = 'serializable'")
    test_threads_that_save_and_read_at_once_lose_nothing(postgres)


@pytest.fixture
def held(file):
    """A database that another process holds for itself."""
    save("a")
    forget_engines()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield other
    forget_engines()


@pytest.mark.usefixtures("held")
def test_a_file_held_by_another_process_is_given_up_soon_and_left_alone_for_a_while(monkeypatch):
    waits, connect = [], vars(database)["_connect"]
    monkeypatch.setattr(database, "_connect", lambda path, how, wait: waits.append(wait) or connect(path, how, wait))
    monkeypatch.setattr(database, "_READ_WAIT", 0.1)
    monkeypatch.setattr(database, "monotonic", lambda: 100.0)
    with pytest.raises(StoreError, match="another process is using it"):
        store.versions()
    assert set(waits) == {0.1}, "not the wait of a writer"
    tried = len(waits)
    for _ in range(20):
        with pytest.raises(StoreError, match="another process is using it"):
            store.version()
    assert len(waits) == tried


def test_a_writer_takes_its_turn_though_readers_gave_up(held, monkeypatch):
    monkeypatch.setattr("sentiment.research.database._READ_WAIT", 0.1)
    with pytest.raises(StoreError):
        store.versions()
    held.execute("COMMIT")
    held.close()
    assert save("b").sequence == 2


@pytest.fixture
def frozen(postgres, monkeypatch):
    """Every process of the server that serves this database, frozen; reads and new connections are given up soon."""
    monkeypatch.setattr(database, "_READ_WAIT", 1.0)
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", shown(postgres.url.set(query={"connect_timeout": "2"})))
    save("a")
    assert store.version()
    (data,) = postgres.run("SHOW data_directory")[0]
    postmaster = int(Path(data, "postmaster.pid").read_text().split()[0])
    served = [int(row[0]) for row in postgres.run("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")]  # fmt: skip

    def thaw():
        for process in (postmaster, *served):
            with suppress(ProcessLookupError):  # its client had hung up
                os.kill(process, signal.SIGCONT)

    for process in (postmaster, *served):
        os.kill(process, signal.SIGSTOP)
    try:
        yield thaw
    finally:
        thaw()


def test_a_frozen_server_is_given_up_left_alone_for_a_while_and_read_again(frozen, monkeypatch):
    tried, connection_class = [], vars(postgres_wait)["_connection_class"]

    def connect(*arguments, **options):
        tried.append(options)
        return connection_class().connect(*arguments, **options | {"connect_timeout": 2})  # libpq's shortest

    with monkeypatch.context() as patch:
        patch.setattr(postgres_wait, "_connection_class", lambda: SimpleNamespace(connect=connect))
        patch.setattr(database, "_READ_WAIT", 0.3)
        patch.setattr(database, "monotonic", lambda: 100.0)
        for _ in range(20):
            with pytest.raises(StoreError, match="no connection"):
                store.versions()
    assert len(tried) == 1, (
        "the first read asked the connection that it had, then made a new one; the others asked nobody"
    )
    frozen()
    vars(database)["_down"].clear()  # the while is over
    assert [version.id for version in store.versions()] == ["a"]
    assert save("b").sequence == 2


@pytest.mark.parametrize(
    ("query", "waited"),
    [
        ("", {"connect_timeout": 3, "tcp_user_timeout": 10_000}),
        ("?connect_timeout=60", {"connect_timeout": "60", "tcp_user_timeout": 10_000}),
        ("?connect_timeout=0&tcp_user_timeout=5", {"connect_timeout": "0", "tcp_user_timeout": "5"}),
    ],
)
def test_the_waits_of_the_url_win(monkeypatch, query, waited):
    psycopg, asked = pytest.importorskip("psycopg"), []

    def connect(*_, **options):
        asked.append({name: options[name] for name in waited})
        raise psycopg.OperationalError("nobody there")

    monkeypatch.setattr(postgres_wait, "_connection_class", lambda: SimpleNamespace(connect=connect))
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", f"postgresql://ann@127.0.0.1:1/notes{query}")
    with pytest.raises(StoreError, match="nobody there"):
        store.versions()
    assert asked == [waited]
    forget_engines()


def test_connecting_takes_nothing_from_the_time_for_an_answer(monkeypatch):
    clock = [100.0]

    def connect():
        clock[0] += 50.0
        return "a connection"

    monkeypatch.setattr(postgres_wait, "monotonic", lambda: clock[0])
    monkeypatch.setattr(postgres_wait, "_connection_class", lambda: SimpleNamespace(connect=connect))
    with postgres_wait.answers_by(2.5):
        assert postgres_wait.connect(None, None, [], {}) == "a connection"
        clock[0] += 2.4
        assert not postgres_wait.expired()
        clock[0] += 0.2
        assert postgres_wait.expired()
    assert not postgres_wait.expired()
