"""One chart alone, with its title, day and source, for a frame in another page.

A frame passes on what it shows, so it has no figure that the viewer could not take along as a file either.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from sentiment.charts import score_charts
from sentiment.formatting import plain_day
from sentiment.market import history, terms
from sentiment.tables import note_tables
from sentiment.web import links, markup
from sentiment.web.page.drawings import Days, contributions, quadrant, timeline
from sentiment.web.page.screen import load_screen
from sentiment.web.page.sign_in import may_have_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.models import Axis, Selection
    from sentiment.web.page.drawings import Drawing
    from sentiment.web.page.screen import Screen


def render(selection: Selection) -> None:
    """Draw the chart that the link names."""
    screen = load_screen(selection)
    drawing = CHARTS[str(selection.chart)](screen, everything=may_have_all())
    as_of = plain_day(screen.as_of)
    title = TITLES[str(selection.chart)]
    if selection.chart == "timeline" and drawing.rows["close"].isna().all():
        title = "fear and fundamentals"
    st.markdown(f"**{selection.asset}: {title}**, {as_of}  \n:small[{drawing.sentence}]")
    config = score_charts.TIMELINE_CONFIG if selection.chart == "timeline" else score_charts.CONFIG
    st.plotly_chart(drawing.figure, alt=drawing.sentence, config=config, key="embedded")
    source = history.provenance(selection.asset, screen.as_of, selection.known_at).source
    whole = links.address(str(st.context.url or "").split("?")[0], replace(selection, chart=None))
    st.markdown(f":small[Source: {source}, to {as_of}. Not advice. {markup.link('Open the dashboard', whole)}]")


def _timeline(screen: Screen, *, everything: bool = True) -> Drawing:
    price = everything or not terms.reserved([screen.key.asset], screen.key.known_at)
    marks = note_tables.marks_about(screen.inputs, screen.marked_until)
    days = Days(screen.start, screen.selection.zoom)
    return timeline(screen.key, days, marks, log=screen.selection.log, price=price)


def _contributions(axis: Axis, screen: Screen, *, everything: bool = True) -> Drawing:
    asset, known_at = screen.key.asset, screen.key.known_at
    return contributions(screen.key, axis, brief=not everything and bool(terms.reserved_behind(asset, known_at)))


CHARTS: dict[str, Callable[..., Drawing]] = {
    "timeline": _timeline,
    "quadrant": lambda screen, **_: quadrant(screen.key),
    "fear": partial(_contributions, "fear"),
    "fundamentals": partial(_contributions, "fundamentals"),
}
"""By name; each draws a screen: with every figure, or with ``everything=False`` those that may be passed on."""
TITLES = {
    "timeline": "price, fear and fundamentals",
    "quadrant": "fear against fundamentals",
    "fear": "the parts of fear",
    "fundamentals": "the parts of fundamentals",
}
