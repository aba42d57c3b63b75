"""The timeline: the price with regimes and notes above fear and the fear that fundamentals justify."""

from __future__ import annotations

from functools import partial
from math import log10
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sentiment import frames
from sentiment.charts.colours import FEAR, FUNDAMENTALS, NEUTRAL
from sentiment.charts.figures import (
    REGIME_COLOUR,
    STATUS_MARK,
    apply_layout,
    daily_points,
    daily_readout,
    day_ticks,
    end_of,
    note_pins,
    price_ticks,
    raised,
    signed,
    with_alpha,
)
from sentiment.formatting import counted, number, plain_day
from sentiment.models import Regime

if TYPE_CHECKING:
    from datetime import date

CONFIG = {
    "displaylogo": False,
    "scrollZoom": False,
    "showTips": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
}
TIMELINE_CONFIG = {
    **CONFIG,
    # Double click shows the whole range again, whatever the range is that the chart was drawn with.
    "doubleClick": "autosize",
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "resetScale2d"],
}
BETWEEN_ALPHA = 0.32
PIN_POINTS = 12.0
"""Points of the scale that a pin is high."""
_LINES = {"justified": ("fear that fundamentals justify", FUNDAMENTALS), "fear": ("fear", FEAR)}
_ENDS = {"fear": ("●", "circle"), "justified": ("○", "circle-open")}
"""The mark at the end of each line, as a letter and as a marker: those of the dumbbell."""
_DAY = "%{x|%-d %b %Y}<br>"
_SCORES = (
    "fear %{customdata[0]:.0f}, fundamentals justify %{customdata[1]:.0f}<br>gap %{customdata[2]:+.0f}<extra></extra>"
)


def timeline(
    axes: pd.DataFrame, marks: pd.DataFrame, unit: str, *, log: bool, zoom: tuple[date, date] | None = None
) -> go.Figure:
    """Draw the price with pins of notes above fear and the fear that fundamentals justify, on one time axis.

    The area between the two lines has the colour of the day's regime, and the price stands before the same colours.

    Parameters
    ----------
    axes : pandas.DataFrame
        Rows of `Scores.axes` to show, NaN where unknown. Without any close there is no panel of the price, and the pins of notes stand
        above the line of fear.
    marks : pandas.DataFrame
        One row a note: ``date``, ``id``, ``status`` (a key of `STATUS_MARK`), ``label`` (its hover text).
    unit : str
        Unit of the close.
    log : bool
        Whether the price is on a logarithmic scale.
    zoom : tuple of two days, optional
        The first and the last day in sight, which the scale of the price fits; by default those of all rows.
    """
    figure = go.Figure()
    seen = in_sight(axes, zoom)
    if axes["close"].isna().all():
        return _without_price(figure, axes, marks, zoom)
    low, high = float(seen["close"].min()), float(seen["close"].max())
    log = log and low > 0  # a yield may be zero or less
    from_price = partial(raised, low=low, high=high, log=log)
    edges = (from_price(low, -0.05), from_price(high, 0.17)) if low < high else (low * 0.95, high * 1.05)
    for regime, colour in REGIME_COLOUR.items():
        figure.add_trace(_shade(axes, regime, colour, *edges))
    price = go.Scatter(
        **daily_points(axes["close"]),
        name="close",
        mode="lines",
        line={"color": NEUTRAL, "width": 1.8},
        hoverinfo="skip",
    )
    figure.add_trace(price)
    says = f"{_DAY}close %{{z:,.6~r}} {unit}<br>{_SCORES}"
    for axis, heights in (("y", edges), ("y2", _SCALE)):
        figure.add_trace(daily_readout(axes["close"], _whole(axes[_TOLD]), heights, says).update(yaxis=axis))
    for status in STATUS_MARK:
        noted = marks[marks["status"] == status]
        if len(noted):
            feet = axes["close"].reindex(noted["date"], method="ffill").to_numpy()
            figure.add_trace(note_pins(noted, feet, from_price(feet, 0.1), status))
    for trace in (*_between(axes), *_lines(axes)):
        figure.add_trace(trace.update(yaxis="y2"))
    figure.update_layout(
        # Both panels share one time axis, so that one crosshair goes through both; either panel's readout says all of the day.
        xaxis=_time_axis(axes, marks, zoom),
        yaxis={
            "fixedrange": True,
            "domain": [0.465, 1],
            "type": "log" if log else "linear",
            "title": {"text": f"close, {unit}"},
            "tickformat": price_ticks(low),
            "range": [log10(edge) for edge in edges] if log else edges,
            "nticks": 6,
        },
        yaxis2={"domain": [0, 0.405], **_SCORE_AXIS},
    )
    _explain_pins(figure, zoom)
    _mark_ends(figure, seen)
    return apply_layout(figure, 540)


