"""The dashboard's script: the choices that every view shares, bound to the URL, the sentence on top, then one view.

The views switch by a bound control and not by `st.navigation`: measured, the latter loses bound parameters on page changes.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from sentiment import files, settings
from sentiment.errors import BarsError, SelectionError, SentimentError, SourceError, StoreError
from sentiment.formatting import plain_day
from sentiment.market import assets, history, live, providers, roles
from sentiment.models import Selection
from sentiment.research import library
from sentiment.scoring import events
from sentiment.scoring.score import headline
from sentiment.scoring.weights import write
from sentiment.settings import Changes
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import names
from sentiment.web import links, markup, report
from sentiment.web.views import (
    add_notes,
    data,
    embedded,
    evidence,
    load,
    method,
    overview,
    research,
    shown,
    universe,
    weights,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.errors import NoteError
    from sentiment.models import Inputs, Note
    from sentiment.scoring.score import Scores


_OF_A_NOTE = {"note": "Research", "correct": "Add notes"}  # kept in the address by hand, and only on their view
VIEWS: dict[str, Callable[[Selection, Inputs, Scores], None]] = {
    "Overview": overview.render,
    "Universe": universe.render,
    "Research": research.render,
    "Add notes": add_notes.render,
    "Evidence": evidence.render,
    "Weights": weights.render,
    "Method": method.render,
    "Data": data.render,
}


def main() -> None:
    """Draw the page; damaged saved prices are set aside by whoever meets them, so the next try goes without them."""
    # A page without the saved notes says so, and is drawn all the same.
    trouble = library.trouble()
    try:
        with library.bundled_only() if trouble else nullcontext():
            _page(f"{_told(trouble)} Only the bundled notes are shown." if trouble else "")
        st.session_state.pop("gone", None)
    except BarsError as error:
        said, before = f"{error}.", st.session_state.get("problems", ())
        if said in before:  # it stays where it is: another try would find it again, for ever
            st.error(markup.plain(said), icon=":material/database_off:")
            return
        st.session_state["problems"] = (*before, said)
        st.rerun()
    except SelectionError as error:  # a day that was there a moment ago: a restore put older prices in its place
        if st.session_state.get("gone") == str(error):
            raise
        st.session_state["gone"] = str(error)
        st.rerun()


def _told(trouble: StoreError | NoteError) -> str:
    """Say why the notes cannot be read; on a shared server not where they are kept, which is no viewer's business."""
    if settings.changes() is Changes.OPEN or not isinstance(trouble, StoreError):
        return str(trouble)
    return f"{trouble.brief}; `sentiment doctor` on the server says why."


def _page(trouble: str) -> None:
    st.set_page_config(page_title="Sentiment: fear and fundamentals", page_icon=str(files.ICON), layout="wide")
    st.html(files.PAGE_STYLE)
    asked = _asked()
    if asked.chart is not None:
        _problems(asked)
        embedded.render(asked)
        return
    selection = _choices(asked)
    if selection.known_at is None:
        live.ask(roles.symbols_to_fetch(selection.asset))
    _problems(selection)
    if trouble:
        st.error(markup.plain(trouble), icon=":material/database_off:")
    if said := st.session_state.pop("told", None):
        st.success(markup.plain(said), icon=":material/check:")
    what = shown(selection)
    until = what.as_of
    inputs, scored = load(what)
    st.header(headline(scored), anchor=False)
    _freshness(selection, until)
    if selection.as_of is not None or selection.known_at is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                _pinned_words(selection, until, events.on(events.events(scored, inputs.notes), until), inputs.notes)
            )
            st.button("Go live", on_click=_show_latest, type="tertiary", icon=":material/update:")
    _own_weights(selection)
    for name, view in _OF_A_NOTE.items():
        if selection.view != view or getattr(selection, name) is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != getattr(selection, name):
            st.query_params[name] = getattr(selection, name)
    VIEWS[selection.view](selection, inputs, scored)
    _footer(selection, until)


def _asked() -> Selection:
    """Read the link once, before any control does, and keep what could not be followed for the viewer."""
    if "asked" not in st.session_state:
        query = urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
        st.session_state["asked"], problems = links.from_query(query)
        st.session_state["problems"] = (*st.session_state.get("problems", ()), *problems)
        # The controls read the link too, by laxer rules: what we made of it stands.
        for field in fields(Selection):
            st.session_state[field.name] = getattr(st.session_state["asked"], field.name)
    # What a view asked for once its controls were drawn is set before they are drawn again.
    for name, value in st.session_state.pop("go", {}).items():
        st.session_state[name] = value
    asked: Selection = st.session_state["asked"]
    return asked


