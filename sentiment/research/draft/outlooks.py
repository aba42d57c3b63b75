"""The outlook of each sentence of a text: which asset, which direction, by when, whose, or why that is unclear.

A wrong call is worse than a missing one, so any doubt is a reason to abstain: in each part of a sentence one asset, one horizon and
one direction must be named, by words or by a target against the price of the day, and nothing beside it may take it back.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.models import Call
from sentiment.research.draft import doubts, sources
from sentiment.research.draft.ahead import tells_what_was, words_ahead
from sentiment.research.draft.currencies import name_plain, turned
from sentiment.research.draft.deadlines import (
    dates_change,
    dates_event,
    drop_events,
    ends,
    is_dated_ahead,
    looks_ahead_alone,
)
from sentiment.research.draft.directions import Symbols, group, moves
from sentiment.research.draft.figures import probability_in
from sentiment.research.draft.follow_ups import complete, end_early
from sentiment.research.draft.plain import unread, vague_chance
from sentiment.research.draft.premises import contract, premise
from sentiment.research.draft.segments import begins_relative, joined, segments
from sentiment.research.draft.sentences import Sentence
from sentiment.research.draft.speakers import quotations
from sentiment.research.draft.targets import targets
from sentiment.research.draft.verdicts import Verdict, verdict
from sentiment.research.draft.wording import wording
from sentiment.research.text import phrases
from sentiment.research.text.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sentiment.research.draft.directions import Move
    from sentiment.research.draft.targets import Target
    from sentiment.research.text import Annotation

_EVEN: Final = 0.5
_LONGEST: Final = 300
_NO_DAY: Final = "it names no day ahead"
_NO_DIRECTION: Final = "no word beside the asset says a direction"


class Outlook(NamedTuple):
    """What a part of a sentence about the future expects of a price.

    Attributes
    ----------
    text : str
        The sentence, in one line.
    asset : str or None
        The asset whose price it is about; None if unclear.
    signs : frozenset of int
        +1 if it names a rise, -1 if it names a fall; empty for a range, without a direction, or where it is doubted.
    call : Call or None
        The call it makes; None if it makes none.
    why : str
        The rule and words behind the call, or why there is none.
    by : str or None
        None for the publisher's own; otherwise whose it is, empty without a name.
    """

    text: str
    asset: str | None
    signs: frozenset[int]
    call: Call | None
    why: str
    by: str | None = None


class _Place(NamedTuple):
    """What the reading of one sentence rests on."""

    published: date
    price: Callable[[str], float | None]
    quotes: Sequence[tuple[int, int]]


def find_outlooks(  # noqa: PLR0913, PLR0917 - what the reading rests on
    text: str,
    annotations: Sequence[Annotation],
    published: date,
    subject: str | None,
    price: Callable[[str], float | None],
    given: bool = False,  # noqa: FBT001, FBT002 - internal
) -> list[Outlook]:
    """Return the outlook of every part of a sentence about the future.

    Parameters
    ----------
    text : str
        The text.
    annotations : sequence of Annotation
        Its annotations, in text order.
    published : date
        Day of publication.
    subject : str or None
        Symbol that a sentence is about if neither it nor the one before names an asset.
    price : callable
        Returns the price of a symbol on the day of publication; None if none is stored.
    given : bool
        Whether a person gave the subject, so that no other sentence replaces it.
    """
    sentences = sentences_of(text, annotations)
    name_plain(sentences, price)
    place = _Place(published, price, quotations(text))
    named: Symbols = (subject,) if subject else ()
    outlooks: list[Outlook] = []
    for at, sentence in enumerate(sentences):
        if not complete(outlooks, sentence, named, price):
            outlooks += _read(sentences, at, named, place)
        end_early(outlooks, sentence, price)
        here = tuple(
            dict.fromkeys(
                symbol for k, symbol in sentence.assets.items() if k not in sentence.compared | sentence.inverse
            )
        )
        if here and not given:
            named = here if len(here) == 1 else (subject,) if subject in here else ()
    return outlooks


def sentences_of(text: str, annotations: Sequence[Annotation]) -> list[Sentence]:
    """Return the sentences of a text, with its annotations marked in them."""
    tokens = tokenize(text.rstrip())
    hits = phrases.find(tokens)
    words, perfects = tokens.words, wording().perfects
    for k, word in enumerate(words):
        if word == "us" and tokens.text[tokens.starts[k] : tokens.ends[k]] == "US":
            words[k] = "usa"  # the country is not the publisher
        elif word in perfects and words[k - 2 : k] == ["will", "have"]:
            words[k] = perfects[word]
    sentences, a, h = [], 0, 0
    for first, last in joined(tokens.words, tokens.sentences):
        first_annotation, first_hit = a, h
        while a < len(annotations) and annotations[a].start < tokens.origin_ends[last - 1]:
            a += 1
        while h < len(hits) and hits[h].first < last:
            h += 1
        if any(tokens.words[k][0].isalnum() for k in range(first, last)):
            sentences.append(Sentence(tokens, (first, last), list(annotations[first_annotation:a]), hits[first_hit:h]))
    return sentences


def _read(sentences: Sequence[Sentence], at: int, named: Symbols, place: _Place) -> Iterator[Outlook]:
    """Yield the outlook of each part of a sentence; nothing if it does not look ahead."""
    sentence = sentences[at]
    if sentence.is_long:
        return
    drop_events(sentence)
    forward = words_ahead(sentence)
    if not forward and not sentence.days:
        return
    by: str | None = None
    parts = segments(sentence)
    for part in parts:
        if begins_relative(sentence, part.first):
            named = group(sentence, max(k for k in sentence.assets if k < part.first))[0][-1:]
        by = sources.source(part, sentence, by, place.quotes)
        yield from _judge(part, sentences, at, parts, _Part(forward, by, named, place))
        if part.assets:
            last = max(part.assets)
            other = last in part.inverse or last + 1 in part.objects or part.word(last + 1) in wording().quantities
            named = () if other else group(part, last)[0]


class _Part(NamedTuple):
    """What is known of a part of a sentence before it is read."""

    forward: str
    by: str | None
    named: Symbols
    place: _Place


def _judge(
    part: Sentence, sentences: Sequence[Sentence], at: int, parts: Sequence[Sentence], known: _Part
) -> Iterator[Outlook]:
    sentence, published = sentences[at], known.place.published
    moved = list(moves(part, known.named))
    if part.inverse:
        moved = list(turned(part, moved))
    stated = targets(part, known.named, moved)
    forward = known.forward
    if not forward:
        moved = [move for move in moved if looks_ahead_alone(part, move)]
        if not (moved or stated) or not is_dated_ahead(part, parts, published, reported=bool(moved)):
            return
        if contract(part):
            return
        forward = part.word(moved[0].first) if moved else "the price"
    symbols = tuple(
        dict.fromkeys([*(s for move in moved for s in move.symbols), *(s for t in stated for s in t.symbols)])
    )
    if len(parts) > 1 and (not symbols or tells_what_was(part)):
        return
    days, rule = ends(part, parts, published)
    if why := _unclear(part, sentence, symbols or known.named, bool(symbols), days) or doubts.beside(sentences, at):
        open_way = why == _NO_DAY and (len(parts) == 1 or bool(words_ahead(part)))
        ways = frozenset(move.sign for move in moved) if open_way else frozenset[int]()
        asset = symbols[0] if len(symbols) == 1 else None
        yield Outlook(sentence.text, asset, ways, None, why, known.by)
        return
    for symbol in symbols:
        theirs = [move for move in moved if symbol in move.symbols]
        prices = [target for target in stated if symbol in target.symbols]
        yield _outlook(part, sentence, symbol, theirs, prices, (forward, days[0], rule, known))


def _unclear(part: Sentence, sentence: Sentence, named: Symbols, directed: bool, days: Sequence[str]) -> str:  # noqa: FBT001 - internal
    """Return why a part of a sentence makes no clear forecast; empty if it does."""
    if why := doubts.doubt(part, sentence) or doubts.condition_before(sentence, part):
        return why
    if not directed:
        return _NO_DIRECTION if named or sentence.assets else "no one asset is meant"
    if len(days) != 1:
        return f"it looks to {len(days)} days" if days else _NO_DAY
    if dates_event(sentence) or dates_change(part):
        return "the day it names may be that of something else"
    return ""


def _outlook(  # noqa: PLR0913, PLR0917 - one call has these parts
    part: Sentence,
    sentence: Sentence,
    symbol: str,
    moved: Sequence[Move],
    stated: Sequence[Target],
    known: tuple[str, str, str, _Part],
) -> Outlook:
    forward, end, rule, about = known
    signs = frozenset(move.sign for move in moved)
    read = verdict(part, moved, stated, about.place.price(symbol))
    if not isinstance(read, Verdict):
        return Outlook(sentence.text, symbol, signs, None, read, about.by)
    probability = probability_in(sentence.text)
    if probability is not None and probability < _EVEN:
        return Outlook(
            sentence.text, symbol, frozenset(), None, f"it gives it {probability:.0%}, less than even", about.by
        )
    if about.by is None and (
        why := doubts.only_possible(part)
        or premise(part, sentence)
        or unread(part, sentence, symbol, moved, stated)
        or vague_chance(part, stated=probability is not None)
    ):
        return Outlook(sentence.text, symbol, frozenset(), None, why, about.by)
    words = ", ".join(dict.fromkeys(f"“{' '.join(part.words[move.first : move.last + 1])}”" for move in moved))
    by_price = "the prices it keeps to" if read.direction == "range" else "its target against the price of the day"
    return Outlook(
        sentence.text,
        symbol,
        signs,
        Call(
            asset=symbol,
            text=in_short(sentence.text),
            direction=read.direction,
            end=date.fromisoformat(end),
            floor=read.floor,
            ceiling=read.ceiling,
            target=read.target,
            probability=probability,
        ),
        f"“{forward}” looks ahead, {rule} ends {end}, {words or by_price}: {read.direction}",
        about.by,
    )


def in_short(text: str) -> str:
    """Return a sentence as the words of a call: cut at a word where it is long."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0]}…"
