"""Charts of the scores: the price with regimes and notes above the two axes, and fear against fundamentals."""

from __future__ import annotations

from functools import partial
from math import log10

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sentiment import frames
from sentiment.charts.colours import COMPLACENT, FEAR, FUNDAMENTALS, NEUTRAL
from sentiment.charts.figures import (
    REGIME_COLOUR,
    STATUS_MARK,
    apply_layout,
    daily_points,
    day_ticks,
    end_of,
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
BETWEEN_ALPHA = 0.32
LABEL_POINTS = 12.0
"""Points of the scale that a label is high."""
_LINES = {"justified": ("fear that fundamentals justify", FUNDAMENTALS), "fear": ("fear", FEAR)}
_DAY = "%{x|%-d %b %Y}<br>"
_READOUT = "fear %{{{}:.0f}}, fundamentals justify %{{{}:.0f}}<br>gap %{{customdata[1]:+.0f}}"
_OTHER_LINE = {"fear": "justified", "justified": "fear"}
_HOVER_FIELDS = {"fear": ("y", "customdata[0]"), "justified": ("customdata[0]", "y")}


def timeline(axes: pd.DataFrame, marks: pd.DataFrame, unit: str, *, log: bool) -> go.Figure:
    """Draw the price with pins of notes above fear and the fear that fundamentals justify, on one time axis.

    The area between the two lines has the colour of the day's regime, and the price stands before the same colours.

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
    figure = go.Figure()
    days = frames.days(axes).tz_localize(None)
    low, high = float(axes["close"].min()), float(axes["close"].max())
    log = log and low > 0  # a yield may be zero or less
    from_price = partial(raised, low=low, high=high, log=log)
    edges = from_price(low, -0.05), from_price(high, 0.17)
    for regime, colour in REGIME_COLOUR.items():
        figure.add_trace(_shade(axes, regime, colour, *edges))
    price = go.Scatter(
        **daily_points(axes["close"]),
        name="close",
        mode="lines",
        line={"color": NEUTRAL, "width": 1.8},
        customdata=_whole(axes[["fear", "gap", "justified"]]),
        hovertemplate=f"{_DAY}close %{{y:,.6~r}} {unit}<br>{_READOUT.format('customdata[0]', 'customdata[2]')}<extra></extra>",
    )
    figure.add_trace(price)
    for status in STATUS_MARK:
        noted = marks[marks["status"] == status]
        if len(noted):
            feet = axes["close"].reindex(noted["date"], method="ffill").to_numpy()
            figure.add_trace(note_pins(noted, feet, from_price(feet, 0.1), status))
    for trace in (*_between(axes), *_lines(axes)):
        figure.add_trace(trace.update(yaxis="y2"))
    if low == high:
        edges = low * 0.95, high * 1.05
    single = pd.Timedelta(1 if len(days) == 1 else 0, "D")
    figure.update_layout(
        # Both panels share one time axis, so that one crosshair goes through both; either panel's readout says all of the day.
        xaxis={
            "range": [days[0] - single, end_of(days[-1], marks) + single],
            **day_ticks(days[0], days[-1]),
            "hoverformat": "%-d %b %Y",
            "anchor": "y2",
            "showspikes": True,
            "spikemode": "across",
            "spikethickness": 1,
            "spikecolor": NEUTRAL,
        },
        yaxis={
            "domain": [0.45, 1],
            "type": "log" if log else "linear",
            "title": {"text": f"close, {unit}"},
            "tickformat": price_ticks(low),
            "range": [log10(edge) for edge in edges] if log else edges,
            "nticks": 6,
        },
        yaxis2={
            "domain": [0, 0.41],
            "anchor": "x",
            "range": [0, 100],
            "tickvals": [0, 25, 50, 75, 100],
            "title": {"text": "0 calm – 100 extreme fear"},
        },
        showlegend=False,
    )
    _label_ends(figure, axes)
    return apply_layout(figure, 540).update_layout(margin={"r": 84})


def _between(axes: pd.DataFrame) -> list[go.Scatter]:
    """Fill the area between the two lines, each day in the colour of its regime.

    Each outline lies on the one before it but on the days that it fills, where it lies on the line of fear.
    """
    filled = pd.Series(data=False, index=axes.index)
    traces = [_outline(axes["justified"])]
    for regime, colour in (*REGIME_COLOUR.items(), (None, NEUTRAL)):
        filled |= (axes["regime"] == regime) if regime else True
        outline = _outline(axes["fear"].where(filled, axes["justified"]).where(axes["justified"].notna()))
        traces.append(outline.update(fill="tonexty", fillcolor=with_alpha(colour, BETWEEN_ALPHA)))
    return traces


def _outline(values: pd.Series) -> go.Scatter:
    return go.Scatter(**daily_points(values), mode="lines", line={"width": 0}, hoverinfo="skip")


def _lines(axes: pd.DataFrame) -> list[go.Scatter]:
    return [
        go.Scatter(
            **daily_points(axes[column]),
            name=name,
            mode="lines",
            line={"color": colour, "width": 2},
            customdata=_whole(axes[[_OTHER_LINE[column], "gap"]]),
            hovertemplate=f"{_DAY}{_READOUT.format(*_HOVER_FIELDS[column])}<extra></extra>",
        )
        for column, (name, colour) in _LINES.items()
    ]


def _label_ends(figure: go.Figure, axes: pd.DataFrame) -> None:
    """Name each line at its end, in place of a legend."""
    ends = {column: axes[column].dropna() for column in _LINES}
    heights = {column: float(known.iloc[-1]) for column, known in ends.items() if len(known)}
    apart = heights.get("fear", 0) - heights.get("justified", 0)
    push = max(0.0, LABEL_POINTS - abs(apart)) / 2 * (1 if apart >= 0 else -1)  # so that they do not overlap
    for column, height in heights.items():
        place = height + (push if column == "fear" else -push)
        figure.add_annotation(
            x=1,
            xref="paper",
            y=min(max(place, LABEL_POINTS / 2), 100 - LABEL_POINTS / 2),
            yref="y2",
            text=f"{column} {height:.0f}",
            xanchor="left",
            xshift=6,
            showarrow=False,
            font={"size": 12, "color": _LINES[column][1]},
        )


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
