"""Titles and identifiers of notes."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

UNTITLED: Final = "Untitled"
_TITLE: Final = 90
_IDENTIFIER: Final = 64
_HEADING: Final = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.*)$", re.MULTILINE)
# Stopping at an unmatched parenthesis keeps it linear: otherwise each "](" would search the rest of the text for its end.
_MARKS: Final = re.compile(r"\]\((?>(?:[^()\s]|\([^()\s]*\))*)\)|[*_`#>\[\]]+")


def first_title(text: str) -> tuple[str, str]:
    """Return the first heading or sentence in one line, and which of them it is."""
    if heading := _HEADING.search(text):
        title, why = heading[1].rstrip("# \t"), "the first heading"
    else:
        opening = text.lstrip()
        first = re.match(r"(?:[^.!?\n]|[.!?](?!\s|$)|\n(?!\s*\n))*[.!?]?", opening)
        title, why = first[0].removesuffix(".") if first else "", "the first sentence"
    line = one_line(_MARKS.sub("", title))
    if not line:
        return UNTITLED, "the text has no words to make one of"
    if len(line) > _TITLE:
        line = f"{line[:_TITLE].rpartition(' ')[0] or line[:_TITLE]}…"
        why += ", shortened"
    return line, why


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
    """Return a text in one line, with spaces for control and invisible characters, which a header cannot hold."""
    visible = (char if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " for char in text)
    return " ".join("".join(visible).split())
