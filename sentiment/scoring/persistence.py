"""How long regimes last, and how long they would if each day's own gap named them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sentiment.formatting import counted, length, number, plain_day
from sentiment.scoring.regimes import BEGINS_AT, MIDDLE, names_of

SHORT_DAYS = 2


class Runs(NamedTuple):
    """Runs of equal regimes: how often one followed another, their median length in rows, and the share of `SHORT_DAYS` or less."""

    changes: int
    median: float
    short: float


def runs(regime: pd.Series) -> Runs:
    """Measure the runs of regimes; days without one (NaN) are left out."""
    named = regime.dropna()
    if named.empty:
        return Runs(0, float("nan"), float("nan"))
    lengths = named.groupby(named.ne(named.shift()).cumsum()).size()
    return Runs(len(lengths) - 1, float(lengths.median()), float((lengths <= SHORT_DAYS).mean()))


def named_by_day(axes: pd.DataFrame) -> pd.Series:
    """Name each day that has a regime by its own gap and fear alone, without regard to the days before."""
    fear, gap = axes["fear"], axes["gap"]
    begins = [(gap >= BEGINS_AT) & (fear > MIDDLE), (gap <= -BEGINS_AT) & (fear < MIDDLE)]
    side = np.select(begins, [1, -1], default=0).astype(np.int8)
    return pd.Series(names_of(side), axes.index, dtype="str").where(axes["regime"].notna())


def persistence_text(axes: pd.DataFrame) -> str:
    """Return how long regimes lasted with and without the rule that lets them last; empty where none was named."""
    named = axes["regime"].dropna()
    if named.empty:
        return ""
    kept, alone = runs(axes["regime"]), runs(named_by_day(axes))
    return (
        f"Since {plain_day(named.index[0])} the regime changed {counted(kept.changes, 'time')}; half of its runs lasted "
        f"{length(round(kept.median))} or longer, and {number(kept.short, '.0%')} two days or less. Named by each day's own gap it "
        f"would have changed {counted(alone.changes, 'time')}, and half of its runs would have lasted {length(round(alone.median))} or less."
    )
