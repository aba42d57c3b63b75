"""The notes that a person saved, on SQLAlchemy: SQLite by default, PostgreSQL by URL. Nothing is ever overwritten.

A row is one version of one note, with the instant `known_at` from which we knew it. An edit is a new row that names the
one it replaces, a withdrawal is a row without content, and older rows stay, so that any reading can be replayed.

Writers take turns: SQLite's write lock and an advisory lock on PostgreSQL let a save read, decide and write alone. So the
sequence has no gaps; a gap or a checksum that does not match is damage, and is reported.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment import files
from sentiment.errors import ConflictError, StoreError
from sentiment.research import database
from sentiment.research.database_errors import RESTORE
from sentiment.research.note_versions import COLUMNS, MICROSECOND, Version, check_field, from_row, microseconds, to_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Row, TableClause

REVISIONS = ("0001", "0002")
"""Versions of the tables that this program reads; it writes the last. Listed here because Alembic is slow to load."""

INBOX_SINCE = "0002"
"""The version since which there are tables of followed sources and their entries."""

_REVISION_TABLE = "sentiment_revision"  # not Alembic's own name: others may use the same PostgreSQL database
_UNREADABLE = "the saved notes cannot be read"


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
        last = connection.execute(_notes().select().order_by(_notes().c.sequence.desc()).limit(1)).first()
    return microseconds(_checked(last).known_at) if last else 0


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
        rows = connection.execute(_notes().select().order_by(_notes().c.sequence)).all()
    # Check all rows before choosing: a damaged instant must not hide a version.
    history = tuple(map(_checked, rows))
    for place, saved in enumerate(history, start=1):
        if saved.sequence != place:
            raise StoreError(f"{_UNREADABLE}: version {place}, before one of {saved.id}, is missing; {RESTORE}")
    return tuple(saved for saved in history if known_at is None or saved.known_at <= known_at)


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
        If another version was saved meanwhile. Nothing is overwritten.
    InputError
        If a text is too long, or holds what a database cannot keep.
    StoreError
        If it cannot be saved.
    """
    for field, text in (("id", note_id), ("content", content), ("who", who), ("why", why)):
        check_field(field, text)
    notes = _notes()
    # The stack is left last: what keeps promises from being made is let go once the version is on the disk.
    with ExitStack() as held, database.writing(f"{note_id}: the save failed") as connection:
        prepare(connection)
        newest = notes.select().order_by(notes.c.sequence.desc()).limit(1)
        last, latest = (
            _checked(row) if row else None  # nothing is built on a damaged row
            for row in (connection.execute(query).first() for query in (newest, newest.where(notes.c.id == note_id)))
        )
        if (latest.sequence if latest else None) != supersedes:
            raise _conflict(note_id, latest, supersedes)
        promised_until = _promised_until(note_id, held)
        taken = max(promised_until, last.known_at) if last else promised_until
        instant = max(_now(), taken + MICROSECOND)
        saved = Version(last.sequence + 1 if last else 1, note_id, instant, supersedes, content, who, why)
        connection.execute(notes.insert().values(to_row(saved)))
    return saved


def promise(instant: datetime) -> bool:
    """Return whether nothing will be saved under `instant` or before, even if a clock is set back.

    A database beside the saved prices takes its instants past the promise. Of any other one, which other machines may
    write to, only what lies before its last save is certain.

    Raises
    ------
    StoreError
        If the database cannot be reached or read.
    """
    return (_beside_prices() or microseconds(instant) <= version()) and files.promise(instant)


def _beside_prices() -> bool:
    return database.place(_UNREADABLE) == database.beside_prices()


def _promised_until(note_id: str, held: ExitStack) -> datetime:
    """Return the instant past which a save lies, and let nothing more be promised while `held`.

    In a database that is not beside the prices nothing is promised from its last version on, so that needs no lock.
    """
    if not _beside_prices():
        return files.promised_until()
    try:
        return held.enter_context(files.nothing_promised())
    except TimeoutError:
        reason = "an answer is being promised to stay, and does not get done"
    except OSError as cause:
        reason = f"{files.saved()}: {cause.strerror}"
    raise StoreError(f"{note_id}: the save failed: {reason}")


