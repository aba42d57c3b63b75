"""A score beside another one: how alike they are, which moves first, and the days on which they were farthest apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.frames import every_day
from sentiment.validation import bootstrap

if TYPE_CHECKING:
    from collections.abc import Mapping

APART = 30  # days between two disagreements that are named


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two series beside each other.

    ``correlation`` is that of the levels on ``days`` common days; ``lead_lag`` that of daily changes by shift (where
    it peaks right of zero, fear is that many days ahead); ``disagreements`` the days farthest apart, with both values.
    """

    days: int
    correlation: float
    lead_lag: pd.Series
    disagreements: pd.DataFrame


def compare(fear: pd.Series, other: pd.Series, shifts: int = 30, farthest: int = 10) -> Comparison:
    """Set a score beside another one on the same 0-100 scale and the same clock.

    Parameters
    ----------
    fear, other : pandas.Series
        Daily values; only days on which both are known count.
    shifts : int
        Daily changes are correlated at shifts of -shifts to +shifts days: fear's change of day t with the other's of
        day t + shift. A peak right of zero means that fear moves first.
    farthest : int
        Days of largest disagreement to name, each at least 30 days from those before it in the list.
    """
    both = pd.DataFrame({"fear": fear, "other": other}).dropna()
    index = every_day(both.index[0], both.index[-1]) if len(both) else both.index
    change = both.reindex(index).diff()
    lags = pd.RangeIndex(-shifts, shifts + 1, name="shift")
    lead_lag = [_correlation(change["fear"], change["other"].shift(-lag)) for lag in lags]
    apart = both.assign(difference=both["fear"] - both["other"])
    chosen: list[pd.Timestamp] = []
    for when in apart["difference"].abs().sort_values(ascending=False, kind="stable").index:
        if len(chosen) == farthest:
            break
        if all(abs((when - named).days) >= APART for named in chosen):
            chosen.append(when)
    correlation = _correlation(both["fear"], both["other"])
    return Comparison(len(both), correlation, pd.Series(lead_lag, index=lags, dtype=float), apart.loc[chosen])


def explain(rank: pd.DataFrame, weights: Mapping[str, float], apart: pd.DataFrame) -> pd.DataFrame:
    """Split each named difference among the components of the score: the points of a row add up to its difference.

    Parameters
    ----------
    rank : pandas.DataFrame
        Ranks of the components of one axis, NaN where unknown.
    weights : mapping
        Their weights.
    apart : pandas.DataFrame
        `Comparison.disagreements`.

    Returns
    -------
    pandas.DataFrame
        A row a day, a column a component: share of its weight x (its rank - the other value); NaN where not known.
    """
    mine = rank.reindex(apart.index)
    share = mine.notna() * pd.Series({name: weights[str(name)] for name in mine}, dtype=float)
    share = share.div(share.sum(axis=1), axis=0)
    return mine.sub(apart["other"], axis=0) * share


def _correlation(one: pd.Series, other: pd.Series) -> float:
    """Pearson correlation on common days; NaN with fewer than 3 of them or without variation."""
    both = np.isfinite(one.to_numpy(float)) & np.isfinite(other.to_numpy(float))
    pair = one.to_numpy(float)[both], other.to_numpy(float)[both]
    if both.sum() < bootstrap.LEAST or min(np.ptp(pair[0]), np.ptp(pair[1])) == 0:
        return np.nan
    return float(np.corrcoef(*pair)[0, 1])
