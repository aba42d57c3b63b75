"""The form of a note: its text as it was read, its fields, who saves it and why."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import streamlit as st

from sentiment import settings
from sentiment.errors import SentimentError
from sentiment.research import draft, library
from sentiment.research.corrections import corrected
from sentiment.settings import Changes
from sentiment.web import markup
from sentiment.web.page.note_fields import note_fields
from sentiment.web.page.sign_in import signed_in_name
from sentiment.web.page.widgets import marked_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentiment.models import Note
    from sentiment.research.text import AnnotatedText

UNNAMED = "not named"


def form(  # noqa: PLR0913 - what is known of the note, field by field
    note: Note,
    reading: AnnotatedText,
    *,
    fresh: bool,
    text: str | None = None,
    because: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> None:
    """Show a note, let a person set each field, and save it.

    Parameters
    ----------
    note : Note
        The draft, or the note of the library or a file.
    reading : AnnotatedText
        The annotations of its body.
    fresh : bool
        Whether it is a draft: then publisher and source are filled in rather than corrected.
    text : str, optional
        The file it came in, saved byte for byte if nothing is changed.
    because : mapping, optional
        Why the rules drafted each field as they did.
    seen : int, optional
        The saved version that is corrected; 0 for a bundled note that was never changed.
    """
    # A new day makes a new draft, but keeps what a person typed as publisher and source.
    key, origin = form_key(repr(note)), form_key(note.body if fresh else repr(note))
    left, right = st.columns([3, 2], gap="large")
    with left:
        marked_text(note.body, reading)
    with right:
        given = _identity(note, origin)
        changes = note_fields(note, key, because or {})
        if not fresh:
            changes |= given
        who, why = signature(origin)
        if st.button("Save the note", type="primary", key=f"save-{key}", icon=":material/save:"):
            _save(replace(note, **given) if fresh else note, changes, who, why, fresh=fresh, text=text, seen=seen)


def _save(  # noqa: PLR0913 - what a person gave, field by field
    note: Note, changes: dict[str, Any], who: str, why: str, *, fresh: bool, text: str | None, seen: int | None
) -> None:
    if not who or not note.publisher:
        st.error("Say who publishes the note and who saves it.")
        return
    try:
        if fresh:
            note = replace(note, claims=changes.pop("claims"))
            taken = {other.id for other in library.library()}
            note = replace(note, id=draft.identifier(note.publisher, note.day, taken))
        final = corrected(note, changes, who=who, why=why)
        if text is not None and final == note:
            added = library.add(text, note.id, who=who, why=why, seen=seen)
        else:
            added = library.add_note(final, who=who, why=why, seen=seen)
    except SentimentError as error:
        st.error(markup.plain(str(error)))
        return
    st.session_state.pop(seen_key(added.note.id), None)
    st.session_state["next_choices"] = {"note": added.note.id, "correct": None, "pasted": "", "view": "Research"}
    st.session_state["message"] = (
        f"Saved as {added.note.id}." if added.version else f"{added.note.id} was in the library already, unchanged."
    )
    st.rerun()


def _identity(note: Note, key: str) -> dict[str, Any]:
    """Ask for the title, publisher, author and source."""
    given = {"title": st.text_input("Title", note.title, key=f"title-{key}", max_chars=200)}
    publisher = "" if note.publisher == UNNAMED else note.publisher
    cells = st.grid(2, min_column_width=200)
    given["publisher"] = cells.text_input("Publisher", publisher, key=f"publisher-{key}", max_chars=100)
    given["author"] = cells.text_input("Author", note.author, key=f"author-{key}", max_chars=100)
    given["source"] = cells.text_input("Source", note.source, key=f"source-{key}", max_chars=300)
    given["source_url"] = cells.text_input(
        "Address", note.source_url or "", key=f"url-{key}", placeholder="https://…", max_chars=500
    )
    lines = {name: " ".join(value.split()) for name, value in given.items()}
    return {**lines, "source_url": lines["source_url"] or None}


def signature(key: str) -> tuple[str, str]:
    """Ask who saves the note, and why it was changed."""
    st.divider()
    login = signed_in_name()
    if (
        settings.changes() is Changes.SIGNED_IN and login is not None
    ):  # a signed-in viewer cannot save under another name
        who = login
        st.caption(f"You save as {markup.plain(who)}.")
    else:
        who = st.text_input(
            "Your name or initials", st.session_state.get("who", login or ""), key=f"who-{key}", max_chars=80
        )
        st.session_state["who"] = who
    why = st.text_input(
        "Why, where you changed what was read", key=f"why-{key}", max_chars=300, placeholder="Stated on page 3"
    )
    return " ".join(who.split()), " ".join(why.split())


def seen_key(identifier: str) -> str:
    """Return the key under which the session keeps the version of a note whose form was opened."""
    return f"seen-{identifier}"


def form_key(text: str) -> str:
    """Return the key of a text's controls: another text has other controls, with their own defaults."""
    return sha256(text.encode()).hexdigest()[:12]
