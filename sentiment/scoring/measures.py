"""Textbook measures: pure functions on daily values, one row a calendar day, NaN where unknown; a series, or a column an asset.

Windows count calendar days, and one NaN inside a window makes the result NaN. No function but the forward ones looks past the
row that it answers for. Written here: the indicator libraries skip or fill NaN, and each counts its windows its own way.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pandas as pd

from sentiment.frames import CARRY_DAYS, day
from sentiment.scoring import rolling

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sentiment.scoring.rolling import Daily

WINDOW = 730
MIN_OBSERVATIONS = 365
DECIMALS = 9
"""Raw values are rounded to 1e-9, so that floating-point noise breaks no ties."""
FILED_DAYS = 200
"""Days for which a company's filing counts: the wait for the next one, from a third quarter's to a late annual report, and some."""


def drawdown(close: Daily, days: int) -> Daily:
    """Return the fall of the close from the highest of the last `days` closes, today included: a fraction <= 0."""
    return close / rolling.highest(close, days) - 1


def past_return(close: Daily, days: int) -> Daily:
    """Return the simple return of the last `days` days, as a fraction."""
    return close / close.shift(days) - 1


def less(left: Daily, right: Daily) -> Daily:
    """Return the difference of two inputs by day; in a panel either may be one series that all assets share."""
    return right.rsub(left, axis=0) if isinstance(right, pd.DataFrame) else left.sub(right, axis=0)


def over(left: Daily, right: Daily) -> Daily:
    """Return the ratio of two inputs by day; in a panel either may be one series that all assets share."""
    return right.rdiv(left, axis=0) if isinstance(right, pd.DataFrame) else left.div(right, axis=0)


def log(values: Daily) -> Daily:
    """Return the natural logarithm; NaN where the value is not positive."""
    known = values.to_numpy(dtype=float)
    return rolling.like(values, np.log(np.where(known > 0, known, np.nan)))


def _each(function: np.ufunc, values: Daily, *more: float) -> Daily:
    """Apply a numpy function to every value; numpy's types do not say that a frame stays a frame."""
    return cast("Daily", function(values, *more))


def log_return(close: Daily) -> Daily:
    """Return the natural logarithm of today's close over yesterday's."""
    return log(close / close.shift(1))


def semi_deviation(returns: Daily, days: int) -> Daily:
    """Return the root of the mean squared loss over `days` days; gains count as zero (target 0, divisor n).

    Source: Sortino and van der Meer (1991), "Downside risk", with a target return of zero.
    """
    losses = _each(np.minimum, returns, 0.0)  # ten times as fast as pandas clip
    return _each(np.sqrt, _each(np.maximum, rolling.mean(losses * losses, days), 0.0))


def signed_volume_share(close: Daily, volume: Daily, days: int) -> Daily:
    """Return the share of the volume of `days` days on rising days, less the share on falling days: -1 to 1.

    A day rises or falls by its close against the day before. NaN for a window without any volume.
    """
    total = rolling.total(volume, days)
    return rolling.total(_each(np.sign, close.diff()) * volume, days) / total.where(total > 0)


def carry_forward(values: Daily, days: int = CARRY_DAYS) -> Daily:
    """Carry the last known value for at most `days` days, as over weekends and holidays of an exchange; NaN after that."""
    return values.ffill(limit=days)


def percentile_rank(values: Daily, window: int = WINDOW, minimum: int = MIN_OBSERVATIONS, first: int = 0) -> Daily:
    """Return the rank of each value in its own trailing window of `window` days, today included, in percent.

    Parameters
    ----------
    values : pandas.Series or pandas.DataFrame
        Daily values, rounded to `DECIMALS` first; NaN days do not count.
    window, minimum : int
        Calendar days of the window, and the least number of known values in it.
    first : int
        Position of the first row to return.

    Returns
    -------
    as `values`
        100 x average rank / number of known values; NaN where today's value is, or fewer than `minimum` are known.
    """
    begin = max(0, first - window + 1)
    return rolling.rank(values.iloc[begin:].round(DECIMALS), window, minimum, first - begin) * 100


class Vote(NamedTuple):
    """A value that counts for `days` days from `day`; only from `first`, and before `end` where there is one."""

    day: date
    days: int
    value: float
    first: date
    end: date | None = None


def decayed_mean(votes: Iterable[Vote], index: pd.DatetimeIndex, half_life: float = 14) -> pd.Series:
    """Return the daily mean of values that each count for some days, with exponentially decaying weights.

    Parameters
    ----------
    votes : iterable of Vote
        The weight of a value falls from its own day on, also before it counts.
    index : pandas.DatetimeIndex
        Daily UTC index of the result.
    half_life : float
        Days after which the weight of a value is half.

    Returns
    -------
    pandas.Series
        Weighted mean; NaN on days without any value.
    """
    total, weight = np.zeros(len(index)), np.zeros(len(index))
    for vote in votes:
        start, first = ((day(moment) - index[0]).days for moment in (vote.day, vote.first))
        end = start + vote.days if vote.end is None else min(start + vote.days, (day(vote.end) - index[0]).days)
        rows = slice(max(start, first, 0), max(end, 0))
        share = 0.5 ** ((np.arange(len(index))[rows] - start) / half_life)
        total[rows] += share * vote.value
        weight[rows] += share
    with np.errstate(invalid="ignore"):
        return pd.Series(total / weight, index=index)


def forward_returns(close: pd.Series, days: int) -> pd.Series:
    """Return the simple return of the `days` calendar days after each close: a fraction, NaN until complete."""
    return close.shift(-days, freq="D").reindex(close.index) / close.where(close > 0) - 1


def forward_lows(close: pd.Series, days: int) -> pd.Series:
    """Return the lowest of the next `days` closes against the close: a fraction <= 0, NaN if one is unknown."""
    daily = close.asfreq("D")
    lowest = daily.rolling(days).min().shift(-days)
    return (lowest / daily.where(daily > 0) - 1).clip(upper=0).reindex(close.index)


def wilson(hits: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval for a share, of which `hits` of `n` were observed; NaN without observations.

    `n` may be an effective number and `hits` fractional. Source: Wilson (1927), "Probable inference, the law of succession, and
    statistical inference", JASA 22, without continuity correction.
    """
    if n <= 0:
        return math.nan, math.nan
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, spread = hits / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half_width = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return (max(0.0, centre - half_width) if hits > 0 else 0.0), (min(1.0, centre + half_width) if hits < n else 1.0)
