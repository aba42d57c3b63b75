"""The nouns that operators act upon: what is one, its sign, and the head of the subject of a clause."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from sentiment.research.text import vocabulary
from sentiment.research.text.lexicon import Role
from sentiment.research.text.move_words import move_words
from sentiment.research.text.tokens import WORDS

if TYPE_CHECKING:
    from sentiment.research.text.sentence import SentenceParse

_LONGEST_CLAUSE: Final = 20
ENDED: Final = frozenset({"ended", "ending", "passed"})
_ROLE_OBJECT, _ROLE_MOVE, _ROLE_STATEMENT = Role.OBJECT, Role.MOVE, Role.STATEMENT


@dataclass(frozen=True)
class OperatorWords:
    """Words around operators and their operands."""

    copulas: frozenset[str]
    adverbs: frozenset[str]
    undone: frozenset[str]
    closing: frozenset[str]
    lifting: frozenset[str]
    taking: frozenset[str]
    imposed: frozenset[str]
    granted: frozenset[str]
    breaks: frozenset[str]
    modified: frozenset[str]
    restoring: frozenset[str]
    traded: frozenset[str]
    telling: frozenset[str]
    relative: frozenset[str]
    foreseen: frozenset[str]
    bad_only: frozenset[str]
    settling: frozenset[str]
    paying: frozenset[str]
    determiners: frozenset[str]

    @cached_property
    def active(self) -> frozenset[str]:
        """Words that can be operators though their phrase has another role."""
        return self.undone | self.lifting | self.restoring | ENDED


@cache
def operator_words() -> OperatorWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, OperatorWords, "operators")


def subject(sentence: SentenceParse, k: int) -> int | None:
    """Return the hit that heads the subject of hit `k`: the first signed noun of its clause; None if there is none."""
    start = _clause_start(sentence, k)
    hits = sentence.hits
    first = k
    while first and hits[first - 1].first >= start:
        first -= 1
    for j in range(first, k):
        if not sign(sentence, j):
            continue
        while j + 1 < k and sign(sentence, j + 1) and adjoins(sentence, j):
            j += 1  # noqa: PLW2901 - "bitcoin's fall", "credit losses": the last noun is the head
        return j
    return None


def sign(sentence: SentenceParse, j: int) -> int:
    """Return the sign of the noun at hit `j`; 0 if it is none or has no sign."""
    hit = sentence.hits[j]
    role = hit.entry.role
    if j in sentence.used:
        return 0
    if role is _ROLE_OBJECT:
        return hit.entry.sign
    word = sentence.words[hit.last]
    if role is _ROLE_MOVE:
        lists = operator_words()
        noun = (
            word in move_words().noun_moves or word in lists.breaks or sentence.word(hit.first - 1) in lists.determiners
        )
        return hit.entry.sign if noun else 0
    if role is _ROLE_STATEMENT and hit.entry.tone:
        following = sentence.word(hit.last + 1)
        noun = following in move_words().modifying_prepositions or following in operator_words().copulas
        return (1 if hit.entry.tone > 0 else -1) if noun or word in operator_words().imposed else 0
    return 0


def adjoins(sentence: SentenceParse, j: int) -> bool:
    """Return whether the noun after hit `j` stands right behind it: "bitcoin's fall"."""
    gap = sentence.words[sentence.hits[j].last + 1 : sentence.hits[j + 1].first]
    return not gap or gap == ["'s"]


def _clause_start(sentence: SentenceParse, k: int) -> int:
    """Return the first token of the clause of hit `k`: after a mark, "and" or a linking word."""
    at = sentence.hits[k].first
    borders = clause_borders()
    for i in range(at - 1, max(at - 1 - _LONGEST_CLAUSE, sentence.first - 1), -1):
        if sentence.words[i] in borders:
            return i + 1
    return max(at - _LONGEST_CLAUSE, sentence.first)


@cache
def clause_borders() -> frozenset[str]:
    """Return the words and marks between two clauses."""
    return frozenset(
        {",", ";", ":", "(", "\u2013", "\u2014", "-", "\n", "and", "but", "while", "although", "though", "yet"}
    )
