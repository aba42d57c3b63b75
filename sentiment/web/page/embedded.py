"""One chart alone, with its title, day and source, for a frame in another page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.charts import score_charts
from sentiment.formatting import plain_day
from sentiment.market import history
from sentiment.tables import note_tables
from sentiment.web import links, markup
from sentiment.web.page.drawings import contributions, quadrant, timeline
from sentiment.web.page.screen import load_screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.models import Selection
    from sentiment.web.page.drawings import Drawing
    from sentiment.web.page.screen import Screen


def render(selection: Selection) -> None:
    """Draw the chart that the link names."""
    screen = load_screen(selection)
    drawing = CHARTS[str(selection.chart)](screen)
    as_of = plain_day(screen.as_of)
    st.markdown(f"**{selection.asset}: {TITLES[str(selection.chart)]}**, {as_of}  \n:small[{drawing.sentence}]")
    st.plotly_chart(drawing.figure, alt=drawing.sentence, config=score_charts.CONFIG, key="embedded")
    source = history.provenance(selection.asset, screen.as_of, selection.known_at).source
    whole = links.address(str(st.context.url or "").split("?")[0], replace(selection, chart=None))
    st.markdown(f":small[Source: {source}, to {as_of}. Not advice. {markup.link('Open the dashboard', whole)}]")


def _timeline(screen: Screen) -> Drawing:
    return timeline(
        screen.key, screen.start, note_tables.marks_about(screen.inputs, screen.marked_until), log=screen.selection.log
    )


CHARTS: dict[str, Callable[[Screen], Drawing]] = {
    "timeline": _timeline,
    "quadrant": lambda screen: quadrant(screen.key),
    "fear": lambda screen: contributions(screen.key, "fear"),
    "fundamentals": lambda screen: contributions(screen.key, "fundamentals"),
}
TITLES = {
    "timeline": "price, fear and fundamentals",
    "quadrant": "fear against fundamentals",
    "fear": "the parts of fear",
    "fundamentals": "the parts of fundamentals",
}
