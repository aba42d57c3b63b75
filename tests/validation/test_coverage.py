"""Intervals in worlds without an edge: what was measured at length is good enough, and a small sample of each world agrees."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import pytest
from intervals import measure, worlds

from sentiment.frames import every_day
from sentiment.validation import coverage
from sentiment.validation.forward_returns import HORIZONS

TABLES = 20
POWER_TABLES = 40
LEAST, MOST = 0.93, 0.06
POWER_BEFORE = 0.437
"""Share of the same tables with an edge in which the stationary bootstrap before found it."""


def test_the_figures_that_are_shown_are_good_enough():
    found = coverage.measured()
    assert found.tables >= 300
    assert [row["world"] for row in found.rows] == [*measure.JUDGED, worlds.EDGE_TITLE]
    for row in found.rows[:-1]:
        assert min(row[str(horizon)] for horizon in HORIZONS) >= LEAST, row["world"]
        assert row["found"] is None or row["found"] <= MOST, row["world"]
    assert found.rows[-1]["edge"]
    assert found.rows[-1]["found"] >= POWER_BEFORE - 0.1


@cache
def judged(world):
    return measure.JUDGED[world](TABLES)


@pytest.mark.slow
@pytest.mark.xdist_group("intervals")  # the worlds are drawn once
@pytest.mark.parametrize("world", measure.JUDGED)
def test_intervals_hold_in_a_world_without_an_edge(world):
    # Of 20 tables a share has a standard error of at most sqrt(.95 x .05 / 20), or 4.9%, since the labels of a table err together.
    found = judged(world)
    assert min(found[str(horizon)] for horizon in HORIZONS) >= LEAST - 0.049
    assert found["found"] is None or found["found"] <= MOST + 2 * 0.053


@pytest.mark.slow
@pytest.mark.xdist_group("intervals")
def test_false_alarms_are_few_and_an_edge_that_is_there_is_found():
    found = [judged(world) for world in worlds.WITHOUT_EDGE]
    assert np.mean([one["found"] for one in found]) <= MOST
    for horizon in HORIZONS:  # 2 % of the tables of all worlds together
        assert np.mean([one[str(horizon)] for one in found]) >= LEAST - 0.02, horizon
    assert measure.POWER(POWER_TABLES)["found"] >= POWER_BEFORE - 0.1 - 2 * 0.079


@pytest.mark.parametrize("world", [*worlds.WITHOUT_EDGE.values(), worlds.with_edge])
def test_a_world_is_the_same_whenever_it_is_drawn(world):
    one, again, other = (world(np.random.default_rng(seed)) for seed in (1, 1, 2))
    index = one.close.index
    assert index.equals(every_day(index[0], index[-1]))
    assert index.equals(one.labels.index)
    assert one.close.equals(again.close)
    assert one.labels.equals(again.labels)
    assert not one.labels.reset_index(drop=True).equals(other.labels.reset_index(drop=True))


def test_blocks_keep_the_returns_of_their_days():
    drawn = worlds.blocks(np.random.default_rng(3), 365)
    real = worlds.as_it_was(np.random.default_rng(3)).close.pct_change().to_numpy()[1:]
    made = drawn.close.pct_change().to_numpy()[1:]
    (at,) = np.flatnonzero(np.isclose(real, made[5], rtol=1e-9))
    np.testing.assert_allclose(made[5:360], np.take(real, np.arange(at, at + 355), mode="wrap"), rtol=1e-6)


def test_the_edge_is_as_large_as_it_says():
    excess = []
    for seed in range(12):
        plain = partial(worlds.blocks, length=worlds.EDGE_BLOCK)(np.random.default_rng(seed))
        better = worlds.with_edge(np.random.default_rng(seed))
        assert plain.labels.equals(better.labels)
        high = better.labels == better.labels.cat.categories[-1]
        gains = [one.close.shift(-30) / one.close - 1 for one in (plain, better)]
        before, after = (gain[high].mean() - gain.mean() for gain in gains)
        excess.append(after - before)
    assert np.mean(excess) == pytest.approx(worlds.EDGE, abs=0.01)


def test_the_table_shows_every_world():
    lines = coverage.markdown().splitlines()
    assert lines[0].startswith("| Simulated world | 7 days | 30 days |")
    assert len(lines) == 2 + len(coverage.measured().rows) + 2
    assert lines[-3].startswith(f"| {worlds.EDGE_TITLE} | – | – | – | – |")
