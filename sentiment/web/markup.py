"""Outside text as HTML that is safe to show, with the findings of its reading marked.

Marks are set on the parsed text, not on the source: a sentinel, one private-use character for each border of a finding,
rides through the Markdown parser and says which findings a piece of text belongs to. So marks never cross a tag, wherever
a finding begins or ends. The sanitiser has the last word: what `html` returns is its output, always.
"""

from __future__ import annotations

import html as escaping
import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, Final

from sentiment.formatting import number, visible
from sentiment.research.text import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from sentiment.research.text import AnnotatedText, Annotation

MAX_LINE: Final = 2_000
MAX_NESTING: Final = 20
MAX_FINDINGS: Final = 20_000
CLASSES: Final = frozenset({"tone-positive", "tone-negative", "tone-neutral", "level", "horizon", "asset", "topic"})
LEGEND: Final = {
    "tone-positive": "confident",
    "tone-negative": "gloomy",
    "level": "price level",
    "horizon": "horizon",
    "asset": "asset",
    "topic": "topic",
}
"""What each mark means, in a word."""
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
_DEEP: Final = MAX_NESTING - 2  # what lies at the limit the parser drops; two short of it nothing was
_FIRST, _LAST = 0xF0000, 0xFFFFD
_SENTINEL: Final = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
# What would pass for a sentinel, and what no encoder takes; one character each, so that places hold.
_UNFIT: Final = re.compile(f"[\0\ud800-\udfff{chr(_FIRST)}-{chr(_LAST)}]")
_NEWLINE: Final = re.compile(r"\r\n?|\n")
_LINK: Final = re.compile(r"https://[^\s/]", re.IGNORECASE)
_JOINER: Final = "\u2060"
# Streamlit looks for these after escapes are resolved, so only a joiner inside keeps them as they are written.
_SHORTCODE: Final = re.compile(
    r":(?=[\w+/-]+:)|(?<=http):(?=//)|(?<=https):(?=//)|(?<=www)\.|@(?=[\w-]+\.)", re.IGNORECASE
)
_TYPOGRAPHY: Final = re.compile(r"(?<=[-<>=~])(?=[-<>=])")
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")


def html(body: str, findings: Sequence[Annotation] = ()) -> str:
    """Return a note's Markdown as safe HTML.

    Parameters
    ----------
    body : str
        Markdown from outside; raw HTML in it is shown as text, and nothing in it loads anything.
    findings : sequence of Annotation
        What to mark, by places in `body`. Where several overlap, one mark has the classes and the words of all.

    Returns
    -------
    str
        Well-formed HTML without styles, ids or scripts; links lead to ``https://`` only. A body beyond ``MAX_TEXT``,
        ``MAX_LINE`` or ``MAX_NESTING`` is shown as plain paragraphs.
    """
    source = _UNFIT.sub("\ufffd", body)
    marks = _Marks(source, findings)
    if len(body) > MAX_TEXT or any(len(line) > MAX_LINE for line in _NEWLINE.split(body)):
        return _clean(_paragraphs(marks))
    parser = _parser()
    tokens = parser.parse(marks.text)
    if any(token.level >= _DEEP for token in tokens):
        return _clean(_paragraphs(marks))
    _mark_blocks(tokens, marks)
    return _clean(parser.renderer.render(tokens, parser.options, {}))


def legend(reading: AnnotatedText, stated: float | None = None) -> str:
    """Return a paragraph of HTML with the tone of a text and what its marks mean; a `stated` tone counts instead."""
    tone = f"{reading.label}, tone {number(reading.tone, '+.2f')}"
    if stated is not None and number(stated, "+.2f") != number(reading.tone, "+.2f"):
        tone += f"; what counts is the {number(stated, '+.2f')} that a person set"
    marks = " ".join(f'<mark class="{name}">{meaning}</mark>' for name, meaning in LEGEND.items())
    return f'<p class="legend">Read by rules: {tone}. Marked: {marks}</p>'


def plain(text: str) -> str:
    """Return an outside text in one line for places that Streamlit reads as Markdown: all of it shows as written.

    Links, images, HTML, formulas, colours, icons and emoji codes stay letters; what no eye sees is shown by its number.
    """
    line = " ".join(visible(text).split())
    line = _TYPOGRAPHY.sub(_JOINER, _SHORTCODE.sub(lambda found: found[0] + _JOINER, line))
    return _PUNCTUATION.sub(r"\\\1", line)


