"""The views of the dashboard, one a file; this file has what they share: the scored asset and the CSV button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from sentiment import export, market
from sentiment.components import registry
from sentiment.frames import day
from sentiment.judgement import Judgement, eras, judge
from sentiment.models import Inputs, Weights  # noqa: TC001 - the cache reads it at run time
from sentiment.reweighting import Reweighting, reweighting
from sentiment.score import Scores, score

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd


@st.cache_resource(max_entries=64, show_spinner=False)
def load(asset: str, as_of: date, weights: Weights = ()) -> tuple[Inputs, Scores]:
    """Everything known of an asset at the end of a day, and its scores; shared between viewers, so read-only."""
    inputs = market.inputs(asset, as_of)
    return inputs, score(inputs, dict(weights))


@st.cache_resource(max_entries=64, show_spinner=False)
def judged(asset: str, as_of: date, series: str, weights: Weights = ()) -> Judgement:
    """Judge what a reading was worth, as known at the end of a day; shared between viewers, so read-only."""
    return judge(*load(asset, as_of, weights), series)


@st.cache_resource(max_entries=64, show_spinner=False)
def judged_eras(asset: str, as_of: date, series: str, horizon: int, weights: Weights = ()) -> pd.DataFrame:
    """Give the same by halving eras at one horizon."""
    return eras(load(asset, as_of)[0], judged(asset, as_of, series, weights), horizon)


@st.cache_resource(max_entries=64, show_spinner=False)
def reweighted(asset: str, as_of: date, start: date, weights: Weights) -> Reweighting:
    """Redraw the weights around the chosen ones, from `start` to `as_of`; shared between viewers, so read-only."""
    scored = load(asset, as_of, weights)[1]
    axes = {part.name: part.axis for part in registry()}
    return reweighting(scored.rank.loc[day(start) :], scored.weights, axes)


def csv_button(name: str, table: Callable[[], pd.DataFrame], label: str = "CSV") -> None:
    """Offer the rows of a chart as CSV, written when it is clicked."""
    st.download_button(
        label,
        data=lambda: export.to_csv(table()).encode(),
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=f"csv-{name.split('_')[1]}",
        help="Exactly the rows of this chart.",
    )
