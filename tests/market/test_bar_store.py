from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.errors import BarsError
from sentiment.frames import every_day
from sentiment.market import assets, bar_file, bar_store

FIRST = date(2024, 1, 1)
NOW = datetime(2024, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))
    return tmp_path / "bars"


def frame(closes, first=FIRST, splits=None):
    index = every_day(first, first + timedelta(days=len(closes) - 1))
    made = pd.DataFrame({name: np.asarray(closes, float) for name in ("open", "high", "low", "close")}, index=index)
    made = made.assign(volume=1000.0, dividends=0.0, splits=0.0)
    for place, ratio in (splits or {}).items():
        made.iloc[place, -1] = ratio
    return made.dropna(subset=["close"])


def about(asked, full=None):
    return bar_store.Facts(asked, full or asked)


def append(symbol, made, known_at, *, whole=True):
    return bar_store.append(symbol, made, known_at, about(known_at, known_at if whole else NOW - 99 * HOUR))


def test_a_reading_gives_the_version_of_its_time():
    assert append("X", frame([1, 2, 3]), NOW) == bar_store.AppendResult(3, 0)
    assert append("X", frame([1, 2.5, 3, 4]), NOW + HOUR) == bar_store.AppendResult(1, 1)
    assert bar_store.read_bars("X")["close"].tolist() == [1, 2.5, 3, 4]
    assert bar_store.read_bars("X", known_at=NOW)["close"].tolist() == [1, 2, 3]
    assert bar_store.read_bars("X").loc[:"2024-01-02", "close"].tolist() == [1, 2.5]
    assert bar_store.read_bars("X", known_at=NOW - HOUR).empty
    assert bar_store.read_bars("never seen").empty
    assert bar_store.read_bars("X").index.equals(every_day(FIRST, date(2024, 1, 4)))


def test_revisions_name_day_column_old_new_and_when():
    append("X", frame([1, 2, 3]), NOW)
    append("X", frame([1, 2.5, 3]), NOW + HOUR)
    append("X", frame([1, 2.7, 3]), NOW + 2 * HOUR)
    found = bar_store.revisions("X")
    assert list(found.columns) == ["date", "column", "old", "new", "known_at"]
    closes = found[found["column"] == "close"]
    assert closes[["old", "new"]].to_numpy().tolist() == [[2, 2.5], [2.5, 2.7]]
    assert closes["known_at"].tolist() == [pd.Timestamp(NOW + HOUR), pd.Timestamp(NOW + 2 * HOUR)]
    assert set(closes["date"].dt.date) == {date(2024, 1, 2)}
    assert bar_store.revisions("never seen").empty


def test_what_did_not_change_adds_no_row_and_single_precision_is_no_change():
    append("X", frame([1.1, 2.2]), NOW)
    again = append("X", frame([float(np.float32(1.1)), 2.2]), NOW + HOUR)
    assert again == bar_store.AppendResult(0, 0)
    assert bar_store.fetched_at("X") == NOW + HOUR
    assert bar_store.revisions("X").empty


def test_a_split_restates_everything_and_replay_still_gives_the_old_scale():
    append("X", frame([100, 110, 120]), NOW)
    after = frame([10, 11, 12, 12.5], splits={3: 10})
    assert append("X", after, NOW + HOUR) == bar_store.AppendResult(1, 3)
    for known_at in (NOW, NOW + HOUR, None):
        assert bar_store.read_bars("X", known_at=known_at)["close"].pct_change().abs().max() < 0.2
    assert bar_store.read_bars("X", known_at=NOW)["close"].tolist() == [100, 110, 120]


def test_a_split_without_the_history_before_it_is_refused_and_nothing_is_written():
    append("X", frame([100, 110, 120]), NOW)
    part = frame([12, 12.5], first=date(2024, 1, 3), splits={1: 10})
    with pytest.raises(
        BarsError, match=r"X: a split on 2024-01-04 restates prices since 2024-01-01.*refresh it in full"
    ):
        append("X", part, NOW + HOUR, whole=False)
    assert bar_store.read_bars("X")["close"].tolist() == [100, 110, 120]


