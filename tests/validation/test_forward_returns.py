"""Evidence against a plain second implementation, against published figures, and on prices that know nothing."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import plain_turns
import pytest
from histories import daily, moods, walk
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.errors import SelectionError
from sentiment.frames import day
from sentiment.scoring.measures import forward_lows, forward_returns
from sentiment.validation import turns
from sentiment.validation.forward_returns import COLUMNS, MIN_EPISODES, bands, evidence_by_era, evidence_table
from sentiment.validation.verdict import Grade, assess

# A published result ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("horizon", "days", "means"), [(30, 679, (3.2, 3.9)), (90, 674, (2.4, 13.8))])
def test_extreme_fear_had_no_demonstrated_edge(bitcoin, index_of_others, horizon, days, means):
    table = evidence_table(bitcoin, bands(index_of_others, [24]), (30, 90))
    row = table[(table["label"] == "24 or less") & (table["horizon"] == horizon)].iloc[0]
    assert row["days"] == days
    assert len(index_of_others) == 3162
    assert (100 * row[["mean", "base_mean"]]).tolist() == pytest.approx(means, abs=0.05)
    assert row["lower"] < 0 < row["upper"]
    assert assess(table[table["label"] == "24 or less"]).grade is not Grade.DEMONSTRATED


# A second, plain implementation ------------------------------------------------------------------------------------


def plainly(close, labels, row):
    """One row of the table with loops over days, and turns that are really made."""
    name, horizon = row["label"], row["horizon"]
    value, mood, days = close.to_dict(), labels.to_dict(), sorted(labels.index)
    step = pd.Timedelta(days=1)
    forward, low = {}, {}
    for when in days:
        ahead = [value.get(when + one * step, np.nan) for one in range(1, horizon + 1)]
        if isinstance(mood[when], str) and not np.isnan([value.get(when, np.nan), ahead[-1]]).any():
            forward[when] = ahead[-1] / value[when] - 1
            if not np.isnan(ahead).any():
                low[when] = min(0.0, min(ahead) / value[when] - 1)
    mine = [when for when in forward if mood[when] == name]
    gaps = [(after - before).days for before, after in pairwise(mine)]
    middle = days[len(days) // 2]

    def excess(counted):
        group = [forward[when] for when in counted if when in forward and mood[when] == name]
        return np.mean(group) - np.mean([forward[when] for when in counted if when in forward]) if group else np.nan

    every = [day(date(2020, 1, 1)) + one * step for one in range((days[-1] - days[0]).days + 1)]
    ahead = np.array([forward.get(when, np.nan) for when in every])
    signal = np.array([float(mood[when] == name) if isinstance(mood[when], str) else np.nan for when in every])
    share = len(mine) / len(forward)
    error = (1 - share) * plain_turns.turned_by(ahead, signal, horizon, 0)[1]
    span = np.ptp(np.flatnonzero(~np.isnan(ahead))) + 1
    floor = turns.student(max(1, span // (2 * max(45, horizon))))
    critical = max(floor, plain_turns.reach(plain_turns.size_of_t(ahead, signal, horizon)))
    return {
        "days": len(mine),
        "episodes": 1 + sum(gap >= max(horizon, 2) for gap in gaps),
        "mean": np.mean([forward[when] for when in mine]),
        "median": np.median([forward[when] for when in mine]),
        "hit_rate": np.mean([forward[when] > 0 for when in mine]),
        "base_rate": np.mean([one > 0 for one in forward.values()]),
        "base_mean": np.mean(list(forward.values())),
        "excess": excess(days),
        "standard_error": error,
        "critical": critical,
        "lower": excess(days) - critical * error,
        "upper": excess(days) + critical * error,
        "first_half": excess([when for when in days if when + horizon * step < middle]),
        "second_half": excess([when for when in days if when >= middle]),
        "worst_median": np.median([low[when] for when in mine if when in low]),
        "worst": min(low[when] for when in mine if when in low),
    }


def test_every_figure_equals_a_plain_second_implementation():
    close, labels = walk(130, 1), moods(125, 2).mask(daily(np.arange(125) % 31 == 30))
    close.iloc[[40, 41, 90]] = np.nan
    table = evidence_table(close, labels, (1, 4, 20))
    assert list(table.columns) == COLUMNS
    assert len(table) == 9
    for row in table.to_dict("records"):
        expected = plainly(close, labels, row)
        assert {name: row[name] for name in expected} == pytest.approx(expected, rel=1e-7, abs=1e-11, nan_ok=True)


def test_runs_closer_than_the_horizon_are_one_episode():
    labels = daily(list("aabbbaaabbbbbba"))
    table = evidence_table(daily(np.arange(1.0, 41.0)), labels, (1, 4, 5, 7))
    # From a run's last day to the next one's first: 4 and 7 days.
    assert table.loc[table["label"] == "a", "episodes"].tolist() == [3, 3, 2, 2]
    assert evidence_table(daily(np.arange(1.0, 41.0)), labels, (8,))["episodes"].iloc[0] == 1


def test_windows_are_calendar_days_and_must_be_complete():
    close = daily([10.0, 11, 12, 9, 15]).drop(day(date(2020, 1, 3)))
    assert (
        forward_returns(close, 2).round(6).tolist()[1:]
        == [pytest.approx(-0.181818)] + [pytest.approx(np.nan, nan_ok=True)] * 2
    )
    assert np.isnan(forward_returns(close, 2).iloc[0])
    full = daily([10.0, 11, 12, 9, 15])
    assert forward_lows(full, 2).iloc[:3].tolist() == pytest.approx([0, 9 / 11 - 1, -0.25])
    assert forward_lows(full, 2).iloc[3:].isna().all()


def test_nothing_labelled_gives_an_empty_table_and_too_little_data():
    empty = evidence_table(walk(50, 4), daily([np.nan] * 50).astype("str"))
    assert empty.empty
    assert list(empty.columns) == COLUMNS
    assert assess(empty).grade is Grade.TOO_LITTLE
    incomplete = evidence_table(walk(20, 4), moods(20, 5), (30,))
    assert assess(incomplete).sentence == "Too little data: no day with a reading has its whole return behind it yet."


def test_a_horizon_of_no_days_is_refused():
    with pytest.raises(SelectionError, match="at least one day"):
        evidence_table(walk(20, 4), moods(20, 5), (7, 0))


def test_a_label_of_every_day_has_no_excess():
    table = evidence_table(walk(400, 5), daily(["always"] * 400).astype("str"), (7, 30))
    assert (table[["excess", "lower", "upper", "joint_lower", "joint_upper"]] == 0).all(axis=None)


# Laws --------------------------------------------------------------------------------------------------------------

FIGURES = [name for name in COLUMNS if name != "label"]


def same(one, other):
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True), rtol=1e-9, atol=1e-10)


@settings(max_examples=15, deadline=None)
@given(st.permutations(["calm", "fear", "greed"]), st.integers(0, 99))
def test_a_label_is_only_a_name(names, seed):
    close, labels = walk(200, seed), moods(200, seed + 1)
    renaming = dict(zip(["calm", "fear", "greed"], names, strict=True))
    before = evidence_table(close, labels, (3, 20)).set_index("label")[FIGURES].rename(index=renaming)
    after = evidence_table(close, labels.map(renaming).astype("str"), (3, 20)).set_index("label")[FIGURES]
    same(before.loc[["calm", "fear", "greed"]], after.loc[["calm", "fear", "greed"]])


@settings(max_examples=15, deadline=None)
@given(st.integers(-2000, 2000), st.floats(0.001, 1000), st.integers(0, 99))
def test_neither_the_calendar_nor_the_currency_matters(days, factor, seed):
    close, labels = walk(200, seed), moods(200, seed + 1)
    moved = evidence_table(factor * close.shift(days, freq="D"), labels.shift(days, freq="D"), (3, 20))
    # A return of exactly zero may change its sign by rounding; these walks have none.
    same(moved, evidence_table(close, labels, (3, 20)))


@settings(max_examples=15, deadline=None)
@given(st.integers(60, 160), st.integers(1, 40), st.integers(0, 99))
def test_later_days_change_no_complete_window(cut, horizon, seed):
    close, labels = walk(200, seed), moods(200, seed + 1)
    whole, early = forward_returns(close, horizon), forward_returns(close.iloc[:cut], horizon)
    complete = early.dropna().index
    assert len(complete) == cut - horizon
    pd.testing.assert_series_equal(whole.loc[complete], early.loc[complete], check_freq=False)
    known = labels.iloc[: cut - horizon]
    same(
        evidence_table(close, known, (horizon,)),
        evidence_table(close.iloc[:cut], known, (horizon,)),
    )


def test_a_horizon_does_not_depend_on_its_company():
    close, labels = walk(300, 6), moods(300, 7)
    alone, among = (
        evidence_table(close, labels, (30,)),
        evidence_table(close, labels, (90, 30, 7)),
    )
    own = [name for name in COLUMNS if name not in {"joint_lower", "joint_upper", "cells"}]
    same(among.loc[among["horizon"] == 30, own], alone[own])


def test_bands_hold_their_upper_edge():
    labels = bands(daily([0, 24, 24.1, 75, 76, np.nan]), [24, 75])
    assert labels.iloc[:5].tolist() == ["24 or less", "24 or less", "above 24 to 75", "above 24 to 75", "above 75"]
    assert labels.isna().iloc[5]
    table = evidence_table(walk(30, 1), bands(daily(np.arange(20.0) % 9), [2, 5]), (3,))
    assert table["label"].tolist() == ["2 or less", "above 2 to 5", "above 5"]


@pytest.mark.parametrize("edges", [[], [5, 5], [9, 3]])
def test_bands_need_rising_edges(edges):
    with pytest.raises(SelectionError, match="must rise"):
        bands(daily([1.0]), edges)


def test_an_era_is_judged_on_its_own(bitcoin, index_of_others):
    labels = bands(index_of_others, [24])
    table = evidence_by_era(bitcoin, labels, (30,))
    assert table["era"].unique().tolist() == [
        "2018-02-01 to 2020-05-10",
        "2020-05-11 to 2024-04-19",
        "2024-04-20 to 2026-10-02",
    ]
    middle = slice(day(date(2020, 5, 11)), day(date(2024, 4, 19)))
    own = evidence_table(bitcoin.loc[middle], labels.loc[middle], (30,))
    turned = {"lower", "upper", "joint_lower", "joint_upper", "cells", "critical"}
    exact = [name for name in COLUMNS if name not in turned]
    same(table.loc[table["era"].str.startswith("2020"), exact], own[exact])
    assert evidence_by_era(bitcoin, labels.iloc[:0]).empty


def test_the_joint_intervals_of_eras_allow_for_every_era():
    close, labels = walk(6_000, 3), bands(daily(np.random.default_rng(3).random(6_000)), [0.3, 0.6])
    starts = [(close.index[0] + pd.Timedelta(days, "D")).date() for days in (1_500, 3_000, 4_500)]
    eras = evidence_by_era(close, labels, (7,), starts=starts)
    assert (eras["cells"] == 12).all()
    plain, joint = (eras[high] - eras[low] for low, high in (("lower", "upper"), ("joint_lower", "joint_upper")))
    multiple = (joint / plain).to_numpy()
    assert multiple == pytest.approx(multiple[0])
    assert multiple[0] > 1.2


def test_only_judged_rows_widen_the_joint_intervals():
    close, labels = walk(900, 8), moods(900, 9)
    table = evidence_table(close, labels, (7, 90))
    judged = table[table["episodes"] >= MIN_EPISODES]
    assert 0 < len(judged) < len(table)
    assert (table["cells"] == len(judged)).all()
    alone = evidence_table(close, labels, (7,))
    assert judged["horizon"].unique().tolist() == [7]
    same(judged[["joint_lower", "joint_upper"]], alone[["joint_lower", "joint_upper"]])


@pytest.mark.slow
def test_few_worlds_without_an_edge_show_one_in_some_era():
    false_alarms = plain = 0
    for number in range(50):
        close, labels = walk(4_000, number), bands(daily(np.random.default_rng(number).random(4_000)), [0.5])
        starts = [(close.index[0] + pd.Timedelta(days, "D")).date() for days in (1_000, 2_000, 3_000)]
        eras = evidence_by_era(close, labels, (1,), starts=starts)
        false_alarms += ((eras["joint_lower"] > 0) | (eras["joint_upper"] < 0)).any()
        plain += ((eras["lower"] > 0) | (eras["upper"] < 0)).any()
    assert plain > 2 * false_alarms, "looking at every era finds something by chance"
    assert false_alarms <= 0.06 * 50
