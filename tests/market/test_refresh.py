from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from sentiment.errors import (
    BadRequestError,
    NoDataError,
    OfflineError,
    RateLimitedError,
    SourceTimeoutError,
    UnknownSymbolError,
    UpstreamDownError,
)
from sentiment.frames import PRICE_COLUMNS, daily, every_day
from sentiment.market import (
    assets,
    bar_file,
    bar_store,
    history,
    live,
    providers,
    quarantine,
    refresh,
    shaping,
)
from sentiment.market.cooldown import Cooldown, retry_after
from sentiment.market.providers.yahoo.meta import meta_of
from sentiment.market.shaping import closes_at

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2025, 6, 18, 12, tzinfo=UTC)  # a Wednesday
CRYPTO = providers.Meta("BTC-USD", "UTC", "CRYPTOCURRENCY", "USD")
NEW_YORK = "America/New_York"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))


def vendor_frame(closes, last, zone="UTC", **columns):
    """Make what yfinance answers: midnights of the exchange's date, the last bar on `last`."""
    index = pd.date_range(end=pd.Timestamp(last), periods=len(closes), freq="D").tz_localize(zone)
    made = {name: np.asarray(closes, float) for name in ("open", "high", "low", "close")}
    return pd.DataFrame({**made, "volume": 10, "dividends": 0.0, "splits": 0.0, **columns}, index=index)


class Vendor:
    """A provider that holds one history and counts how it is asked."""

    NAME, LICENCE, PRIORITY = "Vendor", "none", 1

    def __init__(self, closes, last=date(2025, 6, 17), meta=CRYPTO):
        self.frame, self.meta, self.asked, self.now = vendor_frame(closes, last), meta, [], NOON
        self.failure = None

    def normalize(self, text):
        return text

    def fetch(self, symbol, start=None):
        self.asked.append(start)
        if self.failure:
            raise self.failure
        frame = self.frame if start is None else self.frame.loc[start.isoformat() :]
        if frame.empty:
            raise NoDataError("No prices.", symbol=symbol)
        return providers.FetchResult(frame, self.meta, self.now)

    def refresh(self, **options):
        return refresh.refresh("BTC-USD", clock=lambda: self.now, **options)

    def grow(self, closes, days):
        self.frame = vendor_frame(closes, self.frame.index[-1].date() + timedelta(days=days))
        self.now += timedelta(days=days)


@pytest.fixture
def vendor(monkeypatch):
    """A provider of sixty closes, the only one installed."""
    vendor = Vendor(np.arange(100.0, 160.0))
    monkeypatch.setattr(providers, "registry", lambda: (vendor,))
    return vendor


def test_the_first_refresh_is_whole_and_the_next_asks_for_a_tail_only(vendor):
    assert vendor.refresh().full_reason == "nothing stored yet"
    vendor.grow(np.arange(100.0, 162.0), days=2)
    done = vendor.refresh()
    assert (done.new, done.revised, done.full_reason, done.last) == (2, 0, "", date(2025, 6, 19))
    assert vendor.asked == [None, date(2025, 6, 7)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda frame: frame.assign(close=frame["close"] * 1.00011), "closes were restated"),
        (lambda frame: frame.assign(splits=np.eye(1, len(frame), len(frame) - 1)[0] * 2), "a new split"),
        (lambda frame: frame.iloc[:-9], "only 2 days overlap"),
        (lambda frame: frame.iloc[:-11], "no bars in the overlap"),
    ],
)
def test_a_tail_that_gives_reason_to_doubt_asks_for_everything(vendor, change, reason):
    vendor.refresh()
    vendor.frame = change(vendor.frame)
    vendor.now += timedelta(hours=2)
    assert vendor.refresh().full_reason == reason
    assert vendor.asked == [None, date(2025, 6, 7), None]


def test_a_difference_under_the_threshold_is_a_revision_but_no_restatement(vendor):
    vendor.refresh()
    vendor.frame["close"] *= 1.00009
    vendor.now += timedelta(hours=2)
    done = vendor.refresh()
    assert (done.full_reason, done.revised) == ("", 11)


