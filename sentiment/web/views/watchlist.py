"""Watchlist: which of my assets stand out, and what changed since Friday."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from sentiment.errors import BarsError, SentimentError, WatchlistError
from sentiment.formatting import counted, read_day
from sentiment.frames import CARRY_DAYS
from sentiment.market import assets, history, live, providers, roles, watchlist
from sentiment.scoring import ranking
from sentiment.tables.record import Extent
from sentiment.web import markup, sentences
from sentiment.web.page import sign_in, watch_edit, watch_row, watch_table, watch_words
from sentiment.web.page.address import page_address
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.table_files import TableFile, table_buttons
from sentiment.web.page.widgets import folded
from sentiment.web.views import View

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from sentiment.models import Selection
    from sentiment.web.page.screen import Screen

ASKED_ANEW = timedelta(minutes=15)
"""How long an answer holds against the wish to refresh all: sources are asked politely, however often a button is pressed."""
_log = logging.getLogger(__name__)


class Listed(NamedTuple):
    """The symbols of the watchlist, why other names on it are left out, and why it cannot be read (empty if it can)."""

    symbols: tuple[str, ...]
    refused: dict[str, str]
    trouble: str = ""


def headline(screen: Screen) -> str:
    """Return which assets stand out."""
    rows = watch_table.with_reading(watch_table.table(screen.selection, _listed().symbols))
    apart = int(ranking.ended(rows).sum()) if len(rows) else 0
    return watch_words.headline(watch_table.still_traded(rows), apart)


def render(screen: Screen) -> None:
    """Draw the view."""
    listed, selection = _listed(), screen.selection
    table = watch_table.table(selection, listed.symbols)
    current = watch_table.still_traded(watch_table.with_reading(table))
    if words := watch_words.since_friday(current):
        st.markdown(markup.plain(words))
    _troubles(listed)
    if selection.known_at is None:
        _refreshing(listed.symbols)
    _bar(table, listed.symbols)
    if len(current):
        st.html(watch_row.KEY)
    _rows(_sorted(_of_kind(current)), selection)
    apart = watch_table.with_reading(table)
    if len(apart := apart[ranking.ended(apart)] if len(apart) else apart):
        st.caption(markup.plain(watch_words.ended(apart)))
        _rows(_of_kind(apart), selection)
    _without_reading(_of_kind(table[table["missing"].notna()]))
    watch_edit.edit(listed.symbols)
    watch_edit.offer_saved(listed.symbols, is_allowed=sign_in.is_allowed())
    _elsewhere(table, screen)
    st.divider()
    st.caption(
        f"Each asset is read on its own last day. A series counts for at most {CARRY_DAYS} days after its last bar, then it is missing. "
        f"{sentences.NOT_ADVICE}"
    )


def _listed() -> Listed:
    try:
        return Listed(watchlist.symbols(), watchlist.refused())
    except WatchlistError as error:
        _log.warning("%s", error)
        return Listed(assets.bundled_names(), {}, f"{watch_edit.public_message(error)}. The bundled assets are shown.")


def _troubles(listed: Listed) -> None:
    if listed.trouble:
        st.error(markup.plain(listed.trouble), icon=":material/error:")
    if listed.refused:
        told = "; ".join(f"{written!r}: {why}" for written, why in listed.refused.items())
        st.warning(markup.plain(f"Left out of the list: {told}."), icon=":material/playlist_remove:")


def _of_kind(rows: pd.DataFrame) -> pd.DataFrame:
    kind = st.session_state.get("watched_kind")
    return rows if kind is None else rows[rows["kind"] == kind]


def _most_moved(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Return a sort by how far the gap moved; a gap that is not shown, for want of a regime, comes last."""

    def sort(rows: pd.DataFrame) -> pd.DataFrame:
        moved = rows[column].where(rows["regime"].notna()).abs()
        return rows.loc[moved.sort_values(ascending=False, kind="stable").index]

    return sort


SORTS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "Widest gap": lambda rows: rows,
    "Most moved in 1 day": _most_moved("gap_change_1_day"),
    "Most moved in 7 days": _most_moved("gap_change_7_days"),
    "Most moved in 30 days": _most_moved("gap_change_30_days"),
    "Newest regime": lambda rows: rows.sort_values("since", ascending=False, kind="stable"),
    "Most fear": lambda rows: rows.sort_values("fear", ascending=False, kind="stable"),
    "Name": lambda rows: rows.sort_values("name", key=lambda names: names.str.lower(), kind="stable"),
    "Kind": lambda rows: rows.sort_values("kind", kind="stable"),
}


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    return SORTS[st.session_state.get("watched_order") or next(iter(SORTS))](rows)