def _problems(selection: Selection) -> None:
    """Say what of the link could not be followed, until the viewer chooses something else."""
    if selection != st.session_state.setdefault("first", selection):
        st.session_state["problems"] = ()
    for problem in st.session_state["problems"]:
        st.warning(markup.plain(problem))


def _choices(asked: Selection) -> Selection:
    default = Selection()
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", key="views"):
        view = st.segmented_control(
            "View",
            links.VIEWS,
            default=default.view,
            required=True,
            key="view",
            bind="query-params",
            wrap=True,
            label_visibility="collapsed",
        )
        with st.popover("Share", icon=":material/link:", key="share"):
            place = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="choices"):
        symbols = [asset.symbol for asset in assets.assets()]
        asset = st.selectbox(
            "Asset", symbols, index=symbols.index(default.asset), key="asset", bind="query-params", width=160
        )
        span = st.segmented_control(
            "Range", list(links.RANGES), default=default.range, required=True, key="range", bind="query-params"
        )
        known_at = st.session_state["known_at"]
        first, last = history.span(asset, known_at)
        as_of = st.date_input(
            "As of (empty: latest)",
            value=None,
            min_value=first,
            max_value=last,
            key="as_of",
            bind="query-params",
            format="YYYY-MM-DD",
            width=170,
        )
        for by, icon, words in ((-1, "skip_previous", "Event before"), (1, "skip_next", "Event after")):
            st.button(
                words,
                on_click=_step,
                args=(by,),
                icon=f":material/{icon}:",
                help="The day of a note or of a new regime",
                key=f"step{by}",
            )
        log = st.toggle("Log scale", value=default.log, key="log", bind="query-params")
    selection = Selection(
        asset=asset,
        view=view or default.view,
        range=span or default.range,
        as_of=as_of,
        known_at=known_at,
        log=log,
        note=st.session_state.get("note", asked.note),
        correct=st.session_state.get("correct", asked.correct),
    )
    selection = replace(selection, weights=st.session_state["weights"], seed=st.session_state["seed"])
    if selection.view == "Evidence":
        selection = _judged(selection)
    if selection.view == "Research":
        selection = _sought(selection)
    _share(place, selection, last)
    return selection


def _step(by: int) -> None:
    """Go to the day of the event before or after the one that is shown."""
    asset, known_at = st.session_state["asset"], st.session_state["known_at"]
    inputs, scored = load(shown(Selection(asset=asset, known_at=known_at, weights=st.session_state["weights"])))
    current = st.session_state["as_of"] or scored.axes.index[-1].date()
    found = events.step(events.events(scored, inputs.notes), current, by)
    if found is None:
        st.toast("No later event." if by > 0 else "No earlier event.")
    else:
        st.session_state["as_of"] = found


def _judged(selection: Selection) -> Selection:
    """Ask which series is judged, and over which horizon."""
    default = Selection()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        series = st.selectbox(
            "Series judged",
            names(),
            index=names().index(default.series),
            key="series",
            bind="query-params",
            width=150,
        )
        horizon = st.segmented_control(
            "Horizon, days", HORIZONS, default=default.horizon, required=True, key="horizon", bind="query-params"
        )
    return replace(selection, series=series, horizon=horizon or default.horizon)


def _sought(selection: Selection) -> Selection:
    """Ask which notes to show."""
    known = library.published_by(library.today(selection.as_of, selection.known_at), selection.known_at)
    options = links.filters(known)
    for name, known_ones in options.items():
        if (asked := st.session_state.get(name)) not in {None, *known_ones}:
            said = f"No note known then has the {name} {asked}; all are shown."
            st.session_state["problems"] = (*st.session_state["problems"], said)
            st.session_state[name] = None
    chosen: dict[str, Any] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        chosen["find"] = st.text_input(
            "Search the notes",
            key="find",
            bind="query-params",
            max_chars=links.MAX_FIND,
            placeholder="Any words",
            width=220,
        )
        active = sum(st.session_state.get(name) is not None for name in (*options, "since"))
        with st.popover(f"Filters ({active})" if active else "Filters", icon=":material/filter_list:"):
            for name, known_ones in options.items():
                chosen[name] = st.selectbox(
                    name.capitalize(), known_ones, index=None, key=name, bind="query-params", placeholder="Any"
                )
            chosen["since"] = st.date_input(
                "Published since", value=None, key="since", bind="query-params", format="YYYY-MM-DD"
            )
    return replace(selection, **chosen)


