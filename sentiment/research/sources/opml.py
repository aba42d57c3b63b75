"""OPML, in which readers of feeds hand their lists to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from xml.etree import ElementTree as ET

from lxml import etree

from sentiment.errors import InputError
from sentiment.research import web_address
from sentiment.research.importers.document import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sentiment.research.inbox_rows import Source

MAX_BYTES: Final = 2_000_000
MAX_FEEDS: Final = 1_000


class Listed(NamedTuple):
    """A feed on a list: its address, and its name there."""

    address: str
    name: str


def read(content: bytes, called: str) -> tuple[Listed, ...]:
    """Return the feeds on a list.

    Raises
    ------
    InputError
        If it is no OPML, or has none.
    """
    if len(content) > MAX_BYTES:
        raise InputError(f"{called} has {len(content):,} bytes; at most {MAX_BYTES:,} are read")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as cause:
        raise InputError(f"{called} is not OPML: {' '.join(str(cause).split())[:120]}") from None
    found: dict[str, Listed] = {}
    for outline in root.iter("outline"):
        address = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if web_address.is_web(address):
            name = one_line(outline.get("title") or outline.get("text"), 100) or ""
            found.setdefault(address, Listed(address, name))
    if not found:
        raise InputError(f"{called} names no feed; its outlines have no xmlUrl")
    return tuple(found.values())[:MAX_FEEDS]


def write(sources: Iterable[Source]) -> bytes:
    """Write the feeds among sources as a list that other readers take."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "Sources that Sentiment follows"
    body = ET.SubElement(root, "body")
    for source in sources:
        if source.kind == "feed":
            ET.SubElement(
                body, "outline", type="rss", text=source.publisher, title=source.publisher, xmlUrl=source.address
            )
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