def test_a_day_that_a_split_leaves_on_the_old_scale_is_withdrawn_and_can_come_back():
    append("X", frame([100, 110, 120]), NOW)
    assert append("X", frame([10, np.nan, 12, 12.5], splits={3: 10}), NOW + HOUR) == bar_store.AppendResult(1, 2, 1)
    assert bar_store.read_bars("X")["close"].tolist() == [10, 12, 12.5]
    assert bar_store.read_bars("X", known_at=NOW)["close"].tolist() == [100, 110, 120]
    append("X", frame([10, 11, 12, 12.5], splits={3: 10}), NOW + 2 * HOUR)
    assert bar_store.read_bars("X")["close"].tolist() == [10, 11, 12, 12.5]


def test_a_day_that_the_vendor_loses_stays():
    append("X", frame([1, 2, 3]), NOW)
    assert append("X", frame([1, np.nan, 3]), NOW + HOUR) == bar_store.AppendResult(0, 0)
    assert bar_store.read_bars("X")["close"].tolist() == [1, 2, 3]


def test_an_answer_asked_for_earlier_adds_days_but_revises_none():
    append("X", frame([1, 2, 3]), NOW)
    late = bar_store.append("X", frame([1, 9, 3, 4]), NOW + HOUR, about(NOW - HOUR))
    assert late == bar_store.AppendResult(1, 0)
    assert bar_store.read_bars("X")["close"].tolist() == [1, 2, 3, 4]
    assert bar_store.fetched_at("X") == NOW


def test_a_clock_that_jumped_back_changes_no_replay():
    append("X", frame([1, 2]), NOW)
    before = bar_store.read_bars("X", known_at=NOW)
    bar_store.append("X", frame([1, 5]), NOW - 24 * HOUR, about(NOW + HOUR))
    pd.testing.assert_frame_equal(bar_store.read_bars("X", known_at=NOW), before)
    assert bar_store.read_bars("X")["close"].tolist() == [1, 5]


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "foreign", "other parquet"])
def test_a_damaged_file_is_set_aside_and_never_overwritten(folder, damage):
    append("^VIX", frame(np.arange(1.0, 400.0)), NOW)
    (path,) = folder.glob("*.parquet")
    sound = path.read_bytes()
    middle = len(sound) // 3
    if damage == "other parquet":
        pd.DataFrame({"a": [1]}).to_parquet(path)
    else:
        path.write_bytes({
            "cut": sound[:-50], "empty": b"", "foreign": b"<html>" * 40,
            "flipped": sound[:middle] + bytes([sound[middle] ^ 255]) + sound[middle + 1 :],
        }[damage])  # fmt: skip
    spoilt = path.read_bytes()
    with pytest.raises(BarsError, match=r"\^VIX: the saved prices cannot be read and were set aside as .*; refresh it"):
        bar_store.read_bars("^VIX")
    (aside,) = folder.glob("*.damaged-*")
    assert aside.read_bytes() == spoilt
    assert bar_store.read_bars("^VIX").empty
    assert bar_store.symbols() == ()
    append("^VIX", frame([1.0]), NOW + HOUR)
    assert bar_store.read_bars("^VIX")["close"].tolist() == [1]


