"""Traces of a plotly figure as SVG: lines, fills, markers with their pins and words, and bars.

They are read as plotly writes them. Places are pixels by now, and sizes are multiplied with the zoom of the picture.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sentiment.charts import svg
from sentiment.charts.colours import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentiment.charts.svg_axes import Scale

DASHES = {"solid": "", "dash": "9 6", "dot": "2 5", "dashdot": "9 5 2 5", "longdash": "16 6"}
_RGBA = re.compile(r"rgba\((\d+),(\d+),(\d+),([\d.]+)\)")
_SIZE, _TEXT_SIZE, _BAR_SHARE = 6, 12, 0.8
"""Plotly's size of a marker, ours of a text (pixels of the page), and the share of the distance that a bar fills."""
_HALF_X = (0.0, -0.5, 0.6, -1.1, 1.1, -0.6, 0.5, 0.0, 1.1, 0.6, 0.6, 1.1, 0.0, 0.5, -0.6, 1.1, -1.1, 0.6, -0.5, 0.0, -1.1, -0.6, -0.6, -1.1)  # fmt: skip
_CORNERS = {
    "square": (-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9),
    "diamond": (0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0),
    "triangle-up": (0, -1.2, 1.1, 0.8, -1.1, 0.8),
    "bowtie": (-1.2, -1, 0, 0, 1.2, -1, 1.2, 1, 0, 0, -1.2, 1),
    "hexagon": (-0.6, -1, 0.6, -1, 1.2, 0, 0.6, 1, -0.6, 1, -1.2, 0),
    "cross": (-0.4, -1.1, 0.4, -1.1, 0.4, -0.4, 1.1, -0.4, 1.1, 0.4, 0.4, 0.4, 0.4, 1.1, -0.4, 1.1, -0.4, 0.4, -1.1, 0.4, -1.1, -0.4, -0.4, -0.4),
    "x": _HALF_X,
}  # fmt: skip
"""Corners of each marker, x and y in turn, in halves of its size."""


class Drawn(NamedTuple):
    """A trace with the places of its points in pixels, NaN where there is none."""

    trace: Mapping[str, Any]
    xs: np.ndarray
    ys: np.ndarray
    across: Scale
    up: Scale


def colour_of(written: str) -> tuple[str, float]:
    """Return a colour as plotly writes it (#RRGGBB, rgba(...) or white) in hex, and its opacity."""
    found = _RGBA.fullmatch(written)
    if found is None:
        return (svg.PAPER if written == "white" else written), 1.0
    return "#" + "".join(f"{int(part):02X}" for part in found.groups()[:3]), float(found[4])


def solid(written: str) -> str:
    """Return a colour as it looks on white."""
    colour, opacity = colour_of(written)
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + opacity * (part - 255)):02X}" for part in parts)


def trace(drawn: Drawn, before: Drawn | None, zoom: float) -> list[str]:
    """Draw a trace.

    Parameters
    ----------
    drawn : Drawn
    before : Drawn or None
        The trace before it on the same axes, up to which it may be filled.
    zoom : float
        Pixels of the picture for one of the page.

    Raises
    ------
    KeyError
        If it is of a kind that no chart here had so far.
    """
    kind: Callable[[Drawn, Drawn | None, float], list[str]] = _KINDS[drawn.trace["type"]]
    return kind(drawn, before, zoom)


def _scatter(drawn: Drawn, before: Drawn | None, zoom: float) -> list[str]:
    given, xs, ys = drawn.trace, drawn.xs, drawn.ys
    parts = _fill(drawn, before)
    modes = given["mode"].split("+")
    if "error_y" in given:
        parts += _pins(drawn, zoom)
    line = given.get("line", {})
    if "lines" in modes and line.get("width", 2):
        known = np.isfinite(xs) & np.isfinite(ys) if given.get("connectgaps") else slice(None)
        dash, colour = DASHES[line.get("dash", "solid")], solid(line["color"])
        parts.append(svg.line(xs[known], ys[known], colour, line.get("width", 2) * zoom, dash))
    if "markers" in modes:
        parts += markers(xs, ys, given.get("marker", {}), zoom)
    if "text" in modes:
        parts += _words(drawn, zoom)
    return parts


