"""What became of what a note said: its claims checked on the stored series, its calls graded by later closes.

Both know nothing after their date: a claim is checked with what was there at the end of the note's day, a call is graded
with what was there at ``as_of``. A grade is final: once the horizon has ended, the prices as they were first known decide,
and what a vendor changes later stands beside it.
"""

from __future__ import annotations

import math
import operator
from dataclasses import replace
from datetime import UTC, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

import numpy as np

from sentiment.errors import SelectionError, UnknownAssetError
from sentiment.formatting import number, plain_day
from sentiment.frames import day, every_day
from sentiment.market import assets, history
from sentiment.market.bar_store import SAME
from sentiment.models import Outcome, Row, Status, Verdict

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    import pandas as pd
    from numpy.typing import NDArray

    from sentiment.models import Call, Check, Claim, Note

    Floats = NDArray[np.float64]

AFTERNOON = 15
"""Hour of an exchange from which a note no longer counts as published before that session's close."""
GRACE = 7
"""Days over which a close is carried, and within which a first close after publication must come."""
GRADED = frozenset({Status.HIT, Status.MISS})
_FINAL = GRADED | {Status.INVALIDATED}
_SATURDAY = 5
_FRACTIONS = frozenset({"drawdown", "maximum drawdown", "return", "relative return"})
_COMPARE = {"<": operator.lt, "<=": operator.le, ">=": operator.ge, ">": operator.gt}


class Found(IntEnum):
    """What a path of prices makes of a call."""

    UNDECIDED = 0
    HIT = 1
    MISS = 2
    INVALIDATED = 3
    BLIND = 4  # closes do not reach the target, and whether highs or lows did is not known


ICON = {Status.HIT: "▲", Status.MISS: "✕", Status.PENDING: "●", Status.INVALIDATED: "⊘", Status.UNGRADABLE: "–"}
SIGN = {"true": "✓ true", "false": "✕ false", "not checkable": "– not checkable"}


