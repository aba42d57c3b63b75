"""The evidence: 2,000 resamples of the history, by prefix sums and by `arch`."""

from __future__ import annotations

import numpy as np

from bench import peers
from bench.figure import Figure, at_least
from bench.timing import interleaved
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.measures import forward_returns
from sentiment.scoring.score import score
from sentiment.validation import bootstrap
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import evaluate

PART = "evidence"
BLOCK = 180  # one mean block for all horizons: a joint call of arch has one


def measure(*, quick: bool = False) -> list[Figure]:
    resamples = 100 if quick else 2_000
    inputs = load_inputs("BTC-USD")
    scored = score(inputs)
    regimes = scored.axes["regime"].dropna()
    forward = np.column_stack([forward_returns(inputs.closes, days).reindex(regimes.index) for days in HORIZONS])
    member = np.column_stack([regimes == one for one in sorted(regimes.unique())])
    arch = peers.load("arch.bootstrap")

    def ours():
        drawn = bootstrap.draw_blocks(len(forward), BLOCK, resamples, np.random.default_rng(1))
        return np.hstack([bootstrap.resampled_excess(column, member, drawn) for column in forward.T])

    def excess(returns, of):
        """Work out every regime and horizon of one resample at once, as a careful user of arch would."""
        known = np.isfinite(returns)
        kept = np.where(known, returns, 0.0)
        mean = (of.T @ kept) / (of.T @ known.astype(float))
        return (mean - kept.sum(axis=0) / known.sum(axis=0)).T.ravel()

    def theirs():
        return arch.StationaryBootstrap(BLOCK, forward, member.astype(float), seed=1).apply(excess, resamples)

    check(ours(), theirs())
    times = interleaved({"ours": ours, "arch": theirs, "page": lambda: evaluate(inputs, scored)}, 1 if quick else 3)
    return [
        Figure(PART, "prefix sums", times["ours"].least * 1e3, "ms", note=f"{resamples:,} resamples, {member.shape[1]} regimes, 4 horizons"),
        Figure(PART, "arch, one joint call", times["arch"].least * 1e3, "ms"),
        at_least(PART, "arch / prefix sums", times["arch"].least / times["ours"].least, "", 12),
        Figure(PART, "the whole table of the page", times["page"].least * 1e3, "ms"),
    ]  # fmt: skip


def check(ours, theirs):
    """Hold both to the same spread, as far as two draws agree; raises AssertionError where they do not."""
    spread = np.nanstd(theirs, axis=0)
    np.testing.assert_allclose(np.nanstd(ours, axis=0), spread, rtol=0.5)
    assert (np.abs(np.nanmean(ours, axis=0) - np.nanmean(theirs, axis=0)) < spread).all()
