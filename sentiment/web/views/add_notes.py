"""Add notes: a text is read by open rules, a person confirms or corrects the draft, and the note is saved."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import streamlit as st

from sentiment import settings
from sentiment.errors import InputError, NoteError, SentimentError
from sentiment.research import draft, frontmatter, importers, library
from sentiment.research.text import MAX_TEXT, annotate
from sentiment.settings import Changes
from sentiment.web import markup
from sentiment.web.page.note_form import UNNAMED, form, form_key, seen_key, signature
from sentiment.web.page.sign_in import may_change
from sentiment.web.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentiment.research.importers import Document
    from sentiment.web.page.screen import Screen

_DAY_ONLY = time(23, 59, 59)


def render(screen: Screen) -> None:
    """Draw the view."""
    st.subheader("What does a note say, and how does it read?", anchor=False)
    if screen.selection.known_at is not None:
        st.info("A screen pinned to an instant takes no notes. Go live to add one.")
        return
    if not may_change():
        return
    try:
        if screen.selection.correct is not None:
            _existing(screen.selection.correct)
        else:
            _new()
    except (InputError, NoteError) as error:
        st.error(markup.plain(str(error)))


def _existing(identifier: str) -> None:
    """Offer a note of the library for correction, in the version that was current when its form was opened."""
    versions = library.history(identifier)
    seen = st.session_state.setdefault(seen_key(identifier), versions[-1].sequence if versions else 0)
    opened = next((version.content for version in versions if version.sequence == seen), None)
    bundled = next((note for note in library.bundled() if note.id == identifier), None)
    note = frontmatter.parse(opened, identifier, saved=True) if opened else bundled or library.find(identifier)
    if versions and versions[-1].sequence != seen:
        st.warning(
            f"{markup.plain(versions[-1].who)} saved another version meanwhile. What you typed is here still; it cannot be saved "
            "over that version."
        )
        st.button("Open the new version", on_click=_reopen, args=(identifier,), icon=":material/refresh:")
    st.caption(
        f"You correct **{markup.plain(note.title)}**. The version before it stays, with who changed what, when and why."
    )
    st.button("Add another note", on_click=_leave, type="tertiary", icon=":material/add:")
    form(note, annotate(note.body, note.day), fresh=False, seen=seen)


def _reopen(identifier: str) -> None:
    st.session_state.pop(seen_key(identifier), None)


def _leave() -> None:
    st.session_state["correct"] = None


def _new() -> None:
    owner = "your own library" if settings.changes() is Changes.OPEN else "the library of this server"
    st.caption(
        f"Text is read here, by open rules and without a network. What you save stays in {owner}; a later correction "
        "is a new version beside the old one."
    )
    source = st.segmented_control("How", ("Paste", "Upload"), default="Paste", required=True, key="way")
    if source == "Upload":
        _upload()
        return
    text = st.text_area(
        "Text of the note",
        key="pasted",
        height=200,
        max_chars=MAX_TEXT,
        placeholder="Paste a note, an article, or a Markdown file with its header",
    )
    if text.strip():
        _confirm(importers.read_paste(text), "the pasted text")


def _upload() -> None:
    uploads = st.file_uploader(
        "Markdown, text, HTML or PDF, up to 10 MB each",
        type=["md", "txt", "html", "htm", "pdf"],
        accept_multiple_files=True,
        key="uploads",
    )
    documents: dict[str, Document] = {}
    for upload in uploads:
        try:
            document = importers.read_file(upload.name, upload.getvalue())
            if document.kind == "note":
                frontmatter.parse(document.text, upload.name)
            documents[upload.name] = document
        except (InputError, NoteError) as error:
            st.error(markup.plain(str(error)))
    complete = {name: document for name, document in documents.items() if document.kind == "note"}
    if len(complete) > 1:
        _save_all(complete)
        documents = {name: document for name, document in documents.items() if name not in complete}
    if documents:
        name = next(iter(documents))
        if len(documents) > 1:
            name = st.selectbox("Each file is read and confirmed by itself", list(documents), key="which")
        _confirm(documents[name], name)


def _save_all(complete: Mapping[str, Document]) -> None:
    """Save complete notes one by one; a note that fails is named, and does not stop the others."""
    st.markdown(f"**{len(complete)} files are complete notes:** {', '.join(map(markup.plain, complete))}")
    who, why = signature("all")
    if not st.button(f"Save {len(complete)} notes", type="primary", key="save-all", disabled=not who):
        return
    bar = st.progress(0.0)
    saved = 0
    for place, (name, document) in enumerate(complete.items(), start=1):
        bar.progress(place / len(complete), f"{place} of {len(complete)}: {markup.plain(name)}")
        try:
            saved += library.add(document.text, name, who=who, why=why).version is not None
        except SentimentError as error:
            st.error(markup.plain(str(error)))
    st.success(f"{saved} of {len(complete)} saved as new; the others were there already or are told above.")


def _confirm(document: Document, name: str) -> None:
    """Draft a note from a document, or take the note that it is, and show its form."""
    if document.kind == "note":
        note = frontmatter.parse(document.text, name)
        if any(note.id == other.id for other in library.library()):
            st.info(f"The library has a note {note.id}: saving makes a new version of it, and needs a reason.")
        form(note, annotate(note.body, note.day), fresh=False, text=document.text)
        return
    body = document.text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if twin := next((note for note in library.library() if note.body == body), None):
        st.warning(f"The library has this very text as {twin.id}.")
    if document.left_out:
        with st.expander(f"Left out as no part of the note ({len(document.left_out)})"):
            st.markdown("\n".join(f"- {markup.plain(block)}" for block in document.left_out))
    published, precision = _published(document)
    day = published.date()
    drafted = draft.draft(
        body, day, title=document.title, price=lambda symbol: draft.price_on(symbol, day), publisher=document.publisher
    )
    note = draft.note(
        drafted,
        id="draft",
        publisher=document.publisher or UNNAMED,
        author=document.author or UNNAMED,
        published=published,
        precision=precision,
        source=document.source or UNNAMED,
        body=body,
        source_url=document.source_url,
    )
    form(note, drafted.reading, fresh=True, because=drafted.because)


def _published(document: Document) -> tuple[datetime, Any]:
    """Ask when the document was published: horizons are read against that day."""
    stated = document.published
    key = form_key(document.text)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            "Published on" if stated else "Published on (the text does not say)",
            value=stated.date() if stated else datetime.now(UTC).date(),
            min_value=date(1990, 1, 1),
            max_value=datetime.now(UTC).date(),
            key=f"day-{key}",
            format="YYYY-MM-DD",
            width=220,
        )
        moment = st.time_input(
            "Time, UTC (empty: the day only)",
            value=stated.time() if stated and document.precision == "minute" else None,
            key=f"time-{key}",
            step=60,
            width=220,
        )
    return datetime.combine(day, moment or _DAY_ONLY, UTC), "minute" if moment else "day"


VIEW = View("Add notes", order=40, tab="Research", render=render, parameters=("correct",))
