"""Back up everything that was saved to one file, and restore it: the notes with all their versions, and the prices.

A restore first reads and checks everything beside what is there, then writes down what is to be moved and moves it. If it
is stopped in between, the next command or start of the server finishes it.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sentiment import files
from sentiment.cli import backup_file, backup_journal
from sentiment.errors import InputError
from sentiment.research import inbox_copy, store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.cli.backup_file import Backup

_LOCK_WAIT = 30.0


class Restored(NamedTuple):
    """What was restored, and the folders (on PostgreSQL, the table) that keep what was there before."""

    versions: int
    series: int
    aside: tuple[str, ...]


def make(target: Path, *, replace: bool = False) -> Backup:
    """Write everything that was saved to one file, which replaces an old one only once it is whole.

    Parameters
    ----------
    target : Path
        A name that ends in .zip.
    replace : bool
        Whether a file of that name may be replaced.

    Raises
    ------
    InputError
        If the file may not be made there, or cannot be written.
    StoreError
        If the notes cannot be read; then nothing is written.
    """
    if target.suffix != ".zip":
        raise InputError(f"{target.name} does not end in .zip, which is the form of a backup")
    if target.exists() and not replace:
        raise InputError(f"{target} is there already; name another file, or use --replace")
    versions, inbox = store.versions(), inbox_copy.rows()
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as file:
            try:
                backup = backup_file.write(file, versions, inbox)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(target)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        files.sync(target.parent)
    except OSError as cause:
        raise InputError(f"cannot write {target}: {cause.strerror}") from None
    return backup


def restore(source: Path, *, replace: bool = False) -> Restored:
    """Restore a backup: all of it, or nothing.

    Parameters
    ----------
    source : Path
        A file that `make` wrote.
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
        with _locked(home):
            backup_journal.finish(home)
            stamp = f"{datetime.now(UTC):%Y%m%dt%H%M%S%f}"
            versions, series = backup_journal.stage(source, home, stamp, replace=replace)
            return Restored(versions, series, backup_journal.finish(home))
    except OSError as cause:
        raise InputError(f"cannot restore {source}: {cause.strerror or cause}") from None


def finish() -> None:
    """Finish a restore that was stopped; without one, this costs one look at the disk.

    Raises
    ------
    InputError, StoreError
        If it cannot be finished.
    """
    home = files.saved()
    if not (home / files.RESTORE_JOURNAL).exists():
        return
    try:
        with _locked(home):
            backup_journal.finish(home)
    except OSError as cause:
        raise InputError(f"a restore was stopped and cannot be finished in {home}: {cause.strerror or cause}") from None


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    from filelock import FileLock  # noqa: PLC0415 - most commands do without

    with FileLock(home / "restore.lock", timeout=_LOCK_WAIT):
        yield
