"""Research: what the notes said, and what became of their calls."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from sentiment.charts import note_charts, score_charts
from sentiment.formatting import UNKNOWN, counted, number, plain_day, spelled_out, visible
from sentiment.frames import day
from sentiment.market import assets
from sentiment.models import Status
from sentiment.research import grading, library
from sentiment.tables import note_tables
from sentiment.tables.records.calls import calls_table
from sentiment.tables.records.notes import notes_table
from sentiment.tables.records.publishers import publishers_table
from sentiment.validation import track_record
from sentiment.web import links, markup
from sentiment.web.page.address import add_problems
from sentiment.web.page.drawings import cached_chart
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.note_card import note_card
from sentiment.web.page.screen import load_scores_without_notes
from sentiment.web.page.table_files import TableFile, table_buttons
from sentiment.web.page.widgets import csv_button, with_signs
from sentiment.web.views import View

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import date

    from sentiment.models import Note, Selection
    from sentiment.web.page.screen import Screen


def choose(selection: Selection) -> Selection:
    """Ask which notes to show."""
    known = library.published_by(library.today(selection.as_of, selection.known_at), selection.known_at)
    options = links.filters(known)
    for name, values in options.items():
        if (value := st.session_state.get(name)) not in {None, *values}:
            add_problems(f"No note known then has the {name} {spelled_out(str(value))}; all are shown.")
            st.session_state[name] = None
    chosen: dict[str, Any] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        chosen["find"] = st.text_input(
            "Search the notes",
            key="find",
            persist_state="session",
            max_chars=links.MAX_FIND,
            placeholder="Any words",
            width=220,
        )
        active = sum(st.session_state.get(name) is not None for name in (*options, "since"))
        with st.popover(f"Filters ({active})" if active else "Filters", icon=":material/filter_list:"):
            for name, values in options.items():
                chosen[name] = st.selectbox(
                    name.capitalize(),
                    values,
                    index=None,
                    key=name,
                    persist_state="session",
                    placeholder="Any",
                    format_func=spelled_out,
                )
            chosen["since"] = st.date_input(
                "Published since", value=None, key="since", persist_state="session", format="YYYY-MM-DD"
            )
    return replace(selection, **chosen)


def render(screen: Screen) -> None:
    """Draw the view."""
    selection, as_of, known_at = screen.selection, screen.as_of, screen.selection.known_at
    until = library.today(selection.as_of, known_at)
    known = library.published_by(until, known_at)
    st.subheader("What did the notes say, and what became of it?", anchor=False)
    if not known:
        st.info(f"No note was published by {plain_day(until)}.")
        return
    notes = library.matching(selection)
    if not notes:
        st.info(
            f"None of the {counted(len(known), 'note')} known on {plain_day(until)} matches. Remove a filter to see more."
        )
        return
    choose = partial(library.chosen, selection)
    table = calls_table(as_of, known_at, choose)
    records = publishers_table(as_of, known_at, choose)
    st.markdown(f"{markup.plain(track_record.summarize(records))} Known on {plain_day(until)}.")
    _timeline(screen, notes)
    note_card(_list(screen, notes), screen)
    _publishers(records, screen)
    _against_regimes(note_tables.calls_and_regimes(table, load_scores_without_notes(screen.key)), as_of)


def _timeline(screen: Screen, notes: tuple[Note, ...]) -> None:
    asset, start = screen.key.asset, screen.start
    close = screen.inputs.prices["close"].loc[day(start) :].dropna()
    if close.empty:
        return
    others = sum(asset not in note.assets for note in notes)
    elsewhere = f"{counted(others, 'more is', 'more are')} about other assets, and on their charts. " if others else ""
    marks, count = note_tables.marks_within(notes, asset, close, screen.as_of, screen.key.known_at)
    outside = (
        f"{counted(count, 'more lies', 'more lie')} outside {plain_day(start)} to {plain_day(close.index[-1])}. "
        if count
        else ""
    )
    sentence = note_charts.timeline_text(marks)
    st.caption(f"{sentence} {outside}{elsewhere}{'' if marks.empty else 'Select a mark to read its note.'}".strip())
    st.plotly_chart(
        cached_chart(note_charts.timeline)(
            close, marks, assets.asset(asset, screen.key.known_at).unit, log=screen.selection.log
        ),
        alt=sentence,
        config=score_charts.CONFIG,
        key="notes-timeline",
        on_select=_open_selected,
        selection_mode="points",
    )
    figure_menu(screen, "chart/notes", sentence)


def _open_selected() -> None:
    points = st.session_state["notes-timeline"]["selection"]["points"]
    if identifiers := [point["customdata"][0] for point in points if point.get("customdata")]:
        st.session_state["note"] = str(identifiers[0])


def _list(screen: Screen, notes: tuple[Note, ...]) -> Note:
    """List the notes, the latest first, and return the chosen one."""
    as_of, known_at = screen.as_of, screen.key.known_at
    table = notes_table(as_of, known_at, notes)
    rows = table.iloc[::-1].assign(
        published=table["published"].str[:10],
        publisher=table["publisher"].map(spelled_out),
        title=table["title"].map(visible),
    )
    columns: dict[str, Any] = {
        "published": "Published",
        "publisher": "Publisher",
        "title": "Title",
        "stance": "Stance",
        "tone": "Tone",
        "tone_label": "In words",
        "calls": "Calls",
    }
    st.dataframe(
        with_signs(rows[list(columns)].assign(calls=rows["calls"].map(_with_icons)), {"tone": "+.2f"}),
        hide_index=True,
        column_config=columns,
        alt=_list_text(rows),
    )
    identifiers = [note.id for note in reversed(notes)]
    latest = next((note.id for note in reversed(notes) if screen.key.asset in note.assets), identifiers[0])
    linked = screen.selection.note
    if linked is not None and linked not in identifiers:
        st.info(f"The note {linked} is not among these: it was not published yet, or a filter hides it.")
    if st.session_state.get("note") not in identifiers:
        st.session_state["note"] = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        titles = {note.id: f"{note.day} · {visible(note.title)}" for note in notes}
        picked = st.selectbox(
            "Note",
            identifiers,
            key="note",
            index=None,
            persist_state="session",
            format_func=titles.__getitem__,
            placeholder=f"The latest: {titles[latest]}",
        )
        selection = screen.selection
        table_buttons(
            TableFile(f"notes_list_{as_of}", "notes", "notes", selection),
            TableFile(f"notes_calls_{as_of}", "calls", "calls and outcomes", selection),
            TableFile(f"notes_claims_{as_of}", "claims", "facts and verdicts", selection),
        )
    return next(note for note in notes if note.id == (picked or latest))


def _list_text(rows: pd.DataFrame) -> str:
    first = rows.iloc[0]
    return f"{counted(len(rows), 'note')}, the latest first: {first['title']}, {first['published']}, calls: {first['calls'] or 'none'}."


def _with_icons(statuses: str) -> str:
    return (
        " ".join(f"{grading.ICON[Status(stands.split()[0])]} {stands}" for stands in statuses.split(", ") if stands)
        or "none"
    )


def _publishers(records: pd.DataFrame, screen: Screen) -> None:
    """Show each publisher's hits and misses beside the base rate."""
    st.subheader("Is anyone right more often than chance?", anchor=False)
    rows = [
        {
            "Publisher": spelled_out(row["publisher"]),
            "Record": track_record.label(row),
            "Hits": row["hits"],
            "Misses": row["misses"],
            "Invalidated": row["invalidated"],
            "Other": ", ".join(f"{row[name]} {name}" for name in ("pending", "ungradable", "hindsight") if row[name])
            or "none",
            "Hit rate, 95% interval": _interval(row),
            "Base rate": number(row["base_rate"], ".0%"),
            "Mean excess return": number(row["mean_excess"], "+.1%"),
            "Verdict": row["verdict"],
        }
        for row in records.to_dict("records")
    ]
    said = track_record.summarize(records)
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=said)
    with st.container(horizontal=True):
        table_buttons(TableFile(f"notes_publishers_{screen.as_of}", "publishers", "publishers", screen.selection))
        figure_menu(screen, "chart/track-record", said)


