"""The page's address: the link that opened it, the parameters that ours must keep in it, and messages about either."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.models import Selection
from sentiment.scoring.weights import format_weights
from sentiment.web import links, markup

if TYPE_CHECKING:
    from collections.abc import Mapping


def page_address() -> str:
    """Return the address of the page, without its query."""
    return str(st.context.url or "").split("?")[0]


def opened_selection() -> Selection:
    """Return the selection of the link that opened the page, and set the controls to it.

    The query is read once, before the first control is drawn: the controls read it too, by laxer rules, and must not win.
    """
    if "opened" not in st.session_state:
        pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
        st.session_state["opened"], messages = links.from_pairs(pairs)
        add_problems(*messages)
        for field in fields(Selection):
            st.session_state[field.name] = getattr(st.session_state["opened"], field.name)
    # A view may set a control that is drawn before it only in the next run.
    for name, value in st.session_state.pop("next_choices", {}).items():
        st.session_state[name] = value
    selection: Selection = st.session_state["opened"]
    return selection


def add_problems(*messages: str) -> None:
    """Keep messages for `show_problems`."""
    st.session_state["problems"] = (*st.session_state.get("problems", ()), *messages)


def show_problems(selection: Selection) -> None:
    """Show which parts of the link were ignored, until the viewer makes another choice."""
    if selection != st.session_state.setdefault("first", selection):
        st.session_state["problems"] = ()
    for message in st.session_state["problems"]:
        st.warning(markup.plain(message))


def keep_parameters(selection: Selection, view_of: Mapping[str, str]) -> None:
    """Write to the address what no control is bound to: weights, and the parameters that belong to one view.

    Parameters
    ----------
    selection : Selection
        What is shown.
    view_of : mapping of str to str
        The view of each parameter that the address holds on that view only.
    """
    parameters = {"weights": format_weights(selection.weights) if selection.weights else None}
    for name, view in view_of.items():
        parameters[name] = getattr(selection, name) if selection.view == view else None
    for name, value in parameters.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value
