"""Whole pictures to hand on: a chart between what it shows and where it comes from, and the card of a link."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sentiment.charts import svg, svg_plot
from sentiment.charts.svg_marks import dumbbell
from sentiment.charts.svg_panels import gap_panel, price_panel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    import plotly.graph_objects as go

    from sentiment.charts.dumbbell import Reading
    from sentiment.charts.svg import Box

WIDTH = 1200
WIDE, SQUARE = (1200, 628), (1200, 1200)
"""Pixels of a card, as the big networks show them."""
_EDGE = 48
_TITLE, _LONG_TITLE, _WORDS, _FOOT = 30, 24, 19, 16
_TITLE_LINES = 3
"""Lines of a large title; a longer one is smaller, so that nothing of the finding is cut."""
_BRAND = "Sentiment: fear and fundamentals"


class Words(NamedTuple):
    """What stands in a picture besides its drawing; any text, also from outside.

    Attributes
    ----------
    title : str
        A sentence with the finding.
    about : str
        The asset and the days.
    note : str
        How to read the drawing, or more of what it shows.
    source, licence : str
        Where its figures come from, and their terms.
    link : str
        Address that shows the same for good.
    alt : str
        What a screen reader says.
    citation : str
        How the picture is cited, for its metadata.
    """

    title: str
    about: str
    note: str
    source: str
    licence: str
    link: str
    alt: str
    citation: str


def chart(words: Words, height: float, draw: Callable[[Box], Sequence[str]]) -> str:
    """Return a chart with its words as SVG.

    Parameters
    ----------
    words : Words
    height : float
        Pixels of the drawing.
    draw : callable
        Draws into a box.
    """
    room, y, parts = WIDTH - 2 * _EDGE, 30.0, []
    title = _TITLE if len(svg.wrapped(words.title, _TITLE, room, bold=True, most=4)) <= _TITLE_LINES else _LONG_TITLE
    for line in svg.wrapped(words.title, title, room, bold=True, most=8):
        y += 1.25 * title
        parts.append(svg.text(_EDGE, y, line, title, bold=True))
    for content, most in ((words.about, 2), (words.note, 10)):
        y += 8
        for line in svg.wrapped(content, _WORDS, room, most=most):
            y += 1.35 * _WORDS
            parts.append(svg.text(_EDGE, y, line, _WORDS, colour=svg.SOFT))
    box = svg.Box(_EDGE, y + 28, room, height)
    parts += draw(box)
    y = box.bottom + 56
    lines = [
        svg.shortened(f"{_BRAND}. {words.source}", _FOOT, room),
        *svg.wrapped(words.licence, _FOOT, room),
        *svg.broken(words.link, _FOOT, room),
    ]
    parts.append(svg.rule((_EDGE, y), (WIDTH - _EDGE, y)))
    parts += [svg.text(_EDGE, y + 26 + place * 24, line, _FOOT, colour=svg.SOFT) for place, line in enumerate(lines)]
    size = WIDTH, round(y + 28 + 24 * len(lines))
    return svg.document(size, parts, title=words.title, alt=words.alt, metadata=words.citation)


def figure(words: Words, drawn: go.Figure | None) -> str:
    """Return a chart of the page with its words as SVG; the words alone where there is nothing to draw."""
    if drawn is None:
        return chart(words, 0, lambda _: [])
    return chart(words, svg_plot.height(drawn), partial(svg_plot.plot, drawn))


def figures(words: Words, drawn: Sequence[tuple[str, go.Figure]], columns: int) -> str:
    """Return several charts in so many columns, each below its title."""
    return chart(words, svg_plot.grid_height(drawn, columns), partial(svg_plot.grid, drawn, columns=columns))


def card(  # noqa: PLR0913 - all that it shows
    words: Words, reading: Reading, axes: pd.DataFrame, unit: str, size: tuple[int, int], *, log: bool
) -> str:
    """Return the card of a link: the finding, the dumbbell, and the lines of price and gap.

    Parameters
    ----------
    words : Words
        Its `title` is the finding, `about` names asset and day.
    reading : Reading
        Of the day; without fear there is no dumbbell.
    axes : pandas.DataFrame
        Rows of `Scores.axes` to show as lines.
    unit : str
        Unit of the close.
    size : tuple of int
        `WIDE` or `SQUARE`.
    log : bool
        Whether the price is on a logarithmic scale.
    """
    width, height = size
    square = height == width
    room, title = width - 2 * _EDGE, 54 if square else 42
    parts = [
        svg.text(_EDGE, 72, svg.shortened(words.about, 26, room - svg.width_of(_BRAND, 22) - 30), 26, colour=svg.SOFT),
        svg.text(width - _EDGE, 72, _BRAND, 22, anchor="end", colour=svg.SOFT),
    ]
    y = 88.0
    for line in svg.wrapped(words.title, title, room, bold=True, most=4 if square else 2):
        y += 1.2 * title
        parts.append(svg.text(_EDGE, y, line, title, bold=True))
    words_size = 36 if square else 26
    if math.isfinite(reading.fear):
        top = y + (70 if square else 22)
        parts += dumbbell(reading, svg.Box(_EDGE, top, room, 5.3 * words_size), words_size)
    parts += _card_lines(axes, size, unit, log=log)
    lines = (words.source, words.link)
    for place, line in enumerate(lines):
        at = height - 46 + place * 24
        parts.append(svg.text(_EDGE, at, svg.shortened(line, 18, room), 18, colour=svg.SOFT))
    return svg.document(size, parts, title=words.title, alt=words.alt, metadata=words.citation)


def _card_lines(axes: pd.DataFrame, size: tuple[int, int], unit: str, *, log: bool) -> list[str]:
    """Draw price and gap beside each other on a wide card, below each other on a square one."""
    width, height = size
    square, bottom = width == height, height - 112
    high, room = (216, width - 2 * _EDGE) if square else (136, (width - 2 * _EDGE) / 2)
    right = svg.Box(width - _EDGE - room + 72, bottom - high, room - 72, high)
    left = right._replace(top=right.top - high - 92) if square else right._replace(left=_EDGE + 72, width=room - 96)
    titles = (
        (left, f"price, {unit}{', logarithmic' if log else ''}"),
        (right, "gap: fear less justified fear, points"),
    )
    drawn = [svg.text(box.left, box.top - 10, title, 18, bold=True) for box, title in titles]
    drawn += price_panel(axes, left, log=log)
    if axes["gap"].isna().all():
        return [*drawn, svg.text(right.left, right.top + 24, "not known on these days", 18, colour=svg.SOFT)]
    return [*drawn, *gap_panel(axes, right)]
