"""Fear compared with another index: how similar they are, which one moves first, and where they disagreed most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.frames import every_day
from sentiment.validation.turns import MIN_OBSERVATIONS, turned

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS_APART = 30
"""Least number of days between two disagreements that are listed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two series compared on the days on which both are known.

    Attributes
    ----------
    days : int
        Number of those days.
    correlation, lower, upper : float
        Of the levels, with its 95% interval.
    lead_lag : pandas.Series
        Correlation of daily changes by shift in days; at a positive shift fear moves first.
    disagreements : pandas.DataFrame
        The days farthest apart: ``fear``, ``other`` and ``difference``.
    """

    days: int
    correlation: float
    lower: float
    upper: float
    lead_lag: pd.Series
    disagreements: pd.DataFrame


def compare(fear: pd.Series, other: pd.Series, shifts: int = 30, farthest: int = 10) -> Comparison:
    """Compare fear with another series on the same scale of 0-100.

    Parameters
    ----------
    fear, other : pandas.Series
        Daily values; days on which either is NaN are left out.
    shifts : int
        Correlate fear's change of day t with the other's of day t + shift, for shifts from -shifts to +shifts.
    farthest : int
        Number of disagreements to list, each at least `DAYS_APART` days from the larger ones.
    """
    both = pd.DataFrame({"fear": fear, "other": other}).dropna()
    index = every_day(both.index[0], both.index[-1]) if len(both) else both.index
    change = both.reindex(index).diff()
    lags = pd.RangeIndex(-shifts, shifts + 1, name="shift")
    lead_lag = [_correlation(change["fear"], change["other"].shift(-lag)) for lag in lags]
    differences = both.assign(difference=both["fear"] - both["other"])
    listed: list[pd.Timestamp] = []
    for day in differences["difference"].abs().sort_values(ascending=False, kind="stable").index:
        if len(listed) == farthest:
            break
        if all(abs((day - larger).days) >= DAYS_APART for larger in listed):
            listed.append(day)
    correlation = _correlation(both["fear"], both["other"])
    reach = _reach(both.reindex(index)) if np.isfinite(correlation) else np.nan
    lower, upper = np.clip([correlation - reach, correlation + reach], -1, 1)
    moves = pd.Series(lead_lag, index=lags, dtype=float)
    return Comparison(len(both), correlation, float(lower), float(upper), moves, differences.loc[listed])


def _reach(both: pd.DataFrame) -> float:
    """Return how far the interval of the correlation reaches to each side: that of the slope of the one on the other, both scaled to a spread of 1.

    The scales count as known, which makes it a little wide where the correlation is strong.
    """
    scaled = ((both - both.mean()) / both.std()).to_numpy(float)
    turns = turned(scaled[:, 1], scaled[:, :1])
    return float(turns.critical[0] * turns.error[0])


def split_differences(rank: pd.DataFrame, weights: Mapping[str, float], disagreements: pd.DataFrame) -> pd.DataFrame:
    """Split each disagreement among the components of fear.

    Parameters
    ----------
    rank : pandas.DataFrame
        Ranks of the components, a column each, NaN where unknown.
    weights : mapping
        Their weights.
    disagreements : pandas.DataFrame
        `Comparison.disagreements`.

    Returns
    -------
    pandas.DataFrame
        A row a day, a column a component: share of the weight x (rank - the other value), in points that add up to the
        difference; NaN where a component is unknown.
    """
    ranks = rank.reindex(disagreements.index)
    share = ranks.notna() * pd.Series({name: weights[str(name)] for name in ranks}, dtype=float)
    share = share.div(share.sum(axis=1), axis=0)
    return ranks.sub(disagreements["other"], axis=0) * share


def _correlation(a: pd.Series, b: pd.Series) -> float:
    """Pearson correlation over rows where both are finite; NaN with fewer than 3 rows or without variation."""
    x, y = a.to_numpy(float), b.to_numpy(float)
    both = np.isfinite(x) & np.isfinite(y)
    x, y = x[both], y[both]
    if x.size < MIN_OBSERVATIONS or min(np.ptp(x), np.ptp(y)) == 0:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])
