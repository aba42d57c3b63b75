"""A public call as the page shows it: what was called, what became of it, what a random walk gave it, and its sources."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st

from sentiment.charts import note_charts
from sentiment.formatting import number, plain_day, spelled_out
from sentiment.research import grading
from sentiment.research.public_calls import KIND_WORDS
from sentiment.web import markup
from sentiment.web.page.call_card import call_body
from sentiment.web.page.figure_menu import figure_menu

if TYPE_CHECKING:
    from sentiment.research.public_calls import PublicCall, PublicEntry
    from sentiment.web.page.screen import Screen

_PRECISION = {
    "day": "",
    "day±1": ", give or take a day",
    "day±2": ", give or take two days",
    "week": ", known to the week",
}


def public_card(entry: PublicEntry, screen: Screen) -> None:
    """Show a public call, which is the one that the screen has chosen."""
    public, outcome = entry.public, entry.outcome
    with st.container(border=True):
        st.subheader(markup.plain(spelled_out(public.publisher)), anchor=False)
        st.markdown(f"**Call:** {markup.plain(public.call.text)}")
        st.markdown(
            f"**{grading.ICON[outcome.status]} {outcome.status.value.capitalize()}**, {markup.plain(outcome.reason)}."
        )
        st.caption(" ".join(remarks(entry)))
        call_body(public.call, outcome, screen.selection.known_at, f"public-{public.id}")
        said = note_charts.call_path_text(public.call, outcome.revised or outcome)
        figure_menu(screen, "chart/call", said, about=about_call(public))
        pages = [markup.link(public.title, public.source)]
        if public.second_source:
            pages.append(markup.link(urlsplit(public.second_source).netloc, public.second_source))
        st.markdown(f":small[Sources: {', '.join(pages)}]")


def about_call(public: PublicCall) -> str:
    """Return whose call it is, and what it says."""
    return f"{spelled_out(public.publisher)}: {public.call.text}"


def stated(public: PublicCall) -> str:
    """Return when a call was published, as precisely as is known."""
    if public.precision == "month":
        return f"{public.day:%B %Y}"
    return f"{plain_day(date.fromisoformat(public.stated))}{_PRECISION[public.precision]}"


def remarks(entry: PublicEntry) -> list[str]:
    """Return what a reader must know before judging a call: its date, kind, condition, and how sure the facts are."""
    public = entry.public
    late = f", graded from the close of {plain_day(public.day)}" if public.precision != "day" else ""
    said = [f"Published {stated(public)}{late}; {KIND_WORDS[public.kind]}."]
    if public.conditional:
        said.append("Tied to an event, and graded without it.")
    if entry.repeats:
        said.append("It says again what its publisher had said, so it is counted once, with the first.")
    if public.call.probability is not None:
        said.append(f"Probability stated: {number(public.call.probability, '.0%')}.")
    how = "read on the page" if public.seen == "page text" else "mentioned by another page in passing"
    said.append(f"The facts are {how}; confidence {public.confidence}.")
    return said