class _Marks:
    """The findings as borders in a text: `text` holds a sentinel at each, and each opens a state."""

    def __init__(self, source: str, findings: Sequence[Annotation]) -> None:
        inside = [one for one in findings[:MAX_FINDINGS] if 0 <= one.start < one.end <= len(source)]
        self.borders = sorted({_border(source, place) for one in inside for place in (one.start, one.end)})
        self.states: list[tuple[Annotation, ...]] = _states(self.borders, inside, source)
        pieces, last = [], 0
        for k, border in enumerate(self.borders):
            pieces += [source[last:border], chr(_FIRST + k)]
            last = border
        self.text = "".join([*pieces, source[last:]])
        self.lines = [0, *(match.end() for match in _NEWLINE.finditer(source))]
        self.state: tuple[Annotation, ...] = ()

    def enter(self, line: int) -> None:
        """Take up the state that the source has where a line begins."""
        at = bisect_right(self.borders, self.lines[min(line, len(self.lines) - 1)] - 1) - 1
        self.state = self.states[at] if at >= 0 else ()

    def cross(self, sentinel: str) -> None:
        """Take up the state behind a sentinel."""
        at = ord(sentinel) - _FIRST
        if at < len(self.states):
            self.state = self.states[at]

    def wrapped(self, text: str) -> str:
        """Return the pieces of a text with sentinels, escaped and marked."""
        parts, last = [], 0
        for match in _SENTINEL.finditer(text):
            parts.append(self._marked(text[last : match.start()]))
            self.cross(match[0])
            last = match.end()
        return "".join([*parts, self._marked(text[last:])])

    def _marked(self, piece: str) -> str:
        shown = escaping.escape(visible(piece))
        if not self.state or not piece.strip():
            return shown
        classes = " ".join(dict.fromkeys(_class(one) for one in self.state))
        title = escaping.escape(visible("; ".join(dict.fromkeys(_told(one) for one in self.state))))
        return f'<mark class="{classes}" title="{title}">{shown}</mark>'


def _border(source: str, place: int) -> int:
    """Move a place between the two characters of one line end before both."""
    return place - (source[place - 1 : place + 1] == "\r\n")


def _states(borders: list[int], findings: list[Annotation], source: str) -> list[tuple[Annotation, ...]]:
    opened: dict[int, list[Annotation]] = {}
    closed: dict[int, list[Annotation]] = {}
    for one in findings:
        opened.setdefault(_border(source, one.start), []).append(one)
        closed.setdefault(_border(source, one.end), []).append(one)
    now: dict[int, Annotation] = {}
    states = []
    for border in borders:
        for one in closed.get(border, ()):
            now.pop(id(one), None)
        for one in opened.get(border, ()):
            now[id(one)] = one
        states.append(tuple(now.values()))
    return states


def _class(finding: Annotation) -> str:
    if finding.kind != "tone":
        return finding.kind
    value = finding.value if isinstance(finding.value, (int, float)) else 0
    return "tone-positive" if value > 0 else "tone-negative" if value < 0 else "tone-neutral"


def _told(finding: Annotation) -> str:
    value = f"{finding.value:,.15g}" if isinstance(finding.value, float) else str(finding.value or "")
    return f"{' '.join(filter(None, (finding.kind, finding.role, value)))}: {finding.rule}"


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only pages that show a note need it

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING}).enable("table").disable("image")
    normalised = parser.normalizeLink
    parser.normalizeLink = lambda url: normalised(_SENTINEL.sub("", url))  # type: ignore[method-assign]
    parser.validateLink = lambda url: bool(_LINK.match(url))  # type: ignore[method-assign]
    return parser


def _mark_blocks(tokens: list[Token], marks: _Marks) -> None:
    """Turn the text of every block into marked HTML, in place; all other markup is the parser's own."""
    for token in tokens:
        if token.map:
            marks.enter(token.map[0])
        if token.tag in {"h1", "h2"}:
            token.tag = "h3"
        if token.type == "inline":
            for child in token.children or ():
                _mark_inline(child, marks)
        elif token.type in {"fence", "code_block"}:
            token.type, token.content = "html_block", f"<pre><code>{marks.wrapped(token.content)}</code></pre>\n"


def _mark_inline(token: Token, marks: _Marks) -> None:
    if token.type == "text":
        token.type, token.content = "html_inline", marks.wrapped(token.content)
    elif token.type == "code_inline":
        token.type, token.content = "html_inline", f"<code>{marks.wrapped(token.content)}</code>"
    elif token.type == "link_open":
        token.attrs.pop("title", None)


def _paragraphs(marks: _Marks) -> str:
    marks.enter(0)
    blocks = re.split(r"\n[ \t]*\n\s*", _NEWLINE.sub("\n", marks.text))
    return "\n".join(_paragraph(marks.wrapped(block)) for block in blocks if block.strip())


def _paragraph(block: str) -> str:
    return "<p>" + block.replace("\n", "<br>\n") + "</p>"


def _clean(markup: str) -> str:
    import nh3  # noqa: PLC0415 - only pages that show a note need it

    return nh3.clean(
        markup,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        allowed_classes={"mark": set(CLASSES)},
        url_schemes={"https"},
        link_rel="noopener noreferrer nofollow",
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """Keep a link's address only where it is a full one: without a scheme it would lead back into the page."""
    return value if (tag, attribute) != ("a", "href") or _LINK.match(value) else None
