"""Which addresses of the web may be fetched, and where they lead: never into a private network.

An address that somebody else wrote could lead to this machine or to its neighbours, which trust it. So a name is resolved here, each
of its addresses must be public, and the connection goes to the very address that was checked: a name that answers otherwise a
moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit

from sentiment import settings
from sentiment.errors import AddressError, FetchError
from sentiment.formatting import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_LENGTH: Final = 2_000
_PORTS: Final = {"http": 80, "https": 443}
_FIRST_FREE_PORT: Final = 1024
"""Below it lie mail, name and file servers, which a request could be made to speak to."""
_NAME: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\Z")
_NUMERIC: Final = re.compile(r"(?:0x[0-9a-f]*|\d+)\Z")
_NAT64: Final = IPv6Network("64:ff9b::/96")


class Place(NamedTuple):
    """An address in its plain spelling, and the addresses of machines that it leads to, all of them checked."""

    url: str
    host: str
    port: int
    machines: tuple[str, ...]


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a name, as the system knows them.

    Raises
    ------
    FetchError
        If it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"{host} is not found; check the address and the network") from None
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def place(url: str, resolve: Callable[[str, int], Sequence[str]] = resolved) -> Place:
    """Check an address, and find out where it leads.

    Parameters
    ----------
    url : str
        As somebody wrote it.
    resolve : callable
        Returns the machines of a host and port.

    Raises
    ------
    AddressError
        If it is no address of the web, or one of its machines is not public and the settings do not allow its host.
    FetchError
        If its name leads nowhere.
    """
    plain, scheme, host, port = _parts(url)
    literal = _literal(host)
    machines = (host,) if literal else tuple(resolve(host, port))
    allowed = not settings.fetch_allowed().isdisjoint({(host, None), (host, port)})
    if not allowed:
        if port != _PORTS[scheme] and port < _FIRST_FREE_PORT:
            raise AddressError(f"{shortened(url)} names port {port}, which is not one of the web; nothing was fetched")
        for machine in machines:
            if not _is_public(machine):
                raise AddressError(
                    f"{shortened(url)} leads to {machine}, which is not a public address; nothing was fetched "
                    f"({settings.FETCH_VARIABLE} allows a host of your own)"
                )
    return Place(plain, host, port, machines)


def own_place(url: str, resolve: Callable[[str, int], Sequence[str]] = resolved) -> Place:
    """Find out where an address leads that the settings of this server name: it may lie on this machine or in a private network.

    Raises
    ------
    AddressError
        If it is no address of the web, or leads into the open network without encryption.
    FetchError
        If its name leads nowhere.
    """
    plain, scheme, host, port = _parts(url)
    machines = (host,) if _literal(host) else tuple(resolve(host, port))
    if scheme == "http" and (open_one := next(filter(_is_public, machines), None)):
        raise AddressError(
            f"{host} leads to {open_one} in the open network, where all that is sent over http:// can be read; write https://"
        )
    return Place(plain, host, port, machines)


def plain(url: str) -> str:
    """Return an address of the web in its plain spelling, without asking anybody where it leads.

    Raises
    ------
    AddressError
        If it is none.
    """
    return _parts(url)[0]


def same_machine(one: str, other: str) -> bool:
    """Return whether two spellings are the address of one machine."""
    return _literal(one) is not None and _literal(one) == _literal(other)


def joined(base: str, link: str) -> str:
    """Return where a link on a page leads, without asking anybody."""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return ""


def is_web(text: str) -> bool:
    """Return whether a text is one address of the web, as a person would paste it."""
    return bool(re.fullmatch(r"https?://[^\s<>\"]+", text.strip(), re.IGNORECASE))


def _parts(url: str) -> tuple[str, str, str, int]:
    """Return an address in plain spelling with its scheme, host and port."""
    told = shortened(url)
    text = url.strip()
    if len(text) > MAX_LENGTH or any(not character.isprintable() or character.isspace() for character in text):
        raise AddressError(f"{told} is not an address: it is too long, or has a space or a line break in it")
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise AddressError(f"{told} is not a web address; write it as https://example.com/feed") from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise AddressError(f"{told} is not a web address; only http:// and https:// are fetched")
    if parts.username is not None or parts.password is not None:
        raise AddressError(f"{told} holds a user's name or a password; nothing is fetched with one")
    host = _plain_host(host, told)
    port = _PORTS[scheme] if port is None else port
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port == _PORTS[scheme] else f"{shown}:{port}"
    return urlunsplit((scheme, netloc, parts.path or "/", parts.query, "")), scheme, host, port


def _plain_host(host: str, told: str) -> str:
    """Return a host in small ASCII letters; one that only some programs read as a number is refused."""
    if _literal(host):
        return str(ip_address(host))
    try:
        name = host.encode("idna").decode("ascii").lower() if host else ""
    except UnicodeError:
        name = ""
    if not _NAME.fullmatch(name) or _NUMERIC.fullmatch(name.rpartition(".")[2]):
        raise AddressError(f"{told} names no host; write the address as https://example.com/feed")
    return name


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_public(machine: str) -> bool:
    """Return whether an address is one of the open network, also the IPv4 address that an IPv6 one carries inside."""
    address = _literal(machine)
    if address is None:
        return False
    inner = [address]
    if isinstance(address, IPv6Address):
        teredo = address.teredo or ()
        nat = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        carried = [address.ipv4_mapped, address.sixtofour, nat, *teredo]
        if any(carried):
            inner = [one for one in carried if one is not None]
    return all(
        one.is_global and not (one.is_multicast or one.is_reserved or one.is_unspecified or one.is_loopback)
        for one in inner
    )
