"""Frames: conditions, definitions and names, inside which a word of tone makes no claim.

"If support breaks, ..." claims nothing yet, "a bear market is defined as ..." explains a word, and "fraud detection software" or
"the Bankruptcy Court" only names a thing: the head of a compound decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from sentiment.research.text import vocabulary
from sentiment.research.text.lexicon import Role
from sentiment.research.text.tokens import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.lexicon import Entry
    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.sentence import SentenceParse
    from sentiment.research.text.tokens import Tokens

_LAST_NOUN: Final = Role.STATEMENT  # objects, moves and statements can be parts of a name
_OPENING: Final = 16  # tokens in which a sentence shows that it defines a word
_SMALL: Final = 3
_LONGEST_NAME: Final = 6  # tokens
_MUTED: Final = 0.05
_FOLLOWS: Final = 0.2
_ADJECTIVES: Final = ("able", "ful", "ous", "al", "ive", "ed", "y", "er", "est", "ent", "ant", "ic", "ing", "s")


@dataclass(frozen=True)
class FrameWords:
    """Words of frames."""

    conditions: frozenset[str]
    condition_nouns: frozenset[str]
    pronouns: frozenset[str]
    modals: frozenset[str]
    opening_conditions: frozenset[str]
    not_before_condition: frozenset[str]
    defining: tuple[str, ...]
    kinds: frozenset[str]
    heads: frozenset[str]
    moves: frozenset[str]

    @cached_property
    def any(self) -> frozenset[str]:
        """Words of which a sentence has one where it has a condition inside."""
        return self.conditions | self.condition_nouns

    @cached_property
    def kind_words(self) -> frozenset[str]:
        """The longest word of each kind."""
        return frozenset(max(kind.split(), key=len) for kind in self.kinds)


@cache
def frame_words() -> FrameWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, FrameWords, "frames")


@cache
def _definition() -> re.Pattern[str]:
    lists = frame_words()
    kinds = "|".join(sorted(lists.kinds))
    return re.compile(
        rf" (?:{'|'.join(map(re.escape, lists.defining))}) "
        rf"|^ (?:an? )?(?:\w+ ){{1,4}}(?:is|are) (?:(?:usually|often|the|an?|two|three) )+(?:\w+ )?(?:{kinds}) "
        r"|^ by [^,]{2,40} mean "
    )


def defines(sentence: SentenceParse) -> bool:
    """Return whether a sentence explains a word and says nothing of the market."""
    present = sentence.present
    if _definition_triggers().isdisjoint(present) and (
        "is" not in present or frame_words().kind_words.isdisjoint(present)
    ):
        return False
    words = sentence.words[sentence.first : min(sentence.first + _OPENING, sentence.last)]
    return _definition().search(f" {' '.join(words)} ") is not None


@cache
def _definition_triggers() -> frozenset[str]:
    lists = frame_words()
    return frozenset(max(phrase.split(), key=len) for phrase in lists.defining) | {"mean"}


@cache
def frame_triggers() -> frozenset[str]:
    """Return the words that `defines` and `conditions` look for in a sentence before they read it."""
    return _definition_triggers() | {"is"} | frame_words().kind_words | frame_words().any


def conditions(sentence: SentenceParse) -> Iterator[tuple[int, float, str]]:
    """Yield the tokens at which a condition begins and ends, with the factor of the cues from there on."""
    lists = frame_words()
    words, first, last = sentence.words, sentence.first, sentence.last
    if lists.any.isdisjoint(sentence.present) and words[first] not in lists.opening_conditions:
        return
    i = first
    while i < last:
        of_case = (
            words[i] in lists.condition_nouns and sentence.word(i + 1) == "of" and "in" in words[max(i - 2, 0) : i]
        )
        opens = words[i] in lists.conditions or of_case or (i == first and words[i] in lists.opening_conditions)
        i += 1
        if not opens or sentence.word(i - 2) in lists.not_before_condition:
            continue
        conditional = i - 1 == first and words[first] in _SUPPOSING
        yield i - 1, _MUTED, ", a condition"
        while i < last and not (
            words[i] in _ENDS or (words[i] in lists.pronouns and sentence.word(i + 1) in lists.modals)
        ):
            i += 1
        if i < last:
            yield i, (_FOLLOWS if conditional else 1.0), (", if so" if conditional else "")


_SUPPOSING: Final = frozenset({"if", "should", "were", "had"})
_ENDS: Final = frozenset({",", ";", ":", "\u2013", "\u2014", "-", "then", "but"})


def named(tokens: Tokens, hits: list[Hit], present: set[str]) -> set[int]:
    """Return the indices of the hits that are only parts of a name or modify a head that decides."""
    heads, inside = frame_words().heads, set[int]()
    words, text, starts = tokens.words, tokens.text, tokens.starts
    if not heads.isdisjoint(present):
        for k in range(len(hits) - 1, -1, -1):
            _, last, entry = hits[k]
            if 1 <= entry.role <= _LAST_NOUN and last + 1 < len(words) and not entry.asset:
                modifies = words[last + 1] in heads or (k + 1 in inside and hits[k + 1].first == last + 1)
                if modifies and _is_noun(words[last], entry):
                    inside.add(k)
    upper = [k for k, hit in enumerate(hits) if hit.first and text[starts[hit.first]].isupper()]
    for k in upper:
        entry = hits[k].entry
        if 1 <= entry.role <= _LAST_NOUN and not entry.asset and _is_proper(tokens, hits[k]):
            inside.add(k)
    return inside


def _is_noun(word: str, entry: Entry) -> bool:
    """Return whether a phrase can be the first part of a compound: a noun, and no adjective."""
    if entry.role is Role.MOVE:
        return word in frame_words().moves
    return entry.role is Role.OBJECT or not word.endswith(_ADJECTIVES)


def _is_proper(tokens: Tokens, hit: Hit) -> bool:
    """Return whether a phrase is part of a name in running text: capitals beside it, small letters around the name."""
    text, starts = tokens.text, tokens.starts
    start = starts[hit.first]
    if not text[start].isupper() or hit.last + 1 >= len(starts) or hit.first < 1 or text[start : start + 2].isupper():
        return False
    following, before = text[starts[hit.last + 1]], text[starts[hit.first - 1]]
    if not (following.isupper() or (before.isupper() and tokens.words[hit.first - 1] not in "the a an")):
        return False
    return _is_running(tokens, hit)


def _is_running(tokens: Tokens, hit: Hit) -> bool:
    """Return whether the words outside the name are in small letters, as they are not in a headline."""
    text, starts = tokens.text, tokens.starts
    first, last = hit.first, hit.last
    while first > max(hit.first - _LONGEST_NAME, 0) and text[starts[first - 1]].isupper():
        first -= 1
    while last + 1 < min(hit.last + _LONGEST_NAME, len(starts)) and text[starts[last + 1]].isupper():
        last += 1
    around = [*range(max(first - 6, 0), first), *range(last + 1, min(last + 8, len(starts)))]
    small = sum(text[starts[i]].islower() for i in around)
    return small >= _SMALL and small > 2 * sum(text[starts[i]].isupper() for i in around)
