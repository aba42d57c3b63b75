"""A record is what this server held before outcomes were known: poisons of all kinds change no rate, verdict or reading."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from sentiment.errors import NoteError
from sentiment.research import frontmatter, library
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import note_tables
from sentiment.tables.records.calls import calls_table
from sentiment.tables.records.claims import claims_table
from sentiment.tables.records.notes import notes_table
from sentiment.tables.records.publishers import publishers_table

LATER = date(2026, 10, 3)
SAVED_LATE = datetime(2026, 9, 1, 9, tzinfo=UTC)
WRITTEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""A Monday; bitcoin closed at 93,893 that day and lower ten, thirty and a hundred days later."""

RISE = "{asset: BTC-USD, text: Higher in 30 days, direction: up, days: 30}"
FALL = "{asset: BTC-USD, text: Lower in 30 days, direction: down, days: 30}"


@pytest.fixture(autouse=True)
def save(empty_store, monkeypatch):  # noqa: ARG001
    """Save a note as on a given instant of this server's clock."""

    def at(instant, name="own", *calls, published=WRITTEN, publisher="Desk", why="Mended", **header):
        monkeypatch.setattr("sentiment.research.store._now", lambda: instant)
        fields = {
            "id": f"{name}-note", "title": "A view", "publisher": publisher, "author": "Ann",
            "published": f"{published:%Y-%m-%dT%H:%M:%SZ}", "precision": "minute", "source": "A letter",
            "assets": "[BTC-USD]", "themes": "[test]", "stance": "neutral", "conviction": "1", **header,
        }  # fmt: skip
        lines = [f"{key}: {value}" for key, value in fields.items()]
        if calls:
            lines += ["calls:", *(f"  - {call}" for call in calls)]
        text = "\n".join(["---", *lines, "---", "A view in words.", ""])
        return library.add(text, name, who="Ann", why=why)

    return at


@pytest.fixture
def withdraw(monkeypatch):
    def at(instant, name="own"):
        monkeypatch.setattr("sentiment.research.store._now", lambda: instant)
        return library.withdraw(f"{name}-note", who="Ann", why="Tidied")

    return at


def records(as_of=LATER):
    """Return every record but for the counts of notes and of hindsight."""
    table = publishers_table(as_of)
    return table[table["calls"] > 0].drop(columns=["notes", "hindsight"]).reset_index(drop=True)


def calls(name="own", as_of=LATER):
    table = calls_table(as_of)
    return table[table["note"] == f"{name}-note"].reset_index(drop=True)


def test_a_call_saved_before_the_first_close_counts_and_one_saved_after_it_is_hindsight(save):
    save(datetime(2026, 1, 5, 23, 59, 59, tzinfo=UTC), "in-time", RISE)
    save(datetime(2026, 1, 6, 0, 0, 0, tzinfo=UTC), "too-late", RISE)
    assert calls("in-time")[["record", "status", "saved_at"]].to_numpy().tolist() == [
        ["kept as it happened", "miss", "2026-01-05T23:59:59Z"]
    ]
    assert calls("too-late")["record"].tolist() == ["hindsight"]
    desk = publishers_table(LATER).set_index("publisher").loc["Desk"]
    assert desk[["notes", "calls", "misses", "hindsight"]].tolist() == [2, 1, 1, 1]
    notes = notes_table(LATER).set_index("note")
    assert notes.loc["too-late-note", "calls"] == "miss (hindsight)"
    assert notes.loc["too-late-note", "saved_at"] == "2026-01-06T00:00:00Z"


@pytest.mark.parametrize(
    ("saved", "record"),
    [
        ("2026-01-09T14:30:00Z", "kept as it happened"),  # Friday; the zone of these bars is UTC
        ("2026-01-11T12:00:00Z", "hindsight"),  # Sunday: Friday's close is known
    ],
)
def test_on_an_exchange_the_hour_decides_which_close_is_the_first(save, saved, record):
    friday = datetime(2026, 1, 9, 9, tzinfo=UTC)
    call = "{asset: ^VIX, text: Higher in a month, direction: up, days: 30}"
    save(datetime.fromisoformat(saved), "own", call, published=friday)
    assert calls()["record"].tolist() == [record]


