"""The content of a file or pasted text, in the form that the rest of the product uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from datetime import datetime


MOST_LEFT_OUT: Final = 100


@dataclass(frozen=True, slots=True)
class Document:
    """A text from outside and what its file states about itself; None where it states nothing.

    Attributes
    ----------
    kind : str
        ``note`` is Markdown that starts with front matter; its `text` is the whole file, unchanged.
    text : str
        Plain text or Markdown.
    title, author, publisher : str or None
        One line each.
    published : datetime or None
        In UTC, from a field that states the publication; the end of the day if the field has no time or no time zone.
    precision : str or None
        ``minute``, or ``day`` if the field has no time or no time zone.
    source_url : str or None
        The page's canonical address, https only.
    source : str or None
        Where the text comes from, in words or as an address.
    left_out : tuple of str
        Blocks of a page that are not taken for its note, such as related stories and comments; the first `MOST_LEFT_OUT`.
    """

    kind: Literal["note", "text", "html", "pdf"]
    text: str
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: datetime | None = None
    precision: Literal["minute", "day"] | None = None
    source_url: str | None = None
    source: str | None = None
    left_out: tuple[str, ...] = ()


def one_line(text: object, longest: int = 300) -> str | None:
    """Return a stated text as one printable line of at most `longest` characters; None if it is empty or no string."""
    if not isinstance(text, str):
        return None
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line[:longest].rstrip() or None
