"""The fields of a note's front matter, and what must hold between them.

Rules that came later are asked of new notes only: a note that was saved before them stays readable.

Not pydantic: tried, it took more lines, has no line numbers of its own, and reworded or reordered a fifth of the errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentiment.models import BUNDLED, STANCE_SIGN, Call, Check, Claim, Level, Metric, Note, Override
from sentiment.research.frontmatter_fields import (
    MismatchError,
    address,
    choice,
    day,
    days,
    flag,
    identifier,
    instant,
    level_price,
    number,
    record,
    saved_days,
    sequence,
    symbol,
    text,
    tone,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import yaml

MAX_CALLS, MAX_CLAIMS, MAX_LEVELS, MAX_METRICS = 100, 200, 200, 200
"""How many of each a new note may have: every one costs work on each screen that shows the note."""


def _new_call(**fields: Any) -> Call:  # noqa: ANN401 - as the schema read them
    call = _call(**fields)
    if call.floor is not None and call.ceiling is not None and call.floor > call.ceiling:
        raise MismatchError(
            "floor", f"the floor {call.floor:,.15g} is above the ceiling {call.ceiling:,.15g}; exchange the two"
        )
    return call


def _new_check(**fields: Any) -> Check:  # noqa: ANN401 - as the schema read them
    check = _check(**fields)
    if check.start is not None and check.start > check.end:
        raise MismatchError(
            "start", f"the check starts on {check.start}, after its end on {check.end}; exchange the two days"
        )
    return check


def _call(**fields: Any) -> Call:  # noqa: ANN401 - as the schema read them
    if ("end" in fields) == ("days" in fields):
        raise ValueError("a call has either an end (a day) or days (after the first close)")
    if (fields["direction"] == "range") != (bool({"floor", "ceiling"} & fields.keys())):
        raise ValueError("a range has a floor or a ceiling; up and down have neither")
    if fields["direction"] == "range" and {"target", "invalidation"} & fields.keys():
        raise ValueError("a target or an invalidation goes with up or down; a range has its floor and ceiling")
    if "basis" in fields and "target" not in fields:
        raise ValueError("a basis says how a target is reached; without one closes decide")
    if "at_end" in fields and fields["direction"] != "range":
        raise ValueError(
            "at_end goes with a range; a rise or a fall without a target is judged by the last close anyway"
        )
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
    if fields.get("collection") == BUNDLED:
        raise ValueError(f"the collection {BUNDLED!r} is that of the bundled notes; give yours another name")
    calls: tuple[Call, ...] = fields.get("calls", ())
    if late := next((call for call in calls if call.end is not None and call.end <= published), None):
        raise ValueError(f"a call ends on {late.end}, and the note was published on {published}; a call looks ahead")
    signs = {call.sign for call in calls if call.direction != "range"}
    if signs and signs == {-STANCE_SIGN[fields["stance"]]}:
        ways = "a rise" if signs == {1} else "a fall"
        raise ValueError(f"the stance is {fields['stance']}, and every call is for {ways}; change one of them")
    return lambda body: Note(**fields, body=body)


_ANY = number(-1e15, 1e15)
_PRICE = number(0, 1e15)


def _reader(*, new: bool) -> Callable[[yaml.Node], Callable[[str], Note]]:
    """Make the reader of a header's root node; `new` asks the rules that came later as well."""
    check = record(
        _new_check if new else _check,
        {
            "kind": choice("close", "drawdown", "maximum drawdown", "return", "relative return", "minimum", "maximum"),
            "series": symbol,
            "end": day,
            "operator": choice("<", "<=", "=", ">=", ">"),
            "value": _ANY,
        },
        {"start": day, "tolerance": _PRICE, "other": symbol, "basis": choice("close", "intraday")},
    )
    claim = record(Claim, {"text": text}, {"check": check})
    call = record(
        _new_call if new else _call,
        {"asset": symbol, "text": text, "direction": choice("up", "down", "range")},
        {
            "end": day,
            "days": days if new else saved_days,
            "fixed": flag,
            "floor": _PRICE,
            "ceiling": _PRICE,
            "target": _PRICE,
            "invalidation": _PRICE,
            "basis": choice("close", "intraday"),
            "probability": number(0, 1),
            "at_end": flag,
            "proposed_by": text,
        },
    )
    most = {"claims": MAX_CLAIMS, "calls": MAX_CALLS, "levels": MAX_LEVELS, "metrics": MAX_METRICS} if new else {}
    role = choice("support", "resistance")
    level = record(Level, {"asset": symbol, "price": level_price if new else _PRICE, "role": role}, {})
    lists = {"claims": claim, "calls": call, "levels": level, "metrics": _METRIC, "overrides": _OVERRIDE}
    return record(
        _note,
        _REQUIRED,
        {
            "author": text,
            "source": text,
            "tone": tone,
            "source_url": address,
            "collection": identifier,
            **{name: sequence(item, most.get(name)) for name, item in lists.items()},
        },
    )


_METRIC = record(Metric, {"label": text, "value": _ANY, "unit": text, "period": text}, {"second_source": flag})
_OVERRIDE = record(Override, {"field": text, "read": text, "who": text, "when": instant, "why": text}, {})
_REQUIRED = {
    "id": identifier,
    "title": text,
    "publisher": text,
    "published": instant,
    "precision": choice("minute", "day", "month"),
    "assets": sequence(symbol),
    "themes": sequence(text),
    "stance": choice("bullish", "bearish", "neutral"),
    "conviction": number(0, 1),
}

read_new, read_saved = _reader(new=True), _reader(new=False)
"""Read the root node of a header; the answer takes the body and returns the note. Raise `FieldError`."""
