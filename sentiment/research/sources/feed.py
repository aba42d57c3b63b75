"""RSS and Atom: feedparser reads the bytes that our own client fetched.

feedparser is given a stream, never an address, and what it returns is text for our own reader: no markup of it reaches the page.
"""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sentiment.errors import FetchError, InputError
from sentiment.research import fetching, web_address
from sentiment.research.importers import markup_text
from sentiment.research.importers.document import one_line
from sentiment.research.importers.page_facts import moment
from sentiment.research.sources.items import MAX_ITEMS, Item, Look, plain_guid, quoted, remarks, shortened_body, stated

if TYPE_CHECKING:
    from typing import Literal

    from sentiment.research.fetching import Fetched
    from sentiment.research.inbox_rows import Source

KIND: Final = "feed"
MAX_BYTES: Final = 5_000_000
MAX_TAGS: Final = 40_000
"""Feeds of whole articles have some 5,000; feedparser takes seconds over ten times as many that are nested."""
_LINK: Final = re.compile(rb"<link\b[^<>]{0,1000}>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""\b(rel|type|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_FEED_TYPES: Final = frozenset({"application/rss+xml", "application/atom+xml"})
_TAG: Final = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_HEAD: Final = 300_000
_SNIFFED: Final = 8_192
_ROOT: Final = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|RDF)[\s>]")


class Feed(NamedTuple):
    """A feed that was read."""

    title: str
    items: tuple[Item, ...]
    troubles: tuple[str, ...]


def look(source: Source) -> Look:
    """Ask a feed what is new."""
    memory = source.memory
    answer = fetching.fetch(
        source.address, etag=memory.get("etag", ""), modified=memory.get("modified", ""), most=MAX_BYTES
    )
    if answer.unchanged:
        kept = {name: memory[name] for name in ("etag", "modified") if name in memory}
        return Look((), lambda _: kept)
    return of_answer(answer)


def of_answer(answer: Fetched) -> Look:
    """Return what the answer of a feed brings.

    Raises
    ------
    FetchError
        If it is no feed.
    """
    feed = read(answer, datetime.now(UTC))
    guids = {item.guid for item in feed.items}

    def memory(stored: frozenset[str]) -> dict[str, str]:
        # What found no room is asked for again.
        return {"etag": answer.etag, "modified": answer.modified} if guids <= stored else {}

    return Look(feed.items, memory, troubles=feed.troubles, name=feed.title)


def looks_like(content: bytes) -> bool:
    """Return whether a file begins as feeds do; one that does and cannot be read is no page instead."""
    return bool(_ROOT.search(content[:_SNIFFED].replace(b"\0", b"")))


def read(answer: Fetched, now: datetime) -> Feed:
    """Read the entries of a feed, the oldest first.

    Raises
    ------
    FetchError
        If it is no feed, or larger or more entangled than any.
    """
    told = quoted(answer.url)
    tags = answer.content.count(b"<")
    if tags > MAX_TAGS or len(answer.content) > MAX_BYTES:
        raise FetchError(f"{told} has {tags:,} tags; at most {MAX_TAGS:,} are read of a feed")
    parsed = _parsed(answer)
    if not parsed.get("version") and not parsed.entries:
        raise FetchError(
            f"{told} sent {answer.kind or 'something'} that is not a feed; follow the address of its RSS or Atom feed"
        )
    entries = parsed.entries[:MAX_ITEMS]
    troubles = []
    if len(parsed.entries) > MAX_ITEMS:
        troubles.append(f"{told} has {len(parsed.entries):,} entries; the first {MAX_ITEMS} were read")
    names = Counter(str(entry.get("id", "")) for entry in entries)
    items = []
    for entry in entries:
        item = _item(entry, answer.url, names, now)
        if item is not None:
            items.append(item)
    items.reverse()  # feeds put the newest first; where days are stated, these decide
    items.sort(key=lambda item: item.published or now)
    author = one_line(str(parsed.feed.get("author", ""))) or ""
    filled = tuple(item if item.author or not author else replace(item, author=author) for item in items)
    return Feed(_line(parsed.feed, "title"), filled, tuple(troubles))


