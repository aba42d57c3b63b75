"""From raw components to two axes, a gap and a regime, each day from what was known at its end.

A component is ranked in its own trailing window (`measures.percentile_rank`) or mapped in a straight line. An axis is the weighted
mean of the components that apply and are known that day; coverage is their share of the weight of those that apply. Missing
components are never filled in. A day on which an exchange is closed has no score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.errors import SelectionError
from sentiment.formatting import ago, counted, number, plain_day, price, shortened
from sentiment.frames import days
from sentiment.models import AXES, Regime
from sentiment.scoring import rolling
from sentiment.scoring.components import NOTES, Component, registry
from sentiment.scoring.measures import DECIMALS, MIN_OBSERVATIONS, WINDOW, percentile_rank
from sentiment.scoring.regimes import (
    LAPSES_AFTER,
    LEAST_PARTS,
    NEAR_DAYS,
    SCORE_DECIMALS,
    Floats,
    combine,
    regimes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sentiment.market.asset_class import AssetClass
    from sentiment.models import Asset
    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.rolling import Daily

NOT_APPLYING = "does not apply"


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one asset, every frame on the same UTC index: every day, or the sessions of an exchange.

    Attributes
    ----------
    asset : str
        Symbol.
    axes : pandas.DataFrame
        ``close``, ``fear`` and ``fundamentals`` (0-100), ``gap`` (-100 to 100), ``regime`` (text), ``fear_coverage`` and
        ``fundamentals_coverage`` (0 to 1), ``justified`` (0-100: the fear that fundamentals justify); NaN where nothing is known.
    raw, rank, contribution : pandas.DataFrame
        One column a component: its raw value in its own unit, its rank (0-100) and its points of the axis; NaN where
        unknown or where it does not apply, or for points where the weight is 0.
    weights : dict of str to float
        Weight of each component as chosen.
    applying : dict of str to float
        The same, 0 for a component that does not apply to the asset.
    asset_class : str or None
        As in `Inputs`.
    """

    asset: str
    axes: pd.DataFrame
    raw: pd.DataFrame
    rank: pd.DataFrame
    contribution: pd.DataFrame
    weights: dict[str, float]
    applying: dict[str, float]
    asset_class: AssetClass | None = None

    def applies(self, part: Component) -> bool:
        """Return whether a component applies to the asset."""
        return part.applies_to(self.asset_class)


def score(inputs: Inputs, weights: Mapping[str, float] | None = None, last: int | None = None) -> Scores:
    """Score every day of `inputs`, or the last ones alone.

    Parameters
    ----------
    inputs : Inputs
        What is known of the asset at the end of the index.
    weights : mapping of str to float, optional
        Weights by component name that replace the components' own. Where no component of notes has any, the levels that notes
        name do not count either.
    last : int, optional
        Number of calendar days to return, counted from the end; all by default. The figures of a day are the same either way.

    Raises
    ------
    SelectionError
        If a weight is negative, not a number or of an unknown component, or an axis has no weight at all.
    """
    parts = registry()
    chosen = checked_weights(weights or {})
    counted = inputs if reads_notes(chosen) else inputs.without_notes()
    applying = {part.name: chosen[part.name] if part.applies_to(inputs.asset_class) else 0.0 for part in parts}
    raw = _raw(parts, counted)
    start, first = rows_needed(raw.shape[1], last)
    index = days(inputs.prices)[start:]
    rank, points = (np.full((len(parts), len(index)), np.nan) for _ in range(2))
    combined = {}
    for axis in AXES:
        places = [place for place, part in enumerate(parts) if part.axis == axis]
        for place in places:
            if not np.isnan(raw[place]).all():
                rank[place] = ranked(parts[place], pd.Series(raw[place]), start)
        shares = [applying[parts[place].name] for place in places]
        combined[axis] = combine(list(rank[places]), shares, [parts[place].source_name for place in places])
        for place, share in zip(places, shares, strict=True):
            if share > 0:  # a component without weight has no points rather than 0
                points[place] = rank[place] * share / combined[axis].present
    fear, fundamentals = (combined[axis].value for axis in AXES)
    axes = pd.DataFrame(
        {
            "close": inputs.prices["close"].to_numpy()[start:],
            "fear": fear,
            "fundamentals": fundamentals,
            "gap": gap(fear, fundamentals),
            **{f"{axis}_coverage": each.coverage for axis, each in combined.items()},
            "justified": justified(fundamentals),
        },
        index,
    )
    sessions = inputs.sessions[start:]
    axes.insert(4, "regime", regimes(axes[sessions], [each.is_enough[sessions] for each in combined.values()]))
    shown = slice(first - start, None) if sessions.all() else sessions & (np.arange(len(index)) >= first - start)
    by_part = (pd.DataFrame(rows.T, index, list(applying))[shown] for rows in (raw[:, start:], rank, points))
    values, ranks, contribution = by_part
    return Scores(inputs.asset, axes[shown], values, ranks, contribution, chosen, applying, inputs.asset_class)


def _raw(parts: Sequence[Component], inputs: Inputs) -> Floats:
    """Return the raw values, shape (components, days), rounded; NaN where one does not apply or the asset was not traded."""
    raw = np.full((len(parts), len(inputs.prices)), np.nan)
    silent = inputs.without_notes()
    for values, part in zip(raw, parts, strict=True):
        if part.applies_to(inputs.asset_class):
            values[:] = part.raw(inputs if part.uses_notes else silent)
    raw[:, ~inputs.sessions] = np.nan
    return np.round(raw, DECIMALS, out=raw)


