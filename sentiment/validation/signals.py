"""The readings that can be judged, ours and those they would replace, all on one clock: dated d, known at the end of d."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from sentiment.errors import SelectionError
from sentiment.frames import days
from sentiment.market import assets, history
from sentiment.models import SEED, Regime
from sentiment.scoring.measures import carry_forward, percentile_rank
from sentiment.validation.forward_returns import HORIZONS, bands, by_era, evidence
from sentiment.validation.verdict import Finding, verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentiment.models import Inputs
    from sentiment.scoring.score import Scores

BENCHMARK = "CRYPTO-FEAR-GREED"
_NAMED = frozenset({BENCHMARK, "^VIX"})  # they have readings of their own
REGIMES = (Regime.COMPLACENT, Regime.IN_BALANCE, Regime.FEAR_OUTWEIGHS)


@dataclass(frozen=True, slots=True)
class Reading:
    """A daily series to be judged: what it is, its values, and the upper edges of its bands (none: our regimes)."""

    title: str
    values: Callable[[Inputs, Scores], pd.Series]
    edges: tuple[float, ...] = ()

    def labels(self, inputs: Inputs, scored: Scores) -> pd.Series:
        """Label each day, as ordered categories from the lowest to the highest; NaN where nothing is known."""
        if self.edges:
            return bands(self.values(inputs, scored), self.edges)
        kinds = pd.CategoricalDtype([kind.value for kind in REGIMES], ordered=True)
        return scored.axes["regime"].astype(kinds)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reading was worth: its labels and its score by day, the table of every horizon, and the finding."""

    title: str
    labels: pd.Series
    score: pd.Series
    table: pd.DataFrame
    finding: Finding


def _benchmark(inputs: Inputs, _: Scores) -> pd.Series:
    index = days(inputs.prices)
    return history.bars(BENCHMARK, index[-1].date(), inputs.known_at)["close"].reindex(index)


def _volatility(inputs: Inputs, _: Scores) -> pd.Series:
    return carry_forward(inputs.role("equity_volatility"))


READINGS = {
    "Regimes": Reading("our regimes", lambda _, scored: scored.axes["gap"]),
    "Fear": Reading("our fear score in bands", lambda _, scored: scored.axes["fear"], (25, 50, 75)),
    "Fundamentals": Reading("our fundamentals in bands", lambda _, scored: scored.axes["fundamentals"], (25, 50, 75)),
    "Gap": Reading("our gap in bands", lambda _, scored: scored.axes["gap"], (-50, -25, 0, 25, 50)),
    "Alternative.me": Reading("alternative.me's index in its bands", _benchmark, (24, 49, 74)),
    "VIX": Reading("the VIX in bands", _volatility, (15, 20, 30)),
}


def reading(name: str) -> Reading:
    """Return the reading of that name.

    Raises
    ------
    SelectionError
        Naming what there is.
    """
    if name in READINGS:
        return READINGS[name]
    if name not in names():
        raise SelectionError(f"no series {name!r} to judge; there are: {', '.join(names())}")
    return Reading(f"{name} by its rank among its own last two years", partial(_ranked, name), (25, 50, 75))


def names() -> tuple[str, ...]:
    """Name everything that can be judged: our readings, what they would replace, and any other series at hand."""
    return (*READINGS, *(symbol for symbol in assets.symbols() if symbol not in _NAMED))


def _ranked(symbol: str, inputs: Inputs, _: Scores) -> pd.Series:
    index = days(inputs.prices)
    return percentile_rank(
        carry_forward(history.bars(symbol, index[-1].date(), inputs.known_at)["close"].reindex(index))
    )


def judge(inputs: Inputs, scored: Scores, name: str = "Regimes", seed: int = SEED) -> Judgement:
    """Judge one reading at every horizon on what `inputs` know: only returns complete by their last day count."""
    chosen = reading(name)
    labels = chosen.labels(inputs, scored)
    if "carried" in inputs.prices:  # a day without a session is no reading of its own
        labels = labels.where(~inputs.prices["carried"])
    table = evidence(inputs.closes, labels, HORIZONS, seed=seed)
    return Judgement(chosen.title, labels, chosen.values(inputs, scored), table, verdict(table))


def eras(inputs: Inputs, judged: Judgement, horizon: int, seed: int = SEED) -> pd.DataFrame:
    """Split the judgement at one horizon by the halving eras, each against its own base."""
    return by_era(inputs.closes, judged.labels, (horizon,), seed=seed)
