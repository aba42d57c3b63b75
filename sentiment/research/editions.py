"""Every wording that a note has had, by the clock of this server: an author can choose a date, not when it reached us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sentiment.models import BUNDLED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sentiment.models import Note


@dataclass(frozen=True, slots=True)
class Edition:
    """A note in one wording, and how long it was the one that this library held.

    Attributes
    ----------
    note : Note
    saved_at : datetime or None
        When this server saved it; None for a bundled note, which counts as known from its publication.
    replaced_at : datetime or None
        When another wording or a withdrawal took its place; None while it stands.
    """

    note: Note
    saved_at: datetime | None = None
    replaced_at: datetime | None = None

    @property
    def first_day(self) -> date:
        """First UTC day whose readings use it: that of publication or of saving, whichever is later."""
        return self.note.day if self.saved_at is None else max(self.note.day, self.saved_at.date())

    @property
    def end_day(self) -> date | None:
        """First UTC day whose readings no longer use it; None while it stands."""
        return self.replaced_at and self.replaced_at.date()


class Stay(NamedTuple):
    """An unbroken time in which a note said something: since when (None: since publication) and until when, if not still."""

    saved_at: datetime | None
    replaced_at: datetime | None


def stays(editions: Sequence[Edition], says: Callable[[Note], bool]) -> list[Stay]:
    """Return the times in which the editions of one note, the oldest first, said something."""
    times: list[Stay] = []
    for edition in editions:
        if says(edition.note):
            extend(times, edition)
    return times


def extend(times: list[Stay], edition: Edition) -> None:
    """Add the time of the next edition that says it: as a longer stay, if it follows at once, or as one of its own."""
    unbroken = times and edition.saved_at is not None and times[-1].replaced_at == edition.saved_at
    start = times.pop().saved_at if unbroken else edition.saved_at
    times.append(Stay(start, edition.replaced_at))


def collection(editions: Sequence[Edition]) -> str | None:
    """Return the collection that a note came with; None for a note of its time. What is saved later does not move it."""
    first = editions[0]
    return BUNDLED if first.saved_at is None else first.note.collection
