"""What a note must meet to be saved, beside the schema of its file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sentiment.errors import InputError
from sentiment.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sentiment.models import Call, Note

MAX_CALLS = 2_000
"""Calls that all notes may have together, in all their versions: each costs some milliseconds of a first screen."""


def check_day(note: Note) -> None:
    """Refuse a note that says it was published on a day to come; a day is left for zones that are ahead of UTC.

    Raises
    ------
    InputError
        Naming the day.
    """
    if note.day > datetime.now(UTC).date() + timedelta(days=1):
        raise InputError(f"{note.id}: it says it was published on {note.day}, a day to come; correct the day")


def check_room(note: Note, said: Mapping[str, Collection[Call]]) -> None:
    """Refuse a note whose new calls would be too many: all that were ever saved are graded for records and screens.

    Parameters
    ----------
    note : Note
    said : mapping of str to collection of Call
        The calls of every version of each note of the library, by its id.

    Raises
    ------
    InputError
        Saying how many there are.
    """
    new = len({*note.calls} - {*said.get(note.id, ())})
    if new and new + (stored := sum(map(len, said.values()))) > MAX_CALLS:
        raise InputError(
            f"{note.id}: it adds {counted(new, 'call')} to the {stored:,} of this library, and it grades {MAX_CALLS:,} at most; "
            "save it without them, or in a library of its own (SENTIMENT_DATA_DIR)"
        )
