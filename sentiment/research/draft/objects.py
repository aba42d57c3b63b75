"""What else a word of direction may move: "will lower its fees", "a fall in leverage"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from sentiment.research.draft.sentences import Sentence


def stands_alone(sentence: Sentence, move: int) -> bool:
    """Whether no other object of the move follows, as in "rising fees" or "a fall in leverage"."""
    lists = wording()
    after = move + 1
    word = sentence.word(after)
    if after in sentence.objects or _has_object(sentence, after) or word in lists.idioms:
        return False
    if word not in lists.into or after in sentence.days:
        return (
            word in lists.parts_of_price
            or after in sentence.assets
            or sentence.is_filler(after)
            or word in lists.follows
            or word in lists.directions
        )
    k = after + (word == "against")
    while k < sentence.last and not (k in sentence.assets or k in sentence.days or sentence.word(k) in lists.prices):
        if sentence.word(k) in lists.clause_ends:
            return True
        if k in sentence.objects or not sentence.is_filler(k):
            return False
        k += 1
    return True


def _has_object(sentence: Sentence, after: int) -> bool:
    """Whether a verb of direction moves something else, as in "will lower its fees" or "will slip to second place"."""
    lists, k = wording(), after
    if sentence.word(k) == "to":
        k += 1
        while sentence.word(k) in lists.approximate:
            k += 1
        return not (_is_plain(sentence, k) or sentence.word(k) in lists.extremes | lists.sides)
    while sentence.word(k) in lists.determiners:
        k += 1
    if k == after:
        return False
    target = k
    while target in sentence.days or target in sentence.assets:
        target += 1
    if sentence.word(k) in lists.prices or sentence.word(target) in lists.targets:
        return True
    return not _is_plain(sentence, k)


def _is_plain(sentence: Sentence, k: int) -> bool:
    """Whether a token behind a verb of direction is no other thing that moves."""
    lists, word = wording(), sentence.word(k)
    named = k in sentence.assets or word in lists.directions
    return named or sentence.is_filler(k) or word in lists.follows or word in lists.parts_of_price
