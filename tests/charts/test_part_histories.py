"""The history of a part on Method: the chart shows the figures of the sentence beside it, and up is more fear or stronger fundamentals."""

from __future__ import annotations

import pytest
from histories import daily

from sentiment.charts import component_charts, svg_plot_axes
from sentiment.scoring.components import registry

PARTS = {part.name: part for part in registry()}


@pytest.mark.parametrize("part", registry(), ids=lambda part: part.name)
def test_its_chart_has_the_sign_and_the_form_of_its_figure(part):
    figure = component_charts.raw_history(daily([0.25, 0.5]), part.name)
    assert list(figure.data[0].y) == ([-0.25, -0.5] if part.turned else [0.25, 0.5])
    assert figure.layout.yaxis.autorange == ("reversed" if part.turned else True), "more stays up"
    form = part.display.partition("{:")[2].partition("}")[0]
    assert f"%{{y:{form}}}" in figure.data[0].hovertemplate


def test_bounds_name_the_smaller_figure_first_and_their_words_once():
    assert PARTS["drawdown"].between(0.0, 0.321) == "−32.1% and 0.0% from the high"
    assert PARTS["equity_fear"].between(11.9, 52.3) == "11.9 and 52.3"
    assert PARTS["policy"].figure(-0.01) == "+1.00%"


def test_an_axis_of_a_picture_runs_downwards_too():
    figure = component_charts.raw_history(daily([0.0, 0.1, 0.2, 0.3]), "drawdown")
    traces = [trace.to_plotly_json() for trace in figure.data]
    axis = svg_plot_axes.axes_of(traces, figure.layout.to_plotly_json())["y"]
    assert axis.ends == pytest.approx((0.015, -0.315))
    assert [words for _, words in sorted(axis.ticks())] == ["−30%", "−20%", "−10%", "0%"]
