"""A research note as a file: Markdown with a strict YAML header, read into a `Note` and written from one.

The header is read as strings only and every type is ours. YAML's own guesses (NO as a boolean, 12:30 as a number),
anchors, aliases, duplicate keys and unknown keys are errors that name the file, the line and the field.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from sentiment.errors import NoteError
from sentiment.research.frontmatter_fields import FieldError
from sentiment.research.frontmatter_schema import read_new, read_saved
from sentiment.research.frontmatter_yaml import compose
from sentiment.research.text import MAX_TEXT

if TYPE_CHECKING:
    from sentiment.models import Note


def parse(text: str, name: str, *, saved: bool = False) -> Note:
    """Read one note.

    Parameters
    ----------
    text : str
        The whole file: a header between two ``---`` lines, then the body in Markdown.
    name : str
        What to call the file in an error.
    saved : bool
        Whether it was accepted before; rules that came later are then not asked.

    Raises
    ------
    NoteError
        Naming the file, the line and the field that does not fit, and what would.
    """
    if len(text) > MAX_TEXT:
        raise NoteError(f"{name}: {len(text):,} characters; a note has at most {MAX_TEXT:,}")
    if unfit := re.search("[\0\ud800-\udfff]", text):
        line = text.count("\n", 0, unfit.start()) + 1
        raise NoteError(f"{name}, line {line}: a character that no database keeps (U+{ord(unfit[0]):04X}); remove it")
    opening, _, rest = text.replace("\r\n", "\n").partition("\n")
    header, closing, body = rest.partition("\n---\n")
    if opening.strip() != "---" or not closing:
        raise NoteError(f"{name}, line 1: a note opens with a header between two lines of '---'; none was found")
    root = compose(header, name)
    try:
        note = (read_saved if saved else read_new)(root)(body.strip())
    except FieldError as error:
        field = ".".join(error.path) or "header"
        raise NoteError(f"{name}, line {error.line}, {field}: {error.message}") from None
    return note


def write(note: Note) -> str:
    """Write a note as a file that `parse` reads as the very same note.

    Raises
    ------
    NoteError
        If that cannot be: a text of its header spans lines, a number has more than twelve decimals, or it is too long.
    """
    header = yaml.dump(_plain(note), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)
    text = f"---\n{header}---\n{note.body}\n"
    if parse(text, note.id) != note:
        raise NoteError(
            f"{note.id}: the note cannot be written as a file without loss; texts of its header are one line each"
        )
    return text


def with_collection(text: str, name: str, collection: str) -> str:
    """Return a note's file with the collection in its header, and nothing else changed.

    Raises
    ------
    NoteError
        If the file does not fit the schema, names another collection, or this is no name for one.
    """
    stated = parse(text, name).collection
    if stated == collection:
        return text
    if stated is not None:
        raise NoteError(
            f"{name}: it belongs to the collection {stated!r}, not {collection!r}; leave one of the two out"
        )
    opening, line_end, rest = text.partition("\n")
    named = f"{opening}{line_end}collection: {collection}{line_end}{rest}"
    parse(named, name)
    return named


def decimal(value: float) -> str:
    """Write a number in full, without an exponent, as notes hold it."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


class _Dumper(yaml.SafeDumper):
    """A dumper that quotes nothing against guessing, since nothing is guessed on reading."""


_Dumper.yaml_implicit_resolvers = {}


def _plain(value: Any) -> Any:  # noqa: ANN401 - records all the way down
    """Turn a record into texts, lists and mappings for YAML; fields at their default are left out."""
    if dataclasses.is_dataclass(value):
        fields = (field for field in dataclasses.fields(value) if field.name != "body")
        contents = ((field.name, getattr(value, field.name), field.default) for field in fields)
        return {name: _plain(content) for name, content, default in contents if content != default}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return decimal(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
