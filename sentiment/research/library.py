"""The library of research notes as it was known at any instant: the bundled ones and those that a person saved.

A saved note is a file like the bundled ones, kept byte for byte. Nothing is overwritten: a correction is a new version that
says who made it and why, and a bundled note is corrected by a saved version with the same id.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sentiment import files
from sentiment.errors import ConflictError, InputError, NoteError, StoreError, UnknownNoteError
from sentiment.research import admission, store
from sentiment.research.corrections import corrected
from sentiment.research.editions import Edition
from sentiment.research.frontmatter import parse, write
from sentiment.research.note_search import search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sentiment.models import Note, Selection
    from sentiment.research.note_versions import Version


_bundled_only: ContextVar[bool] = ContextVar("bundled_only", default=False)


class Added(NamedTuple):
    """A note that was to be saved, and its new version; None if it was there already."""

    note: Note
    version: Version | None


@cache
def bundled() -> tuple[Note, ...]:
    """All bundled notes, oldest first.

    Raises
    ------
    NoteError
        If a file does not fit the schema or two notes share an id.
    """
    return tuple(note for note, _ in _bundled())


@cache
def _bundled() -> tuple[tuple[Note, str], ...]:
    """Return the bundled notes with their files' texts."""
    texts = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(files.NOTES.glob("*.md"))]
    notes = [(parse(text, name), text) for name, text in texts]
    if twice := [name for name, count in Counter(note.id for note, _ in notes).items() if count > 1]:
        raise NoteError(f"two notes share the id {twice[0]!r}; an id names one note")
    return tuple(sorted(notes, key=lambda pair: _order(pair[0])))


def _order(note: Note) -> tuple[datetime, str]:
    return note.published, note.id


@contextmanager
def bundled_only() -> Iterator[None]:
    """Ignore the database inside this block: for a page that has said why it cannot be read."""
    token = _bundled_only.set(True)
    try:
        yield
    finally:
        _bundled_only.reset(token)


def trouble() -> StoreError | NoteError | None:
    """Return the error that keeps the saved notes from being read; None if there is none."""
    try:
        library()
    except (StoreError, NoteError) as error:
        return error
    return None


def version() -> int:
    """Return a number that grows whenever a note is saved; -1 while only the bundled ones are read."""
    return -1 if _bundled_only.get() else store.version()


def library(known_at: datetime | None = None) -> tuple[Note, ...]:
    """All notes in their latest version as of `known_at`, oldest first; the bundled ones were always known.

    Raises
    ------
    StoreError, NoteError
        If the saved ones cannot be read.
    """
    return _library(_database(), max(version(), 0), known_at)


@lru_cache(maxsize=32)
def _library(database: tuple[str, str | None], saved: int, known_at: datetime | None) -> tuple[Note, ...]:
    """Return the library, put together again only when a note was saved."""
    latest = (wording[-1] for wording in _wordings(database, saved, known_at).values())
    return tuple(edition.note for edition in latest if edition.replaced_at is None)


def wordings(known_at: datetime | None = None) -> Mapping[str, tuple[Edition, ...]]:
    """Return the editions of each note by `known_at`, the first saved first; withdrawn notes are among them."""
    return _wordings(_database(), max(version(), 0), known_at)


@lru_cache(maxsize=32)
def _wordings(
    database: tuple[str, str | None], saved: int, known_at: datetime | None
) -> Mapping[str, tuple[Edition, ...]]:
    editions = {note.id: [Edition(note)] for note in bundled()}
    for row in _versions(database, saved, known_at) if saved else ():
        earlier = editions.setdefault(row.id, [])
        if earlier and earlier[-1].replaced_at is None:
            earlier[-1] = replace(earlier[-1], replaced_at=row.known_at)
        if row.content is not None:
            earlier.append(Edition(_parsed(row.content, row.id), row.known_at))
    ordered = sorted(filter(None, editions.values()), key=lambda wording: _order(wording[-1].note))
    return {wording[0].note.id: tuple(wording) for wording in ordered}


def _database() -> tuple[str, str | None]:
    return str(files.saved()), os.environ.get("SENTIMENT_DATABASE_URL")


@lru_cache(maxsize=10_000)
def _parsed(content: str, identifier: str) -> Note:
    return parse(content, f"saved note {identifier}", saved=True)


def published_by(as_of: date, known_at: datetime | None = None) -> tuple[Note, ...]:
    """Return the notes published by the end of `as_of` (UTC) and saved by `known_at`, oldest first."""
    return tuple(note for note in library(known_at) if note.day <= as_of)


def today(as_of: date | None, known_at: datetime | None = None) -> date:
    """Day by whose end notes are known: `as_of`, or else that of `known_at`, or else today (UTC)."""
    return as_of or (known_at or datetime.now(UTC)).date()


def matching(selection: Selection) -> tuple[Note, ...]:
    """Return the notes that a selection shows: known by its day and instant, and passing its filters."""
    return chosen(selection, library(selection.known_at))


