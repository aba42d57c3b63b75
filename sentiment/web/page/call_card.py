"""The calls of a note as the page shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.charts import note_charts, score_charts
from sentiment.formatting import number, plain_day, published, spelled_out
from sentiment.market import terms
from sentiment.research import call_record, grading
from sentiment.tables import note_tables
from sentiment.web import markup, sentences
from sentiment.web.page.drawings import cached_chart
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.widgets import csv_button

if TYPE_CHECKING:
    from datetime import datetime

    from sentiment.models import Call, CallOutcome, Note
    from sentiment.research.call_record import Entry
    from sentiment.web.page.screen import Screen


def call_cards(note: Note, screen: Screen) -> None:
    """Show the calls of a note, each with its grade and the prices that decided it."""
    as_of, known_at = screen.as_of, screen.selection.known_at
    calls = note_tables.standing([note], as_of, known_at)[note.id]
    if not calls:
        return
    cells = st.grid(2, min_column_width=320) if len(calls) > 1 else st.container()
    for place, entry in enumerate(calls):
        with cells.container(border=True):
            _call(place, entry, known_at)
    with st.container(horizontal=True):
        csv_button(
            f"{note.id}_paths",
            lambda: note_tables.call_paths(note, as_of, known_at),
            "CSV: paths of the calls",
            forbidden=terms.reserved((call.asset for call in note.calls), known_at),
        )
        told = (note_charts.call_path_text(one.call, one.outcome.revised or one.outcome) for one in calls)
        figure_menu(of_note(screen, note), "chart/note-calls", " ".join(told), about=about_note(note))


def of_note(screen: Screen, note: Note) -> Screen:
    """Return the screen on which a note is chosen, so that what is handed on names it."""
    return replace(screen, selection=replace(screen.selection, note=note.id))


def about_note(note: Note) -> str:
    """Return whose note it is, and of when."""
    return f"{spelled_out(note.publisher)}: {note.title}, {published(note)}"


def _call(place: int, entry: Entry, known_at: datetime | None) -> None:
    note, call, outcome = entry.note, entry.call, entry.outcome
    st.markdown(f"**Call:** {markup.plain(call.text)}")
    horizon = "no horizon was named: graded on one of ours" if call.fixed else "horizon as stated"
    st.markdown(
        f"**{grading.ICON[outcome.status]} {outcome.status.value.capitalize()}**, {outcome.reason} ({horizon})."
    )
    if call.proposed_by:
        st.caption(f"Proposed by the model {markup.plain(call.proposed_by)} and confirmed by a person.")
    if late := call_record.remark(entry):
        st.warning(f"{late}.")
    if outcome.revised is not None:
        st.warning(
            f"This grade was fixed when the horizon ended. On prices revised since: {grading.describe(outcome.revised)}."
        )
    call_body(call, outcome, known_at, f"path-{note.id}-{place}")


def call_body(call: Call, outcome: CallOutcome, known_at: datetime | None, key: str) -> None:
    """Draw the path of a call with its levels, and list its figures."""
    if outcome.reference is None or outcome.reference <= 0:  # no return is measured, so there is none to draw
        return
    by_latest_prices = outcome.revised or outcome  # the chart draws the latest prices
    closes = grading.path(call, by_latest_prices, known_at)
    sentence = note_charts.call_path_text(call, by_latest_prices)
    if by_latest_prices.measured_to is None:
        st.caption("No close has followed yet.")
    else:
        st.caption(sentence)
        st.plotly_chart(
            cached_chart(note_charts.call_path)(closes, call, by_latest_prices),
            alt=sentence,
            config=score_charts.CONFIG,
            key=key,
        )
    _figures(call, outcome)


def _percent(value: float | None) -> str:
    return "" if value is None else number(value, "+.1%")


def _figures(call: Call, outcome: CallOutcome) -> None:
    """Show the figures of an outcome, one a line."""
    settled = " that were not invalidated" if call.invalidation else ""
    lines = [
        (
            "Reference",
            f"{number(outcome.reference, ',.6g')} on {plain_day(outcome.reference_date)}"
            if outcome.reference_date
            else "",
        ),
        ("Return", _percent(outcome.forward_return)),
        ("Return to the close that invalidated it", _percent(outcome.stopped_return)),
        (
            "Worst and best for a follower, to the horizon",
            f"{number(outcome.max_adverse, '+.1%')}, {number(outcome.max_favourable, '+.1%')}"
            if call.sign and outcome.max_adverse is not None
            else "",
        ),
        ("Closes inside the range", number(outcome.share_inside, ".0%") if call.direction == "range" else ""),
        ("Target touched", plain_day(outcome.touched) if outcome.touched else ""),
        ("Target closed beyond", plain_day(outcome.closed_beyond) if outcome.closed_beyond else ""),
        (
            "Base rate",
            f"{number(outcome.base_rate, '.0%')} of equally long stretches before{settled} came out this way"
            if outcome.base_rate is not None
            else "",
        ),
        ("Chance", sentences.chance(outcome)),
        ("Brier score", number(grading.brier(call, outcome), ".3f") if call.probability is not None else ""),
    ]
    st.markdown("  \n".join(f"{name}: **{value}**" for name, value in lines if value))
