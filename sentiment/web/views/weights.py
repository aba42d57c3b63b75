"""Weights: how much the result depends on the weights, and what other weights give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from sentiment.charts import evidence_charts, score_charts
from sentiment.errors import SelectionError
from sentiment.formatting import number
from sentiment.models import AXES
from sentiment.scoring.components import registry
from sentiment.scoring.score import NOT_APPLYING, unranked
from sentiment.scoring.weights import MAX_WEIGHT, PRESETS, canonical
from sentiment.web import sentences
from sentiment.web.page.drawings import cached_chart
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.own_weights import set_weights, weight_key
from sentiment.web.page.screen import reweighted
from sentiment.web.page.widgets import csv_button
from sentiment.web.views import View

if TYPE_CHECKING:
    from sentiment.scoring.components import Component
    from sentiment.scoring.score import Scores
    from sentiment.web.page.screen import Screen


def render(screen: Screen) -> None:
    """Draw the view."""
    asset, as_of = screen.key.asset, screen.as_of
    reweighting = reweighted(screen.key, screen.start)
    st.subheader("How much does the verdict depend on the weights?", anchor=False)
    st.markdown(sentences.with_titles(reweighting.sentence))
    last = screen.scores.axes.iloc[-1]
    cards = st.grid(3, min_column_width=112)
    for title, value, form in (
        ("Fear", last["fear"], ".0f"),
        ("Justified fear", last["justified"], ".0f"),
        ("Gap", last["gap"], "+.0f"),
    ):
        cards.metric(title, number(value, form), border=True)
    sentence = evidence_charts.weight_band_text(reweighting.band)
    st.caption(sentence)
    if reweighting.band["gap"].notna().any():
        st.plotly_chart(
            cached_chart(evidence_charts.weight_band)(reweighting.band),
            alt=sentence,
            config=score_charts.CONFIG,
            key="reweighted",
        )
    with st.container(horizontal=True):
        csv_button(f"{asset}_reweighted_{screen.start}_{as_of}", reweighting.band.reset_index, "CSV: gap and band")
        csv_button(
            f"{asset}_without_{as_of}",
            lambda: reweighting.without.rename_axis("component").reset_index(),
            "CSV: each part left out",
        )
        figure_menu(screen, "chart/weights", sentences.with_titles(reweighting.sentence), sentence)
    _controls(screen.scores)


def _controls(scores: Scores) -> None:
    st.subheader("What if other weights were right?", anchor=False)
    with st.container(horizontal=True):
        for name, weights in PRESETS.items():
            st.button(name, key=f"preset-{name}", on_click=set_weights, args=(weights,))
    if refused := st.session_state.pop("refused", None):
        st.warning(refused)
    for axis in AXES:
        st.markdown(f"**{axis.capitalize()}**")
        for part in registry():
            if part.axis == axis:
                _control(part, scores)


def _control(part: Component, scores: Scores) -> None:
    """Draw a slider and a field for one weight; each follows the other."""
    weight = float(scores.weights[part.name])
    idle = unranked(scores).get(part.name) == NOT_APPLYING
    typed, slid = weight_key(part.name), f"slide-{part.name}"
    st.session_state.setdefault(typed, weight)
    st.session_state[slid] = st.session_state[typed]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider(
            f"{part.title} (does not apply to {scores.asset})" if idle else part.title,
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
    """Take over the controls, or show why not and restore the weights before."""
    try:
        st.session_state["weights"] = canonical(
            {part.name: st.session_state[weight_key(part.name)] for part in registry()}
        )
        st.session_state.pop("refused", None)
    except SelectionError as error:
        set_weights(st.session_state["weights"])
        st.session_state["refused"] = f"{str(error)[:1].upper()}{str(error)[1:]}. The earlier weights are kept."


VIEW = View("Weights", order=60, tab="More", render=render)
