"""The rules of alerts and the last messages, to read: they are written in a file on the server."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment.errors import SentimentError
from sentiment.formatting import plain_day, visible
from sentiment.web import markup
from sentiment.web.alerts import outbox, rule_file
from sentiment.web.alerts.rule_file import WEEKDAYS
from sentiment.web.alerts.rules import CALLS

if TYPE_CHECKING:
    from sentiment.web.alerts.outbox import Message
    from sentiment.web.alerts.rule_file import Plan

_MOST = 20
_EMPTY = "No rule is written yet. sentiment watch and this server send alerts by the rules in alerts.toml in the data folder."
_WORDS = {"waiting": "waits", "sending": "under way", "sent": "sent", "unsure": "interrupted, not sent again"}


def show() -> None:
    """Draw the rules, what is wrong with any, and the last messages; no address of a channel."""
    st.subheader("Which alerts are sent?", anchor=False)
    try:
        plan, messages = rule_file.read(), outbox.load().messages
    except SentimentError:  # its message names files of the server
        st.warning("The rules or the messages cannot be read; sentiment alerts, run on the server, says why.")
        return
    if plan is None:
        st.caption(markup.plain(_EMPTY))
        return
    for where, why in plan.faults.items():
        st.warning(markup.plain(f"{where} is not followed: {why}."))
    sentence = _sentence(plan)
    st.caption(markup.plain(sentence))
    if plan.rules:
        rows = [
            {
                "Asset": visible(rule.asset or "watchlist"),
                "Rule": rule.words,
                "Least days between": None if rule.what in CALLS else rule.cooldown_days or 1,
            }
            for rule in plan.rules
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=sentence)
    _messages(messages[: -_MOST - 1 : -1])


def _sentence(plan: Plan) -> str:
    count = "1 rule" if len(plan.rules) == 1 else f"{len(plan.rules)} rules"
    said = [f"{count}, sent to {', '.join(map(visible, plan.channels)) or 'nobody: no channel is named'}"]
    if plan.quiet:
        said.append(f"messages wait from {plan.quiet[0]:%H:%M} to {plan.quiet[1]:%H:%M} ({plan.zone})")
    if plan.digest:
        said.append(f"digest each {WEEKDAYS[plan.digest[0]].capitalize()} at {plan.digest[1]:%H:%M} ({plan.zone})")
    return "; ".join(said) + "."


def _messages(messages: list[Message]) -> None:
    if not messages:
        st.caption("No message was sent yet.")
        return
    rows = [
        {
            "Decided (UTC)": f"{plain_day(moment := datetime.fromisoformat(one.made))}, {moment:%H:%M}",
            "Message": visible(one.title),
            "Readings to": one.day,
            "Sent": "; ".join(f"{visible(name)}: {_WORDS[each.state]}" for name, each in one.deliveries.items()),
        }
        for one in messages
    ]
    sentence = "The last message." if len(rows) == 1 else f"The last {len(rows)} messages, the newest first."
    st.caption(sentence)
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=sentence)