def split_unrestated(vendor):
    """The vendor states a split of 20:1 ten days ago, with the closes before it as they were."""
    vendor.frame = vendor.frame.assign(splits=0.0)
    vendor.frame.iloc[-10, vendor.frame.columns.get_loc("splits")] = 20.0
    vendor.frame.iloc[-10:, :4] /= 20
    return vendor.frame


def test_a_history_that_is_not_restated_is_held_back_asked_for_hourly_and_taken_once_it_is(vendor):
    split_unrestated(vendor)
    first = vendor.refresh()
    assert first.held_back == (
        "50 bars from 2025-04-19 to 2025-06-07 (not restated by the split of 20:1 on 2025-06-08)"
    )
    assert (first.new, len(bar_store.read_bars("BTC-USD"))) == (10, 10)
    assert history.held_back("BTC-USD") == first.held_back
    assert history.held_back("BTC-USD", NOON) == ""  # a pinned answer does not change by what comes
    assert not refresh.stale("BTC-USD", vendor.now + timedelta(minutes=59))
    assert refresh.stale("BTC-USD", vendor.now + timedelta(minutes=60))
    vendor.now += timedelta(hours=1)
    assert vendor.refresh().full_reason == "bars were held back"
    vendor.frame.iloc[:-10, :4] /= 20
    vendor.now += timedelta(hours=1)
    mended = vendor.refresh()
    assert (mended.full_reason, mended.new, mended.held_back) == ("bars were held back", 50, "")
    assert history.held_back("BTC-USD") == ""
    assert vendor.refresh().full_reason == ""


def test_on_the_morning_of_a_split_the_running_bar_is_held_back_and_the_closed_ones_stay(vendor):
    vendor.frame = vendor_frame(np.arange(100.0, 160.0), "2025-06-18")  # the last bar runs
    vendor.refresh()
    sound = bar_store.read_bars("BTC-USD")
    vendor.frame.iloc[-1, :4] /= 20
    vendor.frame.iloc[-1, vendor.frame.columns.get_loc("splits")] = 20.0
    vendor.now += timedelta(hours=1)
    morning = vendor.refresh()
    assert morning.held_back == (
        "the bar of 2025-06-18 (the closes before it are not restated by the split of 20:1 on 2025-06-18)"
    )
    assert (morning.withdrawn, morning.running) == (0, None)
    assert bar_store.read_bars("BTC-USD").equals(sound)
    vendor.now += timedelta(days=1)  # the day has closed, and the closes before it are as they were
    night = vendor.refresh()
    assert (night.full_reason, night.new, night.withdrawn) == ("bars were held back", 1, 59)
    assert night.held_back.startswith("59 bars from ")
    vendor.frame.iloc[:-1, :4] /= 20
    mended = vendor.refresh()
    assert (mended.held_back, len(bar_store.read_bars("BTC-USD"))) == ("", 60)


def test_a_first_answer_on_the_morning_of_a_split_is_taken(vendor):
    vendor.frame = vendor_frame([*np.arange(100.0, 159.0), 8.0], "2025-06-18", splits=[0.0] * 59 + [20.0])
    assert (vendor.refresh().new, len(bar_store.read_bars("BTC-USD"))) == (59, 59)


def test_what_was_saved_before_it_was_doubted_is_withdrawn(vendor, monkeypatch):
    split_unrestated(vendor)
    with monkeypatch.context() as earlier:
        earlier.setattr(shaping.quarantine, "doubts", lambda *_: {})
        assert len(vendor.refresh().quarantined) == 0
    known_at = vendor.now + timedelta(minutes=30)
    vendor.now += timedelta(hours=1)
    done = vendor.refresh(full=True)
    assert (done.new, done.revised, done.withdrawn) == (0, 0, 50)
    assert len(bar_store.read_bars("BTC-USD")) == 10
    assert len(bar_store.read_bars("BTC-USD", known_at)) == 60  # as it was known then
    vendor.now += timedelta(hours=1)
    again = vendor.refresh(full=True)
    assert (again.new, again.revised, again.withdrawn) == (0, 0, 0)


