"""The clock of a call: when it starts, when its outcome can first be known, and when nothing can change its grade."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Protocol

from sentiment.errors import BarsError
from sentiment.frames import CARRY_DAYS
from sentiment.market import assets

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from sentiment.models import Call, CallOutcome

COVERED_WITHIN = timedelta(days=28)
"""From the due day: the first close that covers the horizon comes by then."""


class Publication(Protocol):
    """What was published when: a note, or a public call."""

    @property
    def published(self) -> datetime:
        """The instant (UTC) from which it can have been known."""

    @property
    def day(self) -> date:
        """Its UTC day."""

    def __hash__(self) -> int:
        """Grades are kept by it."""


_AFTERNOON = 15  # hour of an exchange from which a note no longer counts as published before that session's close
_SATURDAY = 5


def published(instant: datetime, kind: str, zone: tzinfo) -> tuple[date, date]:
    """Return the local day of an instant, and the first day whose close counts as after it."""
    moment = instant.astimezone(zone if kind == "exchange" else UTC)
    late = kind == "exchange" and moment.hour >= _AFTERNOON
    return moment.date(), moment.date() + timedelta(days=int(late))


def before_reference(
    instant: datetime, call: Call, note: Publication, outcome: CallOutcome, known_at: datetime | None
) -> bool:
    """Return whether an instant came before the first close after publication, which is when an outcome can first be known.

    Without that close yet, it counts for the first day that can have one.
    """
    try:
        kind, zone = assets.calendar(call.asset, known_at)
    except BarsError:
        kind, zone = "daily", UTC
    reference = outcome.reference_date or _next_session(published(note.published, kind, zone)[1], kind)
    return published(instant, kind, zone)[1] <= reference


def _next_session(first_day: date, kind: str) -> date:
    weekend = kind == "exchange" and first_day.weekday() >= _SATURDAY
    return first_day + timedelta(days=7 - first_day.weekday()) if weekend else first_day


def due(last_day: date, kind: str) -> date:
    """Return the day from which a close shows that the last session by `last_day` is over; weekends have none."""
    if kind != "exchange":
        return last_day
    return last_day - timedelta(days=max(0, last_day.weekday() - _SATURDAY + 1))


def final_day(call: Call, note: Publication) -> date:
    """Return a day from which on the grade no longer depends on `as_of`: its horizon is over, and its last close carried."""
    latest_start = note.day + timedelta(days=1 + CARRY_DAYS)
    return max(latest_start, call.last_day(latest_start)) + COVERED_WITHIN
