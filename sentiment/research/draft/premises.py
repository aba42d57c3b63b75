"""What makes a forecast hold only on a premise or in one case of several: words before it, behind it, or before a colon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.figures import figures
from sentiment.research.draft.wording import phrases_of, wording
from sentiment.research.text import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.draft.sentences import Sentence
    from sentiment.research.draft.wording import Phrases

_LONGEST: Final = 12  # tokens of "with a cut in the policy rate,"
_HEADING: Final = 7  # tokens before a colon
_SHORT: Final = 3
_LABEL: Final = 4  # words of a heading that labels a case
_TARGET_NEAR: Final = 3
_PREPOSITIONS: Final = frozenset({"with", "on", "under", "upon", "given", "in", "at"})
_JOINTS: Final = frozenset({"and", "but", "so", "-", "–", "—", "*", "\n", ",", "(", "$", "yet", "now"})


@dataclass(frozen=True)
class Premises:
    """The word lists of ``premises.toml``, which explains them."""

    settled: frozenset[str]
    parts_of_forecast: frozenset[str]
    openers: frozenset[str]
    cases: frozenset[str]
    expected: frozenset[str]
    extremes: frozenset[str]
    sides: frozenset[str]
    orders: frozenset[str]
    playing: frozenset[str]
    playing_pairs: frozenset[str]
    labels: frozenset[str]
    lone_labels: frozenset[str]
    unlabelled: frozenset[str]
    happenings: frozenset[str]
    moving: frozenset[str]
    possible: frozenset[str]
    case_targets: frozenset[str]
    quoting: frozenset[str]
    claims: frozenset[str]
    numbers: frozenset[str]
    rules: frozenset[str]

    @cached_property
    def chances(self) -> Phrases:
        """The phrases of ``possible``."""
        return phrases_of(self.possible)


@cache
def premises() -> Premises:
    """Return the words, read once."""
    return vocabulary.load(Path(__file__).with_name("premises.toml"), Premises)


def premise(part: Sentence, sentence: Sentence) -> str:
    """Return why a part of a sentence holds only in a case; empty if it holds as it stands."""
    first = _first(sentence)
    if why := _opening(sentence, first) or _heading(sentence, first):
        return why
    for place in {first, *_places(part)}:
        if why := _phrase(sentence, place):
            return why
    place, words = part.phrase(premises().chances)
    if place >= 0:
        return f"“{words}” says that it is possible, not that it is expected"
    return _of_a_case(part) or _of_something_else(part)


def _of_something_else(part: Sentence) -> str:
    """Return why the words tell of what was named last: "a wedge whose apex falls in January"."""
    k = next((k for k in range(part.first + 1, part.last) if part.word(k) == "whose"), None)
    return "“whose” tells of what stands before it" if k is not None and part.word(k - 1) != "," else ""


def _first(sentence: Sentence) -> int:
    k = sentence.first
    while k < sentence.last - 1 and (sentence.word(k) in _JOINTS) and k not in sentence.assets:
        k += 1
    return k


def _opening(sentence: Sentence, first: int) -> str:
    """Return why the first words make a sentence play, an example, an order or a condition: "lose 90,000 and bitcoin falls"."""
    lists, word, after = premises(), sentence.word(first), sentence.word(first + 1)
    if word in lists.playing or f"{word} {after}" in lists.playing_pairs:
        return f"“{word}” makes it play, an example or a consequence"
    ahead = next((k for k in range(first + 1, min(first + _LONGEST, sentence.last)) if sentence.word(k) == "and"), None)
    if word in lists.orders and ahead is not None and not any(k in sentence.days for k in range(first, ahead)):
        named = any(k in sentence.assets for k in range(ahead, ahead + 4))
        if named and wording().own.isdisjoint(sentence.words[first:ahead]):
            return f"“{word}” before “and” sets a condition"
    if word in lists.openers and ahead is not None and _is_bare(sentence, first, ahead):
        return f"“{word} …” before “and” sets a condition"
    rule = not lists.rules.isdisjoint(sentence.words[first + 1 : first + 4])
    if rule and (word in {"each", "every"} or (word == "after" and after in {*lists.openers, "each", "every"})):
        return f"“{word}” tells how it goes as a rule"
    return _happening(sentence, first) if word in lists.openers else ""


def _is_bare(sentence: Sentence, first: int, joint: int) -> bool:
    """Whether an event without a verb stands before "and" and an asset: "a cut in December and gold will be at 4,300"."""
    words = set(sentence.words[first:joint])
    told = words & (wording().modals - {"to"} | wording().is_forms | wording().own | {"has", "have", "was"})
    event = not premises().happenings.isdisjoint(sentence.words[first : first + 4])
    return event and not told and any(k in sentence.assets for k in range(joint + 1, joint + 3))


def _happening(sentence: Sentence, first: int) -> str:
    """Return the event that opens a sentence, moves the price and has not happened: "a cut sends gold", "another deal would push Brent"."""
    lists = premises()
    for k in range(first + 1, min(first + _LONGEST, sentence.last)):
        if k in sentence.assets and sentence.word(k + 1) not in lists.happenings:
            break
        if sentence.word(k) in lists.happenings and _moves_on(sentence, k):
            return f"“{sentence.word(first)} {sentence.word(k)}” is still to happen"
    return ""


def _moves_on(sentence: Sentence, k: int) -> bool:
    """Whether what happens moves the price: "a cut sends gold", "a deal between the two would push Brent"."""
    lists = premises()
    for j in range(k + 1, min(k + 8, sentence.last)):
        if j in sentence.assets:
            return False
        if sentence.word(j) in lists.moving:
            return True
    return False


def _heading(sentence: Sentence, first: int) -> str:
    """Return why the words before a colon make a case, an earlier call or somebody else's of it: "Path A:", "Recap:"."""
    lists, ends = premises(), range(first + 1, min(first + 1 + _HEADING, sentence.last))
    colon = next((k for k in ends if sentence.word(k) == ":"), None)
    if colon is None:
        return ""
    head = [k for k in range(first, colon) if k not in sentence.days]
    words = [sentence.word(k) for k in head if k not in sentence.assets]
    if not words or not wording().own.isdisjoint(words) or not lists.unlabelled.isdisjoint(words):
        return ""
    edges = {words[0], words[-1]} if len(words) <= _LABEL and wording().is_forms.isdisjoint(words) else set[str]()
    heads = lists.labels | lists.lone_labels if len(words) == 1 else lists.labels
    listed = next((word for word in words if word in edges & heads), None)
    numbered = 1 < len(words) == len(head) < _LABEL and words[-1] in lists.numbers and words[0] not in wording().targets
    if listed or numbered:
        return f"“{listed or words[-1]}” heads one of several cases"
    return ""


