"""Today: is the market more afraid than it should be, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from sentiment import files
from sentiment.charts import component_charts, score_charts
from sentiment.charts.part_bars import part_bars
from sentiment.formatting import plain_day, spelled_out
from sentiment.market import history
from sentiment.models import AXES, Axis, Selection
from sentiment.scoring.score import finding
from sentiment.tables import note_tables, withholding
from sentiment.tables.record import Extent
from sentiment.web import link_zoom, links, markup, sentences
from sentiment.web.page import answer, choices
from sentiment.web.page.drawings import parts
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.table_files import TableFile, table_buttons
from sentiment.web.page.widgets import csv_button
from sentiment.web.views import View

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores
    from sentiment.web.page.screen import Screen


def render(screen: Screen) -> None:
    """Draw the view."""
    marks = note_tables.marks_about(screen.inputs, screen.marked_until)
    _answer(screen.scores)
    _trust(screen)
    _timeline(screen, marks)
    _why(screen)
    _notes(screen.inputs, marks)


def _answer(scores: Scores) -> None:
    """Draw the reading and those of a week and a month before, and say what the signs mean."""
    st.markdown(sentences.changes(scores))
    readings = answer.readings(scores)
    with st.container(key=answer.KEY):
        st.html(answer.drawing(readings))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(answer.key(readings), width="content")
        with st.popover("What is this?", icon=":material/help:", type="tertiary", key="guide"):
            st.markdown(_GUIDE)


_GUIDE = "\n".join(f"- **{word.capitalize()}**: {meaning}" for word, meaning in sentences.GLOSSARY.items()) + (
    "\n\nChoose a day at the top, or click one on the chart, and the page shows what was known at the end of it. *Share* has a link "
    "to this screen, and every chart offers its rows as CSV."
)


def _trust(screen: Screen) -> None:
    """Say what the reading rests on and what followed such days, before anybody acts on it."""
    with st.container(horizontal=True, vertical_alignment="center", key="footing"):
        st.markdown(answer.footing(screen), width="stretch")
        st.button("Evidence", on_click=_open_evidence, type="tertiary", icon=":material/arrow_forward:")


def _open_evidence() -> None:
    st.session_state["view"] = "Evidence"


def _timeline(screen: Screen, marks: pd.DataFrame) -> None:
    zoom = screen.selection.zoom
    drawing = answer.timeline_of(screen, marks)
    first = drawing.rows.index[0]
    with st.container(
        horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", key="above-chart"
    ):
        st.subheader(answer.CHART_HEADING, anchor=False, width="content")
        choices.range_and_scale(zoomed=zoom is not None)
    st.caption(f"{drawing.sentence} {sentences.chart_hint(marks['date'], first, zoom)}")
    if key := answer.regime_key(drawing.rows, zoom):
        st.html(key, width="content")
    st.plotly_chart(
        drawing.figure,
        alt=drawing.sentence,
        config=score_charts.TIMELINE_CONFIG,
        key="timeline",
        on_select=_open_selected,
        selection_mode="points",
    )
    clicks = st.components.v2.component("chart_days", js=files.CHART_DAYS.read_text("utf-8"))
    clicks(
        data={"chart": "timeline", "zoomed": zoom is not None},
        key="clicked",
        on_day_change=_go_to_clicked_day,
        on_zoom_change=_zoom,
        height=0,
    )
    span = f"{first.date()}_{screen.as_of}"
    with st.container(horizontal=True):
        table_buttons(
            *(
                TableFile(f"{screen.key.asset}_{what}_{span}", what, label, screen.selection, Extent(first.date()))
                for what, label in (("scores", "price and scores"), ("prices", "bars"))
            )
        )
        figure_menu(screen, "chart/timeline", finding(screen.scores), drawing.sentence)


def _open_selected() -> None:
    points = st.session_state["timeline"]["selection"]["points"]
    identifiers = [point["customdata"][0] for point in points if point.get("customdata")]
    if identifiers:
        _open(str(identifiers[0]))


def _go_to_clicked_day() -> None:
    try:
        clicked = date.fromisoformat(st.session_state["clicked"]["day"])
    except (TypeError, ValueError):  # a browser may send anything
        return
    first, last = history.span(st.session_state["asset"], st.session_state["known_at"])
    if first <= clicked <= last:
        st.session_state["as_of"] = clicked


def _zoom() -> None:
    """Keep the days in sight, so that the link has them; none where they are all of the range."""
    state = st.session_state
    begins, last = history.span(state["asset"], state["known_at"])
    last = state["as_of"] or last
    selection = Selection(asset=state["asset"], range=state["range"], known_at=state["known_at"])
    state["zoom"] = link_zoom.of_chart(state["clicked"]["zoom"], begins, links.start_of(selection, last), last)


def _choose(selection: Selection) -> Selection:
    """Return the selection with what the asset has of the zoom, unless none of its days is shown any more."""
    zoom = st.session_state.get("zoom")
    if zoom is not None:
        st.session_state["zoom"] = zoom = link_zoom.within(zoom, selection)
    return replace(selection, zoom=zoom)


def _open(note: str) -> None:
    st.session_state["note"] = note
    st.session_state["view"] = "Research"


def _notes(inputs: Inputs, marks: pd.DataFrame) -> None:
    as_of = inputs.prices.index[-1].date()
    st.subheader("What did research say?", anchor=False)
    if not inputs.notes:
        st.caption(f"No note about {inputs.asset} was published by {plain_day(as_of)}.")
        return
    late = sentences.left_out(inputs)
    st.caption(f"The latest notes published by {plain_day(as_of)}, and how their calls stand.{late and ' '}{late}")
    labels = marks.set_index("id")["status"]
    for note in reversed(inputs.notes[-4:]):
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(
                f"**{markup.plain(note.title)}**  \n{markup.plain(spelled_out(note.publisher))}, {plain_day(note.day)} · {labels[note.id]}"
            )
            st.button(
                "Read",
                key=f"open-{note.id}",
                on_click=_open,
                args=(note.id,),
                type="tertiary",
                icon=":material/arrow_forward:",
            )


def _why(screen: Screen) -> None:
    st.subheader("Why?", anchor=False)
    for column, axis in zip(st.columns(2, gap="large"), AXES, strict=True):
        with column:
            _contributions(screen, axis)
    for sentence in (sentences.missing_parts(screen.scores), sentences.not_applying(screen.scores)):
        if sentence:
            st.caption(sentence)


def _contributions(screen: Screen, axis: Axis) -> None:
    rows, without_rank = parts(screen.key, axis)
    strongest = sentences.strongest(rows, axis)
    st.markdown(strongest)
    if rows["raw"].notna().any():
        st.html(part_bars(component_charts.bars(rows, without_rank), axis))
    with st.container(horizontal=True):
        csv_button(
            f"{screen.key.asset}_{axis}-parts_{screen.as_of}",
            lambda: rows,
            f"CSV: parts of {axis}",
            withheld=partial(withholding.of_table, "components", screen.selection),
        )
        figure_menu(screen, f"chart/{axis}", strongest)


VIEW = View("Today", order=10, tab="Today", render=render, choose=_choose, parameters=("zoom",))
