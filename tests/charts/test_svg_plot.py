"""A plotly figure as SVG: each mark stands where its values are, on figures small enough to work out by hand."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from sentiment.charts import svg, svg_plot
from sentiment.charts.colours import FEAR, FUNDAMENTALS, NEUTRAL
from sentiment.charts.figures import apply_layout, daily_points, signed, with_alpha

BOX = svg.Box(0, 0, 400, 300)
SPACE = "{http://www.w3.org/2000/svg}"


def elements(figure, tag):
    parts = svg_plot.plot(apply_layout(figure, 200), BOX)
    drawn = svg.document((400, 300), parts, title="title", alt="alt", metadata="cited")
    return [one for one in list(ET.fromstring(drawn))[4:] if one.tag == f"{SPACE}{tag}"]  # noqa: S314 - our own


def hidden(figure, x=(0.0, 10.0), y=(0.0, 100.0), **more):
    """Leave out the words of the axes, so that the panel fills the box but for 8 pixels on the right."""
    figure.update_xaxes(visible=False, range=x)
    figure.update_yaxes(visible=False, range=y)
    return figure.update_layout(showlegend=False, **more)


def words(figure):
    return [one.text for one in elements(figure, "text")]


def points(element):
    return [
        tuple(map(float, pair.split()))
        for run in element.get("d").strip("Z").split("M")[1:]
        for pair in [run.split("L")[0], *_pairs(run)]
    ]


def _pairs(run):
    numbers = run.partition("L")[2].split()
    return [" ".join(numbers[place : place + 2]) for place in range(0, len(numbers), 2)]


def frame(*traces, **more):
    """Return a figure whose panel is 388 pixels wide and 300 high."""
    return hidden(go.Figure(list(traces)), **more)


def test_a_line_goes_through_its_values_and_keeps_its_looks():
    line = {"color": FEAR, "width": 2, "dash": "dot"}
    (drawn,) = elements(frame(go.Scatter(x=[0, 5, 10], y=[0, None, 100], mode="lines", line=line)), "path")
    assert points(drawn) == [(0, 300), (0, 300), (388, 0), (388, 0)], "broken where a value is missing"
    assert (drawn.get("stroke"), drawn.get("stroke-width"), drawn.get("stroke-dasharray")) == (FEAR, "3", "2 5")
    bridged = go.Scatter(x=[0, 5, 10], y=[0, None, 100], mode="lines", line=line, connectgaps=True)
    assert points(elements(frame(bridged), "path")[0]) == [(0, 300), (388, 0)]


def test_an_area_reaches_to_the_trace_before_it_or_around_itself():
    edge = {"mode": "lines", "line": {"width": 0}, "x": [0, 10]}
    low, high = (
        go.Scatter(y=[0, 0], **edge),
        go.Scatter(y=[50, 100], fill="tonexty", fillcolor=with_alpha(FEAR, 0.3), **edge),
    )
    (area,) = elements(frame(low, high), "path")
    assert (area.get("fill"), area.get("fill-opacity")) == (FEAR, "0.3")
    assert points(area) == [(0, 150), (388, 0), (388, 300), (0, 300)]
    two = go.Scatter(x=[0, 2, 2, None, 5, 7, 7], y=[0, 0, 10, None, 0, 0, 10], mode="lines", line={"width": 0})
    assert len(elements(frame(two.update(fill="toself", fillcolor=with_alpha(FEAR))), "path")) == 2
    with pytest.raises(TypeError, match="none before it"):
        elements(frame(high), "path")


def test_markers_have_their_shape_and_a_pin_its_foot():
    look = {"size": 10, "color": FEAR, "symbol": ["circle", "circle-open"]}
    full, hollow = elements(frame(go.Scatter(x=[0, 5], y=[50, 50], mode="markers", marker=look)), "circle")
    assert [(float(one.get("cx")), float(one.get("cy"))) for one in (full, hollow)] == [(0, 150), (194, 150)]
    assert (full.get("r"), full.get("fill"), hollow.get("fill")) == ("7.5", FEAR, svg.PAPER)
    pin = {"array": [0], "arrayminus": [40], "color": FEAR, "thickness": 1}
    square = go.Scatter(x=[5], y=[50], mode="markers", marker={"symbol": "square", "color": FEAR}, error_y=pin)
    (stem,) = elements(frame(square), "line")
    assert [float(stem.get(name)) for name in ("x1", "y1", "x2", "y2")] == [194, 270, 194, 150]
    with pytest.raises(KeyError, match="star"):
        elements(frame(square.update(marker={"symbol": "star"})), "path")


def test_bars_stand_on_zero_and_lie_where_they_are_told():
    upright = go.Bar(x=[0, 5], y=[50, -50], marker={"color": NEUTRAL})
    first, second = elements(frame(upright, y=(-100, 100), x=(-5, 10)), "rect")
    assert [float(one.get("y")) for one in (first, second)] == [75, 150]
    assert [float(one.get("height")) for one in (first, second)] == [75, 75]
    (lying,) = elements(frame(go.Bar(x=[5], y=[50], orientation="h", width=20, marker={"color": FEAR})), "rect")
    assert [float(lying.get(name)) for name in ("x", "y", "width", "height")] == [0, 120, 194, 60]


def test_days_and_values_are_marked_as_on_the_page():
    days = pd.date_range("2025-11-28", periods=4, tz="UTC")
    figure = go.Figure()
    figure.add_scatter(**daily_points(pd.Series([0.1, 0.2, np.nan, 0.4], days)), mode="lines", line={"color": FEAR})
    figure.update_yaxes(tickformat=".3~%", title_text="share", nticks=4)
    assert words(figure) == ["10%", "20%", "30%", "40%", "28 Nov", "30 Nov", "share"]
    log = {"type": "log", "range": [0, 2], "tickvals": [1, 10, 100], "ticktext": ["one", "ten", "many"]}
    figure.update_yaxes(**log, title_text="price")
    assert words(figure) == ["one", "ten", "many", "28 Nov", "30 Nov", "share", "price, logarithmic scale"]
    figure.update_yaxes(tickvals=None, tickformat="$~s")
    with pytest.raises(KeyError, match=r"\$~s"):
        words(figure)


def test_lines_and_words_stand_at_their_values_also_on_a_logarithmic_axis():
    figure = frame(go.Scatter(x=[0, 10], y=[1, 100], mode="lines", line={"color": FEAR}))
    figure.update_yaxes(type="log", range=[0, 2])
    figure.add_hline(y=10, line={"color": NEUTRAL, "width": 1, "dash": "dash"})
    figure.add_annotation(x=0, y=1, text=f"<b>half</b> &amp; {signed('●', FEAR, '7')}", xanchor="left", showarrow=False)
    (line,) = elements(figure, "line")
    assert [float(line.get(name)) for name in ("x1", "y1", "x2", "y2")] == [0, 150, 388, 150]
    bold, plain, number = elements(figure, "text")
    assert (bold.text, bold.get("font-weight"), plain.text, plain.get("font-weight")) == ("half", "600", "&", None)
    assert float(bold.get("y")) == pytest.approx(150 + 0.35 * 18, abs=0.1)
    assert number.text == "7"
    assert len(elements(figure, "circle")) == 1, "the sign of a line is drawn, since the font lacks it"


def test_a_panel_has_its_share_of_the_box():
    figure = go.Figure([go.Scatter(x=[0, 1], y=[1, 1], mode="lines", line={"color": FEAR}, yaxis="y2")])
    figure.add_scatter(x=[0, 1], y=[1, 1], mode="lines", line={"color": FUNDAMENTALS})
    figure.update_layout(
        xaxis={"visible": False, "range": [0, 1]},
        yaxis={"domain": [0, 0.5], "range": [0, 1], "visible": False},
        yaxis2={"domain": [0.5, 1], "range": [0, 1], "visible": False, "anchor": "x"},
        showlegend=False,
    )
    upper, lower = elements(figure, "path")
    assert (points(upper)[0], points(lower)[0]) == ((0, 0), (0, 150))


def test_the_key_names_what_the_page_names_and_what_it_leaves_to_pointing():
    line = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": FEAR}, name="fear")
    pin = go.Scatter(x=[0], y=[0], mode="markers", marker={"color": FEAR}, name="note, hit")
    figure = go.Figure([line, pin])
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    assert words(figure) == ["fear", "note, hit"]
    assert words(figure.update_layout(showlegend=False)) == ["note, hit"]
