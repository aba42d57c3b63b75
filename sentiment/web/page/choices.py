"""The controls that all views share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="bar"):
        view = st.segmented_control(
            "View",
            links.VIEWS,
            default=Selection().view,
            required=True,
            key="view",
            wrap=True,
            label_visibility="collapsed",
        )
        asset = _asset()
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
        with st.popover("Share", icon=":material/link:", key="share"):
            popover = st.container()
    selection = Selection(
        asset=asset,
        view=view or Selection().view,
        range=_kept("range"),
        as_of=as_of,
        known_at=known_at,
        log=_kept("log"),
        note=st.session_state.get("note", opened.note),
        correct=st.session_state.get("correct", opened.correct),
        weights=st.session_state["weights"],
        seed=st.session_state["seed"],
    )
    return selection, popover


def _kept(name: str) -> Any:  # noqa: ANN401 - of the field's own type
    """Return the value of a control that a view draws further down, and keep it where the view has none.

    Streamlit forgets a control that a run does not draw, unless its value is set anew.
    """
    value = st.session_state.get(name)
    st.session_state[name] = getattr(Selection(), name) if value is None else value
    return st.session_state[name]


def range_and_scale() -> None:
    """Draw the controls of a chart over time: its range, and the scale of its price."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
        st.segmented_control(
            "Range",
            list(links.RANGES),
            default=Selection().range,
            required=True,
            key="range",
            label_visibility="collapsed",
        )
        st.toggle("Log scale", value=Selection().log, key="log")


def _asset() -> str:
    symbols = assets.names()
    chosen: str = st.selectbox(
        "Asset", symbols, index=symbols.index(Selection().asset), key="asset", width=160, label_visibility="collapsed"
    )
    return chosen


def _as_of(first: date, last: date) -> date | None:
    return st.date_input(
        "As of (empty: latest)",
        value=None,
        min_value=first,
        max_value=last,
        key="as_of",
        format="YYYY-MM-DD",
        width=160,
        label_visibility="collapsed",
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
