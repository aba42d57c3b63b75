"""How often a call like this one came true before: the call decided on every equally long stretch of an asset's past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sentiment.frames import CARRY_DAYS, every_day
from sentiment.research.call_rules import Decision, PathTable, decide, past

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from sentiment.models import Call
    from sentiment.research.call_rules import Floats, Places


def base_rate(
    call: Call, history: pd.DataFrame, reference_date: date, days: int, *, carried: bool
) -> tuple[float | None, float | None]:
    """Return the share of stretches of `days` days that came out as called, and their mean return.

    Parameters
    ----------
    call : Call
        Its levels as ratios to the reference.
    history : pandas.DataFrame
        The bars that have a close.
    reference_date : date
        The last day of the last stretch.
    days : int
        Calendar days of a stretch.
    carried : bool
        Whether a close stands for days without a session, as on an exchange.

    Returns
    -------
    (float or None, float or None)
        Hits / (hits + misses), None without either; and the mean of close at the end, or at the close that invalidates the
        call, / close at the start - 1, None without a complete stretch.
    """
    first = history.index[0].date()
    if (reference_date - first).days < days:
        return None, None
    paths = stretches(call, history, first, reference_date, days, carried=carried)
    if not len(paths.starts):
        return None, None
    decisions, places = decide(call, paths)
    hits, misses = int((decisions == Decision.HIT).sum()), int((decisions == Decision.MISS).sum())
    rate = hits / (hits + misses) if hits + misses else None
    returns = np.where(decisions == Decision.INVALIDATED, paths.at(places), paths.last) - 1
    return rate, float(returns.mean())


@dataclass(frozen=True, slots=True)
class Stretches:
    """All complete stretches of `days` days of one daily series, decided without a copy of each.

    A stretch needs its last close, a session after its start, and highs or lows wherever it has a close if these count.

    Attributes
    ----------
    closes : array
        One close a day, NaN where there is none.
    held : array
        Closes that a stretch may end with: the same, or carried over days without a session.
    extremes, held_extremes : array or None
        Highs or lows in the same way; None where they do not count.
    starts : array of int
        Places of the closes that the stretches start at.
    days : int
        Days of a stretch.
    """

    closes: Floats
    held: Floats
    extremes: Floats | None
    held_extremes: Floats | None
    starts: Places
    days: int

    @property
    def last(self) -> Floats:
        """Last close of each stretch over its first one."""
        last: Floats = self.held[self.starts + self.days] / self.closes[self.starts]
        return last

    def at(self, places: Places) -> Floats:
        """Return the close of each stretch in the given column over its first one."""
        ends = places >= self.days - 1
        closes = self.closes[np.minimum(self.starts + 1 + places, len(self.closes) - 1)]
        prices: Floats = np.where(ends, self.held[self.starts + self.days], closes) / self.closes[self.starts]
        return prices

    def first(self, side: int, level: float, *, beyond: bool, extremes: bool = False) -> Places:
        """Return the first day at `level` or past it, as in `call_rules.Paths`, in O(n log days) steps.

        The best value of every run of 1, 2, 4... days is compared in place of the days; the longest run first. Dividing
        by the start keeps the order of prices, so each comparison is that of the best day.
        """
        values, ends = (self.extremes, self.held_extremes) if extremes else (self.closes, self.held)
        if values is None or ends is None:
            return self.blind()
        base = self.closes[self.starts]
        places = self.starts + 1
        for size, best in reversed(_runs(values, side, self.days - 1)):
            run = np.minimum(places, len(best) - 1)
            places = np.where(past(best[run] / base, side, level, beyond=beyond), places, places + size)
        first = np.minimum(places - self.starts - 1, self.days - 1)
        at_end = past(ends[self.starts + self.days] / base, side, level, beyond=beyond)
        return np.where((first == self.days - 1) & ~at_end, self.days, first)

    def blind(self) -> Places:
        """Return `days` for every stretch: one with an unknown high or low is not complete."""
        return np.full(len(self.starts), self.days)


def _runs(values: Floats, side: int, days: int) -> list[tuple[int, Floats]]:
    """Return the highest (`side` +1) or lowest value of every run of 1, 2, 4... values, up to `days` in total.

    Each array ends with one value that nothing is past, for runs beyond the last day.
    """
    nothing = -side * np.inf
    best = np.append(np.where(np.isnan(values), nothing, values), nothing)
    better = np.maximum if side > 0 else np.minimum
    runs, size = [], 1
    while days >= size:
        runs.append((size, best))
        later = np.full(len(best), nothing)
        later[: max(0, len(best) - size)] = best[size:]
        best, size = better(best, later), size * 2
    return runs


def stretches(  # noqa: PLR0913 - a call, its bars and which of them
    call: Call, bars: pd.DataFrame, first: date, last: date, days: int, *, carried: bool
) -> Stretches:
    """Find all complete stretches of `days` days from `first` to `last`; with `carried`, a close may be a week old."""
    closes, held, extremes, held_extremes = _daily(call, bars, first, last, carried=carried)
    start, end = closes[: len(closes) - days], held[days:]
    sessions = (~np.isnan(closes)).cumsum()
    complete = (start > 0) & ~np.isnan(end) & (sessions[days:] > sessions[:-days])
    if extremes is not None and held_extremes is not None:
        unknown = np.append(0, (~np.isnan(closes) & np.isnan(extremes)).cumsum())
        complete &= unknown[days:-1] == unknown[1 : len(start) + 1]
        complete &= ~np.isnan(held_extremes[days:])
    return Stretches(closes, held, extremes, held_extremes, np.flatnonzero(complete), days)


def path(call: Call, bars: pd.DataFrame, first: date, last: date, *, carried: bool) -> PathTable:
    """Return the one path from the close of `first` to `last`, divided by that close; see `stretches`."""
    closes, held, extremes, held_extremes = _daily(call, bars, first, last, carried=carried)

    def over_start(values: Floats, ends: Floats) -> Floats:
        path: Floats = np.append(values[1:-1], ends[-1])[None, :] / closes[0]
        return path

    table = over_start(closes, held)
    if extremes is None or held_extremes is None:
        return PathTable(table)
    return PathTable(table, over_start(extremes, held_extremes))


def _daily(
    call: Call, bars: pd.DataFrame, first: date, last: date, *, carried: bool
) -> tuple[Floats, Floats, Floats | None, Floats | None]:
    """Return one close a day, the closes that may end a stretch, and highs or lows in the same way where they count."""
    index = every_day(first, last)
    close = bars["close"].reindex(index)
    closes = close.to_numpy(float)
    held = close.ffill(limit=CARRY_DAYS).to_numpy(float) if carried else closes
    if call.target is None or call.basis == "close":
        return closes, held, None, None
    column = "high" if call.sign > 0 else "low"
    extremes = bars[column].reindex(index).to_numpy(float) if column in bars else np.full(len(index), np.nan)
    return closes, held, extremes, np.where(np.isnan(closes), held, extremes)
