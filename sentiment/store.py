"""The notes that a person saved, on SQLAlchemy: SQLite by default, PostgreSQL by URL; nothing in it is ever overwritten.

A row is one version of one note, with the instant `known_at` from which we knew it. An edit is a new row that names the
one it replaces, a withdrawal is a row without content, and the older ones stay, so that any reading can be replayed.

Writers take turns: SQLite's write lock and an advisory lock on PostgreSQL make a save read, decide and write alone. So
the sequence has no gaps, and a gap or a checksum that does not match is damage, which is told and never passed over.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from sentiment import files
from sentiment.errors import ConflictError, InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine, Row, TableClause

URL_VARIABLE = "SENTIMENT_DATABASE_URL"
LONGEST = {"id": 200, "content": 65_536, "who": 200, "why": 2_000}
"""Characters of a field, the same on every database."""

REVISIONS = ("0001",)
"""Versions of the tables that this program reads, the last being the one it writes; named here for Alembic is slow to load."""

_REVISION_TABLE = "sentiment_revision"  # not Alembic's own name: a PostgreSQL database may be home to others
_FIELDS = ("sequence", "id", "known_at", "supersedes", "content", "who", "why")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LOCK_WAIT = 30.0
_COOL_DOWN = 5.0
_ADVISORY_LOCK = int.from_bytes(b"sentimen")  # any number that nobody else picks
_RESTORE = "restore the database from a backup or an export"
_UNREADABLE = "the saved notes cannot be read"

_MEANINGS = (
    (("SQLITE_BUSY", "SQLITE_LOCKED", "55P03"), "another process is at work on it and did not finish; try again"),
    (("SQLITE_FULL", "53100"), "the disk is full; free some space and try again"),
    (("SQLITE_IOERR",), "the disk has a fault or is full ({}); look after it and try again"),
    (("SQLITE_CORRUPT", "SQLITE_NOTADB"), f"the file is damaged ({{}}); {_RESTORE}, or move it away to start anew"),
    (
        ("SQLITE_READONLY", "SQLITE_CANTOPEN"),
        "it may not be opened or written ({}); see to the rights of file and folder",
    ),
    (("42501", "25006"), "the role in the URL may not do that ({}); grant it the right, or name another role"),
)

_engines: dict[tuple[Path | URL, int], Engine] = {}
_down: dict[Path | URL, tuple[float, str]] = {}


@dataclass(frozen=True, slots=True)
class Version:
    """One saved version of a note.

    Attributes
    ----------
    sequence : int
        Its place in the order of saving, from 1.
    id : str
        The note.
    known_at : datetime
        When it was saved (UTC, microseconds); later than that of every version before it, whatever the clock did.
    supersedes : int or None
        The sequence of the version that it replaces.
    content : str or None
        The whole Markdown file as it was given; None withdraws the note.
    who, why : str
        Who saved it, and the reason given.
    """

    sequence: int
    id: str
    known_at: datetime
    supersedes: int | None
    content: str | None
    who: str
    why: str


def version() -> int:
    """Return a number that grows with every save (microseconds of the last one); 0 where nothing is stored.

    Raises
    ------
    StoreError
        If the database cannot be reached or read.
    """
    with _reading() as connection:
        if connection is None:
            return 0
        notes = _notes()
        last = notes.select().with_only_columns(notes.c.known_at).order_by(notes.c.sequence.desc()).limit(1)
        return int(connection.execute(last).scalar() or 0)


def versions(known_at: datetime | None = None) -> tuple[Version, ...]:
    """Return all versions in the order in which they were saved.

    Parameters
    ----------
    known_at : datetime or None
        An aware instant: only what was saved by then. None means all that is known now.

    Raises
    ------
    StoreError
        If the database cannot be reached or read, or a version in it is missing or not as it was saved.
    """
    with _reading() as connection:
        if connection is None:
            return ()
        notes = _notes()
        rows = connection.execute(notes.select().order_by(notes.c.sequence)).all()
    # All of them are checked and then chosen from: a damaged instant must not take a version out of sight.
    every = tuple(_sound(row, place) for place, row in enumerate(rows, start=1))
    return every if known_at is None else tuple(one for one in every if one.known_at <= known_at)


def append(note_id: str, content: str | None, *, who: str, why: str = "", supersedes: int | None = None) -> Version:
    """Save a version of a note; when this returns, it is on the disk.

    Parameters
    ----------
    note_id : str
        The note.
    content : str or None
        The whole Markdown file; None withdraws the note.
    who, why : str
        Who saves it, and the reason.
    supersedes : int or None
        The sequence of the latest version that the writer has seen; None where the id is new here.

    Raises
    ------
    ConflictError
        If another version was saved meanwhile. Nothing was overwritten.
    InputError
        If a text is too long, or holds what a database cannot keep.
    StoreError
        If it cannot be saved.
    """
    for field, text in (("id", note_id), ("content", content), ("who", who), ("why", why)):
        _check(field, text)
    place, failed = _place(), f"{note_id}: the save failed"
    if isinstance(place, Path):
        _create(place, failed)
    notes = _notes()
    with _transaction(place, failed, write=True) as connection:
        if _revision(connection) != REVISIONS[-1]:
            _upgrade(connection)
        newest = notes.select().order_by(notes.c.sequence.desc()).limit(1)
        last = connection.execute(newest.with_only_columns(notes.c.sequence, notes.c.known_at)).first() or (0, 0)
        latest = connection.execute(newest.where(notes.c.id == note_id)).first()
        if (latest.sequence if latest else None) != supersedes:
            raise _conflict(note_id, latest, supersedes)
        instant = max((_now() - _EPOCH) // _MICROSECOND, last[1] + 1)
        fields = (last[0] + 1, note_id, instant, supersedes, content, who, why)
        connection.execute(notes.insert().values((*fields, _digest(*fields))))
    return _version(*fields)


def _now() -> datetime:
    return datetime.now(UTC)


def _check(field: str, text: str | None) -> None:
    """Refuse what PostgreSQL would and SQLite would not, so that a note can move from one to the other."""
    if text is None:
        return
    if field == "id" and not text:
        raise InputError("a note without an id cannot be saved; give it one")
    if len(text) > LONGEST[field]:
        raise InputError(
            f"the {field} of the note has {len(text):,} characters, {LONGEST[field]:,} are the most; shorten it"
        )
    odd = next((place for place, char in enumerate(text) if char == "\0" or "\ud800" <= char <= "\udfff"), None)
    if odd is not None:
        what = "a NUL" if text[odd] == "\0" else "half a character (a lone surrogate)"
        raise InputError(
            f"the {field} of the note has {what} at position {odd + 1}, which no database keeps; remove it"
        )


def _conflict(note_id: str, latest: Row[Any] | None, supersedes: int | None) -> StoreError:
    if latest is None or (supersedes is not None and supersedes > latest.sequence):
        return StoreError(
            f"{note_id}: nothing was saved: version {supersedes}, which this one was to replace, is not in the database; "
            "open the note again"
        )
    did = "withdrew it" if latest.content is None else "saved another version"
    when = _EPOCH + latest.known_at * _MICROSECOND
    return ConflictError(
        f"{note_id}: nothing was saved: {latest.who} {did} on {when:%Y-%m-%d at %H:%M:%S} UTC; "
        "open it again and repeat your change there, or save under another id"
    )


def _digest(*fields: object) -> str:
    # ASCII and a default, so that whatever a damaged row holds has a digest that differs.
    return hashlib.sha256(json.dumps(fields, default=repr).encode()).hexdigest()


def _version(sequence: int, note_id: str, instant: int, *others: Any) -> Version:  # noqa: ANN401 - a row's fields
    return Version(sequence, note_id, _EPOCH + instant * _MICROSECOND, *others)


def _sound(row: Row[Any], place: int) -> Version:
    *fields, digest = row
    if row.sequence != place:
        raise StoreError(f"{_UNREADABLE}: version {place}, before one of {row.id}, is missing; {_RESTORE}")
    if digest != _digest(*fields):
        raise StoreError(f"{_UNREADABLE}: version {place}, of {row.id}, is not as it was saved; {_RESTORE}")
    return _version(*fields)


def _place() -> Path | URL:
    given = os.environ.get(URL_VARIABLE, "").strip()
    if not given:
        return files.saved() / "notes.sqlite"
    from sqlalchemy import make_url  # noqa: PLC0415 - a third of a second that a start without notes need not pay
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    form = f"{URL_VARIABLE} is to read postgresql://user:password@host/database or sqlite:////folder/file"
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise StoreError(f"{_UNREADABLE}: no URL; {form}") from None  # the cause quotes the URL, password and all
    kind = url.get_backend_name()
    if given.count("@") > 1:
        raise StoreError(f"{_UNREADABLE}: more than one @; {form}, and an @ in a password as %40")
    if kind == "sqlite" and url.database and url.database != ":memory:" and not url.query:
        return Path(url.database).absolute()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise StoreError(f"{_UNREADABLE}: the URL names no database that notes can be kept in; {form}")


def _told(place: Path | URL, cause: Exception) -> str:
    """Put an error of a driver into words that fit on one line and hold no password."""
    origin = getattr(cause, "orig", None) or cause
    code = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None) or ""
    found = getattr(origin, "strerror", None) or str(origin)
    words = "{}; see that it is there and answers, and try again"
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


def _there(path: Path, failed: str) -> bool:
    try:
        size = path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as cause:
        raise StoreError(f"{failed}: {_told(path, cause)}") from None
    if not size:  # it is made whole before it has its name, so this is no start that was cut short
        raise StoreError(f"{failed}: {path}: the file is empty; {_RESTORE}, or remove it to start anew")
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
            handle = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    except (OSError, sqlite3.Error) as cause:
        raise StoreError(f"{failed}: {_told(path, cause)}") from None


def _open(path: Path) -> sqlite3.Connection:
    """Open a SQLite file; one whose log cannot be kept, its folder being read-only, as a file that nobody writes."""
    try:
        return _opened(path, "mode=rw")
    except sqlite3.OperationalError as cause:
        if not cause.sqlite_errorname.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:  # opened so, SQLite would leave out what is in the log
            raise
        return _opened(path, "mode=ro&immutable=1")


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


def _engine(place: Path | URL, failed: str) -> Engine:
    # A child of a fork must not use its parent's connections. No lock, which a fork might copy while it is held.
    key = (place, os.getpid())
    return _engines.get(key) or _engines.setdefault(key, _engine_of(place, failed))


def _engine_of(place: Path | URL, failed: str) -> Engine:
    from sqlalchemy import NullPool, create_engine  # noqa: PLC0415

    if isinstance(place, Path):  # opened anew each time: it costs little, and a file put back from a backup is seen
        return create_engine("sqlite://", creator=lambda: _open(place), poolclass=NullPool, hide_parameters=True)
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


@contextmanager
def _transaction(place: Path | URL, failed: str, *, write: bool = False) -> Iterator[Connection]:
    """Work in one transaction, for writing as the only one; what a driver raises comes out as a StoreError."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError  # noqa: PLC0415

    until, told = _down.get(place, (0.0, ""))
    if monotonic() < until:  # a page reads many times, and each try may take seconds
        raise StoreError(f"{failed}: {told}")
    engine, stage = _engine(place, failed), "connecting"
    try:
        with engine.connect() as connection:
            stage = "working"
            for statement in _opening(engine.dialect.name, write=write):
                connection.exec_driver_sql(statement)
            yield connection
            stage = "committing"
            connection.commit()
    # The cause stays out: its text and its context may hold what the URL holds.
    except SQLAlchemyError as cause:
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


