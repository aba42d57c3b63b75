"""Data: where every figure comes from, how fresh it is, and what the vendor changed afterwards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.errors import SentimentError
from sentiment.formatting import counted, number, plain_day
from sentiment.market import history, live, providers, roles, terms
from sentiment.tables import withholding
from sentiment.tables.records.revisions import revisions_table
from sentiment.tables.records.sources import sources_table
from sentiment.web import markup
from sentiment.web.page.sign_in import may_change, may_have_all, offer_login
from sentiment.web.page.table_files import TableFile, table_buttons
from sentiment.web.page.widgets import csv_button
from sentiment.web.views import View

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from sentiment.market.refresh import RefreshResult
    from sentiment.models import Selection
    from sentiment.web.page.screen import Screen, ScreenKey

_FIRST = ["series", "last", "state"]


def render(screen: Screen) -> None:
    """Draw the view."""
    st.subheader("Where do the figures come from, and how fresh are they?", anchor=False)
    _sources(screen)
    _refresh(screen.key.asset)
    _revisions(screen)


@st.cache_resource(max_entries=8, ttl=60, show_spinner=False)  # a fresh series becomes stale with time alone
def _sources_table(key: ScreenKey, as_of: date | None) -> pd.DataFrame:
    return sources_table(key.asset, as_of, key.known_at)


@st.cache_resource(max_entries=8, show_spinner=False)
def _revisions_table(key: ScreenKey, as_of: date | None) -> pd.DataFrame:
    return revisions_table(key.asset, as_of)


def _sources(screen: Screen) -> None:
    selection = screen.selection
    table = _sources_table(screen.key, selection.as_of)
    sources = table.loc[table["source"] != "bundled", "source"]
    fetched = " and ".join(f"{count} fetched from {source}" for source, count in sources.value_counts().items())
    sentence = (
        f"{selection.asset} rests on {len(table)} series: {fetched or 'none fetched'}, "
        f"{len(table) - len(sources)} bundled with the program."
    )
    st.caption(f"{sentence} Choose one to download all of its rows.")
    words = table.drop(columns="stale").assign(
        state=table["stale"].map({True: "stale", False: "fresh"}),
        fetched_at=table["fetched_at"].fillna("with the program"),
    )
    order = [*_FIRST, *words.columns.difference(_FIRST, sort=False)]
    said = words[order].dropna(axis="columns", how="all")
    st.dataframe(_with_heads(said), hide_index=True, alt=sentence)
    with st.container(horizontal=True):
        table_buttons(TableFile(f"{selection.asset}_sources", "sources", "this table", selection))
        for symbol in table["series"]:
            csv_button(
                f"{symbol}_bars-{symbol}",
                partial(_bars, selection, symbol),
                f"CSV: {symbol}",
                forbidden=terms.reserved([symbol], selection.known_at),
            )
    if reserved := terms.reserved(table["series"], selection.known_at):
        if not may_have_all():
            st.caption(markup.plain(withholding.sentence(reserved)))
        offer_login()


def _with_heads(table: pd.DataFrame) -> pd.DataFrame:
    """Write the names of columns as words."""
    return table.rename(columns=lambda name: str(name).replace("_", " ").capitalize())


def _bars(selection: Selection, symbol: str) -> pd.DataFrame:
    return history.bars(symbol, selection.as_of, selection.known_at).reset_index()


def _refresh(asset: str) -> None:
    st.subheader("Is a ticker missing or old?", anchor=False)
    if not live.enabled():
        st.caption("This server is set to use no network (SENTIMENT_OFFLINE=1).")
        return
    if not may_change():
        return
    with st.form("ask", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        # A default reaches the browser with every run; a value set by its key is sent once, and a second run may overtake it.
        offered = st.session_state.get("offered_ticker", "")
        text = st.text_input(
            "Ticker",
            value=offered,
            key=f"ticker-{offered}",
            max_chars=32,
            placeholder=asset,
            help="A ticker such as ETH-USD, SPY or ^NDX",
            width=220,
        )
        submitted = st.form_submit_button("Fetch", icon=":material/sync:")
    if submitted:
        try:
            symbol = providers.normalize(text or asset)
        except SentimentError as error:
            st.error(markup.plain(str(error)))
        else:
            st.session_state["fetching"] = roles.symbols_to_fetch(symbol)
            live.ask(st.session_state["fetching"], now=True)
    symbols = st.session_state.get("fetching") or roles.symbols_to_fetch(asset)
    if live.running(symbols) or any(live.outcome(symbol) for symbol in symbols):
        # Only the progress is redrawn every second, and only while a refresh runs.
        st.fragment(_progress, run_every=1.0 if live.running(symbols) else None)(symbols)


def _progress(symbols: tuple[str, ...]) -> None:
    """Show the refresh as it goes; the rest of the page stays usable."""
    busy = live.running(symbols)
    answered = [symbol for symbol in symbols if not isinstance(live.outcome(symbol), SentimentError)]
    if busy:
        label = f"Asking {providers.sources_for(busy)} for {', '.join(busy)}"
    elif answered:
        label = f"Fetched {len(answered)} of {len(symbols)} series from {providers.sources_for(answered)}"
    else:
        label = "Nothing was fetched"
    with st.status(label, expanded=True, state="running" if busy else "complete" if answered else "error"):
        for symbol in symbols:
            outcome = live.outcome(symbol)
            if symbol in busy:
                st.markdown(f"{symbol}: waiting")
            elif isinstance(outcome, SentimentError):
                st.markdown(markup.plain(f"{symbol}: {outcome}"))
            elif outcome is not None:
                _outcome(outcome)
    # Redraw the whole page once, after the last answer.
    if st.session_state.get("busy") and not busy:
        st.session_state["busy"] = busy
        st.rerun()
    st.session_state["busy"] = busy


def _outcome(refreshed: RefreshResult) -> None:
    last = plain_day(refreshed.last) if refreshed.last else "none"
    st.markdown(
        f"{refreshed.symbol}: {counted(refreshed.new, 'new day')}, {refreshed.revised:,} revised, last bar {last}"
    )
    if refreshed.running is not None:
        close = number(float(refreshed.running["close"]), ",.6g")
        st.markdown(
            f"{refreshed.symbol}: the bar of {str(refreshed.running.name)[:10]} is not final yet ({close}), so it is not scored"
        )
    if len(refreshed.quarantined):
        st.markdown(
            f"{refreshed.symbol}: {counted(len(refreshed.quarantined), 'bar was not trusted and is', 'bars were not trusted and are')} not scored"
        )
        if refreshed.held_back:
            st.markdown(markup.plain(f"Held back, to be requested again: {refreshed.held_back}."))
        table = refreshed.quarantined.reset_index()[["date", "close", "reason"]]
        if not may_have_all():  # a viewer can save any table of the page
            table = withholding.of_rows(table, {"close"}, terms.reserved([refreshed.symbol])).rest(table)
        sentence = f"Each bar of {refreshed.symbol} that was not trusted, with its reason."
        st.dataframe(_with_heads(table), hide_index=True, alt=sentence)


def _revisions(screen: Screen) -> None:
    st.subheader("What did the vendor change afterwards?", anchor=False)
    asset = screen.key.asset
    table = _revisions_table(screen.key, screen.selection.as_of)
    if table.empty:
        st.caption(f"No saved figure of {asset} has been changed since it was first known.")
        return
    sentence = counted(
        len(table),
        f"figure of {asset} was changed after it was first known.",
        f"figures of {asset} were changed after they were first known.",
    )
    st.caption(f"{sentence} The old ones are kept: a pinned link still shows them.")
    if not may_have_all():  # a viewer can save any table of the page
        table = withholding.of_table("revisions", screen.selection, table).rest(table)
    st.dataframe(_with_heads(table), hide_index=True, alt=sentence)
    csv_button(f"{asset}_revisions", lambda: table, "CSV: revisions")


VIEW = View("Data", order=80, tab="More", render=render)
