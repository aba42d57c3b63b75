"""The parameters of a link that choose calls: one call, or those of an outcome, an asset, a publisher or a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.errors import SelectionError
from sentiment.formatting import shortened, spelled_out
from sentiment.models import Status
from sentiment.research import library, public_calls
from sentiment.validation import scoreboard
from sentiment.web import link_spelling

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sentiment.models import Selection

_MOST_LISTED = 12


def filters(known_at: datetime | None = None) -> dict[str, tuple[str, ...]]:
    """List what calls can be filtered by: how they stand, their assets, their publishers, and groups of the scoreboard."""
    pairs = [(note.publisher, call.asset) for note in library.library(known_at) for call in note.calls]
    pairs += [(one.publisher, one.call.asset) for one in public_calls.collection()]
    return {
        "outcome": tuple(status.value for status in Status),
        "called": tuple(sorted({asset for _, asset in pairs})),
        "caller": tuple(sorted({publisher for publisher, _ in pairs})),
        "among": scoreboard.group_names(one.day.year for one in public_calls.collection()),
    }


def _call(text: str, _: Selection) -> str:
    identifier = link_spelling.choice(text, {one.id for one in public_calls.collection()})
    if identifier is None:
        raise SelectionError(f"the link asks for call {shortened(text)}, which is not among the public calls")
    return identifier


def _filter(name: str) -> Callable[[str, Selection], str]:
    def parse(text: str, selection: Selection) -> str:
        choices = filters(selection.known_at)[name]
        shown = {spelled_out(choice): choice for choice in choices}  # a control writes a choice as it shows it
        meant = link_spelling.choice(text if text in choices else shown.get(text, text), choices)
        if meant is None:
            more = ", ..." if len(choices) > _MOST_LISTED else ""
            listed = f"{', '.join(choices[:_MOST_LISTED])}{more}"
            raise SelectionError(f"the link asks for calls of {name} {shortened(text)}; there are {listed}")
        return meant

    return parse


PARSERS: dict[str, Callable[[str, Selection], str]] = {
    "call": _call,
    **{name: _filter(name) for name in ("outcome", "called", "caller", "among")},
}
"""The parser of each parameter: text and selection in, value out; SelectionError where it means nothing here."""
