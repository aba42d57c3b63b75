"""The record of a published site: a folder a day that never changes, each naming the digest of the one before.

``days/2026-11-27/manifest.json`` has the SHA-256 of every file of its day, and of the manifest of the day before. ``manifest.json`` at
the top has those of all days and of the pages that change, and ``manifest.json.sha256`` has its own, as `sha256sum` writes it. Whoever keeps
the digest of one day elsewhere can tell later whether anything up to it was changed.
"""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING, Any

import orjson

from sentiment import files
from sentiment.errors import PublishedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DAYS = "days"
MANIFEST = "manifest.json"
CHECKSUM = f"{MANIFEST}.sha256"
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def freeze(folder: Path, day: str, contents: Mapping[str, bytes]) -> bool:
    """Write the folder of a day unless it is there, whole or not at all; return whether it was written.

    Parameters
    ----------
    folder : Path
        The site.
    day : str
        As 2026-11-27.
    contents : mapping of str to bytes
        What each file of the day holds, by its path in the day's folder.

    Raises
    ------
    PublishedError
        If an earlier day was changed, or the site has a later one.
    """
    days = frozen_days(folder)
    if faults := [fault for name in days for fault in _faults_of_day(folder, name, days)]:
        raise PublishedError(
            f"the frozen days of {folder} were changed: {faults[0]}; publish into another folder or restore them"
        )
    if day in days:
        return False
    if days and day < days[-1]:
        raise PublishedError(
            f"{folder} has the day {days[-1]} already, so {day} cannot be frozen behind it; publish it into another folder"
        )
    previous = {"day": days[-1], "sha256": _digest(_manifest(folder, days[-1]))} if days else None
    listed = {path: digest(content) for path, content in contents.items()}
    manifest = orjson.dumps({"day": day, "previous": previous, "files": listed}, option=_OPTIONS)
    fresh = folder / DAYS / f".{day}.tmp"
    shutil.rmtree(fresh, ignore_errors=True)  # of a run that was stopped
    for path, content in {**contents, MANIFEST: manifest}.items():
        (fresh / path).parent.mkdir(parents=True, exist_ok=True)
        files.replace(fresh / path, content)
    fresh.rename(folder / DAYS / day)
    files.sync(folder / DAYS)
    return True


def list_pages(folder: Path, pages: Mapping[str, bytes]) -> str:
    """Write the pages that change, remove those of an earlier time that are gone, and list all; return the manifest's digest."""
    earlier = _listed(folder)
    for path, content in pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if not (folder / path).is_file() or (folder / path).read_bytes() != content:
            files.replace(folder / path, content)
    for path in earlier.keys() - pages.keys():
        (folder / path).unlink(missing_ok=True)
    days = {day: _digest(_manifest(folder, day)) for day in frozen_days(folder)}
    listed = {path: digest(content) for path, content in pages.items()}
    manifest = orjson.dumps({"days": days, "files": listed}, option=_OPTIONS)
    files.replace(folder / MANIFEST, manifest)
    files.replace(folder / CHECKSUM, f"{digest(manifest)}  {MANIFEST}\n".encode("ascii"))
    return digest(manifest)


def verify(folder: Path) -> tuple[str, ...]:
    """List what differs from what was published; empty if nothing does.

    Hidden files, and files outside ``days`` that the manifest does not name, are the publisher's own and not looked at.

    Raises
    ------
    PublishedError
        If nothing was published there.
    """
    if not (folder / MANIFEST).is_file():
        raise PublishedError(
            f"nothing is published in {folder}: it has no {MANIFEST}; `sentiment publish {folder} --address URL` writes one"
        )
    return tuple(_faults(folder))


def _faults(folder: Path) -> Iterator[str]:
    content = (folder / MANIFEST).read_bytes()
    checksum = folder / CHECKSUM
    if not checksum.is_file() or checksum.read_bytes() != f"{digest(content)}  {MANIFEST}\n".encode("ascii"):
        yield f"{CHECKSUM} is not the digest of {MANIFEST}"
        return
    listed = orjson.loads(content)
    days = frozen_days(folder)
    for day, expected in listed["days"].items():
        if day not in days:
            yield f"{DAYS}/{day} is missing"
        elif _digest(_manifest(folder, day)) != expected:
            yield f"{DAYS}/{day}/{MANIFEST} was changed"
    for day in days:
        if day not in listed["days"]:
            yield f"{DAYS}/{day} is not in {MANIFEST}; `sentiment publish` adds it"
        yield from _faults_of_day(folder, day, days)
    yield from _changed(folder, "", listed["files"])


def frozen_days(folder: Path) -> list[str]:
    """List the frozen days of a site, the oldest first."""
    return sorted(path.name for path in (folder / DAYS).glob("[0-9]*") if path.is_dir())


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _manifest(folder: Path, day: str) -> Path:
    return folder / DAYS / day / MANIFEST


def _digest(path: Path) -> str:
    return digest(path.read_bytes()) if path.is_file() else ""


def _listed(folder: Path) -> dict[str, str]:
    try:
        listed: dict[str, str] = orjson.loads((folder / MANIFEST).read_bytes())["files"]
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
    ):  # the first time, or the manifest is damaged and will be replaced
        return {}
    inside = folder.resolve()
    return {path: sum_ for path, sum_ in listed.items() if (folder / path).resolve().is_relative_to(inside)}


def _faults_of_day(folder: Path, day: str, days: list[str]) -> Iterator[str]:
    path = _manifest(folder, day)
    try:
        manifest: dict[str, Any] = orjson.loads(path.read_bytes())
        stated, previous, listed = manifest["day"], manifest["previous"], dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError):
        yield f"{DAYS}/{day}/{MANIFEST} cannot be read"
        return
    before = days[days.index(day) - 1] if days.index(day) else None
    expected = {"day": before, "sha256": _digest(_manifest(folder, before))} if before else None
    if stated != day or previous != expected:
        yield f"{DAYS}/{day}/{MANIFEST} does not follow {before or 'nothing'}: a day before it was changed, added or removed"
    yield from _changed(folder, f"{DAYS}/{day}/", listed)
    there = {str(found.relative_to(path.parent)) for found in path.parent.rglob("*") if found.is_file()}
    yield from (f"{DAYS}/{day}/{name} was added" for name in sorted(there - listed.keys() - {MANIFEST}))


def _changed(folder: Path, prefix: str, listed: Mapping[str, str]) -> Iterator[str]:
    for path, expected in sorted(listed.items()):
        found = _digest(folder / prefix / path)
        if found != expected:
            yield f"{prefix}{path} {'was changed' if found else 'is missing'}"
