"""The environment variables of this program and their values."""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sentiment import environment, logs
from sentiment.errors import SelectionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

BURST_VARIABLE, RATE_VARIABLE = "SENTIMENT_API_BURST", "SENTIMENT_API_RATE"
BURST, RATE = 120.0, 10.0
CHANGES_VARIABLE = "SENTIMENT_NOTES"
SHARE_VARIABLE = "SENTIMENT_SHARE_PRICES"
PROXIES_VARIABLE = "FORWARDED_ALLOW_IPS"
"""uvicorn's own: it reads the variable itself."""
CONTACT_VARIABLE = "SENTIMENT_CONTACT"
CORS_VARIABLE = "SENTIMENT_CORS_ORIGINS"
FRAMES_VARIABLE = "SENTIMENT_FRAME_ANCESTORS"
WATCH_VARIABLE = "SENTIMENT_WATCH"
WATCH = "15m"
_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")
SECRET = "SENTIMENT_DATABASE_URL"  # noqa: S105 - the name of the variable
MAIL_VARIABLE = "SENTIMENT_MAIL_PASSWORD"
FETCH_VARIABLE = "SENTIMENT_FETCH_ALLOW"
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::([0-9]{1,5}))?")
ALERT_URLS_VARIABLE = "SENTIMENT_ALERT_URLS"
MODEL_VARIABLE, MODEL_URL_VARIABLE = "SENTIMENT_MODEL", "SENTIMENT_MODEL_URL"
MODEL_KEY_VARIABLE = "SENTIMENT_MODEL_KEY"
MODEL_URL_FORM = re.compile(r"https?://(?P<host>[^\s/?#@\\]+)(?:/[^\s?#@\\]*)?", re.ASCII | re.IGNORECASE)
_MODEL_NAME = re.compile(r"[\x21-\x7e]{1,100}")
ADDRESS_VARIABLE = "SENTIMENT_PUBLIC_ADDRESS"
ADDRESS = "http://localhost:8501/"


class Changes(StrEnum):
    """Who may make changes on the page: save notes and refresh prices."""

    OPEN = "open"
    SIGNED_IN = "signed-in"
    READ_ONLY = "read-only"


class Share(StrEnum):
    """Who is given figures that their source does not let be passed on, besides the machine that the server runs on."""

    SIGNED_IN = "signed-in"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Model:
    """A model that may propose calls: its name, the address of the server that runs it, and the key, which is never shown."""

    name: str
    url: str
    host: str
    key: str = field(default="", repr=False)


class Setting(NamedTuple):
    """A variable: its default, its meaning, whether it is never shown, and a reader that raises if the value is invalid."""

    default: str
    meaning: str
    secret: bool = False
    read: Callable[[], object] | None = None


def changes() -> Changes:
    """Return who may make changes on the page; by default anyone.

    The command line does not check this: its users can write the files anyway.

    Raises
    ------
    SelectionError
        If the variable has another value: a misspelt lock must not stay open.
    """
    return environment.choice(CHANGES_VARIABLE, Changes.OPEN)


def share() -> Share:
    """Return who is given figures that may not be passed on; by default this machine and who has signed in.

    Raises
    ------
    SelectionError
        If the variable has another value.
    """
    return environment.choice(SHARE_VARIABLE, Share.SIGNED_IN)


def burst() -> float:
    """Return how many requests a client may make at once."""
    return environment.number(BURST_VARIABLE, BURST, 1)


def rate() -> float:
    """Return how many requests a client may make a second; 0 means any number."""
    return environment.number(RATE_VARIABLE, RATE, 0)


def contact() -> str:
    """Return whom a source may turn to, as in "Jo Doe jo@example.com"; by default nobody. Only sources that ask for it are told.

    Raises
    ------
    SelectionError
        If it cannot be part of a request's header: it has other characters than printable ASCII, or parentheses.
    """
    text = os.environ.get(CONTACT_VARIABLE, "").strip()
    if not (text.isascii() and text.isprintable()) or set(text) & set("()"):
        raise SelectionError(
            f"{CONTACT_VARIABLE} is {text!r}; it is a name and an e-mail address in plain letters, such as 'Jo Doe jo@example.com'"
        )
    return text


def watch_every() -> timedelta | None:
    """Return the time between two looks of the server at the watchlist; None if it leaves that to others."""
    text = os.environ.get(WATCH_VARIABLE, "") or WATCH
    return None if text == "0" else environment.interval(text, WATCH_VARIABLE)


def fetch_allowed() -> frozenset[tuple[str, int | None]]:
    """Return the hosts of a private network that may be fetched all the same, each with its port or None; by default none.

    Raises
    ------
    SelectionError
        If one is neither a host nor a host with a port.
    """
    names = environment.names(FETCH_VARIABLE, _HOST.fullmatch, "hosts, such as wiki.intern,127.0.0.1:8080")
    hosts = (_HOST.fullmatch(name) for name in names)
    return frozenset((host[1].strip("[]"), int(host[2]) if host[2] else None) for host in hosts if host)


def mail_password() -> str:
    """Return the password of the mailbox that is followed; empty where none is set."""
    return os.environ.get(MAIL_VARIABLE, "")