def _bar(table: pd.DataFrame, symbols: tuple[str, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="watch-bar"):
        st.selectbox("Sort by", list(SORTS), key="watched_order", persist_state="session", width=220)
        kinds = list(dict.fromkeys(table["kind"]))
        if st.session_state.get("watched_kind") not in {None, *kinds}:
            st.session_state["watched_kind"] = None
        st.selectbox(
            "Kind", kinds, index=None, placeholder="Every kind", key="watched_kind", persist_state="session", width=160
        )
        if live.enabled() and sign_in.is_allowed():
            st.button("Refresh all", on_click=_refresh_all, args=(symbols,), icon=":material/sync:", key="refresh-all")


def _rows(rows: pd.DataFrame, selection: Selection) -> None:
    if rows.empty:
        return
    with st.container(key=f"watch-rows-{rows['asset'].iloc[0]}", gap=None):
        with st.container(key=f"watch-head-{rows['asset'].iloc[0]}", horizontal=True):
            st.html('<div class="watch-name"></div>', width=_NAME)
            st.html(watch_row.head())
        for _, row in rows.iterrows():
            with _line(str(row["asset"])):
                _name(row, is_pinned=selection.as_of is not None)
                st.html(watch_row.row(row))


def _without_reading(rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    count = counted(len(rows), "asset has no reading", "assets have no reading")
    st.caption(f"{count} yet." if live.enabled() else f"{count}; this server is set to use no network.")
    with st.container(key="watch-rows-without", gap=None):
        for _, row in rows.iterrows():
            outcome = live.outcome(str(row["asset"]))
            why = str(outcome) if isinstance(outcome, SentimentError) else str(row["missing"])
            with _line(str(row["asset"])):
                st.markdown(_label(row), width=_NAME)
                st.html(watch_row.without_reading(watch_edit.kind(str(row["asset"]), is_at_hand=False), why))


_NAME = 200


def _line(asset: str) -> st.delta_generator.DeltaGenerator:
    return st.container(key=f"watch-line-{asset}", horizontal=True, vertical_alignment="center")


def _label(row: pd.Series) -> str:
    symbol, name = markup.plain(str(row["asset"])), markup.plain(str(row["name"]))
    return f"**{name}**" if name == symbol else f"**{name}** :small[{symbol}]"


def _name(row: pd.Series, *, is_pinned: bool) -> None:
    asset = str(row["asset"])
    last = read_day(str(row["as_of"])) if is_pinned else None
    st.button(
        _label(row),
        key=f"open-{asset}",
        on_click=_open,
        args=(asset, last),
        type="tertiary",
        width=_NAME,
    )


def _open(asset: str, last: object) -> None:
    st.session_state["asset"], st.session_state["view"] = asset, "Today"
    if last is not None:  # the day shown may lie behind this asset's last one
        st.session_state["as_of"] = last


def _refresh_all(symbols: tuple[str, ...]) -> None:
    ages = {symbol: _age(symbol) for symbol in roles.all_to_fetch(symbols)}
    live.ask(symbol for symbol, age in ages.items() if age is None)  # never answered: asked again as the limits allow
    due = [symbol for symbol, age in ages.items() if age is not None and age >= ASKED_ANEW]
    live.ask(due, now=True)
    if not due and None not in ages.values():
        st.toast("Everything was fetched within the last 15 minutes.")


def _age(symbol: str) -> timedelta | None:
    try:
        fetched = history.fetched_at(symbol, None)
    except BarsError:  # the damaged file has been set aside; a refresh fetches it anew
        return None
    return datetime.now(UTC) - fetched if fetched else None


def _refreshing(symbols: tuple[str, ...]) -> None:
    """Have what is stale of the list fetched, and show how far that is or what failed."""
    series = roles.all_to_fetch(symbols)
    live.ask(series)
    if live.running(series):
        st.fragment(_progress, run_every=1.0)(series)
        return
    failures = {name: outcome for name in series if isinstance(outcome := live.outcome(name), SentimentError)}
    if failures:
        sentence, reasons = watch_words.not_refreshed(failures)
        st.warning(markup.plain(sentence), icon=":material/cloud_off:")
        if reasons:
            folded("Which series were not refreshed?", lambda: _list(reasons))


def _list(lines: list[str]) -> None:
    st.markdown("\n".join(f"- {markup.plain(line)}" for line in lines))


def _progress(series: tuple[str, ...]) -> None:
    busy = live.running(series)
    if not busy:
        st.rerun()
    done = len(series) - len(busy)
    st.progress(
        done / len(series),
        text=f"{done} of {len(series)} series are checked; asking {providers.sources_for(busy)}. Meanwhile the table shows what is saved.",
    )


def _elsewhere(table: pd.DataFrame, screen: Screen) -> None:
    """Offer the table as CSV, and its address for spreadsheets, and as a picture."""
    selection, symbols = screen.selection, tuple(table["asset"])
    days = table["as_of"].dropna()
    day = selection.as_of or (days.max() if len(days) else "empty")
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = watch_table.scored(selection)
        table_buttons(
            TableFile(f"watchlist_universe_{day}", "universe", "the whole list", chosen, Extent(assets=symbols))
        )
        figure_menu(
            screen,
            "chart/watchlist",
            watch_words.headline(watch_table.still_traded(watch_table.with_reading(table))),
            about="The watchlist",
        )
        with st.popover("In a spreadsheet", icon=":material/table:"):
            st.caption("For Google Sheets, if its servers can reach this one; Excel takes the address alone.")
            st.code(f'=IMPORTDATA("{page_address()}api/v1/universe.csv")', language=None)


VIEW = View("Watchlist", order=20, tab="Watchlist", render=render, headline=headline)