def test_a_damaged_file_that_cannot_be_set_aside_is_told_as_damaged(folder, monkeypatch):
    append("BTC-USD", frame([1.0]), NOW)
    (folder / "BTC-USD.parquet").write_bytes(b"PAR1 not really")

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(
        BarsError, match=r"cannot be read, and the damaged file cannot be set aside; .*: Permission denied"
    ):
        bar_store.read_bars("BTC-USD")


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to(path), os.mkfifo])
def test_what_is_no_file_is_told_and_never_waited_for(folder, make):
    folder.mkdir(parents=True, exist_ok=True)
    make(folder / "BTC-USD.parquet")
    with pytest.raises(BarsError, match="the saved prices cannot be opened"):
        bar_store.read_bars("BTC-USD")
    assert list(bar_file.all_files()) == [("BTC-USD.parquet", None)]


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to(path), os.mkfifo])
def test_what_cannot_be_read_is_listed_and_hides_no_other(folder, make):
    append("SOL-USD", frame([1.0]), NOW)
    make(folder / "AAPL.parquet")
    for foreign in (".parquet", "foo bar.parquet", "BTC.USD.parquet"):
        (folder / foreign).write_bytes(b"x")
    assert bar_store.symbols() == ("AAPL", "SOL-USD")
    assert bar_store.changed_at("AAPL") == bar_store.UNREADABLE
    assert assets.names()[-2:] == ("AAPL", "SOL-USD")
    with pytest.raises(BarsError) as told:
        assets.unit("AAPL")
    assert str(folder) in str(told.value)
    assert str(folder) not in told.value.brief
    assert str(pickle.loads(pickle.dumps(told.value))) == str(told.value)  # noqa: S301 - our own, as to a worker


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become somebody else")
def test_a_file_of_another_user_is_listed_as_unreadable(folder):
    append("AAPL", frame([1.0]), NOW)
    (folder / "AAPL.parquet").chmod(0o600)
    child = os.fork()
    if not child:
        code = 1
        try:
            for place in (folder, *folder.parents):
                if place.owner() == "root" and str(place).startswith(tempfile.gettempdir()):
                    place.chmod(0o755)
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            code = int(bar_store.changed_at("AAPL") != bar_store.UNREADABLE or bar_store.symbols() != ("AAPL",))
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("what", ["close", "known_at", "fetched_at", "timezone"])
def test_a_sound_file_that_does_not_hold_what_was_saved_is_set_aside(folder, what):
    """A footer has no checksum: a bit flipped in it may name another unit, year or zone over sound pages."""
    append("^VIX", frame(np.arange(1.0, 40.0)), NOW)
    (path,) = folder.glob("*.parquet")
    table = pq.read_table(path)
    told = orjson.loads(table.schema.metadata[b"sentiment"])
    if what in told:
        told[what] = {"fetched_at": "2025-06-01T00:00:00+00:00", "timezone": "UTD"}[what]
    else:
        values = table.column(what).to_pandas()
        spoilt = values + 1 if what == "close" else values + timedelta(days=1)
        table = table.set_column(table.column_names.index(what), what, pa.array(spoilt))
    pq.write_table(table.replace_schema_metadata({b"sentiment": orjson.dumps(told)}), path)
    with pytest.raises(BarsError, match="were set aside"):
        bar_store.read_bars("^VIX")


def test_a_file_of_before_there_was_a_digest_is_read(folder):
    append("^VIX", frame([1.0, 2.0]), NOW)
    (path,) = folder.glob("*.parquet")
    table = pq.read_table(path)
    told = orjson.loads(table.schema.metadata[b"sentiment"])
    assert told.pop("digest")
    pq.write_table(table.replace_schema_metadata({b"sentiment": orjson.dumps(told)}), path)
    assert bar_store.read_bars("^VIX")["close"].tolist() == [1, 2]


def test_a_file_that_may_not_be_opened_is_not_taken_for_damaged(folder):
    append("X", frame([1.0]), NOW)
    (path,) = folder.glob("*.parquet")
    path.rename(folder / "kept")
    path.mkdir()
    with pytest.raises(BarsError, match="X: the saved prices cannot be opened"):
        bar_store.read_bars("X")
    assert path.is_dir()


def test_what_cannot_be_written_is_told_and_nothing_changes(folder):
    folder.write_text("a file where the folder should be")
    with pytest.raises(BarsError, match="X: the saved prices are as they were; nothing could be written: File exists"):
        append("X", frame([1.0]), NOW)


def test_file_names_hold_any_ticker_and_nothing_leaves_the_folder(folder):
    odd = ["^VIX", "BTC=F", "BRK-B", "0700.HK", "M&M.NS", "../up", "a/b", "..", "%5EVIX", "."]
    for place, symbol in enumerate(odd):
        append(symbol, frame([place + 1.0]), NOW)
    assert bar_store.symbols() == tuple(sorted(odd))
    assert [bar_store.read_bars(symbol)["close"].tolist() for symbol in odd] == [
        [place + 1.0] for place in range(len(odd))
    ]
    beside = {path for path in folder.parent.rglob("*") if path.is_file() and path.parent != folder}
    assert {path.name for path in beside} == {"promised-until.lock"}
    with pytest.raises(BarsError):
        append("", frame([1.0]), NOW)


