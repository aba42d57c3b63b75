"""Uncertainty of figures from overlapping windows: the stationary bootstrap and Newey-West standard errors.

A resample is a chain of blocks of the history. A block starts on any day with equal probability, its length is geometric, and
after the last day it wraps around to the first (Politis and Romano 1994, "The stationary bootstrap", JASA 89). The sum over a
resample is therefore a few differences of cumulative sums, whatever the length of the history. That is why it is written here: `arch`, which
the tests compare it with, takes 44 times as long.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

ROUNDING_ERROR = 1e-12
MIN_OBSERVATIONS = 3


class Blocks(NamedTuple):
    """Blocks of many resamples: first day and number of days, shape (blocks, resamples); unused blocks have length 0."""

    start: Whole
    length: Whole


def draw_blocks(days: int, mean_block: float, resamples: int, rng: np.random.Generator) -> Blocks:
    """Draw the blocks of resamples of `days` days each; the last block is cut to fit.

    Parameters
    ----------
    days : int
        Days of the history, at least 1.
    mean_block : float
        Mean length of a block in days, at least 1 (1: single days).
    resamples : int
        Number of resamples, at least 1.
    rng : numpy.random.Generator
        Random numbers; the same state gives the same blocks.

    Raises
    ------
    ValueError
        If a number is below its minimum.
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


def block_sums(values: Floats, drawn: Blocks) -> Floats:
    """Sum every column over the days of each resample.

    Parameters
    ----------
    values : array of shape (days, columns)
        Finite values; give a day that does not count 0, and count the days in another column.
    drawn : Blocks
        From `draw_blocks` with the same number of days.

    Returns
    -------
    array of shape (resamples, columns)
    """
    cumulative = np.concatenate([np.zeros((1, values.shape[1])), values, values]).cumsum(axis=0)
    total = np.zeros((drawn.start.shape[1], values.shape[1]))
    for start, length in zip(drawn.start, drawn.length, strict=True):
        total += cumulative[start + length] - cumulative[start]
    return total


def resampled_excess(values: Floats, member: NDArray[np.bool_], drawn: Blocks) -> Floats:
    """Return the mean of each group less the mean of all days, in each resample.

    Parameters
    ----------
    values : array of shape (days,)
        Values in any unit; NaN days count neither for a group nor for all.
    member : array of shape (days, groups)
        Whether a day belongs to a group; a day in no group still counts for all.
    drawn : Blocks
        From `draw_blocks` with the same number of days.

    Returns
    -------
    array of shape (resamples, groups)
        In the unit of `values`; NaN where no day of the group was drawn.
    """
    known = np.isfinite(values)
    counted = np.column_stack([member & known[:, None], known]).astype(float)
    added = np.where(known, values, 0.0)[:, None] * counted
    total, count = np.hsplit(block_sums(np.hstack([added, counted]), drawn), 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / np.where(count > 0, count, np.nan)  # counts are sums of ones and exact
    return np.asarray(mean[:, :-1] - mean[:, -1:])


def interval(draws: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the percentile interval of each column; NaN draws do not count.

    Parameters
    ----------
    draws : array of shape (resamples, columns)
    level : float
        Share of the draws inside, between 0 and 1.

    Returns
    -------
    lower, upper : arrays of shape (columns,)
        In the unit of `draws`, interpolated between order statistics; NaN for a column of NaN.
    """
    tail = (1 - level) / 2
    ends = np.full((2, draws.shape[1]), np.nan)
    for place, column in enumerate(draws.T):
        known = column[np.isfinite(column)]
        if known.size:
            ends[:, place] = np.quantile(known, [tail, 1 - tail])
    return ends[0], ends[1]


def simultaneous(draws: Floats, centre: Floats, level: float = 0.95) -> Floats:
    """Return half-widths that hold for all columns at once: one multiple of each column's standard deviation.

    Parameters
    ----------
    draws : array of shape (resamples, columns)
        Drawn together or independently; NaN draws do not count.
    centre : array of shape (columns,)
        Estimates from the history itself.
    level : float
        Share of the resamples in which every column stays within its half-width.

    Returns
    -------
    array of shape (columns,)
        In the unit of `draws`; NaN for a column of fewer than two draws. Source: the single-step maximum of studentized
        deviations, Romano and Wolf (2005), "Stepwise multiple testing as formalized data snooping", Econometrica 73.
    """
    known = np.isfinite(draws)
    count = known.sum(axis=0)
    mean = np.where(known, draws, 0.0).sum(axis=0) / np.maximum(count, 1)
    variance = (np.where(known, draws - mean, 0.0) ** 2).sum(axis=0) / np.maximum(count - 1, 1)
    spread = np.where(count > 1, np.sqrt(variance), np.nan)
    moved = spread > ROUNDING_ERROR  # a group of all days differs from all by rounding alone
    if not moved.any():
        return np.where(np.isnan(spread), np.nan, 0.0)
    deviation = np.where(known[:, moved], np.abs(draws[:, moved] - centre[moved]) / spread[moved], 0.0)
    return np.asarray(np.quantile(deviation.max(axis=1), level) * spread)


def least_squares(x: Floats, y: Floats) -> tuple[float, float, int]:
    """Regress y on x and a constant; return the slope, its standard error and the number of days on which both are finite.

    The textbook standard error, for independent days: residual variance (divisor n - 2) over the sum of squares of x. NaN with
    fewer than 3 days or a constant x.
    """
    known = np.isfinite(x) & np.isfinite(y)
    count = int(known.sum())
    if count < MIN_OBSERVATIONS or np.ptp(x[known]) <= ROUNDING_ERROR:
        return np.nan, np.nan, count
    centred = x[known] - x[known].mean()
    slope = float(centred @ y[known] / (centred @ centred))
    residual = y[known] - y[known].mean() - slope * centred
    return slope, float(np.sqrt(residual @ residual / (count - 2) / (centred @ centred))), count


def newey_west(x: Floats, y: Floats, lags: int) -> tuple[float, float, int]:
    """Return the slope of `least_squares` with a standard error for heteroscedastic and autocorrelated residuals.

    Parameters
    ----------
    x, y : arrays of shape (days,)
        One row a calendar day; a day with a NaN adds nothing, but lags still count calendar days.
    lags : int
        Lag k has the Bartlett weight 1 - k / (lags + 1). There is no small-sample correction.

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
    # With a constant in the regression, the sandwich for the slope needs only the moments of the centred x.
    moment = centred * np.where(known, y - y[known].mean() - slope * centred, 0.0)
    middle = float(moment @ moment)
    for lag in range(1, min(lags, len(moment) - 1) + 1):
        middle += 2 * (1 - lag / (lags + 1)) * float(moment[lag:] @ moment[:-lag])
    return slope, float(np.sqrt(max(middle, 0.0)) / (centred @ centred)), count
