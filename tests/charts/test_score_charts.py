import re
from datetime import date

import numpy as np
import pytest
from plotly.io import to_json

from sentiment.charts import colours, component_charts, figures, quadrant_chart, score_charts
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score, unranked
from sentiment.tables import export, note_tables
from sentiment.tables.records.components import components_table

JUSTIFIED = "fear that fundamentals justify"


@pytest.fixture(scope="module")
def drawn():
    inputs = load_inputs("BTC-USD", date(2025, 12, 2))
    scored = score(inputs)
    marks = note_tables.marks(inputs.notes, inputs.prices.index[-1].date(), inputs.known_at)
    return scored, marks[marks["date"] >= scored.axes.index[-365]]


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def last_day(trace):
    if trace.x is None:
        return np.datetime64(trace.x0) + len(trace.y) - 1
    return max(np.datetime64(x) for x in trace.x if x is not None)


def test_the_timeline_draws_exactly_its_rows(drawn):
    scored, marks = drawn
    rows = scored.axes.iloc[-365:]
    figure = score_charts.timeline(rows, marks, "USD", log=True)
    for name, column in (("close", "close"), ("fear", "fear"), (JUSTIFIED, "justified")):
        np.testing.assert_array_equal(trace(figure, name).y, rows[column].astype("float32"))
        assert trace(figure, name).x0 == str(rows.index[0].date())
    assert figure.layout.yaxis.type == "log"
    assert score_charts.timeline(rows, marks, "USD", log=False).layout.yaxis.type == "linear"


def test_each_note_is_a_pin_on_the_close_of_its_day(drawn):
    scored, marks = drawn
    pins = trace(score_charts.timeline(scored.axes.iloc[-365:], marks, "USD", log=True), "note, pending")
    assert [row[0] for row in pins.customdata] == ["k33-2025-11-18", "k33-2025-11-25", "k33-2025-12-02"]
    feet = pins.y - pins.error_y.arrayminus
    assert feet == pytest.approx([92_949, 87_342, 91_350])


def test_the_legend_explains_the_shapes_in_sight_and_no_line(drawn):
    scored, marks = drawn
    rows = scored.axes.iloc[-365:]
    notes = marks.iloc[:2].assign(date=rows.index[[5, 100]], status=["hit", "miss"])
    ends = [rows.index[n].date() for n in (50, 200, 300)]
    for axes in (rows, rows.assign(close=float("nan"))):
        for zoom, told in ((None, ["note, hit", "note, miss"]), (ends[:2], ["note, miss"]), (ends[1:], [])):
            figure = score_charts.timeline(axes, notes, "USD", log=True, zoom=zoom and tuple(zoom))
            assert [trace.name for trace in figure.data if trace.showlegend] == told
            assert figure.layout.showlegend == bool(told)


def test_without_any_close_the_scores_stand_alone_with_the_pins_above_fear(drawn):
    scored, marks = drawn
    rows = scored.axes.iloc[-365:].assign(close=np.nan)
    figure = score_charts.timeline(rows, marks, "USD", log=True)
    assert {one.yaxis for one in figure.data} == {"y2"}
    assert "close" not in {one.name for one in figure.data}
    pins = trace(figure, "note, pending")
    fear = rows["fear"].reindex(marks.loc[marks["status"] == "pending", "date"])
    assert pins.y - pins.error_y.arrayminus == pytest.approx(fear.to_numpy())
    assert pins.y == pytest.approx(np.minimum(fear + 12, 100))
    assert score_charts.timeline_text(rows, marks).startswith(
        "Scores from 3 Dec 2024 to 2 Dec 2025, without the price. Fear"
    )


def test_nothing_on_a_figure_lies_after_its_last_row(drawn):
    scored, marks = drawn
    figure = score_charts.timeline(scored.axes.iloc[-365:], marks, "USD", log=True)
    last = np.datetime64("2025-12-02")
    for drawn_trace in figure.data:
        assert last_day(drawn_trace) <= last, drawn_trace.name


def test_the_shading_covers_the_days_of_the_regime(drawn):
    rows = drawn[0].axes.iloc[-365:]
    shade = trace(score_charts.timeline(rows, drawn[1], "USD", log=True), "fear outweighs fundamentals")
    starts, ends = shade.x[::5], shade.x[2::5]
    days = sum(
        (np.datetime64(end) - np.datetime64(start)).astype(int) + 1 for start, end in zip(starts, ends, strict=True)
    )
    assert days == (rows["regime"] == "fear outweighs fundamentals").sum()


