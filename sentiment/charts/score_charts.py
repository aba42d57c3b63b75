"""Charts of the scores: the price with regimes and notes above the two axes, and fear against fundamentals."""

from __future__ import annotations

from functools import partial
from math import log10

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sentiment import frames
from sentiment.charts.colours import COMPLACENT, FEAR, FUNDAMENTALS, NEUTRAL
from sentiment.charts.figures import (
    REGIME_COLOUR,
    STATUS_MARK,
    apply_layout,
    daily_points,
    day_ticks,
    note_pins,
    price_ticks,
    raised,
    with_alpha,
)
from sentiment.formatting import number, plain_day
from sentiment.models import Regime
from sentiment.scoring.regimes import BEGINS_AT, MIDDLE

CONFIG = {"displaylogo": False, "scrollZoom": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
TRAIL_DAYS = 90
# What the hover over a line shows: both, one of them the line itself, and the gap.
_AXES_HOVER = "%{{x|%-d %b %Y}}<br>fear %{{{}:.0f}}, fundamentals justify %{{{}:.0f}}<br>gap %{{customdata[1]:+.0f}}<extra></extra>"
_LINES = {"fear": ("fear", FEAR), "justified": ("fear that fundamentals justify", FUNDAMENTALS)}
_OTHER_LINE = {"fear": "justified", "justified": "fear"}
_HOVER_FIELDS = {"fear": ("y", "customdata[0]"), "justified": ("customdata[0]", "y")}


def timeline(axes: pd.DataFrame, marks: pd.DataFrame, unit: str, *, log: bool) -> go.Figure:
    """Draw the price with shaded regimes and pins of notes above fear and the fear that fundamentals justify, on one time axis.

    Parameters
    ----------
    axes : pandas.DataFrame
        Rows of `Scores.axes` to show, NaN where unknown.
    marks : pandas.DataFrame
        One row a note: ``date``, ``id``, ``status`` (a key of `STATUS_MARK`), ``label`` (its hover text).
    unit : str
        Unit of the close.
    log : bool
        Whether the price is on a logarithmic scale.
    """
    figure = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.58, 0.42])
    days = frames.days(axes).tz_localize(None)
    low, high = float(axes["close"].min()), float(axes["close"].max())
    log = log and low > 0  # a yield may be zero or less
    from_price = partial(raised, low=low, high=high, log=log)
    edges = from_price(low, -0.05), from_price(high, 0.17)
    for regime, colour in REGIME_COLOUR.items():
        figure.add_trace(_shade(axes, regime, colour, *edges), row=1, col=1)
    price = go.Scatter(
        **daily_points(axes["close"]),
        name="close",
        mode="lines",
        line={"color": NEUTRAL, "width": 1.8},
        hovertemplate=f"%{{x|%-d %b %Y}}<br>close %{{y:,.6~r}} {unit}<extra></extra>",
        showlegend=False,
    )
    figure.add_trace(price, row=1, col=1)
    for status in STATUS_MARK:
        noted = marks[marks["status"] == status]
        if len(noted):
            feet = axes["close"].reindex(noted["date"]).to_numpy()
            figure.add_trace(note_pins(noted, feet, from_price(feet, 0.1), status), row=1, col=1)
    for column, (name, colour) in _LINES.items():
        line = go.Scatter(
            **daily_points(axes[column]),
            name=name,
            mode="lines",
            line={"color": colour, "width": 2},
            fill="tonexty" if column == "justified" else None,
            fillcolor=with_alpha(NEUTRAL),
            customdata=_whole(axes[[_OTHER_LINE[column], "gap"]]),
            hovertemplate=_AXES_HOVER.format(*_HOVER_FIELDS[column]),
        )
        figure.add_trace(line, row=2, col=1)
    figure.update_yaxes(
        row=1, col=1, type="log" if log else "linear", title_text=f"close, {unit}", tickformat=price_ticks(low)
    )
    if low == high:
        edges = low * 0.95, high * 1.05
    figure.update_yaxes(row=1, col=1, range=[log10(edge) for edge in edges] if log else edges, nticks=6)
    figure.update_yaxes(
        row=2, col=1, range=[0, 100], tickvals=[0, 25, 50, 75, 100], title_text="0 calm – 100 extreme fear"
    )
    single = pd.Timedelta(1 if len(days) == 1 else 0, "D")
    figure.update_xaxes(
        range=[days[0] - single, days[-1] + single],
        **day_ticks(days[0], days[-1]),
        hoverformat="%-d %b %Y",
        showspikes=True,
        spikemode="across",
        spikethickness=1,
        spikecolor=NEUTRAL,
    )
    return apply_layout(figure, 560)


