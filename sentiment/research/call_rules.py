"""When a path of prices decides a call, and how: the one rule for a call and for its base rate."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from sentiment.formatting import number, plain_day
from sentiment.models import Status

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from sentiment.models import Call

    Floats = NDArray[np.float64]


class Decision(IntEnum):
    """What a path of prices decides about a call."""

    UNDECIDED = 0
    HIT = 1
    MISS = 2
    INVALIDATED = 3
    UNKNOWABLE = 4  # no close reaches the target, and the highs or lows that might have are not stored


def decide(call: Call, closes: Floats, extremes: Floats | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Decide a call on paths of prices.

    Parameters
    ----------
    call : Call
        Its levels as ratios to the reference, like the paths.
    closes : array of shape (paths, days)
        Closes over the reference, one column a day, starting the day after it; NaN where there is none. The last column
        is the close that ends the horizon, NaN while it is not known.
    extremes : array of shape (paths, days) or None
        Highs for an up call, lows for a down call, over the reference; NaN or None where not known.

    Returns
    -------
    (array of int, array of int)
        The `Decision` on each path, and the column that decided it.

    Notes
    -----
    A range is missed at the first close outside it. A target is hit at the first close at or beyond it, or with
    ``basis="intraday"`` at the first high or low that touches it, and missed when the horizon ends without one. An up or
    down call without a target is judged by the last close; no move is a miss. A close on the wrong side of the
    invalidation ends the call, unless the target was reached by that day. After an unknown high or low, only a hit can
    still be decided.
    """
    days = closes.shape[1]
    complete, known = ~np.isnan(closes[:, -1]), ~np.isnan(closes)
    if call.direction == "range":
        low = -math.inf if call.floor is None else call.floor
        high = math.inf if call.ceiling is None else call.ceiling
        left = _first(known & ~((closes >= low) & (closes <= high)))
        decisions = np.select([left < days, complete], [Decision.MISS, Decision.HIT], Decision.UNDECIDED)
        return decisions, np.minimum(left, days - 1)
    ended = np.full(len(closes), days)
    if call.invalidation is not None:
        ended = _first((closes - call.invalidation) * call.sign < 0)
    if call.target is None:
        right = (closes[:, -1] - 1) * call.sign > 0
        cases = [ended < days, complete & right, complete]
        decisions = np.select(cases, [Decision.INVALIDATED, Decision.HIT, Decision.MISS], Decision.UNDECIDED)
        return decisions, np.minimum(ended, days - 1)
    reached, blind = (closes - call.target) * call.sign >= 0, np.full(len(closes), days)
    if call.basis == "intraday":
        touching = np.full_like(closes, np.nan) if extremes is None else extremes
        reached |= (touching - call.target) * call.sign >= 0
        blind = _first(known & np.isnan(touching))
    hit = _first(reached)
    over = (ended < days) | complete
    cases = [(hit < days) & (hit <= ended), over & (blind <= ended) & (blind < days), ended < days, complete]
    choices = [Decision.HIT, Decision.UNKNOWABLE, Decision.INVALIDATED, Decision.MISS]
    decisions = np.select(cases, choices, Decision.UNDECIDED)
    return decisions, np.minimum(np.where(decisions == Decision.HIT, hit, ended), days - 1)


def _first(where: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first true column of each row; the number of columns where none is true."""
    places: NDArray[np.int64] = np.where(where.any(axis=1), where.argmax(axis=1), where.shape[1])
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
    if call.direction == "range":
        return grade, f"every close inside until {plain_day(last_day)}" if hit else f"first close outside on {when}"
    if call.target is None:
        return grade, f"by the close of {when}"
    target = number(call.target, ",.6g")
    return grade, f"reached {target} on {when}" if hit else f"{target} not reached by {when}"
