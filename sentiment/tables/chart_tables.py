"""Rows of charts that only a button of the page offers: their columns follow the chart, such as one a component."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.scoring.components import registry
from sentiment.validation.comparison import split_differences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentiment.scoring.score import Scores
    from sentiment.validation.comparison import Comparison
    from sentiment.validation.event_study import EventPaths

MIN_COMMON_DAYS = 90


def paths(paths_by_label: Mapping[str, EventPaths]) -> pd.DataFrame:
    """Return the paths after entries: one row a label, path and day; the quartiles are among the paths, by their names."""
    blocks = []
    for label, group in paths_by_label.items():
        named = group.each.set_axis(pd.DatetimeIndex(group.each.columns).strftime("%Y-%m-%d"), axis=1)
        long = group.band.join(named).melt(var_name="path", value_name="return", ignore_index=False).reset_index()
        blocks.append(long.assign(label=label)[["label", "path", "day", "return"]])
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=["label", "path", "day", "return"])


def correlations(scored: Scores) -> pd.DataFrame:
    """Return the correlations of the components' ranks, one row and one column each; NaN under 90 common days."""
    return scored.rank.corr(min_periods=MIN_COMMON_DAYS).rename_axis("component").reset_index()


def disagreements(comparison: Comparison, scored: Scores) -> pd.DataFrame:
    """Return the days on which fear and another series were farthest apart, and each component's share of it in points."""
    names = [part.name for part in registry() if part.axis == "fear"]
    points = split_differences(scored.rank[names], scored.applying, comparison.disagreements)
    return comparison.disagreements.join(points).rename_axis("date").reset_index()
