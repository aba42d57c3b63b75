"""Seeded assets to score: random walks with volume, and the bundled series that all share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.scoring.inputs import Inputs, load_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = 3_650


def assets(number: int, days: int = DAYS) -> Iterator[Inputs]:
    """Make assets one by one, the same whenever they are asked for."""
    for seed in range(number):
        rng = np.random.default_rng(seed)
        close = 100 * np.exp(rng.normal(0, 0.03, days).cumsum())
        prices = pd.DataFrame({"close": close, "volume": rng.lognormal(10, 1, days)}, index=_days(days))
        yield Inputs(f"A{seed}", prices, _shared(days))


def noted(inputs: Inputs) -> Inputs:
    """Give an asset the bundled notes about bitcoin, as if they were about it."""
    about = {"asset": inputs.asset}
    editions = (
        replace(
            edition,
            note=replace(
                edition.note,
                calls=tuple(replace(call, **about) for call in edition.note.calls if call.asset == "BTC-USD"),
                levels=tuple(replace(level, **about) for level in edition.note.levels if level.asset == "BTC-USD"),
            ),
        )
        for edition in load_inputs("BTC-USD").editions
    )
    return replace(inputs, editions=tuple(editions))


@cache
def _days(days: int) -> pd.DatetimeIndex:
    return pd.date_range("2016-01-01", periods=days, freq="D", tz="UTC", name="date", unit="us")


@cache
def _shared(days: int) -> dict[str, pd.Series]:
    known = load_inputs("BTC-USD").series
    return {role: known[role].reindex(_days(days)) for role in ("equity_volatility", "short_rate")}
