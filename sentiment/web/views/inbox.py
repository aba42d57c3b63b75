"""Inbox: what followed sources sent and what somebody pastes or uploads is read by open rules, and counts once a person saves it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from sentiment import settings
from sentiment.errors import FetchError, InputError, NoteError, SentimentError
from sentiment.research import fetching, frontmatter, importers, inbox, library, web_address
from sentiment.research.sources import confirming, following, page
from sentiment.research.text import MAX_TEXT
from sentiment.settings import Changes
from sentiment.web import markup
from sentiment.web.page import inbox_list
from sentiment.web.page.note_form import draft_form, known_name, note_form, seen_key, signature
from sentiment.web.page.sign_in import may_change
from sentiment.web.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentiment.research.importers import Document
    from sentiment.research.inbox_rows import Entry
    from sentiment.web.page.screen import Screen


def render(screen: Screen) -> None:
    """Draw the view."""
    st.subheader("What came in, and how does it read?", anchor=False)
    if screen.selection.known_at is not None:
        st.info("This screen is pinned to an earlier time, so no note can be added. Go live to add one.")
        return
    if not may_change():
        return
    try:
        if screen.selection.correct is not None:
            _existing(screen.selection.correct)
        elif (sequence := st.session_state.get("entry")) is not None:
            _entry(inbox.entry(sequence))
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
            f"{markup.plain(versions[-1].who)} has saved another version. What you typed is still here, but it cannot be saved "
            "over that version."
        )
        st.button("Open the new version", on_click=_reopen, args=(identifier,), icon=":material/refresh:")
    st.caption(
        f"You are correcting **{markup.plain(note.title)}**. The earlier version is kept, with who changed what, when and why."
    )
    st.button("Back to the inbox", on_click=_leave, type="tertiary", icon=":material/arrow_back:")
    note_form(note, seen=seen)


def _reopen(identifier: str) -> None:
    st.session_state.pop(seen_key(identifier), None)


def _leave() -> None:
    st.session_state["correct"] = None
    st.session_state["entry"] = None


def _entry(entry: Entry) -> None:
    """Show what a source sent beside its form."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Back to the inbox", on_click=_leave, type="tertiary", icon=":material/arrow_back:")
        if web_address.is_web(entry.address):
            whole = st.button("Fetch the full text", icon=":material/download:", type="tertiary")
            if whole:
                _take_whole(entry)
        inbox_list.aside_button(entry)
    if entry.state not in {"pending", "same"}:
        st.info("This entry has been decided or replaced in the meantime; there is nothing left to do.")
        return
    told = [
        confirming.origin(entry),
        f"received {entry.fetched_at:%Y-%m-%d %H:%M} UTC",
        *([entry.remark] * bool(entry.remark)),
    ]
    st.caption(markup.plain(" · ".join(told)))
    if entry.note is not None:
        st.info(f"Its publisher edited what you saved as {entry.note}: saving makes a new version of that note.")
    if entry.kind == "note":
        note_form(frontmatter.parse(entry.text, entry.guid), text=entry.text, entry=entry)
    else:
        draft_form(confirming.document(entry), entry)


def _take_whole(entry: Entry) -> None:
    try:
        fetching.VIEWERS.take()
        with st.spinner("Fetching…"):
            whole = following.take_whole(entry)
    except SentimentError as error:
        st.error(markup.plain(str(error)))
        return
    st.session_state["entry"] = whole.sequence
    st.rerun()


def _new() -> None:
    """List what waits, and take in a text, files or an address."""
    inbox_list.waiting()
    owner = "your own library" if settings.changes() is Changes.OPEN else "the library of this server"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("**Do you have one to add?**", width="content")
        source = st.segmented_control(
            "How", ("Paste", "Upload"), default="Paste", required=True, key="way", label_visibility="collapsed"
        )
    if source == "Upload":
        _upload()
    else:
        _paste()
    inbox_list.sources()
    st.caption(
        f"Text is read here, by open rules. What you save stays in {owner}; a later correction is a new version beside "
        "the old one."
    )


def _paste() -> None:
    text = st.text_area(
        "Text of the note, or its address",
        key="pasted",
        height=120,
        max_chars=MAX_TEXT,
        placeholder="Paste a note, an article, a Markdown file with its header, or the address of a page or a feed",
    )
    with st.container(horizontal=True):
        reads = st.button("Read", type="primary", icon=":material/menu_book:")
        follows = st.button("Follow", icon=":material/rss_feed:", help="Follow the feed or page at this address.")
    if follows:
        inbox_list.follow(text, known_name() or "a viewer")
    elif web_address.is_web(text):
        _page(text.strip(), fetch=reads)
    elif text.strip():
        _confirm(importers.read_paste(text), "the pasted text")
    elif reads:
        st.error("Paste a text or an address first.")


def _page(url: str, *, fetch: bool) -> None:
    """Show the form of a page; it is fetched when that is asked for, and kept while it is on the screen."""
    kept = st.session_state.get("fetched")
    if fetch:
        try:
            fetching.VIEWERS.take()
            with st.spinner("Fetching…"):
                document, address = page.fetched(url)
        except (FetchError, InputError) as error:
            st.error(markup.plain(str(error)))
            return
        named = document.source_url or (address if address.startswith("https://") else None)
        document = replace(document, source=document.source or address, source_url=named)
        kept = st.session_state["fetched"] = (url, document)
    if kept is None or kept[0] != url:
        st.caption("Press Read to fetch this page once, or Follow to check it regularly.")
        return
    draft_form(kept[1])


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
            name = st.selectbox("Each file is read and confirmed separately", list(documents), key="which")
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
    st.success(f"{saved} of {len(complete)} saved as new; the others were already there or are listed above.")


def _confirm(document: Document, name: str) -> None:
    """Show the form of a document: of the draft that it makes, or of the note that it is."""
    if document.kind != "note":
        draft_form(document)
        return
    note = frontmatter.parse(document.text, name)
    if any(note.id == other.id for other in library.library()):
        st.info(f"The library already has a note {note.id}: saving makes a new version of it, which needs a reason.")
    note_form(note, text=document.text)


VIEW = View("Inbox", order=40, tab="Research", render=render, parameters=("correct",))