@contextmanager
def _reading() -> Iterator[Connection | None]:
    """Open the database for reading; None where there is none, and then none is made."""
    place = _place()
    if isinstance(place, Path) and not _there(place, _UNREADABLE):
        yield None
        return
    with _transaction(place, _UNREADABLE) as connection:
        yield connection if _revision(connection) else None


def _revision(connection: Connection) -> str | None:
    """Return the version of the tables; None where there are none."""
    from sqlalchemy import inspect, text  # noqa: PLC0415

    tables = inspect(connection)
    if not tables.has_table(_REVISION_TABLE):
        if tables.has_table("note_versions"):
            raise StoreError(f"{_UNREADABLE}: the version of the tables is missing; {_RESTORE}")
        return None
    found = connection.execute(text(f"SELECT version_num FROM {_REVISION_TABLE}")).scalar()  # noqa: S608 - our constant
    if found is not None and found not in REVISIONS:
        raise StoreError(
            f"{_UNREADABLE}: the database is at version {found} and this program knows up to {REVISIONS[-1]}: "
            "a newer version of the program made it; update this one"
        )
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - only the first save after an update needs it
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection, "version_table": _REVISION_TABLE})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    command.upgrade(config, REVISIONS[-1])


@cache
def _notes() -> TableClause:
    from sqlalchemy import BigInteger, Integer, Text, column, table  # noqa: PLC0415

    kinds = {"sequence": Integer, "known_at": BigInteger, "supersedes": Integer}
    return table("note_versions", *(column(name, kinds.get(name, Text)) for name in (*_FIELDS, "digest")))
