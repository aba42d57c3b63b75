"""The values of a link's parameters: what each may be, and how it is read.

A value that cannot be read raises `InputError`; `links` says so and leaves the parameter at its default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentiment.errors import SelectionError
from sentiment.formatting import read_day, read_instant, shortened, spelled_out
from sentiment.market import history
from sentiment.research import library
from sentiment.scoring import weights
from sentiment.tables.record import BETWEEN_ASSETS
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import signal_names
from sentiment.web import link_assets, link_calls, link_spelling, link_zoom
from sentiment.web.view_names import view_modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from sentiment.models import Note, Selection

VIEWS = tuple(view_modules())
RENAMED_VIEWS = {"Overview": "Today", "Universe": "Watchlist", "Add notes": "Inbox"}
CHARTS = ("timeline", "quadrant", "fear", "fundamentals")
MAX_FIND = 100
RANGES: dict[str, int | None] = {"3M": 91, "6M": 182, "1Y": 365, "2Y": 730, "5Y": 1_826, "All": None}
SEED_DIGITS = 9
MAX_ASSETS = 5
_FLAGS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def _asset(text: str, _: Selection) -> str:
    symbol = link_assets.meant(text)
    if symbol is None:
        raise SelectionError(link_assets.why_absent(text))
    return symbol


def _assets(text: str, _: Selection) -> tuple[str, ...]:
    """Return the assets to compare, each by its symbol here; one that is not saved as it is written."""
    named = [name for name in link_spelling.bare(text).split(BETWEEN_ASSETS) if link_spelling.bare(name)]
    if not named:
        raise SelectionError("the link compares no assets; write them as BTC-USD~SPY~GLD")
    return tuple(link_assets.meant(name) or link_spelling.bare(name) for name in named)


def _one_of(name: str, choices: tuple[str, ...]) -> Callable[[str, Selection], str]:
    def parse(text: str, _: Selection) -> str:
        meant = link_spelling.choice(text, choices)
        if meant is None:
            raise SelectionError(f"the link asks for {name} {shortened(text)}; there are {', '.join(choices)}")
        return meant

    return parse


def _view(text: str, selection: Selection) -> str:
    earlier = link_spelling.choice(text, RENAMED_VIEWS)
    return RENAMED_VIEWS[earlier] if earlier else _one_of("view", VIEWS)(text, selection)


def _as_of(text: str, selection: Selection) -> date:
    return history.resolve_day(selection.asset, read_day(link_spelling.day(text)), selection.known_at)


def _flag(text: str, _: Selection) -> bool:
    meant = _FLAGS.get(link_spelling.bare(text).lower())
    if meant is None:
        raise SelectionError(f"the link sets log to {shortened(text)}; it is true or false")
    return meant


def _note(text: str, selection: Selection) -> str:
    identifier = link_spelling.choice(text, {note.id for note in library.library(selection.known_at)})
    if identifier is None:
        raise SelectionError(f"the link asks for note {shortened(text)}, which is not in this library")
    return identifier


def _find(text: str, _: Selection) -> str:
    if len(text) > MAX_FIND:
        raise SelectionError(
            f"the link looks for {len(text):,} characters in the notes; at most {MAX_FIND} are looked for"
        )
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise SelectionError(f"the link looks for {shortened(text)}, which no note can hold")
    return text


def _filter(name: str) -> Callable[[str, Selection], str]:
    def parse(text: str, selection: Selection) -> str:
        choices = filters(library.library(selection.known_at))[name]
        # A control writes the choice as it shows it; that is another text only for names that look like others.
        shown = {spelled_out(choice): choice for choice in choices}
        return _one_of(name, choices)(text if text in choices else shown.get(text, text), selection)

    return parse


def filters(notes: Iterable[Note]) -> dict[str, tuple[str, ...]]:
    """List the values that notes can be filtered by: their publishers, themes and assets."""
    notes = list(notes)
    return {
        "publisher": tuple(sorted({note.publisher for note in notes})),
        "theme": tuple(sorted({theme for note in notes for theme in note.themes})),
        "about": tuple(sorted({asset for note in notes for asset in note.assets})),
    }


def _series(text: str, selection: Selection) -> str:
    return _one_of("series", signal_names())(text, selection)


def _seed(text: str, _: Selection) -> int:
    meant = link_spelling.bare(text)
    if not (meant.isascii() and meant.isdigit() and len(meant) <= SEED_DIGITS):
        raise SelectionError(f"the link asks for seed {shortened(text)}; a seed has at most {SEED_DIGITS} digits")
    return int(meant)


def _horizon(text: str, _: Selection) -> int:
    horizons = [str(days) for days in HORIZONS]
    meant = link_spelling.bare(text)
    if meant not in horizons:
        raise SelectionError(f"the link asks for a horizon of {shortened(text)} days; there are {', '.join(horizons)}")
    return int(meant)


PARSERS: dict[str, Callable[[str, Selection], Any]] = {
    "asset": _asset,
    "assets": _assets,
    "view": _view,
    "chart": _one_of("chart", CHARTS),
    "range": _one_of("range", tuple(RANGES)),
    "known_at": lambda text, _: read_instant(link_spelling.instant(text)),
    "as_of": _as_of,
    "zoom": link_zoom.parse,
    "log": _flag,
    "note": _note,
    "correct": _note,
    "find": _find,
    "publisher": _filter("publisher"),
    "theme": _filter("theme"),
    "about": _filter("about"),
    "since": lambda text, _: read_day(link_spelling.day(text)),
    **link_calls.PARSERS,
    "series": _series,
    "horizon": _horizon,
    "seed": _seed,
    "weights": lambda text, _: weights.parse_weights(link_spelling.bare(text).lower()),
}
