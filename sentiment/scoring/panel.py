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
from sentiment.scoring.regimes import Floats, combine, regimes
from sentiment.scoring.score import checked_weights, gap, justified, ranked, reads_notes, rows_needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

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
        ``fundamentals_coverage`` (0 to 1), ``justified`` (0-100); NaN where unknown, meaningless outside an asset's span.
    is_enough, sessions : array of bool of shape (days, assets)
        Whether enough is known to name a regime, and whether the asset was traded.
    first : int
        Row of the first day that is asked for; those before it are there for the regimes.
    """

    assets: tuple[str, ...]
    index: pd.DatetimeIndex
    spans: tuple[slice, ...]
    columns: dict[str, Floats]
    is_enough: NDArray[np.bool_]
    sessions: NDArray[np.bool_]
    first: int

    def axes(self, asset: str) -> pd.DataFrame:
        """Return one asset's frame, equal to `Scores.axes`."""
        place = self.assets.index(asset)
        rows = self.spans[place]
        frame = pd.DataFrame({name: values[rows, place] for name, values in self.columns.items()}, self.index[rows])
        traded = self.sessions[rows, place]
        if not traded.all():
            frame = frame[traded]
        frame.insert(4, "regime", regimes(frame, [self.is_enough[rows, place][traded]]))
        return frame[frame.index >= self.index[self.first]] if self.first < len(self.index) else frame.iloc[:0]


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
        Number of calendar days to return, counted from the end of each block; all by default.
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
    if not reads_notes(weights):
        block = [inputs.without_notes() for inputs in block]
    wide, spans, sessions = _side_by_side(block)
    start, first = rows_needed(len(wide.prices), last)
    columns = {"close": wide.prices["close"].to_numpy()[start:].copy()}  # a copy lets the rest of the block be freed
    shape, coverage, is_enough = columns["close"].shape, {}, []
    for axis in AXES:
        parts = [part for part in registry() if part.axis == axis]
        ranks = [_rank(part, block, wide, spans, sessions, start) for part in parts]
        applying = [
            [weights[part.name] if part.applies_to(inputs.asset_class) else 0.0 for inputs in block] for part in parts
        ]
        combined = combine(ranks, applying, [part.source_name for part in parts])
        columns[axis] = np.broadcast_to(combined.value, shape)
        coverage[f"{axis}_coverage"] = np.broadcast_to(combined.coverage, shape)
        is_enough.append(np.broadcast_to(combined.is_enough, shape))
    columns["gap"] = gap(columns["fear"], columns["fundamentals"])
    columns |= {**coverage, "justified": justified(columns["fundamentals"])}
    rows = tuple(slice(max(span.start - start, 0), max(span.stop - start, 0)) for span in spans)
    symbols = tuple(inputs.asset for inputs in block)
    index = days(wide.prices)[start:]
    return PanelScores(symbols, index, rows, columns, np.logical_and(*is_enough), sessions[start:], first - start)


def _rank(  # noqa: PLR0913, PLR0917 - a block and its three views
    part: Component,
    block: Sequence[Inputs],
    wide: Inputs,
    spans: Sequence[slice],
    sessions: NDArray[np.bool_],
    first: int,
) -> Floats:
    """Rank a component for every asset, shape (days, assets), or (days, 1) where it is the same for all."""
    unknown = np.full((len(wide.prices) - first, 1), np.nan)
    if not any(part.applies_to(inputs.asset_class) for inputs in block):
        return unknown
    raw: pd.DataFrame | pd.Series = part.raw(wide)
    frame = raw if isinstance(raw, pd.DataFrame) else raw.to_frame()
    noted = [place for place, inputs in enumerate(block) if part.uses_notes and inputs.editions]
    if noted or not sessions.all():
        rows = np.where(sessions.T, frame.to_numpy().T, np.nan)
        for place in noted:  # components of notes work on one asset at a time
            inputs = block[place]
            if part.applies_to(inputs.asset_class):
                rows[place] = np.nan
                rows[place, spans[place]] = np.where(inputs.sessions, part.raw(inputs), np.nan)
        frame = pd.DataFrame(rows.T, wide.prices.index)
    if np.isnan(frame.to_numpy()).all():
        return unknown
    return ranked(part, frame, first).to_numpy()


def _side_by_side(block: Sequence[Inputs]) -> tuple[Inputs, tuple[slice, ...], NDArray[np.bool_]]:
    """Return the inputs of a block as frames with a column an asset, NaN outside its days, the rows of each, and its sessions."""
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
    sessions = np.ones((len(index), len(block)), dtype=bool)
    for place, (span, inputs) in enumerate(zip(spans, block, strict=True)):
        sessions[span, place] = inputs.sessions
    return (
        Inputs("", pd.DataFrame(wide.T, index, pd.MultiIndex.from_product([prices, assets])), series),
        spans,
        sessions,
    )
