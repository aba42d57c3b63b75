"""Paths of the files that ship with the project and of the user's data, atomic writes, and what was promised to stay."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from time import monotonic, sleep

from platformdirs import user_data_path

from sentiment.errors import InputError, SelectionError

# Beside the package in a checkout, inside it in a wheel.
_PACKAGE = Path(__file__).resolve().parent
_BUNDLE = _PACKAGE / "bundle"
ROOT = _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parent

APP = ROOT / "app.py"
DASHBOARD = _PACKAGE / "web" / "dashboard.py"
STATIC = _PACKAGE / "web" / "static"
ICON = STATIC / "icon.svg"
PAGE_STYLE = STATIC / "page.css"
CHART_DAYS = STATIC / "chart_days.js"
STEPS = STATIC / "steps.js"
NOTE_STYLE = STATIC / "note.css"
FIGURE = STATIC / "figure.html"
PRICES = ROOT / "data" / "prices"
NOTES = ROOT / "data" / "notes"
CALLS = ROOT / "data" / "calls"
_PLACES = ("HOME", "XDG_DATA_HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
_PROMISED = "promised-until"
_NO_PROMISE = datetime(1970, 1, 1, tzinfo=UTC)
_PROMISE_WAIT, _SAVE_WAIT = 1.0, 30.0
_LOOK_AGAIN = 0.005
RESTORE_JOURNAL = "restore.json"
"""In the data folder while a restore is running: the files that it still has to move."""


def saved() -> Path:
    """Return the user's data folder, for prices and notes: ``SENTIMENT_DATA_DIR`` or the system's. It may not exist yet.

    Raises
    ------
    InputError
        If neither is known, for a user without a home.
    """
    chosen = os.environ.get("SENTIMENT_DATA_DIR")
    try:
        return Path(chosen) if chosen else _system_folder(*map(os.environ.get, _PLACES))
    except RuntimeError:  # a user without a name or a home, as in a container
        raise InputError(
            f"user {os.getuid()} has no home folder to keep prices and notes in; name a folder in SENTIMENT_DATA_DIR"
        ) from None


@lru_cache(maxsize=16)
def _system_folder(*_places: str | None) -> Path:
    """Return the system's data folder for the variables that decide it; asked for dozens of times while a page is drawn."""
    return user_data_path("sentiment")


def write(path: Path, content: bytes) -> None:
    """Write a file that the user named, whole or not at all; write to a device or pipe directly."""
    target = path.resolve()  # keeps a symbolic link
    if target.exists() and not target.is_file():
        path.write_bytes(content)
    else:
        replace(target, content)


def replace(path: Path, content: bytes | memoryview) -> None:
    """Replace a file atomically: readers and a restart after a crash see the old file or the new one.

    A killed process may leave a file that ends in ``.tmp``.
    """
    fresh = path.with_name(f"{path.stem}-{secrets.token_hex(8)}.tmp")
    try:
        with fresh.open("xb") as file:  # permissions by the umask, so that a team can share it
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            shutil.copymode(path, fresh)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(*folders: Path) -> None:
    """Flush the names in these folders to the disk, so that a new or renamed file survives a crash."""
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def promised_until() -> datetime:
    """Return the latest instant that an answer was pinned to and promised to stay; nothing may be saved under it or before.

    A clock that is set back would otherwise let something be saved under an instant that was answered already.
    """
    path = saved() / _PROMISED
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _NO_PROMISE
    with suppress(OSError, ValueError):
        instant = datetime.fromisoformat(path.read_text("ascii"))
        if instant.tzinfo is not None:
            return instant
    return datetime.fromtimestamp(status.st_mtime, UTC)  # damaged: what it held came before it was written


def promise(instant: datetime) -> bool:
    """Promise that answers pinned to `instant` stay, and return whether that is kept on the disk.

    While something is being saved nothing is promised: it may have an earlier instant and not be on the disk yet.
    """
    try:
        if instant <= promised_until():
            return True
        with _promises_locked(fcntl.LOCK_EX, _PROMISE_WAIT):
            if instant > promised_until():
                replace(saved() / _PROMISED, instant.isoformat().encode("ascii"))
    except OSError:  # a folder that cannot be written, a lock that another process holds
        return False
    return True


@contextmanager
def nothing_promised() -> Iterator[datetime]:
    """Let nothing be promised inside this block, and yield `promised_until`: for a save, from its instant to the disk.

    Saves do not wait for each other here.

    Raises
    ------
    OSError
        If the data folder cannot be written; TimeoutError if another process goes on making a promise.
    """
    with _promises_locked(fcntl.LOCK_SH, _SAVE_WAIT):
        yield promised_until()


@contextmanager
def alone(name: str, purpose: str, wait: float = 0.0) -> Iterator[bool]:
    """Hold a lock of the data folder, and yield whether it was free; the system frees the lock of a process that is killed.

    Parameters
    ----------
    name : str
        Of the lock's file.
    purpose : str
        What cannot be done in a folder that cannot be written, such as ``no alert is sent``.
    wait : float
        Seconds to wait for whoever holds it.

    Raises
    ------
    SelectionError
        If the data folder cannot be written.
    """
    from filelock import FileLock  # noqa: PLC0415 - most of the server's tests do without

    folder = saved()
    lock = FileLock(folder / name, timeout=wait)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except TimeoutError:
        yield False
        return
    except OSError as cause:
        raise SelectionError(f"{folder} cannot be written, so {purpose}: {cause.strerror}") from None
    try:
        yield True
    finally:
        lock.release()


@contextmanager
def _promises_locked(kind: int, wait: float) -> Iterator[None]:
    """Hold the lock of the promises, shared or alone; `filelock` has no lock that is shared."""
    path = saved() / f"{_PROMISED}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | (os.O_RDONLY if kind == fcntl.LOCK_SH else os.O_RDWR), 0o666)
    try:
        _lock(handle, kind, monotonic() + wait)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)  # a child that was forked meanwhile holds the handle too
    finally:
        os.close(handle)


def _lock(handle: int, kind: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= until:
                raise TimeoutError from None
            sleep(_LOOK_AGAIN)
        else:
            return
