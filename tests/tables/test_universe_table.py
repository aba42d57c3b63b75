"""The table of several assets: the figures of each alone, and what moved, changed or is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from sentiment.errors import SelectionError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import assets, bar_store
from sentiment.models import Selection
from sentiment.tables import export
from sentiment.tables.record import Extent
from sentiment.tables.records import universe
from sentiment.tables.records.universe import universe_table

TUESDAY = date(2025, 12, 2)
DAY = timedelta(days=1)
ALONE = ("fear", "justified", "gap", "regime", "close", "fear_coverage", "fundamentals_coverage")


@pytest.fixture(scope="module")
def bundled():
    return universe_table(assets.bundled_names(), TUESDAY).set_index("asset")


def alone(symbol, day=TUESDAY):
    return export.table("scores", Selection(asset=symbol, as_of=day)).set_index("date")


def same(one, other):
    return one == other or (pd.isna(one) and pd.isna(other))


def test_each_row_has_the_figures_of_the_asset_alone(bundled):
    assert tuple(bundled.index) == ("BTC-USD", "ETH-USD", "SPY", "QQQ", "GLD", "EURUSD=X")
    for symbol, row in bundled.iterrows():
        scores = alone(symbol)
        assert row["as_of"] == f"{scores.index[-1]:%Y-%m-%d}"
        assert all(same(row[name], scores[name].iloc[-1]) for name in ALONE), symbol
        for days, name in ((1, "gap_change_1_day"), (7, "gap_change_7_days"), (30, "gap_change_30_days")):
            gaps = scores["gap"]
            expected = gaps.iloc[-1] - gaps.loc[: gaps.index[-1] - pd.Timedelta(days, "D")].iloc[-1]
            assert row[name] == pytest.approx(expected, abs=1e-6, nan_ok=True), symbol
        friday = scores["regime"].loc[:"2025-11-28"].iloc[-1]
        assert row["friday"] == "2025-11-28"
        assert same(row["regime_on_friday"], friday)
        assert same(row["changed_since_friday"], None if pd.isna(friday) else str(friday != row["regime"]).lower())


def test_the_words_of_a_day_that_was_checked_by_hand(bundled):
    row = bundled.loc["BTC-USD"]
    assert row[["name", "kind", "close", "unit", "gap", "regime", "since"]].tolist() == [
        "Bitcoin", "bitcoin", 91350.0, "USD", 51.508279, "fear outweighs fundamentals", "2025-10-19",
    ]  # fmt: skip
    assert bundled["kind"].tolist() == ["bitcoin", "crypto", "fund", "fund", "commodity", "currency"]


def test_since_when_is_right_however_few_days_are_looked_at(bundled, monkeypatch):
    monkeypatch.setattr(universe, "_DAYS", 3)
    few = universe_table(assets.bundled_names(), TUESDAY).set_index("asset")
    assert few["since"].equals(bundled["since"])
    for symbol, row in bundled.dropna(subset=["since"]).iterrows():
        regime = alone(symbol)["regime"]
        others = regime.index[regime.ne(regime.iloc[-1])]
        assert row["since"] == f"{regime.index[regime.index > others[-1]][0]:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("as_of", "friday"),
    [
        ("2025-12-01", "2025-11-28"),  # Monday
        ("2025-11-30", "2025-11-28"),
        ("2025-11-29", "2025-11-28"),
        ("2025-11-28", "2025-11-21"),  # a Friday is told against the one before
        ("2025-11-27", "2025-11-21"),
    ],
)
def test_friday_is_the_last_one_before_the_latest_day(as_of, friday):
    table = universe_table(("BTC-USD", "SPY"), date.fromisoformat(as_of)).set_index("asset")
    assert table["friday"].tolist() == [friday, friday]
    before = alone("BTC-USD", date.fromisoformat(as_of))["regime"].loc[friday]
    assert table.loc["BTC-USD", "regime_on_friday"] == before


def test_a_regime_that_changed_since_friday_is_told():
    regime = alone("SPY")["regime"]
    begins = next(day for day in reversed(regime.index[1:]) if regime[day] != regime.shift()[day])
    monday = begins + pd.Timedelta((7 - begins.weekday()) % 7, "D")
    for day in (begins.date(), monday.date()):
        (row,) = universe_table(("SPY",), day).to_dict("records")
        before = regime.loc[: row["friday"]].iloc[-1]
        assert row["changed_since_friday"] == str(before != row["regime"]).lower()
    (row,) = universe_table(("SPY",), begins.date()).to_dict("records")
    assert row["changed_since_friday"] == "true"
    assert row["regime_on_friday"] != row["regime"]


def save(symbol, last, days, known_at=None):
    now = known_at or datetime.now(UTC)
    index = pd.date_range(end=str(last), periods=days, tz="UTC", name="date").as_unit("us")
    close = 100 + 10 * np.sin(np.arange(days) / 9)
    frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": close}, index=index)
    bar_store.append(symbol, frame, now, bar_store.Facts(now, now, "UTC", "EQUITY", "EUR"))


def test_what_has_no_reading_says_why_and_hides_nobody(empty_store):
    save("NEW", TUESDAY, 40)
    save("FB", date(2022, 6, 8), 900)
    (empty_store / "bars" / "BAD.parquet").write_bytes(b"no parquet")
    table = universe_table(("SPY", "NONE", "BAD", "FB", "NEW", "SPY"), TUESDAY - 60 * DAY).set_index("asset")
    assert table["missing"].dropna().to_dict() == {
        "NONE": "no prices are saved yet",
        "BAD": table.loc["BAD", "missing"],
        "NEW": f"its prices begin on {TUESDAY - 39 * DAY}",
    }
    assert str(empty_store) not in table.loc["BAD", "missing"]
    assert table.loc["FB", ["as_of", "unit", "changed_since_friday"]].tolist()[:2] == ["2022-06-08", "EUR"]
    assert pd.isna(table.loc["FB", "changed_since_friday"])
    assert table.loc["FB", "fear"] == alone("FB", date(2022, 6, 8))["fear"].iloc[-1]
    assert table.loc["SPY", "fear"] == alone("SPY", TUESDAY - 60 * DAY)["fear"].iloc[-1]
    assert universe_table(()).empty
    assert universe_table(("NONE",))["missing"].tolist() == ["no prices are saved yet"]


def test_a_pinned_table_is_the_same_after_another_save(empty_store):
    assert empty_store
    first = datetime(2026, 1, 5, tzinfo=UTC)
    save("NEW", TUESDAY, 500, first)
    asked = ("NEW", "LATER", "SPY")
    pinned = export.to_csv(universe_table(asked, TUESDAY, first))
    save("LATER", TUESDAY, 500, first + DAY)
    save("NEW", TUESDAY + DAY, 501, first + DAY)
    assert export.to_csv(universe_table(asked, TUESDAY, first)) == pinned
    assert "no prices were saved by 2026-01-05" in pinned


def test_the_watchlist_stands_in_where_no_asset_is_named(monkeypatch):
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "SPY, BTC")
    assert export.table("universe", Selection(as_of=TUESDAY))["asset"].tolist() == ["SPY", "BTC-USD"]
    with pytest.raises(SelectionError, match="lies ahead"):
        export.table("universe", Selection(as_of=datetime.now(UTC).date() + 2 * DAY))
    with pytest.raises(SelectionError, match="no rows from start to end"):
        export.table("universe", Selection(), Extent(TUESDAY))
