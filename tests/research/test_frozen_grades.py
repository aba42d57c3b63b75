"""A grade stands by the prices as they were first known; a vendor's later change is told beside it. On a real store."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.market import bar_store, history
from sentiment.models import Call, Check, Claim, Status
from sentiment.research import claim_checks, grading, library
from sentiment.tables.records.calls import calls_table

DAY = timedelta(days=1)
NOTE = replace(library.find("k33-2025-12-02"), published=datetime(2026, 11, 2, 12, tzinfo=UTC), assets=("SOL-USD",))
CALL = Call("SOL-USD", "up", "up", days=3)  # from 2 to 5 November 2026
LATER = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))


def at(day, hour=0):
    return datetime(2026, 11, day, hour, 5, tzinfo=UTC)


def save(closes, known_at, symbol="SOL-USD", *, instrument="CRYPTOCURRENCY", zone="UTC", splits=None):  # noqa: PLR0913
    """Save closes by day of November 2026."""
    index = pd.DatetimeIndex([pd.Timestamp(2026, 11, n, tz="UTC") for n in closes], name="date").as_unit("us")
    made = pd.DataFrame(
        {name: np.array(list(closes.values()), float) for name in ("open", "high", "low", "close")}, index
    )
    made = made.assign(volume=1.0, dividends=0.0, splits=[(splits or {}).get(n, 0.0) for n in closes])
    bar_store.append(symbol, made, known_at, bar_store.Facts(known_at, known_at, zone, instrument, "USD"))


def grade(call=CALL, known_at=None, as_of=LATER, note=NOTE):
    return grading.grade(call, note, as_of, known_at)


def test_both_grades_are_told_once_a_vendor_has_changed_the_close_that_settled():
    save({1: 90, 2: 100, 3: 101, 4: 102, 5: 110}, at(6))
    first = grade()
    assert (first.status, first.forward_return, first.revised) == (Status.HIT, pytest.approx(0.1), None)
    save({5: 95, 6: 96}, at(9))
    now = grade()
    assert replace(now, revised=None) == first
    assert (now.revised.status, now.revised.forward_return) == (Status.MISS, pytest.approx(-0.05))
    assert now.revised.revised is None
    said = grading.describe(now)
    assert said.startswith("hit: +10.0% by 5 Nov 2026")
    assert said.endswith("; by prices revised since: miss: −5.0% by 5 Nov 2026")
    assert grade(known_at=at(8)) == first
    assert grade(known_at=at(9)) == now


def test_before_it_was_known_it_is_pending_or_what_the_bars_of_then_say():
    save({2: 100, 3: 101}, at(4))
    save({4: 102, 5: 110}, at(6))
    assert grade(known_at=at(4)).status is Status.UNGRADABLE, "the last day is over and its close is not there"
    assert grade(known_at=at(4), as_of=date(2026, 11, 4)).status is Status.PENDING
    none = grade(known_at=at(1))
    assert (none.status, none.reason) == (
        Status.UNGRADABLE, "no price of SOL-USD was saved by 2026-11-01T00:05:00Z",
    )  # fmt: skip
    claim = Claim("known", Check("close", "SOL-USD", date(2026, 11, 2), ">", 0))
    assert claim_checks.check(claim, NOTE, at(1)).answer == "not checkable"


def test_a_last_day_that_comes_late_freezes_when_it_comes():
    save({2: 100, 3: 101, 4: 102, 6: 90}, at(7))
    assert grade().status is Status.UNGRADABLE
    save({5: 110}, at(8))
    save({5: 95}, at(9))
    assert (grade().status, grade().revised.status) == (Status.HIT, Status.MISS)


def test_a_reference_day_that_comes_late_moves_no_grade():
    save({3: 100, 4: 101, 5: 102}, at(6))
    save({6: 110}, at(7))
    before = grade()
    assert (before.reference_date, before.last_day, before.status) == (
        date(2026, 11, 3), date(2026, 11, 6), Status.HIT,
    )  # fmt: skip
    save({2: 200}, at(8))
    after = grade()
    assert replace(after, revised=None) == before
    assert (after.revised.reference_date, after.revised.status) == (date(2026, 11, 2), Status.MISS)


def test_a_call_settled_early_follows_its_prices_until_the_horizon_is_covered():
    call = replace(CALL, target=110)  # from the 3rd, the first close there is, to the 6th
    save({3: 100, 4: 120, 5: 101}, at(5, 1))
    assert grade(call, as_of=date(2026, 11, 5)).status is Status.HIT
    save({4: 101, 6: 102}, at(6, 1))
    assert (grade(call).status, grade(call).revised) == (Status.MISS, None)


def test_a_reference_day_that_is_withdrawn_moves_no_grade():
    save({2: 100, 3: 120, 4: 102, 5: 110}, at(6))
    first = grade()
    save({3: 12, 4: 10.2, 5: 11, 6: 10, 7: 11}, at(8), splits={7: 10.0})
    assert replace(grade(), revised=None) == first
    assert (grade().revised.reference_date, grade().revised.status) == (date(2026, 11, 3), Status.MISS)


def test_noise_below_a_millionth_is_no_revision_and_a_small_one_is_held_but_not_said_twice():
    save({2: 100, 3: 101, 4: 102, 5: 110}, at(6))
    save({5: 110.00005}, at(7))
    assert grade().revised is None
    save({5: 110.001}, at(8))
    assert grade().revised.forward_return == pytest.approx(0.10001)
    assert "revised" not in grading.describe(grade())


def test_a_split_is_no_revision_and_the_levels_of_a_call_follow_it():
    save({2: 100, 3: 101, 4: 102, 5: 110}, at(6))
    call = replace(CALL, target=105, invalidation=95)
    first = grade(call)
    assert (first.status, first.reason) == (Status.HIT, "reached 105 on 5 Nov 2026")
    save({2: 10, 3: 10.1, 4: 10.2, 5: 11, 6: 11}, at(7), splits={6: 10.0})
    assert history.bars("SOL-USD")["close"].iloc[0] == 10
    assert grade(call) == first
    assert grade() == grade(known_at=at(6))


def test_a_split_within_the_horizon_rescales_the_levels_named_before_it():
    save({2: 10, 3: 10.1, 4: 10.2, 5: 11}, at(6), splits={4: 10.0})
    assert grade(replace(CALL, target=105)).status is Status.HIT
    assert grade(replace(CALL, target=120)).status is Status.MISS
    ranged = replace(CALL, direction="range", floor=99.0, ceiling=112.0)
    assert (grade(ranged).status, grade(ranged).share_inside) == (Status.HIT, 1.0)


def test_an_exchange_is_graded_once_its_last_session_is_known_and_stays():
    # 2 November 2026 is a Monday; the call ends on Saturday the 7th.
    call, equity = replace(CALL, asset="ACME", days=5), {"instrument": "EQUITY", "zone": "America/New_York"}
    save({2: 100, 3: 101, 4: 102, 5: 103}, at(5, 23), "ACME", **equity)
    assert grade(call, as_of=date(2026, 11, 7)).status is Status.PENDING
    save({6: 110}, at(6, 23), "ACME", **equity)
    first = grade(call, as_of=date(2026, 11, 7))
    assert (first.status, first.measured_to) == (Status.HIT, date(2026, 11, 6))
    save({6: 90, 9: 91}, at(9, 23), "ACME", **equity)
    assert replace(grade(call), revised=None) == first
    assert grade(call).revised.status is Status.MISS


def test_the_zone_of_an_exchange_is_that_of_its_saved_bars():
    # 07:00 UTC is the middle of the afternoon in Tokyo and the night before the session in New York.
    note = replace(NOTE, published=datetime(2026, 11, 3, 7, tzinfo=UTC))
    for symbol, zone, day in (("TYO", "Asia/Tokyo", 4), ("NYC", "America/New_York", 3), ("ODD", "Nowhere/Town", 3)):
        save({2: 1, 3: 2, 4: 3, 5: 4}, at(6), symbol, instrument="EQUITY", zone=zone)
        assert grade(replace(CALL, asset=symbol), note=note).reference_date == date(2026, 11, day), zone


def test_the_table_holds_the_later_grade_beside_the_first():
    save({2: 100, 3: 101, 4: 102, 5: 110}, at(6))
    save({5: 95}, at(9))
    library.add_note(replace(NOTE, id="graded-later", calls=(CALL,)), who="A. Reader")
    (row,) = rows(None)
    assert (row["status"], row["revised_status"], row["revised_return"]) == ("hit", "miss", pytest.approx(-0.05))
    assert row["record"] == "hindsight"


def rows(known_at):
    table = calls_table(LATER, known_at, lambda notes: [note for note in notes if note.id == "graded-later"])
    return table.to_dict("records")


def test_the_first_instants_of_days_are_those_of_their_first_version():
    save({2: 100, 3: 101}, at(4))
    save({3: 99, 4: 102}, at(6))
    assert [moment.to_pydatetime() for moment in bar_store.first_known("SOL-USD")] == [at(4), at(4), at(6)]
    assert history.first_known("SOL-USD", date(2026, 11, 3), date(2026, 11, 9)) == (at(4), at(6))
    assert history.first_known("BTC-USD", date(2025, 12, 2), date(2025, 12, 2)) == (history.BUNDLED,)
    assert history.first_known("BTC-USD", date(2027, 12, 2), date(2027, 12, 2)) == ()
    assert bar_store.first_known("never seen").empty


values = st.sampled_from([80.0, 95.0, 99.0, 101.0, 105.0, 120.0])
changes = st.lists(st.dictionaries(st.integers(1, 12), values, min_size=1, max_size=6), max_size=4)
terms = st.sampled_from([
    {}, {"direction": "down"}, {"target": 104.0}, {"target": 104.0, "basis": "intraday"},
    {"invalidation": 97.0}, {"target": 119.0, "invalidation": 97.0}, {"direction": "range", "floor": 97.0},
])  # fmt: skip


@settings(deadline=None, max_examples=20)
@given(st.lists(values, min_size=10, max_size=10), terms, changes, st.booleans())
def test_a_grade_never_changes_whatever_the_vendor_sends_later(closes, named, later, one_by_one):
    call = replace(CALL, **named)
    with tempfile.TemporaryDirectory() as where, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_DATA_DIR", where)
        days = dict(enumerate(closes, start=1))
        if one_by_one:
            for number, close in days.items():
                save({number: close}, at(number, 23))
        else:
            save(days, at(10, 23))
        first, shown = grade(call), grading.describe(grade(call))
        assert first.status in {Status.HIT, Status.MISS, Status.INVALIDATED}
        for number, changed in enumerate(later):
            save(dict(sorted(changed.items())), at(12 + number))
            now = grade(call)
            assert replace(now, revised=None) == first
            assert grading.describe(now).startswith(shown)
            assert grade(call, known_at=at(11)) == first
