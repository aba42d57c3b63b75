"""The few pieces of HTML that a report is made of, and the page around them; whatever comes from outside is escaped here."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import TYPE_CHECKING

from sentiment.formatting import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_STRONG = re.compile(r"\*\*(.+?)\*\*")
# Plotly makes one empty style element and fills it by script; what a script may set, no policy forbids.
_EMPTY = ""


def text(said: object) -> str:
    """Write any text so that it shows as it is, in one line."""
    return html.escape(visible(" ".join(str(said).split())))


def strong(said: str) -> str:
    """Write a sentence of ours, with its ``**marks**`` as emphasis."""
    return _STRONG.sub(r"<strong>\1</strong>", text(said))


def link(address: str, words: str) -> str:
    """Link to a page outside, which learns nothing of this one; anything but http and https is only written out."""
    if not address.lower().startswith(("https://", "http://")):
        return text(words)
    return f'<a href="{html.escape(address)}" rel="noopener noreferrer nofollow">{text(words)}</a>'


def paragraph(inner: str, kind: str = "") -> str:
    """Return a paragraph of markup."""
    return f"<p{_class(kind)}>{inner}</p>" if inner else ""


def items(inner: Iterable[str]) -> str:
    """Return a list of markup."""
    return f"<ul>{''.join(f'<li>{one}</li>' for one in inner)}</ul>"


def section(name: str, title: str, *blocks: str) -> str:
    """Return a section under its heading."""
    inner = "\n".join(block for block in blocks if block)
    return (
        f'<section id="{name}" aria-labelledby="{name}-title">\n'
        f'<h2 id="{name}-title">{text(title)}</h2>\n{inner}\n</section>'
    )


def table(caption: str, rows: Sequence[Mapping[str, str]], *, words: Iterable[str] = ()) -> str:
    """Return a table of markup; it scrolls in a box of its own where the page is too narrow for it.

    Parameters
    ----------
    caption : str
        What it shows.
    rows : sequence of mapping of str to str
        Cells by column; the first column names the row.
    words : iterable of str
        Columns of words; the others hold figures, which stand at the right.
    """
    if not rows:
        return ""
    named = {*words, next(iter(rows[0]))}
    kinds = {name: "" if name in named else _class("figure") for name in rows[0]}
    head = "".join(f'<th scope="col"{kinds[name]}>{text(name)}</th>' for name in rows[0])
    lines = []
    for row in rows:
        first, *rest = row.items()
        cells = "".join(f"<td{kinds[name]}>{cell}</td>" for name, cell in rest)
        lines.append(f'<tr><th scope="row">{first[1]}</th>{cells}</tr>')
    body = "\n".join(lines)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{text(caption)}"><table>'
        f"<caption>{text(caption)}</caption><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>"
    )


def data(name: str, content: str, kind: str) -> str:
    """Return a block of data that only our script reads; browsers neither show nor run it."""
    return f'<script type="{kind}" id="{name}">{content}</script>'


def page(title: str, body: str, *, style: str, script: str, others: Iterable[str] = ()) -> str:
    """Return a whole page that asks no other place for anything.

    Its policy names the exact script and style by their hashes, and those of `others`: scripts that ours brings into the
    page as they are. No ``eval``, no outside address, no form. A picture may come from the page itself (``data:``, and
    ``blob:`` for saving a chart as PNG).
    """
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(digest(one) for one in (script, *others))}",
            f"style-src {digest(style)} {digest(_EMPTY)}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n<script>{script}</script>\n</body>\n</html>\n"
    )


def digest(content: str) -> str:
    """Return the hash of an inline script or style, as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
