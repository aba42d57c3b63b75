"""Sensitivity of the gap to the weights: redrawn around the chosen ones, and with each component left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.formatting import number
from sentiment.models import AXES, SEED
from sentiment.scoring.regimes import LEAST_COVERAGE, SCORE_DECIMALS, UNNAMED, combine, names_of, sides

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sentiment.models import Axis
    from sentiment.scoring.regimes import CombinedAxis


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How the gap depends on the weights.

    Attributes
    ----------
    band : pandas.DataFrame
        By day ``gap``, ``lower`` and ``upper`` (5% and 95% of the draws) and ``changed`` (share of draws with another regime,
        or with none for lack of coverage); NaN without a gap.
    without : pandas.DataFrame
        By component left out, the last day's ``gap`` and ``regime``, and whether the regime ``changed``.
    sentence : str
        Both for the last day, in words.
    """

    band: pd.DataFrame
    without: pd.DataFrame
    sentence: str


def weight_sensitivity(  # noqa: PLR0913 - three mappings, and what reproduces the figures
    rank: pd.DataFrame,
    weights: Mapping[str, float],
    axes: Mapping[str, Axis],
    sources: Mapping[str, str] | None = None,
    *,
    draws: int = 500,
    seed: int = SEED,
    concentration: float = 20,
) -> Sensitivity:
    """Recompute the gap with weights drawn around the chosen ones, and without each component.

    Parameters
    ----------
    rank : pandas.DataFrame
        One column a component, 0-100, NaN where unknown (`Scores.rank`).
    weights, axes : mapping
        Weight >= 0 (`Scores.applying`) and axis of each component.
    sources : mapping, optional
        Source that each component counts as; by default each is its own.
    draws, seed : int
        Number of drawn sets of weights, and the seed.
    concentration : float
        Of the Dirichlet distribution, whose mean is the chosen weights: at 20, a share of 0.20 has a standard deviation of
        0.09. A weight of zero stays zero.
    """
    rng = np.random.default_rng(seed)
    parts = [str(name) for name in rank]
    source = {name: (sources or {}).get(name, name) for name in parts}
    values, enough = {}, np.full((len(rank), draws), fill_value=True)
    chosen = _combined_axes(rank, weights, axes, source)
    for axis, reading in chosen.items():
        names = [name for name in parts if axes[name] == axis]
        share = np.array([weights[name] for name in names], dtype=float)
        drawn = np.zeros((draws, len(names)))
        drawn[:, share > 0] = rng.dirichlet(concentration * share[share > 0] / share.sum(), size=draws)
        values[axis], coverage = _axis(rank[names], drawn.T)
        enough &= (coverage >= LEAST_COVERAGE) & reading.is_broad[:, None]
    gaps = (values["fear"] + values["fundamentals"] - 100).round(SCORE_DECIMALS)
    index = pd.DatetimeIndex(rank.index)
    gap, now = _reading(chosen, index)
    changed = (sides(values["fear"], gaps, enough, index) != now[:, None]).mean(axis=1)
    lower, upper = np.quantile(gaps, [0.05, 0.95], axis=1)
    band = pd.DataFrame({"gap": gap, "lower": lower, "upper": upper, "changed": changed}, index)
    band.loc[np.isnan(gap)] = np.nan
    present = [name for name in parts if weights[name] > 0 and len(rank) and np.isfinite(rank[name].iloc[-1])]
    today = now[-1] if len(now) else UNNAMED
    rows = {}
    for name in present:
        gap_without, side_without = _reading(_combined_axes(rank, {**weights, name: 0.0}, axes, source), index)
        rows[name] = (gap_without[-1], names_of(side_without[-1:])[0], side_without[-1] != today)
    without = pd.DataFrame.from_dict(rows, orient="index", columns=["gap", "regime", "changed"])
    without = without.astype({"gap": float, "regime": "str", "changed": bool})
    return Sensitivity(band, without, _sentence(band, without, named=bool(today != UNNAMED)))


def _combined_axes(
    rank: pd.DataFrame, weights: Mapping[str, float], axes: Mapping[str, Axis], source: Mapping[str, str]
) -> dict[Axis, CombinedAxis]:
    names = {axis: [name for name in map(str, rank) if axes[name] == axis] for axis in AXES}
    return {
        axis: combine(
            [rank[name].to_numpy(float) for name in of_axis],
            [weights[name] for name in of_axis],
            [source[name] for name in of_axis],
        )
        for axis, of_axis in names.items()
    }


def _reading(
    combined: Mapping[Axis, CombinedAxis], index: pd.DatetimeIndex
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return the gap and the side of each day under one set of weights, by the rules of `score`."""
    fear, fundamentals = combined["fear"], combined["fundamentals"]
    gap = (fear.value + fundamentals.value - 100).round(SCORE_DECIMALS)
    return gap, sides(fear.value, gap, fear.is_enough & fundamentals.is_enough, index)


def _axis(rank: pd.DataFrame, weight: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weighted means of the known components and the share of the weight that is known, a column a set of weights."""
    values = rank.to_numpy(float)
    known = np.isfinite(values)
    present = known.astype(float) @ weight
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(present > 0, np.where(known, values, 0.0) @ weight / present, np.nan)
        return mean, np.nan_to_num(present / weight.sum(axis=0)).round(SCORE_DECIMALS)


def _sentence(band: pd.DataFrame, without: pd.DataFrame, *, named: bool) -> str:
    if band.empty or band["gap"].isna().iloc[-1]:
        return "There is no gap on this day."
    last = band.iloc[-1]
    redrawn = f"With weights drawn at random around the chosen ones, {last['changed']:.0%} of the draws give another regime (gap "
    redrawn += f"{number(last['gap'], '+z.0f')}; 90% of the draws {number(last['lower'], '+z.0f')} to {number(last['upper'], '+z.0f')})."
    resting: dict[str, list[str]] = {}
    for name, gap, reading, changed in without.itertuples():
        if changed:
            resting.setdefault(_left_out(gap, reading), []).append(name)
    if resting:
        parts = [
            f"{_listed(names)}: without {'it' if len(names) == 1 else 'any one of them'} {then}"
            for then, names in resting.items()
        ]
        return f"This verdict rests on {'; on '.join(parts)}. {redrawn}"
    if not named:
        return f"Too little is known to name a regime, with any single part or without it. {redrawn}"
    return f"No single part decides it. {redrawn}"


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _left_out(gap: float, reading: str | float) -> str:
    if np.isnan(gap):
        return "there is no gap"
    return "too little is known to name a regime" if pd.isna(reading) else f"the gap is {number(gap, '+z.0f')}"
