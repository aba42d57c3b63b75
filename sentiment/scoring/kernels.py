"""Compiled rolling windows (numba, the extra ``fast``) over rows of shape (series, days); each answers as pandas does.

What is not finite is not known.

Loaded only by `rolling`, and only for panels: a page of a few assets is faster without it.
"""

from __future__ import annotations

from math import inf, isfinite, nan

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WORDS = 80
STRETCH = 64 * WORDS - 1
"""Days ranked against each other at once: what is kept of them stays in the nearest cache."""
LONGEST = STRETCH // 2
"""Longest window of `rank`."""
AFTER = (np.arange(WORDS) > np.arange(WORDS + 1)[:, None]).astype(
    np.int16
)  # a bit set in a word counts for those after it


@njit(cache=True, nogil=True)
def _added(values: Floats, window: int, mean: bool) -> Floats:  # noqa: FBT001 - no keywords in compiled code
    """Sum or mean of each full window, added up as pandas does: it makes up for what adding and removing lose (Kahan)."""
    out = np.full_like(values, nan)
    for row in range(values.shape[0]):
        series = values[row]
        known = same = negative = 0
        held = lost_in = lost_out = 0.0
        last = nan
        for place in range(series.size):
            if place >= window and isfinite(series[place - window]):
                value = series[place - window]
                known -= 1
                negative -= value < 0
                part = -value - lost_out
                after = held + part
                lost_out = after - held - part
                held = after
            value = series[place]
            if isfinite(value):
                known += 1
                negative += value < 0
                part = value - lost_in
                after = held + part
                lost_in = after - held - part
                held = after
                same = same + 1 if value == last else 1
                last = value
            if known >= window:
                if same >= known:
                    out[row, place] = last if mean else last * known
                elif not mean:
                    out[row, place] = held
                elif (negative == 0 and held < 0) or (negative == known and held > 0):
                    out[row, place] = 0.0
                else:
                    out[row, place] = held / known
    return out


def total(values: Floats, window: int) -> Floats:
    """Sum of each full window."""
    return _added(values, window, False)  # noqa: FBT003


def mean(values: Floats, window: int) -> Floats:
    """Mean of each full window."""
    return _added(values, window, True)  # noqa: FBT003


@njit(cache=True, nogil=True)
def highest(values: Floats, window: int) -> Floats:
    """Largest value of each full window: of the end of one stretch of that length and the beginning of the next.

    Source: van Herk (1992), "A fast algorithm for local minimum and maximum filters", Pattern Recognition Letters 13.
    """
    out = np.full_like(values, nan)
    onward = np.empty(values.shape[1])
    for row in range(values.shape[0]):
        series = values[row]
        for place in range(series.size - 1, -1, -1):  # the largest from a day to the end of its stretch
            value = series[place] if isfinite(series[place]) else -inf
            last = (place + 1) % window == 0 or place + 1 == series.size
            onward[place] = value if last else max(value, onward[place + 1])
        known = 0
        begun = -inf
        for place in range(series.size):
            if place % window == 0:
                begun = -inf
            if place >= window:
                known -= isfinite(series[place - window])
            if isfinite(series[place]):
                known += 1
                begun = max(begun, series[place])
            if known >= window:
                out[row, place] = max(begun, onward[place - window + 1])
    return out


@njit(cache=True, nogil=True)
def _below(at: int, bits: NDArray[np.uint64], before: NDArray[np.int16]) -> int:
    """Count the bits below place `at`: those of earlier words, and of its own the ones under it (added up pair by pair)."""
    word = bits[at >> 6] & ((np.uint64(1) << np.uint64(at & 63)) - np.uint64(1))
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(before[at >> 6]) + int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def _places(series: Floats, order: NDArray[np.int64], places: NDArray[np.int64]) -> None:
    """Say where each day stands in the sorted stretch (-1: unknown), and where the days of the same value begin and end."""
    place, low, high = places
    start, last = 0, series[order[0]]
    for at in range(series.size):
        day = order[at]
        if series[day] != last:
            if at - start > 1:
                for tied in range(start, at):
                    high[order[tied]] = at
            start, last = at, series[day]
        place[day] = at if series[day] < inf else -1
        low[day] = start
        high[day] = at + 1
    for tied in range(start, series.size):
        high[order[tied]] = series.size


@njit(cache=True, nogil=True)
def _ranked(  # noqa: PLR0913, PLR0917 - compiled code takes arrays and numbers, not objects
    values: Floats, order: NDArray[np.int64], window: int, minimum: int, skip: int, out: Floats
) -> None:
    """Rank one stretch of every row, unknown days infinite; the first `skip` days only fill the window.

    A day has a place in the sorted stretch; the days inside the window are bits at their places, and `before` counts the
    bits of all earlier words. A rank is then one count, however long the window.
    """
    places = np.empty((3, values.shape[1]), dtype=np.int64)
    place, low, high = places
    bits = np.empty(WORDS, dtype=np.uint64)
    before = np.empty(WORDS, dtype=np.int16)
    one = np.uint64(1)
    for row in range(values.shape[0]):
        _places(values[row], order[row], places)
        bits[:] = 0
        before[:] = 0
        known = 0
        for day in range(values.shape[1]):
            gone = new = WORDS
            if day >= window and place[day - window] >= 0:
                gone = place[day - window] >> 6
                bits[gone] ^= one << np.uint64(place[day - window] & 63)
                known -= 1
            if place[day] >= 0:
                new = place[day] >> 6
                bits[new] ^= one << np.uint64(place[day] & 63)
                known += 1
            for word in range(WORDS):
                before[word] += AFTER[new, word] - AFTER[gone, word]
            if day < skip or new == WORDS or known < minimum:
                continue
            less = _below(low[day], bits, before)
            equal = 1 if high[day] - low[day] == 1 else _below(high[day], bits, before) - less
            out[row, day - skip] = (less + (equal + 1) / 2) / known


def rank(values: Floats, window: int, minimum: int) -> Floats:
    """Average rank of the last value of each window among those known in it, as a share of their number."""
    out = np.full_like(values, nan)
    step = STRETCH - window
    for start in range(0, values.shape[1], step):
        first, end = max(0, start - window + 1), start + step
        stretch = np.ascontiguousarray(values[:, first:end])
        order = np.argsort(
            np.where(np.isnan(stretch), np.inf, stretch), axis=1
        )  # numpy sorts five times faster without NaN
        _ranked(stretch, order, window, minimum, start - first, out[:, start:end])
    return out
