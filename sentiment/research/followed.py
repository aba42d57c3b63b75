"""The sources that are followed: which there are, and what the last look at each left."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sentiment.errors import InputError
from sentiment.research.inbox_rows import reading, source_row, sources_table, to_source, writing
from sentiment.research.note_versions import microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from sentiment.research.inbox_rows import Source


def sources(*, ended: bool = False) -> tuple[Source, ...]:
    """Return the sources that are followed, the first followed first; with `ended` also those that no longer are.

    Raises
    ------
    StoreError
        If they cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return ()
        table = sources_table()
        rows = connection.execute(table.select().order_by(table.c.added_at, table.c.id)).all()
    found = tuple(map(to_source, rows))
    return found if ended else tuple(source for source in found if source.ended_at is None)


def add_source(source: Source) -> Source:
    """Follow a source, under a name that no other has.

    Raises
    ------
    InputError
        If its address is followed already.
    StoreError
        If it cannot be saved.
    """
    table = sources_table()
    with writing() as connection:
        others = [to_source(row) for row in connection.execute(table.select()).all()]
        same = next((one for one in others if (one.kind, one.address) == (source.kind, source.address)), None)
        if same is not None and same.ended_at is None:
            raise InputError(f"{source.address} is followed already, as {same.id}")
        if same is not None:  # followed again: what it sent before is known
            named = replace(source, id=same.id)
            connection.execute(table.update().where(table.c.id == same.id).values(source_row(named)))
            return named
        taken = {one.id for one in others}
        number = 2
        named = source
        while named.id in taken:
            named = replace(source, id=f"{source.id}-{number}")
            number += 1
        connection.execute(table.insert().values(source_row(named)))
    return named


def end_source(identifier: str) -> Source:
    """Follow a source no longer; what it sent stays.

    Raises
    ------
    InputError
        If none of that name is followed.
    """
    source = find_source(identifier)
    table = sources_table()
    with writing() as connection:
        ended = {"ended_at": microseconds(datetime.now(UTC))}
        connection.execute(table.update().where(table.c.id == source.id).values(ended))
    return source


def find_source(identifier: str) -> Source:
    """Return the followed source of that name or address.

    Raises
    ------
    InputError
        If there is none.
    """
    followed = sources()
    for source in followed:
        if identifier in (source.id, source.address):
            return source
    names = ", ".join(source.id for source in followed)
    raise InputError(
        f"no source {identifier!r} is followed; {f'there are: {names}' if names else 'nothing is followed'}"
    )


def remember(identifier: str, memory: Mapping[str, Any]) -> None:
    """Keep what a look at a source left, where it brought no entries."""
    with writing() as connection:
        write_memory(connection, identifier, memory)


def write_memory(connection: Connection, identifier: str, memory: Mapping[str, Any]) -> None:
    """Write what a look left, in a transaction that is open."""
    table = sources_table()
    connection.execute(table.update().where(table.c.id == identifier).values(state=json.dumps(dict(memory))))
