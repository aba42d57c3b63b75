"""The library of research notes: the bundled ones and those that a person saved, as it was known at any instant.

A saved note is a file like the bundled ones, kept byte for byte. Nothing is overwritten: a correction is a new version that
says who made it and why, and a bundled note is corrected by a saved version of the same id.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sentiment import files, store
from sentiment.errors import ConflictError, InputError, NoteError, StoreError, UnknownNoteError
from sentiment.frontmatter import decimal, parse, write
from sentiment.models import Call, Claim, Level, Override

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from sentiment.models import Note, Selection
    from sentiment.note_versions import Version

_bundled_only: ContextVar[bool] = ContextVar("bundled_only", default=False)


class Added(NamedTuple):
    """What became of a note that was to be saved: the note, and its new version (None: it was there already)."""

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
    notes = [parse(path.read_text(encoding="utf-8"), path.name) for path in sorted(files.NOTES.glob("*.md"))]
    if twice := [name for name, count in Counter(note.id for note in notes).items() if count > 1]:
        raise NoteError(f"two notes share the id {twice[0]!r}; an id names one note")
    return _in_order(notes)


def _in_order(notes: list[Note]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda note: (note.published, note.id)))


@contextmanager
def bundled_only() -> Iterator[None]:
    """Leave the database alone meanwhile: for a page that has said why it cannot be read."""
    token = _bundled_only.set(True)
    try:
        yield
    finally:
        _bundled_only.reset(token)


def trouble() -> StoreError | NoteError | None:
    """Say why the saved notes cannot be read; None where they can."""
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
    saved = version()
    if saved <= 0:
        return bundled()
    return _merged(_database(), saved, known_at)


def _database() -> tuple[str, str | None]:
    return str(files.saved()), os.environ.get("SENTIMENT_DATABASE_URL")


@lru_cache(maxsize=32)
def _merged(database: tuple[str, str | None], saved: int, known_at: datetime | None) -> tuple[Note, ...]:
    """Read the library anew only when a note was saved."""
    notes = {note.id: note for note in bundled()}
    for identifier, latest in {one.id: one for one in _versions(database, saved, known_at)}.items():
        if latest.content is None:
            notes.pop(identifier, None)
        else:
            notes[identifier] = _parsed(latest.content, identifier)
    return _in_order(list(notes.values()))


@lru_cache(maxsize=10_000)
def _parsed(content: str, identifier: str) -> Note:
    return parse(content, f"saved note {identifier}")


def known(as_of: date, known_at: datetime | None = None) -> tuple[Note, ...]:
    """List the notes published by the end of `as_of` (UTC) and saved by `known_at`, oldest first."""
    return tuple(note for note in library(known_at) if note.day <= as_of)


def today(as_of: date | None, known_at: datetime | None = None) -> date:
    """Day by whose end notes are known: `as_of`, or else that of `known_at`, or else today (UTC)."""
    return as_of or (known_at or datetime.now(UTC)).date()


def sought(selection: Selection) -> tuple[Note, ...]:
    """List the notes that a selection shows: known by its day and instant, and fitting its filters."""
    return search(
        known(today(selection.as_of, selection.known_at), selection.known_at),
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
    notes = library(known_at) if as_of is None else known(as_of, known_at)
    for note in notes:
        if note.id == identifier:
            return note
    when = f" by {as_of}" if as_of else ""
    names = ", ".join(note.id for note in notes) or "none"
    raise UnknownNoteError(f"no note {identifier!r} was published{when}; there are: {names}")


def search(  # noqa: PLR0913 - a filter each
    notes: tuple[Note, ...],
    words: str = "",
    *,
    publisher: str | None = None,
    theme: str | None = None,
    about: str | None = None,
    since: date | None = None,
) -> tuple[Note, ...]:
    """Keep the notes that fit every filter; an empty one fits all.

    Parameters
    ----------
    notes : tuple of Note
        Where to look.
    words : str
        Each must stand somewhere in the note: its title, body, source, claims or calls; case and accents do not count.
    publisher, theme, about : str
        As they stand in the notes; `about` is a symbol.
    since : date, optional
        First day of publication.
    """
    wanted = _folded(words).split()
    return tuple(
        note
        for note in notes
        if publisher in {None, note.publisher}
        and theme in {None, *note.themes}
        and about in {None, *note.assets}
        and (since is None or note.day >= since)
        and all(word in _haystack(note) for word in wanted)
    )


@lru_cache(maxsize=10_000)
def _haystack(note: Note) -> str:
    said = (*(claim.text for claim in note.claims), *(call.text for call in note.calls))
    about = (note.id, note.title, note.publisher, note.author, note.source, *note.assets, *note.themes)
    return _folded("\n".join((*about, note.body, *said)))


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def history(identifier: str, known_at: datetime | None = None) -> tuple[Version, ...]:
    """List the saved versions of a note, the oldest first; a bundled note that nobody changed has none."""
    return tuple(one for one in _saved(known_at) if one.id == identifier)


def first_saved(known_at: datetime | None = None) -> dict[str, datetime]:
    """Tell when each note was first saved here; the bundled ones are not among them."""
    ours = {note.id for note in bundled()}
    return {one.id: one.known_at for one in reversed(_saved(known_at)) if one.id not in ours}


def _saved(known_at: datetime | None) -> tuple[Version, ...]:
    saved = version()
    return _versions(_database(), saved, known_at) if saved > 0 else ()


@lru_cache(maxsize=32)
def _versions(database: tuple[str, str | None], saved: int, known_at: datetime | None) -> tuple[Version, ...]:
    del database, saved
    return store.versions(known_at)


def file(identifier: str) -> str:
    """Return a note as its file: byte for byte as it was saved or bundled."""
    note = find(identifier)
    saved = history(identifier)
    if saved and saved[-1].content is not None:
        return saved[-1].content
    path = next(path for path in files.NOTES.glob("*.md") if parse(path.read_text("utf-8"), path.name).id == note.id)
    return path.read_text("utf-8")


def add(text: str, name: str, *, who: str, why: str = "", seen: int | None = None) -> Added:
    """Save a note that comes as a file.

    Parameters
    ----------
    text : str
        The whole file; what is saved is exactly this.
    name : str
        What to call it in an error.
    who, why : str
        Who saves it; and why, which is needed where it changes a note that is there.
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
    note = parse(text, name)
    if not who.strip():
        raise InputError(f"{note.id}: say who saves it")
    there = {one.id: one for one in library()}
    saved = history(note.id)
    if note.id in there and file(note.id) == text:
        return Added(note, None)
    if note.id not in there and saved and not why.strip():
        raise InputError(f"{saved[-1].who} withdrew {note.id!r}: {saved[-1].why}; to bring it back needs a reason")
    if note.id in there and not why.strip():
        raise InputError(f"the library has a note {note.id!r} that says something else; a new version needs a reason")
    if seen is not None and (saved[-1].sequence if saved else 0) != seen:
        raise ConflictError(
            f"{note.id}: {saved[-1].who} saved another version meanwhile; look at it and save yours again"
        )
    latest = saved[-1].sequence if saved else None
    return Added(note, store.append(note.id, text, who=who.strip(), why=why.strip(), supersedes=latest))


