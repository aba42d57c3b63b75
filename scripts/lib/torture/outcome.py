"""Attacks, how they are run on all cores, and their outcomes."""

from __future__ import annotations

import os
import tempfile
import time
import traceback
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ALONE = 400
"""Up to this many cases run in this process: starting others would take longer."""
SLOW = 1.0
"""Processor seconds that no case may take in a long run; unlike wall time they do not depend on the load."""
SHOWN = 8


@dataclass(frozen=True)
class Outcome:
    """Outcome of an attack: how often it was tried, how often the law broke, and the first cases that broke it."""

    what: str
    tried: int
    failed: int
    seconds: float
    note: str = ""
    examples: tuple[str, ...] = ()


class Dice:
    """Random choices, reproducible from a seed and the number of a case."""

    def __init__(self, *seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def below(self, end: int) -> int:
        return int(self.rng.integers(end)) if end > 0 else 0

    def pick(self, things: Sequence[Any]) -> Any:
        return things[self.below(len(things))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def text(self, most: int) -> str:
        """Return random characters from all of Unicode, mostly ASCII."""
        tops = (0x7F, 0x7F, 0x7F, 0x250, 0x3000, 0x10FFFF)
        return "".join(chr(self.below(self.pick(tops))) for _ in range(self.below(most + 1)))


def late(seconds: float, most: float) -> bool:
    """Return whether something took too long; the tests replace this, as they run on busy machines."""
    return seconds > most


@dataclass(frozen=True)
class Attack:
    """One law under attack.

    Attributes
    ----------
    what : str
        Name in the table.
    count : int
        Cases at scale 1.
    case : callable
        Runs one case and raises if the law breaks; the words it returns are counted.
    slow : float
        Processor seconds that a case may take in a long run.
    """

    what: str
    count: int
    case: Callable[[Dice], str]
    slow: float = SLOW


@dataclass
class Tally:
    tried: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0


def run(attacks: Sequence[Attack], scale: float, seed: int) -> list[Outcome]:
    """Run every attack, `scale` times its count of cases."""
    return [_run(attack, max(1, round(attack.count * scale)), seed) for attack in attacks]


def run_part(module: str, scale: float, seed: int) -> list[Outcome]:
    """Run a part of the table in this process, which it may change."""
    return import_module(module).run(scale, seed)


def _run(attack: Attack, count: int, seed: int) -> Outcome:
    begun = time.perf_counter()
    if count <= ALONE:
        with own_folder():
            tallies = [_tally(attack, range(count), seed, timed=False)]
    else:
        cores = os.cpu_count() or 1
        shares = [range(start, count, 4 * cores) for start in range(4 * cores)]
        with ProcessPoolExecutor(cores, get_context("spawn"), _strict) as pool:
            tallies = list(pool.map(_apart, [attack] * len(shares), shares, [seed] * len(shares)))
    broken = [one for tally in tallies for one in tally.broken]
    ways = sum((tally.ways for tally in tallies), Counter())
    told = [f"{number:,} {way}" for way, number in ways.most_common()]
    told.append(f"slowest {max(tally.slowest for tally in tallies):.2g} s")
    tried = sum(tally.tried for tally in tallies)
    return Outcome(attack.what, tried, len(broken), time.perf_counter() - begun, ", ".join(told), tuple(broken[:SHOWN]))


def _strict() -> None:
    """Turn warnings into errors, and use no network and no database server."""
    warnings.simplefilter("error")
    os.environ["SENTIMENT_OFFLINE"] = "1"
    os.environ.pop("SENTIMENT_DATABASE_URL", None)


def _apart(attack: Attack, cases: range, seed: int) -> Tally:
    with own_folder():
        return _tally(attack, cases, seed, timed=True)


def _tally(attack: Attack, cases: range, seed: int, *, timed: bool) -> Tally:
    tally = Tally()
    for number in cases:
        begun = time.thread_time()
        try:
            tally.ways[attack.case(Dice(seed, number))] += 1
        except Exception as error:  # noqa: BLE001 - any exception breaks the law
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{type(error).__name__}: {str(error)[:400]} ({where.name}:{where.lineno})"
            tally.broken.append(f"--seed {seed} --case {number}: {said}")
        took = time.thread_time() - begun
        if tally.tried:  # the first case also pays for imports
            tally.slowest = max(tally.slowest, took)
            if timed and took > attack.slow:
                tally.broken.append(f"--seed {seed} --case {number}: it took {took:.1f} s of a processor")
        tally.tried += 1
    return tally


@contextmanager
def own_folder():
    """Save prices and notes in a temporary folder."""
    before = os.environ.get("SENTIMENT_DATA_DIR")
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        os.environ["SENTIMENT_DATA_DIR"] = folder
        try:
            yield folder
        finally:
            if before is None:
                del os.environ["SENTIMENT_DATA_DIR"]
            else:
                os.environ["SENTIMENT_DATA_DIR"] = before
