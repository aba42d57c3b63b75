"""The parts of a sentence that each say something of their own: "bitcoin to rise to 70,000 | and ether to 2,400"."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.draft.sentences import Sentence


def segments(sentence: Sentence) -> list[Sentence]:
    """Split a sentence where another subject or another forecast begins."""
    cuts = [sentence.first, *_cuts(sentence), sentence.last]
    return [sentence.part(first, last) for first, last in pairwise(cuts) if first < last]


def _cuts(sentence: Sentence) -> Iterator[int]:
    lists, start = wording(), sentence.first
    for k in range(sentence.first + 1, sentence.last - 1):
        if k in sentence.aside or k in sentence.days:
            continue
        word, after = sentence.word(k), sentence.word(k + 1)
        comma = sentence.word(k - 1) == ","
        if (
            word == ";"
            or (word == ":" and after in lists.own)
            or (word == "\n" and sentence.word(k + 2) == ":" and k + 1 not in sentence.assets)
            or word in lists.contrasts
            or (
                word == "and"
                and (after in lists.own or after in lists.own_verbs or (comma and _begins_clause(sentence, k + 1)))
            )
            or (word in {",", "and"} and _begins_another(sentence, start, k))
        ):
            yield k
            start = k


def _begins_another(sentence: Sentence, start: int, joint: int) -> bool:
    """Whether after a comma or "and" another asset, price or horizon has its own figure, as in "and ether to $2,400"."""
    k = joint + 1
    while sentence.word(k) in {"and", "then", "that", "the", "$", "€", "at", "to", "we", "see", "expect"}:
        k += 1
    before, rest = range(start, joint), range(joint + 1, sentence.last)
    named = [j for j in before if j in sentence.assets]
    if k in sentence.assets:
        listed = set(range(named[-1] + 1, joint)) if named else set()
        return bool(named) and any(not _joins(sentence, j) for j in listed)
    both_dated = any(j in sentence.days for j in before) and any(j in sentence.days for j in rest)
    if not sentence.word(k)[0].isdigit():
        word_after = sentence.word(joint) == "and" and both_dated
        return word_after and _has_figure(sentence, before) and _has_figure(sentence, rest)
    if not _has_figure(sentence, before):
        return False
    both = bool(named) and any(j in sentence.assets for j in rest)
    return both_dated or both


def _has_figure(sentence: Sentence, places: range) -> bool:
    return any(sentence.word(j)[0].isdigit() and j not in sentence.days and j not in sentence.assets for j in places)


def _begins_clause(sentence: Sentence, k: int) -> bool:
    """Whether a subject of its own with its verb stands after ", and", as in ", and December could be the turning point"."""
    lists = wording()
    if sentence.word(k) in lists.starts:
        return True
    return sentence.word(k) not in lists.modals and any(sentence.word(j) in lists.modals for j in range(k + 1, k + 4))


def _joins(sentence: Sentence, k: int) -> bool:
    return sentence.word(k) in {",", "and", "or", "both", "as", "well", "the"}
