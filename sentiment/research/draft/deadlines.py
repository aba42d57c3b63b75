"""The day that a part of a sentence looks to, as opposed to that of an event, of a change of view, or of today's report."""

from __future__ import annotations

from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.research.draft.directions import Move
    from sentiment.research.draft.sentences import Sentence
    from sentiment.research.text import Annotation

_AHEAD: Final = 6  # tokens from "after" to its day
_SEVERAL: Final = ("end of year", "end of month", "end of quarter", "end of week")
_PERIODS: Final = {"month": 31, "quarter": 92, "half-year": 184, "year": 366}  # at most, in days


def ends(part: Sentence, parts: Sequence[Sentence], published: date) -> tuple[list[str], str]:
    """Return the last days that a part of a sentence looks to, or else those of the other parts, and the rule of the first."""
    own = _days(part, published)
    same = {"same", "then"} & set(part.words[part.first : part.last])  # "while Nvidia climbs over the same period"
    if not own and (same or part.word(part.first) not in wording().contrasts):
        others = [
            other for other in parts if other.word(other.first + 1) not in wording().negators
        ]  # "but not by June"
        own = [day for other in others for day in _days(other, published)]
    days = sorted({str(day.value) for day in own})
    if len(days) == 1 and own[0].rule == "end of year":  # "in the course of 2027, with USD/CAD ending the year at"
        years = {str(day.value) for other in parts for day in _days(other, published) if day.rule == "year"}
        days = sorted(years) if len(years) == 1 else days
    if len(days) > 1:  # "my call for 2027: bitcoin ends the year at", "in December, by year-end"
        own = [day for day in own if day.rule not in _SEVERAL] or own
        days = sorted({str(day.value) for day in own})
    return days, own[0].rule if own else ""


def _days(part: Sentence, published: date) -> list[Annotation]:
    return [day for day in part.days.values() if str(day.value) > published.isoformat()]


def looks_ahead_alone(part: Sentence, move: Move) -> bool:
    """Whether a move without a word that looks ahead is one to come: "falls to", "to test", "bearish", but not "is lower"."""
    lists = wording()
    word, before = part.word(move.first), part.word(move.first - 1)
    if word in lists.states:
        return lists.is_forms.isdisjoint({before, part.word(move.first - 2), part.word(move.first - 3)})
    return before not in {"the", "this", "after", "of"}


def is_dated_ahead(part: Sentence, parts: Sequence[Sentence], published: date, *, reported: bool) -> bool:
    """Whether a horizon opens with a word that looks ahead, or begins after the running month."""
    for source in (part, *parts):
        for k in sorted(source.days):
            day = source.days[k]
            if k - 1 in source.days or str(day.value) <= published.isoformat():
                continue
            before = {source.word(k - 1), source.word(k - 2) if source.word(k - 1) == "the" else ""}
            opening = source.word(k)
            said = {source.word(j) for j in source.days if source.days[j] is day}
            if reported and "in" in said and said.isdisjoint({"next", "coming", "following", "now"}):
                return False  # "jumps 60 % in a week"
            if not before.isdisjoint(wording().ahead) or opening in wording().ahead:
                return True
            if not before.isdisjoint({"in", "on", "for", "during", "this"}) or opening == "this":
                return _begins_later(day, published)
            return True
    return False


def _begins_later(day: Annotation, published: date) -> bool:
    """Whether a period begins after the day of publication."""
    length = _PERIODS.get(day.rule)
    return length is not None and (date.fromisoformat(str(day.value)) - published).days >= length


def drop_events(sentence: Sentence) -> None:
    """Take away the days of events, as in "the December meeting" or "the expiry on 25 December"."""
    lists = wording()
    if sentence.word(sentence.first) in lists.after | {"having"}:  # "After falling in November, bitcoin should"
        comma = _first_comma(sentence)
        sentence.days = {k: day for k, day in sentence.days.items() if k > comma}
    if sentence.word(sentence.first) == "with":  # "With the BoJ skipping December, our call is for"
        comma = _first_comma(sentence)
        tells = any(word.endswith("ing") for word in sentence.words[sentence.first : comma])
        comma = comma if tells and sentence.word(sentence.first + 1) not in {"a", "an", "another"} else sentence.first
        later = {k: day for k, day in sentence.days.items() if k > comma}
        sentence.days = later or sentence.days
    for day in dict.fromkeys(sentence.days.values()):
        places = [k for k, named in sentence.days.items() if named is day]
        first, last = min(places), max(places)
        following = list(
            takewhile(
                lambda word: word not in lists.clause_ends | lists.before_event,
                (sentence.word(last + j) for j in (1, 2, 3)),
            )
        )
        if day.rule == "day" and len(set(sentence.days.values())) == 1 and _is_until(sentence, first):
            continue
        before = {sentence.word(first - j) for j in (1, 2, 3)}
        named = following[:1] == ["'s"] or not lists.events.isdisjoint(following)
        if named or ("on" in before and not before.isdisjoint(lists.events)):
            for k in places:
                del sentence.days[k]


def _first_comma(sentence: Sentence) -> int:
    """Return the first comma; the first token if there is none."""
    return next((k for k in range(sentence.first, sentence.last) if sentence.word(k) == ","), sentence.first)


def _is_until(sentence: Sentence, k: int) -> bool:
    """Whether a forecast reaches up to an event: "by the SNB meeting on 10 December", "into the 9 December FOMC"."""
    while sentence.word(k - 1) in wording().events | {"on", "the", "fed", "ecb", "boj", "boe", "snb", "rba", "of"}:
        k -= 1
    return sentence.word(k - 1) in {"by", "into", "until", "till"} or sentence.words[k - 2 : k] == ["ahead", "of"]


def dates_event(sentence: Sentence) -> bool:
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


def dates_change(part: Sentence) -> bool:
    """Whether a day is that of a change of a target: "we raised it to 7,000 in March"."""
    changed = not wording().changed.isdisjoint(part.words[part.first : part.last])
    return changed and any(part.word(k - 1) in {"in", "on"} for k in part.days)
