from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from histories import daily, walk

from sentiment.scoring.measures import forward_returns
from sentiment.validation import bootstrap
from sentiment.validation.event_study import event_paths, return_slope


def test_overlap_makes_the_naive_slope_too_sure(bitcoin, index_of_others):
    table = return_slope(bitcoin, index_of_others, 30)
    assert table.loc["naive", "slope"] == table.loc["Newey-West", "slope"]
    assert table.loc["Newey-West", "standard_error"] > 3 * table.loc["naive", "standard_error"]
    assert table["observations"].tolist() == [2931, 2931, 98]
    every = index_of_others.asfreq("D").iloc[::30]  # the index has days missing: every 30th of the calendar
    assert every.notna().all()
    ahead = forward_returns(bitcoin, 30).reindex(every.index)
    assert table.loc["non-overlapping", "slope"] == pytest.approx(np.polyfit(every, ahead, 1)[0])
    assert (table["upper"] - table["slope"]).to_numpy() == pytest.approx(1.96 * table["standard_error"].to_numpy())


def test_the_slope_allows_for_as_many_lags_as_windows_overlap_and_starts_with_the_first_return():
    close, mood = walk(300, 11), walk(300, 12)
    close.iloc[:5] = np.nan
    ahead = forward_returns(close, 14).to_numpy()
    table = return_slope(close, mood, 14)
    assert table.loc["Newey-West", "standard_error"] == bootstrap.newey_west(mood.to_numpy(), ahead, 13)[1]
    starts = [place for place in range(5, 300, 14) if not np.isnan(ahead[place])]
    fitted = np.polyfit(mood.to_numpy()[starts], ahead[starts], 1)[0]
    assert table.loc["non-overlapping", "slope"] == pytest.approx(fitted)


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
