"""How a score went with what followed: the slope of forward returns on it, and the paths after a label began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sentiment.frames import every_day
from sentiment.scoring.measures import forward_returns
from sentiment.validation import bootstrap


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths after each entry, as fractions of the close on entry, on an index of 0..days.

    ``each`` has one column an entry, named by its day; ``band`` has ``lower``, ``median`` and ``upper`` (quartiles).
    """

    each: pd.DataFrame
    band: pd.DataFrame


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
