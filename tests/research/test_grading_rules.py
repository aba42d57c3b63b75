"""How a path of prices decides a call: by hand, on exchanges, and against a rule written anew in plain Python."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.market import assets, history
from sentiment.models import Call, CallOutcome, Check, Claim, Row, Status
from sentiment.research import base_rates, call_rules, claim_checks, grading, library
from sentiment.research.call_rules import Decision

NOTE = replace(library.find("k33-2025-12-02"), published=datetime(2025, 12, 1, 12, tzinfo=UTC))
UP = Call("BTC-USD", "up", "up", days=3)
DOWN = replace(UP, direction="down")
END = date(2025, 12, 4)
NAN = math.nan


def bars_of(closes, highs=None, lows=None, first="2025-12-01", days=None):
    index = pd.DatetimeIndex(days or pd.date_range(first, periods=len(closes), freq="D"), name="date")
    index = (index if index.tz else index.tz_localize("UTC")).as_unit("us")
    columns = {"close": closes, "high": highs, "low": lows}
    return pd.DataFrame({name: np.array(v, float) for name, v in columns.items() if v is not None}, index=index)


@pytest.fixture
def put(monkeypatch):
    """Put hand-sized bars in the market's place, of a daily asset or of an exchange in New York."""

    def place(bars, kind="daily"):
        monkeypatch.setattr(
            history,
            "bars",
            lambda _, as_of=None, __=None: bars if as_of is None else bars.loc[: pd.Timestamp(as_of, tz="UTC")],
        )
        zone = UTC if kind == "daily" else ZoneInfo("America/New_York")
        monkeypatch.setattr(assets, "calendar", lambda *_: (kind, zone))

    return place


@pytest.mark.parametrize(
    ("terms", "closes", "extremes", "decision", "place"),
    [
        ({}, [1.1, 0.9, 1.01], None, Decision.HIT, 2),
        ({}, [1.1, 0.9, 1.0], None, Decision.MISS, 2),
        ({}, [1.1, 0.9, NAN], None, Decision.UNDECIDED, 2),
        ({"direction": "down"}, [1.1, 1.2, 0.99], None, Decision.HIT, 2),
        ({"target": 1.2}, [1.1, 1.2, 0.9], None, Decision.HIT, 1),
        ({"target": 1.2}, [1.1, 1.19, 1.19], [1.3, 1.3, 1.3], Decision.MISS, 2),
        ({"target": 1.2}, [1.1, 1.1, NAN], None, Decision.UNDECIDED, 2),
        ({"target": 0.8, "direction": "down"}, [0.9, 0.7, 1.0], None, Decision.HIT, 1),
        ({"target": 1.2, "basis": "intraday"}, [1.1, 1.1, 1.1], [1.1, 1.2, 1.1], Decision.HIT, 1),
        ({"target": 0.8, "basis": "intraday", "direction": "down"}, [1, 1, 1], [0.9, 0.9, 0.8], Decision.HIT, 2),
        ({"target": 1.2, "basis": "intraday"}, [1.1, 1.1, 1.1], [1.1, 1.1, 1.1], Decision.MISS, 2),
        ({"target": 1.2, "basis": "intraday"}, [1.1, 1.1, 1.1], None, Decision.UNKNOWABLE, 2),
        ({"target": 1.2, "basis": "intraday"}, [1.1, 1.1, NAN], None, Decision.UNDECIDED, 2),
        ({"target": 1.2, "basis": "intraday"}, [1.1, 1.3, 1.1], None, Decision.HIT, 1),
        (
            {"target": 1.2, "basis": "intraday", "invalidation": 0.9},
            [1.1, 0.8, 1.1],
            [NAN, 1, 1.1],
            Decision.UNKNOWABLE,
            1,
        ),
        (
            {"target": 1.2, "basis": "intraday", "invalidation": 0.9},
            [1.1, 0.8, 1.1],
            [1.1, NAN, 1.1],
            Decision.UNKNOWABLE,
            1,
        ),
        (
            {"target": 1.2, "basis": "intraday", "invalidation": 0.9},
            [1.1, 0.8, 1.1],
            [1.1, 1.0, NAN],
            Decision.INVALIDATED,
            1,
        ),
        ({"target": 1.2, "basis": "intraday", "invalidation": 0.9}, [1.1, 0.8, 1.1], [1.3, NAN, 1.1], Decision.HIT, 0),
        ({"target": 1.2, "invalidation": 0.9}, [0.9, 0.89, 1.3], None, Decision.INVALIDATED, 1),
        ({"target": 1.2, "invalidation": 0.9}, [1.2, 0.8, 0.8], None, Decision.HIT, 0),
        ({"target": 1.2, "invalidation": 0.9, "basis": "intraday"}, [1, 0.8, 1], [1, 1.2, 1], Decision.HIT, 1),
        ({"target": 0.8, "invalidation": 1.1, "direction": "down"}, [1.1, 1.11, 0.7], None, Decision.INVALIDATED, 1),
        ({"invalidation": 0.9}, [0.8, 1.2, 1.3], None, Decision.INVALIDATED, 0),
        ({"invalidation": 0.9}, [1.1, 1.1, 0.8], None, Decision.INVALIDATED, 2),
        ({"invalidation": 0.9}, [1.1, NAN, 1.3], None, Decision.HIT, 2),
        ({"direction": "range", "floor": 0.9, "ceiling": 1.1}, [0.9, 1.1, 1.0], None, Decision.HIT, 2),
        ({"direction": "range", "floor": 0.9, "ceiling": 1.1}, [1.0, 1.2, NAN], None, Decision.MISS, 1),
        ({"direction": "range", "floor": 0.9}, [1.0, NAN, 1.9], None, Decision.HIT, 2),
    ],
)
def test_a_path_is_decided_by_hand(terms, closes, extremes, decision, place):
    given_extremes = None if extremes is None else np.array([extremes], float)
    decisions, places = call_rules.decide(
        replace(UP, **terms), call_rules.PathTable(np.array([closes], float), given_extremes)
    )
    assert (Decision(decisions[0]), places[0]) == (decision, place)


