"""Event studies: the slope of forward returns on a score, and the price paths after a label began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sentiment.frames import every_day
from sentiment.scoring.measures import forward_returns
from sentiment.validation.turns import MIN_OBSERVATIONS, ROUNDING_ERROR, Floats, student, turned


@dataclass(frozen=True, slots=True)
class EventPaths:
    """Returns after each entry, as fractions of the close on entry, on an index of 0..days.

    ``each`` has one column an entry, named by its day; ``band`` has ``lower``, ``median`` and ``upper`` (quartiles).
    """

    each: pd.DataFrame
    band: pd.DataFrame


def return_slope(close: pd.Series, score: pd.Series, days: int) -> pd.DataFrame:
    """Regress the forward return on the score, with three ways to say how sure the slope is.

    Naive: every day counts as independent. All turns: the same slope, judged by all turns of the score (`turns.turned`).
    Non-overlapping: only every `days`-th day from the first known one, as if these were independent.

    Parameters
    ----------
    close, score : pandas.Series
        Daily values, NaN where unknown; days without either are left out.
    days : int
        Horizon in calendar days.

    Returns
    -------
    pandas.DataFrame
        Rows ``naive``, ``all turns``, ``non-overlapping``; ``slope`` (fraction of return a point of score), ``standard_error``,
        ``lower`` and ``upper`` (95%; naive and non-overlapping by Student's t), ``observations``. NaN with fewer than 3
        observations or a score that never moves.
    """
    known = score.dropna()
    index = every_day(known.index[0], known.index[-1]) if len(known) else known.index
    x = known.reindex(index).to_numpy(float)
    y = forward_returns(close, days).reindex(index).to_numpy(float)
    both = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    first = both[0] if both.size else 0
    rows = {"naive": least_squares(x, y), "all turns": _all_turns(x, y, days, both.size)}
    rows["non-overlapping"] = least_squares(x[first::days], y[first::days])
    frame = pd.DataFrame.from_dict(
        rows, orient="index", columns=["slope", "standard_error", "critical", "observations"]
    )
    half_width = frame["critical"] * frame["standard_error"]
    frame = frame.assign(lower=frame["slope"] - half_width, upper=frame["slope"] + half_width)
    return frame[["slope", "standard_error", "lower", "upper", "observations"]].astype({"observations": int})


def least_squares(x: Floats, y: Floats) -> tuple[float, float, float, int]:
    """Regress y on x and a constant; return slope, standard error, the 97.5% quantile of Student's t, and the number of days.

    The textbook standard error, for independent days: residual variance (divisor n - 2) over the sum of squares of x. NaN with
    fewer than 3 days or a constant x.
    """
    known = np.isfinite(x) & np.isfinite(y)
    count = int(known.sum())
    if count < MIN_OBSERVATIONS or np.ptp(x[known]) <= ROUNDING_ERROR:
        return np.nan, np.nan, np.nan, count
    centred = x[known] - x[known].mean()
    slope = float(centred @ y[known] / (centred @ centred))
    residual = y[known] - y[known].mean() - slope * centred
    return slope, float(np.sqrt(residual @ residual / (count - 2) / (centred @ centred))), student(count - 2), count


def _all_turns(x: Floats, y: Floats, days: int, count: int) -> tuple[float, float, float, int]:
    if count < MIN_OBSERVATIONS:
        return np.nan, np.nan, np.nan, count
    turns = turned(y, (x - np.nanmean(x))[:, None], days)
    return float(turns.slope[0]), float(turns.error[0]), float(turns.critical[0]), count


def event_paths(close: pd.Series, labels: pd.Series, label: str, days: int) -> EventPaths:
    """Follow the close for `days` days from each entry into a label.

    An entry is a day of the label whose day before had another label or none. Of entries closer than `days` only the
    first counts, so that paths do not overlap. Paths without a close on their last day are left out; a gap inside is NaN.
    """
    inside = labels == label
    entries = labels.index[inside & ~inside.shift(1, freq="D").reindex(labels.index, fill_value=False)]
    complete = forward_returns(close, days).reindex(entries).notna()
    separate: list[pd.Timestamp] = []
    for entry in entries[complete]:
        if not separate or (entry - separate[-1]).days >= days:
            separate.append(entry)
    steps = pd.RangeIndex(days + 1, name="day")
    daily = close.asfreq("D")
    each = pd.DataFrame(
        {entry: daily.loc[entry : entry + pd.Timedelta(days=days)].to_numpy() / daily[entry] - 1 for entry in separate},
        index=steps,
    )
    quartiles = (
        each.quantile([0.25, 0.5, 0.75], axis=1).T if separate else pd.DataFrame(np.nan, index=steps, columns=range(3))
    )
    return EventPaths(each, quartiles.set_axis(["lower", "median", "upper"], axis=1))
