"""The bars of Today: what each part adds, in front of the most that its weight could add."""

import math

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from sentiment.charts.component_charts import Bar, bars
from sentiment.charts.part_bars import part_bars
from sentiment.scoring.score import NOT_APPLYING

NAN = float("nan")
PARTS = [
    Bar("Momentum", 15.0, 60.0, 15, "15.0 · 30-day return −4.3% · rank 25", "15.0"),
    Bar("Drawdown", 0.0, 40.0, 10, "0.0 · at the high · rank 0", "0.0"),
    Bar("Tone & <i>", NAN, 0.0, 10, "no data, left out", "no data"),
]


def widths(bar):
    return [float(part["style"].partition("width:")[2].partition("%")[0]) for part in (bar, bar.i)]


def test_a_bar_is_as_long_as_its_points_on_the_scale_of_all():
    soup = BeautifulSoup(part_bars(PARTS, "fear"), "html.parser")
    assert [item.get_text(" ", strip=True) for item in soup.find_all("li")] == [
        "Momentum 15.0 · 30-day return −4.3% · rank 25",
        "Drawdown 0.0 · at the high · rank 0",
        "Tone & <i> no data, left out",
    ]
    first, second = soup.select("li .most")
    assert widths(first) == [100, 25]
    assert widths(second) == [66.67, 0]
    assert first["title"] == "weight 15: at most 60.0 points"


def test_short_bars_stand_on_a_scale_of_thirty_points():
    soup = BeautifulSoup(part_bars([Bar("A", 3.0, 15.0, 1, "3.0", "3.0")], "fundamentals"), "html.parser")
    assert widths(soup.select_one("li .most")) == [50, 20]
    assert "Points of fundamentals" in soup.p.text


def test_the_largest_comes_first_and_what_is_missing_or_does_not_apply_last_or_not_at_all():
    columns = ["component", "raw", "rank", "weight", "contribution"]
    rows = pd.DataFrame(
        [
            ["momentum", -0.043, 25, 15, 15],
            ["research_tone", NAN, NAN, 10, NAN],
            ["drawdown", -0.2, 80, 10, 32],
            ["positioning", NAN, NAN, 0, NAN],
        ],
        columns=columns,
    )
    drawn = bars(rows, {"research_tone": "no data", "positioning": NOT_APPLYING})
    assert [bar.title for bar in drawn] == ["Drawdown", "Momentum", "Research tone"]
    assert [bar.most for bar in drawn] == [pytest.approx(40), pytest.approx(60), 0]
    assert drawn[0].words.startswith("32.0 · ")
    assert math.isnan(drawn[2].points)
    assert (drawn[2].words, drawn[2].brief) == ("no data, left out", "no data")