def chosen(selection: Selection, notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return those of some notes that were published by the day of a selection and pass its filters."""
    last = today(selection.as_of, selection.known_at)
    return search(
        tuple(note for note in notes if note.day <= last),
        selection.find,
        publisher=selection.publisher,
        theme=selection.theme,
        about=selection.about,
        since=selection.since,
    )


def find(identifier: str, as_of: date | None = None, known_at: datetime | None = None) -> Note:
    """Return the note of that id.

    Raises
    ------
    UnknownNoteError
        If there is none, or none yet at `as_of`.
    """
    notes = library(known_at) if as_of is None else published_by(as_of, known_at)
    if found := next((note for note in notes if note.id == identifier), None):
        return found
    when = f" by {as_of}" if as_of else ""
    names = ", ".join(note.id for note in notes) or "none"
    raise UnknownNoteError(f"no note {identifier!r} was published{when}; there are: {names}")


def history(identifier: str, known_at: datetime | None = None) -> tuple[Version, ...]:
    """Return the saved versions of a note, the oldest first; a bundled note that nobody changed has none."""
    return tuple(saved for saved in _saved(known_at) if saved.id == identifier)


def _saved(known_at: datetime | None) -> tuple[Version, ...]:
    saved = version()
    return _versions(_database(), saved, known_at) if saved > 0 else ()


@lru_cache(maxsize=32)
def _versions(database: tuple[str, str | None], saved: int, known_at: datetime | None) -> tuple[Version, ...]:
    del database, saved
    return store.versions(known_at)


def last_saved_by() -> str:
    """Return who saved the latest version of any note; empty where nothing was saved."""
    return next((version.who for version in reversed(_saved(None))), "")


def file(identifier: str) -> str:
    """Return a note as its file: byte for byte as it was saved or bundled."""
    note = find(identifier)
    saved = history(identifier)
    if saved and saved[-1].content is not None:
        return saved[-1].content
    return next(text for bundled_note, text in _bundled() if bundled_note.id == note.id)


def add(text: str, name: str, *, who: str, why: str = "", seen: int | None = None) -> Added:
    """Save a note that comes as a file.

    Parameters
    ----------
    text : str
        The whole file; exactly this is saved.
    name : str
        What to call it in an error.
    who, why : str
        Who saves it; and the reason, which is needed where it changes a note of the library.
    seen : int, optional
        The version that the change was made from; without it the latest.

    Raises
    ------
    NoteError
        If the file does not fit the schema.
    InputError
        If it changes a note and no reason is given, or nobody is named.
    ConflictError
        If somebody else changed the note since `seen`.
    StoreError
        If it cannot be saved.
    """
    return _save(parse(text, name), text, who=who, why=why, seen=seen)


def add_note(note: Note, *, who: str, why: str = "", seen: int | None = None) -> Added:
    """Save a note that comes as a record, as the file that `frontmatter.write` makes of it; see `add`."""
    return _save(note, write(note), who=who, why=why, seen=seen)


def _save(note: Note, text: str, *, who: str, why: str, seen: int | None) -> Added:
    if not who.strip():
        raise InputError(f"{note.id}: say who saves it")
    admission.check_day(note)
    said = {one: {call for edition in wording for call in edition.note.calls} for one, wording in wordings().items()}
    admission.check_room(note, said)
    exists, versions = any(note.id == other.id for other in library()), history(note.id)
    latest = versions[-1] if versions else None
    if exists and file(note.id) == text:
        return Added(note, None)
    if not exists and latest and not why.strip():
        raise InputError(f"{latest.who} withdrew {note.id!r}: {latest.why}; to bring it back needs a reason")
    if exists and not why.strip():
        raise InputError(
            f"the library has a note {note.id!r} that says something else; a new version needs a reason (on the command line --why)"
        )
    if seen is not None and latest and latest.sequence != seen:
        raise ConflictError(f"{note.id}: {latest.who} saved another version meanwhile; look at it and save yours again")
    supersedes = latest.sequence if latest else seen or None  # the store refuses to replace a version it does not have
    return Added(note, store.append(note.id, text, who=who.strip(), why=why.strip(), supersedes=supersedes))


def correct(note: Note, changes: Mapping[str, Any], *, who: str, why: str, seen: int | None = None) -> Added:
    """Save a corrected version of a note; see `corrections.corrected` and `add`."""
    return add_note(corrected(note, changes, who=who, why=why), who=who, why=why, seen=seen)


def withdraw(identifier: str, *, who: str, why: str) -> Version:
    """Take a note out of the library from now on; readings pinned to an earlier instant still have it.

    Raises
    ------
    UnknownNoteError, InputError, StoreError
        If there is no such note, nobody or no reason is named, or it cannot be saved.
    """
    find(identifier)
    if not who.strip() or not why.strip():
        raise InputError(f"{identifier}: say who withdraws it and why")
    versions = history(identifier)
    supersedes = versions[-1].sequence if versions else None
    return store.append(identifier, None, who=who.strip(), why=why.strip(), supersedes=supersedes)
