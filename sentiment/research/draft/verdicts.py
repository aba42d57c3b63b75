"""Direction, target and range of one asset from the moves and prices that a part of a sentence states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sentiment.formatting import number
from sentiment.research.draft.figures import plausible
from sentiment.research.draft.targets import percent_factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentiment.research.draft.directions import Move
    from sentiment.research.draft.sentences import Sentence
    from sentiment.research.draft.targets import Target

_SAME: Final = 0.003  # of the price: no move


class Verdict(NamedTuple):
    """What is expected of an asset's price."""

    direction: Literal["up", "down", "range"]
    target: float | None = None
    floor: float | None = None
    ceiling: float | None = None


_NOT_STORED = "the price of that day, which would tell the direction, is not stored"


def verdict(
    segment: Sentence, moves: Sequence[Move], targets: Sequence[Target], reference: float | None
) -> Verdict | str:
    """Return what a part of a sentence expects of one asset, or why that is unclear.

    Parameters
    ----------
    segment : Sentence
        The part.
    moves, targets : sequence
        The moves and prices stated for the asset.
    reference : float or None
        Its price on the day of publication; None if none is stored.
    """
    signs = {move.sign for move in moves}
    targets = [target for target in targets if plausible(target.figure, reference)]
    kept = [target for target in targets if _keeps(target, reference) and not _passes(target, reference)]
    if reference is None and any(target.may_come for target in kept):
        return _NOT_STORED
    if kept and not (signs and any(target.figure.value is None for target in kept)):
        return _range(kept)
    if len(signs) > 1 or (signs and kept):
        return "it names more than one way"
    values = {target.figure.value for target in targets if target.figure.value is not None}
    if len(values) > 1:
        return "it names more than one price"
    target = values.pop() if values else None
    if not signs and not targets:
        return "no word beside the asset says a direction"
    sides = {side for stated in targets if (side := _side(stated, reference))}
    if not sides and not signs:
        return _NOT_STORED if reference is None else "its price is about that of the day"
    if len(sides | signs) > 1:
        return (
            f"the price it names lies on the other side of that of the day, {number(reference, ',.6g')}"
            if signs
            else "it names more than one way"
        )
    sign = (sides | signs).pop()
    if target is None and moves and reference is not None and not targets:
        factors = {factor for move in moves if (factor := percent_factor(segment, move)) is not None}
        target = float(f"{reference * factors.pop():.6g}") if len(factors) == 1 else None
    return Verdict("up" if sign > 0 else "down", target)


def _keeps(target: Target, reference: float | None) -> bool:
    """Whether the price is to stay where it is: on one side of a level, or between two ends that hold it now."""
    around = (
        reference is not None and target.figure.value is None and target.figure.low < reference < target.figure.high
    )
    return target.keeps or around


def _passes(target: Target, reference: float | None) -> bool:
    """Whether a price that is to stay on one side of a level is on the other one yet, so that it has to move."""
    return (
        reference is not None
        and target.figure.value is not None
        and target.side * (reference - target.figure.value) < 0
    )


def _side(target: Target, reference: float | None) -> int:
    """Return +1 if a target lies above the price of the day, -1 if below, 0 if that is unclear."""
    low, high = target.figure.low, target.figure.high
    if reference is None:
        return target.side or int(target.exceeds)
    if target.side and (low - reference) * target.side < 0:
        return 0  # "above 60,000" at 64,000
    if low > reference * (1 + _SAME):
        return 1
    return -1 if high < reference * (1 - _SAME) else 0


def _range(kept: Sequence[Target]) -> Verdict | str:
    floors = {target.figure.low for target in kept if target.figure.value is None or target.side > 0}
    ceilings = {target.figure.high for target in kept if target.figure.value is None or target.side < 0}
    if len(floors) > 1 or len(ceilings) > 1 or not (floors or ceilings):
        return "it names more than one range"
    floor, ceiling = floors.pop() if floors else None, ceilings.pop() if ceilings else None
    if floor is not None and ceiling is not None and floor >= ceiling:
        return "its range has no room"
    return Verdict("range", None, floor, ceiling)
