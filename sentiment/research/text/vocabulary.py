"""Vocabulary files: words as TOML beside the module that uses them, checked against a dataclass when first read."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from sentiment.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@cache
def parse(path: Path) -> dict[str, Any]:
    """Parse a vocabulary file once per process.

    Raises
    ------
    DataError
        If the file is missing or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path.name}: not readable as TOML: {error}; restore the file or reinstall the package"
        ) from error


def load(path: Path, shape: type[T], section: str = "") -> T:
    """Read a section of a vocabulary file, or the whole file, into a dataclass.

    Raises
    ------
    DataError
        If the file cannot be parsed or does not fit the dataclass; the message names the key.
    """
    table = parse(path)
    place = path.name
    if section:
        table, place = table.get(section, {}), f"{place}, [{section}]"
    return build(table, shape, place)


def build(table: object, shape: type[T], place: str) -> T:
    """Build a dataclass from a TOML table with exactly its fields; a field with a default may be absent.

    Fields are ``frozenset[str]`` or ``tuple[str, ...]`` (an array of distinct words), ``dict[str, X]`` (a table), an
    enumeration (the name of a member in lower case), ``Literal``, ``int`` or ``float``.

    Raises
    ------
    DataError
        If a key is missing or unknown or a value has another type.
    """
    types = get_type_hints(shape)
    required = {field.name for field in fields(shape) if field.default is MISSING}
    keys = set(_table(table, place))
    if missing := sorted(required - keys):
        raise DataError(f"{place}: {', '.join(missing)} missing; add the key")
    if unknown := sorted(keys - types.keys()):
        raise DataError(f"{place}: unknown key {', '.join(unknown)}; use {', '.join(types)}")
    return shape(**{key: _value(value, types[key], f"{place}, {key}") for key, value in _table(table, place).items()})


def _value(value: object, kind: Any, place: str) -> object:  # noqa: ANN401 - a type hint, which may be an alias
    origin = get_origin(kind)
    if origin in (frozenset, tuple):
        return origin(_words(value, place))
    if origin is dict:
        item = get_args(kind)[1]
        return {key: _value(entry, item, f"{place}.{key}") for key, entry in _table(value, place).items()}
    if origin is Literal:
        return _choice(value, {option: option for option in get_args(kind)}, place)
    if issubclass(kind, Enum):
        return _choice(value, {member.name.lower(): member for member in kind}, place)
    if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else kind):
        raise DataError(f"{place}: {value!r} is not of type {kind.__name__}; correct it")
    return value


def _table(value: object, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise DataError(f"{place}: expected a table, found {value!r:.40}")
    return value


def _choice(value: object, options: dict[object, object], place: str) -> object:
    if isinstance(value, (list, dict)) or value not in options:
        raise DataError(f"{place}: {value!r:.40} is none of {', '.join(map(str, options))}; choose one")
    return options[value]


def _words(value: object, place: str) -> list[str]:
    if not isinstance(value, list) or not value:
        raise DataError(f"{place}: expected an array of words, found {value!r:.40}")
    seen = set[str]()
    for word in value:
        if not isinstance(word, str) or not word:
            raise DataError(f"{place}: {word!r} is not a word; write it in quotes")
        if word in seen:
            raise DataError(f"{place}: {word!r} appears twice; remove one")
        seen.add(word)
    return value
