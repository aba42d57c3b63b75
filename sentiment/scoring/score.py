"""From raw components to two axes, a gap and a regime, each day from what was known at its end.

A component is ranked in its own trailing window (`measures.percentile_rank`). An axis is the weighted mean of the components
known that day; coverage is their share of the axis's weight. Missing components are never filled in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment.errors import SelectionError
from sentiment.formatting import ago, number, plain_day, shortened
from sentiment.models import AXES, Regime
from sentiment.scoring.components import Component, registry
from sentiment.scoring.measures import DECIMALS, MIN_OBSERVATIONS, WINDOW, percentile_rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.rolling import Daily

Floats = NDArray[np.float64]

GAP_LIMIT = 25.0
LEAST_COVERAGE = 0.4
"""Share of its weight that each axis needs before a regime is named."""
SCORE_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one asset, every frame on the same daily UTC index.

    Attributes
    ----------
    asset : str
        Symbol.
    axes : pandas.DataFrame
        ``close``, ``fear`` and ``fundamentals`` (0-100), ``gap`` (-100 to 100), ``regime`` (text), ``fear_coverage`` and
        ``fundamentals_coverage`` (0 to 1); NaN where nothing is known.
    raw, rank, contribution : pandas.DataFrame
        One column a component: its raw value in its own unit, its rank (0-100) and its points of the axis; NaN where
        unknown, or for points where the weight is 0.
    weights : dict of str to float
        Weight of each component.
    """

    asset: str
    axes: pd.DataFrame
    raw: pd.DataFrame
    rank: pd.DataFrame
    contribution: pd.DataFrame
    weights: dict[str, float]


def score(inputs: Inputs, weights: Mapping[str, float] | None = None, last: int | None = None) -> Scores:
    """Score every day of `inputs`, or the last ones alone.

    Parameters
    ----------
    inputs : Inputs
        What is known of the asset at the end of the index.
    weights : mapping of str to float, optional
        Weights by component name that replace the components' own.
    last : int, optional
        Number of days to return, counted from the end; all by default. The figures of a day are the same either way.

    Raises
    ------
    SelectionError
        If a weight is negative, not a number or of an unknown component, or an axis has no weight at all.
    """
    parts = registry()
    chosen = checked_weights(weights or {})
    raw = pd.DataFrame({part.name: part.raw(inputs) for part in parts}).astype(float).round(DECIMALS)
    first = 0 if last is None else max(len(raw) - last, 0)
    rank = pd.DataFrame({part.name: ranked(part, raw[part.name], first) for part in parts})
    axes = pd.DataFrame({"close": inputs.prices["close"].iloc[first:]})
    points, coverage = [], {}
    for axis in AXES:
        names = [part.name for part in parts if part.axis == axis]
        shares = np.array([chosen[name] for name in names])
        ranks = rank[names].to_numpy()
        axes[axis], coverage[f"{axis}_coverage"], present = combine(list(ranks.T), shares)
        # A component without weight has no points rather than 0.
        points.append(ranks * np.where(shares > 0, shares, np.nan) / present[:, None])
    axes["gap"] = gap(axes["fear"].to_numpy(), axes["fundamentals"].to_numpy())
    axes["regime"] = regime(axes["gap"].where(enough_coverage(coverage.values())))
    contribution = pd.DataFrame(np.hstack(points), rank.index, rank.columns)
    return Scores(inputs.asset, axes.assign(**coverage), raw.iloc[first:], rank, contribution, chosen)


def ranked(part: Component, raw: Daily, first: int = 0) -> Daily:
    """Rank raw values from row `first` on; those of a component that is not `ranked` are mapped from -1..1 to 0..100."""
    if part.ranked:
        return percentile_rank(raw, first=first)
    return ((raw.iloc[first:].round(DECIMALS) + 1) * 50).clip(0, 100)


