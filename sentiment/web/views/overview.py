"""Overview: is the market more afraid than it should be, and why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from sentiment import files
from sentiment.charts import score_charts
from sentiment.formatting import UNKNOWN, number, plain_day, spelled_out
from sentiment.models import AXES, Axis
from sentiment.scoring.score import shown_gap
from sentiment.tables import export, note_tables
from sentiment.web import markup, sentences
from sentiment.web.page.drawings import contributions, quadrant, timeline
from sentiment.web.page.screen import verdict_in_brief
from sentiment.web.page.widgets import csv_button
from sentiment.web.views import View

if TYPE_CHECKING:
    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores
    from sentiment.web.page.screen import Screen, ScreenKey

_CHANGE_DAYS = (7, 30)


def render(screen: Screen) -> None:
    """Draw the view."""
    marks = note_tables.marks_about(screen.inputs)
    _verdict(screen.key)
    _figures(screen.scores)
    if missing := sentences.missing_parts(screen.scores):
        st.caption(missing)
    _hint()  # below the answer, which must not move when the hint appears or goes
    _timeline(screen, marks)
    left, right = st.columns(2, gap="large")
    with left:
        _quadrant(screen.key)
    with right:
        _notes(screen.inputs, marks)
    st.subheader("Which parts make these scores?", anchor=False)
    for column, axis in zip(st.columns(2, gap="large"), AXES, strict=True):
        with column:
            _contributions(screen.key, axis)


def _hint() -> None:
    """Show the first steps to new viewers; the browser remembers that they were closed."""
    html, css, js = (files.HINT.with_suffix(kind).read_text("utf-8") for kind in (".html", ".css", ".js"))
    st.components.v2.component("hint", html=html, css=css, js=js)(key="hint")


def _figures(scores: Scores) -> None:
    axes = scores.axes
    last = axes.iloc[-1]
    cards = st.grid(4, min_column_width=160)
    figures = {"fear": number(last["fear"]), "justified": number(last["justified"]), "gap": shown_gap(last)}
    alone = pd.isna(last["regime"])  # too little is known to set fear against fundamentals
    for name, figure in figures.items():
        shown = UNKNOWN if alone and name != "fear" else figure
        cards.metric(
            _TITLES[name],
            shown if name == "gap" else f"{shown} / 100",
            None if shown == UNKNOWN else _changes(axes[name]),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=_HELP[name],
        )
    with cards.container(border=True, height="stretch"):
        st.markdown(":small[Regime]", help=_HELP["regime"])
        st.markdown(f"**{str(last['regime']).capitalize() if pd.notna(last['regime']) else '—'}**")
        st.caption(_regime_history(axes["regime"]))


_TITLES = {"fear": "Fear", "justified": "Justified fear", "gap": "Gap"}
_HELP = {
    "fear": "How afraid the market is against its own last two years: 0 calm, 100 most afraid.",
    "justified": "The fear that fundamentals justify: 100 less their score, so low where they are strong.",
    "gap": "Fear less the fear that fundamentals justify, from −100 to 100.",
    "regime": f"{sentences.REGIME_RULE} {sentences.FOOTING}",
}


def _changes(values: pd.Series) -> str:
    """Return by how much a series has changed over some days; an exchange's by its last session before them."""
    changes = [values.iloc[-1] - _before(values, days) for days in _CHANGE_DAYS]
    return " · ".join(f"{days} d {number(change, '+.0f')}" for days, change in zip(_CHANGE_DAYS, changes, strict=True))


def _before(values: pd.Series, days: int) -> Any:  # noqa: ANN401 - a number or a name
    """Return the value some days before the last one; NaN where there is none."""
    earlier = values.loc[: values.index[-1] - pd.Timedelta(days, "D")]
    return earlier.iloc[-1] if len(earlier) else float("nan")


def _regime_history(regime: pd.Series) -> str:
    today = regime.iloc[-1]
    since = sentences.regime_since(regime)
    if pd.isna(today):
        return since
    before = [_before(regime, days) for days in _CHANGE_DAYS]
    if all(earlier == today for earlier in before):
        return f"{since}; the same 7 and 30 days ago"
    then = [
        f"{days} days ago {'not known' if pd.isna(earlier) else earlier}"
        for days, earlier in zip(_CHANGE_DAYS, before, strict=True)
    ]
    return f"{since}; {', '.join(then)}"


def _verdict(key: ScreenKey) -> None:
    """Show what followed such readings, before anybody acts on them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(verdict_in_brief(key), width="content")
        st.button("Evidence", on_click=_open_evidence, type="tertiary", icon=":material/arrow_forward:")


def _open_evidence() -> None:
    st.session_state["view"] = "Evidence"


def _timeline(screen: Screen, marks: pd.DataFrame) -> None:
    drawing = timeline(screen.key, screen.start, marks, log=screen.selection.log)
    first = drawing.rows.index[0]
    st.subheader("How did price, fear and justified fear move?", anchor=False)
    hint = " Select a mark to read the note." if (marks["date"] >= first).any() else ""
    st.caption(f"{drawing.sentence}{hint}")
    st.plotly_chart(
        drawing.figure,
        alt=drawing.sentence,
        config=score_charts.CONFIG,
        key="timeline",
        on_select=_open_selected,
        selection_mode="points",
    )
    span = f"{first.date()}_{screen.as_of}"
    with st.container(horizontal=True):
        csv_button(
            f"{screen.key.asset}_scores_{span}",
            partial(export.table, "scores", screen.selection, first.date()),
            "CSV: price and scores",
        )
        csv_button(
            f"{screen.key.asset}_prices_{span}",
            partial(export.table, "prices", screen.selection, first.date()),
            "CSV: bars",
        )


def _open_selected() -> None:
    points = st.session_state["timeline"]["selection"]["points"]
    identifiers = [point["customdata"][0] for point in points if point.get("customdata")]
    if identifiers:
        _open(str(identifiers[0]))


def _open(note: str) -> None:
    st.session_state["note"] = note
    st.session_state["view"] = "Research"


def _quadrant(key: ScreenKey) -> None:
    st.subheader("Where does the market stand?", anchor=False)
    drawing = quadrant(key)
    st.caption(drawing.sentence)
    st.plotly_chart(drawing.figure, alt=drawing.sentence, config=score_charts.CONFIG, key="quadrant")
    csv_button(f"{key.asset}_trail_{key.as_of}", drawing.rows.reset_index, "CSV: path")


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


def _contributions(key: ScreenKey, axis: Axis) -> None:
    drawing = contributions(key, axis)
    st.caption(drawing.sentence)
    st.plotly_chart(drawing.figure, alt=drawing.sentence, config=score_charts.CONFIG, key=f"parts-{axis}")
    csv_button(f"{key.asset}_{axis}-parts_{key.as_of}", lambda: drawing.rows, f"CSV: parts of {axis}")


VIEW = View("Overview", order=10, render=render)
