"""The controls for the calls of a note."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.market import assets
from sentiment.models import Call
from sentiment.web import markup

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from sentiment.models import Note

_DIRECTIONS = {"up": "a rise", "down": "a fall", "range": "a range kept"}
_STATED_DAY = "a stated day"
_HORIZONS = (_STATED_DAY, "7 days", "30 days", "90 days", "180 days")
_DEFAULT_HORIZON = "30 days"
_MAX_CALLS = 8


def call_fields(
    note: Note, key: str, note_assets: Sequence[str], because: Mapping[str, str], taken: MutableMapping[int, Call]
) -> tuple[Call, ...]:
    """Ask for the calls of a note: forecasts precise enough to be graded.

    Parameters
    ----------
    note : Note
        Its calls are the defaults.
    key : str
        Key of the form's controls.
    note_assets : sequence of str
        Assets to offer first.
    because : mapping of str to str
        Why the rules drafted these calls, or none.
    taken : mutable mapping of int to Call
        Proposals of a model that a person took, by their place among the calls; one that is removed is taken out.
    """
    count = st.session_state.setdefault(f"calls-{key}", len(note.calls))
    st.markdown("**Calls**: forecasts precise enough to be graded", help=markup.plain(because.get("calls", "")) or None)
    if not count:
        why = because.get("calls", "")
        st.caption(
            f"None, so nothing is graded and the note has no say in research stance.{f' Why: {markup.plain(why)}.' if why else ''}"
        )
    calls, read = [], note.calls[: len(note.calls) - len(taken)]  # behind these are the proposals that were taken
    for place in range(count):
        drafted = taken.get(place, read[place] if place < len(read) else None)
        with st.container(border=True):
            calls.append(_call(drafted, note, f"{place}-{key}", note_assets))
    with st.container(horizontal=True):
        if count < _MAX_CALLS:
            st.button(
                "Add a call", on_click=_change_count, args=(f"calls-{key}", 1), icon=":material/add:", key=f"more-{key}"
            )
        if count:
            st.button(
                "Remove the last",
                on_click=_change_count,
                args=(f"calls-{key}", -1, taken),
                type="tertiary",
                key=f"fewer-{key}",
            )
    return tuple(calls)


def _change_count(key: str, step: int, taken: MutableMapping[int, Call] | None = None) -> None:
    st.session_state[key] += step
    if taken is not None:
        taken.pop(st.session_state[key], None)


def _call(drafted: Call | None, note: Note, key: str, note_assets: Sequence[str]) -> Call:
    """Ask for one call: a range has a floor or a ceiling, a rise or a fall may have a target and an invalidation."""
    symbols = list(dict.fromkeys([*([drafted.asset] if drafted else []), *note_assets, *assets.names()]))
    text = st.text_input("In words", drafted.text if drafted else note.title, key=f"said-{key}", max_chars=300)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asset = st.selectbox("Asset", symbols, key=f"asset-{key}", width=150)
        direction = st.segmented_control(
            "It calls for", list(_DIRECTIONS), default=drafted.direction if drafted else "up", format_func=_DIRECTIONS.__getitem__,
            required=True, key=f"direction-{key}",
        )  # fmt: skip
    horizon = _DEFAULT_HORIZON
    if drafted is not None:
        horizon = _STATED_DAY if drafted.days is None else f"{drafted.days} days"
    options = list(dict.fromkeys([*_HORIZONS, horizon]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Until", options, index=options.index(horizon), key=f"horizon-{key}", width=150,
            help="The day that the publisher names, or one of our own horizons, which is then marked as not named.",
        )  # fmt: skip
        end = None
        if chosen == _STATED_DAY:
            end = st.date_input(
                "Day", drafted.end if drafted and drafted.end else note.day + timedelta(30),
                min_value=note.day + timedelta(1), max_value=date(2199, 12, 31),
                key=f"end-{key}", format="YYYY-MM-DD", width=150,
            )  # fmt: skip
        names = ("floor", "ceiling") if direction == "range" else ("target", "invalidation")
        levels = {
            name: st.number_input(
                name.capitalize(),
                value=getattr(drafted, name, None),
                min_value=0.0,
                key=f"{name}-{key}",
                width=150,
                step=None,
            )
            for name in names
        }
        percent = st.number_input(
            "Probability, %", value=100 * drafted.probability if drafted and drafted.probability is not None else None,
            min_value=0.0, max_value=100.0, key=f"probability-{key}", width=150,
        )  # fmt: skip
    proposed_by = drafted.proposed_by if drafted else ""
    if proposed_by:
        st.caption(f"Proposed by {markup.plain(proposed_by)}; it counts once you save it.")
    days = None if end else int(chosen.split()[0])
    return Call(
        asset=asset,
        text=" ".join(text.split()),
        direction=direction,  # type: ignore[arg-type]  # one of the options above
        end=end,
        days=days,
        fixed=days is not None and (drafted.fixed if drafted and drafted.days == days else True),
        basis=drafted.basis if drafted and levels.get("target") else "close",
        probability=None if percent is None else round(percent / 100, 6),
        at_end=direction == "range" and drafted is not None and drafted.at_end,
        proposed_by=proposed_by,
        floor=levels.get("floor"),
        ceiling=levels.get("ceiling"),
        target=levels.get("target"),
        invalidation=levels.get("invalidation"),
    )
