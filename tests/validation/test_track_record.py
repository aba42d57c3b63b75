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
from sentiment.research.call_record import Entry, Record
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


def entries(*outcomes, publisher="A", call=UP, record=Record.KEPT, collection=None):
    note = replace(NOTE, publisher=publisher)
    return [Entry(note, call, one, record, collection, None, None) for one in outcomes]


def records(*rows, notes=()):
    return track_record.track_records([(replace(NOTE, publisher=name), None) for name in notes], rows)


def test_a_record_by_hand():
    hit, miss, over = Status.HIT, Status.MISS, Status.INVALIDATED
    rows = [
        *entries(outcome(hit, 0), outcome(miss, 5, moved=-0.06, base_rate=0.7), call=replace(UP, probability=0.8)),
        *entries(outcome(hit, 10, moved=-0.08, base_rate=None), call=replace(UP, direction="down")),
        *entries(outcome(miss, 20, base_rate=0.3), call=replace(UP, direction="range", floor=1.0)),
        *entries(replace(outcome(over, 40, moved=0.3), stopped_return=-0.04), call=replace(UP, invalidation=0.97)),
        *entries(outcome(Status.PENDING), outcome(Status.UNGRADABLE)),
        *entries(outcome(hit), publisher="B"),
    ]
    table = records(*rows, notes=("C", "A", "A", "B")).set_index("publisher")
    mine = table.loc["A"]
    counts = ["notes", "calls", "hits", "misses", "invalidated", "pending", "ungradable", "hindsight"]
    assert mine[counts].tolist() == [2, 7, 2, 2, 1, 1, 1, 0]
    assert mine["independent"] == 3, "the second overlaps the first; one may begin where another ends"
    assert mine["hit_rate"] == pytest.approx((0.5 + 1 + 0) / 3), "of the same three units"
    assert (mine["hit_low"], mine["hit_high"]) == wilson(1.5, 3)
    assert mine["base_rate"] == pytest.approx((0.6 + 0.3) / 2), "the second unit has none"
    assert mine["hit_share"] == pytest.approx((0.5 + 1 + 0 + 0) / 4), "an invalidated call is no hit"
    excess = [(0.08 - 0.08) / 2, 0.10, -0.04 - 0.02]
    assert mine["mean_excess"] == pytest.approx(sum(excess) / 3), "a range follows no direction; a stop is a return"
    assert mine["brier"] == pytest.approx((0.04 + 0.64) / 2)
    assert mine["verdict"] == "too few calls to tell (2 independent of 30)"
    silent = table.loc["C"]
    assert silent[["notes", "calls"]].tolist() == [1, 0]
    assert silent["verdict"] == "too few calls to tell (0 independent of 30)"
    assert silent[["hit_rate", "hit_low", "hit_high", "base_rate", "mean_excess", "brier", "hit_share"]].isna().all()
    assert list(records().columns) == list(track_record.COLUMNS)


def test_each_record_stands_alone_and_hindsight_is_only_counted():
    rows = [
        *entries(outcome(Status.MISS)),
        *entries(*[outcome(Status.HIT, 10 * place) for place in range(45)], record=Record.HINDSIGHT),
        *entries(outcome(Status.HIT), record=Record.COLLECTED, collection="bundled"),
        *entries(outcome(Status.HIT), record=Record.COLLECTED, collection="attic"),
    ]
    table = records(*rows, notes=("A",))
    assert table["record"].tolist() == ["kept as it happened", "collected afterwards", "collected afterwards"]
    assert table["collection"].fillna("").tolist() == ["", "attic", "bundled"]
    assert table["calls"].tolist() == table["independent"].tolist() == [1, 1, 1]
    assert table["hits"].tolist() == [0, 1, 1]
    assert table["hindsight"].tolist() == [45, 0, 0]
    assert table["verdict"].tolist() == ["too few calls to tell (1 independent of 30)", *[track_record.NO_VERDICT] * 2]
    assert track_record.summarize(table) == (
        "Kept as it happened: 1 call (0 hits, 1 miss); no publisher has 30 independent graded calls, so nobody can be told "
        "apart from chance. Collected afterwards: 2 calls (2 hits, 0 misses); their outcomes could be known when they were "
        "collected, so they show no skill. 45 calls in hindsight count in no record."
    )
    assert track_record.describe(table.iloc[0]).endswith("45 calls in hindsight count in no record.")


@pytest.mark.parametrize(
    ("hits", "says"),
    [(40, "better than the base rate"), (25, "no demonstrated difference"), (8, "worse than the base rate")],
)
def test_enough_calls_are_judged_by_their_interval(hits, says):
    outcomes = [outcome(Status.HIT if place < hits else Status.MISS, 10 * place) for place in range(50)]
    table = records(*entries(*outcomes))
    assert table["verdict"].tolist() == [says]
    assert (
        track_record.summarize(table) == f"Kept as it happened: 50 calls ({hits} hits, {50 - hits} misses); A: {says}."
    )
    words = track_record.describe(table.iloc[0])
    assert (
        f"A (kept as it happened): {hits} hits, {50 - hits} misses; by 50 independent units a hit rate of {hits / 50:.0%}"
        in words
    )


def test_calls_on_the_same_weeks_are_no_evidence_however_many():
    table = records(*entries(*[outcome(Status.HIT, place % 3) for place in range(200)]))
    assert table["verdict"].tolist() == ["too few calls to tell (1 independent of 30)"]
    assert table["hit_low"].item() < 0.5


