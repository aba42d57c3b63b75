"""Research: what the notes said, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment import calls, export, notes
from sentiment.models import Status
from sentiment.views import csv_button
from sentiment.words import number, plain_day

if TYPE_CHECKING:
    from datetime import date

    from sentiment.models import Call, Inputs, Note, Selection
    from sentiment.score import Scores

_ICON = {Status.HIT: "▲", Status.MISS: "✕", Status.PENDING: "●", Status.UNGRADABLE: "–"}
_SIGN = {"true": "✓ true", "false": "✕ false", "not checkable": "– not checkable"}


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the view."""
    as_of = scored.axes.index[-1].date()
    known = notes.known(as_of)
    st.subheader("What did the notes say, and what became of it?", anchor=False)
    if not known:
        st.info(f"No note was published by {plain_day(as_of)}.")
        return
    table = export.calls_table(as_of)
    st.caption(_record(table, as_of))
    _list(known, as_of)
    csv_button(f"notes_calls_{as_of}", lambda: table, "CSV: calls and outcomes")
    identifiers = [note.id for note in reversed(known)]
    if selection.note is not None and selection.note not in identifiers:
        st.info(f"The note {selection.note} was not published yet on {plain_day(as_of)}.")
    latest = next((note.id for note in reversed(known) if inputs.asset in note.assets), identifiers[0])
    if st.session_state.get("note") not in identifiers:
        st.session_state["note"] = None
    chosen = st.selectbox("Note", identifiers, key="note", index=None, placeholder=f"The latest: {latest}")
    # Bound, a choice made by a pin or a button on the other view would not reach the address bar; measured.
    if chosen:
        st.query_params["note"] = chosen
    else:
        st.query_params.pop("note", None)
    _note(notes.find(chosen or latest, as_of), as_of)


def _record(table: pd.DataFrame, as_of: date) -> str:
    counts = table["status"].value_counts()
    words = ", ".join(
        f"{counts[status]} {status}" for status in ("hit", "miss", "pending", "ungradable") if status in counts
    )
    graded = int(counts.get("hit", 0) + counts.get("miss", 0))
    return (
        f"Known on {plain_day(as_of)}: {len(table)} calls, {words or 'none graded yet'}. "
        f"{graded} graded calls are too few to tell whether anybody is right more often than chance."
    )


def _list(known: tuple[Note, ...], as_of: date) -> None:
    rows = [
        {
            "Published": note.day,
            "Publisher": note.publisher,
            "Title": note.title,
            "Stance": note.stance,
            "Calls": " ".join(
                f"{_ICON[outcome.status]} {outcome.status}"
                for outcome in (calls.grade(call, note, as_of) for call in note.calls)
            )
            or "none",
        }
        for note in reversed(known)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Research notes, the latest first, and how their calls stand")


def _note(note: Note, as_of: date) -> None:
    with st.container(border=True):
        st.subheader(note.title, anchor=False)
        about = f"{note.publisher} · {note.author} · {_when(note)} · {note.stance}, conviction {note.conviction:g}"
        st.caption(f"{about} · about {', '.join(note.assets)}  \nSource: {note.source}. In our own words:")
        st.markdown(note.body)
        for call in note.calls:
            _call(call, note, as_of)
        if note.claims:
            st.markdown("**Facts it states**, checked on the stored series as of the note's day")
            _claims(note)
        if note.metrics:
            st.markdown("**Figures it reports**, the publisher's own unless a second source is marked")
            _metrics(note)


def _when(note: Note) -> str:
    if note.precision == "minute":
        return f"{plain_day(note.day)}, {note.published:%H:%M} UTC"
    return plain_day(note.day) if note.precision == "day" else f"{note.published:%B %Y}"


def _call(call: Call, note: Note, as_of: date) -> None:
    outcome = calls.grade(call, note, as_of)
    st.markdown(f"**Call:** {call.text}")
    st.markdown(f"**{_ICON[outcome.status]} {outcome.status.value.capitalize()}**, {outcome.reason}.")
    if outcome.reference is None:
        return
    cells = st.columns(4)
    cells[0].metric(f"Reference, {outcome.reference_date}", f"{outcome.reference:,.6g}")
    for cell, (title, value) in zip(
        cells[1:],
        (
            (f"Return to {outcome.measured_to or '—'}", outcome.forward_return),
            ("Worst point for a follower", outcome.max_adverse),
            ("Best point for a follower", outcome.max_favourable),
        ),
        strict=True,
    ):
        cell.metric(title, number(value, "+.1%"))
    if outcome.base_rate is not None:
        st.caption(
            f"Base rate: {outcome.base_rate:.0%} of equally long stretches before it came out this way. "
            "All by daily closes."
        )


def _claims(note: Note) -> None:
    verdicts = [(claim, calls.check(claim, note)) for claim in note.claims]
    rows = [
        {
            "Fact": claim.text,
            "Verdict": _SIGN[verdict.answer],
            "Measured": number(verdict.measured, ".4g"),
            "How": verdict.reason,
        }
        for claim, verdict in verdicts
    ]
    st.table(pd.DataFrame(rows), hide_index=True)


def _metrics(note: Note) -> None:
    rows = [
        {
            "Figure": metric.label,
            "Value": f"{metric.value:,.0f} {metric.unit}",
            "Period": metric.period,
            "Second source": "yes" if metric.second_source else "no",
        }
        for metric in note.metrics
    ]
    st.table(pd.DataFrame(rows), hide_index=True)
