"""Text from outside as HTML that is safe to show, with its annotations marked.

A sentinel, one private-use character, is put into the source at each border of an annotation and passes through the
Markdown parser. The marks are then set on the parsed text, so they never cross a tag, wherever an annotation begins or
ends. `html` always returns the output of the sanitiser.
"""

from __future__ import annotations

import html as escaping
import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

from sentiment.formatting import number, visible
from sentiment.research.text import MAX_TEXT, accuracy, in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from sentiment.research.text import AnnotatedText, Annotation

MAX_LINE: Final = 2_000
MAX_NESTING: Final = 20
MAX_ANNOTATIONS: Final = 20_000
CLASSES: Final = frozenset({"tone-positive", "tone-negative", "tone-neutral", "level", "horizon", "asset", "topic"})
LEGEND: Final = {
    "tone-positive": "confident",
    "tone-negative": "gloomy",
    "level": "price level",
    "horizon": "horizon",
    "asset": "asset",
    "topic": "topic",
}
"""The meaning of each mark."""
_TAGS: Final = frozenset(
    {
        "p",
        "ul",
        "ol",
        "li",
        "em",
        "strong",
        "blockquote",
        "h3",
        "h4",
        "h5",
        "h6",
        "code",
        "pre",
        "br",
        "hr",
        "a",
        "mark",
    }
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
_ATTRIBUTES: Final = {"a": {"href"}, "mark": {"title"}}
_DEEP: Final = MAX_NESTING - 2  # the parser drops content at its limit; up to two levels below, nothing is lost
_FIRST, _LAST = 0xF0000, 0xFFFFD
_SENTINEL: Final = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
# Characters taken for sentinels or refused by encoders; each is replaced by one character, so that offsets stay valid.
_UNFIT: Final = re.compile(f"[\0\ud800-\udfff{chr(_FIRST)}-{chr(_LAST)}]")
_NEWLINE: Final = re.compile(r"\r\n?|\n")
_LINK: Final = re.compile(r"https://[^\s/]", re.IGNORECASE)
_WEB: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_ADDRESS_CHARACTERS: Final = (
    "%/:?#&=@+,"  # beside letters, digits and -._~; "&" is part of an entity only with a semicolon
)
_JOINER: Final = "\u2060"
# Streamlit looks for these after it has resolved escapes; only a joiner inside stops it.
_SHORTCODE: Final = re.compile(
    r":(?=[\w+/-]+:)|(?<=http):(?=//)|(?<=https):(?=//)|(?<=www)\.|@(?=[\w-]+\.)", re.IGNORECASE
)
_TYPOGRAPHY: Final = re.compile(r"(?<=[-<>=~])(?=[-<>=])")
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")


def html(body: str, annotations: Sequence[Annotation] = ()) -> str:
    """Return a note's Markdown as safe HTML.

    Parameters
    ----------
    body : str
        Markdown from outside; raw HTML in it is shown as text, and nothing in it loads anything.
    annotations : sequence of Annotation
        What to mark, by offsets in `body`. Where several overlap, one mark has the classes and titles of all.

    Returns
    -------
    str
        Well-formed HTML without styles, ids or scripts; links lead to ``https://`` only. A body that exceeds ``MAX_TEXT``,
        ``MAX_LINE`` or ``MAX_NESTING`` is shown as plain paragraphs.
    """
    source = _UNFIT.sub("\ufffd", body)
    marks = _Marks(source, annotations)
    if len(body) > MAX_TEXT or any(len(line) > MAX_LINE for line in _NEWLINE.split(body)):
        return _clean(_paragraphs(marks))
    parser = _parser()
    tokens = parser.parse(marks.text)
    if any(token.level >= _DEEP for token in tokens):
        return _clean(_paragraphs(marks))
    _mark_blocks(tokens, marks)
    return _clean(parser.renderer.render(tokens, parser.options, {}))


def legend(reading: AnnotatedText, stated: float | Literal["unread"] | None = None) -> str:
    """Return HTML with the tone of a text, how far it can be trusted and what its marks mean; a `stated` tone counts instead."""
    unread = "unread: no cue was found"
    tone = unread if reading.tone is None else f"{in_words(reading.tone)}, tone {number(reading.tone, '+.2f')}"
    if stated == "unread" and reading.tone is not None:
        tone += "; what counts is that a person set none: it has no part in any mean"
    elif reading.tone is None and not isinstance(stated, float):
        tone += ", so it has no part in any mean"
    elif isinstance(stated, float) and number(stated, "+.2f") != number(reading.tone, "+.2f"):
        tone += f"; what counts is the {number(stated, '+.2f')} that a person set"
    trust = accuracy.sentence(central_bank=reading.central_bank)
    warned = f"<strong>{trust}</strong>" if reading.central_bank else trust
    marks = " ".join(f'<mark class="{name}">{meaning}</mark>' for name, meaning in LEGEND.items())
    return f'<p class="legend">Read by rules: {tone}. {warned} Marked: {marks}</p>'


def plain(text: str) -> str:
    """Return a text from outside as one line that shows as written where Streamlit expects Markdown.

    Links, images, HTML, formulas, colours, icons and emoji codes stay text; invisible characters show their number.
    """
    line = " ".join(visible(text).split())
    line = _TYPOGRAPHY.sub(_JOINER, _SHORTCODE.sub(lambda match: match[0] + _JOINER, line))
    return _PUNCTUATION.sub(r"\\\1", line)


def link(words: str, address: str | None) -> str:
    """Return a link in Markdown, or the words alone if the address does not lead to a page of the web.

    Parameters
    ----------
    words, address : str
        From outside. All of the address that could mean anything to Markdown is percent-encoded, which leads to the same page.
    """
    if not _WEB.match(address or ""):
        return plain(words)
    return f"[{plain(words)}]({quote(str(address), safe=_ADDRESS_CHARACTERS, errors='replace')})"


class _Marks:
    """The borders of annotations in a text: `text` has a sentinel at each, and each begins a state: the open annotations."""

    def __init__(self, source: str, annotations: Sequence[Annotation]) -> None:
        valid = [mark for mark in annotations[:MAX_ANNOTATIONS] if 0 <= mark.start < mark.end <= len(source)]
        self.borders = sorted({_border(source, place) for mark in valid for place in (mark.start, mark.end)})
        self.states: list[tuple[Annotation, ...]] = _states(self.borders, valid, source)
        pieces, last = [], 0
        for k, border in enumerate(self.borders):
            pieces += [source[last:border], chr(_FIRST + k)]
            last = border
        self.text = "".join([*pieces, source[last:]])
        self.lines = [0, *(match.end() for match in _NEWLINE.finditer(source))]
        self.state: tuple[Annotation, ...] = ()

    def enter(self, line: int) -> None:
        """Set the state to that of the source at the beginning of a line."""
        at = bisect_right(self.borders, self.lines[min(line, len(self.lines) - 1)] - 1) - 1
        self.state = self.states[at] if at >= 0 else ()

    def cross(self, sentinel: str) -> None:
        """Set the state to that behind a sentinel."""
        at = ord(sentinel) - _FIRST
        if at < len(self.states):
            self.state = self.states[at]

    def marked(self, text: str) -> str:
        """Return a text with sentinels as escaped HTML with marks."""
        parts, last = [], 0
        for match in _SENTINEL.finditer(text):
            parts.append(self._mark(text[last : match.start()]))
            self.cross(match[0])
            last = match.end()
        return "".join([*parts, self._mark(text[last:])])

    def _mark(self, piece: str) -> str:
        escaped = escaping.escape(visible(piece))
        if not self.state or not piece.strip():
            return escaped
        classes = " ".join(dict.fromkeys(map(_class, self.state)))
        title = escaping.escape(visible("; ".join(dict.fromkeys(map(_title, self.state)))))
        return f'<mark class="{classes}" title="{title}">{escaped}</mark>'


def _border(source: str, place: int) -> int:
    """Move an offset that lies between CR and LF to before both."""
    return place - (source[place - 1 : place + 1] == "\r\n")


def _states(borders: list[int], annotations: list[Annotation], source: str) -> list[tuple[Annotation, ...]]:
    opened: dict[int, list[Annotation]] = {}
    closed: dict[int, list[Annotation]] = {}
    for annotation in annotations:
        opened.setdefault(_border(source, annotation.start), []).append(annotation)
        closed.setdefault(_border(source, annotation.end), []).append(annotation)
    current: dict[int, Annotation] = {}
    states = []
    for border in borders:
        for annotation in closed.get(border, ()):
            current.pop(id(annotation), None)
        for annotation in opened.get(border, ()):
            current[id(annotation)] = annotation
        states.append(tuple(current.values()))
    return states


def _class(annotation: Annotation) -> str:
    if annotation.kind != "tone":
        return annotation.kind
    value = annotation.value if isinstance(annotation.value, (int, float)) else 0
    return "tone-positive" if value > 0 else "tone-negative" if value < 0 else "tone-neutral"


def _title(annotation: Annotation) -> str:
    value = number(annotation.value, ",.15g") if isinstance(annotation.value, float) else str(annotation.value or "")
    return f"{' '.join(filter(None, (annotation.kind, annotation.role, value)))}: {annotation.rule}"


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only pages that show a note need it

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING}).enable("table").disable("image")
    normalize = parser.normalizeLink
    parser.normalizeLink = lambda url: normalize(_SENTINEL.sub("", url))  # type: ignore[method-assign]
    parser.validateLink = lambda url: bool(_LINK.match(url))  # type: ignore[method-assign]
    return parser


