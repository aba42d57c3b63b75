"""The dumbbell: fear and the fear that fundamentals justify as two dots on one scale, with the distance between them.

It is HTML without a script, for a page shows it before any chart is loaded; page.css has its looks. Places are percentages, so that
it fills whatever width it is given while its words keep their size.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from sentiment.charts.colours import FEAR, FUNDAMENTALS
from sentiment.formatting import number
from sentiment.scoring.regimes import BEGINS_AT

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_LABELLED = 12.0
"""Points of distance from which a phone has room for its label."""
_NEAR_END = 15.0
_TICKS = "".join(f'<i class="tick" style="left:{tick}%"></i>' for tick in (0, 25, 50, 75, 100))


class Reading(NamedTuple):
    """Fear and the fear that fundamentals justify (0 to 100, NaN where unknown or not to be set against each other), and of when."""

    when: str
    fear: float
    justified: float


def dumbbell(today: Reading, before: Sequence[Reading]) -> str:
    """Draw a reading, and earlier ones small below it.

    Parameters
    ----------
    today : Reading
        What the large dots show; with `justified` NaN fear stands alone.
    before : sequence of Reading
        Earlier readings; those without fear are left out.
    """
    rows = [_row("today", "", _today(today)) if math.isfinite(today.fear) else ""]
    rows += [_row("before", *_earlier(reading)) for reading in before if math.isfinite(reading.fear)]
    scale = "<span>0 calm</span><span>50</span><span>100 extreme fear</span>"
    return (
        f'<div class="dumbbell" role="img" aria-label="{escape(readings_text([today, *before]))}">'
        f'<div class="rows">{_TICKS}{"".join(rows)}</div><div class="scale">{scale}</div></div>'
    )


def small_dumbbell(reading: Reading) -> str:
    """Draw a reading without words, for a row of a table whose head has the scale; nothing stands on it where fear is unknown."""
    marks = _dots(reading) if math.isfinite(reading.fear) else ""
    return (
        f'<div class="dumbbell small" role="img" aria-label="{escape(readings_text([reading]))}">'
        f'<div class="rows">{_TICKS}{_row("before", "", marks)}</div></div>'
    )


def readings_text(readings: Sequence[Reading]) -> str:
    """Return a sentence that says what the dumbbell shows."""
    said = [
        f"{reading.when}{reading.when and ': '}fear {reading.fear:.0f}"
        + (f", justified {reading.justified:.0f}" if math.isfinite(reading.justified) else "")
        for reading in readings
        if math.isfinite(reading.fear)
    ]
    return f"On a scale from 0 (calm) to 100 (extreme fear): {'; '.join(said)}." if said else "Fear is not known."


def _row(name: str, label: str, marks: str) -> str:
    return f'<div class="row {name}">{marks}{label}</div>'


def _today(reading: Reading) -> str:
    fear, justified = reading.fear, reading.justified
    if not math.isfinite(justified):
        return _fear_dot(fear) + _label(fear, "above", "middle", f"fear {fear:.0f}")
    side = 1 if fear >= justified else -1
    marks = [
        f'<i class="band" style="{_span(justified - BEGINS_AT, justified + BEGINS_AT)}"></i>',
        _dots(reading),
        _label(fear, "above", _outward(fear, side), f"fear {fear:.0f}"),
        _label(justified, "below", _outward(justified, -side), f"justified {justified:.0f}"),
    ]
    if abs(fear - justified) >= _LEAST_LABELLED:
        leans_over = _outward(fear, side) != ("start" if side > 0 else "end")
        distance = number(round(fear) - round(justified), "+.0f")
        marks.append(_label((fear + justified) / 2, "below" if leans_over else "above", "middle", distance))
    return "".join(marks)


def _earlier(reading: Reading) -> tuple[str, str]:
    """Return the words of an earlier reading, on the side where the scale has room, and its marks."""
    known = [value for value in (reading.fear, reading.justified) if math.isfinite(value)]
    right = max(known) < 100 - min(known)
    return _label(max(known) if right else min(known), "beside", "start" if right else "end", reading.when), _dots(
        reading
    )


def _dots(reading: Reading) -> str:
    fear, justified = reading.fear, reading.justified
    if not math.isfinite(justified):
        return _fear_dot(fear)
    return (
        f'<i class="bar" style="{_span(min(fear, justified), max(fear, justified))}"></i>'
        f'<i class="dot ring" style="left:{justified:.1f}%;border-color:{FUNDAMENTALS}"></i>{_fear_dot(fear)}'
    )


def _fear_dot(fear: float) -> str:
    return f'<i class="dot" style="left:{fear:.1f}%;background:{FEAR}"></i>'


def _span(low: float, high: float) -> str:
    low, high = max(low, 0.0), min(high, 100.0)
    return f"left:{low:.1f}%;width:{high - low:.1f}%"


def _outward(value: float, side: int) -> str:
    """Return the end of a label at its dot: it leads away from the other dot, unless the scale ends there."""
    if value > 100 - _NEAR_END:
        return "end"
    if value < _NEAR_END:
        return "start"
    return "start" if side > 0 else "end"


def _label(value: float, place: str, anchor: str, text: str) -> str:
    return f'<b class="{place} {anchor}" style="left:{value:.1f}%">{escape(text)}</b>'
