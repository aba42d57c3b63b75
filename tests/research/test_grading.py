from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from sentiment.market import history
from sentiment.models import Call, Check, Claim, Status
from sentiment.research import claim_checks, grading, library

LATEST = date(2026, 10, 3)


@pytest.fixture
def closes(monkeypatch):
    """Put a hand-sized series in the market's place."""

    def put(*values, first="2025-12-01"):
        index = pd.date_range(first, periods=len(values), freq="D", tz="UTC", name="date", unit="us")
        frame = pd.DataFrame({"close": [float(value) for value in values]}, index=index)

        def bars(_, as_of=None, _known_at=None):
            return frame if as_of is None else frame.loc[: pd.Timestamp(as_of, tz="UTC")]

        monkeypatch.setattr(history, "bars", bars)

    return put


NOTE = library.find("k33-2025-12-02")
UP = Call("BTC-USD", "up", "up", days=3)


def test_the_december_rebound_did_not_come():
    outcome = grading.grade(NOTE.calls[0], NOTE, LATEST)
    assert outcome.status is Status.MISS
    assert (outcome.reference, outcome.reference_date) == (91_350, date(2025, 12, 2))
    assert outcome.last_day == date(2025, 12, 31)
    assert outcome.forward_return == pytest.approx(-0.042, abs=5e-4)
    assert outcome.max_favourable == pytest.approx(93_528 / 91_350 - 1)


def test_the_same_call_was_pending_before_and_knew_nothing():
    for day, seen in ((date(2025, 12, 2), None), (date(2025, 12, 10), date(2025, 12, 10)), (date(2025, 12, 30),) * 2):
        outcome = grading.grade(NOTE.calls[0], NOTE, day)
        assert outcome.status is Status.PENDING
        assert outcome.measured_to == seen
    assert grading.grade(NOTE.calls[0], NOTE, date(2025, 12, 31)).status is Status.MISS


@pytest.mark.parametrize(
    ("note", "place", "status", "forward"),
    [
        ("k33-2025-11-18", 0, Status.HIT, -0.081),
        ("k33-2025-11-25", 0, Status.MISS, -0.001),
        ("k33-2025-11-25", 1, Status.MISS, -0.260),
    ],
)
def test_the_other_calls(note, place, status, forward):
    found = library.find(note)
    outcome = grading.grade(found.calls[place], found, LATEST)
    assert outcome.status is status
    assert outcome.forward_return == pytest.approx(forward, abs=1e-3)


def test_a_range_is_missed_at_the_first_close_outside():
    note = library.find("k33-2026-02-17")
    outcome = grading.grade(note.calls[0], note, LATEST)
    assert outcome.status is Status.MISS
    assert outcome.share_inside == pytest.approx(0.65, abs=0.01)
    assert grading.grade(note.calls[0], note, date(2026, 4, 15)).status is Status.PENDING
    assert grading.grade(note.calls[0], note, date(2026, 4, 16)).status is Status.MISS


def test_excursions_are_those_of_a_follower(closes):
    closes(50, 100, 90, 120, 105)
    outcome = grading.grade(UP, NOTE, date(2025, 12, 5))
    assert outcome.status is Status.HIT
    assert (outcome.reference, outcome.forward_return) == (100, pytest.approx(0.05))
    assert (outcome.max_adverse, outcome.max_favourable) == (pytest.approx(-0.1), pytest.approx(0.2))
    down = grading.grade(replace(UP, direction="down"), NOTE, date(2025, 12, 5))
    assert down.status is Status.MISS
    assert (down.max_adverse, down.max_favourable) == (pytest.approx(-0.2), pytest.approx(0.1))


def test_the_base_rate_uses_only_what_was_complete_at_publication(closes):
    # Before 2 December: 1 -> 2, 2 -> 1, 1 -> 3 in one day each; two of three rose. Afterwards everything falls.
    closes(1, 2, 1, 3, 2, 1, first="2025-11-29")
    outcome = grading.grade(replace(UP, days=1), NOTE, date(2025, 12, 4))
    assert outcome.base_rate == pytest.approx(2 / 3)


