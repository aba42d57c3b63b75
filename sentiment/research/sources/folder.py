"""A watched folder: each file in it that can be read, once it stands still."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sentiment.errors import FetchError, InputError, NoteError
from sentiment.research import frontmatter, importers
from sentiment.research.sources.items import Item, Look, of_document, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.inbox_rows import Source

KIND: Final = "folder"
READABLE: Final = (".md", ".markdown", ".txt", ".html", ".htm", ".pdf")
STANDS_STILL: Final = 3.0
"""Seconds for which a file must be unchanged before it is read: whoever writes it may not be done."""
MAX_FILES: Final = 2_000


def look(source: Source) -> Look:
    """Read the files that are new or changed since the last look, and stand still."""
    folder = Path(source.address)
    if not folder.is_dir():
        raise FetchError(f"{folder} is not a folder (any more); put it back, or unfollow it")
    before: dict[str, Any] = dict(source.memory.get("files", {}))
    items, marks, troubles, unread = [], {}, [], {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            mark = _mark(path)
            if before.get(name) == mark:
                marks[name] = mark
                continue
            if time.time() - STANDS_STILL < mark[1] / 1e9 <= time.time():
                continue
            item = _item(path, name)
            if _mark(path) != mark:  # it was written to while it was read
                continue
        except OSError as error:
            troubles.append(f"{quoted(name)} cannot be read: {error.strerror}")
            continue
        except (InputError, NoteError) as error:
            troubles.append(str(error))
            unread[name] = mark  # told once, and again when it changes
            continue
        items.append(item)
        marks[name] = mark

    def memory(stored: frozenset[str]) -> dict[str, Any]:
        taken = {name: mark for name, mark in marks.items() if name in stored or before.get(name) == mark}
        return {"files": taken | unread}

    return Look(tuple(items), memory, troubles=tuple(troubles), name="")


def _files(folder: Path) -> Iterator[Path]:
    """Yield the readable files of a folder and its subfolders by name; hidden ones and links that lead out are passed over."""
    home, count = folder.resolve(), 0
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.suffix.lower() not in READABLE or any(part.startswith((".", "~")) for part in parts):
            continue
        if path.is_file() and path.resolve().is_relative_to(home):
            count += 1
            if count > MAX_FILES:
                return
            yield path


def _mark(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _item(path: Path, name: str) -> Item:
    with path.open("rb") as file:
        content = file.read(importers.MAX_BYTES + 1)
    document = importers.read_file(path.name, content)
    if document.kind == "note":
        note = frontmatter.parse(document.text, path.name)
        return Item(
            name,
            document.text,
            note.title,
            note.author,
            note.publisher,
            note.published,
            "minute",
            note.source_url or "",
            kind="note",
        )
    return of_document(document, name, datetime.now(UTC))


def address(text: str) -> str:
    """Return a folder as its full path.

    Raises
    ------
    InputError
        If there is none.
    """
    path = Path(os.path.expandvars(text)).expanduser().absolute()
    if not path.is_dir():
        raise InputError(f"{path} is not a folder; make it first, or name another")
    return str(path)