def test_a_note_of_the_weekend_may_be_saved_until_mondays_session_is_old(save):
    call = "{asset: ^VIX, text: Higher in a month, direction: up, days: 30}"
    saturday = datetime(2026, 1, 10, 9, tzinfo=UTC)
    save(datetime(2026, 1, 12, 14, 59, tzinfo=UTC), "own", call, published=saturday)
    save(datetime(2026, 1, 12, 15, 0, tzinfo=UTC), "late", call, published=saturday)
    assert [calls(name)["record"].item() for name in ("own", "late")] == ["kept as it happened", "hindsight"]


HONEST = [RISE, FALL]


def back_dated(save, _withdraw):
    for place in range(45):
        published = WRITTEN + timedelta(days=3 * place)
        down = 0 if place % 2 else 1
        save(SAVED_LATE + timedelta(seconds=place), f"dated-{place}", (RISE, FALL)[down], published=published)


def calls_put_in_afterwards(save, _withdraw):
    save(SAVED_LATE, "silent", FALL, why="A typo")


def a_bundled_note_replaced(_save, _withdraw):
    text = library.file("k33-2025-12-02")
    header, _, body = text.partition("\n---\n")
    kept = header.split("\ncalls:")[0]
    rise = RISE.replace("up, days: 30", "up, target: 93000, end: 2026-12-31")  # reached in January
    library.add(f"{kept}\ncalls:\n  - {rise}\n---\n{body}", "k33.md", who="Ann", why="A typo")


def a_target_that_was_reached_already(save, _withdraw):
    reached = "{asset: BTC-USD, text: Below 80000 by the end of 2026, direction: down, target: 80000, end: 2026-12-31}"
    save(SAVED_LATE, "target", reached)


def misses_withdrawn(_save, withdraw):
    withdraw(SAVED_LATE, "honest-0")


def a_miss_under_another_name(save, _withdraw):
    save(SAVED_LATE, "honest-0", RISE, publisher="Somebody else")


def a_miss_with_a_target_that_was_reached(save, _withdraw):
    call = RISE.replace("direction: up,", "direction: up, target: 94500,")
    save(SAVED_LATE, "honest-0", call)


def a_miss_dated_before_the_rise(save, _withdraw):
    save(SAVED_LATE, "honest-0", RISE, published=datetime(2026, 3, 1, tzinfo=UTC))


def a_miss_put_into_an_archive(save, _withdraw):
    save(SAVED_LATE, "honest-0", RISE, collection="attic")


def a_miss_withdrawn_and_brought_back_as_a_hit(save, withdraw):
    withdraw(SAVED_LATE, "honest-0")
    save(SAVED_LATE + timedelta(hours=1), "honest-0", FALL)


def a_sure_hit_repeated(save, _withdraw):
    for place in range(40):
        save(WRITTEN + timedelta(minutes=place + 9), f"again-{place}", FALL)


POISONS = [
    back_dated, calls_put_in_afterwards, a_bundled_note_replaced, a_target_that_was_reached_already, misses_withdrawn,
    a_miss_under_another_name, a_miss_with_a_target_that_was_reached, a_miss_dated_before_the_rise,
    a_miss_put_into_an_archive, a_miss_withdrawn_and_brought_back_as_a_hit, a_sure_hit_repeated,
]  # fmt: skip
COUNTS = ["calls", "hits", "misses"]


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.__name__)
def test_a_poison_changes_no_record_and_no_reading(save, withdraw, monkeypatch, poison):
    for place, call in enumerate(HONEST):
        save(WRITTEN + timedelta(minutes=place), f"honest-{place}", call)
    save(WRITTEN + timedelta(minutes=5), "silent")
    before = records(), score(load_inputs("BTC-USD", LATER))
    monkeypatch.setattr("sentiment.research.store._now", lambda: SAVED_LATE)
    poison(save, withdraw)
    after = records(), score(load_inputs("BTC-USD", LATER))
    differing = COUNTS if poison is a_sure_hit_repeated else []
    pd.testing.assert_frame_equal(before[0].drop(columns=differing), after[0].drop(columns=differing))
    if poison is not a_sure_hit_repeated:
        last = pd.Timestamp(SAVED_LATE.date(), tz="UTC") - pd.Timedelta(1, "D")
        pd.testing.assert_frame_equal(before[1].axes[:last], after[1].axes[:last])


