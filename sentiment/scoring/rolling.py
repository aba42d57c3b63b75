"""Rolling windows over daily rows, of a series or of a column an asset, by pandas or by numba (the extra ``fast``).

A window with a NaN gives NaN, except in `rank`, which skips them. Both engines return the same bits.
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
FEW_ROWS = 32
"""Up to this many rows are ranked faster one by one."""

_engine: ContextVar[Engine] = ContextVar("engine", default="pandas")


def fastest_engine() -> Engine:
    """Return the fastest engine that is installed."""
    return "numba" if find_spec("numba") else "pandas"


@contextmanager
def use_engine(engine: Engine) -> Iterator[None]:
    """Use an engine within the context. The default is pandas: numba takes half a second to load, too long for a page.

    Raises
    ------
    MissingExtraError
        If numba is chosen and not installed.
    """
    if engine == "numba" and not find_spec("numba"):
        raise MissingExtraError("numba is not installed; install it with: pip install 'sentiment-dashboard[fast]'")
    token = _engine.set(engine)
    try:
        yield
    finally:
        _engine.reset(token)


def total(values: Daily, days: int) -> Daily:
    """Return the sum of each window of `days` rows."""
    return values.rolling(days).sum() if _engine.get() == "pandas" else _compiled("total", values, days)


def mean(values: Daily, days: int) -> Daily:
    """Return the mean of each window of `days` rows."""
    return values.rolling(days).mean() if _engine.get() == "pandas" else _compiled("mean", values, days)


def highest(values: Daily, days: int) -> Daily:
    """Return the largest value of each window of `days` rows."""
    return values.rolling(days).max() if _engine.get() == "pandas" else _compiled("highest", values, days)


def lowest(values: Daily, days: int) -> Daily:
    """Return the smallest value of each window of `days` rows."""
    return values.rolling(days).min() if _engine.get() == "pandas" else -_compiled("highest", -values, days)


def median(values: Daily, days: int) -> Daily:
    """Return the median of each window of `days` rows."""
    return _for_distinct(values, lambda distinct: distinct.rolling(days).median())


def rank(values: Daily, days: int, minimum: int, first: int = 0) -> Daily:
    """Return the average rank of the last value among the known ones of its window, as a share of their number (0 to 1).

    NaN where the last value is NaN or fewer than `minimum` are known. Only rows from position `first` on are returned.
    """
    needed = values.iloc[max(0, first - days + 1) :]
    skipped = min(first, days - 1)
    if len(needed) - skipped <= FEW_ROWS:
        return _ranks_of_few(needed, days, minimum, skipped)
    if _engine.get() == "numba":
        return _for_distinct(needed, lambda distinct: _compiled("rank", distinct, days, minimum)).iloc[skipped:]
    return _for_distinct(needed, lambda distinct: distinct.rolling(days, min_periods=minimum).rank(pct=True)).iloc[
        skipped:
    ]


def _ranks_of_few(values: Daily, days: int, minimum: int, skipped: int) -> Daily:
    """Rank the rows after `skipped` by counting, which is faster than pandas for a few rows."""
    rows = values.to_numpy(dtype=float)
    shares = []
    for place in range(skipped, len(rows)):
        window = rows[max(0, place - days + 1) : place + 1]
        less, equal, known = (
            each.sum(axis=0) for each in (window < window[-1], window == window[-1], np.isfinite(window))
        )
        share = (less + (equal + 1) / 2) / np.maximum(known, 1)
        shares.append(np.where((known >= minimum) & np.isfinite(window[-1]), share, np.nan))
    return like(values.iloc[skipped:], np.array(shares))


def _for_distinct(values: Daily, compute: Callable[[Daily], Daily]) -> Daily:
    """Compute equal columns once: assets with the same days share series that belong to none of them, such as the VIX."""
    if isinstance(values, pd.Series):
        return compute(values)
    rows = values.to_numpy()
    if len(np.unique(rows[-1:])) == rows.shape[1]:
        return compute(values)
    numbers: dict[bytes, int] = {}
    number_of_column = [numbers.setdefault(column.tobytes(), len(numbers)) for column in rows.T]
    results = compute(values.iloc[:, [number_of_column.index(number) for number in range(len(numbers))]])
    return like(values, results.to_numpy()[:, number_of_column])


def _compiled(name: str, values: Daily, *arguments: float) -> Daily:
    kernel: Callable[..., NDArray[np.float64]] = getattr(import_module("sentiment.scoring.kernels"), name)
    rows = np.atleast_2d(values.to_numpy(dtype=float).T)
    return like(values, kernel(np.ascontiguousarray(rows), *arguments).T.reshape(values.shape))


def like(template: Daily, results: NDArray[np.float64]) -> Daily:
    """Return results with the index and columns of a template."""
    if isinstance(template, pd.Series):
        return pd.Series(results, template.index)
    return pd.DataFrame(results, template.index, template.columns)
