"""Weighing the cues of a sentence by its clauses: negation, hedging, concession, contradiction, comparison, question."""

from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Final

from sentiment.research.text.frames import conditions, defines
from sentiment.research.text.lexicon import Role
from sentiment.research.text.scope import clause_words, effects, unattached

if TYPE_CHECKING:
    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.sentence import Cue, SentenceParse

# Names of their own, because a lookup of a member costs more than the comparison.
_NEGATOR, _THAN = Role.NEGATOR, Role.THAN
_ADVERSATIVE, _CONCESSIVE, _REASON = Role.ADVERSATIVE, Role.CONCESSIVE, Role.REASON
_BACK: Final = 14
_NEAR: Final = 6
_FEW: Final = 4
_COMPARING: Final = frozenset({"than", "as"})


def weigh(sentence: SentenceParse) -> list[Cue]:
    """Return the cues in order, reversed or weakened by the words around them; each word reaches a few cues at most."""
    cues = sorted((cue for cue in sentence.cues if cue.anchor not in sentence.dropped), key=attrgetter("anchor"))
    if not cues:
        return list(unattached(sentence))
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
            for k, factor, reason in effects(sentence, hit, anchors):
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
            changes = [
                (start, 0.1 * factor, reason + ", mood against fundamentals") for start, factor, reason in changes
            ]
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
    return not lists.moods.isdisjoint(
        sentence.words[max(hit.first - _BACK, sentence.first) : hit.first]
    ) and not lists.bases.isdisjoint(sentence.words[hit.last + 1 : min(hit.last + _BACK, sentence.last)])