def test_what_a_note_lost_is_still_shown_with_the_note_and_in_the_table(save):
    save(WRITTEN, "own", RISE)
    save(SAVED_LATE, "own", FALL)
    table = calls()
    assert table["record"].tolist() == ["kept as it happened", "hindsight"]
    assert table["dropped_at"].fillna("").tolist() == ["2026-09-01T09:00:00Z", ""]
    mark = note_tables.marks([library.find("own-note")], LATER)
    assert mark["status"].item() == "mixed", "a miss and hindsight"
    label = mark["label"].item()
    assert "Taken out of the note on 2026-09-01 09:00 UTC; stays in the" in label
    assert "Hindsight: saved here on 2026-09-01 09:00 UTC, when the" in label


def test_a_call_that_was_taken_back_before_the_first_close_was_never_made(save, withdraw):
    save(WRITTEN, "own", RISE)
    save(WRITTEN + timedelta(hours=1), "own", FALL)
    assert calls()[["direction", "record"]].to_numpy().tolist() == [["down", "kept as it happened"]]
    save(WRITTEN, "gone", RISE)
    withdraw(WRITTEN + timedelta(hours=2), "gone")
    assert calls("gone").empty


def test_pinned_to_an_instant_only_what_was_saved_by_then_stands(save):
    save(WRITTEN, "own", RISE)
    instant = WRITTEN + timedelta(hours=1)
    before = calls_table(LATER, instant)
    save(SAVED_LATE, "own", FALL)
    pd.testing.assert_frame_equal(calls_table(LATER, instant), before)


def test_an_archive_has_a_record_of_its_own_and_is_not_added_to_later(save):
    save(SAVED_LATE, "old", FALL, collection="attic")
    save(WRITTEN, "own", RISE)
    assert calls("old")[["record", "collection"]].to_numpy().tolist() == [["collected afterwards", "attic"]]
    rows = publishers_table(LATER).query("publisher == 'Desk'")
    assert rows["collection"].fillna("").tolist() == ["", "attic"]
    assert rows["hits"].tolist() == [0, 1]
    assert rows["verdict"].tolist()[1] == "no verdict: collected afterwards"
    save(SAVED_LATE + timedelta(days=1), "old", FALL, RISE, collection="attic")
    assert calls("old")["record"].tolist() == ["collected afterwards", "hindsight"]


def test_the_collection_of_the_bundled_notes_is_nobody_elses(save):
    with pytest.raises(NoteError, match="the collection 'bundled' is that of the bundled notes"):
        save(SAVED_LATE, "own", FALL, collection="bundled")


def test_a_file_joins_a_collection_by_one_line(save):
    text = library.file(save(WRITTEN, "own", RISE).note.id)
    joined = frontmatter.with_collection(text, "own.md", "attic")
    assert joined.replace("collection: attic\n", "") == text
    assert frontmatter.with_collection(joined, "own.md", "attic") == joined
    with pytest.raises(NoteError, match="it belongs to the collection 'attic', not 'cellar'"):
        frontmatter.with_collection(joined, "own.md", "cellar")


def test_a_fact_says_when_it_was_first_saved_in_its_words(save):
    first = "[{text: It fell}]"
    save(WRITTEN, "own", claims=first)
    save(SAVED_LATE, "own", claims="[{text: It fell}, {text: It rose}]")
    rows = claims_table(LATER).query("note == 'own-note'")
    assert rows["saved_at"].tolist() == ["2026-01-05T09:00:00Z", "2026-09-01T09:00:00Z"]
    assert claims_table(LATER).query("note == 'k33-2025-12-02'")["saved_at"].isna().all()
