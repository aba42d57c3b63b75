"""An HTML page as light Markdown: the headings, paragraphs, lists and table rows of its note.

trafilatura judges which parts of the page are the note (menus, related stories, comments and banners are not); the text
of those parts is written here, because trafilatura's own output loses hidden-text rules, list items and `<time>`.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import trafilatura
from lxml import etree, html

from sentiment.errors import InputError
from sentiment.intake.document import Document
from sentiment.intake.page_facts import page_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_TAGS: Final = 30_000
_UNSEEN_TAGS: Final = frozenset({
    "script", "style", "noscript", "template", "nav", "aside", "footer", "button", "input", "select", "textarea", "svg",
    "math", "iframe", "object", "embed", "canvas", "audio", "video", "picture", "img", "map", "dialog", "head", "title",
    "menu", "datalist", "frameset", "noframes", "figcaption",
})  # fmt: skip
_CONTAINERS: Final = frozenset({"div", "section", "article", "header", "form", "details", "figure", "fieldset"})
_COLLECTIONS: Final = frozenset({"ul", "ol", "dl", "table"})
_BLOCKS: Final = _CONTAINERS | _COLLECTIONS | {
    "p", "main", "blockquote", "li", "dt", "dd", "thead", "tbody", "tfoot", "tr", "pre", "address", "hr", "summary",
    "body", "html", "center",
}  # fmt: skip
_HEADINGS: Final = {f"h{level}": "#" * level for level in range(1, 7)}
_HIDING_STYLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_UNSEEN_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "dialog"})
_WORD: Final = re.compile(r"\w+")
_RUN: Final = 5  # words in a row that show a paragraph to be the same text


class _Block(NamedTuple):
    element: Any
    text: str
    prefix: str


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
    if (tags := markup.count("<")) > MAX_TAGS:
        raise InputError(f"{called} has {tags:,} tags; at most {MAX_TAGS:,} are read: paste its text instead")
    tree = _parsed(markup, called)
    root = _root(tree)
    text = _text(root, _note_lines(tree))
    if not any(character.isalnum() for character in text):
        raise InputError(f"{called} is an HTML page without text; open it in a browser and paste what it shows")
    return Document("html", text, **page_facts(tree, root))


def _parsed(markup: str, called: str) -> Any:  # noqa: ANN401 - lxml has no types
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(markup.encode(), parser=parser)
    except etree.ParserError:  # an empty document
        return html.document_fromstring("<html></html>")
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise InputError(f"{called} nests its tags deeper than any article; paste its text instead")
    return tree


def _root(tree: Any) -> Any:  # noqa: ANN401
    """Return the element that holds the note: the only `article`, else `main`, else `body`."""
    articles = tree.findall(".//article")
    if len(articles) == 1:
        return articles[0]
    return next((part for name in ("main", "body") if (part := tree.find(f".//{name}")) is not None), tree)


def _note_lines(tree: Any) -> str:  # noqa: ANN401
    """Return the text that trafilatura takes for the note; empty where it finds none."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)  # faults of someone's page do not belong in our log
    return trafilatura.extract(tree, fast=True, include_comments=False) or ""


def _text(root: Any, note: str) -> str:  # noqa: ANN401
    """Write the visible blocks of the note as Markdown.

    A container is left out if trafilatura took none of its blocks. If it took no block at all, nothing is left out.
    """
    blocks = list(_blocks(root))
    lines, runs = set(), set()
    for line in note.splitlines():
        words = _words(line)
        lines.add(words)
        runs.update(_runs(words))
    note_elements: set[Any] = {None}  # a block in no container
    for block in blocks:
        words = _words(block.text)
        if words in lines or not runs.isdisjoint(_runs(words)):
            for element in _upward(block.element, root):
                if element in note_elements:
                    break
                note_elements.add(element)
    shown = [
        block
        for block in blocks
        if len(note_elements) == 1 or block.prefix == "# " or _container(block.element, root) in note_elements
    ]
    joined = "\n\n".join(block.prefix + block.text for block in shown)
    return re.sub(r"^(- .*)\n(?=\n- )", r"\1", joined, flags=re.MULTILINE).strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (words[start : start + _RUN] for start in range(len(words) - _RUN + 1))


def _upward(element: Any, root: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield an element and its ancestors, up to but without the root."""
    while element is not root:
        yield element
        element = element.getparent()


def _container(element: Any, root: Any) -> Any:  # noqa: ANN401
    """Return the nearest element that a page uses to group blocks; a list or table counts if it holds a link."""
    return next(
        (
            parent
            for parent in _upward(element, root)
            if parent.tag in _CONTAINERS or (parent.tag in _COLLECTIONS and parent.find(".//a") is not None)
        ),
        None,
    )


def _is_unseen(element: Any) -> bool:  # noqa: ANN401
    return (
        element.tag in _UNSEEN_TAGS
        or "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or element.get("role") in _UNSEEN_ROLES
        or bool(_HIDING_STYLE.search(element.get("style", "")))
    )


def _blocks(root: Any) -> Iterator[_Block]:  # noqa: ANN401
    """Yield the visible blocks in order, each with the element that holds it."""
    words: list[str] = []
    prefix = ""

    def block(element: Any) -> Iterator[_Block]:  # noqa: ANN401
        nonlocal prefix
        lines = [" ".join(line.split()).strip("| ") for line in "".join(words).split("\n")]
        text = "\n".join(line for line in lines if line)
        words.clear()
        if text:
            yield _Block(element, text, prefix)
            prefix = ""

    for event, element in _events(root):
        tag = element.tag
        if event == "text":
            words.append(re.sub(r"\s+", " ", element.text or ""))
        elif event == "tail":
            words.append(re.sub(r"\s+", " ", element.tail or ""))
        elif tag == "br" and event == "start":
            words.append("\n")
        elif tag in {"td", "th"} and event == "end":
            words.append(" | ")
        elif tag in _HEADINGS or tag in _BLOCKS:
            yield from block(element if event == "end" or element is root else element.getparent())
            prefix = "" if event == "end" else f"{_HEADINGS[tag]} " if tag in _HEADINGS else prefix
            if tag == "li":
                prefix = "- " if event == "start" else ""
    yield from block(root)


def _events(root: Any) -> Iterator[tuple[Literal["start", "text", "end", "tail"], Any]]:  # noqa: ANN401
    """Walk what is visible in order."""
    walk = etree.iterwalk(root, events=("start", "end"))
    hidden: set[Any] = set()
    for event, element in walk:
        if event == "start" and element is not root and _is_unseen(element):
            hidden.add(element)
            walk.skip_subtree()
        elif event == "start":
            yield "start", element
            yield "text", element
        else:
            if element not in hidden:
                yield "end", element
            if element is not root:
                yield "tail", element
