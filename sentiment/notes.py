"""The library of research notes, and what of it was known on a day."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from sentiment import files
from sentiment.errors import NoteError, UnknownNoteError
from sentiment.frontmatter import parse

if TYPE_CHECKING:
    from datetime import date

    from sentiment.models import Note


@cache
def library() -> tuple[Note, ...]:
    """All bundled notes, oldest first.

    Raises
    ------
    NoteError
        If a file does not fit the schema or two notes share an id.
    """
    notes = [parse(path.read_text(encoding="utf-8"), path.name) for path in sorted(files.NOTES.glob("*.md"))]
    if twice := [name for name, count in Counter(note.id for note in notes).items() if count > 1]:
        raise NoteError(f"two notes share the id {twice[0]!r}; an id names one note")
    return tuple(sorted(notes, key=lambda note: (note.published, note.id)))


def known(as_of: date) -> tuple[Note, ...]:
    """List the notes published by the end of `as_of` (UTC), oldest first."""
    return tuple(note for note in library() if note.day <= as_of)


def find(identifier: str, as_of: date | None = None) -> Note:
    """Return the note of that id.

    Raises
    ------
    UnknownNoteError
        If there is none, or none yet at `as_of`.
    """
    notes = library() if as_of is None else known(as_of)
    for note in notes:
        if note.id == identifier:
            return note
    when = f" by {as_of}" if as_of else ""
    names = ", ".join(note.id for note in notes) or "none"
    raise UnknownNoteError(f"no note {identifier!r} was published{when}; there are: {names}")
