"""What a screen shows: the selection, the day it means, and the inputs and scores that follow; cached for all viewers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime  # noqa: TC003 - the tuple's fields
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import streamlit as st

from sentiment.frames import day
from sentiment.market import history
from sentiment.models import Selection, Weights
from sentiment.research import library
from sentiment.scoring import inputs
from sentiment.scoring.components import registry
from sentiment.scoring.regimes import LAPSES_AFTER, NEAR_DAYS
from sentiment.scoring.score import Scores, score, score_without_notes
from sentiment.scoring.sensitivity import Sensitivity, weight_sensitivity
from sentiment.validation.signals import Evaluation, evaluate, evaluate_eras
from sentiment.validation.verdict import summarize
from sentiment.web import links

if TYPE_CHECKING:
    from sentiment.market.history import Provenance
    from sentiment.scoring.inputs import Inputs


class ScreenKey(NamedTuple):
    """The key of every cache: all that figures depend on. `version` changes whenever prices or notes are saved.

    The caches are small: an entry of an older version is never asked for again, and takes 3 MB.
    """

    asset: str
    as_of: date
    known_at: datetime | None
    version: tuple[int, ...]
    weights: Weights


@dataclass(frozen=True)
class Screen:
    """What a view draws. Inputs and scores are shared between viewers: read-only."""

    selection: Selection
    key: ScreenKey
    inputs: Inputs
    scores: Scores

    @property
    def as_of(self) -> date:
        """The last day shown."""
        return self.key.as_of

    @property
    def marked_until(self) -> date:
        """The last day of the notes that charts mark: the last day shown, or today if no day was chosen."""
        return library.today(self.selection.as_of, self.selection.known_at)

    @cached_property
    def provenance(self) -> Provenance:
        """Where the figures come from, and the last day of each series."""
        return history.provenance(self.key.asset, self.as_of, self.key.known_at)

    @cached_property
    def start(self) -> date:
        """The first day of the selected range, or of an earlier zoom."""
        start, zoom = links.start_of(self.selection, self.as_of), self.selection.zoom
        return start if zoom is None else min(start, max(zoom[0], history.span(self.key.asset, self.key.known_at)[0]))


def screen_key(selection: Selection) -> ScreenKey:
    """Return the cache key of a selection.

    Raises
    ------
    SelectionError
        If the asset has no prices for the day.
    """
    until = history.resolve_day(selection.asset, selection.as_of, selection.known_at)
    return ScreenKey(selection.asset, until, selection.known_at, inputs.version(selection.asset), selection.weights)


def beside(key: ScreenKey, asset: str, as_of: date) -> ScreenKey:
    """Return the key of another asset on a screen, of its own last day."""
    return key._replace(asset=asset, as_of=as_of, version=inputs.version(asset))


def load_screen(selection: Selection) -> Screen:
    """Return the screen of a selection.

    Raises
    ------
    SelectionError
        If the asset has no prices for the day.
    """
    key = screen_key(selection)
    return Screen(selection, key, *load_scores(key))


@st.cache_resource(max_entries=16, show_spinner=False)
def load_scores(key: ScreenKey) -> tuple[Inputs, Scores]:
    """Return everything known of an asset at the end of a day, and its scores; read-only."""
    known = inputs.load_inputs(key.asset, key.as_of, key.known_at)
    return known, score(known, dict(key.weights))


@st.cache_resource(max_entries=16, show_spinner=False)
def load_scores_without_notes(key: ScreenKey) -> Scores:
    """Return the scores as if no note had been written; read-only."""
    return score_without_notes(load_scores(key)[0], dict(key.weights))


@st.cache_resource(max_entries=16, show_spinner=False)
def judgement(key: ScreenKey, series: str) -> Evaluation:
    """Return the returns that followed each reading of a series; read-only."""
    return evaluate(load_scores(key)[0], load_scores_without_notes(key), series)


@st.cache_resource(max_entries=16, show_spinner=False)
def judgement_by_era(key: ScreenKey, series: str) -> pd.DataFrame:
    """Return the same for each era between halvings; read-only."""
    return evaluate_eras(load_scores(key)[0], judgement(key, series))


@st.cache_resource(max_entries=16, show_spinner=False)
def reweighted(key: ScreenKey, start: date) -> Sensitivity:
    """Return the scores under random weights around the chosen ones, from `start` on; read-only."""
    scores = load_scores(key)[1]
    axes = {part.name: part.axis for part in registry()}
    sources = {part.name: part.source_name for part in registry()}
    # A regime depends on the days before it.
    before = day(start) - pd.Timedelta(LAPSES_AFTER + NEAR_DAYS, "D")
    result = weight_sensitivity(scores.rank.loc[before:], scores.applying, axes, sources)
    return replace(result, band=result.band.loc[day(start) :])


@st.cache_resource(max_entries=16, show_spinner=False)
def verdict_in_brief(key: ScreenKey) -> str:
    """Return one sentence on the returns that followed days of the regime shown."""
    regime = load_scores(key)[1].axes["regime"].iloc[-1]
    return summarize(judgement(key, Selection().series).table, regime, Selection().horizon)
