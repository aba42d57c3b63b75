"""The table ``publishers``: how the calls of each publisher came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.tables.note_tables import chosen_notes, graded
from sentiment.tables.record import FRACTION, NOTE_PARAMETERS, PUBLISHER, Column, Table, count, text
from sentiment.validation import track_record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    import pandas as pd

    from sentiment.models import Note

_COLUMNS = (
    PUBLISHER,
    count("notes", "Notes that count."),
    count("calls", "Calls that they make."),
    count("hits", "Calls that came out."),
    count("misses", "Calls that did not."),
    count("invalidated", "Calls that ended where the publisher said that they would not hold."),
    count("pending", "Calls whose horizon has not ended."),
    count("ungradable", "Calls that no stored price can grade."),
    Column("hit_rate", "hits / (hits + misses).", FRACTION),
    Column("hit_low", "Lower end of its 95 % Wilson interval, by the independent calls.", FRACTION),
    Column("hit_high", "Upper end of that interval.", FRACTION),
    Column("base_rate", "Mean base rate of the graded calls.", FRACTION),
    Column("mean_excess", "Mean return in the direction called, over that of equally long stretches.", FRACTION),
    count("independent", "Graded calls whose windows do not overlap."),
    Column("brier", "Mean Brier score of the calls with a stated probability.", "0 to 1"),
    text("verdict", "What the interval says against the base rate; too few calls to tell under 30 independent."),
)


def publishers_table(
    as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None
) -> pd.DataFrame:
    """Give each publisher's record by `as_of`: one row a publisher, see `record.record`."""
    return track_record.track_records(chosen_notes(as_of, known_at, notes), graded(as_of, known_at, notes))


TABLE = Table(
    name="publishers",
    description="How the calls of each publisher came out, beside the base rate.",
    row="publisher",
    columns=_COLUMNS,
    rows=lambda request: publishers_table(request.as_of, request.selection.known_at, request.notes),
    parameters=NOTE_PARAMETERS,
    order=70,
)
