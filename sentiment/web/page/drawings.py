"""Charts that are drawn once for equal rows and shared between viewers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import streamlit as st

from sentiment.charts import compare_charts, component_charts, figures, quadrant_chart, score_charts
from sentiment.errors import BarsError, InputError
from sentiment.frames import day
from sentiment.market import assets, history
from sentiment.scoring.score import unranked
from sentiment.tables import export
from sentiment.tables.records.compare import compare_table, compared
from sentiment.tables.records.components import components_table
from sentiment.validation.signals import SIGNALS
from sentiment.web.page.screen import Screen, ScreenKey, beside, load_scores

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Drawing(NamedTuple):
    """A chart, the sentence that says what it shows, and its rows; read-only."""

    figure: figures.Figure
    sentence: str
    rows: pd.DataFrame


@cache
def cached(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return a function that computes each result once for all viewers; results are read-only."""
    cached_function: Callable[Parameters, Result] = st.cache_resource(max_entries=24, show_spinner=False)(function)
    return cached_function


@cache
def cached_chart(chart: Callable[Parameters, Any]) -> Callable[Parameters, figures.Figure]:
    """Return a function that draws a chart once for equal rows: comparing rows takes a tenth of the time of drawing."""
    return cached(figures.cached_output(chart))


class Days(NamedTuple):
    """The days of a chart over time: from the first one on, and of these the first and the last in sight, if not all are."""

    first: date
    zoom: tuple[date, date] | None = None


@st.cache_resource(max_entries=24, show_spinner=False)
def timeline(key: ScreenKey, days: Days, marks: pd.DataFrame, *, log: bool, price: bool = True) -> Drawing:
    """Draw price, fear and fundamentals; without `price` the scores alone.

    `marks` are the notes to mark; they are no part of the screen's key, because they may name other assets.
    """
    rows = load_scores(key)[1].axes.loc[day(days.first) :]
    rows = rows if price else rows.assign(close=float("nan"))
    marks = marks[marks["date"] >= rows.index[0]]
    figure = score_charts.timeline(rows, marks, assets.asset(key.asset, key.known_at).unit, log=log, zoom=days.zoom)
    seen = score_charts.in_sight(rows, days.zoom)
    if days.zoom:
        marks = marks[marks["date"].between(day(days.zoom[0]), day(days.zoom[1]))]
    return Drawing(figures.cached(figure), score_charts.timeline_text(seen, marks), rows)


def comparable(screen: Screen) -> tuple[tuple[ScreenKey, ...], list[InputError | BarsError]]:
    """Return the key of each asset to compare that has prices by the day shown, and why others are left out."""
    keys: list[ScreenKey] = []
    without: list[InputError | BarsError] = []
    for symbol in compared(screen.selection):
        if symbol == screen.key.asset:
            keys.append(screen.key)
            continue
        try:
            keys.append(beside(screen.key, symbol, history.day_by(symbol, screen.as_of, screen.key.known_at)))
        except (InputError, BarsError) as error:
            without.append(error)
    return tuple(keys), without


def others(screen: Screen) -> dict[str, tuple[str, pd.Series]]:
    """Return the indices beside which fear is set, on its scale, each with its title."""
    return {
        "alternative": ("100 − alternative.me", 100 - SIGNALS["Alternative.me"].values(screen.inputs, screen.scores)),
        "vix": ("VIX rank", screen.scores.rank["equity_fear"]),
    }


@st.cache_resource(max_entries=16, show_spinner=False)
def comparison(keys: tuple[ScreenKey, ...], start: date, *, log: bool) -> Drawing:
    """Draw assets beside each other from `start` on."""
    rows = export.between(compare_table([load_scores(key)[1] for key in keys], start), start)
    units = {key.asset: assets.asset(key.asset, key.known_at).unit for key in keys}
    figure = compare_charts.compare(rows, tuple(units), units, log=log)
    return Drawing(figures.cached(figure), compare_charts.compare_text(rows), rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def quadrant(key: ScreenKey) -> Drawing:
    """Draw fear against fundamentals over the last days."""
    rows = quadrant_chart.trail(load_scores(key)[1].axes)
    return Drawing(figures.cached(quadrant_chart.quadrant(rows)), quadrant_chart.quadrant_text(rows), rows)


@st.cache_resource(max_entries=32, show_spinner=False)
def parts(key: ScreenKey, axis: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the rows of an axis's components on the day shown, and why each component without a rank has none."""
    scores = load_scores(key)[1]
    table = components_table(scores, key.as_of)
    return table[table["axis"] == axis], unranked(scores)


@st.cache_resource(max_entries=32, show_spinner=False)
def contributions(key: ScreenKey, axis: str, *, brief: bool = False) -> Drawing:
    """Draw the contribution of each component to an axis on the day shown; if `brief`, without their raw values."""
    rows, without_rank = parts(key, axis)
    return Drawing(
        figures.cached(component_charts.contributions(rows, axis, without_rank, brief=brief)),
        component_charts.contributions_text(rows, axis, without_rank),
        rows,
    )
