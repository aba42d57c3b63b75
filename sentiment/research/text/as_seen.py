"""A text as a reader sees it: without invisible characters and with plain letters for ligatures, wide and bold ones."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Compatibility forms that show the same letter. Superscripts and fractions do not: 84,000² is not 840002.
_SAME_LETTER: Final = ("<font>", "<wide>", "<narrow>")
_HYPHENS: Final = "\u2010\u2011"
_VARIATION_SELECTORS: Final = re.compile("[\ufe00-\ufe0f]")
# A word broken at the end of a line; before a capital the hyphen may belong to the word (mid-October).
_BROKEN: Final = re.compile(r"[-\u2010\u00ad](?<=[^\W\d_].)[ \t]*\n[ \t]*(?=[a-z\ufb00-\ufb06])")


def as_seen(text: str) -> str:
    """Return a text with the letters that it shows."""
    return with_places(text)[0]


def with_places(text: str) -> tuple[str, list[int] | None]:
    """Return a text with the letters that it shows, and where each of them stands in the original.

    Returns
    -------
    str
        The text as seen.
    list of int or None
        For each of its characters the place in `text`, and the length of `text` at the end; None where nothing changed.
    """
    replaced = {} if text.isascii() else _replaced(text)
    broken = "\n" in text and _BROKEN.search(text) is not None
    if not replaced and not broken:
        return text, None
    gone = {place for match in _BROKEN.finditer(text) for place in range(*match.span())} if broken else set()
    seen: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        letters = "" if place in gone else replaced.get(character, character)
        seen.append(letters)
        places += [place] * len(letters)
    return "".join(seen), [*places, len(text)]


def _replaced(text: str) -> dict[str, str]:
    """Return the characters of a text that show other letters than they are, with what they show."""
    shown = {character: _shown(character) for character in set(text) if not character.isascii()}
    return {character: letters for character, letters in shown.items() if letters != character}


def _shown(character: str) -> str:
    if unicodedata.category(character) == "Cf" or _VARIATION_SELECTORS.match(character):
        return ""
    if character in _HYPHENS:
        return "-"
    form = unicodedata.decomposition(character)
    if form.startswith(_SAME_LETTER) or (form.startswith("<compat>") and character.isalpha()):
        return unicodedata.normalize("NFKC", character)
    return character
