"""A provider in one file, as somebody would add it to `sentiment/market/providers`: the levels of rivers, as prices.

With RIVER_REVISED set it gives one of its earlier closes differently.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd

from sentiment.errors import BadRequestError
from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta

NAME = "River Office"
LICENCE = "public domain"
SHAREABLE = True
PRIORITY = 10

SYMBOLS = (
    "RHINE",
    "^VIX",
    "FED-FUNDS-TARGET",
    "^VIX3M",
    "US-10Y-YIELD",
    "HYG",
    "TLT",
)  # its own, and those that go with a share


def normalize(text: str) -> str:
    symbol = text.strip().upper()
    if symbol not in SYMBOLS:
        raise BadRequestError(f"{text[:40]!r} is not a river; there are: {', '.join(SYMBOLS)}.", symbol=text[:40])
    return symbol


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    del budget  # nothing here takes time
    now = datetime.now(UTC)
    days = pd.date_range(end=now.date() - timedelta(days=1), periods=900, tz="UTC")
    level = 100 * np.exp(np.random.default_rng(SYMBOLS.index(symbol)).normal(0, 0.02, len(days)).cumsum())
    if "RIVER_REVISED" in os.environ:
        level[-4] *= 0.8
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), level), index=days)
    frame = frame.assign(volume=1000.0, dividends=0.0, splits=0.0)
    return FetchResult(frame if start is None else frame.loc[str(start) :], Meta(symbol, "UTC", "CRYPTOCURRENCY"), now)
