"""Panels of a picture about one day or one table: the dumbbell, bars of parts, the quadrant, and intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sentiment import frames
from sentiment.charts import svg, svg_axes
from sentiment.charts.colours import COMPLACENT, FEAR, FUNDAMENTALS, NEUTRAL
from sentiment.charts.svg_panels import dark
from sentiment.formatting import number
from sentiment.scoring.regimes import BEGINS_AT, MIDDLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sentiment.charts.dumbbell import Reading
    from sentiment.charts.svg import Box

_SCALE = (0, 25, 50, 75, 100)
_LEAST_LABELLED = 6.0
"""Points of distance from which its label has room between the dots."""


def dumbbell(reading: Reading, box: Box, size: float) -> list[str]:
    """Draw fear and the fear that fundamentals justify as two dots on one scale; with `justified` NaN fear stands alone.

    Parameters
    ----------
    reading : Reading
        Fear is known.
    box : Box
        Where to draw, the words included: about five times as high as `size`.
    size : float
        Of the words, in pixels.
    """
    across, middle = svg_axes.Scale(0, 100, box.left, box.right), box.top + 2.1 * size
    fear, justified = reading.fear, reading.justified
    parts = [svg.rule((across.at(tick), middle - size), (across.at(tick), middle + size)) for tick in _SCALE]
    parts.append(svg.rule((box.left, middle), (box.right, middle)))
    for value, words, anchor in ((0, "0 calm", "start"), (50, "50", "middle"), (100, "100 extreme fear", "end")):
        y = box.top + 4.8 * size
        parts.append(svg.text(across.at(value), y, words, size * 0.7, anchor=anchor, colour=svg.SOFT))
    if math.isfinite(justified):
        low, high = sorted((fear, justified))
        band = max(justified - BEGINS_AT, 0), min(justified + BEGINS_AT, 100)
        left, right = (across.at(edge) for edge in band)
        parts += [
            svg.rectangle(svg.Box(left, middle - 0.6 * size, right - left, 1.2 * size), NEUTRAL, opacity=0.2, corner=4),
            svg.rectangle(
                svg.Box(across.at(low), middle - 0.1 * size, across.at(high) - across.at(low), 0.2 * size), svg.SOFT
            ),
            svg.circle(across.at(justified), middle, 0.55 * size, FUNDAMENTALS, ring=True),
            _beside(across, justified, f"justified {justified:.0f}", (middle + 1.7 * size, size, FUNDAMENTALS)),
        ]
        if high - low >= _LEAST_LABELLED:
            words = number(round(fear) - round(justified), "+.0f")
            y = middle + (1.7 if abs(fear - justified) > 25 else 2.6) * size  # noqa: PLR2004 - room for the words beside it
            parts.append(svg.text(across.at((low + high) / 2), y, words, size, anchor="middle", bold=True))
    parts.append(svg.circle(across.at(fear), middle, 0.55 * size, FEAR))
    return [*parts, _beside(across, fear, f"fear {fear:.0f}", (middle - 1.0 * size, size, FEAR))]


def _beside(across: svg_axes.Scale, value: float, words: str, look: tuple[float, float, str]) -> str:
    """Name a dot, within the scale; `look` is the height, size and colour of the words."""
    y, size, colour = look
    half = svg.width_of(words, size, bold=True) / 2
    x = min(max(across.at(value), across.start + half), across.end - half)
    return svg.text(x, y, words, size, anchor="middle", bold=True, colour=dark(colour))


class Bar(NamedTuple):
    """A part of an axis: its words, its points (NaN where unknown) and the most that its weight could give."""

    title: str
    details: str
    points: float
    most: float


def bars(parts: Sequence[Bar], box: Box, colour: str) -> list[str]:
    """Draw bars below each other, each below its words; a part without points has its words alone."""
    step = box.height / max(len(parts), 1)
    across = svg_axes.Scale(0, max([30.0, *(part.most for part in parts)]), box.left, box.right)
    drawn = []
    for place, part in enumerate(parts):
        top = box.top + place * step
        points = number(part.points, ".1f") if math.isfinite(part.points) else ""
        title = f"{part.title}  {points}".rstrip()
        words = box.left + svg.width_of(title, 20, bold=True) + 14
        details = svg.shortened(part.details, 18, box.right - words)
        drawn += [
            svg.text(box.left, top + 20, title, 20, bold=True),
            svg.text(words, top + 20, details, 18, colour=svg.SOFT),
        ]
        for value, paint in ((part.most, svg.LINE), (part.points, colour)):
            if math.isfinite(value) and value > 0:
                drawn.append(svg.rectangle(svg.Box(box.left, top + 28, across.at(value) - box.left, 14), paint))
    return drawn


def quadrant(path: pd.DataFrame, box: Box) -> list[str]:
    """Draw fear against fundamentals: rows of `quadrant_chart.trail` as a trail, and where the regimes begin."""
    across = svg_axes.Scale(0, 100, box.left, box.right)
    up, edge = svg_axes.Scale(0, 100, box.bottom, box.top), 100 - BEGINS_AT
    drawn = svg_axes.values_axis(up, box, _SCALE, ".0f")
    for tick in _SCALE:
        x = across.at(tick)
        words = svg.text(x, box.bottom + 24, f"{tick}", svg_axes.TICK, anchor="middle", colour=svg.SOFT)
        drawn += [svg.rule((x, box.top), (x, box.bottom)), words]
    for colour, corners_x, corners_y in (
        (FEAR, (BEGINS_AT, 100, 100, 100 + BEGINS_AT - MIDDLE), (100, 100, MIDDLE, MIDDLE)),
        (COMPLACENT, (0, 0, edge - MIDDLE, edge), (0, MIDDLE, MIDDLE, 0)),
    ):
        drawn.append(svg.area(across(np.array(corners_x, float)), up(np.array(corners_y, float)), colour, 0.14))
    inner = box.right - 12, box.left + 12
    drawn += [
        svg.text(inner[0], box.top + 26, "fear outweighs fundamentals", 18, anchor="end", colour=dark(FEAR)),
        svg.text(inner[1], box.bottom - 14, "complacent", 18, colour=dark(COMPLACENT)),
        svg.text(box.left, box.top - 14, "fear, 0–100", 18, colour=svg.SOFT),
        svg.text(box.right, box.bottom + 48, "fundamentals, 0–100", 18, anchor="end", colour=svg.SOFT),
    ]
    xs, ys = across(path["fundamentals"].to_numpy(float)), up(path["fear"].to_numpy(float))
    drawn.append(svg.line(xs, ys, NEUTRAL, 1.5))
    drawn += [svg.circle(x, y, 3, NEUTRAL) for x, y in zip(xs, ys, strict=True)]
    days = frames.days(path)
    for place, ring in ((0, True), (-1, False)):
        drawn.append(svg.circle(xs[place], ys[place], 10, svg.INK, ring=ring))
        below = ys[place] + 30 if ys[place] < box.bottom - 40 else ys[place] - 16
        words = f"{days[place].day} {days[place]:%b}"
        drawn.append(svg.text(xs[place], below, words, 18, anchor="middle", bold=not ring, halo=True))
    return drawn


class Interval(NamedTuple):
    """An estimate with a thick and a thin interval (equal ones show one), as fractions; hollow where it is not judged.

    `beside` is what it is set against, or NaN.
    """

    title: str
    value: float
    ends: tuple[float, float]
    outer: tuple[float, float]
    colour: str = NEUTRAL
    judged: bool = True
    beside: float = math.nan


def intervals(rows: Sequence[Interval], box: Box, *, edges: tuple[float, float] | None = None) -> list[str]:
    """Draw estimates below each other on one scale in percent, each below its words; a dotted line at zero.

    Parameters
    ----------
    rows : sequence of Interval
        At least one, all known.
    box : Box
        Where to draw; the words of the scale stand below it.
    edges : tuple of float, optional
        Ends of the scale; otherwise those of the widest interval.
    """
    low = min(0.0, *(row.outer[0] for row in rows)) if edges is None else edges[0]
    high = max(0.0, *(row.outer[1] for row in rows)) if edges is None else edges[1]
    low, high = (low, high) if high > low else (low - 0.01, high + 0.01)
    across, step = svg_axes.Scale(low, high, box.left, box.right), box.height / len(rows)
    drawn = []
    for tick in svg_axes.value_ticks(100 * low, 100 * high, most=5):
        x, words = across.at(tick / 100), f"{number(tick, '.3g' if edges else '+.3g')} %"
        drawn += [
            svg.rule((x, box.top), (x, box.bottom)),
            svg.text(x, box.bottom + 22, words, 16, anchor="middle", colour=svg.SOFT),
        ]
    if edges is None:
        drawn.append(svg.rule((across.at(0), box.top), (across.at(0), box.bottom), NEUTRAL, 1.5, "3 4"))
    for place, row in enumerate(rows):
        top, y = box.top + place * step, box.top + place * step + 36
        drawn.append(svg.text(box.left, top + 18, svg.shortened(row.title, 17, box.width), 17))
        for first, last, width in ((*row.outer, 1.5), (*row.ends, 6)):
            drawn.append(svg.rule((across.at(first), y), (across.at(last), y), row.colour, width))
        drawn.append(svg.circle(across.at(row.value), y, 8, row.colour, ring=not row.judged))
        if math.isfinite(row.beside):
            x = across.at(row.beside)
            drawn.append(svg.rule((x, y - 12), (x, y + 12), svg.INK, 3))
    return drawn
