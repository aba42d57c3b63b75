"""The sections of a report: results as words, rows and charts, which the templates lay out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from sentiment.charts import component_charts, evidence_charts, offline, quadrant_chart, score_charts
from sentiment.formatting import UNKNOWN, number, plain_day
from sentiment.frames import CARRY_DAYS, day
from sentiment.market import history
from sentiment.models import AXES, METHOD, Axis, Selection
from sentiment.scoring import weights
from sentiment.scoring.components import registry
from sentiment.scoring.measures import MIN_OBSERVATIONS, WINDOW
from sentiment.scoring.score import headline, shown_gap, unranked
from sentiment.tables import note_tables, withholding
from sentiment.tables.records.components import components_table
from sentiment.tables.records.publishers import publishers_table
from sentiment.tables.records.sources import sources_table
from sentiment.validation import track_record, verdict
from sentiment.web import links, sentences
from sentiment.web.report import notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sentiment.models import Note
    from sentiment.scoring.components import Component
    from sentiment.web.report.data import ReportData

    Context: TypeAlias = Mapping[str, object]

_DAYS_AGO = (0, 7, 30, 90, 365)


def opening(data: ReportData) -> Context:
    """Return the title, the answer and its figures."""
    last = data.scored.axes.iloc[-1]
    return {
        "asset": data.asset,
        "day": plain_day(data.as_of),
        "headline": headline(
            data.scored, data.asset, history.stale_days(data.selection.asset, data.as_of, data.known_at)
        ),
        "justified": number(last["justified"]),
        "worth": verdict.summarize(data.judged.table, last["regime"], data.selection.horizon),
        "axes": [
            {
                "name": axis,
                "value": number(last[axis]),
                "is_known": pd.notna(last[axis]),
                "coverage": f"{last[f'{axis}_coverage']:.0%}",
            }
            for axis in AXES
        ],
        "gap": shown_gap(last) if pd.notna(last["regime"]) else UNKNOWN,
        "regime": str(last["regime"]).capitalize() if pd.notna(last["regime"]) else UNKNOWN,
        "since": sentences.regime_since(data.scored.axes["regime"]),
        "weights": _weights(data),
        "missing": sentences.missing_parts(data.scored),
        "withheld": withholding.sentence(data.reserved) if data.reserved else "",
        "known_at": f"{plain_day(data.known_at)}, {data.known_at:%H:%M:%S} UTC",
    }


def timeline(data: ReportData) -> Context:
    """Return the chart of price and scores over the selected range."""
    selection = data.selection
    axes = data.scored.axes.loc[day(links.start_of(selection, data.as_of)) :]
    marks = note_tables.marks(data.inputs.notes, data.as_of, data.known_at)
    marks = marks[marks["date"] >= axes.index[0]]
    figure = score_charts.timeline(axes, marks, data.asset.unit, log=selection.log)
    return _chart("timeline", figure, score_charts.timeline_text(axes, marks))


def quadrant(data: ReportData) -> Context:
    """Return the quadrant and the figures of the last day and of some before; no chart without both axes."""
    axes = data.scored.axes
    moments = [axes.index[-1] - timedelta(days=days) for days in _DAYS_AGO]
    caption = quadrant_chart.quadrant_text(axes)
    return {
        "caption": caption,
        "chart": None
        if quadrant_chart.trail(axes).empty
        else _chart("quadrant", quadrant_chart.quadrant(axes), caption),
        "rule": sentences.REGIME_RULE,
        "rows": [_figures(data, rows.index[-1], rows.iloc[-1]) for moment in moments if len(rows := axes.loc[:moment])],
    }


def _figures(data: ReportData, moment: date, row: pd.Series) -> dict[str, str]:
    return {
        "Day": plain_day(moment),
        **(
            {f"Close, {data.asset.unit}": number(row["close"], ",.6g")}
            if data.selection.asset not in data.reserved
            else {}
        ),
        "Fear": number(row["fear"]),
        "Fundamentals justify": number(row["justified"]),
        "Gap": shown_gap(row),
        "Regime": row["regime"] if pd.notna(row["regime"]) else UNKNOWN,
    }


def parts(data: ReportData) -> Context:
    """Return the chart and the table of each axis, and what each part measures."""
    last = components_table(data.scored, data.as_of)
    rows = {axis: last[last["axis"] == axis] for axis in AXES}
    return {
        "charts": [
            _chart(
                f"parts-{axis}",
                component_charts.contributions(rows[axis], axis, unranked(data.scored), brief=True),
                component_charts.contributions_text(rows[axis], axis, unranked(data.scored)),
            )
            for axis in AXES
        ],
        "tables": [_parts_table(data, axis) for axis in AXES],
        "components": registry(),
    }


def _parts_table(data: ReportData, axis: Axis) -> Context:
    components = [part for part in registry() if part.axis == axis]
    return {
        "axis": axis.capitalize(),
        "total": "no points" if pd.isna(total := data.scored.axes[axis].iloc[-1]) else f"{number(total, '.1f')} points",
        "scaled": any(part.scale is not None for part in components),
        "rows": [_part(data, part) for part in components],
    }


def _part(data: ReportData, part: Component) -> dict[str, str]:
    raw, rank = data.scored.raw[part.name].iloc[-1], data.scored.rank[part.name].iloc[-1]
    shown = "not passed on" if data.parts_reserved else part.show(raw)
    return {
        "Part": part.title,
        "Raw value": shown if pd.notna(raw) else unranked(data.scored)[part.name],
        "Rank": _rank(data, part, rank) if pd.notna(raw) else UNKNOWN,
        "Weight": f"{data.scored.applying[part.name]:g}",
        "Points": number(data.scored.contribution[part.name].iloc[-1], ".1f"),
    }


def _rank(data: ReportData, part: Component, rank: float) -> str:
    return unranked(data.scored)[part.name] if pd.isna(rank) else f"{rank:.1f}{'' if part.scale is None else '*'}"


def research(data: ReportData) -> Context:
    """Return the publishers' records and every note, the latest first."""
    notes_about = data.inputs.notes
    if not notes_about:
        return {"symbol": data.selection.asset, "day": plain_day(data.as_of), "entries": []}

    def about(every: Iterable[Note]) -> list[Note]:
        return [note for note in every if note.day <= data.as_of and data.selection.asset in note.assets]

    records = publishers_table(data.as_of, data.known_at, about)
    callers = records[records["calls"] + records["hindsight"] > 0]
    # The summary already has all of a single publisher without a graded call.
    listed = len(callers) > 1 or (callers["hits"] + callers["misses"]).sum() > 0
    calls = note_tables.standing(notes_about, data.as_of, data.known_at)
    return {
        "summary": f"{track_record.summarize(records)} {sentences.left_out(data.inputs)}".strip(),
        "records": [track_record.describe(row) for row in callers.to_dict("records")] if listed else [],
        "entries": [
            notes.context(note, calls[note.id], data.known_at, data.reserved) for note in reversed(notes_about)
        ],
    }


