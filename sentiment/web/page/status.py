"""The lines around a view that say what it rests on: a refresh under way, a pinned day, the source."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.errors import DataError, OfflineError, SentimentError, SourceError
from sentiment.formatting import ago, plain_day
from sentiment.frames import CARRY_DAYS
from sentiment.market import history, live, providers, roles
from sentiment.scoring import events
from sentiment.web import markup, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from sentiment.models import Selection
    from sentiment.web.page.screen import Screen


def refresh(selection: Selection, as_of: date) -> None:
    """Show that a refresh is running or why it failed; redraw the page once it has ended."""
    if selection.known_at is not None:
        return
    shown = selection.assets or (selection.asset,)
    symbols = roles.symbols_to_fetch(*shown)
    _held_back((*shown, *symbols))
    if live.running(symbols):
        _wait(symbols)
        return
    outcomes = {symbol: live.outcome(symbol) for symbol in symbols}
    failures = {symbol: error for symbol, error in outcomes.items() if isinstance(error, SentimentError)}
    if failures:
        st.warning(markup.plain(failures_in_words(failures, as_of)), icon=":material/cloud_off:")


def failures_in_words(failures: Mapping[str, SentimentError], as_of: date) -> str:
    """Return why series were not refreshed, sources out of reach in one sentence, and to which day the prices shown are saved."""
    away = [symbol for symbol, error in failures.items() if isinstance(error, OfflineError)]
    messages = [f"Can't reach {providers.sources_for(away)}."] if away else []
    messages += [_words(error) for symbol, error in failures.items() if symbol not in away]
    if any(isinstance(error, SourceError) and error.keeps_prices for error in failures.values()):
        messages.append(f"The page shows saved prices, to {plain_day(as_of)}.")
    return " ".join(dict.fromkeys(messages))


def _held_back(symbols: Iterable[str]) -> None:
    """Show which prices of the series behind the page are not believed."""
    for symbol in dict.fromkeys(symbols):
        if reason := history.held_back(symbol):
            source = history.source(symbol, None)
            text = f"{symbol}: {source} contradicts itself, so some of its prices are not scored: {reason}. Every refresh asks for them again."
            st.warning(markup.plain(text), icon=":material/report:")


def _words(error: SentimentError) -> str:
    return f"{error.brief}." if isinstance(error, DataError) else str(error)


@st.fragment(run_every=1.0)
def _wait(symbols: tuple[str, ...]) -> None:
    busy = live.running(symbols)
    if not busy:
        st.rerun()
    st.caption(
        f":material/sync: Asking {providers.sources_for(busy)} for {', '.join(busy)}; meanwhile the page shows what is saved."
    )


def pinned(screen: Screen) -> None:
    """Show what a screen of a past day or instant leaves out, and the way back to the present."""
    if screen.selection.as_of is None and screen.selection.known_at is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="pinned"):
        st.caption(pinned_sentences(screen, markup.plain))
        st.button("Go live", on_click=_go_live, type="tertiary", icon=":material/update:")


def pinned_sentences(screen: Screen, escaped: Callable[[str], str] = str) -> str:
    """Return what a screen of a past day or instant leaves out, and what happened on the day; its events may come from outside."""
    known_at, notes = screen.selection.known_at, screen.inputs.notes
    text = f"As it was known at the end of {plain_day(screen.as_of)} (UTC); nothing later is shown."
    if late := sentences.left_out(screen.inputs):
        text += f" {late}"
    if todays := events.events_on(events.list_events(screen.scores, notes), screen.as_of):
        text += f" On this day: {escaped('; '.join(todays))}."
    if known_at is not None:
        text += f" Prices as they were saved by {known_at:%Y-%m-%d %H:%M:%S} UTC, before any later revision."
    return text


def _go_live() -> None:
    st.session_state["as_of"] = None
    st.session_state["known_at"] = None


def footer(screen: Screen) -> None:
    """Show the source and age of the figures."""
    source = screen.provenance
    age = "" if screen.selection.as_of else f", {ago((datetime.now(UTC).date() - source.last_bar).days)}"
    fetched = f", fetched {source.fetched_at:%Y-%m-%d %H:%M} UTC" if source.fetched_at else ""
    others = "; ".join(f"{title} to {plain_day(last)}" for title, last in source.last_bars.items())
    st.divider()
    st.caption(
        f"Source: {source.source}{fetched}. {screen.selection.asset} to {plain_day(source.last_bar)}{age}; {others}. "
        f"A series counts for at most {CARRY_DAYS} days after its last bar, then it is missing. "
        f"{sentences.NOT_ADVICE}"
    )
