"""The arguments of a tool: those of the addresses of the API, read by the same rules, and how many rows are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sentiment.errors import SelectionError
from sentiment.formatting import shortened
from sentiment.web.api.parameters import PARAMETERS, parameters_of
from sentiment.web.api.queries import decode_query, parse_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sentiment.web.api.parameters import Parameter
    from sentiment.web.api.queries import ApiRequest

LIMIT = "limit"
ROWS, MOST_ROWS = 50, 500
"""Rows that an answer has at most: without `LIMIT`, and with it. An assistant has to read all of them."""
LIMIT_SCHEMA: dict[str, Any] = {
    "type": "integer",
    "minimum": 1,
    "maximum": MOST_ROWS,
    "default": ROWS,
    "description": "Most rows of the answer.",
}
_WITHOUT_EFFECT = frozenset({"seed"})
_FIXED = frozenset({"range", "horizon"})
"""Parameters whose choices never change while the server runs; those of others are named where one is missed."""


def parameters(name: str) -> dict[str, Parameter]:
    """Return the parameters of a table (or the badge) by the names of their arguments."""
    named = (parameter for parameter in parameters_of(name) if parameter not in _WITHOUT_EFFECT)
    return {PARAMETERS[parameter].name or parameter: PARAMETERS[parameter] for parameter in named}


def properties(name: str) -> dict[str, Any]:
    """Return the JSON schema of each argument of a table (or the badge)."""
    return {argument: _schema(argument, parameter) for argument, parameter in parameters(name).items()}


def _schema(name: str, parameter: Parameter) -> dict[str, Any]:
    schema = {**parameter.schema, "description": parameter.description, "examples": [parameter.example]}
    if name in _FIXED and parameter.choices is not None:
        choices = list(parameter.choices())
        schema["enum"] = [int(choice) for choice in choices] if schema["type"] == "integer" else choices
    return schema


def read(name: str, arguments: Mapping[str, Any], *others: str) -> ApiRequest:
    """Read the arguments of a table (or the badge), apart from `others`, which the tool has besides.

    Raises
    ------
    SelectionError, ProblemError
        Naming what is wrong, and what there is to choose from.
    """
    known = parameters(name)
    pairs = given(arguments, (*known, *others))
    texts = [(argument, _text(argument, value, known[argument])) for argument, value in pairs if argument in known]
    return parse_query(name, "json", decode_query(urlencode(texts).encode()))


def given(arguments: Mapping[str, Any], known: Iterable[str]) -> list[tuple[str, Any]]:
    """Return the arguments that have a value; null stands for none.

    Raises
    ------
    SelectionError
        If the tool has no argument of one of these names.
    """
    names = tuple(known)
    if unknown := [name for name in arguments if name not in names]:
        raise SelectionError(f"there is no argument {shortened(unknown[0])}; there are: {', '.join(names)}")
    return [(name, value) for name, value in arguments.items() if value is not None]


def _text(name: str, value: object, parameter: Parameter) -> str:
    """Return a value as an address has it."""
    if isinstance(value, str):
        return value
    if parameter.schema["type"] == "integer" and (number := _whole(value)) is not None:
        return str(number)
    kind = "a whole number" if parameter.schema["type"] == "integer" else "a text"
    raise SelectionError(f"{name} is {shortened(repr(value))}; it is {kind} such as {parameter.example}")


def _whole(value: object) -> int | None:
    """Return a whole number, which JSON may write 30 or 30.0; None for anything else."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def limit(arguments: Mapping[str, Any]) -> int:
    """Return how many rows are wanted at most.

    Raises
    ------
    SelectionError
        If it is no whole number from 1 to `MOST_ROWS`.
    """
    value = arguments.get(LIMIT)
    if value is None:
        return ROWS
    number = _whole(value)
    if number is None or not 1 <= number <= MOST_ROWS:
        raise SelectionError(f"{LIMIT} is {shortened(repr(value))}; it is a whole number from 1 to {MOST_ROWS}")
    return number
