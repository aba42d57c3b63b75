"""The rows of the inbox: the sources that are followed, and each version of each entry that they sent."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from sentiment.research import database, store
from sentiment.research.note_versions import from_microseconds, microseconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row, TableClause

State = Literal["pending", "same", "replaced", "confirmed", "dismissed"]
_UNREADABLE = "the inbox cannot be read"
_FAILED = "the inbox cannot be written"
_INSTANTS = frozenset({"added_at", "ended_at", "published", "fetched_at", "decided_at"})


@dataclass(frozen=True, slots=True)
class Source:
    """A place that is followed.

    Attributes
    ----------
    id : str
        Short name.
    kind : str
        ``feed``, ``page``, ``folder`` or ``mail``.
    address : str
        Where it is.
    publisher : str
        Whose notes it brings; empty where each entry names its own.
    options : mapping
        What was asked for when it was followed, such as the senders of a mailbox.
    added_at, ended_at : datetime
        When it was followed, and when no longer; None while it is.
    added_by : str
    memory : mapping
        What the last look left: the ETag, when to ask again, what went wrong.
    """

    id: str
    kind: str
    address: str
    publisher: str
    options: Mapping[str, Any]
    added_at: datetime
    added_by: str
    memory: Mapping[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of what a source sent.

    Attributes
    ----------
    sequence : int
        Its place in the order of arrival, from 1; 0 before it is stored.
    source, guid : str
        The source, and what it calls the entry.
    digest : str
        SHA-256 of title and text.
    kind : str
        ``note`` is a whole file of ours from a watched folder, ``text`` anything else.
    title, publisher, author : str
        Empty where the source does not say.
    published : datetime or None
        By its own word; never later than `fetched_at`.
    precision : str or None
    address, text : str
    remark : str
        What a reader should know: that it was shortened, or states a day to come.
    drafted : str
        What the rules read, in words.
    fetched_at : datetime
        When it came, by our clock.
    replaces : int or None
        The version before it.
    same_as : int or None
        The entry of another source that tells the same story.
    state : str
        ``pending`` waits for a look, ``same`` is the same story as another, ``replaced`` was edited by its source meanwhile.
    note : str or None
        The note that was made of it, or of the version before it.
    decided_at, decided_by : datetime and str, or None
    """

    sequence: int
    source: str
    guid: str
    digest: str
    kind: str
    title: str
    publisher: str
    author: str
    published: datetime | None
    precision: Literal["minute", "day"] | None
    address: str
    text: str
    remark: str
    drafted: str
    fetched_at: datetime
    replaces: int | None = None
    same_as: int | None = None
    state: State = "pending"
    note: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None


@contextmanager
def reading() -> Iterator[Connection | None]:
    """Open the database for reading; None where nothing was ever followed.

    Raises
    ------
    StoreError
        If it cannot be reached or read.
    """
    with database.reading(_UNREADABLE) as connection:
        found = store.revision_of(connection) if connection is not None else None
        yield connection if found is not None and found >= store.INBOX_SINCE else None


@contextmanager
def writing() -> Iterator[Connection]:
    """Open the database as its only writer, with the tables in it.

    Raises
    ------
    StoreError
        If it cannot be reached or written.
    """
    with database.writing(_FAILED) as connection:
        store.prepare(connection)
        yield connection


def source_row(source: Source) -> dict[str, Any]:
    """Return a source as a row."""
    return {
        "id": source.id,
        "kind": source.kind,
        "address": source.address,
        "publisher": source.publisher,
        "options": json.dumps(dict(source.options)),
        "added_at": microseconds(source.added_at),
        "added_by": source.added_by,
        "state": json.dumps(dict(source.memory)),
        "ended_at": None if source.ended_at is None else microseconds(source.ended_at),
    }


def to_source(row: Row[Any]) -> Source:
    """Return the source in a row."""
    return Source(
        row.id,
        row.kind,
        row.address,
        row.publisher,
        json.loads(row.options),
        from_microseconds(row.added_at),
        row.added_by,
        json.loads(row.state),
        None if row.ended_at is None else from_microseconds(row.ended_at),
    )


def entry_row(one: Entry) -> dict[str, Any]:
    """Return an entry as a row."""
    values = {item.name: getattr(one, item.name) for item in fields(Entry)}
    return {name: microseconds(value) if isinstance(value, datetime) else value for name, value in values.items()}


def to_entry(row: Row[Any]) -> Entry:
    """Return the entry in a row; its text is empty where the row has none."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's name
    for name in _INSTANTS & values.keys():
        values[name] = None if values[name] is None else from_microseconds(values[name])
    return Entry(**{"text": ""} | values)


@cache
def sources_table() -> TableClause:
    """Return the table of the sources."""
    return _table(
        "sources", ("id", "kind", "address", "publisher", "options", "added_at", "added_by", "state", "ended_at")
    )


@cache
def inbox_table() -> TableClause:
    """Return the table of the entries."""
    return _table("inbox", [item.name for item in fields(Entry)])


def _table(name: str, columns: Sequence[str]) -> TableClause:
    from sqlalchemy import BigInteger, Integer, Text, column, table  # noqa: PLC0415

    kinds: dict[str, Any] = dict.fromkeys(("sequence", "replaces", "same_as"), Integer) | dict.fromkeys(
        _INSTANTS, BigInteger
    )
    return table(name, *(column(one, kinds.get(one, Text)) for one in columns))
