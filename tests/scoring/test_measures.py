import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.scoring import measures
from sentiment.scoring.measures import Vote


def series(*values):
    index = pd.date_range("2025-01-01", periods=len(values), freq="D", tz="UTC", name="date", unit="us")
    return pd.Series(np.array(values, dtype=float), index=index)


def test_drawdown_is_measured_from_the_highest_close_of_the_window():
    assert measures.drawdown(series(100, 80, 90), 3).tolist()[-1] == pytest.approx(-0.1)


def test_an_incomplete_window_has_no_answer():
    assert measures.drawdown(series(100, 80), 3).isna().all()
    assert measures.drawdown(series(100, float("nan"), 80), 3).isna().all()


def test_past_return():
    assert measures.past_return(series(100, 110, 121), 2).tolist()[-1] == pytest.approx(0.21)


def test_semi_deviation_counts_gains_as_zero():
    assert measures.semi_deviation(series(0.5, -0.2, 0.1, -0.4), 4).iloc[-1] == pytest.approx(math.sqrt(0.2 / 4))


def test_semi_deviation_of_gains_alone_is_zero():
    assert measures.semi_deviation(series(0.5, 0.1), 2).iloc[-1] == 0


def test_log_of_what_is_not_positive_is_unknown():
    assert measures.log(series(math.e, 0, -1)).isna().tolist() == [False, True, True]


def test_signed_volume_share():
    # Day 2 rises on 30, day 3 falls on 50, day 4 is flat on 20: (30 - 50) / 100.
    close, volume = series(10, 11, 9, 9), series(999, 30, 50, 20)
    assert measures.signed_volume_share(close, volume, 3).iloc[-1] == pytest.approx(-0.2)


def test_signed_volume_share_without_volume_has_no_answer():
    assert math.isnan(measures.signed_volume_share(series(1, 2, 3), series(0, 0, 0), 2).iloc[-1])


def test_a_value_is_carried_seven_days_and_no_further():
    carried = measures.carry_forward(series(5, *[float("nan")] * 9))
    assert carried.notna().sum() == 8


def test_percentile_rank_is_the_average_rank_in_percent():
    ranks = measures.percentile_rank(series(10, 20, 20, 5), window=4, minimum=1)
    assert ranks.tolist() == [100.0, 100.0, (2 + 3) / 2 / 3 * 100, 25.0]


def test_percentile_rank_needs_enough_known_days():
    assert measures.percentile_rank(series(1, 2, 3), window=3, minimum=3).isna().tolist() == [True, True, False]


def test_noise_below_a_billionth_does_not_break_a_tie():
    assert measures.percentile_rank(series(0.3, 0.1 + 0.2), window=2, minimum=1).iloc[-1] == 75.0


def test_a_decaying_value_halves_every_fortnight_and_ends():
    index = pd.date_range("2025-01-01", periods=40, freq="D", tz="UTC")
    first, second = index[0].date(), index[14].date()
    mean = measures.decayed_mean([Vote(first, 30, 1.0, first), Vote(second, 30, 0.0, second)], index)
    assert mean.iloc[0] == 1.0
    assert mean.iloc[14] == pytest.approx(0.5 / 1.5)
    assert mean.iloc[30] == 0.0
    assert measures.decayed_mean([Vote(first, 30, 1.0, first)], index).iloc[30:].isna().all()


def test_a_value_counts_only_from_its_first_day_and_before_its_end_by_the_weight_of_its_age():
    index = series(*[0.0] * 40).index
    first = index[0].date()
    late = measures.decayed_mean(
        [Vote(first, 30, 1.0, index[14].date()), Vote(index[14].date(), 30, 0.0, index[14].date())], index
    )
    assert late.iloc[:14].isna().all()
    assert late.iloc[14] == pytest.approx(0.5 / 1.5), "it is a fortnight old when it comes"
    ended = measures.decayed_mean([Vote(first, 30, 1.0, first, index[3].date())], index)
    assert ended.notna().sum() == 3
    assert measures.decayed_mean([Vote(first, 30, 1.0, index[9].date(), index[3].date())], index).isna().all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_a_rank_lies_above_zero_and_up_to_a_hundred(values):
    ranks = measures.percentile_rank(series(*values), window=20, minimum=1)
    assert ((ranks > 0) & (ranks <= 100)).all()


def test_wilsons_interval_by_hand_and_without_anything_seen():
    # z = 1.96, n = 4: centre (0.5 + 0.4802) / 1.9604, reach sqrt(0.0625 + 0.06) x 1.96 / 1.9604.
    assert measures.wilson(2, 4) == (pytest.approx(0.15, abs=1e-3), pytest.approx(0.85, abs=1e-3))
    assert measures.wilson(0, 10)[0] == 0
    assert measures.wilson(10, 10)[1] == 1
    assert all(map(math.isnan, measures.wilson(0, 0)))


@settings(deadline=None)
@given(st.integers(1, 500), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilsons_interval_is_that_of_statsmodels(n, share, level):
    reason = "statsmodels is in the dependency group `oracle`, not installed"
    proportion = pytest.importorskip("statsmodels.stats.proportion", reason=reason)
    hits = round(share * n)
    expected = proportion.proportion_confint(hits, n, alpha=1 - level, method="wilson")
    assert measures.wilson(hits, n, level) == pytest.approx(expected, abs=1e-12)


def test_a_rank_needs_365_known_days():
    assert measures.percentile_rank(series(*range(365))).notna().tolist() == [False] * 364 + [True]


def test_a_rank_looks_back_over_730_days_and_no_further():
    values = series(9.0, *[1.0] * 728, 5.0, 5.0)
    ranks = measures.percentile_rank(values)
    assert ranks.iloc[729] == pytest.approx(100 * 729 / 730), "the first day, 729 days before, still counts"
    assert ranks.iloc[730] == pytest.approx(100 * 729.5 / 730), (
        "and a day later it does not: the two fives share the top"
    )