def test_sound_saved_closes_stay_where_the_source_later_sends_another_unit(vendor):
    vendor.meta = providers.Meta("VOD.L", "UTC", "EQUITY", "GBp")
    vendor.refresh()
    sound = bar_store.read_bars("BTC-USD")["close"]
    vendor.frame.iloc[-6:, :4] /= 100
    vendor.now += timedelta(hours=1)
    done = vendor.refresh()
    assert "in another unit of GBp" in done.held_back
    assert bar_store.read_bars("BTC-USD")["close"].equals(sound)


def test_at_most_three_reasons_are_told_in_a_sentence():
    frame = vendor_frame([5.0] * 60, "2025-06-16", dividends=[0.0, *([6.0, 7, 8, 9, 5] + [0] * 54)])
    told = shaping.shape(providers.FetchResult(frame, CRYPTO, NOON), NOON).held_back
    assert told.count("the dividend of") == 3
    assert told.endswith("; 2 other reasons")


def test_every_week_and_on_demand_everything_is_fetched_and_deep_restatements_are_found(vendor):
    vendor.refresh()
    vendor.frame.iloc[3, 3] = 104.0
    vendor.now += timedelta(days=6)
    assert vendor.refresh().revised == 0
    vendor.now += timedelta(days=1)
    done = vendor.refresh()
    assert (done.full_reason, done.revised) == ("weekly check", 1)
    vendor.now += timedelta(minutes=1)
    assert vendor.refresh(full=True).full_reason == "asked for"


def test_a_failed_refresh_leaves_everything_as_it_was(vendor):
    vendor.refresh()
    before = bar_store.read_bars("BTC-USD")

    vendor.failure = UpstreamDownError("Yahoo has a fault (HTTP 500).", symbol="BTC-USD", status=500)
    with pytest.raises(UpstreamDownError):
        vendor.refresh()
    pd.testing.assert_frame_equal(bar_store.read_bars("BTC-USD"), before)
    assert bar_store.fetched_at("BTC-USD") == NOON


def test_an_answer_without_a_bar_to_trust_stores_nothing(vendor):
    vendor.frame = vendor_frame([0.0, -1.0], "2025-06-17")
    with pytest.raises(NoDataError, match=r"No closed bar of BTC-USD can be trusted \(2 in quarantine\)"):
        vendor.refresh()
    assert bar_store.symbols() == ()


def test_many_are_reported_as_they_come_and_one_that_fails_holds_up_none(monkeypatch):
    def refresh_one(symbol, *, full):
        if symbol == "NOPE":
            raise UnknownSymbolError("Yahoo doesn't know 'NOPE'.", symbol=symbol, status=404)
        return (symbol, full)

    monkeypatch.setattr(refresh, "refresh", refresh_one)
    reported = []
    outcomes = refresh.refresh_all(
        ["A", "NOPE", "B", "A"], full=True, progress=lambda *outcome: reported.append(outcome)
    )
    assert list(outcomes) == ["A", "NOPE", "B"]
    assert (outcomes["A"], outcomes["B"]) == (("A", True), ("B", True))
    assert outcomes["NOPE"].kind == "unknown_symbol"
    assert dict(reported) == outcomes


# -- thresholds: the numbers are written out, so that a changed constant fails -----------------------------------------


@pytest.mark.parametrize(("overlap", "reason"), [(3, ""), (2, "only 2 days overlap")])
def test_three_days_of_overlap_are_enough(vendor, overlap, reason):
    vendor.refresh()
    start = date(2025, 6, 7)
    vendor.frame = vendor.frame.loc[: (start + timedelta(days=overlap - 1)).isoformat()]
    vendor.now += timedelta(hours=2)
    assert vendor.refresh().full_reason == reason


@pytest.mark.parametrize(("change", "reason"), [(0.9e-4, ""), (1.1e-4, "closes were restated")])
def test_a_close_that_moved_by_a_ten_thousandth_is_restated(vendor, change, reason):
    vendor.refresh()
    vendor.frame.iloc[-3, vendor.frame.columns.get_loc("close")] *= 1 + change
    vendor.now += timedelta(hours=2)
    assert vendor.refresh().full_reason == reason


def test_a_tail_starts_ten_days_before_the_last_stored_bar(vendor):
    vendor.refresh()
    vendor.now += timedelta(hours=2)
    vendor.refresh()
    assert vendor.asked[-1] == date(2025, 6, 7)
    assert bar_store.read_bars("BTC-USD").index[-1].date() == date(2025, 6, 17)


