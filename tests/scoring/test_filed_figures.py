"""What companies file counts from the day of filing on, in the shares of the closes, and a later split moves nothing."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import frames, settings
from sentiment.frames import day
from sentiment.market import assets, bar_store, roles
from sentiment.scoring.components import registry
from sentiment.scoring.inputs import Inputs, load_inputs, shares_now
from sentiment.scoring.panel import score_panel
from sentiment.scoring.score import score

PARTS = {part.name: part for part in registry()}
FIRST = date(2024, 1, 1)
SAVED = datetime(2026, 2, 1, tzinfo=UTC)
NAN = float("nan")


def save(symbol, by_day, splits=None, *, instrument="EQUITY", known_at=SAVED):
    rows = pd.DataFrame(0.0, pd.DatetimeIndex(list(map(day, by_day)), name="date"), list(frames.PRICE_COLUMNS))
    rows["close"] = list(by_day.values())
    for when, ratio in (splits or {}).items():
        rows.loc[day(when), "splits"] = ratio
    bar_store.append(symbol, rows, known_at, bar_store.Facts(known_at, known_at, "America/New_York", instrument, "USD"))


def daily(start, *closes):
    return {start + timedelta(n): close for n, close in enumerate(closes)}


@pytest.fixture
def acme(empty_store):
    """Earned 8 a share as filed on the second day, when it cost 100; on the fourth each share became four."""
    save("ACME", daily(FIRST, *[25.0] * 6), {FIRST + timedelta(3): 4.0})
    save("ACME-EARNINGS-TTM", {FIRST + timedelta(1): 8.0}, instrument="STEPWISE")
    save("US-3M-BILL", daily(FIRST, *[0.05] * 6), instrument="INDEX")
    assert empty_store.is_dir()


@pytest.mark.usefixtures("acme")
def test_a_split_between_filing_and_day_does_not_move_the_yield():
    raw = PARTS["earnings_yield"].raw(load_inputs("ACME"))
    assert raw.fillna(-1).tolist() == pytest.approx([-1, *[0.03] * 5])


@pytest.mark.usefixtures("acme")
def test_a_day_before_the_split_is_the_same_when_replayed():
    replayed = PARTS["earnings_yield"].raw(load_inputs("ACME", FIRST + timedelta(2)))
    assert replayed.fillna(-1).tolist() == pytest.approx([-1, 0.03, 0.03])


def test_a_filing_on_the_day_of_a_split_is_in_the_new_shares():
    index = frames.every_day(FIRST, FIRST + timedelta(3))
    bars = pd.DataFrame({"splits": [0.0, 4.0, 0.0, 0.5]}, index)
    assert shares_now(bars, index).tolist() == [2.0, 0.5, 0.5, 1.0]


def test_a_filing_counts_for_200_days(make):
    inputs = make([100] * 203, earnings=[NAN, 5] + [NAN] * 201, bill_rate=[0.01] * 203)
    raw = PARTS["earnings_yield"].raw(inputs)
    assert raw.iloc[0:3].fillna(-1).tolist() == pytest.approx([-1, 0.04, 0.04])
    assert (raw.iloc[201], raw.iloc[202]) == (pytest.approx(0.04), pytest.approx(NAN, nan_ok=True))


def test_sales_are_compared_with_what_was_filed_a_year_before(make):
    # A year's sales of 100, filed 20 days later in the year than the 120 of the next; between them a quarter's report.
    sales = [NAN] * 500
    sales[30], sales[230], sales[375] = 100, 105, 120
    raw = PARTS["sales_growth"].raw(make([1] * 500, sales=sales))
    assert raw.first_valid_index() == raw.index[375]
    assert raw.iloc[-1] == pytest.approx(np.log(1.2))


def test_sales_that_were_not_known_a_year_before_have_no_growth(make):
    assert PARTS["sales_growth"].raw(make([1] * 400, sales=[NAN] * 100 + [100] + [NAN] * 298 + [120])).isna().all()


@given(
    st.lists(st.tuples(st.integers(0, 59), st.floats(-50, 50)), min_size=1, max_size=6, unique_by=lambda row: row[0]),
    st.dictionaries(st.integers(1, 59), st.sampled_from([0.1, 0.5, 2.0, 3.0, 20.0]), max_size=4),
    st.integers(0, 59),
)
def test_nothing_filed_and_no_split_after_a_day_reaches_it(filed, splits, seen):
    """What was traded and filed is the truth; whoever looks later sees closes adjusted for more splits, and more filings."""
    traded = 100 + 10 * np.sin(np.arange(60.0))

    def known(last):
        index = frames.every_day(FIRST, FIRST + timedelta(last))
        ratios = pd.Series([splits.get(n, 0.0) for n in range(last + 1)], index)
        shares = shares_now(ratios.to_frame("splits"), index)
        earnings = pd.Series(dict(filed)).reindex(range(last + 1)).set_axis(index) / shares
        closes = pd.DataFrame({"close": traded[: last + 1] / shares})
        return Inputs("ACME", closes, {"earnings": earnings, "bill_rate": pd.Series(0.03, index)})

    then = PARTS["earnings_yield"].raw(known(seen))
    later = PARTS["earnings_yield"].raw(known(59)).iloc[: seen + 1]
    pd.testing.assert_series_equal(then, later, rtol=1e-9, check_freq=False)


def test_a_panel_of_companies_gives_what_each_gives_alone(make):
    rng = np.random.default_rng(7)

    def company(seed):
        filed = [rng.uniform(4, 8) if n % 91 == seed else NAN for n in range(900)]
        inputs = make(
            100 * np.exp(rng.normal(0, 0.01, 900).cumsum()), earnings=filed, sales=filed, bill_rate=[0.04] * 900
        )
        return Inputs(f"A{seed}", inputs.prices, inputs.series, asset_class="share")

    many = [company(3), company(40)]
    many.append(Inputs("SPY", many[0].prices, {}, asset_class="fund"))
    (block,) = score_panel(many)
    for inputs in many:
        pd.testing.assert_frame_equal(block.axes(inputs.asset), score(inputs).axes, check_exact=True, check_freq=False)
    assert score(many[0]).rank[["earnings_yield", "sales_growth"]].iloc[-1].notna().all()


@pytest.mark.parametrize(
    ("symbol", "instrument", "asked"),
    [("NVDA", "EQUITY", True), ("ARKK", "ETF", False), ("BRK-B", "EQUITY", False), ("SAP.DE", "EQUITY", False)],
)
@pytest.mark.usefixtures("empty_store")
def test_only_companies_with_one_class_of_shares_are_asked_for_filings(monkeypatch, symbol, instrument, asked):
    monkeypatch.setenv(settings.CONTACT_VARIABLE, "Jo Doe jo@example.com")
    filings = {f"{symbol}-EARNINGS-TTM", f"{symbol}-SALES-TTM"}
    assert not filings & set(roles.symbols_to_fetch(symbol)), "before its provider has said what it is"
    save(symbol, daily(FIRST, 1.0), instrument=instrument)
    assert (filings <= set(roles.symbols_to_fetch(symbol))) == asked


@pytest.mark.parametrize("symbol", ["BTC-USD", "SPY", "QQQ", "GLD", "EURUSD=X", "^GSPC"])
def test_what_is_no_company_files_nothing(symbol):
    assert not any(map(roles.is_filed, roles.symbols_behind(symbol)))


@pytest.mark.usefixtures("acme")
def test_without_a_contact_nobody_asks_for_filings_and_saved_ones_count():
    assert not any(map(roles.is_filed, roles.symbols_to_fetch("ACME")))
    assert "ACME-EARNINGS-TTM" in roles.symbols_behind("ACME")


@pytest.mark.usefixtures("acme")
def test_filings_are_no_asset():
    assert "ACME" in assets.names()
    assert "ACME-EARNINGS-TTM" not in assets.names()
