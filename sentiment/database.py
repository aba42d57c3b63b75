"""Where the saved notes are, a SQLite file or a PostgreSQL database, and how it is opened, locked and told of when it fails.

Nothing here knows what the rows mean; `store` does.
"""

from __future__ import annotations

import errno
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

URL_VARIABLE = "SENTIMENT_DATABASE_URL"
RESTORE = "restore the database from a backup or an export"

_LOCK_WAIT = 30.0
_COOL_DOWN = 5.0
_ADVISORY_LOCK = int.from_bytes(b"sentimen")  # any number that nobody else picks

_MEANINGS = (
    (("SQLITE_BUSY", "SQLITE_LOCKED", "55P03"), "another process is at work on it and does not finish; try again"),
    (("SQLITE_FULL", "53100"), "the disk is full; free some space and try again"),
    (("SQLITE_IOERR",), "the disk is full or has a fault ({}); look after it and try again"),
    (("SQLITE_CORRUPT", "SQLITE_NOTADB"), f"the file is damaged ({{}}); {RESTORE}, or move it away to start anew"),
    (
        ("SQLITE_READONLY", "SQLITE_CANTOPEN"),
        "it may not be opened or written ({}); see to the rights of file and folder",
    ),
    (("42501", "25006"), "the role in the URL may not do that ({}); grant it the right, or name another role"),
)
_ERRNO = {errno.ENOSPC: "SQLITE_FULL", errno.EDQUOT: "SQLITE_FULL", errno.EIO: "SQLITE_IOERR"}

_NO_LOG = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR_SHM", "SQLITE_FULL")

_engines: dict[tuple[Path | URL, int, bool], Engine] = {}
_down: dict[Path | URL, tuple[float, str]] = {}


@contextmanager
def reading(failed: str) -> Iterator[Connection | None]:
    """Open the database for reading; None where there is none, and then none is made.

    Parameters
    ----------
    failed : str
        How a message begins: what cannot be done.

    Raises
    ------
    StoreError
        If it cannot be reached or read.
    """
    place = _place(failed)
    if isinstance(place, Path) and not _there(place, failed):
        yield None
        return
    with _transaction(place, failed, write=False) as connection:
        yield connection


def place(failed: str) -> Path | URL:
    """Return where the notes are kept: a SQLite file, or the URL of a PostgreSQL database.

    Raises
    ------
    StoreError
        If the URL that is set names neither.
    """
    return _place(failed)


@contextmanager
def writing(failed: str, at: Path | None = None) -> Iterator[Connection]:
    """Open the database, made where there is none, as its only writer; all is on the disk at the end, or nothing is.

    Parameters
    ----------
    failed : str
        How a message begins: what cannot be done.
    at : Path, optional
        Another SQLite file than that of the settings.

    Raises
    ------
    StoreError
        If it cannot be reached or written.
    """
    chosen = at or _place(failed)
    if isinstance(chosen, Path):
        _create(chosen, failed)
    with _transaction(chosen, failed, write=True) as connection:
        yield connection


def _place(failed: str) -> Path | URL:
    given = os.environ.get(URL_VARIABLE, "").strip()
    if not given:
        return files.saved() / "notes.sqlite"
    from sqlalchemy import make_url  # noqa: PLC0415 - a third of a second that a start without notes need not pay
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    form = f"{URL_VARIABLE} is to read postgresql://user:password@host/database or sqlite:////folder/file"
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise StoreError(f"{failed}: no URL; {form}") from None  # the cause quotes the URL, password and all
    kind = url.get_backend_name()
    if given.count("@") > 1:
        raise StoreError(f"{failed}: more than one @; {form}, and an @ in a password as %40")
    if kind == "sqlite" and url.database and url.database != ":memory:" and not url.query:
        return Path(url.database).absolute()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise StoreError(f"{failed}: the URL names no database that notes can be kept in; {form}")


