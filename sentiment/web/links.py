"""Encode a selection as the query of a link, and decode it: lossless, short, and with a message for all that is ignored.

A link without a version, or with ``v=1``, has the form below. A later form will state its own version and still read this
one.

A link that is pinned to an instant also states the method of scoring under which it was made (``method=2``).

Parameters have the names of the fields of `Selection`. The page reads its address here alone and writes it from `to_query`, so
that no control reads a link by other rules. A value that equals its default is left out.
"""

from __future__ import annotations

import logging
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from sentiment.errors import BarsError, InputError, SelectionError
from sentiment.formatting import read_day, read_instant, shortened, spelled_out
from sentiment.market import history
from sentiment.models import METHOD, Selection
from sentiment.research import library
from sentiment.scoring import weights
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import signal_names
from sentiment.web import link_assets, link_spelling
from sentiment.web.view_names import view_modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sentiment.models import Note

_log = logging.getLogger(__name__)
VIEWS = tuple(view_modules())
RENAMED_VIEWS = {"Overview": "Today", "Add notes": "Inbox"}
CHARTS = ("timeline", "quadrant", "fear", "fundamentals")
MAX_FIND = 100
RANGES: dict[str, int | None] = {"3M": 91, "6M": 182, "1Y": 365, "2Y": 730, "5Y": 1_826, "All": None}
MAX_QUERY = 2_000
VERSION = "1"
SEED_DIGITS = 9
_FLAGS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
FREE_TEXT = ("find",)
_ABOUT_THE_LINK = {"v": VERSION, "method": str(METHOD)}


def to_query(selection: Selection) -> str:
    """Encode a selection; empty when everything is at its default."""
    pairs = []
    for field in fields(Selection):
        value = getattr(selection, field.name)
        if value != field.default or (field.name == "view" and selection.note is not None):
            pairs.append((field.name, _encode(value)))
    if selection.known_at is not None:
        pairs.append(("method", str(METHOD)))
    return urlencode(pairs, safe=":,")


def _encode(value: object) -> str:
    if isinstance(value, tuple):
        return weights.format_weights(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)


def address(base: str, selection: Selection) -> str:
    """Return the full link of a selection on the server whose page is at `base`."""
    query = to_query(selection)
    page = base.partition("?")[0]
    return f"{page}?{query}" if query else page


def from_query(query: str) -> tuple[Selection, tuple[str, ...]]:
    """Decode a query.

    Returns
    -------
    tuple
        The selection, and a message for each part of the query that was ignored and left at its default. No text raises
        an error.
    """
    if len(query) > MAX_QUERY:
        return _too_long()
    return from_pairs(parse_qsl(query, keep_blank_values=True))


def from_pairs(pairs: list[tuple[str, str]]) -> tuple[Selection, tuple[str, ...]]:
    """Decode the parameters of a query; see `from_query`."""
    pairs = spelled(pairs)
    if sum(len(name) + len("=&") + len(value) for name, value in pairs) - len("&") > MAX_QUERY:
        return _too_long()
    try:
        selection, problems = parse_pairs(pairs)
    except BarsError as error:  # of the asset of the link
        _log.warning("a link asks for prices that cannot be read: %s", error)
        return Selection(), (f"{error.brief}; showing the default.",)
    if selection.known_at is not None and not any(name == "method" for name, _ in pairs):  # older links do not state it
        problems = (*problems, _other_method("1"))
    return selection, tuple(f"{problem.message}; {problem.instead}." for problem in problems)


def _too_long() -> tuple[Selection, tuple[str, ...]]:
    return Selection(), (f"The link is longer than the {MAX_QUERY:,} characters that are read. Showing the default.",)


