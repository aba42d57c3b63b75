"""The words of a forecast and of its direction, from ``words.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from sentiment.research.text import vocabulary


@dataclass(frozen=True)
class Wording:
    """The word lists of ``words.toml``, which explains them, and sets derived from them."""

    forward: frozenset[str]
    forward_pairs: frozenset[str]
    foreseen: frozenset[str]
    is_forms: frozenset[str]
    negators: frozenset[str]
    endings: frozenset[str]
    conditions: frozenset[str]
    inverted: frozenset[str]
    reported: frozenset[str]
    some: frozenset[str]
    opinion_holders: frozenset[str]
    after: frozenset[str]
    upward: frozenset[str]
    downward: frozenset[str]
    paired: frozenset[str]
    nouns: frozenset[str]
    prices: frozenset[str]
    own_price: frozenset[str]
    into: frozenset[str]
    of: frozenset[str]
    of_price: frozenset[str]
    glue: frozenset[str]
    clause_ends: frozenset[str]
    after_move: frozenset[str]
    stays: frozenset[str]
    sides: dict[str, int]
    reaches: frozenset[str]

    @cached_property
    def pairs_ahead(self) -> frozenset[tuple[str, ...]]:
        """The forward pairs, each as two words."""
        return frozenset(tuple(pair.split()) for pair in self.forward_pairs)

    @cached_property
    def directions(self) -> dict[str, int]:
        """1 for each upward word, -1 for each downward word."""
        return dict.fromkeys(self.upward, 1) | dict.fromkeys(self.downward, -1)

    @cached_property
    def second_words(self) -> dict[str, str]:
        """The word that must follow a direction that counts only as a pair."""
        return dict(pair.split() for pair in self.paired)

    @cached_property
    def never_objects(self) -> frozenset[str]:
        """Nouns of the lexicon that are not an object of the asset here."""
        return self.prices | self.forward | self.directions.keys()

    @cached_property
    def follows(self) -> frozenset[str]:
        """All that may follow a direction which stands alone."""
        return self.clause_ends | self.after_move


@cache
def wording() -> Wording:
    """Return the words, read once."""
    return vocabulary.load(Path(__file__).with_name("words.toml"), Wording)
