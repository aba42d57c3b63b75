"""The fields of a rule of alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from sentiment.formatting import visible
from sentiment.models import Regime
from sentiment.web.alerts.rule_file import LONGEST, TESTS, WATCHLIST
from sentiment.web.alerts.rules import CALLS, COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
_UNIT = {"fear": "0 to 100", "justified": "0 to 100", "gap": "−100 to 100", "price": "in its currency"}


def ask(said: Mapping[str, Any], key: str, symbols: Sequence[str], channels: Sequence[str]) -> dict[str, Any]:
    """Ask for a rule, and return it as the file says it; nothing is checked yet, and a field that is empty is None.

    Parameters
    ----------
    said : mapping
        What is filled in at first.
    key : str
        Of the form: another one has other fields.
    symbols : sequence of str
        Assets to offer.
    channels : sequence of str
        Their names.
    """
    given: dict[str, Any] = {}
    about = list(dict.fromkeys([WATCHLIST, *symbols]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asset = _select("About", about, said.get("asset"), new=True, key=f"about-{key}", format_func=_asset, width=250)
        what = _select(
            "Tell me when", list(WHAT), said.get("what"), key=f"what-{key}", format_func=WHAT.__getitem__, width=200
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
                "Days before it repeats", 0, LONGEST, _whole(said.get("cooldown_days"), 0), key=f"pause-{key}", width=150,
                help="Counted per asset, from its last alert. Alerts skipped in between are not sent later.",
            )  # fmt: skip
            if days:
                given["cooldown_days"] = days
        channel = _select("To", ["", *channels], said.get("channel"), key=f"to-{key}", format_func=_channel, width=200)
        if channel:
            given["channel"] = channel
    return given


def _figure(what: str, said: Mapping[str, Any], key: str) -> dict[str, Any]:
    seen = next((name for name in TESTS if name in said), None)
    test = _select("it", TESTS, seen, key=f"test-{key}", format_func=_WHEN.__getitem__, width=170)
    before = said.get(test)
    if test in {"enters", "leaves"}:
        low, high = before if isinstance(before, list) and len(before) == 2 else (None, None)  # noqa: PLR2004 - a band
        ends = (("From", low), ("To", high))
        return {test: [_number(f"{name}, {_UNIT[what]}", end, f"{name}-{key}") for name, end in ends]}
    if test == "changes_by":
        size = _number(f"{'Percent' if what == 'price' else 'Points'} or more", before, f"size-{key}")
        days = st.number_input("In days", 1, LONGEST, _whole(said.get("in_days"), 7), key=f"days-{key}", width=110)
        return {test: size, "in_days": days}
    return {test: _number(f"Level, {_UNIT[what]}", before, f"level-{key}")}


def _regime(said: Mapping[str, Any], key: str) -> dict[str, Any]:
    seen = next((name for name in ("enters", "leaves") if name in said), "")
    test = _select("it", list(_WHEN_REGIME), seen, key=f"turn-{key}", format_func=_WHEN_REGIME.__getitem__, width=170)
    if not test:
        return {}
    return {test: _select("Which", list(map(str, Regime)), said.get(test), key=f"regime-{key}", width=280)}


def _select(label: str, options: Sequence[str], before: object, *, new: bool = False, **more: Any) -> str:  # noqa: ANN401 - as st.selectbox has them
    listed = [*options, before] if new and isinstance(before, str) and before not in options else list(options)
    index = listed.index(before) if isinstance(before, str) and before in listed else 0
    return str(st.selectbox(label, listed, index=index, accept_new_options=new, **more))


def _number(label: str, before: object, key: str) -> float | None:
    value = float(before) if isinstance(before, int | float) and not isinstance(before, bool) else None
    return st.number_input(label, value=value, key=key, format="%g", step=None, width=180)


def _whole(before: Any, default: int) -> int:  # noqa: ANN401 - whatever stands in the file
    is_whole = isinstance(before, int) and not isinstance(before, bool)
    return before if is_whole and 0 < before <= LONGEST else default


def _asset(name: str) -> str:
    return "Every asset of the watchlist" if name == WATCHLIST else visible(name)


def _channel(name: str) -> str:
    return visible(name) or "Every channel"
