"""The federal funds target from FRED: its table as it is documented, its doubtful rows, and its seam with the bundled steps."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import source_server

from sentiment import files
from sentiment.errors import UnexpectedAnswerError
from sentiment.market import bundled, history, providers, refresh
from sentiment.market.providers import fred
from sentiment.market.providers._http import Source
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.measures import carry_forward

DAY = timedelta(days=1)


@pytest.fixture
def server(monkeypatch, empty_store):
    assert empty_store
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with source_server.serving() as server:
        monkeypatch.setattr(fred, "ADDRESS", server.address + source_server.FRED)
        monkeypatch.setattr(fred, "source", Source(fred.NAME))
        yield server


def decisions(last):
    """Every day of the bundled decisions up to `last`, as FRED writes it."""
    steps = pd.read_csv(files.PRICES / "fed-funds-target.csv", parse_dates=["date"]).set_index("date")["close"]
    daily = steps.reindex(pd.date_range(steps.index[0], last), method="ffill") * 100
    return [(str(day.date()), f"{value:.2f}") for day, value in daily.items()]


def rows(*values, first=date(2026, 9, 1)):
    return [(str(first + n * DAY), value) for n, value in enumerate(values)]


def closes():
    saved = history.bars(fred.SYMBOL)["close"]
    return {str(stamp.date()): value for stamp, value in saved.items()}


def test_the_live_days_join_the_bundled_steps_without_a_seam(server):
    server.world.targets = decisions(date(2026, 11, 1))
    steps = bundled.bars(fred.SYMBOL)["close"]
    before = load_inputs("BTC-USD")
    result = refresh.refresh(fred.SYMBOL)
    assert (result.new, result.last, len(result.quarantined)) == (6_530, date(2026, 11, 1), 0)
    live = history.bars(fred.SYMBOL)["close"]
    pd.testing.assert_series_equal(live.loc[: steps.index[-1]], steps, check_exact=True, check_freq=False)
    assert (live.loc[steps.index[-1] :] == steps.iloc[-1]).all()
    after = load_inputs("BTC-USD")
    pd.testing.assert_series_equal(after.series["short_rate"], before.series["short_rate"], check_exact=True)
    assert history.role_series("BTC-USD", None)["short_rate"].symbol == fred.SYMBOL
    assert history.source(fred.SYMBOL, None) == "FRED"


def test_it_asks_for_the_whole_table_as_it_is_documented(server):
    server.world.targets = decisions(date(2026, 10, 20))
    part = fred.fetch("fed-funds-target", date(2026, 10, 11))
    ((path, query, status),) = server.asked
    assert (path, query, status) == (source_server.FRED, {"id": ["DFEDTARU"], "cosd": ["2008-12-16"]}, 200)
    assert [str(stamp.date()) for stamp in part.frame.index[[0, -1]]] == ["2026-10-11", "2026-10-20"]
    assert part.meta == providers.Meta(fred.SYMBOL, "America/New_York", may_be_negative=True)


def test_older_tables_name_the_days_otherwise(server):
    server.world.targets, server.world.header = rows("4.50"), "DATE"
    assert fred.fetch(fred.SYMBOL).frame["close"].tolist() == [0.045]


@pytest.mark.parametrize("value", ["0.00", "-0.25", "5.5", "5.25", "0.07"])
def test_a_percent_is_a_fraction_to_the_last_digit_and_may_be_zero_or_less(server, value):
    server.world.targets = rows(value)
    refresh.refresh(fred.SYMBOL)
    assert list(closes().values()) == [round(float(value) / 100, 6)]


DOUBTFUL = {
    "a dot": (rows("4.5", ".", "4.25"), {"2026-09-02": "no close"}),
    "nothing": (rows("4.5", "", "4.25"), {"2026-09-02": "no close"}),
    "NaN": (rows("4.5", "NaN", "4.25"), {"2026-09-02": "no close"}),
    "infinite": (rows("4.5", "inf", "4.25"), {"2026-09-02": "the close is not a finite number"}),
    "a day twice": (
        [*rows("4.5", "4.5", "4.5"), ("2026-09-03", "4.25"), ("2026-09-04", "4.25")],
        {"2026-09-03": "the day is there twice"},
    ),
    "out of order": (
        [*rows("4.5", "4.5"), ("2026-08-01", "4.25"), ("2026-09-04", "4.25")],
        {"2026-08-01": "out of order"},
    ),
    "the future": ([*rows("4.5", "4.5"), ("2199-01-01", "4.25")], {"2199-01-01": "dated 2199-01-01, after"}),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_doubtful_row_is_quarantined_and_the_rest_is_kept(server, name):
    server.world.targets, expected = DOUBTFUL[name]
    result = refresh.refresh(fred.SYMBOL)
    found = {str(stamp.date()): reason for stamp, reason in result.quarantined["reason"].items()}
    assert found.keys() == expected.keys()
    assert all(found[day].startswith(reason) for day, reason in expected.items())
    kept = {day: float(value) / 100 for day, value in server.world.targets if day not in expected}
    assert closes() == pytest.approx(kept)


def test_a_value_stands_until_the_next_one(server):
    server.world.targets = rows("4.50", ".", ".", "4.25", first=date(2026, 9, 1))
    refresh.refresh(fred.SYMBOL)
    rate = carry_forward(load_inputs("BTC-USD").series["short_rate"]).loc["2026-09-01":"2026-09-05"]
    assert rate.tolist() == [0.045, 0.045, 0.045, 0.0425, 0.0425]


@pytest.mark.parametrize(
    "row",
    [("2026-13-01", "4.5"), ("2300-10-14", "4.5"), ("today", "4.5"), ("2026-09-01", "4,5"), ("2026-09-01", "n/a")],
)
def test_a_row_of_another_form_is_told_and_nothing_is_taken(server, row):
    server.world.targets = [("2026-08-31", "4.5"), row]
    with pytest.raises(UnexpectedAnswerError, match=r"FRED was asked for FED-FUNDS-TARGET and sent .*; ignored"):
        refresh.refresh(fred.SYMBOL)
    assert np.isfinite(list(closes().values())).all(), "the bundled steps stay"


def test_the_day_that_runs_is_shown_and_not_saved(server):
    today = datetime.now(ZoneInfo(fred.ZONE)).date()
    server.world.targets = rows("4.5", "4.25", first=today - DAY)
    result = refresh.refresh(fred.SYMBOL)
    assert (result.running["close"], result.last) == (0.0425, today - DAY)
