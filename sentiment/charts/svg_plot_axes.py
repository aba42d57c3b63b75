"""The axes of a plotly figure for a picture: their range, ticks and words, and the panels that pairs of them make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sentiment.charts import svg, svg_axes
from sentiment.charts.svg_axes import TICK
from sentiment.charts.svg_traces import solid
from sentiment.formatting import number, price

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sentiment.charts.svg import Box

    Trace = Mapping[str, Any]

_DAY = 86_400_000  # milliseconds, plotly's unit of time
_AROUND = 0.05
_MOST_TICKS = 6
_FORMS: Final[dict[str, Callable[[float], str]]] = {
    "": price,
    "~s": price,
    ",~r": price,
    ".3~g": lambda value: number(value, ".3g"),
    ".3~%": lambda value: f"{number(100 * value, '.3g')}%",
}
"""How a value is written for each tick format of our figures."""


def numbers(trace: Trace, of: str, *, is_day: bool) -> np.ndarray:
    """Return the values of a trace along x or y as numbers, NaN where there is none; days are counted from 1970."""
    if f"{of}0" in trace:
        first = float(_days([trace[f"{of}0"]])[0])
        return first + np.arange(len(trace["y"])) * (float(trace[f"d{of}"]) / _DAY)
    return _days(trace[of]) if is_day else np.array(trace[of], float)


def _days(values: object) -> np.ndarray:
    moments = np.asarray(values).astype("datetime64[ms]")
    return np.where(np.isnat(moments), np.nan, moments.astype("int64") / _DAY)


def _is_day(trace: Trace) -> bool:
    if "x0" in trace:
        return True
    values = np.asarray(trace["x"])
    first = next((value for value in values.tolist() if value is not None), None)
    return values.dtype.kind == "M" or isinstance(first, str)


@dataclass(frozen=True)
class Axis:
    """An axis: its name, what plotly's layout says of it, its first and last value, and whether these are days."""

    name: str
    given: Mapping[str, Any]
    ends: tuple[float, float]
    is_day: bool = False

    @property
    def is_up(self) -> bool:
        """Whether it is an axis of heights."""
        return self.name.startswith("y")

    @property
    def is_log(self) -> bool:
        """Whether its scale is logarithmic."""
        return bool(self.given.get("type") == "log")

    @property
    def is_visible(self) -> bool:
        """Whether it has ticks with words, and a grid."""
        return bool(self.given.get("visible", True))

    @property
    def title(self) -> str:
        """What it measures; of heights a caption says it instead."""
        return str(self.given.get("title", {}).get("text", "")) if self.is_visible else ""

    def is_anchored_to(self, other: str) -> bool:
        """Return whether its words stand at a panel of another axis."""
        return bool(self.given.get("anchor", "y" if not self.is_up else "x") == other)

    def ticks(self, room: float = 0.0) -> list[tuple[float, str]]:
        """Return the marked values with their words; `room` is how wide an axis of days is, in pixels."""
        low, high = sorted(self.ends)  # an axis may run downwards
        if not self.is_visible:
            return []
        if "tickvals" in self.given:
            values = [float(value) for value in self.given["tickvals"]]
            words = self.given.get("ticktext") or [self._written(value) for value in values]
            return list(zip(values, map(str, words), strict=True))
        if self.is_day:
            first, last = (pd.Timestamp(round(end * _DAY), unit="ms") for end in self.ends)
            most = max(2, int(room // svg_axes.DAY_ROOM))
            marked = svg_axes.day_ticks(first, last, most)
            return [(moment.timestamp() * 1000 / _DAY, words) for moment, words in marked]
        most = int(self.given.get("nticks", _MOST_TICKS))
        return [(value, self._written(value)) for value in svg_axes.value_ticks(low, high, log=self.is_log, most=most)]

    def _written(self, value: float) -> str:
        return f"{_FORMS[self.given.get('tickformat', '')](value)}{self.given.get('ticksuffix', '')}"

    @property
    def room(self) -> float:
        """Pixels that its words take beside a panel, or below it."""
        if not self.is_visible:
            return 0
        if not self.is_up:
            return TICK + 10 + (TICK + 8 if self.title else 0)
        return max((svg.width_of(words, TICK) + 12 for _, words in self.ticks()), default=0.0)

    def scale(self, start: float, end: float) -> svg_axes.Scale:
        """Return its scale between two pixels."""
        return svg_axes.Scale(*self.ends, start, end, log=self.is_log)


def axes_of(traces: Sequence[Trace], layout: Mapping[str, Any]) -> dict[str, Axis]:
    """Return the axes on which there are traces, by name (x, y2), each with its range: the given one, or that of its values."""
    found = {}
    for of in ("x", "y"):
        for name in dict.fromkeys(trace.get(f"{of}axis", of) for trace in traces):
            own = [trace for trace in traces if trace.get(f"{of}axis", of) == name]
            given = layout.get(f"{of}axis{name[1:]}", {})
            is_day = of == "x" and any(_is_day(trace) for trace in own)
            shapes = [shape for shape in layout.get("shapes", ()) if shape[f"{of}ref"] == name]
            found[name] = Axis(name, given, _ends(of, given, own, shapes, is_day=is_day), is_day)
    return found


def _ends(
    of: str, given: Mapping[str, Any], traces: Sequence[Trace], shapes: Iterable[Mapping[str, Any]], *, is_day: bool
) -> tuple[float, float]:
    if "range" in given:
        low, high = _days(given["range"]) if is_day else np.array(given["range"], float)
        return (10.0**low, 10.0**high) if given.get("type") == "log" else (float(low), float(high))
    values = [numbers(trace, of, is_day=is_day) for trace in traces]
    values += [np.array([shape[f"{of}0"], shape[f"{of}1"]], float) for shape in shapes]
    values += [
        np.zeros(1) for trace in traces if trace["type"] == "bar" and (trace.get("orientation") == "h") == (of == "x")
    ]
    known = np.concatenate(values)
    low, high = float(np.nanmin(known)), float(np.nanmax(known))
    around = (0.0 if is_day else _AROUND * (high - low)) if high > low else 1.0
    ends = (low - around, high + around)
    return ends[::-1] if given.get("autorange") == "reversed" else ends


@dataclass(frozen=True)
class Panel:
    """A pair of axes and the box inside the words of the figure, of which the panel takes its share."""

    x: Axis
    y: Axis
    inner: Box
    box: Box = field(init=False)
    across: svg_axes.Scale = field(init=False)
    up: svg_axes.Scale = field(init=False)

    def __post_init__(self) -> None:
        """Work out where it is."""
        (left, right), (bottom, top) = (axis.given.get("domain", (0, 1)) for axis in (self.x, self.y))
        inner = self.inner
        box = svg.Box(
            inner.left + left * inner.width,
            inner.bottom - top * inner.height,
            (right - left) * inner.width,
            (top - bottom) * inner.height,
        )
        object.__setattr__(self, "box", box)
        object.__setattr__(self, "across", self.x.scale(box.left, box.right))
        object.__setattr__(self, "up", self.y.scale(box.bottom, box.top))

    def grid(self) -> list[str]:
        """Draw the lines at the ticks."""
        box, parts = self.box, []
        for axis, scale in ((self.x, self.across), (self.y, self.up)):
            places = [scale.at(value) for value, _ in axis.ticks(box.width)] if axis.given.get("showgrid", True) else []
            inside = [place for place in places if self._is_inside(axis, place)]
            parts += [self._rule(axis, place, svg.LINE) for place in inside]
            low, high = axis.ends
            if axis.given.get("zeroline") and low < 0 < high:
                parts.append(self._rule(axis, scale.at(0), solid(axis.given["zerolinecolor"])))
        return parts

    def _rule(self, axis: Axis, place: float, colour: str) -> str:
        box = self.box
        ends = ((box.left, place), (box.right, place)) if axis.is_up else ((place, box.top), (place, box.bottom))
        return svg.rule(*ends, colour)

    def _is_inside(self, axis: Axis, place: float) -> bool:
        first, last = (self.box.top, self.box.bottom) if axis.is_up else (self.box.left, self.box.right)
        return first - 0.5 <= place <= last + 0.5

    def words(self, *, is_lowest: bool) -> list[str]:
        """Write the ticks of both axes and what the one across measures; those of the days or values across below the lowest panel alone."""
        box, parts = self.box, []
        for value, words in self.y.ticks():
            place = self.up.at(value)
            if self._is_inside(self.y, place):
                parts.append(svg.text(box.left - 10, place + TICK / 3, words, TICK, anchor="end", colour=svg.SOFT))
        if not is_lowest:
            return parts
        end = -np.inf
        for value, words in self.x.ticks(box.width):
            place, half = self.across.at(value), svg.width_of(words, TICK) / 2
            if self._is_inside(self.x, place) and place - half > end + 8:
                parts.append(svg.text(place, box.bottom + TICK + 6, words, TICK, anchor="middle", colour=svg.SOFT))
                end = place + half
        if self.x.title:
            y = box.bottom + 2 * TICK + 12
            parts.append(svg.text(box.right, y, self.x.title, TICK, anchor="end", colour=svg.SOFT))
        return parts
