"""The moves of a restore, staged beside what is there and written to a journal, so that a stopped one can be finished."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import orjson

from sentiment import files
from sentiment.cli import backup_file
from sentiment.errors import InputError, StoreError
from sentiment.market import bar_file
from sentiment.research import database, inbox_copy, store

_PATHS = 3  # of a move: where it is staged, where it goes, and where the old one is kept


def stage(source: Path, home: Path, stamp: str, *, replace: bool) -> tuple[int, int]:
    """Unpack and check a backup beside what is there, and write the journal.

    Returns
    -------
    (int, int)
        Versions of notes and series of prices in the backup.

    Raises
    ------
    InputError
        If the backup is damaged, or something is there already and `replace` is false.
    StoreError
        If the database's address is wrong or the notes cannot be written.
    """
    place = database.place("the notes cannot be restored")
    targets = [home / backup_file.BARS, *([place] if isinstance(place, Path) else [])]
    for leftover in (folder for target in targets for folder in target.parent.glob("restore-*t*/")):
        shutil.rmtree(leftover)  # of a restore that was stopped before it had moved anything
    folders = sorted({str(target.parent / f"restore-{stamp}") for target in targets})
    folder = home / f"restore-{stamp}"
    try:
        for path in folders:
            Path(path).mkdir(parents=True)
        versions, inbox, series = backup_file.unpack(source, folder)
        if not replace:
            _refuse_to_overwrite()
        if isinstance(place, Path):
            staged = place.parent / f"restore-{stamp}" / place.name
            store.build(staged, versions)
            with database.writing("the inbox cannot be restored", at=staged) as connection:
                inbox_copy.fill(connection, inbox)
        else:
            files.replace(folder / backup_file.INBOX, backup_file.inbox_lines(inbox))
            files.replace(folder / backup_file.NOTES, backup_file.lines(versions))
        files.sync(folder / backup_file.BARS, *map(Path, folders))
    except BaseException:
        for path in folders:
            shutil.rmtree(path, ignore_errors=True)
        raise
    journal = {
        "stages": folders,
        "moves": [
            [
                str(target.parent / f"restore-{stamp}" / target.name),
                str(target),
                str(target.parent / f"replaced-{stamp}" / target.name),
            ]
            for target in targets
        ],
        "rows": "" if isinstance(place, Path) else str(folder / backup_file.NOTES),
        "table": f"note_versions_{stamp}",
    }
    files.replace(home / files.RESTORE_JOURNAL, orjson.dumps(journal))
    return len(versions), series


def finish(home: Path) -> tuple[str, ...]:
    """Make the moves in the journal that are not made yet, and return where the old files (or table) are kept.

    Raises
    ------
    InputError
        If the journal is damaged.
    StoreError
        If the database cannot be reached or written.
    """
    path = home / files.RESTORE_JOURNAL
    if not path.exists():
        return ()
    journal, aside = _read(path), []
    if journal["rows"] and Path(journal["rows"]).exists():
        versions = backup_file.read_lines(path, Path(journal["rows"]).read_bytes())
        store.exchange(versions, journal["table"])
        _fill_inbox(Path(journal["rows"]).with_name(backup_file.INBOX))
        aside.append(f"table {journal['table']}")
        Path(journal["rows"]).unlink()
    for staged, target, replaced in (map(Path, move) for move in journal["moves"]):
        if staged.exists():
            for suffix in ("-wal", "-shm", ""):  # SQLite's log must not stay behind for another file
                old = target.with_name(target.name + suffix)
                if old.exists():
                    replaced.parent.mkdir(exist_ok=True)
                    old.rename(replaced.with_name(replaced.name + suffix))
            staged.rename(target)
            files.sync(target.parent, *([replaced.parent] if replaced.parent.exists() else []))
        if replaced.exists():
            aside.append(str(replaced))
    for folder in journal["stages"]:
        shutil.rmtree(folder, ignore_errors=True)
    path.unlink()
    files.sync(home)
    return tuple(aside)


def _fill_inbox(path: Path) -> None:
    """Put the inbox of a backup into the database, whose own one stays if it has any."""
    if path.exists():
        rows = backup_file.read_inbox(path, path.read_bytes())
        with database.writing("the inbox cannot be restored") as connection:
            inbox_copy.fill(connection, rows)


def _refuse_to_overwrite() -> None:
    if saved := _saved():
        raise InputError(f"there are {saved} already; --replace moves them aside and keeps them")


def _saved() -> str:
    """Describe what is saved now; empty where nothing is."""
    try:
        versions = len(store.versions())
    except StoreError:  # damaged notes are not thrown away unasked either
        return "notes that cannot be read"
    counts = ((versions, f"version{'s' * (versions != 1)} of notes"), (len(bar_file.symbols()), "series of prices"))
    return " and ".join(f"{count:,} {what}" for count, what in counts if count)


def _read(path: Path) -> dict[str, Any]:
    try:
        journal = orjson.loads(path.read_bytes())
        moves = journal["moves"]
        texts = [journal["rows"], journal["table"], *journal["stages"], *(text for move in moves for text in move)]
        valid = all(isinstance(text, str) for text in texts) and all(len(move) == _PATHS for move in moves)
    except (ValueError, KeyError, TypeError):
        valid = False
    if not valid:
        raise InputError(
            f"a restore was stopped, and {path}, which has what is left to do, is damaged; move it away, then look "
            "into the folders restore-... and replaced-... beside it, or restore the backup again with --replace"
        )
    return journal  # type: ignore[no-any-return]  # as checked above
