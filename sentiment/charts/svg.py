"""Pictures as SVG that we write ourselves: texts that fit, lines and areas, and one document around them.

Texts are measured with the font in ``fonts/``, which the PNG is drawn with too, and state their length: a viewer's other font takes
the same room. The font is Source Sans 3 under another name, as its licence wants of a font with fewer letters.
"""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sentiment.formatting import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PIL.ImageFont import FreeTypeFont

_FOLDER = Path(__file__).with_name("fonts")
FONT_FILES = tuple(str(_FOLDER / f"SentimentSans-{style}.ttf") for style in ("Regular", "SemiBold"))
FAMILY = "Sentiment Sans"
_FAMILIES = f"'{FAMILY}','Source Sans 3','Source Sans Pro',system-ui,sans-serif"
INK, SOFT, LINE, PAPER = "#1D2228", "#565D66", "#DFE2E6", "#FFFFFF"
"""Words, lesser words (6.5:1 on the ground), grid, and ground."""
_MEASURED = 200  # pixels: one size is measured, the others in proportion


class Box(NamedTuple):
    """A rectangle of the picture, in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


@cache
def _font(*, bold: bool) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 - only pictures need it

    return ImageFont.truetype(FONT_FILES[bold], _MEASURED, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=10_000)
def width_of(content: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in pixels."""
    return _font(bold=bold).getlength(content) * size / _MEASURED


def can_write(content: str) -> bool:
    """Return whether the font has every character of a text."""
    return all(map(_has, content))


@cache
def _has(mark: str) -> bool:
    return mark.isascii() or _outline(mark) != _outline("\U0010fffd")


def _written(content: str) -> str:
    """Return a text with the code point of each character that is invisible or that the font lacks: [U+4E2D]."""
    return "".join(mark if _has(mark) else f"[U+{ord(mark):04X}]" for mark in visible(content))


def _outline(mark: str) -> bytes:
    return bytes(_font(bold=False).getmask(mark))


def wrapped(content: str, size: float, room: float, *, bold: bool = False, most: int = 3) -> list[str]:
    """Break a text into at most so many lines of a width; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    rest = content.split()
    while rest and len(lines) < most:
        count = 1
        while count < len(rest) and width_of(" ".join(rest[: count + 1]), size, bold=bold) <= room:
            count += 1
        lines.append(" ".join(rest[:count]))
        rest = rest[count:]
    if lines:
        lines[-1] = " ".join([lines[-1], *rest])
    return [shortened(line, size, room, bold=bold) for line in lines]


def broken(content: str, size: float, room: float) -> list[str]:
    """Break an address into lines of a width, anywhere, so that nothing of it is lost."""
    lines = [""]
    for mark in content:
        if lines[-1] and width_of(lines[-1] + mark, size) > room:
            lines.append("")
        lines[-1] += mark
    return lines


def shortened(content: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return a text, cut so that it fits a width with an ellipsis."""
    if width_of(content, size, bold=bold) <= room:
        return content
    low, high = 0, len(content)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width_of(f"{content[:middle].rstrip()}…", size, bold=bold) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return f"{content[:low].rstrip()}…"


def text(  # noqa: PLR0913 - a text has as many properties
    x: float,
    y: float,
    content: str,
    size: float,
    *,
    anchor: str = "start",
    bold: bool = False,
    colour: str = INK,
    halo: bool = False,
) -> str:
    """Draw a text on one line, with a white edge (`halo`) where it stands before lines.

    `y` is its baseline, `anchor` is start, middle or end. The text may come from outside.
    """
    content = _written(content)
    weight = ' font-weight="600"' if bold else ""
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    edge = f' stroke="{PAPER}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    length = round(width_of(content, size, bold=bold), 1)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}"{weight}{place}{edge} textLength="{length:g}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(content)}</text>'
    )


def rectangle(box: Box, colour: str, *, opacity: float = 1.0, corner: float = 0) -> str:
    """Draw a filled rectangle."""
    round_corner = f' rx="{corner:g}"' if corner else ""
    return (
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{max(box.width, 0):.1f}" height="{box.height:.1f}" '
        f'fill="{colour}"{_opacity(opacity)}{round_corner}/>'
    )


def rule(
    start: tuple[float, float], end: tuple[float, float], colour: str = LINE, width: float = 1, dash: str = ""
) -> str:
    """Draw a straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"{dashed}/>'
    )


def circle(x: float, y: float, radius: float, colour: str, *, ring: bool = False) -> str:
    """Draw a dot in a colour, or a ring of it on white."""
    fill, edge = (PAPER, f' stroke="{colour}" stroke-width="{radius * 0.4:.1f}"') if ring else (colour, "")
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius * (0.8 if ring else 1):.1f}" fill="{fill}"{edge}/>'


def line(
    xs: Sequence[float] | np.ndarray, ys: Sequence[float] | np.ndarray, colour: str, width: float = 2, dash: str = ""
) -> str:
    """Draw a line through points; it is broken where a value is NaN, and a point that stands alone is a dot."""
    path = "".join(_path(xs[first:last], ys[first:last]) for first, last in runs(np.isfinite(np.asarray(ys, float))))
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round" '
        f'stroke-linecap="round"{dashed}/>'
    )


def area(  # noqa: PLR0913 - its place and its look
    xs: Sequence[float] | np.ndarray,
    ys: Sequence[float] | np.ndarray,
    colour: str,
    opacity: float,
    *,
    edge: str = "",
    edge_width: float = 0,
) -> str:
    """Fill the outline that runs through points, and draw its edge where that has a width."""
    rim = f' stroke="{edge}" stroke-width="{edge_width:g}" paint-order="stroke"' if edge_width else ""
    return f'<path d="{_path(xs, ys)}Z" fill="{colour}"{_opacity(opacity)}{rim}/>'


def _path(xs: Sequence[float] | np.ndarray, ys: Sequence[float] | np.ndarray) -> str:
    pairs = zip(
        np.asarray(xs).tolist(), np.asarray(ys).tolist(), strict=True
    )  # floats, as numpy's take three times as long to write
    points = [f"{x:.1f} {y:.1f}" for x, y in pairs]
    return f"M{points[0]}L{' '.join(points[1:] or points)}"


def runs(inside: np.ndarray) -> list[tuple[int, int]]:
    """Return the first and the last but one place of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _opacity(opacity: float) -> str:
    return "" if opacity == 1 else f' fill-opacity="{opacity:g}"'


def document(size: tuple[float, float], parts: Iterable[str], *, title: str, alt: str, metadata: str) -> str:
    """Return a whole picture on a white ground.

    Parameters
    ----------
    size : tuple of float
        Its width and height in pixels.
    parts : iterable of str
        What is drawn, from back to front.
    title, alt, metadata : str
        Its name, what a screen reader says, and how it is cited; any text.
    """
    width, height = size
    ground = rectangle(Box(0, 0, width, height), PAPER)
    named = [
        f"<{tag}{attribute}>{escape(visible(content))}</{tag}>"
        for tag, attribute, content in (
            ("title", ' id="title"', title),
            ("desc", ' id="alt"', alt),
            ("metadata", "", metadata),
        )
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
        f'role="img" aria-labelledby="title alt" font-family="{_FAMILIES}">{"".join(named)}{ground}{"".join(parts)}</svg>\n'
    )
