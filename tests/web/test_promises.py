"""What an answer or a link was promised: nothing is saved under its instant any more, whatever was on its way by then."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from asgi import ask
from sqlalchemy import Engine, event
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.errors import BarsError, StoreError
from sentiment.formatting import read_instant
from sentiment.frames import PRICE_COLUMNS, every_day
from sentiment.market import bar_file, bar_store
from sentiment.research import store
from sentiment.web.api import ApiMiddleware

BEFORE = datetime(2025, 12, 3, 9, tzinfo=UTC)
LATER = BEFORE + timedelta(minutes=5)
PINNED = "as_of=2025-12-02&known_at=2025-12-03T10:00:00Z&method=3"


@pytest.fixture(autouse=True)
def at_once(monkeypatch, empty_store):
    """Nobody waits for a lock: who holds it in these tests does not let go meanwhile."""
    monkeypatch.setattr(files, "_PROMISE_WAIT", 0.0, raising=False)
    monkeypatch.setattr(files, "_SAVE_WAIT", 0.0, raising=False)
    monkeypatch.setenv("SENTIMENT_API_RATE", "0")
    return empty_store


async def nothing(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def append(symbol, known_at, closes=(1.0, 2.0)):
    index = every_day(date(2025, 12, 1), date(2025, 12, len(closes)))
    bars = pd.DataFrame({name: np.asarray(closes, float) for name in PRICE_COLUMNS}, index=index)
    bars = bars.assign(dividends=0.0, splits=0.0)
    return bar_store.append(symbol, bars, known_at, bar_store.Facts(known_at, known_at))


def test_prices_on_their_way_to_the_disk_let_no_later_instant_be_promised(monkeypatch):
    promised, save = [], bar_store.save

    def slow(*what):
        promised.append(files.promise(LATER))
        save(*what)

    monkeypatch.setattr(bar_store, "save", slow)
    append("X", BEFORE)
    assert promised == [False]
    assert files.promised_until() < BEFORE
    assert files.promise(LATER)
    assert bar_store.read_bars("X", LATER)["close"].tolist() == [1.0, 2.0]


@contextmanager
def asked_for_at_the_first_commit(instant):
    """Ask for a promise when a note is written and not committed yet; give the answer as the only item."""
    answers, asked = [], []

    def committing(_connection):
        if not asked:
            asked.append(True)
            answers.append(store.promise(instant))

    event.listen(Engine, "commit", committing)
    try:
        yield answers
    finally:
        event.remove(Engine, "commit", committing)


def test_a_note_on_its_way_to_the_disk_lets_no_later_instant_be_promised(monkeypatch):
    monkeypatch.setattr(store, "_now", lambda: BEFORE)
    with asked_for_at_the_first_commit(LATER) as answers:
        store.append("a", "text", who="Ann")
    assert answers == [False]
    assert store.promise(LATER)
    assert [version.id for version in store.versions(LATER)] == ["a"]


def test_saves_on_their_way_do_not_wait_for_each_other(monkeypatch):
    save = bar_store.save

    def slow(symbol, *what):
        if symbol == "X":
            append("Y", BEFORE)
            store.append("a", "text", who="Ann")
        save(symbol, *what)

    monkeypatch.setattr(bar_store, "save", slow)
    append("X", BEFORE)
    assert bar_store.symbols() == ("X", "Y")
    assert len(store.versions()) == 1


def test_a_save_that_a_promise_under_way_keeps_waiting_saves_nothing_and_says_so(monkeypatch):
    told, replace = [], files.replace

    def slow(*what):
        with pytest.raises(BarsError, match="X: the saved prices are as they were"):
            append("X", BEFORE)
        with pytest.raises(StoreError, match="a: the save failed: an answer is being promised"):
            store.append("a", "text", who="Ann")
        told.append(what)
        replace(*what)

    monkeypatch.setattr(files, "replace", slow)
    assert files.promise(LATER)
    assert len(told) == 1
    assert bar_store.symbols() == ()
    assert store.versions() == ()


def test_a_database_of_others_needs_no_lock_of_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    monkeypatch.setattr(store, "_now", lambda: BEFORE)
    with asked_for_at_the_first_commit(BEFORE) as answers:
        store.append("a", "text", who="Ann")
    assert answers == [False]
    assert store.promise(BEFORE)
    assert not store.promise(LATER)
    with files.nothing_promised():
        assert store.append("b", "text", who="Ann").known_at > BEFORE


def damage(path):
    """Spoil a file as a disk does, without a trace in its times; return what puts it back in the same way."""
    content, times = path.read_bytes(), (path.stat().st_atime_ns, path.stat().st_mtime_ns)

    def written(what):
        path.write_bytes(what)
        os.utime(path, ns=times)

    written(b"PAR1 not really")
    return lambda: written(content)


def test_while_a_damaged_file_is_set_aside_no_answer_is_called_immutable():
    api, scores = ApiMiddleware(nothing), f"/api/v1/prices.csv?asset=BTC-USD&{PINNED}"
    append("BTC-USD", BEFORE)
    before = ask(api, scores)
    assert "immutable" in before.headers["cache-control"]
    mend = damage(files.saved() / "bars" / "BTC-USD.parquet")
    assert ask(api, scores).status == 503
    meanwhile = ask(api, scores)
    assert meanwhile.status == 200
    assert meanwhile.body != before.body
    assert meanwhile.headers["cache-control"] == "no-cache"
    mend()
    again = ask(api, scores)
    assert again.body == before.body
    assert (
        again.headers["cache-control"] == "private, no-cache"
    )  # saved bars, unlike bundled ones, may be bound by terms
    (aside,) = (files.saved() / "bars").glob("*.damaged-*")
    aside.unlink()
    assert ask(api, scores).headers == before.headers


def test_a_file_that_cannot_be_set_aside_is_unreadable_until_it_changes(monkeypatch):
    append("X", BEFORE)
    mend = damage(files.saved() / "bars" / "X.parquet")

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.rename", refused)
        with pytest.raises(BarsError, match="cannot be set aside"):
            bar_store.read_bars("X")
    assert bar_store.changed_at("X") == bar_store.UNREADABLE
    assert not bar_store.all_sound()
    mend()
    assert bar_store.changed_at("X") > 0
    assert bar_store.all_sound()


def test_a_file_put_back_with_its_old_times_is_another_version():
    append("X", BEFORE)
    before = bar_store.changed_at("X")
    mend = damage(files.saved() / "bars" / "X.parquet")
    for _ in range(100_000):  # until the clock of the file system has moved on
        mend()
        if bar_store.changed_at("X") != before:
            return
    pytest.fail("what was read of the damaged file is taken for what the mended one holds")


def shared(**query):
    """Return the pinned link that the page offers, its instant, and whether it is said to be for good."""
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    links = [parse_qs(urlsplit(code.value).query) for code in app.code if not code.value.startswith("<")]
    (instant,) = (link["known_at"][0] for link in links if "known_at" in link)
    return read_instant(instant), any("for good" in caption.value for caption in app.caption)


def test_a_link_for_good_is_promised_when_it_is_given_out(monkeypatch):
    instant, for_good = shared()
    assert for_good
    assert files.promised_until() == instant
    monkeypatch.setattr(store, "_now", lambda: BEFORE)  # set back
    append("X", BEFORE)
    assert store.append("a", "text", who="Ann").known_at > instant
    assert bar_store.read_bars("X", instant).empty


def test_a_link_is_not_for_good_where_others_may_save_under_its_instant(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    monkeypatch.setattr(store, "_now", lambda: BEFORE)
    store.append("k33-2026-02-17-range", (files.NOTES / "k33-2026-02-17-range.md").read_text("utf-8"), who="Ann")
    assert not shared()[1]
    assert shared(known_at="2025-12-03T09:00:00Z")[1]
    assert not shared(known_at="2025-12-03T09:00:01Z")[1]


def test_a_link_is_not_for_good_while_a_damaged_file_is_set_aside():
    append("X", BEFORE)
    (bar_file.folder() / "X.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(BarsError):
        bar_store.read_bars("X")
    assert not shared()[1]


def test_an_instant_to_come_is_never_promised():
    shared(known_at="2999-01-01T00:00:00Z")
    assert files.promised_until() <= datetime.now(UTC)


def test_a_link_is_not_for_good_while_the_notes_cannot_be_read(at_once):
    at_once.mkdir()
    (at_once / "notes.sqlite").write_bytes(b"")
    assert not shared()[1]


def test_a_file_of_another_name_or_no_folder_is_no_damage(at_once):
    assert bar_store.all_sound()
    append("X", BEFORE)
    for name in ("X.lock", "not quoted.parquet", ".parquet"):
        (at_once / "bars" / name).unlink(missing_ok=True)
        (at_once / "bars" / name).mkdir()
    assert bar_store.all_sound()
    (at_once / "bars" / "Y.parquet").mkdir()
    assert not bar_store.all_sound()
