"""Calls: what is open, what became of the others, and what public calls say together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import streamlit as st

from sentiment.charts import call_charts, score_charts
from sentiment.formatting import counted, plain_day, spelled_out
from sentiment.tables import call_tables, note_tables
from sentiment.validation import scoreboard, track_record
from sentiment.web import link_calls, markup
from sentiment.web.page import call_board
from sentiment.web.page.drawings import cached_chart
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.public_card import public_card
from sentiment.web.page.table_files import TableFile, table_buttons
from sentiment.web.page.widgets import csv_button, folded
from sentiment.web.views import View

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pandas as pd

    from sentiment.models import Selection
    from sentiment.research.public_calls import PublicEntry
    from sentiment.web.page.screen import Screen

_FILTERS = {"outcome": "Outcome", "called": "Asset", "caller": "Publisher", "among": "Group"}
_QUESTIONS = {
    "direction": "Did rises come true more often than falls?",
    "distance": "Did near targets come true more often than far ones?",
    "year": "Was it the call or the season?",
    "publisher": "Did any publisher know more?",
}
_THIN = date(2026, 3, 31)
"""From here on the pages that were searched thin out."""
_RULE = (
    "A call counts once its last day is over; a repeat by its publisher is not counted again. A target is reached by a close, "
    "from the first close after publication on; where only the month is known, from its last day. **Random walk**: the log of the price moves at "
    "random, without drift, by the volatility of the 30 days before the call; checked once a day, like the grade. **Interval**: calls of "
    "one season share one price path, so each of 2,000 walks runs over all the days and gives the outcome of every call at once; 95 of 100 walks lie "
    "inside. In simulated worlds without any skill it held in 95 of 100 where volatility stays the same, and in 90 of 100 where it wanders as "
    "bitcoin's does: a calm month understates the year after it."
)


def choose(selection: Selection) -> Selection:
    """Return the selection with the open call and the filters, whose controls stand at the board."""
    chosen: dict[str, Any] = {name: st.session_state.get(name) for name in ("call", *_FILTERS)}
    for (
        name,
        value,
    ) in chosen.items():  # Streamlit forgets a control that a run does not draw, unless its value is set anew
        st.session_state[name] = value
    return replace(selection, **chosen)


def _filters(known_at: datetime | None) -> None:
    options = link_calls.filters(known_at)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        for name, label in _FILTERS.items():
            st.selectbox(
                label, options[name], index=None, key=name, placeholder="Any", format_func=spelled_out, width=165
            )


def render(screen: Screen) -> None:
    """Draw the view."""
    as_of, known_at = screen.as_of, screen.selection.known_at
    entries = call_tables.public_entries(as_of, known_at)
    if screen.selection.call is not None:
        _own_page(screen, entries)
        return
    _together(entries, screen)
    _calibrations(screen)
    st.subheader("Which calls?", anchor=False)
    _filters(known_at)
    call_board.show(call_board.chosen(call_tables.board(as_of, known_at), screen.selection), as_of)


def _own_page(screen: Screen, entries: Sequence[PublicEntry]) -> None:
    st.button("All calls", on_click=_close, icon=":material/arrow_back:")
    entry = next((entry for entry in entries if entry.public.id == screen.selection.call), None)
    if entry is None:
        st.info(f"This call was not published by {plain_day(screen.as_of)}.")
        return
    public_card(entry, screen)


def _close() -> None:
    st.session_state["call"] = None


def _together(entries: Sequence[PublicEntry], screen: Screen) -> None:
    selection, as_of = screen.selection, screen.as_of
    st.subheader("Do public calls come true more often than chance?", anchor=False)
    table = scoreboard.scoreboard(entries, as_of)
    st.markdown(scoreboard.summarize(table))
    drawn = call_charts.drawn(table)
    if len(drawn):
        sentence = call_charts.scoreboard_text(drawn)
        st.caption(sentence)
        st.plotly_chart(
            cached_chart(call_charts.scoreboard)(drawn), alt=sentence, config=score_charts.CONFIG, key="scoreboard"
        )
    if entries:
        st.caption(biases(entries))
        with st.container(horizontal=True):
            table_buttons(
                TableFile(f"calls_scoreboard_{as_of}", "scoreboard", "scoreboard", selection),
                TableFile(f"calls_public_{as_of}", "public_calls", "public calls", selection),
            )
            if len(drawn):
                figure_menu(
                    screen,
                    "chart/scoreboard",
                    scoreboard.finding(table),
                    sentence,
                    f"Public calls known on {plain_day(as_of)}",
                )
        _groups(table)


def _groups(table: pd.DataFrame) -> None:
    for group, question in _QUESTIONS.items():
        folded(question, partial(_group, table, group))
    folded("How is it counted?", _how)


def _how() -> None:
    st.markdown(_RULE)


def _group(table: pd.DataFrame, group: str) -> None:
    st.caption("Select a row to see its calls below, each with its sources.")
    call_board.group_rows(table, group)


def biases(entries: Sequence[PublicEntry]) -> str:
    """Return why such a collection misleads, with its counts."""
    public = [entry.public for entry in entries]
    sites = len({urlsplit(one.source).netloc for one in public})
    conditional = sum(one.conditional for one in public)
    outliers, options = (sum(one.kind == kind for one in public) for kind in ("outlier", "options"))
    again = sum(bool(entry.repeats) for entry in entries)
    thin = f" There are hardly any after {plain_day(_THIN)}." if public[-1].day > _THIN else ""
    return (
        f"**Read with care.** {counted(len(public), 'public call')}, collected afterwards, when their outcomes could be known: they prove nobody's skill, "
        f"and move no score. The press copies what is bold, round and bullish, and drops hedges; nearly all of it comes from news copies on {sites} sites, "
        "where conditions and dates get lost. Pages that vanished are missing, and famous hits and misses are found first. "
        f"{counted(conditional, 'call was tied to an event and is', 'calls were tied to an event and are')} graded without it, {counted(outliers, 'comes', 'come')} from lists that their authors called improbable, "
        f"{counted(again, 'repeat')} and {options} implied by option prices count nowhere.{thin}"
    )


def _calibrations(screen: Screen) -> None:
    """Show how stated probabilities held, for each publisher with enough independent calls that have one."""
    as_of, known_at = screen.as_of, screen.selection.known_at
    every = track_record.calibrations(note_tables.entries(as_of, known_at))
    for (publisher, collection), held in every.items():
        st.subheader(f"Do the probabilities of {markup.plain(spelled_out(publisher))} hold?", anchor=False)
        sentence = call_charts.calibration_text(held, publisher)
        st.caption(markup.plain(sentence))
        key = f"{publisher}-{collection or 'kept'}"
        st.plotly_chart(
            cached_chart(call_charts.calibration)(held),
            alt=sentence,
            config=score_charts.CONFIG,
            key=f"calibration-{key}",
        )
        csv_button(f"calls_calibration-{key}_{as_of}", held.curve.copy, "CSV: calibration")
    if every:
        told = " ".join(call_charts.calibration_text(held, publisher) for (publisher, _), held in every.items())
        figure_menu(screen, "chart/calibration", told, about=f"Calls known on {plain_day(as_of)}")


VIEW = View(
    "Calls",
    order=28,
    tab="Research",
    render=render,
    choose=choose,
    parameters=("call", "outcome", "called", "caller", "among"),
)
