"""The watchlist's file: written whole, read back as it was, and never changed against the operator's wish."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Executor

import command_line
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sentiment.errors import NoDataError, OfflineError, SelectionError, WatchlistError
from sentiment.market import assets, live, watchlist


@pytest.fixture(autouse=True)
def file(empty_store, monkeypatch):
    monkeypatch.delenv("SENTIMENT_WATCHLIST", raising=False)
    return empty_store / "watchlist.txt"


def test_adding_begins_with_what_is_shown_and_taking_all_off_leads_back_to_it(file):
    watchlist.add(["NVDA", "SPY"])
    assert watchlist.symbols() == (*assets.bundled_names(), "NVDA")
    watchlist.remove(["BTC-USD", "NONE"])
    assert watchlist.symbols() == (*assets.bundled_names()[1:], "NVDA")
    watchlist.replace(["GLD", "GLD", "0700.HK"])
    assert file.read_text() == "GLD\n0700.HK\n"
    watchlist.replace([])
    assert watchlist.symbols() == assets.bundled_names()


def test_a_bad_name_is_left_out_and_told_and_the_others_are_watched(file):
    file.parent.mkdir()
    file.write_text("BTC  # the coin\n^VIX, a/../b\n$NVDA; spy #QQQ\n")
    assert watchlist.symbols() == ("BTC-USD", "NVDA", "SPY")
    assert list(watchlist.refused()) == ["^VIX", "a/../b"]
    file.write_text("^VIX")
    assert watchlist.symbols() == (), "a list of which nothing can be watched is not the bundled one"


@pytest.mark.parametrize(
    ("symbols", "says"),
    [
        ([f"A{n}" for n in range(101)], "would have 101 assets; it has at most 100"),
        (["^VIX"], "serves the scores"),
        (["nvda"], "'nvda' cannot be watched"),
        (["A\nB"], "cannot be watched"),
    ],
)
def test_what_no_list_may_hold_is_refused_and_the_file_stays(file, symbols, says):
    watchlist.replace(["GLD"])
    with pytest.raises(SelectionError, match=says):
        watchlist.replace(symbols)
    assert file.read_text() == "GLD\n"


def test_the_operators_list_cannot_be_changed(file, monkeypatch):
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "BTC, $NVDA")
    assert watchlist.symbols() == ("BTC-USD", "NVDA")
    for change in (watchlist.add, watchlist.remove, watchlist.replace):
        with pytest.raises(SelectionError, match="set by the operator"):
            change(["GLD"])
    assert not file.exists()


def test_a_file_that_cannot_be_read_or_written_is_named_and_viewers_do_not_learn_where(file):
    file.mkdir(parents=True)
    for act in (watchlist.symbols, lambda: watchlist.add(["GLD"]), lambda: watchlist.replace(["GLD"])):
        with pytest.raises(WatchlistError, match=str(file)) as refused:
            act()
        assert str(file) not in refused.value.brief
    assert [path.name for path in file.parent.iterdir() if path.suffix == ".tmp"] == []


def test_two_who_add_at_once_lose_nothing():
    watchlist.replace(["GLD"])
    threads = [threading.Thread(target=watchlist.add, args=([f"A{n}"],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(watchlist.symbols()) == {"GLD", *(f"A{n}" for n in range(8))}


TICKERS = st.from_regex(r"[A-Z]{1,5}(-USD|=F|=X|\.L)?", fullmatch=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(TICKERS, max_size=12, unique=True))
@example(["VS", "OR"])
def test_a_list_that_was_saved_is_read_back_as_it_was(symbols):
    try:
        watchlist.replace(symbols)
    except SelectionError:
        return  # one of them is a coin's code or plays a role
    assert watchlist.symbols() == (tuple(symbols) or assets.bundled_names())


def test_doctor_tells_what_is_left_out(file):
    file.parent.mkdir()
    file.write_text("GLD ^VIX")
    told = command_line.run("doctor", check=False).stdout.decode()
    assert "watchlist.txt: 1 asset" in told
    assert "'^VIX': ^VIX serves the scores of other assets" in " ".join(told.split())
    os.remove(file)  # noqa: PTH107
    file.mkdir()
    assert "the watchlist cannot be read" in command_line.run("doctor", check=False).stdout.decode()


class AtOnce(Executor):
    """Does at once what a pool would do in the background."""

    def submit(self, function, /, *args, **more):
        function(*args, **more)


def test_what_its_source_has_nothing_of_is_left_alone_by_pages_for_an_hour(monkeypatch):
    asked, now = [], [1_000.0]
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr(live, "background", live.Background(pool=AtOnce()))
    monkeypatch.setattr(live.time, "monotonic", lambda: now[0])
    failures = {"FOO": NoDataError("none", symbol="FOO"), "SPY": OfflineError("away", symbol="SPY")}

    def refuse(symbol):
        asked.append(symbol)
        raise failures[symbol]

    monkeypatch.setattr(live.refresh, "refresh", refuse)
    for seconds, expected in ((0, ["FOO", "SPY"]), (59, []), (60, ["SPY"]), (3_599, ["SPY"]), (3_600, ["FOO"])):
        now[0] = 1_000.0 + seconds
        live.ask(("FOO", "SPY"))
        assert asked == expected, seconds
        asked.clear()
