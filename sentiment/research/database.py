"""The database of the saved notes, a SQLite file or a PostgreSQL server: where it is, and how it is opened and locked.

What the rows mean is known to `store` alone.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from sentiment import files
from sentiment.errors import StoreError
from sentiment.research import postgres_wait
from sentiment.research.database_errors import RESTORE, URL_VARIABLE, describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

_LOCK_WAIT = 30.0
_READ_WAIT = 2.5
"""Seconds that a page or an answer may wait for the notes: less than a viewer waits, more than any sound read takes."""
_CONNECTING = {"connect_timeout": 3, "tcp_user_timeout": 10_000}
"""Seconds and milliseconds that a PostgreSQL server may take, unless the URL says otherwise."""
_COOL_DOWN = 5.0
_ADVISORY_LOCK = int.from_bytes(b"sentimen")  # an arbitrary number that nobody else is likely to pick

_NO_LOG = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR_SHM", "SQLITE_FULL")

_engines: dict[tuple[Path | URL, int, bool], Engine] = {}
_down: dict[Path | URL, tuple[float, str]] = {}


@contextmanager
def reading(failed: str) -> Iterator[Connection | None]:
    """Open the database for reading; yield None where there is none, and create none.

    Parameters
    ----------
    failed : str
        How a message begins: what cannot be done.

    Raises
    ------
    StoreError
        If it cannot be reached or read.
    """
    chosen = place(failed)
    if isinstance(chosen, Path) and not _exists(chosen, failed):
        yield None
        return
    with _transaction(chosen, failed, write=False) as connection:
        yield connection


@contextmanager
def writing(failed: str, at: Path | None = None) -> Iterator[Connection]:
    """Open the database as its only writer, and create it where there is none; all is on the disk at the end, or nothing.

    Parameters
    ----------
    failed : str
        How a message begins: what cannot be done.
    at : Path, optional
        Another SQLite file than the one in the settings.

    Raises
    ------
    StoreError
        If it cannot be reached or written.
    """
    chosen = at or place(failed)
    if isinstance(chosen, Path):
        _create(chosen, failed)
    with _transaction(chosen, failed, write=True) as connection:
        yield connection


def beside_prices() -> Path:
    """Return where the notes are kept if nothing else is set: in the folder of the saved prices."""
    return files.saved() / "notes.sqlite"


def place(failed: str) -> Path | URL:
    """Return where the notes are kept: a SQLite file, or the URL of a PostgreSQL database.

    Raises
    ------
    StoreError
        If the URL that is set names neither.
    """
    url_text = os.environ.get(URL_VARIABLE, "").strip()
    if not url_text:
        return beside_prices()
    from sqlalchemy import make_url  # noqa: PLC0415 - takes a third of a second, which a start without notes saves
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    form = f"{URL_VARIABLE} is to read postgresql://user:password@host/database or sqlite:////folder/file"
    try:
        url = make_url(url_text)
    except (ArgumentError, ValueError):
        raise StoreError(f"{failed}: no URL; {form}") from None  # the cause quotes the URL with its password
    kind = url.get_backend_name()
    if url_text.count("@") > 1:
        raise StoreError(f"{failed}: more than one @; {form}, and an @ in a password as %40")
    if kind == "sqlite" and url.database and url.database != ":memory:" and not url.query:
        return Path(url.database).absolute()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise StoreError(f"{failed}: the URL names no database that notes can be kept in; {form}")


@contextmanager
def _transaction(where: Path | URL, failed: str, *, write: bool) -> Iterator[Connection]:
    """Open one transaction, exclusive if it writes; a driver's error becomes a StoreError."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    retry_at, message = _down.get(where, (0.0, ""))
    # A page reads many times, and each attempt may take seconds. A save takes its turn at a file all the same.
    if monotonic() < retry_at and not (write and isinstance(where, Path)):
        raise StoreError(f"{failed}: {message}")
    engine, stage = _engine(where, failed, write=write), "connecting"
    try:
        with postgres_wait.answers_by(2 * _LOCK_WAIT if write else _READ_WAIT), engine.connect() as connection:
            stage = "working"
            for statement in _opening(engine.dialect.name, write=write):
                connection.exec_driver_sql(statement)
            yield connection
            stage = "committing"
            connection.commit()
    # No cause: its text and context may hold the password in the URL.
    except (SQLAlchemyError, UnicodeDecodeError) as cause:
        message = describe(where, cause)
        if _waited(where, cause, stage, write=write):
            _down[where] = (monotonic() + _COOL_DOWN, message)
        if isinstance(where, Path):
            raise StoreError(f"{failed}: {message}") from None
        if stage == "committing" and write:
            message += "; the note may or may not be saved: open it again and look"
        raise StoreError(f"{failed}: {message}") from None


