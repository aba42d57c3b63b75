"""Links to the screen, its report as a file, and one of its charts as a frame."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.market import history
from sentiment.research import library
from sentiment.web import citation, links, report
from sentiment.web.page.address import page_address
from sentiment.web.page.sign_in import may_have_all

if TYPE_CHECKING:
    from datetime import date

    from streamlit.delta_generator import DeltaGenerator

    from sentiment.models import Selection


def offer(popover: DeltaGenerator, selection: Selection, live: Selection) -> None:
    """Fill the popover.

    Parameters
    ----------
    popover : DeltaGenerator
        Where to draw.
    selection : Selection
        What is shown.
    live : Selection
        The same as links hold it, without what belongs to other views.
    """
    base = page_address()
    _, last = history.span(selection.asset, selection.known_at)
    pinned = _pinned(live, last)
    is_live = selection.as_of is None and selection.known_at is None
    with popover:
        if is_live:
            st.caption("This screen, always on the latest day")
            st.code(links.address(base, live), language=None, wrap_lines=True)
        shown = f"{pinned.as_of or last}, with prices and notes as they are saved now"
        st.caption(
            f"This screen for good: {shown}"
            if citation.stays(pinned)
            else f"This screen pinned: {shown}; it may still change"
        )
        st.code(links.address(base, pinned), language=None, wrap_lines=True)
        st.caption("This screen as one file to send: its charts need no network")
        everything = may_have_all()
        st.download_button(
            "Report",
            data=lambda: report.html(pinned, base, everything=everything).encode(),
            file_name=f"{pinned.asset}_{pinned.as_of or last}.html",
            mime="text/html",
            on_click="ignore",
            icon=":material/description:",
        )
        st.caption("One chart to embed in your own page: timeline, quadrant, fear or fundamentals")
        chart = replace(live if is_live else pinned, chart="timeline")
        frame = f"{links.address(base, chart)}&embed=true"
        st.code(f'<iframe src="{frame}" width="100%" height="860"></iframe>', language=None, wrap_lines=True)


def _pinned(selection: Selection, last: date) -> Selection:
    """Return a selection that shows the same for ever: of its day, as known now."""
    now = datetime.now(UTC).replace(microsecond=0)
    pinned = replace(selection, as_of=selection.as_of or last, known_at=selection.known_at or now)
    if selection.view == "Research" and any(note.day > last for note in library.matching(selection)):
        # A note may be newer than the last price. Without a day its instant pins both.
        return replace(pinned, as_of=selection.as_of)
    return pinned
