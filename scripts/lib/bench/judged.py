"""The evidence: every turn of the labels, by Fourier transform and made one by one."""

from __future__ import annotations

import numpy as np
import plain_turns

from bench.figure import Figure, at_least
from bench.timing import interleaved
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.measures import forward_returns
from sentiment.scoring.score import score
from sentiment.validation import turns
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import evaluate

PART = "evidence"
STEP = 40  # one by one, only every so many turns are made


def measure(*, quick: bool = False) -> list[Figure]:
    inputs = load_inputs("BTC-USD")
    scored = score(inputs)
    regimes = scored.axes["regime"].dropna()
    forward = {days: forward_returns(inputs.closes, days).reindex(regimes.index).to_numpy() for days in HORIZONS}
    member = np.column_stack([regimes == one for one in sorted(regimes.unique())]).astype(float)
    made = range(turns.NEAREST, len(regimes) - turns.NEAREST, STEP * (10 if quick else 1))

    def ours():
        return np.stack([turns.turned(values, member, days).t for days, values in forward.items()])

    def theirs():
        pairs = np.array(
            [
                [[plain_turns.turned_by(values, label, days, turn) for label in member.T] for turn in made]
                for days, values in forward.items()
            ]
        )
        return np.abs(pairs[..., 0] / pairs[..., 1])

    check(ours()[:, list(made)], theirs())
    times = interleaved({"ours": ours, "theirs": theirs, "page": lambda: evaluate(inputs, scored)}, 1 if quick else 3)
    one_by_one = times["theirs"].least * (len(regimes) - 2 * turns.NEAREST) / len(made)
    return [
        Figure(PART, "every turn, by Fourier transform", times["ours"].least * 1e3, "ms", note=f"{member.shape[1]} regimes, 4 horizons"),
        Figure(PART, "the same made one by one", one_by_one * 1e3, "ms", note=f"from {len(made)} turns"),
        at_least(PART, "one by one / Fourier transform", one_by_one / times["ours"].least, "", 100),
        Figure(PART, "the whole table of the page", times["page"].least * 1e3, "ms"),
    ]  # fmt: skip


def check(ours, theirs):
    """Hold both to the same figures; raises AssertionError where they differ."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
