"""What a file or paste holds, as the rest of the product takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A text from outside and what its file says of itself; None where it says nothing.

    Attributes
    ----------
    kind : str
        ``note`` is Markdown that opens with front matter: its `text` is the whole file, untouched.
    text : str
        Plain text or Markdown.
    title, author, publisher : str or None
        In one line each.
    published : datetime or None
        From a field that names the publication, in UTC; of a day without a time, that day's end.
    precision : str or None
        ``minute``, or ``day`` where the field names no time.
    source_url : str or None
        The page's own canonical address, https only.
    """

    kind: Literal["note", "text", "html", "pdf"]
    text: str
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: datetime | None = None
    precision: Literal["minute", "day"] | None = None
    source_url: str | None = None


def one_line(text: object, longest: int = 300) -> str | None:
    """Put what a file says of itself in one printable line; None where nothing is left or it is no text."""
    if not isinstance(text, str):
        return None
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line[:longest].rstrip() or None
