"""The inbox in the database: an older one is read as it is and upgraded, and what is stored is what is read, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import a_database

from sentiment.errors import InputError, StoreError
from sentiment.research import followed, inbox, inbox_copy, store
from sentiment.research.inbox_rows import Entry, Source

pytestmark = pytest.mark.xdist_group("postgresql")

NOW = datetime(2026, 11, 28, 12, 0, 0, 123456, tzinfo=UTC)
SOURCE = Source("desk", "feed", "https://desk.example/feed", "Désk", {"a": [1]}, NOW, "Ann")
ENTRY = Entry(
    0, "desk", "guid", "digest", "text", "Títle", "Désk", "", NOW, "minute", "https://desk.example/a", "Text 😀\n\nMore", "", "no call", NOW
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path, monkeypatch):
    with a_database(request.param, tmp_path / "saved", monkeypatch) as made:
        yield made


@pytest.mark.usefixtures("place")
def test_what_is_stored_is_what_is_read():
    assert (followed.sources(), inbox.entries(), inbox_copy.rows()) == ((), (), [])
    with pytest.raises(InputError, match="no entry 1"):
        inbox.entry(1)
    assert followed.add_source(SOURCE) == SOURCE
    (stored,) = inbox.store_entries("desk", [ENTRY], {"etag": "x"})
    assert stored == replace(ENTRY, sequence=1) == inbox.entry(1)
    assert inbox.heads("pending") == (replace(stored, text=""),)
    assert followed.sources() == (replace(SOURCE, memory={"etag": "x"}),)
    assert inbox.store_entries("desk", [ENTRY], {}) == (), "a second writer with the same entry stores nothing"
    (edited,) = inbox.store_entries("desk", [replace(ENTRY, digest="other", published=None, precision=None)])
    assert (edited.replaces, inbox.entry(1).state, edited.published) == (1, "replaced", None)
    inbox.decide(2, "confirmed", who="Ann", note="desk-2026-11-28")
    assert (inbox.entry(2).note, inbox.entry(2).decided_by) == ("desk-2026-11-28", "Ann")
    assert len(inbox_copy.rows()) == 3


def test_notes_of_an_older_program_stay_and_the_inbox_is_added(place, monkeypatch, tmp_path):
    older = tmp_path / "older"
    scripts = Path(store.__file__).with_name("migrations")
    for path in [scripts / "env.py", scripts / "versions" / "0001_note_versions.py"]:
        target = older / "migrations" / path.relative_to(scripts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    with monkeypatch.context() as patch:
        patch.setattr(store, "REVISIONS", ("0001",))
        patch.setattr(store, "__file__", str(older / "store.py"))
        first = store.append("a", "text", who="Ann")
    assert place.run("SELECT * FROM sentiment_revision") == [("0001",)]
    assert (followed.sources(), inbox.entries()) == ((), ())
    followed.add_source(SOURCE)
    assert place.run("SELECT * FROM sentiment_revision") == [("0002",)]
    assert store.versions() == (first,)
    assert followed.sources() == (SOURCE,)


@pytest.mark.parametrize("row", [{}, [], {"table": "users"}, {"table": "inbox"}, {"table": "sources", "id": "x"}])
def test_a_damaged_row_of_a_backup_is_told(row):
    with pytest.raises(StoreError, match="row 1 of the inbox is not as it was saved"):
        inbox_copy.checked([row])
