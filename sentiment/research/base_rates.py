"""How often a call like this one came true before: the call decided on every equally long stretch of an asset's past."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from sentiment.frames import CARRY_DAYS, every_day
from sentiment.research.call_rules import Decision, decide

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from sentiment.models import Call
    from sentiment.research.call_rules import Floats


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
        Hits / (hits + misses), None without either; and the mean of close at the end / close at the start - 1, None
        without a complete stretch.
    """
    first = history.index[0].date()
    if (reference_date - first).days < days:
        return None, None
    closes, extremes = stretches(call, history, first, reference_date, days, carried=carried)
    starts = history["close"].reindex(every_day(first, reference_date - timedelta(days=days))).to_numpy(float)
    sessions = history["close"].reindex(every_day(first, reference_date)).notna().to_numpy().cumsum()
    traded = sessions[days:] > sessions[:-days]
    complete = (starts > 0) & ~np.isnan(closes[:, -1]) & traded
    if extremes is not None:
        complete &= ~(~np.isnan(closes) & np.isnan(extremes)).any(axis=1)
    if not complete.any():
        return None, None
    decisions, _ = decide(call, closes[complete], None if extremes is None else extremes[complete])
    hits, misses = int((decisions == Decision.HIT).sum()), int((decisions == Decision.MISS).sum())
    rate = hits / (hits + misses) if hits + misses else None
    return rate, float((closes[complete, -1] - 1).mean())


def stretches(  # noqa: PLR0913 - a call, its bars and which of them
    call: Call, bars: pd.DataFrame, first: date, last: date, days: int, *, carried: bool
) -> tuple[Floats, Floats | None]:
    """Cut bars into all stretches of `days` days from `first` to `last`, each divided by the close at its start.

    Returns
    -------
    (array of shape (stretches, days), array of the same shape or None)
        Closes and extremes as `call_rules.decide` takes them. The close at the end is `carried` over days without a
        session. Extremes are there only where the call's target counts them.
    """
    index = every_day(first, last)
    daily = bars.reindex(index)
    close = daily["close"].to_numpy(float)
    held = daily["close"].ffill(limit=CARRY_DAYS).to_numpy(float) if carried else close

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
