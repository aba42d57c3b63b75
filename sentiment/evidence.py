"""What a reading was worth: forward returns by label against the base rate, with intervals that know about overlap.

The clock: a label of day d is known at the close of d, and its forward return runs from that close. Everything is cut
at ``as_of`` before it comes here; a window that was not complete by then does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment import bootstrap
from sentiment.errors import SelectionError
from sentiment.frames import day, every_day
from sentiment.models import AXES
from sentiment.score import DECIMALS, GAP_LIMIT, regime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sentiment.models import Axis

    Mask = NDArray[np.bool_]

HORIZONS = (7, 30, 90, 180)
SEED = 1994
MIN_EPISODES = 10
AGREEING = 2  # horizons of a demonstrated edge
APART = 30  # days between two disagreements that are named
# Bitcoin's halvings. Known years ahead, so nobody picked them after seeing the returns, and each era holds about one
# rise and one fall: halves of a calendar year would be too short for a single 180-day window.
HALVINGS = (date(2012, 11, 28), date(2016, 7, 9), date(2020, 5, 11), date(2024, 4, 20))
RULE = (
    f"Only horizons with at least {MIN_EPISODES} separate episodes are judged; without any: too little data. The joint "
    "interval is the 95 % interval widened until it holds for every label and horizon of the table at once. Weak: the "
    "joint interval leaves out zero at one horizon. Demonstrated: it does so at two horizons of the same label, on the "
    "same side, and there the excess has that sign in both halves of the history. Otherwise: no demonstrated edge."
)

COLUMNS = [
    *("label", "horizon", "days", "episodes", "mean", "median", "hit_rate", "base_rate", "base_mean", "excess"),
    *("lower", "upper", "joint_lower", "joint_upper", "first_half", "second_half", "worst_median", "worst"),
    *("cells", "mean_block"),
]


class Grade(StrEnum):
    """What the intervals allow to say, from least to most; the text is what people read."""

    TOO_LITTLE = "too little data"
    NONE = "no demonstrated edge"
    WEAK = "weak"
    DEMONSTRATED = "demonstrated"


@dataclass(frozen=True, slots=True)
class Finding:
    """A grade and the sentence that says it with its figures."""

    grade: Grade
    sentence: str


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths after each entry, as fractions of the close on entry, on an index of 0..days.

    ``each`` has one column an entry, named by its day; ``band`` has ``lower``, ``median`` and ``upper`` (quartiles).
    """

    each: pd.DataFrame
    band: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two series beside each other.

    ``correlation`` is that of the levels on ``days`` common days; ``lead_lag`` that of daily changes by shift (where
    it peaks right of zero, fear is that many days ahead); ``disagreements`` the days farthest apart, with both values.
    """

    days: int
    correlation: float
    lead_lag: pd.Series
    disagreements: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Reweighting:
    """How much the gap owes to the weights.

    ``band`` has by day ``gap``, ``lower`` and ``upper`` (5 % and 95 % of the draws) and ``changed`` (share of draws
    with another regime); ``without`` has the last day's ``gap`` and ``regime`` without each component, and ``changed``.
    """

    band: pd.DataFrame
    without: pd.DataFrame
    sentence: str


def forward_returns(close: pd.Series, days: int) -> pd.Series:
    """Give the simple return of the `days` calendar days after each close: a fraction, NaN until complete."""
    return close.shift(-days, freq="D").reindex(close.index) / close.where(close > 0) - 1


def forward_lows(close: pd.Series, days: int) -> pd.Series:
    """Give the lowest close of the next `days` days against the close: a fraction <= 0, NaN if one is unknown."""
    daily = close.asfreq("D")
    lowest = daily.rolling(days).min().shift(-days)
    return (lowest / daily.where(daily > 0) - 1).clip(upper=0).reindex(close.index)


def bands(score: pd.Series, edges: Sequence[float]) -> pd.Series:
    """Label each day by the band of its score; a band holds its upper edge ("24 or less").

    Returns
    -------
    pandas.Series
        Ordered categories from lowest to highest band; NaN where the score is not known.

    Raises
    ------
    SelectionError
        If there is no edge or they do not rise.
    """
    if not len(edges) or (np.diff(edges) <= 0).any():
        raise SelectionError(f"the edges of bands must rise; they are: {', '.join(map(str, edges)) or 'none'}")
    inner = [f"above {low:g} to {high:g}" for low, high in pairwise(edges)]
    names = [f"{edges[0]:g} or less", *inner, f"above {edges[-1]:g}"]
    return pd.cut(score, [-np.inf, *edges, np.inf], labels=names)


def evidence(  # noqa: PLR0913  (two data, and what a link must carry to give the same figures again)
    close: pd.Series,
    labels: pd.Series,
    horizons: Sequence[int] = HORIZONS,
    *,
    resamples: int = 2000,
    mean_block: float = 90,
    seed: int = SEED,
) -> pd.DataFrame:
    """Forward returns of each label against those of all labelled days.

    The mean block of a horizon is `mean_block` or the horizon, whichever is longer, so that a block holds a whole
    window on average. Longer ones leave too few blocks: in simulations without any edge they made intervals narrower,
    not safer. Even so 95 % is nominal: with eight years and labels that last for months about 90 % hold the truth.

    Parameters
    ----------
    close : pandas.Series
        Daily closes > 0, NaN where unknown.
    labels : pandas.Series
        Text or ordered categories on UTC days; unlabelled days are in no group and not in the base.
    horizons : sequence of int
        Calendar days ahead.
    resamples, mean_block, seed
        Of the stationary bootstrap; horizons are drawn independently of each other, each from (seed, horizon).

    Returns
    -------
    pandas.DataFrame
        A row a label and horizon. ``days`` and ``episodes`` with a complete window (runs less than a horizon apart are
        one episode). Fractions of the close: ``mean``, ``median``, ``base_mean``, ``excess`` (mean - base mean),
        ``lower`` and ``upper`` (95 %), ``joint_lower`` and ``joint_upper`` (95 % for all ``cells`` at once),
        ``first_half`` and ``second_half`` (excess over the base of that half, windows inside it), ``worst_median`` and
        ``worst`` (lowest close within the window, <= 0). Shares of days with a return > 0: ``hit_rate``,
        ``base_rate``. NaN where there is no day to tell.

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
        drawn = bootstrap.blocks(len(index), block, resamples, np.random.default_rng([seed, horizon]))
        draws.append(bootstrap.resampled_excess(forward, member, drawn))
        lower, upper = bootstrap.interval(draws[-1])
        for place, group in enumerate(groups):
            row = {
                "label": str(group),
                "horizon": horizon,
                "mean_block": block,
                **_cell(forward, lows, member[:, place], horizon),
            }
            rows.append({**row, "lower": lower[place], "upper": upper[place]})
    frame = _jointly(pd.DataFrame(rows), np.hstack(draws))
    order = frame["label"].map({str(group): place for place, group in enumerate(groups)})
    return frame.assign(order=order).sort_values(["order", "horizon"], ignore_index=True)[COLUMNS]


