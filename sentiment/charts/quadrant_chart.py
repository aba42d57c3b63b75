"""Fear against fundamentals: the last half year as a path through the regimes."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from sentiment import frames
from sentiment.charts.colours import COMPLACENT, FEAR, NEUTRAL
from sentiment.charts.figures import CAPTION, apply_layout, with_alpha
from sentiment.formatting import plain_day
from sentiment.models import Regime
from sentiment.scoring.regimes import BEGINS_AT, MIDDLE

TRAIL_WEEKS = 26


def trail(axes: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that the quadrant draws: one a week up to the last day, over half a year, where both axes are known."""
    if axes.empty:
        return axes
    weeks_back = (axes.index[-1] - axes.index).days // 7
    weekly: pd.DataFrame = axes[(weeks_back < TRAIL_WEEKS) & ~weeks_back.duplicated(keep="last")]
    return weekly.dropna(subset=["gap"])


def quadrant(axes: pd.DataFrame) -> go.Figure:
    """Draw fear against fundamentals: the last half year as a trail, a point a week, and the borders of the regimes."""
    path = trail(axes)
    figure = go.Figure()
    edge = 100 - BEGINS_AT
    for colour, xs, ys in (  # where a regime begins
        (FEAR, [BEGINS_AT, 100, 100, 100 + BEGINS_AT - MIDDLE], [100, 100, MIDDLE, MIDDLE]),
        (COMPLACENT, [0, 0, edge - MIDDLE, edge], [0, MIDDLE, MIDDLE, 0]),
    ):
        figure.add_scatter(
            x=[*xs, xs[0]],
            y=[*ys, ys[0]],
            mode="lines",
            line={"color": colour, "width": 1, "dash": "dot"},
            fill="toself",
            fillcolor=with_alpha(colour),
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=path["fundamentals"],
        y=path["fear"],
        mode="lines+markers",
        line={"color": NEUTRAL, "width": 1.2},
        marker={"size": 4, "color": NEUTRAL},
        customdata=frames.days(path).strftime("%-d %b %Y"),
        hovertemplate="%{customdata}<br>fear %{y:.0f}, fundamentals %{x:.0f}<extra></extra>",
    )
    for end, size, filled in ((path.iloc[:1], 9, False), (path.iloc[-1:], 14, True)):
        figure.add_scatter(
            x=end["fundamentals"],
            y=end["fear"],
            mode="markers+text",
            text=frames.days(end).strftime("%-d %b"),
            textposition="bottom center" if filled else "top center",
            marker={
                "size": size,
                "color": NEUTRAL,
                "symbol": "circle" if filled else "circle-open",
                "line": {"width": 2},
            },
            hoverinfo="skip",
        )
    for x, y, regime, anchor in (
        (98, 97, Regime.FEAR_OUTWEIGHS.value, "right"),
        (2, 3, Regime.COMPLACENT.value, "left"),
    ):
        figure.add_annotation(x=x, y=y, text=regime, showarrow=False, xanchor=anchor, font={"size": 12})
    figure.update_xaxes(
        range=[0, 100], constrain="domain", title_text="fundamentals, 0–100", tickvals=[0, 25, 50, 75, 100]
    )
    figure.update_yaxes(range=[0, 100], title_text="fear, 0–100", tickvals=[0, 25, 50, 75, 100])
    if len(path) > 1:
        _animate(figure, path)
    return apply_layout(figure, 460).update_layout(showlegend=False, margin={"r": 24, "t": 48 + CAPTION})


def _animate(figure: go.Figure, path: pd.DataFrame) -> None:
    """Add buttons that move the last marker along the trail, a frame a week."""
    head = len(figure.data) - 1
    labels = frames.days(path).strftime("%-d %b")
    figure.frames = [
        go.Frame(data=[{"type": "scatter", "x": [x], "y": [y], "text": [text]}], traces=[head], name=text)
        for x, y, text in zip(path["fundamentals"].round(2), path["fear"].round(2), labels, strict=True)
    ]
    pace = {"frame": {"duration": 250, "redraw": False}, "transition": {"duration": 0}, "mode": "immediate"}
    stop = {"frame": {"duration": 0, "redraw": False}, "mode": "immediate"}
    figure.update_layout(
        updatemenus=[
            {
                "type": "buttons",
                "direction": "right",
                "showactive": False,
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
                "pad": {"b": 6 + CAPTION},
                "font": {"color": NEUTRAL},
                "bordercolor": NEUTRAL,
                "buttons": [
                    {"label": "▶ Walk the weeks", "method": "animate", "args": [None, pace]},
                    {"label": "■ Stop", "method": "animate", "args": [[None], stop]},
                ],
            }
        ]
    )


def quadrant_text(axes: pd.DataFrame) -> str:
    """Return a sentence that says what the quadrant shows."""
    path = trail(axes)
    if path.empty:
        return "No week of the last half year has both fear and fundamentals."
    first, last = path.iloc[0], path.iloc[-1]
    regime = last["regime"] if pd.notna(last["regime"]) else "too little data to name a regime"
    return (
        f"From {plain_day(path.index[0])} to {plain_day(path.index[-1])} fear went from {first['fear']:.0f} to "
        f"{last['fear']:.0f} and fundamentals from {first['fundamentals']:.0f} to {last['fundamentals']:.0f}: {regime}."
    )
