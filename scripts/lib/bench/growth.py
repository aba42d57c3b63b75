"""How the work grows: sizes doubled three times, and the exponent that fits (1 is linear)."""

from __future__ import annotations

import numpy as np

from bench import worlds
from bench.figure import Figure, at_most
from bench.scorer import scored
from bench.timing import exponent, interleaved
from sentiment.research import library, text
from sentiment.scoring import rolling
from sentiment.validation.turns import turned

PART = "growth"
LINEAR = 1.1
"""What a fit may say of linear work: caches cost something at one end and starting costs something at the other."""


def measure(*, quick: bool = False) -> list[Figure]:
    scale, rounds = (1, 1) if quick else (8, 3)
    doubled = [scale * 2**step for step in range(4)]
    rng = np.random.default_rng(1)
    bodies = [note.body for note in library.library()]
    walk = next(worlds.assets(1, 20_000)).prices[["close"]]

    def ranks(window):
        with rolling.use_engine("numba"):
            return rolling.rank(walk, window, window)

    returns, member = rng.normal(size=4_000), (rng.random((4_000, 64)) < 0.3).astype(float)
    cases = {
        "assets, compiled": (doubled, {n: list(worlds.assets(8 * n)) for n in doubled}, lambda many: scored(many, "numba")),
        "assets, pandas": (doubled, {n: list(worlds.assets(4 * n)) for n in doubled}, lambda many: scored(many, "pandas")),
        "days, compiled": (doubled, {n: list(worlds.assets(16, 730 * n)) for n in doubled}, lambda many: scored(many, "numba")),
        "the window of a rank, compiled": (doubled, {n: 30 * n for n in doubled}, ranks),
        "labels that turn": (doubled, {n: member[:, :n] for n in doubled}, lambda some: turned(returns, some, 30)),
        "notes": (doubled, {n: bodies * n for n in doubled}, lambda many: [text.annotate(one) for one in many]),
    }  # fmt: skip
    found = []
    for name, (sizes, made, run) in cases.items():
        times = interleaved({str(n): lambda n=n, made=made, run=run: run(made[n]) for n in sizes}, rounds)
        found.append(at_most(PART, name, exponent(sizes, [times[str(n)].least for n in sizes]), "", LINEAR))
    return found