def _cell(forward: NDArray[np.float64], lows: NDArray[np.float64], member: Mask, horizon: int) -> dict[str, float]:
    """One row of the table from the days of one label; `forward` is NaN on days that do not count."""
    known = np.isfinite(forward)
    mine, base = forward[known & member], forward[known]
    place = np.arange(len(forward))
    middle = len(forward) // 2
    halves = (known & (place + horizon < middle), known & (place >= middle))
    first, second = (_mean(forward[half & member]) - _mean(forward[half]) for half in halves)
    after = lows[known & member & np.isfinite(lows)]
    return {
        "days": mine.size,
        "episodes": _episodes(place[known & member], horizon),
        "mean": _mean(mine),
        "median": float(np.median(mine)) if mine.size else np.nan,
        "hit_rate": _mean(mine > 0),
        "base_rate": _mean(base > 0),
        "base_mean": _mean(base),
        "excess": _mean(mine) - _mean(base),
        "first_half": first,
        "second_half": second,
        "worst_median": float(np.median(after)) if after.size else np.nan,
        "worst": float(after.min()) if after.size else np.nan,
    }


def _mean(values: NDArray[np.float64] | Mask) -> float:
    return float(values.mean()) if values.size else np.nan


def _episodes(place: NDArray[np.int64], horizon: int) -> int:
    """Count runs of days; less than a horizon from one run's last day to the next one's first makes them one."""
    return int(place.size > 0) + int((np.diff(place) >= max(horizon, 2)).sum())


