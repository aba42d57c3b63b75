"""How the clauses of a sentence weigh its cues: what negates, hedges, concedes, contradicts, compares or asks."""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.text.phrases import Hit, Role
from sentiment.research.text.tokens import wordset

if TYPE_CHECKING:
    from collections.abc import Iterator

_BACK: Final = 14
_NEAR: Final = 6
_NEGATED: Final = 6
_MORE: Final = wordset("more rather better likelier likely greater stronger plausible")
_EXPECTED: Final = wordset("expected anticipated forecast estimated feared predicted the a last in previous")
_ASKS: Final = wordset("how what why who which when where here whether poll podcast explained interview")


class Cue(NamedTuple):
    """A piece of tone: the tokens it spans, the token that says where it stands, its worth and the rule behind it."""

    first: int
    last: int
    anchor: int
    value: float
    rule: str


class Sentence:
    """One sentence while it is read: its tokens, the phrases found in it, and which of them are spoken for."""

    __slots__ = ("ahead", "cues", "dropped", "first", "hits", "last", "taken", "words")

    def __init__(self, words: list[str], first: int, last: int, hits: list[Hit]) -> None:
        self.words, self.first, self.last, self.hits = words, first, last, hits
        self.taken: set[int] = set()
        self.dropped: set[int] = set()
        self.ahead: set[int] = set()
        self.cues: list[Cue] = []

    def word(self, index: int) -> str:
        """Return the word at a token of this sentence, and a full stop outside."""
        return self.words[index] if self.first <= index < self.last else "."


def weigh(sentence: Sentence) -> list[Cue]:
    """Let the words around the cues turn and weaken them; every such word reaches a bounded number of cues."""
    found = sorted((cue for cue in sentence.cues if cue.anchor not in sentence.dropped), key=_anchor)
    if not found:
        return [
            Cue(hit.first, hit.last, hit.first, hit.entry.tone, "failure")
            for hit in sentence.hits
            if hit.entry.role is Role.NEGATOR and hit.entry.tone
        ]
    anchors = [cue.anchor for cue in found]
    factors = [1.0] * len(found)
    whys = [""] * len(found)
    for hit in sentence.hits:
        if hit.entry.role >= Role.NEGATOR:
            for k, factor, why in _reach(sentence, hit, anchors):
                factors[k] *= factor
                whys[k] += why
    _subordinate(sentence, anchors, factors, whys)
    if sentence.word(sentence.last - 1) == "?":
        factors, whys = [0.15 * factor for factor in factors], [why + ", asked" for why in whys]
    elif sentence.words[sentence.first] in _ASKS:
        factors, whys = [0.4 * factor for factor in factors], [why + ", explained" for why in whys]
    return [
        cue if factor == 1 else cue._replace(value=cue.value * factor, rule=cue.rule + why)
        for cue, factor, why in zip(found, factors, whys, strict=True)
    ]


def _anchor(cue: Cue) -> int:
    return cue.anchor


def _reach(sentence: Sentence, hit: Hit, anchors: list[int]) -> Iterator[tuple[int, float, str]]:
    """Which cues a negator, hedge, word of degree or "than" reaches, with what factor and why."""
    role = hit.entry.role
    k = bisect_left(anchors, hit.last + 1)
    if role is Role.NEGATOR:
        if k < len(anchors) and anchors[k] - hit.last <= _NEGATED and "," not in sentence.words[hit.last : anchors[k]]:
            yield k, -0.7, ", negated"
    elif role is Role.HEDGE:
        dated = sentence.word(hit.first - 1)[0].isdigit() or sentence.word(hit.last + 1)[0].isdigit()  # 3 May, May 2026
        if not dated and k < len(anchors) and anchors[k] - hit.last <= _NEGATED:
            yield k, 0.8, ", hedged"
    elif role is Role.DEGREE:
        near = [j for j in (k - 1, k) if 0 <= j < len(anchors) and abs(anchors[j] - hit.first) <= 2]  # noqa: PLR2004
        if near:
            yield near[-1], hit.entry.tone, ", in degree"
    elif role is Role.THAN and _prefers(sentence, hit):
        while k < len(anchors) and anchors[k] - hit.last <= _BACK // 2:
            yield k, -0.5, ", the lesser of two"
            k += 1


def _prefers(sentence: Sentence, hit: Hit) -> bool:
    following = sentence.word(hit.last + 1)
    before = sentence.words[max(hit.first - 4, sentence.first) : hit.first]
    if before[-1:] == ["more"]:
        return False  # "more than tripled"
    return following not in _EXPECTED and not following[0].isdigit() and not _MORE.isdisjoint(before)


def _subordinate(sentence: Sentence, anchors: list[int], factors: list[float], whys: list[str]) -> None:
    """Let the main clause decide: what comes before "but", after "despite" or as the reason counts for less."""
    changes: list[tuple[int, float, str]] = [(sentence.first, 1.0, "")]
    turn = sentence.first
    for hit in sentence.hits:
        role = hit.entry.role
        if role is Role.ADVERSATIVE:
            turn = hit.first
            changes.append((hit.first, 1.0, ""))
        elif role is Role.CONCESSIVE:
            changes.append((hit.first, 0.4, ", conceded"))
            if hit.first - sentence.first <= 1 and "," in (rest := sentence.words[hit.last : sentence.last]):
                changes.append((hit.last + rest.index(","), 1.0, ""))
        elif role is Role.REASON and hit.first == sentence.first:
            rest = sentence.words[hit.last : hit.last + _BACK]
            changes.append((hit.first, 0.2, ", as what went before"))
            changes.append((hit.last + (rest.index(",") if "," in rest else _NEAR), 1.0, ""))
        elif role is Role.REASON and anchors[0] < hit.first:
            changes.append((hit.first, 0.5, ", as a reason"))
    changes.sort(key=itemgetter(0))
    at = 0
    for k, anchor in enumerate(anchors):
        while at + 1 < len(changes) and changes[at + 1][0] <= anchor:
            at += 1
        factors[k] *= changes[at][1]
        whys[k] += changes[at][2]
        if anchor < turn:
            factors[k] *= 0.4
            whys[k] += ", then contradicted"