def test_without_prices_a_call_is_ungradable_and_says_so():
    note = library.find("goplus-2025-10")
    outcome = grading.grade(Call("GPS-USD", "up", "up", days=30), note, LATEST)
    assert outcome.status is Status.UNGRADABLE
    assert "no prices of GPS-USD" in outcome.reason


def test_a_missing_close_on_the_last_day_is_not_guessed(closes):
    closes(50, 100, 90, 120, float("nan"), 130)
    assert grading.grade(UP, NOTE, date(2025, 12, 6)).status is Status.UNGRADABLE


@pytest.mark.parametrize(
    ("note", "words", "answer", "measured"),
    [
        ("k33-2025-12-02", "more than 30 %", "true", -0.3179),
        ("k33-2025-12-02", "record-low 9", "false", 10),
        ("k33-2025-12-02", "at 20 on 2 December", "false", 23),
        ("k33-2025-11-25", "at 20 on 25 November", "true", 20),
        ("k33-2025-11-25", "36 %", "not checkable", None),
        ("k33-2025-12-02", "6.8 million", "not checkable", None),
    ],
)
def test_claims_of_the_bundled_notes(note, words, answer, measured):
    found = library.find(note)
    claim = next(claim for claim in found.claims if words in claim.text)
    verdict = claim_checks.check(claim, found)
    assert verdict.answer == answer
    assert verdict.measured == (None if measured is None else pytest.approx(measured, abs=1e-4))
    assert verdict.as_of == found.day


def test_a_verdict_says_which_series_it_used():
    found = library.find("k33-2025-11-25")
    verdict = claim_checks.check(found.claims[0], found)
    assert "needs highs and lows; BTC-USD has closes only; by closes alone it would be −32.1%" in verdict.reason


@pytest.mark.parametrize(
    ("kind", "value", "measured"),
    [("close", 120, 120), ("drawdown", -0.2, -0.2), ("return", 0.2, 0.2), ("minimum", 90, 90), ("maximum", 150, 150)],
)
def test_each_kind_of_check_by_hand(closes, kind, value, measured):
    closes(100, 90, 150, 120, first="2025-11-29")
    rule = Check(kind, "X", date(2025, 12, 2), "=", value, start=date(2025, 11, 29), tolerance=1e-9)
    verdict = claim_checks.check(Claim("it was so", rule), NOTE)
    assert verdict.measured == pytest.approx(measured)
    assert verdict.answer == "true"
    assert claim_checks.check(Claim("it was so", replace(rule, value=value + 1)), NOTE).answer == "false"


def test_a_fall_within_the_days_is_measured_from_high_to_low_where_they_are_known(monkeypatch):
    index = pd.date_range("2025-11-29", periods=4, freq="D", tz="UTC", name="date", unit="us")
    bars = pd.DataFrame(
        {"high": [110.0, 200, 150, 140], "low": [90.0, 120, 100, 130], "close": [100.0, 150, 120, 135]}, index=index
    )
    monkeypatch.setattr(history, "bars", lambda *_: bars)
    rule = Check("maximum drawdown", "X", date(2025, 12, 2), "=", -0.5, date(2025, 11, 29), 1e-9, basis="intraday")
    verdict = claim_checks.check(Claim("it halved", rule), NOTE)
    assert (verdict.answer, verdict.reason) == ("true", "by daily highs and lows of X")
    assert claim_checks.check(Claim("it halved", replace(rule, basis="close")), NOTE).measured == pytest.approx(-0.2)


def test_a_relative_return_subtracts_the_other_series(closes):
    closes(100, 110, first="2025-12-01")
    rule = Check("relative return", "X", date(2025, 12, 2), "=", 0, date(2025, 12, 1), 1e-9, other="X")
    assert claim_checks.check(Claim("no better", rule), NOTE).answer == "true"


def test_what_lies_after_the_note_cannot_be_a_fact_of_it():
    rule = Check("close", "BTC-USD", date(2025, 12, 3), ">", 0)
    assert claim_checks.check(Claim("later", rule), NOTE).answer == "not checkable"