def _whole(rows: pd.DataFrame) -> np.ndarray:
    """Round as the hover shows it, to one byte a value; to a float where a day is unknown, for NaN has no byte."""
    rounded = rows.to_numpy().round() + 0.0  # no zero below zero
    return rounded.astype("float32" if np.isnan(rounded).any() else "int8")


def _shade(axes: pd.DataFrame, regime: str, colour: str, low: float, high: float) -> go.Scatter:
    """Shade the days in the regime: one outline a run of days, all in one trace."""
    inside = axes["regime"] == regime
    runs = axes.index[inside].to_series().groupby((~inside).cumsum()[inside]).agg(["first", "last"])
    xs: list[str | None] = []
    for first, last in runs.itertuples(index=False):
        left, right = str(first.date()), str(last.date())
        xs += [left, left, right, right, None]
    return go.Scatter(
        x=xs,
        y=np.tile(np.array([low, high, high, low, np.nan], "float32"), len(runs)),
        name=regime,
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=with_alpha(colour),
        hoverinfo="skip",
    )


def timeline_text(axes: pd.DataFrame, marks: pd.DataFrame) -> str:
    """Return a sentence that says what the timeline shows."""
    first, last = plain_day(axes.index[0]), plain_day(axes.index[-1])
    move = axes["close"].iloc[-1] / axes["close"].iloc[0] - 1
    regimes = axes["regime"].dropna()
    share = "No day has a reading"
    if len(regimes):
        days = "the days" if len(regimes) == len(axes) else f"the {len(regimes):,} days that have a reading"
        share = f"Fear outweighed fundamentals on {(regimes == Regime.FEAR_OUTWEIGHS.value).mean():.0%} of {days}"
    return f"Price from {first} to {last}: {number(move, '+,.0%')}. {share}. {len(marks)} research notes are marked."


def trail(axes: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that the quadrant draws: of the last `TRAIL_DAYS`, those on which both axes are known."""
    if axes.empty:
        return axes
    recent: pd.DataFrame = axes[axes.index > axes.index[-1] - pd.Timedelta(TRAIL_DAYS, "D")]
    return recent.dropna(subset=["gap"])


def quadrant(axes: pd.DataFrame) -> go.Figure:
    """Draw fear against fundamentals: the last days as a trail, and the borders of the regimes."""
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
    return apply_layout(figure, 460).update_layout(showlegend=False, margin={"l": 8, "r": 24, "t": 40, "b": 8})


def _animate(figure: go.Figure, path: pd.DataFrame) -> None:
    """Add buttons that move the last marker along the trail, a frame a day."""
    head = len(figure.data) - 1
    labels = frames.days(path).strftime("%-d %b")
    figure.frames = [
        go.Frame(data=[{"type": "scatter", "x": [x], "y": [y], "text": [text]}], traces=[head], name=text)
        for x, y, text in zip(path["fundamentals"].round(2), path["fear"].round(2), labels, strict=True)
    ]
    pace = {"frame": {"duration": 90, "redraw": False}, "transition": {"duration": 0}, "mode": "immediate"}
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
                "pad": {"b": 6},
                "font": {"color": NEUTRAL},
                "bordercolor": NEUTRAL,
                "buttons": [
                    {"label": "▶ Walk the days", "method": "animate", "args": [None, pace]},
                    {"label": "■ Stop", "method": "animate", "args": [[None], stop]},
                ],
            }
        ]
    )


def quadrant_text(axes: pd.DataFrame) -> str:
    """Return a sentence that says what the quadrant shows."""
    path = trail(axes)
    if path.empty:
        return "No day of the last 90 has both fear and fundamentals."
    first, last = path.iloc[0], path.iloc[-1]
    regime = last["regime"] if pd.notna(last["regime"]) else "too little data to name a regime"
    return (
        f"From {plain_day(path.index[0])} to {plain_day(path.index[-1])} fear went from {first['fear']:.0f} to "
        f"{last['fear']:.0f} and fundamentals from {first['fundamentals']:.0f} to {last['fundamentals']:.0f}: {regime}."
    )
