"""The table ``components``: every part of both axes on each day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.frames import day
from sentiment.scoring.components import registry
from sentiment.tables.record import ASSET_PARAMETERS, DATE, DAY_PARAMETERS, Column, Table, series_behind_scores, text

if TYPE_CHECKING:
    from datetime import date

    from sentiment.scoring.score import Scores

_COLUMNS = (
    DATE,
    text("component", "Name of the part."),
    text("axis", "The axis that it belongs to."),
    Column(
        "raw", "Its raw value; higher means more fear, or stronger fundamentals.", "the part's own unit", sourced=True
    ),
    Column("rank", "Its rank among its own last 730 days, or its place on a straight line.", "0 to 100"),
    Column("weight", "Its weight within its axis; 0 where it does not apply to the asset.", "weight"),
    Column("contribution", "What it adds to its axis.", "points"),
)


def components_table(scored: Scores, start: date | None = None) -> pd.DataFrame:
    """Return raw value, rank, weight and contribution of every component, from `start` on: one row a day and component."""
    parts, rows = registry(), slice(start and day(start), None)
    names, days = [part.name for part in parts], scored.axes.loc[rows].index
    return pd.DataFrame(
        {
            "date": days.repeat(len(parts)),
            "component": names * len(days),
            "axis": [part.axis for part in parts] * len(days),
            "raw": scored.raw.loc[rows, names].to_numpy().ravel(),
            "rank": scored.rank.loc[rows, names].to_numpy().ravel(),
            "weight": [scored.applying[name] for name in names] * len(days),
            "contribution": scored.contribution.loc[rows, names].to_numpy().ravel(),
        }
    )


TABLE = Table(
    name="components",
    description="Every part of both axes.",
    row="day and component",
    columns=_COLUMNS,
    rows=lambda request: components_table(request.scored),
    parameters=(*ASSET_PARAMETERS, "weights", *DAY_PARAMETERS),
    shows=series_behind_scores,
    is_about_asset=True,
    order=30,
)
