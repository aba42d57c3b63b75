"""Panels of a picture over time: the price before the regimes, fear with the fear that fundamentals justify, and the gap."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment import frames
from sentiment.charts import svg, svg_axes
from sentiment.charts.colours import FEAR, FUNDAMENTALS, NEUTRAL
from sentiment.charts.figures import REGIME_COLOUR
from sentiment.scoring.regimes import BEGINS_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.charts.svg import Box

_SHADE, _BETWEEN = 0.14, 0.32
_LINES = (("justified", FUNDAMENTALS), ("fear", FEAR))
_LABEL, _KEY = 20, 17
_GAP_TICKS = (-100, -50, 0, 50, 100)


def price_panel(axes: pd.DataFrame, marks: pd.DataFrame, box: Box, *, log: bool, days: bool = False) -> list[str]:
    """Draw the close before the colours of the regimes, with a diamond at each note.

    Parameters
    ----------
    axes : pandas.DataFrame
        Rows of `Scores.axes` to show, NaN where unknown.
    marks : pandas.DataFrame
        One row a note, with its ``date``; those outside the days shown are left out.
    box : Box
        Where to draw.
    log : bool
        Whether the price is on a logarithmic scale.
    days : bool
        Whether the days stand below this panel.
    """
    index = frames.days(axes)
    across, up = svg_axes.days_scale(index, box), svg_axes.price_scale(axes["close"], box, log=log, above=0.1)
    xs, closes = across(svg_axes.day_numbers(index)), axes["close"].to_numpy(float)
    parts = [*svg_axes.days_axis(index, box, labels=days), *svg_axes.values_axis(up, box)]
    for colour, first, last in _runs_of_regimes(axes):
        if colour != NEUTRAL:
            shade = box._replace(left=xs[first], width=max(xs[last] - xs[first], 1.0))
            parts.append(svg.rectangle(shade, colour, opacity=_SHADE))
    parts.append(svg.line(xs, up(closes), NEUTRAL, 2.2))
    for moment in pd.DatetimeIndex(marks["date"]):
        if index[0] <= moment <= index[-1]:
            place = int(index.searchsorted(moment, side="right")) - 1
            if np.isfinite(closes[place]):
                parts.append(_diamond(across.at(float(svg_axes.day_numbers(index[[place]])[0])), up.at(closes[place])))
    return parts


def _diamond(x: float, y: float, half: float = 8) -> str:
    middle = y - 16
    return svg.area([x, x + half, x, x - half], [middle - half, middle, middle + half, middle], svg.INK, 1.0)


def key(right: float, y: float, *, notes: bool) -> list[str]:
    """Say what the colours of the regimes and the sign of a note mean, in a line that ends at `right` with its baseline at `y`."""
    parts, x = [], right
    named: list[tuple[str, str]] = [*reversed(REGIME_COLOUR.items())]
    for words, colour in ([("research note", "")] if notes else []) + named:
        x -= svg.width_of(words, _KEY)
        parts.append(svg.text(x, y, words, _KEY, colour=svg.SOFT))
        x -= 24
        sign = svg.rectangle(svg.Box(x, y - 13, 18, 15), colour, opacity=0.4) if colour else _diamond(x + 10, y + 10)
        parts.append(sign)
        x -= 22
    return parts


def scores_panel(axes: pd.DataFrame, box: Box) -> list[str]:
    """Draw fear and the fear that fundamentals justify, the area between them in the colour of the day's regime."""
    index = frames.days(axes)
    across, up = svg_axes.days_scale(index, box), svg_axes.Scale(0, 100, box.bottom, box.top)
    xs = across(svg_axes.day_numbers(index))
    lines = {name: up(axes[name].to_numpy(float)) for name, _ in _LINES}
    parts = [*svg_axes.days_axis(index, box), *svg_axes.values_axis(up, box, (0, 25, 50, 75, 100), ".0f")]
    known = np.isfinite(lines["fear"]) & np.isfinite(lines["justified"])
    for colour, first, last in _runs_of_regimes(axes[["regime"]].assign(known=known)):
        between = slice(first, last + 1)
        outline = np.concatenate([lines["fear"][between], lines["justified"][between][::-1]])
        parts.append(svg.area(np.concatenate([xs[between], xs[between][::-1]]), outline, colour, _BETWEEN))
    parts += [svg.line(xs, lines[name], colour, 2.5) for name, colour in _LINES]
    return [*parts, *_end_labels(axes, box, up)]


def _runs_of_regimes(axes: pd.DataFrame) -> Iterator[tuple[str, int, int]]:
    """Give the colour of each run of days with one regime, with its first and last place; it reaches to the next day.

    Days that a column ``known`` excludes belong to no run.
    """
    colours = axes["regime"].map(REGIME_COLOUR).fillna(NEUTRAL).to_numpy(object)
    known = axes["known"].to_numpy(bool) if "known" in axes else np.ones(len(axes), bool)
    labels = np.where(known, colours, "")
    starts = [0, *(np.flatnonzero(labels[1:] != labels[:-1]) + 1).tolist(), len(labels)]
    for first, end in pairwise(starts):
        if labels[first]:
            yield str(labels[first]), first, end if end < len(labels) and labels[end] else end - 1


def _end_labels(axes: pd.DataFrame, box: Box, up: svg_axes.Scale) -> list[str]:
    ends = {name: axes[name].dropna() for name, _ in _LINES}
    places = {name: up.at(float(known.iloc[-1])) for name, known in ends.items() if len(known)}
    gap = places.get("fear", 0) - places.get("justified", 0)
    push = max(0.0, _LABEL + 2 - abs(gap)) / 2 * (1 if gap > 0 else -1)  # so that they do not overlap
    parts = []
    for name, colour in _LINES:
        if name in places:
            y = places[name] + (push if name == "fear" else -push)
            y = min(max(y, box.top + _LABEL / 2), box.bottom - _LABEL / 2) + _LABEL / 3
            words = f"{name} {ends[name].iloc[-1]:.0f}"
            parts.append(svg.text(box.right + 10, y, words, _LABEL, bold=True, colour=dark(colour)))
    return parts


def dark(colour: str) -> str:
    """Return a colour of a mark, darkened so that words in it have a contrast of 4.5:1 with white."""
    return "#" + "".join(f"{int(int(colour[place : place + 2], 16) * 0.8):02X}" for place in (1, 3, 5))


def gap_panel(axes: pd.DataFrame, box: Box) -> list[str]:
    """Draw the gap around zero, the area to zero in the colour of the regime."""
    index, gap = frames.days(axes), axes["gap"].to_numpy(float)
    across = svg_axes.days_scale(index, box)
    most = max(np.nanmax(np.abs(gap), initial=0.0), 1.5 * BEGINS_AT)
    up = svg_axes.Scale(-most, most, box.bottom, box.top)
    xs, zero = across(svg_axes.day_numbers(index)), up.at(0)
    ticks = [tick for tick in _GAP_TICKS if abs(tick) <= most]
    parts = [*svg_axes.days_axis(index, box), *svg_axes.values_axis(up, box, ticks, "+.0f")]
    for colour, first, last in _runs_of_regimes(axes[["regime"]].assign(known=np.isfinite(gap))):
        run = slice(first, last + 1)
        outline = [zero, *up(gap[run]), zero]
        parts.append(svg.area([xs[first], *xs[run], xs[last]], outline, colour, _BETWEEN))
    return [*parts, svg.line(xs, up(gap), svg.INK, 2)]
