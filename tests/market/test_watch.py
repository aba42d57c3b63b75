"""The rounds of `sentiment watch`: what is stale is asked for, failures are told once, and one process of several does it."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

import alert_rounds
import command_line
import numpy as np
import pandas as pd
import pytest
import receivers
import source_server
from utc_day import today
from yahoo_server import crypto, serving

from sentiment import environment
from sentiment.cli import watch as command
from sentiment.errors import NoDataError, OfflineError, SelectionError
from sentiment.market import bar_store, cooldown, live, providers, roles, watch, watchlist
from sentiment.market.providers import cboe, fred
from sentiment.web.alerts import outbox
from sentiment.web.alerts.rules import State

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=UTC).timestamp()
QUARTER = timedelta(minutes=15)
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr(live, "background", live.Background())
    return tmp_path / "data"


class Machine:
    """A machine whose clocks go as a test says; it ends the rounds when the script of what happens is over."""

    def __init__(self, *happens):
        self.wall, self.steady = MORNING, 100.0
        self.happens, self.waited = list(happens), []
        self.stop = watch.Stop()
        self.stop.wait = self._wait
        self.clocks = watch.Clocks(lambda: self.wall, lambda: self.steady)

    def _wait(self, seconds):
        self.waited.append(seconds)
        self.wall += seconds
        self.steady += seconds
        if self.happens:
            self.happens.pop(0)(self)


def asleep(hours):
    """Go to sleep: the monotonic clock stands still."""

    def happen(machine):
        machine.wall += hours * 3_600

    return happen


def keep(machine, *steps, every=QUARTER):
    told = []
    watch.keep(steps, every=every, who="sentiment watch", stop=machine.stop, tell=told.append, clocks=machine.clocks)
    return told


def counted(machine, *, until=3, outcome=None):
    """A step that notes when it is done, and requests the end the last time."""
    at = []

    def step(stop):
        at.append((machine.wall, machine.steady))
        if len(at) == until:
            stop.request()
        return outcome or watch.Outcome("done")

    return step, at


# -- time --------------------------------------------------------------------------------------------------------------


def test_rounds_come_in_their_interval_and_say_when_the_next_one_is():
    machine = Machine()
    step, at = counted(machine)
    assert keep(machine, step) == [
        "07:30 UTC: done; next check at 07:45 UTC", "07:45 UTC: done; next check at 08:00 UTC", "08:00 UTC: done; stopped",
    ]  # fmt: skip
    assert [wall - MORNING for wall, _ in at] == [0, 900, 1_800]


def test_a_machine_that_slept_looks_as_soon_as_it_wakes():
    machine = Machine(asleep(hours=8))
    step, at = counted(machine, until=2)
    keep(machine, step)
    assert at[1][0] - MORNING == 8 * 3_600 + 10
    assert at[1][1] - 100 == 10, "it waited on by the clock that had stood still"


def test_a_clock_that_is_set_back_does_not_hold_up_the_next_look():
    machine = Machine(asleep(hours=-24))
    step, at = counted(machine, until=2)
    keep(machine, step)
    assert at[1][1] - 100 == 900


def test_the_end_is_not_waited_for():
    machine = Machine(lambda machine: machine.stop.request())
    told = keep(machine, lambda _: watch.Outcome("done"))
    assert len(told) == 1
    assert machine.waited == [10.0]


def test_a_request_from_a_handler_wakes_who_waits():
    stop, waits = watch.Stop(), threading.Event()

    def wait():
        waits.set()
        stop.wait(PATIENCE)

    waiting = threading.Thread(target=wait)
    began = time.monotonic()
    waiting.start()
    assert waits.wait(PATIENCE)
    stop.request()
    waiting.join()
    assert time.monotonic() - began < PATIENCE / 2
    assert stop.requested()


# -- steps -------------------------------------------------------------------------------------------------------------


def test_without_a_network_the_next_look_is_soon_and_with_one_as_usual():
    machine = Machine()
    outcomes = [watch.Outcome("none", {"A": "no way"}, unreached=True), watch.Outcome("all"), watch.Outcome("all")]
    step = counted(machine)[0]
    told = keep(machine, lambda stop: (step(stop), outcomes.pop(0))[1], every=timedelta(hours=1))
    assert told[:2] == [
        "07:30 UTC: none, 1 failed; next check at 07:35 UTC", "07:35 UTC: all; next check at 08:35 UTC",
    ]  # fmt: skip


def test_each_step_is_told_and_each_failure_is_in_one_line(caplog):
    first = watch.Outcome("2 of 4 refreshed", {"A": "no answer", "B": "unknown", "C": "no answer"}, unreached=True)
    done = watch.run_round([lambda _: first, lambda _: watch.Outcome("1 new note")], watch.Stop())
    assert done.summary == "2 of 4 refreshed, 1 new note, 3 failed"
    assert not done.unreached
    assert caplog.messages == ["A, C: no answer", "B: unknown"]


def test_no_step_begins_after_the_end_is_requested():
    stop, begun = watch.Stop(), []

    def first(stop):
        stop.request()
        return watch.Outcome("first")

    assert watch.run_round([first, begun.append], stop).summary == "first"
    assert begun == []


# -- prices ------------------------------------------------------------------------------------------------------------


class Vendor:
    """A provider of sixty closes up to yesterday for anything that nobody else knows."""

    NAME, LICENCE, PRIORITY, SHAREABLE = "Vendor", "none", 100, True

    def __init__(self):
        self.asked, self.failure, self.refused = [], None, ()

    def normalize(self, text):
        return text.strip().upper()

    def fetch(self, symbol, start=None):
        self.asked.append(symbol)
        if symbol in self.refused:
            raise NoDataError(f"No prices of {symbol}.", symbol=symbol)
        if self.failure:
            raise OfflineError(self.failure, symbol=symbol)
        index = pd.date_range(end=pd.Timestamp(today() - DAY, tz="UTC"), periods=60, freq="D")
        frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), np.arange(100.0, 160.0)), index=index)
        frame = frame.assign(volume=10, dividends=0.0, splits=0.0)
        meta = providers.Meta(symbol, "UTC", "CRYPTOCURRENCY", "USD")
        return providers.FetchResult(frame if start is None else frame.loc[str(start) :], meta, datetime.now(UTC))


@pytest.fixture
def vendor(monkeypatch):
    vendor = Vendor()
    monkeypatch.setattr(providers, "registry", lambda: (vendor,))
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "ETH-USD, SPY; eth-usd")
    return vendor


WATCHED = list(dict.fromkeys((*roles.symbols_to_fetch("ETH-USD"), *roles.symbols_to_fetch("SPY"))))


def test_a_round_asks_for_the_watchlist_and_its_series_once_and_then_for_nothing(vendor):
    step = watch.Prices()
    assert (
        step(watch.Stop()).summary == f"{len(WATCHED)} of {len(WATCHED)} series refreshed, {60 * len(WATCHED)} new bars"
    )
    assert sorted(vendor.asked) == sorted(WATCHED)
    assert set(bar_store.symbols()) == set(WATCHED)
    again = step(watch.Stop())
    assert (again.summary, again.failures) == (f"0 of {len(WATCHED)} series refreshed, 0 new bars", {})
    assert len(vendor.asked) == len(WATCHED), "what was fresh was asked for"


def test_a_network_that_is_lost_and_comes_back(vendor):
    step = watch.Prices()
    vendor.failure = "Can't reach the vendor."
    lost = step(watch.Stop())
    assert lost.unreached
    assert lost.failures == dict.fromkeys(WATCHED, "Can't reach the vendor.")
    vendor.failure = None
    back = step(watch.Stop())
    assert (back.failures, back.unreached) == ({}, False)
    assert set(bar_store.symbols()) == set(WATCHED)


def test_what_a_source_does_not_know_is_left_alone_for_an_hour(vendor):
    machine = Machine()
    step = watch.Prices(machine.clocks)
    vendor.refused = ("SPY",)
    first = step(watch.Stop())
    assert (first.failures, first.unreached) == ({"SPY": "No prices of SPY."}, False)
    for steady, asked in ((3_599, 1), (3_600, 2)):
        machine.steady = 100.0 + steady
        step(watch.Stop())
        assert vendor.asked.count("SPY") == asked


def test_only_what_cannot_be_reached_asks_for_another_look_soon(vendor):
    vendor.refused = WATCHED
    assert not watch.Prices()(watch.Stop()).unreached


def test_what_a_page_is_refreshing_is_left_to_the_page(vendor):
    live.background.running.add("SPY")
    watch.Prices()(watch.Stop())
    assert sorted(vendor.asked) == sorted(set(WATCHED) - {"SPY"})
    live.background.running.clear()
    watch.Prices()(watch.Stop())
    assert vendor.asked.count("SPY") == 1


def test_a_damaged_price_file_is_fetched_anew(vendor, folder):
    watch.Prices()(watch.Stop())
    path = next(folder.rglob("SPY*.parquet"))
    path.write_bytes(b"no parquet")
    assert watch.Prices()(watch.Stop()).summary == f"1 of {len(WATCHED)} series refreshed, 60 new bars"
    assert vendor.asked.count("SPY") == 2


def test_a_list_that_cannot_be_read_is_told_and_read_again(vendor, monkeypatch, folder):
    monkeypatch.delenv("SENTIMENT_WATCHLIST")
    folder.mkdir()
    (folder / "watchlist.txt").mkdir()
    step = watch.Prices()
    done = step(watch.Stop())
    assert list(done.failures) == ["watchlist"]
    assert not vendor.asked
    (folder / "watchlist.txt").rmdir()
    (folder / "watchlist.txt").write_text("RHINE  # a river\n")
    assert not step(watch.Stop()).failures
    assert "RHINE" in vendor.asked


def test_a_name_that_cannot_be_watched_is_told_and_the_others_are_refreshed(vendor, monkeypatch, caplog):
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "ETH ^VIX 12")
    done = watch.run_round([watch.Prices()], watch.Stop())
    assert sorted(vendor.asked) == sorted(roles.symbols_to_fetch("ETH-USD"))
    assert list(done.failures) == ["'^VIX' on the watchlist", "'12' on the watchlist"]
    assert "serves the scores of other assets" in done.failures["'^VIX' on the watchlist"]
    assert done.summary.endswith("2 failed")
    assert not done.unreached
    assert len(caplog.messages) == 2


def test_without_a_list_the_bundled_assets_are_watched(monkeypatch):
    monkeypatch.delenv("SENTIMENT_WATCHLIST", raising=False)
    assert watchlist.symbols() == ("BTC-USD", "ETH-USD", "SPY", "QQQ", "GLD", "EURUSD=X")


def test_a_round_over_the_wire_names_who_failed_in_one_line(vendor, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "sentiment")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(providers, "registry", lambda: (fred, cboe, vendor))
    with source_server.serving() as server:
        days = [today() - n * DAY for n in range(30, 0, -1)]
        server.world.targets = [(str(day), "4.50") for day in days]
        server.fault = lambda path, _: source_server.NO_PAGE if path.startswith(source_server.CBOE) else None
        for module, path in ((fred, source_server.FRED), (cboe, source_server.CBOE)):
            monkeypatch.setattr(module, "ADDRESS", server.address + path)
            monkeypatch.setattr(module, "source", source_server.renewed(module.source))
        done = watch.run_round([watch.Prices()], watch.Stop())
        lines = [message for message in caplog.messages if "Cboe" in message]
    assert set(done.failures) == {"^VIX", "^VIX3M"}
    assert len(lines) == 1, "a failure is told by the round, and not by the source as well"
    assert "Cboe" in done.failures["^VIX"]
    assert set(bar_store.symbols()) == set(WATCHED) - {"^VIX", "^VIX3M"}


@pytest.mark.parametrize(("inside", "lines"), [(nullcontext, ["SPY: gone"]), (cooldown.told_elsewhere, [])])
def test_a_source_tells_its_failures_unless_whoever_asks_does(caplog, inside, lines):
    caplog.set_level(logging.INFO, "sentiment")
    with inside(), pytest.raises(OfflineError), cooldown.Cooldown("Vendor").guard("SPY"):
        raise OfflineError("gone", symbol="SPY")
    assert caplog.messages == lines


# -- one process of several --------------------------------------------------------------------------------------------

HOLD = """
import sys
from sentiment.market import watch
with watch.alone("sentiment elsewhere") as other:
    print(other or "held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder():
    """Give a process of its own that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout.readline() == "held\n"
        yield one
        one.kill()


def test_a_second_process_says_who_is_first_and_takes_over_from_one_that_was_killed(folder):
    with holder() as other:
        machine = Machine(lambda _: None, lambda _: (other.kill(), other.wait()))
        step, at = counted(machine, until=1)
        first, second = keep(machine, step)
    assert first.startswith(f"`sentiment elsewhere` (process {other.pid} on ")
    assert first.endswith(" UTC; this one takes over when that one ends")
    assert second == "07:31 UTC: done; stopped"
    assert len(at) == 1
    assert not (folder / "watch.json").exists()


def test_who_was_killed_is_not_said_to_hold_the_lock(folder):
    assert (watch.at_work(), folder.exists()) == ("", False), "a look leaves no trace"
    folder.mkdir()
    with holder() as other:
        assert f"process {other.pid} on" in watch.at_work()
        other.kill()
        other.wait()
    assert watch.at_work() == ""
    told = json.loads((folder / "watch.json").read_text())
    assert told["process"] == other.pid, "it had no time to take its name off"
    with watch.alone("sentiment watch") as held:
        assert held == ""
        with watch.alone("sentiment watch") as again:
            assert f"process {os.getpid()} on" in again
        (folder / "watch.json").write_text("{")
        with watch.alone("sentiment watch") as again:
            assert again == "another process keeps this data folder fresh"


def test_a_folder_that_cannot_be_written_is_named(folder):
    folder.write_text("no folder")
    with pytest.raises(SelectionError, match="cannot be written"), watch.alone("sentiment watch"):
        pass


# -- the command -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_ends_after_the_current_fetch_and_a_second_one_has_nothing_to_do(tmp_path):
    begun, go = threading.Event(), threading.Event()

    def held(_symbol, _query):
        begun.set()
        go.wait(PATIENCE)

    def start(*words):
        return subprocess.Popen(
            [sys.executable, "-m", "sentiment.cli", "watch", *words],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    with serving(tmp_path) as yahoo:
        yahoo.worlds = {"ETH-USD": crypto()}
        yahoo.fault = held
        environment = yahoo.environment(SENTIMENT_WATCHLIST="ETH-USD", SENTIMENT_OFFLINE="0")
        first = start("--every", "1h")
        try:
            assert begun.wait(PATIENCE)
            second = start("--once")
            out, _ = second.communicate(timeout=PATIENCE)
            assert second.returncode == 0
            assert out.startswith(f"`sentiment watch` (process {first.pid} on ")
            assert out.endswith("UTC; nothing to do\n")
            first.send_signal(signal.SIGTERM)
            ending = ""
            while "ends after what is being fetched now" not in ending:
                ending = first.stderr.readline()
                assert ending
            go.set()
            out, log = first.communicate(timeout=PATIENCE)
        finally:
            first.kill()
    assert first.returncode == 0, log
    assert out.endswith("; stopped\n")
    assert list((tmp_path / "data").rglob("ETH-USD*.parquet"))


def test_the_command_sends_what_the_rules_say_of_the_prices_that_it_fetched(vendor, folder, caplog):
    caplog.set_level(0, "sentiment")  # and gives the levels back that the command sets
    caplog.set_level(0, "sentiment.market.cooldown")
    assert vendor.asked == []
    with receivers.webhook() as (hook, url):
        rule = '[[rule]]\nasset = "ETH-USD"\nwhat = "price"\nabove = 150\n'
        alert_rounds.rules(folder, rule, hook=url)
        begun = {"ETH-USD: price crosses above 150": State(today() - 30 * DAY, holds=False)}
        outbox.Outbox(begun).save()
        said = [command_line.run("watch", "--once").stdout.decode() for _ in range(2)]
    assert said[0].endswith(f", {60 * len(WATCHED)} new bars, alerts: 1 sent\n")
    assert "alerts" not in said[1]
    ((_, content),) = hook.requests
    assert "price crosses above 150: 151 on " in content["message"]


# -- in the background of the server -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("vendor")
def test_a_server_does_the_rounds_in_the_background(monkeypatch, caplog):
    monkeypatch.setattr(command, "FIRST_VIEWERS", 0.0)
    told = threading.Event()

    class Told(logging.Handler):
        def emit(self, record):
            told.set() if "series refreshed" in record.getMessage() else None

    handler = Told()
    logging.getLogger(command.__name__).addHandler(handler)
    caplog.set_level(logging.INFO, command.__name__)
    try:
        with command.in_background():
            assert told.wait(PATIENCE)
            with watch.alone("sentiment watch") as other:
                assert other.startswith("`sentiment run` (process ")
    finally:
        logging.getLogger(command.__name__).removeHandler(handler)
    assert set(bar_store.symbols()) == set(WATCHED)
    assert not any(thread.name == "watch" for thread in threading.enumerate())
    with watch.alone("sentiment watch") as other:
        assert other == ""


@pytest.mark.parametrize("setting", [{"SENTIMENT_OFFLINE": "1"}, {"SENTIMENT_WATCH": "0"}])
def test_a_server_that_is_told_not_to_does_no_rounds(vendor, monkeypatch, setting):
    monkeypatch.setattr(command, "FIRST_VIEWERS", 0.0)
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    with command.in_background():
        assert not any(thread.name == "watch" for thread in threading.enumerate())
    assert not vendor.asked


@pytest.mark.parametrize(
    ("text", "length"),
    [("1m", timedelta(minutes=1)), ("90s", timedelta(seconds=90)), ("2h", timedelta(hours=2)), ("1d", DAY)],
)
def test_an_interval_is_read(text, length):
    assert environment.interval(text, "--every") == length


@pytest.mark.parametrize("text", ["59s", "25h", "2d", "0m", "15", "m", "-5m", "1.5h", "99999999m", ""])
def test_an_interval_that_is_none_or_out_of_bounds_is_refused(text):
    with pytest.raises(SelectionError, match="a time from 1m to 1d"):
        environment.interval(text, "--every")
