"""How many separate facts an axis rests on, and how much of it is the price."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sentiment.scoring.components import registry
from sentiment.scoring.measures import past_return

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.models import Axis
    from sentiment.scoring.score import Scores

RETURN_DAYS = 30
LEAST_DAYS = 90


class Breadth(NamedTuple):
    """Of an axis: its parts with a weight and a rank, the number of separate ones they amount to, and its correlation with price.

    `effective` and `correlation` are NaN where fewer than 90 days are known.
    """

    parts: int
    effective: float
    correlation: float


def breadth(scored: Scores, close: pd.Series, axis: Axis) -> Breadth:
    """Measure how broad an axis is.

    Parameters
    ----------
    scored : Scores
        Every day of an asset.
    close : pandas.Series
        Its closes on a daily index; the correlation is that of the axis with the return of the 30 days before.
    axis : {"fear", "fundamentals"}

    Notes
    -----
    The effective number is the participation ratio of the weighted ranks: with the covariance matrix C of weight x rank, the
    squared trace of C over the sum of its squared entries. It is n for n equal and uncorrelated parts, and 1 if one decides
    everything. It is also the squared sum of the eigenvalues over the sum of their squares.
    """
    names = [part.name for part in registry() if part.axis == axis and scored.applying[part.name] > 0]
    weighted = scored.rank[names] * [scored.applying[name] for name in names]
    known = [name for name in names if weighted[name].count() >= LEAST_DAYS]
    moves = past_return(close, RETURN_DAYS).reindex(scored.axes.index)
    both = scored.axes[axis].notna() & moves.notna()
    correlation = float(scored.axes[axis].corr(moves)) if both.sum() >= LEAST_DAYS else float("nan")
    if not known:
        return Breadth(0, float("nan"), correlation)
    covariance = weighted[known].cov(min_periods=LEAST_DAYS).fillna(0.0).to_numpy()
    spread = float(np.sum(covariance * covariance))
    return Breadth(len(known), float(np.trace(covariance)) ** 2 / spread if spread > 0 else float("nan"), correlation)
