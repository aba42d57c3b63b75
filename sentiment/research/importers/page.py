"""An HTML page to light Markdown: its paragraphs, headings and lists, and what it says of its own publication."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from bs4 import BeautifulSoup, CData, Tag
from bs4.element import NavigableString

from sentiment.errors import InputError
from sentiment.research.importers.document import Document, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_TAGS: Final = 30_000
_SKIPPED: Final = frozenset({
    "script", "style", "noscript", "template", "nav", "aside", "footer", "form", "button", "input", "select",
    "textarea", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video", "picture", "img", "map",
    "dialog", "head", "title", "menu", "datalist", "frameset", "noframes", "figcaption",
})  # fmt: skip
_BLOCKS: Final = frozenset({
    "p", "div", "section", "article", "main", "header", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "table",
    "thead", "tbody", "tfoot", "tr", "pre", "figure", "address", "hr", "details", "summary", "body", "html",
    "center", "fieldset",
})  # fmt: skip
_HEADINGS: Final = {f"h{level}": "#" * level for level in range(1, 7)}
_CELLS: Final = frozenset({"td", "th"})
_UNSEEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_ASIDE: Final = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "dialog"})
_DATES: Final = (
    "date", "datepublished", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.issued", "publish-date",
    "publish_date", "publication_date", "pubdate", "citation_publication_date", "sailthru.date", "parsely-pub-date",
)  # fmt: skip
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_ADDRESS: Final = re.compile(r"https://[^\s<>\"']{1,2000}")
_XML: Final = re.compile(r"\s*(?:<\?xml[^>]*>\s*)+", re.IGNORECASE)

When = tuple[datetime, Literal["minute", "day"]]


def read(markup: str, called: str) -> Document:
    """Read a page that is already decoded.

    Raises
    ------
    InputError
        If it has more tags than any article, or no text.
    """
    if (tags := markup.count("<")) > MAX_TAGS:
        raise InputError(f"{called} has {tags:,} tags; at most {MAX_TAGS:,} are read: paste its text instead")
    soup = BeautifulSoup(_XML.sub("", markup, count=1) if _XML.match(markup) else markup, "lxml")
    meta = _meta(soup)
    linked = _linked_data(soup)
    text = _text(_root(soup))
    if not any(one.isalnum() for one in text):
        raise InputError(f"{called} is an HTML page without text; open it in a browser and paste what it shows")
    published, precision = _published(soup, meta, linked) or (None, None)
    canonical = soup.find("link", rel="canonical", href=True)
    address = str(canonical["href"]).strip() if isinstance(canonical, Tag) else ""
    return Document(
        "html",
        text,
        title=one_line(meta.get("og:title")) or _content(soup, "title") or _content(soup, "h1"),
        author=one_line(meta.get("author")) or _named(meta.get("article:author")) or _named(linked.get("author")),
        publisher=(
            one_line(meta.get("og:site_name"))
            or _named(meta.get("article:publisher"))
            or _named(linked.get("publisher"))
        ),
        published=published,
        precision=precision,
        source_url=address if _ADDRESS.fullmatch(address) else None,
    )


def _meta(soup: BeautifulSoup) -> dict[str, str]:
    """Return the first content of every meta field by its lower-case name."""
    found: dict[str, str] = {}
    for tag in soup.find_all("meta", content=True):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        if name:
            found.setdefault(str(name).lower(), str(tag["content"]))
    return found


def _linked_data(soup: BeautifulSoup) -> dict[str, Any]:
    """Return the first JSON-LD record that has a day of publication; empty where there is none."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            data = json.loads(script.string or "")
        except (ValueError, RecursionError):
            continue
        records = data if isinstance(data, list) else [data]
        records = [*records, *(one for each in records if isinstance(each, dict) for one in _list(each.get("@graph")))]
        for record in records:
            if isinstance(record, dict) and isinstance(record.get("datePublished"), str):
                return record
    return {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _named(value: object) -> str | None:
    """Return the name in a field that holds a text, a record or a list of them; an address is no name."""
    if isinstance(value, list):
        return one_line(", ".join(name for one in value[:10] if not isinstance(one, list) and (name := _named(one))))
    name = one_line(value.get("name") if isinstance(value, dict) else value)
    return None if name and "://" in name else name


def _content(soup: BeautifulSoup, name: str) -> str | None:
    tag = soup.find(name)
    return one_line(tag.get_text(" ")) if isinstance(tag, Tag) else None


def _published(soup: BeautifulSoup, meta: dict[str, str], linked: dict[str, Any]) -> When | None:
    """Return when the page says it was published: the first of its fields that names a day or an instant."""
    timed = [*soup.find_all("time", pubdate=True), *soup.find_all("time", itemprop="datePublished")]
    said = [
        meta.get("article:published_time"),
        linked.get("datePublished"),
        *(str(tag.get("datetime", "")) for tag in timed),
        *(meta.get(name) for name in _DATES),
    ]
    return next((when for one in said if one and (when := _moment(one.strip()))), None)


def _moment(said: str) -> When | None:
    """Read an instant with its time zone, or a day: it counts from its end, when all of it was known."""
    try:
        if _DAY.fullmatch(said):
            return datetime.combine(date.fromisoformat(said), time(23, 59, 59), UTC), "day"
        moment = datetime.fromisoformat(said) if said[:4].isdecimal() else parsedate_to_datetime(said)
        return (moment.astimezone(UTC), "minute") if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _root(soup: BeautifulSoup) -> Tag:
    """Return the part that is the article: the page's main part, else its only article, else all."""
    articles = soup.find_all("article")
    only = articles[0] if len(articles) == 1 else None
    main = soup.find("main")
    return next((one for one in (only, main, soup.body) if isinstance(one, Tag)), soup)


def _is_unseen(tag: Tag) -> bool:
    return (
        tag.name in _SKIPPED
        or tag.has_attr("hidden")
        or tag.get("aria-hidden") == "true"
        or str(tag.get("role", "")) in _ASIDE
        or bool(_UNSEEN.search(str(tag.get("style", ""))))
    )


def _text(root: Tag) -> str:
    """Write the seen text as Markdown, one block a paragraph."""
    blocks: list[str] = []
    words: list[str] = []
    prefix = ""

    def close() -> None:
        nonlocal prefix
        lines = [" ".join(line.split()).strip("| ") for line in "".join(words).split("\n")]
        block = "\n".join(line for line in lines if line)
        words.clear()
        if block:
            blocks.append(prefix + block)
            prefix = ""

    for event, node in _events(root):
        if isinstance(node, NavigableString):
            words.append(re.sub(r"\s+", " ", str(node)))
        elif node.name == "br":
            words.append("\n")
        elif node.name in _CELLS:
            words.append(" | " if event == "leave" else "")
        elif node.name in _HEADINGS or node.name in _BLOCKS:
            close()
            prefix = "" if event == "leave" else f"{_HEADINGS[node.name]} " if node.name in _HEADINGS else prefix
            if node.name == "li":
                prefix = "- " if event == "enter" else ""
    close()
    joined = "\n\n".join(blocks)
    return re.sub(r"^(- .*)\n(?=\n- )", r"\1", joined, flags=re.MULTILINE).strip()


def _events(root: Tag) -> Iterator[tuple[Literal["enter", "leave"], Tag | NavigableString]]:
    """Walk what is seen in order, without recursion: a page nests as deep as its author likes."""
    waiting: list[tuple[Literal["enter", "leave"], Tag | NavigableString]] = [("enter", root)]
    while waiting:
        event, node = waiting.pop()
        if isinstance(node, NavigableString):
            if type(node) in {NavigableString, CData}:  # comments and declarations are other types
                yield event, node
        elif event == "leave":
            yield event, node
        elif node is root or not _is_unseen(node):
            yield event, node
            waiting.append(("leave", node))
            waiting += [("enter", one) for one in reversed(node.contents) if isinstance(one, (Tag, NavigableString))]
