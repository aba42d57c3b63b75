"""The outlook of each sentence of a text: which asset, which direction, by when, or why that is unclear.

A wrong call is worse than a missing one, so any doubt is a reason to abstain: a sentence must look ahead, name one asset
and one horizon, and give one direction in words right beside the asset.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sentiment.draft.sentences import Sentence
from sentiment.draft.wording import wording
from sentiment.models import Call
from sentiment.text import phrases
from sentiment.text.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sentiment.text import Annotation

_PROBABILITY: Final = re.compile(
    r"(\d{1,3}) ?(?:%|percent|per cent) (?:chance|probability|likelihood|odds)"
    r"|(?:chance|probability|likelihood|odds) of (\d{1,3}) ?(?:%|percent|per cent)",
    re.IGNORECASE,
)
_EVEN: Final = 0.5
_LONGEST: Final = 300
_AHEAD: Final = 6


class Outlook(NamedTuple):
    """What a sentence about the future expects of a price.

    Attributes
    ----------
    text : str
        The sentence, in one line.
    asset : str or None
        The asset whose price it is about; None if unclear.
    signs : frozenset of int
        +1 if it names a rise, -1 if it names a fall; empty for a range or without a direction.
    call : Call or None
        The call it makes; None if it makes none.
    why : str
        The rule and words behind the call, or why there is none.
    """

    text: str
    asset: str | None
    signs: frozenset[int]
    call: Call | None
    why: str


def find_outlooks(
    text: str, annotations: Sequence[Annotation], published: date, subject: str | None
) -> Iterator[Outlook]:
    """Yield the outlook of every sentence about the future.

    Parameters
    ----------
    text : str
        The text.
    annotations : sequence of Annotation
        Its annotations, in text order.
    published : date
        Day of publication.
    subject : str or None
        Symbol that a sentence is about if it names no asset.
    """
    tokens = tokenize(text.rstrip())
    hits = phrases.find(tokens)
    a = h = 0
    for first, last in tokens.sentences:
        first_annotation, first_hit = a, h
        while a < len(annotations) and annotations[a].start < tokens.ends[last - 1]:
            a += 1
        while h < len(hits) and hits[h].first < last:
            h += 1
        sentence = Sentence(tokens, (first, last), list(annotations[first_annotation:a]), hits[first_hit:h])
        forward = _forward(sentence)
        if forward:
            yield _judge(sentence, forward, published, subject)


def _forward(sentence: Sentence) -> str:
    """Return the words that look ahead; empty if there are none."""
    lists = wording()
    for k in range(sentence.first, sentence.last):
        word = sentence.word(k)
        if k in sentence.days:
            continue
        if word in lists.forward or (word, sentence.word(k + 1)) in lists.pairs_ahead:
            return word
        before = {sentence.word(k - 1), sentence.word(k - 2)}
        if word in lists.foreseen and not before.isdisjoint(lists.is_forms):
            return f"is {word}"
    return ""


def _judge(sentence: Sentence, forward: str, published: date, subject: str | None) -> Outlook:
    assets = sorted(set(sentence.assets.values()))
    asset = assets[0] if len(assets) == 1 else subject if not assets else None
    moves = list(_moves(sentence))
    signs = frozenset(wording().directions[sentence.word(k)] for k in moves)

    def abstain(why: str) -> Outlook:
        return Outlook(sentence.text, asset, signs, None, why)

    if doubt := _doubt(sentence):
        return abstain(doubt)
    if asset is None:
        return abstain(f"it names {len(assets)} assets" if assets else "no one asset is meant")
    ends = sorted({str(horizon.value) for horizon in sentence.horizons if str(horizon.value) > published.isoformat()})
    if len(ends) != 1:
        return abstain("it names no day ahead" if not ends else f"it looks to {len(ends)} days")
    horizon, end = sentence.horizons[0], date.fromisoformat(ends[0])
    after = wording().after
    if any(sentence.word(k) in after and _dates_event(sentence, k) for k in range(sentence.first, sentence.last)):
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
    words = ", ".join(dict.fromkeys(f"“{_direction_words(sentence.word(k))}”" for k in moves))
    why = f"“{forward}” looks ahead, {horizon.rule} ends {end}, {words or 'the prices it keeps to'}: {direction}"
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


def _direction_words(word: str) -> str:
    second = wording().second_words.get(word)
    return f"{word} {second}" if second else word


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0]}…"


def _doubt(sentence: Sentence) -> str:
    """Return why a sentence that looks ahead makes no forecast; empty if it does."""
    lists = wording()
    if sentence.word(sentence.last - 1) == "?":
        return "it asks"
    if word := sentence.first_of(lists.negators):
        return f"“{word}” negates"
    words = sentence.words[sentence.first : sentence.last]
    over = "over" if ("be", "over") in pairwise(words) else ""
    if word := over or sentence.first_of(lists.endings):
        return f"“{word}” may end or weaken what is named"
    opening = sentence.word(sentence.first)
    if word := (opening if opening in lists.inverted else sentence.first_of(lists.conditions)):
        return f"“{word}” sets a condition"
    others = (word for word, following in pairwise(words) if word in lists.some and following in lists.opinion_holders)
    if word := sentence.first_of(lists.reported) or next(others, ""):
        return f"“{word}” reports what somebody thought or thinks"
    return ""


def _dates_event(sentence: Sentence, after: int) -> bool:
    """Whether a day follows "after" before the next comma: then it is that of the event, not of the forecast."""
    for k in range(after + 1, min(after + 1 + _AHEAD, sentence.last)):
        if sentence.word(k) == ",":
            return False
        if k in sentence.days:
            return True
    return False


def _moves(sentence: Sentence) -> Iterator[int]:
    """Yield the tokens that say in which direction the asset's price goes."""
    lists = wording()
    end_of_lesser, move_ends = -1, set[int]()
    for k in range(sentence.first, sentence.last):
        word = sentence.word(k)
        if word == "than":
            end_of_lesser = k + _AHEAD + 2
        elif word in lists.clause_ends:
            end_of_lesser = -1
        if word not in lists.directions or k <= end_of_lesser or not _moves_asset(sentence, k, move_ends):
            continue
        second = lists.second_words.get(word)
        if second and sentence.word(k + 1) != second:
            continue
        if word in lists.reaches and not {k + 1, k + 2} & sentence.prices.keys():
            continue  # "reach an agreement"
        if _stands_alone(sentence, k + bool(second)):
            move_ends.add(k + bool(second))
            yield k