def _parsed(answer: Fetched) -> Any:  # noqa: ANN401 - feedparser has no types
    import feedparser  # noqa: PLC0415 - loads slowly, and most commands follow nothing
    from feedparser.encodings import convert_to_utf8  # noqa: PLC0415

    charset = f"; charset={answer.charset}" if answer.charset else ""
    headers = {"content-type": f"{answer.kind or 'application/xml'}{charset}", "content-location": answer.url}
    found: dict[str, Any] = {"bozo": False}
    content = answer.content
    try:
        plain = convert_to_utf8(headers, content, found)
        if b"<!ENTITY" in plain:  # looked for in the form that the XML parser is given, whatever it was written in
            raise FetchError(
                f"{quoted(answer.url)} declares entities of its own, which no feed needs; nothing was read"
            )
        if found.get("encoding"):
            content, headers["content-type"] = plain, "application/xml; charset=utf-8"
        return feedparser.parse(io.BytesIO(content), response_headers=headers)
    except (
        ValueError,
        LookupError,
        AttributeError,
        AssertionError,
        TypeError,
        ArithmeticError,
        RecursionError,
    ) as cause:
        # feedparser promises to raise nothing; its parser of broken markup does at times.
        raise FetchError(f"{quoted(answer.url)} sent a feed that cannot be read ({type(cause).__name__})") from None


def _item(entry: Any, base: str, names: Counter[str], now: datetime) -> Item | None:  # noqa: ANN401 - of feedparser
    link = web_address.joined(base, str(entry.get("link", ""))) if entry.get("link") else ""
    address = link if web_address.is_web(link) else ""
    title = _line(entry, "title")
    try:
        text, remark = shortened_body(_text(entry, title))
    except InputError as error:
        text, remark = "", str(error)
    if not text and not remark:
        remark = "the feed has its title alone"
    if not (text or title):
        return None
    published, precision, when = _published(entry, now)
    guid = str(entry.get("id", ""))
    if names[guid] > 1 or not guid:  # one that several entries share names none of them
        guid = f"{guid} {address or title}".strip()
    return Item(
        plain_guid(guid),
        text or title,
        title,
        one_line(str(entry.get("author", ""))) or "",
        "",
        published,
        precision,
        address,
        remarks(when, remark),
    )


def _text(entry: Any, title: str) -> str:  # noqa: ANN401 - of feedparser
    """Return the longest of the texts that an entry comes with."""
    found = [*entry.get("content", []), *([entry.summary_detail] if "summary_detail" in entry else [])]
    called = f"the entry {quoted(title)}"
    texts = [_plain(part, called) for part in found[:5]]
    return max(texts, key=len, default="")


def _plain(part: Any, called: str) -> str:  # noqa: ANN401 - of feedparser
    value = str(part.get("value", ""))
    if not value.strip():
        return ""
    return markup_text(value, called) if "html" in str(part.get("type", "")) else value


def _line(entry: Any, name: str) -> str:  # noqa: ANN401 - of feedparser
    return one_line(_TAG.sub(" ", str(entry.get(name, "")))) or ""


def _published(entry: Any, now: datetime) -> tuple[datetime | None, Literal["minute", "day"] | None, str]:  # noqa: ANN401
    """Return when an entry says it was published; of one that says only when it was changed, that."""
    for name, remark in (("published", ""), ("updated", "it says only when it was last changed")):
        text = str(dict.get(entry, name, "")).strip()  # feedparser's own `get` answers with another field
        parts = dict.get(entry, f"{name}_parsed")
        found = moment(text) if text else None
        if found is None and parts is not None:
            try:
                found = datetime.fromtimestamp(timegm(parts), UTC), "minute"
            except (ValueError, OverflowError, OSError):
                found = None
        if found is not None:
            published, precision, odd = stated(*found, now)
            return published, precision, remarks(remark if published else "", odd)
    return None, None, ""


def alternates(content: bytes, base: str) -> list[str]:
    """Return the addresses of the feeds that a page names."""
    found = []
    for tag in _LINK.findall(content[:_HEAD]):
        pairs = _ATTRIBUTE.findall(tag.decode("utf-8", "replace"))
        fields = {name.lower(): double or single or bare for name, double, single, bare in pairs}
        if "alternate" in fields.get("rel", "").lower().split() and fields.get("type", "").lower() in _FEED_TYPES:
            address = web_address.joined(base, fields.get("href", ""))
            if web_address.is_web(address):
                found.append(address)
    return found