@pytest.mark.parametrize(
    ("passed", "reason"),
    [
        (timedelta(days=7) - timedelta(seconds=1), ""),
        (timedelta(days=7), "weekly check"),
        (timedelta(0), ""),
        (timedelta(seconds=-1), "weekly check"),  # the clock jumped back: the last check proves nothing
    ],
)
def test_a_check_of_everything_holds_for_seven_days(vendor, passed, reason):
    vendor.refresh()
    vendor.now += passed
    assert vendor.refresh().full_reason == reason


@pytest.mark.parametrize(
    ("passed", "expected"), [(timedelta(hours=1) - timedelta(seconds=1), False), (timedelta(hours=1), True)]
)
def test_an_answer_without_the_expected_bar_holds_for_an_hour(passed, expected):
    asked = at("2025-06-20T04:30")  # half an hour after the end of Thursday the 19th, a holiday, in New York
    stored(date(2025, 6, 18), asked)
    assert refresh.stale("X", asked + passed) is expected


def test_bars_of_another_provider_are_fetched_anew_in_full(vendor, monkeypatch):
    vendor.refresh()
    monkeypatch.setattr(vendor, "NAME", "Rival", raising=False)
    vendor.now += timedelta(hours=2)
    assert vendor.refresh().full_reason == "the stored bars are from Vendor"
    assert bar_store.facts("BTC-USD").source == "Rival"
    vendor.now += timedelta(hours=2)
    assert vendor.refresh().full_reason == ""


# -- repeated work -----------------------------------------------------------------------------------------------------


@pytest.fixture
def parsed(monkeypatch):
    """The number of times that a file of bars was parsed since the test began."""
    counter, parse = [], bar_file.parse

    def counting(content):
        counter.append(len(content))
        return parse(content)

    monkeypatch.setattr(bar_file, "parse", counting)
    return counter


def test_a_refresh_parses_the_file_once_before_and_once_under_the_lock(vendor, parsed):
    vendor.refresh()
    assert parsed == []
    vendor.grow(np.arange(100.0, 162.0), days=2)
    vendor.refresh()
    assert len(parsed) == 2
    parsed.clear()
    history.bars("BTC-USD")  # a page is open
    parsed.clear()
    vendor.grow(np.arange(100.0, 164.0), days=2)
    vendor.refresh()
    assert len(parsed) == 1, "what the page had read was parsed again"


def read_page():
    """What a page asks of the prices of an asset."""
    history.span("BTC-USD", None)
    history.bars("BTC-USD", date(2025, 6, 1))
    history.stale("BTC-USD")
    history.source("BTC-USD", None)
    history.fetched_at("BTC-USD", None)
    history.provenance("BTC-USD", None, None)
    assets.asset("BTC-USD")
    assets.names()
    assets.unit("BTC-USD")
    assets.calendar("BTC-USD")


def test_a_page_parses_a_file_once_and_a_warm_page_never(vendor, parsed):
    vendor.refresh()
    read_page()
    assert len(parsed) == 1
    read_page()
    assert len(parsed) == 1


def test_a_page_beside_a_background_check_parses_a_file_once(vendor, parsed, monkeypatch):
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr(live, "background", live.Background())
    vendor.now = datetime.now(UTC)
    vendor.frame = vendor_frame(np.arange(100.0, 160.0), vendor.now.date() - timedelta(days=1))
    vendor.refresh()
    live.ask(["BTC-USD"])
    live.background.pool.shutdown()
    read_page()
    assert len(parsed) == 1
    assert len(vendor.asked) == 1, "fresh prices were fetched again"


# -- the background ----------------------------------------------------------------------------------------------------


def test_a_symbol_is_checked_again_after_a_minute_and_not_before(vendor, monkeypatch):
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    vendor.failure = OfflineError("Can't reach the vendor.", symbol="BTC-USD")
    seconds = 5.0  # since the machine started: less than a minute
    monkeypatch.setattr(live, "time", SimpleNamespace(monotonic=lambda: seconds))
    monkeypatch.setattr(live, "background", live.Background(pool=Immediate()))
    for moment, asked in ((5.0, 1), (64.9, 1), (65.0, 2), (124.9, 2), (125.0, 3)):
        seconds = moment
        live.ask(["BTC-USD"])
        assert len(vendor.asked) == asked, moment
    live.ask(["BTC-USD"], now=True)
    assert len(vendor.asked) == 4
    assert live.outcome("BTC-USD") is vendor.failure