def test_a_target_is_reached_by_closes_and_the_days_are_told(put):
    put(bars_of([100, 105, 111, 90, 80], highs=[100, 112, 111, 90, 80], lows=[100, 105, 111, 90, 80]))
    outcome = grading.grade(replace(UP, target=110), NOTE, END)
    assert (outcome.status, outcome.reason) == (Status.HIT, "reached 110 on 3 Dec 2025")
    assert (outcome.touched, outcome.closed_beyond) == (date(2025, 12, 2), date(2025, 12, 3))
    assert outcome.forward_return == pytest.approx(-0.1), "measured to the end of the horizon, not to the hit"
    assert (outcome.max_adverse, outcome.max_favourable) == (pytest.approx(-0.1), pytest.approx(0.11))
    early = grading.grade(replace(UP, target=110, basis="intraday"), NOTE, date(2025, 12, 2))
    assert (early.status, early.touched, early.closed_beyond) == (Status.HIT, date(2025, 12, 2), None)
    assert early.forward_return == pytest.approx(0.05)
    assert "(reached 110 on 2 Dec 2025)" in grading.describe(early)


def test_a_target_out_of_reach_is_a_miss_and_without_highs_it_cannot_be_told(put):
    put(bars_of([100, 105, 106, 107], highs=[100, 105, 106, 107], lows=[100, 105, 106, 107]))
    missed = grading.grade(replace(UP, target=110, basis="intraday"), NOTE, END)
    assert (missed.status, missed.reason) == (Status.MISS, "110 not reached by 4 Dec 2025")
    put(bars_of([100, 105, 106, 107]))
    assert grading.grade(replace(UP, target=110), NOTE, END).status is Status.MISS
    blind = grading.grade(replace(UP, target=110, basis="intraday"), NOTE, END)
    assert blind.status is Status.UNGRADABLE
    assert "no close reached 110; whether a high did needs highs and lows, which are not stored" in blind.reason
    assert grading.grade(replace(UP, target=107, basis="intraday"), NOTE, END).status is Status.HIT


def test_a_close_on_the_wrong_side_ends_a_call_and_a_target_on_that_day_wins(put):
    put(bars_of([100, 95, 89, 120], highs=[100, 95, 115, 120], lows=[100, 95, 89, 120]))
    outcome = grading.grade(replace(UP, target=110, invalidation=90), NOTE, END)
    assert (outcome.status, outcome.reason) == (Status.INVALIDATED, "closed below 90 on 3 Dec 2025")
    assert "invalidated: +20.0% by 4 Dec 2025" in grading.describe(outcome)
    assert grading.grade(replace(UP, target=110, invalidation=90), NOTE, date(2025, 12, 2)).status is Status.PENDING
    assert grading.grade(replace(UP, target=110, invalidation=90), NOTE, date(2025, 12, 3)) == replace(
        outcome, measured_to=date(2025, 12, 3), forward_return=pytest.approx(-0.11), max_favourable=0.0,
        touched=date(2025, 12, 3), closed_beyond=None,
    )  # fmt: skip
    tie = grading.grade(replace(UP, target=110, invalidation=90, basis="intraday"), NOTE, END)
    assert (tie.status, tie.touched) == (Status.HIT, date(2025, 12, 3))
    above = grading.grade(replace(DOWN, invalidation=110), NOTE, END)
    assert above.reason == "closed above 110 on 4 Dec 2025"