def corrected(note: Note, changes: Mapping[str, Any], *, who: str, why: str, when: datetime | None = None) -> Note:
    """Set fields of a note in place of what was read, each with what it was, who set it, when and why.

    Raises
    ------
    InputError
        If nobody is named or no reason is given.
    """
    changed = {name: value for name, value in changes.items() if getattr(note, name) != value}
    if not changed:
        return note
    if not who.strip() or not why.strip():
        raise InputError(f"you changed {', '.join(changed)}: a correction says who made it and why")
    moment = (when or datetime.now(UTC)).replace(microsecond=0)
    made = tuple(
        Override(name, _said(getattr(note, name)), " ".join(who.split()), moment, " ".join(why.split()))
        for name in changed
    )
    return replace(note, **changed, overrides=(*note.overrides, *made))


def _said(value: object) -> str:
    """Write the value of a field in one line, for the record of what it was."""
    if isinstance(value, tuple):
        return ", ".join(_said(one) for one in value) or "nothing"
    if isinstance(value, Level):
        return f"{value.role} {decimal(value.price)}"
    if isinstance(value, (Call, Claim)):
        return value.text
    return "nothing" if value is None else str(value)


def correct(note: Note, changes: Mapping[str, Any], *, who: str, why: str, seen: int | None = None) -> Added:
    """Save a corrected version of a note; see `corrected` and `add`."""
    text = write(corrected(note, changes, who=who, why=why))
    return add(text, note.id, who=who, why=why, seen=seen)


def withdraw(identifier: str, *, who: str, why: str) -> Version:
    """Take a note out of the library from now on; what was known until now still has it.

    Raises
    ------
    UnknownNoteError, InputError, StoreError
        If there is no such note, nobody or no reason is named, or it cannot be saved.
    """
    find(identifier)
    if not who.strip() or not why.strip():
        raise InputError(f"{identifier}: say who withdraws it and why")
    saved = history(identifier)
    latest = saved[-1].sequence if saved else None
    return store.append(identifier, None, who=who.strip(), why=why.strip(), supersedes=latest)
