"""The table ``publishers``: how the calls of each publisher came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.research import library
from sentiment.research.editions import collection
from sentiment.tables.note_tables import entries
from sentiment.tables.record import FRACTION, NOTE_PARAMETERS, PUBLISHER, Column, Table, count, text
from sentiment.validation import track_record

if TYPE_CHECKING:
    from datetime import date, datetime

    import pandas as pd

    from sentiment.research.call_record import Choose

_COLUMNS = (
    PUBLISHER,
    count("notes", "Notes of this record."),
    count("calls", "Calls that count in it."),
    count("hits", "Calls that came out."),
    count("misses", "Calls that did not."),
    count("invalidated", "Calls that ended where the publisher said that they would not hold."),
    count("pending", "Calls whose horizon has not ended."),
    count("ungradable", "Calls that no stored price can grade."),
    Column("hit_rate", "Share of hits among hits and misses, by independent units.", FRACTION),
    Column("hit_low", "Lower end of its 95% Wilson interval, by the independent units.", FRACTION),
    Column("hit_high", "Upper end of that interval.", FRACTION),
    Column("base_rate", "Mean base rate of the same units.", FRACTION),
    Column(
        "mean_excess",
        "Mean return in the direction called, over that of equally long stretches; to the close that invalidated a call.",
        FRACTION,
    ),
    count("independent", "Units of graded calls: calls that overlap on one asset are one."),
    Column("brier", "Mean Brier score of the calls with a stated probability.", "0 to 1"),
    text("verdict", "What the interval says against the base rate; too few calls to tell under 30 independent."),
    text("record", "Kept as it happened (saved here before the outcome could be known), or collected afterwards."),
    text("collection", "The collection: bundled, or the name of an import.", "id"),
    count("hindsight", "Calls that were saved or changed too late, and count in no record."),
    Column("hit_share", "Share of hits among all settled calls, invalidated ones included.", FRACTION),
    Column(
        "reliability",
        "Part of brier: how far stated probabilities are from what came true; 30 independent units, as the next two.",
        "0 to 1",
    ),
    Column(
        "resolution", "Part of brier, taken off: how well they tell calls that come true from the others.", "0 to 1"
    ),
    Column("uncertainty", "Part of brier: that of always stating the overall frequency.", "0 to 1"),
)


def publishers_table(as_of: date, known_at: datetime | None = None, choose: Choose | None = None) -> pd.DataFrame:
    """Give each publisher's records by `as_of`: one row a publisher and record, see `track_record.track_records`."""
    collections = {identifier: collection(wording) for identifier, wording in library.wordings(known_at).items()}
    every = library.library(known_at)
    notes = choose(every) if choose else [note for note in every if note.day <= as_of]
    return track_record.track_records(
        [(note, collections[note.id]) for note in notes], entries(as_of, known_at, choose)
    )


TABLE = Table(
    name="publishers",
    description="How the calls of each publisher came out, beside the base rate.",
    row="publisher and record",
    columns=_COLUMNS,
    rows=lambda request: publishers_table(request.as_of, request.selection.known_at, request.choose),
    parameters=NOTE_PARAMETERS,
    order=70,
)
