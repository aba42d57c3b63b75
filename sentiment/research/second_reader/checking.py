"""Hold what a model proposes against the text, by the rules that read calls themselves.

Only the choice of a sentence, and the direction where the rules read none, are the model's. Its quote must stand in the text, and the
whole sentence around it is read: the asset, the day and the prices are those that the rules find there. What they refuse is refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.market import assets
from sentiment.models import Call
from sentiment.research.draft import doubts, sources
from sentiment.research.draft.agreement import agreed, same_house
from sentiment.research.draft.deadlines import drop_events
from sentiment.research.draft.directions import group
from sentiment.research.draft.outlooks import Outlook, find_outlooks, in_short, sentences_of
from sentiment.research.draft.segments import segments
from sentiment.research.draft.speakers import quotations
from sentiment.research.second_reader.weighing import Part, judged
from sentiment.research.text import annotate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sentiment.research.draft.directions import Symbols
    from sentiment.research.draft.sentences import Sentence
    from sentiment.research.second_reader.answer import Suggestion
    from sentiment.research.second_reader.weighing import Context

_LEAST_WORDS: Final = 3
_MOST_SENTENCES: Final = 3
_OCCURRENCES: Final = 10


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

    @property
    def shown(self) -> str:
        """The quote in its marks, cut where it is long."""
        return f"“{in_short(self.quote)}”"


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


class _Reader:
    """The sentences of a text, with what each of them is about if it names no asset."""

    def __init__(self, context: Context, sentences: Sequence[Sentence]) -> None:
        self.context, self.sentences = context, sentences
        self.quotations = quotations(context.text)
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
                yield judged(Part(part, parts, sentence, by, named), symbol, suggestion, self.context)
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
        return "its asset is not there" if suggestion.asset else "no one asset is meant"
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
