"""The menu of a figure: its picture as PNG and SVG, its citation, and its words for readers who cannot see it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from sentiment import files
from sentiment.models import Selection
from sentiment.tables.record import SEVERAL
from sentiment.web import citation, links
from sentiment.web.page.address import page_address
from sentiment.web.picture_names import ADDRESS, PICTURES
from sentiment.web.picture_subjects import subjects

if TYPE_CHECKING:
    from sentiment.web.page.screen import Screen


def figure_menu(screen: Screen, key: str, says: str, words: str = "", about: str = "") -> None:
    """Offer a figure to hand on; the menu is filled only once it is opened.

    Parameters
    ----------
    screen : Screen
        What is shown.
    key : str
        The name of its picture.
    says : str
        What it shows, in a sentence to be cited.
    words : str
        The same for readers who cannot see it, where that is more.
    about : str
        What it is about, where that is not the asset on the day shown.
    """
    menu = st.popover(
        "Picture, cite", icon=":material/format_quote:", type="tertiary", key=f"cite-{key}", on_change="rerun"
    )
    if not menu.open:
        return
    says = says.replace("**", "")
    pinned = citation.frozen(replace(screen.selection, chart=None), screen.as_of)
    cited = citation.cite(says, pinned, page_address(), about, subjects(key, screen.selection))
    with menu:
        _pictures(screen, key)
        stays = "" if citation.stays(pinned) else " (its link may still change)"
        for title, text in (
            (f"Short{stays}", cited.short),
            ("Full", cited.full),
            ("BibTeX", cited.bibtex),
            ("In words, for readers who cannot see it", words.replace("**", "") or says),
        ):
            st.caption(title)
            st.code(text, language=None, wrap_lines=True)


def _selected(screen: Screen, key: str) -> Selection:
    """Return what the picture shows: for good the day of the screen, unless each asset of the watchlist has its own."""
    chosen = screen.selection
    if SEVERAL in PICTURES[key].parameters:
        return Selection(as_of=chosen.as_of, known_at=chosen.known_at, weights=chosen.weights)
    return replace(chosen, as_of=screen.as_of, chart=None)


def _pictures(screen: Screen, key: str) -> None:
    html, css, js = (files.FIGURE.with_suffix(kind).read_text("utf-8") for kind in (".html", ".css", ".js"))
    query = links.to_query(_selected(screen, key))
    # Relative, so that it holds behind a proxy that serves the page under a path of its own.
    addresses = {form: f"{ADDRESS}{key}.{form}?{query}" for form in ("png", "svg")}
    st.components.v2.component("figure", html=html, css=css, js=js)(key=f"picture-{key}", data=addresses)
