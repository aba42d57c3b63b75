from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import plain_turns
import pytest
from histories import daily, walk

from sentiment.scoring.measures import forward_returns
from sentiment.validation import turns
from sentiment.validation.event_study import event_paths, least_squares, return_slope


def test_overlap_makes_the_naive_slope_too_sure(bitcoin, index_of_others):
    table = return_slope(bitcoin, index_of_others, 30)
    assert table.loc["naive", "slope"] == pytest.approx(table.loc["all turns", "slope"])
    assert table.loc["all turns", "standard_error"] > 3 * table.loc["naive", "standard_error"]
    assert table["observations"].tolist() == [3133, 3133, 105]
    every = index_of_others.asfreq("D").iloc[::30]  # the index has days missing: every 30th of the calendar
    assert every.notna().all()
    ahead = forward_returns(bitcoin, 30).reindex(every.index)
    known = ahead.notna()  # the last window is not complete
    assert table.loc["non-overlapping", "slope"] == pytest.approx(np.polyfit(every[known], ahead[known], 1)[0])
    reach = ((table["upper"] - table["slope"]) / table["standard_error"]).to_numpy()
    assert reach[[0, 2]] == pytest.approx([turns.student(3131), turns.student(103)])
    assert reach[1] > reach[2]


def test_the_slope_is_judged_by_all_turns_and_starts_with_the_first_return():
    close, mood = walk(300, 11), walk(300, 12)
    close.iloc[:5] = np.nan
    ahead = forward_returns(close, 14).to_numpy()
    table = return_slope(close, mood, 14)
    slope, error = plain_turns.turned_by(ahead, mood.to_numpy(), 14, 0)
    critical = max(turns.student(3), plain_turns.reach(plain_turns.size_of_t(ahead, mood.to_numpy(), 14)))
    row = table.loc["all turns"]
    assert row[["slope", "standard_error"]].tolist() == pytest.approx([slope, error])
    assert (row["upper"] - row["lower"]) / 2 == pytest.approx(critical * error)
    starts = [place for place in range(5, 300, 14) if not np.isnan(ahead[place])]
    fitted = np.polyfit(mood.to_numpy()[starts], ahead[starts], 1)[0]
    assert table.loc["non-overlapping", "slope"] == pytest.approx(fitted)


def test_least_squares_agrees_with_statsmodels():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, while loading
        api = pytest.importorskip(
            "statsmodels.api", reason="statsmodels is in the dependency group `oracle`, not installed"
        )
    x, y = walk(80, 1).to_numpy(), walk(80, 2).to_numpy()
    fit = api.OLS(y, api.add_constant(x)).fit()
    reach = (fit.conf_int()[1, 1] - fit.params[1]) / fit.bse[1]
    np.testing.assert_allclose(least_squares(x, y), (fit.params[1], fit.bse[1], reach, 80), rtol=1e-5)


@pytest.mark.parametrize("x", [[1.0, 2.0], [3.0, 3.0, 3.0, 3.0]])
def test_no_slope_without_observations_or_movement(x):
    x = np.array(x)
    slope, error, critical, count = least_squares(x, x**2)
    assert np.isnan([slope, error, critical]).all()
    assert count == len(x)


def test_a_slope_needs_a_score():
    assert return_slope(walk(30, 1), daily([np.nan] * 30), 7)["slope"].isna().all()


def test_paths_start_on_entries_and_do_not_overlap():
    labels = daily(list("aaxxaxaaaaxxxxxa"))
    close = daily(2.0 ** np.arange(18))
    study = event_paths(close, labels, "a", 3)
    # Entries on days 0, 4, 6 and 15: 6 is too close to 4, and from 15 on only two days are known.
    assert [(when - labels.index[0]).days for when in study.each] == [0, 4]
    assert study.each.to_numpy().tolist() == [[0, 0], [1, 1], [3, 3], [7, 7]]
    assert study.band["median"].tolist() == [0, 1, 3, 7]
    assert event_paths(close, labels, "nowhere", 3).band.isna().all(axis=None)


def test_the_band_of_paths_holds_half_of_them(scores):
    axes = scores.axes
    study = event_paths(axes["close"], axes["regime"], "fear outweighs fundamentals", 30)
    ends = study.each.iloc[-1]
    assert (np.diff(study.each.columns) >= pd.Timedelta(days=30)).all()
    assert study.band.iloc[-1].tolist() == pytest.approx(ends.quantile([0.25, 0.5, 0.75]).tolist())
    assert list(study.each.index) == list(range(31))
