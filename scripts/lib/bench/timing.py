"""Comparable times: cases take turns, and the least processor time of each counts, which other load disturbs least."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from math import log
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(slots=True)
class Times:
    """Processor seconds of each round of one case."""

    each: list[float] = field(default_factory=list)

    @property
    def least(self) -> float:
        """The least disturbed time."""
        return min(self.each)

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.each)


def interleaved(cases: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Run every case once unmeasured, then `rounds` times in turn."""
    times = {name: Times() for name in cases}
    for case in cases.values():
        case()
    for _ in range(rounds):
        for name, case in cases.items():
            begin = time.process_time()
            case()
            times[name].each.append(time.process_time() - begin)
    return times


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Slope of a line through the logarithms: 1 is linear."""
    x, y = [log(one) for one in sizes], [log(one) for one in seconds]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)