def build(path: Path, versions: Iterable[Version]) -> None:
    """Write versions to a new SQLite file.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    with database.writing("the notes cannot be restored", at=path) as connection:
        _fill(connection, versions)


def exchange(versions: Sequence[Version], aside: str) -> None:
    """Replace the versions in the database, which stay in the table `aside`; all or nothing.

    Raises
    ------
    StoreError
        If the database cannot be reached or written; it is then as it was.
    """
    from sqlalchemy import inspect, text  # noqa: PLC0415

    with database.writing("the notes cannot be restored") as connection:
        if inspect(connection).has_table("note_versions"):
            stored = connection.execute(_notes().select().order_by(_notes().c.sequence)).all()
            if [tuple(row) for row in stored] == [to_row(saved) for saved in versions]:
                return  # done already, by a program that was stopped before it could record it
            connection.execute(text(f"ALTER TABLE note_versions RENAME TO {aside}"))
            connection.execute(text("DROP INDEX note_versions_by_id"))
            connection.execute(text(f"DELETE FROM {_REVISION_TABLE}"))  # noqa: S608 - our constant
        _fill(connection, versions)


def _fill(connection: Connection, versions: Iterable[Version]) -> None:
    _upgrade(connection)
    for saved in versions:
        connection.execute(_notes().insert().values(to_row(saved)))


def _now() -> datetime:
    return datetime.now(UTC)


def _conflict(note_id: str, latest: Version | None, supersedes: int | None) -> StoreError:
    if latest is None or (supersedes is not None and supersedes > latest.sequence):
        return StoreError(
            f"{note_id}: nothing was saved: version {supersedes}, which this one was to replace, is not in the database; "
            "open the note again"
        )
    did = "withdrew it" if latest.content is None else "saved another version"
    return ConflictError(
        f"{note_id}: nothing was saved: {latest.who} {did} on {latest.known_at:%Y-%m-%d at %H:%M:%S} UTC; "
        "open it again and repeat your change there, or save under another id"
    )


def _checked(row: Row[Any]) -> Version:
    """Return the version in a row, which must be as it was saved."""
    saved = from_row(tuple(row))
    if saved is None:
        raise StoreError(f"{_UNREADABLE}: version {row.sequence}, of {row.id}, is not as it was saved; {RESTORE}")
    return saved


@contextmanager
def _reading() -> Iterator[Connection | None]:
    """Open the database for reading; None where nothing was ever saved."""
    with database.reading(_UNREADABLE) as connection:
        yield connection if connection is not None and revision_of(connection) else None


def revision() -> str | None:
    """Return the version of the tables; None where nothing was ever saved.

    Raises
    ------
    StoreError
        If the database cannot be reached or read, or a newer program made them.
    """
    with database.reading(_UNREADABLE) as connection:
        return None if connection is None else revision_of(connection)


def prepare(connection: Connection) -> None:
    """Bring the tables of a database that is open for writing to the version that this program writes.

    Raises
    ------
    StoreError
        If a newer program made them.
    """
    if revision_of(connection) != REVISIONS[-1]:
        _upgrade(connection)


def revision_of(connection: Connection) -> str | None:
    """Return the version of the tables; None where there are none.

    Raises
    ------
    StoreError
        If a newer program made them, or the version is missing.
    """
    from sqlalchemy import inspect, text  # noqa: PLC0415

    tables, current = inspect(connection), None
    has_notes = tables.has_table("note_versions")  # asked first: a first save may commit between the two questions
    if tables.has_table(_REVISION_TABLE):
        current = connection.execute(text(f"SELECT version_num FROM {_REVISION_TABLE}")).scalar()  # noqa: S608 - our constant
    if current is None and has_notes:
        raise StoreError(f"{_UNREADABLE}: the version of the tables is missing; {RESTORE}")
    if current is not None and current not in REVISIONS:
        raise StoreError(
            f"{_UNREADABLE}: the database is at version {current} and this program knows up to {REVISIONS[-1]}: "
            "a newer version of the program made it; update this one"
        )
    return current


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
    return table("note_versions", *(column(name, kinds.get(name, Text)) for name in COLUMNS))