def _places(part: Sentence) -> Iterator[int]:
    """Yield the tokens of a part at which a premise may begin: behind a mark, a day, a price or an asset."""
    for k in range(part.first, part.last):
        if part.word(k) not in _PREPOSITIONS or k in part.days or k in part.aside:
            continue
        before = part.word(k - 1)
        behind = k - 1 in part.days or k - 1 in part.assets or before[0].isdigit()
        if (
            k == part.first
            or behind
            or before in wording().clause_ends
            or before in {"that", "and", "but"} | wording().opining
        ):
            yield k


def _phrase(sentence: Sentence, k: int) -> str:
    """Return what a phrase such as "with a cut", "under a dovish Fed" or "at the upper end" makes of a forecast."""
    lists, word = premises(), sentence.word(k)
    if word not in _PREPOSITIONS or k in sentence.days or sentence.word(k + 1)[0].isdigit():
        return ""
    tokens = _tokens(sentence, k)
    words = [sentence.word(j) for j in tokens if j not in sentence.days]
    dated = len(words) < len(tokens)
    said = set(words)
    named = f"“{' '.join([word, *words[:_SHORT]])}”"
    if not words or words[0] in lists.sides or (words[0] in {"the", "our"} and words[1:] and words[-1] in lists.sides):
        return f"{named} makes it one of several cases" if words and word == "on" else ""
    if not lists.cases.isdisjoint(said) and not dated and word in {"in", "on", "under"}:
        usual = (
            not lists.expected.isdisjoint(said)
            or _is_our_case(words)
            or (said & {"this", "current"} and said & {"environment", "regime"})
        )
        return "" if usual or said & {"short", "long", "any"} else f"{named} makes it one of several cases"
    if word == "on" and "path" in said and not said.isdisjoint(lists.case_targets):
        return f"{named} makes it one of several cases"
    if word in {"under", "upon"}:
        expected = not lists.expected.isdisjoint(said) or "$" in said or any(w[0].isdigit() for w in words)
        return "" if expected or said & {"pressure", "weight", "strain"} else f"{named} sets a condition"
    if word == "at":
        extreme = words[-1] in lists.extremes and not dated
        return f"{named} makes it an extreme or draws on today's pace" if extreme else ""
    if word == "in" or (dated and word == "on") or not lists.parts_of_forecast.isdisjoint(said) or _is_so(words):
        return ""
    opens = words[0] in lists.openers
    if word == "with":
        opens = k == _first(sentence) or not lists.openers.isdisjoint(words[:2])
        opens = opens and lists.settled.isdisjoint(said) and not any(word[0].isdigit() for word in words)
    return f"{named} sets a condition" if opens else ""


