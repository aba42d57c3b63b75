"""The prices that a part of a sentence expects: a target, a range that holds, or a level that ends the call."""

from __future__ import annotations

from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.research.draft.directions import Symbols, coordinated, group, subject
from sentiment.research.draft.figures import Figure, figures, percentages
from sentiment.research.draft.wording import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.research.draft.directions import Move
    from sentiment.research.draft.sentences import Sentence

_BACK: Final = 12
_PERCENT_NEAR: Final = 4
_CONDITION: Final = 8  # tokens from "as long as" to a price
_STOP_NEAR: Final = 4  # "stop-loss at $61,000"


class Target(NamedTuple):
    """A price that is expected, of which assets, and how.

    ``side`` is +1 for "above" and -1 for "below" it, 0 for at it; ``keeps`` is whether the price stays on that side, or between
    the two ends of a range; ``exceeds`` is whether the word before it says that it lies above today's;
    ``may_come`` is whether the words fit a price that stays there as well as one that comes there ("trade above").
    """

    figure: Figure
    symbols: Symbols
    side: int = 0
    keeps: bool = False
    exceeds: bool = False
    may_come: bool = False


def targets(segment: Sentence, named_before: Symbols, moves: Sequence[Move] = ()) -> list[Target]:
    """Return the prices that a part of a sentence expects, in text order; `moves` are its words of direction."""
    found = []
    for figure in figures(segment):
        if figure.first not in segment.aside and figure.first not in segment.compared:
            target = _target(segment, figure, named_before, moves)
            if target is not None and not _in_other_money(segment, figure, target.symbols):
                found.append(target)
    return found


def _target(segment: Sentence, figure: Figure, named_before: Symbols, moves: Sequence[Move]) -> Target | None:
    lists, j = wording(), figure.first - 1
    while segment.word(j) in lists.approximate and j not in segment.assets:
        j -= 1
    if segment.word(j) in {"now", "still"} and segment.word(j - 1) in lists.is_forms:  # "our target is now 55,000"
        j -= 1
    if _is_other_price(segment, j, figure) or _is_amount(segment, figure) or _ends_call(segment, figure):
        return None
    if symbols := _named_after(segment, figure, named_before):
        return Target(figure, symbols)
    ranged = figure.value is None and _ranges(segment, figure)
    side = lists.sides.get(segment.word(j), 0)
    if not ranged and segment.word(j) not in lists.sides and not _reached(segment, j, figure):
        return None
    while figure.value is None and segment.word(j) in {"between", "in", "within", "range", "of", "at", "from", ":"}:
        j -= 1
    symbols = _whose(segment, j - bool(side), named_before) or _moved_to(segment, j, moves)
    if not symbols:
        return None
    if figure.value is None:
        return Target(figure, symbols, keeps=ranged)
    keeping = {segment.word(k) for k in range(segment.first, figure.first)}
    bounded = bool(keeping & lists.bounds) and side <= 0
    keeps = bounded or (side != 0 and bool(keeping & lists.stays))
    exceeds = bool(keeping & lists.exceeding) or side > 0
    may_come = keeps and not bounded and keeping & lists.stays <= lists.trading
    return Target(figure, symbols, -1 if bounded else side, keeps, exceeds, may_come)


def _ends_call(segment: Sentence, figure: Figure) -> bool:
    """Whether a price is one that ends the call: "as long as 3,998 holds", "with a close above 25,700 negating the view"."""
    before = segment.words[max(figure.first - _CONDITION, segment.first) : figure.first]
    after = segment.words[figure.last + 1 : min(figure.last + 4, segment.last)]
    conditional = any(pair == ("long", "as") for pair in pairwise(before))
    return conditional or ("with" in before and not wording().invalidating.isdisjoint(after))


def _in_other_money(segment: Sentence, figure: Figure, symbols: Symbols) -> bool:
    """Whether a price is in euros or the like while that of the asset is stored in dollars: "gold at €3,900"."""
    beside = {segment.word(figure.first - 1), segment.word(figure.last + 1)}
    in_dollars = any(symbol.endswith(("-USD", "=F")) or symbol.isalpha() for symbol in symbols)
    return in_dollars and not wording().other_money.isdisjoint(beside)


