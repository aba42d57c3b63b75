"""Decide what to send: what the rules say of readings that were not heard yet, put into messages.

Nothing here sends or writes. No clock decides either: an alert belongs to a day of its asset, and so does a message. Only a digest is due by
the calendar.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sentiment.errors import SentimentError
from sentiment.market import watchlist
from sentiment.web.alerts import digest, rules
from sentiment.web.alerts.outbox import Delivery, Message
from sentiment.web.sentences import NOT_ADVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from sentiment.web.alerts.outbox import Outbox
    from sentiment.web.alerts.reading import Reading
    from sentiment.web.alerts.rule_file import Plan
    from sentiment.web.alerts.rules import Alert, Rule

    Load = Callable[[str, datetime], Reading]


def by_asset(plan: Plan) -> dict[str, list[Rule]]:
    """Return the rules of each asset.

    Raises
    ------
    InputError, SourceError
        If the watchlist cannot be read.
    """
    found: dict[str, list[Rule]] = {}
    for rule in plan.rules:
        for asset in (rule.asset,) if rule.asset else watchlist.symbols():
            found.setdefault(asset, []).append(rule)
    return found


def hear(plan: Plan, listed: Iterable[Rule], reading: Reading, box: Outbox, now: datetime) -> None:
    """Let the rules of an asset hear its readings, and put what they say into messages of the outbox."""
    for rule in listed:
        name = rule.key(reading.asset)
        state = box.states.get(name)
        if rule.what in rules.CALLS:
            state, said = rules.of_calls(rule, reading.asset, reading.happenings, reading.last, state)
        else:
            state, said = rules.of_readings(rule, reading.asset, reading.axes, state)
        box.waiting += said
        if state is not None:
            box.states[name] = state
    mine = [alert for alert in box.waiting if alert.asset == reading.asset]
    together: dict[str, list[Alert]] = {}
    for alert in mine:
        together.setdefault(alert.channel, []).append(alert)
    for group in list(together.values()) if plan.is_one_a_day else [[alert] for alert in mine]:
        message = message_of(plan, box, group, reading, now)
        if all(message.identity != other.identity for other in box.messages):
            box.messages.append(message)
            box.waiting = [alert for alert in box.waiting if alert not in group]


def message_of(plan: Plan, box: Outbox, alerts: list[Alert], reading: Reading, now: datetime) -> Message:
    """Write the message of alerts on one asset to the same channel."""
    first, more = alerts[0], len(alerts) - 1
    about = [f"{reading.last}"] if plan.is_one_a_day else [f"{first.day}", first.rule, first.reason]
    # An alert that waited while its channel was taken out of the file goes to all of them rather than to nobody.
    named = [first.channel] if first.channel in plan.channels else list(plan.channels)
    reasons = "\n".join(f"- {alert.reason}" for alert in alerts)
    return Message(
        box.identity("alert", reading.asset, *about, *[first.channel] * bool(first.channel)),
        reading.asset,
        f"{reading.last}",
        _stamp(now),
        f"{reading.title}: {first.rule}{f' and {more} more' if more else ''}",
        f"{reading.headline}\n\n{reasons}\n\n{reading.link}\n\n{reading.source}\n{NOT_ADVICE}",
        deliveries={name: Delivery() for name in named},
    )


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")


def week_due(plan: Plan, now: datetime) -> str | None:
    """Return the ISO week whose digest is the last one due, as 2026-W48; None where no digest is wanted."""
    if plan.digest is None:
        return None
    weekday, clock = plan.digest
    local = now.astimezone(plan.zone)
    on = local.date() - timedelta(days=(local.weekday() - weekday) % 7)
    if datetime.combine(on, clock, plan.zone) > local:
        on -= timedelta(days=7)
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02}"


def weekly(plan: Plan, box: Outbox, now: datetime, load: Load) -> bool:
    """Put the digest of a week that is due and was not made into the outbox; return whether the outbox changed.

    The first week seen is taken as done: a digest comes at the next time that the file names.
    """
    week = week_due(plan, now)
    if week is None or week in box.weeks:
        return False
    if box.weeks:
        made = digest.make(now, load)
        deliveries = {name: Delivery() for name in plan.channels}
        about = box.identity("digest", week)
        box.messages.append(
            Message(about, "", f"{now:%Y-%m-%d}", _stamp(now), made.title, made.text, made.html, deliveries)
        )
    box.weeks.append(week)
    return True


def preview(plan: Plan, box: Outbox, now: datetime, load: Load) -> tuple[list[Message], dict[str, str]]:
    """Return the messages that a round would add now, and what cannot be read, by its name; `box` is changed and nothing is sent."""
    before, failures = len(box.messages), {}
    for asset, listed in by_asset(plan).items():
        try:
            hear(plan, listed, load(asset, now), box, now)
        except SentimentError as error:
            failures[asset] = str(error)
    weekly(plan, box, now, load)
    return box.messages[before:], failures


def replay(rule: Rule, reading: Reading, since: date) -> list[Alert]:
    """Return what a rule would have said of an asset from the day after `since` on, by what is known now; the oldest first."""
    if rule.what in rules.CALLS:
        state = rules.State(since, since=since)
        return rules.of_calls(rule, reading.asset, reading.happenings, reading.last, state)[1]
    return rules.of_readings(rule, reading.asset, reading.axes, rules.begun(rule, reading.axes, since))[1]
