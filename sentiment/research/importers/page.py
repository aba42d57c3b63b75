"""An HTML page as light Markdown: the headings, paragraphs, lists and table rows of its note.

trafilatura judges which parts of the page are the note (menus, related stories, comments and banners are not); the text
of those parts is written here, because trafilatura's own output loses hidden-text rules, list items and `<time>`.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final, NamedTuple

import trafilatura
from lxml import etree, html

from sentiment.errors import InputError
from sentiment.research.importers.document import MOST_LEFT_OUT, Document, one_line
from sentiment.research.importers.page_facts import Element, page_facts

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

MAX_TAGS: Final = 30_000
MAX_MARKUP: Final = 4_000_000
"""Characters of a page without styles, scripts and pictures that are written into it."""
MAX_DEPTH: Final = 100
"""Levels of nested tags. Articles have some 40; trafilatura takes seconds over a page of thousands of deep paragraphs."""
_UNSEEN_TAGS: Final = frozenset({
    "script", "style", "noscript", "template", "nav", "aside", "footer", "button", "input", "select", "textarea", "svg",
    "math", "iframe", "object", "embed", "canvas", "audio", "video", "picture", "img", "map", "dialog", "head", "title",
    "menu", "datalist", "frameset", "noframes", "figcaption",
})  # fmt: skip
_CONTAINERS: Final = frozenset({"div", "section", "article", "header", "form", "details", "figure", "fieldset"})
_COLLECTIONS: Final = frozenset({"ul", "ol", "dl", "table"})
_BLOCKS: Final = _CONTAINERS | _COLLECTIONS | {
    "p", "main", "blockquote", "li", "dt", "dd", "thead", "tbody", "tfoot", "tr", "pre", "address", "hr", "summary",
    "body", "html", "center", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
_PREFIXES: Final = {f"h{level}": "#" * level + " " for level in range(1, 7)} | {"li": "- "}
_MARKS: Final = {("start", "br"): "\n", ("end", "td"): " | ", ("end", "th"): " | "}
_SPACE: Final = re.compile(r"\s+")
_BULK: Final = re.compile(r"<(style|script)\b[^>]{0,500}>", re.IGNORECASE)
_CLOSING: Final = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("style", "script")}
_PICTURE: Final = re.compile(r"data:[\w.+/-]{0,80}(?:;[\w=.-]{1,80}){0,4},[A-Za-z0-9+/=%_.~-]{64,}")
_HIDING_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_UNSEEN_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "dialog"})
_TITLE: Final = "# "
_STOPS: Final = (".", "!", "?", "。")
_WORD: Final = re.compile(r"\w+")
_RUN: Final = 5  # words in a row that show a paragraph to be the same text


class _Block(NamedTuple):
    container: Element  # the nearest element that groups blocks, or None
    text: str
    prefix: str


def read_fragment(markup: str, called: str) -> str:
    """Return the visible text of a piece of HTML, all of it: of an entry of a feed, or of a mail.

    Raises
    ------
    InputError
        If it has more tags or nests deeper than any article.
    """
    tree = _bounded(markup, called)
    return _text(list(_blocks(tree)))


def read_page(markup: str, called: str) -> Document:
    """Read a page that is already decoded.

    Parameters
    ----------
    markup : str
        The page's HTML.
    called : str
        What error messages call the file.

    Raises
    ------
    InputError
        If the page has more tags or nests deeper than any article, or has no text.
    """
    tree = _bounded(markup, called)
    root = _root(tree)
    blocks = list(_blocks(root))
    note = _of_note(blocks, root, _note_lines(tree))
    text = _text(note)
    if not any(character.isalnum() for character in text):
        raise InputError(f"{called} is an HTML page without text; open it in a browser and paste what it shows")
    kept = set(map(id, note))
    left_out = [line for block in blocks if id(block) not in kept and (line := one_line(block.text)) is not None]
    return Document("html", text, **page_facts(tree, root), left_out=tuple(left_out[:MOST_LEFT_OUT]))


def _bounded(markup: str, called: str) -> Element:
    """Parse markup that is no larger than any article's."""
    markup = _without_bulk(markup)
    if len(markup) > MAX_MARKUP:
        raise InputError(
            f"{called} has {len(markup):,} characters without its pictures and scripts; at most {MAX_MARKUP:,} are read"
        )
    if (tags := markup.count("<")) > MAX_TAGS:
        raise InputError(f"{called} has {tags:,} tags; at most {MAX_TAGS:,} are read: paste its text instead")
    return _parsed(markup, called)


def _without_bulk(markup: str) -> str:
    """Leave out what no reader sees and saved pages are full of: styles, scripts (but linked data) and pictures in the page itself."""
    kept, end, unclosed = [], 0, set[str]()
    for opening in _BULK.finditer(markup):
        name = opening[1].lower()
        if opening.start() < end or name in unclosed or "ld+json" in opening[0]:
            continue
        closing = _CLOSING[name].search(markup, opening.end())
        if closing is None:
            unclosed.add(name)
            continue
        kept.append(markup[end : opening.end()])
        end = closing.start()
    return _PICTURE.sub("data:,", "".join([*kept, markup[end:]]))