def score_without_notes(inputs: Inputs, weights: Mapping[str, float] | None = None) -> Scores:
    """Score as if no note had been written, so that no word of a note can move what judges it.

    The components of notes have no weight. Where no other of their axis has any, the axis stays unknown.
    """
    chosen = checked_weights(weights or {})
    silent = {**chosen, **{part.name: 0.0 for part in registry() if part.source_name == NOTES}}
    others = all(any(silent[part.name] > 0 for part in registry() if part.axis == axis) for axis in AXES)
    return score(inputs.without_notes(), silent if others else chosen)


def reads_notes(weights: Mapping[str, float]) -> bool:
    """Return whether any component of research notes has a weight."""
    return any(weights[part.name] > 0 for part in registry() if part.source_name == NOTES)


def rows_needed(rows: int, last: int | None) -> tuple[int, int]:
    """Return the first row to compute and the first to return: a regime depends on the days before it."""
    first = 0 if last is None else max(rows - last, 0)
    return max(first - LAPSES_AFTER - NEAR_DAYS, 0), first


def ranked(part: Component, raw: Daily, first: int = 0) -> Daily:
    """Rank raw values from row `first` on; those of a component with a `scale` lie on a straight line from 0 to 100."""
    if part.scale is None:
        return percentile_rank(raw, first=first)
    low, high = part.scale
    needed = raw.iloc[first:]
    straight = (needed.to_numpy(dtype=float).round(DECIMALS) - low) / (high - low) * 100
    return rolling.like(needed, np.clip(straight, 0, 100))


def gap(fear: Floats, fundamentals: Floats) -> Floats:
    """Return how far fear exceeds the fear that fundamentals justify: fear - (100 - fundamentals), from -100 to 100."""
    return np.round(fear + fundamentals - 100, SCORE_DECIMALS)


def justified(fundamentals: Floats) -> Floats:
    """Return the fear that fundamentals justify: 100 - fundamentals."""
    return np.round(100 - fundamentals, SCORE_DECIMALS)


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


def unranked(scored: Scores) -> dict[str, str]:
    """Return why each component without a rank has none on the last day.

    It is `NOT_APPLYING`, ``no data``, or how much of what a rank needs is known, as ``107 of 365 days``.
    """
    ranks, raw = scored.rank.iloc[-1], scored.raw
    window = raw.index > raw.index[-1] - pd.Timedelta(WINDOW, "D")
    known = raw[window].count()
    reasons = {}
    for part in registry():
        if not scored.applies(part):
            reasons[part.name] = NOT_APPLYING
        elif pd.isna(ranks[part.name]):
            is_short = pd.notna(raw[part.name].iloc[-1])
            reasons[part.name] = f"{known[part.name]} of {MIN_OBSERVATIONS} days" if is_short else "no data"
    return reasons


def headline(scored: Scores, asset: Asset, stale_days: int | None = None) -> str:
    """Return a sentence on what the last day shows.

    Parameters
    ----------
    scored : Scores
        The scores.
    asset : Asset
        What the asset is called, and the unit of its price.
    stale_days : int, optional
        Age of the asset's last bar, where it is old; said in a second sentence.
    """
    sentence = f"{subject(scored, asset)}: {finding(scored)}."
    return sentence if stale_days is None else f"{sentence} Last price {ago(stale_days)}."


def subject(scored: Scores, asset: Asset) -> str:
    """Return what a headline is about: the asset, its price and the day."""
    last = scored.axes.iloc[-1]
    worth = f", {price(last['close'])} {asset.unit}" if pd.notna(last["close"]) else ""
    return f"{asset.title}{worth} on {plain_day(scored.axes.index[-1])}"


def finding(scored: Scores) -> str:
    """Return what a headline says about it: fear, justified fear and the gap of the last day; first that it is in balance, where it is."""
    last = scored.axes.iloc[-1]
    if pd.isna(last["fear"]):
        return "too little data for fear or for its gap to fundamentals"
    fear = f"fear {number(last['fear'])}"
    parts = [part.name for part in registry() if part.axis == "fundamentals" and scored.applies(part)]
    if len(parts) < LEAST_PARTS:
        known = scored.rank[parts].notna()
        if not known.to_numpy().any():
            return f"{fear}; there are no fundamentals for this asset"
        count = int(known.iloc[-1].sum())
        if not count:
            return f"{fear}; no part of fundamentals is known to set it against"
        few = f"only {counted(count, 'part of fundamentals is', 'parts of fundamentals are')}"
        return f"{fear}; {few} known, and it takes {LEAST_PARTS} to judge it"
    weighed = [part.axis for part in registry() if scored.applying[part.name] > 0]
    if min(weighed.count(axis) for axis in AXES) < LEAST_PARTS:
        return f"{fear}; too few parts have a weight to set it against fundamentals"
    if pd.isna(last["regime"]):
        return f"{fear}; there is too little data to set it against fundamentals"
    balanced = f"{last['regime']}, with " if last["regime"] == Regime.IN_BALANCE.value else ""
    return f"{fear}, fundamentals justify {number(last['justified'])}: {balanced}{gap_in_words(last)}"


def shown_gap(row: pd.Series) -> str:
    """Return the gap of a day as the difference of the rounded figures that stand beside it; an en dash where it is unknown."""
    return number(_points(row) if pd.notna(row["gap"]) else row["gap"], "+.0f")


def _points(row: pd.Series) -> int:
    return round(float(row["fear"])) - round(float(row["justified"]))


def gap_in_words(row: pd.Series) -> str:
    """Return the gap of a day in words, as `shown_gap` counts it."""
    points = _points(row)
    if points == 0:
        return "as much fear as fundamentals justify"
    return f"{counted(abs(points), 'point')} {'more' if points > 0 else 'less'} fear than fundamentals justify"