def _jointly(frame: pd.DataFrame, draws: NDArray[np.float64]) -> pd.DataFrame:
    """Add intervals that hold for all rows at once: excess +- c x spread, one c for the table.

    See `bootstrap.simultaneous`. The draws of two horizons are independent although their returns are
    not, which only makes c larger (Sidak 1967). Rounded to 1e-12, so that a label of every day has an excess of zero.
    """
    excess = frame["excess"].to_numpy(float)
    reach = bootstrap.simultaneous(draws, excess)
    frame = frame.assign(joint_lower=excess - reach, joint_upper=excess + reach, cells=len(frame))
    rounded = ["excess", "lower", "upper", "joint_lower", "joint_upper", "first_half", "second_half"]
    return frame.assign(**frame[rounded].round(12))


def verdict(rows: pd.DataFrame) -> Finding:
    """Grade rows of `evidence` by `RULE` and say it in one sentence, with the figures of the row that decides.

    Parameters
    ----------
    rows : pandas.DataFrame
        All of the table, or the rows of one label or horizon: the joint intervals still answer for the whole table.

    Notes
    -----
    Of 300 simulated tables of 16 cells without any edge (eight years of independent returns, labels that last weeks)
    121 had a plain interval without zero; this rule called 24 weak and 4 demonstrated.
    """
    counted = rows[rows["days"] > 0]
    if counted.empty:
        return Finding(Grade.TOO_LITTLE, "Too little data: no labelled day has a complete window yet.")
    judged = counted[counted["episodes"] >= MIN_EPISODES]
    most = counted[counted["episodes"] == counted["episodes"].max()]
    side = np.sign(judged["excess"])
    clear = judged[(judged["joint_lower"] > 0) | (judged["joint_upper"] < 0)]
    lasting = clear[
        (np.sign(clear["first_half"]) == side[clear.index]) & (np.sign(clear["second_half"]) == side[clear.index])
    ]
    twice = lasting[lasting.groupby(["label", side[lasting.index]])["horizon"].transform("nunique") >= AGREEING]
    grade, chosen = next(
        (grade, found) for grade, found in zip(reversed(Grade), (twice, clear, judged, most), strict=True) if len(found)
    )
    strength = chosen["excess"].abs() / (chosen["joint_upper"] - chosen["joint_lower"])
    return Finding(grade, _sentence(grade, chosen.iloc[int(strength.fillna(0).argmax())]))


def _sentence(grade: Grade, row: pd.Series) -> str:
    def points(name: str) -> str:
        return f"{100 * row[name]:+z.1f}"

    joint = (
        f"allowing for all {row['cells']} cells of the table it is {points('joint_lower')} to {points('joint_upper')}"
    )
    plain_clear = row["lower"] > 0 or row["upper"] < 0
    ends = {
        Grade.TOO_LITTLE: f" Fewer than {MIN_EPISODES} separate episodes tell nothing.",
        Grade.NONE: f" That one leaves out zero, but {joint}." if plain_clear else "",
        Grade.WEAK: f" Even {joint}, but not at two horizons and in both halves of the history.",
        Grade.DEMONSTRATED: f" Even {joint}; so at another horizon too, and both halves of the history agree.",
    }
    return (
        f"{grade.value.capitalize()}: in '{row['label']}' the mean {row['horizon']}-day return was {points('mean')} % "
        f"against {points('base_mean')} % on all days, a difference of {points('excess')} points with a 95 % interval "
        f"of {points('lower')} to {points('upper')} ({row['days']:,} days in {row['episodes']} episodes).{ends[grade]}"
    )


def slope(close: pd.Series, score: pd.Series, days: int) -> pd.DataFrame:
    """Regress the forward return on the score, with three ideas of how sure the slope is.

    Naive: every day as if independent. Newey-West: the same slope, Bartlett weights over days - 1 lags, as far as
    windows overlap (see `bootstrap.newey_west`). Non-overlapping: every `days`-th day from the first known one alone.

    Returns
    -------
    pandas.DataFrame
        Rows ``naive``, ``Newey-West``, ``non-overlapping``; ``slope`` (fraction of return a point of score),
        ``standard_error``, ``lower`` and ``upper`` (slope -+ 1.96 standard errors, a little narrow for few
        observations), ``observations``. NaN with fewer than 3 observations or a score that never moves.
    """
    known = score.dropna()
    index = every_day(known.index[0], known.index[-1]) if len(known) else known.index
    x = known.reindex(index).to_numpy(float)
    y = forward_returns(close, days).reindex(index).to_numpy(float)
    both = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    first = both[0] if both.size else 0
    fits = {
        "naive": bootstrap.least_squares(x, y),
        "Newey-West": bootstrap.newey_west(x, y, days - 1),
        "non-overlapping": bootstrap.least_squares(x[first::days], y[first::days]),
    }
    frame = pd.DataFrame.from_dict(fits, orient="index", columns=["slope", "standard_error", "observations"])
    reach = 1.96 * frame["standard_error"]
    frame = frame.assign(lower=frame["slope"] - reach, upper=frame["slope"] + reach)
    return frame[["slope", "standard_error", "lower", "upper", "observations"]].astype({"observations": int})


