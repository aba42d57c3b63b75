"""The feed and the calendar of this server: what the published site has, for any assets, publisher or day.

Neither holds a source's figure: regimes are the program's own, and notes and calls say what others wrote. So both are for everyone.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sentiment.errors import BarsError, InputError
from sentiment.formatting import spelled_out
from sentiment.market import assets, history
from sentiment.models import Selection
from sentiment.research import library
from sentiment.scoring.panel import score_panel
from sentiment.tables.records import calls as call_records
from sentiment.tables.records import universe
from sentiment.web import feeds, happenings, links
from sentiment.web.api.addresses import BASE
from sentiment.web.api.feed_names import FEED, FILTERS, SUBSCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    import pandas as pd

    from sentiment.models import Note
    from sentiment.scoring.inputs import Inputs
    from sentiment.web.api.queries import ApiRequest
    from sentiment.web.happenings import Happening


def write(request: ApiRequest, base: str) -> bytes:
    """Write the feed or the calendar that is asked for.

    Parameters
    ----------
    request : ApiRequest
        Without assets in its query, the feed is about the watchlist (with a filter of notes: about whatever they are about), and
        the calendar has every call.
    base : str
        Address of the page, for links to it.
    """
    return _feed(request, base) if request.name == FEED else _calendar(request, base)


def _feed(request: ApiRequest, base: str) -> bytes:
    told, missing = (_of_notes(request), "") if _is_filtered(request.selection) else _of_assets(request)
    own = f"{base.rstrip('/')}{BASE}{FEED}.{SUBSCRIPTIONS[FEED].form}"
    return feeds.atom(
        _title(request),
        _page_of_feed(request, base),
        f"{own}?{request.query}" if request.query else own,
        happenings.newest_first(told),
        subtitle=missing,
        link=partial(_page_of, base, request.selection.known_at),
    )


def _is_filtered(selection: Selection) -> bool:
    """Return whether a selection picks among notes."""
    return any(getattr(selection, name) != getattr(Selection(), name) for name in FILTERS)


def _is_named(request: ApiRequest) -> bool:
    """Return whether the address names assets; otherwise those of the request are the watchlist's."""
    return any(name == "asset" for name, _ in parse_qsl(request.query))


def _calls(request: ApiRequest) -> pd.DataFrame:
    choose = partial(library.chosen, request.selection)
    return call_records.calls_table(request.as_of, request.selection.known_at, choose)


def _of_assets(request: ApiRequest) -> tuple[list[Happening], str]:
    """Return what happened to the assets, and in words why nothing is told of the others."""
    selection = request.selection
    loaded = {symbol: universe.load(symbol, selection.as_of, selection.known_at) for symbol in request.assets or ()}
    known: dict[str, Inputs] = {symbol: one for symbol, one in loaded.items() if not isinstance(one, str)}
    missing = "; ".join(f"{symbol} is missing: {one}" for symbol, one in loaded.items() if isinstance(one, str))
    calls, first = _calls(request), happenings.first_told(selection.known_at)
    told: list[Happening] = []
    for block in score_panel(known.values(), dict(selection.weights)) if known else ():
        for symbol in block.assets:
            told += happenings.of_days(block.axes(symbol), known[symbol], calls, request.as_of, first)
    return told, missing


def _of_notes(request: ApiRequest) -> list[Happening]:
    """Return what the notes that pass the filters give cause to tell; it needs no prices of their assets but for the grades."""
    selection, calls = request.selection, _calls(request)
    notes = library.chosen(selection, library.library(selection.known_at))
    about = dict.fromkeys([*(symbol for note in notes for symbol in note.assets), *calls["asset"]])
    chosen = (request.assets or ()) if _is_named(request) else about
    first = happenings.first_told(selection.known_at)
    return [
        one
        for symbol in chosen
        for one in happenings.of_notes(symbol, _about(symbol, notes), calls, request.as_of, first)
    ]


def _about(symbol: str, notes: Iterable[Note]) -> list[Note]:
    return [note for note in notes if symbol in note.assets]


def _title(request: ApiRequest) -> str:
    selection, named = request.selection, _is_named(request)
    about = ", ".join(request.assets or ()) if named else ""
    if _is_filtered(selection):
        whose = spelled_out(selection.publisher) if selection.publisher else ""
        subject = ", ".join(part for part in (whose, about) if part)
        return f"{subject}: notes and calls" if subject else "Notes and calls"
    if named and len(request.assets or ()) == 1:
        about = _named(about, selection.known_at)
    return f"{about}: fear and fundamentals" if about else "Fear and fundamentals"


def _named(symbol: str, known_at: datetime | None) -> str:
    try:
        return assets.asset(symbol, known_at).title
    except (InputError, BarsError):  # on the watchlist, and without prices yet
        return symbol


def _page_of_feed(request: ApiRequest, base: str) -> str:
    symbols = request.assets or ()
    return links.address(base, Selection(asset=symbols[0])) if _is_named(request) and len(symbols) == 1 else base


def _page_of(base: str, known_at: datetime | None, one: Happening) -> str:
    """Return the page of an asset as of the day on which something happened, where there are prices of that day."""
    span = _span(one.asset, known_at)
    if span is None:
        return base
    day = one.day if span[0] <= one.day <= span[1] else None
    return links.address(base, Selection(asset=one.asset, as_of=day, known_at=known_at))


def _span(symbol: str, known_at: datetime | None) -> tuple[date, date] | None:
    try:
        return history.span(symbol, known_at)
    except (InputError, BarsError):  # notes may be about what has no prices here
        return None


def _calendar(request: ApiRequest, base: str) -> bytes:
    chosen = (request.assets or ()) if _is_named(request) else None
    return feeds.calendar(
        _calls(request), request.as_of, partial(_note, base, request.selection.known_at), assets=chosen
    )


def _note(base: str, known_at: datetime | None, row: Mapping[Any, Any]) -> str:
    """Return the page of the note that made a call."""
    asset = row["asset"] if _span(row["asset"], known_at) else Selection().asset
    return links.address(base, Selection(asset=asset, view="Research", known_at=known_at, note=row["note"]))