def _is_our_case(words: list[str]) -> bool:
    return words[:1] in (["our"], ["my"]) and len(words) == 2  # noqa: PLR2004 - "our scenario", not "our shock scenario"


def _is_so(words: list[str]) -> bool:
    """Whether a participle says that something is so: "with yields falling", "with inflation tamed"."""
    return any(len(word) > 4 and (word.endswith(("ing", "ed"))) for word in words[1:])  # noqa: PLR2004


def _tokens(sentence: Sentence, k: int) -> list[int]:
    """Return the tokens of a phrase behind its first word, up to a mark, an asset, a speaker or the end."""
    tokens = list[int]()
    for j in range(k + 1, min(k + 1 + _LONGEST, sentence.last)):
        word = sentence.word(j)
        if word in wording().clause_ends - {"-", "–"} or word in {"we", "i"} or (j in sentence.assets and j > k + 1):
            break
        tokens.append(j)
    return tokens


def _of_a_case(part: Sentence) -> str:
    """Return why a target is that of a case: "our upside target", "our bull case target"."""
    lists = premises()
    for k in range(part.first, part.last):
        if part.word(k) not in wording().targets or k in part.days:
            continue
        before = [part.word(j) for j in range(max(k - _TARGET_NEAR, part.first), k)]
        case = next((word for word in before if word in lists.case_targets), None)
        if (
            case
            and {"our", "my", "a", "an"} & {*before, part.word(k - _TARGET_NEAR - 1)}
            and lists.expected.isdisjoint(before)
        ):
            return f"“{case}” makes it the target of one case"
    return ""


def contract(part: Sentence) -> str:
    """Return why a price is that of a contract for a later month: "gold in December 2027 trades at"; empty if it is not."""
    lists = premises()
    spot = any(part.word(k) == "spot" and k not in part.aside for k in range(part.first, part.last))
    if spot and len(figures(part)) > 1:
        return "“spot” stands beside the price of a contract"
    verb = next((k for k in range(part.first, part.last) if part.word(k) in lists.quoting and k not in part.days), None)
    if verb is None or not wording().own.isdisjoint(part.words[part.first : part.last]):
        return ""
    for k in part.assets:
        behind = k + 1
        while part.word(behind) in {"for", "in", "delivery", "contract", "to", "be", "delivered"}:
            behind += 1
        dated = k - 1 in part.days or (behind in part.days and behind < verb)
        if dated and k < verb:
            return f"“{part.word(verb)}” quotes a contract for that month"
    return ""


def is_own_claim(sentence: Sentence, colon: int) -> bool:
    """Whether what follows a price and a colon says that it is one's own call: "bitcoin to 100,000 by March: our call"."""
    rest = [sentence.word(k) for k in range(colon + 1, min(colon + 8, sentence.last))]
    return (
        not wording().own.isdisjoint(rest)
        and not premises().claims.isdisjoint(rest)
        and wording().negators.isdisjoint(rest)
    )
