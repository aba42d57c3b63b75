"""The outlook of each sentence of a text: which asset, which direction, by when, whose, or why that is unclear.

A wrong call is worse than a missing one, so any doubt is a reason to abstain: in each part of a sentence one asset, one horizon and
one direction must be named, by words or by a target against the price of the day, and nothing beside it may take it back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.models import Call
from sentiment.research.draft import doubts, sources
from sentiment.research.draft.directions import Symbols, group, moves
from sentiment.research.draft.figures import probability_in
from sentiment.research.draft.segments import segments
from sentiment.research.draft.sentences import Sentence
from sentiment.research.draft.targets import ending_level, targets
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
_AHEAD: Final = 6
_NO_DAY: Final = "it names no day ahead"
_SEVERAL: Final = ("end of year", "end of month", "end of quarter", "end of week")


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
    sentences = _sentences(text, annotations)
    place = _Place(published, price, sources.quotations(text))
    named: Symbols = (subject,) if subject else ()
    outlooks: list[Outlook] = []
    for at, sentence in enumerate(sentences):
        if not _complete(outlooks, sentence, named, place):
            outlooks += _read(sentences, at, named, place)
        _end_early(outlooks, sentence, place)
        here = tuple(dict.fromkeys(sentence.assets.values()))
        if here and not given:
            named = here if len(here) == 1 else (subject,) if subject in here else ()
    return outlooks


def _sentences(text: str, annotations: Sequence[Annotation]) -> list[Sentence]:
    tokens = tokenize(text.rstrip())
    hits = phrases.find(tokens)
    sentences, a, h = [], 0, 0
    for first, last in tokens.sentences:
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
    _drop_events(sentence)
    forward = _forward(sentence)
    if not forward and not sentence.days:
        return
    by: str | None = None
    parts = segments(sentence)
    for part in parts:
        by = sources.source(part, sentence, by, place.quotes)
        yield from _judge(part, sentences, at, parts, _Part(forward, by, named, place))
        if part.assets:
            named = group(part, max(part.assets))[0]


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
    moved, stated = list(moves(part, known.named)), targets(part, known.named)
    ends, rule = _ends(part, parts, published)
    forward = known.forward
    if not forward:
        moved = [move for move in moved if _looks_ahead_alone(part, move)]
        if not (moved or stated) or not _is_dated_ahead(part, parts, published):
            return
        forward = part.word(moved[0].first) if moved else "the price"
    symbols = tuple(dict.fromkeys(symbol for found in (*moved, *stated) for symbol in found.symbols))
    if not symbols and len(parts) > 1:
        return
    signs = frozenset(move.sign for move in moved)
    asset = symbols[0] if len(symbols) == 1 else None

    def abstain(why: str, symbol: str | None = asset, ways: frozenset[int] = frozenset()) -> Outlook:
        return Outlook(sentence.text, symbol, ways, None, why, known.by)

    doubt = doubts.doubt(part, sentence) or doubts.condition_before(sentence, part)
    if doubt:
        yield abstain(doubt)
    elif not symbols:
        assets = set(sentence.assets.values())
        no_asset = not assets and not known.named
        if no_asset:
            yield abstain("no one asset is meant")
        else:
            yield abstain("no word beside the asset says a direction")
    elif len(ends) != 1:
        yield abstain(_NO_DAY if not ends else f"it looks to {len(ends)} days", ways=signs)
    elif _dates_event(sentence) or _dates_change(part):
        yield abstain("the day it names may be that of something else")
    elif remark := doubts.beside(sentences, at):
        yield abstain(remark)
    else:
        for symbol in symbols:
            theirs = [move for move in moved if symbol in move.symbols]
            yield _outlook(part, sentence, symbol, theirs, [t for t in stated if symbol in t.symbols], (forward, ends[0], rule, known))


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
        return Outlook(sentence.text, symbol, frozenset(), None, f"it gives it {probability:.0%}, less than even", about.by)
    words = ", ".join(dict.fromkeys(f"“{' '.join(part.words[move.first : move.last + 1])}”" for move in moved))
    by_price = "the prices it keeps to" if read.direction == "range" else "its target against the price of the day"
    return Outlook(
        sentence.text,
        symbol,
        signs,
        Call(
            asset=symbol,
            text=_shortened(sentence.text),
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


def _forward(sentence: Sentence) -> str:
    """Return the words that look ahead; empty if there are none."""
    lists = wording()
    for k in range(sentence.first, sentence.last):
        word = sentence.word(k)
        if k in sentence.days or k in sentence.aside:
            continue
        if word in lists.forward or (word, sentence.word(k + 1)) in lists.pairs_ahead:
            return word
        if word == "to" and (k - 1 in sentence.assets or (sentence.word(k - 1) == "usd" and k - 2 in sentence.assets)):
            return word  # "BTC to test 60,000"
        before = {sentence.word(k - 1), sentence.word(k - 2)}
        if word in lists.foreseen and not before.isdisjoint(lists.is_forms):
            return f"is {word}"
    return ""


def _ends(part: Sentence, parts: Sequence[Sentence], published: date) -> tuple[list[str], str]:
    """Return the last days that a part of a sentence looks to, or else those of the other parts, and the rule of the first."""
    own = _days(part, published)
    if not own and part.word(part.first) not in wording().contrasts:
        own = [day for other in parts for day in _days(other, published)]
    ends = sorted({str(day.value) for day in own})
    if len(ends) > 1:  # "my call for 2027: bitcoin ends the year at", "in December, by year-end"
        own = [day for day in own if day.rule not in _SEVERAL] or own
        ends = sorted({str(day.value) for day in own})
    return ends, own[0].rule if own else ""


def _days(part: Sentence, published: date) -> list[Annotation]:
    return [day for day in part.days.values() if str(day.value) > published.isoformat()]


def _looks_ahead_alone(part: Sentence, move: Move) -> bool:
    """Whether a move without a word that looks ahead is one to come: "falls to", "to test", "bearish", but not "is lower"."""
    lists = wording()
    word, before = part.word(move.first), part.word(move.first - 1)
    if word in lists.states:
        return lists.is_forms.isdisjoint({before, part.word(move.first - 2), part.word(move.first - 3)})
    return before not in {"the", "this", "after", "of"}


def _is_dated_ahead(part: Sentence, parts: Sequence[Sentence], published: date) -> bool:
    """Whether a horizon opens with a word that looks ahead, or begins after the running month."""
    for source in (part, *parts):
        for k in sorted(source.days):
            day = source.days[k]
            if k - 1 in source.days or str(day.value) <= published.isoformat():
                continue
            before = {source.word(k - 1), source.word(k - 2) if source.word(k - 1) == "the" else ""}
            opening = source.word(k)
            if not before.isdisjoint(wording().ahead) or opening in wording().ahead:
                return True
            if not before.isdisjoint({"in", "on", "for", "during", "this"}) or opening == "this":
                return _begins_later(day, published)
            return True
    return False


def _begins_later(day: Annotation, published: date) -> bool:
    """Whether a period begins after the day of publication."""
    length = {"month": 31, "quarter": 92, "half-year": 184, "year": 366}.get(day.rule)
    return length is not None and (date.fromisoformat(str(day.value)) - published).days >= length


def _drop_events(sentence: Sentence) -> None:
    """Take away the days of events, as in "the December meeting" or "the expiry on 25 December"."""
    lists = wording()
    if sentence.word(sentence.first) in lists.after | {"having"}:  # "After falling in November, bitcoin should"
        comma = next((k for k in range(sentence.first, sentence.last) if sentence.word(k) == ","), sentence.first)
        sentence.days = {k: day for k, day in sentence.days.items() if k > comma}
    for day in dict.fromkeys(sentence.days.values()):
        places = [k for k, named in sentence.days.items() if named is day]
        first, last = min(places), max(places)
        following = sentence.word(last + 1 + (sentence.word(last + 1) == "'s"))
        before = {sentence.word(first - j) for j in (1, 2, 3)}
        if following in lists.events or ("on" in before and not before.isdisjoint(lists.events)):
            for k in places:
                del sentence.days[k]


def _dates_event(sentence: Sentence) -> bool:
    """Whether a day follows "after" before the next comma: then it is that of the event, not of the forecast."""
    for after in range(sentence.first, sentence.last):
        if sentence.word(after) not in wording().after or after in sentence.aside:
            continue
        for k in range(after + 1, min(after + 1 + _AHEAD, sentence.last)):
            if sentence.word(k) == ",":
                break
            if k in sentence.days:
                return True
    return False


def _dates_change(part: Sentence) -> bool:
    """Whether a day is that of a change of a target: "we raised it to 7,000 in March"."""
    changed = not wording().changed.isdisjoint(part.words[part.first : part.last])
    return changed and any(part.word(k - 1) in {"in", "on"} for k in part.days)


def _complete(outlooks: list[Outlook], sentence: Sentence, named: Symbols, place: _Place) -> bool:
    """Give the last call the target that the next sentence states without a horizon, as in "Target 58k."; return whether it did."""
    call = outlooks[-1].call if outlooks and not sentence.days and not sentence.is_long else None
    if call is None or call.target is not None or call.direction == "range":
        return False
    if wording().targets.isdisjoint(sentence.words[sentence.first : sentence.last]) or doubts.doubt(sentence, sentence):
        return False
    stated = [target for target in targets(sentence, named or (call.asset,)) if call.asset in target.symbols]
    read = verdict(sentence, [], stated, place.price(call.asset))
    own = sources.source(sentence, sentence, None, place.quotes) is None
    if not (own and isinstance(read, Verdict) and read.target is not None and read.direction == call.direction):
        return False
    outlooks[-1] = outlooks[-1]._replace(call=replace(call, target=read.target))
    return True


def _end_early(outlooks: list[Outlook], sentence: Sentence, place: _Place) -> None:
    """Give the last call the level that ends it, if that lies on the wrong side for it."""
    level = None if sentence.is_long or not outlooks else ending_level(sentence)
    if level is None:
        return
    for k in range(len(outlooks) - 1, -1, -1):
        call = outlooks[k].call
        if call is None or call.direction == "range":
            continue
        named = set(sentence.assets.values())
        reference = place.price(call.asset) or call.target
        if call.invalidation is None and (not named or call.asset in named) and reference and call.sign * (reference - level) > 0:
            outlooks[k] = outlooks[k]._replace(call=replace(call, invalidation=level))
        return


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0]}…"
