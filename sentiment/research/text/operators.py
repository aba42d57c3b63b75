"""Operators: words that end, undo or defeat what they are said of, and so turn its sign.

"The ban was lifted", "the rally is over", "hopes were dashed": the subject's sign is turned. "Dropped the charges" turns an
object. An agent's failure ("sellers ran out") turns the agent's sign, and a level that was not kept or not lost turns the
direction of the attempt. Each reads the clause that it stands in, never a list of whole sentences.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sentiment.research.text.lexicon import Role, entries
from sentiment.research.text.move_words import move_words
from sentiment.research.text.nouns import ENDED, adjoins, operator_words, sign, subject
from sentiment.research.text.sentence import Cue

if TYPE_CHECKING:
    from sentiment.research.text.sentence import SentenceParse

_AHEAD: Final = 7
_ADVERBS: Final = 3
_LEAST: Final = 0.45
_PERFECT: Final = frozenset({"has", "have", "had", "is", "are"})
_RELATIVES: Final = frozenset({"that", "which"})
_PREDICATES: Final = frozenset({"predicate", "traded"})
_ROLE_OBJECT, _ROLE_MOVE, _ROLE_STATEMENT = Role.OBJECT, Role.MOVE, Role.STATEMENT
_ROLE_UNDO, _ROLE_NEGATOR = Role.UNDO, Role.NEGATOR


@cache
def _triggers() -> frozenset[str]:
    """Return the words of which a sentence must have one: single operators, and the longest word of each longer one."""
    phrases = (phrase for phrase, entry in entries().items() if entry.role is _ROLE_UNDO)
    return operator_words().active | {max(phrase.split(), key=len) for phrase in phrases}


@cache
def undoing_triggers() -> frozenset[str]:
    """Return the words that `add_undoing` looks for in a sentence before it reads it."""
    return _triggers() | _RELATIVES | operator_words().paying


def add_undoing(sentence: SentenceParse) -> None:
    """Add the cue of each word that ends, lifts or undoes its subject or object."""
    denies = not _RELATIVES.isdisjoint(sentence.present)
    if not denies and _triggers().isdisjoint(sentence.present):
        return
    lists, words = operator_words(), sentence.words
    active = lists.active
    for k, hit in enumerate(sentence.hits):
        role = hit.entry.role
        word = words[hit.last]
        if role is _ROLE_UNDO:
            operand = _operand(sentence, k)
        elif denies and role is _ROLE_NEGATOR:
            operand = _denied_noun(sentence, k)
        elif word not in active:
            continue
        elif _ends_subject(sentence, k):
            operand = subject(sentence, k)
        elif word in lists.lifting:
            operand = _imposed(sentence, _object(sentence, k), word)
        else:
            if word in lists.restoring:
                _restore(sentence, k)
            continue
        if operand is not None and not (word in lists.bad_only and sign(sentence, operand) > 0):
            _turn(sentence, k, operand)


def _operand(sentence: SentenceParse, k: int) -> int | None:
    """Return the noun that a phrase of undoing at hit `k` turns, by its pattern."""
    lists = operator_words()
    hit = sentence.hits[k]
    pattern, word = hit.entry.pattern, sentence.words[hit.last]
    if pattern in _PREDICATES:
        if not (_after_copula(sentence, hit.first) and _closes(sentence, hit.last, word)):
            return None
        noun = subject(sentence, k)
        return noun if noun is None or pattern != "traded" or _is_traded(sentence, noun) else None
    if pattern == "right":
        ahead = _object(sentence, k)
        return subject(sentence, k) if ahead is None else ahead
    if pattern != "imposed":
        return subject(sentence, k)
    if word in lists.settling and not lists.paying.isdisjoint(sentence.present):
        return None  # "pays $4 billion to settle charges"
    ahead = _imposed(sentence, _object(sentence, k), word)
    return _imposed(sentence, subject(sentence, k), word) if ahead is None else ahead


def _ends_subject(sentence: SentenceParse, k: int) -> bool:
    """Return whether a word with another role says that its subject is over: "was dropped", "has ended"."""
    hit = sentence.hits[k]
    word = sentence.words[hit.last]
    if word in operator_words().undone and _after_copula(sentence, hit.first) and _closes(sentence, hit.last, word):
        return True
    return word in ENDED and sentence.word(hit.first - 1) in _PERFECT and sentence.word(hit.last + 1) in _ENDINGS


def _turn(sentence: SentenceParse, k: int, operand: int) -> None:
    """Add the cue of operator `k` on its operand, and use up all between them."""
    hits = sentence.hits
    hit, other = hits[k], hits[operand]
    direction = sign(sentence, operand) or -1
    value = -direction * max(abs(other.entry.tone), _LEAST)
    for j in range(min(k, operand), max(k, operand) + 1):
        if hits[j].entry.role <= _ROLE_STATEMENT or hits[j].entry.role is _ROLE_UNDO:
            sentence.used.add(j)
    for j in range(max(k, operand) + 1, min(max(k, operand) + 3, len(hits))):
        linked = (
            sentence.word(hits[j - 1].last + 1) in move_words().linking and hits[j].first - hits[j - 1].last <= _AHEAD
        )
        if not linked or operand < k or hits[j].entry.role > _ROLE_STATEMENT:
            break
        sentence.used.add(j)  # "played down fears of a default"
    if hit.entry.role is _ROLE_NEGATOR:
        sentence.settled = {*sentence.settled, hit.first}
    first, last = (other.first, hit.last) if operand < k else (hit.first, other.last)
    sentence.cues.append(Cue(first, last, hit.first, value, "ended or undone"))


def _object(sentence: SentenceParse, k: int) -> int | None:
    """Return the first signed noun that follows hit `k` inside its clause."""
    hits = sentence.hits
    end, stops = hits[k].last, move_words().stops
    for j in range(k + 1, min(k + 5, len(hits))):
        other = hits[j]
        if other.first - end > _AHEAD or not stops.isdisjoint(sentence.words[end + 1 : other.first]):
            return None
        if hits[k].entry.pattern == "right" and sentence.words[other.last] in operator_words().modified:
            return j  # "makes up for lost volumes"
        if sign(sentence, j):
            while j + 1 < len(hits) and sign(sentence, j + 1) and adjoins(sentence, j):
                j += 1  # noqa: PLW2901
            return j
    return None


def _denied_noun(sentence: SentenceParse, k: int) -> int | None:
    """Return the noun whose relative clause denies it: "a recession that the data do not support"."""
    at = sentence.hits[k].first
    start = max(at - _AHEAD, sentence.first)
    opened = next((i for i in range(at - 1, start - 1, -1) if sentence.words[i] in _RELATIVES), -1)
    if opened < 0 or sentence.word(at + 1) in operator_words().foreseen:
        return None
    for j in range(k - 1, max(k - 4, -1), -1):
        if sentence.hits[j].last == opened - 1:
            return j if sign(sentence, j) else None
    return None


def _is_traded(sentence: SentenceParse, j: int) -> bool:
    """Return whether a noun is a move of prices, which can be sold or bought into; a share or a coin is not."""
    word = sentence.words[sentence.hits[j].last]
    lists = operator_words()
    return word in move_words().noun_moves or word in lists.breaks or word in lists.traded


def _restore(sentence: SentenceParse, k: int) -> None:
    """Use up what tells that a thing was lost, where the thing is given back: "the stolen coins were returned"."""
    lists = operator_words()
    hits = sentence.hits
    for j in range(max(k - 5, 0), min(k + 6, len(hits))):
        between = sentence.words[min(hits[k].last, hits[j].last) : max(hits[k].first, hits[j].first)]
        lost = sentence.words[hits[j].last] in lists.modified
        bad = hits[j].entry.role <= _ROLE_STATEMENT and (hits[j].entry.sign < 0 or hits[j].entry.tone < 0)
        told = not lists.telling.isdisjoint(between) or (
            j < k
            and not lists.relative.isdisjoint(
                sentence.words[max(hits[j].first - _AHEAD, sentence.first) : hits[j].first]
            )
        )
        if j != k and (lost or (bad and told)) and not {"but", ";", "not"} & set(between):
            sentence.used.add(j)  # "flights have returned after the failure"


def _imposed(sentence: SentenceParse, j: int | None, verb: str) -> int | None:
    """Return a noun that was imposed, or that was granted and the verb takes away; None if it is neither."""
    if j is None:
        return None
    lists = operator_words()
    hit = sentence.hits[j]
    words = sentence.words[hit.first : hit.last + 1]
    fits = not lists.imposed.isdisjoint(words) or (verb in lists.taking and not lists.granted.isdisjoint(words))
    return j if fits else None


def _after_copula(sentence: SentenceParse, at: int) -> bool:
    lists = operator_words()
    for i in range(at - 1, max(at - 2 - _ADVERBS, sentence.first - 1), -1):
        word = sentence.words[i]
        if word in lists.copulas:
            return True
        if word not in lists.adverbs and not word.endswith("ly"):
            return False
    return False


def _closes(sentence: SentenceParse, last: int, word: str) -> bool:
    """Return whether a word such as "over" ends its phrase and is no preposition."""
    return word not in operator_words().closing or sentence.word(last + 1) in _ENDINGS


_ENDINGS: Final = frozenset(
    {".", ",", ";", "!", "?", ":", "\n", "and", "but", "for", "now", "yet", "from", "here", "on", "as", "after", ")"}
)
