"""Correct a note by hand, with a record of what was read before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sentiment.errors import InputError
from sentiment.models import Call, Claim, Level, Override
from sentiment.research.frontmatter import decimal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentiment.models import Note


def corrected(note: Note, changes: Mapping[str, Any], *, who: str, why: str, when: datetime | None = None) -> Note:
    """Return a note with some fields changed, and an `Override` for each: what was read, who set it, when and why.

    Parameters
    ----------
    note : Note
        Stays as it is.
    changes : mapping of str to Any
        New values of fields; those equal to the old ones are ignored.
    who, why : str
        Who makes the correction, and the reason.
    when : datetime, optional
        An aware instant; now without it.

    Raises
    ------
    InputError
        If something changes and nobody is named or no reason is given.
    """
    changed = {name: value for name, value in changes.items() if getattr(note, name) != value}
    if not changed:
        return note
    if not who.strip() or not why.strip():
        raise InputError(f"you changed {', '.join(changed)}: a correction says who made it and why")
    moment = (when or datetime.now(UTC)).replace(microsecond=0)
    overrides = tuple(
        Override(name, _in_words(getattr(note, name)), " ".join(who.split()), moment, " ".join(why.split()))
        for name in changed
    )
    return replace(note, **changed, overrides=(*note.overrides, *overrides))


def _in_words(value: object) -> str:
    """Write the value of a field on one line."""
    if isinstance(value, tuple):
        return ", ".join(map(_in_words, value)) or "nothing"
    if isinstance(value, Level):
        return f"{value.role} {decimal(value.price)}"
    if isinstance(value, (Call, Claim)):
        return value.text
    return "nothing" if value is None or value == "" else str(value)
