"""Rolling windows compiled by numba (the extra ``fast``), over arrays of shape (series, days), with the results of pandas.

Values that are not finite count as unknown. Loaded by `rolling` for panels only: a page of a few assets is faster without it.
"""

from __future__ import annotations

from math import inf, isfinite, nan

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WORDS = 80
STRETCH = 64 * WORDS - 1
"""Days ranked against each other at once: their state fits the first-level cache. A window of `rank` must be shorter."""
# Row w adds 1 to the counts of all words after word w.
AFTER = (np.arange(WORDS) > np.arange(WORDS + 1)[:, None]).astype(np.int16)


@njit(cache=True, nogil=True)
def _sum_or_mean(values: Floats, window: int, mean: bool) -> Floats:  # noqa: FBT001 - no keywords in compiled code
    """Return the sum or mean of each full window with Kahan's compensation, in the order of pandas."""
    out = np.full_like(values, nan)
    for row in range(values.shape[0]):
        series = values[row]
        known = same = negative = 0
        running = lost_in = lost_out = 0.0
        last = nan
        for place in range(series.size):
            if place >= window and isfinite(series[place - window]):
                value = series[place - window]
                known -= 1
                negative -= value < 0
                part = -value - lost_out
                after = running + part
                lost_out = after - running - part
                running = after
            value = series[place]
            if isfinite(value):
                known += 1
                negative += value < 0
                part = value - lost_in
                after = running + part
                lost_in = after - running - part
                running = after
                same = same + 1 if value == last else 1
                last = value
            if known >= window:
                if same >= known:
                    out[row, place] = last if mean else last * known
                elif not mean:
                    out[row, place] = running
                elif (negative == 0 and running < 0) or (negative == known and running > 0):
                    out[row, place] = 0.0
                else:
                    out[row, place] = running / known
    return out


def total(values: Floats, window: int) -> Floats:
    """Return the sum of each full window."""
    return _sum_or_mean(values, window, False)  # noqa: FBT003


def mean(values: Floats, window: int) -> Floats:
    """Return the mean of each full window."""
    return _sum_or_mean(values, window, True)  # noqa: FBT003


@njit(cache=True, nogil=True)
def highest(values: Floats, window: int) -> Floats:
    """Return the largest value of each full window: the end of one stretch of that length and the start of the next.

    Source: van Herk (1992), "A fast algorithm for local minimum and maximum filters", Pattern Recognition Letters 13.
    """
    out = np.full_like(values, nan)
    to_end = np.empty(values.shape[1])
    for row in range(values.shape[0]):
        series = values[row]
        for place in range(series.size - 1, -1, -1):  # the maximum from each day to the end of its stretch
            value = series[place] if isfinite(series[place]) else -inf
            last = (place + 1) % window == 0 or place + 1 == series.size
            to_end[place] = value if last else max(value, to_end[place + 1])
        known = 0
        from_start = -inf
        for place in range(series.size):
            if place % window == 0:
                from_start = -inf
            if place >= window:
                known -= isfinite(series[place - window])
            if isfinite(series[place]):
                known += 1
                from_start = max(from_start, series[place])
            if known >= window:
                out[row, place] = max(from_start, to_end[place - window + 1])
    return out


@njit(cache=True, nogil=True)
def _below(at: int, bits: NDArray[np.uint64], before: NDArray[np.int16]) -> int:
    """Count the bits below position `at`: those of earlier words, and those below it in its own word (by a population count)."""
    word = bits[at >> 6] & ((np.uint64(1) << np.uint64(at & 63)) - np.uint64(1))
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(before[at >> 6]) + int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def _places(series: Floats, order: NDArray[np.int64], places: NDArray[np.int64]) -> None:
    """Fill in the position of each day in the sorted stretch (-1: unknown), and where the days of the same value start and end."""
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

    Each day has a position in the sorted stretch. The days inside the window are bits at their positions, and `before` counts
    the bits of all earlier words, so that a rank is one count, however long the window.
    """
    places = np.empty((3, values.shape[1]), dtype=np.int64)
    place, low, high = places
    bits = np.empty(WORDS, dtype=np.uint64)
    before = np.empty(WORDS, dtype=np.int16)
    bit = np.uint64(1)
    for row in range(values.shape[0]):
        _places(values[row], order[row], places)
        bits[:] = 0
        before[:] = 0
        known = 0
        for day in range(values.shape[1]):
            left = entered = WORDS
            if day >= window and place[day - window] >= 0:
                left = place[day - window] >> 6
                bits[left] ^= bit << np.uint64(place[day - window] & 63)
                known -= 1
            if place[day] >= 0:
                entered = place[day] >> 6
                bits[entered] ^= bit << np.uint64(place[day] & 63)
                known += 1
            for word in range(WORDS):
                before[word] += AFTER[entered, word] - AFTER[left, word]
            if day < skip or entered == WORDS or known < minimum:
                continue
            less = _below(low[day], bits, before)
            equal = 1 if high[day] - low[day] == 1 else _below(high[day], bits, before) - less
            out[row, day - skip] = (less + (equal + 1) / 2) / known


def rank(values: Floats, window: int, minimum: int) -> Floats:
    """Return the average rank of the last value of each window among the known ones, as a share of their number."""
    out = np.full_like(values, nan)
    step = STRETCH - window
    for start in range(0, values.shape[1], step):
        first, end = max(0, start - window + 1), start + step
        stretch = np.ascontiguousarray(values[:, first:end])
        # numpy sorts five times faster without NaN
        order = np.argsort(np.where(np.isnan(stretch), np.inf, stretch), axis=1)
        _ranked(stretch, order, window, minimum, start - first, out[:, start:end])
    return out
