"""The views of the dashboard, one a file; this file has what they share: the scored asset, the CSV button, who may change."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - the tuple's fields
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import streamlit as st

from sentiment import files, settings
from sentiment.charts import score_charts
from sentiment.frames import day
from sentiment.market import assets, history
from sentiment.models import Inputs, Selection, Weights
from sentiment.scoring import inputs
from sentiment.scoring.components import registry
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import Scores, score
from sentiment.scoring.sensitivity import Reweighting, reweighting
from sentiment.settings import Changes
from sentiment.tables import export
from sentiment.validation.signals import Judgement, eras, judge
from sentiment.validation.verdict import brief
from sentiment.web import access, markup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from sentiment.research.text import AnnotatedText


Asked = ParamSpec("Asked")
Made = TypeVar("Made")


class Shown(NamedTuple):
    """What a screen rests on: a key for every cache. `version` makes a new entry whenever prices were saved.

    The caches are short: what rests on prices that have changed since is never asked for again, and is 3 MB a version.
    """

    asset: str
    as_of: date
    known_at: datetime | None
    version: tuple[int, ...]
    weights: Weights
    seed: int


def shown(selection: Selection) -> Shown:
    """Return what the selected screen rests on."""
    until = history.resolve_day(selection.asset, selection.as_of, selection.known_at)
    return Shown(
        selection.asset, until, selection.known_at, inputs.version(selection.asset), selection.weights, selection.seed
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def load(what: Shown) -> tuple[Inputs, Scores]:
    """Everything known of an asset at the end of a day, and its scores; shared between viewers, so read-only."""
    inputs = load_inputs(what.asset, what.as_of, what.known_at)
    return inputs, score(inputs, dict(what.weights))


@st.cache_resource(max_entries=16, show_spinner=False)
def judged(what: Shown, series: str) -> Judgement:
    """Judge what a reading was worth, as known at the end of a day; shared between viewers, so read-only."""
    return judge(*load(what), series, what.seed)


@st.cache_resource(max_entries=16, show_spinner=False)
def judged_eras(what: Shown, series: str, horizon: int) -> pd.DataFrame:
    """Give the same by halving eras at one horizon."""
    return eras(load(what)[0], judged(what, series), horizon, what.seed)


@st.cache_resource(max_entries=16, show_spinner=False)
def reweighted(what: Shown, start: date) -> Reweighting:
    """Redraw the weights around the chosen ones, from `start` on; shared between viewers, so read-only."""
    scored = load(what)[1]
    axes = {part.name: part.axis for part in registry()}
    return reweighting(scored.rank.loc[day(start) :], scored.weights, axes, seed=what.seed)


@cache
def once(make: Callable[Asked, Made]) -> Callable[Asked, Made]:
    """Let a function work its answer out once for equal arguments, whoever looks; the answers are shared, so read-only."""
    kept: Callable[Asked, Made] = st.cache_resource(max_entries=24, show_spinner=False)(make)
    return kept


@cache
def drawn(chart: Callable[Asked, Any]) -> Callable[Asked, score_charts.Finished]:
    """Let a chart be drawn once for equal rows: to compare them takes a tenth of the time that plotly takes to draw."""
    return once(score_charts.finished(chart))


class Drawn(NamedTuple):
    """A chart, the sentence that says what it shows, and its rows; shared between viewers, so read-only."""

    figure: score_charts.Finished
    said: str
    rows: pd.DataFrame


@st.cache_resource(max_entries=24, show_spinner=False)
def timeline(what: Shown, start: date, marks: pd.DataFrame, *, log: bool) -> Drawn:
    """Draw price, fear and fundamentals from `start` on; the marks of notes also rest on prices of other assets."""
    rows = load(what)[1].axes.loc[day(start) :]
    marks = marks[marks["date"] >= rows.index[0]]
    figure = score_charts.timeline(rows, marks, assets.asset(what.asset).unit, log=log)
    return Drawn(score_charts.Finished(figure), score_charts.timeline_text(rows, marks), rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def quadrant(what: Shown) -> Drawn:
    """Draw fear against fundamentals over the last days."""
    rows = score_charts.trail(load(what)[1].axes)
    return Drawn(score_charts.Finished(score_charts.quadrant(rows)), score_charts.quadrant_text(rows), rows)


@st.cache_resource(max_entries=32, show_spinner=False)
def parts(what: Shown, axis: str) -> Drawn:
    """Draw the parts of one axis on the day shown."""
    table = export.components(load(what)[1], what.as_of)
    rows = table[table["axis"] == axis]
    return Drawn(
        score_charts.Finished(score_charts.contributions(rows, axis)), score_charts.contributions_text(rows, axis), rows
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def worth(what: Shown) -> str:
    """Say in one sentence what days of the regime shown were worth so far."""
    regime = str(load(what)[1].axes["regime"].iloc[-1])
    return brief(judged(what, Selection().series).table, regime, Selection().horizon)


def csv_button(name: str, table: Callable[[], pd.DataFrame], label: str) -> None:
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


def marked_text(body: str, found: AnnotatedText, stated: float | None = None) -> None:
    """Show a text with the words that its reading rests on, and the tone that they give; a stated one counts instead."""
    st.html(files.NOTE_STYLE)
    st.html(markup.legend(found, stated))
    st.html(f'<div class="note">{markup.html(body, found.findings)}</div>')


def signer() -> str | None:
    """Return whom this viewer has signed in as, by Streamlit's login or a proxy's header; None where nobody has."""
    user: Mapping[str, object] = st.user
    if not (user.get("is_logged_in") or st.get_option("server.trustedUserHeaders")):
        return None
    return next((str(user[name]) for name in ("email", "name", "sub") if user.get(name)), None)


def may_change() -> bool:
    """Tell whether this viewer may change what all share; where not, say why, and how it may be had."""
    who, name = settings.changes(), signer()
    if who is Changes.OPEN:
        return True
    if who is Changes.SIGNED_IN and name is not None:
        _signed_in_as(name)
        return True
    if who is Changes.READ_ONLY:
        st.info("This server is set to be read only: no notes are taken and no prices fetched for its viewers.")
        return False
    st.info(
        "On this server, whoever signs in can add notes and have prices fetched. You can read everything as you are."
    )
    if access.missing():  # what exactly is the operator's business: `sentiment doctor` tells
        st.caption("Nobody can sign in yet: its operator has to set that up (docs/operations.md).")
    elif st.get_option("server.trustedUserHeaders"):
        st.caption("The proxy in front of this server did not say who you are.")
    elif st.button("Sign in", icon=":material/login:"):
        st.login()
    return False


def _signed_in_as(name: str) -> None:
    line = st.container(horizontal=True, vertical_alignment="center")
    line.caption(f"Signed in as {markup.plain(name)}. All readers of this server see what you save.", width="content")
    if st.user.get("is_logged_in") and line.button("Sign out", icon=":material/logout:", type="tertiary"):
        st.logout()
