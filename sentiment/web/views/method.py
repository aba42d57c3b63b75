"""Method: how the scores are made, part by part, written from the registry."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment.charts import component_charts, score_charts
from sentiment.formatting import number, plain_day
from sentiment.frames import CARRY_DAYS, day
from sentiment.market import assets
from sentiment.models import AXES, METHOD
from sentiment.research.text import accuracy
from sentiment.scoring.breadth import RETURN_DAYS, breadth
from sentiment.scoring.components import registry
from sentiment.scoring.measures import MIN_OBSERVATIONS, WINDOW
from sentiment.scoring.score import NOT_APPLYING, unranked
from sentiment.tables import chart_tables
from sentiment.tables.record import Extent
from sentiment.validation import coverage
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.turns import NEAREST
from sentiment.web import sentences
from sentiment.web.page.drawings import cached_chart
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.table_files import TableFile, table_buttons
from sentiment.web.page.widgets import csv_button, folded
from sentiment.web.views import View

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sentiment.scoring.components import Component
    from sentiment.scoring.score import Scores
    from sentiment.web.page.screen import Screen


def render(screen: Screen) -> None:
    """Draw the view."""
    _rules()
    folded("What do the words mean?", _words)
    for axis in AXES:
        folded(f"What makes {axis}?", partial(_parts, screen, axis))
    folded("How much of it is price?", lambda: _how_much_is_price(screen))
    folded("Which data are behind it?", lambda: _sources(screen))
    folded("How sure is the evidence?", _intervals)
    folded("How well is tone read?", _tone)
    folded("What are its limits?", lambda: _list(sentences.LIMITS))


def _words() -> None:
    _list(f"**{word.capitalize()}**: {meaning}" for word, meaning in sentences.GLOSSARY.items())


def _list(lines: Iterable[str]) -> None:
    st.markdown("\n".join(f"- {line}" for line in lines))


def _parts(screen: Screen, axis: str) -> None:
    scores, start, as_of = screen.scores, screen.start, screen.as_of
    correlations = chart_tables.correlations(scores).set_index("component")
    st.caption(f"In each chart, up means {component_charts.UP[axis]}; the scale of some runs downwards for that.")
    for part in registry():
        if part.axis == axis:
            _part(part, scores, correlations[part.name].drop(part.name), start)
    with st.container(horizontal=True):
        name = f"{scores.asset}_components-{axis}_{start}_{as_of}"
        table_buttons(TableFile(name, "components", "all parts of both axes", screen.selection, Extent(start)))
        csv_button(
            f"{scores.asset}_likeness-{axis}_{as_of}",
            lambda: chart_tables.correlations(scores),
            "CSV: correlations of ranks",
        )
        figure_menu(screen, f"chart/components-{axis}", f"Every part of {axis}, from {start} to {as_of}")


def _rules() -> None:
    st.subheader("How is a score made?", anchor=False)
    st.markdown(
        f"This is method {METHOD}. Each part is a daily series in which higher means more fear, or stronger fundamentals. Most are "
        f"ranked among their own last {WINDOW} days, today included, of which {MIN_OBSERVATIONS} must be known:"
    )
    st.latex(r"\text{rank}_t = 100\cdot\frac{\text{average rank of } x_t}{\text{days known}}")
    st.markdown(
        "The others lie on a straight line between stated bounds. An axis is the weighted mean of the parts that apply to the "
        "asset and are known that day. A missing part leaves the mean and lowers the coverage; nothing is filled in. An exchange "
        "has no reading on days on which it is closed. Nothing that is published or saved later changes a past reading; prices that a vendor "
        "revises do, unless an instant is pinned."
    )
    st.latex(r"\text{justified}_t = 100 - \text{fundamentals}_t")
    st.latex(r"\text{gap}_t = \text{fear}_t - \text{justified}_t")
    st.markdown(f"{sentences.REGIME_RULE} {sentences.FOOTING}")


def _how_much_is_price(screen: Screen) -> None:
    lines = []
    for axis in AXES:
        measured = breadth(screen.scores, screen.inputs.closes, axis)
        lines.append(
            f"**{axis.capitalize()}**: {measured.parts} parts, which tell as much as {number(measured.effective, '.1f')} unrelated ones. "
            f"Its correlation with the return of the {RETURN_DAYS} days before is {number(measured.correlation, '+.2f')}."
        )
    _list(lines)


def _part(part: Component, scores: Scores, correlations: pd.Series, start: date) -> None:
    values = scores.raw[part.name].loc[day(start) :]
    defined = values.dropna()
    sentence = _history(part, scores, values)
    window = f"ranked among its last {WINDOW} days" if part.scale is None else _straight_line(part)
    with st.container(border=True):
        words, picture = st.columns(2, gap="large")
        with words:
            st.markdown(f"**{part.title}**, weight {scores.applying[part.name]:g} of {_axis_weight(scores, part)}")
            st.markdown(part.meaning)
            st.latex(part.formula)
        with picture:
            st.caption(sentence)
            if len(defined):
                st.plotly_chart(
                    cached_chart(component_charts.raw_history)(values, part.name),
                    alt=sentence,
                    config=score_charts.CONFIG,
                    key=f"history-{part.name}",
                )
                st.caption(_correlation_text(correlations))
        turned = ", sign turned" if part.turned else ""
        st.caption(
            f"Unit in the files: {part.unit}{turned}. Source: {part.source}. Window: {window}. Direction: {part.direction}."
        )


def _history(part: Component, scores: Scores, values: pd.Series) -> str:
    """Return a sentence with the figure of the last day and the bounds of all."""
    defined, raw = values.dropna(), values.iloc[-1]
    applies = unranked(scores).get(part.name) != NOT_APPLYING
    if defined.empty:
        return f"No data since {plain_day(values.index[0])}." if applies else "It does not apply to this asset."
    shown = part.show(raw) if pd.notna(raw) else "no data"
    scaled = _scaled(part, scores) if applies else "which does not apply to this asset"
    bounds = part.between(defined.min(), defined.max())
    return (
        f"On {plain_day(values.index[-1])}: {shown}, {scaled}. Since {plain_day(defined.index[0])}: between {bounds}."
    )


def _scaled(part: Component, scores: Scores) -> str:
    why = unranked(scores).get(part.name)
    if why not in {None, "no data"}:
        return f"no rank yet: {why} are known"
    return f"{'rank' if part.scale is None else 'scaled to'} {number(scores.rank[part.name].iloc[-1])}"


def _straight_line(part: Component) -> str:
    low, high = part.scale or (0.0, 0.0)
    return f"not ranked: {part.figure(low)} counts as 0, {part.figure(high)} as 100"


def _axis_weight(scores: Scores, part: Component) -> str:
    return f"{sum(scores.applying[other.name] for other in registry() if other.axis == part.axis):g}"


def _correlation_text(correlations: pd.Series) -> str:
    values = correlations.dropna().sort_values()
    if values.empty:
        return "Too few days to say which other parts its rank moves with."
    titles = {part.name: part.title.lower() for part in registry()}
    ends = {word: (titles[str(values.index[at])], values.iloc[at]) for word, at in (("most", -1), ("least", 0))}
    phrases = [f"{word} with {title} ({number(value, '+.2f')})" for word, (title, value) in ends.items()]
    return f"Correlation of its rank with those of the others: {', '.join(phrases)}."


def _intervals() -> None:
    found = coverage.measured()
    st.markdown(
        "A reading without information could just as well have come some days earlier or later. So its days are put on a circle and rotated "
        f"by every number of days from {NEAREST} up. Each rotation keeps how long readings last and how returns cluster. The excess of "
        "each rotation is divided by its own standard error, which allows for overlapping windows. The interval is as many standard errors "
        "wide as 95% of the rotations need; the joint interval as many as the largest of all tested cells needs. No random draws are used."
    )
    st.caption(f"How often these 95% intervals included zero in simulated worlds. {coverage.caption(found)}")
    table = pd.DataFrame([coverage.cells(row) for row in found.rows], columns=list(coverage.HEADER))
    worst = min(row[str(horizon)] for row in found.rows if not row["edge"] for horizon in HORIZONS)
    st.dataframe(
        table,
        hide_index=True,
        alt=f"{len(table)} simulated worlds; without an edge at least {worst:.1%} of the intervals included zero.",
    )


def _tone() -> None:
    found = accuracy.measured()
    st.markdown(
        "The tone of a note is what its header states, or what published rules read in its text: positive or negative, strong or weak; "
        "neutral where cues balance or have no sign; and unread where no cue was found. An unread note is missing from every mean. "
        "The language of central banks gets a warning, because there what is bad for growth can be good for "
        "rates, and the rules cannot tell which is meant."
    )
    st.caption(accuracy.caption())
    st.dataframe(
        pd.DataFrame([accuracy.cells(row) for row in found.rows], columns=list(accuracy.HEADER)),
        hide_index=True,
        alt="; ".join(f"{row.kind}: {row.right:.0%} right, {row.wrong:.0%} with the wrong sign" for row in found.rows)
        + ".",
    )


def _sources(screen: Screen) -> None:
    source = screen.provenance
    st.caption(
        f"From {source.source}. A series counts for at most {CARRY_DAYS} days after its last bar. The README of the data has the "
        "provenance, licence and checks of every file."
    )
    rows = {assets.asset(screen.key.asset).title: source.last_bar, **source.last_bars}
    table = pd.DataFrame({"Series": list(rows), "Last value": [plain_day(last) for last in rows.values()]})
    st.table(table, hide_index=True, alt=f"{len(rows)} series; {next(iter(rows))} to {plain_day(source.last_bar)}.")


VIEW = View("Method", order=70, tab="More", render=render)
