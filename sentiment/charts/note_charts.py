"""Charts of research notes: the notes over the price, the path of each call, and the figures that a note reports."""

from __future__ import annotations

from functools import partial
from math import ceil, floor, log10
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sentiment import frames
from sentiment.charts.colours import NEUTRAL
from sentiment.charts.figures import (
    GRID,
    STATUS_MARK,
    apply_layout,
    daily_points,
    day_ticks,
    end_of,
    note_pins,
    outcome_mark,
    price_ticks,
    raised,
)
from sentiment.formatting import chart_text, counted, number, plain_day, price, spelled_out

if TYPE_CHECKING:
    from sentiment.models import Call, CallOutcome, Metric

_NOUNS = {"hit", "miss"}
_IN_WORDS = {"no call": "without a call", "hindsight": "in hindsight"}
_LEAST_SHOWN = 0.05
"""Percent; a smaller move is shown as none, not as -0.0."""
_A_YEAR = 366
_CALLED = {"up": "a rise", "down": "a fall", "range": "a range"}


def timeline(close: pd.Series, marks: pd.DataFrame, unit: str, *, log: bool) -> go.Figure:
    """Draw the notes over the price, each as a pin with the shape and colour of its status.

    Parameters
    ----------
    close : pandas.Series
        Closes to show, by day; days without one are bridged.
    marks : pandas.DataFrame
        One row a note about this asset: ``date``, ``id``, ``status``, ``label``.
    unit : str
        Unit of the close.
    log : bool
        Show the price on a logarithmic scale.
    """
    figure = go.Figure()
    every_day = close.asfreq("D")
    days = frames.days(every_day).tz_localize(None)
    low, high = float(close.min()), float(close.max())

    from_price = partial(raised, low=low, high=high, log=log)
    figure.add_scatter(
        **daily_points(every_day),
        name="close",
        mode="lines",
        connectgaps=True,
        line={"color": NEUTRAL, "width": 1.8},
        hovertemplate=f"%{{x|%-d %b %Y}}<br>close %{{y:,.6~r}} {unit}<extra></extra>",
        showlegend=False,
    )
    for status in STATUS_MARK:
        noted = marks[marks["status"] == status]
        if len(noted):
            feet = close.reindex(noted["date"], method="ffill").to_numpy()
            figure.add_trace(note_pins(noted, feet, from_price(feet, 0.1), status))
    edges = (from_price(low, -0.2), from_price(high, 0.22)) if low < high else (low * 0.95, low * 1.05)
    figure.update_yaxes(
        type="log" if log else "linear",
        range=[log10(edge) for edge in edges] if log else edges,
        title_text=f"close, {unit}",
        tickformat=price_ticks(low),
        nticks=6,
    )
    figure.update_xaxes(
        range=[days[0], end_of(days[-1], marks) + pd.Timedelta(1, "D")],
        hoverformat="%-d %b %Y",
        **day_ticks(days[0], days[-1]),
    )
    return apply_layout(figure, 380)


def timeline_text(marks: pd.DataFrame) -> str:
    """Return a sentence that counts the notes by status."""
    if marks.empty:
        return "No note falls on these days."
    counts = marks["status"].value_counts()
    statuses = ", ".join(counted_status(int(counts[status]), status) for status in STATUS_MARK if status in counts)
    return f"{counted(len(marks), 'note')}: {statuses}."


def counted_status(count: int, status: str) -> str:
    """Return how many notes or calls have a status: 2 hits, 1 pending, 3 without a call."""
    words = _IN_WORDS.get(status, status)
    return counted(count, words, "" if words in _NOUNS else words)


def call_path(closes: pd.Series, call: Call, outcome: CallOutcome) -> go.Figure:
    """Draw the return of the price from the reference of a call to its end, with the levels that the call names.

    Parameters
    ----------
    closes : pandas.Series
        Closes from the reference day to the last one known.
    call, outcome : Call, CallOutcome
        The call and its grade; the reference close is known.
    """
    closes = closes.asfreq("D")
    reference = float(outcome.reference or closes.iloc[0])
    moves = 100 * (closes / reference - 1)
    moves = moves.mask(moves.abs() < _LEAST_SHOWN, 0.0)
    days = frames.days(closes).tz_localize(None)
    figure = go.Figure()
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    for level, label in (
        (call.floor, "floor"),
        (call.ceiling, "ceiling"),
        (call.target, "target"),
        (call.invalidation, "invalidated beyond"),
    ):
        if level is not None:
            figure.add_hline(
                y=100 * (level / reference - 1),
                line={"color": NEUTRAL, "width": 1.2, "dash": "dash"},
                annotation={"text": f"{label} {price(level)}", "font": {"size": 11}, "xanchor": "right"},
            )
    figure.add_scatter(
        **daily_points(moves),
        mode="lines",
        connectgaps=True,
        line={"color": NEUTRAL, "width": 1.8},
        customdata=closes.to_numpy(),
        hovertemplate="%{x|%-d %b %Y}<br>%{y:+.1f}%, close %{customdata:,.6~r}<extra></extra>",
    )
    figure.add_scatter(
        x=days[-1:],
        y=moves.iloc[-1:],
        mode="markers",
        marker=outcome_mark(outcome.status.value, 12),
        hoverinfo="skip",
    )
    last = pd.Timestamp(outcome.last_day)
    long = (max(last, days[-1]) - days[0]).days > _A_YEAR
    ticks = {"nticks": 5, "tickformat": "%b %Y" if long else "%-d %b"} | day_ticks(days[0], max(last, days[-1]))
    figure.update_xaxes(range=[days[0], max(last, days[-1]) + (last - days[0]) * 0.04], **ticks)
    figure.update_yaxes(ticksuffix="%", nticks=5, title_text="return since the reference close")
    return apply_layout(figure, 220).update_layout(showlegend=False)


