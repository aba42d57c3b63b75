"""Evidence: forward returns by label against the base rate, with intervals that allow for overlapping windows.

The label of day d is known at the close of d, and its forward return runs from that close. Callers cut everything at ``as_of``;
a window that was not complete by then does not count.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sentiment.errors import SelectionError
from sentiment.frames import day, every_day
from sentiment.scoring.measures import forward_lows, forward_returns
from sentiment.validation.turns import joint_multiple, turned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

HORIZONS = (7, 30, 90, 180)
MIN_EPISODES = 10
"""Separate episodes that a row needs to be judged."""
# Bitcoin's halvings: fixed years ahead, so not chosen after seeing the returns. Each era has about one rise and one fall.
HALVINGS = (date(2012, 11, 28), date(2016, 7, 9), date(2020, 5, 11), date(2024, 4, 20))

COLUMNS = [
    *("label", "horizon", "days", "episodes", "mean", "median", "hit_rate", "base_rate", "base_mean", "excess"),
    *("lower", "upper", "joint_lower", "joint_upper", "first_half", "second_half", "worst_median", "worst"),
    *("cells", "standard_error", "critical"),
]


def bands(score: pd.Series, edges: Sequence[float]) -> pd.Series:
    """Label each day by the band of its score; a band includes its upper edge ("24 or less").

    Returns
    -------
    pandas.Series
        Ordered categories from the lowest to the highest band; NaN where the score is.

    Raises
    ------
    SelectionError
        If there is no edge or edges do not rise.
    """
    if not len(edges) or (np.diff(edges) <= 0).any():
        raise SelectionError(f"the edges of bands must rise; they are: {', '.join(map(str, edges)) or 'none'}")
    inner = [f"above {low:g} to {high:g}" for low, high in pairwise(edges)]
    names = [f"{edges[0]:g} or less", *inner, f"above {edges[-1]:g}"]
    return pd.cut(score, [-np.inf, *edges, np.inf], labels=names)


def evidence_table(close: pd.Series, labels: pd.Series, horizons: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """Compare the forward returns of each label with those of all labelled days.

    Intervals come from all turns of the labels (`turns.turned`): the excess of a label is its slope in a regression on the label's
    days, times the share of the other days. docs/method.md has how often they hold.

    Parameters
    ----------
    close : pandas.Series
        Daily closes > 0, NaN where unknown.
    labels : pandas.Series
        Text or ordered categories on UTC days; NaN days are in no group and not in the base.
    horizons : sequence of int
        Calendar days ahead.

    Returns
    -------
    pandas.DataFrame
        A row a label and horizon. ``days`` and ``episodes`` with a complete window (runs of days less than a horizon apart
        are one episode). Fractions of the close: ``mean``, ``median``, ``base_mean``, ``excess`` (mean - base mean),
        ``lower`` and ``upper`` (95%: excess -+ ``critical`` x ``standard_error``), ``joint_lower`` and ``joint_upper`` (95% for
        all judged rows at once, ``cells`` of them; if none is judged, for all rows), ``first_half`` and ``second_half``
        (excess over the base of that half, windows inside it), ``worst_median`` and ``worst`` (lowest close within the
        window, <= 0). Shares of days with a return > 0: ``hit_rate``, ``base_rate``. NaN where there is no such day.

    Raises
    ------
    SelectionError
        If a horizon is shorter than a day.
    """
    if min(horizons, default=1) < 1:
        raise SelectionError(f"a horizon is at least one day; asked for: {', '.join(map(str, horizons))}")
    known = labels.dropna()
    if known.empty or not horizons:
        return pd.DataFrame(columns=COLUMNS)
    return _jointly([_measure(close, _readings(known), known, horizons)])[COLUMNS]


def evidence_by_era(
    close: pd.Series, labels: pd.Series, horizons: Sequence[int] = HORIZONS, *, starts: Sequence[date] = HALVINGS
) -> pd.DataFrame:
    """Return the evidence of each era, against the base rate of the era; windows end inside their era.

    Labels are turned round the circle of the whole history, while only the returns of the era count: an era alone has too few
    turns. The joint intervals hold for all judged rows of all eras at once: whoever looks at every era sees the luckiest of them.

    Parameters
    ----------
    starts : sequence of date
        First day of each era but the earliest, rising. The other parameters are those of `evidence_table`.

    Returns
    -------
    pandas.DataFrame
        ``era`` (its first and last labelled day) and the columns of `evidence_table`. Eras without a label are left out.
    """
    known = labels.dropna()
    if known.empty or not horizons:
        return pd.DataFrame(columns=["era", *COLUMNS])
    edges = [day(first) for first in (date.min, *starts, date.max)]
    readings, parts = _readings(known), []
    for begin, end in pairwise(edges):
        own = known[(known.index >= begin) & (known.index < end)]
        if not own.empty:
            part = _measure(close[close.index < end], readings, own, horizons)
            part.rows["era"] = f"{own.index[0]:%Y-%m-%d} to {own.index[-1]:%Y-%m-%d}"
            parts.append(part)
    return _jointly(parts)[["era", *COLUMNS]]


class _Measured(NamedTuple):
    """Rows with their own intervals, and the t of all turns, a column a row."""

    rows: pd.DataFrame
    t: NDArray[np.float64]


def _readings(known: pd.Series) -> pd.DataFrame:
    """Return a column a label, in order, and a row a calendar day: 1 where the day has it, 0 where another, NaN without any."""
    index = every_day(known.index[0], known.index[-1])
    groups = [*known.cat.categories] if isinstance(known.dtype, pd.CategoricalDtype) else sorted(known.unique())
    return pd.DataFrame(
        {group: (known == group).astype(float).reindex(index) for group in groups if (known == group).any()}
    )


def _measure(close: pd.Series, readings: pd.DataFrame, own: pd.Series, horizons: Sequence[int]) -> _Measured:
    """Measure the labels of the days `own`, while `readings` turn as a whole."""
    span = readings.index.slice_indexer(own.index[0], own.index[-1])
    labelled = readings.iloc[span].notna().all(axis=1)
    groups = [(place, group) for place, group in enumerate(readings) if (own == group).any()]
    signals = readings.to_numpy(float)
    rows, sizes = [], []
    for horizon in horizons:
        ahead = forward_returns(close, horizon).reindex(labelled.index).where(labelled)
        lows = forward_lows(close, horizon).reindex(labelled.index).to_numpy(float)
        turns = turned(ahead.reindex(readings.index).to_numpy(float), signals, horizon)
        forward = ahead.to_numpy(float)
        for place, group in groups:
            member = signals[span, place] == 1
            cell = _cell(forward, lows, member, horizon)
            others = 1 - cell["days"] / max(1, np.isfinite(forward).sum())
            error = {
                "standard_error": others * turns.error[place] if others else 0.0,
                "critical": turns.critical[place],
            }
            rows.append({"label": str(group), "horizon": horizon, **cell, **error})
            sizes.append(turns.t[:, place])
    order = sorted(range(len(rows)), key=lambda row: (row % len(groups), rows[row]["horizon"]))
    return _Measured(pd.DataFrame([rows[row] for row in order]), np.column_stack(sizes)[:, order])


def _cell(forward: NDArray[np.float64], lows: NDArray[np.float64], member: Mask, horizon: int) -> dict[str, float]:
    """Return one row of the table, for the days of one label; `forward` is NaN on days that do not count."""
    known = np.isfinite(forward)
    own, base = forward[known & member], forward[known]
    place = np.arange(len(forward))
    middle = len(forward) // 2
    halves = (known & (place + horizon < middle), known & (place >= middle))
    first, second = (_mean(forward[half & member]) - _mean(forward[half]) for half in halves)
    worst = lows[known & member & np.isfinite(lows)]
    return {
        "days": own.size,
        "episodes": _episodes(place[known & member], horizon),
        "mean": _mean(own),
        "median": float(np.median(own)) if own.size else np.nan,
        "hit_rate": _mean(own > 0),
        "base_rate": _mean(base > 0),
        "base_mean": _mean(base),
        "excess": _mean(own) - _mean(base),
        "first_half": first,
        "second_half": second,
        "worst_median": float(np.median(worst)) if worst.size else np.nan,
        "worst": float(worst.min()) if worst.size else np.nan,
    }


def _mean(values: NDArray[np.float64] | Mask) -> float:
    return float(values.mean()) if values.size else np.nan


def _episodes(place: NDArray[np.int64], horizon: int) -> int:
    """Count runs of days; runs less than a horizon apart count as one."""
    return int(place.size > 0) + int((np.diff(place) >= max(horizon, 2)).sum())


def _jointly(parts: Sequence[_Measured]) -> pd.DataFrame:
    """Add the plain intervals, and those that hold for all judged rows at once.

    Rounded, so that a label of every day has an excess of exactly zero, and every machine the same digits.
    """
    frame = pd.concat([part.rows for part in parts], ignore_index=True)
    judged = (frame["episodes"] >= MIN_EPISODES).to_numpy()
    together = judged if judged.any() else np.full(len(frame), fill_value=True)
    reach = frame["critical"] * frame["standard_error"]
    stretched = reach * joint_multiple(
        np.hstack([part.t for part in parts])[:, together], frame["critical"].to_numpy()[together]
    )
    excess = frame["excess"]
    frame = frame.assign(
        lower=excess - reach,
        upper=excess + reach,
        joint_lower=excess - stretched,
        joint_upper=excess + stretched,
        cells=int(together.sum()),
    )
    rounded = ["excess", "standard_error", "lower", "upper", "joint_lower", "joint_upper", "first_half", "second_half"]
    return frame.assign(**frame[rounded].round(12), critical=frame["critical"].round(9))
