"""The backup file: a ZIP with a manifest of digests, the notes as rows of JSON, and the price files as they are.

The notes are rows (`notes.jsonl`, one a version), the inbox too (`inbox.jsonl`), and not SQLite's own backup, so that one file restores into SQLite or
PostgreSQL. The digests find damage; they do not prove who made the file.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from sentiment import files
from sentiment.errors import InputError, NoteError, StoreError
from sentiment.market import bar_file
from sentiment.research import frontmatter, inbox_copy, note_versions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sentiment.research.note_versions import Version

FORMAT, VERSION = "sentiment-backup", 2
"""Form 2 may hold an inbox; a backup without one has form 1, which older programs read."""
MOST_BYTES = 4 * 2**30
"""Bytes that a backup may unpack to."""
NOTES, INBOX, BARS = "notes.jsonl", "inbox.jsonl", "bars"

_MANIFEST = "manifest.json"
_NAME = re.compile(rf"{re.escape(NOTES)}|{re.escape(INBOX)}|{BARS}/[A-Za-z0-9%_~-]{{1,200}}\.parquet")


class Backup(NamedTuple):
    """What a backup holds, and the price files that were left out because they are damaged or cannot be read."""

    versions: int
    series: int
    damaged: tuple[str, ...]


def write(file: Any, versions: tuple[Version, ...], inbox: list[inbox_copy.Row]) -> Backup:  # noqa: ANN401 - typing has no name for a temporary file
    """Write the notes and the inbox given and all saved prices to an open file."""
    damaged: list[str] = []
    manifest: dict[str, dict[str, object]] = {}
    with zipfile.ZipFile(file, "w") as archive:

        def put(name: str, content: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
            archive.writestr(zipfile.ZipInfo(name), content, how)
            manifest[name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

        put(NOTES, lines(versions))
        if inbox:
            put(INBOX, inbox_lines(inbox))
        for name, content in bar_file.all_files():
            if content is not None and bar_file.facts_in(content):
                put(f"{BARS}/{name}", content, zipfile.ZIP_STORED)  # Parquet is compressed already
            else:
                damaged.append(name)
        header = {
            "format": FORMAT,
            "version": VERSION if inbox else 1,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        content = orjson.dumps(header | {"files": manifest}, option=orjson.OPT_INDENT_2)
        archive.writestr(zipfile.ZipInfo(_MANIFEST), content)
    series = sum(name.startswith(BARS) for name in manifest)
    return Backup(len(versions), series, tuple(damaged))


def unpack(source: Path, folder: Path) -> tuple[tuple[Version, ...], list[inbox_copy.Row], int]:
    """Check a backup whole, and unpack its prices into `folder`; return its notes, its inbox and the number of series.

    Raises
    ------
    InputError
        If the file is damaged or is not a backup.
    """
    (folder / BARS).mkdir()
    with _opened(source) as archive:
        manifest = _manifest(source, archive)
        versions = read_lines(source, _content(source, archive, manifest, NOTES))
        inbox = read_inbox(source, _content(source, archive, manifest, INBOX)) if INBOX in manifest else []
        names = [name for name in manifest if name.startswith(BARS)]
        for name in names:
            content = _content(source, archive, manifest, name)
            if not bar_file.facts_in(content):
                raise _damaged(source, f"{name} holds no prices")
            files.replace(folder / name, content)
    return versions, inbox, len(names)


def lines(versions: tuple[Version, ...]) -> bytes:
    """Write versions as lines of JSON."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in note_versions.to_records(versions))


def read_lines(source: Path, content: bytes) -> tuple[Version, ...]:
    """Read what `lines` wrote, and check that each version holds a note.

    Raises
    ------
    InputError
        If a line is damaged or missing; it names `source`.
    """
    try:
        versions = note_versions.from_records(orjson.loads(line) for line in content.splitlines())
        for version in versions:
            if version.content is not None:
                frontmatter.parse(version.content, version.id, saved=True)
    except (StoreError, NoteError, ValueError, AttributeError, TypeError) as cause:
        raise _damaged(source, str(cause)) from None
    return versions


def inbox_lines(rows: list[inbox_copy.Row]) -> bytes:
    """Write rows of the inbox as lines of JSON."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def read_inbox(source: Path, content: bytes) -> list[inbox_copy.Row]:
    """Read what `inbox_lines` wrote.

    Raises
    ------
    InputError
        If a line is damaged; it names `source`.
    """
    try:
        return inbox_copy.checked(orjson.loads(line) for line in content.splitlines())
    except (StoreError, ValueError) as cause:
        raise _damaged(source, str(cause)) from None


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as cause:  # RuntimeError: it is encrypted
        raise _damaged(source, f"it is not a whole ZIP file ({cause})") from None


def _manifest(source: Path, archive: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    """Return the files that the manifest lists, after checking that the backup holds these and no others."""
    names = archive.namelist()
    if _MANIFEST not in names or archive.getinfo(_MANIFEST).file_size > MOST_BYTES // 64:
        raise _damaged(source, f"it has no {_MANIFEST}")
    try:
        header = orjson.loads(archive.read(_MANIFEST))
        sizes = {name: (str(entry["sha256"]), int(entry["bytes"])) for name, entry in header["files"].items()}
        kind, version = header["format"], header["version"]
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        raise _damaged(source, f"its {_MANIFEST} is not one of ours") from None
    if kind != FORMAT or not isinstance(version, int):
        raise _damaged(source, f"its {_MANIFEST} is not one of ours")
    if version > VERSION:
        raise InputError(f"{source.name}: a newer version of the program made it (form {version}); update this one")
    if sorted(names) != sorted([*sizes, _MANIFEST]) or NOTES not in sizes:
        raise _damaged(source, "what it holds is not what it lists")
    if odd := next((name for name in sizes if not _NAME.fullmatch(name)), None):
        raise _damaged(source, f"it holds {odd[:80]!a}, which no backup does")
    if sum(size for _, size in sizes.values()) > MOST_BYTES:
        raise _damaged(source, f"it unpacks to more than {MOST_BYTES:,} bytes")
    return header["files"]  # type: ignore[no-any-return]  # as checked above


def _content(source: Path, archive: zipfile.ZipFile, manifest: dict[str, dict[str, Any]], name: str) -> bytes:
    size = manifest[name]["bytes"]
    with archive.open(name) as file:
        content = file.read(size + 1)  # never more than the manifest lists, whatever it unpacks to
    if len(content) != size or hashlib.sha256(content).hexdigest() != manifest[name]["sha256"]:
        raise _damaged(source, f"{name} is not as it was saved")
    return content


def _damaged(source: Path, why: str) -> InputError:
    return InputError(f"{source.name} is damaged or not one of our backups: {why}; nothing was changed")
