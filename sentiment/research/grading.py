"""Calls graded by later closes.

A grade knows nothing after ``as_of``. It is final: once the horizon has ended, the prices as they were first known decide,
and what a vendor changes later stands beside it. Written here: no library grades dated calls by prices known at an instant.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from sentiment.errors import BarsError, SelectionError, UnknownAssetError
from sentiment.formatting import number, plain_day
from sentiment.frames import CARRY_DAYS, day
from sentiment.market import assets, history
from sentiment.market.bar_store import SAME
from sentiment.models import CallOutcome, Status
from sentiment.research import base_rates, call_clock
from sentiment.research.call_rules import Decision, decide, status
from sentiment.research.chance import chance, volatility

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    import pandas as pd

    from sentiment.models import Call
    from sentiment.research.call_clock import Publication

    Grade = Callable[[Call, Publication, date, datetime | None], CallOutcome]

GRADED = frozenset({Status.HIT, Status.MISS})
ICON = {Status.HIT: "▲", Status.MISS: "✕", Status.PENDING: "○", Status.INVALIDATED: "⊘", Status.UNGRADABLE: "–"}

_FINAL = GRADED | {Status.INVALIDATED}


def grade(call: Call, note: Publication, as_of: date, known_at: datetime | None = None) -> CallOutcome:
    """Grade a call by the closes known at the end of `as_of`, as they were saved at `known_at`.

    Parameters
    ----------
    call : Call
        One of the note's calls.
    note : Publication
        Says when the call was published.
    as_of : date
        Last day (UTC) whose close is used.
    known_at : datetime or None
        Prices as they were saved at that instant; None means now.

    Returns
    -------
    CallOutcome
        Returns are fractions of the reference, without dividends.

    Notes
    -----
    Reference: the first close after publication, at most seven days later. A daily series closes at the end of the UTC
    day. A session of an exchange counts as after publication only if the note came before 15:00 of its local day, since
    the hour of the close is not stored.

    Decision: `call_rules.decide` on the path of closes. On an exchange the last session by the last day decides, at most
    seven days before it; that it was the last is known once there is a close of the last day (of the Friday before, for a
    weekend) or a later one, and until then the call is pending. On a daily series a last day without a close makes the
    call "ungradable".

    Measures: the excursions are the worst (<= 0) and best (>= 0) close on the way for someone who followed the call. All
    measures run to the earlier of `as_of` and the last day, even where the call was decided before.

    Base rate: hits / (hits + misses) over all equally long stretches of the same asset that were complete by the
    reference, levels taken as ratios to it; the base return is the mean return of those stretches, unsigned. On an
    exchange a stretch starts at a session and ends at a close carried for at most seven days. Where a target counts highs
    or lows, only stretches count for which these are known. A stretch that would have been invalidated counts in the base
    return with its return at that close, as the call itself does in ``stopped_return``. A target that the reference has already passed is hit by the
    next close; a base rate near 100% shows it.

    Chance: `chance.chance` from the reference to the last day, with the volatility of the 30 days before.

    Finality: once the horizon has ended, the grade is that of the prices as they were when they first covered it (bundled
    ones were always there), and no later revision changes it. A revision that gives another status, or moves the return
    by more than a millionth of the price, is in ``revised``. A call decided before its horizon ends follows the prices of
    the moment until it does. Splits after publication rescale the call's levels by the vendor's own ratio; a level written
    down on an already restated scale would be rescaled wrongly. A later release that bundles more days replaces what was
    saved.
    """
    try:
        kind, zone = assets.calendar(call.asset, known_at)
    except BarsError as error:  # of this asset alone: other calls are graded
        last_day = call.last_day(note.day)
        return CallOutcome(Status.UNGRADABLE, None, None, last_day, reason=error.brief)
    published, first_day = call_clock.published(note.published, kind, zone)
    try:
        bars = history.bars(call.asset, None, known_at)
    except (UnknownAssetError, SelectionError):
        then = f"no price of {call.asset} was saved by {known_at:%Y-%m-%dT%H:%M:%SZ}" if known_at else ""
        reason = then or f"no prices of {call.asset}"
        return CallOutcome(Status.UNGRADABLE, None, None, call.last_day(first_day), reason=reason)
    current, current_covers = _outcome(call, published, first_day, as_of, bars, kind)
    if as_of < current.last_day:
        return current
    due = call_clock.due(call.last_day(first_day), kind)
    for instant in history.first_known(call.asset, due, due + call_clock.COVERED_WITHIN):
        if known_at is not None and instant > known_at:
            break
        first_bars = history.bars(call.asset, None, instant)
        final, covers = (
            (current, current_covers)
            if first_bars is bars
            else _outcome(call, published, first_day, as_of, first_bars, kind)
        )
        if covers and final.status in _FINAL:
            return replace(final, revised=current) if _differ(final, current) else final
    return current


def _differ(final: CallOutcome, current: CallOutcome) -> bool:
    """Whether two grades differ in status, or their last closes over the reference by more than vendors' noise."""
    if final.status is not current.status or final.forward_return is None or current.forward_return is None:
        return True
    return abs(final.forward_return - current.forward_return) > SAME * (1 + final.forward_return)


