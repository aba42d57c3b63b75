"""All turns at once against turns that are really made, and laws that no implementation may break."""

from __future__ import annotations

import numpy as np
import plain_turns
import pytest
from histories import moods, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.validation import turns


def history(days=230, seed=1):
    values = walk(days, seed).pct_change(9).shift(-9).to_numpy(copy=True)
    values[[20, 21, 90]] = np.nan
    labels = moods(days, seed + 1).to_numpy()
    signals = np.column_stack([labels == one for one in ("calm", "fear")] + [np.arange(days) % 40]).astype(float)
    signals[[5, 100, 101]] = np.nan
    return values, signals


@pytest.mark.parametrize(("days", "horizon"), [(230, 9), (230, 115), (500, 9), (900, 300)])
def test_all_turns_are_those_that_are_really_made(days, horizon):
    values, signals = history(days)
    found = turns.turned(values, signals, horizon)
    for place, signal in enumerate(signals.T):
        slope, error = plain_turns.turned_by(values, signal, horizon, 0)
        sizes = plain_turns.size_of_t(values, signal, horizon)
        freedom = max(1, (days - 9) // (2 * max(45, horizon)))
        assert (found.slope[place], found.error[place]) == pytest.approx((slope, error))
        np.testing.assert_allclose(found.t[:, place], sizes, rtol=1e-7)
        assert found.critical[place] == pytest.approx(max(turns.student(freedom), plain_turns.reach(sizes)))


def test_a_turn_that_keeps_too_little_of_the_signal_does_not_count():
    values, signals = history(600)
    values[:450] = np.nan
    found = turns.turned(values, signals, 9)
    for place, signal in enumerate(signals.T):
        sizes = plain_turns.size_of_t(values, signal, 9)
        np.testing.assert_allclose(found.t[:, place], sizes, rtol=1e-6)
    assert np.isnan(found.t[:, 0]).sum() > np.isnan(found.t[:, 2]).sum(), (
        "a short saw keeps moving wherever it is turned"
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.floats(0.01, 100), st.floats(-5, 5), st.floats(0.01, 100), st.floats(-5, 5))
def test_neither_scale_nor_zero_matters(seed, stretch, move, widen, lift):
    values, signals = history(300, seed)
    one, other = turns.turned(values, signals, 9), turns.turned(stretch * values + move, widen * signals + lift, 9)
    np.testing.assert_allclose(other.slope, one.slope * stretch / widen, rtol=1e-5, atol=1e-9 * stretch / widen)
    np.testing.assert_allclose(other.critical, one.critical, rtol=1e-5)


def test_the_joint_multiple_is_that_of_the_largest_t():
    rng = np.random.default_rng(3)
    sizes = np.abs(rng.standard_normal((6_000, 10)))
    sizes[rng.random(sizes.shape) < 0.1] = np.nan
    critical = np.arange(1.0, 11)
    share = ((0.05 * 101) - 1) / 100  # 100 fresh turns and the history: 5% of 101, one of which is the history
    expected = np.quantile(np.nanmax(sizes / critical, axis=1), 1 - share)
    assert turns.joint_multiple(sizes, critical) == pytest.approx(expected)
    assert turns.joint_multiple(sizes, 100 * critical) == 1, "no interval is narrower jointly than alone"
    assert turns.joint_multiple(np.full((9, 2), np.nan), np.ones(2)) == 1


def test_few_turns_give_the_largest_of_all():
    values, signals = history(300)
    found = turns.turned(values, signals, 9)
    assert found.critical == pytest.approx(np.maximum(turns.student(3), np.nanmax(found.t, axis=0)))


def test_students_quantiles_are_those_of_the_tables():
    printed = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 10: 2.228, 20: 2.086, 60: 2.000}
    assert [turns.student(freedom) for freedom in printed] == pytest.approx(list(printed.values()), abs=0.004)


@pytest.mark.parametrize("days", [1, 2, 7, 64, 97, 3_748, 4_294])
def test_the_circle_is_hardly_longer_and_divides_down_to_one(days):
    length = rest = turns.circle(days)
    for prime in (2, 3, 5):
        while rest % prime == 0:
            rest //= prime
    assert rest == 1
    assert days <= length <= 1.2 * days + 1


def test_no_slope_without_observations_or_movement():
    values = np.array([0.1, 0.2, np.nan, 0.3])
    still = turns.turned(np.array([0.1, 0.2, 0.5, 0.3]), np.ones((4, 1)))
    assert np.isnan([still.slope[0], still.error[0]]).all()
    few = turns.turned(values, np.array([[1.0], [np.nan], [2.0], [1.0]]))
    assert np.isnan([few.slope[0], few.error[0], few.critical[0]]).all()
    flat = turns.turned(np.full(400, 0.25), np.arange(400.0)[:, None] % 7)
    assert flat.slope[0] == 0
    assert flat.critical[0] == turns.student(4)
