"""The tone of a sentence, put together from its words: direction x object, then negation, contrast and comparison.

"Losses narrowed" is good because what should fall (losses) fell; "rally failed" is bad because what is good ended. A
move looks for the thing it moves, ahead ("lower costs", "cut its forecast") or back ("costs fell"). Cues are then
turned by a negator before them, weakened where the sentence concedes them, and weighed against each other in `text.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from sentiment.research.text import figures, lexicon
from sentiment.research.text.clauses import Cue, Sentence, weigh
from sentiment.research.text.phrases import Hit, Role
from sentiment.research.text.tokens import wordset

if TYPE_CHECKING:
    from sentiment.research.text.tokens import Tokens

_BACK: Final = 14
_AHEAD: Final = 6
_NEAR: Final = 6
_COUNTED: Final = 3  # "cut 90 jobs"
_MARKS: Final = frozenset(".!?;:,()%$€£\n\u2013\u2014-")
_STOPS: Final = (lexicon.PREPOSITIONS | _MARKS) - {"in", "of", "per", "or", "$", "€", "£", "and", "-"}
_LEFTWARD: Final = lexicon.PREPOSITIONS | _MARKS
_HEADLESS: Final = wordset("of in for from with on by to at against")
_EXPECTATIONS: Final = wordset(
    "analysts estimate estimates forecast forecasts consensus expectations expected ago earlier"
)
_SPECIAL: Final = frozenset({"deal", "site", "break", "particle"})
_BESIDE: Final = wordset(
    """
    % is are was were be been from by more nearly about some slightly sharply on , . ; : and $ € eur usd crypto
    bitcoin ether prices price shares sales stocks altcoins
    """
)
_UNITS: Final = wordset("% million billion m bn btc eth coins users customers people tokens employees bitcoins stores")
_MORE_OR_LESS: Final = {"more": 1, "less": -1, "fewer": -1}
_ADJECTIVES: Final = wordset("high higher low lower heavy strong weak excessive elevated")
_BORDERS: Final = frozenset({Role.ADVERSATIVE, Role.CONCESSIVE, Role.REASON})
_AMOUNTS: Final = frozenset({"million", "billion", "thousand"})
_SIGNED: Final = re.compile(r"(?<![\w.,)%])[-+\u2212](?=\d)")
_ROLE_MOVE, _ROLE_OBJECT, _ROLE_SAID = Role.MOVE, Role.OBJECT, Role.SAID


def cues(tokens: Tokens, hits: list[Hit]) -> list[Cue]:
    """All cues of a text in the order in which they stand, with what their sentences make of them."""
    found: list[Cue] = []
    signed = _signed(tokens)
    k = s = 0
    for first, last in tokens.sentences:
        start = k
        while k < len(hits) and hits[k].first < last:
            k += 1
        begin = s
        while s < len(signed) and signed[s].first < last:
            s += 1
        if start == k and begin == s:
            continue
        sentence = Sentence(tokens.words, first, last, hits[start:k])
        sentence.cues = signed[begin:s]
        _compose(sentence)
        found += weigh(sentence)
    return found


def _signed(tokens: Tokens) -> list[Cue]:
    if "-" not in tokens.text and "+" not in tokens.text and "\u2212" not in tokens.text:
        return []
    found, starts, words = [], tokens.starts, tokens.words
    for match in _SIGNED.finditer(tokens.text):
        at = bisect_left(starts, match.end())
        percent = at + 1 < len(words) and words[at + 1] == "%"
        up = match[0] == "+"
        if at < len(starts) and starts[at] == match.end() and (percent or not up):
            found.append(Cue(at, at + percent, at, 0.35 if up else -0.35, "signed figure"))
    return found


def _compose(sentence: Sentence) -> None:
    plain = [(k, hit) for k, hit in enumerate(sentence.hits) if hit.entry.role is not Role.NONE]
    for settles, by in ((Role.OUTWEIGH, _outweigh), (Role.COMPARED, _compare)):
        for k, hit in plain:
            if hit.entry.role is settles:
                by(sentence, k)
    for k, hit in plain:
        role = hit.entry.role
        if role is _ROLE_MOVE and k not in sentence.taken:
            _move(sentence, k)
        elif role is _ROLE_SAID and hit.entry.tone:
            sentence.cues.append(Cue(hit.first, hit.last, hit.first, hit.entry.tone, "said of it"))
        elif role is Role.LEVEL:
            _level(sentence, hit)
        elif role is Role.THAN:
            _rate(sentence, k)
    sentence.cues += [
        Cue(hit.first, hit.last, hit.first, hit.entry.tone, "named")
        for k, hit in plain
        if hit.entry.role is _ROLE_OBJECT and hit.entry.tone and k not in sentence.taken
    ]


def _move(sentence: Sentence, k: int) -> None:
    hit = sentence.hits[k]
    entry = hit.entry
    if entry.tone == 0 and "from" in sentence.words[max(hit.first - 3, sentence.first) : hit.first]:
        return  # "from last month's lows" is where a move began
    if entry.look in _SPECIAL and _settled(sentence, k):
        return
    target = _target(sentence, k)
    if target is None:
        if entry.tone:
            sentence.cues.append(Cue(hit.first, hit.last, hit.first, entry.tone, "direction"))
        return
    other = sentence.hits[target]
    sentence.taken.add(target)
    if target > k:
        sentence.ahead.add(target)
    sign = other.entry.sign * entry.sign
    if other.entry.role is _ROLE_MOVE:
        sentence.dropped.add(other.first)
    if sign == 0:
        return
    value = sign * max(abs(entry.tone), abs(other.entry.tone), 0.4)
    first, last = min(hit.first, other.first), max(hit.last, other.last)
    if last - first > _NEAR:
        first, last = hit.first, hit.last
    sentence.cues.append(Cue(first, last, hit.first, value, "direction x object"))


def _settled(sentence: Sentence, k: int) -> bool:
    """Settle the moves that do not take just any object; False where the move is an ordinary one after all."""
    hit = sentence.hits[k]
    look = hit.entry.look
    if look == "deal":
        _deal(sentence, k)
    elif look == "site":
        _site(sentence, hit)
    elif look == "break":
        if sentence.word(hit.last + 1)[0] not in "$0123456789":
            return False
        _level(sentence, hit._replace(entry=hit.entry._replace(sign=1)))
    else:
        return not _moves(sentence, hit)
    return True


def _deal(sentence: Sentence, k: int) -> None:
    hit = sentence.hits[k]
    if sentence.word(hit.last + 1) == "$" and hit.entry.look == "deal":
        sentence.cues.append(Cue(hit.first, hit.last, hit.first, 0.4, "money raised"))
        return
    for j in range(k + 1, min(k + 4, len(sentence.hits))):
        other = sentence.hits[j]
        if other.first - hit.last > _AHEAD + 2:
            return
        if sentence.words[other.last] in lexicon.DEALS:
            sentence.taken.add(j)
            value = hit.entry.sign * max(0.45, other.entry.tone)
            sentence.cues.append(Cue(hit.first, other.last, hit.first, value, "deal made"))
            return


def _site(sentence: Sentence, hit: Hit) -> None:
    ahead = range(hit.last + 1, min(hit.last + 6, sentence.last))
    back = range(hit.first - 1, max(hit.first - 6, sentence.first - 1), -1)
    site = next((i for i in (*ahead, *back) if sentence.words[i] in lexicon.SITES), None)
    if site is not None:
        first, last = min(site, hit.first), max(site, hit.last)
        value = 0.25 if hit.entry.sign > 0 else -0.5
        sentence.cues.append(Cue(first, last, hit.first, value, "site opened or closed"))


def _moves(sentence: Sentence, hit: Hit) -> bool:
    """Whether "up" or "down" says a direction and is no part of another verb ("set up")."""
    before, after = sentence.word(hit.first - 1), sentence.word(hit.last + 1)
    return before[0].isdigit() or after[0].isdigit() or before in _BESIDE or after in _BESIDE


def _target(sentence: Sentence, k: int) -> int | None:
    hit = sentence.hits[k]
    following = sentence.word(hit.last + 1)
    if hit.entry.look in {"right", "break"}:
        found = _ahead(sentence, k, hit.last + 1)
        if found is None and hit.entry.look == "break":
            back = _back(sentence, k)
            return back if back is not None and "support" in sentence.hits[back].entry.topics else None
        return found
    if following in {"in", "of"} and sentence.words[hit.last] in lexicon.NOUN_MOVES:
        found = _ahead(sentence, k, hit.last + 2)
        return found if found is not None else _back(sentence, k)
    if following[0].isdigit():
        counted = k + 1 < len(sentence.hits) and sentence.hits[k + 1].first - hit.last <= _COUNTED
        found = _ahead(sentence, k, hit.last + 2) if counted else None
        return found if found is not None else _back(sentence, k)
    if following in _LEFTWARD:
        return _back(sentence, k)
    found = _ahead(sentence, k, hit.last + 1)
    return found if found is not None else _back(sentence, k)


def _ahead(sentence: Sentence, k: int, start: int) -> int | None:
    words, hits, taken = sentence.words, sentence.hits, sentence.taken
    end = min(start + _AHEAD, sentence.last)
    stop = next((i for i in range(start, end) if words[i] in _STOPS), end)
    for j in range(k + 1, min(k + 1 + _AHEAD, len(hits))):
        other = hits[j]
        if other.first >= stop:
            break
        if other.entry.role is _ROLE_OBJECT and j not in taken:
            head = hits[j + 1] if j + 1 < len(hits) else None
            if head and head.first == other.last + 1 and head.entry.role is _ROLE_OBJECT and j + 1 not in taken:
                return j + 1  # "crypto rules", "export earnings": the last noun is what moves
            return j
        if other.entry.role is _ROLE_MOVE:
            word = words[other.first]
            if word in lexicon.NOUN_MOVES:
                return j
            if not (word.endswith("ing") or word in _ADJECTIVES):
                return None
            taken.add(j)  # "cut rising costs": the adjective has had its say
    return None


def _back(sentence: Sentence, k: int) -> int | None:
    words, hits = sentence.words, sentence.hits
    here = hits[k].first
    fallback = None
    for j in range(k - 1, max(k - 1 - _BACK, -1), -1):
        other = hits[j]
        if here - other.last > _BACK:
            break
        role = other.entry.role
        if role is _ROLE_MOVE and here - other.last == 1 and words[other.last] in lexicon.NOUN_MOVES:
            return j
        if role in _BORDERS:
            break
        if role is not _ROLE_OBJECT:
            continue
        if j in sentence.ahead:
            fallback = j if fallback is None else fallback
            continue
        before = (sentence.word(other.first - 1), sentence.word(other.first - 2))
        if other.entry.asset and (before[0][0].isdigit() or before[0] in _AMOUNTS):
            continue  # "6.8 million BTC" is a unit
        if _HEADLESS.isdisjoint(before):
            return j
        if fallback is None:
            fallback = j
    return fallback


def _level(sentence: Sentence, hit: Hit) -> None:
    at = hit.last + 1
    if not _EXPECTATIONS.isdisjoint(sentence.words[at : min(at + 9, sentence.last)]):
        sentence.cues.append(Cue(hit.first, hit.last, hit.first, 0.5 * hit.entry.sign, "against expectations"))
        return
    money = sentence.word(at) in {"$", "€"}
    at += money
    if not sentence.word(at)[0].isdigit() or sentence.word(at + 1) in _UNITS:
        return
    word = sentence.words[at]
    if (money or word.endswith("k") or "," in word) and word[-1] not in "mnb" and _names_asset(sentence):
        sentence.cues.append(Cue(hit.first, at, hit.first, 0.25 * hit.entry.sign, "beyond a level"))


def _rate(sentence: Sentence, k: int) -> None:
    """Settle "6 % more than a year earlier", which moves the thing before it."""
    than = sentence.hits[k].first
    before, figure = sentence.word(than - 1), sentence.word(than - 2)
    if before not in _MORE_OR_LESS or figure not in {"%", "percent", "times"}:
        return
    back = _back(sentence, k)
    sign = 1 if back is None else sentence.hits[back].entry.sign
    if sign:
        sentence.cues.append(Cue(than - 2, than, than - 1, 0.5 * sign * _MORE_OR_LESS[before], "so much more or less"))


def _names_asset(sentence: Sentence) -> bool:
    return any(hit.entry.asset for hit in sentence.hits[:64])


def _outweigh(sentence: Sentence, k: int) -> None:
    """Settle "X outweighs Y": X decides; fear that outweighs fundamentals is the contrarian's good news."""
    hits, words = sentence.hits, sentence.words
    left = next((j for j in range(k - 1, max(k - 5, -1), -1) if hits[j].entry.topics or hits[j].entry.sign), None)
    right = next((j for j in range(k + 1, min(k + 5, len(hits))) if hits[j].entry.topics or hits[j].entry.sign), None)
    if left is None or right is None or hits[right].last - hits[left].first > 2 * _BACK:
        return
    sentence.taken |= {left, right}
    mood = lexicon.EMOTIONS.get(words[hits[left].last], 0)
    if mood and "fundamentals" in hits[right].entry.topics:
        value, rule = 0.7 * mood, "mood outweighs fundamentals"
    else:
        value, rule = 0.5 * hits[left].entry.sign, "outweighs"
    if value:
        sentence.cues.append(Cue(hits[left].first, hits[right].last, hits[k].first, value, rule))


