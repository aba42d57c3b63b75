"""How sure a figure from overlapping windows is: stationary bootstrap (through prefix sums) and Newey-West errors.

A resample strings together blocks of the history: each begins on any day with equal chance, its length is geometric,
and past the last day it goes on with the first (Politis and Romano 1994, "The stationary bootstrap", JASA 89). A sum
over a resample is therefore a few differences of cumulative sums, whatever the length of the history.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

SAME = 1e-12  # what differs by less differs by the noise of the arithmetic
LEAST = 3


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


def simultaneous(draws: Floats, centre: Floats, level: float = 0.95) -> Floats:
    """Half-widths that hold for all columns at once: a common multiple of each column's spread over the draws.

    Parameters
    ----------
    draws : array of shape (resamples, columns)
        Columns drawn together or independently of each other; NaN draws do not count.
    centre : array of shape (columns,)
        Estimates from the history itself.
    level : float
        Share of the resamples in which no column strays farther from its centre.

    Returns
    -------
    array of shape (columns,)
        In the unit of `draws`; NaN for a column of fewer than two draws. Source: the single-step maximum of studentized
        deviations, Romano and Wolf (2005), "Stepwise multiple testing as formalized data snooping", Econometrica 73.
    """
    known = np.isfinite(draws)
    count = known.sum(axis=0)
    kept = np.where(known, draws, 0.0)
    mean = kept.sum(axis=0) / np.maximum(count, 1)
    variance = (np.where(known, draws - mean, 0.0) ** 2).sum(axis=0) / np.maximum(count - 1, 1)
    spread = np.where(count > 1, np.sqrt(variance), np.nan)
    moved = spread > SAME  # a group of every day differs from all by rounding alone
    if not moved.any():
        return np.where(np.isnan(spread), np.nan, 0.0)
    deviation = np.where(known[:, moved], np.abs(draws[:, moved] - centre[moved]) / spread[moved], 0.0)
    return np.asarray(np.quantile(deviation.max(axis=1), level) * spread)


def least_squares(x: Floats, y: Floats) -> tuple[float, float, int]:
    """Fit y on x and a constant: the slope, its textbook standard error and the number of days on which both are known.

    The standard error takes days as independent: root of residual variance (divisor n - 2) over the squares of x.
    NaN with fewer than 3 days or an x that never moves.
    """
    known = np.isfinite(x) & np.isfinite(y)
    count = int(known.sum())
    if count < LEAST or np.ptp(x[known]) <= SAME:
        return np.nan, np.nan, count
    centred = x[known] - x[known].mean()
    slope = float(centred @ y[known] / (centred @ centred))
    residual = y[known] - y[known].mean() - slope * centred
    return slope, float(np.sqrt(residual @ residual / (count - 2) / (centred @ centred))), count


def newey_west(x: Floats, y: Floats, lags: int) -> tuple[float, float, int]:
    """Give the slope of `least_squares` a standard error that allows for heteroscedastic and autocorrelated residuals.

    Parameters
    ----------
    x, y : arrays of shape (days,)
        One row a calendar day; where one of the two is NaN the day adds nothing, but lags still count calendar days.
    lags : int
        Lag k has the Bartlett weight 1 - k / (lags + 1); no correction for few observations.

    Returns
    -------
    slope, standard error, days
        Source: Newey and West (1987), Econometrica 55.
    """
    slope, _, count = least_squares(x, y)
    if np.isnan(slope):
        return slope, np.nan, count
    known = np.isfinite(x) & np.isfinite(y)
    centred = np.where(known, x - x[known].mean(), 0.0)
    # With a constant in the regression the slope's part of the sandwich needs only the moments of the centred x.
    moment = centred * np.where(known, y - y[known].mean() - slope * centred, 0.0)
    middle = float(moment @ moment)
    for lag in range(1, min(lags, len(moment) - 1) + 1):
        middle += 2 * (1 - lag / (lags + 1)) * float(moment[lag:] @ moment[:-lag])
    return slope, float(np.sqrt(max(middle, 0.0)) / (centred @ centred)), count
