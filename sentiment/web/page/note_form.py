"""The form of a note beside its text: what was read, field by field, and who saves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import streamlit as st

from sentiment import settings
from sentiment.errors import SentimentError
from sentiment.formatting import plain_day
from sentiment.research import draft, inbox, library
from sentiment.research.corrections import corrected
from sentiment.research.second_reader import Context
from sentiment.research.sources import confirming
from sentiment.research.text import annotate
from sentiment.settings import Changes
from sentiment.web import markup
from sentiment.web.page.note_fields import note_fields
from sentiment.web.page.second_reading import second_reading
from sentiment.web.page.sign_in import signed_in_name
from sentiment.web.page.widgets import marked_text

if TYPE_CHECKING:
    from sentiment.models import Note
    from sentiment.research.importers import Document
    from sentiment.research.inbox_rows import Entry
    from sentiment.research.library import Added

_DAY_ONLY = time(23, 59, 59)
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Given:
    """What is to be saved: the note as it was read, what a person set, and where it comes from.

    Attributes
    ----------
    note : Note
    changes : dict
        Fields as they are set now.
    fresh : bool
        Whether it is a draft: it has no identifier yet.
    text : str, optional
        The file it came in, saved byte for byte if nothing is changed.
    seen : int, optional
        The saved version that is corrected; 0 for a bundled note that was never changed.
    entry : Entry, optional
        What a followed source sent.
    """

    note: Note
    changes: dict[str, Any]
    fresh: bool = False
    text: str | None = None
    seen: int | None = None
    entry: Entry | None = None

    @property
    def needs_why(self) -> bool:
        """Whether a reason has to be given: something differs from what was read, or a note of the library changes."""
        differs = any(getattr(self.note, name) != value for name, value in self.changes.items() if name != "claims")
        return differs or not self.fresh


def draft_form(document: Document, entry: Entry | None = None) -> None:
    """Show the form of a text from outside, as the rules read it.

    Parameters
    ----------
    document : Document
    entry : Entry, optional
        The entry of the inbox that it is.
    """
    body = document.text.replace("\r\n", "\n").replace("\r", "\n").strip()
    origin = form_key(body)
    if twin := next((note for note in library.library() if note.body == body), None):
        st.warning(f"The library already has this text as {twin.id}.")
    if document.left_out:
        with st.expander(f"Left out as not part of the note ({len(document.left_out)})"):
            st.markdown("\n".join(f"- {markup.plain(block)}" for block in document.left_out))
    left, right = st.columns([3, 2], gap="large")
    with right:
        published, precision = _published(document, entry)
    price = partial(draft.price_on, day=published.date())
    drafted = draft.draft(body, published.date(), title=document.title, price=price, publisher=document.publisher)
    note = draft.note(
        drafted,
        id=entry.note if entry and entry.note else "draft",
        publisher=document.publisher or _UNKNOWN,
        author=document.author or "",
        published=published,
        precision=precision,
        source=document.source or "",
        body=body,
        source_url=document.source_url,
    )
    note = note if document.publisher else replace(note, publisher="")
    key = form_key(repr(note))  # a new day makes a new draft, but keeps what a person typed of its origin
    with left:
        marked_text(note.body, drafted.reading)
    with right:
        given = _identity(note, origin)
        context = Context(body, published.date(), drafted.subject, given["publisher"] or None, price)
        taken = second_reading(context, note, key)
        note = draft.with_calls(note, [taken[place] for place in sorted(taken)])
        changes = note_fields(note, key, drafted.because, taken)
        given |= _origin(note, origin)
    _save_bar(_Given(replace(note, **given), changes, fresh=True, entry=entry), origin, key)


def note_form(note: Note, *, text: str | None = None, seen: int | None = None, entry: Entry | None = None) -> None:
    """Show the form of a complete note, of the library or of a file.

    Parameters
    ----------
    note : Note
    text : str, optional
        The file it came in.
    seen : int, optional
        The saved version that is corrected.
    entry : Entry, optional
        The entry of the inbox that it is.
    """
    key = form_key(repr(note))
    left, right = st.columns([3, 2], gap="large")
    with left:
        marked_text(note.body, annotate(note.body, note.day))
    with right:
        given = _identity(note, key)
        changes = note_fields(note, key, {})
        changes |= given | _origin(note, key)
    _save_bar(_Given(note, changes, text=text, seen=seen, entry=entry), key, key)


def _published(document: Document, entry: Entry | None) -> tuple[datetime, Any]:
    """Ask when the document was published: horizons are read against that day."""
    today = datetime.now(UTC).date()
    stated = document.published if document.published and document.published.date() <= today else None
    key = form_key(document.text)
    cells = st.grid(2, min_column_width=160)
    fetched = entry.fetched_at.date() if entry else today
    day = cells.date_input(
        "Published on" if stated else "Published on (not stated: the day it arrived)",
        value=stated.date() if stated else fetched,
        min_value=date(1990, 1, 1),
        max_value=today,
        key=f"day-{key}",
        format="YYYY-MM-DD",
    )
    moment = cells.time_input(
        "Time, UTC (empty: the day only)",
        value=stated.time() if stated and document.precision == "minute" else None,
        key=f"time-{key}",
        step=60,
    )
    return datetime.combine(day, moment or _DAY_ONLY, UTC), "minute" if moment else "day"


def _identity(note: Note, key: str) -> dict[str, Any]:
    """Ask for the title, publisher and author."""
    given = {"title": st.text_input("Title", note.title, key=f"title-{key}", max_chars=200)}
    cells = st.grid(2, min_column_width=160)
    given["publisher"] = cells.text_input(
        "Publisher", note.publisher, key=f"publisher-{key}", max_chars=100, placeholder="Who publishes it"
    )
    given["author"] = cells.text_input("Author", note.author, key=f"author-{key}", max_chars=100)
    return {name: " ".join(value.split()) for name, value in given.items()}


def _origin(note: Note, key: str) -> dict[str, Any]:
    """Ask where it was published; folded, since it is seldom changed."""
    with st.expander("Where it was published"):
        source = st.text_input("Source", note.source, key=f"source-{key}", max_chars=300)
        address = st.text_input(
            "Address", note.source_url or "", key=f"url-{key}", placeholder="https://…", max_chars=500
        )
    return {"source": " ".join(source.split()), "source_url": " ".join(address.split()) or None}


def _save_bar(given: _Given, origin: str, key: str) -> None:
    """Ask who saves the note, and save it; the bar stays in sight while the form scrolls."""
    with st.container(key="save-bar", horizontal=True, vertical_alignment="bottom"):
        who, why = signature(origin, why=given.needs_why)
        saves = st.button("Save the note", type="primary", key=f"save-{key}", icon=":material/save:")
    if saves:
        _save(given, who, why)


def _save(given: _Given, who: str, why: str) -> None:
    note, changes = given.note, dict(given.changes)
    if not who or not note.publisher:
        st.error("Say who publishes the note and who saves it.")
        return
    entry = given.entry
    try:
        if given.fresh:
            note = replace(note, claims=changes.pop("claims"))
            if entry is None or entry.note is None:
                taken = {other.id for other in library.library()}
                note = replace(note, id=draft.identifier(note.publisher, note.day, taken))
        final = corrected(note, changes, who=who, why=why)
        reason = why or (confirming.EDITED if entry is not None and entry.note is not None else "")
        if given.text is not None and final == note:
            added = library.add(given.text, note.id, who=who, why=reason, seen=given.seen)
        else:
            added = library.add_note(final, who=who, why=reason, seen=given.seen)
        if entry is not None:
            inbox.decide(entry.sequence, "confirmed", who=who, note=added.note.id)
    except SentimentError as error:
        st.error(markup.plain(str(error)))
        return
    st.session_state.pop(seen_key(added.note.id), None)
    shown = {"note": added.note.id, "correct": None, "pasted": ""}
    if entry is None:
        st.session_state["next_choices"] = shown | {"view": "Research"}
    st.session_state["entry"] = None
    st.session_state["message"] = (
        f"Saved as {added.note.id}. It counts in readings from {plain_day(_counts_from(added))} on."
        if added.version
        else f"{added.note.id} was in the library already, unchanged."
    )
    st.rerun()


def _counts_from(added: Added) -> date:
    saved = added.version.known_at.date() if added.version else added.note.day
    return max(added.note.day, saved)


def signature(key: str, *, why: bool = True) -> tuple[str, str]:
    """Ask who saves, and where something was changed also why.

    The name is remembered: that of this visit, of the login, or in one's own library of whoever saved last.
    """
    login = signed_in_name()
    if settings.changes() is Changes.SIGNED_IN and login is not None:  # nobody signed in can save under another name
        who = login
        st.caption(f"You save as {markup.plain(who)}.", width="content")
    else:
        who = st.text_input("Your name or initials", known_name(), key=f"who-{key}", max_chars=80, width=200)
        st.session_state["who"] = who
    reason = ""
    if why:
        reason = st.text_input(
            "Why, where you changed what was read",
            key=f"why-{key}",
            max_chars=300,
            placeholder="Stated on page 3",
            width=320,
        )
    return " ".join(who.split()), " ".join(reason.split())


def known_name() -> str:
    """Return who uses the page, as far as is known; empty where nobody has said."""
    name = st.session_state.get("who") or signed_in_name()
    return str(name or (library.last_saved_by() if settings.changes() is Changes.OPEN else ""))


def seen_key(identifier: str) -> str:
    """Return the key under which the session keeps the version of a note whose form was opened."""
    return f"seen-{identifier}"


def form_key(text: str) -> str:
    """Return the key of a text's controls: another text has other controls, with their own defaults."""
    return sha256(text.encode()).hexdigest()[:12]
