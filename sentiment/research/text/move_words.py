"""The words around moves and their objects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from sentiment.research.text import vocabulary
from sentiment.research.text.tokens import WORDS

MARKS: Final = frozenset(".!?;:,()%$€£\n\u2013\u2014-")


@dataclass(frozen=True)
class MoveWords:
    """Words around moves and their objects."""

    prepositions: frozenset[str]
    modifying_prepositions: frozenset[str]
    linking: frozenset[str]
    noun_moves: frozenset[str]
    move_adjectives: frozenset[str]
    deals: frozenset[str]
    sites: frozenset[str]
    particle_neighbours: frozenset[str]
    driving: frozenset[str]
    results: frozenset[str]
    expectations: frozenset[str]
    quantities: frozenset[str]
    multipliers: frozenset[str]

    @cached_property
    def borders(self) -> frozenset[str]:
        """Words and marks after a move that leave its object behind it."""
        return self.prepositions | MARKS

    @cached_property
    def stops(self) -> frozenset[str]:
        """Words and marks beyond which a move has no object ahead."""
        return self.borders - {"in", "of", "per", "or", "$", "€", "£", "and", "-"}


@cache
def move_words() -> MoveWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, MoveWords, "moves")
