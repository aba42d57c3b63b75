"""The dumbbell: what stands where on the scale, and what is left out."""

from __future__ import annotations

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from sentiment.charts.dumbbell import Reading, dumbbell, readings_text

NAN = math.nan
POINTS = st.floats(0, 100) | st.just(NAN)


def labels(drawn):
    return [
        (text, css, float(left))
        for css, left, text in re.findall(r'<b class="([^"]*)" style="left:([\d.]+)%">([^<]*)</b>', drawn)
    ]


def test_both_dots_their_distance_and_the_band_stand_at_their_places():
    drawn = dumbbell(Reading("", 76, 24), [Reading("a week before", 79, 30)])
    assert 'class="dot" style="left:76.0%' in drawn
    assert 'class="dot ring" style="left:24.0%' in drawn
    assert 'class="band" style="left:0.0%;width:49.0%"' in drawn, (
        "25 points to either side, cut at the end of the scale"
    )
    assert labels(drawn) == [
        ("fear 76", "above start", 76.0),
        ("justified 24", "below end", 24.0),
        ("+52", "above middle", 50.0),
        ("a week before", "beside end", 30.0),
    ]


def test_a_label_near_an_end_of_the_scale_leads_inward_and_the_distance_makes_room():
    assert labels(dumbbell(Reading("", 98, 80), [])) == [
        ("fear 98", "above end", 98.0),
        ("justified 80", "below end", 80.0),
        ("+18", "below middle", 89.0),
    ]


def test_a_small_distance_has_no_label():
    assert [text for text, *_ in labels(dumbbell(Reading("", 50, 49), []))] == ["fear 50", "justified 49"]


def test_fear_stands_alone_where_it_is_not_set_against_fundamentals():
    drawn = dumbbell(Reading("", 75, NAN), [])
    assert "ring" not in drawn
    assert "band" not in drawn
    assert readings_text([Reading("", 75, NAN)]) == "On a scale from 0 (calm) to 100 (extreme fear): fear 75."


def test_without_fear_there_is_no_dot_and_the_sentence_says_so():
    drawn = dumbbell(Reading("", NAN, NAN), [Reading("a week before", NAN, 40)])
    assert "dot" not in drawn
    assert 'aria-label="Fear is not known."' in drawn


@given(POINTS, POINTS, POINTS, POINTS)
def test_nothing_stands_off_the_scale(fear, justified, before, justified_before):
    drawn = dumbbell(Reading("", fear, justified), [Reading("<b>", before, justified_before)])
    assert "nan" not in drawn
    assert all(0 <= float(left) <= 100 for left in re.findall(r"left:([\d.-]+)%", drawn))
    spans = re.findall(r"left:([\d.]+)%;width:([\d.-]+)%", drawn)
    assert all(float(width) >= 0 and float(left) + float(width) <= 100.1 for left, width in spans)
