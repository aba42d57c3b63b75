"""Weighing the cues of a sentence by its clauses: negation, hedging, concession, contradiction, comparison, question."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.text import vocabulary
from sentiment.research.text.frames import conditions, defines
from sentiment.research.text.lexicon import Role
from sentiment.research.text.tokens import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.phrases import Hit

# Names of their own, because a lookup of a member costs more than the comparison.
_OBJECT, _NEGATOR, _HEDGE, _DEGREE, _THAN = Role.OBJECT, Role.NEGATOR, Role.HEDGE, Role.DEGREE, Role.THAN
_ADVERSATIVE, _CONCESSIVE, _REASON = Role.ADVERSATIVE, Role.CONCESSIVE, Role.REASON
_BACK: Final = 14
_NEAR: Final = 6
_NEGATED: Final = 6
_IN_VAIN: Final = 0.1
_NOTHING: Final[frozenset[int]] = frozenset()
_ADJOINING: Final = 3
_FEW: Final = 4
_CLAUSE_MARKS: Final = frozenset({",", ";", ":", "but", "\u2013", "\u2014", "-", "and"})
_COMPARING: Final = frozenset({"than", "as"})


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


class Cue(NamedTuple):
    """A piece of tone.

    Attributes
    ----------
    first, last : int
        Tokens it spans.
    anchor : int
        Token that counts as its position.
    value : float
        Its tone, -1 to 1.
    rule : str
        The rules that made and changed it.
    """

    first: int
    last: int
    anchor: int
    value: float
    rule: str


class SentenceParse:
    """The state of one sentence while its cues are collected.

    Attributes
    ----------
    words : list of str
        The words of the whole text.
    first, last : int
        First token of the sentence and the one after its last.
    present : set of str
        The words of the sentence; most rules need not look further than here.
    hits : list of Hit
        The phrases in the sentence; `used` and `objects_of_earlier_moves` hold indices into it.
    used : set of int
        Phrases that a cue has accounted for.
    objects_of_earlier_moves : set of int
        Objects that a move before them has taken.
    dropped : set of int
        Anchors of cues that a later move replaces.
    settled : set of int
        Anchors of cues that have accounted for the negators of their clause.
    cues : list of Cue
        The cues so far.
    even : list of Cue
        What tells of no change, or of a change that is neither good nor bad; it counts where nothing else is found.
    """

    __slots__ = ("cues", "dropped", "even", "first", "hits", "last", "objects_of_earlier_moves", "present", "settled", "used", "words")

    def __init__(self, words: list[str], first: int, last: int, hits: list[Hit], present: set[str]) -> None:
        self.words, self.first, self.last, self.hits = words, first, last, hits
        self.present = present
        self.used: set[int] = set()
        self.dropped: set[int] = set()
        self.settled: frozenset[int] | set[int] = _NOTHING
        self.objects_of_earlier_moves: set[int] = set()
        self.cues: list[Cue] = []
        self.even: list[Cue] = []

    def word(self, index: int) -> str:
        """Return the word at a token; outside this sentence, a full stop."""
        return self.words[index] if self.first <= index < self.last else "."


def weigh(sentence: SentenceParse) -> list[Cue]:
    """Return the cues in order, reversed or weakened by the words around them; each word reaches a few cues at most."""
    cues = sorted((cue for cue in sentence.cues if cue.anchor not in sentence.dropped), key=attrgetter("anchor"))
    if not cues:
        return list(_unattached(sentence))
    lists = clause_words()
    anchors = [cue.anchor for cue in cues]
    factors = [1.0] * len(cues)
    reasons = [""] * len(cues)
    linking = []
    for hit in sentence.hits:
        role = hit.entry.role
        if role < _NEGATOR:
            continue
        if role is _ADVERSATIVE or role is _CONCESSIVE or role is _REASON:
            linking.append(hit)
        elif role < _ADVERSATIVE or role is _THAN:
            for k, factor, reason in _effects(sentence, hit, anchors):
                if role is _NEGATOR and anchors[k] in sentence.settled:
                    continue
                factors[k] *= factor
                reasons[k] += reason
    begun = list(conditions(sentence))
    if linking or begun:
        _subordinate(sentence, linking, begun, anchors, factors, reasons)
    for k, cue in enumerate(() if lists.expected.isdisjoint(sentence.present) else cues):
        if sentence.words[cue.last] in lists.expected and not _COMPARING.isdisjoint(
            sentence.words[max(cue.last - _NEAR, sentence.first) : cue.last]
        ):
            factors[k] *= 0.1  # "than feared", "as bad as the market had feared"
            reasons[k] += ", what was expected"
    if defines(sentence):
        factors, reasons = [0.05 * factor for factor in factors], [reason + ", a word explained" for reason in reasons]
    elif sentence.word(sentence.last - 1) == "?":
        factors, reasons = [0.15 * factor for factor in factors], [reason + ", asked" for reason in reasons]
    elif sentence.words[sentence.first] in lists.question_openers:
        factors, reasons = [0.4 * factor for factor in factors], [reason + ", explained" for reason in reasons]
    return [
        cue if factor == 1 else cue._replace(value=cue.value * factor, rule=cue.rule + reason)
        for cue, factor, reason in zip(cues, factors, reasons, strict=True)
    ]


def _unattached(sentence: SentenceParse) -> Iterator[Cue]:
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


def _effects(sentence: SentenceParse, hit: Hit, anchors: list[int]) -> Iterator[tuple[int, float, str]]:
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
    elif role is _THAN and _falls_short(sentence, hit):
        if k and hit.first - anchors[k - 1] <= _BACK // 2:
            yield k - 1, -0.8, ", by less"
        yield from ((j, 0.1, ", what was compared") for j in range(k, min(k + 2, len(anchors))))
    elif role is _THAN and _unjustified(sentence, hit):
        if k and hit.first - anchors[k - 1] <= _BACK:
            yield k - 1, -1.0, ", more than is justified"
    elif role is _THAN and _prefers(sentence, hit):
        while k < len(anchors) and anchors[k] - hit.last <= _BACK // 2:
            yield k, -0.5, ", the lesser of two"
            k += 1
    elif role is _THAN and _compares(sentence, hit):
        yield from ((j, 0.1, ", what was compared") for j in range(k, min(k + 2, len(anchors))))


def _negation(sentence: SentenceParse, hit: Hit, anchors: list[int], k: int) -> Iterator[tuple[int, float, str]]:
    """Yield the cues that a negator reverses, and those before it that it leaves without effect."""
    pattern = hit.entry.pattern
    words = sentence.words
    near = k < len(anchors) and anchors[k] - hit.last <= _NEGATED and "," not in words[hit.last : anchors[k]]
    before = k - 1 if k and hit.first - anchors[k - 1] <= _BACK and _same_clause(sentence, anchors[k - 1], hit.first) else None
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


def _subordinate(
    sentence: SentenceParse,
    linking: list[Hit],
    begun: list[tuple[int, float, str]],
    anchors: list[int],
    factors: list[float],
    reasons: list[str],
) -> None:
    """Weaken the cues before "but", after "despite" and in a clause that gives the reason."""
    changes: list[tuple[int, float, str]] = [(sentence.first, 1.0, "")]
    turn, words = sentence.first, sentence.words
    for hit in linking:
        role = hit.entry.role
        opens = hit.first == sentence.first
        if role is _ADVERSATIVE and opens and words[hit.first] == "however" and sentence.word(hit.last + 1) != ",":
            rest = sentence.words[hit.last : sentence.last]
            changes.append((hit.first, 0.4, ", conceded"))  # "however bleak the headlines, credit flows"
            changes.append((hit.last + (rest.index(",") if "," in rest else len(rest)), 1.0, ""))
        elif role is _ADVERSATIVE:
            turn = hit.first
            changes.append((hit.first, 1.0, ""))
        elif role is _CONCESSIVE and len(changes) <= _FEW and _is_mood_conceding(sentence, hit):
            changes = [(start, 0.1 * factor, reason + ", mood against fundamentals") for start, factor, reason in changes]
            changes.append((hit.first, 1.0, ""))
        elif role is _CONCESSIVE:
            changes.append((hit.first, 0.4, ", conceded"))
            if hit.first - sentence.first <= 1 and "," in (rest := sentence.words[hit.last : sentence.last]):
                changes.append((hit.last + rest.index(","), 1.0, ""))
        elif role is _REASON and opens:
            rest = sentence.words[hit.last : hit.last + _BACK]
            changes.append((hit.first, 0.2, ", as what went before"))
            changes.append((hit.last + (rest.index(",") if "," in rest else _NEAR), 1.0, ""))
        elif role is _REASON and anchors[0] < hit.first:
            changes.append((hit.first, 0.5, ", as a reason"))
    changes += begun
    changes.sort(key=itemgetter(0))
    current = 0
    for k, anchor in enumerate(anchors):
        while current + 1 < len(changes) and changes[current + 1][0] <= anchor:
            current += 1
        factors[k] *= changes[current][1]
        reasons[k] += changes[current][2]
        if anchor < turn:
            factors[k] *= 0.4
            reasons[k] += ", then contradicted"
    set_against = turn != sentence.first or len(changes) > 1
    if set_against and all(reason.endswith((", conceded", ", then contradicted")) for reason in reasons):
        factors[:] = [0.4 * factor for factor in factors]  # what the sentence sets against them was not read


def _is_mood_conceding(sentence: SentenceParse, hit: Hit) -> bool:
    """Return whether a mood is set against the fundamentals behind "while" or "even though"; those decide."""
    lists = clause_words()
    return not lists.moods.isdisjoint(sentence.words[max(hit.first - _BACK, sentence.first) : hit.first]) and not lists.bases.isdisjoint(
        sentence.words[hit.last + 1 : min(hit.last + _BACK, sentence.last)]
    )
