"""Finding the phrases of the lexicon in a text, in one walk over its words through a tree of phrases."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sentiment.research.text.lexicon import Entry, entries
from sentiment.research.text.subjects import subjects

if TYPE_CHECKING:
    from sentiment.research.text.tokens import Tokens


class Hit(NamedTuple):
    """A phrase in a text: its first and last token, and its meaning."""

    first: int
    last: int
    entry: Entry


@cache
def _tree() -> dict[str, Any]:
    """Nest the phrases word by word; the key "" holds the entry of the phrase that ends there."""
    root: dict[str, Any] = {}
    for phrase, entry in entries().items():
        node = root
        for word in phrase.split():
            node = node.setdefault(word, {})
        node[""] = entry
    return root


def find(tokens: Tokens) -> list[Hit]:
    """Return the phrases of a text: the longest from the left, without overlap, in time bounded by the longest phrase."""
    words = tokens.words
    hits, skip, count = [], 0, len(words)
    get = _tree().get
    for i, word in enumerate(words):
        if i < skip or (node := get(word)) is None:
            continue
        entry, last, j = node.get(""), i, i + 1
        while j < count and (node := node.get(words[j])) is not None:
            if "" in node:
                entry, last = node[""], j
            j += 1
        if entry is not None and (not entry.spelling or _is_spelled(tokens, i, last, entry.spelling)):
            hits.append(Hit(i, last, entry))
            skip = last + 1
    return hits


def _is_spelled(tokens: Tokens, first: int, last: int, spelling: str) -> bool:
    """Return whether a name that doubles as an ordinary word is meant as a name here."""
    if tokens.text[tokens.starts[first] : tokens.ends[last]] != spelling:
        return False
    if spelling in subjects().not_at_start and (not first or tokens.words[first - 1] in ".!?:\n"):
        return False
    if spelling not in subjects().not_in_capitals:
        return True
    around = tokens.text[max(tokens.starts[first] - 12, 0) : tokens.ends[last] + 12].replace(spelling, "")
    return not around.isupper()
