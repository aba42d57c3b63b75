"""Whether the clause of a forecast holds only words that the rules know, and whether it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sentiment.research.draft.premises import is_own_claim
from sentiment.research.draft.wording import wording
from sentiment.research.text import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.research.draft.directions import Move
    from sentiment.research.draft.sentences import Sentence
    from sentiment.research.draft.targets import Target

_PREDICATE: Final = 3  # words of "is weak and" before the second verb
_SAYING_OF_IT: Final = frozenset({"looks", "seems", "appears", "has", "have", "benefit", "profit", "suffer"})
_JOINING: Final = frozenset({"and", ":", "so", "yet"})
_OR_MORE: Final = frozenset(
    {"lower", "higher", "less", "more", "below", "above", "better", "worse"}
)  # "at 0.78 or lower"
_DEFINITE: Final = frozenset({"will", "should", "'ll", "going", "likely", "set"})


@dataclass(frozen=True)
class Plain:
    """The word lists of ``plain.toml``, which explains them, and sets derived from them."""

    joints: frozenset[str]
    labels: frozenset[str]
    states: frozenset[str]
    motions: frozenset[str]
    ours: frozenset[str]
    ratings: frozenset[str]
    pushes: frozenset[str]
    units: frozenset[str]
    expected: frozenset[str]
    good_chances: frozenset[str]
    our_people: frozenset[str]
    goes: frozenset[str]
    our_verbs: frozenset[str]
    moods: frozenset[str]

    @cached_property
    def known(self) -> frozenset[str]:
        """All words that may stand in the clause of a forecast."""
        lists = wording()
        listed = self.joints | self.labels | self.states | self.motions | self.ratings | self.pushes
        listed |= self.units | lists.forward | lists.foreseen | lists.is_forms | lists.own | lists.opining | lists.glue
        listed |= lists.directions.keys() | lists.prices | lists.stand_ins | lists.pronouns | lists.targets
        listed |= lists.reaches | lists.exceeding | lists.approximate | lists.sides.keys() | lists.ranges | lists.bounds
        listed |= lists.stays | lists.auxiliaries | lists.modals | lists.own_verbs | lists.ahead | lists.starts
        listed |= lists.expected_cases | lists.extremes.keys() | lists.extreme_openers | lists.contrasts
        listed |= (
            lists.before_percent.keys() | lists.after_move | lists.into | lists.of | lists.compared | lists.clause_ends
        )
        return listed | {word for phrase in lists.affirmed | lists.forward_pairs for word in phrase.split()}

    @cached_property
    def known_of_ours(self) -> frozenset[str]:
        """The same behind a word for the publisher."""
        return self.known | self.ours | wording().changed

    @cached_property
    def verbs(self) -> frozenset[str]:
        """Words of which one makes a clause whole."""
        lists = wording()
        return (
            (lists.modals - {"to"})
            | lists.own_verbs
            | lists.opining
            | lists.is_forms
            | lists.foreseen
            | (lists.directions.keys() - lists.nouns)
            | self.goes
            | {word for word in lists.reaches | lists.stays if word.endswith("s")}
        )


@cache
def plain() -> Plain:
    """Return the words, read once."""
    return vocabulary.load(Path(__file__).with_name("plain.toml"), Plain)


def unread(part: Sentence, sentence: Sentence, symbol: str, moves: Sequence[Move], targets: Sequence[Target]) -> str:
    """Return why a part of a sentence that has the words of a forecast may say something else; empty if it is a plain forecast.

    Parameters
    ----------
    part, sentence : Sentence
        The part, and the sentence it is of.
    symbol : str
        The asset.
    moves, targets : sequence
        What it says of the asset's price: a clause reaches from its start to the last of them.
    """
    places = [k for move in moves for k in (move.first, move.last)] + [target.figure.last for target in targets]
    places += [k for k, named in part.assets.items() if named == symbol]
    last = max(places)
    start = _start(part, min(places))
    lists = plain()
    verbs = [k for k in range(start, last + 1) if part.word(k) in lists.verbs and k not in part.days]
    spoken_of = part.word(start) in {"a", "another"} and part.word(start + 1) in wording().nouns
    if (not verbs or spoken_of) and (why := _goes_on(part, sentence, max(last, *part.days) if spoken_of else last)):
        return why
    if any(
        part.word(target.figure.last + 1) == "or" and part.word(target.figure.last + 2) not in _OR_MORE
        for target in targets
    ):
        return "it names more than one price"
    if any(
        part.word(k) == "or"
        and not (part.word(k + 1) in _OR_MORE and is_priced(part, k - 1))
        and {part.word(k - 1), part.word(k + 1)} & (wording().directions.keys() | {"sideways"})
        for k in range(start, part.last)
    ):
        return "it names more than one way"
    ours = [k for k in range(start, last) if part.word(k) in wording().own and k not in part.aside]
    if not ours and part.first > sentence.first and _goes_on_ours(part, sentence):
        ours = [part.first]
    begin = max(_pushed(part, start, last), ours[-1] if ours else start)
    known = lists.known_of_ours if ours else lists.known
    skipped = _predicates(part, begin, last) | ({part.first} if part.word(part.first) == "which" else set())
    for k in range(begin, last + 1):
        word = part.word(k)
        person = word in lists.our_people and not {"our", "my"}.isdisjoint((part.word(k - 1), part.word(k - 2)))
        person = person or (word in lists.our_verbs and part.word(k - 1) in lists.our_people | {"we", "i"})
        if not (word in known or person or k in skipped or k in part.assets or part.is_filler(k)):
            return f"“{word}” may make it something else than a forecast"
    return ""


def vague_chance(segment: Sentence, *, stated: bool) -> str:
    """Return the word for a chance that is not said to be above even, as in "the odds of a rally have risen"."""
    words = segment.words[segment.first : segment.last]
    chance = next((word for word in words if word in {"chance", "chances", "probability", "likelihood", "odds"}), "")
    vague = bool(chance) and not stated and plain().good_chances.isdisjoint(words)
    return f"“{chance}” does not say that it is above even" if vague else ""


def _start(part: Sentence, first: int) -> int:
    """Return the first token of the clause of a token; one without a subject, or behind a colon, reaches further back."""
    lists, k = wording(), first
    while k > part.first:
        before = part.word(k - 1)
        if before in lists.clause_ends - {"-", ":"} and k - 1 not in part.aside:
            headless = part.word(k) in lists.is_forms | lists.modals | {"has", "have"}
            if not headless:
                return k
        remark = before != ":" or not wording().own.isdisjoint(part.words[part.first : k])
        listed = before == "and" and k - 2 in part.assets
        if before in _JOINING and remark and not listed and _is_subject(part, k):
            return k
        k -= 1
    return k


def _goes_on_ours(part: Sentence, sentence: Sentence) -> bool:
    """Whether a part goes on with what the publisher does: "we stay neutral on Intel | but trim the target"."""
    own = not wording().own.isdisjoint(sentence.words[sentence.first : part.first])
    return own and part.word(part.first) in {"but", "and", "yet"} and part.word(part.first + 1) in plain().ours


def is_priced(part: Sentence, k: int) -> bool:
    """Whether a price ends at a token."""
    return part.word(k)[0].isdigit() or part.word(k) in {"dollars", "cents", "francs"}


def _is_subject(part: Sentence, k: int) -> bool:
    """Whether an asset and its verb begin at a token: "and the Hang Seng is set to"."""
    k += part.word(k) in {"the", "spot", "its"}
    if k not in part.assets:
        return False
    while k in part.assets or part.word(k) in {"shares", "stock"} | wording().prices:
        k += 1
    return part.word(k) in (wording().modals | wording().is_forms | {"looks", "ought", "seen"}) - {"to"}


def _goes_on(part: Sentence, sentence: Sentence, last: int) -> str:
    """Return why a price without a verb is no forecast: it is what the rest of the clause speaks of, as in "bitcoin at 90,000 sells books"."""
    lists, k = wording(), last + 1
    passed = lists.ahead | lists.approximate | plain().units | {"in", "on", "for"}
    while k in part.days or part.word(k) in passed or k in part.aside:
        k += 1
    word = part.word(k)
    if sentence.word(k) == ":" and not is_own_claim(sentence, k):
        return "what follows the colon may say anything of it"
    if word in lists.follows or word in lists.contrasts or word[0].isdigit() or word in lists.ranges - lists.stays:
        return ""
    if word == "from" and is_priced(part, k + 1):  # "raised to 0.67 from 0.65"
        return ""
    rest = set(part.words[k : part.last])
    likely = any(part.words[j : j + 2] in (["likely", "to"], ["expected", "to"]) for j in range(k, part.last))
    expected = not likely and not rest.isdisjoint(plain().expected) and rest.isdisjoint(plain().moods)
    if word in lists.is_forms | {"looks", "seems", "appears"} and expected:
        return ""
    return f"“{word}” behind the price makes it what is spoken of"


def _pushed(part: Sentence, start: int, last: int) -> int:
    """Return the token of "will push", "should lift" or "argues for": what stands before it may be anything."""
    lists = plain()
    for k in range(start, last):
        if part.word(k) in _DEFINITE and any(part.word(j) in lists.pushes for j in (k + 1, k + 2)):
            return k
        if part.word(k) in {"argue", "argues"} and part.word(k + 1) == "for":
            return k
    return start


def _predicates(part: Sentence, begin: int, last: int) -> set[int]:
    """Return the tokens of what an asset is said to be before its second verb: "bitcoin is oversold and should bounce"."""
    for k in range(begin, last):
        if part.word(k) in wording().is_forms | _SAYING_OF_IT:
            end = next((j for j in range(k + 1, min(k + 2 + _PREDICATE, last)) if part.word(j) == "and"), None)
            if end is not None:
                return set(range(k + 1, end))
        if part.word(k) in _DEFINITE and k - 1 in part.assets:  # "will give up its bounce and return to"
            goes = wording().directions.keys() | wording().reaches | plain().motions
            end = next((j for j in range(k + 2, last) if part.word(j) == "and" and part.word(j + 1) in goes), None)
            inside = range(k + 2, end or k)
            if end is not None and not any(
                j in part.assets or j in part.days or part.word(j)[0].isdigit() for j in inside
            ):
                return set(inside)
    return set()
