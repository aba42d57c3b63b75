"""The environment variables of this program and their values."""

from __future__ import annotations

import ipaddress
import math
import os
import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sentiment import logs
from sentiment.errors import SelectionError

if TYPE_CHECKING:
    from collections.abc import Callable

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
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=1)
_INTERVAL = re.compile(r"([0-9]{1,6})([smhd])")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
SECRET = "SENTIMENT_DATABASE_URL"  # noqa: S105 - the name of the variable
MAIL_VARIABLE = "SENTIMENT_MAIL_PASSWORD"
FETCH_VARIABLE = "SENTIMENT_FETCH_ALLOW"
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::([0-9]{1,5}))?")
ALERT_URLS_VARIABLE = "SENTIMENT_ALERT_URLS"
MODEL_VARIABLE, MODEL_URL_VARIABLE, MODEL_KEY_VARIABLE = (
    "SENTIMENT_MODEL",
    "SENTIMENT_MODEL_URL",
    "SENTIMENT_MODEL_KEY",
)
_MODEL_URL = re.compile(r"https?://(?P<host>[^\s/?#@\\]+)(?:/[^\s?#@\\]*)?", re.ASCII | re.IGNORECASE)
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
    """A variable: its default, its meaning, and a reader that raises if the value is invalid."""

    default: str
    meaning: str
    read: Callable[[], object] | None = None


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


def changes() -> Changes:
    """Return who may make changes on the page; by default anyone.

    The command line does not check this: its users can write the files anyway.

    Raises
    ------
    SelectionError
        If the variable has another value: a misspelt lock must not stay open.
    """
    value = os.environ.get(CHANGES_VARIABLE, "") or Changes.OPEN
    try:
        return Changes(value)
    except ValueError:
        raise SelectionError(f"{CHANGES_VARIABLE} is {value!r}; it is {', '.join(Changes)}") from None


def share() -> Share:
    """Return who is given figures that may not be passed on; by default this machine and who has signed in.

    Raises
    ------
    SelectionError
        If the variable has another value.
    """
    value = os.environ.get(SHARE_VARIABLE, "") or Share.SIGNED_IN
    try:
        return Share(value)
    except ValueError:
        raise SelectionError(f"{SHARE_VARIABLE} is {value!r}; it is {', '.join(Share)}") from None


def burst() -> float:
    """Return how many requests a client may make at once."""
    return number(BURST_VARIABLE, BURST, 1)


def rate() -> float:
    """Return how many requests a client may make a second; 0 means any number."""
    return number(RATE_VARIABLE, RATE, 0)


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


def watch_every() -> timedelta | None:
    """Return the time between two looks of the server at the watchlist; None if it leaves that to others."""
    text = os.environ.get(WATCH_VARIABLE, "") or WATCH
    return None if text == "0" else interval(text, WATCH_VARIABLE)


def fetch_allowed() -> frozenset[tuple[str, int | None]]:
    """Return the hosts of a private network that may be fetched all the same, each with its port or None; by default none.

    Raises
    ------
    SelectionError
        If one is neither a host nor a host with a port.
    """
    hosts = set()
    for name in filter(None, (part.strip().lower() for part in os.environ.get(FETCH_VARIABLE, "").split(","))):
        found = _HOST.fullmatch(name)
        if found is None:
            raise SelectionError(
                f"{FETCH_VARIABLE} names {name!r}; it is a list of hosts, such as wiki.intern,127.0.0.1:8080"
            )
        hosts.add((found[1].strip("[]"), int(found[2]) if found[2] else None))
    return frozenset(hosts)


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
    found = _MODEL_URL.fullmatch(url)
    if found is None:
        raise SelectionError(
            f"{MODEL_URL_VARIABLE} is no address such as http://localhost:11434/v1; a key goes into {MODEL_KEY_VARIABLE}"
        )
    if not _MODEL_NAME.fullmatch(name):
        raise SelectionError(f"{MODEL_VARIABLE} is {name[:100]!r}; it is the name of a model, without spaces")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SelectionError(f"{MODEL_KEY_VARIABLE} has a character that no key has; see that it was copied whole")
    return Model(name, url.rstrip("/"), found["host"].lower(), key)