def _outcome(  # noqa: PLR0913, PLR0917 - the call, its clock and its prices
    call: Call, published: date, first_day: date, as_of: date, bars: pd.DataFrame, kind: str
) -> tuple[CallOutcome, bool]:
    """Grade a call by one version of the bars; also return whether they cover its horizon."""
    known = bars[bars["close"].notna()].loc[: day(as_of)]
    after = known.loc[day(first_day) :]
    if after.empty:
        last_day = call.last_day(first_day)
        return CallOutcome(Status.PENDING, None, None, last_day, reason="no close since publication"), False
    reference_date, reference = after.index[0].date(), float(after["close"].iloc[0])
    last_day = call.last_day(reference_date)
    days = (last_day - reference_date).days
    if reason := _unmeasurable((reference_date - first_day).days, reference, days):
        return CallOutcome(Status.UNGRADABLE, reference_date, reference, last_day, reason=reason), False
    exchange = kind == "exchange"
    covered = as_of >= last_day and known.index[-1] >= day(call_clock.due(last_day, kind))
    terms = _relative(call, reference * _splits(bars, published))
    path = after.iloc[1:].loc[: day(last_day)]
    table = base_rates.path(terms, after, reference_date, last_day, carried=exchange)
    if not covered or path.empty:
        table.closes[:, -1] = np.nan
    decisions, places = decide(terms, table)
    decision = Decision(int(decisions[0]))
    decided = min(reference_date + timedelta(days=1 + int(places[0])), path.index[-1].date() if len(path) else last_day)
    grade_status, reason = status(call, decision, decided, last_day, as_of)
    waiting = last_day <= as_of <= last_day + timedelta(days=CARRY_DAYS) and exchange and not covered
    if waiting and decision is Decision.UNDECIDED:
        grade_status, reason = Status.PENDING, f"waits for a close of {call.asset} by {plain_day(last_day)} or after"
    rate, mean_return = base_rates.base_rate(terms, known, reference_date, days, carried=exchange)
    moving = volatility(known["close"], reference_date)
    moves = path["close"] / reference
    touched, closed_beyond = _reached(terms, path, reference)
    followed = (moves - 1) * (call.sign or 1)
    outcome = CallOutcome(
        status=grade_status,
        reference_date=reference_date,
        reference=reference,
        last_day=last_day,
        measured_to=path.index[-1].date() if len(path) else None,
        forward_return=float(moves.iloc[-1]) - 1 if len(path) else None,
        max_adverse=min(0.0, float(followed.min())) if len(path) else None,
        max_favourable=max(0.0, float(followed.max())) if len(path) else None,
        share_inside=float(terms.inside(moves.to_numpy()).mean()) if call.direction == "range" and len(path) else None,
        touched=touched,
        closed_beyond=closed_beyond,
        base_rate=rate,
        base_return=mean_return,
        reason=reason,
        stopped_return=_return_on(decided, path, reference) if grade_status is Status.INVALIDATED else None,
        chance=chance(terms, moving, days) if moving else None,
        volatility=moving.daily if moving else None,
    )
    return outcome, covered


