"""The figures of the research view, by what they draw and what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from sentiment.charts import note_charts
from sentiment.market import history
from sentiment.models import Metric, Status
from sentiment.research import grading, library
from sentiment.scoring.inputs import load_inputs
from sentiment.tables import note_tables

LATEST = date(2026, 10, 3)


@pytest.fixture
def december():
    note = library.find("k33-2025-12-02")
    outcome = grading.grade(note.calls[0], note, LATEST)
    return note.calls[0], outcome, grading.path(note.calls[0], outcome)


def marks(notes):
    return note_tables.marks(notes, LATEST)


def test_the_path_runs_from_the_reference_to_the_horizon(december):
    call, outcome, closes = december
    assert (closes.index[0].date(), closes.index[-1].date()) == (date(2025, 12, 2), date(2025, 12, 31))
    figure = note_charts.call_path(closes, call, outcome)
    line = figure.data[0]
    assert line.y[0] == 0
    assert line.y[-1] == pytest.approx(-4.2, abs=0.05)
    assert figure.data[1].marker.symbol == "x"
    assert note_charts.call_path_text(call, outcome) == (
        "From the close of 2 Dec 2025 to 31 Dec 2025 BTC-USD moved −4.2%; a rise was called to 31 Dec 2025: miss."
    )


def test_the_levels_of_a_range_are_drawn_as_returns_of_the_reference():
    note = library.find("k33-2026-02-17")
    outcome = grading.grade(note.calls[0], note, LATEST)
    figure = note_charts.call_path(grading.path(note.calls[0], outcome), note.calls[0], outcome)
    drawn = sorted(shape.y0 for shape in figure.layout.shapes)
    assert drawn == pytest.approx(
        [100 * (60_000 / outcome.reference - 1), 0, 100 * (75_000 / outcome.reference - 1)], abs=1e-9
    )


def test_a_pending_call_without_a_close_has_words_for_a_chart():
    note = library.find("k33-2025-12-02")
    outcome = grading.grade(note.calls[0], note, date(2025, 12, 1))
    assert note_charts.call_path_text(note.calls[0], outcome) == "Pending, no close since publication"
    assert grading.path(note.calls[0], outcome).empty


def test_every_note_about_the_asset_is_a_pin():
    notes = [note for note in library.library() if "BTC-USD" in note.assets]
    close = history.bars("BTC-USD")["close"].loc["2018-01-01":]
    pins = marks(notes)
    figure = note_charts.timeline(close, pins, "USD", log=True)
    drawn = [row[0] for trace in figure.data[1:] for row in trace.customdata]
    assert sorted(drawn) == sorted(note.id for note in notes)
    heads = {row[0]: y for trace in figure.data[1:] for row, y in zip(trace.customdata, trace.y, strict=True)}
    assert heads["k33-2025-12-02"] > close.loc["2025-12-02"]
    assert note_charts.timeline_text(pins) == "6 notes: 1 hit, 4 misses, 1 without a call."
    assert note_charts.timeline_text(pins.iloc[:0]) == "No note falls on these days."


@pytest.mark.parametrize("log", [True, False])
def test_a_price_that_never_moved_is_drawn_too(log):
    close = pd.Series([5.0, 5.0], pd.date_range("2026-01-01", periods=2, tz="UTC", unit="us"))
    figure = note_charts.timeline(close, marks(()), "USD", log=log)
    low, high = figure.layout.yaxis.range
    assert low < high


def test_the_figures_of_goplus_are_marked_as_the_publishers_own():
    note = library.find("goplus-2025-10")
    figure = note_charts.metrics(note.metrics)
    symbols = [symbol for trace in figure.data for symbol in trace.marker.symbol]
    assert symbols.count("circle") == 1
    assert symbols.count("circle-open") == 10
    assert len({trace.xaxis for trace in figure.data}) == 3, "a panel a unit"
    text = note_charts.metrics_text(note.metrics, note.publisher)
    assert text.startswith("11 figures as CoinDesk Protocol Research reports them; 1 of them found in a second source")


def test_figures_that_are_not_positive_have_a_plain_scale():
    figure = note_charts.metrics((Metric("Net flow", -5.0, "USD", "2025"), Metric("Inflow", 3.0, "USD", "2025")))
    assert figure.layout.xaxis.type in {None, "linear"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (4_700_000, "4.7 million"),
        (10_000_000_000, "10 billion"),
        (500_000, "500,000"),
        (2e12, "2 trillion"),
        (-3e6, "-3 million"),
    ],
)
def test_large_figures_are_written_in_words(value, words):
    assert note_charts.short_number(value) == words


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_mark(december, status):
    call, outcome, closes = december
    held = replace(outcome, status=status)
    assert note_charts.call_path(closes, call, held).data[1].marker.symbol
    pins = marks(library.library()).assign(status=status.value)
    drawn = note_charts.timeline(history.bars("BTC-USD")["close"], pins, "USD", log=True)
    assert sum(len(trace.x) for trace in drawn.data[1:]) == 7
    assert note_charts.timeline_text(pins).startswith(f"7 notes: 7 {status.value}")


HOSTILE = '<a href="https://evil.example">x</a> %{x} & "y"\u202e'
SHOWN = '&lt;a href="https://evil.example"&gt;x&lt;/a&gt; %{x} &amp; "y"[U+202E]'


def test_the_words_of_a_figure_are_text_and_no_tags():
    figure = note_charts.metrics((Metric(HOSTILE, 1.0, HOSTILE, HOSTILE), Metric("plain", 2.0, "USD", "Q3")))
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert SHOWN in texts, "the unit, as a title"
    assert f"{SHOWN}: <b>1</b>, {SHOWN}" in texts
    assert [*figure.data[0].customdata[0]] == [SHOWN] * 3
    assert "evil" not in figure.data[0].hovertemplate, "a template would read its own signs in it"


def test_the_words_of_a_pin_are_text_and_no_tags():
    note = library.find("k33-2025-12-02")
    call = replace(note.calls[0], text=HOSTILE)
    pins = note_tables.marks([replace(note, title=HOSTILE, publisher=HOSTILE, calls=(call,))], LATEST)
    label = pins["label"].iloc[0]
    assert f"<b>{SHOWN}</b>" in label
    assert "<a" not in label
    assert "&quot;" not in label, "plotly would show the entity"


def test_a_note_newer_than_the_last_close_is_a_pin_on_it_and_the_chart_reaches_to_its_day():
    close = history.bars("BTC-USD", as_of=date(2026, 6, 1))["close"].iloc[-90:]
    newer = replace(library.find("k33-2026-05-20"), published=datetime(2026, 6, 4, 12, tzinfo=UTC), calls=())
    figure = note_charts.timeline(close, marks([newer]), "USD", log=False)
    (pin,) = (trace for trace in figure.data if trace.mode == "markers")
    assert list(pin.x) == ["2026-06-04"]
    assert pin.y[0] - pin.error_y.arrayminus[0] == pytest.approx(close.iloc[-1])
    assert figure.layout.xaxis.range[1] == pd.Timestamp("2026-06-05")
    assert note_charts.timeline(close, marks([]), "USD", log=False).layout.xaxis.range[1] == pd.Timestamp("2026-06-02")


def test_notes_since_the_last_close_are_marked_for_a_week():
    inputs = load_inputs("BTC-USD", date(2026, 2, 10))
    assert library.find("k33-2026-02-17").day == date(2026, 2, 17)
    since = {until: {*note_tables.marks_about(inputs, until)["id"]} - {note.id for note in inputs.notes} for until in (
        date(2026, 2, 10), date(2026, 2, 16), date(2026, 2, 17), date(2026, 6, 1))}  # fmt: skip
    assert list(since.values()) == [set(), set(), {"k33-2026-02-17"}, {"k33-2026-02-17"}]
    earlier = load_inputs("BTC-USD", date(2026, 2, 9))
    assert "k33-2026-02-17" not in {*note_tables.marks_about(earlier, date(2026, 2, 17))["id"]}
