"""The controls that all views share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from sentiment.market import assets, history
from sentiment.models import Selection
from sentiment.scoring import events
from sentiment.web import links
from sentiment.web.page.screen import load_screen

if TYPE_CHECKING:
    from datetime import date

    from streamlit.delta_generator import DeltaGenerator


def ask(opened: Selection) -> tuple[Selection, DeltaGenerator]:
    """Draw the controls.

    Parameters
    ----------
    opened : Selection
        That of the link; it counts where no control was drawn yet.

    Returns
    -------
    tuple
        What is chosen, without the choices of its view, and the popover in which to share it.
    """
    view, popover = _view_bar()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="choices"):
        asset = _asset()
        span = st.segmented_control("Range", list(links.RANGES), default=Selection().range, required=True, key="range")
        known_at = st.session_state["known_at"]
        as_of = _as_of(*history.span(asset, known_at))
        for step, icon, label in ((-1, "skip_previous", "Event before"), (1, "skip_next", "Event after")):
            st.button(
                label,
                on_click=_go_to_event,
                args=(step,),
                icon=f":material/{icon}:",
                help="The day of a note or of a new regime",
                key=f"step{step}",
            )
        log = st.toggle("Log scale", value=Selection().log, key="log")
    selection = Selection(
        asset=asset,
        view=view,
        range=span or Selection().range,
        as_of=as_of,
        known_at=known_at,
        log=log,
        note=st.session_state.get("note", opened.note),
        correct=st.session_state.get("correct", opened.correct),
        weights=st.session_state["weights"],
        seed=st.session_state["seed"],
    )
    return selection, popover


def _view_bar() -> tuple[str, DeltaGenerator]:
    """Draw the control of the views and the popover beside it."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", key="views"):
        view = st.segmented_control(
            "View",
            links.VIEWS,
            default=Selection().view,
            required=True,
            key="view",
            wrap=True,
            label_visibility="collapsed",
        )
        with st.popover("Share", icon=":material/link:", key="share"):
            return view or Selection().view, st.container()


def _asset() -> str:
    symbols = assets.names()
    chosen: str = st.selectbox("Asset", symbols, index=symbols.index(Selection().asset), key="asset", width=160)
    return chosen


def _as_of(first: date, last: date) -> date | None:
    return st.date_input(
        "As of (empty: latest)",
        value=None,
        min_value=first,
        max_value=last,
        key="as_of",
        format="YYYY-MM-DD",
        width=170,
    )


def _go_to_event(step: int) -> None:
    """Show the day of the next event, or of the previous one if `step` is negative."""
    names = ("asset", "known_at", "weights")
    screen = load_screen(Selection(**{name: st.session_state[name] for name in names}))
    current = st.session_state["as_of"] or screen.as_of
    target = events.next_event_day(events.list_events(screen.scores, screen.inputs.notes), current, step)
    if target is None:
        st.toast("No later event." if step > 0 else "No earlier event.")
    else:
        st.session_state["as_of"] = target
