"""How sure a slope is, though days overlap and readings last: every turn of the signal round the circle of its days.

A signal that knows nothing could as well have come some days earlier or later. So its days are laid in a circle and turned, by every
number of days but the nearest. Each turn keeps how long readings last and how returns cluster, and takes away only what the one
knows of the other. The slope of each turn is divided by its own standard error, and the interval reaches as many standard errors
as the turns reach by chance. There is nothing to draw and no seed.

All turns at once are circular cross-correlations, which the fast Fourier transform gives.

Sources: standard errors from a few cosines, Müller (2007), "A theory of robust long-run variance estimation", Journal of
Econometrics 141, and Lazarus, Lewis, Stock and Watson (2018), "HAR inference: recommendations for practice", JBES 36. Studentizing
before permuting: Janssen (1997), Statistics & Probability Letters 36; DiCiccio and Romano (2017), "Robust permutation tests for
correlation and regression coefficients", JASA 112. Circular shifts: Harris (2020), "A shift test for independence in generic time
series", arXiv 2012.06862. Counting the history itself: Phipson and Smyth (2010), "Permutation p-values should never be zero". The largest t of several:
Westfall and Young (1993), "Resampling-based multiple testing".
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.95
NEAREST = 180
"""Days: nearer turns still resemble the history itself."""
FRESH = 60
"""Days after which the next turn is a new one: in simulations the sizes of two such turns' t have nothing in common."""
SMOOTH = 45
"""Days: a wave of four times as long is the shortest that counts for a standard error, four horizons for a longer one."""
LEAST_MOVEMENT = 0.5
"""Share of the signal's movement that a turn must keep among the days that count."""
MIN_OBSERVATIONS = 3
ROUNDING_ERROR = 1e-9


class Turns(NamedTuple):
    """Slopes of the values on each signal, a column a signal.

    Attributes
    ----------
    slope, error : arrays of shape (signals,)
        Of the history itself, as it came; NaN for a signal that does not move.
    t : array of shape (`circle` of days, signals)
        Size of slope / error for the signals turned by as many days as the row says; NaN where a turn does not count.
    critical : array of shape (signals,)
        Standard errors that the 95% interval extends to each side.
    """

    slope: Floats
    error: Floats
    t: Floats
    critical: Floats


def circle(days: int) -> int:
    """Return the days of the circle: empty ones are added until 2, 3 and 5 divide it down to 1, which makes the transform fast."""
    length = max(days, 1)
    while 30**16 % length:
        length += 1
    return length


def turned(values: Floats, signals: Floats, horizon: int = 1) -> Turns:
    """Regress values on each signal and a constant, for the history itself and for every turn of the signals.

    Parameters
    ----------
    values : array of shape (days,)
        One a calendar day; NaN days do not count.
    signals : array of shape (days, signals)
        NaN on the same days in every column; such a day is turned along and does not count. A mean near zero, or zeros and
        ones, lose no digits.
    horizon : int
        Days that a value looks ahead: neighbours share all but one of them.

    Notes
    -----
    A day adds (x - mean x)(y - mean y - slope (x - mean x)) / sum (x - mean x)^2 to the slope's error (its influence). The variance
    is twice the mean square of the sums of influence x cos(pi j (day + 1/2) / n) for j = 1 .. n / (2 max(45, horizon)), where the
    n days run from the first value to the last.
    """
    columns = signals.shape[1]
    days = circle(len(signals))
    empty = days - len(signals)
    values, signals = (
        np.pad(values, (0, empty), constant_values=np.nan),
        np.pad(signals, ((0, empty), (0, 0)), constant_values=np.nan),
    )
    known = np.asarray(np.isfinite(values))
    used = np.asarray(np.isfinite(signals).all(axis=1))
    if (known & used).sum() < MIN_OBSERVATIONS:
        nothing = np.full(columns, np.nan)
        return Turns(nothing, nothing, np.full((days, columns), np.nan), nothing)
    waves = _cosines(known, horizon)
    centred = np.where(known, values - values[known].mean(), 0.0)
    of_values, of_days = np.fft.rfft(waves * centred), np.fft.rfft(waves)
    of_use = np.fft.rfft(used.astype(float)).conj()
    sums = (np.fft.irfft(of_values * of_use, days), np.fft.irfft(of_days * of_use, days))
    slopes, errors, movements = [], [], []
    for signal in np.where(used[:, None], signals, 0.0).T:
        turn, square = np.fft.rfft(signal).conj(), signal * signal
        xy, x = np.fft.irfft(of_values * turn, days), np.fft.irfft(of_days * turn, days)
        indicator = np.array_equal(signal, square)
        xx = x if indicator else np.fft.irfft(of_days * np.fft.rfft(square).conj(), days)
        slope, error, movement = _regress(*sums, xy, x, xx)
        slopes.append(slope)
        errors.append(error)
        movements.append(movement)
    slope, error, movement = (np.column_stack(parts) for parts in (slopes, errors, movements))
    size = np.full(slope.shape, np.nan)
    counts = _far_enough(days, horizon)[:, None] & (movement >= LEAST_MOVEMENT * movement[0]) & (error > 0)
    size[counts] = np.abs(slope[counts] / error[counts])
    floor = student(len(waves) - 1)
    critical = np.array([max(floor, _reach(column)) for column in size.T])
    return Turns(slope[0], error[0], size, critical)