def model() -> Model | None:
    """Return the model that may propose calls, the second reader; None, the default, for none.

    Raises
    ------
    SelectionError
        If only one of name and address is set, or one of them or the key has a form that none has; the key is not told.
    """
    name, url, key = (
        os.environ.get(variable, "").strip() for variable in (MODEL_VARIABLE, MODEL_URL_VARIABLE, MODEL_KEY_VARIABLE)
    )
    if not name and not url:
        return None
    if not name or not url:
        absent, present = (MODEL_VARIABLE, MODEL_URL_VARIABLE) if url else (MODEL_URL_VARIABLE, MODEL_VARIABLE)
        raise SelectionError(f"{present} is set and {absent} is not; a second reader needs both")
    found = MODEL_URL_FORM.fullmatch(url)
    if found is None:
        raise SelectionError(
            f"{MODEL_URL_VARIABLE} is not an address such as http://localhost:11434/v1; a key goes into {MODEL_KEY_VARIABLE}"
        )
    if not _MODEL_NAME.fullmatch(name):
        raise SelectionError(f"{MODEL_VARIABLE} is {name[:100]!r}; it is the name of a model, without spaces")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SelectionError(f"{MODEL_KEY_VARIABLE} has a character that no key has; check that it was copied whole")
    return Model(name, url.rstrip("/"), found["host"].lower(), key)


def public_address() -> str:
    """Return the address at which viewers reach the dashboard, for links in messages.

    Raises
    ------
    SelectionError
        If it is no address of a page.
    """
    text = os.environ.get(ADDRESS_VARIABLE, "").strip() or ADDRESS
    if not text.startswith(("http://", "https://")) or not text.isprintable() or set(text) & set(" ?#"):
        raise SelectionError(f"{ADDRESS_VARIABLE} is {text!r}; it is an address such as https://dash.example.com/")
    return f"{text.rstrip('/')}/"


def proxies() -> tuple[str, ...]:
    """Return the addresses and networks of the proxies whose ``X-Forwarded-*`` headers count; by default none.

    Raises
    ------
    SelectionError
        If one is neither an IP address nor a network: uvicorn would ignore it.
    """
    return environment.names(PROXIES_VARIABLE, _is_network, "IP addresses and networks, such as 127.0.0.1,10.0.0.0/8")


def _is_network(name: str) -> bool:
    try:
        ipaddress.ip_network(name)
    except ValueError:
        return False
    return True


def _origins(variable: str) -> tuple[str, ...]:
    return environment.names(
        variable, _ORIGIN.fullmatch, "origins without a path, such as https://news.example,http://localhost:3000"
    )


def cors_origins() -> tuple[str, ...]:
    """Return the origins whose pages may read the API; by default none.

    Raises
    ------
    SelectionError
        If one is no origin: each is named in full.
    """
    return _origins(CORS_VARIABLE)


def frame_ancestors() -> tuple[str, ...] | None:
    """Return the origins whose pages may show a chart in a frame, none of them for ``none``; None, the default, for any.

    Raises
    ------
    SelectionError
        If one is no origin.
    """
    text = os.environ.get(FRAMES_VARIABLE, "").strip()
    return () if text == "none" else _origins(FRAMES_VARIABLE) or None


def _offline() -> None:
    if (text := os.environ.get("SENTIMENT_OFFLINE", "")) not in {"", "0", "1"}:
        raise SelectionError(f"SENTIMENT_OFFLINE is {text!r}; it is 1 to ask no network, or 0")


_READERS: dict[str, Callable[[], object]] = {
    "SENTIMENT_OFFLINE": _offline,
    WATCH_VARIABLE: watch_every,
    ADDRESS_VARIABLE: public_address,
    CHANGES_VARIABLE: changes,
    SHARE_VARIABLE: share,
    logs.VARIABLE: logs.form,
    BURST_VARIABLE: burst,
    RATE_VARIABLE: rate,
    PROXIES_VARIABLE: proxies,
    CORS_VARIABLE: cors_origins,
    FRAMES_VARIABLE: frame_ancestors,
    CONTACT_VARIABLE: contact,
    FETCH_VARIABLE: fetch_allowed,
    MODEL_URL_VARIABLE: model,
}
SETTINGS = {
    name: Setting(**entry, read=_READERS.get(name))
    for name, entry in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}


def check() -> None:
    """Check every variable.

    Raises
    ------
    SelectionError
        For the first invalid value.
    """
    if errors := _errors():
        raise errors[0]


def _errors() -> list[SelectionError]:
    errors = []
    for setting in SETTINGS.values():
        if setting.read is not None:
            try:
                setting.read()
            except SelectionError as error:
                errors.append(error)
    return errors


def misread() -> list[str]:
    """Return a message for each variable with an invalid value, and for each with a name that is not ours."""
    ours = {name for name in os.environ if name.startswith("SENTIMENT_") and not name.startswith("SENTIMENT_TEST_")}
    return [
        *map(str, _errors()),
        *(f"{name} is set, but nothing reads it; is it misspelt?" for name in sorted(ours - {*SETTINGS})),
    ]
