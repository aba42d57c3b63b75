"""The calls board without a browser: what it says, what its filters and links show, and what a row opens."""

from __future__ import annotations

import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.models import Selection
from sentiment.validation import track_record
from sentiment.validation.calibration import calibrate
from sentiment.web import links
from sentiment.web.page import call_board


def page(**query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    app.session_state["unfold-did-any-publisher-know-more"] = True
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def words(app):
    shown = [*app.header, *app.subheader, *app.caption, *app.markdown, *app.info, *app.warning]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in shown))


def board(app):
    """Return the tables below the groups: pending, settled."""
    return [table.value for table in app.dataframe if {"Due", "Last day"} & set(table.value.columns)]


def test_it_opens_on_what_public_calls_say_together_and_lists_the_pending_first():
    app = page(view="Calls")
    said = words(app)
    assert "Of 158 settled calls **48 came true**." in said
    assert "As a set they did no better than such walks." in said
    assert "The press copies what is bold, round and bullish" in said
    assert "**14 pending** on 3 Oct 2026, none due this week; the next is due on 31 Oct 2026 (BTC.TOP)." in said
    pending, settled = board(app)
    assert (len(pending), len(settled)) == (14, 198)
    assert pending.iloc[0][["Left", "Price now", "Level"]].tolist() == ["28 days", "84,754", "44,000"]
    publishers = next(table.value for table in app.dataframe if "Publisher" in table.value and "Reading" in table.value)
    assert len(publishers) == 48
    assert set(publishers["Reading"]) == {"no verdict: fewer than 30 settled calls"}


def test_a_day_on_which_calls_were_due_this_week():
    app = page(view="Calls", as_of="2018-12-25", caller="Galaxy")
    assert "**2 due this week**" in words(app), "the year's end, twice"
    assert board(app)[0]["Left"].tolist()[:2] == ["6 days, this week"] * 2


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"outcome": "pending"}, 14),
        ({"outcome": "ungradable"}, 11),
        ({"caller": "K33 Research"}, 9),
        ({"called": "BTC-USD"}, 212),
        ({"among": "year 2016"}, 1),
        ({"among": "direction fall", "outcome": "hit"}, 10),
    ],
)
def test_filters_are_in_the_link(query, rows):
    app = page(view="Calls", **query)
    assert not app.warning
    assert sum(map(len, board(app))) == rows
    selection, problems = links.from_query(links.to_query(Selection(view="Calls", **query)))
    assert (selection, problems) == (Selection(view="Calls", **query), ())


def test_a_filter_that_nothing_passes_and_one_that_is_not_known():
    app = page(view="Calls", outcome="invalidated")
    assert "None of these calls is pending." in words(app)
    assert "None of these calls has settled." in words(app)
    assert "the link asks for calls of caller 'Nobody'" in words(page(view="Calls", caller="Nobody")).replace("T", "t")


def test_a_call_has_a_page_of_its_own():
    app = page(call="b080")
    assert app.segmented_control(key="view").value == "Calls", "the link needs no view"
    said = words(app)
    assert "**Call:** Capitulation within six months to a cycle low of 14,000 to 21,000." in said
    assert "**▲ Hit**, reached 21,000 on 16 Jun 2022." in said
    assert "for a random walk without drift, moving" in said
    assert "Sources: [" in said
    assert len(app.get("plotly_chart")) == 1
    app.button[-1].click().run()
    assert "Of 158 settled calls" in words(app)
    assert "was not published by 1 Jan 2020" in words(page(view="Calls", call="b080", as_of="2020-01-01"))
    vague = words(page(call="b136"))
    assert "give or take two days, graded from the close of 4 Jul 2024" in vague
    assert "Tied to an event, and graded without it." in vague
    assert "it is counted once" in words(page(call="b020"))


def test_a_row_opens_its_call_its_note_or_its_group(monkeypatch):
    state = {"board-pending": {"selection": {"rows": [1]}}, "group-year": {"selection": {"rows": [0]}}}
    monkeypatch.setattr(st, "session_state", state)
    call_board.open_row("board-pending", [("b001", float("nan")), ("b002", float("nan"))])
    assert state["call"] == "b002"
    call_board.open_row("board-pending", [("b001", float("nan")), (float("nan"), "k33-2025-12-02")])
    assert (state["note"], state["view"]) == ("k33-2025-12-02", "Research")
    call_board.filter_by_row("group-year", "year", ["2018"])
    assert state["among"] == "year 2018"
    state["group-year"]["selection"]["rows"] = []
    call_board.filter_by_row("group-year", "year", ["2018"])
    assert state["among"] is None


def test_a_publisher_with_30_stated_probabilities_has_a_curve(monkeypatch):
    assert "Brier score" not in words(page(view="Calls"))
    held = calibrate([0.2, 0.8] * 20, [False, True] * 20, [1.0] * 40)
    monkeypatch.setattr(track_record, "calibrations", lambda _: {("A *desk*", None): held})
    app = page(view="Calls")
    assert "Do the probabilities of A *desk* hold?" in words(app)
    assert "40 calls with a stated probability, Brier score 0.040" in words(app)
    assert len(app.get("plotly_chart")) == 2


def test_notes_are_on_the_chart_of_their_own_asset_only():
    about_bitcoin = words(page(view="Research", range="All"))
    assert (
        "6 notes: 1 hit, 4 misses, 1 without a call. 1 more is about other assets, and on their charts."
        in about_bitcoin
    )
    about_ether = words(page(view="Research", range="All", asset="ETH-USD"))
    assert "No note falls on these days. 7 more are about other assets" in about_ether


def test_before_any_call_there_is_nothing_to_count():
    app = page(view="Calls", as_of="2015-06-01")
    assert "nothing to count" in words(app)
