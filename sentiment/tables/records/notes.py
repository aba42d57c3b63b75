"""The table ``notes``: the research notes known on the day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.research import call_record, library
from sentiment.research.editions import collection
from sentiment.research.text import in_words
from sentiment.scoring.components.research_tone import tone
from sentiment.tables.note_tables import chosen_notes, iso, iso_seconds, standing
from sentiment.tables.record import NOTE, NOTE_PARAMETERS, PUBLISHED, PUBLISHER, Column, Table, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sentiment.models import Note

_COLUMNS = (
    NOTE,
    PUBLISHED,
    text("precision", "How exactly that is known: minute, day or month."),
    PUBLISHER,
    text("author", "Who wrote it."),
    text("title", "Its title."),
    text("stance", "bullish, bearish or neutral."),
    Column("conviction", "How strongly it holds its stance.", "0 to 1"),
    Column("tone", "How it sounds; empty where it is unread.", "−1 to 1"),
    text("assets", "Symbols of the assets that it is about, separated by commas."),
    text("themes", "What it is about, separated by commas."),
    text("calls", "The status of each of its calls, separated by commas; hindsight is marked."),
    text("source", "Where it was published."),
    text("source_url", "Its address.", "URL"),
    text(
        "saved_at",
        "When its stance, conviction, tone and levels were first saved here as they stand; empty for a bundled note.",
        "instant (UTC)",
    ),
    text("collection", "The collection that it came with: bundled, or the name of an import.", "id"),
    text(
        "tone_label",
        "Its tone in words: strongly or weakly positive or negative, neutral, or unread where no cue was found.",
    ),
)


def notes_table(as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None) -> pd.DataFrame:
    """List notes, one row each; `calls` says how each of their calls stands, `tone` is the one that counts."""
    chosen = chosen_notes(as_of, known_at, notes)
    calls, wordings = standing(chosen, as_of, known_at), library.wordings(known_at)
    rows = [
        {
            "note": note.id,
            "published": iso(note.published),
            "precision": note.precision,
            "publisher": note.publisher,
            "author": note.author,
            "title": note.title,
            "stance": note.stance,
            "conviction": note.conviction,
            "tone": tone(note),
            "assets": ", ".join(note.assets),
            "themes": ", ".join(note.themes),
            "calls": ", ".join(map(call_record.stands, calls[note.id])),
            "source": note.source,
            "source_url": note.source_url,
            "saved_at": iso_seconds(_saved_at(note, known_at)),
            "collection": collection(wordings[note.id]) if note.id in wordings else None,
            "tone_label": in_words(tone(note)),
        }
        for note in chosen
    ]
    return pd.DataFrame(rows, columns=[column.name for column in _COLUMNS])


def _saved_at(note: Note, known_at: datetime | None) -> datetime | None:
    def judged(other: Note) -> tuple[object, ...]:
        value = tone(other)
        return other.stance, other.conviction, None if math.isnan(value) else value, other.levels

    return call_record.saved_at(note, known_at, lambda other: judged(other) == judged(note))


TABLE = Table(
    name="notes",
    description="The research notes known on the day.",
    row="note",
    columns=_COLUMNS,
    rows=lambda request: notes_table(request.as_of, request.selection.known_at, request.notes),
    parameters=NOTE_PARAMETERS,
    order=40,
)
