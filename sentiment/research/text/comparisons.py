"""Cues of comparisons: two figures, "more than", and one thing that outweighs another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from sentiment.research.text import figures, vocabulary
from sentiment.research.text.lexicon import Role
from sentiment.research.text.moves import object_before
from sentiment.research.text.sentence import Cue
from sentiment.research.text.tokens import WORDS

if TYPE_CHECKING:
    from sentiment.research.text.sentence import SentenceParse

_REACH: Final = 28


@dataclass(frozen=True, slots=True)
class ComparisonWords:
    """Words of comparisons, each with its sign."""

    emotions: dict[str, int]
    directions: dict[str, int]


@cache
def comparison_words() -> ComparisonWords:
    """Return the words, read once."""
    return vocabulary.load(WORDS, ComparisonWords, "comparisons")


def add_outweighing(sentence: SentenceParse, k: int) -> None:
    """Add the cue of "X outweighs Y": X decides, but emotion that outweighs fundamentals is a contrarian sign."""
    hits, words = sentence.hits, sentence.words
    left = next((j for j in range(k - 1, max(k - 5, -1), -1) if hits[j].entry.topics or hits[j].entry.sign), None)
    right = next((j for j in range(k + 1, min(k + 5, len(hits))) if hits[j].entry.topics or hits[j].entry.sign), None)
    if left is None or right is None or hits[right].last - hits[left].first > _REACH:
        return
    sentence.used |= {left, right}
    emotion = comparison_words().emotions.get(words[hits[left].last], 0)
    if emotion and "fundamentals" in hits[right].entry.topics:
        value, rule = 0.7 * emotion, "mood outweighs fundamentals"
    else:
        value, rule = 0.5 * hits[left].entry.sign, "outweighs"
    if value:
        sentence.cues.append(Cue(hits[left].first, hits[right].last, hits[k].first, value, rule))


def add_figures(sentence: SentenceParse, k: int) -> None:
    """Add the cue of "sales were 5.2 mn, compared to 4.1 mn", unless a word already gives the direction."""
    hits = sentence.hits
    pair = figures.compared(sentence.words, hits[k].first, hits[k].last, sentence.first, sentence.last)
    if pair is None:
        return
    thing = _compared_object(sentence, k, pair)
    if thing is None:
        return
    sign = hits[thing].entry.sign
    value = 0.5 * ((pair.new > pair.old) - (pair.new < pair.old)) * sign
    other = next((j for j in range(k + 1, min(k + 3, len(hits))) if hits[j].first < pair.old_token), None)
    if other is not None:
        sentence.used.add(other)
        if hits[other].entry.role is Role.OBJECT and hits[other].entry.sign * sign < 0:
            value = 0.6 * sign  # a profit compared with a loss
    sentence.used.add(thing)
    if value:
        sentence.cues.append(Cue(hits[k].first, pair.old_token, hits[k].first, value, "figures compared"))


def _compared_object(sentence: SentenceParse, k: int, pair: figures.Pair) -> int | None:
    """Return the object before the figures; None if there is none or a move already gives its direction."""
    hits = sentence.hits
    for j in range(k - 1, max(k - 10, -1), -1):
        entry = hits[j].entry
        if hits[k].first - hits[j].last > _REACH:
            return None
        if entry.role is Role.MOVE and entry.tone and entry.pattern == "left":
            return None
        if entry.role is Role.OBJECT and hits[j].first < pair.new_token:
            return j
    return None


def add_more_than(sentence: SentenceParse, k: int) -> None:
    """Add the cue of "6 % more than a year earlier", which moves the object before it."""
    than = sentence.hits[k].first
    directions = comparison_words().directions
    comparative, unit = sentence.word(than - 1), sentence.word(than - 2)
    if comparative not in directions or unit not in {"%", "percent", "times"}:
        return
    thing = object_before(sentence, k)
    sign = 1 if thing is None else sentence.hits[thing].entry.sign
    if sign:
        value = 0.5 * sign * directions[comparative]
        sentence.cues.append(Cue(than - 2, than, than - 1, value, "so much more or less"))
