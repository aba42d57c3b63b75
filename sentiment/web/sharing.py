"""Who may have figures that their source does not let be passed on: the one decision for the API, the page, the report and frames.

The machine that the server runs on may, whoever has signed in may, and everyone where the operator says so.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sentiment import settings
from sentiment.settings import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Headers = Iterable[tuple[str, str]]

VARY = ("Cookie", "Host", "Forwarded", "Via", "X-Forwarded-For")
"""Headers that decide, as an answer names them. The client's address decides too: such an answer must also be private."""
_PASSED_ON = ("forwarded", "via", "x-forwarded", "x-real-", "x-original-", "x-client-", "x-cluster-", "x-envoy-", "x-amzn-trace",
    "cf-", "cdn-", "client-ip", "true-client-ip", "fly-", "fastly-", "x-appengine-", "x-azure-", "tailscale-", "ngrok-", "x-proxy")  # fmt: skip
"""How the names of headers begin that proxies and tunnels add."""


def may_have_all(client: str | None, headers: Headers, signed_in: Callable[[], bool]) -> bool:
    """Return whether who asks may have every figure.

    Parameters
    ----------
    client : str or None
        The address that the connection comes from.
    headers : iterable of (name, value)
        Those of the request; a name may come twice.
    signed_in : callable
        Asked only where it decides: whether who asks has signed in.
    """
    return settings.share() is Share.EVERYONE or is_own_machine(client, headers) or signed_in()


def is_own_machine(client: str | None, headers: Headers) -> bool:
    """Return whether a request comes from a program on the server's own machine, and was passed on by nobody.

    A proxy or tunnel on this machine connects from a loopback address too. It is known by the name that was asked for, or by
    what it adds to the headers.
    """
    named = [(name.lower(), value) for name, value in headers]
    hosts = [value for name, value in named if name == "host"]
    return (
        _is_loopback(client)
        and len(hosts) == 1
        and _names_this_machine(hosts[0])
        and not any(name.startswith(_PASSED_ON) for name, _ in named)
    )


def _is_loopback(address: str | None) -> bool:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def _names_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name.rstrip(".") == "localhost" or _is_loopback(name)
