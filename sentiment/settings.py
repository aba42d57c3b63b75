"""Every variable of the environment that this program reads, and what it may hold."""

from __future__ import annotations

import math
import os
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sentiment import logs
from sentiment.errors import SelectionError

if TYPE_CHECKING:
    from collections.abc import Callable

BURST_VARIABLE, RATE_VARIABLE = "SENTIMENT_API_BURST", "SENTIMENT_API_RATE"
BURST, RATE = 120.0, 10.0
CHANGES_VARIABLE = "SENTIMENT_NOTES"
SECRET = "SENTIMENT_DATABASE_URL"  # noqa: S105 - the name of what may hold one


class Changes(StrEnum):
    """Who may make changes through the page: save notes and have prices fetched."""

    OPEN = "open"
    SIGNED_IN = "signed-in"
    READ_ONLY = "read-only"


class Setting(NamedTuple):
    """A variable: what holds without it, what it means, and how it is read (it raises where it cannot be)."""

    usual: str
    meaning: str
    read: Callable[[], object] | None = None


def number(variable: str, usual: float, least: float) -> float:
    """Read a number of requests.

    Raises
    ------
    SelectionError
        If the variable holds none.
    """
    text = os.environ.get(variable, "")
    try:
        value = float(text) if text else usual
    except ValueError:
        value = math.nan
    if not least <= value < math.inf:
        raise SelectionError(f"{variable} is {text!r}; it is a number of requests, {least:g} or more")
    return value


def changes() -> Changes:
    """Return who may make changes through the page; anyone, where nothing is set.

    The command line does not ask: who may run it on the machine may write the files as well.

    Raises
    ------
    SelectionError
        If the variable holds something else: a misspelt lock must not stand open.
    """
    value = os.environ.get(CHANGES_VARIABLE, "") or Changes.OPEN
    try:
        return Changes(value)
    except ValueError:
        raise SelectionError(f"{CHANGES_VARIABLE} is {value!r}; it is {', '.join(Changes)}") from None


def burst() -> float:
    """Return how many requests one client may make at once."""
    return number(BURST_VARIABLE, BURST, 1)


def rate() -> float:
    """Return how many requests one client may make a second; 0 is any number."""
    return number(RATE_VARIABLE, RATE, 0)


def _offline() -> None:
    if (text := os.environ.get("SENTIMENT_OFFLINE", "")) not in {"", "0", "1"}:
        raise SelectionError(f"SENTIMENT_OFFLINE is {text!r}; it is 1 to ask no network, or 0")


SETTINGS = {
    "SENTIMENT_DATA_DIR": Setting("the user's data folder", "Folder of the saved prices and notes"),
    SECRET: Setting("notes.sqlite in that folder", "Database of the notes: postgresql://user:password@host/database"),
    "SENTIMENT_OFFLINE": Setting("0", "1 asks no network at all", _offline),
    CHANGES_VARIABLE: Setting(
        "open",
        "Who may add notes and have prices fetched through the page: open, signed-in or read-only",
        changes,
    ),
    logs.VARIABLE: Setting("text", "Form of the log on standard error: text or json", logs.form),
    BURST_VARIABLE: Setting(f"{BURST:g}", "Requests that one client may make of the API at once", burst),
    RATE_VARIABLE: Setting(f"{RATE:g}", "Requests a second after that; 0 limits nobody", rate),
    "SENTIMENT_VENV": Setting(".venv", "Environment that scripts/run and scripts/test make"),
}


def in_force() -> dict[str, str]:
    """Give what is set, and what holds where nothing is; a URL without its password."""
    return {name: _shown(name, os.environ.get(name, "")) or one.usual for name, one in SETTINGS.items()}


def _shown(name: str, text: str) -> str:
    if name != SECRET or not text:
        return text
    scheme, _, rest = text.partition("://")
    return f"{scheme}://***@{rest.rpartition('@')[2].partition('?')[0]}" if "@" in rest else f"{scheme}://..."


def check() -> None:
    """Read every variable.

    Raises
    ------
    SelectionError
        If one holds what it cannot.
    """
    if found := _unreadable():
        raise found[0]


def _unreadable() -> list[SelectionError]:
    found = []
    for setting in SETTINGS.values():
        if setting.read is not None:
            try:
                setting.read()
            except SelectionError as error:
                found.append(error)
    return found


def misread() -> list[str]:
    """Say which variables hold what they cannot, and which have a name that nobody reads."""
    ours = {name for name in os.environ if name.startswith("SENTIMENT_") and not name.startswith("SENTIMENT_TEST_")}
    return [
        *map(str, _unreadable()),
        *(f"{name} is set, and nobody reads it; is it misspelt?" for name in sorted(ours - {*SETTINGS})),
    ]
