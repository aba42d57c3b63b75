"""Evidence: whether such readings were worth anything."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from sentiment.charts import evidence_charts, score_charts
from sentiment.formatting import number
from sentiment.frames import day
from sentiment.scoring.components import registry
from sentiment.tables import chart_tables, export
from sentiment.validation.comparison import compare
from sentiment.validation.event_study import event_paths, return_slope
from sentiment.validation.signals import SIGNALS
from sentiment.validation.verdict import RULE, assess
from sentiment.web import links
from sentiment.web.views import csv_button, drawn, judged, judged_eras, once, shown

if TYPE_CHECKING:
    from sentiment.models import Inputs, Selection
    from sentiment.scoring.score import Scores
    from sentiment.validation.comparison import Comparison
    from sentiment.validation.signals import Evaluation


def render(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    """Draw the view."""
    as_of = scored.axes.index[-1].date()
    found = judged(shown(selection), selection.series)
    name = f"{selection.asset}_{{}}-{selection.series.lower()}_{as_of}"
    _verdict(found, selection.horizon)
    _excess(found, selection, name)
    if not found.table.empty:
        _table(found, selection.horizon)
        _paths(inputs, found, selection.horizon, name)
        _eras(selection, name)
        _slope(inputs, found, selection.horizon, name)
    _compare(selection, inputs, scored)


def _verdict(found: Evaluation, horizon: int) -> None:
    st.subheader("Were such readings worth anything?", anchor=False)
    st.markdown(f"**{found.verdict.sentence}**")
    own = assess(found.table[found.table["horizon"] == horizon])
    if own.sentence != found.verdict.sentence:
        st.markdown(f"At {horizon} days alone: {own.sentence}")
    st.caption(f"The rule: {RULE} Judged: {found.title}; only returns that were complete on the day shown count.")


def _excess(found: Evaluation, selection: Selection, name: str) -> None:
    if found.table.empty:
        st.info("No day has a reading yet.")
        return
    said = evidence_charts.excess_text(found.table)
    st.caption(said)
    st.plotly_chart(
        drawn(evidence_charts.excess)(found.table, "horizon"), alt=said, config=score_charts.CONFIG, key="excess"
    )
    csv_button(name.format("evidence"), partial(export.table, "evidence", selection), "CSV: evidence")


def _table(found: Evaluation, horizon: int) -> None:
    rows = found.table[found.table["horizon"] == horizon]
    shown = pd.DataFrame(
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
    means = ", ".join(f"{label} {mean}" for label, mean in zip(shown["Reading"], shown["Mean"], strict=True))
    st.dataframe(shown[_ORDER], hide_index=True, alt=f"Mean return over {horizon} days after each reading: {means}.")


_RETURNS = {
    "Mean": "mean",
    "Median": "median",
    "Excess": "excess",
    "from": "lower",
    "to": "upper",
    "Typical fall": "worst_median",
    "Worst fall": "worst",
}
_SHARES = {"Hit rate": "hit_rate", "Base rate": "base_rate"}
_ORDER = [
    *("Reading", "Days", "Episodes", "Mean", "Median", "Hit rate", "Base rate"),
    *("Excess", "from", "to", "Typical fall", "Worst fall"),
]


def _paths(inputs: Inputs, found: Evaluation, horizon: int, name: str) -> None:
    st.subheader("What happened after each entry?", anchor=False)
    st.caption(
        "Every path faint, the median strong, the middle half shaded. Entries closer together than the horizon count once."
    )
    labels = list(dict.fromkeys(found.table["label"]))
    followed = {label: once(event_paths)(inputs.closes, found.labels, label, horizon) for label in labels}
    panels = st.grid(3, min_column_width=300)
    for label, one in followed.items():
        with panels.container():
            said = evidence_charts.event_study_text(one, label)
            st.caption(said)
            if one.each.shape[1]:
                figure = drawn(evidence_charts.event_study)(one, label)
                st.plotly_chart(figure, alt=said.replace("*", ""), config=score_charts.CONFIG, key=f"paths-{label}")
    csv_button(name.format("paths"), lambda: chart_tables.paths(followed), "CSV: paths")


def _eras(selection: Selection, name: str) -> None:
    table = judged_eras(shown(selection), selection.series, selection.horizon)
    st.subheader("Did it hold in every era?", anchor=False)
    said = (
        f"{selection.horizon} days ahead, between bitcoin's halvings, each era against its own mean. "
        f"{evidence_charts.excess_text(table)}"
    )
    st.caption(said)
    st.plotly_chart(drawn(evidence_charts.excess)(table, "era"), alt=said, config=score_charts.CONFIG, key="eras")
    csv_button(name.format("eras"), lambda: table, "CSV: eras")


def _slope(inputs: Inputs, found: Evaluation, horizon: int, name: str) -> None:
    table = once(return_slope)(inputs.closes, found.score, horizon).rename_axis("estimate").reset_index()
    st.subheader("How sure can a trend line be?", anchor=False)
    naive, robust = table["standard_error"].iloc[:2]
    if pd.isna(robust):
        st.caption(f"Too few days with a complete window of {horizon} days for a slope.")
        return
    said = (
        f"Forward return over {horizon} days per 10 points of score. Neighbouring windows share {horizon - 1} of {horizon} "
        f"days; counting every day as independent gives an error {number(robust / naive, '.1f')} times too small."
    )
    st.caption(said)
    rows = {
        "Estimate": table["estimate"],
        **{
            title: table[column].map(lambda value: number(10 * value, "+.2%"))
            for title, column in (("Slope", "slope"), ("from", "lower"), ("to", "upper"))
        },
        "Observations": table["observations"].map("{:,}".format),
    }
    st.table(pd.DataFrame(rows), hide_index=True, alt=said)
    csv_button(name.format("slope"), lambda: table, "CSV: slope")


def _compare(selection: Selection, inputs: Inputs, scored: Scores) -> None:
    st.subheader("Is our fear anything new?", anchor=False)
    st.caption(
        "Each is known at the end of its day; alternative.me's value of a day reacts to the return of the day before, and is "
        "about bitcoin, whatever the asset."
    )
    others = {
        "100 − alternative.me": 100 - SIGNALS["Alternative.me"].values(inputs, scored),
        "VIX rank": scored.rank["equity_fear"],
    }
    for (title, other), key in zip(others.items(), ("alternative", "vix"), strict=True):
        found = once(compare)(scored.axes["fear"], other)
        said = evidence_charts.comparison_text(found, title)
        st.markdown(f"**Fear beside {title}**")
        st.caption(said)
        if not found.disagreements.empty:
            _beside(selection, scored, found, other, (title, key))


def _beside(selection: Selection, scored: Scores, found: Comparison, other: pd.Series, named: tuple[str, str]) -> None:
    title, key = named
    said = evidence_charts.comparison_text(found, title)
    as_of = scored.axes.index[-1].date()
    both = pd.DataFrame({"fear": scored.axes["fear"], "other": other}).loc[day(links.start_of(selection, as_of)) :]
    left, right = st.columns([2, 1], gap="large")
    with left:
        st.plotly_chart(
            drawn(evidence_charts.two_series)(both, title), alt=said, config=score_charts.CONFIG, key=f"beside-{key}"
        )
        csv_button(f"{selection.asset}_beside-{key}_{as_of}", both.reset_index, "CSV: both series")
    with right:
        figure = drawn(evidence_charts.lead_lag)(found)
        st.plotly_chart(
            figure, alt=evidence_charts.lead_lag_text(found, title), config=score_charts.CONFIG, key=f"lead-{key}"
        )
        csv_button(
            f"{selection.asset}_lead-{key}_{as_of}",
            lambda: found.lead_lag.rename("correlation").reset_index(),
            "CSV: lead and lag",
        )
    st.caption("The days farthest apart, and the parts of fear that say most of it (points of the difference).")
    table = chart_tables.disagreements(found, scored)
    st.dataframe(_said(table), hide_index=True, alt=evidence_charts.apart_text(found))
    csv_button(f"{selection.asset}_apart-{key}_{as_of}", lambda: table, "CSV: disagreements")


def _said(table: pd.DataFrame) -> pd.DataFrame:
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
