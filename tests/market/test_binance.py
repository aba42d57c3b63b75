"""The funding rate from Binance: pages as they are documented, the mean of a finished day, and rates that make no day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import source_server
from source_server import Rate
from utc_day import today

from sentiment.errors import UnexpectedAnswerError
from sentiment.market import history, providers, refresh
from sentiment.market.providers import binance
from sentiment.market.providers._http import Source
from sentiment.scoring.inputs import load_inputs

DAY, EIGHT_HOURS = timedelta(days=1), timedelta(hours=8)
MINUTE = 60_000  # in ms: so early a rate of midnight may be stamped


@pytest.fixture
def server(monkeypatch, empty_store):
    assert empty_store
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with source_server.serving() as server:
        monkeypatch.setattr(binance, "ADDRESS", server.address + source_server.BINANCE)
        monkeypatch.setattr(binance, "source", Source(binance.NAME))
        yield server


def stamp(moment):
    return round(moment.timestamp() * 1_000)


def midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def rates(days, first=date(2026, 9, 1), late=0):
    """Rates of days, three a day; a few milliseconds late, as they are."""
    return [
        Rate(stamp(midnight(first + number * DAY) + place * EIGHT_HOURS) + late, rate)
        for number, of_day in enumerate(days)
        for place, rate in enumerate(of_day)
    ]


def closes():
    return {str(day.date()): value for day, value in history.bars(binance.SYMBOL)["close"].items()}


def test_a_day_is_the_mean_of_its_rates_and_may_be_below_zero(server):
    server.world.rates = rates([("0.0001", "0.00020000", "0.0003"), ("-0.03750000", "0", "0")], late=3)
    result = refresh.refresh(binance.SYMBOL)
    assert (result.new, len(result.quarantined)) == (2, 0)
    assert closes() == {"2026-09-01": 0.0002, "2026-09-02": -0.0125}
    assert history.source(binance.SYMBOL, None) == "Binance"
    assert load_inputs("BTC-USD").series["funding_rate"].loc["2026-09-01"] == 0.0002


def test_a_stamp_some_milliseconds_early_is_of_the_day_that_begins(server):
    server.world.rates = rates([("0.0001",) * 3, ("0.0004",) * 3], late=-2)
    refresh.refresh(binance.SYMBOL)
    assert closes() == {"2026-09-01": 0.0001, "2026-09-02": 0.0004}


def test_a_day_counts_once_it_is_over(server):
    server.world.rates = rates([("0.0001", "0.0001", "0.0001"), ("0.0005",)], first=today() - DAY)
    result = refresh.refresh(binance.SYMBOL)
    assert (result.last, result.running["close"]) == (today() - DAY, 0.0005)
    assert closes() == {str(today() - DAY): 0.0001}


def test_the_whole_history_comes_page_by_page_and_nothing_twice(server):
    server.world.rates = rates([("0.0001", "0.0002", "0.0003")] * 700, first=binance.FIRST)[1:]
    result = refresh.refresh(binance.SYMBOL)
    assert (result.new, len(result.quarantined)) == (700, 0), "the contract's first day has two rates"
    starts = [int(query["startTime"][0]) for _, query, _ in server.asked]
    assert starts[0] == stamp(midnight(binance.FIRST)) - MINUTE
    assert starts[1:] == [server.world.rates[999].time + 1, server.world.rates[1_999].time + 1]
    assert all((query["symbol"], query["limit"]) == (["BTCUSDT"], ["1000"]) for _, query, _ in server.asked)


def test_a_tail_begins_at_the_day_that_is_asked_for(server):
    server.world.rates = rates([("0.0001",) * 3] * 30)
    part = binance.fetch(binance.SYMBOL, date(2026, 9, 20))
    assert len(part.frame) == 11
    ((_, query, _),) = server.asked
    assert query["startTime"] == [str(stamp(midnight(date(2026, 9, 20))) - MINUTE)]
    assert part.meta == providers.Meta(binance.SYMBOL, "UTC", "CRYPTOCURRENCY", may_be_negative=True)


def test_a_page_that_ends_with_the_limit_is_followed_by_an_empty_one(server):
    server.world.rates = rates([("0.0001",) * 3] * 334)[:1_000]
    assert len(binance.fetch(binance.SYMBOL, date(2026, 9, 1)).frame) == 334
    assert len(server.asked) == 2


def change(place, **fields):
    def arrange(all_rates):
        for name, value in fields.items():
            setattr(all_rates[place], name, value)

    return arrange


def twice(all_rates):
    all_rates.insert(4, all_rates[4])


def unsorted(all_rates):
    all_rates[3], all_rates[4] = all_rates[4], all_rates[3]


def lost(all_rates):
    del all_rates[4]


def every_four_hours(all_rates):
    all_rates.insert(4, Rate(all_rates[3].time + 4 * 3_600_000, "0.0001"))


DOUBTFUL = {
    "no rate": (change(4, rate=""), "no close"),
    "NaN": (change(4, rate="NaN"), "no close"),
    "infinite": (change(4, rate="inf"), "the close is not a finite number"),
    "a rate twice": (twice, "a rate is there twice"),
    "out of order": (unsorted, "the rates are out of order"),
    "a rate is missing": (lost, "2 rates instead of 3"),
    "another interval": (every_four_hours, "4 rates instead of 3"),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_day_of_doubtful_rates_is_quarantined_and_the_rest_is_kept(server, name):
    arrange, reason = DOUBTFUL[name]
    server.world.rates = rates([("0.0001",) * 3] * 4)
    arrange(server.world.rates)
    result = refresh.refresh(binance.SYMBOL)
    assert [(str(day.date()), why) for day, why in result.quarantined["reason"].items()] == [("2026-09-02", reason)]
    assert closes() == dict.fromkeys(("2026-09-01", "2026-09-03", "2026-09-04"), 0.0001)


def test_a_rate_of_the_future_is_quarantined(server):
    server.world.rates = [*rates([("0.0001",) * 3]), *rates([("0.9",) * 3], first=today() + 3 * DAY)]
    result = refresh.refresh(binance.SYMBOL)
    assert result.quarantined["reason"].tolist() == [
        f"dated {today() + 3 * DAY}, after the exchange's today ({today()})"
    ]
    assert closes() == {"2026-09-01": 0.0001}


@pytest.mark.parametrize(
    "body",
    [
        b'[{"symbol": "ETHUSDT", "fundingTime": 1788220800000, "fundingRate": "0.1"}]',
        b'[{"symbol": "BTCUSDT", "fundingTime": "soon", "fundingRate": "0.1"}]',
        b'[{"symbol": "BTCUSDT", "fundingTime": 17882208000000000, "fundingRate": "0.1"}]',
        b'[{"symbol": "BTCUSDT", "fundingTime": 1788220800000, "fundingRate": "much"}]',
        b'[{"symbol": "BTCUSDT", "fundingTime": 1788220800000, "fundingRate": true}]',
        b'[{"symbol": "BTCUSDT", "fundingRate": "0.1"}]',
        b'["BTCUSDT"]',
        b'{"code": -1121, "msg": "Invalid symbol."}',
    ],
)
def test_a_row_of_another_form_is_told_and_nothing_is_taken(server, body):
    server.fault = lambda *_: source_server.Answer(body=body)
    with pytest.raises(UnexpectedAnswerError, match=r"Binance was asked for BTC-FUNDING and sent .*; ignored"):
        refresh.refresh(binance.SYMBOL)
    assert not history.is_live(binance.SYMBOL)


def test_pages_without_an_end_are_given_up(server):
    server.world.rates = rates([("0.0001",) * 3] * 400)
    page = source_server.binance(server.world, "", {"symbol": ["BTCUSDT"], "startTime": ["0"], "limit": ["1000"]})
    server.fault = lambda *_: page
    with pytest.raises(UnexpectedAnswerError, match="a page that leads no further"):
        refresh.refresh(binance.SYMBOL)
    assert len(server.asked) == 2