def settle(call: Call, closes: Floats, extremes: Floats | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Settle a call on paths of prices: the one rule for the call itself and for its base rate.

    Parameters
    ----------
    call : Call
        With its levels as ratios to the reference, as the paths are.
    closes : array of shape (paths, days)
        Closes over the reference, a column a day after it; NaN where there is none. The last column is the close that
        ends the horizon, NaN while it is not known.
    extremes : array of shape (paths, days) or None
        Highs of a call for a rise, lows of one for a fall, in the same way; NaN or None where they are not known.

    Returns
    -------
    (array of int, array of int)
        What was `Found` on each path, and the column that settled it.

    Notes
    -----
    A range is missed at the first close outside. A target is hit at the first close at or beyond it, or with
    ``basis="intraday"`` at the first high or low that touches it; missed when the horizon ends without. A rise or fall
    without a target is judged by the last close; no move is a miss. A close on the wrong side of the invalidation ends
    the call, unless the target was reached by that day. Before an unknown high or low nothing but a hit can be told.
    """
    never = closes.shape[1]
    complete, known = ~np.isnan(closes[:, -1]), ~np.isnan(closes)
    if call.direction == "range":
        low = -math.inf if call.floor is None else call.floor
        high = math.inf if call.ceiling is None else call.ceiling
        left = _first(known & ~((closes >= low) & (closes <= high)))
        found = np.select([left < never, complete], [Found.MISS, Found.HIT], Found.UNDECIDED)
        return found, np.minimum(left, never - 1)
    ended = np.full(len(closes), never)
    if call.invalidation is not None:
        ended = _first((closes - call.invalidation) * call.sign < 0)
    if call.target is None:
        right = (closes[:, -1] - 1) * call.sign > 0
        cases = [ended < never, complete & right, complete]
        found = np.select(cases, [Found.INVALIDATED, Found.HIT, Found.MISS], Found.UNDECIDED)
        return found, np.minimum(ended, never - 1)
    reached, blind = (closes - call.target) * call.sign >= 0, np.full(len(closes), never)
    if call.basis == "intraday":
        touching = np.full_like(closes, np.nan) if extremes is None else extremes
        reached |= (touching - call.target) * call.sign >= 0
        blind = _first(known & np.isnan(touching))
    hit = _first(reached)
    over = (ended < never) | complete
    cases = [(hit < never) & (hit <= ended), over & (blind <= ended) & (blind < never), ended < never, complete]
    found = np.select(cases, [Found.HIT, Found.BLIND, Found.INVALIDATED, Found.MISS], Found.UNDECIDED)
    return found, np.minimum(np.where(found == Found.HIT, hit, ended), never - 1)


def _first(where: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give the first column that is true in each row; the number of columns where none is."""
    places: NDArray[np.int64] = np.where(where.any(axis=1), where.argmax(axis=1), where.shape[1])
    return places


def grade(call: Call, note: Note, as_of: date, known_at: datetime | None = None) -> Outcome:
    """Grade a call by the closes known at the end of `as_of`, as they were saved at `known_at`.

    The reference is the first close after publication, at most seven days later. A daily series closes at the end of the
    UTC day; a session of an exchange counts as after publication only if the note came before 15:00 of its local day, for
    the hour of the close is not stored. On an exchange the last session by the last day settles, at most seven days before
    it; that it was the last is known once a close of the last day (of the Friday before, for a weekend) or a later one is
    there, until then the call is pending. On a daily series a last day without a close is "ungradable".

    How a path of closes is settled says `settle`. Returns are fractions of the reference, without dividends; the
    excursions are the worst (<= 0) and best (>= 0) close on the way for someone who followed the call. All of them are
    measured to the earlier of `as_of` and the last day, also where the call was settled before. The base rate is hits /
    (hits + misses) over all equally long stretches of the same asset that were complete by the reference, levels taken as
    ratios to it; the base return is the mean return of those stretches, unsigned. On an exchange a stretch starts at a
    session and ends at a close carried for at most seven days. Where a target counts highs or lows, only stretches count
    of which they are known. A target that the reference has passed already is hit by the next close: the base rate, near
    100 %, tells.

    Once the horizon has ended, the grade is that of the prices as they were when they first covered it (bundled ones
    were always there), and no later revision changes it; one that gives another status, or moves the return by more than
    a millionth of the price, is in ``revised``. A call settled before its horizon ends follows the prices of then until
    it does. Splits after publication rescale the call's levels by the vendor's own ratio; a level written down on an already
    restated scale would be rescaled wrongly. A later release that bundles more days takes the place of what was saved.
    """
    kind, zone = assets.calendar(call.asset)
    said, since = _published(note, kind, zone)
    try:
        bars = history.bars(call.asset, None, known_at)
    except (UnknownAssetError, SelectionError):
        then = f" was saved by {known_at:%Y-%m-%dT%H:%M:%SZ}" if known_at and history.is_live(call.asset) else ""
        reason = f"no price of {call.asset}{then}" if then else f"no prices of {call.asset}"
        return Outcome(Status.UNGRADABLE, None, None, call.last_day(since), reason=reason)
    seen, reached = _outcome(call, said, since, as_of, bars, kind)
    if as_of < seen.last_day:
        return seen
    due = _due(call.last_day(since), kind)
    for instant in history.first_known(call.asset, due, due + timedelta(days=4 * GRACE)):
        if known_at is not None and instant > known_at:
            break
        first = history.bars(call.asset, None, instant)
        frozen, covered = (seen, reached) if first is bars else _outcome(call, said, since, as_of, first, kind)
        if covered and frozen.status in _FINAL:
            return replace(frozen, revised=seen) if _differ(frozen, seen) else frozen
    return seen


def _published(note: Note, kind: str, zone: tzinfo) -> tuple[date, date]:
    """Give the local day of publication, and the first day whose close counts as after it."""
    moment = note.published.astimezone(zone if kind == "exchange" else UTC)
    late = kind == "exchange" and moment.hour >= AFTERNOON
    return moment.date(), moment.date() + timedelta(days=int(late))


def _due(last_day: date, kind: str) -> date:
    """Day from which a close shows that the last session by `last_day` is behind us; weekends have none."""
    if kind != "exchange":
        return last_day
    return last_day - timedelta(days=max(0, last_day.weekday() - _SATURDAY + 1))


def _differ(frozen: Outcome, seen: Outcome) -> bool:
    """Tell whether two grades differ in status, or their last closes over the reference by more than vendors' noise."""
    if frozen.status is not seen.status or frozen.forward_return is None or seen.forward_return is None:
        return True
    return abs(frozen.forward_return - seen.forward_return) > SAME * (1 + frozen.forward_return)


def _outcome(  # noqa: PLR0913, PLR0917 - the call, its clock and its prices
    call: Call, said: date, since: date, as_of: date, bars: pd.DataFrame, kind: str
) -> tuple[Outcome, bool]:
    """Grade a call by one version of the bars, and say whether they cover its horizon."""
    known = bars[bars["close"].notna()].loc[: day(as_of)]
    after = known.loc[day(since) :]
    if after.empty:
        return Outcome(Status.PENDING, None, None, call.last_day(since), reason="no close since publication"), False
    reference_date, reference = after.index[0].date(), float(after["close"].iloc[0])
    last_day = call.last_day(reference_date)
    days = (last_day - reference_date).days
    if unfit := _unfit((reference_date - since).days, reference, days):
        return Outcome(Status.UNGRADABLE, reference_date, reference, last_day, reason=unfit), False
    covered = as_of >= last_day and known.index[-1] >= day(_due(last_day, kind))
    terms = _relative(call, reference * _splits(bars, said))
    path = after.iloc[1:].loc[: day(last_day)]
    closes, extremes = _stretches(terms, after, reference_date, last_day, days, carried=kind == "exchange")
    if not covered or path.empty:
        closes[:, -1] = np.nan
    found, place = settle(terms, closes, extremes)
    settled = min(reference_date + timedelta(days=1 + int(place[0])), path.index[-1].date() if len(path) else last_day)
    status, reason = _status(call, Found(int(found[0])), settled, last_day, as_of)
    waiting = last_day <= as_of <= last_day + timedelta(days=GRACE) and kind == "exchange" and not covered
    if waiting and found[0] == Found.UNDECIDED:
        status, reason = Status.PENDING, f"waits for a close of {call.asset} by {plain_day(last_day)} or after"
    base_rate, base_return = _base(terms, known, reference_date, days, carried=kind == "exchange")
    moves = path["close"] / reference
    touched, closed_beyond = _reached(terms, path, reference)
    followed = (moves - 1) * (call.sign or 1)
    outcome = Outcome(
        status=status,
        reference_date=reference_date,
        reference=reference,
        last_day=last_day,
        measured_to=path.index[-1].date() if len(path) else None,
        forward_return=float(moves.iloc[-1]) - 1 if len(path) else None,
        max_adverse=min(0.0, float(followed.min())) if len(path) else None,
        max_favourable=max(0.0, float(followed.max())) if len(path) else None,
        share_inside=float(terms.inside(moves).mean()) if call.direction == "range" and len(path) else None,
        touched=touched,
        closed_beyond=closed_beyond,
        base_rate=base_rate,
        base_return=base_return,
        reason=reason,
    )
    return outcome, covered


def _unfit(waited: int, reference: float, days: int) -> str:
    """Say why nothing can be measured from a first close; empty where it can."""
    if waited > GRACE:
        return f"no close in the {GRACE} days after publication"
    if reference <= 0:
        return f"no return on a price of {number(reference, ',.6g')}"
    return "" if days >= 1 else "the first close after publication is that of the last day"


def _relative(call: Call, reference: float) -> Call:
    """Write the call's levels as ratios to its reference."""
    names = ("floor", "ceiling", "target", "invalidation")
    levels = {name: getattr(call, name) for name in names}
    return replace(call, **{name: level / reference for name, level in levels.items() if level is not None})


def _splits(bars: pd.DataFrame, said: date) -> float:
    """Give the factor by which splits since a day have lowered the prices of these bars: levels named then are higher."""
    if "splits" not in bars:
        return 1.0
    later = bars["splits"].loc[day(said + timedelta(days=1)) :]
    return float(np.prod(later[later > 0].to_numpy(float)))


def _stretches(  # noqa: PLR0913 - a call, its bars and which of them
    call: Call, bars: pd.DataFrame, first: date, last: date, days: int, *, carried: bool
) -> tuple[Floats, Floats | None]:
    """Cut bars into all stretches of `days` days from `first` to `last`, over the close at their start.

    A row each, as `settle` wants them; the close at the end is `carried` over days without a session. Highs or lows
    come along where the call's target counts them.
    """
    index = every_day(first, last)
    daily = bars.reindex(index)
    close = daily["close"].to_numpy(float)
    held = daily["close"].ffill(limit=GRACE).to_numpy(float) if carried else close

    def cut(values: Floats, ends: Floats) -> Floats:
        rows = np.lib.stride_tricks.sliding_window_view(values, days + 1) / close[: len(index) - days, None]
        rows[:, -1] = ends[days:] / close[: len(index) - days]
        paths: Floats = rows[:, 1:]
        return paths

    with np.errstate(divide="ignore", invalid="ignore"):
        if call.target is None or call.basis == "close":
            return cut(close, held), None
        column = "high" if call.sign > 0 else "low"
        extreme = daily[column].to_numpy(float) if column in daily else np.full(len(index), np.nan)
        return cut(close, held), cut(extreme, np.where(np.isnan(close), held, extreme))


def _base(
    call: Call, history: pd.DataFrame, reference_date: date, days: int, *, carried: bool
) -> tuple[float | None, float | None]:
    """Give base rate and base return over the stretches of `days` days that ended by the reference; None without any."""
    first = history.index[0].date()
    if (reference_date - first).days < days:
        return None, None
    closes, extremes = _stretches(call, history, first, reference_date, days, carried=carried)
    starts = history["close"].reindex(every_day(first, reference_date - timedelta(days=days))).to_numpy(float)
    sessions = history["close"].reindex(every_day(first, reference_date)).notna().to_numpy().cumsum()
    traded = sessions[days:] > sessions[:-days]
    whole = (starts > 0) & ~np.isnan(closes[:, -1]) & traded
    if extremes is not None:
        whole &= ~(~np.isnan(closes) & np.isnan(extremes)).any(axis=1)
    if not whole.any():
        return None, None
    found, _ = settle(call, closes[whole], None if extremes is None else extremes[whole])
    hits, misses = int((found == Found.HIT).sum()), int((found == Found.MISS).sum())
    rate = hits / (hits + misses) if hits + misses else None
    return rate, float((closes[whole, -1] - 1).mean())


def _reached(call: Call, path: pd.DataFrame, reference: float) -> tuple[date | None, date | None]:
    """First days on which the target was touched, by highs or lows where they are known, and closed at or beyond."""
    if call.target is None or path.empty:
        return None, None
    closed = (path["close"] / reference - call.target) * call.sign >= 0
    column = "high" if call.sign > 0 else "low"
    touched = closed | ((path[column] / reference - call.target) * call.sign >= 0) if column in path else closed

    def first(which: pd.Series) -> date | None:
        return path.index[int(which.argmax())].date() if which.any() else None

    return first(touched), first(closed)


def _status(call: Call, found: Found, settled: date, last_day: date, as_of: date) -> tuple[Status, str]:
    """Say what was found in words."""
    when = plain_day(settled)
    if found is Found.BLIND:
        reason = f"no close reached {number(call.target, ',.6g')}; whether a {'high' if call.sign > 0 else 'low'} did "
        return Status.UNGRADABLE, f"{reason}needs highs and lows, which are not stored for {call.asset}"
    if found is Found.INVALIDATED:
        side = "below" if call.sign > 0 else "above"
        return Status.INVALIDATED, f"closed {side} {number(call.invalidation, ',.6g')} on {when}"
    if found is Found.UNDECIDED:
        if as_of < last_day:
            return Status.PENDING, f"runs until {plain_day(last_day)}"
        return Status.UNGRADABLE, f"no close of {call.asset} on {plain_day(last_day)}"
    status = Status.HIT if found is Found.HIT else Status.MISS
    if call.direction == "range":
        inside = f"every close inside until {plain_day(last_day)}"
        return status, inside if found is Found.HIT else f"first close outside on {when}"
    if call.target is None:
        return status, f"by the close of {when}"
    target = number(call.target, ",.6g")
    return status, f"reached {target} on {when}" if found is Found.HIT else f"{target} not reached by {when}"


def path(call: Call, outcome: Outcome, known_at: datetime | None = None) -> pd.Series:
    """Give the closes from the reference of a call to the last one it was measured on, as prices are known now or at `known_at`."""
    close = history.bars(call.asset, None, known_at)["close"].dropna()
    if outcome.reference_date is None:
        return close.iloc[:0]
    return close.loc[day(outcome.reference_date) : day(outcome.measured_to or outcome.reference_date)]


def horizon(call: Call) -> Literal["stated", "fixed"]:
    """Say whose the horizon is: the publisher's, or one of our own standard ones."""
    return "fixed" if call.fixed else "stated"


def brier(call: Call, outcome: Outcome) -> float | None:
    """Score a stated probability: (probability - hit)^2, 0 at best; None where none was stated or nothing is graded.

    Source: Brier (1950), "Verification of forecasts expressed in terms of probability", for two classes, halved.
    """
    if call.probability is None or outcome.status not in GRADED:
        return None
    return (call.probability - (outcome.status is Status.HIT)) ** 2


def describe(outcome: Outcome) -> str:
    """Say in a few words how a call stands: status, return so far, worst and best close on the way; then any later grade.

    A later grade is told where its words or printed return differ; `Outcome.revised` holds every difference.
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


def _brief(outcome: Outcome) -> str:
    if outcome.measured_to is None:
        return outcome.status.value
    return f"{outcome.status.value}: {number(outcome.forward_return, '+.1%')} by {plain_day(outcome.measured_to)}"


def measured(claim: Claim, verdict: Verdict) -> str:
    """Write what a check measured in the unit of its kind; nothing where nothing was measured."""
    if claim.check is None or verdict.measured is None:
        return ""
    return number(verdict.measured, ".1%" if in_fractions(claim.check) else ".6g")


def in_fractions(rule: Check) -> bool:
    """Tell whether a check measures a fraction; else it is in the unit of its series."""
    return rule.kind in _FRACTIONS


def check(claim: Claim, note: Note, known_at: datetime | None = None) -> Verdict:
    """Check a claim on the stored series up to the end of the note's day, as they were saved at `known_at`.

    The verdict names the series it used and holds the rows that show it. It is "not checkable" where the claim is in words
    only, needs highs and lows that are not stored, or speaks of days without data. That a level was touched is a maximum
    with ">=" (from below) or a minimum with "<=" (from above), by highs and lows where the basis is "intraday".
    """
    rule = claim.check
    if rule is None:
        return Verdict("not checkable", None, note.day, "in words only; no stored series shows it")
    try:
        bars = history.bars(rule.series, note.day, known_at)
        intraday = rule.basis == "intraday" and _has_extremes(rule, bars)
        measured, rows = _measure(rule, bars, note.day, known_at, intraday=intraday)
    except UnknownAssetError:
        missing = rule.series if rule.other is None else f"{rule.series} or {rule.other}"
        return Verdict("not checkable", None, note.day, f"no stored series {missing}")
    except SelectionError as error:
        return Verdict("not checkable", None, note.day, str(error))
    if rule.basis == "intraday" and not intraday:
        shown = "" if measured is None else number(measured, ".1%" if in_fractions(rule) else ",.6g")
        by_closes = f"; by closes alone it would be {shown}" if shown else ""
        return Verdict(
            "not checkable", None, note.day, f"needs highs and lows; {rule.series} has closes only{by_closes}", rows
        )
    if measured is None:
        return Verdict("not checkable", None, note.day, f"bars of {rule.series} do not cover the days it speaks of")
    if rule.operator == "=":
        holds = abs(measured - rule.value) <= rule.tolerance + 1e-12
    else:
        slack = rule.tolerance if rule.operator.startswith("<") else -rule.tolerance
        holds = bool(_COMPARE[rule.operator](measured, rule.value + slack))
    return Verdict(
        "true" if holds else "false",
        measured,
        note.day,
        f"by daily {'highs and lows' if intraday else 'closes'} of {rule.series}",
        rows,
    )


def _has_extremes(rule: Check, bars: pd.DataFrame) -> bool:
    """Tell whether the days that a check speaks of have highs and lows."""
    if not {"high", "low"} <= set(bars):
        return False
    spoken = bars[bars["close"].notna()].loc[day(rule.start or rule.end) : day(rule.end)]
    return bool(spoken[["high", "low"]].notna().all(axis=None))


def _measure(
    rule: Check, bars: pd.DataFrame, known: date, known_at: datetime | None, *, intraday: bool
) -> tuple[float | None, tuple[Row, ...]]:
    """Measure a rule on bars known by then, and name the rows that show it; nothing where they do not cover its days."""
    until = bars[bars["close"].notna()].loc[: day(rule.end)]
    if rule.end > known or until.empty or until.index[-1] != day(rule.end):
        return None, ()
    first = day(rule.start or until.index[0].date())
    window = until.loc[first:]
    if window.index[0] != first:
        return None, ()

    def row(column: str, place: int) -> Row:
        return Row(rule.series, column, until.index[place].date(), float(until[column].iloc[place]))

    last, start = len(until) - 1, len(until) - len(window)
    if rule.kind == "close":
        shown = row("close", last)
        return shown.value, (shown,)
    top, bottom = ("high", "low") if intraday else ("close", "close")
    lows, highs = until[bottom].to_numpy(float), until[top].fillna(until["close"]).to_numpy(float)
    if "drawdown" in rule.kind:
        falls = lows / np.maximum.accumulate(highs) - 1
        trough = start + int(falls[start:].argmin()) if rule.kind == "maximum drawdown" else last
        peak = int(highs[: trough + 1].argmax())
        return float(falls[trough]), (row(top, peak), row(bottom, trough))
    if rule.kind in {"minimum", "maximum"}:
        lowest = rule.kind == "minimum"
        shown = (
            row(bottom, start + int(lows[start:].argmin())) if lowest else row(top, start + int(highs[start:].argmax()))
        )
        return shown.value, (shown,)
    ends = (row("close", start), row("close", last))
    own = ends[1].value / ends[0].value - 1
    if rule.kind == "return":
        return own, ends
    other = history.bars(rule.other or "", known, known_at)["close"].dropna()
    before, after = other.reindex([first, day(rule.end)])
    if math.isnan(after / before):
        return None, ()
    against = (
        Row(rule.other or "", "close", first.date(), float(before)),
        Row(rule.other or "", "close", rule.end, float(after)),
    )
    return own - (float(after / before) - 1), ends + against
