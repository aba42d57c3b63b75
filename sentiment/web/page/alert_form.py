"""The form of a rule of alerts: a new one, or one of the file, which may be faulty or changed by somebody else meanwhile."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from sentiment.errors import SelectionError, SentimentError
from sentiment.market import assets
from sentiment.web import markup
from sentiment.web.alerts import one_rule, rule_edit
from sentiment.web.page import alert_fields, alert_trial, alert_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentiment.web.alerts.rule_file import Entry, Plan
    from sentiment.web.alerts.rules import Rule
    from sentiment.web.page.alert_trial import Found

    Show = Callable[[Found, Plan], None]

_OPEN, _COUNT = "alert_changed", "alert_count"
_NEW = "new"
_log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """A rule whose form is open, and what the file said of all rules when it was opened."""

    entry: Entry
    seen: tuple[Mapping[str, Any], ...]


def opened() -> Opened | None:
    """Return the rule whose form is open; None where it is the form of a new one."""
    found: Opened | None = st.session_state.get(_OPEN)
    return found


def open_rule(entry: Entry, plan: Plan) -> None:
    """Open the form of a rule; each form has fields of its own."""
    close()
    st.session_state[_OPEN] = Opened(entry, tuple(one.said for one in plan.entries))


def close() -> None:
    """Close the form, with what was typed into it."""
    st.session_state[_OPEN] = None
    st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1


def new(plan: Plan, symbols: tuple[str, ...], show: Show) -> None:
    """Ask for a new rule."""
    said = _ask(None, plan, symbols)
    _act(said, plan, symbols, show, lambda: rule_edit.add(said))


def change(entry: Entry, plan: Plan, symbols: tuple[str, ...], show: Show) -> None:
    """Ask for another form of a rule, and say what of it the form cannot show."""
    shown, left = alert_fields.readable(entry.said, plan.channels)
    if left:
        st.warning(
            markup.plain(
                f"The form cannot show all that the file says. Left out: {', '.join(left)}. The rule is saved as the form shows it, without that."
            ),
            icon=":material/rule:",
        )
    said = _ask(shown, plan, symbols)
    _act(said, plan, symbols, show, lambda: rule_edit.change(entry, said), can_cancel=True)


def conflict(mine: Opened, plan: Plan, symbols: tuple[str, ...], show: Show) -> None:
    """Keep what was typed into the form of a rule that is no longer in its file, and offer to save it beside what is there now."""
    st.warning(
        "Somebody changed the rule that you are editing, or took it out of the file. Nothing of yours is saved yet; what you typed is below.",
        icon=":material/sync_problem:",
    )
    fresh = [entry for entry in plan.entries if entry.said not in mine.seen]
    now = "; ".join(alert_words.in_words(one.rule) if one.rule else f"{one.place}, {one.fault}" for one in fresh)
    st.caption(markup.plain(f"New in the file since then: {now or 'nothing, so yours was taken out'}."))
    shown = alert_fields.readable(mine.entry.said, plan.channels)[0]
    said = _ask(shown, plan, symbols)
    # Under a key of its own: a click on "Save the rule" that came too late must not save a second rule.
    _act(
        said,
        plan,
        symbols,
        show,
        lambda: rule_edit.add(said),
        label="Save as a new rule",
        key="alert-save-new",
        can_cancel=True,
    )


def _ask(shown: Mapping[str, Any] | None, plan: Plan, symbols: tuple[str, ...]) -> dict[str, Any]:
    offered = dict.fromkeys([*symbols, *assets.names()])
    key = f"{_NEW}-{st.session_state.get(_COUNT, 0)}"
    return alert_fields.ask(shown, key, list(offered), list(plan.channels))


def _act(  # noqa: PLR0913 - what the buttons say and do
    said: dict[str, Any],
    plan: Plan,
    symbols: tuple[str, ...],
    show: Show,
    write: Callable[[], None],
    *,
    label: str = "Save the rule",
    key: str = "alert-save",
    can_cancel: bool = False,
) -> None:
    """Try a rule or save it; what was typed stays until it is saved."""
    with st.container(horizontal=True):
        saves = st.button(label, key=key, type="primary", icon=":material/save:")
        tries = st.button("Try it", key="alert-try", icon=":material/visibility:")
        if can_cancel:
            st.button("Cancel", key="alert-cancel", on_click=close, type="tertiary")
    if not (saves or tries):
        return
    try:
        rule = one_rule.rule(said, plan.channels)
    except SelectionError as error:
        st.error(markup.plain(f"The rule is not valid. {alert_fields.fault(error, said)}."), icon=":material/error:")
        return
    if saves:
        _save(write, rule)
    else:
        st.caption(markup.plain(f"{alert_words.in_words(rule)}."))
        show(alert_trial.lately([rule], symbols)[rule], plan)


def _save(write: Callable[[], None], rule: Rule) -> None:
    try:
        write()
    except SentimentError as error:
        _log.warning("a rule of alerts was not saved: %s", error)
        st.error(markup.plain(f"Not saved: {alert_words.told(error)}."), icon=":material/error:")
        return
    close()
    st.session_state["message"] = f"Saved. It fires when: {alert_words.in_words(rule)}."
    st.rerun()
