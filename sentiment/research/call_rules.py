"""When a path of prices decides a call, and how: the one rule for a call and for its base rate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sentiment.formatting import number, plain_day
from sentiment.models import Status

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from sentiment.models import Call

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]


class Decision(IntEnum):
    """What a path of prices decides about a call."""

    UNDECIDED = 0
    HIT = 1
    MISS = 2
    INVALIDATED = 3
    UNKNOWABLE = 4  # no close reaches the target, and the highs or lows that might have are not stored


class Paths(Protocol):
    """Paths of prices over the close they start at, one value a day, starting the day after it."""

    @property
    def days(self) -> int:
        """Days of each path; the last one ends the horizon."""

    @property
    def last(self) -> Floats:
        """Last close of each path, NaN while it is not known."""

    def first(self, side: int, level: float, *, beyond: bool, extremes: bool = False) -> Places:
        """Return the first place at `level` or on that side of it, or only `beyond` it; `days` where there is none.

        `side` is +1 for above and -1 for below; `extremes` looks at highs or lows instead of closes.
        """

    def blind(self) -> Places:
        """Return the first place with a close whose high or low is not known; `days` where there is none."""


@dataclass(frozen=True, slots=True)
class PathTable:
    """A few paths, as arrays of shape (paths, days); NaN where there is no price."""

    closes: Floats
    extremes: Floats | None = None

    @property
    def days(self) -> int:
        """Number of columns."""
        return int(self.closes.shape[1])

    @property
    def last(self) -> Floats:
        """Last column of the closes."""
        closes: Floats = self.closes[:, -1]
        return closes

    def first(self, side: int, level: float, *, beyond: bool, extremes: bool = False) -> Places:
        """Return the first column at `level` or past it, as in `Paths`."""
        values = self.extremes if extremes else self.closes
        if values is None:
            return np.full(len(self.closes), self.days)
        return _first(past(values, side, level, beyond=beyond))

    def blind(self) -> Places:
        """Return the first column with a close and no extreme, as in `Paths`."""
        unknown = True if self.extremes is None else np.isnan(self.extremes)
        return _first(~np.isnan(self.closes) & unknown)


def past(values: Floats, side: int, level: float, *, beyond: bool) -> NDArray[np.bool_]:
    """Return whether values are at `level` or on that side of it, or only `beyond` it; False for NaN."""
    distance = (values - level) * side
    reached: NDArray[np.bool_] = distance > 0 if beyond else distance >= 0
    return reached


def decide(call: Call, paths: Paths) -> tuple[Places, Places]:
    """Decide a call on paths of prices.

    Parameters
    ----------
    call : Call
        Its levels as ratios to the reference, like the paths.
    paths : Paths
        Closes and, for a target that counts them, highs for an up call and lows for a down call.

    Returns
    -------
    (array of int, array of int)
        The `Decision` on each path, and the column that decided it.

    Notes
    -----
    A range is missed at the first close outside it; with ``at_end`` the last close alone decides. A target is hit at the first close at or beyond it, or with
    ``basis="intraday"`` at the first high or low that touches it, and missed when the horizon ends without one. An up or
    down call without a target is judged by the last close; no move is a miss. A close on the wrong side of the
    invalidation ends the call, unless the target was reached by that day. After an unknown high or low, only a hit can
    still be decided.
    """
    days, complete = paths.days, ~np.isnan(paths.last)
    never = np.full(len(complete), days)
    if call.direction == "range" and call.at_end:
        inside = ~_outside(call, paths.last)
        return np.select([complete & inside, complete], [Decision.HIT, Decision.MISS], Decision.UNDECIDED), never - 1
    if call.direction == "range":
        fallen = never if call.floor is None else paths.first(-1, call.floor, beyond=True)
        risen = never if call.ceiling is None else paths.first(1, call.ceiling, beyond=True)
        left = np.minimum(fallen, risen)
        decisions = np.select([left < days, complete], [Decision.MISS, Decision.HIT], Decision.UNDECIDED)
        return decisions, np.minimum(left, days - 1)
    ended = never if call.invalidation is None else paths.first(-call.sign, call.invalidation, beyond=True)
    if call.target is None:
        right = (paths.last - 1) * call.sign > 0
        cases = [ended < days, complete & right, complete]
        decisions = np.select(cases, [Decision.INVALIDATED, Decision.HIT, Decision.MISS], Decision.UNDECIDED)
        return decisions, np.minimum(ended, days - 1)
    hit, blind = paths.first(call.sign, call.target, beyond=False), never
    if call.basis == "intraday":
        hit = np.minimum(hit, paths.first(call.sign, call.target, beyond=False, extremes=True))
        blind = paths.blind()
    over = (ended < days) | complete
    cases = [(hit < days) & (hit <= ended), over & (blind <= ended) & (blind < days), ended < days, complete]
    choices = [Decision.HIT, Decision.UNKNOWABLE, Decision.INVALIDATED, Decision.MISS]
    decisions = np.select(cases, choices, Decision.UNDECIDED)
    return decisions, np.minimum(np.where(decisions == Decision.HIT, hit, ended), days - 1)


def _outside(call: Call, values: Floats) -> NDArray[np.bool_]:
    """Return whether values lie outside the range of a call; False for NaN."""
    outside = np.zeros(len(values), dtype=bool)
    if call.floor is not None:
        outside |= past(values, -1, call.floor, beyond=True)
    if call.ceiling is not None:
        outside |= past(values, 1, call.ceiling, beyond=True)
    return outside


def _first(where: NDArray[np.bool_]) -> Places:
    """Return the first true column of each row; the number of columns where none is true."""
    places: Places = np.where(where.any(axis=1), where.argmax(axis=1), where.shape[1])
    return places


def status(call: Call, decision: Decision, decided: date, last_day: date, as_of: date) -> tuple[Status, str]:
    """Return the status of a call as decided on the day `decided`, and the reason in words."""
    when = plain_day(decided)
    if decision is Decision.UNKNOWABLE:
        reason = f"no close reached {number(call.target, ',.6g')}; whether a {'high' if call.sign > 0 else 'low'} did "
        return Status.UNGRADABLE, f"{reason}needs highs and lows, which are not stored for {call.asset}"
    if decision is Decision.INVALIDATED:
        side = "below" if call.sign > 0 else "above"
        return Status.INVALIDATED, f"closed {side} {number(call.invalidation, ',.6g')} on {when}"
    if decision is Decision.UNDECIDED:
        if as_of < last_day:
            return Status.PENDING, f"runs until {plain_day(last_day)}"
        return Status.UNGRADABLE, f"no close of {call.asset} on {plain_day(last_day)}"
    hit = decision is Decision.HIT
    grade = Status.HIT if hit else Status.MISS
    if call.at_end:
        return grade, f"the close of {when} was {'' if hit else 'not '}{_range_words(call)}"
    if call.direction == "range":
        return grade, f"every close inside until {plain_day(last_day)}" if hit else f"first close outside on {when}"
    if call.target is None:
        return grade, f"by the close of {when}"
    target = number(call.target, ",.6g")
    return grade, f"reached {target} on {when}" if hit else f"{target} not reached by {when}"


def _range_words(call: Call) -> str:
    if call.ceiling is None:
        return f"{number(call.floor, ',.6g')} or more"
    if call.floor is None:
        return f"{number(call.ceiling, ',.6g')} or less"
    return f"from {number(call.floor, ',.6g')} to {number(call.ceiling, ',.6g')}"
