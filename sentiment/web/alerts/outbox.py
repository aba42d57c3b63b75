"""What the rules have heard, and what was sent: one file in the data folder, replaced whole at each step.

A message is on the disk before its first try. Each delivery is ``waiting``, then ``sending``, then ``sent``. One that is found as ``sending`` was
interrupted, and nobody knows whether it arrived: it is sent again under the same identity where the channel carries one, so that the
receiver can drop the second, and is otherwise left as ``unsure``.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from sentiment import files
from sentiment.errors import DataError
from sentiment.web.alerts.rules import Alert, State

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "alerts.json"
FORM = 1
KEPT = 30
"""Finished messages kept for each asset."""


@dataclass(slots=True)
class Delivery:
    """How far a message is on one channel: ``waiting``, ``sending``, ``sent`` or ``unsure``; since when, and how often it was tried."""

    state: str = "waiting"
    at: str = ""
    tries: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more is done."""
        return self.state in {"sent", "unsure"}


@dataclass(slots=True)
class Message:
    """A message as it is sent: it does not change after it was decided.

    Attributes
    ----------
    identity : str
        Tells it from all others; the receiver sees it.
    asset : str
        Empty for a digest.
    day : str
        The last day of the readings it is about, as 2026-11-27; of a digest the day it was made.
    made : str
        The instant, ISO.
    title, text, html : str
        The same content twice; without HTML the text alone.
    deliveries : dict of str to Delivery
        By the name of the channel.
    """

    identity: str
    asset: str
    day: str
    made: str
    title: str
    text: str
    html: str = ""
    deliveries: dict[str, Delivery] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether every delivery is."""
        return all(each.is_over for each in self.deliveries.values())


@dataclass(slots=True)
class Outbox:
    """What is on the disk.

    Attributes
    ----------
    states : dict of str to State
        What each rule has heard, by asset and rule.
    waiting : list of Alert
        What was decided and is in no message yet.
    messages : list of Message
        The oldest first.
    weeks : list of str
        Weeks whose digest was made, or came before the first one.
    salt : str
        Tells the messages of this data folder from those of another one with the same rules.
    """

    states: dict[str, State] = field(default_factory=dict)
    waiting: list[Alert] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    weeks: list[str] = field(default_factory=list)
    salt: str = field(default_factory=lambda: secrets.token_hex(8))

    def identity(self, *parts: str) -> str:
        """Return the identity of the message that these parts name."""
        return hashlib.sha256("\n".join((self.salt, *parts)).encode()).hexdigest()[:32]

    def save(self) -> None:
        """Replace the file; old finished messages are left out."""
        kept: dict[str, int] = {}
        messages = []
        for message in reversed(self.messages):
            kept[message.asset] = kept.get(message.asset, 0) + 1
            if not message.is_over or kept[message.asset] <= KEPT:
                messages.append(message)
        self.messages = messages[::-1]
        content = {
            "form": FORM,
            "states": {name: state._asdict() for name, state in self.states.items()},
            "waiting": [alert._asdict() for alert in self.waiting],
            "messages": [asdict(message) for message in self.messages],
            "weeks": self.weeks,
            "salt": self.salt,
        }
        files.replace(files.saved() / FILE, orjson.dumps(content, option=orjson.OPT_INDENT_2))


def load() -> Outbox:
    """Read the file; without one nothing was heard yet.

    Raises
    ------
    DataError
        If it cannot be read: nothing is sent then, for nobody knows what was.
    """
    path = files.saved() / FILE
    try:
        said = orjson.loads(path.read_bytes())
        if said["form"] != FORM:
            raise DataError(f"{path} has form {said['form']}, and this program writes {FORM}; update the program")
        return Outbox(
            {name: _state(one) for name, one in said["states"].items()},
            [Alert(**{**one, "day": date.fromisoformat(one["day"])}) for one in said["waiting"]],
            [_message(one) for one in said["messages"]],
            list(said["weeks"]),
            said["salt"],
        )
    except FileNotFoundError:
        return Outbox()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as cause:
        raise DataError(
            f"{path} cannot be read ({cause}), so nobody knows which alerts were sent; restore it, or remove it to start again"
        ) from None


def _state(said: dict[str, Any]) -> State:
    days = {name: date.fromisoformat(said[name]) if said[name] else None for name in ("told", "since")}
    return State(**{**said, **days, "day": date.fromisoformat(said["day"]), "heard": tuple(said["heard"])})


def _message(said: dict[str, Any]) -> Message:
    return Message(**{**said, "deliveries": {name: Delivery(**one) for name, one in said["deliveries"].items()}})


@contextmanager
def held() -> Iterator[Outbox | None]:
    """Hold the outbox of the data folder for this process alone, and yield it; None if another process holds it.

    Raises
    ------
    DataError
        If the file cannot be read.
    SelectionError
        If the data folder cannot be written.
    """
    with files.alone("alerts.lock", "no alert is sent") as is_free:
        yield load() if is_free else None
