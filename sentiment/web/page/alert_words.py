"""Rules and faults of alerts in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment import files
from sentiment.formatting import visible
from sentiment.web.alerts import rule_file
from sentiment.web.page import sign_in

if TYPE_CHECKING:
    from sentiment.errors import SentimentError
    from sentiment.web.alerts.rules import Rule


def in_words(rule: Rule) -> str:
    """Return what a rule is about, when it speaks, how often, and to whom."""
    about = visible(rule.asset or "Every asset of the watchlist")
    to = f", to {visible(rule.channel)}" if rule.channel else ""
    pause = f", not again for {rule.cooldown_days} days" if rule.cooldown_days > 1 else ""
    return f"{about}: {rule.words}{pause}{to}"


def told(error: SentimentError) -> str:
    """Return what is wrong; without where the file is, for a viewer on another machine."""
    text = str(error)
    if sign_in.is_own_machine() or not any(str(path) in text for path in (files.saved(), rule_file.place())):
        return text
    return "The rules or the messages cannot be read or written; run sentiment alerts on the server to see why"