def test_the_quadrant_ends_where_the_scores_do(drawn):
    scored, _ = drawn
    figure = quadrant_chart.quadrant(scored.axes)
    assert figure.data[-1].x[0] == scored.axes["fundamentals"].iloc[-1]
    assert figure.data[-1].y[0] == scored.axes["fear"].iloc[-1]
    assert len(figure.data[2].x) == 26


def test_the_path_has_a_day_a_week_up_to_the_last_one(drawn):
    rows = drawn[0].axes
    path = quadrant_chart.trail(rows)
    assert [(rows.index[-1] - moment).days for moment in path.index] == [*range(25 * 7, -1, -7)]
    assert quadrant_chart.trail(path).equals(path)
    sessions = rows[rows.index.day_of_week < 5]
    gaps = quadrant_chart.trail(sessions).index.to_series().diff().dropna().dt.days
    assert len(gaps) == 25
    assert gaps.between(5, 9).all()


def test_contributions_show_raw_rank_and_weight_and_what_is_missing():
    scored = score(load_inputs("BTC-USD"))
    table = export.between(components_table(scored), scored.axes.index[-1].date())
    rows = table[table["axis"] == "fear"]
    figure = component_charts.contributions(rows, "fear", unranked(scored))
    words = " ".join(note.text for note in figure.layout.annotations)
    assert "<b>Futures premium</b>  no data, left out" in words
    assert re.search(r"VIX [\d.]+ · rank \d+", words)
    assert set(figure.data[0].customdata) >= {10, 15, 20}
    assert np.nansum(figure.data[1].x) == pytest.approx(scored.axes["fear"].iloc[-1], abs=1e-6)
    assert (
        "Missing: futures premium, positioning, research tone, selling pressure."
        in component_charts.contributions_text(rows, "fear", unranked(scored))
    )


def test_a_line_of_days_writes_none_of_them_and_one_of_sessions_each(drawn):
    rows = drawn[0].axes.iloc[-30:]
    line = figures.daily_points(rows["close"])
    assert line["x0"] == str(rows.index[0].date())
    assert line["dx"] == 24 * 60 * 60 * 1000
    sessions = rows["close"].drop(rows.index[7])
    line = figures.daily_points(sessions)
    assert line["x"] == [str(moment.date()) for moment in sessions.index]
    np.testing.assert_array_equal(line["y"], sessions.astype("float32"))


def test_what_the_hover_says_is_what_the_whole_figures_say(bitcoin, scores):
    for value in bitcoin:
        assert f"{np.float32(value):,.6g}" == f"{value:,.6g}"
    rows = scores.axes.iloc[-730:]
    figure = score_charts.timeline(rows, note_tables.marks((), date(2026, 1, 1)), "USD", log=True)
    above, below = (one for one in figure.data if one.name == "readout")
    told = [[round(value) for value in row] for row in rows[["fear", "justified", "gap"]].to_numpy()]
    for readout, edges in ((above, figure.layout.yaxis.range), (below, (0, 100))):
        assert readout.customdata.tolist() == [told]
        assert readout.customdata.dtype == "int8"
        np.testing.assert_array_equal(readout.z, [rows["close"].astype("float32")])
        assert readout.hovertemplate == (
            "%{x|%-d %b %Y}<br>close %{z:,.6~r} USD<br>fear %{customdata[0]:.0f}, fundamentals justify %{customdata[1]:.0f}"
            "<br>gap %{customdata[2]:+.0f}<extra></extra>"
        )
        assert np.log10(readout.y) == pytest.approx(edges) if readout is above else readout.y == edges
    assert {one.hoverinfo for one in figure.data if one.name in {"close", "fear", JUSTIFIED, None}} == {"skip"}


