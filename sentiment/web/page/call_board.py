"""The board of calls: the pending ones by the day on which they are due, then the settled ones; each row opens its call."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from sentiment.charts import note_charts
from sentiment.formatting import counted, number, plain_day, price, share, spelled_out, visible
from sentiment.market import terms
from sentiment.models import Status
from sentiment.research import grading
from sentiment.tables import withholding
from sentiment.tables.call_tables import DUE_DAYS
from sentiment.web import markup
from sentiment.web.page.sign_in import may_have_all
from sentiment.web.page.widgets import csv_button, with_signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.models import Selection

_COLUMN_OF = {"outcome": "status", "called": "asset", "caller": "publisher"}


def chosen(board: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Return the rows of a board that pass the filters of a selection."""
    for name, column in _COLUMN_OF.items():
        if (value := getattr(selection, name)) is not None:
            board = board[board[column] == value]
    if selection.among is not None:
        board = board[[selection.among in groups for groups in board["groups"]]]
    return board.reset_index(drop=True)


def show(board: pd.DataFrame, as_of: date) -> None:
    """Draw the board: rows of `call_tables.board`."""
    pending = board["status"] == Status.PENDING.value
    _pending(board[pending].reset_index(drop=True), as_of)
    _settled(board[~pending].reset_index(drop=True))
    csv_button(
        f"calls_board_{as_of}",
        lambda: board.drop(columns="groups"),
        "CSV: this board",
        withheld=partial(
            withholding.of_rows,
            sourced=("price", "distance", "level", "reason"),
            reserved=terms.reserved(board["asset"].dropna()),
        ),
    )


def due(rows: pd.DataFrame, as_of: date) -> str:
    """Return how many calls are pending, how many of them are due within a week, and when the next one is."""
    if rows.empty:
        return "None of these calls is pending."
    soon = int((rows["days_left"] <= DUE_DAYS).sum())
    first = rows.iloc[0]
    when = plain_day(date.fromisoformat(first["horizon_end"]))
    week = f"**{soon} due this week**" if soon else "none due this week"
    return f"**{len(rows)} pending** on {plain_day(as_of)}, {week}; the next is due on {when} ({markup.plain(spelled_out(first['publisher']))})."


def _pending(rows: pd.DataFrame, as_of: date) -> None:
    st.subheader("What is still open?", anchor=False)
    sentence = due(rows, as_of)
    st.markdown(sentence)
    if rows.empty:
        return
    late = rows["days_left"] < 0
    prices = {"Price now": rows["price"].map(price), "Level": rows["level"].map(price)}
    if not may_have_all() and terms.reserved(rows["asset"].dropna()):  # a viewer can save a table
        prices = {}
    left = rows["days_left"].map(lambda days: counted(days, "day") + (", this week" if days <= DUE_DAYS else ""))
    _table(
        {
            "Left": left.mask(late, "over, waiting for a close"),
            "Publisher": rows["publisher"].map(spelled_out),
            **({"Distance to level": rows["distance"]} if prices else {}),
            "Call": rows["call"].map(visible),
            "Due": rows["horizon_end"],
            **prices,
            "Chance on its day": rows["chance"].map(share),
            "Base rate": rows["base_rate"].map(share),
            "Asset": rows["asset"],
        },
        rows,
        "pending",
        sentence.replace("*", ""),
        {"Distance to level": "+.1%"} if prices else {},
    )


def _settled(rows: pd.DataFrame) -> None:
    st.subheader("What became of the others?", anchor=False)
    if rows.empty:
        st.markdown("None of these calls has settled.")
        return
    statuses = rows["status"].value_counts()
    sentence = ", ".join(
        note_charts.counted_status(count, str(status)) for status, count in statuses.sort_index().items()
    )
    st.markdown(f"{sentence}, the latest first.")
    _table(
        {
            "Outcome": rows["status"].map(lambda status: f"{grading.ICON[Status(status)]} {status}"),
            "Last day": rows["horizon_end"],
            "Publisher": rows["publisher"].map(spelled_out),
            "Call": rows["call"].map(visible),
            "Why": rows["reason"],
            "Chance on its day": rows["chance"].map(share),
            "Base rate": rows["base_rate"].map(share),
            "Published": rows["published"],
            "Asset": rows["asset"],
            "From": rows["collection"],
        },
        rows,
        "settled",
        sentence,
        {},
    )


def _table(columns: dict[str, Any], rows: pd.DataFrame, key: str, sentence: str, forms: dict[str, str]) -> None:
    pairs = list(zip(rows["id"], rows["note"], strict=True))
    st.dataframe(
        with_signs(pd.DataFrame(columns), forms),
        hide_index=True,
        height=min(420, 38 + 35 * len(rows)),
        column_config={"Call": st.column_config.TextColumn(width="large")},
        key=f"board-{key}",
        on_select=partial(open_row, f"board-{key}", pairs),
        selection_mode="single-row",
        alt=sentence,
    )


def open_row(key: str, pairs: Sequence[tuple[object, object]]) -> None:
    """Open the call of the selected row: a public one on its own page, a note's in its note."""
    for place in st.session_state[key]["selection"]["rows"]:
        call, note = pairs[place]
        if isinstance(call, str):
            st.session_state["call"] = call
        else:
            st.session_state["note"], st.session_state["view"] = note, "Research"


def group_rows(table: pd.DataFrame, group: str) -> None:
    """Show the rows of one group of the scoreboard; a selected row filters the board."""
    rows = table[table["group"] == group].reset_index(drop=True)
    walks = [
        f"{number(row['expected'], '.1f')} ({number(row['low'])} to {number(row['high'])})" if row["settled"] else "—"
        for row in rows.to_dict("records")
    ]
    cells = {
        group.capitalize(): rows["value"].map(spelled_out).str.replace(r"\s%", "%", regex=True),  # as on the chart
        "Settled": rows["settled"],
        "Came true": rows["hits"],
        "Random walks, 95 of 100": walks,
        "Reading": rows["reading"],
        "Calls": rows["calls"],
    }
    words = "; ".join(f"{row['value']}: {row['hits']} of {row['settled']}" for row in rows.head(12).to_dict("records"))
    st.dataframe(
        pd.DataFrame(cells),
        hide_index=True,
        key=f"group-{group}",
        on_select=partial(filter_by_row, f"group-{group}", group, rows["value"].tolist()),
        selection_mode="single-row",
        alt=f"Came true by {group}: {words}.",
    )


def filter_by_row(key: str, group: str, values: Sequence[str]) -> None:
    """Show the calls of the selected group alone, or all where none is selected."""
    places = st.session_state[key]["selection"]["rows"]
    name = "caller" if group == "publisher" else "among"
    value = values[places[0]] if places else None
    st.session_state[name] = value if value is None or group == "publisher" else f"{group} {value}"
