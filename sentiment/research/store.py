"""The notes that a person saved, on SQLAlchemy: SQLite by default, PostgreSQL by URL; nothing in it is ever overwritten.

A row is one version of one note, with the instant `known_at` from which we knew it. An edit is a new row that names the
one it replaces, a withdrawal is a row without content, and the older ones stay, so that any reading can be replayed.

Writers take turns: SQLite's write lock and an advisory lock on PostgreSQL make a save read, decide and write alone. So
the sequence has no gaps, and a gap or a checksum that does not match is damage, which is told and never passed over.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment.errors import ConflictError, InputError, StoreError
from sentiment.research import database
from sentiment.research.database import RESTORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row, TableClause

LONGEST = {"id": 200, "content": 65_536, "who": 200, "why": 2_000}
"""Characters of a field, the same on every database."""

REVISIONS = ("0001",)
"""Versions of the tables that this program reads, the last being what it writes; said here, for Alembic is slow to load."""

_REVISION_TABLE = "sentiment_revision"  # not Alembic's own name: a PostgreSQL database may be home to others
_FIELDS = ("sequence", "id", "known_at", "supersedes", "content", "who", "why")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNREADABLE = "the saved notes cannot be read"


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
        last = connection.execute(_notes().select().order_by(_notes().c.sequence.desc()).limit(1)).first()
    return _microseconds(_sound(last).known_at) if last else 0


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
    # All of them are checked and then chosen from: a damaged instant must not take a version out of sight.
    every = tuple(_sound(row) for row in rows)
    for place, one in enumerate(every, start=1):
        if one.sequence != place:
            raise StoreError(f"{_UNREADABLE}: version {place}, before one of {one.id}, is missing; {RESTORE}")
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
    notes = _notes()
    with database.writing(f"{note_id}: the save failed") as connection:
        if _revision(connection) != REVISIONS[-1]:
            _upgrade(connection)
        newest = notes.select().order_by(notes.c.sequence.desc()).limit(1)
        last, latest = (
            _sound(row) if row else None  # nothing is built on what is damaged
            for row in (connection.execute(one).first() for one in (newest, newest.where(notes.c.id == note_id)))
        )
        if (latest.sequence if latest else None) != supersedes:
            raise _conflict(note_id, latest, supersedes)
        instant = max(_now(), last.known_at + _MICROSECOND) if last else _now()
        saved = Version(last.sequence + 1 if last else 1, note_id, instant, supersedes, content, who, why)
        connection.execute(notes.insert().values(_fields(saved)))
    return saved


def rows(saved: Iterable[Version]) -> Iterator[dict[str, object]]:
    """Give versions as rows with their digests, as `from_rows` reads them."""
    for one in saved:
        yield dict(zip((*_FIELDS, "digest"), _fields(one), strict=True))


def from_rows(given: Iterable[Mapping[str, object]]) -> tuple[Version, ...]:
    """Read what `rows` gave.

    Raises
    ------
    StoreError
        If a row is not as it was given, or one is missing.
    """
    found = []
    for place, row in enumerate(given, start=1):
        fields = [row.get(name) for name in _FIELDS]
        if set(row) != {*_FIELDS, "digest"} or row["digest"] != _digest(*fields) or row["sequence"] != place:
            raise StoreError(f"version {place} of the notes is missing or not as it was saved")
        found.append(_version(*fields))
    return tuple(found)


def build(path: Path, saved: Iterable[Version]) -> None:
    """Make a new SQLite file of versions.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    with database.writing("the notes cannot be restored", at=path) as connection:
        _fill(connection, saved)


def exchange(saved: Sequence[Version], aside: str) -> None:
    """Put versions in the place of those in the database, which stay beside them in the table `aside`; all or nothing.

    Raises
    ------
    StoreError
        If the database cannot be reached or written; it is then as it was.
    """
    from sqlalchemy import inspect, text  # noqa: PLC0415

    with database.writing("the notes cannot be restored") as connection:
        if inspect(connection).has_table("note_versions"):
            stored = connection.execute(_notes().select().order_by(_notes().c.sequence)).all()
            if [tuple(row) for row in stored] == [_fields(one) for one in saved]:
                return  # done already: the program was stopped before it could write that down
            connection.execute(text(f"ALTER TABLE note_versions RENAME TO {aside}"))
            connection.execute(text("DROP INDEX note_versions_by_id"))
            connection.execute(text(f"DELETE FROM {_REVISION_TABLE}"))  # noqa: S608 - our constant
        _fill(connection, saved)


def _fill(connection: Connection, saved: Iterable[Version]) -> None:
    _upgrade(connection)
    for one in saved:
        connection.execute(_notes().insert().values(_fields(one)))


def _now() -> datetime:
    return datetime.now(UTC)


def _check(field: str, text: str | None) -> None:
    """Refuse what PostgreSQL would and SQLite would not, so that a note can move from one to the other."""
    if text is None:
        return
    if field == "id" and not text:
        raise InputError("a note without an id cannot be saved; give it one")
    if field in ("id", "who") and not text.isprintable():  # they stand in messages, and those in one line
        raise InputError(
            f"the {field} of the note has a line break or another character that does not print; remove it"
        )
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


def _digest(*fields: object) -> str:
    # ASCII and a default, so that whatever a damaged row holds has a digest that differs.
    return hashlib.sha256(json.dumps(fields, default=repr).encode()).hexdigest()


def _fields(saved: Version) -> tuple[object, ...]:
    fields = {name: getattr(saved, name) for name in _FIELDS} | {"known_at": _microseconds(saved.known_at)}
    return (*fields.values(), _digest(*fields.values()))


def _sound(row: Row[Any]) -> Version:
    """Return a row as the version it holds, if it is as it was saved."""
    *fields, digest = tuple(row)
    if digest != _digest(*fields):
        raise StoreError(f"{_UNREADABLE}: version {row.sequence}, of {row.id}, is not as it was saved; {RESTORE}")
    return _version(*fields)


def _version(sequence: Any, note_id: Any, instant: Any, *others: Any) -> Version:  # noqa: ANN401 - of any driver's types
    return Version(sequence, note_id, _EPOCH + instant * _MICROSECOND, *others)


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


@contextmanager
def _reading() -> Iterator[Connection | None]:
    """Open the database for reading; None where nothing was ever saved."""
    with database.reading(_UNREADABLE) as connection:
        yield connection if connection is not None and _revision(connection) else None


def revision() -> str | None:
    """Return the version of the tables; None where nothing was ever saved.

    Raises
    ------
    StoreError
        If the database cannot be reached or read, or a newer program made them.
    """
    with database.reading(_UNREADABLE) as connection:
        return None if connection is None else _revision(connection)


def _revision(connection: Connection) -> str | None:
    """Return the version of the tables; None where there are none."""
    from sqlalchemy import inspect, text  # noqa: PLC0415

    tables, found = inspect(connection), None
    filled = tables.has_table("note_versions")  # looked for first: a first save may commit between the two looks
    if tables.has_table(_REVISION_TABLE):
        found = connection.execute(text(f"SELECT version_num FROM {_REVISION_TABLE}")).scalar()  # noqa: S608 - our constant
    if found is None and filled:
        raise StoreError(f"{_UNREADABLE}: the version of the tables is missing; {RESTORE}")
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
