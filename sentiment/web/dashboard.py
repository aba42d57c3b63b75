"""The dashboard's script: the choices that all views share, the sentence on top, then one view.

The views switch by a control, not by `st.navigation`, whose pages have paths of their own: links name the view in the query.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from sentiment import files, settings
from sentiment.errors import BarsError, SelectionError, StoreError
from sentiment.market import assets, history, live, roles
from sentiment.research import library
from sentiment.scoring.score import headline
from sentiment.settings import Changes
from sentiment.web import link_assets, markup, sentences, streamlit_state, views
from sentiment.web.page import address, choices, embedded, own_weights, share, status
from sentiment.web.page.screen import load_screen
from sentiment.web.security import texts

if TYPE_CHECKING:
    from sentiment.errors import NoteError
    from sentiment.models import Selection

_log = logging.getLogger(__name__)
_VIEWS = views.registry()
_VIEW_OF_PARAMETER = {name: view.name for view in _VIEWS.values() for name in view.parameters}


def main() -> None:
    """Draw the page, without the saved notes if they cannot be read.

    Reading a damaged price file sets it aside, so that the next run goes on without it.
    """
    trouble = library.trouble()
    try:
        with library.bundled_only() if trouble else nullcontext():
            _page(f"{_reason(trouble)} Only the bundled notes are shown." if trouble else "")
        st.session_state.pop("lost_day", None)
    except BarsError as error:
        _log.warning("the prices cannot be shown: %s", error)
        message = f"{error.brief}."
        if message in st.session_state.get("problems", ()):  # the file could not be set aside: do not rerun for ever
            st.error(markup.plain(message), icon=":material/database_off:")
            return
        address.add_problems(message)
        st.rerun()
    except SelectionError as error:  # the day went while the page was drawn: a restore put older prices in its place
        if st.session_state.get("lost_day") == str(error):
            raise
        st.session_state["lost_day"] = str(error)
        st.rerun()


def _reason(trouble: StoreError | NoteError) -> str:
    """Return why the notes cannot be read; on a shared server without where they are kept."""
    if settings.changes() is Changes.OPEN or not isinstance(trouble, StoreError):
        return str(trouble)
    return f"{trouble.brief}; `sentiment doctor` on the server says why."


def _page(trouble: str) -> None:
    st.set_page_config(page_title="Sentiment: fear and fundamentals", page_icon=str(files.ICON), layout="wide")
    opened = address.opened_selection()
    if opened.chart is not None:
        address.show_problems(opened)
        if absent := address.absent_asset():
            st.warning(markup.plain(f"{link_assets.why_absent(absent)}."))
        else:
            embedded.render(opened)
        return
    selection, popover = choices.ask(opened, views.tabs())
    view = _VIEWS[selection.view]
    selection = view.choose(selection)
    share.offer(popover, selection, _without_other_views(selection))
    address.show_problems(_without_other_views(selection))
    if trouble:
        st.error(markup.plain(trouble), icon=":material/database_off:")
    if refused := texts.why_refused(streamlit_state.own_session()):
        st.error(refused, icon=":material/text_snippet:")
    if message := st.session_state.pop("message", None):
        st.success(markup.plain(message), icon=":material/check:")
    if address.absent_asset():
        address.offer_absent(selection.asset)
        st.caption(sentences.NOT_ADVICE)
        return
    if selection.known_at is None:
        live.ask(roles.symbols_to_fetch(*(selection.assets or (selection.asset,))))
    screen = load_screen(selection)
    if view.headline is None:
        stale_days = history.stale_days(selection.asset, screen.as_of, selection.known_at)
        asset = assets.asset(selection.asset, selection.known_at)
        st.header(headline(screen.scores, asset, stale_days), anchor=False)
        status.refresh(selection, screen.as_of)
    else:
        st.header(view.headline(screen), anchor=False)
    status.pinned(screen)
    own_weights.show_weights(selection.weights)
    address.keep(_without_other_views(selection))
    view.render(screen)
    if view.headline is None:
        status.footer(screen)


def _without_other_views(selection: Selection) -> Selection:
    """Return a selection without what links hold on another view only."""
    elsewhere: dict[str, Any] = {name: None for name, view in _VIEW_OF_PARAMETER.items() if selection.view != view}
    return replace(selection, **elsewhere)


if __name__ == "__main__":
    main()
