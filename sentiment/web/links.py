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
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode

from sentiment.errors import BarsError, InputError, SelectionError
from sentiment.formatting import shortened
from sentiment.market import history
from sentiment.models import METHOD, Selection
from sentiment.scoring import weights
from sentiment.tables.record import BETWEEN_ASSETS
from sentiment.web import link_assets, link_spelling
from sentiment.web.link_values import (
    CHARTS,
    MAX_ASSETS,
    MAX_FIND,
    PARSERS,
    RANGES,
    RENAMED_VIEWS,
    SEED_DIGITS,
    VIEWS,
    filters,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

__all__ = [  # what a link may say is part of this module for whoever reads or writes links
    "CHARTS",
    "MAX_FIND",
    "MAX_QUERY",
    "RANGES",
    "RENAMED_VIEWS",
    "SEED_DIGITS",
    "VERSION",
    "VIEWS",
    "Problem",
    "address",
    "check_base",
    "filters",
    "from_pairs",
    "from_query",
    "parse_pairs",
    "spelled",
    "start_of",
    "tidied",
    "to_query",
]
_log = logging.getLogger(__name__)
MAX_QUERY = 2_000
VERSION = "1"
FREE_TEXT = ("find",)
_ABOUT_THE_LINK = {"v": VERSION, "method": str(METHOD)}


def to_query(selection: Selection) -> str:
    """Encode a selection; empty when everything is at its default."""
    pairs = []
    for field in fields(Selection):
        value = getattr(selection, field.name)
        if value != field.default or (field.name == "view" and (selection.note or selection.call) is not None):
            pairs.append((field.name, _encode(field.name, value)))
    if selection.known_at is not None:
        pairs.append(("method", str(METHOD)))
    return urlencode(pairs, safe=":,")


def _encode(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return weights.format_weights(value) if name == "weights" else BETWEEN_ASSETS.join(map(str, value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_base(base: str) -> None:
    """Check that links can begin with the address of a dashboard.

    Raises
    ------
    SelectionError
        If it is no web address.
    """
    if not base.startswith(("http://", "https://")):
        raise SelectionError(f"the base {base!r} is not an address such as http://localhost:8501/")


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
    return link_spelling.plain_pairs(pairs, (*PARSERS, *_ABOUT_THE_LINK, *more), FREE_TEXT)


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
    return [(name, value if name in kept else _encode(name, getattr(selection, name))) for name, value in plain]


class Problem(NamedTuple):
    """A parameter of a link that was ignored: its name, what is wrong with it, and what a page shows instead."""

    name: str
    message: str
    instead: str


def parse_pairs(pairs: list[tuple[str, str]]) -> tuple[Selection, tuple[Problem, ...]]:
    """Decode the parameters of a query of any length; those that cannot be followed are left at their default."""
    selection, problems = Selection(), []
    pairs = spelled(pairs)
    order = list(PARSERS)
    names = dict.fromkeys(name for name, _ in pairs)
    for name in sorted(names, key=lambda name: order.index(name) if name in order else len(order)):
        values = [value for other, value in pairs if other == name]
        if name in link_spelling.EMBED or list(map(link_spelling.bare, values)) == [_ABOUT_THE_LINK.get(name)]:
            continue
        if name in _ABOUT_THE_LINK and len(values) == 1:
            problems.append(_other_form(values[0]) if name == "v" else _other_method(shortened(values[0])))
            continue
        try:
            if name not in PARSERS and name not in _ABOUT_THE_LINK:
                raise SelectionError(f"the link names {shortened(name)}, which is not known here")
            if len(values) > 1:
                raise SelectionError(f"the link gives {name} {len(values)} times")
            selection = replace(selection, **{name: PARSERS[name](values[0], selection)})
        except InputError as error:
            problems.append(Problem(name, _sentence(error), f"showing {_default(name)}"))
        if name == "assets" and selection.assets is not None:
            selection, told = _comparable(selection, is_asset_named="asset" in names)
            problems += told
    try:
        history.span(selection.asset, selection.known_at)
    except SelectionError as error:
        problems.append(Problem("known_at", _sentence(error), "showing what is known now"))
        selection = replace(selection, known_at=None)
    if (selection.note or selection.call) is not None and "view" not in names:
        selection = replace(selection, view="Research" if selection.note else "Calls")
    return selection, tuple(problems)


def _comparable(selection: Selection, *, is_asset_named: bool) -> tuple[Selection, list[Problem]]:
    """Return the selection with the assets to compare that can be: saved here, the selected one first, five at most."""
    saved = dict.fromkeys(name for name in selection.assets or () if link_assets.meant(name) == name)
    unsaved = dict.fromkeys(name for name in selection.assets or () if name not in saved)
    asset = selection.asset if is_asset_named else next(iter(saved), selection.asset)
    compared = tuple(dict.fromkeys((asset, *saved)))
    problems = [
        Problem("assets", f"No prices of {shortened(name)} are saved here", "comparing the others") for name in unsaved
    ]
    if len(compared) > MAX_ASSETS:
        message = f"The link compares {len(compared)} assets; at most {MAX_ASSETS} can be compared"
        problems.append(Problem("assets", message, f"comparing the first {MAX_ASSETS}"))
    return replace(selection, asset=asset, assets=compared[:MAX_ASSETS]), problems


def _other_form(version: str) -> Problem:
    message = f"The link is of form {shortened(version)}, made by another version"
    return Problem("v", message, "the parts that this one knows are shown")


def _other_method(name: str) -> Problem:
    message = f"The link was made under method {name} of scoring, so its figures may have been different"
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
        instead = {"as_of": "the latest day", "known_at": "what is known now", "zoom": "the whole range"}
        return instead.get(name, "the screen without it")
    return str(default).lower() if isinstance(default, bool) else str(default)


def absent_asset(pairs: Iterable[tuple[str, str]]) -> str:
    """Return what a link names as its asset where there is no such asset here; empty if there is, or if it names none."""
    named = [value for name, value in spelled(pairs) if name == "asset"]
    return named[0] if len(named) == 1 and link_assets.meant(named[0]) is None else ""
