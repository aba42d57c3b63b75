"""A chart as HTML: each mark stands where its values are, as a share of what the page gives it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from sentiment.charts.colours import FEAR, FUNDAMENTALS, NEUTRAL
from sentiment.charts.score_charts import timeline
from sentiment.charts.still import still

DAYS = pd.date_range("2025-11-28", periods=5, tz="UTC")
AXES = pd.DataFrame(
    {
        "close": [1000.0, 1500.0, 3000.0, 1000.0, 2000.0],
        "fear": [0.0, 100.0, 50.0, np.nan, 75.0],
        "justified": [50.0, 50.0, 50.0, 50.0, 25.0],
        "gap": [-50.0, 50.0, 0.0, np.nan, 50.0],
        "regime": [None, "fear outweighs fundamentals", "fear outweighs fundamentals", None, None],
    },
    DAYS,
)
NO_MARKS = pd.DataFrame({"date": pd.DatetimeIndex([], tz="UTC"), "id": [], "status": [], "label": []})
MARKS = pd.DataFrame({"date": [DAYS[2]], "id": ["a"], "status": ["hit"], "label": ["A note"]})
PRICE_PANEL, SCORE_PANEL = (0.0, 53.5), (59.5, 100.0)
"""Shares of the height from the top, as the timeline's domains say."""


def drawn(axes=AXES, marks=NO_MARKS, unit="USD", **looks):
    return BeautifulSoup(still(timeline(axes, marks, unit, log=False, **looks)), "html.parser")


def lines(soup, colour):
    """Return the points of each line in a colour, in shares of the plot."""
    paths = [path["d"] for path in soup.find_all("path", stroke=colour, fill="none")]
    return [
        [tuple(float(number) / 10 for number in pair.split()) for pair in re.findall(r"[\d.-]+ [\d.-]+", path)]
        for path in paths
    ]


def place(mark):
    left, top = re.fullmatch(r"left:(.+)%;top:(.+)%", mark["style"]).groups()
    return float(left), float(top)


def test_lines_go_through_their_values():
    (fear,), (justified,), (price,) = (lines(drawn(), colour) for colour in (FEAR, FUNDAMENTALS, NEUTRAL))
    top, bottom = SCORE_PANEL
    half, quarter = (top + bottom) / 2, (bottom - top) / 4
    assert fear == [
        (0, bottom),
        (25, top),
        (50, pytest.approx(half, abs=0.01)),
        (100, pytest.approx(top + quarter, abs=0.01)),
        (100, pytest.approx(top + quarter, abs=0.01)),
    ]
    assert justified[-1] == (100, pytest.approx(bottom - quarter, abs=0.01))
    xs, heights = zip(*price, strict=True)
    assert xs == (0, 25, 50, 75, 100)
    assert heights[0] == heights[3] == max(heights) < PRICE_PANEL[1]
    assert heights[2] == min(heights) > PRICE_PANEL[0]
    assert heights[0] - heights[1] == pytest.approx((heights[0] - heights[2]) / 4, abs=0.02)


def test_only_the_days_between_the_lines_are_filled():
    areas = drawn().find_all("path", fill=FEAR, stroke=None)
    shade, between = (area["d"] for area in areas)
    assert re.findall(r"[\d.]+", shade)[::2] == ["250.0", "250.0", "500.0", "500.0"]
    assert set(re.findall(r"([\d.]+) [\d.]+", between)) == {"0.0", "250.0", "500.0"}  # from the day before on
    assert all(path["d"].count("L") == 1 for path in drawn().find_all("path", fill=NEUTRAL))


def test_marks_keep_their_shape_and_stand_at_their_values():
    soup = drawn(marks=MARKS)
    named, pin, fear, justified = soup.find_all(class_="mark")
    assert named.parent.get_text() == "note, hit"
    assert str(pin.path) == str(named.path)
    (price,) = lines(soup, NEUTRAL)
    assert place(pin)[0] == 50
    assert place(pin)[1] < price[2][1]
    stem = next(line for line in soup.find_all("line", stroke=NEUTRAL))
    assert [float(stem[name]) / 10 for name in ("x1", "x2", "y1")] == [50, 50, pytest.approx(price[2][1], abs=0.02)]
    assert [place(mark)[0] for mark in (fear, justified)] == [100, 100]
    assert (fear.circle["fill"], justified.circle["stroke"]) == (FEAR, FUNDAMENTALS)
    assert not drawn().find(class_="names")


def test_words_beside_the_panels():
    soup = drawn()
    said = [caption.get_text() for caption in soup.select(".plot > p")]
    assert said == ["close, USD", "● fear 75 · ○ justified 25 · 0 calm – 100 extreme fear"]
    assert [caption["style"] for caption in soup.select(".plot > p")] == ["bottom:100.00%", "bottom:40.50%"]
    heights = {mark.get_text(): float(mark["style"][4:-1]) for mark in soup.find_all("b")}
    assert list(heights) == ["1k", "1,500", "2k", "2,500", "3k", "0", "25", "50", "75", "100"]
    assert (heights["0"], heights["100"]) == (SCORE_PANEL[1], SCORE_PANEL[0])
    days = [(mark.get_text(), mark["style"]) for mark in soup.find_all("i")]
    assert days[0] == ("28 Nov", "left:0.00%")
    assert days[-1] == ("2 Dec", "left:100.00%")


def test_of_a_zoom_only_what_is_in_sight_has_marks_and_words():
    soup = drawn(marks=MARKS, zoom=(DAYS[3].date(), DAYS[4].date()))
    assert [place(mark)[0] for mark in soup.find_all(class_="mark")] == [100, 100]
    assert [mark.get_text() for mark in soup.find_all("i")] == ["1 Dec", "2 Dec"]


def test_without_a_price_the_scores_have_the_whole_height():
    soup = drawn(AXES.assign(close=np.nan))
    (fear,) = lines(soup, FEAR)
    assert [y for _, y in fear[:2]] == [100, 0]
    assert soup.find(class_="still")["style"].startswith("height:300px")


def test_a_unit_from_outside_is_no_markup():
    assert drawn(unit="<script>alert(1)</script>").script is None
