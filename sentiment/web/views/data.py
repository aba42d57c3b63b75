"""Data: where every figure comes from, how fresh it is, and what the vendor changed afterwards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.errors import SentimentError
from sentiment.formatting import number, plain_day
from sentiment.market import history, live, providers, roles
from sentiment.tables import export
from sentiment.tables.records.sources import sources_table
from sentiment.web.views import csv_button, may_change

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.market.refresh import Refreshed
    from sentiment.models import Inputs, Selection
    from sentiment.scoring.score import Scores

_FIRST = ["series", "last", "state"]


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the view."""
    del inputs, scored
    st.subheader("Where do the figures come from, and how fresh are they?", anchor=False)
    _sources(selection)
    _refresh(selection)
    _revisions(selection)


def _sources(selection: Selection) -> None:
    table = sources_table(selection.asset, selection.as_of, selection.known_at)
    live = table.loc[table["source"] != "bundled", "source"]
    fetched = " and ".join(f"{count} fetched from {source}" for source, count in live.value_counts().items())
    said = f"{selection.asset} rests on {len(table)} series: {fetched or 'none fetched'}, {len(table) - len(live)} bundled."
    st.caption(f"{said} Choose one to take all of its rows with you.")
    words = table.drop(columns="stale").assign(
        state=table["stale"].map({True: "stale", False: "fresh"}),
        fetched_at=table["fetched_at"].fillna("with the program"),
    )
    order = [*_FIRST, *words.columns.difference(_FIRST, sort=False)]
    st.dataframe(_headed(words[order]), hide_index=True, alt=said)
    with st.container(horizontal=True):
        csv_button(f"{selection.asset}_sources", partial(export.table, "sources", selection), "CSV: this table")
        for symbol in table["series"]:
            csv_button(f"{symbol}_bars-{symbol}", partial(_bars, selection, symbol), f"CSV: {symbol}")


def _headed(table: pd.DataFrame) -> pd.DataFrame:
    """Write the names of columns as words."""
    return table.rename(columns=lambda name: str(name).replace("_", " ").capitalize())


def _bars(selection: Selection, symbol: str) -> pd.DataFrame:
    return history.bars(symbol, selection.as_of, selection.known_at).reset_index()


def _refresh(selection: Selection) -> None:
    st.subheader("Fetch prices", anchor=False)
    if not live.enabled():
        st.caption("This server is set not to ask any network (SENTIMENT_OFFLINE=1).")
        return
    if not may_change():
        return
    with st.form("ask", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Ticker", max_chars=32, placeholder=selection.asset, help="A ticker such as ETH-USD, SPY or ^NDX", width=220
        )
        asked = st.form_submit_button("Fetch", icon=":material/sync:")
    if asked:
        try:
            symbol = providers.normalize(text or selection.asset)
        except SentimentError as error:
            st.error(str(error))
        else:
            st.session_state["fetching"] = roles.symbols_to_fetch(symbol)
            live.ask(st.session_state["fetching"], now=True)
    symbols = st.session_state.get("fetching") or roles.symbols_to_fetch(selection.asset)
    if live.running(symbols) or any(live.outcome(symbol) for symbol in symbols):
        # Only what is under way is looked at again, every second.
        st.fragment(_progress, run_every=1.0 if live.running(symbols) else None)(symbols)


def _progress(symbols: tuple[str, ...]) -> None:
    """Show the refresh as it goes; the rest of the page stays usable."""
    busy = live.running(symbols)
    label = (
        f"Asking {providers.sources_for(busy)} for {', '.join(busy)}"
        if busy
        else f"{providers.sources_for(symbols)} answered"
    )
    with st.status(label, expanded=True, state="running" if busy else "complete"):
        for symbol in symbols:
            outcome = live.outcome(symbol)
            if symbol in busy:
                st.markdown(f"{symbol}: waiting")
            elif isinstance(outcome, SentimentError):
                st.markdown(f"{symbol}: {outcome}")
            elif outcome is not None:
                _outcome(outcome)
    # When the last answer is in, the whole page is drawn again, once.
    if st.session_state.get("busy") and not busy:
        st.session_state["busy"] = busy
        st.rerun()
    st.session_state["busy"] = busy


def _outcome(done: Refreshed) -> None:
    last = plain_day(done.last) if done.last else "none"
    st.markdown(f"{done.symbol}: {done.new:,} new days, {done.revised:,} revised, last bar {last}")
    if done.running is not None:
        close = number(float(done.running["close"]), ",.6g")
        st.markdown(f"{done.symbol}: the bar of {str(done.running.name)[:10]} still runs ({close}); it is not scored")
    if len(done.quarantined):
        st.markdown(f"{done.symbol}: {len(done.quarantined):,} bars were not trusted and are not scored")
        table = done.quarantined.reset_index()[["date", "close", "reason"]]
        said = f"{len(table):,} bars of {done.symbol} were not trusted, each with its reason."
        st.dataframe(_headed(table), hide_index=True, alt=said)


def _revisions(selection: Selection) -> None:
    st.subheader("What did the vendor change afterwards?", anchor=False)
    table = export.table("revisions", selection)
    if table.empty:
        st.caption(f"No saved figure of {selection.asset} was changed since it was first known.")
        return
    said = f"{len(table):,} figures of {selection.asset} were changed after they were first known."
    st.caption(f"{said} The old ones are kept: a pinned link goes on showing them.")
    st.dataframe(_headed(table), hide_index=True, alt=said)
    csv_button(f"{selection.asset}_revisions", partial(export.table, "revisions", selection), "CSV: revisions")