def by_era(  # noqa: PLR0913  (as `evidence`)
    close: pd.Series,
    labels: pd.Series,
    horizons: Sequence[int] = HORIZONS,
    *,
    starts: Sequence[date] = HALVINGS,
    resamples: int = 2000,
    mean_block: float = 90,
    seed: int = SEED,
) -> pd.DataFrame:
    """Give the evidence of each era on its own, against the era's own base; windows end inside their era.

    Parameters
    ----------
    starts : sequence of date
        First day of each era but the earliest, rising; by default the halvings. The rest as in `evidence`.

    Returns
    -------
    pandas.DataFrame
        The columns of `evidence` after ``era`` (its first and last labelled day). Eras without a label are left out.
    """
    edges = [day(first) for first in (date.min, *starts, date.max)]
    tables = []
    for begin, end in pairwise(edges):
        mine = labels[(labels.index >= begin) & (labels.index < end)].dropna()
        if mine.empty:
            continue
        table = evidence(
            close[close.index < end], mine, horizons, resamples=resamples, mean_block=mean_block, seed=seed
        )
        table.insert(0, "era", f"{mine.index[0]:%Y-%m-%d} to {mine.index[-1]:%Y-%m-%d}")
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["era", *COLUMNS])


def paths(close: pd.Series, labels: pd.Series, label: str, days: int) -> Paths:
    """Follow the close from each entry into a label; entries are at least `days` apart and their paths complete.

    An entry is a day of the label whose day before had another or none. Of two entries closer than `days` the earlier
    one counts, so that paths do not overlap. A path with an unknown close is complete if its last close is known.
    """
    mine = labels == label
    entered = labels.index[mine & ~mine.shift(1, freq="D").reindex(labels.index, fill_value=False)]
    done = forward_returns(close, days).reindex(entered).notna()
    kept: list[pd.Timestamp] = []
    for entry in entered[done]:
        if not kept or (entry - kept[-1]).days >= days:
            kept.append(entry)
    steps = pd.RangeIndex(days + 1, name="day")
    daily = close.asfreq("D")
    moves = {entry: daily.loc[entry : entry + pd.Timedelta(days=days)].to_numpy() / daily[entry] - 1 for entry in kept}
    each = pd.DataFrame(moves, index=steps)
    quartiles = (
        each.quantile([0.25, 0.5, 0.75], axis=1).T if kept else pd.DataFrame(np.nan, index=steps, columns=range(3))
    )
    return Paths(each, quartiles.set_axis(["lower", "median", "upper"], axis=1))


def compare(fear: pd.Series, other: pd.Series, shifts: int = 30, farthest: int = 10) -> Comparison:
    """Set a score beside another one on the same 0-100 scale and the same clock.

    Parameters
    ----------
    fear, other : pandas.Series
        Daily values; only days on which both are known count.
    shifts : int
        Daily changes are correlated at shifts of -shifts to +shifts days: fear's change of day t with the other's of
        day t + shift. A peak right of zero means that fear moves first.
    farthest : int
        Days of largest disagreement to name, each at least 30 days from those before it in the list.
    """
    both = pd.DataFrame({"fear": fear, "other": other}).dropna()
    index = every_day(both.index[0], both.index[-1]) if len(both) else both.index
    change = both.reindex(index).diff()
    lags = pd.RangeIndex(-shifts, shifts + 1, name="shift")
    lead_lag = [_correlation(change["fear"], change["other"].shift(-lag)) for lag in lags]
    apart = both.assign(difference=both["fear"] - both["other"])
    chosen: list[pd.Timestamp] = []
    for when in apart["difference"].abs().sort_values(ascending=False, kind="stable").index:
        if len(chosen) == farthest:
            break
        if all(abs((when - named).days) >= APART for named in chosen):
            chosen.append(when)
    correlation = _correlation(both["fear"], both["other"])
    return Comparison(len(both), correlation, pd.Series(lead_lag, index=lags, dtype=float), apart.loc[chosen])