def test_a_horizon_that_ends_with_the_first_close_is_ungradable_and_so_is_a_late_first_close(put):
    put(bars_of([100, 101]))
    over = grading.grade(replace(UP, days=None, end=date(2025, 12, 1)), NOTE, END)
    assert (over.status, over.reason) == (
        Status.UNGRADABLE,
        "the first close after publication is that of the last day",
    )
    put(bars_of([100, 101], first="2025-12-09"))
    late = grading.grade(UP, NOTE, date(2025, 12, 20))
    assert (late.status, late.reason) == (Status.UNGRADABLE, "no close in the 7 days after publication")


@pytest.mark.parametrize(("first", "graded"), [("2025-12-08", True), ("2025-12-09", False)])
def test_a_call_starts_at_a_close_seven_days_after_publication_and_not_eight(put, first, graded):
    put(bars_of([100, 101, 102, 103], first=first))
    outcome = grading.grade(UP, NOTE, date(2025, 12, 20))
    assert (outcome.status is Status.HIT) == graded
    assert outcome.reference == 100


# New York, December 2025: the 1st is a Monday, the 25th a holiday.
SESSIONS = [d for d in pd.date_range("2025-12-01", "2026-01-09", freq="B") if f"{d:%m-%d}" not in {"12-25", "01-01"}]


def at_new_york(day, hour, minute=0):
    return replace(NOTE, published=datetime(2025, 12, day, hour, minute, tzinfo=ZoneInfo("America/New_York")))


@pytest.mark.parametrize(
    ("note", "reference"),
    [
        (at_new_york(2, 14, 59), 2),
        (at_new_york(2, 15), 3),
        (at_new_york(2, 23), 3),
        (at_new_york(5, 16), 8),
        (at_new_york(6, 9), 8),
        (at_new_york(24, 15), 26),
    ],
)
def test_a_session_counts_only_if_the_note_came_before_its_afternoon(put, note, reference):
    put(bars_of(range(100, 100 + len(SESSIONS)), days=SESSIONS), "exchange")
    assert grading.grade(UP, note, date(2026, 1, 9)).reference_date == date(2025, 12, reference)


def test_the_last_session_by_the_last_day_settles(put):
    put(bars_of(range(100, 100 + len(SESSIONS)), days=SESSIONS), "exchange")
    note = at_new_york(16, 9)
    weekend = replace(UP, days=None, end=date(2025, 12, 21))
    assert grading.grade(weekend, note, date(2025, 12, 20)).status is Status.PENDING
    outcome = grading.grade(weekend, note, date(2025, 12, 21))
    assert (outcome.status, outcome.measured_to) == (Status.HIT, date(2025, 12, 19))
    assert outcome.reason == "by the close of 19 Dec 2025"


def test_a_holiday_is_waited_out_until_a_later_close_shows_that_it_was_one(put):
    put(bars_of(range(100, 100 + len(SESSIONS)), days=SESSIONS), "exchange")
    christmas = replace(UP, days=None, end=date(2025, 12, 25))
    note = at_new_york(16, 9)
    waiting = grading.grade(christmas, note, date(2025, 12, 25))
    assert (waiting.status, waiting.reason) == (Status.PENDING, "waits for a close of BTC-USD by 25 Dec 2025 or after")
    outcome = grading.grade(christmas, note, date(2025, 12, 26))
    assert (outcome.status, outcome.measured_to) == (Status.HIT, date(2025, 12, 24))


def test_an_exchange_that_fell_silent_is_ungradable_after_a_week(put):
    some = SESSIONS[:12]  # to 16 December
    put(bars_of(range(100, 112), days=some), "exchange")
    call = replace(UP, days=None, end=date(2025, 12, 18))
    note = at_new_york(8, 9)
    assert grading.grade(call, note, date(2025, 12, 25)).status is Status.PENDING
    assert grading.grade(call, note, date(2025, 12, 26)).status is Status.UNGRADABLE


