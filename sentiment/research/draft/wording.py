"""The words of a forecast and of its direction, from ``words.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sentiment.research.text import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

Phrases = dict[str, list[tuple[str, ...]]]
"""Phrases as tuples of words, by their first word."""


@dataclass(frozen=True)
class Wording:
    """The word lists of ``words.toml``, which explains them, and sets derived from them."""

    forward: frozenset[str]
    forward_pairs: frozenset[str]
    own_pairs: frozenset[str]
    foreseen: frozenset[str]
    is_forms: frozenset[str]
    negators: frozenset[str]
    affirmed: frozenset[str]
    endings: frozenset[str]
    doubtful_endings: frozenset[str]
    ended_periods: frozenset[str]
    conditions: frozenset[str]
    inverted: frozenset[str]
    asking: frozenset[str]
    mocking: frozenset[str]
    listed: frozenset[str]
    scenarios: frozenset[str]
    expected_cases: frozenset[str]
    distancing: frozenset[str]
    risks: frozenset[str]
    risk_kinds: frozenset[str]
    assumed: frozenset[str]
    history: frozenset[str]
    reported: frozenset[str]
    dealings: frozenset[str]
    some: frozenset[str]
    nameless: frozenset[str]
    opining_other: frozenset[str]
    opining_bare: frozenset[str]
    saying: frozenset[str]
    opinion_verbs: frozenset[str]
    figurative: frozenset[str]
    changing: frozenset[str]
    targets: frozenset[str]
    own: frozenset[str]
    outsiders: frozenset[str]
    opining: frozenset[str]
    houses: frozenset[str]
    starts: frozenset[str]
    contrasts: frozenset[str]
    quoting: frozenset[str]
    quantities: frozenset[str]
    noting: frozenset[str]
    causes: frozenset[str]
    relatives: frozenset[str]
    clause_openers: frozenset[str]
    reasons: frozenset[str]
    reasons_not: frozenset[str]
    telling: frozenset[str]
    row_labels: frozenset[str]
    before_event: frozenset[str]
    after: frozenset[str]
    upward: frozenset[str]
    downward: frozenset[str]
    not_up: frozenset[str]
    paired: frozenset[str]
    states: frozenset[str]
    before_percent: dict[str, int]
    perfects: dict[str, str]
    factors: dict[str, float]
    shares: dict[str, float]
    nouns: frozenset[str]
    prices: frozenset[str]
    pronouns: frozenset[str]
    stand_ins: frozenset[str]
    into: frozenset[str]
    of: frozenset[str]
    of_price: frozenset[str]
    glue: frozenset[str]
    clause_ends: frozenset[str]
    after_move: frozenset[str]
    stays: frozenset[str]
    trading: frozenset[str]
    sides: dict[str, int]
    ranges: frozenset[str]
    bounds: frozenset[str]
    reaches: frozenset[str]
    exceeding: frozenset[str]
    approximate: frozenset[str]
    other_money: frozenset[str]
    other_prices: frozenset[str]
    invalidating: frozenset[str]
    compared: frozenset[str]
    extremes: dict[str, int]
    extreme_openers: frozenset[str]
    changed: frozenset[str]
    own_verbs: frozenset[str]
    events: frozenset[str]
    auxiliaries: frozenset[str]
    modals: frozenset[str]
    possible: frozenset[str]
    blockers: frozenset[str]
    frames: frozenset[str]
    playing: frozenset[str]
    remarks: frozenset[str]
    plural_remarks: frozenset[str]
    remark_denials: frozenset[str]
    ahead: frozenset[str]
    views: frozenset[str]
    held: frozenset[str]
    signs: frozenset[str]
    unsigned: frozenset[str]
    participles: frozenset[str]
    case_headings: frozenset[str]
    idioms: frozenset[str]
    measures: frozenset[str]
    determiners: frozenset[str]
    parts_of_price: frozenset[str]
    guesses: frozenset[str]
    of_guesses: frozenset[str]

    @cached_property
    def pairs_ahead(self) -> frozenset[tuple[str, ...]]:
        """The pairs that look ahead, each as two words."""
        return frozenset(tuple(pair.split()) for pair in self.forward_pairs | self.own_pairs)

    @cached_property
    def directions(self) -> dict[str, int]:
        """1 for each upward word, -1 for each downward word."""
        return dict.fromkeys(self.upward, 1) | dict.fromkeys(self.downward, -1)

    @cached_property
    def second_words(self) -> dict[str, str]:
        """The word that must follow a direction that counts only as a pair."""
        return dict(pair.split() for pair in self.paired)

    @cached_property
    def never_objects(self) -> frozenset[str]:
        """Nouns of the lexicon that are not an object of the asset here."""
        listed = self.prices | self.forward | self.directions.keys() | self.stand_ins | self.targets
        return listed | self.extremes.keys() | self.extreme_openers

    @cached_property
    def follows(self) -> frozenset[str]:
        """All that may follow a direction which stands alone."""
        return self.clause_ends | self.after_move

    @cached_property
    def doubts(self) -> dict[tuple[str, ...], str]:
        """The phrases that make a forecast doubtful, and what they do."""
        lists = {
            "“{}” negates": self.negators,
            "“{}” sets a condition": self.conditions,
            "“{}” makes it one of several cases": self.scenarios,
            "“{}” keeps a distance from it": self.distancing,
            "“{}” assumes it": self.assumed,
            "“{}” tells how it mostly was": self.history,
            "“{}” reports what somebody thought or thinks": self.reported,
        }
        return {tuple(phrase.split()): why for why, words in lists.items() for phrase in words}

    @cached_property
    def doubtful(self) -> Phrases:
        """The phrases of ``doubts`` by their first words."""
        return phrases_of(" ".join(words) for words in self.doubts)

    @cached_property
    def conditional(self) -> Phrases:
        """The phrases of ``conditions``."""
        return phrases_of(self.conditions)

    @cached_property
    def invalidation(self) -> Phrases:
        """The words of ``invalidating``."""
        return phrases_of(self.invalidating)

    @cached_property
    def affirming(self) -> frozenset[tuple[str, ...]]:
        """The phrases of ``affirmed``, each as its words."""
        return frozenset(tuple(words.split()) for words in self.affirmed)

    @cached_property
    def framing(self) -> Phrases:
        """The phrases of a heading over forecasts that are not the publisher's."""
        return phrases_of(self.frames | self.scenarios)

    @cached_property
    def denying(self) -> Phrases:
        """The phrases that deny a forecast, each as its words."""
        return phrases_of(self.remark_denials)

    @cached_property
    def taking_back(self) -> Phrases:
        """The phrases with which the next sentence takes a forecast back."""
        return phrases_of(self.remark_denials | self.distancing | self.scenarios | {"did not", "did n't"})

    @cached_property
    def ending(self) -> Phrases:
        """The phrases of ``endings``, each as its words."""
        return phrases_of(self.endings)


def phrases_of(listed: Iterable[str]) -> Phrases:
    """Return phrases by their first words, the longer ones first."""
    phrases: Phrases = {}
    for phrase in sorted(listed, key=len, reverse=True):
        words = tuple(phrase.split())
        phrases.setdefault(words[0], []).append(words)
    return phrases


@cache
def wording() -> Wording:
    """Return the words, read once."""
    return vocabulary.load(Path(__file__).with_name("words.toml"), Wording)