class Immediate:
    """A pool whose work is done when `submit` returns."""

    def submit(self, work, *args, **options):
        work(*args, **options)


# -- staleness ---------------------------------------------------------------------------------------------------------


def stored(last, fetched_at, instrument="EQUITY", zone=NEW_YORK):
    index = every_day(last - timedelta(days=3), last)
    made = pd.DataFrame(dict.fromkeys(PRICE_COLUMNS, 5.0), index=index).assign(dividends=0.0, splits=0.0)
    bar_store.append("X", made, fetched_at, bar_store.Facts(fetched_at, fetched_at, zone, instrument))


def at(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("instrument", "last", "asked", "now", "expected"),
    [
        ("CRYPTOCURRENCY", "2025-06-17", "2025-06-18T00:05", "2025-06-18T23:59", False),
        ("CRYPTOCURRENCY", "2025-06-17", "2025-06-18T00:05", "2025-06-19T00:01", True),
        ("CRYPTOCURRENCY", "2025-06-20", "2025-06-21T09:00", "2025-06-22T09:00", True),  # a Sunday
        ("EQUITY", "2025-06-20", "2025-06-21T09:00", "2025-06-22T20:00", False),  # Friday's bar holds over a weekend
        ("EQUITY", "2025-06-20", "2025-06-21T09:00", "2025-06-24T04:01", True),  # Monday is over in New York
        ("EQUITY", "2025-06-18", "2025-06-20T04:30", "2025-06-20T05:00", False),  # a holiday, just asked
        ("EQUITY", "2025-06-18", "2025-06-20T04:30", "2025-06-20T05:31", True),  # a holiday, or a late vendor
        ("EQUITY", "2025-06-18", "2025-06-21T03:59", "2025-06-21T03:59", False),
        ("EQUITY", "2025-06-20", "2025-06-21T09:00", "2025-06-20T09:00", True),  # the clock jumped: do not trust it
        ("EQUITY", "2025-06-20", "2025-06-13T09:00", "2025-06-21T09:00", True),  # the weekly check
    ],
)
def test_staleness_follows_age_and_calendar(instrument, last, asked, now, expected):
    stored(date.fromisoformat(last), at(asked), instrument)
    assert refresh.stale("X", at(now)) is expected


def test_what_was_never_stored_is_stale():
    assert refresh.stale("X", NOON)


# -- shaping -----------------------------------------------------------------------------------------------------------


def test_bars_are_named_by_the_exchange_s_date_and_keep_the_frame_contract():
    for zone in (NEW_YORK, "Asia/Tokyo", "Pacific/Auckland", "UTC"):
        frame = vendor_frame([1.0, 2.0, 3.0], "2025-06-16", zone)
        shaped = shaping.shape(providers.FetchResult(frame, providers.Meta("X", zone, "EQUITY"), NOON), NOON)
        assert [stamp.date().isoformat() for stamp in shaped.bars.index] == ["2025-06-14", "2025-06-15", "2025-06-16"]
        pd.testing.assert_frame_equal(daily(shaped.bars, "X"), shaped.bars, check_freq=False)


def test_only_closed_bars_count_and_the_running_one_is_apart():
    session_end = at("2025-06-17T16:00", NEW_YORK)
    meta = providers.Meta("SPY", NEW_YORK, "ETF", "USD", session_end)
    frame = vendor_frame([1.0, 2.0, 3.0], "2025-06-17", NEW_YORK)
    for now, last in (("16:29", date(2025, 6, 16)), ("16:30", date(2025, 6, 17))):
        shaped = shaping.shape(
            providers.FetchResult(frame, meta, at(f"2025-06-17T{now}", NEW_YORK)), at(f"2025-06-17T{now}", NEW_YORK)
        )
        assert shaped.bars.index[-1].date() == last
        assert (shaped.running is None) == (last == date(2025, 6, 17))


