"""The report: one day as a single HTML file that needs no server and no network.

In: a selection and the dashboard's address. Out: HTML with charts, notes, evidence and sources, all as known at one
instant. `data` loads, `sections` and `notes` put results into words and rows, `page` renders the templates beside it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sentiment.errors import SelectionError
from sentiment.web import links
from sentiment.web.report import page, sections
from sentiment.web.report.data import load

if TYPE_CHECKING:
    from sentiment.models import Selection

__all__ = ["html"]


def html(selection: Selection, base: str, created: datetime | None = None, *, everything: bool = True) -> str:
    """Return the report of a selection as one HTML file.

    The same pinned selection gives the same bytes, except for the time of creation.

    Parameters
    ----------
    selection : Selection
        Asset, day, instant, range, scale and weights count; the view and the choices made on it do not.
    base : str
        Address of the dashboard, for the link back.
    created : datetime, optional
        Time of creation; now by default. It also pins the prices and notes, unless the selection has a `known_at`.
    everything : bool
        Whether figures that their source does not let be passed on are in it; without, the report says what it lacks.

    Raises
    ------
    SelectionError, UnknownAssetError
        If there is nothing to show, or the range or `base` is invalid.
    """
    links.check_base(base)
    if selection.range not in links.RANGES:
        raise SelectionError(f"no range {selection.range!r}; there are: {', '.join(links.RANGES)}")
    # Not rounded to the second: something may have been saved within it.
    data = load(selection, (created or datetime.now(UTC)).astimezone(UTC), everything=everything)
    return page.render_page(
        opening=sections.opening(data),
        timeline=sections.timeline(data),
        quadrant=sections.quadrant(data),
        parts=sections.parts(data),
        research=sections.research(data),
        evidence=sections.evidence(data),
        sources=sections.sources(data),
        method=sections.method(data),
        closing=sections.closing(data, base),
    )
