"""The chance that a driftless random walk gives a call: by hand, by laws, and by walking."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.models import Call
from sentiment.research import grading, library
from sentiment.research.call_rules import Decision, PathTable, decide
from sentiment.research.chance import Volatility, chance, volatility

TWO_PERCENT = Volatility(0.02, 1.0)


def call(direction="up", **levels):
    return Call("BTC-USD", "called", direction, days=100, **levels)


def test_a_target_by_hand():
    """2 (1 - Phi(ln 1.2 / 0.2)) = 2 (1 - Phi(0.9116)); by closes the level is 0.5826 x 0.02 farther: 2 (1 - Phi(0.9699))."""
    assert chance(call(target=1.2, basis="intraday"), TWO_PERCENT, 100) == pytest.approx(0.36198, abs=1e-4)
    assert chance(call(target=1.2), TWO_PERCENT, 100) == pytest.approx(0.33211, abs=1e-4)
    assert chance(call("down", target=1 / 1.2), TWO_PERCENT, 100) == pytest.approx(0.33211, abs=1e-4)


def test_the_last_close_by_hand():
    """Phi(ln 1.2 / 0.2) - Phi(-ln 1.25 / 0.2) = Phi(0.9116) - Phi(-1.1157) = 0.81901 - 0.13228."""
    inside = call("range", floor=0.8, ceiling=1.2, at_end=True)
    assert chance(inside, TWO_PERCENT, 100) == pytest.approx(0.68673, abs=1e-4)
    assert chance(call("range", ceiling=1.2, at_end=True), TWO_PERCENT, 100) == pytest.approx(0.81901, abs=1e-4)


def test_no_target_is_even_and_one_way_out_of_a_range_is_a_target():
    assert chance(call(), TWO_PERCENT, 100) == 0.5
    assert chance(call("down"), TWO_PERCENT, 100) == 0.5
    kept = chance(call("range", ceiling=1.2), TWO_PERCENT, 100)
    assert kept == pytest.approx(1 - chance(call(target=1.2), TWO_PERCENT, 100))


def test_a_range_by_its_slowest_wave():
    """For a long time a walk stays between -a and a with probability 4 / pi exp(-pi^2 s^2 / (8 a^2)): a = s gives 0.37077."""
    moved = 0.5826 * 0.02
    a = 0.2 - moved
    symmetric = call("range", floor=math.exp(-a), ceiling=math.exp(a))
    assert chance(symmetric, TWO_PERCENT, 100) == pytest.approx(0.37077, abs=1e-4)


@pytest.mark.parametrize(
    ("direction", "levels"),
    [
        ("up", {"target": 1.3}),
        ("up", {"target": 1.3, "invalidation": 0.9}),
        ("down", {"target": 0.8, "invalidation": 1.1}),
        ("up", {"invalidation": 0.85}),
        ("up", {"target": 0.96}),
        ("range", {"floor": 0.8, "ceiling": 1.25}),
        ("range", {"floor": 0.9, "ceiling": 1.05, "at_end": True}),
    ],
)
def test_the_formula_is_what_the_rules_of_grading_find_on_walks(direction, levels):
    steps = np.random.default_rng(5).normal(0, 0.03, (20_000, 60))
    called = call(direction, **levels)
    decisions, _ = decide(called, PathTable(np.exp(np.cumsum(steps, axis=1))))
    hits, misses = (decisions == Decision.HIT).sum(), (decisions == Decision.MISS).sum()
    assert chance(called, Volatility(0.03, 1.0), 60) == pytest.approx(hits / (hits + misses), abs=0.012)


@given(st.floats(1.001, 50), st.floats(1.0, 5), st.floats(0.001, 0.2), st.integers(1, 2_000))
def test_what_is_farther_is_rarer_and_what_lasts_longer_likelier(target, times, daily, days):
    near = chance(call(target=target), Volatility(daily, 1.0), days)
    assert 0 <= chance(call(target=target * times), Volatility(daily, 1.0), days) <= near <= 1
    assert chance(call(target=target), Volatility(daily, 1.0), days + 30) >= near


@given(st.floats(0.2, 0.999), st.floats(1.001, 5), st.floats(0.001, 0.3), st.integers(1, 2_000))
def test_a_range_and_its_parts(floor, ceiling, daily, days):
    moves = Volatility(daily, 1.0)
    kept = chance(call("range", floor=floor, ceiling=ceiling), moves, days)
    assert -1e-12 <= kept <= chance(call("range", floor=floor), moves, days) + 1e-9
    first = chance(call(target=ceiling, invalidation=floor), moves, days)
    assert 0 <= first <= 1


def closes(*values, first="2025-01-01", freq="D"):
    index = pd.date_range(first, periods=len(values), freq=freq, tz="UTC", unit="us")
    return pd.Series(values, index=index, dtype=float)


def test_the_volatility_is_the_root_of_the_mean_square_of_30_days():
    swings = closes(*([50.0] * 20 + [100.0, 101.0] * 16))
    last = swings.index[-1].date()
    found = volatility(swings, last)
    assert found == pytest.approx((math.log(1.01), 1.0)), (
        "31 closes; the jump before them is too old, and no mean is taken off"
    )
    later = pd.concat([swings, closes(500.0, first=last)])
    assert volatility(later.iloc[:-1], last) == found


def test_an_exchange_moves_in_sessions_and_is_measured_by_calendar_days():
    sessions = closes(*([100.0, 101.0] * 15), freq="B")
    found = volatility(sessions, sessions.index[-1].date())
    window = sessions.loc[sessions.index[-1] - pd.Timedelta(30, "D") :]
    days = (window.index[-1] - window.index[0]).days
    assert found.daily == pytest.approx(math.log(1.01) * math.sqrt((len(window) - 1) / days))
    assert found.step == pytest.approx(days / (len(window) - 1))


@pytest.mark.parametrize("values", [[100.0] * 40, [100.0, 101.0] * 7, [1.0, 0.0] * 20, [1.0, -1.0] * 20])
def test_a_price_that_stands_still_or_is_short_or_not_positive_has_none(values):
    series = closes(*values)
    assert volatility(series, series.index[-1].date()) is None


def test_the_notes_have_it_beside_their_base_rate():
    note = library.find("k33-2026-02-17")
    wide = grading.grade(note.calls[0], note, date(2026, 10, 3))
    assert wide.volatility == pytest.approx(0.0433, abs=1e-4), "after the fall of February"
    assert wide.chance < 0.001, "60,000 to 75,000 for 90 days"
    assert wide.base_rate == pytest.approx(0.017, abs=1e-3)
    low = library.find("k33-2026-05-20")
    calm = grading.grade(low.calls[0], low, date(2026, 10, 3))
    assert (calm.base_rate, calm.chance) == pytest.approx((0.725, 0.965), abs=1e-3)