@pytest.mark.parametrize(("end", "status"), [(23, Status.HIT), (24, Status.UNGRADABLE)])
def test_a_close_settles_for_seven_days_and_no_longer(put, end, status):
    put(bars_of(range(100, 113), days=[*SESSIONS[:12], SESSIONS[-1]]), "exchange")  # to 16 December, then 9 January
    call = replace(UP, days=None, end=date(2025, 12, end))
    assert grading.grade(call, at_new_york(8, 9), date(2026, 1, 9)).status is status


def test_a_horizon_over_a_weekend_alone_has_no_close_to_judge_by(put):
    put(bars_of(range(100, 100 + len(SESSIONS)), days=SESSIONS), "exchange")
    outcome = grading.grade(replace(UP, days=2), at_new_york(5, 9), date(2025, 12, 31))
    assert (outcome.status, outcome.reference_date) == (Status.UNGRADABLE, date(2025, 12, 5))


def naive(call, closes, extremes):  # noqa: C901 - every rule in plain sight
    """Settle one path of (close or None, extreme or None) day by day."""
    up = call.direction != "down"
    blind = False
    for close, extreme in zip(closes, extremes, strict=True):
        if close is None:
            continue
        if call.direction == "range":
            if (call.floor is not None and close < call.floor) or (call.ceiling is not None and close > call.ceiling):
                return "miss"
            continue
        if call.target is not None:
            seen = [close] + ([extreme] if call.basis == "intraday" and extreme is not None else [])
            if any(value >= call.target if up else value <= call.target for value in seen):
                return "hit"
            blind |= call.basis == "intraday" and extreme is None
        if call.invalidation is not None and (close < call.invalidation if up else close > call.invalidation):
            return "blind" if blind else "invalidated"
    if closes[-1] is None:
        return "open"
    if call.direction == "range":
        return "hit"
    if call.target is not None:
        return "blind" if blind else "miss"
    return "hit" if (closes[-1] > 1 if up else closes[-1] < 1) else "miss"


def stop(call, ratios):
    """Return the first close beyond the invalidation."""
    return next(one for one in ratios if one is not None and (one - call.invalidation) * call.sign < 0)


def naive_base(call, history, extreme_of, last, days, *, exchange):  # noqa: PLR0913
    """Walk every stretch of the history in a plain loop; `history` maps days to closes."""
    outcomes, moves = [], []
    for start in sorted(history):
        end = start + timedelta(days=days)
        if end > last:
            break
        inside = [start + timedelta(days=n) for n in range(1, days + 1)]
        if not any(one in history for one in inside):
            continue
        closes = [history.get(one) for one in inside]
        extremes = [extreme_of.get(one) for one in inside]
        if closes[-1] is None and exchange:
            back = [end - timedelta(days=n) for n in range(1, 8)]
            held = next((one for one in back if one in history), None)
            closes[-1] = extremes[-1] = None if held is None else history[held]
        if closes[-1] is None:
            continue
        if (
            call.target is not None
            and call.basis == "intraday"
            and any(c is not None and e is None for c, e in zip(closes, extremes, strict=True))
        ):
            continue
        ratio = [None if c is None else c / history[start] for c in closes]
        outcomes.append(naive(call, ratio, [None if e is None else e / history[start] for e in extremes]))
        moves.append((stop(call, ratio) if outcomes[-1] == "invalidated" else ratio[-1]) - 1)
    hits, misses = outcomes.count("hit"), outcomes.count("miss")
    return hits / (hits + misses) if hits + misses else None, sum(moves) / len(moves) if moves else None


prices = st.sampled_from([80.0, 90.0, 95.0, 100.0, 105.0, 110.0, 125.0])
levels = st.one_of(st.none(), st.sampled_from([85.0, 92.0, 100.0, 107.0, 118.0]))


@st.composite
def any_call(draw):
    days = draw(st.integers(1, 9))
    if draw(st.booleans()):
        floor, ceiling = draw(levels), draw(levels)
        floor = 85.0 if floor is None and ceiling is None else floor
        return Call("BTC-USD", "x", "range", days=days, floor=floor, ceiling=ceiling)
    basis = draw(st.sampled_from(["close", "intraday"]))
    direction = draw(st.sampled_from(["up", "down"]))
    return Call("BTC-USD", "x", direction, days=days, target=draw(levels), invalidation=draw(levels), basis=basis)


