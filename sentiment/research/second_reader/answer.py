"""What a model proposes, from whatever it wrote: JSON, JSON in a fence or among words, and JSON with slips."""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple

from sentiment.errors import FetchError, MissingExtraError

MOST: Final = 50
"""Proposals of one answer that are looked at."""
LONGEST: Final = 40_000
"""Characters of an answer that are read: fifty proposals have fewer."""
_BRACKETS: Final = 500
"""More are no list of calls; each costs the mending of JSON time that grows with their number."""
_QUOTE: Final = 2_000
_WORD: Final = 100


class Suggestion(NamedTuple):
    """One call as a model proposes it; nothing of it is believed yet.

    Attributes
    ----------
    quote : str
    direction : str
        ``up``, ``down`` or ``range``.
    asset, by : str
        Empty where it names none.
    target : float or None
    """

    quote: str
    direction: Literal["up", "down", "range"]
    asset: str = ""
    target: float | None = None
    by: str = ""


class Suggestions(NamedTuple):
    """The calls that a model proposes, and how many of its entries were none."""

    calls: tuple[Suggestion, ...]
    unfit: int


def suggestions(text: str) -> Suggestions:
    """Return the calls that a model proposes.

    Raises
    ------
    FetchError
        If it wrote no list of calls.
    MissingExtraError
        If the extra ``model`` is not installed.
    """
    found = _calls(_mended(text.rpartition("</think>")[2]))
    if found is None:
        raise FetchError("the model wrote no list of calls; nothing was taken from it")
    read = [_suggestion(one) for one in found[:MOST]]
    calls = tuple(dict.fromkeys(one for one in read if one is not None))
    return Suggestions(calls, read.count(None) + len(found[MOST:]))


def check_installed() -> None:
    """Refuse to ask where the answer could not be read.

    Raises
    ------
    MissingExtraError
        If the extra ``model`` is not installed.
    """
    try:
        import json_repair  # noqa: F401, PLC0415 - only where a model is asked
    except ImportError:
        raise MissingExtraError(
            "json-repair is not installed, so no answer of a model can be read; install it with: pip install 'sentiment-dashboard[model]'"
        ) from None


def _mended(text: str) -> object:
    """Return what JSON a text holds; None if it holds none."""
    check_installed()
    import json_repair  # noqa: PLC0415 - as above

    if len(text) > LONGEST or text.count("{") + text.count("[") > _BRACKETS:
        return None
    try:
        return json_repair.loads(text)
    except (ValueError, RecursionError):
        return None


def _calls(found: object) -> list[object] | None:
    """Return the list of calls in an answer: in an object, in the last of several, or by itself."""
    if isinstance(found, dict):
        calls = found.get("calls", [found] if "quote" in found else None)
        return calls if isinstance(calls, list) else None
    if not isinstance(found, list):
        return None
    for one in reversed(found):
        if isinstance(one, dict) and isinstance(calls := one.get("calls"), list):
            return calls
    return found if all(isinstance(one, dict) and "quote" in one for one in found) else None


def _suggestion(found: object) -> Suggestion | None:
    if not isinstance(found, dict):
        return None
    quote, direction, target = found.get("quote"), found.get("direction"), found.get("target")
    if not isinstance(quote, str) or not 0 < len(quote.strip()) <= _QUOTE:
        return None
    if direction not in ("up", "down", "range"):
        return None
    number = target if isinstance(target, int | float) and not isinstance(target, bool) else None
    if number is not None:
        try:
            number = float(number)
        except OverflowError:
            number = None
    return Suggestion(
        quote,
        direction,
        _word(found.get("asset")),
        number if number is not None and math.isfinite(number) and number > 0 else None,
        _word(found.get("by")),
    )


def _word(found: object) -> str:
    return found.strip() if isinstance(found, str) and len(found) <= _WORD else ""
