"""Why a part of a sentence that names a future price makes no forecast, from its own words and from the sentences beside it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.figures import figures
from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.research.draft.sentences import Sentence

_HEADING: Final = 9  # tokens of a sentence that is only a heading
_FRAMES: Final = 6  # sentences for which a heading such as "Surprises for 2027" holds
_INVALIDATION: Final = 5  # tokens from "wrong" to "a close above"
_CASES: Final = frozenset({"scenario", "scenarios"})
_OTHERWISE: Final = frozenset({"once", "when", "as long as", "so long as", "no", "budget", "budgets"})
_TIMES: Final = frozenset({"once", "when"})
_PASSING: Final = {  # what comes with time and is no condition
    "once": frozenset({"has", "have", "winter", "summer", "season", "holidays"}),
    "when": frozenset({"nears", "expires", "comes", "returns", "reopens", "winter", "season", "holidays"}),
}
_DEFINITE: Final = frozenset({"will", "'ll", "should", "likely", "expect", "see", "forecast", "ought"})
_IFS: Final = frozenset({"if", "unless", "provided", "providing"})
_LEVEL_NEAR: Final = 6  # tokens from "as long as" to the price
_HOLDING: Final = frozenset({"holds", "hold", "held", "stays", "remains", "stands", "intact", "defended"})


def doubt(segment: Sentence, sentence: Sentence) -> str:
    """Return why a part of a sentence makes no forecast; empty if it does."""
    lists = wording()
    if sentence.word(sentence.last - 1) == "?":
        return "it asks"
    if segment.first == sentence.first and (why := _opening(sentence)):
        return why
    for place, words in segment.phrases(lists.doubtful):
        if not _is_meant_otherwise(segment, place, words):
            return lists.doubts[tuple(words.split())].format(words)
    for k in range(segment.first, segment.last):
        if segment.word(k) in {"until", "time"} and k + 1 in segment.assets:  # "by the time bitcoin reaches"
            return f"“{segment.word(k)}” sets a condition"
        if (
            segment.word(k) in lists.risks
            and segment.word(k + 1) not in lists.risk_kinds
            and k not in segment.aside | segment.compared
        ):
            return f"“{segment.word(k)}” names a risk"
    return _ending(segment)


def only_possible(segment: Sentence) -> str:
    """Return the modal that makes a move possible and no more: "could rise"; empty beside a view of one's own."""
    lists = wording()
    if {"more", "than"} <= set(segment.words[segment.first : segment.last]):
        return ""  # "could be the turning point, with more upside than risk"
    for k in range(segment.first, segment.last):
        word = segment.word(k)
        if word not in lists.possible or k in segment.days or k in segment.aside | segment.compared:
            continue
        if segment.word(k - 1) in lists.own or lists.own.isdisjoint(segment.words[segment.first : segment.last]):
            return f"“{word}” says that it is possible, not that it is expected"
    return ""


def _opening(sentence: Sentence) -> str:
    """Return why a sentence makes no forecast by its first words: a condition, a purpose, a headline; empty if it does."""
    lists, first = wording(), sentence.first
    word = sentence.word(first)
    if word in lists.inverted:
        return f"“{word}” sets a condition"
    if why := _mocks(sentence):
        return why
    if word in lists.asking:
        return f"“{word}” asks or announces"
    if word in lists.measures and not {"backdrop", "background"} & set(sentence.words[first : sentence.last]):
        return f"“{word}” measures it in something else"
    if why := _heading(sentence):
        return why
    if word[0].isdigit() and sentence.word(first + 1) in lists.listed:
        return f"“{sentence.word(first + 1)}” announces"
    named = first + 1 + (sentence.word(first + 1) == "the")
    purpose = word == "to" or (word == "for" and named in sentence.assets and "to" in sentence.words[first : named + 4])
    return f"“{word}” names a purpose" if purpose else ""


def _mocks(sentence: Sentence) -> str:
    """Return the word of mockery that opens a sentence: "Sure, and XRP will be at $10"; "Yes, we expect" is none."""
    lists, word = wording(), sentence.word(sentence.first)
    mocks = word in {"sure", "right", "yeah"} or lists.own.isdisjoint(sentence.words[sentence.first : sentence.last])
    return f"“{word}” mocks it" if word in lists.mocking and mocks and sentence.word(sentence.first + 1) == "," else ""


def _heading(sentence: Sentence) -> str:
    """Return why a few words and a colon at the start make a sentence no forecast: "Case 2:", "Downside:", "November 2021:"."""
    lists, first = wording(), sentence.first
    colon = next((k for k in range(first + 1, min(first + 5, sentence.last)) if sentence.word(k) == ":"), first)
    for k in range(first, colon):
        word = sentence.word(k)
        numbered = k == colon - 1 > first and word.isdigit() and k not in sentence.days and k - 1 not in sentence.assets
        past_year = len(word) == 4 and word.isdigit() and k not in sentence.days and colon == first + 1  # noqa: PLR2004
        if numbered or past_year or (colon == first + 1 and word in lists.case_headings):
            return f"“{word}” heads one of several cases"
    return ""


