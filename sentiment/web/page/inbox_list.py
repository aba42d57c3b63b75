"""The list of what waits in the inbox, and of the sources that are followed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from sentiment import settings
from sentiment.errors import SentimentError
from sentiment.formatting import counted, plain_day, shortened, spelled_out
from sentiment.market import live
from sentiment.research import fetching, followed, inbox, web_address
from sentiment.research.sources import following
from sentiment.settings import Changes
from sentiment.web import markup
from sentiment.web.page.note_form import known_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.research.inbox_rows import Entry, Source

SHOWN = 12
"""Entries that the list shows; the next ones follow as these are decided."""
_JUST = 60.0
"""Seconds after which a source may be looked at again by hand."""


def waiting() -> None:
    """List what waits for a look, the newest first."""
    entries = inbox.heads("pending")
    if not entries:
        st.caption("Nothing is waiting. Follow a feed below, and its entries wait here; none counts until you save it.")
        return
    count = len(entries)
    st.caption(f"{count:,} waiting for review; none counts in any score until you save it.")
    same: dict[int, list[Entry]] = {}
    for entry in inbox.heads("same"):
        same.setdefault(entry.same_as or 0, []).append(entry)
    for entry in entries[:SHOWN]:
        _row(entry, same.get(entry.sequence, []))
    if count > SHOWN:
        st.caption(f"{count - SHOWN:,} more follow.")


def _row(entry: Entry, same: Sequence[Entry]) -> None:
    """Show one entry: its title opens it."""
    with st.container(border=True, gap=None):
        with st.container(
            horizontal=True,
            vertical_alignment="center",
            horizontal_alignment="distribute",
            key=f"entry-{entry.sequence}",
        ):
            st.button(
                markup.plain(shortened_title(entry)),
                key=f"open-{entry.sequence}",
                on_click=_open,
                args=(entry.sequence,),
                type="tertiary",
                icon=":material/mail:",
            )
            aside_button(entry)
        when = plain_day(entry.published.date()) if entry.published else "no date stated"
        about = [spelled_out(entry.publisher) if entry.publisher else "publisher not stated", when, entry.drafted]
        about += [f"also from {spelled_out(other.publisher or other.source)}" for other in same[:3]]
        about += ["a new version of a note that you saved"] if entry.note else []
        about += [entry.remark] if entry.remark else []
        st.caption(markup.plain(" · ".join(about)))


def shortened_title(entry: Entry) -> str:
    """Return the title of an entry in one short line."""
    title = entry.title or entry.guid
    return title if len(title) <= 120 else f"{title[:119]}…"  # noqa: PLR2004 - what fits a line


def aside_button(entry: Entry) -> None:
    """Offer to put an entry aside; its text stays in the inbox, out of the list."""
    st.button(
        "Put aside",
        key=f"aside-{entry.sequence}",
        on_click=_put_aside,
        args=(entry.sequence, shortened_title(entry)),
        type="tertiary",
        icon=":material/archive:",
    )


def _put_aside(sequence: int, title: str) -> None:
    try:
        inbox.decide(sequence, "dismissed", who=known_name())
    except SentimentError as error:
        st.session_state["message"] = str(error)
        return
    st.session_state["entry"] = None
    st.session_state["message"] = f"Put aside: {title}."


def _open(sequence: int) -> None:
    st.session_state["entry"] = sequence


def sources() -> None:
    """List the followed sources with what went wrong, and offer to look now and to follow one no longer."""
    found = followed.sources()
    with st.expander(f"Followed sources ({len(found)})"):
        if not found:
            st.caption("None yet. Paste the address of a feed above and press Follow.")
            return
        for source in found:
            _source(source)
        st.caption("Folders and mail are followed on the command line: `sentiment notes follow --help`.")
        if st.button("Look now", icon=":material/refresh:", disabled=not live.enabled()):
            look_now(found)


def _source(source: Source) -> None:
    memory = source.memory
    line = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    looked = memory.get("looked_at")
    told = [source.kind, f"checked {_when(looked)}" if looked else "not checked yet"]
    # Readers of a shared server need not learn its folders and mailboxes.
    hidden = source.kind in {"folder", "mail"} and settings.changes() is not Changes.OPEN
    told = told if hidden else [shortened(source.address), *told]
    with line:
        st.markdown(
            f"**{markup.plain(spelled_out(source.publisher or source.id))}**  \n"
            f":small[{markup.plain(' · '.join(told))}]"
        )
        st.button("Unfollow", key=f"unfollow-{source.id}", on_click=_unfollow, args=(source.id,), type="tertiary")
    if trouble := memory.get("trouble"):
        st.warning(
            "`sentiment notes sources` on the server shows what went wrong." if hidden else markup.plain(str(trouble))
        )


def _when(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _unfollow(identifier: str) -> None:
    try:
        followed.end_source(identifier)
    except SentimentError as error:
        st.session_state["message"] = str(error)


def look_now(found: Sequence[Source]) -> None:
    """Look at the followed sources that were not looked at just now, and show what came."""
    now = datetime.now(UTC)

    def is_fresh(source: Source) -> bool:
        looked = source.memory.get("looked_at")
        return looked is not None and (now - datetime.fromisoformat(looked)).total_seconds() < _JUST

    asked = [source for source in found if not is_fresh(source)][: fetching.A_MINUTE]
    count = counted(len(asked), "source")
    with st.spinner(f"Checking {count}…"), ThreadPoolExecutor(fetching.AT_ONCE) as pool:
        done = list(pool.map(following.look_at, asked))
    new = sum(entry.state == "pending" for one in done for entry in one.entries)
    st.session_state["message"] = f"{new} new in the inbox, from {count}."
    st.rerun()


def follow(text: str, who: str) -> None:
    """Follow the feed or page at an address that a viewer pasted."""
    if not web_address.is_web(text):
        st.error("Paste the address of a feed or a page to follow it, such as https://example.com/feed.")
        return
    try:
        fetching.VIEWERS.take()
        with st.spinner("Fetching…"):
            looked = following.follow_address(text.strip(), who=who)
    except SentimentError as error:
        st.error(markup.plain(str(error)))
        return
    new = sum(entry.state == "pending" for entry in looked.entries)
    st.session_state["next_choices"] = {"pasted": ""}
    st.session_state["message"] = f"{looked.source.publisher} is followed: {new} new in the inbox."
    st.rerun()