def call_path_text(call: Call, outcome: CallOutcome) -> str:
    """Return a sentence that says what the price did and what was called."""
    if outcome.reference_date is None or outcome.measured_to is None:
        return f"{outcome.status.value.capitalize()}, {outcome.reason}"
    return (
        f"From the close of {plain_day(outcome.reference_date)} to {plain_day(outcome.measured_to)} {call.asset} moved "
        f"{number(outcome.forward_return, '+.1%')}; {_CALLED[call.direction]} was called to {plain_day(outcome.last_day)}: "
        f"{outcome.status.value}."
    )


def metrics(reported: tuple[Metric, ...]) -> go.Figure:
    """Draw the figures that a note reports, a panel for each unit: filled if a second source confirms them, hollow if not.

    The scale is logarithmic, for figures of one unit can differ by orders of magnitude; points, unlike bars, need no zero.
    """
    units = list(dict.fromkeys(metric.unit for metric in reported))
    groups = [[metric for metric in reported if metric.unit == unit] for unit in units]
    figure = make_subplots(
        rows=len(units),
        subplot_titles=[chart_text(unit) for unit in units],
        row_heights=[len(group) + 1 for group in groups],
        vertical_spacing=min(0.14, 0.5 / len(units)),
    )
    for place, group in enumerate(groups, start=1):
        heights = [len(group) - k for k in range(len(group))]
        figure.add_trace(
            go.Scatter(
                x=[metric.value for metric in group],
                y=heights,
                mode="markers",
                marker={
                    "size": 11,
                    "color": NEUTRAL,
                    "line": {"width": 2, "color": NEUTRAL},
                    "symbol": ["circle" if metric.second_source else "circle-open" for metric in group],
                },
                customdata=[[*map(chart_text, (metric.label, metric.unit, metric.period))] for metric in group],
                hovertemplate="%{customdata[0]}<br>%{x:,.6~r} %{customdata[1]}, %{customdata[2]}<extra></extra>",
            ),
            row=place,
            col=1,
        )
        for metric, height in zip(group, heights, strict=True):
            figure.add_annotation(
                xref="x domain", x=0, y=height, yshift=7, yanchor="bottom", xanchor="left", showarrow=False, align="left",
                text=f"{chart_text(metric.label)}: <b>{short_number(metric.value)}</b>, {chart_text(metric.period)}",
                font={"size": 12}, row=place, col=1,
            )  # fmt: skip
        for height in heights:
            figure.add_hline(y=height, line={"color": GRID, "width": 1}, row=place, col=1)
        _scale(figure, [metric.value for metric in group], place)
        figure.update_yaxes(visible=False, range=[0.5, len(group) + 0.8], row=place, col=1)
    figure.update_annotations(selector={"yref": "paper"}, font={"size": 12}, xanchor="left", x=0)
    return apply_layout(figure, 60 * len(units) + 44 * len(reported)).update_layout(showlegend=False, margin={"t": 28})


def _scale(figure: go.Figure, values: list[float], row: int) -> None:
    """Give a panel a logarithmic scale, or a linear one if a figure is not positive."""
    low, high = min(values), max(values)
    if low <= 0:
        figure.update_xaxes(tickformat=price_ticks(max(abs(low), abs(high))), nticks=5, row=row, col=1)
        return
    ends = floor(log10(low)), ceil(log10(high) + 1e-9)
    ticks = [10.0**power for power in range(ends[0], ends[1] + 1)]
    figure.update_xaxes(
        type="log", range=[ends[0] - 0.1, ends[1] + 0.25], tickvals=ticks, ticktext=[short_number(tick) for tick in ticks],
        showgrid=False, row=row, col=1,
    )  # fmt: skip


def short_number(value: float) -> str:
    """Write a figure with its magnitude in words: 4.7 million."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{value / size:,.4g} {word}"
    return price(value)


def metrics_text(reported: tuple[Metric, ...], publisher: str) -> str:
    """Return a sentence that says what the chart of a note's figures shows."""
    second = sum(metric.second_source for metric in reported)
    return (
        f"{counted(len(reported), 'figure')} as {spelled_out(publisher)} reports them; {second or 'none'} of them found in a second source (filled), the "
        "others are the publisher's own (hollow). None is scored."
    )
