"""The chart of a comparison draws its rows alone, names each line at its end, and says who stands where."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.charts import compare_charts
from sentiment.frames import day

NAN = float("nan")
UNITS = {"BTC-USD": "USD", "SPY": "USD", "7203.T": "JPY"}


def rows(*blocks):
    """Rows from (asset, {day of January: (rebased, fear, justified)}), by day."""
    columns = ["date", "asset", "close", "rebased", "fear", "justified", "gap", "regime"]
    found = [
        (day(date(2026, 1, number)), asset, rebased * 2, rebased, fear, justified, fear - justified, regime)
        for asset, days in blocks
        for number, (rebased, fear, justified) in days.items()
        for regime in (None if np.isnan(fear - justified) or asset == "THIN" else "in balance",)
    ]
    return pd.DataFrame(found, columns=columns).sort_values("date", kind="stable", ignore_index=True)


THREE = rows(
    ("BTC-USD", {1: (NAN, 30, 40), 2: (100, 20, 40), 3: (110, 25, 41), 4: (150, 24, 41)}),
    ("SPY", {2: (100, 50, 45), 4: (95, 55, 40)}),
    ("7203.T", {2: (100, 80, NAN), 3: (120, 85, NAN)}),
)


def lines(figure):
    return {trace.name: trace for trace in figure.data if trace.mode == "lines"}


def test_the_chart_draws_exactly_its_rows_and_nothing_in_between():
    figure = compare_charts.compare(THREE, tuple(UNITS), UNITS, log=False)
    drawn = lines(figure)
    assert len(drawn) == 9
    np.testing.assert_array_equal(drawn["BTC-USD rebased"].y, np.array([NAN, 100, 110, 150], "float32"))
    assert list(drawn["SPY rebased"].x) == ["2026-01-02", "2026-01-04"], "the 3rd is not filled in"
    np.testing.assert_array_equal(drawn["SPY gap"].y, np.array([5, 15], "float32"))
    assert np.isnan(drawn["7203.T gap"].y).all()
    assert "gap" not in drawn["7203.T fear"].hovertemplate, "what is known on no day is not read out"
    assert "JPY" in drawn["7203.T rebased"].hovertemplate


def test_each_asset_is_told_by_colour_dash_and_mark_and_named_at_its_end():
    figure = compare_charts.compare(THREE, tuple(UNITS), UNITS, log=False)
    for panel in ("rebased", "fear"):
        styles = [lines(figure)[f"{asset} {panel}"].line for asset in UNITS]
        assert len({style.color for style in styles}) == len({style.dash for style in styles}) == 3
    marks = [trace for trace in figure.data if trace.mode == "lines+markers" and trace.yaxis == "y"]
    assert [(mark.x[0], mark.y[0], mark.marker.symbol) for mark in marks] == [
        ("2026-01-04", 150, "circle"),
        ("2026-01-04", 95, "square"),
        ("2026-01-03", 120, "diamond"),
    ]
    words = [re.sub("<[^>]*>", "", note.text) for note in figure.layout.annotations]
    assert words == [
        "● 150", "■ 95", "◆ 120", "● 24", "■ 55", "◆ 85", "● −17", "■ +15",
        "price, first common day = 100", "fear, 0 calm – 100 extreme", "gap, fear less justified fear, in points",
    ]  # fmt: skip
    assert [trace.name for trace in figure.data if trace.showlegend] == ["BTC-USD", "SPY", "7203.T"]
    assert len(compare_charts.DASHES) == len(compare_charts.MARKS) == len(compare_charts.SIGNS) == 5


def test_the_sentences_say_who_gained_most_is_most_afraid_and_has_the_widest_gap_each_on_its_day():
    assert compare_charts.compare_text(THREE) == (
        "From 2 Jan 2026, BTC-USD gained most: +50% to 4 Jan 2026; then 7203.T +20% to 3 Jan 2026, SPY −5% to 4 Jan 2026. "
        "Most afraid is 7203.T, with fear 85 on 3 Jan 2026. "
        "The widest gap is that of BTC-USD: −17 on 4 Jan 2026. Too little is known of the fundamentals of 7203.T to count a gap."
    )
    fell = rows(("A", {1: (100, 60, NAN), 2: (90, NAN, NAN)}), ("B", {1: (100, NAN, 1), 2: (80, NAN, 1)}))
    assert compare_charts.compare_text(fell) == (
        "From 1 Jan 2026 to 2 Jan 2026, A lost least: −10%; then B −20%. No fear is known of any. "
        "No gap counts, because too little is known of the fundamentals of any."
    )
    thin = rows(("THIN", {1: (100, 90, 1)}), ("A", {1: (100, 50, 45)}))
    assert compare_charts.compare_text(thin).endswith(
        "The widest gap is that of A: +5 on 1 Jan 2026. Too little is known of the fundamentals of THIN to count a gap."
    ), "a gap without a regime rests on too little"
    apart = rows(("A", {1: (NAN, 60, 50)}), ("B", {2: (NAN, 40, 50)}))
    assert compare_charts.compare_text(apart).startswith(
        "There is no day in this range on which all of them have a price"
    )
    figure = compare_charts.compare(apart, ("A", "B"), {"A": "USD", "B": "USD"}, log=True)
    assert "no common day" in [note.text for note in figure.layout.annotations]


def test_a_price_of_zero_or_less_is_drawn_on_a_linear_scale():
    negative = rows(("A", {1: (100, 1, 1), 2: (-5, 1, 1)}), ("B", {1: (100, 1, 1)}))
    assert compare_charts.compare(negative, ("A", "B"), {"A": "x", "B": "x"}, log=True).layout.yaxis.type == "linear"
    assert compare_charts.compare(THREE, tuple(UNITS), UNITS, log=True).layout.yaxis.type == "log"


def test_labels_that_would_overlap_are_moved_apart_as_little_as_it_takes():
    placed = compare_charts.spread(np.array([50.0, 52.0, 90.0]), 10, 0, 100)
    assert placed == pytest.approx([46, 56, 90])
    assert compare_charts.spread(np.array([0.0, 1.0]), 10, 0, 100) == pytest.approx([5, 15])


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5), st.floats(1, 15))
def test_labels_stand_apart_in_their_order_and_inside(heights, apart):
    placed = compare_charts.spread(np.array(heights), apart, 0, 100)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(placed[order]) >= apart - 1e-9).all()
    assert placed.min() >= apart / 2 - 1e-9
    assert placed.max() <= 100 - apart / 2 + 1e-9
