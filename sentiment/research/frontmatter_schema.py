"""The fields of a note's front matter, and what must hold between them.

Not pydantic: tried, it took more lines, has no line numbers of its own, and reworded or reordered a fifth of the errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentiment.models import STANCE_SIGN, Call, Check, Claim, Level, Metric, Note, Override
from sentiment.research.frontmatter_fields import (
    address,
    choice,
    day,
    days,
    flag,
    identifier,
    instant,
    number,
    record,
    sequence,
    symbol,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date


def _call(**fields: Any) -> Call:  # noqa: ANN401 - as the schema read them
    if ("end" in fields) == ("days" in fields):
        raise ValueError("a call has either an end (a day) or days (after the first close)")
    if (fields["direction"] == "range") != (bool({"floor", "ceiling"} & fields.keys())):
        raise ValueError("a range has a floor or a ceiling; up and down have neither")
    if fields["direction"] == "range" and {"target", "invalidation"} & fields.keys():
        raise ValueError("a target or an invalidation goes with up or down; a range has its floor and ceiling")
    if "basis" in fields and "target" not in fields:
        raise ValueError("a basis says how a target is reached; without one closes decide")
    return Call(**fields)


def _check(**fields: Any) -> Check:  # noqa: ANN401 - as the schema read them
    if fields["kind"] not in {"close", "drawdown"} and "start" not in fields:
        raise ValueError(f"a check of kind {fields['kind']!r} needs a start")
    if (fields["kind"] == "relative return") != ("other" in fields):
        raise ValueError("a relative return, and nothing else, names the other series")
    return Check(**fields)


def _note(**fields: Any) -> Callable[[str], Note]:  # noqa: ANN401 - as the schema read them
    """Return a function that makes the note of its body."""
    published: date = fields["published"].date()
    calls: tuple[Call, ...] = fields.get("calls", ())
    if late := next((call for call in calls if call.end is not None and call.end <= published), None):
        raise ValueError(f"a call ends on {late.end}, and the note was published on {published}; a call looks ahead")
    signs = {call.sign for call in calls if call.direction != "range"}
    if signs and signs == {-STANCE_SIGN[fields["stance"]]}:
        ways = "a rise" if signs == {1} else "a fall"
        raise ValueError(f"the stance is {fields['stance']}, and every call is of {ways}; change one of them")
    return lambda body: Note(**fields, body=body)


_ANY = number(-1e15, 1e15)
_PRICE = number(0, 1e15)
_CHECK = record(
    _check,
    {
        "kind": choice("close", "drawdown", "maximum drawdown", "return", "relative return", "minimum", "maximum"),
        "series": symbol,
        "end": day,
        "operator": choice("<", "<=", "=", ">=", ">"),
        "value": _ANY,
    },
    {"start": day, "tolerance": _PRICE, "other": symbol, "basis": choice("close", "intraday")},
)
_CLAIM = record(Claim, {"text": text}, {"check": _CHECK})
_CALL = record(
    _call,
    {"asset": symbol, "text": text, "direction": choice("up", "down", "range")},
    {
        "end": day,
        "days": days,
        "fixed": flag,
        "floor": _PRICE,
        "ceiling": _PRICE,
        "target": _PRICE,
        "invalidation": _PRICE,
        "basis": choice("close", "intraday"),
        "probability": number(0, 1),
    },
)
_LEVEL = record(Level, {"asset": symbol, "price": _PRICE, "role": choice("support", "resistance")}, {})
_METRIC = record(Metric, {"label": text, "value": _ANY, "unit": text, "period": text}, {"second_source": flag})
_OVERRIDE = record(Override, {"field": text, "read": text, "who": text, "when": instant, "why": text}, {})

read_note = record(
    _note,
    {
        "id": identifier,
        "title": text,
        "publisher": text,
        "author": text,
        "published": instant,
        "precision": choice("minute", "day", "month"),
        "source": text,
        "assets": sequence(symbol),
        "themes": sequence(text),
        "stance": choice("bullish", "bearish", "neutral"),
        "conviction": number(0, 1),
    },
    {
        "tone": number(-1, 1),
        "source_url": address,
        "claims": sequence(_CLAIM),
        "calls": sequence(_CALL),
        "levels": sequence(_LEVEL),
        "metrics": sequence(_METRIC),
        "overrides": sequence(_OVERRIDE),
    },
)
"""Read the root node of a header; the answer takes the body and returns the note. Raises `FieldError`."""