@contextmanager
def _transaction(place: Path | URL, failed: str, *, write: bool) -> Iterator[Connection]:
    """Work in one transaction, for writing as the only one; what a driver raises comes out as a StoreError."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError  # noqa: PLC0415

    until, told = _down.get(place, (0.0, ""))
    if monotonic() < until:  # a page reads many times, and each try may take seconds
        raise StoreError(f"{failed}: {told}")
    engine, stage = _engine(place, failed, write=write), "connecting"
    try:
        with engine.connect() as connection:
            stage = "working"
            for statement in _opening(engine.dialect.name, write=write):
                connection.exec_driver_sql(statement)
            yield connection
            stage = "committing"
            connection.commit()
    # The cause stays out: its text and its context may hold what the URL holds.
    except (SQLAlchemyError, UnicodeDecodeError) as cause:
        told = _told(place, cause)
        if isinstance(place, Path):
            raise StoreError(f"{failed}: {told}") from None
        if stage == "connecting" and isinstance(cause, DBAPIError):
            _down[place] = (monotonic() + _COOL_DOWN, told)
        if stage == "committing" and write:
            told += "; the note may or may not be saved: open it again and look"
        raise StoreError(f"{failed}: {told}") from None


def _opening(dialect: str, *, write: bool) -> tuple[str, ...]:
    if dialect == "sqlite":
        return ("BEGIN IMMEDIATE" if write else "BEGIN",)
    wait = f"SET LOCAL lock_timeout = '{_LOCK_WAIT * 1000:.0f}ms'"
    return (wait, f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})") if write else ()


def _engine(place: Path | URL, failed: str, *, write: bool) -> Engine:
    # A child of a fork must not use its parent's connections. No lock, which a fork might copy while it is held.
    key = (place, os.getpid(), write and isinstance(place, Path))
    return _engines.get(key) or _engines.setdefault(key, _engine_of(place, failed, write=write))


def _engine_of(place: Path | URL, failed: str, *, write: bool) -> Engine:
    from sqlalchemy import NullPool, create_engine  # noqa: PLC0415

    if isinstance(place, Path):  # opened anew each time: it costs little, and a file put back from a backup is seen
        opened = partial(_opened, place, "mode=rw") if write else partial(_open, place)
        return create_engine("sqlite://", creator=opened, poolclass=NullPool, hide_parameters=True)
    try:
        return create_engine(
            place,
            pool_size=2,
            max_overflow=8,
            pool_timeout=_LOCK_WAIT,
            pool_pre_ping=True,
            hide_parameters=True,
            isolation_level="READ COMMITTED",  # under the stricter ones a writer would see what was before its turn
            connect_args={
                "connect_timeout": 3,
                "tcp_user_timeout": 10_000,
                "client_encoding": "utf8",
                "prepare_threshold": None,  # poolers between us and the server do not keep prepared statements
            },
        )
    except ImportError:
        raise StoreError(
            f"{failed}: {URL_VARIABLE} names a PostgreSQL server, and its driver is not installed; "
            "install sentiment-dashboard[postgres]"
        ) from None


def _there(path: Path, failed: str) -> bool:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        # A new file beside it would take over what the log of another holds; it may also be new this very moment.
        if _logged(path) and not path.exists():
            raise StoreError(
                f"{failed}: {path}: only its log, {path.name}-wal, is there; put back or remove both"
            ) from None
        return False
    except OSError as cause:
        raise StoreError(f"{failed}: {_told(path, cause)}") from None
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(f"{failed}: {path}: it is no file; move away what is there")
    if not found.st_size:  # it is made whole before it has its name, so this is no start that was cut short
        raise StoreError(f"{failed}: {path}: the file is empty; {RESTORE}, or remove it to start anew")
    return True


def _create(path: Path, failed: str) -> None:
    """Make an empty database where there is none; whoever looks finds none or a whole one, already with a log."""
    if _there(path, failed):
        return
    from filelock import FileLock  # noqa: PLC0415 - reading does without

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=_LOCK_WAIT):
            if _there(path, failed):
                return
            fresh = path.with_name(f"{path.name}.new")
            fresh.unlink(missing_ok=True)
            with closing(sqlite3.connect(fresh)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            fresh.replace(path)
            files.sync(path.parent)
    except (OSError, sqlite3.Error) as cause:
        raise StoreError(f"{failed}: {_told(path, cause)}") from None


def _open(path: Path) -> sqlite3.Connection:
    """Open a SQLite file to read; one whose log cannot be kept, on a full disk or a read-only one, as one that nobody writes."""
    try:
        return _opened(path, "mode=rw")
    except sqlite3.OperationalError as cause:
        if not getattr(cause, "sqlite_errorname", "").startswith(_NO_LOG):
            raise
        if _logged(path):  # opened so, SQLite would leave out what is in the log
            raise
        return _opened(path, "mode=ro&immutable=1")


def _logged(path: Path) -> bool:
    log = path.resolve()
    log = log.with_name(f"{log.name}-wal")
    return log.is_file() and log.stat().st_size > 0


def _opened(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, timeout=_LOCK_WAIT, isolation_level=None, check_same_thread=False
    )
    connection.text_factory = lambda raw: raw.decode(errors="replace")  # damage is for the digest to find
    try:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _told(place: Path | URL, cause: Exception) -> str:
    """Put an error of a driver into words that fit on one line and hold no password."""
    origin = getattr(cause, "orig", None) or cause
    code = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None) or ""
    found = str(origin)
    if isinstance(origin, UnicodeDecodeError):  # SQLite quotes in its message what is damaged
        code = "SQLITE_CORRUPT"
    if isinstance(origin, OSError):
        busy = isinstance(origin, TimeoutError)
        code = "SQLITE_BUSY" if busy else _ERRNO.get(origin.errno or 0, "SQLITE_CANTOPEN")
        found = origin.strerror or found
    words = f"{{}}; try again, and if it stays so, {RESTORE}"
    for codes, meaning in _MEANINGS:
        if code.startswith(codes):
            words = meaning
    where = str(place)
    if not isinstance(place, Path):
        where = f"PostgreSQL database {place.database or place.username} on {place.host or 'this machine'}"
        if code == "" or code.startswith(("28", "3D")):
            words = f"no connection ({{}}); see that it runs, and that {URL_VARIABLE} is right"
        for secret in (place.password, place.query.get("password")):
            found = found.replace(str(secret), "***") if secret else found
    return " ".join(f"{where}: {words.format(found)}".split())
