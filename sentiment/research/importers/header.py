"""The header of somebody else's notes, as Obsidian, Jekyll, Hugo and Quarto put one above the text.

It is taken off the text, and what it says of title, author, publisher, day and source is kept.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from sentiment.errors import NoteError
from sentiment.research.frontmatter_yaml import MAX_HEADER, compose
from sentiment.research.importers.document import one_line
from sentiment.research.importers.page_facts import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_YAML: Final = re.compile(r"---[ \t]*\n(?P<header>.*?)(?<=\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML: Final = re.compile(r"\+\+\+[ \t]*\n(?P<header>.*?)(?<=\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD: Final = re.compile(r"(?P<name>[A-Za-z_][\w -]{0,40}?)[ \t]*:(?:[ \t]+(?P<value>.*))?")
_CONTINUED: Final = re.compile(r"[ \t]+\S.*|-(?:[ \t].*)?|#.*")
REQUIRED: Final = frozenset({"id", "publisher", "published"})
"""Fields that a note of ours has."""
_OURS_ALONE: Final = frozenset({"stance", "conviction", "claims", "calls", "levels", "precision", "overrides"})
_TITLE: Final = ("title", "linktitle", "headline", "name")
_AUTHOR: Final = ("author", "authors", "by", "creator")
_PUBLISHER: Final = ("publisher", "publication", "site", "site_name", "outlet", "journal", "website")
_PUBLISHED: Final = ("published", "date", "datepublished", "published_at", "publishdate", "pubdate", "created")
_SOURCE: Final = ("source", "url", "source_url", "link", "canonical", "canonical_url")
_OTHERS: Final = frozenset(
    [
        "aliases",
        "alias",
        "tags",
        "tag",
        "keywords",
        "categories",
        "category",
        "layout",
        "draft",
        "type",
        "slug",
        "permalink",
        "description",
        "abstract",
        "summary",
        "subtitle",
        "format",
        "lang",
        "language",
        "toc",
        "bibliography",
        "cssclass",
        "cssclasses",
        "publish",
        "status",
        "weight",
        "lastmod",
        "modified",
        "updated",
        "date-modified",
        "image",
        "cover",
        "series",
        "topics",
        "topic",
        "params",
        "menu",
        "execute",
        "editor",
        "engine",
        "output",
    ]
)
_KNOWN: Final = _OTHERS.union(_TITLE, _AUTHOR, _PUBLISHER, _PUBLISHED, _SOURCE)
_ZONE: Final = re.compile(r"[ \t]+(?=(?:[+-]\d\d:?\d\d|Z)\Z)|[ \t]+(?=UTC\Z)")
_WIKI_LINK: Final = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_FORMS: Final = ("%Y/%m/%d", "%Y.%m.%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%b. %d, %Y")
_ADDRESS: Final = re.compile(r"https://[^\s<>\"']{1,2000}")
_MOST_NAMES: Final = 10


class Header(NamedTuple):
    """Where the text begins below a header, and what the header states, as fields of a `Document`."""

    end: int
    stated: dict[str, Any]


def is_ours(text: str) -> bool:
    """Whether a text opens with the header of a note of ours: its required fields, or fields that only ours have."""
    match = _YAML.match(text)
    if match is None:
        return False
    names = {field["name"].lower() for line in match["header"].split("\n") if (field := _FIELD.match(line))}
    return names >= REQUIRED or not names.isdisjoint(_OURS_ALONE)


def foreign_header(text: str) -> Header | None:
    """Read the header above somebody else's text.

    Parameters
    ----------
    text : str
        The whole text, its lines ended by a line feed alone.

    Returns
    -------
    Header or None
        None where no header opens the text; what stands between two rules is one only if it has a field that headers have.
    """
    for form, read in ((_YAML, _yaml_fields), (_TOML, _toml_fields)):
        match = form.match(text)
        if match is not None and len(match["header"]) <= MAX_HEADER:
            fields = read(match["header"])
            if fields is not None and not fields.keys().isdisjoint(_KNOWN):
                return Header(match.end(), _stated(fields))
    return None


def _yaml_fields(header: str) -> Mapping[str, Any] | None:
    """Return the fields of a YAML header by lower-case name; of one that is no YAML, those that stand in one line each."""
    try:
        root = compose(header, "header")
    except NoteError:
        return _line_fields(header)
    fields = _plain(root)
    return {str(name).lower(): value for name, value in fields.items()} if isinstance(fields, dict) else None


def _plain(node: yaml.Node) -> Any:  # noqa: ANN401 - whatever YAML holds
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    return [_plain(part) for part in node.value] if isinstance(node, yaml.SequenceNode) else node.value


def _line_fields(header: str) -> dict[str, Any] | None:
    """Read ``name: value`` lines, as people write them without quotation marks; None if any other line stands there."""
    fields: dict[str, Any] = {}
    for line in header.split("\n"):
        field = _FIELD.fullmatch(line.rstrip())
        if field is not None:
            fields.setdefault(field["name"].lower(), (field["value"] or "").strip().strip("\"'"))
        elif line.strip() and not _CONTINUED.fullmatch(line):
            return None
    return fields


def _toml_fields(header: str) -> dict[str, Any] | None:
    try:
        return {name.lower(): value for name, value in tomllib.loads(header).items()}
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _stated(fields: Mapping[str, Any]) -> dict[str, Any]:
    published, precision = _first_moment(fields) or (None, None)
    source = next((text for name in _SOURCE if (text := _name(fields.get(name)))), None)
    return {
        "title": next((text for name in _TITLE if (text := _name(fields.get(name)))), None),
        "author": next((text for name in _AUTHOR if (text := _name(fields.get(name)))), None),
        "publisher": next((text for name in _PUBLISHER if (text := _name(fields.get(name)))), None),
        "published": published,
        "precision": precision,
        "source": source,
        "source_url": source if source and _ADDRESS.fullmatch(source) else None,
    }


def _name(value: object) -> str | None:
    """Return the text, the name in a mapping, or the names of a list, without Obsidian's brackets around links."""
    if isinstance(value, list):
        return one_line(", ".join(name for part in value[:_MOST_NAMES] if (name := _name(part)) is not None))
    if isinstance(value, dict):
        return _name(value.get("name")) if not isinstance(value.get("name"), dict | list) else None
    return one_line(_WIKI_LINK.sub(r"\1", value)) if isinstance(value, str) else None


def _first_moment(fields: Mapping[str, Any]) -> tuple[datetime, Any] | None:
    values: Iterable[object] = (fields.get(name) for name in _PUBLISHED)
    return next((when for value in values if (when := written_moment(value)) is not None), None)


def written_moment(value: object) -> tuple[datetime, Any] | None:
    """Read a day or an instant in one of the forms in which headers and first lines have it; None for any other text."""
    text = value if isinstance(value, str) else str(value) if hasattr(value, "isoformat") else ""
    plain = _ZONE.sub("", _WIKI_LINK.sub(r"\1", text).strip()).replace("UTC", "Z")
    for form in _FORMS:
        try:
            return moment(datetime.strptime(plain, form).replace(tzinfo=UTC).date().isoformat())
        except ValueError:
            continue
    return moment(plain)
