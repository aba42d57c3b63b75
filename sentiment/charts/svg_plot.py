"""A plotly figure as SVG, so that the page and its pictures draw the same chart from one description.

What our figures use is drawn, each part with plotly's meaning: panels, linear, logarithmic and daily axes, lines at a value, words at a
place, and the key of the traces. Only nothing is to be pointed at.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sentiment.charts import svg, svg_traces
from sentiment.charts.compare_charts import MARKS, SIGNS
from sentiment.charts.svg_axes import TICK
from sentiment.charts.svg_panels import dark
from sentiment.charts.svg_plot_axes import Axis, Panel, axes_of, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

    from sentiment.charts.svg import Box

ZOOM = 1.5
"""Pixels of a picture for one of the page: its 12 pixel letters have 18."""
_TEXT = 18
_GAP, _LINE = 10, 26
_DEFAULT_MARGIN = 8
_TAGS = re.compile(r"(</?b>|</?span[^>]*>)")
_SIGN = re.compile(r'<span style="color:(#[0-9A-F]{6})">')
_SIGN_OF = {**dict(zip(SIGNS, MARKS, strict=True)), "○": "circle-open"}
"""Marker by the letter that stands for it in words."""


class Piece(NamedTuple):
    """Words of one look; a sign alone, in the `colour` of its marker."""

    words: str
    is_bold: bool
    colour: str = ""

    @property
    def width(self) -> float:
        """Pixels of the picture that they take."""
        return _TEXT if self.colour else svg.width_of(self.words, _TEXT, bold=self.is_bold)


class Key(NamedTuple):
    """A name in the key, and the trace that shows its looks."""

    name: str
    trace: Mapping[str, Any]


def height(figure: go.Figure) -> float:
    """Return the pixels of the picture that a figure takes in height."""
    return float(figure.layout.height) * ZOOM


def plot(figure: go.Figure, box: Box) -> list[str]:
    """Draw a figure into a box, its words included.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        One of our charts, with a height; a pair of axes without a trace is left out.
    box : Box
        Where to draw.

    Raises
    ------
    KeyError
        If the figure has something that no chart here had so far.
    """
    layout = figure.layout.to_plotly_json()
    traces = [one.to_plotly_json() for one in figure.data if one.opacity != 0]  # what is only pointed at is not seen
    axes = axes_of(traces, layout)
    named = keys(traces, is_whole=layout.get("showlegend", True))
    parts, inner = _inner(axes, layout, named, box)
    panels = {}
    for pair in dict.fromkeys((one.get("xaxis", "x"), one.get("yaxis", "y")) for one in traces):
        across, up = (axes[name] for name in pair)
        panels[pair] = Panel(across, up, inner)
    for panel in panels.values():
        parts += panel.grid()
    parts += _traces(traces, panels)
    for shape in layout.get("shapes", ()):
        parts.append(_line_at(shape, _panel(shape, panels)))
    for (x, y), panel in panels.items():
        parts += panel.words(is_lowest=axes[x].is_anchored_to(y))
    for note in layout.get("annotations", ()):
        parts += _annotation(note, _panel(note, panels))
    return parts


def grid(figures: Sequence[tuple[str, go.Figure]], box: Box, columns: int) -> list[str]:
    """Draw figures beside and below each other, each below its title; `grid_height` says how high the box must be."""
    width, parts, top = (box.width - 40 * (columns - 1)) / columns, [], box.top
    for first in range(0, len(figures), columns):
        row = figures[first : first + columns]
        for place, (title, figure) in enumerate(row):
            left = box.left + place * (width + 40)
            parts.append(svg.text(left, top + 20, svg.shortened(title, 20, width, bold=True), 20, bold=True))
            parts += plot(figure, svg.Box(left, top + 34, width, height(figure)))
        top += _row_height(row)
    return parts


def grid_height(figures: Sequence[tuple[str, go.Figure]], columns: int) -> float:
    """Return the height of a box for `grid`."""
    return sum(_row_height(figures[first : first + columns]) for first in range(0, len(figures), columns))


def _row_height(row: Sequence[tuple[str, go.Figure]]) -> float:
    return 34 + max(height(figure) for _, figure in row) + 24


def _inner(axes: Mapping[str, Axis], layout: Mapping[str, Any], keys: Sequence[Key], box: Box) -> tuple[list[str], Box]:
    """Draw the key, and return it with the box inside the words around the panels."""
    parts, rows = _key(keys, box)
    margin = layout.get("margin", {})
    top = rows * _LINE + (margin.get("t", _DEFAULT_MARGIN) - _DEFAULT_MARGIN) * ZOOM
    left = max((axis.room for axis in axes.values() if axis.is_up), default=0.0)
    bottom = max((axis.room for axis in axes.values() if not axis.is_up), default=0.0)
    right = margin.get("r", _DEFAULT_MARGIN) * ZOOM
    return parts, svg.Box(box.left + left, box.top + top, box.width - left - right, box.height - top - bottom)


def _traces(traces: Sequence[Mapping[str, Any]], panels: Mapping[tuple[str, str], Panel]) -> list[str]:
    parts: list[str] = []
    last: dict[tuple[str, str], svg_traces.Drawn] = {}
    for one in traces:
        pair = one.get("xaxis", "x"), one.get("yaxis", "y")
        drawn = placed(one, panels[pair])
        parts += svg_traces.trace(drawn, last.get(pair), ZOOM)
        last[pair] = drawn
    return parts


def placed(trace: Mapping[str, Any], panel: Panel) -> svg_traces.Drawn:
    """Return a trace with the places of its points in a panel."""
    xs, ys = numbers(trace, "x", is_day=panel.x.is_day), numbers(trace, "y", is_day=False)
    return svg_traces.Drawn(trace, panel.across(xs), panel.up(ys), panel.across, panel.up)


def keys(traces: Sequence[Mapping[str, Any]], *, is_whole: bool) -> list[Key]:
    """Return the traces to name: those that the page names, or where it leaves this to pointing, the markers and shades."""
    named = [one for one in traces if "name" in one and one.get("showlegend", True)]
    shown = [one for one in named if is_whole or one["mode"] == "markers" or one.get("fill") == "toself"]
    return [Key(html.unescape(one["name"]), one) for one in shown]


def _key(keys: Sequence[Key], box: Box) -> tuple[list[str], int]:
    """Draw the key of the traces in as many rows as it needs, and return their number."""
    parts, x, row = [], box.left, 0
    for name, one in keys:
        width = 34 + svg.width_of(name, TICK) + 26
        if x > box.left and x + width - 26 > box.right:
            x, row = box.left, row + 1
        y = box.top + row * _LINE + 6
        line = one.get("line", {})
        if one.get("fill") == "toself":
            colour, opacity = svg_traces.colour_of(one["fillcolor"])
            parts.append(svg.rectangle(svg.Box(x + 2, y - 8, 22, 16), colour, opacity=2 * opacity))
        if "lines" in one["mode"] and line.get("width", 2):
            dash = svg_traces.DASHES[line.get("dash", "solid")]
            parts.append(
                svg.rule((x, y), (x + 26, y), svg_traces.solid(line["color"]), line.get("width", 2) * ZOOM, dash)
            )
        if "markers" in one["mode"]:
            look = one["marker"]
            parts += svg_traces.markers(*_point(x + 13, y), look, ZOOM)
        parts.append(svg.text(x + 34, y + 6, name, TICK, colour=svg.SOFT))
        x += width
    return parts, row + 1 if keys else 0


def _point(x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([x]), np.array([y])


def _refs(given: Mapping[str, Any]) -> tuple[str, str]:
    """Return what the place of words or of a line is counted in: an axis, a share of its panel (`domain`), or of all (`paper`)."""
    return given.get("xref", "x"), given.get("yref", "y")


def _panel(given: Mapping[str, Any], panels: Mapping[tuple[str, str], Panel]) -> Panel:
    """Return the panel in which words or a line stand."""
    wanted = [ref.removesuffix(" domain") for ref in _refs(given)]
    return next(
        panel
        for pair, panel in panels.items()
        if all(name in {"paper", own} for name, own in zip(wanted, pair, strict=True))
    )


def _line_at(shape: Mapping[str, Any], panel: Panel) -> str:
    """Draw a line at a value, through its panel."""
    if shape["type"] != "line":
        raise KeyError(shape["type"])
    x_ref, y_ref = _refs(shape)
    xs, ys = (
        [_place(ref, float(shape[f"{of}{end}"]), of, panel) for end in (0, 1)]
        for ref, of in ((x_ref, "x"), (y_ref, "y"))
    )
    line = shape["line"]
    dash = svg_traces.DASHES[line.get("dash", "solid")]
    return svg.rule((xs[0], ys[0]), (xs[1], ys[1]), svg_traces.solid(line["color"]), line["width"] * ZOOM, dash)


def _place(ref: str, value: float, of: str, panel: Panel) -> float:
    """Return the pixel of a value, or of a share."""
    if ref.endswith(" domain") or ref == "paper":
        box = panel.inner if ref == "paper" else panel.box
        return box.left + value * box.width if of == "x" else box.bottom - value * box.height
    return (panel.across if of == "x" else panel.up).at(value)


def _place_of_words(ref: str, value: float, of: str, panel: Panel) -> float:
    """Return the same for words, whose places on a logarithmic axis are logarithms."""
    axis = panel.x if of == "x" else panel.y
    return _place(ref, 10.0**value if ref == axis.name and axis.is_log else value, of, panel)


def _annotation(note: Mapping[str, Any], panel: Panel) -> list[str]:
    """Write words at a place: bold parts, and signs that stand for markers, included."""
    x_ref, y_ref = _refs(note)
    x = _place_of_words(x_ref, float(note["x"]), "x", panel) + note.get("xshift", 0) * ZOOM
    y = _place_of_words(y_ref, float(note["y"]), "y", panel) - note.get("yshift", 0) * ZOOM
    colour = note.get("font", {}).get("color", svg.INK)
    colour = colour if colour == svg.INK else dark(svg_traces.solid(colour))
    y += {"bottom": -0.4, "middle": 0.35, "top": 0.9}[_anchor(note, "y", ("bottom", "middle", "top"))] * _TEXT
    anchor = _anchor(note, "x", ("left", "center", "right"))
    words = pieces(note["text"])
    width = sum(piece.width for piece in words)
    x -= {"left": 0.0, "center": 0.5, "right": 1.0}[anchor] * width
    parts = []
    for piece in words:
        if piece.colour:
            look = {"symbol": _SIGN_OF[piece.words], "size": 8, "color": piece.colour}
            parts += svg_traces.markers(*_point(x + _TEXT / 3, y - 0.35 * _TEXT), look, ZOOM)
        else:  # a picture drops spaces at the beginning of a text
            said = piece.words
            before = svg.width_of(said[: -len(said.lstrip()) or None], _TEXT)
            parts.append(svg.text(x + before, y, said.strip(), _TEXT, bold=piece.is_bold, colour=colour, halo=True))
        x += piece.width
    return parts


def _anchor(note: Mapping[str, Any], of: str, names: tuple[str, str, str]) -> str:
    """Return the side at which words stand: without a choice in the middle, on the paper by the third of it that they are in."""
    chosen = note.get(f"{of}anchor", "auto")
    if chosen != "auto":
        return str(chosen)
    return names[min(int(note[of] * 3), 2)] if note.get(f"{of}ref") == "paper" else names[1]


def pieces(text: str) -> list[Piece]:
    """Split words into what is bold and what is not, and the coloured signs of markers apart from both."""
    found, is_bold, colour = [], False, ""
    for part in _TAGS.split(text):
        if not _TAGS.fullmatch(part):
            found += [Piece(html.unescape(part), is_bold, colour)] if part else []
        elif part.endswith("b>"):
            is_bold = part == "<b>"
        else:
            sign = _SIGN.fullmatch(part)
            colour = sign[1] if sign else ""
    return found
