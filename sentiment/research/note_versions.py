"""One saved version of a note, as a row with a checksum: what may be saved, and whether a row is as it was saved."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sentiment.errors import InputError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LONGEST = {"id": 200, "content": 65_536, "who": 200, "why": 2_000}
"""Most characters of a field, the same on every database."""

COLUMNS = ("sequence", "id", "known_at", "supersedes", "content", "who", "why", "digest")
MICROSECOND = timedelta(microseconds=1)

_FIELDS = COLUMNS[:-1]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
        When it was saved (UTC, microseconds); later than every version before it, even if the clock went back.
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


def microseconds(instant: datetime) -> int:
    """Return an aware instant as microseconds since 1970, as rows hold it."""
    return (instant - _EPOCH) // MICROSECOND


def from_microseconds(number: int) -> datetime:
    """Return the instant that `microseconds` returned as a number."""
    return _EPOCH + number * MICROSECOND


def to_row(version: Version) -> tuple[object, ...]:
    """Return a version as a row of `COLUMNS`."""
    fields = {name: getattr(version, name) for name in _FIELDS} | {"known_at": microseconds(version.known_at)}
    return (*fields.values(), _digest(*fields.values()))


def from_row(row: Sequence[Any]) -> Version | None:
    """Return the version in a row of `COLUMNS`; None if the row is not as it was saved."""
    *fields, digest = row
    if digest != _digest(*fields):
        return None
    sequence, note_id, instant, *others = fields
    return Version(sequence, note_id, from_microseconds(instant), *others)


def to_records(versions: Iterable[Version]) -> Iterator[dict[str, object]]:
    """Yield versions as mappings of `COLUMNS`, which `from_records` reads."""
    for version in versions:
        yield dict(zip(COLUMNS, to_row(version), strict=True))


def from_records(records: Iterable[Mapping[str, object]]) -> tuple[Version, ...]:
    """Read what `to_records` yielded.

    Raises
    ------
    StoreError
        If a record is not as it was yielded, or one is missing.
    """
    versions = []
    for place, record in enumerate(records, start=1):
        version = from_row([record.get(name) for name in COLUMNS])
        if set(record) != set(COLUMNS) or version is None or version.sequence != place:
            raise StoreError(f"version {place} of the notes is missing or not as it was saved")
        versions.append(version)
    return tuple(versions)


def check_field(field: str, text: str | None) -> None:
    """Refuse what PostgreSQL would refuse and SQLite would not, so that notes can move from one to the other.

    Raises
    ------
    InputError
        If the text is too long, or holds what a database cannot keep.
    """
    if text is None:
        return
    if field == "id" and not text:
        raise InputError("a note without an id cannot be saved; give it one")
    if field in ("id", "who") and not text.isprintable():  # messages quote them on one line
        raise InputError(
            f"the {field} of the note has a line break or another character that does not print; remove it"
        )
    if len(text) > LONGEST[field]:
        raise InputError(
            f"the {field} of the note has {len(text):,} characters; {LONGEST[field]:,} are the most; shorten it"
        )
    odd = next((place for place, char in enumerate(text) if char == "\0" or "\ud800" <= char <= "\udfff"), None)
    if odd is not None:
        what = "a NUL" if text[odd] == "\0" else "half a character (a lone surrogate)"
        raise InputError(
            f"the {field} of the note has {what} at position {odd + 1}, which no database keeps; remove it"
        )


def _digest(*fields: object) -> str:
    # ASCII and a default, so that any damaged row has a digest, which differs.
    return hashlib.sha256(json.dumps(fields, default=repr).encode()).hexdigest()
