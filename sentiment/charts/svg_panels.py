"""Panels of a card over time: the price before the regimes, and the gap."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sentiment import frames
from sentiment.charts import svg, svg_axes
from sentiment.charts.colours import NEUTRAL
from sentiment.charts.figures import REGIME_COLOUR
from sentiment.scoring.regimes import BEGINS_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sentiment.charts.svg import Box

_SHADE, _BETWEEN = 0.14, 0.32
_GAP_TICKS = (-100, -50, 0, 50, 100)


def price_panel(axes: pd.DataFrame, box: Box, *, log: bool) -> list[str]:
    """Draw the close before the colours of the regimes.

    Parameters
    ----------
    axes : pandas.DataFrame
        Rows of `Scores.axes` to show, NaN where unknown.
    box : Box
        Where to draw.
    log : bool
        Whether the price is on a logarithmic scale.
    """
    index = frames.days(axes)
    across, up = svg_axes.days_scale(index, box), svg_axes.price_scale(axes["close"], box, log=log, above=0.1)
    xs = across(svg_axes.day_numbers(index))
    parts = [*svg_axes.days_axis(index, box), *svg_axes.values_axis(up, box)]
    for colour, first, last in _runs_of_regimes(axes):
        if colour != NEUTRAL:
            shade = box._replace(left=xs[first], width=max(xs[last] - xs[first], 1.0))
            parts.append(svg.rectangle(shade, colour, opacity=_SHADE))
    return [*parts, svg.line(xs, up(axes["close"].to_numpy(float)), NEUTRAL, 2.2)]


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


def dark(colour: str) -> str:
    """Return a colour of a mark, darkened so that words in it have a contrast of 4.5:1 with white."""
    return "#" + "".join(f"{int(int(colour[place : place + 2], 16) * 0.8):02X}" for place in (1, 3, 5))


def gap_panel(axes: pd.DataFrame, box: Box) -> list[str]:
    """Draw the gap around zero, the area to zero in the colour of the regime."""
    index, gap = frames.days(axes), axes["gap"].to_numpy(float)
    across = svg_axes.days_scale(index, box)
    most = max(np.nanmax(np.abs(gap), initial=0.0), 1.5 * BEGINS_AT)
    up = svg_axes.Scale(-most, most, box.bottom, box.top)
    xs, ys, zero = across(svg_axes.day_numbers(index)), up(gap), up.at(0)
    ticks = [tick for tick in _GAP_TICKS if abs(tick) <= most]
    parts = [*svg_axes.days_axis(index, box), *svg_axes.values_axis(up, box, ticks, "+.0f")]
    for colour, first, last in _runs_of_regimes(axes[["regime"]].assign(known=np.isfinite(gap))):
        run = slice(first, last + 1)
        outline = np.concatenate([[zero], ys[run], [zero]])
        parts.append(svg.area(np.concatenate([[xs[first]], xs[run], [xs[last]]]), outline, colour, _BETWEEN))
    return [*parts, svg.line(xs, ys, svg.INK, 2)]
