"""The page's address: the link that is read from it, the selection that is written to it, and messages about either."""

from __future__ import annotations

from dataclasses import fields
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from sentiment import settings
from sentiment.market import assets, live
from sentiment.models import Selection
from sentiment.settings import Changes
from sentiment.web import links, markup
from sentiment.web.page import own_weights
from sentiment.web.streamlit_state import went_through_history


def page_address() -> str:
    """Return the address of the page, without its query."""
    address = str(st.context.url or "").split("?")[0]
    return f"{address}/" if address and not urlsplit(address).path else address


def opened_selection() -> Selection:
    """Return the selection of the link that opened the page, and set the controls to it.

    The link is read when the page opens and when the browser goes back or forward to it, each time before the first control is
    drawn. A page that opened as one chart stays one.
    """
    opened: Selection | None = st.session_state.get("opened")
    if opened is None or (opened.chart is None and went_through_history()):
        opened = _read_address()
    # A view may set a control that is drawn before it only in the next run.
    for name, value in st.session_state.pop("next_choices", {}).items():
        st.session_state[name] = value
    return opened


def _read_address() -> Selection:
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    selection, messages = links.from_pairs(pairs)
    st.session_state["problems"], st.session_state["wanted"] = messages, links.wanted_asset(pairs)
    st.session_state.pop("in_address", None)
    st.session_state["opened"] = selection
    for field in fields(Selection):
        st.session_state[field.name] = getattr(selection, field.name)
    own_weights.set_weights(selection.weights)
    return selection


def add_problems(*messages: str) -> None:
    """Keep messages for `show_problems`."""
    st.session_state["problems"] = (*st.session_state.get("problems", ()), *messages)


def show_problems(selection: Selection) -> None:
    """Show which parts of the link were ignored, and offer the asset that it asks for, until the viewer makes another choice."""
    if selection != st.session_state.setdefault("in_address", selection):
        st.session_state["problems"], st.session_state["wanted"] = (), None
    for message in st.session_state["problems"]:
        st.warning(markup.plain(message))
    wanted = st.session_state["wanted"]
    if wanted is None or selection.chart is not None:
        return
    if wanted in assets.names():
        st.button(f"Open {wanted}", on_click=_open, args=(wanted,), icon=":material/arrow_forward:")
    elif live.enabled() and settings.changes() is not Changes.READ_ONLY:
        st.button(f"Fetch {wanted}", on_click=_offer_to_fetch, args=(wanted,), icon=":material/sync:")


def _open(asset: str) -> None:
    st.session_state["asset"] = asset


def _offer_to_fetch(ticker: str) -> None:
    st.session_state["view"] = "Data"
    st.session_state["offered_ticker"] = ticker


def keep(selection: Selection) -> None:
    """Write the selection to the address once it is another than the one that is there, as a new entry of the browser's history.

    All parameters go in one message, for each is an entry. An address that was opened or gone back to stays as it is: to write it
    again in our spelling would make an entry that only leads back.
    """
    if selection != st.session_state.setdefault("in_address", selection):
        st.session_state["in_address"] = selection
        st.query_params.from_dict(dict(parse_qsl(links.to_query(selection), keep_blank_values=True)))
