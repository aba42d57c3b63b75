"""Find notes by words and filters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from sentiment.models import Note


def search(  # noqa: PLR0913 - a filter each
    notes: tuple[Note, ...],
    words: str = "",
    *,
    publisher: str | None = None,
    theme: str | None = None,
    about: str | None = None,
    since: date | None = None,
) -> tuple[Note, ...]:
    """Return the notes that pass every filter; an empty filter passes all.

    Parameters
    ----------
    notes : tuple of Note
        Where to look.
    words : str
        Each must occur somewhere in the note: its title, body, source, claims or calls; case and accents do not count.
    publisher, theme, about : str
        As they stand in the notes; `about` is a symbol.
    since : date, optional
        First day of publication.
    """
    folded_words = _folded(words).split()
    return tuple(
        note
        for note in notes
        if publisher in {None, note.publisher}
        and theme in {None, *note.themes}
        and about in {None, *note.assets}
        and (since is None or note.day >= since)
        and all(word in _folded_text(note) for word in folded_words)
    )


@lru_cache(maxsize=10_000)
def _folded_text(note: Note) -> str:
    names = (note.id, note.title, note.publisher, note.author, note.source, *note.assets, *note.themes)
    claims = (claim.text for claim in note.claims)
    calls = (call.text for call in note.calls)
    return _folded("\n".join((*names, note.body, *claims, *calls)))


def _folded(text: str) -> str:
    """Return a text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
