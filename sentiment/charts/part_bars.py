"""What each part adds to its axis on a day, as HTML: Today shows it beside its one chart, and needs no script for it.

page.css has the looks. `component_charts.contributions` draws the same as a figure, for pictures, reports and frames.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from sentiment.charts.component_charts import Bar, longest
from sentiment.charts.figures import AXIS_COLOUR

if TYPE_CHECKING:
    from collections.abc import Sequence


def part_bars(parts: Sequence[Bar], axis: str) -> str:
    """Draw the parts of an axis as a list; the bars of both axes have one scale where none is longer than 30 points.

    Parameters
    ----------
    parts : sequence of Bar
        As `component_charts.bars` orders them.
    axis : str
        For the colour and the key below.
    """
    end = longest(parts)
    rows = "".join(
        f"<li><b>{escape(part.title)}</b> {escape(part.words)}{_bar(part, axis, end)}</li>" for part in parts
    )
    key = f'<p>Points of {axis}; <i class="most"></i> grey: the most that the weight of a part can add.</p>'
    return f'<div class="parts"><ul>{rows}</ul>{key}</div>'


def _bar(part: Bar, axis: str, end: float) -> str:
    if not math.isfinite(part.points):
        return ""
    title = f"weight {part.weight:g}: at most {part.most:.1f} points"
    return (
        f'<span class="most" title="{title}" style="width:{100 * part.most / end:.2f}%">'
        f'<i style="width:{100 * part.points / part.most if part.most else 0:.2f}%;background:{AXIS_COLOUR[axis]}"></i></span>'
    )