def _parsed(markup: str, called: str) -> Element:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(markup.encode(), parser=parser)
    except etree.ParserError:  # an empty document
        return html.document_fromstring("<html></html>")
    cut = any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)
    if cut or _depth(tree) > MAX_DEPTH:
        raise InputError(f"{called} nests its tags deeper than any article; paste its text instead")
    return tree


def _depth(tree: Element) -> int:
    """Return how many levels deep the tags are nested."""
    depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _root(tree: Element) -> Element:
    """Return the element that holds the note: the only `article`, else `main`, else `body`."""
    articles = tree.findall(".//article")
    if len(articles) == 1:
        return articles[0]
    return next((part for name in ("main", "body") if (part := tree.find(f".//{name}")) is not None), tree)


def _note_lines(tree: Element) -> str:
    """Return the text that trafilatura takes for the note; empty where it finds none."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)  # faults of someone's page do not belong in our log
    return trafilatura.extract(tree, fast=True, include_comments=False) or ""


def _text(note: list[_Block]) -> str:
    """Write blocks as Markdown."""
    joined = "\n\n".join(block.prefix + block.text for block in note)
    return re.sub(r"^(- .*)\n(?=\n- )", r"\1", joined, flags=re.MULTILINE).strip()


def _of_note(blocks: list[_Block], root: Element, note: str) -> list[_Block]:
    """Leave out the containers of which trafilatura took no block; all stays if it took no block at all.

    Titles stay, and so do sentences between the first title and the text: a standfirst often states the call.
    """
    lines = {words for line in note.splitlines() if (words := _words(line))}
    runs = {run for line in lines for run in _runs(line)}
    taken = [k for k, block in enumerate(blocks) if _is_taken(_words(block.text), lines, runs)]
    if not taken:
        return blocks
    title = next((k for k, block in enumerate(blocks) if block.prefix == _TITLE), taken[0])
    standfirst = range(title, taken[0])
    note_elements: set[Element] = {None}  # a block in no container stays
    for k in taken:
        note_elements.update(_upward(blocks[k].container, root, note_elements))
    return [
        block
        for k, block in enumerate(blocks)
        if block.prefix == _TITLE
        or (k in standfirst and block.text.endswith(_STOPS))
        or block.container in note_elements
    ]


def _is_taken(words: tuple[str, ...], lines: set[tuple[str, ...]], runs: set[tuple[str, ...]]) -> bool:
    return words in lines or not runs.isdisjoint(_runs(words))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (words[start : start + _RUN] for start in range(len(words) - _RUN + 1))


def _upward(element: Element, root: Element, seen: Container[Element] = ()) -> Iterator[Element]:
    """Yield an element and its ancestors, up to but without the root or one that was seen."""
    while element is not None and element is not root and element not in seen:
        yield element
        element = element.getparent()


def _is_unseen(element: Element) -> bool:
    return (
        element.tag in _UNSEEN_TAGS
        or "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or element.get("role") in _UNSEEN_ROLES
        or bool(_HIDING_STYLE.search(element.get("style", "")))
    )


def _blocks(root: Element) -> Iterator[_Block]:
    """Yield the visible blocks in order, each with the container that is open around it."""
    grouping = _grouping(root)
    containers: list[Element] = [None]
    words: list[str] = []
    prefix = ""
    for piece in _pieces(root):
        if isinstance(piece, str):
            words.append(piece)
            continue
        event, element = piece
        if text := _lines("".join(words)):
            yield _Block(containers[-1], text, prefix)
            prefix = ""
        words.clear()
        if event == "start":
            prefix = _PREFIXES.get(element.tag, prefix)
        elif element.tag in _PREFIXES:
            prefix = ""
        if element in grouping:
            containers = [*containers, element] if event == "start" else containers[:-1]


def _lines(text: str) -> str:
    lines = [" ".join(line.split()).strip("| ") for line in text.split("\n")]
    return "\n".join(line for line in lines if line)


def _grouping(root: Element) -> set[Element]:
    """Return the elements that group blocks; a list or table does only if it holds a link, as menus do."""
    linked: set[Element] = set()
    for link in root.iter("a"):
        linked.update(_upward(link, root, linked))
    return set(root.iterdescendants(*_CONTAINERS)) | {element for element in linked if element.tag in _COLLECTIONS}


def _pieces(root: Element) -> Iterator[str | tuple[str, Element]]:
    """Walk what is visible in order: its text, and where a block starts or ends."""
    walk = etree.iterwalk(root, events=("start", "end"))
    hidden: set[Element] = set()
    for event, element in walk:
        if event == "start" and element is not root and _is_unseen(element):
            hidden.add(element)
            walk.skip_subtree()
            continue
        if element not in hidden:
            if element.tag in _BLOCKS:
                yield event, element
            elif (event, element.tag) in _MARKS:
                yield _MARKS[event, element.tag]
        text = element.text if event == "start" else element.tail if element is not root else ""
        yield _SPACE.sub(" ", text or "")
