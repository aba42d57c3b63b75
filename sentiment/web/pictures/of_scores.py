"""Pictures of scores: their course, where the market stands, their parts, and what they owe to the weights."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sentiment.charts import component_charts, evidence_charts, pictures
from sentiment.frames import day
from sentiment.scoring.components import registry
from sentiment.scoring.score import finding, headline
from sentiment.tables import note_tables
from sentiment.web import sentences
from sentiment.web.page import drawings
from sentiment.web.page.screen import reweighted
from sentiment.web.picture_names import FOLDER
from sentiment.web.pictures.words import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.models import Axis
    from sentiment.web.pictures.words import Shown


def _timeline(shown: Shown) -> Drawn:
    screen = shown.screen
    marks = note_tables.marks_about(screen.inputs, screen.marked_until)
    drawing = drawings.timeline(screen.key, drawings.Days(screen.start), marks, log=screen.selection.log)
    start, title = drawing.rows.index[0].date(), headline(screen.scores, shown.asset)
    words = shown.words(title, drawing.sentence, start=start, says=finding(screen.scores))
    return Drawn(pictures.figure(words, drawing.figure), words)


def _quadrant(shown: Shown) -> Drawn:
    drawing = drawings.quadrant(shown.screen.key)
    start = drawing.rows.index[0].date() if len(drawing.rows) else None
    words = shown.words(drawing.sentence, "A point a week. Hollow: the first. Filled: the last.", start=start)
    return Drawn(pictures.figure(words, drawing.figure if len(drawing.rows) else None), words)


def _contributions(axis: Axis, shown: Shown) -> Drawn:
    drawing = drawings.contributions(shown.screen.key, axis)
    title = sentences.strongest(drawing.rows, axis)
    note = f"Points of {axis} by part, before the most that its weight could add. {sentences.missing_parts(shown.screen.scores)}"
    words = shown.words(title, note)
    return Drawn(pictures.figure(words, drawing.figure), words)


def _components(axis: Axis, shown: Shown) -> Drawn:
    screen = shown.screen
    raw = screen.scores.raw.loc[day(screen.start) :]
    parts = [part for part in registry() if part.axis == axis and screen.scores.applying[part.name] > 0]
    known = [part for part in parts if raw[part.name].notna().any()]
    without = ", ".join(part.title.lower() for part in parts if part not in known)
    title = sentences.strongest(drawings.parts(screen.key, axis)[0], axis)
    note = f"Every part of {axis} that counts, each in its own unit; up means {component_charts.UP[axis]}."
    note += f" Without data: {without}." if without else ""
    words = shown.words(title, note, start=screen.start)
    figures = [
        (
            part.title if "%" in part.display else f"{part.title}, {part.unit}",
            component_charts.raw_history(raw[part.name], part.name),
        )
        for part in known
    ]
    return Drawn(pictures.figures(words, figures, columns=2), words)


def _weights(shown: Shown) -> Drawn:
    screen = shown.screen
    reweighting = reweighted(screen.key, screen.start)
    note = evidence_charts.weight_band_text(reweighting.band)
    words = shown.words(sentences.with_titles(reweighting.sentence), note, start=screen.start)
    return Drawn(pictures.figure(words, evidence_charts.weight_band(reweighting.band)), words)


DRAW: dict[str, Callable[[Shown], Drawn]] = {
    f"{FOLDER}timeline": _timeline,
    f"{FOLDER}quadrant": _quadrant,
    f"{FOLDER}fear": partial(_contributions, "fear"),
    f"{FOLDER}fundamentals": partial(_contributions, "fundamentals"),
    f"{FOLDER}components-fear": partial(_components, "fear"),
    f"{FOLDER}components-fundamentals": partial(_components, "fundamentals"),
    f"{FOLDER}weights": _weights,
}