def _share(place: st.delta_generator.DeltaGenerator, selection: Selection, last: date) -> None:
    base = str(st.context.url or "").split("?")[0]
    here: dict[str, Any] = {
        name: getattr(selection, name) if selection.view == view else None for name, view in _OF_A_NOTE.items()
    }
    shared = replace(selection, **here)
    now = datetime.now(UTC).replace(microsecond=0)
    pinned = replace(shared, as_of=shared.as_of or last, known_at=shared.known_at or now)
    if selection.view == "Research" and any(note.day > last for note in library.matching(shared)):
        pinned = replace(pinned, as_of=shared.as_of)  # a note may be newer than the last price; its instant pins both
    with place:
        if selection.as_of is None and selection.known_at is None:
            st.caption("This screen, moving on with the latest day")
            st.code(links.address(base, shared), language=None, wrap_lines=True)
        st.caption(f"This screen for good: {pinned.as_of or last}, with prices and notes as they are saved now")
        st.code(links.address(base, pinned), language=None, wrap_lines=True)
        st.caption("This screen as one file to send: its charts need no network")
        st.download_button(
            "Report",
            data=lambda: report.html(pinned, base).encode(),
            file_name=f"{pinned.asset}_{pinned.as_of or last}.html",
            mime="text/html",
            on_click="ignore",
            icon=":material/description:",
        )
        st.caption("One chart for a frame in a page of yours: timeline, quadrant, fear or fundamentals")
        of = pinned if selection.as_of or selection.known_at else shared
        framed = f"{links.address(base, replace(of, chart='timeline'))}&embed=true"
        st.code(f'<iframe src="{framed}" width="100%" height="860"></iframe>', language=None, wrap_lines=True)


def _pinned_words(selection: Selection, until: date, happened: tuple[str, ...], known: tuple[Note, ...]) -> str:
    words = f"As it was known at the end of {plain_day(until)} (UTC); nothing later is shown."
    saved = library.first_saved(selection.known_at)
    late = sum(note.id in saved and saved[note.id].date() > until for note in known)
    if late:
        words += (
            f" {late} of its notes {'was' if late == 1 else 'were'} saved here only later; a link pinned to an earlier instant "
            "leaves such notes out."
        )
    if happened:
        words += f" On this day: {markup.plain('; '.join(happened))}."
    if selection.known_at is not None:
        words += f" Prices as they were saved by {selection.known_at:%Y-%m-%d %H:%M:%S} UTC, before any later revision."
    return words


def _freshness(selection: Selection, until: date) -> None:
    """Say what a refresh is doing or why it failed, and draw the page again when it has brought something."""
    if selection.known_at is not None:
        return
    symbols = roles.symbols_to_fetch(selection.asset)
    if live.running(symbols):
        _wait(symbols)
        return
    failures = [outcome for outcome in map(live.outcome, symbols) if isinstance(outcome, SentimentError)]
    told = [one.told(until) if isinstance(one, SourceError) else str(one) for one in failures]
    if told:
        st.warning(" ".join(dict.fromkeys(told)), icon=":material/cloud_off:")


@st.fragment(run_every=1.0)
def _wait(symbols: tuple[str, ...]) -> None:
    busy = live.running(symbols)
    if not busy:
        st.rerun()
    st.caption(
        f":material/sync: Asking {providers.sources_for(busy)} for {', '.join(busy)}; the page shows what is saved meanwhile."
    )


def _show_latest() -> None:
    st.session_state["as_of"] = None
    st.session_state["known_at"] = None
    st.query_params.pop("known_at", None)


def _own_weights(selection: Selection) -> None:
    """Keep chosen weights in the address and say, on every view, that they are not the standard ones."""
    if not selection.weights:
        st.query_params.pop("weights", None)
        return
    chosen = write(selection.weights)
    if st.query_params.get("weights") != chosen:
        st.query_params["weights"] = chosen
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"With weights of your own: {chosen.replace(':', ' ').replace(',', ', ').replace('_', ' ')}.")
        st.button(
            "Standard weights", on_click=weights.choose, args=((),), type="tertiary", icon=":material/restart_alt:"
        )


def _footer(selection: Selection, until: date) -> None:
    source = history.provenance(selection.asset, until, selection.known_at)
    age = "" if selection.as_of else f", {(datetime.now(UTC).date() - source.last_bar).days} days ago"
    fetched = f", fetched {source.fetched_at:%Y-%m-%d %H:%M} UTC" if source.fetched_at else ""
    others = "; ".join(f"{title} to {plain_day(last)}" for title, last in source.last_bars.items())
    st.divider()
    st.caption(
        f"Source: {source.source}{fetched}. {selection.asset} to {plain_day(source.last_bar)}{age}; {others}. "
        "A series counts for at most 7 days after its last bar, then it is missing. "
        "A description of the market, not advice: that such readings foretell returns has not been demonstrated."
    )


if __name__ == "__main__":
    main()
