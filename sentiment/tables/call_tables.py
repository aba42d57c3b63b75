"""Rows about calls that several tables and the page share: the graded public calls, and the board of all calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.errors import BarsError, SelectionError, UnknownAssetError
from sentiment.market import history
from sentiment.models import Status
from sentiment.research import public_calls
from sentiment.tables.note_tables import entries, grade
from sentiment.validation.scoreboard import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sentiment.models import Call, CallOutcome
    from sentiment.research.public_calls import PublicEntry

DUE_DAYS = 7
BOARD = (
    "id", "note", "publisher", "published", "asset", "call", "status", "horizon_end", "days_left", "level", "price", "distance",
    "base_rate", "chance", "reason", "collection", "source", "groups",
)  # fmt: skip
PUBLIC = "public calls"


def public_entries(as_of: date, known_at: datetime | None = None) -> list[PublicEntry]:
    """Grade the public calls as `public_calls.entries` does; cached like the calls of notes."""
    return public_calls.entries(as_of, known_at, by=grade)


def board(as_of: date, known_at: datetime | None = None) -> pd.DataFrame:
    """List the calls of notes and the public ones: the pending first, by the day on which they are due, then the latest settled.

    Returns
    -------
    pandas.DataFrame
        `BOARD`. ``id`` is a public call's, ``note`` that of a note's call; ``groups`` are the names of its groups in the scoreboard. ``price`` is the last close by `as_of`, ``level`` the level
        that decides, the nearer one of a range, and ``distance`` level / price - 1. ``days_left`` runs from `as_of` to the last
        day. What is not known, or does not apply to a settled call, is NaN.
    """
    rows = [*_of_notes(as_of, known_at), *_public(as_of, known_at)]
    table = pd.DataFrame(rows, columns=list(BOARD))
    pending = table["status"] == Status.PENDING.value
    waiting = table[pending].sort_values(["horizon_end", "publisher", "published"], kind="stable")
    settled = table[~pending].sort_values(["horizon_end", "publisher", "published"], ascending=False, kind="stable")
    return pd.concat([waiting, settled], ignore_index=True)


def _of_notes(as_of: date, known_at: datetime | None) -> Iterator[dict[str, object]]:
    for entry in entries(as_of, known_at):
        if entry.dropped_at is None:
            row = _row(entry.call, entry.outcome, as_of, known_at)
            yield row | {
                "note": entry.note.id,
                "publisher": entry.note.publisher,
                "published": entry.note.day.isoformat(),
                "collection": entry.record.value,
                "source": entry.note.source_url,
                "groups": frozenset(),
            }


def _public(as_of: date, known_at: datetime | None) -> Iterator[dict[str, object]]:
    for entry in public_entries(as_of, known_at):
        public = entry.public
        row = _row(public.call, entry.outcome, as_of, known_at)
        yield row | {
            "id": public.id,
            "publisher": public.publisher,
            "published": public.stated,
            "collection": PUBLIC,
            "source": public.source,
            "groups": groups_of(entry),
        }


def _row(call: Call, outcome: CallOutcome, as_of: date, known_at: datetime | None) -> dict[str, object]:
    row: dict[str, object] = {
        "asset": call.asset,
        "call": call.text,
        "status": outcome.status.value,
        "horizon_end": outcome.last_day.isoformat(),
        "base_rate": outcome.base_rate,
        "chance": outcome.chance,
        "reason": outcome.reason,
    }
    if outcome.status is not Status.PENDING:
        return row
    now = _price(call.asset, as_of, known_at)
    level = deciding_level(call, outcome.reference, now)
    distance = level / now - 1 if level is not None and now else None
    days = (outcome.last_day - as_of).days
    return row | {"days_left": days, "level": level, "price": now, "distance": distance}


def deciding_level(call: Call, reference: float | None, now: float | None) -> float | None:
    """Return the level that decides an open call: its target, the nearer end of its range, or without either its reference."""
    if call.direction != "range":
        return reference if call.target is None else call.target
    levels = [level for level in (call.floor, call.ceiling) if level is not None]
    if now is None or not levels:
        return None
    return min(levels, key=lambda level: abs(level / now - 1))


def _price(asset: str, as_of: date, known_at: datetime | None) -> float | None:
    """Return the last close by a day; None where there is none."""
    try:
        closes = history.bars(asset, as_of, known_at)["close"].dropna()
    except (BarsError, SelectionError, UnknownAssetError):
        return None
    return float(closes.iloc[-1]) if len(closes) and closes.iloc[-1] > 0 else None
