from __future__ import annotations

import numpy as np
import pandas as pd
import plain_turns
import pytest
from histories import daily, walk

from sentiment.scoring.components import registry
from sentiment.validation import turns
from sentiment.validation.comparison import compare, split_differences


def test_who_moves_first_is_seen():
    ahead = daily(np.random.default_rng(10).normal(50, 5, 400).cumsum())
    comparison = compare(ahead, ahead.shift(4))
    assert comparison.days == 396
    assert comparison.lead_lag.idxmax() == 4
    assert comparison.lead_lag.max() == pytest.approx(1)
    assert comparison.lead_lag.index.tolist() == list(range(-30, 31))


def test_fear_beside_the_index_of_others(scores, index_of_others):
    comparison = compare(scores.axes["fear"], 100 - index_of_others)
    both = pd.DataFrame({"fear": scores.axes["fear"], "other": 100 - index_of_others}).dropna()
    assert comparison.correlation == pytest.approx(both.corr().iloc[0, 1])
    assert comparison.correlation == pytest.approx(0.61, abs=0.03)
    assert comparison.disagreements["difference"].abs().iloc[0] == (both["fear"] - both["other"]).abs().max()
    assert comparison.disagreements["difference"].abs().is_monotonic_decreasing
    assert np.diff(np.sort(comparison.disagreements.index)).min() >= pd.Timedelta(days=30)


@pytest.mark.parametrize("other", [daily([5.0] * 50), daily([np.nan] * 50)])
def test_nothing_to_compare_is_nan(other):
    comparison = compare(walk(50, 1), other)
    assert np.isnan([comparison.correlation, comparison.lower, comparison.upper]).all()
    assert comparison.lead_lag.isna().all()


def test_the_parts_of_a_difference_add_up_to_it(scores, index_of_others):
    comparison = compare(scores.axes["fear"], 100 - index_of_others)
    names = [part.name for part in registry() if part.axis == "fear"]
    points = split_differences(scores.rank[names], scores.weights, comparison.disagreements)
    assert points.sum(axis=1).tolist() == pytest.approx(comparison.disagreements["difference"].tolist(), abs=1e-5)
    assert points["research_tone"].isna().any()


def test_disagreements_are_thirty_days_apart_and_not_twenty_nine():
    other = daily([0.0] * 100)
    fear = other.copy()
    fear.iloc[[10, 39, 40]] = 90.0, 80.0, 70.0
    days = compare(fear, other, farthest=2).disagreements.index
    assert [(when - other.index[0]).days for when in days] == [10, 40]


def test_the_correlation_has_the_interval_of_a_slope_between_scaled_series():
    one, other = walk(700, 1), walk(700, 2)
    other.iloc[[3, 80]] = np.nan
    found = compare(one, other)
    both = pd.DataFrame({"x": one, "y": other.iloc[:700]}).dropna()
    x, y = ((both[name] - both[name].mean()) / both[name].std() for name in both)
    x, y = (column.reindex(one.index).to_numpy() for column in (x, y))
    slope, error = plain_turns.turned_by(y, x, 1, 0)
    critical = max(turns.student(7), plain_turns.reach(plain_turns.size_of_t(y, x, 1)))
    assert found.correlation == pytest.approx(slope)
    ends = np.clip([slope - critical * error, slope + critical * error], -1, 1)
    assert [found.lower, found.upper] == pytest.approx(ends.tolist())


@pytest.mark.slow
def test_two_series_that_know_nothing_of_each_other_seldom_seem_to():
    def mood(seed):
        return daily(pd.Series(np.random.default_rng(seed).standard_normal(2_000)).ewm(halflife=20).mean().to_numpy())

    wrong = 0
    for number in range(100):
        found = compare(mood(number), mood(1_000 + number), shifts=0)
        wrong += not found.lower <= 0 <= found.upper
    assert wrong <= 7
