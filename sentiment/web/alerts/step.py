"""The step of `sentiment watch` that speaks: hear what is new, write down what is to be sent, send it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sentiment import settings
from sentiment.errors import SentimentError
from sentiment.formatting import counted
from sentiment.market.watch import Outcome
from sentiment.models import Selection
from sentiment.scoring import inputs
from sentiment.web.alerts import channels, decide, outbox, reading, rule_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentiment.market.watch import Stop
    from sentiment.web.alerts.channels import Channel
    from sentiment.web.alerts.decide import Load
    from sentiment.web.alerts.outbox import Delivery, Message, Outbox
    from sentiment.web.alerts.rule_file import Plan

    Draw = Callable[[Selection], bytes]

_log = logging.getLogger(__name__)
_UNDRAWN = (SentimentError, OSError, ValueError)
"""What a drawing raises: prices or notes that cannot be read, files that cannot be opened, and what resvg and Pillow refuse."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Alerts:
    """The step; without a file of rules it does nothing.

    Attributes
    ----------
    now : callable
        Returns the instant.
    load : callable
        Returns the reading of an asset.
    version : callable
        Returns what changes whenever the asset's readings may; an asset that has the same is not read again.
    draw : callable, optional
        Returns the card of a selection as PNG; without it messages have none.
    """

    now: Callable[[], datetime] = _now
    load: Load = reading.load
    version: Callable[[str], object] = inputs.version
    draw: Draw | None = None
    _heard: dict[str, object] = field(default_factory=dict)

    def __call__(self, stop: Stop) -> Outcome:
        """Do the step."""
        try:
            plan = rule_file.read()
            if plan is None or not (plan.rules or plan.faults or plan.digest):
                return Outcome("")
            if not plan.channels:
                reason = (
                    f"{rule_file.place()} names no channel to send to, and {settings.ALERT_URLS_VARIABLE} is not set"
                )
                return _nothing(reason)
            opened, failures = channels.open_all(plan.channels)
            with outbox.held() as box:
                if box is None:
                    return Outcome("another process sends the alerts", unreached=True)
                failures |= plan.faults
                failures |= self._hear(plan, box)
                now = self.now()
                sent = 0
                if not plan.is_quiet(now):
                    sent, failed = self._deliver(box, opened, stop)
                    failures |= failed
                return Outcome(_words(sent, _waiting(box, opened), plan.is_quiet(now), failures), failures, not sent)
        except SentimentError as error:
            return _nothing(str(error))
        except OSError as cause:
            return _nothing(f"the outbox of alerts cannot be written: {cause.strerror}")

    def _hear(self, plan: Plan, box: Outbox) -> dict[str, str]:
        """Hear what changed, and save what was decided with what was heard: both or neither is on the disk."""
        failures, heard = {}, {}
        now = self.now()
        for asset, listed in decide.by_asset(plan).items():
            try:
                version = (self.version(asset), tuple(rule.key(asset) for rule in listed), plan.is_one_a_day)
                if self._heard.get(asset) == version:
                    continue
                decide.hear(plan, listed, self.load(asset, now), box, now)
                heard[asset] = version
            except SentimentError as error:
                failures[asset] = str(error)
        if decide.weekly(plan, box, now, self.load) or heard:
            box.save()
        self._heard.update(heard)
        return failures

    def _deliver(self, box: Outbox, opened: Mapping[str, Channel], stop: Stop) -> tuple[int, dict[str, str]]:
        """Send what waits, the oldest first; return how many deliveries were taken, and why others were not.

        A channel that did not take a message is left alone until the next round.
        """
        sent = 0
        failures: dict[str, str] = {}
        for message in box.messages:
            card = _Card(message, self.draw)
            for name, delivery in message.deliveries.items():
                if stop.requested():
                    return sent, failures
                where = f"channel {name}"
                if delivery.is_over or name not in opened or where in failures:
                    continue
                if delivery.state == "sending" and not opened[name].carries_identity:
                    _mark(box, delivery, "unsure", self.now())
                    failures[f"{where}, {message.title}"] = (
                        "was interrupted while it was sent, so it may or may not have arrived; it is not sent again"
                    )
                elif self._send(box, message, delivery, opened[name], card):
                    sent += 1
                else:
                    failures[where] = "did not accept a message; it is tried again at the next check"
        return sent, failures

    def _send(self, box: Outbox, message: Message, delivery: Delivery, channel: Channel, card: _Card) -> bool:
        picture = card.drawn if channel.takes_pictures else None
        delivery.tries += 1
        _mark(box, delivery, "sending", self.now())
        is_taken = channel.send(message, picture)
        _mark(box, delivery, "sent" if is_taken else "waiting", self.now())
        return is_taken


@dataclass
class _Card:
    """The card of a message, drawn when the first channel takes it; a digest has none."""

    message: Message
    draw: Draw | None

    @cached_property
    def drawn(self) -> bytes | None:
        asset, day, made = self.message.asset, self.message.day, self.message.made
        if not asset or self.draw is None:
            return None
        try:
            return self.draw(
                Selection(asset=asset, as_of=date.fromisoformat(day), known_at=datetime.fromisoformat(made))
            )
        except _UNDRAWN as error:
            _log.warning("the card of %s on %s cannot be drawn, so its message goes without: %s", asset, day, error)
            return None


def _waiting(box: Outbox, opened: Mapping[str, Channel]) -> int:
    return sum(
        not all(each.is_over for name, each in message.deliveries.items() if name in opened) for message in box.messages
    )


def _words(sent: int, waiting: int, is_quiet: bool, failures: Mapping[str, str]) -> str:  # noqa: FBT001 - a fact
    """Return what was done in words; empty if there was nothing to do and nothing is wrong."""
    words = [f"{sent} sent"] * bool(sent)
    if waiting:
        count = counted(waiting, "waits", "wait")
        words.append(f"{count} for the end of the quiet hours" if is_quiet else count)
    if not words and failures:
        words.append("none sent")
    return f"alerts: {', '.join(words)}" if words else ""


def _nothing(reason: str) -> Outcome:
    return Outcome("no alert is sent", {"alerts": reason}, unreached=True)


def _mark(box: Outbox, delivery: Delivery, state: str, now: datetime) -> None:
    delivery.state, delivery.at = state, now.astimezone(UTC).isoformat(timespec="seconds")
    box.save()
