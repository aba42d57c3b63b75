"""Keep the watchlist fresh, round after round, in one process of all that share a data folder.

A round is a row of steps; `Prices` is the first of them. A step asks politely, tells what it did, and never ends the rounds.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sentiment import files
from sentiment.errors import BadRequestError, NoDataError, SentimentError, UnknownSymbolError
from sentiment.formatting import counted
from sentiment.market import cooldown, live, refresh, roles, watchlist

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sentiment.market.refresh import RefreshResult

SOON = timedelta(minutes=5)
"""When to look again after a round in which nothing could be reached."""

TAKE_OVER = timedelta(minutes=1)
"""How often a process looks whether the one that does the rounds has ended."""

_LOCK = "watch.lock"
_LOOK = 0.2  # seconds to wait for the lock: a page may look at that moment whether it is held
_GLANCE = 10.0  # seconds between two glances at the clocks
_log = logging.getLogger(__name__)


class Stop:
    """Whether the rounds are to end. A signal's handler may request it: a queue, unlike an event, allows that at any point."""

    def __init__(self) -> None:
        self._requested = False
        self._woken: queue.SimpleQueue[None] = queue.SimpleQueue()

    def request(self) -> None:
        """End the rounds after what is being fetched now."""
        self._requested = True
        self._woken.put(None)

    def requested(self) -> bool:
        """Return whether an end is requested."""
        return self._requested

    def wait(self, seconds: float) -> None:
        """Wait so long, or until an end is requested."""
        if not self._requested:
            with suppress(queue.Empty):
                self._woken.get(timeout=seconds)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Seconds by the wall clock, which may be set, and by the monotonic one, which may stand still while the machine sleeps."""

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic

    def now(self) -> datetime:
        """Return the instant by the wall clock."""
        return datetime.fromtimestamp(self.wall(), UTC)

    def pause(self, length: timedelta, stop: Stop) -> None:
        """Wait until so much has passed by either clock, or an end is requested."""
        seconds = length.total_seconds()
        wall, steady = self.wall() + seconds, self.steady() + seconds
        while not stop.requested() and (left := min(wall - self.wall(), steady - self.steady())) > 0:
            stop.wait(min(left, _GLANCE))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step did.

    Attributes
    ----------
    summary : str
        In words, for the line of the round; empty if there was nothing to do.
    failures : mapping
        Why something failed, by its name.
    unreached : bool
        Whether nothing could be done, so that another look soon may help.
    """

    summary: str
    failures: Mapping[str, str] = field(default_factory=dict)
    unreached: bool = False


@dataclass(slots=True)
class Prices:
    """The step that refreshes what is stale of the watchlist and of the series that the scores of its assets need.

    A symbol that its source has no figures of is left alone for `refresh.ASK_AGAIN`.
    """

    clocks: Clocks = field(default_factory=Clocks)
    _refused_at: dict[str, float] = field(default_factory=dict)

    def __call__(self, stop: Stop) -> Outcome:
        """Do the step."""
        try:
            listed, unlisted = watchlist.symbols(), watchlist.refused()
        except SentimentError as error:
            return Outcome("the watchlist cannot be read", {"watchlist": str(error)})
        symbols = roles.all_to_fetch(listed)
        asked = [symbol for symbol in symbols if not self._just_refused(symbol)]

        def refreshed(symbol: str) -> RefreshResult | SentimentError | None:
            with cooldown.told_elsewhere():  # by the round, once for all that failed alike
                return None if stop.requested() else live.refresh_stale(symbol)

        with ThreadPoolExecutor(refresh.MOST_THREADS, "watch") as pool:
            outcomes = dict(zip(asked, pool.map(refreshed, asked), strict=True))
        done = [outcome for outcome in outcomes.values() if isinstance(outcome, refresh.RefreshResult)]
        failed = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, SentimentError)}
        refused = {
            name for name, why in failed.items() if isinstance(why, NoDataError | UnknownSymbolError | BadRequestError)
        }
        self._refused_at.update(dict.fromkeys(refused, self.clocks.steady()))
        bars = sum(outcome.new for outcome in done)
        return Outcome(
            f"{len(done)} of {len(symbols)} series refreshed, {counted(bars, 'new bar')}",
            {f"{name!r} on the watchlist": why for name, why in unlisted.items()}
            | {name: str(why) for name, why in failed.items()},
            unreached=bool(failed.keys() - refused) and not done,
        )

    def _just_refused(self, symbol: str) -> bool:
        refused_at = self._refused_at.get(symbol)
        return refused_at is not None and self.clocks.steady() - refused_at < refresh.ASK_AGAIN.total_seconds()


