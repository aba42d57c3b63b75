"""The user's own notes: kept byte for byte, corrected by new versions, and scored from their day on and not before."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.cli import library as commands
from sentiment.errors import ConflictError, InputError, NoteError, StoreError, UnknownNoteError
from sentiment.models import Call, Claim, Level, Note, Override
from sentiment.research import admission, corrections, frontmatter, library, note_search
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score

FILE = """---
# A comment that a rewriting would lose.
id: mine-2025-12-03
title:   "A bounce: unlikely"
publisher: My desk
author: Me
published: 2025-12-03T09:00:00+01:00
precision: minute
source: Desk note 7
assets: [BTC-USD]
themes: [leverage]
stance: bearish
conviction: 0.9
tone: -0.9
calls:
  - {asset: BTC-USD, text: Lower in a month, direction: down, days: 30}
---
Leverage is building and the rally failed.
"""
IDENTIFIER = "mine-2025-12-03"


@pytest.fixture(autouse=True)
def _empty(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))


def add(text=FILE, who="A. Reader", why=""):
    return library.add(text, "mine.md", who=who, why=why)


def test_a_file_is_kept_byte_for_byte_and_taken_in_once():
    first = add()
    assert first.version is not None
    assert library.file(IDENTIFIER) == FILE
    assert library.find(IDENTIFIER).conviction == 0.9
    assert add().version is None
    assert len(library.history(IDENTIFIER)) == 1


@pytest.mark.parametrize(("days", "is_saved"), [(1, True), (3, False), (4_000, False)])
def test_a_note_of_a_day_to_come_is_refused(days, is_saved):
    day = datetime.now(UTC).date() + timedelta(days=days)
    text = FILE.replace("2025-12-03", str(day))
    assert text != FILE
    if is_saved:  # in zones ahead of UTC it is tomorrow already
        assert add(text).version is not None
        return
    with pytest.raises(InputError, match=f"published on {day}, a day to come; correct the day"):
        add(text)
    assert not library.history(f"mine-{day}")


def test_a_change_needs_a_reason_and_leaves_the_version_before():
    add()
    changed = FILE.replace("conviction: 0.9", "conviction: 0.1")
    with pytest.raises(InputError, match="a new version needs a reason"):
        add(changed)
    added = add(changed, why="Misread")
    assert library.find(IDENTIFIER).conviction == 0.1
    before = added.version.known_at - timedelta(microseconds=1)
    assert library.find(IDENTIFIER, known_at=before).conviction == 0.9
    assert [one.why for one in library.history(IDENTIFIER)] == ["", "Misread"]
    assert len(library.history(IDENTIFIER, before)) == 1


def test_nobody_is_overwritten_by_whoever_has_not_seen_the_change():
    first = add()
    add(FILE.replace("conviction: 0.9", "conviction: 0.1"), why="Misread")
    with pytest.raises(ConflictError, match="saved another version meanwhile"):
        library.add(FILE.replace("0.9", "0.5"), "m", who="B", why="Mine", seen=first.version.sequence)
    assert library.find(IDENTIFIER).conviction == 0.1


def test_a_note_is_not_known_before_it_was_saved():
    instant = datetime.now(UTC)
    add()
    assert IDENTIFIER in [note.id for note in library.library()]
    assert IDENTIFIER not in [note.id for note in library.library(instant)]
    assert IDENTIFIER not in [note.id for note in library.published_by(date(2025, 12, 2))]
    assert IDENTIFIER in [note.id for note in library.published_by(date(2025, 12, 3))]


def test_a_correction_says_what_was_read_who_set_it_when_and_why():
    note = library.find("k33-2025-12-02")
    with pytest.raises(InputError, match="you changed tone: a correction says who made it and why"):
        library.correct(note, {"tone": 0.1}, who="A. Reader", why=" ")
    library.correct(note, {"tone": 0.1, "stance": "bullish"}, who="A. Reader", why="Hedged on page 2")
    found = library.find("k33-2025-12-02")
    assert (found.tone, found.stance, found.calls) == (0.1, "bullish", note.calls)
    (made,) = found.overrides
    assert (made.field, made.read, made.who, made.why) == ("tone", "0.4", "A. Reader", "Hedged on page 2")
    assert "who: A. Reader" in library.file("k33-2025-12-02"), "the record travels with the file"


def test_a_save_parses_the_file_once(monkeypatch):
    parsed = []
    compose = frontmatter.compose
    monkeypatch.setattr(frontmatter, "compose", lambda *given: parsed.append(given) or compose(*given))
    add()
    assert len(parsed) == 1, "a file is parsed as it comes"
    note = library.find(IDENTIFIER)
    parsed.clear()
    library.correct(note, {"tone": 0.1}, who="A", why="B")
    assert len(parsed) == 1, "a record is checked once, against the file that is made of it"


def test_a_version_that_the_database_has_lost_cannot_be_replaced():
    with pytest.raises(StoreError, match="version 5, which this one was to replace, is not in the database"):
        library.add(FILE, "mine.md", who="A", seen=5)


def test_a_withdrawn_note_is_gone_from_then_on_only():
    add()
    instant = library.history(IDENTIFIER)[0].known_at
    library.withdraw(IDENTIFIER, who="A. Reader", why="Not ours")
    with pytest.raises(UnknownNoteError):
        library.find(IDENTIFIER)
    assert library.find(IDENTIFIER, known_at=instant).id == IDENTIFIER
    with pytest.raises(InputError, match=r"A\. Reader withdrew 'mine-2025-12-03': Not ours; to bring it back needs"):
        add()
    assert add(why="Ours after all").version is not None


def test_a_file_that_does_not_fit_leaves_the_library_as_it_was():
    add()
    with pytest.raises(NoteError, match=r"mine\.md, line 12, stance"):
        add(FILE.replace("bearish", "rosy"))
    with pytest.raises(InputError, match="say who saves it"):
        add(FILE.replace("mine-", "other-"), who=" ")
    assert [note.id for note in library.library()].count(IDENTIFIER) == 1
    assert len(library.library()) == 8


def saved_on(monkeypatch, day):
    monkeypatch.setattr("sentiment.research.store._now", lambda: datetime(*day.timetuple()[:3], 10, tzinfo=UTC))


def test_a_note_moves_tone_and_stance_on_its_day_and_not_before(monkeypatch):
    until = date(2026, 1, 31)
    before = score(load_inputs("BTC-USD", until))
    saved_on(monkeypatch, date(2025, 12, 3))
    add()
    after = score(load_inputs("BTC-USD", until))
    published = pd.Timestamp("2025-12-03", tz="UTC")
    for name in ("research_tone", "research_stance"):
        old, new = before.raw[name], after.raw[name]
        pd.testing.assert_series_equal(old[: published - pd.Timedelta(1, "D")], new[: published - pd.Timedelta(1, "D")])
        assert old[published] != new[published]
    assert after.raw["research_tone"][published] > before.raw["research_tone"][published], "gloomier"
    assert after.raw["research_stance"][published] < before.raw["research_stance"][published]
    pinned = score(load_inputs("BTC-USD", until, datetime(2025, 12, 3, 9, tzinfo=UTC)))
    pd.testing.assert_frame_equal(pinned.axes, before.axes)


def test_a_note_that_comes_late_moves_no_reading_before_its_day_here(monkeypatch):
    until = date(2026, 1, 31)
    before = score(load_inputs("BTC-USD", until))
    saved_on(monkeypatch, date(2025, 12, 20))
    add()
    inputs = load_inputs("BTC-USD", until)
    after, saved = score(inputs), pd.Timestamp("2025-12-20", tz="UTC")
    day_before = saved - pd.Timedelta(1, "D")
    pd.testing.assert_frame_equal(after.axes[:day_before], before.axes[:day_before])
    assert after.raw["research_tone"][saved] > before.raw["research_tone"][saved]
    assert inputs.left_out == 0
    early = load_inputs("BTC-USD", date(2025, 12, 10))
    assert (early.left_out, IDENTIFIER in [note.id for note in early.notes]) == (1, True), "shown, and counted nowhere"


def test_a_correction_moves_readings_from_its_day_on_and_a_withdrawal_ends_them(monkeypatch):
    saved_on(monkeypatch, date(2025, 12, 3))
    add()
    first = score(load_inputs("BTC-USD", date(2026, 1, 31))).raw["research_tone"]
    saved_on(monkeypatch, date(2025, 12, 6))
    add(FILE.replace("tone: -0.9", "tone: 0.9"), why="Misread")
    corrected = score(load_inputs("BTC-USD", date(2026, 1, 31))).raw["research_tone"]
    assert corrected[:"2025-12-05"].equals(first[:"2025-12-05"])
    assert corrected["2025-12-06"] < first["2025-12-06"]
    saved_on(monkeypatch, date(2025, 12, 9))
    library.withdraw(IDENTIFIER, who="A. Reader", why="Not ours")
    withdrawn = score(load_inputs("BTC-USD", date(2026, 1, 31))).raw["research_tone"]
    assert withdrawn[:"2025-12-08"].equals(corrected[:"2025-12-08"])
    assert withdrawn["2025-12-09"] > corrected["2025-12-09"], "the note that was confident then is gone"


def test_a_note_without_a_tone_counts_as_the_rules_read_it(monkeypatch):
    before = score(load_inputs("BTC-USD", date(2025, 12, 3))).raw["research_tone"].iloc[-1]
    saved_on(monkeypatch, date(2025, 12, 3))
    add(FILE.replace("tone: -0.9\n", ""))
    assert score(load_inputs("BTC-USD", date(2025, 12, 3))).raw["research_tone"].iloc[-1] > before


def test_an_unread_note_is_no_zero_in_a_mean(monkeypatch):
    until = date(2025, 12, 3)
    before = score(load_inputs("BTC-USD", until)).raw["research_tone"].iloc[-1]
    saved_on(monkeypatch, until)
    silent = FILE.replace("Leverage is building and the rally failed.", "Our next letter goes out on Thursday.")
    add(silent.replace("tone: -0.9\n", ""))
    assert score(load_inputs("BTC-USD", until)).raw["research_tone"].iloc[-1] == before
    add(FILE.replace("tone: -0.9", "tone: unread"), why="Stated")
    assert library.find(IDENTIFIER).tone == "unread"
    assert score(load_inputs("BTC-USD", until)).raw["research_tone"].iloc[-1] == before
    add(FILE.replace("tone: -0.9", "tone: 0"), why="Balanced")
    counted = score(load_inputs("BTC-USD", until)).raw["research_tone"].iloc[-1]
    assert counted != before, "a stated zero counts"
    with pytest.raises(NoteError, match=r"line 14, tone: 'none' is not a plain number .* write unread"):
        add(FILE.replace("tone: -0.9", "tone: none"), why="Wrong")


def test_notes_are_found_by_words_publisher_theme_asset_and_day():
    add()
    notes = library.library()

    def ids(words="", **filters):
        return [note.id for note in note_search.search(notes, words, **filters)]

    assert ids() == [note.id for note in notes]
    assert ids("RALLY leverage") == [IDENTIFIER]
    assert ids("rálly") == [IDENTIFIER]
    assert ids("rally nowhere") == []
    assert ids(publisher="My desk") == [IDENTIFIER]
    assert ids(theme="regulation") == ["putin-2018-06-07"]
    assert ids(about="GPS-USD") == ["goplus-2025-10"]
    assert ids(since=date(2026, 2, 17)) == ["k33-2026-02-17", "k33-2026-05-20"]
    assert ids("floor", publisher="My desk") == []


def test_only_the_bundled_notes_are_read_where_that_is_asked_for():
    add()
    with library.bundled_only():
        assert len(library.library()) == 7
        assert library.history(IDENTIFIER) == ()
    assert len(library.library()) == 8


LINES = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
PRICES = st.integers(1, 10**12).map(lambda value: value / 1000)
NUMBERS = st.integers(0, 1000).map(lambda value: value / 1000)
CALLS = st.builds(
    Call,
    asset=st.sampled_from(["BTC-USD", "^VIX"]),
    text=LINES,
    direction=st.sampled_from(["up", "down"]),
    days=st.integers(1, 3650),
    fixed=st.booleans(),
    target=st.none() | PRICES,
    invalidation=st.none() | PRICES,
    probability=st.none() | NUMBERS,
)
NOTES = st.builds(
    Note,
    id=st.from_regex(r"[a-z0-9][a-z0-9-]{2,20}", fullmatch=True),
    title=LINES,
    publisher=LINES,
    author=LINES,
    published=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    precision=st.sampled_from(["minute", "day", "month"]),
    source=LINES,
    assets=st.lists(st.sampled_from(["BTC-USD", "GPS-USD"]), unique=True).map(tuple),
    themes=st.lists(LINES, max_size=3).map(tuple),
    stance=st.just("neutral"),
    conviction=NUMBERS,
    body=st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=200).map(str.strip),
    tone=st.sampled_from([None, "unread"]) | st.integers(-1000, 1000).map(lambda value: value / 1000),
    claims=st.lists(st.builds(Claim, text=LINES, check=st.none()), max_size=2).map(tuple),
    calls=st.lists(CALLS, max_size=2).map(tuple),
    levels=st.lists(
        st.builds(Level, asset=st.just("BTC-USD"), price=PRICES, role=st.sampled_from(["support", "resistance"])),
        max_size=2,
    ).map(tuple),
    overrides=st.lists(
        st.builds(
            Override,
            field=LINES,
            read=LINES,
            who=LINES,
            when=st.just(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
            why=LINES,
        ),
        max_size=1,
    ).map(tuple),
)


@given(NOTES)
def test_a_note_survives_its_file(note):
    assert frontmatter.parse(frontmatter.write(note), "x.md") == note


def test_a_bundled_note_survives_its_file_too():
    for note in library.library():
        assert frontmatter.parse(frontmatter.write(note), "x.md") == note


def test_what_a_file_would_lose_is_refused():
    note = library.find("k33-2025-12-02")
    for broken in (replace(note, title="two\nlines"), replace(note, conviction=1 / 3), replace(note, body="a\0b")):
        with pytest.raises(NoteError):
            frontmatter.write(broken)


def test_every_field_of_a_note_can_be_corrected():
    note = library.find("k33-2025-12-02")
    for field in fields(Note):
        if field.name not in {"id", "published", "overrides", "metrics"}:
            made = corrections.corrected(note, {field.name: "other"}, who="A", why="B").overrides[-1]
            assert (made.field, bool(made.read)) == (field.name, True)


def test_a_user_without_a_name_is_asked_for_one(monkeypatch):
    def nameless():
        raise KeyError("getpwuid(): uid not found: 54321")

    monkeypatch.setattr("getpass.getuser", nameless)
    with pytest.raises(InputError, match="this user has no name; say --by NAME"):
        commands.withdraw("any", why="wrong")


def test_the_calls_of_all_notes_together_are_bounded(monkeypatch):
    monkeypatch.setattr(admission, "MAX_CALLS", 9)  # the bundled notes have seven
    add()
    assert add(FILE.replace("Lower in a month", "Lower in some weeks"), why="Wording").version is not None
    with pytest.raises(InputError, match=r"it adds 1 call to the 9 of this library, and it grades 9 at most"):
        add(FILE.replace("Lower in a month", "Lower soon"), why="Wording")
    assert add(FILE, why="As it was").version is not None, "what was said before is no new call"
    assert add(FILE.replace("tone: -0.9", "tone: -0.8"), why="Misread").version is not None