def _interval(row: Mapping[Hashable, Any]) -> str:
    if pd.isna(row["hit_rate"]):
        return UNKNOWN
    return f"{row['hit_rate']:.0%} ({row['hit_low']:.0%} to {row['hit_high']:.0%})"


def _against_regimes(table: pd.DataFrame, as_of: date) -> None:
    """Show the calls beside the regime of their day: one row for each record, publisher and regime."""
    st.subheader("Did the calls do better than simply following the regime?", anchor=False)
    graded = table[table["call_return"].notna() & table["regime"].notna()]
    if graded.empty:
        st.caption(f"No call with a direction and a regime on its day had a close behind it by {plain_day(as_of)}.")
        return
    sentence = " ".join(_better(str(record), calls) for record, calls in graded.groupby("record", sort=True))
    sentence += (
        " Following the regime means long while fear outweighs fundamentals, short while complacent, otherwise out, from the same "
        "close to the same close. The regimes leave out notes, so that a note is not compared with itself."
    )
    st.caption(sentence)
    groups = graded.groupby(["record", "publisher", "regime"], sort=True)
    rows = [
        {
            "Record": record,
            "Publisher": spelled_out(str(publisher)),
            "Regime on the day": regime,
            "Calls": len(group),
            "Hits": int((group["status"] == Status.HIT.value).sum()),
            "Mean return, call": number(group["call_return"].mean(), "+.1%"),
            "Mean return, regime": number(group["regime_return"].mean(), "+.1%"),
            "Mean base rate": number(group["base_rate"].mean(), ".0%"),
        }
        for (record, publisher, regime), group in groups
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=sentence)
    csv_button(f"notes_against-regimes_{as_of}", lambda: table, "CSV: calls and regimes")


def _better(record: str, calls: pd.DataFrame) -> str:
    better = int((calls["call_return"] > calls["regime_return"]).sum())
    few = " Too few to tell." if len(calls) < track_record.MIN_INDEPENDENT else ""
    return (
        f"{record.capitalize()}: of {counted(len(calls), 'call')} of a rise or a fall {better} earned more than following the regime "
        f"of their day.{few}"
    )


VIEW = View("Research", order=30, tab="Research", label="Notes", render=render, choose=choose, parameters=("note",))
