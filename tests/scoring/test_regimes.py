"""When a regime begins, how long it lasts, and what it needs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.scoring.persistence import named_by_day, runs
from sentiment.scoring.regimes import LAPSES_AFTER, NEAR_DAYS, combine, regimes, sides

FEAR, CALM, EVEN = "fear outweighs fundamentals", "complacent", "in balance"


def every_day(count):
    return pd.date_range("2024-01-01", periods=count, freq="D", tz="UTC")


def side_of(gaps, fear=80.0, days=None, *, known=True):
    gap = np.array(gaps, dtype=float)
    level = np.broadcast_to(np.array(fear, dtype=float), gap.shape)
    return sides(level, gap, np.full(len(gap), known), every_day(len(gap)) if days is None else days).tolist()


@pytest.mark.parametrize(
    ("gaps", "fear", "expected"),
    [
        ([25, 25, 25, 24], 80, [0, 0, 1, 1]),
        ([25, 24.999, 25, 25], 80, [0, 0, 0, 0]),
        ([30, 30, 30, 10, 9.999, 12], 80, [0, 0, 1, 1, 0, 0]),
        ([30, 30, 30, 30], [80, 80, 80, 50], [0, 0, 1, 0]),
        ([30, 30, 30, 30], [50, 80, 80, 80], [0, 0, 0, 1]),
        ([-25, -25, -25, -10, -9.999], 20, [0, 0, -1, -1, 0]),
        ([-25, -25, -25, -25], [20, 20, 20, 50], [0, 0, -1, 0]),
        ([30, 30, 30, np.nan, 30], 80, [0, 0, 1, 2, 0]),
        ([30, 30, 30, -30, -30, -30], [80, 80, 80, 20, 20, 20], [0, 0, 1, 0, 0, -1]),
    ],
)
def test_a_regime_begins_on_the_third_day_and_ends_inside_the_narrow_border(gaps, fear, expected):
    assert side_of(gaps, fear) == expected


def test_nothing_is_named_where_too_little_is_known():
    assert side_of([30] * 4, known=False) == [2, 2, 2, 2]


def test_three_sessions_over_a_weekend_are_three_in_a_row_and_over_a_month_are_not():
    friday = pd.DatetimeIndex(["2024-01-04", "2024-01-05", "2024-01-08"], tz="UTC")
    assert side_of([30, 30, 30], days=friday) == [0, 0, 1]
    assert side_of([30, 30, 30], days=pd.DatetimeIndex(["2024-01-04", "2024-01-05", "2024-02-08"], tz="UTC")) == [
        0,
        0,
        0,
    ]


def test_a_regime_that_is_not_renewed_ends_after_a_year():
    result = side_of([30, 30, 30, *[15] * 400])
    assert result[2 : LAPSES_AFTER + 2] == [1] * LAPSES_AFTER
    assert result[LAPSES_AFTER + 2 :] == [0] * (403 - LAPSES_AFTER - 2)


GAPS = st.lists(st.sampled_from([-60.0, -30.0, -12.0, 0.0, 12.0, 30.0, 60.0, np.nan]), min_size=1, max_size=60)


def step_by_step(gaps, fears):
    """The rule as a reader would follow it, a day at a time."""
    side, named, beyond = 0, [], []
    for gap, fear in zip(gaps, fears, strict=True):
        if np.isnan(gap):
            side, beyond = 0, []
            named.append(2)
            continue
        beyond.append(1 if gap >= 25 and fear > 50 else -1 if gap <= -25 and fear < 50 else 0)
        if side and not (side * gap >= 10 and side * (fear - 50) > 0):
            side = 0
        if beyond[-3:] in ([1, 1, 1], [-1, -1, -1]):
            side = beyond[-1]
        named.append(side)
    return named


@given(GAPS, st.data())
def test_the_vectors_follow_the_rule_step_by_step(gaps, data):
    fears = data.draw(st.lists(st.sampled_from([20.0, 50.0, 80.0]), min_size=len(gaps), max_size=len(gaps)))
    assert side_of(gaps, fears) == step_by_step(gaps, fears)


@given(GAPS)
def test_each_column_is_judged_alone_and_no_later_day_changes_an_earlier_one(gaps):
    gap = np.array([gaps, gaps[::-1]]).T
    fear, enough, days = np.full(gap.shape, 80.0), np.ones(gap.shape, dtype=bool), every_day(len(gaps))
    both = sides(fear, gap, enough, days)
    assert both[:, 0].tolist() == side_of(gaps)
    assert both[:, 1].tolist() == side_of(gaps[::-1])
    half = len(gaps) // 2
    assert side_of(gaps)[:half] == side_of(gaps[:half]) if half else True


def test_a_regime_depends_on_a_bounded_past():
    random = np.random.default_rng(4)
    gaps = np.cumsum(random.normal(0, 6, 2_000)) % 120 - 60
    kept = LAPSES_AFTER + NEAR_DAYS
    for end in range(kept + 1, 2_000, 97):
        assert side_of(gaps[:end])[-1] == side_of(gaps[end - kept - 1 : end])[-1]


def test_an_axis_needs_half_its_weight_three_parts_and_two_sources():
    def is_enough(ranks, weights, sources):
        return combine([np.array([rank], dtype=float) for rank in ranks], weights, sources).is_enough.tolist() == [True]

    known, unknown = 50.0, np.nan
    assert is_enough([known] * 3, [1, 1, 1], "aab")
    assert not is_enough([known] * 3, [1, 1, 1], "aaa"), "one source"
    assert not is_enough([known] * 2, [1, 1], "ab"), "two parts"
    assert not is_enough([known] * 3, [1, 1, 0], "abc"), "a part without weight is none"
    assert is_enough([known] * 3 + [unknown], [1, 1, 1, 3], "abcd"), "half of the weight"
    assert not is_enough([known] * 3 + [unknown], [1, 1, 1, 3.1], "abcd"), "less than half"


def test_what_an_axis_is_for_a_column_an_asset():
    ranks = [np.array([[20.0, 20.0]]), np.array([[60.0]])]
    combined = combine(ranks, [[1.0, 1.0], [3.0, 0.0]], ["a", "b"])
    assert combined.value.tolist() == [[50.0, 20.0]]
    assert combined.coverage.tolist() == [[1.0, 1.0]]
    nothing = combine([np.array([np.nan])], [0.0], ["a"])
    assert np.isnan(nothing.value).all()
    assert nothing.coverage.tolist() == [0.0], "what does not apply covers nothing"


def test_names_and_runs():
    index = every_day(8)
    gap = [30, 30, 30, 15, -30, -30, -30, -30]
    axes = pd.DataFrame({"fear": [80.0] * 4 + [20.0] * 4, "gap": gap}, index, dtype=float)
    axes["regime"] = regimes(axes, [np.ones(8, dtype=bool)])
    assert axes["regime"].tolist() == [EVEN, EVEN, FEAR, FEAR, EVEN, EVEN, CALM, CALM]
    assert named_by_day(axes).tolist() == [FEAR, FEAR, FEAR, EVEN, CALM, CALM, CALM, CALM]
    assert runs(axes["regime"]) == (3, 2.0, 1.0)
    assert runs(named_by_day(axes)) == (2, 3.0, pytest.approx(1 / 3))
    assert runs(axes["regime"].where(axes["fear"] > 100)).changes == 0
