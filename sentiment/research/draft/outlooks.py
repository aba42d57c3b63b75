"""What each sentence of a text expects of a price: which asset, which way, by when, or why that is not sure.

A call costs its reader more when it is wrong than when it is missing, so every doubt is a reason to abstain: a sentence
must look ahead, name one asset and one horizon, and say one way in words that stand right beside the asset.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sentiment.models import Call
from sentiment.research.draft import wording
from sentiment.research.draft.sentences import Sentence
from sentiment.research.text import phrases
from sentiment.research.text.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sentiment.research.text import Finding

_PROBABILITY: Final = re.compile(
    r"(\d{1,3}) ?(?:%|percent|per cent) (?:chance|probability|likelihood|odds)"
    r"|(?:chance|probability|likelihood|odds) of (\d{1,3}) ?(?:%|percent|per cent)",
    re.IGNORECASE,
)
_EVEN: Final = 0.5
_LONGEST: Final = 300
_AHEAD: Final = 6


class Outlook(NamedTuple):
    """What a sentence that looks ahead expects.

    Attributes
    ----------
    text : str
        The sentence, in one line.
    asset : str or None
        Whose price it speaks of; None where that is not sure.
    signs : frozenset of int
        +1 where it names a rise, -1 a fall; empty for a range and where negated.
    call : Call or None
        The call it makes; None where it makes none.
    why : str
        The rule and the words behind the call, or why there is none.
    """

    text: str
    asset: str | None
    signs: frozenset[int]
    call: Call | None
    why: str


def read(text: str, findings: Sequence[Finding], published: date, subject: str | None) -> Iterator[Outlook]:
    """Yield what the sentences that look ahead expect; `subject` is whom a sentence means that names no asset."""
    tokens = tokenize(text.rstrip())
    hits = phrases.find(tokens)
    f = h = 0
    for first, last in tokens.sentences:
        from_finding, from_hit = f, h
        while f < len(findings) and findings[f].start < tokens.ends[last - 1]:
            f += 1
        while h < len(hits) and hits[h].first < last:
            h += 1
        sentence = Sentence(tokens, (first, last), list(findings[from_finding:f]), hits[from_hit:h])
        forward = _forward(sentence)
        if forward:
            yield _judge(sentence, forward, published, subject)


def _forward(sentence: Sentence) -> str:
    """Return the words that look ahead; empty where none do or only somebody once did."""
    for k in range(sentence.first, sentence.last):
        word = sentence.word(k)
        if k in sentence.days:
            continue
        if word in wording.FORWARD or (word, sentence.word(k + 1)) in wording.FORWARD_PAIRS:
            return word
        before = {sentence.word(k - 1), sentence.word(k - 2)}
        if word in wording.FORESEEN and not before.isdisjoint(wording.IS):
            return f"is {word}"
    return ""


def _judge(sentence: Sentence, forward: str, published: date, subject: str | None) -> Outlook:
    named = sorted(set(sentence.assets.values()))
    asset = named[0] if len(named) == 1 else subject if not named else None
    ways = list(_ways(sentence))
    signs = frozenset(wording.WAYS[sentence.word(k)] for k in ways)

    def abstain(why: str) -> Outlook:
        return Outlook(sentence.text, asset, signs, None, why)

    if doubt := _doubt(sentence):
        return abstain(doubt)
    if asset is None:
        return abstain(f"it names {len(named)} assets" if named else "no one asset is meant")
    ends = sorted({str(one.value) for one in sentence.horizons if str(one.value) > published.isoformat()})
    if len(ends) != 1:
        return abstain("it names no day ahead" if not ends else f"it looks to {len(ends)} days")
    span, end = sentence.horizons[0], date.fromisoformat(ends[0])
    if any(sentence.word(k) in wording.AFTER and _dates(sentence, k) for k in range(sentence.first, sentence.last)):
        return abstain("the day it names may be that of something else")
    limits = _range(sentence)
    if len(signs) > 1 or (signs and limits):
        return abstain("it names more than one way")
    if not signs and not limits:
        return abstain("no word beside the asset says a direction")
    direction: Literal["up", "down", "range"] = "range" if limits else "up" if signs == {1} else "down"
    target = None if limits else _target(sentence)
    probability = _probability(sentence.text)
    if probability is not None and probability < _EVEN:
        return abstain(f"it gives it {probability:.0%}, less than even")
    said = ", ".join(dict.fromkeys(f"“{_way(sentence.word(k))}”" for k in ways)) or "the prices it keeps to"
    why = f"“{forward}” looks ahead, {span.rule} ends {end}, {said}: {direction}"
    floor, ceiling = limits or (None, None)
    return Outlook(
        sentence.text,
        asset,
        signs,
        Call(
            asset=asset,
            text=_shortened(sentence.text),
            direction=direction,
            end=end,
            floor=floor,
            ceiling=ceiling,
            target=target,
            probability=probability,
        ),
        why,
    )


def _way(word: str) -> str:
    return f"{word} {wording.PAIRED[word]}" if word in wording.PAIRED else word


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0]}…"


def _doubt(sentence: Sentence) -> str:
    """Say why a sentence that looks ahead still forecasts nothing; empty where it does."""
    if sentence.word(sentence.last - 1) == "?":
        return "it asks"
    if word := sentence.has(wording.NEGATORS):
        return f"“{word}” negates"
    words = sentence.words[sentence.first : sentence.last]
    over = "over" if wording.BE_OVER in pairwise(words) else ""
    if word := over or sentence.has(wording.ENDINGS):
        return f"“{word}” may end or weaken what is named"
    opening = sentence.word(sentence.first)
    if word := (opening if opening in wording.INVERTED else sentence.has(wording.CONDITIONS)):
        return f"“{word}” sets a condition"
    others = (one for one, two in pairwise(words) if one in wording.SOME and two in wording.OPINE)
    if word := sentence.has(wording.REPORTED) or next(others, ""):
        return f"“{word}” reports what somebody thought or thinks"
    return ""


def _dates(sentence: Sentence, at: int) -> bool:
    """Whether a day follows "after" before the next comma: that of the event, not of the forecast."""
    for k in range(at + 1, min(at + 1 + _AHEAD, sentence.last)):
        if sentence.word(k) == ",":
            return False
        if k in sentence.days:
            return True
    return False


def _ways(sentence: Sentence) -> Iterator[int]:
    """Yield the tokens that say which way the asset's price goes."""
    lesser, moves = -1, set[int]()
    for k in range(sentence.first, sentence.last):
        word = sentence.word(k)
        if word == "than":
            lesser = k + _AHEAD + 2
        elif word in wording.ENDS_CLAUSE:
            lesser = -1
        if word not in wording.WAYS or k <= lesser or not _moves_asset(sentence, k, moves):
            continue
        second = wording.PAIRED.get(word)
        if second and sentence.word(k + 1) != second:
            continue
        if word in wording.REACHES and not {k + 1, k + 2} & sentence.prices.keys():
            continue  # "reach an agreement"
        if _stands_alone(sentence, k + bool(second)):
            moves.add(k + bool(second))
            yield k


