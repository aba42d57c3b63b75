"""Weights: what the verdict owes to the weights, and what other weights would say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from sentiment.charts import evidence_charts, score_charts
from sentiment.errors import SelectionError
from sentiment.formatting import number
from sentiment.models import AXES
from sentiment.scoring.components import registry
from sentiment.scoring.weights import MAX_WEIGHT, PRESETS, canonical
from sentiment.web import links
from sentiment.web.views import csv_button, drawn, quadrant, reweighted, shown

if TYPE_CHECKING:
    from sentiment.models import Inputs, Selection, Weights
    from sentiment.scoring.components import Component
    from sentiment.scoring.score import Scores


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the view."""
    del inputs
    as_of = scored.axes.index[-1].date()
    start = links.start_of(selection, as_of)
    what = shown(selection)
    found = reweighted(what, start)
    st.subheader("What does the verdict owe to the weights?", anchor=False)
    st.markdown(_titled(found.sentence))
    last = scored.axes.iloc[-1]
    cards = st.grid(3, min_column_width=96)
    for name in ("fear", "fundamentals", "gap"):
        cards.metric(name.capitalize(), number(last[name], "+.0f" if name == "gap" else ".0f"), border=True)
    said = evidence_charts.weight_band_text(found.band)
    st.caption(said)
    st.plotly_chart(
        drawn(evidence_charts.weight_band)(found.band), alt=said, config=score_charts.CONFIG, key="reweighted"
    )
    with st.container(horizontal=True):
        csv_button(f"{scored.asset}_reweighted_{start}_{as_of}", found.band.reset_index, "CSV: gap and band")
        csv_button(
            f"{scored.asset}_without_{as_of}",
            lambda: found.without.rename_axis("component").reset_index(),
            "CSV: each part left out",
        )
    left, right = st.columns(2, gap="large")
    with left:
        _controls(scored)
    with right:
        trail = quadrant(what)
        st.caption(trail.said)
        st.plotly_chart(trail.figure, alt=trail.said, config=score_charts.CONFIG, key="quadrant-weighted")
        csv_button(f"{scored.asset}_trail_{as_of}", trail.rows.reset_index, "CSV: trail")


def choose(weights: Weights) -> None:
    """Take over a set of weights; the controls follow."""
    st.session_state["weights"] = weights
    chosen = dict(weights)
    for part in registry():
        st.session_state[_key(part.name)] = float(chosen.get(part.name, part.weight))
    st.session_state.pop("refused", None)


def _controls(scored: Scores) -> None:
    st.subheader("What if other weights were right?", anchor=False)
    with st.container(horizontal=True):
        for name, weights in PRESETS.items():
            st.button(name, key=f"preset-{name}", on_click=choose, args=(weights,))
    if refused := st.session_state.pop("refused", None):
        st.warning(refused)
    for axis in AXES:
        st.markdown(f"**{axis.capitalize()}**")
        for part in registry():
            if part.axis == axis:
                _control(part, float(scored.weights[part.name]))


def _control(part: Component, weight: float) -> None:
    """Draw a slider and a field for one weight; each follows the other."""
    typed, slid = _key(part.name), f"slide-{part.name}"
    st.session_state.setdefault(typed, weight)
    st.session_state[slid] = st.session_state[typed]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider(
            part.title,
            0.0,
            MAX_WEIGHT,
            step=1.0,
            format="%g",
            key=slid,
            on_change=_slid,
            args=(slid, typed),
            help=part.meaning,
        )
        st.number_input(
            f"{part.title}, typed", 0.0, MAX_WEIGHT, step=1.0, format="%g", key=typed, on_change=_typed,
            label_visibility="collapsed", width=120,
        )  # fmt: skip


def _slid(slid: str, typed: str) -> None:
    st.session_state[typed] = st.session_state[slid]
    _typed()


def _typed() -> None:
    """Follow the controls, or say why not and keep the weights that were."""
    try:
        st.session_state["weights"] = canonical({part.name: st.session_state[_key(part.name)] for part in registry()})
        st.session_state.pop("refused", None)
    except SelectionError as error:
        choose(st.session_state["weights"])
        st.session_state["refused"] = f"{str(error)[:1].upper()}{str(error)[1:]}. The weights before are kept."


def _key(name: str) -> str:
    return f"weight-{name}"


def _titled(sentence: str) -> str:
    for part in registry():
        sentence = sentence.replace(f"{part.name}:", f"{part.title.lower()}:")
    return sentence
