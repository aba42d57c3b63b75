"""Many assets at once: the components, ranks and axes of `score` on blocks of assets side by side, with the same answers.

A component works on a block as on one asset: what is a series there is a frame here, with a column an asset.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from sentiment.frames import days
from sentiment.models import AXES, Component, Inputs
from sentiment.scoring import rolling
from sentiment.scoring.components import registry
from sentiment.scoring.score import Floats, checked_weights, combine, enough, gap, ranked, regime

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ASSETS = 64
"""Assets of a block: more leave the processor's caches, fewer pay pandas's price of a call more often."""

KEPT = 31 << 20
"""Bytes to free once: from then on glibc keeps freed blocks of up to that size. Else it gives every column of a block back to the
kernel and asks for zeroed memory again, a third of the whole time (measured). Elsewhere it does nothing."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Scores of a block of assets.

    Attributes
    ----------
    assets : tuple of str
        Symbols, in the order they came.
    index : pandas.DatetimeIndex
        Every UTC day on which any of them has a row.
    spans : tuple of slice
        Rows of each asset: its first to its last day.
    columns : dict of str to array of shape (days, assets)
        ``close``, ``fear``, ``fundamentals`` (0-100), ``gap`` (-100 to 100), ``fear_coverage`` and
        ``fundamentals_coverage`` (0 to 1); outside an asset's span they mean nothing.
    """

    assets: tuple[str, ...]
    index: pd.DatetimeIndex
    spans: tuple[slice, ...]
    columns: dict[str, Floats]

    def axes(self, asset: str) -> pd.DataFrame:
        """Give one asset's frame, as `Scores.axes` has it."""
        place = self.assets.index(asset)
        rows = self.spans[place]
        frame = pd.DataFrame({name: values[rows, place] for name, values in self.columns.items()}, self.index[rows])
        named = regime(frame["gap"].where(enough([frame[f"{axis}_coverage"].to_numpy() for axis in AXES])))
        frame.insert(4, "regime", named)
        return frame


def panel(
    many: Iterable[Inputs],
    weights: Mapping[str, float] | None = None,
    last: int | None = None,
    engine: rolling.Engine | None = None,
) -> Iterator[Panel]:
    """Score many assets, each day from what is known of the asset at its end.

    Parameters
    ----------
    many : iterable of Inputs
        Read `ASSETS` at a time, so that it may be made as it is read.
    weights : mapping of str to float, optional
        Weights by component name that replace the components' own.
    last : int, optional
        Number of days to answer for, up to the end of each block; all of them without it.
    engine : {"pandas", "numba"}, optional
        How windows are worked out; the fastest that is installed. The answers are the same.

    Yields
    ------
    Panel
        One a block, in the order of `many`.

    Raises
    ------
    SelectionError
        As in `score`.
    MissingExtraError
        If numba is asked for and not installed.
    """
    chosen = checked_weights(weights or {})
    np.empty(KEPT, dtype=np.uint8)
    by = engine or rolling.fastest()
    rest = iter(many)
    while block := list(islice(rest, ASSETS)):
        with rolling.by(by):
            scored = _scored(block, chosen, last)
        yield scored


def _scored(block: Sequence[Inputs], weights: Mapping[str, float], last: int | None) -> Panel:
    wide, spans = _side_by_side(block)
    first = 0 if last is None else max(len(wide.prices) - last, 0)
    columns = {"close": wide.prices["close"].to_numpy()[first:].copy()}  # the rest of the block need not stay
    coverage = {}
    for axis in AXES:
        parts = [part for part in registry() if part.axis == axis]
        ranks = [_rank(part, block, wide, first) for part in parts]
        found = combine(ranks, [weights[part.name] for part in parts])
        shape = columns["close"].shape
        columns[axis], coverage[f"{axis}_coverage"] = (np.broadcast_to(one, shape) for one in found[:2])
    columns["gap"] = gap(columns["fear"], columns["fundamentals"])
    shown = tuple(slice(max(span.start - first, 0), max(span.stop - first, 0)) for span in spans)
    return Panel(tuple(one.asset for one in block), days(wide.prices)[first:], shown, columns | coverage)


def _rank(part: Component, block: Sequence[Inputs], wide: Inputs, first: int) -> Floats:
    """Rank a component of every asset; one that knows no asset, for want of notes, has a single column."""
    raw: pd.DataFrame | pd.Series = part.raw(wide)
    frame = raw if isinstance(raw, pd.DataFrame) else raw.to_frame()
    if noted := [one for one in block if one.notes]:  # what a note says of an asset is read asset by asset
        assets = [one.asset for one in block]
        frame = frame.copy() if len(frame.columns) == len(assets) else pd.concat([frame] * len(assets), axis=1)
        frame.columns = assets
        for one in noted:
            frame[one.asset] = part.raw(one).reindex(frame.index)
    return ranked(part, frame, first).to_numpy()


def _side_by_side(block: Sequence[Inputs]) -> tuple[Inputs, tuple[slice, ...]]:
    """Put assets side by side on the days of all, and say which rows are whose; nothing is known outside them."""
    first = min(one.prices.index[0] for one in block)
    last = max(one.prices.index[-1] for one in block)
    index = pd.date_range(first, last, freq="D", name="date", unit="us")
    starts = [(one.prices.index[0] - first).days for one in block]
    spans = tuple(slice(start, start + len(one.prices)) for start, one in zip(starts, block, strict=True))
    assets = [one.asset for one in block]

    def frame(columns: Sequence[pd.Series]) -> Floats:
        rows = np.full((len(block), len(index)), np.nan)
        for row, span, column in zip(rows, spans, columns, strict=True):
            row[span] = column.to_numpy(dtype=float)
        return rows

    prices = {"close": [one.prices["close"] for one in block], "volume": [one.column("volume") for one in block]}
    if any("total_return" in one.prices for one in block):
        prices["total_return"] = [one.closes for one in block]
    wide = np.concatenate([frame(columns) for columns in prices.values()])
    series = {}
    for role in sorted({role for one in block for role in one.series}):
        columns = [one.role(role) for one in block]
        shared = all(span == spans[0] for span in spans) and len({one.to_numpy().tobytes() for one in columns}) == 1
        series[role] = columns[0] if shared else cast("pd.Series", pd.DataFrame(frame(columns).T, index, assets))
    return Inputs("", pd.DataFrame(wide.T, index, pd.MultiIndex.from_product([prices, assets])), series), spans
