"""Rolling windows over daily rows, of one series or of a column an asset, by pandas or compiled (the extra ``fast``).

A window is complete or there is no answer, but for `rank`, which counts what is known. Both ways give the same bits.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
import pandas as pd

from sentiment.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

Engine = Literal["pandas", "numba"]
Daily = TypeVar("Daily", pd.Series, pd.DataFrame)
FEW = 32
"""Rows that are ranked faster one by one."""

_engine: ContextVar[Engine] = ContextVar("engine", default="pandas")


def fastest() -> Engine:
    """Name the fastest engine that is installed."""
    return "numba" if find_spec("numba") else "pandas"


@contextmanager
def by(engine: Engine) -> Iterator[None]:
    """Answer by that engine meanwhile; pandas is what a page of a few assets uses, for numba takes half a second to load.

    Raises
    ------
    MissingExtraError
        If numba is asked for and not installed.
    """
    if engine == "numba" and not find_spec("numba"):
        raise MissingExtraError("numba is not installed; install it with: pip install 'sentiment-dashboard[fast]'")
    token = _engine.set(engine)
    try:
        yield
    finally:
        _engine.reset(token)


def total(values: Daily, days: int) -> Daily:
    """Sum of each window."""
    return values.rolling(days).sum() if _engine.get() == "pandas" else _compiled("total", values, days)


def mean(values: Daily, days: int) -> Daily:
    """Mean of each window."""
    return values.rolling(days).mean() if _engine.get() == "pandas" else _compiled("mean", values, days)


def highest(values: Daily, days: int) -> Daily:
    """Largest value of each window."""
    return values.rolling(days).max() if _engine.get() == "pandas" else _compiled("highest", values, days)


def lowest(values: Daily, days: int) -> Daily:
    """Smallest value of each window."""
    return values.rolling(days).min() if _engine.get() == "pandas" else -_compiled("highest", -values, days)


def median(values: Daily, days: int) -> Daily:
    """Middle value of each window."""
    return _once(values, lambda these: these.rolling(days).median())


def rank(values: Daily, days: int, minimum: int, first: int = 0) -> Daily:
    """Average rank of the last value among the known ones of its window, as a share of their number (0 to 1).

    NaN where the last value is unknown or fewer than `minimum` are known. Only rows from place `first` on are answered.
    """
    needed = values.iloc[max(0, first - days + 1) :]
    skipped = min(first, days - 1)
    if len(needed) - skipped <= FEW:
        return _ranks_of_few(needed, days, minimum, skipped)
    if _engine.get() == "numba":
        return _once(needed, lambda these: _compiled("rank", these, days, minimum)).iloc[skipped:]
    return _once(needed, lambda these: these.rolling(days, min_periods=minimum).rank(pct=True)).iloc[skipped:]


def _ranks_of_few(values: Daily, days: int, minimum: int, skipped: int) -> Daily:
    """Rank a few last rows by counting, without a sorted window."""
    rows = values.to_numpy(dtype=float)
    shares = []
    for place in range(skipped, len(rows)):
        window = rows[max(0, place - days + 1) : place + 1]
        less, equal, known = (
            one.sum(axis=0) for one in (window < window[-1], window == window[-1], np.isfinite(window))
        )
        share = (less + (equal + 1) / 2) / np.maximum(known, 1)
        shares.append(np.where((known >= minimum) & np.isfinite(window[-1]), share, np.nan))
    return _like(values.iloc[skipped:], np.array(shares))


def _once(values: Daily, answer: Callable[[Daily], Daily]) -> Daily:
    """Work out equal columns once: assets that begin on one day share what is no asset's own, such as the VIX."""
    if isinstance(values, pd.Series):
        return answer(values)
    rows = values.to_numpy()
    if len(np.unique(rows[-1:])) == rows.shape[1]:
        return answer(values)
    seen: dict[bytes, int] = {}
    place = [seen.setdefault(column.tobytes(), len(seen)) for column in rows.T]
    found = answer(values.iloc[:, [place.index(one) for one in range(len(seen))]])
    return _like(values, found.to_numpy()[:, place])


def _compiled(name: str, values: Daily, *arguments: float) -> Daily:
    kernel: Callable[..., NDArray[np.float64]] = getattr(import_module("sentiment.scoring.kernels"), name)
    rows = np.atleast_2d(values.to_numpy(dtype=float).T)
    return _like(values, kernel(np.ascontiguousarray(rows), *arguments).T.reshape(values.shape))


def _like(values: Daily, found: NDArray[np.float64]) -> Daily:
    """Give found values the days, and the assets, of others."""
    if isinstance(values, pd.Series):
        return pd.Series(found, values.index)
    return pd.DataFrame(found, values.index, values.columns)
