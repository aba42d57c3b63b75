"""Which calls stand in which record, by the clock of this server and not by the dates that notes give themselves.

A call stands in the record *kept as it happened* if this server held it in its words when the first close after its
publication came: before that close nobody can know the outcome. It stays there whatever happens to the note later. A call that
came or changed later is *hindsight* and counts in no record. Notes that came as a collection, bundled or imported, have a
record *collected afterwards*, with the calls that each had when it came.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sentiment.formatting import plain_day
from sentiment.research import call_clock, editions, grading, library

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence
    from datetime import date, datetime

    from sentiment.models import Call, CallOutcome, Note
    from sentiment.research.editions import Edition, Stay
    from sentiment.research.grading import Grade

    Choose = Callable[[tuple[Note, ...]], Iterable[Note]]


class Record(StrEnum):
    """Where a call counts; the value is the text on screen and in tables."""

    KEPT = "kept as it happened"
    COLLECTED = "collected afterwards"
    HINDSIGHT = "hindsight"


class Entry(NamedTuple):
    """A graded call in the words in which it counts.

    Attributes
    ----------
    note, call, outcome : Note, Call, CallOutcome
        The note is the version that first had the call; publisher and date of publication are as it gave them.
    record : Record
    collection : str or None
        The collection that the note came with.
    saved_at : datetime or None
        When this server first saved the call in these words; None for a bundled one.
    dropped_at : datetime or None
        When the note lost the call, by a correction or by being withdrawn; None while it has it.
    """

    note: Note
    call: Call
    outcome: CallOutcome
    record: Record
    collection: str | None
    saved_at: datetime | None
    dropped_at: datetime | None


def entries(
    as_of: date, known_at: datetime | None = None, *, choose: Choose | None = None, grade: Grade = grading.grade
) -> list[Entry]:
    """Grade every call that stands in a record or in a note.

    Parameters
    ----------
    as_of : date
        Last day (UTC) whose close is used.
    known_at : datetime or None
        Notes and prices as they were saved by then.
    choose : callable, optional
        Returns those of some notes whose calls are wanted; without it, all published by `as_of`.
    grade : callable
        `grading.grade`, or the same with a cache.
    """
    wordings = library.wordings(known_at).values()
    notes = tuple(edition.note for wording in wordings for edition in wording)
    # By identity: `choose` picks among these very notes, and the hash of a note with many calls is dear.
    chosen = set(map(id, choose(notes) if choose else (note for note in notes if note.day <= as_of)))

    def graded(call: Call, note: Note) -> CallOutcome:
        return grade(call, note, as_of, known_at)

    return [entry for wording in wordings for entry in _entries(wording, chosen, graded, known_at)]


def _entries(
    wording: Sequence[Edition],
    chosen: Container[int],
    grade: Callable[[Call, Note], CallOutcome],
    known_at: datetime | None,
) -> Iterator[Entry]:
    came_with = editions.collection(wording)
    first_said: dict[tuple[str, datetime, Call], Note] = {}
    said: dict[tuple[str, datetime, Call], list[Stay]] = {}
    for edition in wording:
        for call in dict.fromkeys(edition.note.calls):
            key = (edition.note.publisher, edition.note.published, call)
            first_said.setdefault(key, edition.note)
            editions.extend(said.setdefault(key, []), edition)
    for key, times in said.items():
        call, note = key[2], first_said[key]
        if id(note) not in chosen:
            continue
        outcome = grade(call, note)
        if came_with is not None:
            counted = times[0] if times[0].saved_at == wording[0].saved_at else None
            record = Record.COLLECTED
        else:
            counted = next((stay for stay in times if _stood(stay, call, note, outcome, known_at)), None)
            record = Record.KEPT
        if counted is not None:
            yield Entry(note, call, outcome, record, came_with, counted.saved_at, times[-1].replaced_at)
        elif times[-1].replaced_at is None:
            yield Entry(note, call, outcome, Record.HINDSIGHT, came_with, times[-1].saved_at, None)


def _stood(stay: Stay, call: Call, note: Note, outcome: CallOutcome, known_at: datetime | None) -> bool:
    """Return whether a call stood when the first close after its publication came."""
    if stay.saved_at is not None and not call_clock.before_reference(stay.saved_at, call, note, outcome, known_at):
        return False
    return stay.replaced_at is None or not call_clock.before_reference(stay.replaced_at, call, note, outcome, known_at)


def saved_at(note: Note, known_at: datetime | None, says: Callable[[Note], bool]) -> datetime | None:
    """Return when this server first saved what a note says now, without a break since; None if it is bundled."""
    times = editions.stays(library.wordings(known_at).get(note.id, ()), says)
    return times[-1].saved_at if times else None


def late_note(note: Note, known_at: datetime | None) -> str:
    """Return from which day readings use a note that was saved after its day of publication; empty for any other."""
    saved = saved_at(note, known_at, lambda _: True)
    if saved is None or saved.date() <= note.day:
        return ""
    return f"Saved here on {plain_day(saved.date())}, after its publication: no reading before that day uses it"


def stands(entry: Entry) -> str:
    """Return the status of a call, marked if it is hindsight."""
    status = entry.outcome.status.value
    return f"{status} ({entry.record.value})" if entry.record is Record.HINDSIGHT else status


def remark(entry: Entry) -> str:
    """Return what a reader must know of where a call counts; empty for one that counts as it stands."""
    if entry.record is Record.HINDSIGHT:
        when = f"{entry.saved_at:%Y-%m-%d %H:%M} UTC" if entry.saved_at else "later"
        return f"Hindsight: saved here on {when}, when the outcome could be known; counts in no record"
    if entry.dropped_at is not None:
        return f"Taken out of the note on {entry.dropped_at:%Y-%m-%d %H:%M} UTC; stays in the record"
    return ""
