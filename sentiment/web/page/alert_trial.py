"""What the rules of alerts would have said lately, by the figures as they are known today; nothing is heard, written down or sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from sentiment.errors import DataError, SentimentError
from sentiment.scoring import inputs
from sentiment.web.alerts import decide, reading
from sentiment.web.alerts.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sentiment.web.alerts.outbox import Message
    from sentiment.web.alerts.rule_file import Plan
    from sentiment.web.alerts.rules import Alert, Rule

YEAR = timedelta(days=365)
NOT_ONCE = "This did not happen in the last year."


class Lately(NamedTuple):
    """The last alert of a rule on an asset within a year, if there is one, and the last day of the asset's readings."""

    alert: Alert | None
    last: date

    @property
    def speaks(self) -> bool:
        """Whether the rule speaks on the last day."""
        return self.alert is not None and self.alert.day == self.last


Found = dict[str, Lately | str]
"""What a rule said of each asset, or why nothing can be said of it."""


def lately(rules: Iterable[Rule], symbols: tuple[str, ...]) -> dict[Rule, Found]:
    """Return what each rule said lately, by its assets.

    Parameters
    ----------
    rules : iterable of Rule
    symbols : tuple of str
        The watchlist.
    """
    found: dict[Rule, Found] = {rule: {} for rule in rules}
    by_asset: dict[str, list[Rule]] = {}
    for rule in found:
        for asset in (rule.asset,) if rule.asset else symbols:
            by_asset.setdefault(asset, []).append(rule)
    for asset, listed in by_asset.items():
        try:
            said: Sequence[Lately | str] = _lately(asset, tuple(listed), inputs.version(asset))
        except SentimentError as error:
            said = [error.brief if isinstance(error, DataError) else str(error)] * len(listed)
        for rule, one in zip(listed, said, strict=True):
            found[rule][asset] = one
    return found


@st.cache_resource(max_entries=256, show_spinner="Reading the last year…")
def _lately(asset: str, rules: tuple[Rule, ...], version: tuple[int, ...]) -> list[Lately]:  # noqa: ARG001 - what is saved makes another answer
    known = reading.load(asset, datetime.now(UTC))
    said = [decide.replay(rule, known, known.last - YEAR) for rule in rules]
    return [Lately(alerts[-1] if alerts else None, known.last) for alerts in said]


def newest(found: Found) -> Alert | None:
    """Return the last alert on any asset."""
    alerts = [one.alert for one in found.values() if isinstance(one, Lately) and one.alert]
    return max(alerts, key=lambda alert: alert.day, default=None)


@st.cache_resource(max_entries=16, show_spinner=False)
def message(alert: Alert, _plan: Plan, version: tuple[int, ...]) -> Message:  # noqa: ARG001 - as above
    """Return the message that would have been sent of an alert on its day, with the figures as they are known today.

    Raises
    ------
    SentimentError
        If the asset cannot be read.
    """
    now = datetime.now(UTC)
    return decide.message_of(_plan, Outbox(), [alert], reading.load(alert.asset, now, alert.day), now)