def combine(ranks: Sequence[Floats], weights: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Average the ranks of an axis's components, for one asset or for a column an asset.

    Parameters
    ----------
    ranks : sequence of arrays of shape (days,) or (days, assets)
        0-100, NaN where unknown; one array a component. It may have a single column where all assets have the same.
    weights : array_like of float
        One a component, >= 0; not all zero.

    Returns
    -------
    total, coverage, present : arrays of that shape
        The axis (0-100, NaN where nothing is known), the share of the weight that is known (0 to 1), and that weight.
    """
    shares = np.asarray(weights, dtype=float)
    points = present = np.zeros(1)
    for rank, weight in zip(ranks, shares, strict=True):
        known = np.isfinite(rank) * weight
        present = present + known
        points = points + np.where(known, rank, 0.0) * known
    with np.errstate(invalid="ignore"):
        return np.round(points / present, SCORE_DECIMALS), np.round(present / shares.sum(), SCORE_DECIMALS), present


def gap(fear: Floats, fundamentals: Floats) -> Floats:
    """Return how far fear exceeds what the fundamentals explain: fear + fundamentals - 100, from -100 to 100."""
    return np.round(fear + fundamentals - 100, SCORE_DECIMALS)


def enough_coverage(coverage: Iterable[Floats]) -> NDArray[np.bool_]:
    """Return whether both axes have at least `LEAST_COVERAGE`, by day."""
    return np.asarray(np.logical_and.reduce([share >= LEAST_COVERAGE for share in coverage]))


def checked_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of every component: the given one, or else its own.

    Raises
    ------
    SelectionError
        If a weight is negative, not a number or of an unknown component, or an axis has no weight at all.
    """
    parts = registry()
    own = {part.name: float(part.weight) for part in parts}
    for name, value in weights.items():
        if name not in own:
            raise SelectionError(f"no component {shortened(name)} to weigh; there are: {', '.join(own)}")
        if not (math.isfinite(value) and value >= 0):
            raise SelectionError(f"the weight of {name} is {value}; it must be zero or more")
    chosen = {**own, **weights}
    for axis in AXES:
        if not sum(chosen[part.name] for part in parts if part.axis == axis) > 0:
            raise SelectionError(f"every weight of {axis} is zero; give at least one component some")
    return chosen


def regime(gap: pd.Series) -> pd.Series:
    """Name the regime of each gap: from +25 up, from -25 down, or between; NaN where the gap is."""
    names = np.select(
        [gap >= GAP_LIMIT, gap <= -GAP_LIMIT, gap.notna()],
        [Regime.FEAR_OUTWEIGHS.value, Regime.COMPLACENT.value, Regime.IN_BALANCE.value],
        default="",
    )
    return pd.Series(names, index=gap.index, dtype="str").replace("", np.nan)


def unranked(scored: Scores) -> dict[str, str]:
    """Return why each component without a rank has none on the last day: ``no data``, or ``107 of 365 days`` are known."""
    ranks, raw = scored.rank.iloc[-1], scored.raw
    known = raw.iloc[-WINDOW:].count()
    return {
        str(name): "no data" if pd.isna(raw[name].iloc[-1]) else f"{known[name]} of {MIN_OBSERVATIONS} days"
        for name in ranks.index[ranks.isna()]
    }


def headline(scored: Scores, stale_days: int | None = None) -> str:
    """Return a sentence on what the last day shows.

    Parameters
    ----------
    scored : Scores
        The scores.
    stale_days : int, optional
        Age of the asset's last bar, where it is old; said in a second sentence.
    """
    sentence = _headline(scored)
    return sentence if stale_days is None else f"{sentence} Last bar {ago(stale_days)}."


def _headline(scored: Scores) -> str:
    last = scored.axes.iloc[-1]
    when = plain_day(scored.axes.index[-1])
    if pd.isna(last["gap"]):
        only = [f"only {axis} is known ({number(last[axis])} / 100)" for axis in AXES if pd.notna(last[axis])]
        return f"On {when} there are too few figures for a reading: {only[0] if only else 'neither axis is known'}."
    fear, fundamentals, gap = number(last["fear"]), number(last["fundamentals"]), number(last["gap"], "+.0f")
    partial = [f"{axis} on {last[f'{axis}_coverage']:.0%}" for axis in AXES if last[f"{axis}_coverage"] < 1]
    coverage = f" ({' and '.join(partial)} of its weight)" if partial else ""
    if pd.isna(last["regime"]):
        return (
            f"On {when} fear ({fear}) and fundamentals ({fundamentals}) rest on too little to name a regime{coverage}."
        )
    outweighed = (
        f"fear ({fear}) outweighed fundamentals ({fundamentals}): the market was more afraid than they explain"
        if last["fear"] >= last["fundamentals"]
        else f"fear ({fear}) was more than fundamentals ({fundamentals}) explain: it outweighed them"
    )
    reading = {
        Regime.FEAR_OUTWEIGHS: f"{outweighed}, a gap of {gap}",
        Regime.COMPLACENT: f"the market was complacent: fear of {fear} with fundamentals of only {fundamentals}, a gap of {gap}",
        Regime.IN_BALANCE: f"fear ({fear}) and fundamentals ({fundamentals}) were in balance, a gap of {gap}",
    }
    return f"On {when} {reading[Regime(last['regime'])]}{coverage}."
