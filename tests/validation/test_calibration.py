"""The Brier score in its parts, by hand and by the law that they add up; and from how many calls on it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.models import Call, CallOutcome, Status
from sentiment.research import library
from sentiment.research.call_record import Entry, Record
from sentiment.validation import track_record
from sentiment.validation.calibration import calibrate

NOTE = library.find("k33-2025-12-02")


def test_murphy_by_hand():
    """0.2 stated twice, one came true; 0.8 stated twice, both did: o = 3/4, reliability (0.09 + 0.04) / 2, resolution 1/16."""
    held = calibrate([0.2, 0.2, 0.8, 0.8], [True, False, True, True], [1, 1, 1, 1])
    assert held.brier == pytest.approx((0.64 + 0.04 + 0.04 + 0.04) / 4)
    assert (held.reliability, held.resolution, held.uncertainty) == pytest.approx((0.065, 0.0625, 0.1875))
    assert held.curve.to_numpy().tolist() == [pytest.approx([0.2, 0.5, 2, 0.5]), pytest.approx([0.8, 1.0, 2, 0.5])]


def test_a_weight_of_two_is_saying_it_twice():
    twice = calibrate([0.3, 0.3, 0.9], [True, True, False], [1, 1, 1])
    assert calibrate([0.3, 0.9], [True, False], [2, 1])[:4] == pytest.approx(twice[:4])


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.1, 5)),
        min_size=1,
        max_size=40,
    )
)
def test_the_parts_add_up(calls):
    held = calibrate(*zip(*calls, strict=True))
    assert held.brier == pytest.approx(held.reliability - held.resolution + held.uncertainty, abs=1e-9)
    assert min(held.reliability, held.uncertainty) >= -1e-12
    assert held.curve["calls"].sum() == len(calls)


def entries(count, step, probability=0.6):
    made = []
    for place in range(count):
        start = date(2020, 1, 1) + timedelta(days=place * step)
        status = Status.HIT if place % 2 else Status.MISS
        outcome = CallOutcome(status, start, 100.0, start + timedelta(days=10), base_rate=0.5)
        call = Call("BTC-USD", "up", "up", days=10, probability=probability)
        made.append(Entry(replace(NOTE, publisher="A"), call, outcome, Record.KEPT, None, None, None))
    return made


def test_it_takes_30_independent_calls_with_a_probability():
    assert track_record.calibrations(entries(29, 10)) == {}
    assert track_record.calibrations(entries(60, 5, None)) == {}
    assert track_record.calibrations(entries(58, 5)) == {}, "two that overlap are one"
    ((key, held),) = track_record.calibrations(entries(30, 10)).items()
    assert key == ("A", None)
    assert (held.brier, held.reliability, held.resolution) == pytest.approx((0.26, 0.01, 0.0))
    late = [entry._replace(record=Record.HINDSIGHT) for entry in entries(30, 10)]
    assert track_record.calibrations(late) == {}
    table = track_record.track_records([], entries(30, 10))
    row = table.iloc[0]
    assert row["brier"] == pytest.approx(row["reliability"] - row["resolution"] + row["uncertainty"])
    assert track_record.track_records([], entries(29, 10))["reliability"].isna().all()
