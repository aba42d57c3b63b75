"""Frames: conditions, definitions and names, inside which a word of tone makes no claim.

"If support breaks, ..." claims nothing yet, "a bear market is defined as ..." explains a word, and "fraud detection software" or
"the Bankruptcy Court" only names a thing: the head of a compound decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from sentiment.research.text import vocabulary
from sentiment.research.text.lexicon import Role
from sentiment.research.text.tokens import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.clauses import SentenceParse
    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.tokens import Tokens

_OPENING: Final = 16  # tokens in which a sentence shows that it defines a word
_SMALL: Final = 3
_MUTED: Final = 0.05
_FOLLOWS: Final = 0.2
_ADJECTIVES: Final = ("able", "ful", "ous", "al", "ive", "ed", "y", "er", "est", "ent", "ant", "ic", "ing", "s")


@dataclass(frozen=True, slots=True)
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
    words = sentence.words[sentence.first : min(sentence.first + _OPENING, sentence.last)]
    if _definition_triggers().isdisjoint(words):
        return False
    return _definition().search(f" {' '.join(words)} ") is not None


@cache
def _definition_triggers() -> frozenset[str]:
    lists = frame_words()
    return frozenset(phrase.split()[-1] for phrase in lists.defining) | lists.kinds | {"mean"}


def conditions(sentence: SentenceParse) -> Iterator[tuple[int, float, str]]:
    """Yield the tokens at which a condition begins and ends, with the factor of the cues from there on."""
    lists = frame_words()
    words, first, last = sentence.words, sentence.first, sentence.last
    if lists.conditions.isdisjoint(words[first:last]) and lists.condition_nouns.isdisjoint(words[first:last]) and words[first] not in lists.opening_conditions:
        return
    for i in range(first, last):
        of_case = words[i] in lists.condition_nouns and sentence.word(i + 1) == "of" and "in" in words[max(i - 2, 0) : i]
        opens = words[i] in lists.conditions or of_case or (i == first and words[i] in lists.opening_conditions)
        if not opens or sentence.word(i - 1) in lists.not_before_condition:
            continue
        yield i, _MUTED, ", a condition"
        end = next(
            (
                j
                for j in range(i + 1, last)
                if words[j] in _ENDS or (words[j] in lists.pronouns and sentence.word(j + 1) in lists.modals)
            ),
            last,
        )
        if end < last:
            conditional = i == first and words[i] in {"if", "should", "were", "had"}
            yield end, (_FOLLOWS if conditional else 1.0), (", if so" if conditional else "")


_ENDS: Final = frozenset({",", ";", ":", "\u2013", "\u2014", "-", "then", "but"})


def named(tokens: Tokens, hits: list[Hit]) -> set[int]:
    """Return the indices of the hits that are only parts of a name or modify a head that decides."""
    lists = frame_words()
    words = tokens.words
    count = len(words)
    inside = set[int]()
    for k in range(len(hits) - 1, -1, -1):
        hit = hits[k]
        after = hit.last + 1
        if after >= count or not 1 <= hit.entry.role <= 3 or hit.entry.asset:  # noqa: PLR2004 - objects, moves, statements
            continue
        modifies = words[after] in lists.heads or (k + 1 in inside and hits[k + 1].first == after)
        if (modifies and _is_noun(words[hit.last], hit)) or _is_proper(tokens, hit):
            inside.add(k)
    return inside


def _is_noun(word: str, hit: Hit) -> bool:
    """Return whether a phrase can be the first part of a compound: a noun, and no adjective."""
    if hit.entry.role is Role.MOVE:
        return word in frame_words().moves
    return hit.entry.role is Role.OBJECT or not word.endswith(_ADJECTIVES)


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
    while first > 0 and text[starts[first - 1]].isupper():
        first -= 1
    while last + 1 < len(starts) and text[starts[last + 1]].isupper():
        last += 1
    around = [*range(max(first - 6, 0), first), *range(last + 1, min(last + 8, len(starts)))]
    small = sum(text[starts[i]].islower() for i in around)
    return small >= _SMALL and small > 2 * sum(text[starts[i]].isupper() for i in around)