def _moves_asset(sentence: Sentence, at: int, moves: Collection[int] = ()) -> bool:
    """Whether it is the asset that moves, and not its volatility, its miners or demand for it."""
    word = sentence.word(at)
    k = at - 1
    while k >= sentence.first and sentence.fills(k) and k not in sentence.objects:
        k -= 1
    stop = sentence.word(k)
    if k in sentence.assets:
        while k - 1 in sentence.assets:
            k -= 1
        return sentence.word(k - 1) not in wording.OF or sentence.word(k - 2) in wording.OF_PRICE
    if stop in wording.PRICES:
        return k - 1 in sentence.assets or sentence.word(k - 1) in wording.OWN_PRICE
    if stop == "it" or k in moves:  # "may rise or fall"
        return True
    return word in wording.NOUNS and (k < sentence.first or stop in wording.ENDS_CLAUSE)


def _stands_alone(sentence: Sentence, at: int) -> bool:
    """Whether nothing follows that is raised or lowered instead: "rising fees", "a fall in leverage"."""
    after = at + 1
    word = sentence.word(after)
    if after in sentence.objects:
        return False
    if word not in wording.INTO:
        return after in sentence.assets or sentence.fills(after) or word in wording.FOLLOWS
    k = after
    while k < sentence.last and not (k in sentence.assets or k in sentence.days or sentence.word(k) in wording.PRICES):
        if k in sentence.objects or not sentence.fills(k):
            return False
        k += 1
    return k < sentence.last


def _range(sentence: Sentence) -> tuple[float | None, float | None] | None:
    """Return floor and ceiling where the sentence keeps the price between two prices or on one side of one."""
    ends = [float(one.value or 0) for one in sentence.levels if one.rule == "ends of a range"]
    if len(ends) == 2:  # noqa: PLR2004 - a range has two
        return (ends[0], ends[1]) if ends[0] < ends[1] else None
    for k in range(sentence.first, sentence.last):
        if sentence.word(k) not in wording.STAYS or not _moves_asset(sentence, k):
            continue
        for j in range(k + 1, min(k + 4, sentence.last)):
            side = sentence.word(j)
            price = next((sentence.prices[i] for i in range(j + 1, j + 3) if i in sentence.prices), None)
            if side in wording.SIDES and price is not None:
                value = float(price.value or 0)
                return (value, None) if wording.SIDES[side] > 0 else (None, value)
    return None


def _target(sentence: Sentence) -> float | None:
    """Return the one price that the move is called to reach; None where there is none or more than one."""
    found = set()
    for k, price in sentence.prices.items():
        before = [sentence.word(j) for j in range(k - 1, max(k - 4, sentence.first - 1), -1) if sentence.word(j) != "$"]
        reached = bool(before) and before[0] in wording.REACHES
        if price.role == "target" or (reached and price.role not in {"support", "resistance"}):
            found.add(float(price.value or 0))
    return found.pop() if len(found) == 1 else None


def _probability(text: str) -> float | None:
    found = {int(one[1] or one[2]) for one in _PROBABILITY.finditer(text)}
    return found.pop() / 100 if len(found) == 1 and max(found) <= 100 else None  # noqa: PLR2004 - per cent