def run_round(steps: Sequence[Callable[[Stop], Outcome]], stop: Stop) -> Outcome:
    """Do every step once, log a line for each reason of a failure, and return what all of them did."""
    outcomes = [outcome for step in steps if not stop.requested() and (outcome := step(stop)).summary]
    failures = {name: why for outcome in outcomes for name, why in outcome.failures.items()}
    for reason in dict.fromkeys(failures.values()):
        _log.warning("%s: %s", ", ".join(name for name, why in failures.items() if why == reason), reason)
    words = [outcome.summary for outcome in outcomes] + [f"{len(failures)} failed"] * bool(failures)
    unreached = bool(outcomes) and all(outcome.unreached for outcome in outcomes)
    return Outcome(", ".join(words), failures, unreached)


def keep(  # noqa: PLR0913 - what is done and how often, by whom, until when, and who is told
    steps: Sequence[Callable[[Stop], Outcome]],
    *,
    every: timedelta,
    who: str,
    stop: Stop,
    tell: Callable[[str], None],
    clocks: Clocks | None = None,
) -> None:
    """Do rounds until an end is requested, as long as no other process does them on this data folder.

    Parameters
    ----------
    steps : sequence of callables
        What a round consists of.
    every : timedelta
        The time between two rounds.
    who : str
        The command of this process, for others to read.
    stop : Stop
        Ends the rounds.
    tell : callable
        Called with a line for each round, and with who does the rounds if it is another process.
    clocks : Clocks, optional
        Others than this machine's.

    Raises
    ------
    SelectionError
        If the data folder cannot be written.
    """
    clocks, told = clocks or Clocks(), ""
    while not stop.requested():
        with alone(who) as other:
            if not other:
                _rounds(steps, every, stop, tell, clocks)
                return
        if other != told:
            tell(f"{other}; this one takes over when that one ends")
            told = other
        clocks.pause(TAKE_OVER, stop)


def _rounds(
    steps: Sequence[Callable[[Stop], Outcome]],
    every: timedelta,
    stop: Stop,
    tell: Callable[[str], None],
    clocks: Clocks,
) -> None:
    while not stop.requested():
        done = run_round(steps, stop)
        if stop.requested():
            tell(f"{clocks.now():%H:%M} UTC: {done.summary}; stopped")
            return
        length = min(every, SOON) if done.unreached else every
        tell(f"{clocks.now():%H:%M} UTC: {done.summary}; next check at {clocks.now() + length:%H:%M} UTC")
        clocks.pause(length, stop)


@contextmanager
def alone(who: str) -> Iterator[str]:
    """Hold the lock of the data folder's rounds; yields who holds it if it is another process, and empty text otherwise.

    The system frees the lock of a process that is killed. The file beside it only says who held it.

    Raises
    ------
    SelectionError
        If the data folder cannot be written.
    """
    folder = files.saved()
    with files.alone(_LOCK, "nothing can be kept fresh", _LOOK) as is_free:
        if not is_free:
            yield _holder(folder)
            return
        try:
            _sign(folder, who)
            yield ""
        finally:
            with suppress(OSError):
                _signature(folder).unlink(missing_ok=True)


def at_work() -> str:
    """Say who does the rounds of the data folder; empty if nobody does.

    Raises
    ------
    SelectionError
        If the data folder cannot be written.
    """
    folder = files.saved()
    if not (folder / _LOCK).exists():  # a look leaves no trace
        return ""
    with files.alone(_LOCK, "nothing can be kept fresh") as is_free:
        return "" if is_free else _holder(folder)


def _signature(folder: Path) -> Path:
    return folder / "watch.json"


def _sign(folder: Path, who: str) -> None:
    told = {
        "command": who,
        "process": os.getpid(),
        "machine": socket.gethostname(),
        "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
    }
    with suppress(OSError):  # a full disk: the rounds matter more than who is said to do them
        files.replace(_signature(folder), json.dumps(told).encode())


def _holder(folder: Path) -> str:
    """Say who does the rounds."""
    try:
        told = json.loads(_signature(folder).read_bytes())
        command, process, machine, since = (told[name] for name in ("command", "process", "machine", "since"))
    except (OSError, ValueError, TypeError, KeyError):  # it has not signed yet, or could not
        return "another process keeps this data folder fresh"
    return f"`{command}` (process {process} on {machine}) has kept this data folder fresh since {since} UTC"
