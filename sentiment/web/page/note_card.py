"""A note as the page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from sentiment import settings
from sentiment.charts import note_charts, score_charts
from sentiment.formatting import number, plain_day, published, spelled_out
from sentiment.research import call_record, claim_checks, library
from sentiment.research.text import annotate
from sentiment.scoring.components.research_tone import tone_text
from sentiment.settings import Changes
from sentiment.tables import note_tables
from sentiment.web import markup
from sentiment.web.page.call_card import about_note, call_cards, of_note
from sentiment.web.page.drawings import cached_chart
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.widgets import csv_button, marked_text

if TYPE_CHECKING:
    from datetime import datetime

    from sentiment.models import Note
    from sentiment.web.page.screen import Screen


def note_card(note: Note, screen: Screen) -> None:
    """Show a note: its text with annotations, who set what, how its calls stand, and its facts and figures."""
    known_at = screen.selection.known_at
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(markup.plain(note.title), anchor=False)
            if settings.changes() is not Changes.READ_ONLY:
                st.button("Correct", on_click=_open_form, args=(note.id,), type="tertiary", icon=":material/edit:")
        names = [markup.plain(spelled_out(name)) for name in (note.publisher, note.author) if name]
        about = (
            f"{' · '.join(names)} · {published(note)} · {note.stance}, conviction "
            f"{number(note.conviction, '.2g')}, {tone_text(note)} · about {', '.join(map(markup.plain, note.assets))}"
        )
        origin = note.source or note.source_url
        source = f"  \n:small[Source: {markup.link(origin, note.source_url)}]" if origin else ""
        st.markdown(f":small[{about}]{source}")
        if late := call_record.late_note(note, known_at):
            st.caption(f"{late}.")
        reading = annotate(note.body, note.day)
        marked_text(note.body, reading, note.tone)
        csv_button(f"{note.id}_reading", lambda: note_tables.findings_table(note), "CSV: what was read")
        _provenance(note, known_at)
        call_cards(note, screen)
        if note.claims:
            st.markdown("**Facts it states**, checked on the stored series as of the note's day")
            _claims(note, known_at)
        if note.metrics:
            _metrics(note, screen)


def _open_form(identifier: str) -> None:
    st.session_state["correct"] = identifier
    st.session_state["view"] = "Inbox"


def _provenance(note: Note, known_at: datetime | None) -> None:
    """Show who set which field in place of what was read, and the saved versions."""
    lines = [
        f"{override.field.capitalize()} was {markup.plain(override.read)}; by the note's own account set by "
        f"{markup.plain(override.who)} on {override.when:%Y-%m-%d %H:%M} UTC: {markup.plain(override.why)}."
        for override in note.overrides
    ]
    for version in library.history(note.id, known_at):
        why = f": {markup.plain(version.why)}" if version.why else ""
        lines.append(f"Saved by {markup.plain(version.who)} on {version.known_at:%Y-%m-%d %H:%M} UTC{why}.")
    if lines:
        with st.expander(f"Who set what, and when ({len(lines)})"):
            st.markdown("  \n".join(lines))


def _claims(note: Note, known_at: datetime | None) -> None:
    """Show each fact with its verdict, how it was measured, and the rows it was measured on."""
    lines = []
    for claim in note.claims:
        verdict = claim_checks.check(claim, note, known_at)
        rows = "; ".join(
            f"{row.series} {row.column} on {plain_day(row.day)}: {number(row.value, ',.6g')}" for row in verdict.rows
        )
        measured = f"Measured {claim_checks.measured(claim, verdict)} " if verdict.measured is not None else ""
        reason = f"{measured}{verdict.reason}{f' ({rows})' if rows else ''}".strip()
        lines.append(
            f"- **{claim_checks.SIGN[verdict.answer]}** · {markup.plain(claim.text)}  \n  :small[{markup.plain(reason[:1].upper() + reason[1:])}]"
        )
    st.markdown("\n".join(lines))


def _metrics(note: Note, screen: Screen) -> None:
    sentence = note_charts.metrics_text(note.metrics, note.publisher)
    st.markdown("**Figures it reports**")
    st.caption(markup.plain(sentence))
    st.plotly_chart(
        cached_chart(note_charts.metrics)(note.metrics),
        alt=sentence,
        config=score_charts.CONFIG,
        key=f"metrics-{note.id}",
    )
    with st.container(horizontal=True):
        csv_button(f"{note.id}_figures", lambda: note_tables.metrics_table(note), "CSV: figures")
        figure_menu(of_note(screen, note), "chart/note-figures", sentence, about=about_note(note))
