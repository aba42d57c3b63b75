"""What became of what a note said: its claims checked on the stored series, its calls graded by later closes.

Both know nothing after their date: a claim is checked with what was there at the end of the note's day, a call is graded
with what was there at ``as_of``.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING

from sentiment import market
from sentiment.errors import UnknownAssetError
from sentiment.frames import day
from sentiment.models import Outcome, Status, Verdict
from sentiment.words import number, plain_day

if TYPE_CHECKING:
    from datetime import date, datetime

    import pandas as pd

    from sentiment.models import Call, Check, Claim, Note

_FRACTIONS = frozenset({"drawdown", "maximum drawdown", "return", "relative return"})
_COMPARE = {"<": operator.lt, "<=": operator.le, ">=": operator.ge, ">": operator.gt}


def grade(call: Call, note: Note, as_of: date, known_at: datetime | None = None) -> Outcome:
    """Grade a call by the closes known at the end of `as_of`, as they were saved at `known_at`.

    The reference is the first close after publication. A direction is judged by the close of the last day; a range is
    missed at the first close outside it. Returns are fractions of the reference; the excursions are the worst (<= 0) and
    best (>= 0) close on the way for someone who followed the call. The base rate is the share of equally long stretches of
    the same asset, complete before the reference, that came out as the call says.
    """
    try:
        close = market.bars(call.asset, as_of, known_at)["close"].dropna()
    except UnknownAssetError:
        return Outcome(Status.UNGRADABLE, None, None, call.last_day(note.day), reason=f"no prices of {call.asset}")
    after = close.loc[day(note.day) :]
    if after.empty:
        return Outcome(Status.PENDING, None, None, call.last_day(note.day), reason="no close since publication")
    reference_date, reference = after.index[0].date(), float(after.iloc[0])
    last_day = call.last_day(reference_date)
    path = after.iloc[1:].loc[: day(last_day)]
    status, reason = _status(call, path, reference, last_day, as_of)
    moves = path / reference - 1
    followed = moves * (call.sign or 1)
    return Outcome(
        status=status,
        reference_date=reference_date,
        reference=reference,
        last_day=last_day,
        measured_to=path.index[-1].date() if len(path) else None,
        forward_return=float(moves.iloc[-1]) if len(path) else None,
        max_adverse=min(0.0, float(followed.min())) if len(path) else None,
        max_favourable=max(0.0, float(followed.max())) if len(path) else None,
        share_inside=float(call.inside(path).mean()) if call.direction == "range" and len(path) else None,
        base_rate=_base_rate(call, close.loc[: day(reference_date)], reference, (last_day - reference_date).days),
        reason=reason,
    )


def _status(call: Call, path: pd.Series, reference: float, last_day: date, as_of: date) -> tuple[Status, str]:
    if call.direction == "range":
        outside = path[~call.inside(path)]
        if len(outside):
            return Status.MISS, f"first close outside on {plain_day(outside.index[0])}"
    if as_of < last_day:
        return Status.PENDING, f"runs until {plain_day(last_day)}"
    if path.empty or path.index[-1] != day(last_day):
        return Status.UNGRADABLE, f"no close of {call.asset} on {plain_day(last_day)}"
    if call.direction == "range":
        return Status.HIT, f"every close inside until {plain_day(last_day)}"
    moved = float(path.iloc[-1]) - reference
    return (Status.HIT if moved * call.sign > 0 else Status.MISS), f"by the close of {plain_day(last_day)}"


def _base_rate(call: Call, history: pd.Series, reference: float, days: int) -> float | None:
    """Share of stretches of `days` days that ended by the reference and came out as called; None without any."""
    if days < 1 or len(history) <= days:
        return None
    start, end = history.iloc[:-days], history.iloc[days:]
    if call.direction != "range":
        return float(((end.to_numpy() - start.to_numpy()) * call.sign > 0).mean())
    lowest = history.rolling(days).min().iloc[days:].to_numpy() / start.to_numpy()
    highest = history.rolling(days).max().iloc[days:].to_numpy() / start.to_numpy()
    floor = -float("inf") if call.floor is None else call.floor / reference
    ceiling = float("inf") if call.ceiling is None else call.ceiling / reference
    return float(((lowest >= floor) & (highest <= ceiling)).mean())


def describe(outcome: Outcome) -> str:
    """Say in a few words how a call stands: status, return so far, worst and best close on the way."""
    words = outcome.status.value
    if outcome.forward_return is None or outcome.measured_to is None:
        return f"{words}: {outcome.reason}"
    text = (
        f"{words}: {number(outcome.forward_return, '+.1%')} by {plain_day(outcome.measured_to)}, "
        f"worst {number(outcome.max_adverse, '+.1%')}, best {number(outcome.max_favourable, '+.1%')} for a follower"
    )
    if outcome.share_inside is not None:
        text += f"; {outcome.share_inside:.0%} of the closes inside the range ({outcome.reason})"
    return text


def measured(claim: Claim, verdict: Verdict) -> str:
    """Write what a check measured in the unit of its kind; nothing where nothing was measured."""
    if claim.check is None or verdict.measured is None:
        return ""
    return number(verdict.measured, ".1%" if claim.check.kind in _FRACTIONS else ".6g")


def check(claim: Claim, note: Note, known_at: datetime | None = None) -> Verdict:
    """Check a claim on the stored series up to the end of the note's day, as they were saved at `known_at`.

    The verdict names the series it used. It is "not checkable" where the claim is in words only, needs highs and lows that
    are not stored, or speaks of days without data.
    """
    rule = claim.check
    if rule is None:
        return Verdict("not checkable", None, note.day, "in words only; no stored series shows it")
    try:
        bars = market.bars(rule.series, note.day, known_at)
    except UnknownAssetError:
        return Verdict("not checkable", None, note.day, f"no stored series {rule.series}")
    intraday = rule.basis == "intraday"
    if intraday and not {"high", "low"} <= set(bars):
        measured = _measure(rule, bars, note.day, known_at)
        by_closes = "" if measured is None else f"; by closes alone it would be {number(measured, '.1%')}"
        return Verdict(
            "not checkable", None, note.day, f"needs highs and lows; {rule.series} has closes only{by_closes}"
        )
    measured = _measure(rule, bars, note.day, known_at)
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
    )


def _measure(rule: Check, bars: pd.DataFrame, known: date, known_at: datetime | None) -> float | None:
    """Measure a rule on bars known by then; by lows against highs where the rule asks for them and they are there."""
    intraday = rule.basis == "intraday" and {"high", "low"} <= set(bars)
    close = bars["close"].dropna()
    until = close.loc[: day(rule.end)]
    if rule.end > known or until.empty or until.index[-1] != day(rule.end):
        return None
    last = float(until.iloc[-1])
    if rule.kind == "close":
        return last
    first = day(rule.start or until.index[0].date())
    window = until.loc[first:]
    if window.index[0] != first:
        return None
    if "drawdown" in rule.kind:
        highs = bars["high"].loc[until.index].cummax() if intraday else until.cummax()
        lows = bars["low"].loc[until.index] if intraday else until
        falls = (lows / highs - 1).loc[first:]
        return float(falls.min() if rule.kind == "maximum drawdown" else falls.iloc[-1])
    if rule.kind in {"minimum", "maximum"}:
        return float(window.min() if rule.kind == "minimum" else window.max())
    own = last / float(window.iloc[0]) - 1
    if rule.kind == "return":
        return own
    other = market.bars(rule.other or "", known, known_at)["close"].dropna()
    before, after = other.reindex([first, day(rule.end)])
    return None if math.isnan(after / before) else own - (float(after / before) - 1)