def _return_on(decided: date, path: pd.DataFrame, reference: float) -> float:
    return float(path["close"].loc[: day(decided)].iloc[-1]) / reference - 1


def _unmeasurable(waited: int, reference: float, days: int) -> str:
    """Return why nothing can be measured from a first close; empty where it can."""
    if waited > CARRY_DAYS:
        return f"no close in the {CARRY_DAYS} days after publication"
    if reference <= 0:
        return "no return on a price of 0 or less"  # unsaid which: the price may not be ours to pass on
    return "" if days >= 1 else "the first close after publication is that of the last day"


def _relative(call: Call, reference: float) -> Call:
    """Return the call with its levels as ratios to `reference`."""
    names = ("floor", "ceiling", "target", "invalidation")
    levels = {name: getattr(call, name) for name in names}
    return replace(call, **{name: level / reference for name, level in levels.items() if level is not None})


def _splits(bars: pd.DataFrame, published: date) -> float:
    """Return the factor by which splits since publication have lowered the prices of these bars."""
    if "splits" not in bars:
        return 1.0
    later = bars["splits"].loc[day(published + timedelta(days=1)) :]
    return float(np.prod(later[later > 0].to_numpy(float)))


def _reached(call: Call, path: pd.DataFrame, reference: float) -> tuple[date | None, date | None]:
    """First days on which the target was touched (by highs or lows where known), and on which a close was at or beyond it."""
    if call.target is None or path.empty:
        return None, None
    closed = (path["close"] / reference - call.target) * call.sign >= 0
    column = "high" if call.sign > 0 else "low"
    touched = closed | ((path[column] / reference - call.target) * call.sign >= 0) if column in path else closed

    def first(which: pd.Series) -> date | None:
        return path.index[int(which.argmax())].date() if which.any() else None

    return first(touched), first(closed)


def path(call: Call, outcome: CallOutcome, known_at: datetime | None = None) -> pd.Series:
    """Return the closes from a call's reference to the last one it was measured on, as known now or at `known_at`."""
    close = history.bars(call.asset, None, known_at)["close"].dropna()
    if outcome.reference_date is None:
        return close.iloc[:0]
    return close.loc[day(outcome.reference_date) : day(outcome.measured_to or outcome.reference_date)]


def horizon(call: Call) -> Literal["stated", "fixed"]:
    """Whose the horizon is: the publisher's ("stated"), or one of our own standard ones ("fixed")."""
    return "fixed" if call.fixed else "stated"


def brier(call: Call, outcome: CallOutcome) -> float | None:
    """Score a stated probability: (probability - hit)^2, 0 at best; None where none was stated or the call is not graded.

    Source: Brier (1950), "Verification of forecasts expressed in terms of probability", for two classes, halved.
    """
    if call.probability is None or outcome.status not in GRADED:
        return None
    return (call.probability - (outcome.status is Status.HIT)) ** 2


def describe(outcome: CallOutcome) -> str:
    """Describe in a few words how a call stands: status, return so far, worst and best close on the way.

    A grade by revised prices is added where its words or printed return differ; `CallOutcome.revised` has every one.
    """
    words = _brief(outcome)
    if outcome.forward_return is None:
        return f"{outcome.status.value}: {outcome.reason}"
    text = f"{words}, worst {number(outcome.max_adverse, '+.1%')}, best {number(outcome.max_favourable, '+.1%')} for a follower"
    if outcome.share_inside is not None:
        text += f"; {outcome.share_inside:.0%} of the closes inside the range ({outcome.reason})"
    elif outcome.touched is not None or outcome.status is Status.INVALIDATED:
        text += f" ({outcome.reason})"
    if outcome.revised is not None and _brief(outcome.revised) != words:
        text += f"; by prices revised since: {_brief(outcome.revised)}"
    return text


def _brief(outcome: CallOutcome) -> str:
    if outcome.measured_to is None:
        return outcome.status.value
    return f"{outcome.status.value}: {number(outcome.forward_return, '+.1%')} by {plain_day(outcome.measured_to)}"
