"""What pictures draw of which the page has no figure: the dumbbell of a day, those of the watchlist, and hit rates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sentiment.charts import svg, svg_axes
from sentiment.charts.colours import FEAR, FUNDAMENTALS, NEUTRAL
from sentiment.charts.svg_panels import dark
from sentiment.formatting import number
from sentiment.scoring.regimes import BEGINS_AT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.charts.dumbbell import Reading
    from sentiment.charts.svg import Box

_SCALE = (0, 25, 50, 75, 100)
_LINE, _NAME, _GAP = 40, 300, 90
"""Pixels of a row of the watchlist, and those for its name and gap."""
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


def dumbbells_height(readings: Sequence[tuple[Reading, str]]) -> float:
    """Return the pixels that `dumbbells` takes in height."""
    return _LINE * len(readings) + 44 if readings else 0


def dumbbells(readings: Sequence[tuple[Reading, str]], box: Box) -> list[str]:
    """Draw readings below each other on one scale, each between its name and the words of its gap."""
    if not readings:
        return []
    scale = svg.Box(box.left + _NAME, box.top + 34, box.width - _NAME - _GAP, _LINE * len(readings))
    across = svg_axes.Scale(0, 100, scale.left, scale.right)
    drawn = [svg.rule((across.at(tick), scale.top), (across.at(tick), scale.bottom)) for tick in _SCALE]
    drawn += [
        svg.text(across.at(value), box.top + 20, words, 17, anchor=anchor, colour=svg.SOFT)
        for value, words, anchor in ((0, "0 calm", "start"), (50, "50", "middle"), (100, "100 extreme fear", "end"))
    ]
    drawn.append(svg.text(box.right, box.top + 20, "gap", 17, anchor="end", colour=svg.SOFT))
    for place, (reading, gap) in enumerate(readings):
        y = scale.top + (place + 0.5) * _LINE
        drawn += [
            svg.text(box.left, y + 6, svg.shortened(reading.when, 19, _NAME - 20), 19),
            svg.text(box.right, y + 6, gap, 19, anchor="end", bold=True),
            svg.rule((scale.left, y), (scale.right, y)),
        ]
        if math.isfinite(reading.justified):
            low, high = sorted((reading.fear, reading.justified))
            drawn += [
                svg.rectangle(svg.Box(across.at(low), y - 2.5, across.at(high) - across.at(low), 5), svg.SOFT),
                svg.circle(across.at(reading.justified), y, 9, FUNDAMENTALS, ring=True),
            ]
        drawn.append(svg.circle(across.at(reading.fear), y, 9, FEAR))
    return drawn


class Interval(NamedTuple):
    """A share with its interval, as fractions; hollow where it is not judged. `beside` is what it is set against, or NaN."""

    title: str
    value: float
    ends: tuple[float, float]
    judged: bool = True
    beside: float = math.nan


def rates(rows: Sequence[Interval], box: Box, *, row: float) -> list[str]:
    """Draw shares below each other on one scale from 0 to 100%, each below its words and `row` pixels high."""
    if not rows:
        return []
    across, bottom = svg_axes.Scale(0, 1, box.left, box.right), box.top + row * len(rows)
    drawn = []
    for tick in _SCALE:
        x, anchor = across.at(tick / 100), {0: "start", 100: "end"}.get(tick, "middle")
        drawn += [
            svg.rule((x, box.top), (x, bottom)),
            svg.text(x, bottom + 22, f"{tick}%", 16, anchor=anchor, colour=svg.SOFT),
        ]
    for place, one in enumerate(rows):
        top, y = box.top + place * row, box.top + place * row + 36
        drawn += [
            svg.text(box.left, top + 18, svg.shortened(one.title, 17, box.width), 17),
            svg.rule((across.at(one.ends[0]), y), (across.at(one.ends[1]), y), NEUTRAL, 6),
            svg.circle(across.at(one.value), y, 8, NEUTRAL, ring=not one.judged),
        ]
        if math.isfinite(one.beside):
            x = across.at(one.beside)
            drawn.append(svg.rule((x, y - 12), (x, y + 12), svg.INK, 3))
    return drawn
