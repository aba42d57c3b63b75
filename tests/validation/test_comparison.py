from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from histories import daily, walk

from sentiment.scoring.components import registry
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
    assert comparison.correlation == pytest.approx(0.67, abs=0.03)
    assert comparison.disagreements["difference"].abs().iloc[0] == (both["fear"] - both["other"]).abs().max()
    assert comparison.disagreements["difference"].abs().is_monotonic_decreasing
    assert np.diff(np.sort(comparison.disagreements.index)).min() >= pd.Timedelta(days=30)


@pytest.mark.parametrize("other", [daily([5.0] * 50), daily([np.nan] * 50)])
def test_nothing_to_compare_is_nan(other):
    comparison = compare(walk(50, 1), other)
    assert np.isnan(comparison.correlation)
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
