"""Charts of the scored components: what each added to its axis on a day, and its raw values over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from sentiment import frames
from sentiment.charts.figures import AXIS_COLOUR, GRID, apply_layout, daily_points, day_ticks, name_above
from sentiment.scoring.components import registry
from sentiment.scoring.score import NOT_APPLYING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UP = {"fear": "more fear", "fundamentals": "stronger fundamentals"}
"""What a higher line means on every chart of `raw_history`."""


class Bar(NamedTuple):
    """What a component adds to its axis on a day, and the words beside it.

    Attributes
    ----------
    title : str
    points, most : float
        What it adds, and the most that its weight could add; NaN and 0 for one that is left out.
    weight : float
    words, brief : str
        Its points with the raw value and the rank, and without them; or why it is left out.
    """

    title: str
    points: float
    most: float
    weight: float
    words: str
    brief: str


def bars(rows: pd.DataFrame, unranked: Mapping[str, str]) -> list[Bar]:
    """Return a bar for each component that applies to the asset, the largest first and those that are left out last.

    Parameters
    ----------
    rows, unranked
        As for `contributions`.
    """
    titled = {part.name: part for part in registry()}
    rows = rows[rows["component"].map(unranked) != NOT_APPLYING]
    ordered = rows.sort_values("contribution", ascending=False, na_position="last", kind="stable")
    present = ordered["weight"].where(ordered["rank"].notna(), 0.0)
    most = 100 * present / present.sum() if present.sum() else present
    drawn = []
    for row, room in zip(ordered.to_dict("records"), most, strict=True):
        part = titled[str(row["component"])]
        raw = "" if pd.isna(row["raw"]) else part.show(row["raw"])
        if row["rank"] >= 0:
            brief = f"{row['contribution']:.1f}"
            words = f"{brief} · {raw} · {'rank' if part.scale is None else 'scaled to'} {row['rank']:.0f}"
        else:
            brief = unranked.get(part.name, "")
            words = f"{raw and f'{raw} · '}{brief}, left out"
        drawn.append(Bar(part.title, row["contribution"], room, row["weight"], words, brief))
    return drawn


def longest(parts: Sequence[Bar]) -> float:
    """Return the points at the end of the scale of bars."""
    return max([30.0, *(part.most for part in parts)])


def contributions(rows: pd.DataFrame, axis: str, unranked: Mapping[str, str], *, brief: bool = False) -> go.Figure:
    """Draw what each component adds to its axis on one day, in front of the most that its weight could add.

    What does not apply to the asset is left out.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a component of that axis on that day: ``component raw rank weight contribution``; NaN where unknown.
    axis : str
        The axis, for the colour.
    unranked : mapping of str to str
        Why each component without a rank has none, as `score.unranked` says.
    brief : bool
        Label each bar with its points alone, for a chart beside a table of the rest.
    """
    parts = bars(rows, unranked)[::-1]
    places = list(range(len(parts)))
    figure = go.Figure()
    figure.add_bar(
        x=[part.most for part in parts],
        y=places,
        orientation="h",
        width=0.34,
        marker={"color": GRID},
        customdata=[part.weight for part in parts],
        hovertemplate="weight %{customdata:g}: at most %{x:.1f} points<extra></extra>",
    )
    figure.add_bar(
        x=[part.points for part in parts],
        y=places,
        orientation="h",
        width=0.34,
        marker={"color": AXIS_COLOUR[axis]},
        hovertemplate="%{x:.1f} points<extra></extra>",
    )
    for place, part in zip(places, parts, strict=True):
        name_above(figure, f"<b>{part.title}</b>  {part.brief if brief else part.words}", place, 7)
    figure.update_xaxes(range=[0, longest(parts)], title_text=f"points of {axis}", nticks=6)
    figure.update_yaxes(visible=False, range=[-0.5, len(parts) - 0.2])
    return apply_layout(figure, 60 + 54 * len(parts)).update_layout(barmode="overlay", showlegend=False)


def contributions_text(rows: pd.DataFrame, axis: str, unranked: Mapping[str, str]) -> str:
    """Return a sentence that says what the contributions show, and why others are missing, as `score.unranked` says."""
    titles = {part.name: part.title.lower() for part in registry()}
    known = rows.dropna(subset=["contribution"]).sort_values("contribution", ascending=False)
    if known.empty:
        return f"No part of {axis} is known on this day.{_without(rows, titles, unranked)}"
    largest = known.iloc[0]
    return (
        f"{axis.capitalize()} is {known['contribution'].sum():.0f}; the largest part is {titles[largest['component']]} "
        f"({largest['contribution']:.1f} points).{_without(rows, titles, unranked)}"
    )


def _without(rows: pd.DataFrame, titles: Mapping[str, str], unranked: Mapping[str, str]) -> str:
    names = [name for name in rows["component"] if unranked.get(name, NOT_APPLYING) != NOT_APPLYING]
    known = {name: f" ({unranked[name]})" if unranked[name] != "no data" else "" for name in names}
    return f" Missing: {', '.join(f'{titles[name]}{known[name]}' for name in names)}." if names else ""


def raw_history(values: pd.Series, component: str) -> go.Figure:
    """Draw the raw values of one component as the figures that people know, NaN where unknown; up is more fear or stronger fundamentals."""
    part = next(part for part in registry() if part.name == component)
    figure = go.Figure()
    figure.add_scatter(
        **daily_points(-values if part.turned else values),
        mode="lines",
        line={"color": AXIS_COLOUR[part.axis], "width": 1.5},
        hovertemplate="%{x|%-d %b %Y}<br>" + part.hover + "<extra></extra>",
    )
    figure.update_yaxes(
        autorange="reversed" if part.turned else True, nticks=4, tickformat=".3~%" if "%" in part.display else ".3~g"
    )
    days = frames.days(values)
    figure.update_xaxes(nticks=5, **day_ticks(days[0], days[-1]))
    return apply_layout(figure, 150).update_layout(showlegend=False)