def _is_other_price(segment: Sentence, j: int, figure: Figure) -> bool:
    """Whether the words right before a price make it a past price, an order or a level."""
    before = [segment.word(k) for k in range(max(j - 2, segment.first), figure.first)]
    if "," in before:
        before = before[before.index(",") :]
    return not wording().other_prices.isdisjoint(before) and "next" not in before


def _is_amount(segment: Sentence, figure: Figure) -> bool:
    """Whether a figure is by how much a price moves: "a range of 900 points", "a rise of $5,000"."""
    lists, k = wording(), figure.first - 1
    while segment.word(k) in lists.approximate - {"of"}:
        k -= 1
    by_how_much = segment.word(k) == "of" and segment.word(k - 1) in lists.ranges | lists.nouns | {"move", "swing"}
    return by_how_much and figure.value is not None


def _named_after(segment: Sentence, figure: Figure, named_before: Symbols) -> Symbols:
    """Return the asset of "$75,000 for bitcoin", or that named before "$1,900 is our target"."""
    k, targets = figure.last + 1, wording().targets
    if not segment.assets and segment.word(k) in wording().is_forms and segment.word(k + 2) in targets:
        return named_before
    if segment.word(k) in {"our", "my"} and segment.word(k + 1) in targets:  # "with $260 my target for June"
        named = tuple(dict.fromkeys(segment.assets.values()))
        return named if len(named) == 1 else named_before if not named else ()
    ours = not wording().own.isdisjoint(segment.words[segment.first : figure.first])
    if ours and segment.word(k) in targets and not segment.assets:  # "we have a $345 target"
        return named_before
    while segment.word(k) in {"dollars", "usd", "price"} | targets or k in segment.days:
        k += 1
    return (segment.assets[k + 1],) if segment.word(k) in {"for", "on"} and k + 1 in segment.assets else ()


def _ranges(segment: Sentence, figure: Figure) -> bool:
    lists = wording()
    near = [
        segment.word(k) for k in range(max(figure.first - _BACK, segment.first), min(figure.last + 3, segment.last))
    ]
    return not lists.ranges.isdisjoint(near) or (not lists.stays.isdisjoint(near) and "between" in near)


def _reached(segment: Sentence, j: int, figure: Figure) -> bool:
    """Whether the word before a price says that it is to be reached, or the asset or a horizon stands right before it."""
    lists = wording()
    if segment.word(j) in lists.reaches or segment.word(j) in lists.targets:
        return True
    if segment.word(j) == "be":  # "will be $250", but not "will be 52 in April"
        return figure.priced or j + 1 < figure.first
    if segment.word(j) == "out" and segment.word(j - 1) in {"take", "takes", "taking"}:
        return True
    if segment.word(j) == "'s" and segment.word(j - 1) in lists.pronouns:  # "it's a $560 stock"
        return segment.word(figure.last + 1) in lists.stand_ins
    if j in segment.assets or j in segment.days:
        return True
    between = range(j + 1, figure.first)
    stands_alone = (
        segment.word(figure.last + 1) in lists.clause_ends | lists.ahead | {"on", "for"}
        or figure.last + 1 in segment.days
    )
    opens = segment.word(j) in {":", ".", ",", "-", "\u2013", ";"} or (segment.word(j) == "and" and j == segment.first)
    return (opens and stands_alone) or any(segment.word(k) in lists.reaches for k in between)


def _whose(segment: Sentence, j: int, named_before: Symbols) -> Symbols:
    """Return the assets whose price is to be at a level, walking back from the word before it."""
    lists = wording()
    symbols = subject(segment, j + 1, named_before)
    if symbols is not None and symbols:
        return symbols
    if symbols is not None and (second := _second_verb(segment, j)):
        return second
    if segment.word(j) in lists.own_verbs and (
        segment.word(j - 1) in lists.own | {"and", "still", "now"} or j == segment.first
    ):
        before = [k for k in segment.assets if k < j]
        return group(segment, max(before))[0] if before else named_before
    ours = not lists.own.isdisjoint(segment.words[segment.first : j])
    goal = lists.targets | ({"view", "call", "figure"} if ours else set())
    if any(segment.word(k) in goal for k in range(segment.first, j + 1)):
        named = list(dict.fromkeys(segment.assets.values()))
        return (named[0],) if len(named) == 1 else named_before if not named else ()
    return named_before if symbols is None else ()


