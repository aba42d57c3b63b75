"""The table ``public_calls``: public calls by others, collected afterwards, graded by later closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.research import grading
from sentiment.tables.call_tables import public_entries
from sentiment.tables.note_tables import iso
from sentiment.tables.record import ASSET_PARAMETERS, FRACTION, PRICE, Column, Table, series_in_rows, text
from sentiment.validation.scoreboard import counts

if TYPE_CHECKING:
    from datetime import date, datetime

    from sentiment.research.public_calls import PublicEntry

_COLUMNS = (
    text("id", "Id of the call.", "id"),
    text("publisher", "Who published it."),
    text("published", "The latest day on which it can have been published; it is graded from that close on.", "day"),
    text("stated", "When it was published, as far as it is known.", "day or month"),
    text("precision", "How well that is known: day, day±1, day±2, week or month."),
    text("asset", "Symbol of the asset that is called.", "id"),
    text("call", "The call in our words."),
    text(
        "direction", "up or down: reaches the target by the last day; end: the last close decides; range: every close."
    ),
    Column("target", "Price to be reached.", PRICE),
    Column("floor", "Lower end of the range.", PRICE),
    Column("ceiling", "Upper end of the range.", PRICE),
    text("horizon_end", "Last day of the call.", "day"),
    Column("probability", "Probability that was stated.", FRACTION),
    text("kind", "house, outlier (from a list that its authors called improbable) or options (implied by prices)."),
    text("conditional", "yes: tied to an event, and graded without it."),
    text("repeats", "Id of the call that it repeats.", "id"),
    text("counts", "yes: counts in the table scoreboard."),
    text("status", "pending, hit, miss or ungradable."),
    text("reference_date", "Day of the first close after publication.", "day"),
    Column("reference", "That close.", PRICE, sourced=True),
    Column("forward_return", "Return from the reference to the last close so far.", FRACTION),
    Column("base_rate", "Share of equally long stretches before that came out as called.", FRACTION),
    Column("chance", "Probability that a driftless random walk makes it come true.", FRACTION),
    Column("volatility", "Volatility of the 30 days to the reference, for one day.", FRACTION),
    text("closed_beyond", "First day that closed at or beyond the target.", "day"),
    Column("brier", "(probability − hit)².", "0 to 1"),
    text("reason", "Why it has this status."),
    text("title", "Title of the page that reports it."),
    text("source", "Address of that page.", "URL"),
    text("second_source", "Address of another page, often a copy of the same story.", "URL"),
    text("seen", "Whether the page itself was read, or mentions the call in passing."),
    text("confidence", "How sure the facts are: high or medium."),
)


def public_calls_table(as_of: date, known_at: datetime | None = None) -> pd.DataFrame:
    """Return every public call that was published by `as_of`, with its outcome so far: one row a call."""
    rows = [_row(entry, as_of) for entry in public_entries(as_of, known_at)]
    return pd.DataFrame(rows, columns=[column.name for column in _COLUMNS])


def _row(entry: PublicEntry, as_of: date) -> dict[str, object]:
    public, outcome = entry.public, entry.outcome
    call = public.call
    return {
        "id": public.id,
        "publisher": public.publisher,
        "published": public.day.isoformat(),
        "stated": public.stated,
        "precision": public.precision,
        "asset": call.asset,
        "call": call.text,
        "direction": "end" if call.at_end else call.direction,
        "target": call.target if public.one_price is None else public.one_price,
        "floor": call.floor if public.one_price is None else None,
        "ceiling": call.ceiling if public.one_price is None else None,
        "horizon_end": outcome.last_day.isoformat(),
        "probability": call.probability,
        "kind": public.kind,
        "conditional": "yes" if public.conditional else None,
        "repeats": entry.repeats or None,
        "counts": "yes" if counts(entry, as_of) else None,
        "status": outcome.status.value,
        "reference_date": iso(outcome.reference_date),
        "reference": outcome.reference,
        "forward_return": outcome.forward_return,
        "base_rate": outcome.base_rate,
        "chance": outcome.chance,
        "volatility": outcome.volatility,
        "closed_beyond": iso(outcome.closed_beyond),
        "brier": grading.brier(call, outcome),
        "reason": outcome.reason,
        "title": public.title,
        "source": public.source,
        "second_source": public.second_source or None,
        "seen": public.seen,
        "confidence": public.confidence,
    }


TABLE = Table(
    name="public_calls",
    description="Public calls by others, collected afterwards and in no score, graded by later closes.",
    row="call",
    columns=_COLUMNS,
    rows=lambda request: public_calls_table(request.as_of, request.selection.known_at),
    parameters=ASSET_PARAMETERS,
    shows=series_in_rows,
    order=55,
)
