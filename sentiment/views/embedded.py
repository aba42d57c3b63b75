"""One chart alone, with its title, day and source, for a frame in another page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from sentiment import charts, export, links, market, research_tables
from sentiment.frames import day
from sentiment.words import plain_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.models import Inputs, Selection
    from sentiment.score import Scores


class _Drawn(NamedTuple):
    """A chart, and what it says."""

    figure: Any
    said: str


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the chart that the link names."""
    last = scored.axes.index[-1]
    drawn = CHARTS[str(selection.chart)](selection, inputs, scored)
    st.markdown(f"**{selection.asset}: {TITLES[str(selection.chart)]}**, {plain_day(last)}  \n:small[{drawn.said}]")
    st.plotly_chart(drawn.figure, alt=drawn.said, config=charts.CONFIG, key="embedded")
    source = market.provenance(selection.asset, last.date(), selection.known_at).source
    whole = links.address(str(st.context.url or "").split("?")[0], replace(selection, chart=None))
    st.markdown(f":small[Source: {source}, to {plain_day(last)}. Not advice. [Open the dashboard]({whole})]")


def _timeline(selection: Selection, inputs: Inputs, scored: Scores) -> _Drawn:
    last = scored.axes.index[-1].date()
    axes = scored.axes.loc[day(links.start_of(selection, last)) :]
    marks = research_tables.marks_about(inputs)
    marks = marks[marks["date"] >= axes.index[0]]
    figure = charts.timeline(axes, marks, market.asset(selection.asset).unit, log=selection.log)
    return _Drawn(figure, charts.timeline_text(axes, marks))


def _quadrant(_: Selection, __: Inputs, scored: Scores) -> _Drawn:
    return _Drawn(charts.quadrant(scored.axes), charts.quadrant_text(scored.axes))


def _parts(axis: str) -> Callable[[Selection, Inputs, Scores], _Drawn]:
    def draw(_: Selection, __: Inputs, scored: Scores) -> _Drawn:
        table = export.between(export.components(scored), scored.axes.index[-1].date())
        rows = table[table["axis"] == axis]
        return _Drawn(charts.contributions(rows, axis), charts.contributions_text(rows, axis))

    return draw


CHARTS = {"timeline": _timeline, "quadrant": _quadrant, "fear": _parts("fear"), "fundamentals": _parts("fundamentals")}
TITLES = {
    "timeline": "price, fear and fundamentals",
    "quadrant": "fear against fundamentals",
    "fear": "the parts of fear",
    "fundamentals": "the parts of fundamentals",
}
