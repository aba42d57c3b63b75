"""What a source states of splits, dividends and currency against its own prices: what is doubted, and what is only a real move."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.frames import every_day
from sentiment.market import quarantine, stated
from sentiment.scoring.inputs import total_return

FIRST = date(2025, 1, 1)


def wave(days, level=100.0, seed=1, daily=0.02):
    """Closes that move by 2% a day and know nothing."""
    return level * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, daily, days)))


def told(closes, *, splits=(), dividends=(), currency="USD"):
    """Return the places that are doubted; actions are pairs of place and figure."""
    closes = np.asarray(closes, dtype=float)
    rows = pd.DataFrame({"close": closes}, index=every_day(FIRST, FIRST + timedelta(days=len(closes) - 1)))
    for name, actions in (("splits", splits), ("dividends", dividends)):
        rows[name] = 0.0
        for place, figure in actions:
            rows.iloc[place, rows.columns.get_loc(name)] = figure
    return quarantine.doubts(rows, (), currency)


def places(doubts):
    return sorted(doubts)


def split_at(place, ratio, *, days=60, move=1.0, since=0):
    """Closes whose history before a split was not restated (from `since` on), with a real move of that day on top."""
    closes = wave(days)
    closes[place:] *= move
    closes[since:place] *= ratio
    return closes


# Splits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closes", "splits", "doubted"),
    [
        (split_at(40, 20), [(40, 20.0)], range(40)),
        (split_at(40, 2), [(40, 2.0)], range(40)),
        (split_at(40, 1.5), [(40, 1.5)], range(40)),
        (split_at(40, 4, move=1.12), [(40, 4.0)], range(40)),
        (split_at(40, 4, move=0.88), [(40, 4.0)], range(40)),
        (split_at(40, 0.1), [(40, 0.1)], range(40)),  # 1:10, of a small company
        (split_at(40, 1 / 25, move=0.85), [(40, 1 / 25)], range(40)),
        (split_at(40, 0.01), [(40, 0.01)], range(40)),  # looks like pence for pounds, but is stated
        (split_at(59, 10), [(59, 10.0)], range(59)),  # today
        (split_at(1, 7), [(1, 7.0)], range(1)),
        (split_at(40, 20, since=36), [(40, 20.0)], range(36, 40)),  # restated, but for the last days
        (split_at(40, 3), [(20, 2.0), (40, 3.0)], range(40)),  # an earlier one was restated
        (split_at(50, 10, days=400), [(50, 10.0)], range(50)),
        (split_at(40, 100, days=400), [(40, 100.0)], range(40)),
    ],
)
def test_a_history_that_its_split_did_not_restate_is_held_back(closes, splits, doubted):
    found = told(closes, splits=splits)
    assert places(found) == [*doubted]
    assert all("not restated by the split of " in reason for reason in found.values())


@pytest.mark.parametrize("ratios", [[(40, 20.0)], [(40, 4.0), (41, 5.0)], [(39, 2.0), (40, 10.0)]])
def test_a_split_on_a_day_without_a_close_counts_from_the_next_close(ratios):
    closes = split_at(42, 20)
    closes[39:42] = np.nan
    rows = pd.DataFrame({"close": closes, "splits": 0.0}, index=every_day(FIRST, FIRST + timedelta(days=59)))
    for place, ratio in ratios:
        rows.iloc[place, rows.columns.get_loc("splits")] = ratio
    assert places(quarantine.doubts(rows, [39, 40, 41])) == [*range(39)]
    restated = rows.assign(close=np.where(np.arange(60) < 39, closes / 20, closes))
    assert quarantine.doubts(restated, [39, 40, 41]) == {}


def test_ratios_that_multiply_to_nothing_are_no_split():
    rows = pd.DataFrame(
        {"close": [5.0, np.nan, 5.0], "splits": [0, 1e-300, 1e-300]}, every_day(FIRST, date(2025, 1, 3))
    )
    assert quarantine.doubts(rows, [1]) == {}


def test_the_reason_names_the_split():
    assert told(split_at(40, 20), splits=[(40, 20.0)])[0] == "not restated by the split of 20:1 on 2025-02-10"
    assert told(split_at(40, 0.1), splits=[(40, 0.1)])[0] == "not restated by the split of 1:10 on 2025-02-10"


@pytest.mark.parametrize(
    ("closes", "splits"),
    [
        (wave(60), [(40, 20.0)]),
        (wave(60), [(40, 0.1)]),  # a real reverse split of 1:10, restated
        (wave(60), [(20, 7.0), (40, 4.0)]),
        (wave(60), [(40, 1.5)]),
        (wave(60), [(40, 1.05)]),  # a share for twenty
        (wave(60, daily=0.06), [(40, 1.1)]),
        (split_at(40, 1, move=0.8), [(40, 1.1)]),  # a fall of a fifth on such a day
        (split_at(40, 1, move=0.4), []),  # a crash of 60% without a split
        (split_at(40, 1, move=0.4), [(40, 0.1)]),  # and on the day of a reverse split
        (split_at(40, 1, move=0.4), [(40, 20.0)]),
        (split_at(40, 1, move=1.9), [(40, 0.05)]),
        (wave(60), [(0, 20.0)]),  # nothing before it
        (wave(60), [(40, np.nan), (41, np.inf), (42, -3.0)]),
    ],
)
def test_real_moves_beside_a_split_are_left_alone(closes, splits):
    assert told(closes, splits=splits) == {}


@given(
    ratio=st.sampled_from([2.0, 3, 5, 10, 20, 50, 0.5, 0.2, 0.1, 0.04, 0.02]),
    place=st.integers(1, 98),
    seed=st.integers(0, 10_000),
)
def test_whether_a_split_was_restated_is_told_wherever_it_is(ratio, place, seed):
    restated = wave(100, seed=seed)
    assert told(restated, splits=[(place, ratio)]) == {}
    raw = np.where(np.arange(100) < place, restated * ratio, restated)
    assert places(told(raw, splits=[(place, ratio)])) == [*range(place)]


# Dividends ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dividend", "doubted"),
    [
        (100.0, [30]), (101.0, [30]), (150.0, [30]), (320.0, [30]), (10_000.0, [30]), (1e9, [30]), (-0.4, [30]), (np.inf, [30]),
        (0.0, []), (0.4, []), (30.0, []), (55.0, []), (90.0, []), (99.9, []),
    ],
)  # fmt: skip
def test_a_dividend_is_below_the_close_before(dividend, doubted):
    found = told([100.0] * 60, dividends=[(30, dividend)])
    assert places(found) == doubted


@pytest.mark.parametrize("currency", ["GBp", "ILA", "ZAc", "USD", ""])
def test_a_special_dividend_of_a_third_of_the_price_is_one(currency):
    closes = wave(60)
    closes[30:] *= 0.7
    assert told(closes, dividends=[(30, closes[29] * 0.3)], currency=currency) == {}


def test_several_dividends_are_told_each_by_itself():
    found = told([5.0] * 40, dividends=[(10, 6.0), (20, 0.1), (30, 5.0)])
    assert found == {
        10: "the dividend of 6 is not below the close before (5)",
        30: "the dividend of 5 is not below the close before (5)",
    }


def test_a_dividend_that_cannot_be_one_is_not_reinvested():
    bars = pd.DataFrame(
        {"close": [10.0, 11, 12], "dividends": [0.0, 1.0, 11.0]}, index=every_day(FIRST, date(2025, 1, 3))
    )
    assert total_return(bars)["total_return"].tolist() == pytest.approx([10, 12, 12 * 12 / 11])


# Units -------------------------------------------------------------------------------------------------------------


def other_unit(*ranges, days=400, factor=0.01, seed=3):
    closes = wave(days, level=600, seed=seed)
    for begin, end in ranges:
        closes[begin:end] *= factor
    return closes


@pytest.mark.parametrize(
    ("ranges", "factor", "currency"),
    [
        ([(394, 400)], 0.01, "GBp"),  # pounds for pence, for the last six bars
        ([(300, 400)], 0.01, "GBp"),
        ([(399, 400)], 0.01, "GBp"),
        ([(200, 207)], 0.01, "GBp"),
        ([(0, 30)], 0.01, "GBp"),
        ([(0, 3), (50, 60), (390, 400)], 0.01, "GBp"),
        ([(360, 400)], 0.01, "ILA"),
        ([(360, 400)], 0.01, "ZAc"),
        ([(380, 400)], 100, "GBP"),  # pence for pounds
        ([(100, 180)], 100, "ZAR"),
        ([(100, 107)], 0.01, "USD"),
        ([(393, 400)], 0.01, "USD"),
        ([(398, 400)], 100, "JPY"),
        ([(100, 107), (393, 400)], 0.01, ""),
        ([(100, 130)], 0.01, "USD"),
        ([(100, 107), (200, 230), (399, 400)], 100, "USD"),
    ],
)
def test_closes_in_another_unit_are_held_back(ranges, factor, currency):
    found = told(other_unit(*ranges, factor=factor), currency=currency)
    assert places(found) == [place for begin, end in ranges for place in range(begin, end)]
    assert {"hundred times more" in reason for reason in found.values()} == {factor > 1}


def test_once_another_unit_has_lasted_a_year_it_is_the_older_bars_that_are_in_the_wrong_one():
    assert places(told(other_unit((0, 600), days=1_000), currency="GBp")) == [*range(600)]


@pytest.mark.parametrize(
    ("closes", "currency"),
    [
        (wave(400), "GBp"),
        (wave(400, daily=0.08), "ILA"),
        (split_at(40, 1, move=0.4), "GBp"),  # a crash of 60%
        (split_at(40, 1, move=0.1), "ZAc"),
        (split_at(40, 1, move=0.03), "USD"),
        (split_at(40, 1, move=3.5), "USD"),
        (split_at(40, 1, move=40), ""),
        (other_unit((340, 400)), "USD"),  # a collapse that has lasted for months
        (other_unit((100, 400), factor=100), ""),
        (other_unit((100, 200), factor=100), ""),
        (np.geomspace(100, 1, 30), "GBp"),  # a hundredth, but in a month
        ([5.0], "GBp"),
        ([], "GBp"),
    ],
)
def test_real_moves_are_no_other_unit(closes, currency):
    assert told(closes, currency=currency) == {}


@given(st.lists(st.floats(1e-3, 1e6), max_size=40), st.sampled_from(["GBp", "USD", ""]))
def test_whatever_comes_something_is_left_to_believe(closes, currency):
    found = told(closes, currency=currency)
    assert set(found) <= set(range(len(closes)))
    assert len(found) < len(closes) or not closes


def test_each_doubt_sees_what_the_one_before_left():
    # A split that was not restated, pounds for pence at the end, and a dividend in the other unit.
    closes = split_at(100, 10, days=400)
    closes[390:] /= 100
    found = told(closes, splits=[(100, 10.0)], dividends=[(200, 900_000.0)], currency="GBp")
    assert places(found) == [*range(100), 200, *range(390, 400)]


def test_a_day_is_judged_in_order_of_days_and_bars_without_a_price_are_skipped():
    rows = pd.DataFrame({"close": [100.0, np.nan, 5.0, 101.0], "splits": [0.0, 0, 20.0, 0]})
    rows.index = pd.DatetimeIndex(["2025-01-01", "2025-01-02", "2025-01-04", "2025-01-03"], tz="UTC")
    assert places(quarantine.doubts(rows, [1])) == [0, 3]
    assert stated.doubts(rows, "USD", [0]) == {}
