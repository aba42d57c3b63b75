"""What a part of a sentence says that a model calls a forecast: by the rules, and in its direction by the model where they read none."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.formatting import number
from sentiment.models import Call
from sentiment.research.draft import doubts
from sentiment.research.draft.agreement import same_house
from sentiment.research.draft.ahead import words_ahead
from sentiment.research.draft.deadlines import dates_change, dates_event, ends, is_dated_ahead
from sentiment.research.draft.directions import moves
from sentiment.research.draft.figures import figures, plausible, probability_in
from sentiment.research.draft.outlooks import in_short
from sentiment.research.draft.plain import vague_chance
from sentiment.research.draft.premises import contract, premise
from sentiment.research.draft.targets import targets
from sentiment.research.draft.verdicts import Verdict, verdict
from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sentiment.research.draft.directions import Move, Symbols
    from sentiment.research.draft.figures import Figure
    from sentiment.research.draft.sentences import Sentence
    from sentiment.research.draft.targets import Target
    from sentiment.research.second_reader.answer import Suggestion

_SAME: Final = 1e-9
_EVEN: Final = 0.5
_OF_AN_ASSET: Final = frozenset(
    [
        "holders",
        "holdings",
        "miners",
        "miner",
        "mining",
        "investors",
        "traders",
        "etf",
        "etfs",
        "options",
        "bulls",
        "bears",
    ]
)
_SAID: Final = {"up": "a rise", "down": "a fall", "range": "a range"}


class Context(NamedTuple):
    """What a text is read with.

    Attributes
    ----------
    text : str
        As it was sent.
    published : date
    subject : str or None
        What a sentence is about that names no asset.
    publisher : str or None
    price : callable
        Returns the price of a symbol on the day of publication; None if none is stored.
    """

    text: str
    published: date
    subject: str | None
    publisher: str | None
    price: Callable[[str], float | None]


class Part(NamedTuple):
    """A part of a sentence with what is known of it: whose it is, and what "it" stands for."""

    part: Sentence
    parts: Sequence[Sentence]
    sentence: Sentence
    by: str | None
    named: Symbols


def judged(known: Part, symbol: str, suggestion: Suggestion, context: Context) -> Call | str:
    """Return the call that a part of a sentence makes of an asset, or why it makes none."""
    part, sentence = known.part, known.sentence
    doubt = doubts.doubt(part, sentence) or premise(part, sentence) or contract(part)
    if why := doubt or doubts.condition_before(sentence, part):
        return why
    if known.by is not None and not same_house(known.by, context.publisher):
        return f"it is the forecast of {known.by or 'somebody else'}"
    probability = probability_in(sentence.text)
    if probability is not None and probability < _EVEN:
        return f"it gives it {probability:.0%}, less than even"
    if why := vague_chance(part, stated=probability is not None):
        return why
    days, _ = ends(part, known.parts, context.published)
    if len(days) > 1 and suggestion.by in days:
        days = [suggestion.by]
    if len(days) != 1:
        return f"it looks to {len(days)} days" if days else "it names no day ahead"
    if dates_event(sentence) or dates_change(part):
        return "the day it names may be that of something else"
    moved = list(moves(part, known.named))
    ahead = words_ahead(sentence) or is_dated_ahead(part, known.parts, context.published, reported=bool(moved))
    if not ahead:
        return "no word of it looks ahead"
    theirs = [move for move in moved if symbol in move.symbols]
    stated = [target for target in targets(part, known.named, moved) if symbol in target.symbols]
    read = _verdict(part, theirs, stated, context.price(symbol), suggestion)
    if not isinstance(read, Verdict):
        return read
    return Call(
        asset=symbol,
        text=in_short(sentence.text),
        direction=read.direction,
        end=date.fromisoformat(days[0]),
        floor=read.floor,
        ceiling=read.ceiling,
        target=read.target,
        probability=probability,
    )


def _verdict(
    part: Sentence, moved: Sequence[Move], stated: Sequence[Target], reference: float | None, suggestion: Suggestion
) -> Verdict | str:
    """Return the direction and prices as the rules read them, and where they read no direction as the model proposes it."""
    read = verdict(part, moved, stated, reference)
    if isinstance(read, Verdict):
        agrees = read.direction == suggestion.direction
        return (
            read if agrees else f"the rules read {_SAID[read.direction]} there, and not {_SAID[suggestion.direction]}"
        )
    if moved or (stated and reference is not None):
        return read
    if why := _otherwise(part, suggestion.direction):
        return why
    prices = [
        figure
        for figure in figures(part)
        if figure.first not in part.aside | part.compared and plausible(figure, reference)
    ]
    if suggestion.direction == "range":
        ranges = [figure for figure in prices if figure.low < figure.high]
        return Verdict("range", None, ranges[0].low, ranges[0].high) if len(ranges) == 1 else "it names no one range"
    if (
        reference is not None
        and prices
        and not any(_lies(figure, reference, suggestion.direction) for figure in prices)
    ):
        return f"the price it names lies on the other side of that of the day, {number(reference, ',.6g')}"
    target = next((figure.value for figure in prices if _is(figure, suggestion.target)), None)
    beyond = target is None or reference is None or (target > reference) == (suggestion.direction == "up")
    return Verdict(suggestion.direction, target if beyond else None)


def _otherwise(part: Sentence, direction: str) -> str:
    """Return the word for which a part of a sentence may tell of another thing or way than a price going there; empty if none."""
    lists = wording()
    against, along = "", False
    for k in range(part.first, part.last):
        word = part.word(k)
        if k in part.aside | part.compared or k in part.days or k in part.assets:
            continue
        if word in lists.dealings or ((k in part.objects or word in _OF_AN_ASSET) and _has(part, k)):
            return f"“{word}” may be what it is about, and not the price"
        sign = lists.directions.get(word, 0)
        against = against or (word if direction != "range" and sign == (-1 if direction == "up" else 1) else "")
        along = along or (direction != "range" and sign == (1 if direction == "up" else -1))
    return f"“{against}” in it points the other way" if against and not along else ""


def _has(part: Sentence, k: int) -> bool:
    """Return whether a thing is that of an asset: "bitcoin's fees", "gold miners", "interest in bitcoin"."""
    if k - 1 in part.assets or (part.word(k - 1) == "'s" and k - 2 in part.assets):
        return True
    j = k + 1
    while part.word(j) in wording().of or part.word(j) in {"the", "a"}:
        j += 1
    return j > k + 1 and j in part.assets


def _lies(figure: Figure, reference: float, direction: str) -> bool:
    """Return whether some of a figure lies where a price goes from the one of the day."""
    return figure.high > reference if direction == "up" else figure.low < reference


def _is(figure: Figure, stated: float | None) -> bool:
    return stated is not None and figure.value is not None and math.isclose(figure.value, stated, rel_tol=_SAME)
