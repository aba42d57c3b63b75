from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from histories import daily

from sentiment.scoring.components import registry
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.scoring.sensitivity import weight_sensitivity

AXES_OF = {part.name: part.axis for part in registry()}
SOURCES = {part.name: part.source_name for part in registry()}


def left_out(name, as_of=None):
    """Return the last gap and regime that the scorer gives without a component."""
    return score(load_inputs("BTC-USD", as_of), {name: 0.0}).axes[["gap", "regime"]].iloc[-1]


def test_the_gap_is_the_scorers_and_so_is_leaving_one_out(scores):
    result = weight_sensitivity(scores.rank, scores.applying, AXES_OF, SOURCES, draws=20)
    pd.testing.assert_series_equal(result.band["gap"], scores.axes["gap"], check_freq=False)
    for name, row in result.without.iterrows():
        gap, named = left_out(name)
        assert row["gap"] == pytest.approx(gap, abs=2e-6)
        assert row["regime"] == named or (pd.isna(row["regime"]) and pd.isna(named))
        assert row["changed"] == (row["regime"] != scores.axes["regime"].iloc[-1])


def test_a_part_without_which_no_regime_is_named_is_what_the_verdict_rests_on():
    day = date(2026, 10, 3)  # fear rests on half of its weight
    scored = score(load_inputs("BTC-USD", day))
    result = weight_sensitivity(scored.rank.iloc[-60:], scored.applying, AXES_OF, SOURCES, draws=200)
    assert pd.isna(left_out("equity_fear", day)["regime"])
    assert result.without.loc["equity_fear", "changed"]
    assert pd.isna(result.without.loc["equity_fear", "regime"])
    assert re.search(
        r"equity_fear[\w, ]*: without any one of them too little is known to name a regime", result.sentence
    )
    assert result.sentence.count("too little is known") == 1
    assert "No single part decides it" not in result.sentence


def test_where_no_regime_is_named_no_part_decides_one():
    rank = daily([1.0]).to_frame("fear_part").assign(fear_part=80.0, value=40.0, policy=np.nan, support=np.nan)
    axes = {"fear_part": "fear", "value": "fundamentals", "policy": "fundamentals", "support": "fundamentals"}
    result = weight_sensitivity(rank, {"fear_part": 1.0, "value": 1.0, "policy": 1.0, "support": 1.0}, axes)
    assert result.without["regime"].isna().all()
    assert result.sentence.startswith("This verdict rests on fear_part: without it there is no gap") is False
    assert result.sentence.startswith("Too little is known to name a regime")


def test_weights_are_redrawn_around_the_chosen_ones(scores):
    rank = scores.rank.loc["2025-06-01":"2026-06-01"]
    result = weight_sensitivity(rank, scores.weights, AXES_OF, SOURCES)
    repeated = weight_sensitivity(rank, scores.weights, AXES_OF, SOURCES)
    pd.testing.assert_frame_equal(result.band, repeated.band)
    inside = (result.band["lower"] < result.band["gap"]) & (result.band["gap"] < result.band["upper"])
    assert inside.mean() > 0.99
    assert result.band["changed"].between(0, 1).all()
    tight = weight_sensitivity(rank, scores.weights, AXES_OF, SOURCES, concentration=1e7)
    np.testing.assert_allclose(tight.band["upper"], tight.band["gap"], atol=0.2)
    assert tight.band["changed"].mean() < 0.02


def steady(**ranks):
    """Return three days of equal ranks, after which a regime has begun."""
    return pd.DataFrame({name: [value] * 3 for name, value in ranks.items()}, index=daily([0.0] * 3).index, dtype=float)


def test_the_band_is_that_of_the_distribution_it_names():
    # Policy at 100 has half of the weight of its axis, the others are 0: the axis is 100 x a Beta(10, 10) variable.
    rank = steady(tone=100, drawdown=100, momentum=100, value=0, policy=100, support=0)
    axes = dict.fromkeys(rank, "fundamentals") | dict.fromkeys(["tone", "drawdown", "momentum"], "fear")
    weights = dict.fromkeys(rank, 1.0) | {"value": 3.5, "policy": 7.0, "support": 3.5}
    band = weight_sensitivity(rank, weights, axes, draws=20_000).band.iloc[-1]
    drawn = 100 * np.random.default_rng(13).beta(10, 10, 200_000)
    assert band["gap"] == 50
    # An end of 20,000 draws has a standard error of 0.16 points.
    assert band[["lower", "upper"]].tolist() == pytest.approx(np.quantile(drawn, [0.05, 0.95]).tolist(), abs=0.6)
    assert band["changed"] == pytest.approx((drawn < 25).mean(), abs=0.005)


def test_the_verdict_names_what_it_rests_on():
    rank = steady(tone=80, drawdown=80, momentum=80, volume=80, value=40, policy=95, support=40, idle=1, unknown=np.nan)
    fear = ["tone", "drawdown", "momentum", "volume"]
    axes = dict.fromkeys(rank, "fundamentals") | dict.fromkeys(fear, "fear")
    weights = dict.fromkeys(rank, 1.0) | {"idle": 0.0}
    result = weight_sensitivity(rank, weights, axes)
    assert result.band["gap"].tolist() == pytest.approx([38.333333] * 3)
    assert result.without.index.tolist() == [*fear, "value", "policy", "support"]
    assert result.without.loc["tone"].tolist() == [pytest.approx(38.333333), "fear outweighs fundamentals", False]
    assert result.without.loc["policy", "gap"] == 20
    assert pd.isna(result.without.loc["policy", "regime"]), "two parts are too few"
    assert result.without.loc["policy", "changed"]
    assert "on value, policy and support: without any one of them too little is known" in result.sentence


def test_no_gap_no_band():
    rank = daily([1.0, 2.0]).to_frame("value").assign(drawdown=np.nan)
    result = weight_sensitivity(rank, {"value": 1.0, "drawdown": 1.0}, {"value": "fundamentals", "drawdown": "fear"})
    assert result.band.isna().all(axis=None)
    assert result.sentence == "There is no gap on this day."