def _compare(sentence: Sentence, k: int) -> None:
    """Settle "sales were 5.2 mn, compared to 4.1 mn" by the figures, where no word says the direction."""
    hits = sentence.hits
    pair = figures.compared(sentence.words, hits[k].first, hits[k].last, sentence.first, sentence.last)
    if pair is None:
        return
    thing = None
    for j in range(k - 1, max(k - 10, -1), -1):
        entry = hits[j].entry
        if hits[k].first - hits[j].last > 2 * _BACK or (
            entry.role is _ROLE_MOVE and entry.tone and entry.look == "left"
        ):
            return
        if entry.role is _ROLE_OBJECT and hits[j].first < pair.new_at:
            thing = j
            break
    if thing is None:
        return
    change = (pair.new > pair.old) - (pair.new < pair.old)
    value = 0.5 * change * hits[thing].entry.sign
    then = next((j for j in range(k + 1, min(k + 3, len(hits))) if hits[j].first < pair.old_at), None)
    if (
        then is not None
        and hits[then].entry.role is _ROLE_OBJECT
        and hits[then].entry.sign * hits[thing].entry.sign < 0
    ):
        value = 0.6 * hits[thing].entry.sign  # a profit compared with a loss
        sentence.taken.add(then)
    elif then is not None:
        sentence.taken.add(then)
    sentence.taken.add(thing)
    if value:
        sentence.cues.append(Cue(hits[k].first, pair.old_at, hits[k].first, value, "figures compared"))