def test_a_zoom_fits_the_days_in_sight_and_names_the_lines_at_their_last(drawn):
    scored, marks = drawn
    rows = scored.axes.loc["2025-01-01":"2025-09-30"]
    zoom = date(2025, 7, 1), date(2025, 10, 31)
    figure = score_charts.timeline(rows, marks.iloc[:0], "USD", log=False, zoom=zoom)
    seen = rows.loc["2025-07-01":"2025-10-31"]
    assert [str(end.date()) for end in figure.layout.xaxis.range] == ["2025-07-01", "2025-10-31"]
    low, high = figure.layout.yaxis.range
    assert rows["close"].min() < low < seen["close"].min()
    assert seen["close"].max() < high < seen["close"].max() * 1.05
    assert len(trace(figure, "close").y) == len(rows)
    caption = next(one.text for one in figure.layout.annotations if "extreme fear" in one.text)
    for column in ("fear", "justified"):
        assert f"</span> {column} {seen[column].iloc[-1]:.0f}" in caption
    ends = list(figure.select_traces({"mode": "markers"}))
    assert [(one.x, one.marker.symbol) for one in ends] == [
        (("2025-09-30",), "circle"),
        (("2025-09-30",), "circle-open"),
    ]
    assert [one.y[0] for one in ends] == pytest.approx(seen[["fear", "justified"]].iloc[-1].to_numpy())
    unknown = seen.assign(justified=seen["justified"].where(seen.index < seen.index[-9]))
    figure = score_charts.timeline(unknown, marks.iloc[:0], "USD", log=False)
    assert "</span> justified · 0 calm" in next(
        one.text for one in figure.layout.annotations if "extreme fear" in one.text
    )
    empty = date(2020, 1, 1), date(2020, 2, 1)
    assert score_charts.in_sight(rows, empty) is rows


def test_the_area_between_the_lines_has_the_colour_of_the_days_regime(scores):
    axes = scores.axes.iloc[-730:]
    figure = score_charts.timeline(axes, note_tables.marks((), date(2026, 1, 1)), "USD", log=True)
    lines = [line for line in figure.data if line.yaxis == "y2" and line.name is None and line.line.width == 0]
    below, *outlines = lines
    for line, regime in zip(outlines, (*figures.REGIME_COLOUR, "in balance"), strict=True):
        differs = np.abs(np.asarray(line.y) - np.asarray(below.y)) > 1e-3
        assert set(axes["regime"][differs]) == {regime}
        assert line.fill == "tonexty"
        below = line
    np.testing.assert_allclose(below.y, axes["fear"], atol=1e-4)


def test_a_day_without_a_reading_is_not_a_number_on_hover(scores):
    figure = score_charts.timeline(scores.axes, note_tables.marks((), date(2026, 1, 1)), "USD", log=True)
    told = trace(figure, "readout").customdata[0]
    np.testing.assert_array_equal(np.isnan(told[:, 2]), scores.axes["gap"].isna())


def test_a_cached_figure_is_serialised_once_and_shows_the_same(drawn):
    figure = figures.cached(quadrant_chart.quadrant(drawn[0].axes))
    assert figure.to_dict() is figure.to_dict()
    plain = quadrant_chart.quadrant(drawn[0].axes)
    assert to_json(figure.to_dict(), validate=False) == plain.to_json() == figure.to_json()


def test_empty_frames_still_draw():
    scored = score(load_inputs("BTC-USD", date(2015, 3, 1)))
    marks = note_tables.marks((), date(2015, 3, 1))
    assert score_charts.timeline(scored.axes, marks, "USD", log=True).data
    assert quadrant_chart.quadrant(scored.axes).data
    assert quadrant_chart.quadrant_text(scored.axes) == "No week of the last half year has both fear and fundamentals."
    assert not quadrant_chart.quadrant(scored.axes).layout.updatemenus, "there are no days to walk"
    text = score_charts.timeline_text(scored.axes, marks)
    assert "No day has a regime." in text
    assert "No research note is marked" in text
    yields = scored.axes.assign(close=scored.axes["close"] - scored.axes["close"].min())
    assert score_charts.timeline(yields, marks, "points", log=True).layout.yaxis.type == "linear"
    table = export.between(components_table(scored), date(2015, 3, 1))
    assert (
        component_charts.contributions_text(table[table["axis"] == "fear"], "fear", {})
        == "No part of fear is known on this day."
    )


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("page", ["#FFFFFF", "#14171B"])
@pytest.mark.parametrize(
    "colour",
    [
        colours.FEAR,
        colours.FUNDAMENTALS,
        colours.NEUTRAL,
        colours.COMPLACENT,
    ],
)
def test_every_colour_stands_out_from_both_pages(colour, page):
    light, dark = sorted((luminance(colour), luminance(page)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3, "WCAG 2.1, 1.4.11: graphics need 3 to 1"


def test_a_part_names_only_its_points_beside_a_table(scores):
    table = export.between(components_table(scores), scores.axes.index[-1].date())
    rows = table[table["axis"] == "fear"]
    whole = [label.text for label in component_charts.contributions(rows, "fear", unranked(scores)).layout.annotations]
    brief = [
        label.text
        for label in component_charts.contributions(rows, "fear", unranked(scores), brief=True).layout.annotations
    ]
    assert all(long.startswith(short) and long != short for long, short in zip(whole, brief, strict=True))
