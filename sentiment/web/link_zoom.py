"""The zoom of a link: the first and the last day in sight on the chart over time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.errors import SelectionError
from sentiment.formatting import read_day, shortened
from sentiment.market import history
from sentiment.tables.record import BETWEEN_ASSETS
from sentiment.web import link_spelling

if TYPE_CHECKING:
    from datetime import date

    from sentiment.models import Selection

_ENDS = 2
_MARGIN = timedelta(days=31)
"""Days after the last one that a zoom may show: a note may be newer than the last price."""


def parse(text: str, selection: Selection) -> tuple[date, date]:
    """Return the days of a text such as ``2025-03-01~2025-06-30``.

    Raises
    ------
    SelectionError
        If it is not two days, or none of them is shown.
    """
    days = [read_day(link_spelling.day(day)) for day in link_spelling.bare(text).split(BETWEEN_ASSETS)]
    if len(days) != _ENDS or days[0] >= days[1]:
        raise SelectionError(
            f"the link zooms to {shortened(text)}; a zoom is two days, the earlier one first, such as 2025-03-01~2025-06-30"
        )
    zoom = days[0], days[1]
    inside = within(zoom, selection)
    if inside is None:
        first, last = history.span(selection.asset, selection.known_at)
        raise SelectionError(
            f"the link zooms to {zoom[0]} to {zoom[1]}; {selection.asset} is shown from {first} to {selection.as_of or last}"
        )
    return inside


def within(zoom: tuple[date, date], selection: Selection) -> tuple[date, date] | None:
    """Return a zoom without what lies beyond the days of the asset; None if it has no day of the asset up to the day shown."""
    first, last = history.span(selection.asset, selection.known_at)
    if first < zoom[1] and zoom[0] < (selection.as_of or last):
        return max(zoom[0], first), min(zoom[1], last + _MARGIN)
    return None


def of_chart(ends: object, begins: date, start: date, last: date) -> tuple[date, date] | None:
    """Return the zoom of a chart that a viewer moved.

    Parameters
    ----------
    ends : object
        The ends of its time axis as texts; a browser may send anything.
    begins, start, last : date
        The asset's first day, the first day of the selected range, and the last day shown.

    Returns
    -------
    tuple of date or None
        The first and the last day in sight; None where that is the whole range.
    """
    try:
        left, right = map(pd.Timestamp, ends)  # type: ignore[call-overload] # whatever is no two texts raises
        # A day is drawn at its midnight; of two midnights none may be in sight.
        inner, outer = (left.ceil("D"), right.floor("D")), (left.floor("D"), right.ceil("D"))
        first, end = (one.date() for one in (inner if inner[0] < inner[1] else outer))
        zoom = max(first, begins), min(end, last + _MARGIN)
    except (TypeError, ValueError, OverflowError):
        return None
    return zoom if zoom[0] < zoom[1] and (zoom[0] != start or zoom[1] < last) else None
