"""Judge many drawn worlds with the product's own functions, and count."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from intervals import worlds
from sentiment.validation.event_study import return_slope
from sentiment.validation.forward_returns import HORIZONS, MIN_EPISODES, evidence_by_era, evidence_table
from sentiment.validation.verdict import Grade, assess

if TYPE_CHECKING:
    from collections.abc import Callable

    from intervals.worlds import Drawn

SEED = 16
FOUND = {Grade.WEAK, Grade.DEMONSTRATED}


def _judge(drawn: Drawn) -> tuple[pd.DataFrame, bool, bool]:
    """Return the table of a world, whether the verdict finds an edge, and whether it calls it demonstrated."""
    table = evidence_table(drawn.close, drawn.labels)
    grade = assess(table).grade
    return table, grade in FOUND, grade is Grade.DEMONSTRATED


def _judge_eras(drawn: Drawn) -> tuple[pd.DataFrame, bool, None]:
    table = evidence_by_era(drawn.close, drawn.labels)
    judged = table[table["episodes"] >= MIN_EPISODES]
    return table, bool(((judged["joint_lower"] > 0) | (judged["joint_upper"] < 0)).any()), None


def _judge_slopes(drawn: Drawn) -> tuple[pd.DataFrame, None, None]:
    rows = {horizon: return_slope(drawn.close, drawn.score, horizon).loc["all turns"] for horizon in HORIZONS}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("horizon").reset_index(), None, None


def measure(
    world: Callable[[np.random.Generator], Drawn], tables: int, judge: Callable = _judge
) -> dict[str, float | None]:
    """Return shares: intervals that hold zero by horizon, and tables that find an edge or call it demonstrated."""
    held, found, demonstrated = [], [], []
    for number in range(tables):
        table, *verdict = judge(world(np.random.default_rng([SEED, number])))
        known = table.dropna(subset=["lower", "upper"])
        inside = (known["lower"] <= 0) & (known["upper"] >= 0)
        held.append(inside.groupby(known["horizon"]).agg(["sum", "count"]))
        found.append(verdict[0])
        demonstrated.append(verdict[1])
    total = pd.concat(held).groupby(level="horizon").sum()
    shares = {str(horizon): round(float(share), 4) for horizon, share in (total["sum"] / total["count"]).items()}
    return {**shares, "found": _share(found), "demonstrated": _share(demonstrated)}


def _share(answers: list[bool | None]) -> float | None:
    return None if None in answers else round(float(np.mean(answers)), 4)


JUDGED = {
    **{name: partial(measure, world) for name, world in worlds.WITHOUT_EDGE.items()},
    "eras: blocks of 365 days, regimes rotated": partial(
        measure, partial(worlds.blocks, length=365), judge=_judge_eras
    ),
    "slope on the gap: blocks of 365 days, gap rotated": partial(
        measure, partial(worlds.blocks, length=365), judge=_judge_slopes
    ),
}
POWER = partial(measure, worlds.with_edge)
