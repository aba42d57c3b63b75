"""The regime of each day: what it takes to name one, when one begins, and when it ends.

A gap near a border crosses it again and again. So a regime begins on the third day in a row beyond the wide border, and lasts until
the first day within the narrow one. The borders were chosen by how long regimes last, never by what returns followed them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment.models import Regime

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike

Floats = NDArray[np.float64]

BEGINS_AT: Final = 25.0
"""Points of gap from which a regime may begin."""
ENDS_BELOW: Final = 10.0
"""Points of gap below which it ends."""
DAYS_TO_BEGIN: Final = 3
"""Days in a row (sessions, for an exchange) beyond `BEGINS_AT`, none further than `NEAR_DAYS` from the last of them."""
NEAR_DAYS: Final = 10
LAPSES_AFTER: Final = 365
"""Calendar days after which a regime ends that never again stood beyond `BEGINS_AT`."""
MIDDLE: Final = 50.0
"""Fear above which it can outweigh fundamentals, and below which the market can be complacent."""
LEAST_COVERAGE: Final = 0.5
"""Share of its weight that each axis needs before a regime is named."""
LEAST_PARTS: Final = 3
"""Components that each axis needs."""
LEAST_SOURCES: Final = 2
"""Sources from which they come."""
UNNAMED: Final = 2
SCORE_DECIMALS: Final = 6
_NAMES: Final = (Regime.IN_BALANCE.value, Regime.FEAR_OUTWEIGHS.value, np.nan, Regime.COMPLACENT.value)
"""By side: 0, 1, `UNNAMED` and -1."""


class CombinedAxis(NamedTuple):
    """An axis by day.

    Attributes
    ----------
    value, coverage, present : arrays of float
        0-100 (NaN where nothing is known), the share of the weight that is known (0 to 1), and that weight.
    is_broad : array of bool
        Whether it rests on enough components of enough sources to bear a regime.
    """

    value: Floats
    coverage: Floats
    present: Floats
    is_broad: NDArray[np.bool_]

    @property
    def is_enough(self) -> NDArray[np.bool_]:
        """Whether it can bear a regime."""
        return self.is_broad & (self.coverage >= LEAST_COVERAGE)


def combine(ranks: Sequence[Floats], weights: Iterable[ArrayLike], sources: Sequence[str]) -> CombinedAxis:
    """Average the ranks of an axis's components, for one asset or for a column an asset.

    Parameters
    ----------
    ranks : sequence of arrays of shape (days,) or (days, assets)
        0-100, NaN where unknown; one array a component. It may have a single column where all assets have the same.
    weights : iterable of array_like of float
        One a component, >= 0, or one an asset each; 0 where a component does not apply.
    sources : sequence of str
        Where each component's figures come from.
    """
    shares = [np.asarray(weight, dtype=float) for weight in weights]
    shape = np.broadcast_shapes(*(each.shape for each in (*ranks, *shares)))
    points, present, possible = np.zeros(shape), np.zeros(shape), np.zeros(1)
    parts, sources_known = np.zeros(shape, dtype=np.int16), np.zeros(shape, dtype=np.int16)
    known_by_source: dict[str, NDArray[np.bool_]] = {}
    for rank, share, source in zip(ranks, shares, sources, strict=True):
        possible = possible + share
        counts = np.isfinite(rank) & (share > 0)
        if not counts.any():
            continue
        known = counts * share
        present += known
        points += np.where(counts, rank, 0.0) * known
        parts += counts
        known_by_source[source] = known_by_source[source] | counts if source in known_by_source else counts
    for is_known in known_by_source.values():
        sources_known += is_known
    with np.errstate(invalid="ignore"):
        value = np.round(points / present, SCORE_DECIMALS)
    share_known: Floats = np.divide(present, possible, out=np.zeros(shape), where=possible > 0)
    coverage: Floats = np.round(share_known, SCORE_DECIMALS)
    return CombinedAxis(value, coverage, present, (parts >= LEAST_PARTS) & (sources_known >= LEAST_SOURCES))


def sides(fear: Floats, gap: Floats, is_enough: NDArray[np.bool_], days: pd.DatetimeIndex) -> NDArray[np.int8]:
    """Return the side on which each day stands.

    Parameters
    ----------
    fear, gap : arrays of shape (rows,) or (rows, columns)
        In order of the days; NaN where unknown.
    is_enough : array of bool of that shape
        Whether enough is known to name a regime.
    days : pandas.DatetimeIndex
        The days of the rows: every day, or the sessions of an exchange.

    Returns
    -------
    array of int8 of that shape
        1 where fear outweighs fundamentals, -1 where the market is complacent, 0 in balance, `UNNAMED` where nothing is named.
        A day's side depends on the `LAPSES_AFTER` + `NEAR_DAYS` days before it and on no later one.
    """
    shape = (-1,) + (1,) * (gap.ndim - 1)
    number = (days.as_unit("s").asi8 // 86_400).reshape(shape)
    row = np.arange(len(days)).reshape(shape)
    is_known = is_enough & np.isfinite(gap)
    side = np.where(is_known, 0, UNNAMED).astype(np.int8)
    near = np.zeros(len(days), dtype=bool)
    before = DAYS_TO_BEGIN - 1
    near[before:] = number.ravel()[before:] - number.ravel()[: max(len(days) - before, 0)] <= NEAR_DAYS
    for sign in (1, -1):
        stays = is_known & (sign * gap >= ENDS_BELOW) & (sign * (fear - MIDDLE) > 0)
        beyond = stays & (sign * gap >= BEGINS_AT)
        begins = beyond & near.reshape(shape)
        for back in range(1, DAYS_TO_BEGIN):
            begins[back:] &= beyond[:-back]
        begun = np.maximum.accumulate(np.where(begins, row, -1), axis=0)
        ended = np.maximum.accumulate(np.where(stays, -1, row), axis=0)
        is_recent = number - number.ravel()[np.maximum(begun, 0)] < LAPSES_AFTER
        side[(begun > ended) & is_recent] = sign
    return side


def names_of(side: NDArray[np.int8]) -> NDArray[np.object_]:
    """Return the names of sides; NaN where nothing is named."""
    return np.array(_NAMES, dtype=object)[side]


def regimes(axes: pd.DataFrame, is_enough: Iterable[NDArray[np.bool_]]) -> pd.Series:
    """Name the regime of each row of ``fear`` and ``gap``, given for each axis whether it can bear one."""
    enough = np.asarray(np.logical_and.reduce(list(is_enough)))
    index = pd.DatetimeIndex(axes.index)
    side = sides(axes["fear"].to_numpy(), axes["gap"].to_numpy(), enough, index)
    return pd.Series(names_of(side), index=index, dtype="str")