def in_sight(axes: pd.DataFrame, zoom: tuple[date, date] | None) -> pd.DataFrame:
    """Return the rows of the days in sight: all without a zoom, or where an exchange was closed all along."""
    seen = axes.loc[str(zoom[0]) : str(zoom[1])] if zoom else axes
    return seen if seen["close"].notna().any() or (axes["close"].isna().all() and len(seen)) else axes


_SCALE = (0.0, 100.0)
_TOLD = ["fear", "justified", "gap"]
_SCORE_AXIS = {
    "anchor": "x",
    "fixedrange": True,
    "range": _SCALE,
    "tickvals": [0, 25, 50, 75, 100],
}


def _time_axis(axes: pd.DataFrame, marks: pd.DataFrame, zoom: tuple[date, date] | None) -> dict[str, object]:
    days = frames.days(axes).tz_localize(None)
    single = pd.Timedelta(1 if len(days) == 1 else 0, "D")
    ends = list(map(pd.Timestamp, zoom)) if zoom else [days[0] - single, end_of(days[-1], marks) + single]
    return {
        "range": ends,
        **day_ticks(ends[0], ends[1]),
        "hoverformat": "%-d %b %Y",
        "anchor": "y2",
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikecolor": NEUTRAL,
    }


def _without_price(
    figure: go.Figure, axes: pd.DataFrame, marks: pd.DataFrame, zoom: tuple[date, date] | None
) -> go.Figure:
    """Draw the panel of the scores alone, with the pins above the line of fear."""
    readout = daily_readout(axes["fear"], _whole(axes[_TOLD]), _SCALE, f"{_DAY}{_SCORES}")
    traces = [readout, *_between(axes), *_lines(axes)]
    for status in STATUS_MARK:
        noted = marks[marks["status"] == status]
        if len(noted):
            feet = axes["fear"].reindex(noted["date"], method="ffill").to_numpy()
            traces.append(note_pins(noted, feet, np.minimum(feet + PIN_POINTS, 100.0), status))
    for trace in traces:
        figure.add_trace(trace.update(yaxis="y2"))
    figure.update_layout(xaxis=_time_axis(axes, marks, zoom), yaxis2=_SCORE_AXIS)
    _explain_pins(figure, zoom)
    _mark_ends(figure, in_sight(axes, zoom))
    return apply_layout(figure, 300)


def _explain_pins(figure: go.Figure, zoom: tuple[date, date] | None) -> None:
    """Put the shapes of the pins in sight into the legend, and no line: its name stands at its end."""
    figure.update_traces(showlegend=False)
    for pins in figure.select_traces({"mode": "markers"}):
        pins.showlegend = any(zoom is None or str(zoom[0]) <= day <= str(zoom[1]) for day in pins.x)
    # Filled areas make plotly turn the order of a legend round.
    figure.update_layout(showlegend=any(trace.showlegend for trace in figure.data), legend={"traceorder": "normal"})


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
            hoverinfo="skip",
        )
        for column, (name, colour) in _LINES.items()
    ]


def _mark_ends(figure: go.Figure, axes: pd.DataFrame) -> None:
    """Mark each line at the end of what is in sight, and name the marks above the panel, with the figures of the last day."""
    said = []
    for column, (sign, symbol) in _ENDS.items():
        known, colour = axes[column].dropna().iloc[-1:], _LINES[column][1]
        if len(known):
            figure.add_scatter(
                x=frames.days(known).strftime("%Y-%m-%d").to_list(),
                y=known.to_numpy("float32"),
                yaxis="y2",
                mode="markers",
                marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 3, "color": colour}},
                cliponaxis=False,
                hoverinfo="skip",
                showlegend=False,
            )
            last = axes[column].iloc[-1]
            said.append(signed(sign, colour, f"{column} {last:.0f}" if pd.notna(last) else column))
    figure.layout.yaxis2.title.text = " · ".join([*said, "0 calm – 100 extreme fear"])


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
    price = f"Price from {first} to {last}: {number(move, '+,.0%')}"
    if axes["close"].isna().all():
        price = f"Scores from {first} to {last}, without the price"
    regimes = axes["regime"].dropna()
    share = "No day has a regime"
    if len(regimes):
        days = (
            "the days"
            if len(regimes) == len(axes)
            else f"the {counted(len(regimes), 'day that has', 'days that have')} a reading"
        )
        share = f"Fear outweighed fundamentals on {(regimes == Regime.FEAR_OUTWEIGHS.value).mean():.0%} of {days}"
    noted = counted(len(marks), "research note is marked", "research notes are marked")
    return f"{price}. {share}. {noted if len(marks) else 'No research note is marked'}."
