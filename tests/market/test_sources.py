"""What each plain source's answer is made into: literal answers in the documented form, and the figures of which days."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import source_server
from yahoo_server import Answer

from sentiment.errors import BadRequestError, NoDataError, UnexpectedAnswerError
from sentiment.market import bar_store, bundled, history, providers, refresh, shaping
from sentiment.market.providers import alternative_me, cboe, coin_metrics, defillama, ecb, fred

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PATHS = {
    alternative_me: source_server.FNG, cboe: source_server.CBOE, coin_metrics: source_server.COIN_METRICS,
    defillama: source_server.STABLECOINS, ecb: source_server.ECB, fred: source_server.FRED,
}  # fmt: skip


@pytest.fixture
def server(monkeypatch, empty_store):
    assert empty_store
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with source_server.serving() as server:
        for module, path in PATHS.items():
            monkeypatch.setattr(module, "ADDRESS", server.address + path)
            monkeypatch.setattr(module, "source", source_server.renewed(module.source))
        yield server


def closes(symbol):
    return {str(stamp.date()): value for stamp, value in history.bars(symbol)["close"].items()}


def stamps(frame):
    return [str(stamp.date()) for stamp in frame.index]


# -- FRED --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symbol", "name", "first"),
    [
        ("US-10Y-YIELD", "DGS10", "1990-01-02"),
        ("US-10Y-REAL-YIELD", "DFII10", "2003-01-02"),
        ("US-3M-BILL", "DTB3", "1990-01-02"),
    ],
)
def test_a_yield_is_a_fraction_a_year_and_a_holiday_has_none(server, symbol, name, first):
    server.world.targets = [("2026-09-03", "4.12"), ("2026-09-04", "-0.05"), ("2026-09-07", "."), ("2026-09-08", "4.1")]
    result = refresh.refresh(symbol.lower())
    assert closes(symbol) == {"2026-09-03": 0.0412, "2026-09-04": -0.0005, "2026-09-08": 0.041}
    assert result.quarantined["reason"].tolist() == ["no close"]
    assert server.asked[0][1] == {"id": [name], "cosd": [first]}


# -- Cboe --------------------------------------------------------------------------------------------------------------

HISTORY = [
    ("02/05/2026", "19.160000,23.020000,18.640000,21.770000"),
    ("02/06/2026", "21.700000,22.530000,17.590000,17.760000"),
    ("02/09/2026", "18.410000,18.640000,17.120000,17.360000"),
]


def test_the_index_is_cboe_s_own_and_not_what_yahoo_makes_of_it(server):
    server.world.volatility = HISTORY
    refresh.refresh("^VIX")
    assert closes("^VIX") == {"2026-02-05": 21.77, "2026-02-06": 17.76, "2026-02-09": 17.36}
    assert closes("^VIX")["2026-02-06"] == bundled.bars("^VIX")["close"][pd.Timestamp("2026-02-06", tz="UTC")]
    assert history.bars("^VIX").iloc[0][["open", "high", "low"]].tolist() == [19.16, 23.02, 18.64]
    assert [path for path, _, _ in server.asked] == ["/api/global/us_indices/daily_prices/VIX_History.csv"]
    assert providers.provider_of("^vix3m") == (cboe, "^VIX3M")


def test_an_index_is_asked_for_by_its_own_file(server):
    server.world.volatility = HISTORY
    found = cboe.fetch("^VIX3M", date(2026, 2, 6))
    assert stamps(found.frame) == ["2026-02-06", "2026-02-09"]
    assert server.asked[0][0].endswith("/VIX3M_History.csv")


def test_the_day_of_an_index_is_final_when_its_session_has_ended(server):
    server.world.volatility = HISTORY
    found = cboe.fetch("^VIX")
    end = datetime(2026, 2, 9, 15, 15, tzinfo=ZoneInfo("America/Chicago"))
    assert found.meta == providers.Meta("^VIX", "America/Chicago", "INDEX", session_end=end)
    assert shaping.shape(found, end + HOUR).running is None
    assert shaping.shape(found, end).running["close"] == 17.36


@pytest.mark.parametrize("day", ["2026-02-05", "13/01/2026", "5 Feb", "", "02/30/2026"])
def test_a_day_of_another_form_is_told(server, day):
    server.world.volatility = [(day, "1,1,1,1")]
    with pytest.raises(UnexpectedAnswerError, match=r"Cboe was asked for .VIX and sent .*, not a day; ignored"):
        cboe.fetch("^VIX")


def test_a_table_without_a_close_is_told(server):
    server.fault = lambda *_: Answer(body=b"DATE,VIX\n02/05/2026,21.77\n")
    with pytest.raises(UnexpectedAnswerError, match="without some of 'DATE,OPEN,HIGH,LOW,CLOSE'"):
        cboe.fetch("^VIX")


# -- alternative.me ----------------------------------------------------------------------------------------------------


def test_a_value_of_fear_and_greed_is_public_as_its_day_begins(server):
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [(midnight - n * DAY).date() for n in (2, 1, 0)]
    server.world.greed = [
        (source_server.seconds(day), value) for day, value in zip(days, ("0", "23", "71"), strict=True)
    ]
    found = alternative_me.fetch("crypto-fear-greed")
    assert (found.frame["close"].tolist(), found.meta.instrument) == ([0.0, 23.0, 71.0], "MORNING")
    assert stamps(found.frame) == [str(day) for day in days]
    assert shaping.shape(found, midnight + HOUR).bars["close"].tolist() == [0.0, 23.0, 71.0]
    assert shaping.shape(found, midnight + HOUR / 4).bars["close"].tolist() == [0.0, 23.0]


@pytest.mark.parametrize(
    ("fetched", "now", "stale"),
    [  # the last saved value is of 1 October
        ("2026-10-01T00:40", "2026-10-01T23:59", False),
        ("2026-10-01T00:40", "2026-10-02T00:01", True),
        ("2026-10-02T00:10", "2026-10-02T01:00", False),
        ("2026-10-02T00:10", "2026-10-02T01:10", True),
    ],
)
def test_fear_and_greed_is_asked_for_as_a_day_begins(server, fetched, now, stale):
    assert server
    save("CRYPTO-FEAR-GREED", "MORNING", "UTC", moment(fetched), ["2026-09-30", "2026-10-01"])
    assert refresh.stale("CRYPTO-FEAR-GREED", moment(now)) is stale


@pytest.mark.parametrize("value", ["101", "-1", "many", "inf"])
def test_what_is_no_index_of_fear_is_told(server, value):
    server.world.greed = [(1_789_776_000, value)]
    with pytest.raises(UnexpectedAnswerError, match=r"alternative\.me was asked for CRYPTO-FEAR-GREED and sent"):
        alternative_me.fetch("CRYPTO-FEAR-GREED")


# -- ECB ---------------------------------------------------------------------------------------------------------------


def test_the_live_euro_is_the_bundled_one(server):
    steps = bundled.bars("EURUSD=X")["close"].iloc[-300:]
    server.world.euro["EXR.D.USD.EUR.SP00.A"] = [(str(stamp.date()), f"{value}") for stamp, value in steps.items()]
    refresh.refresh("EURUSD=X")
    pd.testing.assert_series_equal(history.bars("EURUSD=X")["close"], steps, check_freq=False)
    assert server.asked[0][:2] == (
        "/service/data/EXR/D.USD.EUR.SP00.A",
        {"startPeriod": ["1999-01-01"], "detail": ["dataonly"], "format": ["csvdata"]},
    )
    assert history.source("EURUSD=X", None) == "ECB"


def test_a_day_that_only_a_former_source_has_is_withdrawn_and_kept_as_it_was_known(server):
    save(
        "EURUSD=X", "CURRENCY", "Europe/London", moment("2026-11-01T05:00"), ["2026-04-02", "2026-04-03", "2026-10-30"]
    )
    server.world.euro["EXR.D.USD.EUR.SP00.A"] = [("2026-04-02", "1.15"), ("2026-10-30", "1.16"), ("2026-10-29", "")]
    result = refresh.refresh("EURUSD=X")
    assert (result.full_reason, result.withdrawn) == ("the stored bars are from Yahoo", 1)
    assert closes("EURUSD=X") == {"2026-04-02": 1.15, "2026-10-30": 1.16}, "Good Friday is no day of TARGET"
    then = history.bars("EURUSD=X", known_at=moment("2026-11-02T00:00"))["close"]
    assert then.tolist() == [0.5, 0.5, 0.5]
    assert history.source("EURUSD=X", moment("2026-11-02T00:00")) == "Yahoo"
    assert refresh.refresh("EURUSD=X").withdrawn == 0


def test_a_rate_is_final_when_it_is_published_and_a_tail_is_asked_for(server):
    server.world.euro["EXR.D.JPY.EUR.SP00.A"] = [("2026-10-28", "171.05"), ("2026-10-29", ""), ("2026-10-30", "NaN")]
    server.world.euro["EXR.D.JPY.EUR.SP00.A"] += [("2026-11-02", "172.31")]
    found = ecb.fetch("eurjpy=x", date(2026, 10, 27))
    public = datetime(2026, 11, 2, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    assert found.meta == providers.Meta("EURJPY=X", "Europe/Berlin", "CURRENCY", "JPY", session_end=public)
    assert shaping.shape(found, public + HOUR).bars["close"].tolist() == [171.05, 172.31]
    assert shaping.shape(found, public).running["close"] == 172.31
    assert server.asked[0][1]["startPeriod"] == ["2026-10-27"]
    with pytest.raises(NoDataError, match="ECB has no figures of EURJPY=X since 2026-12-01"):
        ecb.fetch("EURJPY=X", date(2026, 12, 1))


def test_the_deposit_rate_stands_until_the_next_and_is_asked_for_as_a_whole(server):
    changes = [("2024-09-18", "3.5"), ("2025-06-11", "2"), ("2026-03-01", "-0.25")]
    server.world.euro["FM.D.U2.EUR.4F.KR.DFR.LEV"] = changes
    refresh.refresh("ECB-DEPOSIT-RATE")
    assert closes("ECB-DEPOSIT-RATE") == {"2024-09-18": 0.035, "2025-06-11": 0.02, "2026-03-01": -0.0025}
    tail = ecb.fetch("ECB-DEPOSIT-RATE", date(2026, 3, 1))
    assert stamps(tail.frame) == ["2025-06-11", "2026-03-01"]
    assert len(server.asked) == 1
    assert tail.meta == providers.Meta("ECB-DEPOSIT-RATE", "Europe/Berlin", "STEPWISE", may_be_negative=True)


@pytest.mark.parametrize("text", ["EURRUB=X", "USDEUR=X", "EUREUR=X", "EUR"])
def test_what_has_no_reference_rate_is_left_to_others(text):
    with pytest.raises(BadRequestError, match="is not from ECB; it gives EURUSD=X, EURJPY=X"):
        ecb.normalize(text)


def test_a_figure_of_another_series_is_told(server):
    other = b"KEY,TIME_PERIOD,OBS_VALUE\nEXR.D.GBP.EUR.SP00.A,2026-10-30,0.87\n"
    server.fault = lambda *_: Answer(body=other)
    with pytest.raises(UnexpectedAnswerError, match=r"sent figures of .EXR\.D\.GBP\.EUR\.SP00\.A.; ignored"):
        ecb.fetch("EURUSD=X")


# -- Coin Metrics ------------------------------------------------------------------------------------------------------


def test_addresses_come_page_by_page(server):
    rows = [(str(date(2026, 9, 1) + n * DAY), str(600_000 + n)) for n in range(7)]
    server.world.networks["eth AdrActCnt"], server.world.page_size = rows, 3
    found = coin_metrics.fetch("eth-addresses", date(2026, 9, 2))
    assert found.frame["close"].tolist() == [600_001 + n for n in range(6)]
    assert [query.get("next_page_token") for _, query, _ in server.asked] == [None, ["3"]]
    assert server.asked[0][1] == {
        "assets": ["eth"], "metrics": ["AdrActCnt"], "frequency": ["1d"], "start_time": ["2026-09-02"],
        "paging_from": ["start"], "page_size": ["10000"],
    }  # fmt: skip
    assert found.meta == providers.Meta("ETH-ADDRESSES", "UTC", "CRYPTOCURRENCY", "addresses")


def test_a_day_without_a_hash_rate_is_missing_and_not_zero(server):
    rows = [("2026-09-01", "9.1e8"), ("2026-09-02", None), ("2026-09-03", "912345678.25")]
    server.world.networks["btc HashRate"] = rows
    result = refresh.refresh("BTC-HASH-RATE")
    assert closes("BTC-HASH-RATE") == {"2026-09-01": 9.1e8, "2026-09-03": 912345678.25}
    assert result.quarantined["reason"].tolist() == ["no close"]


def test_its_own_words_of_refusal_are_told(server):
    assert server
    with pytest.raises(
        BadRequestError, match=r"Coin Metrics was asked for BTC-HASH-RATE and refused \(HTTP 400\): .*not supp"
    ):
        coin_metrics.fetch("BTC-HASH-RATE")


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ({"data": [], "next_page_token": "x"}, "a page that leads no further"),
        ({"data": [{"asset": "ltc", "time": "2026-09-01", "AdrActCnt": "1"}]}, "figures of 'ltc'"),
        ({"rows": []}, "not a list of rows under data"),
    ],
)
def test_a_page_of_another_form_is_told(server, page, told):
    server.fault = lambda *_: Answer(body=json.dumps(page).encode())
    with pytest.raises(UnexpectedAnswerError, match=told):
        coin_metrics.fetch("BTC-ADDRESSES")


# -- DefiLlama ---------------------------------------------------------------------------------------------------------


def test_the_supply_is_of_coins_pegged_to_the_dollar_in_dollars(server):
    days = [date(2026, 9, 1) + n * DAY for n in range(3)]
    values = (3.0e11, None, 3.02e11)
    server.world.stablecoins = [
        (str(source_server.seconds(day)), value) for day, value in zip(days, values, strict=True)
    ]
    refresh.refresh("STABLECOIN-SUPPLY")
    assert closes("STABLECOIN-SUPPLY") == {"2026-09-01": 3.0e11, "2026-09-03": 3.02e11}
    assert bar_store.facts("STABLECOIN-SUPPLY").currency == "USD"


@pytest.mark.parametrize("date_of_row", ["today", "1e9", None, -5, "99999999999999", 1.5])
def test_a_row_of_no_day_is_told(server, date_of_row):
    server.world.stablecoins = [(date_of_row, 1.0)]
    with pytest.raises(UnexpectedAnswerError, match="DefiLlama was asked for STABLECOIN-SUPPLY and sent"):
        defillama.fetch("STABLECOIN-SUPPLY")


# -- stepwise figures --------------------------------------------------------------------------------------------------


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def save(symbol, instrument, zone, fetched, days):
    index = pd.DatetimeIndex(days, tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(bar_store.PRICE_COLUMNS, 0.0), "close": 0.5}, index=index)
    bar_store.append(symbol, frame, fetched, bar_store.Facts(fetched, fetched, zone, instrument))


@pytest.mark.parametrize(
    ("now", "stale"),
    [("2026-10-06T05:00", False), ("2026-10-07T04:59", False), ("2026-10-07T05:00", True), ("2026-10-05T05:00", True)],
)
def test_what_stands_until_the_next_is_asked_for_once_a_day(server, now, stale):
    assert server
    save("ECB-DEPOSIT-RATE", "STEPWISE", "Europe/Berlin", moment("2026-10-06T05:00"), ["2026-03-11"])
    assert refresh.stale("ECB-DEPOSIT-RATE", moment(now)) is stale


def test_every_source_says_whether_its_values_may_be_passed_on():
    told = {provider.NAME: provider.SHAREABLE for provider in providers.registry()}
    assert told == {
        "FRED": True, "Binance": False, "CFTC": True, "Cboe": False, "alternative.me": True, "ECB": True, "SEC": True,
        "Coin Metrics": True, "DefiLlama": False, "Yahoo": False,
    }  # fmt: skip
