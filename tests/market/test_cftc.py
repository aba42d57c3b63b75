"""The CFTC's reports of traders' positions: the query as it is documented, the Friday of a report, and doubtful rows."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import source_server
from source_server import Report

from sentiment import files
from sentiment.errors import UnexpectedAnswerError
from sentiment.market import bar_store, bundled, history, refresh, shaping
from sentiment.market.providers import cftc
from sentiment.market.providers._http import Source
from sentiment.scoring.inputs import load_inputs

WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
SHARES = (0.25, -0.5, -0.125, 0.0)


@pytest.fixture
def server(monkeypatch, empty_store):
    assert empty_store
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with source_server.serving() as server:
        monkeypatch.setattr(cftc, "ADDRESS", server.address + source_server.CFTC)
        monkeypatch.setattr(cftc, "source", Source(cftc.NAME))
        yield server


def reports(*shares, first=date(2026, 9, 1)):
    """Reports of Tuesdays, 2,000 contracts each."""
    return [
        Report(f"{first + n * WEEK}T00:00:00.000", "2000", str(1_000 + round(2_000 * share)), "1000")
        for n, share in enumerate(shares)
    ]


def closes():
    return {str(day.date()): value for day, value in history.bars(cftc.SYMBOL)["close"].items()}


FRIDAYS = dict(zip(("2026-09-04", "2026-09-11", "2026-09-18", "2026-09-25"), SHARES, strict=True))


def test_a_report_is_dated_by_the_friday_on_which_it_is_public(server):
    server.world.reports = reports(*SHARES)
    result = refresh.refresh(cftc.SYMBOL)
    assert (result.new, len(result.quarantined)) == (4, 0)
    assert closes() == FRIDAYS
    assert history.source(cftc.SYMBOL, None) == "CFTC"
    series = load_inputs("BTC-USD").series["futures_positions"].dropna()
    assert series.to_dict() == {pd.Timestamp(day, tz="UTC"): share for day, share in FRIDAYS.items()}


@pytest.mark.parametrize(("reported", "friday"), [("2025-11-10", "2025-11-14"), ("2018-12-24", "2018-12-28")])
def test_a_report_that_a_holiday_moved_to_monday_is_public_on_friday_too(server, reported, friday):
    server.world.reports = [Report(f"{reported}T00:00:00.000", "2000", "500", "0")]
    refresh.refresh(cftc.SYMBOL)
    assert closes() == {friday: 0.25}


def test_it_asks_for_one_contract_in_futures_and_options_combined(server):
    server.world.reports = [*reports(*SHARES), Report("2026-09-08T00:00:00.000", "9", "9", "0", contract="133742")]
    assert len(cftc.fetch(cftc.SYMBOL).frame) == 4
    ((path, query, _),) = server.asked
    assert path == "/resource/yw9f-hn96.json"
    assert query == {
        "$select": ["report_date_as_yyyy_mm_dd,open_interest_all,lev_money_positions_long,lev_money_positions_short"],
        "$order": ["report_date_as_yyyy_mm_dd"],
        "$limit": ["5000"],
        "cftc_contract_market_code": ["133741"],
    }


def test_the_bundled_figures_are_those_of_the_reports(server):
    """The whole bundled history again, from reports with the same contracts."""
    server.world.reports = []
    bars = bundled.bars(cftc.SYMBOL)["close"]
    monday = {date(2018, 12, 28), date(2019, 1, 4), date(2020, 12, 25), date(2023, 7, 7), date(2025, 11, 14)}
    for stamp, share in bars.items():
        reported = stamp.date() - (4 if stamp.date() in monday else 3) * DAY
        held = str(10**6 + round(share * 10**6))
        server.world.reports.append(Report(f"{reported}T00:00:00.000", str(10**6), held, str(10**6)))
    refresh.refresh(cftc.SYMBOL)
    pd.testing.assert_series_equal(history.bars(cftc.SYMBOL)["close"], bars, check_freq=False)


def test_every_bundled_row_is_a_friday_and_a_week_apart():
    with (files.PRICES / "cme-bitcoin-positions.csv").open(encoding="utf-8") as opened:
        days = [date.fromisoformat(row["date"]) for row in csv.DictReader(opened)]
    assert {day.weekday() for day in days} == {4}
    assert {later - earlier for earlier, later in pairwise(days)} == {WEEK}


def test_a_tail_reaches_back_far_enough_to_be_compared_with_what_is_saved(server):
    server.world.reports = reports(*SHARES)
    refresh.refresh(cftc.SYMBOL)
    server.world.reports = reports(*SHARES, 0.75)
    cftc.source.clock = lambda: float("inf")
    result = refresh.refresh(cftc.SYMBOL)
    assert (result.new, result.revised, result.full_reason) == (1, 0, "")
    assert closes() == FRIDAYS | {"2026-10-02": 0.75}


def test_a_figure_is_final_when_it_is_public_and_not_before(server):
    server.world.reports = reports(*SHARES)
    fetched = cftc.fetch(cftc.SYMBOL)
    public = datetime(2026, 9, 25, 15, 30, tzinfo=ZoneInfo("America/New_York"))
    assert fetched.meta.session_end == public
    assert shaping.shape(fetched, public + HOUR).running is None
    assert shaping.shape(fetched, public - HOUR).running["close"] == SHARES[-1]


SOME = Report("2026-09-08T00:00:00.000", "2000", "500", "0")
DOUBTFUL = {
    "no open interest": (Report(SOME.day, None, "5", "0"), "2026-09-11", "no close"),
    "open interest of zero": (Report(SOME.day, "0", "5", "0"), "2026-09-11", "no close"),
    "no long positions": (Report(SOME.day, "2000", None, "0"), "2026-09-11", "no close"),
    "an empty figure": (Report(SOME.day, "2000", "5", ""), "2026-09-11", "no close"),
    "NaN": (Report(SOME.day, "2000", "NaN", "0"), "2026-09-11", "no close"),
    "infinite": (Report(SOME.day, "2000", "inf", "0"), "2026-09-11", "the close is not a finite number"),
    "the future": (Report("2199-01-01T00:00:00.000", "2000", "500", "0"), "2199-01-04", "dated 2199-01-04, after"),
    "out of order": (Report("2026-09-29T00:00:00.000", "2000", "500", "0"), "2026-10-02", "out of order"),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_doubtful_report_is_quarantined_and_the_rest_is_kept(server, name):
    report, day, reason = DOUBTFUL[name]
    sound = reports(*SHARES)
    server.world.reports = [sound[0], report, *sound[2:]]
    (found,) = refresh.refresh(cftc.SYMBOL).quarantined["reason"].items()
    assert str(found[0].date()) == day
    assert found[1].startswith(reason)
    assert closes() == {friday: share for friday, share in FRIDAYS.items() if friday != "2026-09-11"}


def test_two_reports_of_a_week_are_both_quarantined(server):
    sound = reports(*SHARES)
    server.world.reports = [*sound[:2], Report("2026-09-07T00:00:00.000", "2000", "1", "0"), *sound[2:]]
    result = refresh.refresh(cftc.SYMBOL)
    assert result.quarantined["reason"].tolist() == ["the day is there twice"] * 2
    assert "2026-09-11" not in closes()


@pytest.mark.parametrize(
    "report", [Report("soon", "1", "1", "1"), Report(SOME.day, "many", "1", "1"), Report(SOME.day, "1", "1", "1,5")]
)
def test_a_row_of_another_form_is_told_and_nothing_is_taken(server, report):
    server.world.reports = [*reports(0.5), report]
    with pytest.raises(UnexpectedAnswerError, match=r"CFTC was asked for BTC-CME-POSITIONS and sent .*; ignored"):
        refresh.refresh(cftc.SYMBOL)
    assert not history.is_live(cftc.SYMBOL)


@pytest.mark.usefixtures("empty_store")
@pytest.mark.parametrize(
    ("fetched", "now", "stale"),
    [  # the last saved figure is of Friday, 25 September; hours are UTC
        ("2026-09-26T05:00", "2026-10-02T23:00", False),  # the next one is due today
        ("2026-09-26T05:00", "2026-10-03T05:00", True),  # Friday is over in Washington
        ("2026-10-03T05:00", "2026-10-03T05:59", False),
        ("2026-10-03T05:00", "2026-10-03T06:00", True),
        ("2026-10-07T05:00", "2026-10-07T06:00", True),  # a report delayed by a holiday is waited for
    ],
)
def test_a_weekly_figure_is_asked_for_from_its_friday_on_until_it_comes(fetched, now, stale):
    fetched, now = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (fetched, now))
    index = pd.DatetimeIndex(["2026-09-18", "2026-09-25"], tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(bar_store.PRICE_COLUMNS, 0.0), "close": 0.5}, index=index)
    bar_store.append(cftc.SYMBOL, frame, fetched, bar_store.Facts(fetched, fetched, cftc.ZONE, "WEEKLY", source="CFTC"))
    assert refresh.stale(cftc.SYMBOL, now) is stale
