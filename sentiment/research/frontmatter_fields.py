"""Readers of front matter: each turns a YAML node into one kind of value, or says what does not fit and where."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

import yaml

from sentiment.formatting import shortened
from sentiment.research.frontmatter_yaml import line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_FIRST, _DISTANT = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(_LAST_YEAR + 1, 1, 1, tzinfo=UTC)


class FieldError(Exception):
    """A field that does not fit.

    Attributes
    ----------
    line : int
        Of the file, from 1.
    message : str
        What was found, and what would fit.
    path : tuple of str
        The field, and before it the fields that it is in.
    """

    def __init__(self, node: yaml.Node, message: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.line, self.message, self.path = line_of(node), message, path


class MismatchError(ValueError):
    """A field that does not go together with the others of its record."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def text(node: yaml.Node) -> str:
    """Read a text of one line; runs of spaces become one."""
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise FieldError(node, "expected text")
    line = " ".join(node.value.split())
    if hidden := next((char for char in line if unicodedata.category(char) in {"Cc", "Cs"}), None):
        raise FieldError(node, f"a control character (U+{ord(hidden):04X}) has no place in a text; remove it")
    return line


def _matching(pattern: str, problem: str) -> Callable[[yaml.Node], str]:
    """Make a reader of texts that match a pattern."""

    def read(node: yaml.Node) -> str:
        value = text(node)
        if not re.fullmatch(pattern, value):
            raise FieldError(node, f"{shortened(value)} {problem}")
        return value

    return read


identifier = _matching(r"[a-z0-9][a-z0-9-]{2,63}", "is not an identifier; use lower-case letters, digits and hyphens")
symbol = _matching(r"[A-Z0-9^][A-Z0-9.=^-]{0,31}", "is not a symbol such as BTC-USD")
address = _matching(r"https://[^\s<>\"']+", "is not an https:// address")


def instant(node: yaml.Node) -> datetime:
    """Read a time with its zone, and return it in UTC."""
    value = text(node)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise FieldError(node, f"{shortened(value)} is not a time such as 2025-12-02T15:33:00Z") from None
    if moment.tzinfo is None:
        raise FieldError(node, f"{shortened(value)} names no time zone; write 2025-12-02T15:33:00Z")
    if not _FIRST <= moment < _DISTANT:  # compared in UTC, as it is written again
        raise FieldError(node, f"{shortened(value)} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment.astimezone(UTC)


def day(node: yaml.Node) -> date:
    """Read a day, such as 2025-12-31."""
    value = text(node)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise FieldError(node, f"{shortened(value)} is not a day such as 2025-12-31")
    try:
        moment = date.fromisoformat(value)
    except ValueError:
        raise FieldError(node, f"{shortened(value)} is not a day in the calendar") from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise FieldError(node, f"{shortened(value)} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment


def number(low: float, high: float) -> Callable[[yaml.Node], float]:
    """Make a reader of plain decimal numbers from `low` to `high`."""

    def read(node: yaml.Node) -> float:
        value = text(node)
        if not re.fullmatch(r"-?\d{1,15}(\.\d{1,12})?", value, re.ASCII):
            raise FieldError(node, f"{shortened(value)} is not a plain number such as 0.65")
        if not low <= (decimal := float(value)) <= high:
            raise FieldError(node, f"{value} is outside {low:g} to {high:g}")
        return decimal

    return read


def tone(node: yaml.Node) -> float | Literal["unread"]:
    """Read a tone from -1 to 1, or that the text has none."""
    if text(node) == "unread":
        return "unread"
    try:
        return number(-1, 1)(node)
    except FieldError as error:
        raise FieldError(node, f"{error.message}; write unread where the text shows no tone") from None


def level_price(node: yaml.Node) -> float:
    """Read the price of a level, which lies above zero."""
    price = number(0, 1e15)(node)
    if price == 0:
        raise FieldError(
            node, f"{text(node)} is not above zero; write the price, such as 84000, or leave the level out"
        )
    return price


def days(node: yaml.Node) -> int:
    """Read a whole number of days, at most ten years."""
    count = number(1, 3650)(node)
    if not count.is_integer():
        raise FieldError(node, f"{text(node)} is not a whole number of days such as {round(count) or 1}")
    return int(count)


def saved_days(node: yaml.Node) -> int:
    """Read a number of days as it was read when notes could state part of one, which did not count."""
    return int(number(1, 3650)(node))


def choice(*words: str) -> Callable[[yaml.Node], str]:
    """Make a reader of one of a few words."""

    def read(node: yaml.Node) -> str:
        value = text(node)
        if value not in words:
            raise FieldError(node, f"{shortened(value)} is not one of {', '.join(words)}")
        return value

    return read


def flag(node: yaml.Node) -> bool:
    """Read true or false."""
    return choice("true", "false")(node) == "true"


def sequence(item: Callable[[yaml.Node], Any], most: int | None = None) -> Callable[[yaml.Node], tuple[Any, ...]]:
    """Make a reader of a list of items, of at most `most` where that is given."""

    def read(node: yaml.Node) -> tuple[Any, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise FieldError(node, "expected a list")
        if most is not None and len(node.value) > most:
            raise FieldError(
                node, f"{len(node.value):,} entries; a note has at most {most}: split it into several notes"
            )
        return tuple(item(child) for child in node.value)

    return read


def record(
    build: Callable[..., Any],
    required: Mapping[str, Callable[[yaml.Node], Any]],
    optional: Mapping[str, Callable[[yaml.Node], Any]],
) -> Callable[[yaml.Node], Any]:
    """Make a reader of a mapping of fields.

    Parameters
    ----------
    build : callable
        Called with the fields that are there; a ValueError says that they do not go together, a MismatchError also which
        one to change.
    required, optional : mapping of str to callable
        The reader of each field.
    """
    fields = {**required, **optional}

    def read(node: yaml.Node) -> Any:  # noqa: ANN401 - the schema decides
        if not isinstance(node, yaml.MappingNode):
            raise FieldError(node, f"expected fields: {', '.join(required)}")
        counts = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        values = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise FieldError(key, f"a field has a plain name; known are {', '.join(fields)}")
            if key.value not in fields:
                raise FieldError(key, f"unknown field {shortened(key.value)}; known are {', '.join(fields)}")
            if counts[key.value] > 1:
                raise FieldError(key, "is there twice", (key.value,))
            try:
                values[key.value] = fields[key.value](value)
            except FieldError as error:
                error.path = (key.value, *error.path)
                raise
        if missing := [name for name in required if name not in values]:
            raise FieldError(node, f"missing: {', '.join(missing)}")
        return _built(build, values, node)

    return read


def _built(build: Callable[..., Any], values: Mapping[str, Any], node: yaml.MappingNode) -> Any:  # noqa: ANN401 - as above
    try:
        return build(**values)
    except MismatchError as error:
        place = next(value for key, value in node.value if key.value == error.field)
        raise FieldError(place, str(error), (error.field,)) from None
    except ValueError as error:
        raise FieldError(node, str(error)) from None