def public_address() -> str:
    """Return the address under which viewers reach the dashboard, for links in messages.

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
    names = [name.strip() for name in os.environ.get(PROXIES_VARIABLE, "").split(",")]
    for name in filter(None, names):
        try:
            ipaddress.ip_network(name)
        except ValueError:
            raise SelectionError(
                f"{PROXIES_VARIABLE} names {name!r}; it is a list of IP addresses and networks, such as 127.0.0.1,10.0.0.0/8"
            ) from None
    return tuple(filter(None, names))


def _origins(variable: str) -> tuple[str, ...]:
    names = [name.strip().lower() for name in os.environ.get(variable, "").split(",")]
    for name in filter(None, names):
        if not _ORIGIN.fullmatch(name):
            raise SelectionError(
                f"{variable} names {name!r}; it is a list of origins without a path, such as https://news.example,http://localhost:3000"
            )
    return tuple(filter(None, names))


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


SETTINGS = {
    "SENTIMENT_DATA_DIR": Setting("the user's data folder", "Folder of the saved prices and notes"),
    SECRET: Setting("notes.sqlite in that folder", "Database of the notes: postgresql://user:password@host/database"),
    "SENTIMENT_OFFLINE": Setting("0", "1 asks no network at all", _offline),
    WATCH_VARIABLE: Setting(
        WATCH, "Time between two looks of the server at the watchlist, 1m to 1d; 0 leaves that to others", watch_every
    ),
    "SENTIMENT_WATCHLIST": Setting(
        "watchlist.txt in the data folder",
        "Assets of the watchlist, which are kept fresh; without list or file the bundled ones",
    ),
    "SENTIMENT_ALERTS": Setting("alerts.toml in the data folder", "File with the rules and channels of alerts"),
    ALERT_URLS_VARIABLE: Setting("none", "More channels of alerts: apprise URLs with blanks between them; a secret"),
    ADDRESS_VARIABLE: Setting(
        ADDRESS, "Address under which viewers reach the dashboard, for links in messages", public_address
    ),
    CHANGES_VARIABLE: Setting(
        "open",
        "Who may add notes and have prices fetched through the page: open, signed-in or read-only",
        changes,
    ),
    SHARE_VARIABLE: Setting(
        Share.SIGNED_IN,
        "Who besides this machine is given figures that their source does not let be passed on: signed-in or everyone",
        share,
    ),
    logs.VARIABLE: Setting("text", "Form of the log on standard error: text or json", logs.form),
    BURST_VARIABLE: Setting(f"{BURST:g}", "Requests that one client may make of the API at once", burst),
    RATE_VARIABLE: Setting(f"{RATE:g}", "Requests a second after that; 0 limits nobody", rate),
    PROXIES_VARIABLE: Setting(
        "none", "Proxies whose X-Forwarded-For names the client: IP addresses, networks", proxies
    ),
    CORS_VARIABLE: Setting(
        "none", "Origins whose pages may read the API, such as https://news.example: separated by commas", cors_origins
    ),
    FRAMES_VARIABLE: Setting(
        "any", "Origins whose pages may show a chart in a frame: separated by commas, or none", frame_ancestors
    ),
    CONTACT_VARIABLE: Setting(
        "none", "Name and e-mail address that sources which ask for a contact are told (SEC does)", contact
    ),
    FETCH_VARIABLE: Setting(
        "none", "Hosts of a private network that followed feeds and pages may lie on: host, host:port", fetch_allowed
    ),
    MAIL_VARIABLE: Setting("none", "Password of the mailbox that is followed"),
    MODEL_URL_VARIABLE: Setting(
        "none",
        "Address of a server of the OpenAI protocol whose model proposes calls: http://localhost:11434/v1",
        model,
    ),
    MODEL_VARIABLE: Setting("none", "Name of that model, as its server knows it"),
    MODEL_KEY_VARIABLE: Setting("none", "Key of that server, where it asks for one; a secret"),
    "SENTIMENT_VENV": Setting(".venv", "Environment that scripts/run and scripts/test make"),
}


def in_force() -> dict[str, str]:
    """Return the value of every variable, or its default; a URL without its password, and of secrets that they are set."""
    return {
        name: _without_password(name, os.environ.get(name, "")) or setting.default for name, setting in SETTINGS.items()
    }


def _without_password(name: str, text: str) -> str:
    if name in {MAIL_VARIABLE, ALERT_URLS_VARIABLE, MODEL_KEY_VARIABLE} and text:
        return "***"
    if name == MODEL_URL_VARIABLE and text and not _MODEL_URL.fullmatch(text.strip()):
        return "***"  # it may hold a key
    if name != SECRET or not text:
        return text
    scheme, _, rest = text.partition("://")
    return f"{scheme}://***@{rest.rpartition('@')[2].partition('?')[0]}" if "@" in rest else f"{scheme}://..."


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
        *(f"{name} is set, and nobody reads it; is it misspelt?" for name in sorted(ours - {*SETTINGS})),
    ]
