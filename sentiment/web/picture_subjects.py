"""What a picture is about: the note or call that it shows, and the assets whose prices are behind it.

The assets decide which sources a picture names, and who may have it as SVG.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.market import history, terms, watchlist
from sentiment.research import library
from sentiment.tables import call_tables, metadata, note_tables
from sentiment.tables.records.compare import compared
from sentiment.validation.signals import BENCHMARK
from sentiment.web.picture_names import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sentiment.models import Note, Selection
    from sentiment.research.call_record import Entry
    from sentiment.research.public_calls import PublicEntry


def subjects(name: str, selection: Selection, several: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Return the assets of a picture that have prices here: the one selected, unless it is about others.

    Parameters
    ----------
    name : str
        A key of `picture_names.PICTURES`.
    selection : Selection
        What is shown.
    several : tuple of str, optional
        The assets that a picture of several names; None for those of the watchlist.
    """
    named = _named(name, selection, several)
    return tuple(symbol for symbol in named if metadata.is_known(symbol, selection.known_at)) or (selection.asset,)


def reserved(name: str, selection: Selection, several: tuple[str, ...] | None = None) -> dict[str, str]:
    """Return the series behind a picture that may not be passed on, each with its source and terms; parameters as in `subjects`."""
    behind: dict[str, str] = {}
    for symbol in _named(name, selection, several):  # also those whose prices cannot be read: their file binds
        behind |= terms.reserved_behind(symbol, selection.known_at)
    return behind


def _named(name: str, selection: Selection, several: tuple[str, ...] | None) -> tuple[str, ...]:
    if name == f"{FOLDER}watchlist":
        found: Sequence[str] = watchlist.symbols() if several is None else several
    else:
        found = _OTHERS[name](selection) if name in _OTHERS else ()
    return tuple(dict.fromkeys(found)) or (selection.asset,)


def note(selection: Selection, has: Callable[[Note], object]) -> Note | None:
    """Return the note that is selected, if it was published by then; without a choice the latest about the asset that has something."""
    until = library.today(selection.as_of, selection.known_at)
    known = library.published_by(until, selection.known_at)
    if selection.note is not None:
        return next((one for one in known if one.id == selection.note), None)
    return next((one for one in reversed(known) if selection.asset in one.assets and has(one)), None)


def note_calls(selection: Selection) -> list[Entry]:
    """Return the graded calls of the note that is selected, or of the latest about the asset that has calls."""
    chosen = note(selection, lambda one: one.calls)
    if chosen is None:
        return []
    until = history.resolve_day(selection.asset, selection.as_of, selection.known_at)
    return note_tables.standing([chosen], until, selection.known_at)[chosen.id]


def call(selection: Selection) -> PublicEntry | None:
    """Return the public call that is selected, if it was published by then; without a choice the latest about the asset."""
    until = history.resolve_day(selection.asset, selection.as_of, selection.known_at)
    known = call_tables.public_entries(until, selection.known_at)
    if selection.call is not None:
        return next((one for one in known if one.public.id == selection.call), None)
    return next((one for one in reversed(known) if one.public.call.asset == selection.asset), None)


def _of_call(selection: Selection) -> tuple[str, ...]:
    found = call(selection)
    return (found.public.call.asset,) if found else ()


_OTHERS: dict[str, Callable[[Selection], tuple[str, ...]]] = {
    f"{FOLDER}compare": compared,
    f"{FOLDER}note-calls": lambda selection: tuple(entry.call.asset for entry in note_calls(selection)),
    f"{FOLDER}call": _of_call,
    f"{FOLDER}beside-alternative": lambda selection: (selection.asset, BENCHMARK),
}
