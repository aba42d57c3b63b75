"""Stationary bootstrap of means of dependent daily values, through prefix sums.

A resample strings together blocks of the history: each begins on any day with equal chance, its length is geometric, and
past the last day it goes on with the first (Politis and Romano 1994, "The stationary bootstrap", JASA 89). A sum over a
resample is therefore a few differences of cumulative sums, whatever the length of the history.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Blocks(NamedTuple):
    """Blocks of many resamples: first day and number of days, shape (blocks, resamples); unused blocks have no days."""

    start: Whole
    length: Whole


def blocks(days: int, mean_block: float, resamples: int, rng: np.random.Generator) -> Blocks:
    """Draw the blocks of `resamples` resamples, each of `days` days in all (the last block is cut to fit).

    Parameters
    ----------
    days : int
        Days of the history, at least 1.
    mean_block : float
        Mean length of a block in days, at least 1 (1: days are drawn one by one).
    resamples : int
        Number of resamples, at least 1.
    rng : numpy.random.Generator
        Source of chance; the same state gives the same blocks.

    Raises
    ------
    ValueError
        If one of the numbers is smaller than that.
    """
    if not (days >= 1 and mean_block >= 1 and resamples >= 1):
        raise ValueError(f"nothing to draw: {days} days, mean block {mean_block}, {resamples} resamples; all from 1")
    length = np.empty((0, resamples), dtype=np.int64)
    while not length.size or (length.sum(axis=0) < days).any():
        more = rng.geometric(1 / mean_block, size=(int(days / mean_block) + 1, resamples))
        length = np.concatenate([length, more.clip(max=days)])
    end = length.cumsum(axis=0).clip(max=days)
    length = np.diff(end, axis=0, prepend=0)
    length = length[length.any(axis=1)]
    return Blocks(rng.integers(0, days, size=length.shape), length)


def sums(values: Floats, drawn: Blocks) -> Floats:
    """Sum every column over the days of each resample.

    Parameters
    ----------
    values : array of shape (days, columns)
        Known values; put 0 where a day does not count, and count in a column of its own.
    drawn : Blocks
        Drawn for the same number of days.

    Returns
    -------
    array of shape (resamples, columns)
    """
    ring = np.concatenate([np.zeros((1, values.shape[1])), values, values]).cumsum(axis=0)
    total = np.zeros((drawn.start.shape[1], values.shape[1]))
    for start, length in zip(drawn.start, drawn.length, strict=True):
        total += ring[start + length] - ring[start]
    return total


def resampled_excess(values: Floats, member: NDArray[np.bool_], drawn: Blocks) -> Floats:
    """Mean of each group less the mean of all, both of the same resample.

    Parameters
    ----------
    values : array of shape (days,)
        Values in any unit; NaN days do not count, neither for a group nor for all.
    member : array of shape (days, groups)
        Whether a day belongs to a group; a day of no group counts for all only.
    drawn : Blocks
        Drawn for the same number of days.

    Returns
    -------
    array of shape (resamples, groups)
        In the unit of `values`; NaN where no day of the group was drawn.
    """
    known = np.isfinite(values)
    counted = np.column_stack([member & known[:, None], known]).astype(float)
    kept = np.where(known, values, 0.0)[:, None] * counted
    total, count = np.hsplit(sums(np.hstack([kept, counted]), drawn), 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / np.where(count > 0, count, np.nan)  # counts are sums of ones: exact, so 0 means 0
    return np.asarray(mean[:, :-1] - mean[:, -1:])


def interval(draws: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Percentile interval of each column; resamples that are NaN do not count.

    Parameters
    ----------
    draws : array of shape (resamples, columns)
    level : float
        Share of the draws inside, between 0 and 1.

    Returns
    -------
    lower, upper : arrays of shape (columns,)
        In the unit of `draws`, linear between order statistics; NaN for a column without any draw.
    """
    tail = (1 - level) / 2
    ends = np.full((2, draws.shape[1]), np.nan)
    for place, column in enumerate(draws.T):
        known = column[np.isfinite(column)]
        if known.size:
            ends[:, place] = np.quantile(known, [tail, 1 - tail])
    return ends[0], ends[1]
