"""Make a note of an entry of the inbox, once a person has looked at it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sentiment.errors import InputError
from sentiment.research import draft, followed, inbox, library
from sentiment.research.importers import Document

if TYPE_CHECKING:
    from sentiment.research.inbox_rows import Entry
    from sentiment.research.library import Added

EDITED = "its publisher edited it"
"""Why a new version of a note is saved, where a person gives no other reason."""


def document(entry: Entry) -> Document:
    """Return an entry as a text from outside, in the form that pasted and uploaded ones have."""
    return Document(
        "note" if entry.kind == "note" else "text",
        entry.text,
        title=entry.title or None,
        author=entry.author or None,
        publisher=entry.publisher or None,
        published=entry.published,
        precision=entry.precision,
        source_url=entry.address if entry.address.startswith("https://") else None,
        source=origin(entry),
    )


def origin(entry: Entry) -> str:
    """Say where an entry comes from, in words."""
    source = next((one for one in followed.sources(ended=True) if one.id == entry.source), None)
    kinds = {"feed": "feed", "page": "page", "folder": "watched folder", "mail": "mail"}
    kind = kinds.get(source.kind, "source") if source else "source"
    return f"{entry.address or entry.source} ({kind})" if kind in {"feed", "page"} else f"{entry.source} ({kind})"


def confirm_as_read(number: int, *, who: str) -> Added:
    """Save an entry as a note, as the rules read it.

    Raises
    ------
    InputError
        If there is no such entry, it was decided already, or it does not say who published it and when.
    NoteError, StoreError
        If it does not fit the schema, or cannot be saved.
    """
    entry = inbox.entry(number)
    if entry.state not in {"pending", "same"}:
        raise InputError(f"entry {number} is {entry.state} already; nothing was saved")
    if entry.kind == "note":
        added = library.add(entry.text, entry.guid, who=who, why=EDITED if entry.note else "")
    else:
        lacking = [
            name for name, value in (("publisher", entry.publisher), ("published", entry.published)) if not value
        ]
        if lacking or entry.published is None:
            raise InputError(
                f"entry {number} does not state {' and '.join(lacking)}; confirm it on the page, where you can"
            )
        stated = document(entry)
        day = entry.published.date()
        price = partial(draft.price_on, day=day)
        drafted = draft.draft(entry.text, day, title=stated.title, price=price, publisher=entry.publisher or None)
        taken = {note.id for note in library.library()}
        note = draft.note(
            drafted,
            id=entry.note or draft.identifier(entry.publisher, entry.published.date(), taken),
            publisher=entry.publisher,
            author=entry.author,
            published=entry.published,
            precision=entry.precision or "day",
            source=stated.source or "",
            source_url=stated.source_url,
            body=entry.text,
        )
        if entry.note is not None:  # what a person set on the version before stays in the library's history
            earlier = library.find(entry.note)
            note = replace(note, collection=earlier.collection)
        added = library.add_note(note, who=who, why=EDITED if entry.note else "")
    inbox.decide(number, "confirmed", who=who, note=added.note.id)
    return added