def test_without_a_session_the_exchange_s_day_must_be_over_and_crypto_ends_at_midnight_utc():
    unknown = providers.Meta("X", NEW_YORK, "EQUITY")
    assert closes_at(date(2025, 3, 9), unknown) == at("2025-03-10T00:00", NEW_YORK)  # the day the clocks change
    odd = providers.Meta("ETH-USD", NEW_YORK, "CRYPTOCURRENCY", session_end=at("2025-06-17T16:00", NEW_YORK))
    assert closes_at(date(2025, 6, 17), odd) == at("2025-06-18T00:00")


def test_an_adjusted_close_is_never_taken_for_a_close():
    frame = vendor_frame([1.0, 2.0], "2025-06-16").assign(**{"adj close": [0.5, 1.9]})
    assert list(shaping.shape(providers.FetchResult(frame, CRYPTO, NOON), NOON).bars["close"]) == [1.0, 2.0]
    assert "adj close" not in shaping.shape(providers.FetchResult(frame, CRYPTO, NOON), NOON).bars


def test_figures_beside_the_close_that_cannot_be_are_unknown_not_zero():
    frame = vendor_frame([1.0, 2.0, 3.0], "2025-06-16", open=[0.0, 2.0, np.inf], volume=[5.0, -1.0, 7.0])
    shaped = shaping.shape(providers.FetchResult(frame, CRYPTO, NOON), NOON).bars
    assert shaped["open"].isna().tolist() == [True, False, True]
    assert shaped["volume"].isna().tolist() == [False, True, False]


def test_a_yield_may_be_zero_or_less_and_a_price_may_not():
    frame = vendor_frame([0.01, 0.0, -0.1, 4.0], "2025-06-16")
    assert shaping.shape(
        providers.FetchResult(frame, providers.Meta("^TNX", "America/Chicago", may_be_negative=True), NOON), NOON
    ).quarantined.empty
    assert len(shaping.shape(providers.FetchResult(frame, CRYPTO, NOON), NOON).quarantined) == 3


def test_all_is_shaped_even_where_nothing_can_be_trusted():
    shaped = shaping.shape(
        providers.FetchResult(vendor_frame([np.nan, np.inf, 0.0, -1.0], "2025-06-16"), CRYPTO, NOON), NOON
    )
    assert shaped.bars.empty
    assert list(shaped.quarantined["reason"]) == [
        "no close", "the close is not a finite number",
        "the close is 0; a price is above zero", "the close is -1; a price is above zero",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("closes", "doubted"),
    [
        ([10, 10, 600, 10, 10], [2]),
        ([10, 10, 600, 610, 10, 10], [2, 3]),
        ([10, 10, 0.1, 10, 10], [2]),
        ([10, 10, 490, 10], []),  # a factor of 49
        ([10, 10, *range(600, 710, 10)], []),  # a new level that ten later closes confirm
        ([10, 10, *range(600, 700, 10)], [*range(2, 12)]),  # nine do not, nor do they come back
        ([600, 600, 6, 6, 6, 6, 6, 6, 6, 600], [*range(2, 9)]),
        ([600, 600, 6, 6, 0.06, 6, 6, 600], [*range(2, 7)]),
        ([600, 600, 600, 6.1, 6, 6, 6, 6, 6, 6], [*range(3, 10)]),
        ([10, 10, 600], [2]),  # nothing after it
        ([10], []),
    ],
)
def test_a_leap_is_doubted_until_later_closes_confirm_it(closes, doubted):
    series = pd.Series(closes, index=every_day(date(2025, 1, 1), date(2025, 1, len(closes))), dtype=float)
    assert sorted(quarantine.doubts(series.to_frame("close"), ())) == doubted


def test_a_leap_that_no_float_can_write_is_doubted_too():
    series = pd.Series([1e-320, 1e308, 1e-320], pd.date_range("2025-01-01", periods=3, tz="UTC"))
    found = quarantine.doubts(series.to_frame("close"), ())
    assert found == {1: "the close leaps to 10^628 times the one before and comes back"}


