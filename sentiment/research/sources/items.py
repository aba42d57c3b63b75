"""What a look at a followed source brings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal

from sentiment.formatting import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentiment.research.importers import Document

MAX_ITEMS: Final = 200
"""Entries that one look takes."""
MAX_BODY: Final = 60_000
"""Characters of an entry's text: a note's file has some room for its header besides."""
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(minutes=15)
"""By how much a publisher's clock may be ahead of ours."""
_LONGEST_GUID: Final = 400


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as a source sent it; texts are empty where it does not say."""

    guid: str
    text: str
    title: str = ""
    author: str = ""
    publisher: str = ""
    published: datetime | None = None
    precision: Literal["minute", "day"] | None = None
    address: str = ""
    remark: str = ""
    kind: Literal["text", "note"] = "text"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look brought.

    Attributes
    ----------
    items : tuple of Item
        The oldest first.
    memory : callable
        Given the guids that are stored now, returns what the next look needs.
    settle : callable
        Called with them once they are stored: a mailbox marks its messages as read.
    troubles : tuple of str
        What could not be read, one line each; the rest was.
    name : str
        What the source calls itself.
    """

    items: tuple[Item, ...]
    memory: Callable[[frozenset[str]], Mapping[str, Any]]
    settle: Callable[[frozenset[str]], None] = lambda _: None
    troubles: tuple[str, ...] = ()
    name: str = ""


def of_document(document: Document, guid: str, now: datetime, address: str = "") -> Item:
    """Return the entry that a page or file is."""
    published, precision, remark = stated(document.published, document.precision, now)
    whole_note = document.kind == "note"
    text, cut = (document.text, "") if whole_note else shortened_body(document.text)
    return Item(
        guid,
        text,
        document.title or "",
        document.author or "",
        document.publisher or "",
        published,
        precision,
        document.source_url or address,
        remarks(remark, cut),
        "note" if whole_note else "text",
    )


def stated(
    published: datetime | None, precision: Literal["minute", "day"] | None, now: datetime
) -> tuple[datetime | None, Literal["minute", "day"] | None, str]:
    """Return when an entry says it was published; a day to come, or before all feeds, is left out and told."""
    if published is None:
        return None, None, ""
    ahead = published.date() > now.date() if precision == "day" else published > now + _AHEAD
    if ahead or published < EARLIEST:
        which = "a day to come" if ahead else "a day before 1990"
        return None, None, f"it says it was published on {published:%Y-%m-%d}, {which}: left out"
    return published if precision == "day" else min(published, now), precision or "minute", ""


def shortened_body(text: str) -> tuple[str, str]:
    """Return a text of at most `MAX_BODY` characters, cut at a paragraph, and a remark if it was cut."""
    text = re.sub("[\0\ud800-\udfff]", "\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) <= MAX_BODY:
        return text, ""
    kept = text[:MAX_BODY]
    end = max(kept.rfind("\n\n"), kept.rfind(". ") + 1, MAX_BODY // 2)
    return kept[:end].rstrip(), f"shortened: these are the first {end:,} of {len(text):,} characters"


def remarks(*told: str) -> str:
    """Join what is to be told of an entry."""
    return "; ".join(filter(None, told))


def plain_guid(*parts: str) -> str:
    """Return what identifies an entry, short and printable."""
    text = " ".join(filter(None, parts))
    return (
        text if len(text) <= _LONGEST_GUID and text.isprintable() else sha256(text.encode(errors="replace")).hexdigest()
    )


def quoted(text: str) -> str:
    """Quote a name that somebody else chose, for a message."""
    return shortened(text)
