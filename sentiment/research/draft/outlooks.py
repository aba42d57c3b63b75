"""The outlook of each sentence of a text: which asset, which direction, by when, or why that is unclear.

A wrong call is worse than a missing one, so any doubt is a reason to abstain: a sentence must look ahead, name one asset
and one horizon, and give one direction in words right beside the asset.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sentiment.models import Call
from sentiment.research.draft.directions import direction_words
from sentiment.research.draft.prices import price_range, price_target, probability_in
from sentiment.research.draft.sentences import Sentence
from sentiment.research.draft.wording import wording
from sentiment.research.text import phrases
from sentiment.research.text.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sentiment.research.text import Annotation

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
        while a < len(annotations) and annotations[a].start < tokens.origin_ends[last - 1]:
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
    direction_tokens = list(direction_words(sentence))
    signs = frozenset(wording().directions[sentence.word(k)] for k in direction_tokens)

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
    limits = price_range(sentence)
    if len(signs) > 1 or (signs and limits):
        return abstain("it names more than one way")
    if not signs and not limits:
        return abstain("no word beside the asset says a direction")
    direction: Literal["up", "down", "range"] = "range" if limits else "up" if signs == {1} else "down"
    target = None if limits else price_target(sentence)
    probability = probability_in(sentence.text)
    if probability is not None and probability < _EVEN:
        return abstain(f"it gives it {probability:.0%}, less than even")
    words = ", ".join(dict.fromkeys(f"“{_with_second_word(sentence.word(k))}”" for k in direction_tokens))
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


def _with_second_word(word: str) -> str:
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
