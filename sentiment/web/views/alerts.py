"""Alerts: when it writes to me, by which rules, and what it would say."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import TYPE_CHECKING

import streamlit as st

from sentiment import settings
from sentiment.errors import SentimentError
from sentiment.formatting import counted, plain_day, visible
from sentiment.market import watchlist
from sentiment.models import Selection
from sentiment.scoring import inputs
from sentiment.web import markup, pictures, sentences
from sentiment.web.alerts import outbox, rule_edit, rule_file
from sentiment.web.alerts.rule_file import Plan
from sentiment.web.page import alert_form, alert_list, alert_trial, alert_words, sign_in
from sentiment.web.page.alert_trial import Lately
from sentiment.web.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentiment.web.alerts.outbox import Outbox
    from sentiment.web.alerts.rule_file import Entry
    from sentiment.web.alerts.rules import Rule
    from sentiment.web.page.alert_trial import Found
    from sentiment.web.page.screen import Screen

_TRIED, _FAILURE = "alert_tried", "alert_failure"
_log = logging.getLogger(__name__)


def headline(screen: Screen) -> str:
    """Return who is written to, and whether a rule speaks on the latest readings; nothing of it to a stranger."""
    if _is_pinned(screen):
        return "Alerts are about the latest readings"
    if not sign_in.is_trusted():
        return "Alerts are shown only to those who may change them"
    try:
        plan = rule_file.read() or Plan()
        return _answer(plan, alert_trial.lately(plan.rules, watchlist.symbols()))
    except SentimentError:
        return "The alerts cannot be read"


def render(screen: Screen) -> None:
    """Draw the view."""
    st.subheader("When do I get a message?", anchor=False)
    _body(screen)
    st.divider()
    st.caption(sentences.NOT_ADVICE)


def _body(screen: Screen) -> None:
    if _is_pinned(screen):
        st.info("A screen pinned to a day or an instant has no alerts. Go live to see them.")
        return
    if not sign_in.is_trusted():
        _not_shown()
        return
    if failure := st.session_state.pop(_FAILURE, None):
        st.error(markup.plain(failure), icon=":material/error:")
    if screen.selection.weights:
        st.caption("Alerts use the standard weights, not yours.")
    try:
        plan, box, symbols = rule_file.read() or Plan(), outbox.load(), watchlist.symbols()
    except SentimentError as error:
        _log.warning("the alerts cannot be shown: %s", error)
        st.error(markup.plain(f"{alert_words.told(error)}."), icon=":material/error:")
    else:
        _page(plan, box, symbols)


def _is_pinned(screen: Screen) -> bool:
    return screen.selection.known_at is not None or screen.selection.as_of is not None


def _page(plan: Plan, box: Outbox, symbols: tuple[str, ...]) -> None:
    found = alert_trial.lately(plan.rules, symbols)
    alert_list.sending(plan)
    mine = still = alert_form.opened()
    for place, entry in enumerate(plan.entries):
        with st.container(border=True, key=f"alert-{place}", gap="small"):
            _row(entry, place, plan, found, box, symbols)
            if still is not None and entry.said == still.entry.said:
                still = None
                alert_form.change(entry, plan, symbols, _trial)
            elif st.session_state.get(_TRIED) == entry.place and entry.rule:
                _trial(found[entry.rule], plan)
    if still is not None:
        alert_form.conflict(still, plan, symbols, _trial)
    elif mine is None:
        st.subheader("What should send me a message?", anchor=False)
        alert_form.new(plan, symbols, _trial)
    alert_list.last(box.messages)
    _about_the_file()


def _not_shown() -> None:
    st.info(
        "Who this server writes to, and when, is shown only to those who may change it: on the machine that it runs on, opened as localhost, "
        "or signed in."
    )
    if sign_in.is_allowed():
        sign_in.offer_login()
    else:
        sign_in.may_change()


def _answer(plan: Plan, found: Mapping[Rule, Found]) -> str:
    named = list(plan.channels)
    names = " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:]))) or "nobody"
    if not plan.rules:
        return markup.plain(f"There are no rules yet{f'; the digest goes to {names}' if plan.digest else ''}")
    count = counted(len(plan.rules), "rule sends messages", "rules send messages")
    speaking = [
        f"{asset}, {rule.words}"
        for rule, by_asset in found.items()
        for asset, one in by_asset.items()
        if isinstance(one, Lately) and one.speaks
    ]
    said = "; ".join(speaking) or "nothing to report"
    return markup.plain(f"{count} to {names}. On the latest readings: {said}.")


def _row(  # noqa: PLR0913, PLR0917 - a rule with all that is known of it
    entry: Entry, place: int, plan: Plan, found: Mapping[Rule, Found], box: Outbox, symbols: tuple[str, ...]
) -> None:
    """Show a rule in words, with its state, and what can be done with it."""
    rule = entry.rule
    if rule is None:
        st.warning(markup.plain(f"R{entry.place[1:]} is not followed: {entry.fault}."), icon=":material/error:")
    else:
        st.markdown(f"**{markup.plain(alert_words.in_words(rule))}**")
        rests = (
            ""
            if rule.asset in {None, *symbols}
            else " It is not on the watchlist, so its prices are not refreshed automatically."
        )
        st.caption(markup.plain(f"{_state(rule, found[rule], box)}{rests}"))
    with st.container(horizontal=True):
        st.button("Change", key=f"alert-change-{place}", on_click=_open, args=(entry, plan), icon=":material/edit:")
        if rule is not None:
            st.button("Try", key=f"alert-try-{place}", on_click=_try, args=(entry.place,), icon=":material/visibility:")
        with st.popover("Delete", icon=":material/delete:"):
            st.caption("Removes its lines from the file, with the comments between them.")
            st.button("Delete the rule", key=f"alert-delete-{place}", on_click=_delete, args=(entry,))


def _state(rule: Rule, found: Found, box: Outbox) -> str:
    """Say whether a rule speaks on the last day, when it would have spoken last, and what it has told."""
    known = {asset: one for asset, one in found.items() if isinstance(one, Lately)}
    told = [
        (state.told, visible(asset)) for asset in found if (state := box.states.get(rule.key(asset))) and state.told
    ]
    parts = []
    if known:
        speaking = [f"{visible(asset)} on {plain_day(one.last)}" for asset, one in known.items() if one.speaks]
        latest = plain_day(max(one.last for one in known.values()))
        parts.append(f"Fires for {', '.join(speaking)}." if speaking else f"Does not fire on the readings to {latest}.")
        alert = alert_trial.newest(found)
        parts.append(
            f"Last time this happened: {visible(alert.asset)}, {alert.reason}." if alert else alert_trial.NOT_ONCE
        )
    if told:
        day, asset = max(told)
        parts.append(f"Last alert: {plain_day(day)}, {asset}.")
    elif any(rule.key(asset) in box.states for asset in found):
        parts.append("No alert yet.")
    else:
        parts.append("It takes effect at the next check.")
    parts += [f"{visible(asset)}: {why}." for asset, why in found.items() if isinstance(why, str)]
    return " ".join(parts)


def _trial(found: Found, plan: Plan) -> None:
    """Show the last message that a rule would have sent, with its card."""
    for asset, why in found.items():
        if isinstance(why, str):
            st.caption(markup.plain(f"{asset}: {why}."))
    alert = alert_trial.newest(found)
    if alert is None:
        if any(isinstance(one, Lately) for one in found.values()):
            st.caption(alert_trial.NOT_ONCE)
        return
    try:
        made = alert_trial.message(alert, plan, inputs.version(alert.asset))
        card = _card(alert.asset, alert.day, datetime.fromisoformat(made.made), settings.public_address())
    except SentimentError as error:
        st.error(markup.plain(f"{alert_words.told(error)}."))
        return
    st.caption(
        f"Nothing is sent now. By today's figures it would have written on {plain_day(alert.day)}, with the card below:"
    )
    st.code(f"{made.title}\n\n{made.text}", language=None, wrap_lines=True)
    st.image(card, alt=visible(made.text.partition("\n")[0]), width=600)


@st.cache_resource(max_entries=4, show_spinner=False)
def _card(asset: str, day: date, known_at: datetime, base: str) -> bytes:
    return pictures.for_everyone("card", Selection(asset=asset, as_of=day, known_at=known_at), base)


def _about_the_file() -> None:
    where = f" ({rule_file.place()})" if sign_in.is_own_machine() else ""
    st.caption(
        markup.plain(
            f"Rules are in a file{where}, which sentiment alerts and sentiment watch read too. The page writes the lines of a rule and leaves "
            "all else as it is, comments too. Channels, quiet hours and the digest are changed in the file."
        )
    )


def _try(place: str) -> None:
    st.session_state[_TRIED] = None if st.session_state.get(_TRIED) == place else place


def _open(entry: Entry, plan: Plan) -> None:
    st.session_state[_TRIED] = None
    alert_form.open_rule(entry, plan)


def _delete(entry: Entry) -> None:
    try:
        rule_edit.remove(entry)
    except SentimentError as error:
        _log.warning("a rule of alerts was not deleted: %s", error)
        st.session_state[_FAILURE] = f"Not deleted: {alert_words.told(error)}."
        return
    st.session_state[_TRIED] = None
    if (mine := alert_form.opened()) and mine.entry.said == entry.said:
        alert_form.close()
    st.session_state["message"] = "The rule is deleted."


VIEW = View("Alerts", order=90, tab="More", render=render, headline=headline)
