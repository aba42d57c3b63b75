"""The cues of a text: moves, comparisons and statements, weighed by the clauses of their sentences.

"Losses narrowed" is good because losses should fall; "the rally failed" is bad because something good ended. Words such
as "not", "despite" and "but" then reverse or weaken these cues.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING, Final

from sentiment.research.text.clauses import weigh
from sentiment.research.text.comparisons import add_figures, add_more_than, add_outweighing
from sentiment.research.text.constructions import add_constructions, construction_triggers
from sentiment.research.text.frames import frame_triggers, named
from sentiment.research.text.lexicon import Role
from sentiment.research.text.moves import add_level, add_move
from sentiment.research.text.operators import add_undoing, undoing_triggers
from sentiment.research.text.scope import clause_words
from sentiment.research.text.sentence import Cue, SentenceParse

if TYPE_CHECKING:
    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.tokens import Tokens

_SIGNED: Final = re.compile(r"(?<![\w.,)%])[-+\u2212](?=\d)")
_ROLE_OBJECT, _ROLE_MOVE, _ROLE_STATEMENT = Role.OBJECT, Role.MOVE, Role.STATEMENT
_ROLE_OUTWEIGH, _ROLE_COMPARISON, _ROLE_LEVEL, _ROLE_THAN = Role.OUTWEIGH, Role.COMPARISON, Role.LEVEL, Role.THAN
_ADDING: Final = frozenset({_ROLE_MOVE, _ROLE_STATEMENT, _ROLE_LEVEL, _ROLE_THAN})


def cues(tokens: Tokens, hits: list[Hit], present: set[str]) -> list[Cue]:
    """Return the cues of a text in order, each as its sentence weighs it; without any, what tells of no change.

    `present` holds the words of the text.
    """
    weighed: list[Cue] = []
    even: list[Cue] = []
    inside = named(tokens, hits, present)
    triggers = _triggers()
    if inside:
        hits = [hit for k, hit in enumerate(hits) if k not in inside]
    signed = _signed_figures(tokens)
    k = s = 0
    for first, last in tokens.sentences:
        first_hit = k
        while k < len(hits) and hits[k].first < last:
            k += 1
        first_signed = s
        while s < len(signed) and signed[s].first < last:
            s += 1
        if first_hit == k and first_signed == s:
            continue
        words = tokens.words
        here = triggers.intersection(words[first:last])
        sentence = SentenceParse(words, first, last, hits[first_hit:k], here)
        sentence.cues = signed[first_signed:s]
        _collect(sentence)
        weighed += weigh(sentence)
        even += sentence.even
    return weighed or even


@cache
def _triggers() -> frozenset[str]:
    """Return all words that a rule looks for before it reads a sentence, so that one search serves them all."""
    return construction_triggers() | undoing_triggers() | frame_triggers() | clause_words().expected


def _signed_figures(tokens: Tokens) -> list[Cue]:
    if "-" not in tokens.text and "+" not in tokens.text and "\u2212" not in tokens.text:
        return []
    signed, starts, words = [], tokens.starts, tokens.words
    for match in _SIGNED.finditer(tokens.text):
        number = bisect_left(starts, match.end())
        percent = number + 1 < len(words) and words[number + 1] == "%"
        up = match[0] == "+"
        if number < len(starts) and starts[number] == match.end() and (percent or not up):
            signed.append(Cue(number, number + percent, number, 0.35 if up else -0.35, "signed figure"))
    return signed


def _collect(sentence: SentenceParse) -> None:
    """Add the cues of a sentence: constructions first, then comparisons, because they use up what they relate."""
    if sentence.present:
        add_constructions(sentence)
        add_undoing(sentence)
    used = sentence.used
    toned = [(k, hit, hit.entry.role) for k, hit in enumerate(sentence.hits) if k not in used]
    roles = {role for _, _, role in toned}
    for comparing, add in ((_ROLE_OUTWEIGH, add_outweighing), (_ROLE_COMPARISON, add_figures)):
        if comparing in roles:
            for k, _, role in toned:
                if role is comparing:
                    add(sentence, k)
    if not roles.isdisjoint(_ADDING):
        _add(sentence, toned)
    if _ROLE_OBJECT in roles:
        sentence.cues += [
            Cue(hit.first, hit.last, hit.first, hit.entry.tone, "named")
            for k, hit, role in toned
            if role is _ROLE_OBJECT and hit.entry.tone and k not in used
        ]


def _add(sentence: SentenceParse, toned: list[tuple[int, Hit, Role]]) -> None:
    """Add the cues of moves, statements and levels."""
    for k, hit, role in toned:
        if role is _ROLE_MOVE and k not in sentence.used:
            add_move(sentence, k)
        elif role is _ROLE_STATEMENT and hit.entry.tone:
            sentence.cues.append(Cue(hit.first, hit.last, hit.first, hit.entry.tone, "said of it"))
        elif role is _ROLE_STATEMENT and hit.entry.pattern == "even":
            sentence.even.append(Cue(hit.first, hit.last, hit.first, 0.0, "no change"))
        elif role is _ROLE_LEVEL:
            add_level(sentence, k)
        elif role is _ROLE_THAN:
            add_more_than(sentence, k)
