"""Hold what a model proposes against the text, by the rules that read calls themselves.

Only the choice of a sentence, and the direction where the rules read none, are the model's. Its quote must stand in the text, and the
whole sentence around it is read: the asset, the day and the prices are those that the rules find there. What they refuse is refused.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.formatting import number
from sentiment.market import assets
from sentiment.models import Call
from sentiment.research.draft import doubts, sources
from sentiment.research.draft.agreement import agreed, same_house
from sentiment.research.draft.deadlines import dates_change, dates_event, drop_events, ends, is_dated_ahead
from sentiment.research.draft.directions import group, moves
from sentiment.research.draft.figures import figures, plausible, probability_in
from sentiment.research.draft.outlooks import Outlook, find_outlooks, in_short, sentences_of, words_ahead
from sentiment.research.draft.segments import segments
from sentiment.research.draft.targets import targets
from sentiment.research.draft.verdicts import Verdict, verdict
from sentiment.research.draft.wording import wording
from sentiment.research.text import annotate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sentiment.research.draft.directions import Move, Symbols
    from sentiment.research.draft.figures import Figure
    from sentiment.research.draft.sentences import Sentence
    from sentiment.research.draft.targets import Target
    from sentiment.research.second_reader.answer import Suggestion

_LEAST_WORDS: Final = 3
_MOST_SENTENCES: Final = 3
_OCCURRENCES: Final = 10
_SAME: Final = 1e-9
_EVEN: Final = 0.5
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


class Proposal(NamedTuple):
    """A proposed call that stands in the text.

    Attributes
    ----------
    quote : str
        The whole sentence in one line, as it stands in the text.
    call : Call or None
        None if it is not taken.
    why : str
        Why it is not offered; empty for one that can be taken.
    known : bool
        Whether the rules read this call themselves.
    """

    quote: str
    call: Call | None
    why: str
    known: bool = False


class Checked(NamedTuple):
    """The proposals whose quotes stand in the text, and how many do not."""

    proposals: tuple[Proposal, ...]
    dropped: int


def checked(suggested: Sequence[Suggestion], context: Context, model: str) -> Checked:
    """Check what a model proposes for a text.

    Parameters
    ----------
    suggested : sequence of Suggestion
    context : Context
    model : str
        Its name, which its calls keep.
    """
    findings = annotate(context.text, context.published).findings
    outlooks = find_outlooks(context.text, findings, context.published, context.subject, context.price)
    own = [one for one in outlooks if one.by is None or same_house(one.by, context.publisher)]
    reader = _Reader(context, sentences_of(context.text, findings))
    found = [reader.proposal(one, model) for one in suggested]
    held = [proposal for proposal in found if proposal is not None]
    return Checked(tuple(_agreeing(held, own)), len(found) - len(held))


def _agreeing(proposals: Sequence[Proposal], own: Sequence[Outlook]) -> Iterator[Proposal]:
    """Yield proposals, each call once, and without those that another sentence contradicts."""
    read = {_key(call) for call in agreed(own)[0]}
    proposed = [
        Outlook(one.quote, one.call.asset, frozenset({one.call.sign} - {0}), one.call, "")
        for one in proposals
        if one.call
    ]
    kept = {_key(call) for call in agreed([*own, *proposed])[0]}
    said = set[tuple[object, ...]]()
    for one in proposals:
        if one.call is None:
            yield one
        elif (key := _key(one.call)) in read:
            yield one._replace(known=True, why="the rules read it too")
        elif key not in said:
            said.add(key)
            contradicted = f"another sentence says otherwise of {one.call.asset}"
            yield one if key in kept else one._replace(call=None, why=contradicted)


def _key(call: Call) -> tuple[object, ...]:
    return call.asset, call.direction, call.end


def _evenly_spaced(text: str) -> tuple[str, list[int]]:
    """Return a text with one blank between its words, and where each of its characters stands in the original."""
    places = list[int]()
    for word in re.finditer(r"\S+", text):
        if places:
            places.append(places[-1] + 1)
        places += range(*word.span())
    return " ".join(text.split()), places


class _Part(NamedTuple):
    """A part of a sentence with what is known of it: whose it is, and what "it" stands for."""

    part: Sentence
    parts: Sequence[Sentence]
    sentence: Sentence
    by: str | None
    named: Symbols


class _Reader:
    """The sentences of a text, with what each of them is about if it names no asset."""

    def __init__(self, context: Context, sentences: Sequence[Sentence]) -> None:
        self.context, self.sentences = context, sentences
        self.quotations = sources.quotations(context.text)
        self.plain, self.places = _evenly_spaced(context.text)
        self.named: list[Symbols] = []
        named: Symbols = (context.subject,) if context.subject else ()
        for sentence in sentences:
            self.named.append(named)
            here = tuple(dict.fromkeys(symbol for k, symbol in sentence.assets.items() if k not in sentence.compared))
            if here:
                named = here if len(here) == 1 else (context.subject,) if context.subject in here else ()
            if not sentence.is_long:
                drop_events(sentence)

    def proposal(self, suggestion: Suggestion, model: str) -> Proposal | None:
        """Read what a quote stands in; None if it stands nowhere, or is no sentence."""
        words = suggestion.quote.split()
        if sum(any(sign.isalnum() for sign in word) for word in words) < _LEAST_WORDS:
            return None
        spans = list(islice(self._spans(" ".join(words)), _OCCURRENCES))
        read = [self._read_at(start, end, suggestion, model) for start, end in spans]
        # A sentence that stands there twice must hold in both places: the model does not say which one it means.
        return next((one for one in read if one.call is None), read[0]) if read else None

    def _spans(self, quote: str) -> Iterator[tuple[int, int]]:
        """Yield where a quote stands in the text, white space aside."""
        at = self.plain.find(quote)
        while at >= 0:
            yield self.places[at], self.places[at + len(quote) - 1] + 1
            at = self.plain.find(quote, at + 1)

    def _read_at(self, start: int, end: int, suggestion: Suggestion, model: str) -> Proposal:
        places = [
            at
            for at, sentence in enumerate(self.sentences)
            if sentence.tokens.origins[sentence.first] < end and start < sentence.tokens.origin_ends[sentence.last - 1]
        ]
        quote = " ".join(self.sentences[at].text for at in places)
        if not 0 < len(places) <= _MOST_SENTENCES:
            return Proposal(quote, None, f"its quote spans {len(places)} sentences, not one")
        read = [(at, one) for at in places for one in self._read(at, suggestion)]
        calls = [(at, one) for at, one in read if isinstance(one, Call)]
        if not calls:
            return Proposal(quote, None, next((str(why) for _, why in read), "no part of it is about that asset"))
        at, call = max(calls, key=lambda pair: _closeness(pair[1], suggestion))
        return Proposal(self.sentences[at].text, replace(call, proposed_by=model), "")

    def _read(self, at: int, suggestion: Suggestion) -> Iterator[Call | str]:
        """Yield for each part of a sentence that can be meant the call that it makes, or why it makes none."""
        sentence, named = self.sentences[at], self.named[at]
        symbol = _symbol(suggestion.asset, sentence, named)
        if why := _unread(sentence, symbol, suggestion) or doubts.beside(self.sentences, at):
            yield why
            return
        by: str | None = None
        parts = segments(sentence)
        for part in parts:
            by = sources.source(part, sentence, by, self.quotations)
            here = {one for k, one in part.assets.items() if k not in part.compared}
            silent = not here and (symbol in named or symbol not in sentence.assets.values())
            if symbol is not None and (symbol in here or silent):
                yield _judged(_Part(part, parts, sentence, by, named), symbol, suggestion, self.context)
            if part.assets:
                named = group(part, max(part.assets))[0]


def _closeness(call: Call, suggestion: Suggestion) -> int:
    """Return in how much a call of one part of a sentence is the one that a model means."""
    same_day = call.end is not None and call.end.isoformat() == suggestion.by
    return same_day + (call.target is not None and call.target == suggestion.target)


def _unread(sentence: Sentence, symbol: str | None, suggestion: Suggestion) -> str:
    """Return why a sentence is not read for a proposal; empty if it is."""
    if sentence.is_long:
        return "its sentence is longer than what is read for calls"
    if symbol is None:
        return "its asset does not stand there" if suggestion.asset else "no one asset is meant"
    return ""


def _symbol(written: str, sentence: Sentence, named: Symbols) -> str | None:
    """Return the asset that a model means, if the rules find it in the sentence or it is what the text is about."""
    here = tuple(dict.fromkeys(sentence.assets.values()))
    if not written:
        return here[0] if len(here) == 1 else named[0] if not here and len(named) == 1 else None
    meant = [str(one.value) for one in annotate(written).findings if one.kind == "asset"] or [written]
    if found := next((symbol for symbol in meant if symbol in here or (not here and symbol in named)), None):
        return found
    shown = {sentence.shown(k) for k in range(sentence.first, sentence.last)}
    return written if not here and written in shown and written in assets.names() else None


def _judged(known: _Part, symbol: str, suggestion: Suggestion, context: Context) -> Call | str:
    """Return the call that a part of a sentence makes of an asset, or why it makes none."""
    part, sentence = known.part, known.sentence
    if why := doubts.doubt(part, sentence) or doubts.condition_before(sentence, part):
        return why
    if known.by is not None and not same_house(known.by, context.publisher):
        return f"it is the forecast of {known.by or 'somebody else'}"
    probability = probability_in(sentence.text)
    if probability is not None and probability < _EVEN:
        return f"it gives it {probability:.0%}, less than even"
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
        ranges = [figure for figure in prices if figure.value is None]
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
        if word in lists.dealings or ((k in part.objects or word in lists.compounds) and _has(part, k)):
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
