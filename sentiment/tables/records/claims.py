"""The table ``claims``: every fact that the notes state, checked on the stored series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.errors import BarsError
from sentiment.market import assets
from sentiment.research import call_record, claim_checks
from sentiment.tables.note_tables import chosen_notes, iso, iso_seconds
from sentiment.tables.record import NOTE, NOTE_PARAMETERS, PUBLISHED, PUBLISHER, Column, Table, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sentiment.models import Claim, Note
    from sentiment.tables.record import TableRequest

_COLUMNS = (
    NOTE,
    PUBLISHER,
    PUBLISHED,
    text("claim", "The fact in words."),
    text("verdict", "true, false or not_checkable."),
    Column("measured", "What the stored series shows.", "see the column unit", sourced=True),
    text("unit", "Unit of what was measured."),
    text("as_of", "The note's day; nothing later counts.", "day"),
    text("series", "The series that it was measured on."),
    text("reason", "How it was measured, or why it cannot be.", sourced=True),
    text("rows", "The stored figures that show it, separated by semicolons.", sourced=True),
    text("saved_at", "When this fact was first saved here in these words; empty for a bundled one.", "instant (UTC)"),
)


def claims_table(as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None) -> pd.DataFrame:
    """Every claim of the notes published by `as_of` with its verdict and the rows that show it: one row a claim.

    ``measured`` is in ``unit``; ``as_of`` is the note's day, after which nothing counts.
    """
    rows = []
    for note in chosen_notes(as_of, known_at, notes):
        for claim in note.claims:
            verdict = claim_checks.check(claim, note, known_at)
            saved = call_record.saved_at(note, known_at, lambda other, claim=claim: claim in other.claims)  # type: ignore[misc]
            rows.append(
                {
                    "note": note.id,
                    "publisher": note.publisher,
                    "published": iso(note.published),
                    "claim": claim.text,
                    "verdict": verdict.answer.replace(" ", "_"),
                    "measured": verdict.measured,
                    "unit": _unit(claim, known_at),
                    "as_of": verdict.as_of.isoformat(),
                    "series": claim.check.series if claim.check else None,
                    "reason": verdict.reason,
                    "rows": "; ".join(f"{row.series} {row.column} {row.day} {row.value!r}" for row in verdict.rows),
                    "saved_at": iso_seconds(saved),
                }
            )
    return pd.DataFrame(rows, columns=[column.name for column in _COLUMNS])


def _unit(claim: Claim, known_at: datetime | None) -> str | None:
    if claim.check is None:
        return None
    if claim_checks.in_fractions(claim.check):
        return "fraction"
    try:
        return assets.unit(claim.check.series, known_at)
    except BarsError:  # the verdict says it
        return None


def _measured_on(request: TableRequest, rows: pd.DataFrame) -> list[str]:
    del rows  # they name only one of the two series that a fact may compare
    checks = [claim.check for note in request.notes for claim in note.claims if claim.check is not None]
    return sorted({symbol for check in checks for symbol in (check.series, check.other) if symbol})


TABLE = Table(
    name="claims",
    description="Every fact that these notes state, checked on the stored series.",
    row="fact",
    columns=_COLUMNS,
    rows=lambda request: claims_table(request.as_of, request.selection.known_at, request.notes),
    parameters=NOTE_PARAMETERS,
    shows=_measured_on,
    order=60,
)
