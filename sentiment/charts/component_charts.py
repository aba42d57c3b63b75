"""Charts of the scored components: what each added to its axis on a day, and its raw values over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from sentiment.charts.figures import AXIS_COLOUR, GRID, apply_layout, daily_points
from sentiment.scoring.components import registry

if TYPE_CHECKING:
    import pandas as pd


def contributions(rows: pd.DataFrame, axis: str, *, brief: bool = False) -> go.Figure:
    """Draw what each component adds to its axis on one day, in front of the most that its weight could add.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a component of that axis on that day: ``component raw rank weight contribution``; NaN where unknown.
    axis : str
        The axis, for the colour.
    brief : bool
        Label each bar with its points alone, for a chart beside a table of the rest.
    """
    parts = {part.name: part for part in registry()}
    ordered = rows.sort_values("contribution", na_position="first", kind="stable").reset_index(drop=True)
    present = ordered["weight"].where(ordered["rank"].notna(), 0.0)
    most = 100 * present / present.sum() if present.sum() else present
    places = list(range(len(ordered)))
    figure = go.Figure()
    figure.add_bar(x=most, y=places, orientation="h", marker={"color": GRID}, width=0.34, hoverinfo="skip")
    figure.add_bar(
        x=ordered["contribution"],
        y=places,
        orientation="h",
        width=0.34,
        marker={"color": AXIS_COLOUR[axis]},
        hovertemplate="%{x:.1f} points<extra></extra>",
    )
    for place, row in zip(places, ordered.to_dict("records"), strict=True):
        part = parts[str(row["component"])]
        scale = "rank" if part.ranked else "scaled to"
        details = f" · {part.show(row['raw'])} · {scale} {row['rank']:.0f} · weight {row['weight']:g}"
        missing = "  no data" if brief else f"  no data · weight {row['weight']:g}, left out"
        figure.add_annotation(
            x=0,
            y=place,
            xanchor="left",
            yanchor="bottom",
            yshift=7,
            showarrow=False,
            align="left",
            text=(
                f"<b>{part.title}</b>  {row['contribution']:.1f}{'' if brief else details}"
                if row["rank"] >= 0
                else f"<b>{part.title}</b>{missing}"
            ),
            font={"size": 12},
        )
    figure.update_xaxes(range=[0, max(30.0, float(most.max()))], title_text=f"points of {axis}", nticks=6)
    figure.update_yaxes(visible=False, range=[-0.5, len(ordered) - 0.2])
    return apply_layout(figure, 60 + 54 * len(ordered)).update_layout(barmode="overlay", showlegend=False)


def contributions_text(rows: pd.DataFrame, axis: str) -> str:
    """Return a sentence that says what the contributions show."""
    titles = {part.name: part.title.lower() for part in registry()}
    known = rows.dropna(subset=["contribution"]).sort_values("contribution", ascending=False)
    if known.empty:
        return f"No component of {axis} is known on this day."
    largest = known.iloc[0]
    missing = [titles[name] for name in rows.loc[rows["rank"].isna(), "component"]]
    without = f" Missing: {', '.join(missing)}." if missing else ""
    return (
        f"{axis.capitalize()} is {known['contribution'].sum():.0f}; the largest part is {titles[largest['component']]} "
        f"({largest['contribution']:.1f} points).{without}"
    )


def raw_history(values: pd.Series, component: str) -> go.Figure:
    """Draw the raw values of one component, in its own unit, NaN where unknown."""
    part = next(part for part in registry() if part.name == component)
    figure = go.Figure()
    figure.add_scatter(
        **daily_points(values),
        mode="lines",
        line={"color": AXIS_COLOUR[part.axis], "width": 1.5},
        hovertemplate="%{x|%-d %b %Y}<br>%{y:.4~g} " + part.unit + "<extra></extra>",
    )
    figure.update_yaxes(nticks=4, tickformat=".3~%" if "%" in part.display else ".3~g")
    figure.update_xaxes(nticks=5)
    return apply_layout(figure, 150).update_layout(showlegend=False)
