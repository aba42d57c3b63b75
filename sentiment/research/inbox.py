"""What the followed sources sent: each version of each entry, and what a person decided on it.

It lies in the database of the notes. Nothing of it counts in any score: only a note that a person saved does. No text is thrown
away: an entry that was edited is a new row, and a decision is written beside the text.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sentiment.errors import InputError
from sentiment.research import followed
from sentiment.research.inbox_rows import entry_row, inbox_table, reading, to_entry, writing
from sentiment.research.note_versions import microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sentiment.research.inbox_rows import Entry, State

MAX_WAITING = 500
"""Entries of one source that may wait for a look; more are left where they are until some are decided."""
MAX_VERSIONS = 20
"""Versions of one entry that are kept; a source that changes its text at each look could fill a disk."""


def store_entries(
    identifier: str, entries: Iterable[Entry], memory: Mapping[str, Any] | None = None
) -> tuple[Entry, ...]:
    """Keep new entries of a source and what the look left, all or nothing; return those that were new.

    An entry whose text is known is passed over, also if another process took it in a moment ago. A new version of one that
    waits takes its place; one of a dismissed entry is dismissed with it; one of a confirmed entry waits, and names its note.

    Raises
    ------
    StoreError
        If they cannot be saved.
    """
    table, taken = inbox_table(), []
    with writing() as connection:
        last = connection.execute(table.select().order_by(table.c.sequence.desc()).limit(1)).first()
        sequence = last.sequence if last else 0
        for entry in entries:
            mine = table.select().where(table.c.source == identifier)
            if connection.execute(mine.where(table.c.digest == entry.digest)).first():
                continue
            earlier = connection.execute(mine.where(table.c.guid == entry.guid).order_by(table.c.sequence)).all()
            if len(earlier) >= MAX_VERSIONS:
                continue
            sequence += 1
            new = replace(entry, sequence=sequence, source=identifier)
            if earlier:
                before = to_entry(earlier[-1])
                new = _after(new, before)
                if before.state == "pending":
                    connection.execute(
                        table.update().where(table.c.sequence == before.sequence).values(state="replaced")
                    )
                    connection.execute(
                        table.update().where(table.c.same_as == before.sequence).values(same_as=sequence)
                    )
            connection.execute(table.insert().values(entry_row(new)))
            taken.append(new)
        if memory is not None:
            followed.write_memory(connection, identifier, memory)
    return tuple(taken)


def _after(new: Entry, before: Entry) -> Entry:
    """Return a new version as it follows the one before: it names the note that was made of that, and of no other story."""
    if before.state == "same":
        return replace(new, replaces=before.sequence)
    state: State = "dismissed" if before.state == "dismissed" else "pending"
    return replace(new, replaces=before.sequence, note=before.note, same_as=None, state=state)


def known(identifier: str) -> frozenset[tuple[str, str]]:
    """Return the guid and digest of every entry of a source."""
    with reading() as connection:
        if connection is None:
            return frozenset()
        table = inbox_table()
        rows = connection.execute(
            table.select().with_only_columns(table.c.guid, table.c.digest).where(table.c.source == identifier)
        )
        return frozenset((row.guid, row.digest) for row in rows.all())


def entries(*states: State, since: datetime | None = None) -> tuple[Entry, ...]:
    """Return the entries in some states (without any, in all), the newest arrival first.

    Parameters
    ----------
    *states : str
    since : datetime, optional
        Only what was fetched since.
    """
    return _entries(states, since, text=True)


def heads(*states: State) -> tuple[Entry, ...]:
    """Return the entries in some states without their texts, which a list does not show."""
    return _entries(states, None, text=False)


def _entries(states: tuple[State, ...], since: datetime | None, *, text: bool) -> tuple[Entry, ...]:
    with reading() as connection:
        if connection is None:
            return ()
        table = inbox_table()
        columns = [column for column in table.c if text or column.name != "text"]
        query = table.select().with_only_columns(*columns).order_by(table.c.sequence.desc())
        if states:
            query = query.where(table.c.state.in_(states))
        if since is not None:
            query = query.where(table.c.fetched_at >= microseconds(since))
        return tuple(map(to_entry, connection.execute(query).all()))


def entry(sequence: int) -> Entry:
    """Return one entry.

    Raises
    ------
    InputError
        If there is none of that number.
    """
    with reading() as connection:
        table = inbox_table()
        row = connection and connection.execute(table.select().where(table.c.sequence == sequence)).first()
    if not row:
        raise InputError(f"the inbox has no entry {sequence}; `sentiment notes inbox` lists them")
    return to_entry(row)


def waiting(identifier: str) -> int:
    """Return how many entries of a source wait for a look."""
    return sum(one.source == identifier for one in heads("pending"))


def decide(sequence: int, state: State, *, who: str, note: str | None = None) -> None:
    """Write down what a person decided on an entry, and on the same story from elsewhere.

    Raises
    ------
    StoreError
        If it cannot be saved.
    """
    table = inbox_table()
    decided: dict[str, Any] = {"state": state, "decided_at": microseconds(datetime.now(UTC)), "decided_by": who}
    if note is not None:
        decided["note"] = note
    with writing() as connection:
        connection.execute(table.update().where(table.c.sequence == sequence).values(decided))
        if state == "confirmed":
            same = table.update().where(table.c.same_as == sequence, table.c.state == "same")
            connection.execute(same.values(note=note))
