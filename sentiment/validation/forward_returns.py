"""Evidence: forward returns by label against the base rate, with intervals that allow for overlapping windows.

The label of day d is known at the close of d, and its forward return runs from that close. Callers cut everything at ``as_of``;
a window that was not complete by then does not count.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.errors import SelectionError
from sentiment.frames import day, every_day
from sentiment.models import SEED
from sentiment.scoring.measures import forward_lows, forward_returns
from sentiment.validation import bootstrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

HORIZONS = (7, 30, 90, 180)
# Bitcoin's halvings: fixed years ahead, so not chosen after seeing the returns. Each era has about one rise and one fall.
HALVINGS = (date(2012, 11, 28), date(2016, 7, 9), date(2020, 5, 11), date(2024, 4, 20))

COLUMNS = [
    *("label", "horizon", "days", "episodes", "mean", "median", "hit_rate", "base_rate", "base_mean", "excess"),
    *("lower", "upper", "joint_lower", "joint_upper", "first_half", "second_half", "worst_median", "worst"),
    *("cells", "mean_block"),
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


def evidence_table(  # noqa: PLR0913 - two series, and what a link carries to reproduce the figures
    close: pd.Series,
    labels: pd.Series,
    horizons: Sequence[int] = HORIZONS,
    *,
    resamples: int = 2000,
    mean_block: float = 90,
    seed: int = SEED,
) -> pd.DataFrame:
    """Compare the forward returns of each label with those of all labelled days.

    The mean block is `mean_block` or the horizon, whichever is longer, so that a block covers a whole window on average. Longer
    blocks are too few: in simulations without any edge they made intervals narrower, not safer. 95 % is nominal: with eight years
    and labels that last for months, about 90 % of the intervals cover the truth.

    Parameters
    ----------
    close : pandas.Series
        Daily closes > 0, NaN where unknown.
    labels : pandas.Series
        Text or ordered categories on UTC days; NaN days are in no group and not in the base.
    horizons : sequence of int
        Calendar days ahead.
    resamples, mean_block, seed
        Of the stationary bootstrap; each horizon is drawn on its own, from (seed, horizon).

    Returns
    -------
    pandas.DataFrame
        A row a label and horizon. ``days`` and ``episodes`` with a complete window (runs of days less than a horizon apart
        are one episode). Fractions of the close: ``mean``, ``median``, ``base_mean``, ``excess`` (mean - base mean),
        ``lower`` and ``upper`` (95 %), ``joint_lower`` and ``joint_upper`` (95 % for all ``cells`` at once),
        ``first_half`` and ``second_half`` (excess over the base of that half, windows inside it), ``worst_median`` and
        ``worst`` (lowest close within the window, <= 0). Shares of days with a return > 0: ``hit_rate``,
        ``base_rate``. NaN where there is no such day.

    Raises
    ------
    SelectionError
        If a horizon is shorter than a day.
    """
    if min(horizons, default=1) < 1:
        raise SelectionError(f"a horizon is at least one day; asked for: {', '.join(map(str, horizons))}")
    if labels.dropna().empty or not horizons:
        return pd.DataFrame(columns=COLUMNS)
    return _jointly(*_measure(close, labels.dropna(), horizons, resamples, mean_block, (seed,)))[COLUMNS]


def _measure(  # noqa: PLR0913, PLR0917 - as `evidence_table`, with what the draws start from
    close: pd.Series,
    known: pd.Series,
    horizons: Sequence[int],
    resamples: int,
    mean_block: float,
    seeds: tuple[int, ...],
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return the rows of a table with their own intervals, and a column of draws for each row."""
    index = every_day(known.index[0], known.index[-1])
    groups = [*known.cat.categories] if isinstance(known.dtype, pd.CategoricalDtype) else sorted(known.unique())
    groups = [group for group in groups if (known == group).any()]
    member = np.column_stack([(known == group).reindex(index, fill_value=False) for group in groups])
    labelled = np.asarray(member.any(axis=1))
    rows, draws = [], []
    for horizon in horizons:
        forward = forward_returns(close, horizon).reindex(index).where(labelled).to_numpy(float)
        lows = forward_lows(close, horizon).reindex(index).to_numpy(float)
        block = max(mean_block, horizon)
        random = np.random.default_rng([seeds[0], horizon, *seeds[1:]])
        drawn = bootstrap.draw_blocks(len(index), block, resamples, random)
        draws.append(bootstrap.resampled_excess(forward, member, drawn))
        lower, upper = bootstrap.interval(draws[-1])
        for place, group in enumerate(groups):
            row = {
                "label": str(group),
                "horizon": horizon,
                "mean_block": block,
                **_cell(forward, lows, member[:, place], horizon),
            }
            rows.append({**row, "lower": lower[place], "upper": upper[place], "order": place})
    order = sorted(range(len(rows)), key=lambda place: (rows[place]["order"], rows[place]["horizon"]))
    return pd.DataFrame([rows[place] for place in order]).drop(columns="order"), np.hstack(draws)[:, order]


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


def _jointly(frame: pd.DataFrame, draws: NDArray[np.float64]) -> pd.DataFrame:
    """Add intervals that hold for all rows at once, as `bootstrap.simultaneous` does.

    Horizons are drawn independently although their returns are not, which can only widen the intervals (Sidak 1967). Rounded to
    1e-12, so that a label of every day has an excess of exactly zero.
    """
    excess = frame["excess"].to_numpy(float)
    half_width = bootstrap.simultaneous(draws, excess)
    frame = frame.assign(joint_lower=excess - half_width, joint_upper=excess + half_width, cells=len(frame))
    rounded = ["excess", "lower", "upper", "joint_lower", "joint_upper", "first_half", "second_half"]
    return frame.assign(**frame[rounded].round(12))


def evidence_by_era(  # noqa: PLR0913 - as `evidence_table`
    close: pd.Series,
    labels: pd.Series,
    horizons: Sequence[int] = HORIZONS,
    *,
    starts: Sequence[date] = HALVINGS,
    resamples: int = 2000,
    mean_block: float = 90,
    seed: int = SEED,
) -> pd.DataFrame:
    """Return the evidence of each era, against the base rate of the era; windows end inside their era.

    The joint intervals hold for all rows of all eras at once: whoever looks at every era sees the luckiest of them.

    Parameters
    ----------
    starts : sequence of date
        First day of each era but the earliest, rising. The other parameters are those of `evidence_table`.

    Returns
    -------
    pandas.DataFrame
        ``era`` (its first and last labelled day) and the columns of `evidence_table`. Eras without a label are left out.
    """
    edges = [day(first) for first in (date.min, *starts, date.max)]
    tables, draws = [], []
    for number, (begin, end) in enumerate(pairwise(edges)):
        own = labels[(labels.index >= begin) & (labels.index < end)].dropna()
        if own.empty:
            continue
        table, drawn = _measure(close[close.index < end], own, horizons, resamples, mean_block, (seed, number))
        tables.append(table.assign(era=f"{own.index[0]:%Y-%m-%d} to {own.index[-1]:%Y-%m-%d}"))
        draws.append(drawn)
    if not tables:
        return pd.DataFrame(columns=["era", *COLUMNS])
    return _jointly(pd.concat(tables, ignore_index=True), np.hstack(draws))[["era", *COLUMNS]]