def test_old_leftovers_are_swept_and_young_ones_are_not(folder):
    import os  # noqa: PLC0415

    folder.mkdir(parents=True)
    old, young = folder / "old.tmp", folder / "young.tmp"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    append("X", frame([1.0]), NOW)
    assert (old.exists(), young.exists()) == (False, True)
    assert bar_store.symbols() == ("X",)


APPENDER = """
import sys; from datetime import UTC, datetime, date, timedelta
import numpy as np, pandas as pd
from sentiment.market import bar_store; from sentiment.frames import PRICE_COLUMNS, every_day
me, processes, rounds = map(int, sys.argv[1:])
for number in range(rounds):
    mine = date(2020, 1, 1) + timedelta(days=me + processes * number)  # nobody else's
    days = every_day(date(2019, 12, 1), date(2019, 12, 10)).append(every_day(mine, mine))  # ten that all append
    made = pd.DataFrame({name: 7.0 for name in PRICE_COLUMNS}, index=days).assign(dividends=0.0, splits=0.0)
    now = datetime.now(UTC)
    bar_store.append("SHARED", made, now, bar_store.Facts(now, now))
"""


@pytest.mark.slow
def test_processes_that_append_at_once_lose_nothing_and_double_nothing(folder):
    processes, rounds = 4, 12
    command = [sys.executable, "-c", APPENDER]
    running = [subprocess.Popen([*command, str(n), str(processes), str(rounds)]) for n in range(processes)]
    while any(one.poll() is None for one in running):
        bar_store.read_bars("SHARED")  # a reader takes no lock and never meets half a file
    assert [one.returncode for one in running] == [0] * processes
    assert len(bar_store.read_bars("SHARED")) == 10 + processes * rounds
    assert bar_store.revisions("SHARED").empty
    (path,) = folder.glob("*.parquet")
    assert len(pd.read_parquet(path)) == 10 + processes * rounds
    assert not list(folder.glob("*.tmp"))


closes = st.one_of(st.none(), st.sampled_from([1.0, 1.5, 2.0, 3.0]))
answers = st.lists(
    st.tuples(st.lists(closes, min_size=1, max_size=6), st.integers(0, 4), st.booleans()), min_size=1, max_size=6
)


@settings(max_examples=40, deadline=None)
@given(answers)
def test_whatever_is_appended_later_every_reading_stays_as_it_was(told):
    with tempfile.TemporaryDirectory() as where, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_DATA_DIR", where)
        readings, expected = {}, {}
        for number, (values, offset, split) in enumerate(told):
            known_at = NOW + number * HOUR
            first = FIRST + timedelta(days=offset)
            made = frame([np.nan if v is None else v for v in values], first, {len(values) - 1: 2.0} if split else None)
            append("X", made, known_at)
            readings[known_at] = bar_store.read_bars("X", known_at=known_at)
            pd.testing.assert_frame_equal(readings[known_at], bar_store.read_bars("X"))
            expected |= made["close"].to_dict()
        final = bar_store.read_bars("X")["close"].to_dict()
        assert final.items() <= expected.items()  # a split may have withdrawn some, and none was made up
        for known_at, reading in readings.items():
            pd.testing.assert_frame_equal(bar_store.read_bars("X", known_at=known_at), reading)
        assert_chained(bar_store.revisions("X"), readings[NOW], final)
        assert len(list(Path(where, "bars").glob("*.parquet"))) == 1


def assert_chained(found, first, final):
    """Every old figure is the new one of the revision before it, and the last new one is what is read today."""
    found = found[found["column"] == "close"]
    for stamp, chain in found.groupby("date"):
        old, new = chain["old"].tolist(), chain["new"].tolist()
        assert [repr(value) for value in old[1:]] == [repr(value) for value in new[:-1]]
        assert repr(final.get(stamp, np.nan)) == repr(new[-1])
        if stamp in first.index:
            assert old[0] == first.loc[stamp, "close"]
