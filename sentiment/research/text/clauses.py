"""Weighing the cues of a sentence by its clauses: negation, hedging, concession, contradiction, comparison, question."""

from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.text.frames import conditions, defines
from sentiment.research.text.lexicon import Role
from sentiment.research.text.scope import clause_words, effects, unattached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.sentence import Cue, SentenceParse

# Names of their own, because a lookup of a member costs more than the comparison.
_NEGATOR = Role.NEGATOR
_ADVERSATIVE, _CONCESSIVE, _REASON = Role.ADVERSATIVE, Role.CONCESSIVE, Role.REASON
_BACK: Final = 14
_NEAR: Final = 6
_FEW: Final = 4
_ANCHOR: Final = attrgetter("anchor")
_COMPARING: Final = frozenset({"than", "as"})


class _Weights(NamedTuple):
    """The anchors of the cues, and the factor and the reasons of each so far."""

    anchors: list[int]
    factors: list[float]
    reasons: list[str]

    def change(self, k: int, factor: float, reason: str) -> None:
        """Multiply the factor of a cue and add the reason."""
        self.factors[k] *= factor
        self.reasons[k] += reason


def weigh(sentence: SentenceParse) -> list[Cue]:
    """Return the cues in order, reversed or weakened by the words around them; each word reaches a few cues at most."""
    cues, dropped = sentence.cues, sentence.dropped
    if dropped:
        cues = [cue for cue in cues if cue.anchor not in dropped]
    if len(cues) > 1:
        cues = sorted(cues, key=_ANCHOR)
    if not cues:
        return list(unattached(sentence))
    anchors = [cue.anchor for cue in cues]
    weights = _Weights(anchors, [1.0] * len(cues), [""] * len(cues))
    linking = []
    for hit in sentence.hits:
        role = hit.entry.role
        if role < _NEGATOR:
            continue
        if role is _ADVERSATIVE or role is _CONCESSIVE or role is _REASON:
            linking.append(hit)
            continue
        for k, factor, reason in effects(sentence, hit, anchors):
            if role is not _NEGATOR or anchors[k] not in sentence.settled:
                weights.change(k, factor, reason)
    begun = [*conditions(sentence)]
    if linking or begun:
        _subordinate(sentence, linking, begun, weights)
    _frame(sentence, cues, weights)
    return [
        cue if factor == 1 else cue._replace(value=cue.value * factor, rule=cue.rule + reason)
        for cue, factor, reason in zip(cues, weights.factors, weights.reasons, strict=True)
    ]


def _frame(sentence: SentenceParse, cues: list[Cue], weights: _Weights) -> None:
    """Weaken what was only expected, and all of a sentence that explains or asks."""
    lists, words = clause_words(), sentence.words
    if not lists.expected.isdisjoint(sentence.present):
        for k, cue in enumerate(cues):
            before = words[max(cue.last - _NEAR, sentence.first) : cue.last]
            if words[cue.last] in lists.expected and not _COMPARING.isdisjoint(before):
                weights.change(k, 0.1, ", what was expected")  # "than feared", "as bad as the market had feared"
    if sentence.present and defines(sentence):
        factor, reason = 0.05, ", a word explained"
    elif words[sentence.last - 1] == "?":
        factor, reason = 0.15, ", asked"
    elif words[sentence.first] in lists.question_openers:
        factor, reason = 0.4, ", explained"
    else:
        return
    for k in range(len(cues)):
        weights.change(k, factor, reason)


def _subordinate(
    sentence: SentenceParse, linking: list[Hit], begun: list[tuple[int, float, str]], weights: _Weights
) -> None:
    """Weaken the cues before "but", after "despite", in a condition and in a clause that gives the reason."""
    changes: list[tuple[int, float, str]] = [(sentence.first, 1.0, "")]
    turn = sentence.first
    for hit in linking:
        if hit.entry.role is _ADVERSATIVE and not _concedes(sentence, hit):
            turn = hit.first
            changes.append((hit.first, 1.0, ""))
        elif hit.entry.role is _REASON:
            changes += _reason(sentence, hit, weights.anchors[0])
        elif len(changes) <= _FEW and _is_mood_conceding(sentence, hit):
            changes = [(at, 0.1 * factor, reason + ", mood against fundamentals") for at, factor, reason in changes]
            changes.append((hit.first, 1.0, ""))
        else:
            changes += _concession(sentence, hit)
    changes += begun
    changes.sort(key=itemgetter(0))
    current = 0
    for k, anchor in enumerate(weights.anchors):
        while current + 1 < len(changes) and changes[current + 1][0] <= anchor:
            current += 1
        weights.change(k, *changes[current][1:])
        if anchor < turn:
            weights.change(k, 0.4, ", then contradicted")
    if all(reason.endswith((", conceded", ", then contradicted")) for reason in weights.reasons):
        for k in range(len(weights.anchors)):
            weights.change(k, 0.4, "")  # what the sentence sets against them was not read


def _concedes(sentence: SentenceParse, hit: Hit) -> bool:
    """Return whether "however" opens a concession: "however bleak the headlines, credit flows"."""
    opens = hit.first == sentence.first and sentence.words[hit.first] == "however"
    return opens and sentence.word(hit.last + 1) != ","


def _concession(sentence: SentenceParse, hit: Hit) -> Iterator[tuple[int, float, str]]:
    yield hit.first, 0.4, ", conceded"
    if hit.first - sentence.first <= 1 and "," in (rest := sentence.words[hit.last : sentence.last]):
        yield hit.last + rest.index(","), 1.0, ""


def _reason(sentence: SentenceParse, hit: Hit, earliest: int) -> Iterator[tuple[int, float, str]]:
    if hit.first == sentence.first:
        rest = sentence.words[hit.last : hit.last + _BACK]
        yield hit.first, 0.2, ", as what went before"
        yield hit.last + (rest.index(",") if "," in rest else _NEAR), 1.0, ""
    elif earliest < hit.first:
        yield hit.first, 0.5, ", as a reason"


def _is_mood_conceding(sentence: SentenceParse, hit: Hit) -> bool:
    """Return whether a mood is set against the fundamentals behind "while" or "even though"; those decide."""
    lists = clause_words()
    return not lists.moods.isdisjoint(
        sentence.words[max(hit.first - _BACK, sentence.first) : hit.first]
    ) and not lists.bases.isdisjoint(sentence.words[hit.last + 1 : min(hit.last + _BACK, sentence.last)])
