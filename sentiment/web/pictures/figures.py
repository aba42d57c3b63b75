"""The charts of the page as pictures, from the same rows and with the same sentences."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sentiment.charts import evidence_charts, pictures, quadrant_chart, score_charts, svg, svg_marks
from sentiment.charts.colours import NEUTRAL
from sentiment.charts.figures import AXIS_COLOUR, REGIME_COLOUR
from sentiment.formatting import number, plain_day, spelled_out
from sentiment.frames import day
from sentiment.research import library
from sentiment.scoring.components import registry
from sentiment.scoring.score import NOT_APPLYING, finding, headline, unranked
from sentiment.tables import note_tables
from sentiment.tables.records.components import components_table
from sentiment.tables.records.publishers import publishers_table
from sentiment.validation import track_record
from sentiment.validation.forward_returns import MIN_EPISODES
from sentiment.web import sentences
from sentiment.web.page.screen import judgement
from sentiment.web.picture_names import FOLDER
from sentiment.web.pictures.words import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    import pandas as pd

    from sentiment.charts.svg import Box
    from sentiment.models import Axis
    from sentiment.web.pictures.words import Shown

_MOST_PUBLISHERS = 12
_COLUMNS = 2
_ROW, _TITLE, _BELOW = 52, 34, 44


def _timeline(shown: Shown) -> Drawn:
    screen, scores = shown.screen, shown.screen.scores
    axes = scores.axes.loc[day(screen.start) :]
    marks = note_tables.marks_about(screen.inputs, screen.marked_until)
    marks = marks[marks["date"] >= axes.index[0]]
    note = score_charts.timeline_text(axes, marks)
    words = shown.words(headline(scores, shown.asset), note, start=axes.index[0].date(), says=finding(scores))
    return Drawn(pictures.timeline(words, axes, marks, shown.asset.unit, log=screen.selection.log), words)


def _quadrant(shown: Shown) -> Drawn:
    path = quadrant_chart.trail(shown.screen.scores.axes)
    start = path.index[0].date() if len(path) else None
    title = quadrant_chart.quadrant_text(shown.screen.scores.axes)
    words = shown.words(title, "Hollow: the first of these days. Filled: the last.", start=start)

    def draw(box: Box) -> list[str]:
        if path.empty:
            return []
        side = box.height - 50
        square = svg.Box(box.left + (box.width - side) / 2, box.top + 30, side, side)
        return svg_marks.quadrant(path, square)

    return Drawn(pictures.chart(words, 690 if len(path) else 0, draw), words)


def _parts(axis: Axis, shown: Shown) -> Drawn:
    scores = shown.screen.scores
    table, without = components_table(scores, shown.screen.as_of), unranked(scores)
    rows = table[(table["axis"] == axis)]
    title = sentences.strongest(rows, axis).replace("**", "")
    rows = rows[rows["component"].map(without) != NOT_APPLYING]
    rows = rows.sort_values("contribution", ascending=False, na_position="last", kind="stable")
    note = f"Points of {axis} by part, before the most that its weight could add. {sentences.missing_parts(scores).replace('**', '')}"
    words = shown.words(title, note)
    weight = rows["weight"].where(rows["rank"].notna(), 0.0).sum()
    bars = [_bar(row, without, weight) for row in rows.to_dict("records")]
    drawn = partial(svg_marks.bars, bars, colour=AXIS_COLOUR[axis])
    return Drawn(pictures.chart(words, 62 * max(len(bars), 1), drawn), words)


def _bar(row: Mapping[Hashable, object], without: Mapping[str, str], weight: float) -> svg_marks.Bar:
    part = next(part for part in registry() if part.name == row["component"])
    raw, rank, own = (float(str(row[name])) for name in ("raw", "rank", "weight"))
    known = rank == rank  # noqa: PLR0124 - NaN differs from itself
    value = part.show(raw) if raw == raw else ""  # noqa: PLR0124
    place = f"{'rank' if part.scale is None else 'scaled to'} {number(rank)}" if known else without.get(part.name, "")
    details = [value, place, f"weight {own:g}{'' if known else ', left out'}"]
    most = 100 * own / weight if known and weight else 0.0
    return svg_marks.Bar(part.title, " · ".join(filter(None, details)), float(str(row["contribution"])), most)


def _evidence(shown: Shown) -> Drawn:
    judged = judgement(shown.screen.key, shown.screen.selection.series)
    known = judged.table.dropna(subset=["excess"])
    note = f"Judged: {judged.title}. {evidence_charts.excess_text(judged.table) if len(known) else ''}"
    words = shown.words(judged.verdict.sentence.replace("**", ""), note.strip())
    panels = [(f"{horizon} days", _intervals(rows)) for horizon, rows in known.groupby("horizon", sort=True)]
    return Drawn(_panels(words, panels, None), words)


def _intervals(rows: pd.DataFrame) -> list[svg_marks.Interval]:
    return [
        svg_marks.Interval(
            str(row["label"]),
            row["excess"],
            (row["lower"], row["upper"]),
            (row["joint_lower"], row["joint_upper"]),
            colour=REGIME_COLOUR.get(str(row["label"]), NEUTRAL),
            judged=row["episodes"] >= MIN_EPISODES,
        )
        for row in rows.to_dict("records")
    ]


def _track_record(shown: Shown) -> Drawn:
    screen = shown.screen
    choose = partial(library.chosen, screen.selection)
    table = publishers_table(screen.as_of, screen.key.known_at, choose)
    known = table.dropna(subset=["hit_rate"]).sort_values("independent", ascending=False, kind="stable")
    note = "Hit rate with its 95 % interval, by independent units; the black line is the base rate."
    if len(known) > _MOST_PUBLISHERS:
        note += f" The {_MOST_PUBLISHERS} of {len(known)} records with most of them."
    words = shown.words(track_record.summarize(table), note, about=f"Calls known on {plain_day(screen.as_of)}")
    rows = [
        svg_marks.Interval(
            f"{spelled_out(str(row['publisher']))}: {int(row['hits'])} hits, {int(row['misses'])} misses, {track_record.label(row)}",
            row["hit_rate"],
            (row["hit_low"], row["hit_high"]),
            (row["hit_low"], row["hit_high"]),
            judged=row["independent"] >= track_record.MIN_INDEPENDENT,
            beside=row["base_rate"],
        )
        for row in known.head(_MOST_PUBLISHERS).to_dict("records")
    ]
    return Drawn(_panels(words, [("", rows)] if rows else [], (0.0, 1.0), columns=1), words)


def _panels(
    words: pictures.Words,
    panels: Sequence[tuple[str, Sequence[svg_marks.Interval]]],
    edges: tuple[float, float] | None,
    columns: int = _COLUMNS,
) -> str:
    """Draw panels of intervals side by side, each below its title."""
    heights = [
        _TITLE + _ROW * max(len(rows) for _, rows in panels[first : first + columns]) + _BELOW
        for first in range(0, len(panels), columns)
    ]

    def draw(box: Box) -> list[str]:
        width, drawn = (box.width - 40 * (columns - 1)) / columns, []
        for place, (title, rows) in enumerate(panels):
            line, column = divmod(place, columns)
            left, top = box.left + column * (width + 40), box.top + sum(heights[:line])
            drawn.append(svg.text(left, top + 18, title, 19, bold=True))
            inner = svg.Box(left, top + _TITLE, width, _ROW * len(rows))
            drawn += svg_marks.intervals(rows, inner, edges=edges)
        return drawn

    return pictures.chart(words, float(sum(heights)), draw)


DRAW: dict[str, Callable[[Shown], Drawn]] = {
    f"{FOLDER}timeline": _timeline,
    f"{FOLDER}quadrant": _quadrant,
    f"{FOLDER}fear": partial(_parts, "fear"),
    f"{FOLDER}fundamentals": partial(_parts, "fundamentals"),
    f"{FOLDER}evidence": _evidence,
    f"{FOLDER}track-record": _track_record,
}
