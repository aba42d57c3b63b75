"""The order of assets by their gap, with those apart whose prices ended earlier: what they read then is no reading of today."""

from __future__ import annotations

import pandas as pd

from sentiment.frames import CARRY_DAYS


def widest_gap_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Order assets by the width of their gap, those whose prices ended earlier last; equal ones by name.

    A gap that rests on too little to name a regime stands behind all that do not.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row an asset, with at least ``asset``, ``as_of`` (the last day of its prices), ``gap`` and ``regime``.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``days_behind``: days by which each asset's last day lies before the latest of all.
    """
    days = pd.to_datetime(rows["as_of"], utc=True)
    dated = rows.assign(days_behind=(days.max() - days).dt.days.astype("int64"))
    by_gap = dated.sort_values("asset").sort_values("gap", key=abs, ascending=False, kind="stable")
    by_gap = by_gap.sort_values("regime", key=pd.isna, kind="stable")
    return by_gap.sort_values("days_behind", key=lambda behind: behind > CARRY_DAYS, kind="stable", ignore_index=True)


def ended(rows: pd.DataFrame) -> pd.Series:
    """Return whether the prices of each row of a ranking ended earlier than the others', by more than weekends and holidays."""
    return rows["days_behind"] > CARRY_DAYS
