"""The fields of a rule of alerts: what is filled in at first, what the form cannot show, and what is wrong by the name of its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from sentiment.formatting import number, visible
from sentiment.models import Regime
from sentiment.web.alerts import one_rule
from sentiment.web.alerts.one_rule import BANDS, LONGEST, TESTS, WATCHLIST, RuleError
from sentiment.web.alerts.rules import CALLS, COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sentiment.errors import SelectionError

WHAT = {
    "fear": "Fear",
    "justified": "Justified fear",
    "gap": "Gap",
    "price": "Price",
    "regime": "Regime",
    "call graded": "A call is graded",
    "call due": "A call is due in a week",
}
_WHEN = dict(zip(TESTS, ("crosses above", "crosses below", "enters", "leaves", "changes by"), strict=True))
_WHEN_REGIME = {"": "changes", "enters": "becomes", "leaves": "is no longer"}
_LABELS = {
    "asset": "About",
    "what": "Tell me when",
    "above": "Level",
    "below": "Level",
    "in_days": "In days",
    "cooldown_days": "Days before it repeats",
    "channel": "Send to",
}
"""Of the field of each key of the file; those of a band and a change depend on what the rule is of."""
_UNIT = {"fear": "0 to 100", "justified": "0 to 100", "gap": "−100 to 100", "price": "in its currency"}


def readable(said: Mapping[str, Any], channels: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    """Return what the form can show of a rule as the file says it, and in words what it cannot.

    Parameters
    ----------
    said : mapping
        The rule, which may be faulty.
    channels : collection of str
        Their names.
    """
    what = said.get("what")
    known = what if isinstance(what, str) and what in WHAT else None
    shown = {key: said[key] for key in _shown(said, known, channels)}
    # The value of any other key may be an address, which holds a password.
    quotable = {"what", "asset", "in_days", "cooldown_days", *TESTS}
    left = [
        f"{key} ({one_rule.quoted(value)})" if key in quotable else visible(key)
        for key, value in said.items()
        if key not in shown
    ]
    return shown, left


def _shown(said: Mapping[str, Any], what: str | None, channels: Collection[str]) -> Iterator[str]:
    """Yield the keys of a rule that the form can show."""
    if what:
        yield "what"
    if isinstance(asset := said.get("asset"), str) and asset.strip():
        yield "asset"
    if said.get("channel") in ["", *channels]:
        yield "channel"
    fitting = one_rule.tests_of(what) if what else TESTS
    test = next((name for name in fitting if name in said and _fits(what, name, said[name])), None)
    if test:
        yield test
    if test == "changes_by" and one_rule.is_days(said.get("in_days"), 1):
        yield "in_days"
    if what not in CALLS and one_rule.is_days(said.get("cooldown_days"), 0):
        yield "cooldown_days"


def _fits(what: str | None, test: str, value: object) -> bool:
    if what == "regime":
        return isinstance(value, str) and value in list(Regime)
    found = one_rule.numbers(value)
    return found is not None and len(found) == 1 + (test in BANDS) and isinstance(value, list) == (test in BANDS)


def fault(error: SelectionError, said: Mapping[str, Any]) -> str:
    """Say what is wrong with a rule by the names of the fields, where the error is of one setting.

    Parameters
    ----------
    error : SelectionError
        Of `one_rule.rule`.
    said : mapping
        What was asked for, from `ask`.
    """
    if not isinstance(error, RuleError):
        return str(error)
    if error.key == "what":
        return f"{_LABELS['what']}: nothing is chosen yet"
    if error.key in BANDS and isinstance(error.found, list):
        ends = dict(zip(("From", "To"), error.found, strict=True))
        if empty := [name for name, end in ends.items() if end is None]:
            return f"{' and '.join(empty)}: no number is given yet"
        given = " and ".join(f"{name} is {number(end, 'g')}" for name, end in ends.items())
        return f"{given}; {error.wanted}"
    label = _size(said.get("what")) if error.key == "changes_by" else _LABELS.get(error.key, error.key)
    if error.found is None and error.key in TESTS:
        return f"{label}: no number is given yet"
    if isinstance(error.found, float):
        return f"{label} is {number(error.found, 'g')}; {error.wanted}"
    return f"{label} {error.told}"


def _size(what: object) -> str:
    return f"{'Percent' if what == 'price' else 'Points'} or more"


def ask(said: Mapping[str, Any] | None, key: str, symbols: Sequence[str], channels: Sequence[str]) -> dict[str, Any]:
    """Ask for a rule, and return it as the file says it; nothing is checked yet, and a field that is empty is None.

    Parameters
    ----------
    said : mapping
        What is filled in at first, from `readable`; None for a new rule.
    key : str
        Of the form: another one has other fields.
    symbols : sequence of str
        Assets to offer.
    channels : sequence of str
        Their names.
    """
    given: dict[str, Any] = {}
    first, said = said is None, said or {}
    about = list(dict.fromkeys([WATCHLIST, *symbols]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asset = _select(
            _LABELS["asset"], about, said.get("asset"), new=True, key=f"about-{key}", format_func=_asset, width=250
        )
        what = st.selectbox(
            _LABELS["what"],
            list(WHAT),
            index=list(WHAT).index(said["what"]) if "what" in said else 0 if first else None,
            key=f"what-{key}",
            format_func=WHAT.__getitem__,
            placeholder="Choose",
            width=200,
        )
        if asset != WATCHLIST:
            given["asset"] = asset
        given["what"] = what
        if what in COLUMNS:
            given |= _figure(what, said, key)
        elif what == "regime":
            given |= _regime(said, key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if what not in CALLS:
            days = st.number_input(
                _LABELS["cooldown_days"], 0, LONGEST, _whole(said.get("cooldown_days"), 0), key=f"pause-{key}", width=150,
                help="Counted per asset, from its last alert. Alerts skipped in between are not sent later.",
            )  # fmt: skip
            if days:
                given["cooldown_days"] = days
        channel = _select(
            _LABELS["channel"], ["", *channels], said.get("channel"), key=f"to-{key}", format_func=_channel, width=200
        )
        if channel:
            given["channel"] = channel
    return given


def _figure(what: str, said: Mapping[str, Any], key: str) -> dict[str, Any]:
    seen = next((name for name in TESTS if name in said), None)
    test = _select("What it does", TESTS, seen, key=f"test-{key}", format_func=_WHEN.__getitem__, width=170)
    before = said.get(test)
    if test in {"enters", "leaves"}:
        low, high = before if isinstance(before, list) and len(before) == 2 else (None, None)  # noqa: PLR2004 - a band
        ends = (("From", low), ("To", high))
        return {test: [_number(f"{name}, {_UNIT[what]}", end, f"{name}-{key}") for name, end in ends]}
    if test == "changes_by":
        size = _number(_size(what), before, f"size-{key}")
        days = st.number_input(
            _LABELS["in_days"], 1, LONGEST, _whole(said.get("in_days"), 7), key=f"days-{key}", width=110
        )
        return {test: size, "in_days": days}
    return {test: _number(f"{_LABELS[test]}, {_UNIT[what]}", before, f"level-{key}")}


def _regime(said: Mapping[str, Any], key: str) -> dict[str, Any]:
    seen = next((name for name in ("enters", "leaves") if name in said), "")
    test = _select(
        "What it does", list(_WHEN_REGIME), seen, key=f"turn-{key}", format_func=_WHEN_REGIME.__getitem__, width=170
    )
    if not test:
        return {}
    return {test: _select("Which", list(map(str, Regime)), said.get(test), key=f"regime-{key}", width=280)}


def _select(label: str, options: Sequence[str], before: object, *, new: bool = False, **more: Any) -> str:  # noqa: ANN401 - as st.selectbox has them
    listed = [*options, before] if new and isinstance(before, str) and before not in options else list(options)
    index = listed.index(before) if isinstance(before, str) and before in listed else 0
    return str(st.selectbox(label, listed, index=index, accept_new_options=new, **more))


def _number(label: str, before: object, key: str) -> float | None:
    found = None if before is None or isinstance(before, list | str) else one_rule.numbers(before)
    value = found[0] if found else None
    return st.number_input(label, value=value, key=key, format="%g", step=None, width=180)


def _whole(before: Any, default: int) -> int:  # noqa: ANN401 - whatever stands in the file
    return before if isinstance(before, int) and one_rule.is_days(before, 0) else default


def _asset(name: str) -> str:
    return "Every asset of the watchlist" if name == WATCHLIST else visible(name)


def _channel(name: str) -> str:
    return visible(name) or "Every channel"