def _waited(where: Path | URL, cause: Exception, stage: str, *, write: bool) -> bool:
    """Return whether a failure took, or will take, as long for the next reader."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    origin = getattr(cause, "orig", None)
    if isinstance(where, Path):
        return not write and getattr(origin, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return isinstance(cause, DBAPIError) and (stage == "connecting" or "did not answer in time" in str(origin))


def _opening(dialect: str, *, write: bool) -> tuple[str, ...]:
    if dialect == "sqlite":
        return ("BEGIN IMMEDIATE" if write else "BEGIN",)
    wait = f"SET LOCAL lock_timeout = '{_LOCK_WAIT * 1000:.0f}ms'"
    return (wait, f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})") if write else ()


def _engine(where: Path | URL, failed: str, *, write: bool) -> Engine:
    # Keyed by process: a forked child must not use its parent's connections. No lock, which a fork might copy while held.
    # Writers have connections of their own: those that wait for a lock must not use up the readers'.
    key = (where, os.getpid(), write)
    return _engines.get(key) or _engines.setdefault(key, _new_engine(where, failed, write=write))


def _new_engine(where: Path | URL, failed: str, *, write: bool) -> Engine:
    from sqlalchemy import NullPool, create_engine, event  # noqa: PLC0415

    if isinstance(where, Path):  # opened each time: that is cheap, and sees a file restored from a backup
        connect = partial(_connect, where, "mode=rw", _LOCK_WAIT) if write else partial(_connect_to_read, where)
        return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    try:
        engine = create_engine(
            where,
            pool_size=2,
            max_overflow=8,
            pool_timeout=_LOCK_WAIT if write else _READ_WAIT,
            pool_pre_ping=True,
            hide_parameters=True,
            isolation_level="READ COMMITTED",  # under stricter levels a writer would see the state before its turn
            connect_args={
                **{name: most for name, most in _CONNECTING.items() if name not in where.query},
                "client_encoding": "utf8",
                "prepare_threshold": None,  # poolers do not keep prepared statements
            },
        )
    except ImportError:
        raise StoreError(
            f"{failed}: {URL_VARIABLE} names a PostgreSQL server, and its driver is not installed; "
            "install sentiment-dashboard[postgres]"
        ) from None
    event.listen(engine, "do_connect", postgres_wait.connect)
    return engine


def _exists(path: Path, failed: str) -> bool:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        # A new file would take over the log of another. Look again: the file may just have been created.
        if _has_log(path) and not path.exists():
            raise StoreError(
                f"{failed}: {path}: only its log, {path.name}-wal, is there; put back or remove both"
            ) from None
        return False
    except OSError as cause:
        raise StoreError(f"{failed}: {describe(path, cause)}") from None
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(f"{failed}: {path}: it is not a file; move away what is there")
    if not status.st_size:  # it is complete before it gets its name, so no creation was cut short
        raise StoreError(f"{failed}: {path}: the file is empty; {RESTORE}, or remove it to start again")
    return True


def _create(path: Path, failed: str) -> None:
    """Create an empty database where there is none; readers see none or a complete one, in WAL mode."""
    if _exists(path, failed):
        return
    from filelock import FileLock  # noqa: PLC0415 - reading does without

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=_LOCK_WAIT):
            if _exists(path, failed):
                return
            fresh = path.with_name(f"{path.name}.new")
            fresh.unlink(missing_ok=True)
            with closing(sqlite3.connect(fresh)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            fresh.replace(path)
            files.sync(path.parent)
    except (OSError, sqlite3.Error) as cause:
        raise StoreError(f"{failed}: {describe(path, cause)}") from None


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a SQLite file to read; as immutable where no log can be kept, on a full or read-only disk."""
    try:
        return _connect(path, "mode=rw", _READ_WAIT)
    except sqlite3.OperationalError as cause:
        if not getattr(cause, "sqlite_errorname", "").startswith(_NO_LOG):
            raise
        if _has_log(path):  # an immutable file is read without its log
            raise
        return _connect(path, "mode=ro&immutable=1", _READ_WAIT)


def _has_log(path: Path) -> bool:
    log = path.resolve()
    log = log.with_name(f"{log.name}-wal")
    return log.is_file() and log.stat().st_size > 0


def _connect(path: Path, mode: str, wait: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=wait,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.text_factory = lambda raw: raw.decode(errors="replace")  # the digest finds the damage
    try:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
