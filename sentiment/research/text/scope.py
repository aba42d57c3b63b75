"""The reach of negators, hedges, words of degree and comparisons: which cues each changes, and how."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from sentiment.research.text import vocabulary
from sentiment.research.text.lexicon import Role
from sentiment.research.text.sentence import Cue
from sentiment.research.text.tokens import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.sentence import SentenceParse

# Names of their own, because a lookup of a member costs more than the comparison.
_OBJECT, _NEGATOR, _HEDGE, _DEGREE, _THAN = Role.OBJECT, Role.NEGATOR, Role.HEDGE, Role.DEGREE, Role.THAN
_BACK: Final = 14
_NEAR: Final = 6
_NEGATED: Final = 6
_IN_VAIN: Final = 0.1
_ADJOINING: Final = 3
_CLAUSE_MARKS: Final = frozenset({",", ";", ":", "but", "\u2013", "\u2014", "-", "and"})


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """Words that tell comparisons and questions."""

    preferring: frozenset[str]
    measured: frozenset[str]
    question_openers: frozenset[str]
    expected: frozenset[str]
    auxiliaries: frozenset[str]
    moods: frozenset[str]
    bases: frozenset[str]
    justifying: frozenset[str]
    having: frozenset[str]
    static: frozenset[str]


@cache
def clause_words() -> ClauseWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, ClauseWords, "clauses")


def unattached(sentence: SentenceParse) -> Iterator[Cue]:
    """Yield the cues of negators that found nothing to reverse: failure, doubt, and what there is none of."""
    lists = clause_words()
    for k, hit in enumerate(sentence.hits):
        if hit.entry.role is not _NEGATOR:
            continue
        following = sentence.hits[k + 1] if k + 1 < len(sentence.hits) else None
        if hit.entry.tone:
            yield Cue(hit.first, hit.last, hit.first, hit.entry.tone, "by itself")
        elif (
            following is not None
            and following.entry.role is _OBJECT
            and following.first - hit.last <= _ADJOINING - 1
            and following.entry.sign
            and sentence.words[hit.last] == "no"
            and sentence.word(hit.first - 1) in lists.having
        ):
            yield Cue(hit.first, following.last, hit.first, -0.4 * following.entry.sign, "there is none")


def effects(sentence: SentenceParse, hit: Hit, anchors: list[int]) -> Iterator[tuple[int, float, str]]:
    """Yield the cues that a negator, hedge, word of degree or "than" changes, with the factor and the reason."""
    role = hit.entry.role
    k = bisect_left(anchors, hit.last + 1)
    if role is _NEGATOR:
        yield from _negation(sentence, hit, anchors, k)
    elif role is _HEDGE:
        dated = sentence.word(hit.first - 1)[0].isdigit() or sentence.word(hit.last + 1)[0].isdigit()  # 3 May, May 2026
        if not dated and k < len(anchors) and anchors[k] - hit.last <= _NEGATED:
            yield k, 0.8, ", hedged"
    elif role is _DEGREE:
        neighbours = [j for j in (k - 1, k) if 0 <= j < len(anchors) and abs(anchors[j] - hit.first) <= 2]  # noqa: PLR2004
        if neighbours:
            yield neighbours[-1], hit.entry.tone, ", in degree"
    elif role is _THAN:
        yield from _comparison(sentence, hit, anchors, k)


def _comparison(sentence: SentenceParse, hit: Hit, anchors: list[int], k: int) -> Iterator[tuple[int, float, str]]:
    """Yield the cues beside "than" that it turns or that are only its measure."""
    if _falls_short(sentence, hit):
        if k and hit.first - anchors[k - 1] <= _BACK // 2:
            yield k - 1, -0.8, ", by less"
        yield from ((j, 0.1, ", what was compared") for j in range(k, min(k + 2, len(anchors))))
    elif _unjustified(sentence, hit):
        if k and hit.first - anchors[k - 1] <= _BACK:
            yield k - 1, -1.0, ", more than is justified"
    elif _prefers(sentence, hit):
        while k < len(anchors) and anchors[k] - hit.last <= _BACK // 2:
            yield k, -0.5, ", the lesser of two"
            k += 1
    elif _compares(sentence, hit):
        yield from ((j, 0.1, ", what was compared") for j in range(k, min(k + 2, len(anchors))))


def _negation(sentence: SentenceParse, hit: Hit, anchors: list[int], k: int) -> Iterator[tuple[int, float, str]]:
    """Yield the cues that a negator reverses, and those before it that it leaves without effect."""
    pattern = hit.entry.pattern
    words = sentence.words
    near = k < len(anchors) and anchors[k] - hit.last <= _NEGATED and "," not in words[hit.last : anchors[k]]
    before = (
        k - 1
        if k and hit.first - anchors[k - 1] <= _BACK and _same_clause(sentence, anchors[k - 1], hit.first)
        else None
    )
    if pattern == "clause":
        while k < len(anchors) and anchors[k] - hit.last <= _BACK and _same_clause(sentence, hit.last, anchors[k]):
            yield k, -0.7, ", doubted"
            k += 1
    elif near and not (words[hit.first] == "nor" and _neither(sentence, hit, anchors[k])):
        kept = pattern == "kept" and "from" in words[hit.last : anchors[k]]
        yield (k, 1.0, ", not kept from it") if kept else (k, -0.7, ", negated")
        if before is not None and pattern == "" and hit.first - anchors[before] <= _ADJOINING:
            yield before, _IN_VAIN, ", without effect"  # "good news no longer lifts the shares"
    elif (
        before is not None
        and sentence.word(hit.first - 1) in clause_words().auxiliaries
        and sentence.word(hit.last + 1) not in clause_words().static
    ):
        done_to_it = "been" in words[hit.last : hit.last + 3] or "be" in words[hit.last : hit.last + 3]
        # "The ceasefire did not bring oil back" denies what the ceasefire did, "the leak has not been plugged" leaves it.
        yield (before, 0.4, ", left") if done_to_it else (before, -0.5, ", without effect")
        return
    elif before is not None and not pattern and hit.first - anchors[before] <= _NEGATED:
        yield before, 0.5, ", beside a negation"
    if before is not None and (pattern in {"vain", "kept"}):
        yield before, _IN_VAIN, ", in vain"


def _same_clause(sentence: SentenceParse, first: int, last: int) -> bool:
    return _CLAUSE_MARKS.isdisjoint(sentence.words[first:last])


def _neither(sentence: SentenceParse, hit: Hit, anchor: int) -> bool:
    """Return whether "nor" repeats a "neither" that has already reversed the same cue."""
    return "neither" in sentence.words[max(hit.first - _NEAR, sentence.first) : hit.first] and anchor > hit.first


def _falls_short(sentence: SentenceParse, hit: Hit) -> bool:
    """Return whether "than" follows "less" or "more slowly": the move was smaller than something else."""
    before = sentence.words[max(hit.first - 2, sentence.first) : hit.first]
    return before[-1:] in (["less"], ["slower"], ["slowly"], ["mildly"]) and "n't" not in before


def _unjustified(sentence: SentenceParse, hit: Hit) -> bool:
    """Return whether what follows "than" is what would be justified: "further than earnings would justify"."""
    return not clause_words().justifying.isdisjoint(sentence.words[hit.last + 1 : min(hit.last + 9, sentence.last)])


def _compares(sentence: SentenceParse, hit: Hit) -> bool:
    """Return whether "than" follows a comparative, so that what stands behind it is only the measure."""
    before = sentence.word(hit.first - 1)
    return before.endswith("er") or before in {"worse", "slowly", "quickly"}


def _prefers(sentence: SentenceParse, hit: Hit) -> bool:
    """Return whether "than" sets what comes before it above what follows."""
    lists = clause_words()
    following = sentence.word(hit.last + 1)
    before = sentence.words[max(hit.first - 4, sentence.first) : hit.first]
    if before[-1:] == ["more"]:
        return False  # "more than tripled"
    return following not in lists.measured and not following[0].isdigit() and not lists.preferring.isdisjoint(before)
