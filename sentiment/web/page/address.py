"""The page's address: the link that is read from it, the selection that is written to it, and messages about either."""

from __future__ import annotations

from dataclasses import fields
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from sentiment import settings
from sentiment.market import live
from sentiment.models import Selection
from sentiment.settings import Changes
from sentiment.web import link_assets, links, markup
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
    st.session_state["absent"] = absent = links.absent_asset(pairs)
    told_apart = _why_absent(absent)
    st.session_state["problems"] = tuple(message for message in messages if not absent or told_apart not in message)
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
    """Show which parts of the link were ignored, until the viewer makes another choice."""
    if selection != st.session_state.setdefault("in_address", selection):
        st.session_state["problems"], st.session_state["absent"] = (), ""
    for message in st.session_state["problems"]:
        st.warning(markup.plain(message))


def look_for(asset: str) -> None:
    """Ask for an asset that is not here, in place of the page of another one; empty for none."""
    st.session_state["absent"] = asset


def absent_asset() -> str:
    """Return the asset that the link or the viewer asks for and that is not here; empty if there is none."""
    return str(st.session_state["absent"])


def offer_absent(shown: str) -> None:
    """Say that an asset is not here and offer to fetch it, or to go on with the one that is chosen."""
    absent = absent_asset()
    st.header(markup.plain(_why_absent(absent)), anchor=False)
    wanted, there = link_assets.likely(absent), link_assets.meant(absent)
    with st.container(horizontal=True):
        if there:
            st.button(f"Open {there}", on_click=_open, args=(there,), icon=":material/arrow_forward:")
        elif wanted and live.enabled() and settings.changes() is not Changes.READ_ONLY:
            st.button(f"Fetch {wanted}", on_click=_offer_to_fetch, args=(wanted,), icon=":material/sync:")
        st.button(f"Show {shown}", on_click=look_for, args=("",), type="tertiary", icon=":material/undo:")
    if not there and not (wanted and live.enabled()):
        st.caption(
            "It cannot be the ticker of any price source."
            if wanted is None
            else "This server is set to use no network (SENTIMENT_OFFLINE=1)."
        )


def _why_absent(asset: str) -> str:
    sentence = link_assets.why_absent(asset)
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _open(asset: str) -> None:
    st.session_state["asset"] = asset
    look_for("")


def _offer_to_fetch(ticker: str) -> None:
    look_for("")
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
