"""Changing the watchlist on the page: paste tickers in any form, see what each is read as, and save."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment import settings
from sentiment.errors import BarsError, SentimentError, WatchlistError
from sentiment.formatting import visible
from sentiment.market import asset_class, assets, pasted, watchlist
from sentiment.settings import Changes
from sentiment.web import markup
from sentiment.web.page.sign_in import may_change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sentiment.market.pasted import Name

LONGEST = 10_000
"""Characters of a pasted list."""
_FIELD, _GONE = "pasted_list", "taken_off"
_log = logging.getLogger(__name__)


def edit(listed: tuple[str, ...]) -> None:
    """Offer to change the list, or say who may.

    Parameters
    ----------
    listed : tuple of str
        The symbols that are on it.
    """
    if failure := st.session_state.pop("watchlist_failure", None):
        st.error(markup.plain(failure), icon=":material/error:")
    with st.expander("Change the list", icon=":material/edit:", key="change-list"):
        if watchlist.set_by_operator():
            st.caption(
                f"The operator of this server has set the list ({watchlist.VARIABLE}); it cannot be changed here."
            )
        elif may_change():
            _paste(listed)
            _take_off(listed)


def offer_saved(listed: tuple[str, ...], *, is_allowed: bool) -> None:
    """Name the assets whose prices are saved here and that are not on the list."""
    others = [symbol for symbol in assets.names() if symbol not in listed]
    if not others:
        return
    shown = f"{', '.join(others[:10])}{f' and {len(others) - 10:,} more' if len(others) > 10 else ''}"  # noqa: PLR2004
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(markup.plain(f"Saved here but not on the list: {shown}."), width="content")
        if is_allowed and not watchlist.set_by_operator() and len(listed) + len(others) <= watchlist.MOST:
            st.button("Add them", on_click=_save, args=(watchlist.add, others), type="tertiary", icon=":material/add:")


def public_message(error: SentimentError) -> str:
    """Return what is wrong; on a shared server without where the file is."""
    if settings.changes() is Changes.OPEN or not isinstance(error, WatchlistError):
        return str(error)
    return f"{error.brief}; `sentiment doctor` on the server says why"


def _paste(listed: tuple[str, ...]) -> None:
    text = st.text_area(
        "Paste tickers in any form",
        key=_FIELD,
        max_chars=LONGEST,
        height=100,
        placeholder="BTC, ETH, $NVDA; SPY",
        help="Codes, pairs and exchanges in other spellings work too: BRK.B, EUR/USD, NASDAQ:AAPL, 700.HK.",
    )
    names = pasted.read(text or "")
    if not names:
        return
    found = [name for name in names if name.symbol]
    fresh = [name.symbol for name in found if name.symbol not in listed]
    if found:
        sentence = f"{len(found)} read as assets, {len(fresh)} of them new."
        st.caption(sentence)
        at_hand = frozenset(assets.names())
        st.dataframe(pd.DataFrame([_told(name, listed, at_hand) for name in found]), hide_index=True, alt=sentence)
    if refused := [f"{name.written!r}: {name.why}" for name in names if not name.symbol]:
        st.warning(markup.plain(f"Left out: {'; '.join(refused)}."), icon=":material/playlist_remove:")
    with st.container(horizontal=True):
        st.button(
            f"Add {len(fresh)} to the list",
            on_click=_save,
            args=(watchlist.add, fresh),
            type="primary",
            disabled=not fresh,
            key="add-pasted",
        )
        st.button(
            "Replace the list with these",
            on_click=_save,
            args=(watchlist.replace, [name.symbol for name in found]),
            disabled=not found,
            key="replace-by-pasted",
        )


def _told(name: Name, listed: tuple[str, ...], at_hand: frozenset[str]) -> dict[str, str]:
    symbol = name.symbol
    state = "on the list" if symbol in listed else "saved here" if symbol in at_hand else "to be fetched"
    return {
        "Written": visible(name.written),
        "Ticker": symbol,
        "Name": pasted.title(symbol),
        "Kind": kind(symbol, is_at_hand=symbol in at_hand),
        "State": f"{state}; {name.hint}" if name.hint else state,
    }


def kind(symbol: str, *, is_at_hand: bool) -> str:
    """Return the kind of an asset, as far as it is known before its source has said it."""
    if is_at_hand:
        with suppress(BarsError):  # the table says that they cannot be read
            return asset_class.asset_class(symbol)
    likely = asset_class.class_by_symbol(symbol)
    return "share or fund" if likely == "share" else likely


def _take_off(listed: tuple[str, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        gone = st.multiselect("Remove from the list", listed, key=_GONE, placeholder="Choose assets")
        st.button("Take off", on_click=_save, args=(watchlist.remove, gone), disabled=not gone, key="take-off")


def _save(change: Callable[[Iterable[str]], None], symbols: Iterable[str]) -> None:
    try:
        change(symbols)
    except SentimentError as error:
        _log.warning("the watchlist was not changed: %s", error)
        st.session_state["watchlist_failure"] = public_message(error)
        return
    st.session_state[_FIELD], st.session_state[_GONE] = "", []
    st.session_state["message"] = "The watchlist is saved."
