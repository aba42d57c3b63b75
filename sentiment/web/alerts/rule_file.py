"""Read the file of rules. A faulty rule is named with its place and stops none of the others."""

from __future__ import annotations

import math
import os
import re
import tomllib
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from sentiment import files
from sentiment.errors import InputError, SelectionError, SourceError
from sentiment.formatting import shortened
from sentiment.market import providers
from sentiment.models import Regime
from sentiment.settings import ALERT_URLS_VARIABLE
from sentiment.web.alerts.rules import CALLS, COLUMNS, SCALES, Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

VARIABLE = "SENTIMENT_ALERTS"
FILE = "alerts.toml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 3_650
WATCHLIST = "watchlist"
HEAD = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)
TESTS = ("above", "below", "enters", "leaves", "changes_by")
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
    except tomllib.TOMLDecodeError as error:
        raise SelectionError(f"this is not TOML: {error}") from None
    if unknown := sorted(said.keys() - _TOP):
        raise SelectionError(f"{shortened(unknown[0])} is not known here; there are {', '.join(sorted(_TOP))}")
    listed = said.get("rule", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise SelectionError("rules are written one after the other, each below a line [[rule]]")
    lines = [text.count("\n", 0, found.start()) + 1 for found in HEAD.finditer(text)]
    channels = _channels(said.get("channels", {}))
    entries = []
    for count, one in enumerate(listed):
        where = f"rule {count + 1}" + (f", line {lines[count]}" if len(lines) == len(listed) else "")
        try:
            entries.append(Entry(where, one, rule(one, channels, where)))
        except (SelectionError, SourceError) as error:
            entries.append(Entry(where, one, None, str(error)))
    return Plan(
        tuple(entries),
        channels,
        _quiet(said.get("quiet", "")),
        _zone(said.get("timezone", "UTC")),
        _yes_or_no(said.get("one_a_day", True)),
        _weekly(said.get("digest", "")),
    )


def rule(said: Mapping[str, Any], channels: Collection[str], where: str = "") -> Rule:
    """Read one rule.

    Raises
    ------
    SelectionError, SourceError
        If it cannot be followed.
    """
    what = said.get("what")
    if what not in (*COLUMNS, *CALLS, "regime"):  # it may be a list, which no set takes
        raise SelectionError(f"what is {_quoted(what)}; it is {', '.join((*COLUMNS, 'regime', *CALLS))}")
    tests = [name for name in TESTS if name in said]
    allowed = {"asset", "what", "channel", *_keys_of(what, tests)}
    if unknown := sorted(said.keys() - allowed):
        raise SelectionError(f"{shortened(unknown[0])} does not belong to a rule of {what}")
    if len(tests) > 1 or (not tests and what in COLUMNS):
        raise SelectionError(f"a rule of {what} has one of {', '.join(TESTS if what in COLUMNS else TESTS[2:4])}")
    test = tests[0] if tests else ""
    asset = said.get("asset", WATCHLIST)
    if not isinstance(asset, str) or not asset.strip():
        raise SelectionError(f"asset is {_quoted(asset)}; it is a ticker or {WATCHLIST}")
    channel = said.get("channel", "")
    if channel not in ("", *channels):  # it may be an address, so it is not quoted
        raise SelectionError(f"channel is none of those that the file names: {', '.join(channels) or 'there is none'}")
    bounds: tuple[float, ...] = ()
    regime = ""
    if test and what == "regime":
        regime = said[test]
        if regime not in list(Regime):
            raise SelectionError(f"{test} is {_quoted(regime)}; a regime is {', '.join(Regime)}")
    elif test:
        bounds = _bounds(what, test, said[test])
    return Rule(
        where,
        what,
        test,
        bounds,
        regime,
        None if asset.strip().lower() == WATCHLIST else providers.normalize(asset),
        _days(said, "in_days", 1) if test == "changes_by" else 0,
        _days(said, "cooldown_days", 0) if "cooldown_days" in said else 0,
        channel,
    )


def _keys_of(what: str, tests: list[str]) -> tuple[str, ...]:
    if what in CALLS:
        return ()
    more = ("in_days",) if tests == ["changes_by"] else ()
    return (*(TESTS if what in COLUMNS else TESTS[2:4]), *more, "cooldown_days")


def _bounds(what: str, test: str, said: object) -> tuple[float, ...]:
    wanted = 2 if test in {"enters", "leaves"} else 1
    listed = said if isinstance(said, list) and wanted > 1 else [said]
    numbers = [float(one) for one in listed if isinstance(one, int | float) and not isinstance(one, bool)]
    if len(numbers) != len(listed) or len(numbers) != wanted or not all(map(math.isfinite, numbers)):
        form = "two numbers such as [70, 100]" if wanted > 1 else "a number"
        raise SelectionError(f"{test} is {_quoted(said)}; it is {form}")
    if numbers != sorted(numbers) or (test == "changes_by" and numbers[0] <= 0):
        raise SelectionError(
            f"{test} is {_quoted(said)}; {'the lower one comes first' if wanted > 1 else 'it is above zero'}"
        )
    low, high = SCALES.get(what, (-math.inf, math.inf))
    if test == "changes_by":
        low, high = 0.0, high - low
    if not low <= numbers[0] <= numbers[-1] <= high:
        is_from = "changes by" if test == "changes_by" else "is from"
        raise SelectionError(f"{test} is {_quoted(said)}; {what} {is_from} {low:g} to {high:g}")
    return tuple(numbers)


def _days(said: Mapping[str, Any], name: str, least: int) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LONGEST:
        raise SelectionError(f"{name} is {_quoted(value)}; it is a whole number of days from {least} to {LONGEST:,}")
    return value


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
        raise SelectionError(f"quiet is {_quoted(said)}; quiet hours look like 22:00-07:00")
    return _clock(start, "quiet"), _clock(end, "quiet")


def _weekly(said: object) -> tuple[int, time] | None:
    if said == "":
        return None
    weekday, _, clock = str(said).strip().lower().partition(" ")
    if weekday not in WEEKDAYS:
        raise SelectionError(f"digest is {_quoted(said)}; it looks like monday 08:00")
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
        raise SelectionError(f"timezone is {_quoted(said)}; it is a name such as Europe/Berlin") from None


def _yes_or_no(said: object) -> bool:
    if not isinstance(said, bool):
        raise SelectionError(f"one_a_day is {_quoted(said)}; it is true or false")
    return said


def _quoted(said: object) -> str:
    return "missing" if said is None else shortened(str(said))
