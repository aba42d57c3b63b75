from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import files
from sentiment.errors import NoteError, UnknownNoteError
from sentiment.research import frontmatter, library

GOOD = """---
id: a-note
title: A title
publisher: A house
author: An author
published: 2025-12-02T15:33:00+01:00
precision: minute
source: Somewhere
assets: [BTC-USD]
themes: [NO, 12:30]
stance: bullish
conviction: 0.7
calls:
  - {asset: BTC-USD, text: Up, direction: up, days: 30}
---
The body.
"""


def test_a_note_is_read_as_written():
    note = frontmatter.parse(GOOD, "a.md")
    assert note.published == datetime(2025, 12, 2, 14, 33, tzinfo=UTC)
    assert note.themes == ("NO", "12:30"), "YAML's own guesses are not ours"
    assert note.body == "The body."
    assert note.tone is None
    assert note.calls[0].days == 30


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("---\nid", "id", "line 1: a note opens with a header"),
        ("---\nThe body.", "The body.", "line 1: a note opens with a header"),
        ("title: A title\n", "", "missing: title"),
        ("title:", "titel:", "line 3, header: unknown field 'titel'"),
        ("title: A title", "title: A title\ntitle: B", "line 3, title: is there twice"),
        (
            "2025-12-02T15:33:00+01:00",
            "2025-12-02T15:33:00",
            "line 6, published: '2025-12-02T15:33:00' names no time zone",
        ),
        ("2025-12-02T15:33:00+01:00", "yesterday", "is not a time"),
        ("stance: bullish", "stance: rosy", "line 11, stance: 'rosy' is not one of bullish, bearish, neutral"),
        ("conviction: 0.7", "conviction: 7", "line 12, conviction: 7 is outside 0 to 1"),
        ("conviction: 0.7", "conviction: nan", "'nan' is not a plain number"),
        ("conviction: 0.7", "conviction: [0.7]", "line 12, conviction: expected text"),
        ("assets: [BTC-USD]", "assets: BTC-USD", "line 9, assets: expected a list"),
        ("assets: [BTC-USD]", "assets: [../x]", "is not a symbol"),
        ("source: Somewhere", "source: &a Somewhere", "line 8: anchors and aliases"),
        ("source: Somewhere", "source: *a", "line 8: anchors and aliases"),
        ("source: Somewhere", "source: {", "the header is not YAML"),
        ("source: Somewhere", "source: Somewhere\nsource_url: javascript:alert(1)", "is not an https:// address"),
        ("days: 30", "days: 30, end: 2025-12-31", "line 14, calls: a call has either an end"),
        ("direction: up", "direction: range", "a range has a floor or a ceiling"),
        ("days: 30", "end: 2025-02-30", "line 14, calls.end: '2025-02-30' is not a day in the calendar"),
        ("precision: minute", "precision: second", "precision: 'second' is not one of"),
        ("title: A title", 'title: "\\UFFFFFFFF"', "line 3: the header is not YAML (an escape names no character)"),
        ("title: A title", 'title: "\\ud800"', "line 3, title: a control character (U+D800)"),
        ("title: A title", "title: \x07", "line 3: the header is not YAML (special characters are not allowed)"),
        ("---\nid", f"---\n%YAML 1.{'1' * 5_000}\n---\nid", "line 2: the header is not YAML (a line starts with %)"),
        ("conviction: 0.7", "conviction: \u0660.\u0665", "'\u0660.\u0665' is not a plain number"),
        ("precision: minute", f"precision: {'x' * 9_000}", f"precision: '{'x' * 40}…' is not one of"),
        ("2025-12-02T15:33:00+01:00", "2199-12-31T23:59:59-23:59", "lies outside the years 1900 to 2199"),
    ],
)
def test_what_does_not_fit_is_named_with_file_line_and_field(old, new, says):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(NoteError, match=r"^a\.md") as error:
        frontmatter.parse(text, "a.md")
    assert says in str(error.value)


def test_an_alias_bomb_is_refused_before_it_grows():
    bomb = "---\na: &a [x,x]\n" + "".join(f"b{i}: &b{i} [*a,*a]\n" for i in range(30)) + "---\n"
    with pytest.raises(NoteError, match="anchors and aliases"):
        frontmatter.parse(bomb, "bomb.md")


def test_a_deep_or_long_header_is_refused():
    with pytest.raises(NoteError, match="line 2, header: a field has a plain name"):
        frontmatter.parse("---\n? " + "- " * 300 + "a\n: b\n---\n", "deep.md")
    for bracket in "[{":  # each of thousands, looked through for each, took twenty seconds
        with pytest.raises(NoteError, match=r"line 2: .* \(nested more than 20 deep\)"):
            frontmatter.parse("---\na: " + bracket * 16_000 + "\n---\n", "deep.md")
    with pytest.raises(NoteError, match="at most 16,384"):
        frontmatter.parse("---\na: " + "x" * 17_000 + "\n---\n", "long.md")
    with pytest.raises(NoteError, match="at most 65,536"):
        frontmatter.parse("x" * 70_000, "long.md")


@given(st.text(max_size=300))
def test_no_header_crashes_the_reader(text):
    with pytest.raises(NoteError, match=r"^fuzz\.md"):
        frontmatter.parse(f"---\n{text}\n---\nbody", "fuzz.md")


def test_the_library_holds_every_file_oldest_first():
    notes = library.library()
    assert len(notes) == len(list(files.NOTES.glob("*.md"))) == 7
    assert [note.day for note in notes] == sorted(note.day for note in notes)
    for note in notes:
        assert note.publisher
        assert note.body
        assert note.source


def test_a_note_is_not_known_before_its_day():
    assert "k33-2025-12-02" not in [note.id for note in library.published_by(date(2025, 12, 1))]
    assert "k33-2025-12-02" in [note.id for note in library.published_by(date(2025, 12, 2))]
    with pytest.raises(UnknownNoteError, match="by 2025-12-01; there are: putin-2018-06-07"):
        library.find("k33-2025-12-02", date(2025, 12, 1))


def test_facts_of_the_seed_notes_are_kept():
    goplus = library.find("goplus-2025-10")
    assert {metric.value for metric in goplus.metrics} >= {4_700_000, 2_500_000, 1_700_000, 500_000, 717_000_000}
    assert [metric.value for metric in goplus.metrics if metric.second_source] == [717_000_000]
    assert goplus.calls == ()
    assert library.find("putin-2018-06-07").calls == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("days: 30", "end: 2025-12-02", "a call ends on 2025-12-02, and the note was published on 2025-12-02"),
        ("days: 30", "end: 9999-12-31", "'9999-12-31' lies outside the years 1900 to 2199"),
        ("2025-12-02T15:33:00+01:00", "0001-01-01T00:00:00Z", "lies outside the years 1900 to 2199"),
        ("direction: up", "direction: down", "the stance is bullish, and every call is for a fall"),
        ("title: A title", 'title: "A \\e[31mtitle"', "a control character (U+001B) has no place in a text"),
        ("direction: up", "direction: range, floor: 3, target: 5", "a target or an invalidation goes with up or down"),
        ("direction: up", "direction: up, basis: intraday", "a basis says how a target is reached"),
        ("The body.", "The \0 body.", "a character that no database keeps (U+0000)"),
    ],
)
def test_what_no_note_can_mean_is_refused(old, new, says):
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(NoteError) as error:
        frontmatter.parse(text, "a.md")
    assert says in str(error.value)
