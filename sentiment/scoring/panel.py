"""Scores of many assets: the components, ranks and axes of `score` on blocks of assets, with the same results.

A component works on a block as on one asset: each series is a frame with a column an asset.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from sentiment.frames import days
from sentiment.models import AXES
from sentiment.scoring import rolling
from sentiment.scoring.components import Component, registry
from sentiment.scoring.inputs import Inputs
from sentiment.scoring.score import Floats, checked_weights, combine, enough_coverage, gap, ranked, regime

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

BLOCK_ASSETS = 64
"""Assets in a block: more overflow the processor's caches, fewer multiply pandas's overhead per call."""

_ALLOCATION = 31 << 20
"""Bytes to allocate and free once, after which glibc reuses freed blocks up to that size instead of returning them to the kernel
and zeroing new ones: a third of the whole time (measured). It has no effect elsewhere."""


@dataclass(frozen=True, slots=True)
class PanelScores:
    """Scores of a block of assets.

    Attributes
    ----------
    assets : tuple of str
        Symbols, in the order of the inputs.
    index : pandas.DatetimeIndex
        Every UTC day on which any of them has a row.
    spans : tuple of slice
        Rows of each asset, from its first to its last day.
    columns : dict of str to array of shape (days, assets)
        ``close``, ``fear``, ``fundamentals`` (0-100), ``gap`` (-100 to 100), ``fear_coverage`` and
        ``fundamentals_coverage`` (0 to 1); NaN where unknown, meaningless outside an asset's span.
    """

    assets: tuple[str, ...]
    index: pd.DatetimeIndex
    spans: tuple[slice, ...]
    columns: dict[str, Floats]

    def axes(self, asset: str) -> pd.DataFrame:
        """Return one asset's frame, equal to `Scores.axes`."""
        place = self.assets.index(asset)
        rows = self.spans[place]
        frame = pd.DataFrame({name: values[rows, place] for name, values in self.columns.items()}, self.index[rows])
        enough = enough_coverage([frame[f"{axis}_coverage"].to_numpy() for axis in AXES])
        frame.insert(4, "regime", regime(frame["gap"].where(enough)))
        return frame


def score_panel(
    many: Iterable[Inputs],
    weights: Mapping[str, float] | None = None,
    last: int | None = None,
    engine: rolling.Engine | None = None,
) -> Iterator[PanelScores]:
    """Score many assets, each day from what was known of the asset at its end.

    Parameters
    ----------
    many : iterable of Inputs
        Consumed `BLOCK_ASSETS` at a time, so that it may be a generator.
    weights : mapping of str to float, optional
        Weights by component name that replace the components' own.
    last : int, optional
        Number of days to return, counted from the end of each block; all by default.
    engine : {"pandas", "numba"}, optional
        How windows are computed, by default the fastest that is installed. The results are the same.

    Yields
    ------
    PanelScores
        One a block, in the order of `many`.

    Raises
    ------
    SelectionError
        As in `score`.
    MissingExtraError
        If numba is chosen and not installed.
    """
    chosen = checked_weights(weights or {})
    np.empty(_ALLOCATION, dtype=np.uint8)
    engine = engine or rolling.fastest_engine()
    remaining = iter(many)
    while block := list(islice(remaining, BLOCK_ASSETS)):
        with rolling.use_engine(engine):
            scores = _score_block(block, chosen, last)
        yield scores


def _score_block(block: Sequence[Inputs], weights: Mapping[str, float], last: int | None) -> PanelScores:
    wide, spans = _side_by_side(block)
    first = 0 if last is None else max(len(wide.prices) - last, 0)
    columns = {"close": wide.prices["close"].to_numpy()[first:].copy()}  # a copy lets the rest of the block be freed
    coverage = {}
    for axis in AXES:
        parts = [part for part in registry() if part.axis == axis]
        ranks = [_rank(part, block, wide, first) for part in parts]
        total, share, _ = combine(ranks, [weights[part.name] for part in parts])
        shape = columns["close"].shape
        columns[axis], coverage[f"{axis}_coverage"] = np.broadcast_to(total, shape), np.broadcast_to(share, shape)
    columns["gap"] = gap(columns["fear"], columns["fundamentals"])
    rows = tuple(slice(max(span.start - first, 0), max(span.stop - first, 0)) for span in spans)
    return PanelScores(tuple(inputs.asset for inputs in block), days(wide.prices)[first:], rows, columns | coverage)


def _rank(part: Component, block: Sequence[Inputs], wide: Inputs, first: int) -> Floats:
    """Rank a component for every asset, shape (days, assets), or (days, 1) where it is the same for all."""
    raw: pd.DataFrame | pd.Series = part.raw(wide)
    frame = raw if isinstance(raw, pd.DataFrame) else raw.to_frame()
    if noted := [inputs for inputs in block if inputs.editions]:  # components of notes work on one asset at a time
        assets = [inputs.asset for inputs in block]
        frame = frame.copy() if len(frame.columns) == len(assets) else pd.concat([frame] * len(assets), axis=1)
        frame.columns = assets
        for inputs in noted:
            frame[inputs.asset] = part.raw(inputs).reindex(frame.index)
    return ranked(part, frame, first).to_numpy()


def _side_by_side(block: Sequence[Inputs]) -> tuple[Inputs, tuple[slice, ...]]:
    """Return the inputs of a block as frames with a column an asset, NaN outside its days, and the rows of each asset."""
    first = min(inputs.prices.index[0] for inputs in block)
    last = max(inputs.prices.index[-1] for inputs in block)
    index = pd.date_range(first, last, freq="D", name="date", unit="us")
    starts = [(inputs.prices.index[0] - first).days for inputs in block]
    spans = tuple(slice(start, start + len(inputs.prices)) for start, inputs in zip(starts, block, strict=True))
    assets = [inputs.asset for inputs in block]

    def padded(columns: Sequence[pd.Series]) -> Floats:
        rows = np.full((len(block), len(index)), np.nan)
        for row, span, column in zip(rows, spans, columns, strict=True):
            row[span] = column.to_numpy(dtype=float)
        return rows

    prices = {
        "close": [inputs.prices["close"] for inputs in block],
        "volume": [inputs.column("volume") for inputs in block],
    }
    if any("total_return" in inputs.prices for inputs in block):
        prices["total_return"] = [inputs.closes for inputs in block]
    wide = np.concatenate([padded(columns) for columns in prices.values()])
    series = {}
    for role in sorted({role for inputs in block for role in inputs.series}):
        columns = [inputs.role(role) for inputs in block]
        same_days = all(span == spans[0] for span in spans)
        shared = same_days and len({column.to_numpy().tobytes() for column in columns}) == 1
        series[role] = columns[0] if shared else cast("pd.Series", pd.DataFrame(padded(columns).T, index, assets))
    return Inputs("", pd.DataFrame(wide.T, index, pd.MultiIndex.from_product([prices, assets])), series), spans