def _fill(drawn: Drawn, before: Drawn | None) -> list[str]:
    kind = drawn.trace.get("fill", "none")
    if kind == "none":
        return []
    colour, opacity = colour_of(drawn.trace["fillcolor"])
    xs, ys, other = drawn.xs, drawn.ys, drawn.ys
    if kind == "tonexty":
        if before is None:
            raise TypeError("the first trace of a panel has none before it, up to which it could be filled")
        other = before.ys
    parts = []
    known = np.isfinite(xs) & np.isfinite(ys) & np.isfinite(other)
    for first, end in svg.runs(known if kind == "toself" else known & _beside(ys != other)):
        run = slice(first, end)
        if kind == "toself":
            parts.append(svg.area(xs[run], ys[run], colour, opacity))
        else:
            outline = np.concatenate([ys[run], other[run][::-1]])
            parts.append(svg.area(np.concatenate([xs[run], xs[run][::-1]]), outline, colour, opacity))
    return parts


def _beside(filled: np.ndarray) -> np.ndarray:
    """Return the places of an area, with the one before and the one after: elsewhere its two outlines lie on each other."""
    wide = filled.copy()
    wide[1:] |= filled[:-1]
    wide[:-1] |= filled[1:]
    return wide


def _pins(drawn: Drawn, zoom: float) -> list[str]:
    bars = drawn.trace["error_y"]
    feet = drawn.up(np.asarray(drawn.trace["y"], float) - np.asarray(bars["arrayminus"], float))
    colour, width = solid(bars["color"]), bars["thickness"] * zoom
    return [svg.rule((x, foot), (x, y), colour, width) for x, y, foot in zip(drawn.xs, drawn.ys, feet, strict=True)]


def _words(drawn: Drawn, zoom: float) -> list[str]:
    size = _TEXT_SIZE * zoom
    half = float(drawn.trace.get("marker", {}).get("size", _SIZE)) * zoom / 2
    is_below = drawn.trace["textposition"].startswith("bottom")
    away = half + 1.1 * size if is_below else -half - 0.4 * size
    return [
        svg.text(x, y + away, words, size, anchor="middle", halo=True)
        for x, y, words in zip(drawn.xs, drawn.ys, drawn.trace["text"], strict=True)
        if np.isfinite(x) and np.isfinite(y)
    ]


def markers(xs: np.ndarray, ys: np.ndarray, look: Mapping[str, Any], zoom: float) -> list[str]:
    """Draw markers that look as plotly's `look` says: its symbol may be one of each point."""
    given = look.get("symbol", "circle")
    symbols = [given] * len(xs) if isinstance(given, str) else list(given)
    edge = look.get("line", {})
    colour, half = look.get("color", edge.get("color")), float(look.get("size", _SIZE)) * zoom / 2
    rim, width = solid(edge.get("color", colour)), float(edge.get("width", 0)) * zoom
    return [
        _marker(symbol, (x, y), half, (solid(colour), rim, width))
        for symbol, x, y in zip(symbols, xs, ys, strict=True)
        if np.isfinite(x) and np.isfinite(y)
    ]


def _marker(symbol: str, at: tuple[float, float], half: float, look: tuple[str, str, float]) -> str:
    (x, y), (colour, rim, width) = at, look
    if symbol == "line-ns":
        return svg.rule((x, y - half), (x, y + half), rim, width)
    shape, is_hollow = symbol.removesuffix("-open"), symbol.endswith("-open")
    if shape == "circle":
        return svg.circle(x, y, half, colour, ring=is_hollow)
    corners = np.array(_CORNERS[shape]) * half
    inside = svg.PAPER if is_hollow else colour
    return svg.area(x + corners[::2], y + corners[1::2], inside, 1.0, edge=rim, edge_width=width)


def _bar(drawn: Drawn, before: Drawn | None, zoom: float) -> list[str]:
    del before, zoom
    given = drawn.trace
    flat = given.get("orientation", "v") == "h"
    along, scale = (drawn.ys, drawn.up) if flat else (drawn.xs, drawn.across)
    ends, zero = (drawn.xs, drawn.across.at(0)) if flat else (drawn.ys, drawn.up.at(0))
    step = float(np.min(np.abs(np.diff(along)))) if len(along) > 1 else abs(scale.at(1) - scale.at(0))
    width = abs(scale.at(given["width"]) - scale.at(0)) if "width" in given else _BAR_SHARE * step
    colour, opacity = colour_of(given["marker"].get("color", NEUTRAL))
    parts = []
    for place, end in zip(along, ends, strict=True):
        if np.isfinite(end):
            first, length = min(zero, end), abs(end - zero)
            box = (first, place - width / 2, length, width) if flat else (place - width / 2, first, width, length)
            parts.append(svg.rectangle(svg.Box(*box), colour, opacity=opacity))
    return parts


_KINDS = {"scatter": _scatter, "bar": _bar}
