"""Cues of moves: the direction of a verb times the sign of the object that it moves.

A move looks for its object ahead ("lower costs", "cut its forecast") or back ("costs fell"). Deals, sites and prices
beyond a level have rules of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sentiment.research.text.lexicon import Role
from sentiment.research.text.move_words import MARKS, move_words
from sentiment.research.text.sentence import Cue
from sentiment.research.text.tokens import is_grouped

if TYPE_CHECKING:
    from sentiment.research.text.phrases import Hit
    from sentiment.research.text.sentence import SentenceParse

_BACK: Final = 14
_AHEAD: Final = 6
_NEAR: Final = 6
_COUNTED: Final = 3  # "cut 90 jobs"
_COPULAS: Final = frozenset({"is", "are", "was", "were", "has", "have", "had", "looks", "seems", "will", "would"})
_DETERMINERS: Final = frozenset(
    {"the", "this", "a", "an", "every", "any", "its", "latest", "last", "our", "their", "each"}
)
_COMPARING: Final = frozenset({"than", ".", ","})
_SPECIAL: Final = frozenset({"deal", "site", "break", "particle"})
_BORDERS: Final = frozenset({Role.ADVERSATIVE, Role.CONCESSIVE, Role.REASON})
_ROLE_MOVE, _ROLE_OBJECT = Role.MOVE, Role.OBJECT


def add_move(sentence: SentenceParse, k: int) -> None:
    """Add the cue of the move at hit `k`, if it makes one."""
    hit = sentence.hits[k]
    entry = hit.entry
    if entry.tone == 0 and _decides_nothing(sentence, k):
        return
    if entry.pattern in _SPECIAL and _add_special(sentence, k):
        return
    target = _object(sentence, k)
    if target is None:
        if entry.tone:
            sentence.cues.append(Cue(hit.first, hit.last, hit.first, entry.tone, "direction"))
        return
    other = sentence.hits[target]
    sentence.used.add(target)
    if target > k:
        sentence.objects_of_earlier_moves.add(target)
    else:
        _use_modifiers(sentence, target, k)
    sign = other.entry.sign * entry.sign
    if other.entry.role is _ROLE_MOVE:
        sentence.dropped.add(other.first)
    if sign == 0:
        sentence.even.append(Cue(hit.first, hit.last, hit.first, 0.0, "neither good nor bad"))
        return
    value = sign * max(abs(entry.tone), abs(other.entry.tone), 0.4)
    first, last = min(hit.first, other.first), max(hit.last, other.last)
    if last - first > _NEAR:
        first, last = hit.first, hit.last
    if value > 0 and sentence.word(hit.last + 1) == "from":
        _use_start(sentence, k)
    sentence.cues.append(Cue(first, last, hit.first, value, "direction x object"))


def _decides_nothing(sentence: SentenceParse, k: int) -> bool:
    """Return whether a move is where another began ("from last month's lows") or has a result ("drive prices lower")."""
    hit = sentence.hits[k]
    if "from" in sentence.words[max(hit.first - 3, sentence.first) : hit.first]:
        return True
    if sentence.words[hit.last] not in move_words().driving:
        return False
    later = sentence.hits[k + 1 : k + 4]
    return any(
        sentence.words[other.last] in move_words().results and other.first - hit.last <= _AHEAD for other in later
    )


def _use_modifiers(sentence: SentenceParse, target: int, k: int) -> None:
    """Use up the nouns that only modify the one that moves: in "fears of a default fade" the default."""
    prepositions = move_words().modifying_prepositions
    for j in range(target + 1, k):
        other = sentence.hits[j]
        before = (sentence.word(other.first - 1), sentence.word(other.first - 2))
        if other.entry.role is _ROLE_OBJECT and not prepositions.isdisjoint(before):
            sentence.used.add(j)


def _use_start(sentence: SentenceParse, k: int) -> None:
    """Use up the losses from which something recovered."""
    hit = sentence.hits[k]
    for j in range(k + 1, min(k + 3, len(sentence.hits))):
        other = sentence.hits[j]
        if other.first - hit.last <= _COUNTED + 1 and other.entry.role is _ROLE_OBJECT and other.entry.sign < 0:
            sentence.used.add(j)


def add_level(sentence: SentenceParse, k: int) -> None:
    """Add the cue of "above" or "below" before expectations or a price."""
    hit = sentence.hits[k]
    lists = move_words()
    next_token = hit.last + 1
    following = sentence.words[next_token : min(next_token + 9, sentence.last)]
    if not lists.expectations.isdisjoint(following) or following[:2] == ["last", "year"]:
        thing = object_before(sentence, k)
        bad = (
            thing is not None
            and sentence.hits[thing].entry.role is _ROLE_OBJECT
            and sentence.hits[thing].entry.sign < 0
        )
        if bad and thing is not None:
            sentence.used.add(thing)  # losses below last year's are good
        value = 0.5 * hit.entry.sign * (-1 if bad else 1)
        sentence.cues.append(Cue(hit.first, hit.last, hit.first, value, "against expectations"))
        return
    money = sentence.word(next_token) in {"$", "€"}
    number = next_token + money
    if not sentence.word(number)[0].isdigit() or sentence.word(number + 1) in lists.quantities:
        return
    word = sentence.words[number]
    if (money or word.endswith("k") or is_grouped(word)) and word[-1] not in "mnb" and _names_asset(sentence):
        sentence.cues.append(Cue(hit.first, number, hit.first, 0.25 * hit.entry.sign, "beyond a level"))


def object_before(sentence: SentenceParse, k: int) -> int | None:
    """Return the hit before hit `k` that is most likely its object; None if there is none."""
    lists = move_words()
    words, hits = sentence.words, sentence.hits
    start = hits[k].first
    fallback = None
    for j in range(k - 1, max(k - 1 - _BACK, -1), -1):
        other = hits[j]
        if start - other.last > _BACK:
            break
        role = other.entry.role
        if role is _ROLE_MOVE and words[other.last] in lists.noun_moves and _is_subject(sentence, other, start):
            return j
        if role in _BORDERS:
            break
        if role is not _ROLE_OBJECT:
            continue
        if j in sentence.objects_of_earlier_moves:
            fallback = j if fallback is None else fallback
            continue
        before = (sentence.word(other.first - 1), sentence.word(other.first - 2))
        if other.entry.asset and (before[0][0].isdigit() or before[0] in lists.multipliers):
            continue  # "6.8 million BTC" is a unit
        if lists.modifying_prepositions.isdisjoint(before):
            return _head(sentence, j)
        if fallback is None:
            fallback = j
    return fallback


def _is_subject(sentence: SentenceParse, noun: Hit, start: int) -> bool:
    """Return whether a move stands as the subject of the word at `start`: "the rally failed", "this rebound is weaker"."""
    between = sentence.words[noun.last + 1 : start]
    if not between:
        return True
    return len(between) <= 2 and between[0] in _COPULAS and sentence.word(noun.first - 1) in _DETERMINERS  # noqa: PLR2004


def _head(sentence: SentenceParse, j: int) -> int:
    """Return the noun that a noun modifies: in "the overhang from the estate's coins" the overhang."""
    hits, lists = sentence.hits, move_words()
    for i in range(j - 1, max(j - 3, -1), -1):
        other = hits[i]
        linked = sentence.word(other.last + 1) in lists.linking and hits[j].first - other.last <= _NEAR
        between = sentence.words[other.last + 1 : hits[j].first]
        if not linked or other.entry.role is not _ROLE_OBJECT or not other.entry.sign or i in sentence.used:
            return j
        if any(word in _COPULAS or word in MARKS for word in between):
            return j
        j = i
    return j


def _object(sentence: SentenceParse, k: int) -> int | None:
    hit = sentence.hits[k]
    following = sentence.word(hit.last + 1)
    if hit.entry.pattern == "right":
        ahead = _object_after(sentence, k, hit.last + 1)
        is_predicate = ahead is None and sentence.word(hit.first - 1) in _COPULAS and following in _COMPARING
        return object_before(sentence, k) if is_predicate else ahead
    if hit.entry.pattern == "break":
        ahead = _object_after(sentence, k, hit.last + 1)
        if ahead is not None:
            return ahead
        back = object_before(sentence, k)
        return back if back is not None and "support" in sentence.hits[back].entry.topics else None
    ahead = None
    if following in {"in", "of"} and sentence.words[hit.last] in move_words().noun_moves:
        ahead = _object_after(sentence, k, hit.last + 2)
    elif following[0].isdigit():
        if k + 1 < len(sentence.hits) and sentence.hits[k + 1].first - hit.last <= _COUNTED:
            ahead = _object_after(sentence, k, hit.last + 2)
    elif following not in move_words().borders:
        ahead = _object_after(sentence, k, hit.last + 1)
    return ahead if ahead is not None else object_before(sentence, k)


def _object_after(sentence: SentenceParse, k: int, start: int) -> int | None:
    lists = move_words()
    words, hits, used = sentence.words, sentence.hits, sentence.used
    end = min(start + _AHEAD, sentence.last)
    stops = lists.stops
    stop = next((i for i in range(start, end) if words[i] in stops), end)
    for j in range(k + 1, min(k + 1 + _AHEAD, len(hits))):
        other = hits[j]
        if other.first >= stop:
            break
        if other.entry.role is _ROLE_OBJECT and j not in used:
            head = hits[j + 1] if j + 1 < len(hits) else None
            if head and head.first == other.last + 1 and head.entry.role is _ROLE_OBJECT and j + 1 not in used:
                return j + 1  # "crypto rules", "export earnings": the last noun is what moves
            return j
        if other.entry.role is _ROLE_MOVE:
            word = words[other.first]
            if word in lists.noun_moves:
                return j
            if not (word.endswith("ing") or word in lists.move_adjectives):
                return None
            used.add(j)  # in "cut rising costs", the adjective makes no cue of its own
    return None


def _add_special(sentence: SentenceParse, k: int) -> bool:
    """Apply the rule of a special pattern; return False if the move takes any object after all."""
    hit = sentence.hits[k]
    pattern = hit.entry.pattern
    if pattern == "deal":
        _add_deal(sentence, k)
    elif pattern == "site":
        _add_site(sentence, hit)
    elif pattern == "break":
        if sentence.word(hit.last + 1)[0] not in "$0123456789":
            return False
        sentence.hits[k] = hit._replace(entry=hit.entry._replace(sign=1))
        add_level(sentence, k)
        sentence.hits[k] = hit
    else:
        return not _is_direction(sentence, hit)
    return True


def _add_deal(sentence: SentenceParse, k: int) -> None:
    hit = sentence.hits[k]
    if sentence.word(hit.last + 1) == "$":
        sentence.cues.append(Cue(hit.first, hit.last, hit.first, 0.4, "money raised"))
        return
    for j in range(k + 1, min(k + 4, len(sentence.hits))):
        other = sentence.hits[j]
        if other.first - hit.last > _AHEAD + 2:
            return
        if sentence.words[other.last] in move_words().deals:
            sentence.used.add(j)
            value = hit.entry.sign * max(0.45, other.entry.tone)
            sentence.cues.append(Cue(hit.first, other.last, hit.first, value, "deal made"))
            return


def _add_site(sentence: SentenceParse, hit: Hit) -> None:
    ahead = range(hit.last + 1, min(hit.last + 6, sentence.last))
    back = range(hit.first - 1, max(hit.first - 6, sentence.first - 1), -1)
    sites = move_words().sites
    site = next((i for i in (*ahead, *back) if sentence.words[i] in sites), None)
    if site is not None:
        first, last = min(site, hit.first), max(site, hit.last)
        value = 0.25 if hit.entry.sign > 0 else -0.5
        sentence.cues.append(Cue(first, last, hit.first, value, "site opened or closed"))


def _is_direction(sentence: SentenceParse, hit: Hit) -> bool:
    """Whether "up" or "down" is a direction and not part of another verb ("set up")."""
    neighbours = (sentence.word(hit.first - 1), sentence.word(hit.last + 1))
    listed = move_words().particle_neighbours
    return any(word[0].isdigit() or word in listed for word in neighbours)


def _names_asset(sentence: SentenceParse) -> bool:
    return any(hit.entry.asset for hit in sentence.hits[:64])
