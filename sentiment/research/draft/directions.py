"""The words of a sentence that move the price of its asset, as opposed to its volatility, its miners or its fees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sentiment.research.draft.sentences import Sentence

_LESSER: Final = 8  # tokens after "than"


def direction_words(sentence: Sentence) -> Iterator[int]:
    """Yield the tokens that say in which direction the asset's price goes."""
    lists = wording()
    end_of_lesser, move_ends = -1, set[int]()
    for k in range(sentence.first, sentence.last):
        word = sentence.word(k)
        if word == "than":
            end_of_lesser = k + _LESSER
        elif word in lists.clause_ends:
            end_of_lesser = -1
        if word not in lists.directions or k <= end_of_lesser or not moves_asset(sentence, k, move_ends):
            continue
        second = lists.second_words.get(word)
        if second and sentence.word(k + 1) != second:
            continue
        if word in lists.reaches and not {k + 1, k + 2} & sentence.prices.keys():
            continue  # "reach an agreement"
        if _stands_alone(sentence, k + bool(second)):
            move_ends.add(k + bool(second))
            yield k


def moves_asset(sentence: Sentence, move: int, earlier_moves: Collection[int] = ()) -> bool:
    """Whether the asset itself moves, and not its volatility, its miners or demand for it."""
    lists = wording()
    word = sentence.word(move)
    k = move - 1
    while k >= sentence.first and sentence.is_filler(k) and k not in sentence.objects:
        k -= 1
    stop = sentence.word(k)
    if k in sentence.assets:
        while k - 1 in sentence.assets:
            k -= 1
        return sentence.word(k - 1) not in lists.of or sentence.word(k - 2) in lists.of_price
    if stop in lists.prices:
        return k - 1 in sentence.assets or sentence.word(k - 1) in lists.own_price
    if stop == "it" or k in earlier_moves:  # "may rise or fall"
        return True
    return word in lists.nouns and (k < sentence.first or stop in lists.clause_ends)


def _stands_alone(sentence: Sentence, move: int) -> bool:
    """Whether no other object of the move follows, as in "rising fees" or "a fall in leverage"."""
    lists = wording()
    after = move + 1
    word = sentence.word(after)
    if after in sentence.objects:
        return False
    if word not in lists.into:
        return after in sentence.assets or sentence.is_filler(after) or word in lists.follows
    k = after
    while k < sentence.last and not (k in sentence.assets or k in sentence.days or sentence.word(k) in lists.prices):
        if k in sentence.objects or not sentence.is_filler(k):
            return False
        k += 1
    return k < sentence.last
