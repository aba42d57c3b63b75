"""Weights that the viewer chose in place of the standard ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from sentiment.scoring.components import registry
from sentiment.scoring.weights import format_weights

if TYPE_CHECKING:
    from sentiment.models import Weights


def show_weights(chosen: Weights) -> None:
    """Show, on every view, that the weights are not the standard ones."""
    if not chosen:
        return
    weights = format_weights(chosen).replace(":", " ").replace(",", ", ").replace("_", " ")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"With your own weights: {weights}.")
        st.button("Standard weights", on_click=set_weights, args=((),), type="tertiary", icon=":material/restart_alt:")


def set_weights(weights: Weights) -> None:
    """Choose a set of weights; the controls of the Weights view follow."""
    st.session_state["weights"] = weights
    chosen = dict(weights)
    for part in registry():
        st.session_state[weight_key(part.name)] = float(chosen.get(part.name, part.weight))
    st.session_state.pop("refused", None)


def weight_key(component: str) -> str:
    """Return the key of the control of a component's weight."""
    return f"weight-{component}"
