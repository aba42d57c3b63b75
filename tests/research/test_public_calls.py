"""The bundled public calls: facts as they should be, days by the latest reading, grades by the rules of all calls."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sentiment.market import history
from sentiment.models import Call, Status
from sentiment.research import public_calls
from sentiment.research.call_rules import Decision, PathTable, decide, status
from sentiment.research.frontmatter import parse, write
from sentiment.research.library import bundled

LATEST = date(2026, 10, 3)
CALLS = {one.id: one for one in public_calls.collection()}


def graded(identifier, as_of=LATEST):
    return public_calls.grade(CALLS[identifier], as_of)


def test_the_collection_is_what_its_readme_says():
    assert len(CALLS) == 205
    assert len({one.publisher for one in CALLS.values()}) == 50
    assert Counter(one.confidence for one in CALLS.values()) == {"high": 134, "medium": 71}
    assert Counter(one.kind for one in CALLS.values()) == {"house": 193, "options": 8, "outlier": 4}
    days = [one.day for one in public_calls.collection()]
    assert days == sorted(days)
    assert days[0] > history.bars("BTC-USD").index[0].date(), "every call has a price to start from"


@pytest.mark.parametrize("one", CALLS.values(), ids=CALLS)
def test_every_call_looks_ahead_has_a_source_and_a_sentence(one):
    assert one.call.end > one.day
    assert one.source.startswith(("https://", "http://"))
    assert one.call.text.endswith(".")
    assert "(repeat" not in one.call.text
    assert one.title
    levels = [one.call.floor, one.call.ceiling, one.call.target]
    assert all(level is None or level > 100 for level in levels)


@pytest.mark.parametrize(
    ("stated", "precision", "latest"),
    [
        ("2016-12", "month", date(2016, 12, 31)),
        ("2024-02", "month", date(2024, 2, 29)),
        ("2018-04-12", "day", date(2018, 4, 12)),
        ("2017-12-06", "day±1", date(2017, 12, 7)),
        ("2018-12-30", "day±2", date(2019, 1, 1)),
        ("2024-09-27", "week", date(2024, 9, 29)),
        ("2025-11-23", "week", date(2025, 11, 23)),
    ],
)
def test_a_vague_date_counts_from_the_latest_day_that_it_can_mean(stated, precision, latest):
    assert public_calls.latest_day(stated, precision) == latest


def test_grades_by_hand():
    tripled = graded("b001")
    assert (tripled.status, tripled.reference_date) == (Status.HIT, date(2016, 12, 31)), "month: from its last day"
    crash = graded("b010")
    assert (crash.status, crash.reason) == (Status.MISS, "40,000 not reached by 31 Dec 2018")
    above = graded("b040")
    assert (above.status, above.reason) == (Status.HIT, "the close of 31 Dec 2020 was 12,000 or more")
    assert CALLS["b040"].call.floor == 12_000


def test_one_price_for_a_day_and_no_level_are_neither_hit_nor_miss():
    path = graded("b052")
    assert path.status is Status.UNGRADABLE
    assert path.reason.endswith("45,268 named, 47,945 on 15 Feb 2021, +6%")
    assert (path.base_rate, path.chance) == (None, None)
    assert graded("b052", date(2021, 2, 10)).status is Status.PENDING
    assert "names no level" in graded("b056").reason


def test_what_is_said_again_is_named_and_option_prices_say_nothing_again():
    again = public_calls.repeats(public_calls.collection())
    assert again["b020"] == "b018"
    assert again["b173"] == again["b177"] == "b127"
    assert len(again) == 13
    assert not {one for one in again if CALLS[one].kind == "options"}


def test_nothing_is_known_before_it_was_published():
    assert public_calls.known(date(2016, 12, 30)) == ()
    assert [one.id for one in public_calls.known(date(2016, 12, 31))] == ["b001"]
    assert {entry.public.id for entry in public_calls.entries(date(2017, 8, 14))} == {"b001", "b002", "b004"}


def test_a_range_for_the_last_close_alone():
    paths = PathTable(np.array([[0.5, 1.0], [1.0, 0.5], [1.0, np.nan]]))
    called = Call("BTC-USD", "called", "range", days=2, floor=0.9, ceiling=1.1, at_end=True)
    decisions, places = decide(called, paths)
    assert decisions.tolist() == [Decision.HIT, Decision.MISS, Decision.UNDECIDED]
    assert places.tolist() == [1, 1, 1]
    assert status(called, Decision.MISS, LATEST, LATEST, LATEST) == (
        Status.MISS,
        "the close of 3 Oct 2026 was not from 0.9 to 1.1",
    )
    assert decide(replace(called, at_end=False), paths)[0].tolist() == [
        Decision.MISS,
        Decision.MISS,
        Decision.UNDECIDED,
    ]


def test_a_note_may_call_for_the_last_close_alone():
    note = next(note for note in bundled() if note.id == "k33-2026-02-17")
    called = replace(note.calls[0], at_end=True)
    assert parse(write(replace(note, calls=(called,))), "a note").calls == (called,)
    assert not called.ends(history.bars("BTC-USD")["close"].to_numpy()).any(), "nothing ends it early"
