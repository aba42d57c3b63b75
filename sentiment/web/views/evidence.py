"""Evidence: what returns followed such readings."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment.charts import evidence_charts, score_charts
from sentiment.formatting import number
from sentiment.frames import day
from sentiment.market import terms
from sentiment.models import Selection
from sentiment.scoring.components import registry
from sentiment.scoring.persistence import persistence_text
from sentiment.tables import chart_tables, withholding
from sentiment.validation.comparison import compare
from sentiment.validation.event_study import event_paths, return_slope
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import signal_names
from sentiment.validation.verdict import RULE, assess
from sentiment.web.page.drawings import cached, cached_chart, others, quadrant
from sentiment.web.page.figure_menu import figure_menu
from sentiment.web.page.screen import judgement, judgement_by_era, load_scores_without_notes
from sentiment.web.page.table_files import TableFile, table_buttons
from sentiment.web.page.widgets import csv_button, folded
from sentiment.web.views import View

if TYPE_CHECKING:
    from sentiment.scoring.inputs import Inputs
    from sentiment.validation.comparison import Comparison
    from sentiment.validation.signals import Evaluation
    from sentiment.web.page.screen import Screen


def choose(selection: Selection) -> Selection:
    """Ask which series is judged, and over which horizon."""
    default = Selection()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        series = st.selectbox(
            "Series",
            signal_names(),
            index=signal_names().index(default.series),
            key="series",
            persist_state="session",
            width=150,
        )
        horizon = st.segmented_control(
            "Horizon, days", HORIZONS, default=default.horizon, required=True, key="horizon", persist_state="session"
        )
    return replace(selection, series=series, horizon=horizon or default.horizon)


def render(screen: Screen) -> None:
    """Draw the view."""
    series, horizon = screen.selection.series, screen.selection.horizon
    judged = judgement(screen.key, series)
    name = f"{screen.key.asset}_{{}}-{series.lower()}_{screen.as_of}"
    _verdict(judged, horizon)
    _excess(judged, screen, name)
    if not judged.table.empty:
        folded("What is the rule?", lambda: _say(f"{RULE}"))
        folded("What are the figures?", lambda: _table(judged, horizon))
        folded("What happened after each entry?", lambda: _paths(screen, judged, name))
        folded("Did it hold in every era?", lambda: _eras(judgement_by_era(screen.key, series), screen, name))
        folded("How sure can a trend line be?", lambda: _slope(screen.inputs, judged, horizon, name))
    if text := persistence_text(load_scores_without_notes(screen.key).axes):
        folded("How long do regimes last?", lambda: _say(text))
    folded("Where is the market now?", lambda: _quadrant(screen))
    folded("Does our fear say anything that other indices don't?", lambda: _compare(screen))


def _verdict(judged: Evaluation, horizon: int) -> None:
    st.subheader("Were such readings worth anything?", anchor=False)
    st.markdown(f"**{judged.verdict.sentence}**")
    own = assess(judged.table[judged.table["horizon"] == horizon])
    if own.sentence != judged.verdict.sentence:
        st.markdown(f"At {horizon} days alone: {own.sentence[0].lower()}{own.sentence[1:]}")
    st.caption(
        f"Judged: {judged.title}. The scores leave out research notes, so that no note can move the evidence about itself, and only "
        "returns that were complete on the day shown count."
    )


def _say(text: str) -> None:
    st.markdown(text)


def _quadrant(screen: Screen) -> None:
    drawing = quadrant(screen.key)
    st.caption(drawing.sentence)
    if drawing.rows.empty:
        return
    st.plotly_chart(drawing.figure, alt=drawing.sentence, config=score_charts.CONFIG, key="quadrant")
    withheld = partial(withholding.of_table, "scores", screen.selection)
    with st.container(horizontal=True):
        csv_button(
            f"{screen.key.asset}_trail_{screen.key.as_of}", drawing.rows.reset_index, "CSV: path", withheld=withheld
        )
        figure_menu(screen, "chart/quadrant", drawing.sentence)


def _excess(judged: Evaluation, screen: Screen, name: str) -> None:
    if judged.table.empty:
        return
    sentence = evidence_charts.excess_text(judged.table)
    st.caption(sentence)
    st.plotly_chart(
        cached_chart(evidence_charts.excess)(judged.table, "horizon"),
        alt=sentence,
        config=score_charts.CONFIG,
        key="excess",
    )
    with st.container(horizontal=True):
        table_buttons(TableFile(name.format("evidence"), "evidence", "evidence", screen.selection))
        figure_menu(screen, "chart/evidence", judged.verdict.sentence, sentence)


def _table(judged: Evaluation, horizon: int) -> None:
    rows = judged.table[judged.table["horizon"] == horizon].set_index("label", drop=False)
    rows = rows.loc[evidence_charts.in_order(rows["label"])]
    cells = pd.DataFrame(
        {
            "Reading": rows["label"],
            "Days": rows["days"].map("{:,}".format),
            "Episodes": rows["episodes"].astype(str),
            **{title: rows[column].map(lambda value: number(value, "+.1%")) for title, column in _RETURNS.items()},
            **{title: rows[column].map(lambda value: number(value, ".0%")) for title, column in _SHARES.items()},
        }
    )
    st.caption(
        f"{horizon} days ahead. Days overlap and are not independent: episodes are what counts. Excess: mean less the mean of "
        "all days. Worst fall: the lowest close within the horizon, typical (median) and worst of all."
    )
    means = ", ".join(f"{label} {mean}" for label, mean in zip(cells["Reading"], cells["Mean"], strict=True))
    st.dataframe(cells[_ORDER], hide_index=True, alt=f"Mean return over {horizon} days after each reading: {means}.")


_RETURNS = {
    "Mean": "mean",
    "Median": "median",
    "Excess": "excess",
    "95% from": "lower",
    "95% to": "upper",
    "Typical fall": "worst_median",
    "Worst fall": "worst",
}
_SHARES = {"Hit rate": "hit_rate", "Base rate": "base_rate"}
_ORDER = [
    *("Reading", "Days", "Episodes", "Mean", "Median", "Hit rate", "Base rate"),
    *("Excess", "95% from", "95% to", "Typical fall", "Worst fall"),
]


def _paths(screen: Screen, judged: Evaluation, name: str) -> None:
    horizon = screen.selection.horizon
    st.caption(
        "Every path faint, the median strong, the middle half shaded. Entries closer together than the horizon count once."
    )
    labels = evidence_charts.in_order(judged.table["label"])
    studies = {label: cached(event_paths)(screen.inputs.closes, judged.labels, label, horizon) for label in labels}
    panels = st.grid(3, min_column_width=300)
    for label, study in studies.items():
        with panels.container():
            sentence = evidence_charts.event_study_text(study, label)
            st.caption(sentence)
            if study.each.shape[1]:
                figure = cached_chart(evidence_charts.event_study)(study, label)
                st.plotly_chart(figure, alt=sentence.replace("*", ""), config=score_charts.CONFIG, key=f"paths-{label}")
    said = " ".join(evidence_charts.event_study_text(study, label) for label, study in studies.items())
    with st.container(horizontal=True):
        csv_button(
            name.format("paths"),
            lambda: chart_tables.paths(studies),
            "CSV: paths",
            forbidden=terms.reserved(
                [screen.key.asset], screen.key.known_at
            ),  # closes again, over the first of each path
        )
        figure_menu(screen, "chart/paths", said)


def _eras(eras: pd.DataFrame, screen: Screen, name: str) -> None:
    horizon = screen.selection.horizon
    table = eras[eras["horizon"] == horizon].reset_index(drop=True)
    sentence = evidence_charts.eras_text(table, horizon)
    st.caption(sentence)
    st.plotly_chart(
        cached_chart(evidence_charts.excess)(table, "era"), alt=sentence, config=score_charts.CONFIG, key="eras"
    )
    with st.container(horizontal=True):
        csv_button(name.format("eras"), lambda: table, "CSV: eras")
        figure_menu(screen, "chart/eras", evidence_charts.eras_finding(table, horizon), sentence)


_ESTIMATES = {
    "naive": "every day counted as independent",
    "all turns": "days rotated",
    "non-overlapping": "windows that do not overlap",
}


def _slope(inputs: Inputs, judged: Evaluation, horizon: int, name: str) -> None:
    table = cached(return_slope)(inputs.closes, judged.score, horizon).rename_axis("estimate").reset_index()
    naive, robust = table["standard_error"].iloc[:2]
    if pd.isna(robust):
        st.caption(f"Too few days with a complete window of {horizon} days for a slope.")
        return
    if not naive:
        st.caption(f"Every return over {horizon} days was the same: there is no slope to measure.")
        return
    sentence = (
        f"Forward return over {horizon} days per 10 points of score. Neighbouring windows share {horizon - 1} of {horizon} "
        f"days; counting every day as independent gives an error {number(robust / naive, '.1f')} times too small. The second "
        "interval comes from the slopes that the score has when its days are rotated, as Method explains."
    )
    st.caption(sentence)
    rows = {
        "Estimate": table["estimate"].replace(_ESTIMATES),
        **{
            title: table[column].map(lambda value: number(10 * value, "+.2%"))
            for title, column in (("Slope", "slope"), ("95% from", "lower"), ("95% to", "upper"))
        },
        "Observations": table["observations"].map("{:,}".format),
    }
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=sentence)
    csv_button(name.format("slope"), lambda: table, "CSV: slope")


def _compare(screen: Screen) -> None:
    st.caption(
        "Each is known at the end of its day. alternative.me's value of a day reacts to the return of the day before, and is "
        "about bitcoin, whatever the asset; it grows with greed, so 100 less its value is compared."
    )
    for key, (title, other) in others(screen).items():
        comparison = cached(compare)(screen.scores.axes["fear"], other)
        sentence = evidence_charts.comparison_text(comparison, title)
        st.markdown(f"**Fear beside {title}**")
        st.caption(sentence)
        if not comparison.disagreements.empty:
            _beside(screen, comparison, other, sentence, (title, key))


def _beside(
    screen: Screen, comparison: Comparison, other: pd.Series, sentence: str, title_and_key: tuple[str, str]
) -> None:
    title, key = title_and_key
    both = pd.DataFrame({"fear": screen.scores.axes["fear"], "other": other}).loc[day(screen.start) :]
    sessions = both.reindex(both.index.intersection(screen.scores.axes.index))  # the other has weekends too
    left, right = st.columns([2, 1], gap="large")
    with left:
        st.plotly_chart(
            cached_chart(evidence_charts.two_series)(sessions, title),
            alt=sentence,
            config=score_charts.CONFIG,
            key=f"beside-{key}",
        )
        with st.container(horizontal=True):
            csv_button(f"{screen.key.asset}_beside-{key}_{screen.as_of}", both.reset_index, "CSV: both series")
            figure_menu(screen, f"chart/beside-{key}", sentence)
    with right:
        figure = cached_chart(evidence_charts.lead_lag)(comparison)
        st.plotly_chart(
            figure, alt=evidence_charts.lead_lag_text(comparison, title), config=score_charts.CONFIG, key=f"lead-{key}"
        )
        csv_button(
            f"{screen.key.asset}_lead-{key}_{screen.as_of}",
            lambda: comparison.lead_lag.rename("correlation").reset_index(),
            "CSV: lead and lag",
        )
    st.caption("The days farthest apart, and the parts of fear that explain most of it (points of the difference).")
    table = chart_tables.disagreements(comparison, screen.scores)
    st.dataframe(_with_reasons(table), hide_index=True, alt=evidence_charts.apart_text(comparison))
    csv_button(f"{screen.key.asset}_apart-{key}_{screen.as_of}", lambda: table, "CSV: disagreements")


def _with_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """Write the disagreements as words, each with the two components that say most of it."""
    titles = {part.name: part.title.lower() for part in registry() if part.axis == "fear"}
    points = table[list(titles)].mul(table["difference"].map(lambda value: 1 if value > 0 else -1), axis=0)
    most = [row.dropna().nlargest(2).index for _, row in points.iterrows()]
    why = [
        ", ".join(f"{titles[name]} {number(row[name], '+.0f')}" for name in names)
        for names, row in zip(most, table.to_dict("records"), strict=True)
    ]
    figures = {title: table[column].map(number) for title, column in (("Fear", "fear"), ("Other", "other"))}
    difference = table["difference"].map(lambda value: number(value, "+.0f"))
    return pd.DataFrame({"Day": table["date"].dt.date, **figures, "Difference": difference, "Most of it": why})


VIEW = View("Evidence", order=50, tab="Evidence", render=render, choose=choose)
