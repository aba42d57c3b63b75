"""The table ``calls``: every call of the notes, graded by later closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.research import grading
from sentiment.tables.note_tables import entries, iso, iso_seconds
from sentiment.tables.record import (
    FRACTION,
    NOTE,
    NOTE_PARAMETERS,
    PRICE,
    PUBLISHED,
    PUBLISHER,
    Column,
    Table,
    series_in_rows,
    text,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from sentiment.research.call_record import Choose, Entry

_COLUMNS = (
    NOTE,
    PUBLISHER,
    PUBLISHED,
    text("asset", "Symbol of the asset that is called."),
    text("call", "The call in words."),
    text("direction", "up, down or range."),
    text("horizon_end", "Last day of the call.", "day"),
    text("reference_date", "Day of the first close after publication.", "day"),
    Column("reference", "That close.", PRICE, sourced=True),
    text("status", "pending, hit, miss, invalidated or ungradable."),
    Column("forward_return", "Return from the reference to the last close so far.", FRACTION),
    Column("max_adverse", "Worst close on the way for a follower.", FRACTION),
    Column("max_favourable", "Best close on the way for a follower.", FRACTION),
    Column("share_inside", "Share of the closes inside the range.", FRACTION),
    Column("base_rate", "Share of equally long stretches before that came out as called.", FRACTION),
    text("horizon", "Whether the publisher named the horizon (stated) or we did (fixed)."),
    text("touched", "First day on which the target was touched.", "day"),
    text("closed_beyond", "First day that closed at or beyond the target.", "day"),
    Column(
        "base_return", "Mean return of those stretches, to the close that would have invalidated the call.", FRACTION
    ),
    Column("probability", "Probability that the publisher gave.", FRACTION),
    Column("brier", "(probability − hit)².", "0 to 1"),
    text("reason", "Why it has this status."),
    text("revised_status", "The grade on prices revised since; empty where it is the same."),
    Column("revised_return", "The return on prices revised since; empty where it is the same.", FRACTION),
    text("saved_at", "When this call was first saved here in these words; empty for a bundled one.", "instant (UTC)"),
    text("record", "Where it counts: kept as it happened, collected afterwards, or nowhere as hindsight."),
    text("collection", "The collection that its note came with: bundled, or the name of an import.", "id"),
    text("dropped_at", "When it was removed from its note; it stays in the record.", "instant (UTC)"),
    Column("stopped_return", "Return at the close that invalidated it.", FRACTION),
    Column(
        "chance",
        "Probability that a driftless random walk with the volatility of the 30 days before makes it come true.",
        FRACTION,
    ),
    Column("volatility", "That volatility, for one day.", FRACTION),
    text("proposed_by", "The model that proposed it to the person who saved it; empty for any other."),
)


def calls_table(as_of: date, known_at: datetime | None = None, choose: Choose | None = None) -> pd.DataFrame:
    """Every call with its outcome so far: one row a call; returns are fractions.

    Calls of notes that were withdrawn or rewritten stay where they count; see `call_record`. `choose` picks among notes,
    None takes all published by `as_of`. ``horizon`` is the publisher's ("stated") or our own ("fixed"); ``brier`` is
    (probability - hit)^2; ``revised_status`` and ``revised_return`` are the grade by prices that a vendor changed after the
    horizon ended, empty where nothing differs.
    """
    rows = [_call_row(entry) for entry in entries(as_of, known_at, choose)]
    return pd.DataFrame(rows, columns=[column.name for column in _COLUMNS])


def _call_row(entry: Entry) -> dict[str, object]:
    note, call, outcome = entry.note, entry.call, entry.outcome
    return {
        "note": note.id,
        "publisher": note.publisher,
        "published": iso(note.published),
        "asset": call.asset,
        "call": call.text,
        "direction": call.direction,
        "horizon_end": outcome.last_day.isoformat(),
        "reference_date": iso(outcome.reference_date),
        "reference": outcome.reference,
        "status": outcome.status.value,
        "forward_return": outcome.forward_return,
        "max_adverse": outcome.max_adverse,
        "max_favourable": outcome.max_favourable,
        "share_inside": outcome.share_inside,
        "base_rate": outcome.base_rate,
        "horizon": grading.horizon(call),
        "touched": iso(outcome.touched),
        "closed_beyond": iso(outcome.closed_beyond),
        "base_return": outcome.base_return,
        "probability": call.probability,
        "brier": grading.brier(call, outcome),
        "reason": outcome.reason,
        "revised_status": outcome.revised.status.value if outcome.revised else None,
        "revised_return": outcome.revised.forward_return if outcome.revised else None,
        "saved_at": iso_seconds(entry.saved_at),
        "record": entry.record.value,
        "collection": entry.collection,
        "dropped_at": iso_seconds(entry.dropped_at),
        "stopped_return": outcome.stopped_return,
        "chance": outcome.chance,
        "volatility": outcome.volatility,
        "proposed_by": call.proposed_by or None,
    }


TABLE = Table(
    name="calls",
    description="Every call of these notes, graded by later closes.",
    row="call",
    columns=_COLUMNS,
    rows=lambda request: calls_table(request.as_of, request.selection.known_at, request.choose),
    parameters=NOTE_PARAMETERS,
    shows=series_in_rows,
    order=50,
)