def joint_multiple(t: Floats, critical: Floats) -> float:
    """Return by how much all intervals must be stretched to hold at once, at least 1.

    Parameters
    ----------
    t : array of shape (days, slopes)
        From `turned`, of the slopes that are judged together; a row is the same turn for all.
    critical : array of shape (slopes,)

    Notes
    -----
    The largest t / critical of a turn: labels, horizons and eras turn together, so what they share counts once.
    """
    return max(1.0, _reach(np.fmax.reduce(t / critical, axis=1)))


def student(freedom: int) -> float:
    """Return the 97.5% quantile of Student's t.

    For one and two degrees of freedom exact, beyond that by the expansion 26.7.5 of Abramowitz and Stegun (1964), right to 0.004.
    """
    if freedom == 1:
        return math.tan(math.pi * LEVEL / 2)
    if freedom == 2:  # noqa: PLR2004 - the quantile has another formula for each
        return LEVEL * math.sqrt(2 / (1 - LEVEL**2))
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return math.fsum(term / freedom**power for power, term in enumerate(terms))


def _cosines(known: NDArray[np.bool_], horizon: int) -> Floats:
    """Return a constant and the slow cosines of a standard error, a row each; 0 on days that are not known."""
    place = np.flatnonzero(known)
    first, end = place[0], place[-1] + 1
    number = max(1, int((end - first) // (2 * max(SMOOTH, horizon))))
    waves = np.zeros((number + 1, len(known)))
    slowest = np.cos(np.pi * (np.arange(end - first) + 0.5) / (end - first))
    inside = waves[:, first:end]
    inside[0], inside[1] = 1.0, slowest
    for wave in range(
        2, number + 1
    ):  # cos(n x) = 2 cos(x) cos((n - 1) x) - cos((n - 2) x), a tenth of the time of so many cosines
        inside[wave] = 2 * slowest * inside[wave - 1] - inside[wave - 2]
    waves[:, ~known] = 0.0
    return waves


def _regress(y: Floats, one: Floats, xy: Floats, x: Floats, xx: Floats) -> tuple[Floats, Floats, Floats]:
    """Return slope, standard error and movement, sum (x - mean x)^2, of every turn.

    Each parameter has the sums over days of cosine x product, a row a cosine (the first is constant), a column a turn.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_x, mean_y = x[0] / one[0], y[0] / one[0]
        movement = xx[0] - x[0] * mean_x
        movement[movement <= ROUNDING_ERROR * np.abs(xx[0]).max()] = np.nan
        slope = (xy[0] - x[0] * mean_y) / movement
        start = mean_y - slope * mean_x
        terms = [(start - slope * mean_x, x), (slope, xx), (mean_x, y), (-mean_x * start, one)]
        if xx is x:
            terms[:2] = [(start - slope * mean_x + slope, x)]
        sums, term = xy[1:], np.empty_like(xy[1:])
        for factor, products in terms:
            sums -= np.multiply(
                factor, products[1:], out=term
            )  # in place: to fetch new memory would take most of the time
        return slope, np.sqrt(2 * np.einsum("wt,wt->t", sums, sums) / len(sums)) / movement, movement


def _far_enough(days: int, horizon: int) -> NDArray[np.bool_]:
    """Mark the turns that are far from the history itself; a short history is turned by at least a quarter."""
    nearest = min(max(NEAREST, horizon), days // 4)
    turn = np.arange(days)
    return np.asarray((turn >= max(nearest, 1)) & (turn <= days - nearest))


def _reach(t: Floats) -> float:
    """Return the size that t must exceed to be among the largest 5%, where the history itself is one of the turns.

    Of `fresh` turns and the history, 5% may be as large; one of these is the history. Too few turns: the largest of all.
    """
    sizes = t[np.isfinite(t)]
    if not sizes.size:
        return 0.0
    fresh = sizes.size / FRESH
    share = max(0.0, ((1 - LEVEL) * (1 + fresh) - 1) / fresh)
    return float(np.quantile(sizes, 1 - share))
