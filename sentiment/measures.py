"""Textbook measures as pure functions on daily rows (one a calendar day, NaN where unknown), a series or a column an asset.

A window counts calendar days and is complete or there is no answer: one unknown day inside makes the result NaN, and no
function looks past the row it answers for.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from sentiment import rolling
from sentiment.frames import CARRY_DAYS, day

if TYPE_CHECKING:
    from datetime import date

    from sentiment.rolling import Daily

WINDOW = 730
MIN_OBSERVATIONS = 365


def drawdown(close: Daily, days: int) -> Daily:
    """Fall of the close from the highest close of the last `days` days, today included: a fraction <= 0."""
    return close / rolling.highest(close, days) - 1


def past_return(close: Daily, days: int) -> Daily:
    """Give the simple return of the last `days` days, as a fraction."""
    return close / close.shift(days) - 1


def log(values: Daily) -> Daily:
    """Natural logarithm; NaN where the value is not positive."""
    return _each(np.log, values.where(values > 0))


def _each(function: np.ufunc, values: Daily, *more: float) -> Daily:
    """Apply a numpy function to every value; a frame stays a frame, which numpy's types do not say."""
    return cast("Daily", function(values, *more))


def log_return(close: Daily) -> Daily:
    """Natural logarithm of today's close over yesterday's."""
    return log(close / close.shift(1))


def semi_deviation(returns: Daily, days: int) -> Daily:
    """Root of the mean squared loss over `days` days; gains count as zero (target 0, divisor n).

    Source: Sortino and van der Meer (1991), "Downside risk", with a target return of zero.
    """
    losses = _each(np.minimum, returns, 0.0)  # ten times as fast as pandas's clip
    return _each(np.sqrt, _each(np.maximum, rolling.mean(losses * losses, days), 0.0))


def signed_volume_share(close: Daily, volume: Daily, days: int) -> Daily:
    """Share of the volume of `days` days that fell on rising days, less the share on falling days: -1 to 1.

    The sign is that of the day's return. A window without any volume has no answer.
    """
    total = rolling.total(volume, days)
    return rolling.total(_each(np.sign, close.diff()) * volume, days) / total.where(total > 0)


def total_return(bars: pd.DataFrame) -> pd.DataFrame:
    """Add a column ``total_return`` where dividends are known: the close as if each were put back in on its day.

    It starts at the first close and only grows forward, day by day, (close + dividend) over the close before: a later
    dividend changes no earlier value, as the vendors' backward-adjusted closes do.
    """
    if "dividends" not in bars or not (bars["dividends"] > 0).any():
        return bars
    close = bars["close"]
    growth = ((close + bars["dividends"]) / close.shift(1)).fillna(1.0)
    return bars.assign(total_return=close.iloc[0] * growth.cumprod())


def carry_forward(values: Daily, days: int = CARRY_DAYS) -> Daily:
    """Hold the last known value for at most `days` days (weekends and holidays of an exchange), then NaN."""
    return values.ffill(limit=days)


def percentile_rank(values: Daily, window: int = WINDOW, minimum: int = MIN_OBSERVATIONS, first: int = 0) -> Daily:
    """Rank of today's value among its own last `window` days, today included, in percent of the days known.

    Parameters
    ----------
    values : pandas.Series or pandas.DataFrame
        Daily values; rounded to 1e-9 first, so that noise of the arithmetic does not break ties. NaN days do not count.
    window, minimum : int
        Calendar days looked back over, and the least number of known values among them.
    first : int
        Place of the first row to answer for.

    Returns
    -------
    as `values`
        100 x average rank / number of known values; NaN where today or too much of the window is unknown.
    """
    begin = max(0, first - window + 1)
    return rolling.rank(values.iloc[begin:].round(9), window, minimum, first - begin) * 100


def faded_mean(spoken: list[tuple[date, int, float]], index: pd.DatetimeIndex, half_life: float = 14) -> pd.Series:
    """Mean of values that were each said on a day and count for some days, fading as they age.

    Parameters
    ----------
    spoken : list of (date, int, float)
        First day of a value, number of days that it counts (that first day included), and the value.
    index : pandas.DatetimeIndex
        Daily UTC index to answer for.
    half_life : float
        Days in which the weight of a value halves.

    Returns
    -------
    pandas.Series
        Weighted mean; NaN on days on which nothing counts.
    """
    total, weight = np.zeros(len(index)), np.zeros(len(index))
    for first, counted, value in spoken:
        start = (day(first) - index[0]).days
        rows = slice(max(start, 0), max(start + counted, 0))
        share = 0.5 ** ((np.arange(len(index))[rows] - start) / half_life)
        total[rows] += share * value
        weight[rows] += share
    with np.errstate(invalid="ignore"):
        return pd.Series(total / weight, index=index)


def forward_returns(close: pd.Series, days: int) -> pd.Series:
    """Give the simple return of the `days` calendar days after each close: a fraction, NaN until complete."""
    return close.shift(-days, freq="D").reindex(close.index) / close.where(close > 0) - 1


def forward_lows(close: pd.Series, days: int) -> pd.Series:
    """Give the lowest close of the next `days` days against the close: a fraction <= 0, NaN if one is unknown."""
    daily = close.asfreq("D")
    lowest = daily.rolling(days).min().shift(-days)
    return (lowest / daily.where(daily > 0) - 1).clip(upper=0).reindex(close.index)


def wilson(hits: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Interval for a share of which `hits` of `n` were seen, by scores; NaN where nothing was seen.

    ``n`` may be an effective number and ``hits`` a fraction of it. Source: Wilson (1927), "Probable inference, the law of
    succession, and statistical inference", without a continuity correction.
    """
    if n <= 0:
        return math.nan, math.nan
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, spread = hits / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return (max(0.0, middle - reach) if hits > 0 else 0.0), (min(1.0, middle + reach) if hits < n else 1.0)
