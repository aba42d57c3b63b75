"""Windows by pandas and compiled: the same bits, whatever the values."""

from __future__ import annotations

import importlib.util

import numpy as np
import pandas as pd
import pytest
from histories import daily
from hypothesis import given
from hypothesis import strategies as st

from sentiment.errors import MissingExtraError
from sentiment.scoring import rolling

VALUES = st.one_of(
    st.sampled_from([float("nan"), float("inf"), 0.0, 1.0, -1.0]),
    st.floats(-1e6, 1e6).map(lambda value: round(value, 3)),
)
ALL = {
    "total": rolling.total,
    "mean": rolling.mean,
    "highest": rolling.highest,
    "lowest": rolling.lowest,
    "median": rolling.median,
    "rank": lambda values, days: rolling.rank(values, days, 2),
}


def test_windows_are_complete_or_have_no_answer():
    values = daily([3.0, 1.0, 2.0, np.nan, 5.0, 4.0])
    assert rolling.total(values, 2).tolist()[1:3] == [4.0, 3.0]
    assert rolling.highest(values, 3).tolist()[2] == 3.0
    assert rolling.lowest(values, 2).dropna().tolist() == [1.0, 1.0, 4.0]
    assert rolling.mean(values, 2).isna().tolist() == [True, False, False, True, True, False]


def test_a_rank_counts_what_is_known():
    ranks = rolling.rank(daily([3.0, 1.0, np.nan, 1.0, 2.0]), 4, 2)
    assert ranks.iloc[[0, 2]].isna().all()
    assert ranks.iloc[[1, 3, 4]].tolist() == [1 / 2, 1.5 / 3, 3 / 3]


@pytest.mark.parametrize("name", ALL)
@given(st.lists(st.lists(VALUES, min_size=9, max_size=9), min_size=1, max_size=4), st.integers(1, 6))
def test_the_engines_agree_to_the_bit(name, rows, days):
    wide = pd.DataFrame(np.array(rows).T, index=daily([0.0] * 9).index)
    expected = ALL[name](wide, days)
    with rolling.use_engine("numba"):
        pd.testing.assert_frame_equal(ALL[name](wide, days), expected, check_exact=True)
        pd.testing.assert_series_equal(ALL[name](wide[0], days), expected[0], check_exact=True, check_names=False)


@pytest.mark.parametrize("window", [5, 730, 2_000])
def test_long_histories_are_ranked_in_stretches_to_the_bit(window):
    rng = np.random.default_rng(5)
    values = rng.normal(size=(12_000, 2)).cumsum(axis=0).round(1)  # many ties
    values[rng.random(values.shape) < 0.05] = np.nan
    wide = pd.DataFrame(values)
    expected = rolling.rank(wide, window, 5)
    with rolling.use_engine("numba"):
        pd.testing.assert_frame_equal(rolling.rank(wide, window, 5), expected, check_exact=True)


@pytest.mark.parametrize("engine", ["pandas", "numba"])
@given(st.lists(VALUES, min_size=1, max_size=60), st.integers(1, 50), st.integers(0, 60))
def test_the_last_rows_alone_are_ranked_as_among_all(engine, values, days, first):
    series = daily(values)
    with rolling.use_engine(engine):
        whole = rolling.rank(series, days, 2)
        pd.testing.assert_series_equal(rolling.rank(series, days, 2, first), whole.iloc[first:], check_exact=True)


def test_equal_columns_are_worked_out_once(monkeypatch):
    widths = []
    real = pd.DataFrame.rolling
    monkeypatch.setattr(
        pd.DataFrame, "rolling", lambda self, *args, **more: widths.append(self.shape[1]) or real(self, *args, **more)
    )
    shared = pd.DataFrame({"a": range(40), "b": range(40), "c": range(40, 0, -1)}, dtype=float)
    ranks = rolling.rank(shared, 3, 1)
    assert widths == [2]
    pd.testing.assert_series_equal(ranks["a"], ranks["b"], check_names=False)


def test_the_lack_of_numba_is_told(monkeypatch):
    monkeypatch.setattr(rolling, "find_spec", lambda name: None if name == "numba" else importlib.util.find_spec(name))
    assert rolling.fastest_engine() == "pandas"
    with (
        pytest.raises(MissingExtraError, match=r"pip install 'sentiment-dashboard\[fast\]'"),
        rolling.use_engine("numba"),
    ):
        pass
