"""Method: how the scores are made, part by part, written from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment.charts import score_charts
from sentiment.formatting import number, plain_day
from sentiment.frames import day
from sentiment.market import assets, history
from sentiment.models import AXES, Regime
from sentiment.scoring.components import registry
from sentiment.scoring.measures import MIN_OBSERVATIONS, WINDOW
from sentiment.scoring.score import GAP_LIMIT
from sentiment.tables import export
from sentiment.web import links, sentences
from sentiment.web.views import csv_button, drawn

if TYPE_CHECKING:
    from datetime import date

    from sentiment.models import Component, Inputs, Selection
    from sentiment.scoring.score import Scores


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the view."""
    del inputs
    as_of = scored.axes.index[-1].date()
    start = links.start_of(selection, as_of)
    _rules()
    likeness = export.correlations(scored).set_index("component")
    for axis in AXES:
        st.subheader(f"What makes {axis}?", anchor=False)
        for part in registry():
            if part.axis == axis:
                _part(part, scored, likeness[part.name].drop(part.name), start)
    with st.container(horizontal=True):
        csv_button(
            f"{scored.asset}_components_{start}_{as_of}",
            lambda: export.components(scored, start),
            "CSV: all parts",
        )
        csv_button(
            f"{scored.asset}_likeness_{as_of}", lambda: export.correlations(scored), "CSV: correlations of ranks"
        )
    _bundled(selection, as_of)
    st.subheader("What are its limits?", anchor=False)
    st.markdown("\n".join(f"- {limit}" for limit in sentences.LIMITS))


def _rules() -> None:
    st.subheader("How is a score made?", anchor=False)
    st.markdown(
        f"Each part is a daily series in which higher means more fear, or stronger fundamentals. It is ranked among its own "
        f"last {WINDOW} days, today included, of which {MIN_OBSERVATIONS} must be known:"
    )
    st.latex(r"\text{rank}_t = 100\cdot\frac{\text{average rank of } x_t}{\text{days known}}")
    st.markdown(
        "An axis is the weighted mean of the parts known that day. A missing part leaves the mean and lowers the coverage; "
        "nothing is filled in, and nothing that comes later changes a past reading."
    )
    st.latex(r"\text{gap}_t = \text{fear}_t + \text{fundamentals}_t - 100")
    st.markdown(
        f"At +{GAP_LIMIT:g} and above: *{Regime.FEAR_OUTWEIGHS.value}*. At −{GAP_LIMIT:g} and below: *{Regime.COMPLACENT.value}*. "
        f"Between: *{Regime.IN_BALANCE.value}*."
    )


def _part(part: Component, scored: Scores, likeness: pd.Series, start: date) -> None:
    values = scored.raw[part.name].loc[day(start) :]
    raw, rank = values.iloc[-1], scored.rank[part.name].iloc[-1]
    scale = "rank" if part.ranked else "scaled to"
    known = values.dropna()
    said = (
        f"No data since {plain_day(values.index[0])}."
        if known.empty
        else (
            f"{part.show(raw) if pd.notna(raw) else 'No data'} on {plain_day(values.index[-1])}, {scale} {number(rank)}; since "
            f"{plain_day(known.index[0])} between {part.show(known.min())} and {part.show(known.max())}."
        )
    )
    window = f"ranked among its last {WINDOW} days" if part.ranked else "not ranked: −1 counts as 0, 1 as 100"
    with st.container(border=True):
        words, picture = st.columns(2, gap="large")
        with words:
            st.markdown(f"**{part.title}**, weight {scored.weights[part.name]:g} of {_whole(scored, part)}")
            st.markdown(part.meaning)
            st.latex(part.formula)
        with picture:
            st.caption(said)
            if len(known):
                st.plotly_chart(
                    drawn(score_charts.history)(values, part.name),
                    alt=said,
                    config=score_charts.CONFIG,
                    key=f"history-{part.name}",
                )
            st.caption(_alike(likeness))
        st.caption(f"Unit: {part.unit}. Source: {part.source}. Window: {window}. Direction: {part.direction}.")


def _whole(scored: Scores, part: Component) -> str:
    return f"{sum(scored.weights[one.name] for one in registry() if one.axis == part.axis):g}"


def _alike(likeness: pd.Series) -> str:
    known = likeness.dropna().sort_values()
    if known.empty:
        return "Too few days to say which other part its rank moves with."
    titles = {part.name: part.title.lower() for part in registry()}
    ends = {word: (titles[str(known.index[at])], known.iloc[at]) for word, at in (("most", -1), ("least", 0))}
    said = [f"{word} with {title} ({number(value, '+.2f')})" for word, (title, value) in ends.items()]
    return f"Correlation of its rank with those of the others: {', '.join(said)}."


def _bundled(selection: Selection, as_of: date) -> None:
    st.subheader("Which data are behind it?", anchor=False)
    source = history.provenance(selection.asset, as_of, selection.known_at)
    st.caption(
        f"From {source.source}. A series counts for at most 7 days after its last bar. The README of the data has the "
        "provenance, licence and checks of every file."
    )
    rows = {assets.asset(selection.asset).title: source.last_bar, **source.last_bars}
    shown = pd.DataFrame({"Series": list(rows), "Last value": [plain_day(last) for last in rows.values()]})
    st.table(shown, hide_index=True, alt=f"{len(rows)} series; {next(iter(rows))} to {plain_day(source.last_bar)}.")