def _is_meant_otherwise(segment: Sentence, place: int, words: str) -> bool:
    """Whether a phrase of doubt means something else here: "no doubt", "is expected", "our base scenario"."""
    lists = wording()
    before = (segment.word(place - 1), segment.word(place - 2))
    for affirming in lists.affirming:
        start = range(place - len(affirming) + 1, place + 1)
        if any(tuple(segment.words[k : k + len(affirming)]) == affirming for k in start):
            rest = segment.part(place + len(affirming), segment.last) if place + len(affirming) < segment.last else None
            return rest is None or lists.negators.isdisjoint(rest.words[rest.first : rest.last])
    if words.startswith("as ") and before[0][0].isdigit():
        return True  # "with $66 as the ceiling"
    if words in _OTHERWISE:
        return _is_harmless(segment, place, words)
    if words.startswith(("a ", "close ")) and words in lists.conditions:  # "wrong only on a close above 55.20"
        near = segment.words[max(place - _INVALIDATION, segment.first) : place + _INVALIDATION + 3]
        return not lists.invalidating.isdisjoint(near)
    if words in {"previously", "prev", "formerly", "earlier"}:
        return _is_old_target(segment, place)
    if words in lists.foreseen:
        told = place - 1 in segment.assets and segment.word(place + 1) in {"to", "at"}  # "AUD/USD seen at 0.66"
        return told or not lists.is_forms.isdisjoint(before)
    if words in _CASES or words.endswith(" case"):
        expected = before[0] in lists.expected_cases or before[1] in lists.expected_cases - {
            "our"
        }  # not "our bear scenario"
        return expected and words in _CASES
    return False


def _is_old_target(segment: Sentence, place: int) -> bool:
    """Whether "previously" gives the target before this one: "58 (6 months), previously 50"."""
    k = place + 1 + (segment.word(place + 1) in {".", "$", "at"})
    number = segment.word(k + (segment.word(k) == "$"))[0].isdigit()
    return number and any(segment.word(j)[0].isdigit() for j in range(segment.first, place))


def _is_harmless(segment: Sentence, place: int, words: str) -> bool:
    """Whether a condition only dates a forecast or names the level that ends it, "no" counts, and the budget is an event."""
    if words in _TIMES:
        return _is_time(segment, place)
    if words.endswith("long as"):
        return place > segment.first and holds_level(segment, place) is not None
    if words == "no":  # "top trade no. 4"
        return segment.word(place + 1 + (segment.word(place + 1) == "."))[0].isdigit()
    return (segment.shown(place)[0].isupper() and place > segment.first) or segment.word(place - 1) in {"on", "by"}


def _is_time(segment: Sentence, place: int) -> bool:
    """Whether "once" or "when" dates a forecast that is definite: "will be at $3.60 by the end of March, once it is warm"."""
    behind = segment.words[place : segment.last]
    if _PASSING[segment.word(place)].isdisjoint(behind):  # "once the SEC approves", "when the bill passes"
        return False
    k = place - 1 - (segment.word(place - 1) == ",")
    definite = not _DEFINITE.isdisjoint(segment.words[segment.first : place])
    return k in segment.days and definite and not any(j > place for j in segment.assets)


def holds_level(segment: Sentence, place: int) -> float | None:
    """Return the price of "as long as 3,998 holds" at a token; None if the condition is another one."""
    behind = segment.part(min(place + 3, segment.last), segment.last)
    found = figures(behind)
    near = bool(found) and found[0].first - place <= _LEVEL_NEAR
    held = not _HOLDING.isdisjoint(behind.words[behind.first : behind.last])
    return found[0].value if near and held and len(found) == 1 and not behind.assets else None


def _ending(segment: Sentence) -> str:
    """Return why a move may end: "the rally will fade"; empty if it does not, as in "ends the year at"."""
    lists = wording()
    place, words = segment.phrase(lists.ending)
    if place < 0:
        return ""
    if words in {"end", "ends", "ending", "finish", "close"} and segment.word(place + 1) in lists.ended_periods:
        return ""
    if words == "priced" and segment.word(place + 1) == "at":
        return ""
    if words in lists.bounds and segment.word(place + 1) in {*lists.sides, "at"}:
        return ""  # "with dips contained above 84,000"
    if words in {"end", "ends", "ending"} and (place + 1 in segment.days or segment.word(place + 1)[0].isdigit()):
        return ""
    if words in wording().doubtful_endings:
        behind = segment.assets if words in {"ease", "eases", "easing"} else ()  # "appreciation, USD/CNY should ease"
        named = max((k for k in behind if k < place), default=segment.first)
        moved = any(segment.word(k) in lists.nouns for k in range(named, place))
        if not moved and words != "limited":
            return ""
    return f"“{words}” may end or weaken what is named"


