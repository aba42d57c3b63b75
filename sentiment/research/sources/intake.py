"""Take what a look brought into the inbox: what is new is read by the rules, compared with other stories, and stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sentiment.errors import InputError
from sentiment.research import draft, frontmatter, inbox, library
from sentiment.research.inbox_rows import Entry
from sentiment.research.sources import same_story
from sentiment.research.sources.items import of_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sentiment.models import Call
    from sentiment.research.importers import Document
    from sentiment.research.inbox_rows import Source
    from sentiment.research.sources.items import Item, Look

RECENT: Final = timedelta(days=14)
"""For how long a story is looked for in other sources."""


class Taken(NamedTuple):
    """What was stored: new entries, how many of the look found no room, and how many changed too often to be kept."""

    entries: tuple[Entry, ...]
    left: int
    unkept: int


@dataclass(frozen=True, slots=True)
class _Story:
    """A story that is known: of which source, as which entry or note, and its runs."""

    source: str
    sequence: int | None
    note: str | None
    runs: same_story.Runs


def take(source: Source, look: Look) -> Taken:
    """Store what is new of a look, and let the source know.

    Raises
    ------
    StoreError, FetchError
        If it cannot be stored, or the source cannot be told: then the next look brings it again, and finds it stored.
    """
    known = inbox.known(source.id)
    digests = {digest for _, digest in known}
    fresh = {digest: item for item in look.items if (digest := _digest(item)) not in digests}
    room = max(inbox.MAX_WAITING - inbox.waiting(source.id), 0)
    chosen = dict(list(fresh.items())[:room])
    now = datetime.now(UTC)
    stories = _stories(source, now) if chosen else []
    entries = [_entry(source, item, stories, now) for item in chosen.values()]
    stored = frozenset(item.guid for item in look.items if _digest(item) in digests or _digest(item) in chosen)
    taken = inbox.store_entries(source.id, entries, look.memory(stored))
    look.settle(stored)
    return Taken(taken, len(fresh) - len(chosen), len(chosen) - len(taken))


def take_whole(entry: Entry, document: Document) -> Entry:
    """Store the full text of an entry as a new version of it.

    Raises
    ------
    InputError
        If it is the text that the entry has already.
    StoreError
        If it cannot be stored.
    """
    now = datetime.now(UTC)
    found = of_document(document, entry.guid, now, entry.address)
    item = replace(
        found,
        title=entry.title or found.title,
        author=entry.author or found.author,
        published=entry.published or found.published,
        precision=entry.precision or found.precision,
    )
    new = replace(entry, **_as_entry(item, entry.publisher, now), state="pending")
    stored = inbox.store_entries(entry.source, [new])
    if not stored:
        raise InputError("the page has no other text than the entry")
    return stored[0]


def _digest(item: Item) -> str:
    words = " ".join(f"{item.title}\n{item.text}".split())
    return sha256(words.encode(errors="replace")).hexdigest()


def _stories(source: Source, now: datetime) -> list[_Story]:
    """Return the stories of other sources and of the library that a new one may tell again."""
    known = [
        _Story(entry.source, entry.sequence, entry.note, same_story.runs(entry.text))
        for entry in inbox.entries("pending", "confirmed", "dismissed", since=now - RECENT)
        if entry.source != source.id
    ]
    confirmed = {story.note for story in known}
    notes = (note for note in library.library() if note.published >= now - RECENT and note.id not in confirmed)
    return [*known, *(_Story("", None, note.id, same_story.runs(note.body)) for note in notes)]


def _entry(source: Source, item: Item, stories: Iterable[_Story], now: datetime) -> Entry:
    """Return the entry of an item, read by the rules."""
    mine = same_story.runs(item.text)
    twin = (
        next((story for story in stories if same_story.same(mine, story.runs)), None) if item.kind == "text" else None
    )
    return Entry(
        **_as_entry(item, source.publisher, now),
        sequence=0,
        source=source.id,
        guid=item.guid,
        address=item.address,
        same_as=twin.sequence if twin else None,
        state="same" if twin else "pending",
        note=twin.note if twin else None,
    )


def _as_entry(item: Item, publisher: str, now: datetime) -> dict[str, Any]:
    """Return what an entry takes from an item; `publisher` goes before that of the item."""
    taken = ("kind", "title", "author", "published", "precision", "text", "remark")
    return {name: getattr(item, name) for name in taken} | {
        "digest": _digest(item),
        "publisher": publisher or item.publisher,
        "drafted": drafted_words(item, now),
        "fetched_at": now,
    }


def drafted_words(item: Item, now: datetime) -> str:
    """Say in one line what the rules read in an entry: its calls, and how it sounds."""
    try:
        if item.kind == "note":
            note = frontmatter.parse(item.text, item.title)
            return _words(note.assets, note.calls, note.stance)
        day = (item.published or now).date()
        drafted = draft.draft(item.text, day, title=item.title or None, price=partial(draft.price_on, day=day))
    except InputError as error:
        return str(error)
    return f"{_words(drafted.assets, drafted.calls, drafted.stance)}, sounds {drafted.reading.label}"


def _words(symbols: Sequence[str], calls: Sequence[Call], stance: str) -> str:
    about = ", ".join(symbols[:4]) or "no asset named"
    if not calls:
        return f"{about}: no call"
    told = "; ".join(map(draft.in_words, calls[:2])) + (f" and {len(calls) - 2} more" if len(calls) > 2 else "")  # noqa: PLR2004
    return f"{about}: {stance}, {told}"