@st.composite
def any_bars(draw):
    rows = draw(
        st.lists(
            st.tuples(st.one_of(st.none(), prices), st.one_of(st.none(), st.just(5.0), st.just(20.0))),
            min_size=20,
            max_size=45,
        )
    )
    closes = [NAN if close is None else close for close, _ in rows]
    wide = [NAN if reach is None else reach for _, reach in rows]
    closes[25 if len(rows) > 25 else 0] = 100.0
    close, reach = np.array(closes), np.array(wide)
    return bars_of(close, close + reach, close - reach, first="2025-11-06")


def placed(patch, bars, kind):
    patch.setattr(history, "bars", lambda *_: bars)
    patch.setattr(assets, "calendar", lambda *_: (kind, UTC))


@settings(deadline=None, max_examples=150)
@given(any_call(), any_bars(), st.sampled_from(["daily", "exchange"]), st.integers(0, 20))
def test_call_and_base_rate_are_those_of_a_plain_loop(call, bars, kind, later):
    as_of = date(2025, 12, 1) + timedelta(days=later)
    with pytest.MonkeyPatch.context() as patch:
        placed(patch, bars, kind)
        outcome = grading.grade(call, NOTE, as_of)
    known = bars[bars["close"].notna() & (bars.index <= pd.Timestamp(as_of, tz="UTC"))]
    history = {stamp.date(): close for stamp, close in known["close"].items()}
    side = known["high" if call.sign > 0 else "low"].dropna()
    extreme_of = {stamp.date(): value for stamp, value in side.items()}
    if outcome.reference is None or outcome.reference_date > date(2025, 12, 8):
        assert outcome.status in {Status.PENDING, Status.UNGRADABLE}
        return
    named = ("floor", "ceiling", "target", "invalidation")
    own = {name: getattr(call, name) for name in named}
    terms = replace(call, **{name: level and level / outcome.reference for name, level in own.items()})
    before = {one: close for one, close in history.items() if one <= outcome.reference_date}
    rate, mean = naive_base(terms, before, extreme_of, outcome.reference_date, call.days, exchange=kind == "exchange")
    assert outcome.base_rate == (None if rate is None else pytest.approx(rate))
    assert outcome.base_return == (None if mean is None else pytest.approx(mean))
    path = [outcome.reference_date + timedelta(days=n) for n in range(1, call.days + 1)]
    closes = [history[one] / outcome.reference if one in history else None for one in path]
    extremes = [extreme_of[one] / outcome.reference if one in extreme_of else None for one in path]
    if kind == "daily" or all(one.weekday() < 5 and one in history for one in path):
        words = {"hit": Status.HIT, "miss": Status.MISS, "blind": Status.UNGRADABLE, "invalidated": Status.INVALIDATED}
        expected = words.get(
            naive(terms, closes, extremes), Status.PENDING if as_of < outcome.last_day else Status.UNGRADABLE
        )
        assert outcome.status is expected
    if outcome.status is Status.INVALIDATED and kind == "daily":
        assert outcome.stopped_return == pytest.approx(stop(terms, closes) - 1)
    else:
        assert outcome.stopped_return is None or outcome.status is Status.INVALIDATED


@settings(deadline=None, max_examples=100)
@given(any_call(), any_bars(), st.sampled_from(["daily", "exchange"]), st.integers(0, 15), st.data())
def test_what_comes_after_the_day_changes_nothing(call, bars, kind, later, data):
    as_of = date(2025, 12, 1) + timedelta(days=later)
    cut = bars.loc[: pd.Timestamp(as_of, tz="UTC")]
    rest = bars.loc[pd.Timestamp(as_of, tz="UTC") + pd.Timedelta(1, "D") :]
    order = data.draw(st.permutations(range(len(rest))))
    scrambled = pd.concat([cut, rest.iloc[order].set_axis(rest.index) * data.draw(st.sampled_from([0.1, 1.0, 10.0]))])
    found = []
    for frame in (bars, scrambled, cut):
        with pytest.MonkeyPatch.context() as patch:
            placed(patch, frame, kind)
            found.append(grading.grade(call, NOTE, as_of))
    assert found[0] == found[1] == found[2]


