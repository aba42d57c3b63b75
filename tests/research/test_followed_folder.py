"""A watched folder is followed: each file once it stands still, an edit as a version, and what cannot be read told once."""

from __future__ import annotations

import os
import threading
import time

import pytest

from sentiment import files
from sentiment.errors import InputError
from sentiment.market.watch import Stop
from sentiment.research import followed, inbox, library
from sentiment.research.sources import confirming, folder, following, rounds

OURS = files.NOTES.joinpath("k33-2026-02-17-range.md").read_text("utf-8").replace("id: k33", "id: copy")


@pytest.fixture
def place(tmp_path, empty_store):
    assert not empty_store.exists()
    watched = tmp_path / "watched"
    watched.mkdir()
    return watched


def put(place, name, text, *, age=60.0):
    path = place / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def follow(place, **more):
    return following.follow_folder(str(place), who="Ann", **more)


def look(source):
    return following.look_at(followed.find_source(source.id))


def test_files_are_taken_in_once_and_a_changed_one_is_a_version(place):
    put(place, "a.md", "---\ntitle: Leverage is low\npublisher: Harbour\ndate: 2026-11-25\n---\nBitcoin will rise.")
    put(place, "sub/page.html", "<html><head><title>T</title></head><body><p>Bitcoin will fall.</p></body></html>")
    put(place, ".hidden.md", "no")
    put(place, "~$draft.md", "no")
    put(place, "picture.png", b"\x89PNG")
    source = follow(place).source
    page, note = inbox.entries("pending")
    assert (note.guid, note.title, note.publisher, note.text, note.precision) == (
        "a.md",
        "Leverage is low",
        "Harbour",
        "Bitcoin will rise.",
        "day",
    )
    assert (page.guid, page.text) == ("sub/page.html", "Bitcoin will fall.")
    assert look(source).entries == ()
    put(place, "a.md", "Bitcoin will rise twice.", age=30)
    (new,) = look(source).entries
    assert (new.replaces, inbox.entry(note.sequence).state) == (note.sequence, "replaced")
    place.joinpath("a.md").unlink()
    assert look(source).entries == ()
    assert len(inbox.entries("pending")) == 2, "what is gone from the folder stays in the inbox"


def test_a_file_is_left_alone_until_it_stands_still(place, monkeypatch):
    put(place, "a.md", "Half a not", age=0)
    source = follow(place).source
    assert inbox.entries() == ()
    put(place, "a.md", "Half a note is a whole one now.", age=folder.STANDS_STILL + 1)
    whole = folder.importers.read_file

    def written_meanwhile(name, content, **more):
        put(place, "a.md", "And it goes on.", age=20)
        return whole(name, content, **more)

    with monkeypatch.context() as patch:
        patch.setattr(folder.importers, "read_file", written_meanwhile)
        assert look(source).entries == ()
    (entry,) = look(source).entries
    assert entry.text == "And it goes on."
    put(place, "later.md", "From a clock that is ahead.", age=-86_400)
    assert len(look(source).entries) == 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"%PDF-1.4 half", "a.pdf"), ("a.md", b"", "is empty"), ("a.txt", b"\xff\xfe\xff", "a.txt"), ("a.md", b"PK\x03\x04", "ZIP archive"),
        ("a.txt", b"x" * 10_000_001, "at most 10,000,000 are read"), ("a.md", OURS.replace("direction: range", "direction: odd"), "a.md, line"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_once_and_the_rest_is_read(place, name, content, told):
    put(place, name, content)
    put(place, "sound.md", "Bitcoin will rise.")
    looked = follow(place)
    assert told in looked.trouble
    assert not looked.failed
    assert [entry.guid for entry in looked.entries] == ["sound.md"]
    assert look(looked.source).trouble == ""
    put(place, name.replace(".pdf", ".md"), "Sound now.", age=30)
    assert len(look(looked.source).entries) == 1


def test_a_link_that_leads_out_is_not_followed(place, tmp_path):
    put(tmp_path, "secret.md", "Not for the inbox.")
    place.joinpath("link.md").symlink_to(tmp_path / "secret.md")
    place.joinpath("all").symlink_to(tmp_path)
    follow(place)
    assert inbox.entries() == ()


def test_a_folder_that_is_gone_is_told_and_found_again(place):
    source = follow(place).source
    place.rename(place.with_name("away"))
    looked = look(source)
    assert (looked.failed, "is not a folder (any more)" in looked.trouble) == (True, True)
    place.with_name("away").rename(place)
    put(place, "a.md", "Bitcoin will rise.")
    assert len(look(source).entries) == 1
    with pytest.raises(InputError, match="is not a folder; make it first"):
        follow(place / "none")


def test_a_whole_note_of_ours_is_saved_byte_for_byte(place):
    put(place, "copy.md", OURS)
    (entry,) = follow(place).entries
    assert (entry.kind, entry.drafted) == (
        "note",
        "BTC-USD: neutral, a range of BTC-USD of 60,000 to 75,000 within 90 days",
    )
    added = confirming.confirm_as_read(entry.sequence, who="Ann")
    assert library.file(added.note.id) == OURS


def test_a_file_is_taken_in_between_the_rounds_as_soon_as_it_stands_still(place, monkeypatch):
    monkeypatch.setattr(folder, "STANDS_STILL", 0.2)
    source = follow(place).source
    stop, step = Stop(), rounds.Notes()
    step(stop)
    given_up = time.monotonic() + 60
    try:
        while not inbox.heads("pending") and time.monotonic() < given_up:
            put(place, "new.md", "Bitcoin will rise.", age=1)
            time.sleep(0.5)
        assert [entry.source for entry in inbox.heads("pending")] == [source.id]
    finally:
        stop.request()
    for thread in threading.enumerate():
        if thread.name == "folders":
            thread.join(30)
            assert not thread.is_alive()
