"""A panel of assets gives what each asset gives alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from histories import walk
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.errors import SelectionError
from sentiment.frames import day
from sentiment.scoring import panel as panels
from sentiment.scoring.inputs import Inputs, load_inputs
from sentiment.scoring.panel import score_panel
from sentiment.scoring.score import score

DAYS = 1_000
BUNDLED = load_inputs("BTC-USD", date(2026, 1, 2))


def walking(seed, first=date(2023, 1, 1), days=DAYS, kind=frozenset({"volume"})):
    """An asset that walks, with the VIX and the short rate of its days."""
    rng = np.random.default_rng(seed)
    close = walk(days, seed)
    close.index = pd.date_range(day(first), periods=days, freq="D", name="date", unit="us")
    if "gaps" in kind:
        close[rng.random(days) < 0.02] = np.nan
    prices = pd.DataFrame({"close": close})
    if "volume" in kind:
        prices["volume"] = rng.lognormal(10, 1, days)
    if "dividends" in kind:
        prices["total_return"] = close * np.linspace(1, 1.1, days)
    series = {role: BUNDLED.series[role].reindex(close.index) for role in ("equity_volatility", "short_rate")}
    return Inputs(f"A{seed}", prices, series)


def same(many, weights=None, engine=None, last=None):
    blocks = score_panel(many, weights, last, engine)
    axes = {asset: block.axes(asset) for block in blocks for asset in block.assets}
    assert list(axes) == [inputs.asset for inputs in many]
    for inputs in many:
        alone = score(inputs, weights).axes
        alone = alone if last is None else alone.iloc[-last:]
        pd.testing.assert_frame_equal(axes[inputs.asset], alone, check_exact=True, check_freq=False)


@pytest.mark.parametrize("engine", ["pandas", "numba"])
def test_assets_of_all_kinds_stand_side_by_side(engine):
    late = walking(2, first=date(2024, 3, 9), days=500, kind={"volume", "gaps"})
    same([walking(1), late, walking(3, kind=()), walking(4, kind={"volume", "dividends"}), BUNDLED], engine=engine)


@given(
    st.lists(
        st.builds(
            walking,
            st.integers(0, 99),
            st.integers(0, 400).map(lambda days: date(2023, 1, 1) + timedelta(days)),
            st.integers(1, 900),
            st.frozensets(st.sampled_from(["volume", "dividends", "gaps"])),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda inputs: inputs.asset,
    ),
    st.sampled_from([None, {"drawdown": 0.0, "value": 3.5}]),
    st.sampled_from(["pandas", "numba"]),
)
@settings(max_examples=15)
def test_a_panel_is_its_assets_to_the_bit(many, weights, engine):
    same(many, weights, engine)


@pytest.mark.parametrize("engine", ["pandas", "numba"])
@pytest.mark.parametrize("last", [7, 90, 5_000])
def test_the_last_days_alone_are_those_of_the_whole(engine, last):
    same([walking(1, days=1_098), walking(2, date(2025, 1, 3), days=365), BUNDLED], engine=engine, last=last)


def test_the_last_days_of_a_score_are_those_of_the_whole():
    whole, few = score(BUNDLED), score(BUNDLED, last=7)
    for name in ("axes", "raw", "rank", "contribution"):
        pd.testing.assert_frame_equal(getattr(few, name), getattr(whole, name).iloc[-7:], check_exact=True)


def test_an_asset_that_ended_before_the_last_days_has_no_row_of_them():
    ended = walking(2, days=600)
    block = next(score_panel([walking(1), ended], last=30))
    assert block.axes("A2").empty
    assert len(block.axes("A1")) == 30


def test_notes_of_one_asset_say_nothing_of_another():
    other = replace(walking(1, first=date(2023, 1, 1), days=1_097), editions=())
    block = next(score_panel([BUNDLED, other]))
    assert block.axes("A1")["fundamentals_coverage"].max() < block.axes("BTC-USD")["fundamentals_coverage"].max()
    same([BUNDLED, other])


def test_blocks_are_read_as_they_are_needed(monkeypatch):
    monkeypatch.setattr(panels, "BLOCK_ASSETS", 2)
    read = []

    def many():
        for seed in range(5):
            read.append(seed)
            yield walking(seed, days=10)

    blocks = score_panel(many())
    assert next(blocks).assets == ("A0", "A1")
    assert read == [0, 1]
    assert [block.assets for block in blocks] == [("A2", "A3"), ("A4",)]


def test_a_wrong_weight_is_refused_before_anything_is_read():
    with pytest.raises(SelectionError, match="no component 'luck'"):
        next(score_panel(iter([]), {"luck": 1.0}))