def condition_before(sentence: Sentence, segment: Sentence) -> str:
    """Return the condition or heading with which a sentence opens, where it holds for this later part of it too."""
    lists = wording()
    opening = sentence.word(sentence.first)
    if segment.first > sentence.first and (opening in lists.conditions or opening in lists.inverted):
        return f"“{opening}” sets a condition"
    if segment.first > sentence.first:
        place, words = sentence.part(sentence.first, segment.first).phrase(lists.conditional)
        if place == sentence.first:
            return f"“{words}” sets a condition"
        if (
            place >= 0
            and segment.word(segment.first) == "and"
            and lists.own.isdisjoint(segment.words[segment.first : segment.first + 3])
        ):
            return f"“{words}” sets a condition"
    if segment.first > sentence.first and (why := _mocks(sentence)):
        return why
    if segment.first > sentence.first and (case := _case_before_colon(sentence)):
        return f"“{case}” heads one of several cases"
    return condition_after(sentence, segment) or (_heading(sentence) if segment.first > sentence.first else "")


def _case_before_colon(sentence: Sentence) -> str:
    """Return the word for a case in a heading: "Recession scenario (15%):"; empty if it is the expected one."""
    lists, ends = wording(), range(sentence.first + 1, min(sentence.first + _HEADING, sentence.last))
    colon = next((k for k in ends if sentence.word(k) == ":"), sentence.first)
    head = sentence.words[sentence.first : colon]
    if not (lists.expected_cases | lists.own).isdisjoint(head):
        return ""
    return next((word for word in head if word in _CASES or word == "case"), "")


def condition_after(sentence: Sentence, segment: Sentence) -> str:
    """Return the condition that a later part of a sentence sets: "will see 7,200 by March, but only if breadth improves"."""
    lists = wording()
    for k in range(segment.last, sentence.last):
        if sentence.words[k : k + 4] == ["i", "will", "be", "the"]:
            return "“I will be the” mocks it"
        if sentence.word(k) in _IFS and sentence.word(k - 1) in {"only", "and", ",", "but", "-", "–", "—", "(", "even"}:
            rest = sentence.words[k : sentence.last]
            ends = any(words in lists.invalidating for words in rest)
            return "" if ends or sentence.word(k - 1) == "even" else f"“{sentence.word(k)}” sets a condition"
    return ""


def beside(sentences: Sequence[Sentence], at: int) -> str:
    """Return why the sentences beside one take its forecast back: a heading before it, a remark after it; empty if none does."""
    lists = wording()
    for k in range(max(at - _FRAMES, 0), at):
        frame = sentences[k]
        inside = set(frame.words[frame.first : frame.last])
        says = not inside.isdisjoint(lists.is_forms) and inside.isdisjoint({"following", "below", "not"})
        short = frame.last - frame.first <= _HEADING and frame.word(frame.last - 1) != ";"
        heading = (short and not says) or frame.word(frame.last - 1) == ":"
        place, words = frame.phrase(lists.framing)
        ours = words in lists.scenarios and _is_expected_case(sentences[at])
        if heading and place >= 0 and not ours and not _is_meant_otherwise(frame, place, words):
            return f"it is under the heading “{words}”"
    if at and sentences[at - 1].word(sentences[at - 1].first) in lists.playing:
        return f"“{sentences[at - 1].word(sentences[at - 1].first)}” before it makes it play"
    if at and sentences[at - 1].word(sentences[at - 1].last - 1) == "?" and _asks_others(sentences[at - 1]):
        return "the question before it asks others"
    for k, remark in enumerate(sentences[at + 1 : at + 5]):
        if why := _takes_back(remark, directly=k == 0):
            return why
    return ""


def _is_expected_case(sentence: Sentence) -> bool:
    """Whether a sentence opens with the case that is expected: "Base case: gold at 4,500 by June"."""
    words = sentence.words[sentence.first : sentence.first + 6]
    return any(a in wording().expected_cases - {"our"} and b in {"case", "scenario"} for a, b in pairwise(words))


def _asks_others(question: Sentence) -> bool:
    lists, words = wording(), question.words[question.first : question.last]
    return not lists.nameless.isdisjoint(words) and lists.own.isdisjoint(words)


def _takes_back(remark: Sentence, *, directly: bool) -> str:
    lists = wording()
    opening = remark.word(remark.first)
    many = opening in lists.plural_remarks
    if not many and not (directly and opening in lists.remarks):
        return ""
    if opening in {"none", "neither"} and not lists.targets.isdisjoint(remark.words[remark.first : remark.last]):
        return f"“{opening}” after it takes it back"
    if directly and opening in {"that", "this"} and remark.word(remark.first + 1) in {"was", "were", "used"}:
        return "the sentence after it says whose it was"
    place, words = remark.phrase(lists.taking_back if directly else lists.denying)
    if place >= 0 and not any(k in remark.assets or k in remark.days for k in range(remark.first, place)):
        return f"“{words}” after it takes it back"
    return ""