def _correlation(one: pd.Series, other: pd.Series) -> float:
    """Pearson correlation on common days; NaN with fewer than 3 of them or without variation."""
    both = np.isfinite(one.to_numpy(float)) & np.isfinite(other.to_numpy(float))
    pair = one.to_numpy(float)[both], other.to_numpy(float)[both]
    if both.sum() < bootstrap.LEAST or min(np.ptp(pair[0]), np.ptp(pair[1])) == 0:
        return np.nan
    return float(np.corrcoef(*pair)[0, 1])


def reweighting(  # noqa: PLR0913  (three data, and what a link must carry to give the same figures again)
    rank: pd.DataFrame,
    weights: Mapping[str, float],
    axes: Mapping[str, Axis],
    *,
    draws: int = 500,
    seed: int = SEED,
    concentration: float = 20,
) -> Reweighting:
    """Redraw the weights around the chosen ones and see what becomes of the gap; then leave out each component.

    Parameters
    ----------
    rank : pandas.DataFrame
        One column a component, 0-100, NaN where unknown (`Scores.rank`).
    weights, axes : mapping
        Weight >= 0 (`Scores.weights`) and axis of each component (from the registry).
    draws, seed : int
        Number of reweightings and what they start from.
    concentration : float
        Of the Dirichlet distribution, whose mean are the chosen weights: at 20 a share of 0.20 has a standard deviation
        of 0.09. A weight of zero stays zero.
    """
    rng = np.random.default_rng(seed)
    parts = [str(name) for name in rank]
    gaps = np.full((len(rank), draws), -100.0)
    for axis in AXES:
        names = [name for name in parts if axes[name] == axis]
        share = np.array([weights[name] for name in names], dtype=float)
        drawn = np.zeros((draws, len(names)))
        drawn[:, share > 0] = rng.dirichlet(concentration * share[share > 0] / share.sum(), size=draws)
        gaps += _axis(rank[names], drawn.T)
    gaps = gaps.round(DECIMALS)
    gap = _gap(rank, weights, axes)
    now = regime(gap)
    changed = (_side(gaps) != _side(gap.to_numpy())[:, None]).mean(axis=1)
    lower, upper = np.quantile(gaps, [0.05, 0.95], axis=1)
    band = pd.DataFrame({"gap": gap, "lower": lower, "upper": upper, "changed": changed})
    band.loc[gap.isna()] = np.nan
    used = [name for name in parts if weights[name] > 0 and len(rank) and np.isfinite(rank[name].iloc[-1])]
    left = {name: _gap(rank.iloc[-1:], {**weights, name: 0.0}, axes).iloc[-1] for name in used}
    without = pd.DataFrame({"gap": pd.Series(left, dtype=float)})
    without["regime"] = regime(without["gap"])
    without["changed"] = without["regime"] != (now.iloc[-1] if len(now) else np.nan)
    return Reweighting(band, without, _rests_on(band, without))


def _side(gap: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(gap), np.nan, (gap >= GAP_LIMIT).astype(float) - (gap <= -GAP_LIMIT))


def _gap(rank: pd.DataFrame, weights: Mapping[str, float], axes: Mapping[str, Axis]) -> pd.Series:
    """Gap of each day under one set of weights; NaN where an axis has no known component with weight."""
    total = np.full((len(rank), 1), -100.0)
    for axis in AXES:
        names = [name for name in map(str, rank) if axes[name] == axis]
        total += _axis(rank[names], np.array([[weights[name]] for name in names], dtype=float)).round(DECIMALS)
    return pd.Series(total[:, 0].round(DECIMALS), index=rank.index)


def _axis(rank: pd.DataFrame, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted means of the known components, shape (days, sets of weights); `weight` has a column a set."""
    values = rank.to_numpy(float)
    known = np.isfinite(values)
    present = known.astype(float) @ weight
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(present > 0, np.where(known, values, 0.0) @ weight / present, np.nan)


def _rests_on(band: pd.DataFrame, without: pd.DataFrame) -> str:
    if band.empty or band["gap"].isna().iloc[-1]:
        return "There is no gap on this day."
    last = band.iloc[-1]
    said = f"{last['changed']:.0%} of the redrawn weights give another regime (gap {last['gap']:+z.0f}; "
    said += f"90 % of the draws {last['lower']:+z.0f} to {last['upper']:+z.0f})."
    parts = [
        f"{name}: without it " + ("there is no gap" if np.isnan(gap) else f"the gap is {gap:+z.0f}")
        for name, gap in without.loc[without["changed"], "gap"].items()
    ]
    return (
        f"This verdict rests on {'; on '.join(parts)}. {said}" if parts else f"No single component decides it. {said}"
    )
