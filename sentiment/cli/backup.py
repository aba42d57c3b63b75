"""Everything that was saved in one file, and back: the notes with all their versions, and the prices.

The file is a ZIP with a manifest of digests, `notes.jsonl` (a row a version, the same from SQLite and PostgreSQL, so that it
moves from one to the other) and the price files as they are. Digests find damage; they are no proof of who made the file.

A restore reads and checks everything first, beside what is there. Then it writes down what is to be moved and moves it;
should it be stopped in between, the next command or start of the server does the rest.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from sentiment import files
from sentiment.errors import InputError, NoteError, StoreError
from sentiment.market import bar_file
from sentiment.research import database, frontmatter, store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.research.store import Version

FORMAT, VERSION = "sentiment-backup", 1
MOST_BYTES = 4 * 2**30
"""Bytes that a backup may unpack to."""

_MANIFEST, _NOTES, _BARS = "manifest.json", "notes.jsonl", "bars"
_NAME = re.compile(rf"{re.escape(_NOTES)}|{_BARS}/[A-Za-z0-9%_~-]{{1,200}}\.parquet")
_LOCK_WAIT = 30.0
_PATHS = 3  # of a move: where it is staged, where it goes, and where what is there is kept


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds, and which price files were left out because they are damaged."""

    versions: int
    series: int
    damaged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and the folders that now keep what was there before (or the table, on PostgreSQL)."""

    versions: int
    series: int
    aside: tuple[str, ...]


def make(target: Path, *, replace: bool = False) -> Made:
    """Write everything that was saved to one file; whoever looks finds none, the old one or the new one, whole.

    Parameters
    ----------
    target : Path
        A name that ends in .zip.
    replace : bool
        Whether a file that has the name may go.

    Raises
    ------
    InputError
        If the file may not be made there, or cannot be written.
    StoreError
        If the notes cannot be read: nothing is written then.
    """
    if target.suffix != ".zip":
        raise InputError(f"{target.name} does not end in .zip, which is the form of a backup")
    if target.exists() and not replace:
        raise InputError(f"{target} is there already; name another file, or say --replace")
    saved = store.versions()
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as file:
            try:
                made = _write(file, saved)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(target)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        _settle(target.parent)
    except OSError as cause:
        raise InputError(f"cannot write {target}: {cause.strerror}") from None
    return made


def _write(file: Any, saved: tuple[Version, ...]) -> Made:  # noqa: ANN401 - typing has no name for a temporary file
    damaged: list[str] = []
    listed: dict[str, dict[str, object]] = {}
    with zipfile.ZipFile(file, "w") as packed:

        def put(name: str, content: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
            packed.writestr(zipfile.ZipInfo(name), content, how)
            listed[name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

        put(_NOTES, _lines(saved))
        for name, content in bar_file.all_files():
            if bar_file.facts_in(content):
                put(f"{_BARS}/{name}", content, zipfile.ZIP_STORED)  # it is compressed as it is
            else:
                damaged.append(name)
        about = {"format": FORMAT, "version": VERSION, "made_at": datetime.now(UTC).isoformat(timespec="seconds")}
        packed.writestr(zipfile.ZipInfo(_MANIFEST), orjson.dumps(about | {"files": listed}, option=orjson.OPT_INDENT_2))
    return Made(len(saved), len(listed) - 1, tuple(damaged))


def restore(source: Path, *, replace: bool = False) -> Restored:
    """Put back what a backup holds: all of it, or nothing.

    Parameters
    ----------
    source : Path
        What `make` wrote.
    replace : bool
        Whether what is there now may be moved aside; it is kept.

    Raises
    ------
    InputError
        If the file is damaged or no backup, or something is there already.
    StoreError
        If the database cannot be reached or written.
    """
    home = files.saved()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _alone(home):
            _finish(home)
            stamp = f"{datetime.now(UTC):%Y%m%dt%H%M%S%f}"
            plan, made = _staged(source, home, stamp, replace=replace)
            _write_whole(home / files.RESTORE_JOURNAL, orjson.dumps(plan))
            return Restored(*made, _finish(home))
    except OSError as cause:
        raise InputError(f"cannot restore {source}: {cause.strerror or cause}") from None


def finish() -> None:
    """Do the rest of a restore that was stopped; most often there is none, and that costs one look at the disk.

    Raises
    ------
    InputError, StoreError
        If it cannot be done.
    """
    home = files.saved()
    if not (home / files.RESTORE_JOURNAL).exists():
        return
    try:
        with _alone(home):
            _finish(home)
    except OSError as cause:
        raise InputError(f"a restore was stopped and cannot be finished in {home}: {cause.strerror or cause}") from None


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    from filelock import FileLock  # noqa: PLC0415 - most commands do without

    with FileLock(home / "restore.lock", timeout=_LOCK_WAIT):
        yield


def _refuse_what_is_there() -> None:
    if there := _there():
        raise InputError(f"there are {there} already; --replace moves them aside and keeps them")


def _there() -> str:
    try:
        notes = len(store.versions())
    except StoreError:  # also what is damaged is not thrown away unasked
        return "notes that cannot be read"
    series = len(bar_file.symbols())
    return " and ".join(
        f"{count:,} {what}" for count, what in ((notes, "versions of notes"), (series, "series of prices")) if count
    )


def _staged(source: Path, home: Path, stamp: str, *, replace: bool) -> tuple[dict[str, Any], tuple[int, int]]:
    """Unpack and check a backup beside what is there; returns what is to be moved where, and what it holds."""
    place = database.place("the notes cannot be restored")
    own_file = isinstance(place, Path)
    targets = [home / _BARS, *([place] if isinstance(place, Path) else [])]
    for left in (one for target in targets for one in target.parent.glob("restore-*t*/")):
        shutil.rmtree(left)  # by one that was stopped before it had moved anything
    stages = sorted({str(target.parent / f"restore-{stamp}") for target in targets})
    stage = home / f"restore-{stamp}"
    try:
        for one in stages:
            Path(one).mkdir(parents=True)
        saved, series = _unpacked(source, stage)
        if not replace:
            _refuse_what_is_there()
        if isinstance(place, Path):
            store.build(place.parent / f"restore-{stamp}" / place.name, saved)
        else:
            _write_whole(stage / _NOTES, _lines(saved))
        _settle(stage / _BARS, *map(Path, stages))
    except BaseException:
        for one in stages:
            shutil.rmtree(one, ignore_errors=True)
        raise
    moves = [[str(one.parent / f"{kind}-{stamp}" / one.name) for kind in ("restore", "replaced")] for one in targets]
    return {
        "stages": stages,
        "moves": [[staged, str(target), kept] for target, (staged, kept) in zip(targets, moves, strict=True)],
        "rows": "" if own_file else str(stage / _NOTES),
        "table": f"note_versions_{stamp}",
    }, (len(saved), series)


def _unpacked(source: Path, stage: Path) -> tuple[tuple[Version, ...], int]:
    """Check a backup whole, and unpack its prices; returns its notes and how many series of prices it has."""
    (stage / _BARS).mkdir()
    with _opened(source) as packed:
        listed = _manifest(source, packed)
        saved = _notes(source, _content(source, packed, listed, _NOTES))
        series = [name for name in listed if name != _NOTES]
        for name in series:
            content = _content(source, packed, listed, name)
            if not bar_file.facts_in(content):
                raise _damaged(source, f"{name} holds no prices")
            _write_whole(stage / name, content)
    return saved, len(series)


def _lines(saved: tuple[Version, ...]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in store.rows(saved))


def _finish(home: Path) -> tuple[str, ...]:
    """Move what was written down to be moved; what is moved already is passed over."""
    journal = home / files.RESTORE_JOURNAL
    if not journal.exists():
        return ()
    plan, aside = _plan(journal), []
    if plan["rows"] and Path(plan["rows"]).exists():
        store.exchange(_notes(journal, Path(plan["rows"]).read_bytes()), plan["table"])
        aside.append(f"table {plan['table']}")
        Path(plan["rows"]).unlink()
    for staged, target, kept in ((Path(one) for one in move) for move in plan["moves"]):
        if staged.exists():
            for suffix in ("-wal", "-shm", ""):  # of SQLite: a log must not be left to a file that it is not of
                old = target.with_name(target.name + suffix)
                if old.exists():
                    kept.parent.mkdir(exist_ok=True)
                    old.rename(kept.with_name(kept.name + suffix))
            staged.rename(target)
            _settle(target.parent, *([kept.parent] if kept.parent.exists() else []))
        if kept.exists():
            aside.append(str(kept))
    for stage in plan["stages"]:
        shutil.rmtree(stage, ignore_errors=True)
    journal.unlink()
    _settle(home)
    return tuple(aside)


def _plan(journal: Path) -> dict[str, Any]:
    try:
        plan = orjson.loads(journal.read_bytes())
        texts = [plan["rows"], plan["table"], *plan["stages"], *(one for move in plan["moves"] for one in move)]
        whole = all(isinstance(one, str) for one in texts) and all(len(move) == _PATHS for move in plan["moves"])
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise InputError(
            f"a restore was stopped, and {journal}, which has what is left to do, is damaged; move it away, then look "
            "into the folders restore-... and replaced-... beside it, or restore the backup again with --replace"
        )
    return plan  # type: ignore[no-any-return]  # as checked above


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as packed:
            yield packed
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as cause:  # the third for what is encrypted
        raise _damaged(source, f"it is no whole ZIP file ({cause})") from None


def _manifest(source: Path, packed: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    """Return what the backup lists, held to what it has: nothing more, nothing less, and no name but ours."""
    names = packed.namelist()
    if _MANIFEST not in names or packed.getinfo(_MANIFEST).file_size > MOST_BYTES // 64:
        raise _damaged(source, f"it has no {_MANIFEST}")
    try:
        about = orjson.loads(packed.read(_MANIFEST))
        listed = {name: (str(one["sha256"]), int(one["bytes"])) for name, one in about["files"].items()}
        kind, version = about["format"], about["version"]
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        raise _damaged(source, f"its {_MANIFEST} is not one of ours") from None
    if kind != FORMAT or not isinstance(version, int):
        raise _damaged(source, f"its {_MANIFEST} is not one of ours")
    if version > VERSION:
        raise InputError(f"{source.name}: a newer version of the program made it (form {version}); update this one")
    if sorted(names) != sorted([*listed, _MANIFEST]) or _NOTES not in listed:
        raise _damaged(source, "what it holds is not what it lists")
    if odd := next((name for name in listed if not _NAME.fullmatch(name)), None):
        raise _damaged(source, f"it holds {odd[:80]!a}, which no backup does")
    if sum(size for _, size in listed.values()) > MOST_BYTES:
        raise _damaged(source, f"it unpacks to more than {MOST_BYTES:,} bytes")
    return about["files"]  # type: ignore[no-any-return]  # as checked above


def _content(source: Path, packed: zipfile.ZipFile, listed: dict[str, dict[str, Any]], name: str) -> bytes:
    size = listed[name]["bytes"]
    with packed.open(name) as file:
        content = file.read(size + 1)  # never more than it lists, whatever it unpacks to
    if len(content) != size or hashlib.sha256(content).hexdigest() != listed[name]["sha256"]:
        raise _damaged(source, f"{name} is not as it was saved")
    return content


def _notes(source: Path, content: bytes) -> tuple[Version, ...]:
    try:
        saved = store.from_rows(orjson.loads(line) for line in content.splitlines())
        for one in saved:
            if one.content is not None:
                frontmatter.parse(one.content, one.id)
    except (StoreError, NoteError, ValueError, AttributeError, TypeError) as cause:
        raise _damaged(source, str(cause)) from None
    return saved


def _damaged(source: Path, why: str) -> InputError:
    return InputError(f"{source.name} is damaged or no backup of ours: {why}; nothing was changed")


def _write_whole(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _settle(path.parent)


def _settle(*folders: Path) -> None:
    """Have the disk keep the names in these folders."""
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