def _moves_asset(sentence: Sentence, move: int, earlier_moves: Collection[int] = ()) -> bool:
    """Whether the asset itself moves, and not its volatility, its miners or demand for it."""
    lists = wording()
    word = sentence.word(move)
    k = move - 1
    while k >= sentence.first and sentence.is_filler(k) and k not in sentence.objects:
        k -= 1
    stop = sentence.word(k)
    if k in sentence.assets:
        while k - 1 in sentence.assets:
            k -= 1
        return sentence.word(k - 1) not in lists.of or sentence.word(k - 2) in lists.of_price
    if stop in lists.prices:
        return k - 1 in sentence.assets or sentence.word(k - 1) in lists.own_price
    if stop == "it" or k in earlier_moves:  # "may rise or fall"
        return True
    return word in lists.nouns and (k < sentence.first or stop in lists.clause_ends)


def _stands_alone(sentence: Sentence, move: int) -> bool:
    """Whether no other object of the move follows, as in "rising fees" or "a fall in leverage"."""
    lists = wording()
    after = move + 1
    word = sentence.word(after)
    if after in sentence.objects:
        return False
    if word not in lists.into:
        return after in sentence.assets or sentence.is_filler(after) or word in lists.follows
    k = after
    while k < sentence.last and not (k in sentence.assets or k in sentence.days or sentence.word(k) in lists.prices):
        if k in sentence.objects or not sentence.is_filler(k):
            return False
        k += 1
    return k < sentence.last


def _range(sentence: Sentence) -> tuple[float | None, float | None] | None:
    """Return floor and ceiling if the price stays between two prices or on one side of one; otherwise None."""
    lists = wording()
    ends = [float(level.value or 0) for level in sentence.levels if level.rule == "ends of a range"]
    if len(ends) == 2:  # noqa: PLR2004 - a range has two
        return (ends[0], ends[1]) if ends[0] < ends[1] else None
    for k in range(sentence.first, sentence.last):
        if sentence.word(k) not in lists.stays or not _moves_asset(sentence, k):
            continue
        for j in range(k + 1, min(k + 4, sentence.last)):
            side = sentence.word(j)
            price = next((sentence.prices[i] for i in range(j + 1, j + 3) if i in sentence.prices), None)
            if side in lists.sides and price is not None:
                value = float(price.value or 0)
                return (value, None) if lists.sides[side] > 0 else (None, value)
    return None


def _target(sentence: Sentence) -> float | None:
    """Return the price that the move is to reach; None if there is none or more than one."""
    reaches, targets = wording().reaches, set[float]()
    for k, price in sentence.prices.items():
        before = [sentence.word(j) for j in range(k - 1, max(k - 4, sentence.first - 1), -1) if sentence.word(j) != "$"]
        reached = bool(before) and before[0] in reaches
        if price.role == "target" or (reached and price.role not in {"support", "resistance"}):
            targets.add(float(price.value or 0))
    return targets.pop() if len(targets) == 1 else None


def _probability(text: str) -> float | None:
    percentages = {int(match[1] or match[2]) for match in _PROBABILITY.finditer(text)}
    return percentages.pop() / 100 if len(percentages) == 1 and max(percentages) <= 100 else None  # noqa: PLR2004 - per cent
