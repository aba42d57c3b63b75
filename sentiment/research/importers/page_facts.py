"""What an HTML page says about itself: title, author, publisher, day of publication and address.

Kept by hand: trafilatura and htmldate guess a day from addresses, copyright lines and dates of change, drop the time
zone, miss publishers in JSON-LD and rewrite names; a wrong day would let a note be known before it was written.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from sentiment.research.importers.document import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

_PUBLISHED: Final = (
    "date", "datepublished", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued", "publish-date",
    "publish_date", "publication_date", "pubdate", "citation_publication_date", "sailthru.date", "parsely-pub-date",
)  # fmt: skip
_AUTHOR: Final = ("author", "article:author")
_OTHER_AUTHOR: Final = ("parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "citation_author")
_PUBLISHER: Final = ("og:site_name", "article:publisher")
_OTHER_PUBLISHER: Final = ("dc.publisher", "dcterms.publisher", "citation_publisher")
_BYLINE: Final = "descendant-or-self::*[@rel='author' or @itemprop='author']"
_TIME: Final = "//time[@pubdate or @itemprop='datePublished']"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_ADDRESS: Final = re.compile(r"https://[^\s<>\"']{1,2000}")

Element: TypeAlias = Any  # of lxml, which has no types
_When = tuple[datetime, Literal["minute", "day"]]


def page_facts(tree: Element, root: Element) -> dict[str, Any]:
    """Return the fields of a `Document` that a page states, None where it states nothing.

    Parameters
    ----------
    tree, root : lxml.html.HtmlElement
        The page, and the part of it that holds the note.
    """
    meta = _meta(tree)
    linked = _linked_data(tree)
    published, precision = _published(tree, meta, linked) or (None, None)
    address = next((link.get("href", "").strip() for link in tree.iter("link") if link.get("rel") == "canonical"), "")
    return {
        "title": _title(tree, meta),
        "author": (
            _first_name(meta, _AUTHOR)
            or _name(linked.get("author"))
            or _first_name(meta, _OTHER_AUTHOR)
            or _byline(root)
        ),
        "publisher": (
            _first_name(meta, _PUBLISHER) or _name(linked.get("publisher")) or _first_name(meta, _OTHER_PUBLISHER)
        ),
        "published": published,
        "precision": precision,
        "source_url": address if _ADDRESS.fullmatch(address) else None,
    }


def _meta(tree: Element) -> dict[str, str]:
    """Return the first content of every meta field by its lower-case name."""
    fields: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        if name and "content" in tag.attrib:
            fields.setdefault(name.lower(), tag.get("content"))
    return fields


def _linked_data(tree: Element) -> dict[str, Any]:
    """Return the first JSON-LD record with a day of publication, else the first with a publisher or an author."""
    records: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            data = json.loads(_without_cdata(script.text or ""))
        except (ValueError, RecursionError):
            continue
        for record in _list(data):
            if isinstance(record, dict):
                graph = record.get("@graph")
                records += [record, *(part for part in _list(graph) if isinstance(part, dict))]
    return next(
        (
            record
            for field in ("datePublished", "publisher", "author")
            for record in records
            if (isinstance(record.get(field), str) if field == "datePublished" else field in record)
        ),
        {},
    )


def _without_cdata(script: str) -> str:
    """Return a script without the CDATA markers that older pages put around it."""
    inner = script.strip().removeprefix("//").lstrip().removeprefix("<![CDATA[")
    return inner.removesuffix("]]>").rstrip().removesuffix("//").rstrip().removesuffix("]]>")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name(value: object) -> str | None:
    """Return the name in a text, a record or a list of them; an address is no name."""
    if isinstance(value, list):
        return one_line(", ".join(name for part in value[:10] if not isinstance(part, list) and (name := _name(part))))
    name = one_line(value.get("name") if isinstance(value, dict) else value)
    return None if name and "://" in name else name


def _first_name(meta: dict[str, str], fields: Iterable[str]) -> str | None:
    return next((name for field in fields if (name := _name(meta.get(field)))), None)


def _byline(root: Element) -> str | None:
    """Return the author that the note's markup names, if it names one only."""
    names = set()
    for tag in root.xpath(_BYLINE):
        inner = next(iter(tag.xpath(".//*[@itemprop='name']")), tag)
        names.add(_name(inner.get("content") or inner.text_content()))
    return names.pop() if len(names) == 1 else None


def _title(tree: Element, meta: dict[str, str]) -> str | None:
    """Return the title without the site's name where a field or the first heading gives it."""
    page_title = next((title for tag in tree.iter("title") if (title := one_line(tag.text_content()))), None)
    headings = [heading for tag in tree.iter("h1") if (heading := one_line(tag.text_content()))]
    inside = [heading for heading in headings if page_title and heading in page_title]
    return (
        one_line(meta.get("og:title"))
        or one_line(meta.get("twitter:title"))
        or max(inside, key=len, default=None)
        or page_title
        or next(iter(headings), None)
    )


def _published(tree: Element, meta: dict[str, str], linked: dict[str, Any]) -> _When | None:
    """Return when the page says it was published: the first of its fields that names a day or an instant."""
    fields = [
        meta.get("article:published_time"),
        linked.get("datePublished"),
        *(tag.get("datetime") for tag in tree.xpath(_TIME)),
        *(meta.get(name) for name in _PUBLISHED),
    ]
    return next((when for field in fields if isinstance(field, str) and (when := moment(field.strip()))), None)


def moment(stated: str) -> _When | None:
    """Read an instant; a day, or a time without a zone, counts from the end of its day, when all of it was known."""
    try:
        if _DAY.fullmatch(stated):
            return _end(date.fromisoformat(stated)), "day"
        moment = datetime.fromisoformat(stated) if stated[:4].isdecimal() else parsedate_to_datetime(stated)
        return (moment.astimezone(UTC), "minute") if moment.tzinfo else (_end(moment.date()), "day")
    except (ValueError, OverflowError):
        return None


def _end(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)
