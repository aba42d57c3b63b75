"""Histories made for the tests: prices that walk and labels that know nothing of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from sentiment.frames import day


def daily(values, first=date(2020, 1, 1)):
    index = pd.date_range(day(first), periods=len(values), freq="D", name="date", unit="us")
    return pd.Series(values, index=index)


def walk(days, seed, spread=0.03):
    return daily(100 * np.exp(np.random.default_rng(seed).normal(0, spread, days).cumsum()))


def moods(days, seed, memory=0.9, names=("calm", "fear", "greed")):
    """Labels that last a while and know nothing of any price."""
    shocks = np.random.default_rng(seed).standard_normal(days)
    level = pd.Series(shocks).ewm(alpha=1 - memory, adjust=False).mean()
    places = np.searchsorted(level.quantile([0.25, 0.7]).to_numpy(), level.to_numpy())
    return daily(np.array(names)[places]).astype("str")