def evidence(data: ReportData) -> Context:
    """Return the verdict and the forward returns behind it."""
    table = data.judged.table
    if table.empty:
        return {"verdict": data.judged.verdict.sentence, "rows": []}
    return {
        "verdict": data.judged.verdict.sentence,
        "chart": _chart("evidence", evidence_charts.excess(table, "horizon"), evidence_charts.excess_text(table)),
        "rule": verdict.RULE,
        "rows": [
            {
                "Reading": row["label"],
                "Days ahead": f"{row['horizon']}",
                "Days": f"{row['days']:,}",
                "Episodes": f"{row['episodes']}",
                "Mean": number(row["mean"], "+.1%"),
                "Median": number(row["median"], "+.1%"),
                "Hit rate": number(row["hit_rate"], ".0%"),
                "Base rate": number(row["base_rate"], ".0%"),
                "Excess": number(row["excess"], "+.1%"),
                "95% interval": _interval(row["lower"], row["upper"]),
                "Allowing for all judged": _interval(row["joint_lower"], row["joint_upper"]),
            }
            for row in table.to_dict("records")
        ],
    }


def _interval(lower: float, upper: float) -> str:
    return f"{number(lower, '+.1%')} to {number(upper, '+.1%')}"


def sources(data: ReportData) -> Context:
    """Return every series behind the scores."""
    table = sources_table(data.selection.asset, data.as_of, data.known_at)
    rows = [
        {
            "Series": row["title"],
            "Symbol": row["series"],
            "Source": row["source"],
            "First bar": row["first"] if isinstance(row["first"], str) else UNKNOWN,
            "Last bar": row["last"] if isinstance(row["last"], str) else UNKNOWN,
            "Licence": row["licence"],
        }
        for row in table.to_dict("records")
    ]
    return {"rows": rows, "carry_days": CARRY_DAYS}


def method(data: ReportData) -> Context:
    """Return the constants and weights of the scores, and their limits."""
    return {
        "window": WINDOW,
        "min_observations": MIN_OBSERVATIONS,
        "method": METHOD,
        "footing": sentences.FOOTING,
        "weights": _weights(data),
        "limits": sentences.LIMITS,
        "not_advice": sentences.NOT_ADVICE,
    }


def closing(data: ReportData, base: str) -> Context:
    """Return the link back to the dashboard and the time of creation."""
    return {
        "address": links.address(base, replace(data.selection, view=Selection().view)),
        "created": data.created,
    }


def _weights(data: ReportData) -> str:
    """Return the chosen weights as words; nothing if all are the standard ones."""
    return weights.format_weights(data.selection.weights).replace(":", " ").replace(",", ", ").replace("_", " ")


def _chart(name: str, figure: offline.Figure, caption: str) -> Context:
    return {"name": name, "caption": caption, "json": offline.as_json(figure)}