def test_one_hit_that_is_said_570_times_is_one_hit():
    misses = [outcome(Status.MISS, 10 * place) for place in range(37)]
    again = [replace(UP, text=f"up, once more ({place})") for place in range(570)]
    hits = [entry for call in again for entry in entries(outcome(Status.HIT, 370), call=call)]
    (row,) = records(*entries(*misses), *hits).to_dict("records")
    assert (row["hits"], row["misses"], row["independent"]) == (570, 37, 38)
    assert row["hit_rate"] == pytest.approx(1 / 38)
    assert row["verdict"] == "worse than the base rate"


def test_saying_a_miss_and_a_hit_of_the_same_weeks_again_does_not_outvote_the_miss():
    once = entries(outcome(Status.MISS, 0, 30), outcome(Status.HIT, 5, 20))
    again = once + entries(outcome(Status.HIT, 5, 20)) * 50
    assert records(*once)["hit_rate"].item() == records(*again)["hit_rate"].item() == 0.5


def test_a_stop_does_not_make_a_loss_vanish():
    stopped = replace(outcome(Status.INVALIDATED, moved=0.4), stopped_return=-0.10, base_return=0.01)
    call = replace(UP, invalidation=0.9)
    (row,) = records(*entries(stopped, call=call)).to_dict("records")
    assert row["mean_excess"] == pytest.approx(-0.11)
    assert math.isnan(row["hit_rate"])
    assert row["hit_share"] == 0


def test_the_edges_of_a_verdict():
    assert track_record.assess_record(29, 1.0, 0.5) == "too few calls to tell (29 independent of 30)"
    assert track_record.assess_record(30, 1.0, 0.5) == "better than the base rate"
    low, high = wilson(0.7 * 30, 30)
    assert track_record.assess_record(30, 0.7, low) == "no demonstrated difference"
    assert track_record.assess_record(30, 0.7, low - 1e-9) == "better than the base rate"
    assert track_record.assess_record(30, 0.7, high + 1e-9) == "worse than the base rate"


def test_words_count_what_there_is():
    table = records(*entries(outcome(Status.HIT), outcome(Status.MISS, 1), outcome(Status.PENDING)))
    assert track_record.summarize(table) == (
        "Kept as it happened: 3 calls (1 hit, 1 miss, 1 pending); no publisher has 30 independent graded calls, so nobody "
        "can be told apart from chance."
    )
    assert track_record.describe(table.iloc[0]) == (
        "A (kept as it happened): 1 hit, 1 miss, 1 pending; by 1 independent unit a hit rate of 50% (95% interval 5% to "
        "95%), base rate 50%; too few calls to tell (1 independent of 30)."
    )
    waiting = records(*entries(outcome(Status.PENDING)))
    words = "A (kept as it happened): 0 hits, 0 misses, 1 pending; too few calls to tell (0 independent of 30)."
    assert track_record.describe(waiting.iloc[0]) == words
    assert track_record.summarize(records()) == "No call was made."


windows = st.lists(
    st.tuples(st.sampled_from(["X", "Y"]), st.integers(0, 12), st.integers(1, 8), st.booleans()), max_size=8
)


def drawn_entries(drawn):
    return [
        entry
        for asset, first, days, hit in drawn
        for entry in entries(outcome(Status.HIT if hit else Status.MISS, first, days), call=replace(UP, asset=asset))
    ]


@given(windows)
def test_the_independent_units_are_as_many_as_any_choice_allows(drawn):
    def apart(chosen):
        return all(
            one[0] != two[0] or one[1] + one[2] <= two[1] or two[1] + two[2] <= one[1]
            for one, two in combinations(chosen, 2)
        )

    most = max(size for size in range(len(drawn) + 1) if any(apart(chosen) for chosen in combinations(drawn, size)))
    assert len(track_record.independent_units(drawn_entries(drawn))) == most


@given(windows.filter(bool), st.data())
def test_saying_anything_again_changes_no_rate(drawn, data):
    once = drawn_entries(drawn)
    again = [data.draw(st.sampled_from(once)) for _ in range(data.draw(st.integers(1, 9)))]
    names = ["hit_rate", "hit_low", "hit_high", "base_rate", "mean_excess", "independent", "verdict", "hit_share"]
    assert records(*once)[names].equals(records(*once, *again)[names])


@given(windows, windows)
def test_what_settles_later_changes_no_unit_but_the_last(drawn, more):
    earlier = track_record.independent_units(drawn_entries(drawn))
    last = max((first + days for _, first, days, _ in drawn), default=0)
    later = [(asset, last + first, days, hit) for asset, first, days, hit in more]
    both = track_record.independent_units(drawn_entries([*drawn, *later]))
    assert all(unit in both for unit in earlier)


def test_the_record_of_the_bundled_notes_shows_its_misses():
    table = publishers_table(date(2026, 10, 3)).set_index("publisher")
    k33 = table.loc["K33 Research"]
    assert k33[["record", "collection", "hindsight"]].tolist() == ["collected afterwards", "bundled", 0]
    assert (k33["notes"], k33["calls"], k33["hits"], k33["misses"], k33["pending"]) == (5, 7, 2, 5, 0)
    assert k33["independent"] == 3
    assert k33["verdict"] == "no verdict: collected afterwards"
    assert table.loc["CoinDesk and TASS", "calls"] == 0
    early = publishers_table(date(2025, 12, 10)).set_index("publisher").loc["K33 Research"]
    assert (early["hits"], early["misses"], early["pending"]) == (0, 0, 5)
