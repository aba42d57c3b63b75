"""A figure over time as HTML: it can be read before plotly's script has run, and stands where plotly draws the same.

Its panels stretch with the page: places are shares of them, lines are SVG whose strokes keep their width. page.css has the looks.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment.charts import svg, svg_plot, svg_traces
from sentiment.charts.svg_plot_axes import Axis, Panel, axes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

_SIDE = 1000.0
"""Units of the drawing in each direction: a pixel, about."""
_TEXT, _BESIDE = 12, 24
"""Pixels of the letters, and those that plotly leaves for the words of an axis besides their width."""
_WHOLE = svg.Box(0, 0, _SIDE, _SIDE)


def still(figure: go.Figure) -> str:
    """Draw a figure whose panels share one axis of days.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        With a height, as `score_charts.timeline` returns it.

    Raises
    ------
    KeyError
        If the figure has something that no chart here had so far.
    """
    layout = figure.layout.to_plotly_json()
    traces = [trace.to_plotly_json() for trace in figure.data if trace.opacity != 0]
    axes = axes_of(traces, layout)
    panels = {name: Panel(axes["x"], axis, _WHOLE) for name, axis in axes.items() if axis.is_up}
    drawn = _drawn(traces, panels)
    lines = [part for panel in panels.values() for part in panel.grid()]
    before: dict[str, svg_traces.Drawn] = {}
    for trace in drawn:
        axis = trace.trace.get("yaxis", "y")
        lines += svg_traces.trace(_without_markers(trace), before.get(axis), 1.0)
        before[axis] = trace
    words = [_captions(layout, panels), _heights(panels), _days(axes["x"], next(iter(panels.values())))]
    room = max(_room(axis) for axis in axes.values() if axis.is_up)
    return (
        f'<div class="still" style="height:{layout["height"]}px;padding-left:{room:.0f}px">{_key(traces, layout)}'
        f'<div class="plot"><svg viewBox="0 0 {_SIDE:g} {_SIDE:g}" preserveAspectRatio="none">{"".join(lines)}</svg>'
        f"{''.join(_marks(drawn))}{''.join(words)}</div></div>"
    )


def _drawn(traces: Sequence[Mapping[str, Any]], panels: Mapping[str, Panel]) -> list[svg_traces.Drawn]:
    return [svg_plot.placed(trace, panels[trace.get("yaxis", "y")]) for trace in traces]


def _without_markers(drawn: svg_traces.Drawn) -> svg_traces.Drawn:
    """Return a trace without its markers, which must not stretch."""
    return drawn._replace(trace={**drawn.trace, "mode": drawn.trace["mode"].replace("markers", "none")})


def _marks(drawn: Sequence[svg_traces.Drawn]) -> list[str]:
    """Draw each marker that is in sight at its place."""
    return [
        _mark(trace.trace["marker"], f"left:{x / 10:.2f}%;top:{y / 10:.2f}%")
        for trace in drawn
        if "markers" in trace.trace["mode"]
        for x, y in zip(trace.xs, trace.ys, strict=True)
        if 0 <= x <= _SIDE and np.isfinite(y)
    ]


def _mark(look: Mapping[str, Any], place: str = "") -> str:
    zero = np.zeros(1)
    return f'<svg class="mark" style="{place}">{"".join(svg_traces.markers(zero, zero, look, 1.0))}</svg>'


def _key(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> str:
    """Name the markers, as plotly's legend does."""
    if not layout.get("showlegend"):
        return ""
    named = svg_plot.keys(traces, is_whole=True)
    names = "".join(f"<span>{_mark(key.trace['marker'])}{escape(key.name)}</span>" for key in named)
    return f'<p class="names">{names}</p>'


def _captions(layout: Mapping[str, Any], panels: Mapping[str, Panel]) -> str:
    """Write what each panel measures above it."""
    tops = [panels[note["yref"].removesuffix(" domain")].box.top for note in layout["annotations"]]
    return "".join(
        f'<p style="bottom:{100 - top / 10:.2f}%">{_pieces(note["text"])}</p>'
        for top, note in zip(tops, layout["annotations"], strict=True)
    )


def _pieces(text: str) -> str:
    return "".join(
        f'<span style="color:{piece.colour}">{escape(piece.words)}</span>' if piece.colour else escape(piece.words)
        for piece in svg_plot.pieces(text)
    )


def _heights(panels: Mapping[str, Panel]) -> str:
    """Write the ticks of the heights beside their panel."""
    return "".join(
        f'<b style="top:{panel.up.at(value) / 10:.2f}%">{_short(words)}</b>'
        for panel in panels.values()
        for value, words in panel.y.ticks()
        if panel.box.top <= panel.up.at(value) <= panel.box.bottom
    )


def _days(axis: Axis, panel: Panel) -> str:
    """Write the ticks of the days below all panels."""
    places = [(panel.across.at(value), words) for value, words in axis.ticks(_SIDE)]
    inside = "".join(f'<i style="left:{place / 10:.2f}%">{words}</i>' for place, words in places if 0 <= place <= _SIDE)
    return f'<div class="days">{inside}</div>'


def _room(axis: Axis) -> float:
    """Return the pixels that the words of an axis take beside a panel."""
    return _BESIDE + max((svg.width_of(_short(words), _TEXT) for _, words in axis.ticks()), default=0.0)


def _short(words: str) -> str:
    """Write whole thousands and millions as plotly does."""
    for zeros, sign in ((",000,000", "M"), (",000", "k")):
        if words.endswith(zeros):
            return words.removesuffix(zeros) + sign
    return words
