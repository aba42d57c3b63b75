"""Titles and identifiers of notes."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from sentiment.research.text.as_seen import as_seen
from sentiment.research.text.tokens import token_words

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

UNTITLED: Final = "Untitled"
_TITLE: Final = 90
_LONGEST_ABBREVIATION: Final = 8
_IDENTIFIER: Final = 64
_HEADING: Final = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.*)$", re.MULTILINE)
# Stopping at an unmatched parenthesis keeps it linear: otherwise each "](" would search the rest of the text for its end.
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s|\Z)|\n(?=\s*\n)")
_LAST_WORD: Final = re.compile(r"[^\W\d_]+\Z")
_MARKS: Final = re.compile(r"\]\((?>(?:[^()\s]|\([^()\s]*\))*)\)|[*_`#>\[\]]+")


def first_title(text: str) -> tuple[str, str]:
    """Return the first heading or sentence in one line, and which of them it is."""
    if heading := _HEADING.search(text):
        title, why = heading[1].rstrip("# \t"), "the first heading"
    else:
        title, why = _first_sentence(text.lstrip()).removesuffix("."), "the first sentence"
    line = one_line(_MARKS.sub("", title))
    if not line:
        return UNTITLED, "the text has no words to make one of"
    if len(line) > _TITLE:
        line = f"{line[:_TITLE].rpartition(' ')[0] or line[:_TITLE]}…"
        why += ", shortened"
    return line, why


def _first_sentence(text: str) -> str:
    """Return a text up to the end of its first sentence or paragraph; "Dec." and "U.S." end none."""
    for end in _SENTENCE_END.finditer(text):
        if end[0] == "\n":
            return text[: end.start()]
        word = _LAST_WORD.search(text, max(end.start() - _LONGEST_ABBREVIATION, 0), end.start())
        short = word is not None and (len(word[0]) == 1 or word[0].lower() in token_words().abbreviations)
        if end[0] != "." or not short or end.end() == len(text):
            return text[: end.end()]
    return text


def identifier(publisher: str, published: date, taken: Collection[str]) -> str:
    """Return an identifier for a note from its publisher and day, with -2, -3 … if it is taken."""
    plain = unicodedata.normalize("NFKD", publisher).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[: _IDENTIFIER - 20].strip("-") or "note"
    first = f"{slug}-{published:%Y-%m-%d}"
    candidate, count = first, 1
    while candidate in taken:
        count += 1
        candidate = f"{first}-{count}"
    return candidate


def one_line(text: str) -> str:
    """Return a text in one line, as seen, with spaces for control characters, which a header cannot hold."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = (char if unicodedata.category(char) not in {"Cc", "Cs", "Co", "Cn"} else " " for char in as_seen(text))
    return " ".join("".join(visible).split())
