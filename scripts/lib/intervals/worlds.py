"""Worlds: a path of closes, labels and a score for it, drawn from a seed. But for the last one no label knows a return."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sentiment.frames import every_day
from sentiment.scoring.inputs import Inputs, load_inputs
from sentiment.scoring.score import score_without_notes
from sentiment.validation.signals import signal

if TYPE_CHECKING:
    from collections.abc import Callable

EDGE = 0.08
EDGE_DAYS = 30
EDGE_BLOCK = 60
_NEAREST = 180


class Drawn(NamedTuple):
    """Closes, labels and score of a world by day."""

    close: pd.Series
    labels: pd.Series
    score: pd.Series


class _Real(NamedTuple):
    inputs: Inputs
    labels: pd.Series
    close: pd.Series
    score: pd.Series
    returns: np.ndarray


@cache
def _real() -> _Real:
    """Return bitcoin's own history without notes: its regimes, and closes and daily returns of the same days."""
    inputs = replace(load_inputs("BTC-USD"), editions=())
    labels, gap = _judged(inputs, "Regimes")
    close = inputs.closes.reindex(labels.index)
    return _Real(inputs, labels, close, gap, close.pct_change().to_numpy()[1:])


def _judged(inputs: Inputs, series: str) -> tuple[pd.Series, pd.Series]:
    scored = score_without_notes(inputs)
    chosen = signal(series)
    labels = chosen.labels(inputs, scored)
    known = labels.dropna().index
    index = every_day(known[0], known[-1])
    return labels.reindex(index), chosen.values(inputs, scored).reindex(index)


def martingale(rng: np.random.Generator, series: str = "Regimes") -> Drawn:
    """Scored by the product: bitcoin's returns less their mean, begun on any day, each with a sign by the toss of a coin."""
    inputs = _real().inputs
    before = inputs.prices["close"]
    returns = np.roll(before.pct_change().to_numpy()[1:], rng.integers(len(before)))
    drift = returns.mean()
    tossed = drift + (returns - drift) * rng.choice([-1.0, 1.0], len(returns))
    close = pd.Series(_path(tossed, before.iloc[0]), before.index)
    others = {**inputs.series, "future": inputs.role("future") / before * close}
    prices = pd.DataFrame({"close": close, "volume": inputs.column("volume")})
    world = Inputs(inputs.asset, prices, others, asset_class=inputs.asset_class)
    labels, values = _judged(world, series)
    return Drawn(close.reindex(labels.index), labels, values)


def blocks(rng: np.random.Generator, length: int, edge: float = 0.0) -> Drawn:
    """Bitcoin's returns in blocks of `length` days from any day on, and its real regimes, turned by any number of days.

    After each day of the highest regime the return is `edge` higher.
    """
    real = _real()
    number = -(-len(real.returns) // length)
    begin = rng.integers(len(real.returns), size=(number, 1))
    places = (begin + np.arange(length)).ravel()[: len(real.returns)] % len(real.returns)
    labels, values = _turn(real, int(rng.integers(len(real.labels))))
    returns = real.returns[places] + edge * _highest(labels)[:-1]
    return Drawn(pd.Series(_path(returns), real.close.index), labels, values)


def as_it_was(rng: np.random.Generator) -> Drawn:
    """Return bitcoin's one real path, and its regimes turned by half a year or more."""
    real = _real()
    return Drawn(real.close, *_turn(real, int(rng.integers(_NEAREST, len(real.labels) - _NEAREST))))


def with_edge(rng: np.random.Generator) -> Drawn:
    """Blocks of 60 days in which the highest regime is followed by 8 points more than all days, in 30 days."""
    return blocks(rng, EDGE_BLOCK, _daily_edge())


@cache
def _daily_edge() -> float:
    """Return what must be added after each day of the highest regime for an excess of `EDGE` over `EDGE_DAYS`."""
    real = _real()
    high = _highest(real.labels)
    ahead = np.convolve(high, np.ones(EDGE_DAYS))[EDGE_DAYS - 1 : len(high)]
    own, base = ahead[high[: len(ahead)] == 1], (1 + real.returns.mean()) ** EDGE_DAYS
    tried = np.linspace(0, 0.02, 400)
    excess = [base * (np.mean((1 + one) ** own) - np.mean((1 + one) ** ahead)) for one in tried]
    return float(np.interp(EDGE, excess, tried))


def _highest(labels: pd.Series) -> np.ndarray:
    return (labels.cat.codes == len(labels.cat.categories) - 1).to_numpy(float)


def _turn(real: _Real, days: int) -> tuple[pd.Series, pd.Series]:
    codes = np.roll(real.labels.cat.codes.to_numpy(), days)
    labels = pd.Series(pd.Categorical.from_codes(codes, dtype=real.labels.dtype), real.labels.index)
    return labels, pd.Series(np.roll(real.score.to_numpy(), days), real.score.index)


def _path(returns: np.ndarray, first: float = 100.0) -> np.ndarray:
    return first * np.cumprod(np.r_[1.0, 1 + returns])


WITHOUT_EDGE: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "random walk scored like the market, regimes": martingale,
    "the same, fear in bands": partial(martingale, series="Fear"),
    "returns in blocks of 60 days, regimes rotated": partial(blocks, length=60),
    "returns in blocks of 365 days, regimes rotated": partial(blocks, length=365),
    "returns in blocks of 730 days, regimes rotated": partial(blocks, length=730),
    "the real path, regimes rotated": as_it_was,
}
EDGE_TITLE = f"blocks of {EDGE_BLOCK} days, one regime {100 * EDGE:.0f} points better in {EDGE_DAYS} days"
