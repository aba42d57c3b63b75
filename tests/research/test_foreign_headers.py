"""Headers of other programs above a text: what they say is kept, the text below them is read, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import command_line
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.errors import InputError
from sentiment.research import importers

BODY = "Bitcoin will rise by the end of March 2025."
LATE = datetime(2025, 3, 24, 23, 59, 59, tzinfo=UTC)


def read(header, body=BODY):
    return importers.read_file("weekly.md", f"{header}\n\n{body}\n".encode())


@pytest.mark.parametrize(
    ("header", "stated"),
    [
        ("---\ntitle: Weekly\ntags: [btc]\ncreated: 2025-03-24\n---", {"title": "Weekly", "published": LATE}),
        ("---\ntags:\n  - btc\n  - macro\naliases: []\n---", {}),
        ("---\ntitle: Fear: a view\ndate: 2025-03-24\n---", {"title": "Fear: a view", "published": LATE}),
        ('---\ntitle: "Fear: a view"\nauthor: Ada Rowe\nlayout: post\n---', {"title": "Fear: a view", "author": "Ada Rowe"}),
        ("---\nlayout: post\ntitle: A\ndate: 2025-03-24 09:30:00 +0100\n---",
         {"title": "A", "published": datetime(2025, 3, 24, 8, 30, tzinfo=UTC), "precision": "minute"}),
        ("---\ntitle: A\ndate: 2025-03-24T09:30:00Z\ndraft: false\n---",
         {"title": "A", "published": datetime(2025, 3, 24, 9, 30, tzinfo=UTC), "precision": "minute"}),
        ("---\ntitle: A\nauthor:\n  - name: Ada Rowe\n    affiliation: X\n  - name: Ben Ito\nformat: html\n---",
         {"title": "A", "author": "Ada Rowe, Ben Ito"}),
        ("---\nauthors: [Ada Rowe, Ben Ito]\ndate: March 24, 2025\n---", {"author": "Ada Rowe, Ben Ito", "published": LATE}),
        ('---\nauthor: "[[Ada Rowe]]"\ncreated: "[[2025-03-24]]"\n---', {"author": "Ada Rowe", "published": LATE}),
        ("---\ntitle: A\nsource: https://harbour.example/a\n---",
         {"title": "A", "source": "https://harbour.example/a", "source_url": "https://harbour.example/a"}),
        ("---\ntitle: A\npublisher: Harbour\nurl: harbour.example\n---", {"title": "A", "publisher": "Harbour", "source": "harbour.example"}),
        ("---\ntitle: A\ndate: today\nkeywords: x\n---", {"title": "A"}),
        ("---\ntitle: A\ndate: \n---", {"title": "A"}),
        ("---\nTitle: A\nDate: 24 Mar 2025\n---", {"title": "A", "published": LATE}),
        ("---\ntitle: A\n...", {"title": "A"}),
        ('+++\ntitle = "A"\ndate = 2025-03-24T09:30:00Z\nauthors = ["Ada Rowe"]\n+++',
         {"title": "A", "author": "Ada Rowe", "published": datetime(2025, 3, 24, 9, 30, tzinfo=UTC), "precision": "minute"}),
        ('+++\ntitle = "A"\ndate = 2025-03-24\ndraft = true\n+++', {"title": "A", "published": LATE}),
        ("---\ntitle: A\nanchor: &x 1\nagain: *x\n---", {"title": "A"}),
    ],
)  # fmt: skip
def test_a_header_of_another_program_is_read_and_taken_off(header, stated):
    document = read(header)
    assert (document.kind, document.text) == ("text", BODY)
    expected = {"title": None, "author": None, "publisher": None, "published": None, "source": None, "source_url": None}
    expected |= stated
    assert {name: getattr(document, name) for name in expected} == expected
    if "published" in stated:
        assert document.precision == stated.get("precision", "day")
    windows = importers.read_paste(f"{header}\n\n{BODY}\n".replace("\n", "\r\n"))
    assert (windows.text, windows.title) == (BODY, document.title)


@pytest.mark.parametrize(
    "text",
    [
        f"---\nHello: world\n\n{BODY}\n---\nMore of it.",
        f"---\nHello: world\n---\n{BODY}",
        f"---\n\n{BODY}\n\n---\n\nThe end.",
        f"---\n{BODY}",
        f"title: A\n---\n{BODY}",
        f"+++\nno toml\n+++\n{BODY}",
        f"---\ntitle without a colon\n---\n{BODY}",
    ],
)
def test_a_text_between_rules_is_no_header_and_stays(text):
    assert importers.read_file("a.md", text.encode()) == importers.Document("text", text)


@pytest.mark.parametrize(
    "header",
    [
        "id: a\npublisher: P\npublished: 2025-03-24\ntags: [x]",
        "title: A\nstance: bullish",
        "title: A\ncalls:\n  - {asset: BTC-USD, text: t, direction: up, days: 9}",
    ],
)
def test_a_header_with_our_fields_is_a_note_of_ours_and_judged_as_one(header):
    text = f"---\n{header}\n---\n{BODY}"
    assert importers.read_file("a.md", text.encode()) == importers.Document("note", text)


def test_a_header_alone_is_no_text():
    with pytest.raises(InputError, match="has a header and no text below it"):
        importers.read_paste("---\ntitle: A\n---\n")


def test_a_note_of_obsidian_is_added_with_what_its_header_says(tmp_path, empty_store):
    assert not empty_store.exists()
    file = tmp_path / "weekly.md"
    file.write_text(
        f"---\ntitle: Weekly\ntags: [btc]\ncreated: 2025-03-24\nauthor: Ada Rowe\n---\n\n{BODY}\n", encoding="utf-8"
    )
    done = command_line.run("notes", "add", str(file), "--publisher", "Harbour", "--by", "Ann")
    assert done.returncode == 0, done.stderr
    from sentiment.research import library  # noqa: PLC0415 - reads the folder of the test

    note = next(note for note in library.library() if note.publisher == "Harbour")
    assert (note.title, note.author, note.day.isoformat(), note.body) == ("Weekly", "Ada Rowe", "2025-03-24", BODY)
    assert note.calls[0].direction == "up"


@given(st.text(st.sampled_from("---+++\n: titledaest[]{}&*!|>'\"#%@\\0"), max_size=200))
def test_no_header_breaks_the_reader_or_loses_the_text_below(header):
    try:
        document = importers.read_paste(f"---\n{header}\n---\n{BODY}")
    except InputError:
        return
    assert document.text.endswith(BODY)


@pytest.mark.parametrize(
    ("text", "published", "author", "publisher"),
    [
        ("24 November 2026\nBitcoin will rise.", "2026-11-24", None, None),
        ("# Weekly\n\n*Harbour | Tuesday, November 24th, 2026 at 10:30 am | By Ada Rowe and Ben Ito*\n\nText.", "2026-11-24", "Ada Rowe and Ben Ito", None),
        ("Published on: 24 Nov 2026\nAuthor: Ada Rowe\nPublisher: Harbour Research\n\nText.", "2026-11-24", "Ada Rowe", "Harbour Research"),
        ("Bitcoin fell on 24 November 2026.\nText.", None, None, None),
        ("By now bitcoin is cheap.\nBy the end of 2026 it will rise.", None, None, None),
        ("24/11/2026\nText.", None, None, None), ("Source: https://harbour.example/a\nText.", None, None, None),
        ("Text.\n\n" * 9 + "24 November 2026", None, None, None), ("x" * 200 + " | 24 November 2026", None, None, None),
    ],
)  # fmt: skip
def test_first_lines_that_are_only_a_date_or_a_byline_state_them(text, published, author, publisher):
    document = importers.read_paste(text)
    assert document.text == text.strip(), "they stay in the text"
    assert (document.author, document.publisher) == (author, publisher)
    assert (document.published and f"{document.published:%Y-%m-%d}") == published
    assert document.precision == ("day" if published else None)
