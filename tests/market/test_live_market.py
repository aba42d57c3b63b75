"""Saved live prices in the scores: they come before the bundled ones, replay as they were known, and never jump."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from sentiment.errors import SelectionError, UnknownAssetError
from sentiment.market import assets, bar_store, history, roles
from sentiment.models import Selection
from sentiment.research import grading, library
from sentiment.scoring import inputs
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import export
from sentiment.tables.records.components import components_table
from sentiment.tables.records.prices import prices_table
from sentiment.tables.records.revisions import revisions_table
from sentiment.tables.records.scores import scores_table
from sentiment.tables.records.sources import sources_table
from sentiment.validation.signals import evaluate
from sentiment.web import links

BUNDLED = ("BTC-USD", "ETH-USD", "SPY", "QQQ", "GLD", "EURUSD=X")
FIRST = datetime(2026, 10, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))


def frame(close, *, last="2026-10-19", weekdays=False, **columns):
    index = pd.date_range(
        end=pd.Timestamp(last, tz="UTC"), periods=len(close), freq="B" if weekdays else "D", unit="us"
    )
    values = dict.fromkeys(("dividends", "splits"), 0.0) | {"volume": 1000.0} | columns
    close = np.array(close, dtype=float)
    prices = dict.fromkeys(("open", "high", "low", "close"), close)
    return pd.DataFrame({**prices, **values}, index=index.rename("date"))


def save(symbol, rows, known_at=FIRST, instrument="CRYPTOCURRENCY", zone="UTC"):
    bar_store.append(symbol, rows, known_at, bar_store.Facts(known_at, known_at, zone, instrument, "USD"))


def walk(days, seed=1):
    return 1_000 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.03, days)))


def test_saved_prices_come_before_the_bundled_ones_and_before_they_were_known_not():
    before = export.to_csv(scores_table(score(load_inputs("BTC-USD"))))
    save("BTC-USD", frame(walk(900)))
    assert history.span("BTC-USD", None) == (date(2024, 5, 3), date(2026, 10, 19))
    assert history.provenance("BTC-USD", None, None).source == "Yahoo"
    then = load_inputs("BTC-USD", known_at=FIRST - DAY)
    assert export.to_csv(scores_table(score(then))) == before
    assert history.provenance("BTC-USD", None, known_at=FIRST - DAY).source == "bundled figures"


def test_a_pinned_reading_keeps_its_bytes_after_a_revision():
    rows = frame(walk(900))
    save("ETH-USD", rows)
    pinned = export.to_csv(components_table(score(load_inputs("ETH-USD", known_at=FIRST))))
    rows.iloc[-3, rows.columns.get_loc("close")] *= 0.8
    save("ETH-USD", rows, FIRST + DAY)
    assert export.to_csv(components_table(score(load_inputs("ETH-USD", known_at=FIRST)))) == pinned
    assert export.to_csv(components_table(score(load_inputs("ETH-USD")))) != pinned


def test_revisions_tell_old_new_and_the_effect_on_the_scores():
    rows = frame(walk(900))
    save("ETH-USD", rows)
    assert revisions_table("ETH-USD").empty
    old = float(rows["close"].iloc[-3])
    rows.iloc[-3, rows.columns.get_loc("close")] = old * 0.8
    save("ETH-USD", rows, FIRST + DAY)
    (row,) = revisions_table("ETH-USD").to_dict("records")
    assert (row["date"].date(), row["column"]) == (date(2026, 10, 17), "close")
    assert (row["old"], row["new"]) == (pytest.approx(old), pytest.approx(old * 0.8))
    assert row["fear_after"] > row["fear_before"]
    assert revisions_table("ETH-USD", date(2026, 10, 16)).empty


def test_any_ticker_is_scored_with_what_applies_and_the_rest_is_missing():
    save("AAPL", frame(walk(900), weekdays=True), instrument="EQUITY", zone="America/New_York")
    assert assets.names() == (*BUNDLED, "AAPL")
    scored = score(load_inputs("AAPL"))
    last = scored.rank.iloc[-1]
    known = {name for name in last.index if pd.notna(last[name])}
    # The bundled VIX ends before; futures and funding do not apply to a share; the mean needs 1,400 days.
    assert known == {"drawdown", "momentum", "downside_volatility", "selling_pressure", "support"} | (
        known & {"policy"}
    )
    assert scored.axes["fear"].iloc[-1] > 0
    assert scored.axes["fear_coverage"].iloc[-1] == pytest.approx(45 / 85, abs=1e-6)


def test_an_exchanges_close_is_carried_seven_days_and_not_eight():
    rows = frame([100.0, 110.0], last="2026-10-19")
    rows.index = pd.DatetimeIndex(["2026-10-05", "2026-10-19"], tz="UTC", name="date").as_unit("us")
    save("AAPL", rows, instrument="EQUITY", zone="America/New_York")
    closes = load_inputs("AAPL").prices["close"]
    assert closes["2026-10-05":"2026-10-12"].tolist() == [100.0] * 8, "the session's own day and seven after it"
    assert closes["2026-10-13":"2026-10-18"].isna().all()
    assert closes["2026-10-19"] == 110.0


def test_an_exchanges_close_is_carried_over_the_weekend_and_nothing_was_traded():
    save("AAPL", frame(walk(20), weekdays=True), instrument="EQUITY", zone="America/New_York")
    prices = load_inputs("AAPL").prices
    saturday = prices.loc["2026-10-17"]
    assert saturday["close"] == prices.loc["2026-10-16", "close"]
    assert saturday["volume"] == 0
    assert saturday["carried"]
    assert len(prices_table(load_inputs("AAPL"))) == 20


def test_a_gap_in_a_daily_series_is_not_filled():
    save("ETH-USD", frame([1.0] * 20).drop(pd.Timestamp("2026-10-10", tz="UTC")))
    assert np.isnan(load_inputs("ETH-USD").prices.loc["2026-10-10", "close"])


def test_a_dividend_is_no_loss():
    close = [100.0] * 60 + [90.0] * 40
    paid = np.zeros(100)
    paid[60] = 10.0
    save("SPY", frame(close, weekdays=True, dividends=paid), instrument="ETF", zone="America/New_York")
    raw = score(load_inputs("SPY")).raw
    assert raw["drawdown"].dropna().abs().max() == pytest.approx(0)
    assert raw["downside_volatility"].dropna().abs().max() == pytest.approx(0)


def test_a_later_dividend_changes_no_earlier_reading():
    rows = frame(walk(200), weekdays=True)
    paid = rows.copy()
    paid.iloc[50, paid.columns.get_loc("dividends")] = 5.0
    both = paid.copy()
    both.iloc[-1, both.columns.get_loc("dividends")] = 7.0
    early = inputs.total_return(paid.iloc[:-1])
    pd.testing.assert_frame_equal(inputs.total_return(both).iloc[:-1], early)


def test_the_short_rate_is_one_series_whether_it_is_bundled_or_live():
    bundled_one = load_inputs("BTC-USD").series["short_rate"].dropna()
    save("FED-FUNDS-TARGET", frame([0.04] * 50), instrument="", zone="America/New_York")
    assert history.role_series("BTC-USD", None)["short_rate"].symbol == "FED-FUNDS-TARGET"
    assert load_inputs("BTC-USD").series["short_rate"].dropna().unique().tolist() == [0.04]
    then = load_inputs("BTC-USD", known_at=FIRST - DAY).series["short_rate"].dropna()
    pd.testing.assert_series_equal(then, bundled_one)


def test_another_rate_that_was_saved_once_plays_no_role():
    before = load_inputs("BTC-USD").series["short_rate"]
    save("^IRX", frame([4.0] * 50, weekdays=True), instrument="INDEX", zone="America/Chicago")
    pd.testing.assert_series_equal(load_inputs("BTC-USD").series["short_rate"], before)


def test_who_plays_a_role_is_no_asset_of_its_own():
    save("^VIX", frame([20.0] * 50, weekdays=True), instrument="INDEX", zone="America/Chicago")
    assert assets.names() == BUNDLED


def test_what_is_not_saved_can_be_fetched_and_the_message_says_how():
    with pytest.raises(UnknownAssetError, match="sentiment refresh TICKER"):
        load_inputs("SOL-USD")
    assert roles.symbols_to_fetch("ETH-USD") == (
        "ETH-USD", "^VIX", "FED-FUNDS-TARGET", "ETH-ADDRESSES", "STABLECOIN-SUPPLY",
    )  # fmt: skip
    assert roles.symbols_to_fetch("SPY") == (
        "SPY", "^VIX", "^VIX3M", "FED-FUNDS-TARGET", "US-10Y-YIELD", "HYG", "TLT",
    )  # fmt: skip


def test_the_version_moves_with_every_save_of_what_a_reading_rests_on():
    first = inputs.version("BTC-USD")
    save("^VIX", frame([20.0] * 5, weekdays=True), instrument="INDEX", zone="America/Chicago")
    second = inputs.version("BTC-USD")
    assert first != second
    save("SPY", frame([20.0] * 5, weekdays=True), instrument="ETF", zone="America/New_York")
    assert inputs.version("BTC-USD") == second


def test_sources_say_what_is_live_and_what_is_bundled():
    save("^VIX", frame([20.0] * 5, weekdays=True), instrument="INDEX", zone="America/Chicago")
    table = sources_table("BTC-USD").set_index("series")
    assert table.loc["^VIX", ["source", "last", "fetched_at"]].tolist() == [
        "Yahoo", "2026-10-19", "2026-10-20T12:00:00+00:00",
    ]  # fmt: skip
    assert table.loc["BTC-USD", "source"] == "bundled"
    assert table["stale"].all(), "the days of 2026 are long over"


def test_bundled_prices_are_stale_once_a_day_is_missing_and_saved_ones_by_their_calendar():
    assert not history.stale("BTC-USD", datetime(2026, 10, 4, 23, tzinfo=UTC))
    assert history.stale("BTC-USD", datetime(2026, 10, 5, 1, tzinfo=UTC))
    save("BTC-USD", frame(walk(50)))
    assert not history.stale("BTC-USD", FIRST)
    assert history.stale("BTC-USD", FIRST + 2 * DAY)


def test_a_grade_stands_as_its_prices_were_first_known_and_what_is_saved_later_stands_beside_it():
    rows = frame(np.full(900, 100.0))
    save("BTC-USD", rows)
    note = library.find("k33-2025-12-02")
    latest = date(2026, 10, 3)
    then = grading.grade(note.calls[0], note, latest, FIRST)
    assert then.forward_return == pytest.approx(-0.042, abs=5e-4), "the bundled closes were there first"
    assert then.revised.forward_return == 0
    rows.loc["2025-12-31", "close"] = 150.0
    save("BTC-USD", rows, FIRST + DAY)
    assert grading.grade(note.calls[0], note, latest, FIRST) == then
    now = grading.grade(note.calls[0], note, latest)
    assert now == replace(then, revised=now.revised)
    assert now.revised.forward_return == pytest.approx(0.5)
    assert "miss: −4.2%" in grading.describe(now)
    assert "by prices revised since: hit: +50.0%" in grading.describe(now)
    assert grading.grade(note.calls[0], note, latest, FIRST - DAY) == replace(then, revised=None)


def test_an_instant_before_the_first_save_is_refused_by_name_and_a_link_falls_back():
    save("SOL-USD", frame(walk(50)))
    early = "2020-01-01T00:00:00Z"
    with pytest.raises(SelectionError, match="no price of SOL-USD was saved by 2020-01-01T00:00:00Z"):
        load_inputs("SOL-USD", known_at=datetime(2020, 1, 1, tzinfo=UTC))
    selection, problems = links.from_query(f"asset=SOL-USD&known_at={early}")
    assert selection == Selection(asset="SOL-USD")
    assert "showing what is known now" in problems[0]


def test_what_is_said_of_a_pinned_reading_keeps_its_bytes_after_a_later_fetch():
    rows = frame(walk(900))
    save("ETH-USD", rows)
    sources = export.to_csv(sources_table("ETH-USD", known_at=FIRST))
    before = history.provenance("ETH-USD", None, known_at=FIRST)
    save("ETH-USD", rows * 1.01, FIRST + DAY)
    assert export.to_csv(sources_table("ETH-USD", known_at=FIRST)) == sources
    assert history.provenance("ETH-USD", None, known_at=FIRST) == before


def test_a_day_without_a_session_is_no_reading_of_its_own():
    save("AAPL", frame(walk(900), weekdays=True), instrument="EQUITY", zone="America/New_York")
    inputs = load_inputs("AAPL")
    labels = evaluate(inputs, score(inputs), "Fear").labels
    assert labels[inputs.prices["carried"]].isna().all()
    assert labels.notna().sum() > 300


def test_what_was_read_is_kept_until_the_file_changes_and_no_longer():
    save("ETH-USD", frame(walk(900)))
    first = history.bars("ETH-USD")
    assert history.bars("ETH-USD") is first, "it was read again though nothing has changed"
    gone = weakref.ref(first)
    save("ETH-USD", frame(walk(900, seed=2)), FIRST + DAY)
    assert history.bars("ETH-USD")["close"].iloc[-1] != first["close"].iloc[-1]
    del first
    gc.collect()
    assert gone() is None
