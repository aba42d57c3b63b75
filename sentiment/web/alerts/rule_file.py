"""Read the file of rules. A faulty rule is named with its place and stops none of the others."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from sentiment import files
from sentiment.errors import InputError, SelectionError
from sentiment.formatting import shortened
from sentiment.settings import ALERT_URLS_VARIABLE
from sentiment.web.alerts.one_rule import quoted, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sentiment.web.alerts.rules import Rule

VARIABLE = "SENTIMENT_ALERTS"
FILE = "alerts.toml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HEAD = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)
_TOP = {"rule", "channels", "quiet", "timezone", "one_a_day", "digest"}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class Entry(NamedTuple):
    """A rule as it is written: its place, what is said, the rule, and why it cannot be followed (empty if it can)."""

    place: str
    said: Mapping[str, Any]
    rule: Rule | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the file says.

    Attributes
    ----------
    entries : tuple of Entry
        The rules as they are written, in their order.
    channels : mapping of str to str
        Address of each channel, by its name. An address holds secrets: it is never shown.
    quiet : pair of time or None
        When messages wait, by the clock of `zone`.
    zone : ZoneInfo
    is_one_a_day : bool
        Whether an asset has one message for a day of its readings, however many rules speak.
    digest : pair of int and time, or None
        Weekday (0 is Monday) and time of the weekly digest.
    """

    entries: tuple[Entry, ...] = field(default=(), repr=False)
    channels: Mapping[str, str] = field(default_factory=dict, repr=False)
    quiet: tuple[time, time] | None = None
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 - immutable
    is_one_a_day: bool = True
    digest: tuple[int, time] | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Those that can be followed."""
        return tuple(entry.rule for entry in self.entries if entry.rule)

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong with the others, by their place."""
        return {entry.place: entry.fault for entry in self.entries if entry.fault}

    def is_quiet(self, now: datetime) -> bool:
        """Return whether messages wait at an instant."""
        if self.quiet is None:
            return False
        clock, (start, end) = now.astimezone(self.zone).time(), self.quiet
        return start <= clock < end if start < end else clock >= start or clock < end


def place() -> Path:
    """Return the path of the file of rules."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named) if named else files.saved() / FILE


def read() -> Plan | None:
    """Read the file; None where there is none.

    Raises
    ------
    InputError
        If it cannot be read, is not TOML, or says something else than rules that cannot be followed: nothing is sent then.
    """
    text = written()
    if text is None:
        return None
    try:
        return parse(text)
    except SelectionError as error:
        raise InputError(f"{place()}: {error}; nothing is sent until it is fixed") from None


def written() -> str | None:
    """Return the text of the file, with its own ends of lines; None where there is none.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    path = place()
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        if os.environ.get(VARIABLE, "").strip():
            raise InputError(f"{VARIABLE} names {path}, which is not there") from None
        return None
    except (OSError, UnicodeDecodeError) as cause:
        raise InputError(f"{path} cannot be read: {getattr(cause, 'strerror', None) or 'it is not UTF-8'}") from None


def parse(text: str) -> Plan:
    """Read the text of a file of rules.

    Raises
    ------
    SelectionError
        If it is not TOML, or something else than a rule cannot be followed.
    """
    try:
        said = tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError is one, and so is a number of thousands of digits
        raise SelectionError(f"this is not TOML: {error}") from None
    if unknown := sorted(said.keys() - _TOP):
        raise SelectionError(f"{shortened(unknown[0])} is not known here; there are {', '.join(sorted(_TOP))}")
    listed = said.get("rule", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise SelectionError("rules are written one after the other, each below a line [[rule]]")
    lines = [text.count("\n", 0, found.start()) + 1 for found in HEAD.finditer(text)]
    channels = _channels(said.get("channels", {}))
    entries: list[Entry] = []
    for count, one in enumerate(listed):
        where = f"rule {count + 1}" + (f", line {lines[count]}" if len(lines) == len(listed) else "")
        entries.append(_entry(where, one, channels, entries))
    return Plan(
        tuple(entries),
        channels,
        _quiet(said.get("quiet", "")),
        _zone(said.get("timezone", "UTC")),
        _yes_or_no(said.get("one_a_day", True)),
        _weekly(said.get("digest", "")),
    )


def _entry(where: str, said: Mapping[str, Any], channels: Mapping[str, str], before: Iterable[Entry]) -> Entry:
    try:
        found = rule(said, channels, where)
    except SelectionError as error:
        return Entry(where, said, None, str(error))
    if twin := twin_of(found, before):
        return Entry(
            where, said, None, f"it is the same rule as {twin.place}, so only that one is followed; take one out"
        )
    return Entry(where, said, found)


def twin_of(one: Rule, entries: Iterable[Entry]) -> Entry | None:
    """Return the entry that speaks of the same, to the same channel, as a rule: both would share what they have heard and told."""
    return next((entry for entry in entries if entry.rule and entry.rule.name == one.name), None)


def _channels(said: object) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(url, str) and url.strip() for url in said.values()):
        raise SelectionError('[channels] has a line for each channel: name = "address"')
    named = {name: url.strip() for name, url in said.items()}
    from_environment = os.environ.get(ALERT_URLS_VARIABLE, "").split()
    return named | {f"{ALERT_URLS_VARIABLE} {count}": url for count, url in enumerate(from_environment, 1)}


def _quiet(said: object) -> tuple[time, time] | None:
    if said == "":
        return None
    start, between, end = str(said).partition("-")
    if not between or start.strip() == end.strip():
        raise SelectionError(f"quiet is {quoted(said)}; quiet hours look like 22:00-07:00")
    return _clock(start, "quiet"), _clock(end, "quiet")


def _weekly(said: object) -> tuple[int, time] | None:
    if said == "":
        return None
    weekday, _, clock = str(said).strip().lower().partition(" ")
    if weekday not in WEEKDAYS:
        raise SelectionError(f"digest is {quoted(said)}; it looks like monday 08:00")
    return WEEKDAYS.index(weekday), _clock(clock, "digest")


def _clock(text: str, name: str) -> time:
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise SelectionError(f"{name} names the time {shortened(text.strip())}; a time looks like 07:00")
    return time(int(found[1]), int(found[2]))


def _zone(said: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(said))
    except (KeyError, ValueError, OSError):
        raise SelectionError(f"timezone is {quoted(said)}; it is a name such as Europe/Berlin") from None


def _yes_or_no(said: object) -> bool:
    if not isinstance(said, bool):
        raise SelectionError(f"one_a_day is {quoted(said)}; it is true or false")
    return said
