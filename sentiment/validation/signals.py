"""The signals that can be evaluated: our scores, and the indices that they compete with, known at the end of each day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.errors import SelectionError
from sentiment.frames import days
from sentiment.market import assets, history
from sentiment.models import Regime
from sentiment.scoring.measures import carry_forward, percentile_rank
from sentiment.validation.forward_returns import HORIZONS, bands, evidence_by_era, evidence_table
from sentiment.validation.verdict import EvidenceVerdict, assess

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores

BENCHMARK = "CRYPTO-FEAR-GREED"
_WITH_OWN_SIGNAL = frozenset({BENCHMARK, "^VIX"})
REGIMES = (Regime.COMPLACENT, Regime.IN_BALANCE, Regime.FEAR_OUTWEIGHS)


@dataclass(frozen=True, slots=True)
class Signal:
    """A daily series to evaluate: its title, its values, and the upper edges of its bands (none: our regimes)."""

    title: str
    values: Callable[[Inputs, Scores], pd.Series]
    edges: tuple[float, ...] = ()

    def labels(self, inputs: Inputs, scored: Scores) -> pd.Series:
        """Label each day by its band or regime: ordered categories from low to high, NaN where unknown."""
        if self.edges:
            return bands(self.values(inputs, scored), self.edges)
        categories = pd.CategoricalDtype([regime.value for regime in REGIMES], ordered=True)
        return scored.axes["regime"].astype(categories)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a signal was worth: its labels and values by day, the evidence at every horizon, and the verdict."""

    title: str
    labels: pd.Series
    score: pd.Series
    table: pd.DataFrame
    verdict: EvidenceVerdict


def _benchmark(inputs: Inputs, _: Scores) -> pd.Series:
    index = days(inputs.prices)
    return history.bars(BENCHMARK, index[-1].date(), inputs.known_at)["close"].reindex(index)


def _volatility(inputs: Inputs, _: Scores) -> pd.Series:
    return carry_forward(inputs.role("equity_volatility"))


SIGNALS = {
    "Regimes": Signal("our regimes", lambda _, scored: scored.axes["gap"]),
    "Fear": Signal("our fear score in bands", lambda _, scored: scored.axes["fear"], (25, 50, 75)),
    "Fundamentals": Signal("our fundamentals in bands", lambda _, scored: scored.axes["fundamentals"], (25, 50, 75)),
    "Gap": Signal("our gap in bands", lambda _, scored: scored.axes["gap"], (-50, -25, 0, 25, 50)),
    "Alternative.me": Signal("alternative.me's index in its bands", _benchmark, (24, 49, 74)),
    "VIX": Signal("the VIX in bands", _volatility, (15, 20, 30)),
}


def signal(name: str) -> Signal:
    """Return the signal of that name; a symbol stands for its close, ranked in its own trailing window.

    Raises
    ------
    SelectionError
        If there is none; the message lists those there are.
    """
    if name in SIGNALS:
        return SIGNALS[name]
    if name not in signal_names():
        raise SelectionError(f"no series {name!r} to judge; there are: {', '.join(signal_names())}")
    return Signal(f"{name} by its rank among its own last two years", partial(_trailing_rank, name), (25, 50, 75))


def signal_names() -> tuple[str, ...]:
    """Return the names of all signals: ours, their competitors, and every other series there is."""
    return (*SIGNALS, *(symbol for symbol in assets.symbols() if symbol not in _WITH_OWN_SIGNAL))


def _trailing_rank(symbol: str, inputs: Inputs, _: Scores) -> pd.Series:
    index = days(inputs.prices)
    close = history.bars(symbol, index[-1].date(), inputs.known_at)["close"].reindex(index)
    return percentile_rank(carry_forward(close))


def evaluate(inputs: Inputs, scored: Scores, name: str = "Regimes") -> Evaluation:
    """Evaluate one signal at every horizon; only returns that are complete by the last day of `inputs` count.

    `scored` are scores without notes (`score_without_notes`): a note must not move the evidence about itself.

    Raises
    ------
    SelectionError
        As in `signal`.
    """
    chosen = signal(name)
    # A day without a session has no close of its own, and no label.
    labels = chosen.labels(inputs, scored).reindex(scored.axes.index).reindex(inputs.prices.index)
    table = evidence_table(inputs.closes, labels, HORIZONS)
    return Evaluation(chosen.title, labels, chosen.values(inputs, scored), table, assess(table))


def evaluate_eras(inputs: Inputs, evaluation: Evaluation) -> pd.DataFrame:
    """Split an evaluation by halving eras, each against its own base rate; joint intervals hold for all of them at once."""
    return evidence_by_era(inputs.closes, evaluation.labels)
