"""Charts of calls: how many came true beside what random walks reach, and whether stated probabilities hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from sentiment.charts.colours import NEUTRAL
from sentiment.charts.figures import apply_layout, name_above, outcome_mark, with_alpha
from sentiment.formatting import chart_text, counted, number, spelled_out

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.validation.calibration import Calibration

LEAST_SHOWN = 5
"""Settled calls from which a group is drawn: shares of fewer say nothing."""
_TITLES = {"all": "all", "direction": "{}s", "distance": "{} away", "year": "in {}"}
_ROW, _FRAME = 36, 76


def drawn(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the table ``scoreboard`` that the chart draws: no publishers, and at least 5 settled calls."""
    return table[(table["group"] != "publisher") & (table["settled"] >= LEAST_SHOWN)].reset_index(drop=True)


def scoreboard(table: pd.DataFrame) -> go.Figure:
    """Draw for each group the share of calls that came true, over the shares that random walks reach.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows as `drawn` returns them.
    """
    settled = table["settled"].to_numpy(float)
    share = {name: 100 * table[name].to_numpy(float) / settled for name in ("hits", "expected", "low", "high")}
    labels = [_label(row) for row in table.to_dict("records")]
    heights = list(range(len(labels), 0, -1))
    figure = go.Figure()
    for place, height in enumerate(heights):
        figure.add_scatter(
            x=[share["low"][place], share["high"][place]],
            y=[height, height],
            mode="lines",
            line={"color": with_alpha(NEUTRAL, 0.5), "width": 3},
            name="95 of 100 random walks",
            legendgroup="walks",
            showlegend=not place,
            hoverinfo="skip",
        )
        name_above(figure, chart_text(labels[place]), height, 6)
    figure.add_scatter(
        x=share["expected"],
        y=heights,
        mode="markers",
        marker={"symbol": "line-ns", "size": 14, "line": {"width": 3, "color": NEUTRAL}},
        name="random walks on average",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=share["hits"],
        y=heights,
        mode="markers",
        marker=outcome_mark("hit", 12),
        name="came true",
        customdata=[
            [chart_text(label), *(number(row[name]) for name in ("hits", "settled", "expected", "low", "high"))]
            for label, row in zip(labels, table.to_dict("records"), strict=True)
        ],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} of %{customdata[2]} came true (%{x:.0f}%)<br>random walks: "
        "%{customdata[3]} on average, %{customdata[4]} to %{customdata[5]} in 95 of 100<extra></extra>",
    )
    figure.update_yaxes(visible=False, range=[0.4, len(labels) + 0.8])
    figure.update_xaxes(range=[-2, 102], ticksuffix="%", nticks=6, title_text="of the settled calls")
    return apply_layout(figure, _FRAME + _ROW * len(labels))


def _label(row: dict[object, object] | dict[str, object]) -> str:
    value = re.sub(r"\s%", "%", str(row["value"]))  # the table's values are in saved links and keep their spelling
    return f"{_TITLES[str(row['group'])].format(value)} ({row['settled']})"


def scoreboard_text(table: pd.DataFrame) -> str:
    """Return a sentence that says what the chart shows and which groups lie outside; rows as `drawn` returns them."""
    outside = table[(table["hits"] > table["high"]) | (table["hits"] < table["low"])]
    listed = ", ".join(
        f"{_label(row)}: {number(row['hits'])} against {number(row['low'])} to {number(row['high'])}"
        for row in outside.to_dict("records")
    )
    found = f"Outside of it: {listed}." if listed else "None lies outside of it."
    return (
        f"The share that came true in {len(table)} groups of at least {LEAST_SHOWN} settled calls, over what 95 of 100 random walks reach. {found} "
        "Of 20 such groups one is outside by chance alone."
    )


def calibration(held: Calibration) -> go.Figure:
    """Draw how often calls came true by the probability that was stated for them."""
    curve = held.curve
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line={"color": NEUTRAL, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=100 * curve["probability"],
        y=100 * curve["frequency"],
        mode="lines+markers",
        line={"color": NEUTRAL, "width": 1.8},
        marker={"size": 10, "color": NEUTRAL},
        customdata=curve["calls"],
        hovertemplate="stated %{x:.0f}%<br>came true %{y:.0f}%<br>%{customdata} calls<extra></extra>",
    )
    figure.update_xaxes(range=[-3, 103], ticksuffix="%", nticks=6, title_text="probability stated")
    figure.update_yaxes(range=[-3, 103], ticksuffix="%", nticks=6, title_text="share that came true")
    return apply_layout(figure, 300).update_layout(showlegend=False)


def calibration_text(held: Calibration, publisher: str) -> str:
    """Return a sentence with the Brier score and its parts."""
    parts = ", ".join(
        f"{name} {number(getattr(held, name), '.3f')}" for name in ("reliability", "resolution", "uncertainty")
    )
    return (
        f"{spelled_out(publisher)}: {counted(held.curve['calls'].sum(), 'call')} with a stated probability, Brier score {number(held.brier, '.3f')} = "
        f"reliability − resolution + uncertainty ({parts}). On the dotted line, probabilities hold."
    )
