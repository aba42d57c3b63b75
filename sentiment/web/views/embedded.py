"""One chart alone, with its title, day and source, for a frame in another page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.charts import score_charts
from sentiment.formatting import plain_day
from sentiment.market import history
from sentiment.tables import note_tables
from sentiment.web import links
from sentiment.web.views import load, parts, quadrant, shown, timeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.models import Selection
    from sentiment.web.views import Drawn, Shown


def render(selection: Selection) -> None:
    """Draw the chart that the link names."""
    what = shown(selection)
    drawn = CHARTS[str(selection.chart)](selection, what)
    st.markdown(
        f"**{selection.asset}: {TITLES[str(selection.chart)]}**, {plain_day(what.as_of)}  \n:small[{drawn.said}]"
    )
    st.plotly_chart(drawn.figure, alt=drawn.said, config=score_charts.CONFIG, key="embedded")
    source = history.provenance(selection.asset, what.as_of, selection.known_at).source
    whole = links.address(str(st.context.url or "").split("?")[0], replace(selection, chart=None))
    st.markdown(f":small[Source: {source}, to {plain_day(what.as_of)}. Not advice. [Open the dashboard]({whole})]")


def _timeline(selection: Selection, what: Shown) -> Drawn:
    marks = note_tables.marks_about(load(what)[0])
    return timeline(what, links.start_of(selection, what.as_of), marks, log=selection.log)


CHARTS: dict[str, Callable[[Selection, Shown], Drawn]] = {
    "timeline": _timeline,
    "quadrant": lambda _, what: quadrant(what),
    "fear": lambda _, what: parts(what, "fear"),
    "fundamentals": lambda _, what: parts(what, "fundamentals"),
}
TITLES = {
    "timeline": "price, fear and fundamentals",
    "quadrant": "fear against fundamentals",
    "fear": "the parts of fear",
    "fundamentals": "the parts of fundamentals",
}
