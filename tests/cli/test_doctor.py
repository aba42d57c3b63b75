"""What `sentiment doctor` finds, and what it advises for each problem."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import command_line
import pandas as pd
import pytest
import yahoo_server
from streamlit import config

from sentiment import settings
from sentiment.cli import doctor
from sentiment.errors import OfflineError, SelectionError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_file, bar_store
from sentiment.market.providers import registry, yahoo
from sentiment.research import library
from sentiment.tables.records.sources import sources_table

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _own(empty_store):
    assert empty_store


def diagnoses_of(name):
    """Return the diagnoses of the checks of a name, the worst first."""
    diagnoses = [diagnosis for diagnosis in doctor.examine() if diagnosis.name == name]
    return sorted(diagnoses, key=lambda diagnosis: ["broken", "warning", "ok"].index(diagnosis.state))


def worst(name):
    return diagnoses_of(name)[0]


def save_prices(symbol, fetched=NOW, source=""):
    index = pd.DatetimeIndex([pd.Timestamp("2026-10-01", tz="UTC")], name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": 1.0}, index=index)
    bar_store.append(symbol, frame, fetched, bar_store.Facts(fetched, fetched, source=source))


def save_note():
    text = library.file("k33-2025-12-02").replace("id: k33-2025-12-02", "id: own-1")
    library.add(text, "own", who="Ann")


def test_an_installation_that_is_well_says_so(empty_store):
    assert {diagnosis.state for diagnosis in doctor.examine()} == {"ok"}
    assert not empty_store.exists(), "looking makes nothing"
    save_note()
    save_prices("ETH-USD")
    assert {diagnosis.state for diagnosis in doctor.examine()} == {"ok"}
    assert "tables of version 0002" in worst("notes").found
    assert "1 saved version, 8 notes in all" in worst("notes").found
    assert worst("saved prices").found == f"1 series, the last one fetched {NOW:%Y-%m-%d %H:%M} UTC"
    assert f"pandas {pd.__version__}" in worst("versions").found


def test_damaged_notes_are_told_and_hide_nothing_else(empty_store):
    save_note()
    (empty_store / "notes.sqlite").write_bytes(b"damaged" * 1000)
    broken = [diagnosis for diagnosis in doctor.examine() if diagnosis.state == "broken"]
    assert [diagnosis.name for diagnosis in broken] == ["notes"]
    assert "sentiment restore" in broken[0].advice


def test_a_damaged_price_file_is_told_and_left_where_it_is(empty_store):
    save_prices("ETH-USD")
    save_prices("SPY")
    file = empty_store / "bars" / "SPY.parquet"
    file.write_bytes(file.read_bytes()[:-9])
    assert "1 damaged: SPY.parquet" in worst("saved prices").found
    assert file.exists()
    assert "1 series" in diagnoses_of("saved prices")[1].found
    with pytest.raises(Exception, match="set aside"):
        bar_store.read_bars("SPY")
    assert worst("saved prices").state == "warning"
    assert "SPY.damaged-" in worst("saved prices").found


def test_prices_that_are_not_believed_are_told():
    save_prices("ETH-USD")
    rows, facts = bar_file.load("ETH-USD")
    bar_file.save("ETH-USD", rows, replace(facts, held_back="50 bars (not restated)"))
    assert [worst("saved prices").state, worst("saved prices").found] == [
        "warning", "ETH-USD.parquet: 50 bars (not restated)",
    ]  # fmt: skip
    table = sources_table("ETH-USD").set_index("series")
    assert table.loc["ETH-USD", "held_back"] == "50 bars (not restated)"
    assert sources_table("ETH-USD", known_at=NOW + timedelta(days=1))["held_back"].isna().all()


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to(path), lambda path: path.mkdir()])
def test_prices_that_cannot_be_read_are_not_called_damaged(empty_store, make):
    save_prices("ETH-USD")
    make(empty_store / "bars" / "SPY.parquet")
    assert worst("saved prices").found == "1 cannot be read: SPY.parquet"
    assert str(empty_store / "bars") in worst("saved prices").advice
    assert not any("damaged" in diagnosis.found for diagnosis in diagnoses_of("saved prices"))
    assert "1 series" in diagnoses_of("saved prices")[1].found


def test_old_prices_are_told_where_a_network_may_be_asked(monkeypatch):
    save_prices("ETH-USD", NOW - timedelta(days=8))
    assert worst("saved prices").state == "ok"
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr(yahoo, "fetch", lambda *_, **__: None)
    assert worst("saved prices").state == "warning"
    assert worst("source").found == "Yahoo answers for BTC-USD"


def test_each_source_says_what_is_saved_of_it_and_how_old_that_is(monkeypatch):
    ages = {"ETH-USD": ("", 0), "SPY": ("Yahoo", 50), "US-3M-BILL": ("FRED", 9 * 24), "X": ("Gone Office", 30)}
    for symbol, (source, hours) in ages.items():
        save_prices(symbol, NOW - timedelta(hours=hours, minutes=5), source)
    told = {one.found.split(":")[0]: one for one in diagnoses_of("saved from")}
    assert {provider.NAME for provider in registry()} <= told.keys()
    assert told["SEC"].found == "SEC: nothing"
    assert told["Yahoo"].found.startswith("Yahoo: 2 series; last answer ")
    assert re.search(r" UTC, \d+ minutes ago; the oldest series 2 days ago$", told["Yahoo"].found)
    assert told["FRED"].found.endswith(" UTC, 9 days ago")
    assert told["Gone Office"].found.endswith(" UTC, 30 hours ago")
    assert {one.state for one in told.values()} == {"ok"}, "nothing is asked here"
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    assert [one.found[:4] for one in diagnoses_of("saved from") if one.state == "warning"] == ["FRED"]


def test_a_source_that_does_not_answer_breaks_nothing(monkeypatch):
    def away(symbol, **_):
        raise OfflineError("Can't reach Yahoo.", symbol=symbol)

    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr(yahoo, "fetch", away)
    assert worst("source")[1:3] == ("warning", "Yahoo: Can't reach Yahoo.")


@pytest.mark.parametrize(("free", "state"), [(10, "broken"), (100, "warning"), (1000, "ok")])
def test_a_disk_that_fills_is_told(monkeypatch, free, state):
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as shutil gives it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, free * 2**20))
    assert (worst("disk").state, worst("disk").found) == (state, f"{free:,} MiB free")


def test_a_folder_that_cannot_be_written_is_told(monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert worst("folder").state == "broken"
    assert worst("folder").found.endswith("cannot be written: Permission denied")


def test_a_clock_behind_what_is_known_is_told(monkeypatch):
    save_prices("ETH-USD", NOW + timedelta(hours=2))
    assert worst("clock").state == "broken"
    monkeypatch.setattr(doctor, "AHEAD", timedelta(hours=3))
    assert worst("clock").state == "ok"
    index = pd.DatetimeIndex([pd.Timestamp("2200-01-01", tz="UTC")])
    monkeypatch.setattr(doctor.bundled, "bars", lambda _: pd.DataFrame(index=index))
    assert worst("clock").state == "broken"


def test_what_is_set_is_told_without_a_password_and_what_is_misspelt_too(monkeypatch):
    monkeypatch.setenv("SENTIMENT_DATABASE_URL", "postgresql://ann:hunter2@127.0.0.1:1/notes?password=hunter3")
    monkeypatch.setenv("SENTIMENT_API_RATE", "many")
    monkeypatch.setenv("SENTIMENT_NOTE", "read-only")
    every = doctor.examine()
    assert "hunter" not in str(every)
    assert "SENTIMENT_DATABASE_URL=postgresql://***@127.0.0.1:1/notes," in str(every)
    assert [diagnosis.state for diagnosis in every if diagnosis.name == "settings"] == ["ok", "broken", "warning"]
    assert "SENTIMENT_NOTE is set, but nothing reads it" in str(every)
    assert worst("notes").state == "broken"


def test_a_setting_is_read_or_refused(monkeypatch):
    assert settings.misread() == []
    for name in ("SENTIMENT_OFFLINE", "SENTIMENT_NOTES", "SENTIMENT_LOG", "SENTIMENT_API_BURST", "SENTIMENT_API_RATE"):
        monkeypatch.setenv(name, "-x-")
        with pytest.raises(SelectionError, match=name):
            settings.SETTINGS[name].read()
        monkeypatch.delenv(name)
    for text in ("mysql://h/x", "postgresql://host/x", "nonsense"):
        monkeypatch.setenv("SENTIMENT_DATABASE_URL", text)
        assert "x" not in doctor.in_force()["SENTIMENT_DATABASE_URL"]


@pytest.mark.slow
def test_the_command_prints_both_ways_and_fails_only_where_something_is_broken(tmp_path, monkeypatch):
    with yahoo_server.serving(tmp_path) as upstream:
        upstream.worlds = {"BTC-USD": yahoo_server.crypto(30, close=lambda n: 100 + n)}
        command = [sys.executable, "-m", "sentiment.cli", "doctor", "--format", "json"]
        environment = upstream.environment(SENTIMENT_OFFLINE="0")
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    told = json.loads(done.stdout)
    assert (done.returncode, told["well"]) == (0, True)
    assert {one["name"]: one["found"] for one in told["checks"]}["source"] == "Yahoo answers for BTC-USD"
    monkeypatch.setenv("SENTIMENT_LOG", "xml")
    done = command_line.run("doctor", check=False)
    assert done.returncode == 1
    states = {line.split()[1]: line.split()[0] for line in done.stdout.decode().splitlines()}
    assert (states["source"], states["settings"], states["clock"]) == ("ok", "broken", "ok")


def test_a_server_where_nobody_can_sign_in_is_broken(monkeypatch, tmp_path):
    config.get_option(
        "server.port"
    )  # Streamlit reads its settings once, for all tests after this: here, and not from there
    monkeypatch.chdir(tmp_path)
    assert diagnoses_of("signing in") == []
    monkeypatch.setenv("SENTIMENT_NOTES", "signed-in")
    assert worst("signing in").state == "broken"
    assert "no [auth] section" in worst("signing in").found
    config.set_option("server.trustedUserHeaders", {"X-Forwarded-Email": "email"})
    try:
        assert worst("signing in").state == "ok"
    finally:
        config.set_option("server.trustedUserHeaders", {})


def test_pages_that_may_steer_ours_are_named_wherever_it_is_started(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert worst("frames").state == "ok"
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[client]\nallowedOrigins = ["https://*.streamlit.app"]\n')
    assert worst("frames").state == "ok", "our own settings count over those of the folder"
    monkeypatch.setenv("STREAMLIT_CLIENT_ALLOWED_ORIGINS", "https://*.streamlit.app")
    assert worst("frames").state == "warning"
    assert "https://*.streamlit.app" in worst("frames").found
    monkeypatch.undo()
    assert worst("frames").state == "ok"
