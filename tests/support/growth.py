"""Whether work grows in step with the length of its input, told by a ratio of processor times."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 32
"""Quadratic work takes 64 times as long for eight times the length, linear work 8 times."""


def in_step(work: Callable[[int], object], length: int, floor: float = 0.001) -> bool:
    """Return whether `length` takes at most 32 times as long as an eighth of it, each at its best.

    The long one is tried again only where the machine disturbed it, since it is what costs; `floor` (seconds) hides the clock's noise.
    """
    most = MOST * max(min(_seconds(work, length // 8) for _ in range(3)), floor)
    return any(_seconds(work, length) < most for _ in range(5))


def _seconds(work: Callable[[int], object], length: int) -> float:
    start = time.process_time()
    work(length)
    return time.process_time() - start