def test_a_probability_is_scored_once_a_call_is_graded():
    call = replace(UP, probability=0.7)
    hit = CallOutcome(Status.HIT, END, 1.0, END)
    assert grading.brier(call, hit) == pytest.approx(0.09)
    assert grading.brier(call, replace(hit, status=Status.MISS)) == pytest.approx(0.49)
    assert grading.brier(replace(call, probability=0.0), hit) == 1
    for status in (Status.PENDING, Status.INVALIDATED, Status.UNGRADABLE):
        assert grading.brier(call, replace(hit, status=status)) is None
    assert grading.brier(UP, hit) is None


def test_a_horizon_is_the_publishers_or_our_own():
    assert (grading.horizon(UP), grading.horizon(replace(UP, fixed=True))) == ("stated", "fixed")


LAST = date(2025, 12, 1)


def row(column, day, value, series="X"):
    return Row(series, column, date(2025, 11, day), float(value))


@pytest.mark.parametrize(
    ("kind", "basis", "value", "rows"),
    [
        ("close", "close", 110, (row("close", 30, 110),)),
        ("return", "close", 0.1, (row("close", 26, 100), row("close", 30, 110))),
        ("minimum", "close", 70, (row("close", 28, 70),)),
        ("minimum", "intraday", 60, (row("low", 29, 60),)),
        ("maximum", "close", 140, (row("close", 27, 140),)),
        ("maximum", "intraday", 160, (row("high", 28, 160),)),
        ("drawdown", "close", 110 / 140 - 1, (row("close", 27, 140), row("close", 30, 110))),
        ("maximum drawdown", "close", -0.5, (row("close", 27, 140), row("close", 28, 70))),
        ("maximum drawdown", "intraday", 60 / 160 - 1, (row("high", 28, 160), row("low", 29, 60))),
    ],
)
def test_a_verdict_shows_the_rows_that_it_rests_on(put, kind, basis, value, rows):
    put(bars_of([100, 140, 70, 80, 110], [120, 150, 160, 90, 115], [90, 100, 65, 60, 105], first="2025-11-26"))
    rule = Check(kind, "X", date(2025, 11, 30), "=", value, date(2025, 11, 26), 1e-9, basis=basis)
    verdict = claim_checks.check(Claim("so it was", rule), NOTE)
    assert (verdict.answer, verdict.rows) == ("true", rows)


def test_a_later_high_is_no_peak_of_an_earlier_fall(put):
    put(bars_of([140, 70, 80, 200], first="2025-11-26"))
    rule = Check("maximum drawdown", "X", date(2025, 11, 29), "=", -0.5, date(2025, 11, 26), 1e-9)
    assert claim_checks.check(Claim("it halved", rule), NOTE).rows == (row("close", 26, 140), row("close", 27, 70))


def test_a_relative_return_shows_both_series(monkeypatch):
    frames = {"X": bars_of([100, 110], first="2025-11-29"), "Y": bars_of([50, 60], first="2025-11-29")}
    monkeypatch.setattr(history, "bars", lambda symbol, *_: frames[symbol])
    rule = Check("relative return", "X", date(2025, 11, 30), "<", 0, date(2025, 11, 29), other="Y")
    verdict = claim_checks.check(Claim("worse", rule), NOTE)
    assert verdict.rows == (
        row("close", 29, 100), row("close", 30, 110), row("close", 29, 50, "Y"), row("close", 30, 60, "Y"),
    )  # fmt: skip
    assert (verdict.answer, verdict.measured) == ("true", pytest.approx(-0.1))


def test_an_extreme_within_the_day_needs_every_high_and_low_of_its_days(put):
    put(bars_of([100, 140], [120, NAN], [90, NAN], first="2025-11-29"))
    rule = Check("maximum", "X", date(2025, 11, 30), ">=", 150, date(2025, 11, 29), basis="intraday")
    verdict = claim_checks.check(Claim("touched", rule), NOTE)
    assert verdict.answer == "not checkable"
    assert verdict.reason == "needs highs and lows; X has closes only; by closes alone it would be 140"


def test_a_base_rate_takes_no_longer_for_a_longer_horizon():
    """A matrix of stretches and days would be thirty times as large."""
    bars = history.bars("BTC-USD")
    last = bars.index[-1].date()
    levels = {"target": 1.5, "invalidation": 0.5}

    def seconds(days):
        begun = time.thread_time()
        for _ in range(20):
            base_rates.base_rate(replace(UP, days=days, **levels), bars, last, days, carried=False)
        return time.thread_time() - begun

    seconds(60)
    assert min(seconds(1800) for _ in range(3)) < 4 * min(seconds(60) for _ in range(3))
