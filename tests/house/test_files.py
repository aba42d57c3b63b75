"""What is written to disk is there whole or not at all, whatever name it has."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime

import pytest

from sentiment import files
from sentiment.errors import InputError


def test_a_write_that_fails_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    target = tmp_path / "table.csv"
    target.write_text("older")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write(target, b"newer")
    assert target.read_text() == "older"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_a_link_and_a_file_keeps_its_rights(tmp_path):
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.write_text("older")
    target.chmod(0o640)
    link.symlink_to(target)
    files.write(link, b"newer")
    assert link.is_symlink()
    assert target.read_text() == "newer"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch):
    def nowhere(_name):
        raise RuntimeError

    monkeypatch.delenv("SENTIMENT_DATA_DIR")
    monkeypatch.setattr(files, "user_data_path", nowhere)
    with pytest.raises(InputError, match=r"has no home folder .* name a folder in SENTIMENT_DATA_DIR"):
        files.saved()


def test_a_pipe_is_written_to_as_it_is(tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    files.write(pipe, b"rows")
    reader.join()
    assert got == [b"rows"]
    assert pipe.is_fifo()


@pytest.mark.usefixtures("empty_store")
def test_a_promise_is_kept_on_the_disk_and_only_grows():
    first, later = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2))
    assert files.promised_until() < first
    assert files.promise(later)
    assert files.promise(first)
    assert files.promised_until() == later


@pytest.mark.parametrize("damage", [b"", b"yesterday", b"\xff\xfe", b"2026-11-02T00:00:00"])
def test_a_damaged_promise_holds_until_it_was_written(empty_store, damage):
    empty_store.mkdir()
    path = empty_store / "promised-until"
    path.write_bytes(damage)
    written = datetime(2026, 11, 3, tzinfo=UTC)
    os.utime(path, (written.timestamp(), written.timestamp()))
    assert files.promised_until() == written
