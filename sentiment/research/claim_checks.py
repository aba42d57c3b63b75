"""A note's claims checked on the stored series, with what was known at the end of the note's day."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING

import numpy as np

from sentiment.errors import BarsError, SelectionError, UnknownAssetError
from sentiment.formatting import number
from sentiment.frames import day
from sentiment.market import history
from sentiment.models import CheckResult, Row

if TYPE_CHECKING:
    from datetime import date, datetime

    import pandas as pd

    from sentiment.models import Check, Claim, Note

SIGN = {"true": "✓ true", "false": "✕ false", "not checkable": "– not checkable"}
_FRACTIONS = frozenset({"drawdown", "maximum drawdown", "return", "relative return"})
_COMPARE = {"<": operator.lt, "<=": operator.le, ">=": operator.ge, ">": operator.gt}
_NOISE = 1e-12  # of the arithmetic, so that "=" holds for equal decimals


def check(claim: Claim, note: Note, known_at: datetime | None = None) -> CheckResult:
    """Check a claim on the stored series up to the end of the note's day, as they were saved at `known_at`.

    The result names the series it used and holds the rows that show it. It is "not checkable" where the claim is in words
    only, needs highs and lows that are not stored, or speaks of days without data. That a level was touched is a maximum
    with ">=" (from below) or a minimum with "<=" (from above), by highs and lows where the basis is "intraday".
    """
    rule = claim.check
    if rule is None:
        return CheckResult("not checkable", None, note.day, "in words only; no stored series shows it")
    try:
        bars = history.bars(rule.series, note.day, known_at)
        intraday = rule.basis == "intraday" and _has_extremes(rule, bars)
        value, rows = _measure(rule, bars, note.day, known_at, intraday=intraday)
    except UnknownAssetError:
        missing = rule.series if rule.other is None else f"{rule.series} or {rule.other}"
        return CheckResult("not checkable", None, note.day, f"no stored series {missing}")
    except SelectionError as error:
        return CheckResult("not checkable", None, note.day, str(error))
    except BarsError as error:
        return CheckResult("not checkable", None, note.day, error.brief)
    if rule.basis == "intraday" and not intraday:
        shown = "" if value is None else number(value, ".1%" if in_fractions(rule) else ",.6g")
        by_closes = f"; by closes alone it would be {shown}" if shown else ""
        reason = f"needs highs and lows; {rule.series} has closes only{by_closes}"
        return CheckResult("not checkable", None, note.day, reason, rows)
    if value is None:
        return CheckResult("not checkable", None, note.day, f"bars of {rule.series} do not cover the days it speaks of")
    prices = "highs and lows" if intraday else "closes"
    return CheckResult(
        "true" if _holds(rule, value) else "false", value, note.day, f"by daily {prices} of {rule.series}", rows
    )


def measured(claim: Claim, result: CheckResult) -> str:
    """Format what a check measured in the unit of its kind; empty where nothing was measured."""
    if claim.check is None or result.measured is None:
        return ""
    return number(result.measured, ".1%" if in_fractions(claim.check) else ".6g")


def in_fractions(rule: Check) -> bool:
    """Whether a check measures a fraction; otherwise it is in the unit of its series."""
    return rule.kind in _FRACTIONS


def _holds(rule: Check, value: float) -> bool:
    if rule.operator == "=":
        return abs(value - rule.value) <= rule.tolerance + _NOISE
    slack = rule.tolerance if rule.operator.startswith("<") else -rule.tolerance
    return bool(_COMPARE[rule.operator](value, rule.value + slack))


def _has_extremes(rule: Check, bars: pd.DataFrame) -> bool:
    """Whether the days that a check speaks of have highs and lows."""
    if not {"high", "low"} <= set(bars):
        return False
    spoken = bars[bars["close"].notna()].loc[day(rule.start or rule.end) : day(rule.end)]
    return bool(spoken[["high", "low"]].notna().all(axis=None))


def _measure(
    rule: Check, bars: pd.DataFrame, known: date, known_at: datetime | None, *, intraday: bool
) -> tuple[float | None, tuple[Row, ...]]:
    """Measure a rule on bars known by `known`, with the rows that show it; None where they do not cover its days.

    Raises SelectionError for what no bars can measure: an empty window, or a change from a price of 0 or less.
    """
    if rule.start is not None and rule.start > rule.end:
        raise SelectionError(f"it starts on {rule.start}, after its end on {rule.end}: there is no day to measure")
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
        peaks = np.maximum.accumulate(highs)
        _check_base(rule.series, peaks[start:].min())
        falls = lows / np.where(peaks > 0, peaks, np.nan) - 1
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
    _check_base(rule.series, ends[0].value)
    own = ends[1].value / ends[0].value - 1
    if rule.kind == "return":
        return own, ends
    other = history.bars(rule.other or "", known, known_at)["close"].dropna()
    before, after = other.reindex([first, day(rule.end)])
    if math.isnan(before) or math.isnan(after):
        return None, ()
    _check_base(rule.other or "", before)
    against = (
        Row(rule.other or "", "close", first.date(), float(before)),
        Row(rule.other or "", "close", rule.end, float(after)),
    )
    return own - (float(after / before) - 1), ends + against


def _check_base(series: str, price: float) -> None:
    """Raise SelectionError if a change cannot be measured from this price."""
    if price <= 0:
        raise SelectionError(f"{series} was at {number(price, ',.6g')}, and no change is measured from that")
