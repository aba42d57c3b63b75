"""The figures of calls, by what they draw and what they say."""

from __future__ import annotations

import pandas as pd
import pytest

from sentiment.charts import call_charts
from sentiment.validation.calibration import calibrate

TABLE = pd.DataFrame(
    [
        ("all", "all", 20, 10, 5.0, 2.0, 9.0),
        ("direction", "rise", 15, 12, 6.0, 2.0, 9.0),
        ("year", "2018", 4, 1, 1.0, 0.0, 2.0),
        ("publisher", "A", 20, 10, 5.0, 2.0, 9.0),
    ],
    columns=["group", "value", "settled", "hits", "expected", "low", "high"],
)


def test_shares_are_drawn_over_what_walks_reach():
    drawn = call_charts.drawn(TABLE)
    assert drawn["group"].tolist() == ["all", "direction"], "no publisher, and no group of four"
    figure = call_charts.scoreboard(drawn)
    first, second, expected, hits = figure.data
    assert (list(first.x), list(second.x)) == ([10, 45], pytest.approx([100 * 2 / 15, 60]))
    assert list(expected.x) == pytest.approx([25, 40])
    assert list(hits.x) == pytest.approx([50, 80])
    assert [(note.text, note.y) for note in figure.layout.annotations] == [("all (20)", 2), ("rises (15)", 1)]
    sentence = call_charts.scoreboard_text(drawn)
    assert "Outside of it: all (20): 10 against 2 to 9, rises (15): 12 against 2 to 9." in sentence
    assert "None lies outside of it." in call_charts.scoreboard_text(drawn.assign(hits=5))


def test_a_calibration_curve_and_its_words():
    held = calibrate([0.2, 0.2, 0.8, 0.8], [True, False, True, True], [1, 1, 1, 1])
    line = call_charts.calibration(held).data[1]
    assert (list(line.x), list(line.y)) == (pytest.approx([20, 80]), pytest.approx([50, 100]))
    assert call_charts.calibration_text(held, "A") == (
        "A: 4 calls with a stated probability, Brier score 0.190 = reliability − resolution + uncertainty (reliability 0.065, "
        "resolution 0.062, uncertainty 0.188). On the dotted line, probabilities hold."
    )