def spelled(pairs: Iterable[tuple[str, str]], more: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return the parameters that a link means, whoever handed it on; `more` are names that count besides a page's."""
    return link_spelling.plain_pairs(pairs, (*_PARSERS, *_ABOUT_THE_LINK, *more), FREE_TEXT)


def tidied(query: str) -> str | None:
    """Return the query of the same screen in our spelling; None if it has that spelling.

    What cannot be followed stays, so that the page can say so.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    tidy = _tidied_pairs(pairs)
    return None if tidy == pairs or _tidied_pairs(tidy) != tidy else urlencode(tidy, safe=":,")


def _tidied_pairs(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    plain = spelled(pairs)
    selection, problems = parse_pairs(plain)
    kept = {*link_spelling.EMBED, *(problem.name for problem in problems), *_ABOUT_THE_LINK}
    return [(name, value if name in kept else _encode(getattr(selection, name))) for name, value in plain]


class Problem(NamedTuple):
    """A parameter of a link that was ignored: its name, what is wrong with it, and what a page shows instead."""

    name: str
    message: str
    instead: str


def parse_pairs(pairs: list[tuple[str, str]]) -> tuple[Selection, tuple[Problem, ...]]:
    """Decode the parameters of a query of any length; those that cannot be followed are left at their default."""
    selection, problems = Selection(), []
    pairs = spelled(pairs)
    order = list(_PARSERS)
    names = dict.fromkeys(name for name, _ in pairs)
    for name in sorted(names, key=lambda name: order.index(name) if name in order else len(order)):
        values = [value for other, value in pairs if other == name]
        if name in link_spelling.EMBED or list(map(link_spelling.bare, values)) == [_ABOUT_THE_LINK.get(name)]:
            continue
        if name == "v" and len(values) == 1:
            message = f"The link is of form {shortened(values[0])}, made by another version"
            problems.append(Problem(name, message, "what this one knows of it is shown"))
            continue
        if name == "method" and len(values) == 1:
            problems.append(_other_method(shortened(values[0])))
            continue
        try:
            if name not in _PARSERS and name not in _ABOUT_THE_LINK:
                raise SelectionError(f"the link names {shortened(name)}, which is not known here")
            if len(values) > 1:
                raise SelectionError(f"the link gives {name} {len(values)} times")
            selection = replace(selection, **{name: _PARSERS[name](values[0], selection)})
        except InputError as error:
            problems.append(Problem(name, _sentence(error), f"showing {_default(name)}"))
    try:
        history.span(selection.asset, selection.known_at)
    except SelectionError as error:
        problems.append(Problem("known_at", _sentence(error), "showing what is known now"))
        selection = replace(selection, known_at=None)
    if selection.note is not None and "view" not in names:
        selection = replace(selection, view="Research")
    return selection, tuple(problems)


def _other_method(name: str) -> Problem:
    message = f"The link was made under method {name} of scoring, so its figures may have been others"
    return Problem("method", message, f"showing those of method {METHOD}, which the changelog compares")


def _sentence(error: InputError) -> str:
    return f"{str(error)[:1].upper()}{str(error)[1:]}"


def start_of(selection: Selection, last: date) -> date:
    """Return the first day of the selected range when the last day shown is `last`."""
    days = RANGES[selection.range]
    first, _ = history.span(selection.asset, selection.known_at)
    return first if days is None else max(first, last - timedelta(days=days - 1))


def _default(name: str) -> str:
    if name == "weights":
        return "the standard weights"
    default = getattr(Selection(), name, None)
    if default is None or default == "":
        return {"as_of": "the latest day", "known_at": "what is known now"}.get(name, "the screen without it")
    return str(default).lower() if isinstance(default, bool) else str(default)


def _asset(text: str, _: Selection) -> str:
    symbol = link_assets.meant(text)
    if symbol is None:
        likely = link_assets.likely(text)
        hint = f" ({likely} is likely what is meant)" if likely and likely != link_spelling.bare(text).upper() else ""
        raise SelectionError(f"no prices of {shortened(link_spelling.bare(text))} are saved here{hint}")
    return symbol


def wanted_asset(pairs: Iterable[tuple[str, str]]) -> str | None:
    """Return the ticker to fetch or open for a link whose asset is not here; None if it has none or can be no ticker."""
    named = [value for name, value in spelled(pairs) if name == "asset"]
    return link_assets.likely(named[0]) if len(named) == 1 and link_assets.meant(named[0]) is None else None


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


_PARSERS: dict[str, Callable[[str, Selection], Any]] = {
    "asset": _asset,
    "view": _view,
    "chart": _one_of("chart", CHARTS),
    "range": _one_of("range", tuple(RANGES)),
    "known_at": lambda text, _: read_instant(link_spelling.instant(text)),
    "as_of": _as_of,
    "log": _flag,
    "note": _note,
    "correct": _note,
    "find": _find,
    "publisher": _filter("publisher"),
    "theme": _filter("theme"),
    "about": _filter("about"),
    "since": lambda text, _: read_day(link_spelling.day(text)),
    "series": _series,
    "horizon": _horizon,
    "seed": _seed,
    "weights": lambda text, _: weights.parse_weights(link_spelling.bare(text).lower()),
}