def _second_verb(segment: Sentence, j: int) -> Symbols:
    """Return the subject of "give up its bounce and return to $480" by the verb before "and"; empty if there is none."""
    lists, k = wording(), j
    while segment.is_filler(k) and segment.word(k) != "and":
        k -= 1
    k -= segment.word(k) in lists.reaches | lists.directions.keys() and segment.word(k) != "and"
    return coordinated(segment, k + 1) if segment.word(k) == "and" else ()


def _moved_to(segment: Sentence, j: int, moves: Sequence[Move]) -> Symbols:
    """Return the assets of the move that ends at a price: "find support at 2,000 and recover to 2,400"."""
    move = next(
        (move for move in reversed(moves) if move.last < j or (move.last == j and segment.word(j) != "to")), None
    )
    return move.symbols if move and all(segment.is_filler(k) for k in range(move.last + 1, j)) else ()


def percent_factor(segment: Sentence, move: Move) -> float | None:
    """Return the factor of the price that a move states, 0.9 for "a decline of 10 %"; None if it states none or a range."""
    lists, near = wording(), list[float]()
    if factor := lists.factors.get(segment.word(move.first)):
        return factor
    for k, share in percentages(segment):
        after = {segment.word(j) for j in range(k + 1, min(k + 5, segment.last))}
        if not after.isdisjoint({"chance", "probability", "likelihood", "odds"}):
            continue
        gap = range(move.last + 1, k) if k > move.last else range(k + 2, move.first)
        if len(gap) <= _PERCENT_NEAR and all(
            segment.is_filler(j) or segment.word(j) in {"than", "least", "as", "%", "further"} for j in gap
        ):
            near.append(share)
    if not near and (share := _share_of_value(segment, move)):
        return 1 + move.sign * share
    if len(near) != 1 or isnan(near[0]):  # a range
        return None
    return 1 + move.sign * near[0]


def _share_of_value(segment: Sentence, move: Move) -> float:
    """Return the share of its value that a price loses or gains in words: "another third of its value"; 0 if none is named."""
    for k in range(move.last + 1, min(move.last + 4, segment.last)):
        share = wording().shares.get(segment.word(k), 0.0)
        one = segment.word(k - 1) in {"a", "another", "one"} or segment.word(k) == "half"
        behind = segment.words[k + 1 : k + 4]
        if (
            share
            and one
            and k not in segment.days
            and (behind in (["of", "its", "value"], ["its", "value", segment.word(k + 3)]))
        ):
            return share
        if share and segment.word(k - 1) == "another" and (k + 1 in segment.days or behind[:1] in (["by"], ["."])):
            return share
    return 0.0


def ending_level(sentence: Sentence) -> tuple[float, int] | None:
    """Return the price beyond which a call ends and +1 for above or -1 for below it (0: not said); None if none is named."""
    lists = wording()
    place, word = sentence.phrase(lists.invalidation)
    if place < 0:
        held = [figure for figure in figures(sentence) if _ends_call(sentence, figure) and figure.value is not None]
        return (held[0].low, 0) if len(held) == 1 else None
    found = list[tuple[float, int]]()
    for figure in figures(sentence):
        before = [sentence.word(k) for k in range(max(figure.first - 3, sentence.first), figure.first)]
        side = next((lists.sides[near] for near in before if near in lists.sides), 0)
        ends = 0 < figure.first - place <= _STOP_NEAR if word.startswith("stop") else bool(side)
        if ends and figure.value is not None and figure.first not in sentence.aside:
            found.append((figure.value, side))
    return found[0] if len(found) == 1 else None