def _mark_blocks(tokens: list[Token], marks: _Marks) -> None:
    """Replace the text of every block by marked HTML, in place; all other markup stays the parser's."""
    for token in tokens:
        if token.map:
            marks.enter(token.map[0])
        if token.tag in {"h1", "h2"}:
            token.tag = "h3"
        if token.type == "inline":
            for child in token.children or ():
                _mark_inline(child, marks)
        elif token.type in {"fence", "code_block"}:
            token.type, token.content = "html_block", f"<pre><code>{marks.marked(token.content)}</code></pre>\n"


def _mark_inline(token: Token, marks: _Marks) -> None:
    if token.type == "text":
        token.type, token.content = "html_inline", marks.marked(token.content)
    elif token.type == "code_inline":
        token.type, token.content = "html_inline", f"<code>{marks.marked(token.content)}</code>"
    elif token.type == "link_open":
        token.attrs.pop("title", None)


def _paragraphs(marks: _Marks) -> str:
    marks.enter(0)
    blocks = re.split(r"\n[ \t]*\n\s*", _NEWLINE.sub("\n", marks.text))
    return "\n".join(_paragraph(marks.marked(block)) for block in blocks if block.strip())


def _paragraph(block: str) -> str:
    return "<p>" + block.replace("\n", "<br>\n") + "</p>"


def _clean(markup: str) -> str:
    import nh3  # noqa: PLC0415 - only pages that show a note need it

    return nh3.clean(
        markup,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_full_address,
        allowed_classes={"mark": set(CLASSES)},
        url_schemes={"https"},
        link_rel="noopener noreferrer nofollow",
    )


def _full_address(tag: str, attribute: str, value: str) -> str | None:
    """Drop a link's address unless it is complete: without a scheme it would lead back into the page."""
    return value if (tag, attribute) != ("a", "href") or _LINK.match(value) else None
