"""The forms that values of environment variables have: a number, one of a few words, a list of names, a time."""

from __future__ import annotations

import math
import os
import re
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from sentiment.errors import SelectionError

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=1)
_INTERVAL = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
Choice = TypeVar("Choice", bound=StrEnum)


def number(variable: str, default: float, least: float) -> float:
    """Return a variable's number of requests.

    Raises
    ------
    SelectionError
        If the value is not a number of at least `least`.
    """
    text = os.environ.get(variable, "")
    try:
        value = float(text) if text else default
    except ValueError:
        value = math.nan
    if not least <= value < math.inf:
        raise SelectionError(f"{variable} is {text!r}; it is a number of requests, {least:g} or more")
    return value


def choice(variable: str, default: Choice) -> Choice:
    """Return the word that a variable holds.

    Raises
    ------
    SelectionError
        If it is none of the type of `default`.
    """
    value, choices = os.environ.get(variable, "") or default, type(default)
    try:
        return choices(value)
    except ValueError:
        raise SelectionError(f"{variable} is {value!r}; it is {', '.join(choices)}") from None


def names(variable: str, valid: Callable[[str], object], form: str) -> tuple[str, ...]:
    """Return the names that a variable holds with commas between them; `form` says in a message what they are.

    Raises
    ------
    SelectionError
        If one is not `valid`.
    """
    held = tuple(filter(None, (part.strip().lower() for part in os.environ.get(variable, "").split(","))))
    for name in held:
        if not valid(name):
            raise SelectionError(f"{variable} names {name!r}; it is a list of {form}")
    return held


def interval(text: str, name: str) -> timedelta:
    """Read a time between two looks, such as 15m; `name` is what the user set.

    Raises
    ------
    SelectionError
        If it has another form, or is not between `SHORTEST` and `LONGEST`.
    """
    found = _INTERVAL.fullmatch(text.strip())
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    if not SHORTEST <= length <= LONGEST:
        raise SelectionError(f"{name} is {text!r}; it is a time from 1m to 1d, such as 15m or 2h")
    return length
