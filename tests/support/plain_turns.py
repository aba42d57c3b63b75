"""A second, plain way to the t of a turn: the labels are really turned, and every sum is written out."""

from __future__ import annotations

import numpy as np

from sentiment.validation import turns


def turned_by(values, signal, horizon, days):
    """Return slope and standard error of the values on a signal that is turned by so many days; NaN days do not count."""
    length = turns.circle(len(values))
    y, x = (np.r_[column, np.full(length - len(column), np.nan)] for column in (values, signal))
    x = np.roll(x, days)
    first, last = np.flatnonzero(~np.isnan(y))[[0, -1]]
    span = last - first + 1
    both = ~np.isnan(x) & ~np.isnan(y)
    from_mean = x[both] - x[both].mean()
    movement = (from_mean**2).sum()
    slope = (from_mean * y[both]).sum() / movement
    influence = from_mean * (y[both] - y[both].mean() - slope * from_mean)
    place = np.flatnonzero(both) - first
    number = max(1, span // (2 * max(45, horizon)))
    sums = [np.cos(np.pi * one * (place + 0.5) / span) @ influence for one in range(1, number + 1)]
    return slope, np.sqrt(2 * np.mean(np.square(sums))) / movement


def size_of_t(values, signal, horizon):
    """Return |t| of every turn, NaN for those that are too near or keep too little of the signal's movement."""
    length = turns.circle(len(values))
    nearest = max(1, min(max(180, horizon), length // 4))
    y = np.r_[values, np.full(length - len(values), np.nan)]
    sizes = np.full(length, np.nan)
    least = None
    for days in range(length):
        x = np.roll(np.r_[signal, np.full(length - len(signal), np.nan)], days)
        counted = x[~np.isnan(x) & ~np.isnan(y)]
        movement = counted.var() * len(counted) if len(counted) else 0.0
        least = movement / 2 if least is None else least
        if nearest <= days <= length - nearest and movement >= least * (1 - 1e-9) and movement > 1e-9:
            slope, error = turned_by(values, signal, horizon, days)
            sizes[days] = abs(slope) / error
    return sizes


def reach(sizes):
    """Return the 95% quantile of |t|, the history itself being one of the turns, a new one every 60 days."""
    sizes = np.sort(sizes[~np.isnan(sizes)])
    fresh = len(sizes) / 60
    return np.quantile(sizes, 1 - max(0, 0.05 * (1 + fresh) - 1) / fresh)
