"""Pictures of research notes and calls: when they came, what they report, what became of them, and whether anybody knew more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sentiment.charts import call_charts, note_charts, pictures, svg_marks
from sentiment.formatting import counted, plain_day, spelled_out
from sentiment.frames import day
from sentiment.research import grading, library
from sentiment.tables import call_tables, note_tables
from sentiment.tables.records.publishers import publishers_table
from sentiment.validation import scoreboard, track_record
from sentiment.web import picture_subjects
from sentiment.web.page import public_card
from sentiment.web.page.call_card import about_note
from sentiment.web.picture_names import FOLDER
from sentiment.web.pictures.words import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sentiment.charts.figures import Figure
    from sentiment.models import Call, CallOutcome, Note
    from sentiment.web.pictures.words import Shown

_MOST_PUBLISHERS = 12
_ROW, _BELOW = 52, 44


def _notes(shown: Shown) -> Drawn:
    screen, asset = shown.screen, shown.asset
    close = screen.inputs.prices["close"].loc[day(screen.start) :].dropna()
    if close.empty:
        words = shown.words(f"There is no price of {asset.title} on these days.", "")
        return Drawn(pictures.figure(words, None), words)
    notes = library.matching(shown.selection)
    marks, count = note_tables.marks_within(notes, asset.symbol, close, screen.as_of, screen.key.known_at)
    outside = f" {counted(count, 'more lies', 'more lie')} outside these days." if count else ""
    note = f"Each stands over the close of its day.{outside}"
    words = shown.words(note_charts.timeline_text(marks), note, start=close.index[0].date())
    drawn = note_charts.timeline(close, marks, asset.unit, log=shown.selection.log)
    return Drawn(pictures.figure(words, drawn), words)


def _figures(shown: Shown) -> Drawn:
    note = picture_subjects.note(shown.selection, lambda one: one.metrics)
    if note is None or not note.metrics:
        words = shown.words(_nothing(shown, note, "figures"), "")
        return Drawn(pictures.figure(words, None), words)
    words = shown.words(note_charts.metrics_text(note.metrics, note.publisher), "", about=about_note(note))
    return Drawn(pictures.figure(words, note_charts.metrics(note.metrics)), words)


def _nothing(shown: Shown, note: Note | None, what: str) -> str:
    if note is not None:
        return f"The note {note.id} of {plain_day(note.day)} has no {what}."
    chosen = shown.selection.note
    until = plain_day(library.today(shown.selection.as_of, shown.selection.known_at))
    if chosen is not None:
        return f"The note {chosen} was not published by {until}."
    return f"No note about {shown.asset.title} that was published by {until} has {what}."


def _note_calls(shown: Shown) -> Drawn:
    note = picture_subjects.note(shown.selection, lambda one: one.calls)
    calls = picture_subjects.note_calls(shown.selection)
    if note is None or not calls:
        words = shown.words(_nothing(shown, note, "calls"), "")
        return Drawn(pictures.figure(words, None), words)
    told = [note_charts.call_path_text(entry.call, entry.outcome.revised or entry.outcome) for entry in calls]
    counts = ", ".join(entry.outcome.status.value for entry in calls)
    title = told[0] if len(told) == 1 else f"{len(calls)} calls of one note: {counts}."
    words = shown.words(title, " ".join(told[1:] and told), about=about_note(note))
    known_at = shown.selection.known_at
    paths = [(entry.call.text, _path(entry.call, entry.outcome, known_at)) for entry in calls]
    figures = [(text, figure) for text, figure in paths if figure is not None]
    return Drawn(pictures.figures(words, figures, columns=min(2, len(figures)) or 1), words)


def _path(call: Call, outcome: CallOutcome, known_at: datetime | None) -> Figure | None:
    """Draw the path of a call by the latest prices, as the page does; None where no return is measured."""
    if outcome.reference is None or outcome.reference <= 0:
        return None
    by_latest_prices = outcome.revised or outcome
    return note_charts.call_path(grading.path(call, by_latest_prices, known_at), call, by_latest_prices)


def _call(shown: Shown) -> Drawn:
    entry = picture_subjects.call(shown.selection)
    if entry is None:
        chosen = shown.selection.call
        which = (
            f"The call {chosen} was not published"
            if chosen
            else f"No public call about {shown.asset.title} was published"
        )
        words = shown.words(f"{which} by {plain_day(shown.screen.as_of)}.", "")
        return Drawn(pictures.figure(words, None), words)
    public, outcome = entry.public, entry.outcome
    title = note_charts.call_path_text(public.call, outcome.revised or outcome)
    words = shown.words(title, " ".join(public_card.remarks(entry)), about=public_card.about_call(public))
    return Drawn(pictures.figure(words, _path(public.call, outcome, shown.selection.known_at)), words)


def _track_record(shown: Shown) -> Drawn:
    screen = shown.screen
    table = publishers_table(screen.as_of, screen.key.known_at, partial(library.chosen, shown.selection))
    known = table.dropna(subset=["hit_rate"]).sort_values("independent", ascending=False, kind="stable")
    note = "Hit rate with its 95% interval, by independent units; the black line is the base rate."
    if len(known) > _MOST_PUBLISHERS:
        note += f" The {_MOST_PUBLISHERS} of {len(known)} records with most of them."
    words = shown.words(track_record.summarize(table), note, about=f"Calls known on {plain_day(screen.as_of)}")
    rows = [
        svg_marks.Interval(
            f"{spelled_out(str(row['publisher']))}: {counted(row['hits'], 'hit')}, {counted(row['misses'], 'miss')}, {track_record.label(row)}",
            row["hit_rate"],
            (row["hit_low"], row["hit_high"]),
            judged=row["independent"] >= track_record.MIN_INDEPENDENT,
            beside=row["base_rate"],
        )
        for row in known.head(_MOST_PUBLISHERS).to_dict("records")
    ]
    drawn = partial(svg_marks.rates, rows, row=_ROW)
    return Drawn(pictures.chart(words, _ROW * len(rows) + _BELOW if rows else 0, drawn), words)


def _scoreboard(shown: Shown) -> Drawn:
    as_of = shown.screen.as_of
    table = scoreboard.scoreboard(call_tables.public_entries(as_of, shown.selection.known_at), as_of)
    drawn = call_charts.drawn(table)
    note = call_charts.scoreboard_text(drawn) if len(drawn) else ""
    words = shown.words(scoreboard.finding(table), note, about=f"Public calls known on {plain_day(as_of)}")
    return Drawn(pictures.figure(words, call_charts.scoreboard(drawn) if len(drawn) else None), words)


def _calibration(shown: Shown) -> Drawn:
    as_of = shown.screen.as_of
    held = track_record.calibrations(note_tables.entries(as_of, shown.selection.known_at))
    told = [call_charts.calibration_text(one, publisher) for (publisher, _), one in held.items()]
    none = f"No publisher has {track_record.MIN_INDEPENDENT} independent graded calls with a stated probability."
    words = shown.words(told[0] if told else none, " ".join(told[1:]), about=f"Calls known on {plain_day(as_of)}")
    figures = [
        (f"{spelled_out(publisher)}{f', {collection}' if collection else ''}", call_charts.calibration(one))
        for (publisher, collection), one in held.items()
    ]
    return Drawn(pictures.figures(words, figures, columns=min(2, len(figures)) or 1), words)


DRAW: dict[str, Callable[[Shown], Drawn]] = {
    f"{FOLDER}notes": _notes,
    f"{FOLDER}note-figures": _figures,
    f"{FOLDER}note-calls": _note_calls,
    f"{FOLDER}call": _call,
    f"{FOLDER}track-record": _track_record,
    f"{FOLDER}scoreboard": _scoreboard,
    f"{FOLDER}calibration": _calibration,
}