@pytest.mark.parametrize("header", ["9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_of_ages_is_cut_to_a_week(header):
    assert retry_after(header, datetime(2025, 6, 1, tzinfo=UTC)) == 7 * 86_400


def test_a_currency_is_a_code_and_no_markup():
    about = {"exchangeTimezoneName": "UTC", "currency": "<a href='https://evil.example'>USD</a>", "instrumentType": 5}
    meta = meta_of("X", {"meta": about})
    assert (meta.currency, meta.instrument) == ("", "")
    assert meta_of("X", {"meta": about | {"currency": "GBp"}}).currency == "GBp"


@pytest.mark.parametrize("stamp", [2**45, 2**56, -(2**62)])
def test_a_stamp_beyond_the_calendar_is_an_overflow_on_every_system(stamp):
    about = {"exchangeTimezoneName": "UTC"}
    with pytest.raises(OverflowError):
        meta_of("X", {"meta": about, "timestamp": [stamp]})
    with pytest.raises(OverflowError):
        meta_of("X", {"meta": about | {"currentTradingPeriod": {"regular": {"end": stamp}}}})


def test_the_live_row_beside_today_s_is_no_repetition():
    nine_thirty = int(at("2025-06-17T09:30", NEW_YORK).timestamp())
    chart = {
        "meta": {"exchangeTimezoneName": NEW_YORK},
        "timestamp": [nine_thirty - 86400, nine_thirty, nine_thirty + 99],
    }
    assert meta_of("SPY", chart).repeated == {}
    chart["timestamp"] += [nine_thirty + 86400]
    assert meta_of("SPY", chart).repeated == {date(2025, 6, 17): "the day is there twice"}


# -- waiting -----------------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


def limit(cooldown, retry_after=None):
    told = cooldown.after(RateLimitedError("limited", symbol="X", retry_after=retry_after))
    return (told.retry_at - NOON).total_seconds()


def test_limits_in_a_row_double_with_jitter_and_an_answer_starts_over(clock):
    cooldown = Cooldown("Yahoo", clock, lambda: NOON)
    waits = []
    for _ in range(9):
        waits.append(limit(cooldown))
        clock.seconds += waits[-1] + 1
    assert all(60 * 2**n <= wait <= 60 * 2**n + 15 for n, wait in enumerate(waits[:6]))
    assert waits[-1] == 3600
    assert len({wait % 60 for wait in waits[:6]}) > 1
    cooldown.answered()
    assert limit(cooldown) <= 75


def test_what_the_source_asks_for_wins_if_it_is_longer(clock):
    assert limit(Cooldown("Yahoo", clock, lambda: NOON), retry_after=500) == 500
    assert limit(Cooldown("Yahoo", clock, lambda: NOON), retry_after=5) >= 60


def test_answers_and_limits_that_were_under_way_change_nothing(clock):
    cooldown = Cooldown("Yahoo", clock, lambda: NOON)
    first = limit(cooldown)
    cooldown.answered()
    assert limit(cooldown) == pytest.approx(first)
    with pytest.raises(RateLimitedError) as told:
        cooldown.before("Y")
    assert told.value.symbol == "Y"
    assert told.value.retry_at is not None


@pytest.mark.parametrize("kind", [OfflineError, SourceTimeoutError])
def test_out_of_reach_stops_every_symbol_for_a_minute_and_no_longer(clock, kind):
    cooldown = Cooldown("Yahoo", clock)
    cooldown.before("X")
    cooldown.after(kind("Can't reach Yahoo.", symbol="X"))
    clock.seconds += 59
    with pytest.raises(kind, match="Can't reach Yahoo"):
        cooldown.before("Y")
    clock.seconds += 1
    cooldown.before("Y")


def test_a_fault_of_one_symbol_stops_no_other(clock):
    cooldown = Cooldown("Yahoo", clock)
    cooldown.after(UnknownSymbolError("no", symbol="X"))
    cooldown.after(BadRequestError("no", symbol="X"))
    cooldown.before("Y")


# -- the whole ---------------------------------------------------------------------------------------------------------


def test_nothing_of_yfinance_is_loaded_before_the_first_fetch():
    code = "import sys, sentiment.market.refresh; print(sorted({'yfinance', 'curl_cffi', 'pyarrow.parquet'} & set(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert found.stdout.strip() == "[]"
