"""The bootstrap against a plain one and against `arch`; standard errors against statsmodels."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.market import history
from sentiment.validation import bootstrap


def oracle(name):
    """Import a library that only tests use; its own warnings while loading are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, reason=f"{name} is in the dependency group `oracle`, not installed")


def days_of(drawn, resample, days):
    """Write a resample out, one day after the other."""
    pairs = zip(drawn.start[:, resample], drawn.length[:, resample], strict=True)
    return [(start + step) % days for start, length in pairs for step in range(length)]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.floats(1, 90), st.integers(1, 8), st.integers(0, 99))
def test_a_resample_has_as_many_days_as_the_history_and_sums_like_its_days(days, mean_block, resamples, seed):
    rng = np.random.default_rng(seed)
    drawn = bootstrap.draw_blocks(days, mean_block, resamples, rng)
    values = rng.standard_normal((days, 3))
    plain = [values[days_of(drawn, number, days)].sum(axis=0) for number in range(resamples)]
    assert (drawn.length.sum(axis=0) == days).all()
    np.testing.assert_allclose(bootstrap.block_sums(values, drawn), plain, atol=1e-9)


def test_blocks_have_the_mean_length_asked_for_and_begin_anywhere():
    days, mean_block = 5000, 25
    drawn = bootstrap.draw_blocks(days, mean_block, 400, np.random.default_rng(1))
    used = drawn.length > 0
    # About 80,000 blocks with a standard deviation of 25 days: a standard error of 0.09; the last of each is cut short.
    assert days / used.sum(axis=0).mean() == pytest.approx(mean_block, rel=0.02)
    assert drawn.start[used].mean() == pytest.approx(days / 2, rel=0.01)


@pytest.mark.parametrize("wrong", [(0, 5, 10), (9, 0.5, 10), (9, 5, 0)])
def test_nothing_to_draw_is_said(wrong):
    with pytest.raises(ValueError, match="all from 1"):
        bootstrap.draw_blocks(*wrong, np.random.default_rng(0))


def test_the_excess_is_that_of_the_written_out_resample_and_unknown_days_do_not_count():
    rng = np.random.default_rng(2)
    values = rng.standard_normal(50)
    values[[3, 4, 30, 49]] = np.nan
    member = np.column_stack([np.arange(50) % 7 < 3, np.arange(50) > 44])
    drawn = bootstrap.draw_blocks(50, 8, 60, rng)
    ours = bootstrap.resampled_excess(values, member, drawn)
    for number in range(60):
        days = days_of(drawn, number, 50)
        known = [day for day in days if not np.isnan(values[day])]
        for group in range(2):
            mine = [values[day] for day in known if member[day, group]]
            expected = np.mean(mine) - np.mean(values[known]) if mine else np.nan
            assert ours[number, group] == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert np.isnan(ours[:, 1]).any()


def test_intervals_leave_out_missing_draws():
    draws = np.column_stack([np.arange(101.0), np.r_[np.full(81, np.nan), np.arange(20.0)], np.full(101, np.nan)])
    lower, upper = bootstrap.interval(draws, 0.9)
    np.testing.assert_allclose(lower, [5, 0.95, np.nan])
    np.testing.assert_allclose(upper, [95, 18.05, np.nan])


def test_the_joint_reach_holds_for_all_columns_at_once():
    rng = np.random.default_rng(3)
    draws = rng.standard_normal((20_000, 10)) * np.arange(1, 11)
    reach = bootstrap.simultaneous(draws, np.zeros(10))
    inside = (np.abs(draws) <= reach).all(axis=1).mean()
    assert inside == pytest.approx(0.95, abs=1e-3)
    # Ten independent normal columns: Sidak's quantile of 1 - 0.05 / 20 or so, times each spread.
    np.testing.assert_allclose(reach / np.arange(1, 11), 2.80, rtol=0.03)


def test_a_column_without_spread_has_no_reach_and_does_not_disturb_the_others():
    draws = np.column_stack([np.random.default_rng(4).standard_normal(999), np.zeros(999), np.full(999, np.nan)])
    reach = bootstrap.simultaneous(draws, np.zeros(3))
    assert reach[0] == pytest.approx(1.96, rel=0.1)
    assert reach[1] == 0
    assert np.isnan(reach[2])
    np.testing.assert_allclose(bootstrap.simultaneous(draws[:, 1:], np.zeros(2)), [0, np.nan])


@pytest.mark.parametrize("horizon", [30, 90])
def test_intervals_agree_with_arch(horizon):
    arch = oracle("arch.bootstrap")
    index = history.bars("CRYPTO-FEAR-GREED")["close"]
    close = history.bars("BTC-USD")["close"]
    forward = (close.shift(-horizon) / close - 1).reindex(index.index).to_numpy()
    low = (index <= 24).to_numpy()

    def excess(values, fearful):
        return values[fearful].mean() - values.mean()

    theirs = arch.StationaryBootstrap(90, forward, low, seed=np.random.default_rng(5))
    expected = theirs.conf_int(excess, reps=2000, method="percentile").ravel()
    drawn = bootstrap.draw_blocks(len(low), 90, 2000, np.random.default_rng(6))
    ours = np.ravel(bootstrap.interval(bootstrap.resampled_excess(forward, low[:, None], drawn)))
    # An end of 2,000 draws has a standard error of about 1.5 % of the width: 3 of them for the difference of two.
    np.testing.assert_allclose(ours, expected, atol=0.065 * (expected[1] - expected[0]))


def autocorrelated(days, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(days).cumsum()
    return x, 0.3 * x + np.convolve(rng.standard_normal(days + 29), np.ones(30), "valid") * (1 + np.abs(x))


@pytest.mark.parametrize("lags", [0, 6, 29, 179])
def test_newey_west_agrees_with_statsmodels(lags):
    api = oracle("statsmodels.api")
    x, y = autocorrelated(700, 7)
    fit = api.OLS(y, api.add_constant(x)).fit()
    hac = fit.get_robustcov_results("HAC", maxlags=lags)
    np.testing.assert_allclose(bootstrap.least_squares(x, y), (fit.params[1], fit.bse[1], 700), rtol=1e-9)
    np.testing.assert_allclose(bootstrap.newey_west(x, y, lags), (hac.params[1], hac.bse[1], 700), rtol=1e-9)


def test_unknown_days_keep_their_place_in_the_lags():
    x, y = autocorrelated(40, 8)
    y[[5, 6, 20]] = np.nan
    known = np.isfinite(y)
    slope, error, count = bootstrap.newey_west(x, y, 3)
    centred = x - x[known].mean()
    moment = pd.Series(centred * (y - np.nanmean(y) - slope * centred)).fillna(0.0)
    middle = sum(
        max(0, 1 - abs(number - other) / 4) * moment[number] * moment[other]
        for number in range(40)
        for other in range(40)
    )
    assert count == 37
    assert error == pytest.approx(middle**0.5 / (centred[known] ** 2).sum())


@pytest.mark.parametrize("x", [[1.0, 2.0], [3.0, 3.0, 3.0, 3.0]])
def test_no_slope_without_observations_or_movement(x):
    x = np.array(x)
    slope, error, count = bootstrap.newey_west(x, x**2, 2)
    assert np.isnan([slope, error]).all()
    assert count == len(x)
