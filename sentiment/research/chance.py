"""How often a random walk would make a call come true: no drift, and the volatility that the asset had on the day of the call.

The base rate says how often such a call came true in the asset's own past, its trends included. This chance asks only how far the
target is, for how long, and how much the price was moving at the time.

Sources: the reflection principle and its images for one and two barriers, Feller (1971), "An introduction to probability theory and its
applications", vol. 2, X.5; Borodin and Salminen (2002), "Handbook of Brownian motion", 1.1.4, 1.15.4 and 3.0.4. A walk that is looked at
once a day touches a level less often than one that is watched all the time: levels are moved away by 0.5826 standard deviations of
one step, Broadie, Glasserman and Kou (1997), "A continuity correction for discrete barrier options", Mathematical Finance 7.
"""

from __future__ import annotations

import math
from datetime import timedelta
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sentiment.frames import day

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from sentiment.models import Call

WINDOW = 30
MIN_RETURNS = 15
CONTINUITY = 0.5826
"""-zeta(1/2) / sqrt(2 pi), of the correction."""
_SURELY = 4.0
"""Standard deviations over the width between two barriers: a walk is beyond them but for 1e-34."""
_FAR = 9.0
"""Standard deviations beyond which nothing of a normal distribution is left in double precision."""
_PLACES = 200
"""Equally likely first closes that stand for all."""
_phi = NormalDist().cdf


class Volatility(NamedTuple):
    """How much a price moves: the standard deviation of its log return over one calendar day, and the days between two closes."""

    daily: float
    step: float


def volatility(close: pd.Series, until: date) -> Volatility | None:
    """Return the realized volatility of the 30 days to the close of `until`.

    Parameters
    ----------
    close : pandas.Series
        Closes by day, at least up to `until`; days without one are left out or NaN.

    Returns
    -------
    Volatility or None
        The root of the sum of squared log returns over the calendar days that they span. No mean is taken off: the walk has no drift.
        None with fewer than 15 returns, with a price that is not positive, or where the price did not move.
    """
    closes = close.loc[day(until - timedelta(days=WINDOW)) : day(until)].dropna()
    if len(closes) <= MIN_RETURNS or float(closes.min()) <= 0:
        return None
    days = (closes.index[-1] - closes.index[0]).days
    squares = float((np.diff(np.log(closes.to_numpy(float))) ** 2).sum())
    return Volatility(math.sqrt(squares / days), days / (len(closes) - 1)) if squares > 0 else None


def chance(call: Call, moves: Volatility, days: int) -> float:
    """Return the probability that a driftless random walk makes a call come true by the rules of `call_rules.decide`.

    Parameters
    ----------
    call : Call
        Its levels as ratios to the reference.
    moves : Volatility
    days : int
        Calendar days from the reference to the last day.

    Returns
    -------
    float
        Of a call with an invalidation, hits / (hits + misses), as its base rate; a target that the reference has already passed is
        taken without it.

    Notes
    -----
    The log of the price is a Brownian motion from 0 with a standard deviation of s = daily x sqrt(days) at the end. A target at the
    log distance x is touched with probability 2 (1 - Phi(x / s)).
    """
    s = moves.daily * math.sqrt(days)
    moved = CONTINUITY * moves.daily * math.sqrt(moves.step)
    if call.direction == "range":
        low = -math.inf if call.floor is None else _log(call.floor)
        high = math.inf if call.ceiling is None else _log(call.ceiling)
        if call.at_end:
            return max(0.0, _below(high / s) - _below(low / s))
        return _stays(low - moved, high + moved, low - moved, high + moved, s)
    # Turned so that the call is of a rise.
    stop = -math.inf if call.invalidation is None else call.sign * _log(call.invalidation) - moved
    if stop >= 0:
        return 0.0
    if call.target is None:
        hit, miss = _stays(stop, math.inf, 0.0, math.inf, s), _stays(stop, math.inf, stop, 0.0, s)
    else:
        target = call.sign * _log(call.target)
        if target <= 0:
            return 1.0 if call.basis == "intraday" else _passed(target, moves, days)
        target += 0.0 if call.basis == "intraday" else moved
        hit, miss = _touches_first(target, stop, s), _stays(stop, target, stop, target, s)
    return hit / (hit + miss) if hit + miss > 0 else 0.0


def _log(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else -math.inf


def _below(z: float) -> float:
    return 0.5 * (1 + math.copysign(1, z)) if math.isinf(z) else _phi(z)


def _above(z: float) -> float:
    return _below(-z)


def _passed(target: float, moves: Volatility, days: int) -> float:
    """Return the probability that some close is still at or above `target` <= 0, where the first one may fall below it."""
    first = moves.daily * math.sqrt(moves.step)
    rest = moves.daily * math.sqrt(max(days - moves.step, 0.0))
    chances = []
    for place in range(_PLACES):
        below = target - first * NormalDist().inv_cdf((place + 0.5) / _PLACES)
        later = 2 * _above((below + CONTINUITY * first) / rest) if rest > 0 else 0.0
        chances.append(1.0 if below <= 0 else later)
    return math.fsum(chances) / _PLACES


def _touches_first(target: float, stop: float, s: float) -> float:
    """Return the probability that a walk from 0 touches `target` > 0 by the end, and before `stop` < 0."""
    if math.isinf(stop):
        return 2 * _above(target / s)
    width = target - stop
    if s > _SURELY * width:
        return -stop / width
    images = range(1 + math.ceil(_FAR * s / (2 * width)))
    return math.fsum(
        2 * (_above((target + 2 * k * width) / s) - _above((target - 2 * stop + 2 * k * width) / s)) for k in images
    )


def _stays(low: float, high: float, start: float, end: float, s: float) -> float:
    """Return the probability that a walk from 0 stays between `low` and `high` and ends between `start` and `end` inside them."""
    if not low < 0 < high or start >= end:
        return 0.0

    def ends(image: float) -> float:
        return _below((end - image) / s) - _below((start - image) / s)

    if math.isinf(low) and math.isinf(high):
        return ends(0.0)
    if math.isinf(low) or math.isinf(high):
        return ends(0.0) - ends(2 * (high if math.isinf(low) else low))
    width = high - low
    if s > _SURELY * width:
        return 0.0
    most = 1 + math.ceil(_FAR * s / (2 * width))
    return max(0.0, math.fsum(ends(2 * k * width) - ends(2 * low + 2 * k * width) for k in range(-most, most + 1)))
