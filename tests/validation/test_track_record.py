from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.models import Call, CallOutcome, Status
from sentiment.research import library
from sentiment.scoring.measures import wilson
from sentiment.tables.records.publishers import publishers_table
from sentiment.validation import track_record

NOTE = library.find("k33-2025-12-02")
FIRST = date(2024, 1, 1)
UP = Call("BTC-USD", "up", "up", days=10)


def outcome(status, begins=0, days=10, *, moved=0.1, base_rate=0.5):
    start = FIRST + timedelta(days=begins)
    return CallOutcome(
        status,
        start,
        100.0,
        start + timedelta(days=days),
        forward_return=moved,
        base_rate=base_rate,
        base_return=0.02,
    )


def graded(*outcomes, publisher="A", call=UP):
    return [(replace(NOTE, publisher=publisher), call, one) for one in outcomes]


def test_a_record_by_hand():
    hit, miss = Status.HIT, Status.MISS
    rows = [
        *graded(outcome(hit, 0), outcome(miss, 5, moved=-0.06, base_rate=0.7), call=replace(UP, probability=0.8)),
        *graded(outcome(hit, 10, moved=-0.08, base_rate=None), call=replace(UP, direction="down")),
        *graded(outcome(miss, 20, base_rate=0.3), call=replace(UP, direction="range", floor=1.0)),
        *graded(outcome(Status.INVALIDATED), outcome(Status.PENDING), outcome(Status.UNGRADABLE)),
        *graded(outcome(hit), publisher="B"),
    ]
    table = track_record.track_records(
        [replace(NOTE, publisher=name) for name in ("C", "A", "A", "B")], rows
    ).set_index("publisher")
    mine = table.loc["A"]
    assert mine[["notes", "calls", "hits", "misses", "invalidated", "pending", "ungradable"]].tolist() == [
        2,
        7,
        2,
        2,
        1,
        1,
        1,
    ]
    assert mine["hit_rate"] == 0.5
    assert mine["independent"] == 3, "the second overlaps the first; one may begin where another ends"
    assert (mine["hit_low"], mine["hit_high"]) == wilson(1.5, 3)
    assert mine["base_rate"] == pytest.approx((0.5 + 0.7 + 0.3) / 3)
    assert mine["mean_excess"] == pytest.approx((0.08 - 0.08 + 0.10) / 3), "a range follows no direction"
    assert mine["brier"] == pytest.approx((0.04 + 0.64) / 2)
    assert mine["verdict"] == "too few calls to tell (3 independent of 30)"
    silent = table.loc["C"]
    assert (silent["notes"], silent["calls"], silent["verdict"]) == (
        1,
        0,
        "too few calls to tell (0 independent of 30)",
    )
    assert silent[["hit_rate", "hit_low", "hit_high", "base_rate", "mean_excess", "brier"]].isna().all()
    assert list(track_record.track_records([], []).columns) == list(track_record.COLUMNS)


@pytest.mark.parametrize(
    ("hits", "says"),
    [(40, "better than the base rate"), (25, "no demonstrated difference"), (8, "worse than the base rate")],
)
def test_enough_calls_are_judged_by_their_interval(hits, says):
    outcomes = [outcome(Status.HIT if place < hits else Status.MISS, 10 * place) for place in range(50)]
    table = track_record.track_records([], graded(*outcomes))
    assert table["verdict"].tolist() == [says]
    assert track_record.summarize(table) == f"50 calls: {hits} hits, {50 - hits} misses; A: {says}."
    assert f"A: {hits} hits, {50 - hits} misses; hit rate {hits / 50:.0%}" in track_record.describe(table.iloc[0])


def test_calls_on_the_same_weeks_are_no_evidence_however_many():
    table = track_record.track_records([], graded(*[outcome(Status.HIT, place % 3) for place in range(200)]))
    assert table["verdict"].tolist() == ["too few calls to tell (1 independent of 30)"]
    assert table["hit_low"].item() < 0.5


def test_the_edges_of_a_verdict():
    assert track_record.assess_record(29, 0.9, 1.0, 0.5) == "too few calls to tell (29 independent of 30)"
    assert track_record.assess_record(30, 0.9, 1.0, 0.5) == "better than the base rate"
    assert track_record.assess_record(30, 0.5, 1.0, 0.5) == "no demonstrated difference"
    assert track_record.assess_record(30, 0.1, 0.4, math.nan) == "no base rate to compare with"


def test_words_count_what_there_is():
    table = track_record.track_records([], graded(outcome(Status.HIT), outcome(Status.MISS), outcome(Status.PENDING)))
    assert track_record.summarize(table) == (
        "3 calls: 1 hit, 1 miss, 1 pending; no publisher has 30 independent graded calls, so nobody can be told from chance."
    )
    assert track_record.describe(table.iloc[0]) == (
        "A: 1 hit, 1 miss, 1 pending; hit rate 50% (95 % interval 5% to 95% by 1 independent call), base rate 50%; "
        "too few calls to tell (1 independent of 30)."
    )
    waiting = track_record.track_records([], graded(outcome(Status.PENDING)))
    assert (
        track_record.describe(waiting.iloc[0])
        == "A: 0 hits, 0 misses, 1 pending; too few calls to tell (0 independent of 30)."
    )
    assert track_record.summarize(track_record.track_records([], [])) == "No call was made."


windows = st.lists(st.tuples(st.sampled_from(["X", "Y"]), st.integers(0, 12), st.integers(1, 8)), max_size=8)


@given(windows)
def test_the_independent_calls_are_as_many_as_any_choice_allows(drawn):
    rows = [(replace(UP, asset=asset), outcome(Status.HIT, first, days)) for asset, first, days in drawn]

    def apart(chosen):
        return all(
            one[0] != two[0] or one[1] + one[2] <= two[1] or two[1] + two[2] <= one[1]
            for one, two in combinations(chosen, 2)
        )

    most = max(size for size in range(len(drawn) + 1) if any(apart(chosen) for chosen in combinations(drawn, size)))
    assert track_record.count_independent(rows) == most


def test_the_record_of_the_bundled_notes_shows_its_misses():
    table = publishers_table(date(2026, 10, 3)).set_index("publisher")
    k33 = table.loc["K33 Research"]
    assert (k33["notes"], k33["calls"], k33["hits"], k33["misses"], k33["pending"]) == (5, 7, 2, 5, 0)
    assert k33["independent"] == 3
    assert k33["verdict"] == "too few calls to tell (3 independent of 30)"
    assert table.loc["CoinDesk and TASS", "calls"] == 0
    early = publishers_table(date(2025, 12, 10)).set_index("publisher").loc["K33 Research"]
    assert (early["hits"], early["misses"], early["pending"]) == (0, 0, 5)
