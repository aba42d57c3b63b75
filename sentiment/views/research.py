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
    from datetime import date, datetime

    from sentiment.models import Call, Inputs, Note, Selection
    from sentiment.score import Scores

_ICON = {
    Status.HIT: "▲",
    Status.MISS: "✕",
    Status.INVALIDATED: "⊘",
    Status.PENDING: "●",
    Status.UNGRADABLE: "–",
}
_SIGN = {"true": "✓ true", "false": "✕ false", "not checkable": "– not checkable"}


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the view."""
    as_of = scored.axes.index[-1].date()
    known = notes.known(as_of)
    st.subheader("What did the notes say, and what became of it?", anchor=False)
    if not known:
        st.info(f"No note was published by {plain_day(as_of)}.")
        return
    table = export.calls_table(as_of, known_at=selection.known_at)
    st.caption(_record(table, as_of))
    _list(known, as_of, selection.known_at)
    csv_button(f"notes_calls_{as_of}", lambda: table, "CSV: calls and outcomes")
    identifiers = [note.id for note in reversed(known)]
    if selection.note is not None and selection.note not in identifiers:
        st.info(f"The note {selection.note} was not published yet on {plain_day(as_of)}.")
    latest = next((note.id for note in reversed(known) if inputs.asset in note.assets), identifiers[0])
    if st.session_state.get("note") not in identifiers:
        st.session_state["note"] = None
    chosen = st.selectbox(
        "Note", identifiers, key="note", index=None, persist_state="session", placeholder=f"The latest: {latest}"
    )
    # Bound, a choice made by a pin or a button on the other view would not reach the address bar; measured.
    if chosen:
        st.query_params["note"] = chosen
    else:
        st.query_params.pop("note", None)
    _note(notes.find(chosen or latest, as_of), as_of, selection.known_at)
    _against_regimes(export.calls_and_regimes(table, scored), as_of)


def _against_regimes(table: pd.DataFrame, as_of: date) -> None:
    """Set the calls beside the regime of their day, a row a publisher and regime."""
    st.subheader("Did the calls do better than simply following the regime?", anchor=False)
    judged = table[table["call_return"].notna() & table["regime"].notna()]
    if judged.empty:
        st.caption(f"No call with a direction and a regime on its day had a close behind it by {plain_day(as_of)}.")
        return
    better = int((judged["call_return"] > judged["regime_return"]).sum())
    st.caption(
        f"Of {len(judged)} calls of a rise or a fall {better} brought more than following the regime of their day (long while fear "
        "outweighs fundamentals, short while complacent, else out), from the same close to the same close. Too few to tell."
    )
    groups = judged.groupby(["publisher", "regime"], sort=True)
    rows = [
        {
            "Publisher": publisher,
            "Regime on the day": regime,
            "Calls": len(group),
            "Hits": int((group["status"] == Status.HIT.value).sum()),
            "Mean return, call": number(group["call_return"].mean(), "+.1%"),
            "Mean return, regime": number(group["regime_return"].mean(), "+.1%"),
            "Mean base rate": number(group["base_rate"].mean(), ".0%"),
        }
        for (publisher, regime), group in groups
    ]
    st.table(pd.DataFrame(rows), hide_index=True)
    csv_button(f"notes_against-regimes_{as_of}", lambda: table, "CSV: calls and regimes")


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


def _list(known: tuple[Note, ...], as_of: date, known_at: datetime | None) -> None:
    rows = [
        {
            "Published": note.day,
            "Publisher": note.publisher,
            "Title": note.title,
            "Stance": note.stance,
            "Calls": " ".join(
                f"{_ICON[outcome.status]} {outcome.status}"
                for outcome in (calls.grade(call, note, as_of, known_at) for call in note.calls)
            )
            or "none",
        }
        for note in reversed(known)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Research notes, the latest first, and how their calls stand")


def _note(note: Note, as_of: date, known_at: datetime | None) -> None:
    with st.container(border=True):
        st.subheader(note.title, anchor=False)
        about = f"{note.publisher} · {note.author} · {_when(note)} · {note.stance}, conviction {note.conviction:g}"
        st.caption(f"{about} · about {', '.join(note.assets)}  \nSource: {note.source}. In our own words:")
        st.markdown(note.body)
        for call in note.calls:
            _call(call, note, as_of, known_at)
        if note.claims:
            st.markdown("**Facts it states**, checked on the stored series as of the note's day")
            _claims(note, known_at)
        if note.metrics:
            st.markdown("**Figures it reports**, the publisher's own unless a second source is marked")
            _metrics(note)


def _when(note: Note) -> str:
    if note.precision == "minute":
        return f"{plain_day(note.day)}, {note.published:%H:%M} UTC"
    return plain_day(note.day) if note.precision == "day" else f"{note.published:%B %Y}"


def _call(call: Call, note: Note, as_of: date, known_at: datetime | None) -> None:
    outcome = calls.grade(call, note, as_of, known_at)
    st.markdown(f"**Call:** {call.text}")
    st.markdown(f"**{_ICON[outcome.status]} {outcome.status.value.capitalize()}**, {outcome.reason}.")
    if outcome.reference_date is None:
        return
    figures = [
        (f"Reference, {plain_day(outcome.reference_date)}", number(outcome.reference, ",.6g")),
        *([("Closes inside the range", number(outcome.share_inside, ".0%"))] if call.direction == "range" else []),
        (f"Return to {plain_day(outcome.measured_to)}" if outcome.measured_to else "Return", outcome.forward_return),
        ("Worst point for a follower", outcome.max_adverse),
        ("Best point for a follower", outcome.max_favourable),
    ]
    # Who called a range closed on both sides follows no direction.
    shown = figures if call.sign else figures[:2]
    for cell, (title, value) in zip(st.columns(len(shown)), shown, strict=True):
        cell.metric(title, value if isinstance(value, str) else number(value, "+.1%"))
    if outcome.base_rate is not None:
        st.caption(
            f"Base rate: {outcome.base_rate:.0%} of equally long stretches before it came out this way. "
            "All by daily closes."
        )


def _claims(note: Note, known_at: datetime | None) -> None:
    verdicts = [(claim, calls.check(claim, note, known_at)) for claim in note.claims]
    rows = [
        {
            "Fact": claim.text,
            "Verdict": _SIGN[verdict.answer],
            "Measured": calls.measured(claim, verdict),
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
