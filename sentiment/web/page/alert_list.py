"""What stands in the way of alerts, and the last messages; no address of a channel."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment import settings
from sentiment.errors import MissingExtraError, SentimentError
from sentiment.formatting import plain_day, visible
from sentiment.market import live, watch
from sentiment.web import markup
from sentiment.web.alerts import channels
from sentiment.web.alerts.rule_file import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sentiment.web.alerts.outbox import Message
    from sentiment.web.alerts.rule_file import Plan

_MOST = 20
_WORDS = {"waiting": "waits", "sending": "under way", "sent": "sent", "unsure": "interrupted, not sent again"}


def sending(plan: Plan) -> None:
    """Say whether something sends, when, and what stands in the way."""
    in_the_way = list(_in_the_way(plan))
    for one in in_the_way:
        st.warning(markup.plain(one), icon=":material/notifications_off:")
    said = [] if in_the_way else [f"{_at_work()}, and sends what the rules say"]
    if plan.quiet:
        said.append(f"messages wait from {plan.quiet[0]:%H:%M} to {plan.quiet[1]:%H:%M} ({plan.zone})")
    if plan.digest:
        said.append(f"digest every {WEEKDAYS[plan.digest[0]].capitalize()} at {plan.digest[1]:%H:%M} ({plan.zone})")
    if said:
        sentence = f"{'; '.join(said)}."
        st.caption(markup.plain(f"{sentence[:1].upper()}{sentence[1:]}"))


def _in_the_way(plan: Plan) -> Iterator[str]:
    try:
        faults = channels.open_all(plan.channels)[1]
    except MissingExtraError as error:
        yield f"{error}. You can still write rules."
        faults = {}
    for where, why in faults.items():
        yield f"Nothing goes to {visible(where)}: {why}."
    if not plan.channels:
        yield (
            "No channel is named, so nothing is sent. Channels are named in the file only, since their addresses hold passwords: "
            'add [channels] and, below it, a line such as chat = "tgram://bottoken/chatid".'
        )
    if not _at_work():
        why = ""
        if not live.enabled():
            why = " This server is set to use no network (SENTIMENT_OFFLINE=1)."
        elif settings.watch_every() is None:
            why = f" This server does not watch it ({settings.WATCH_VARIABLE}=0)."
        yield f"Nothing is being sent: neither sentiment watch nor a server is watching this data folder.{why}"


def _at_work() -> str:
    try:
        return watch.at_work()
    except SentimentError:  # a folder that cannot be written: nothing can be sent from it
        return ""


def last(messages: Sequence[Message]) -> None:
    """List the last messages, the newest first."""
    st.subheader("What was sent?", anchor=False)
    if not messages:
        st.caption("Nothing yet.")
        return
    rows = [
        {
            "Decided (UTC)": f"{plain_day(moment := datetime.fromisoformat(one.made))}, {moment:%H:%M}",
            "Message": visible(one.title),
            "Readings to": one.day,
            "Sent": "; ".join(f"{visible(name)}: {_WORDS[each.state]}" for name, each in one.deliveries.items()),
        }
        for one in messages[: -_MOST - 1 : -1]
    ]
    sentence = "The last message." if len(rows) == 1 else f"The last {len(rows)} messages, the newest first."
    st.caption(sentence)
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=sentence)
