"""Whether a request comes from a page of this server."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sentiment.web.hosts import host_allowed

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOPBACK = {"localhost", "127.0.0.1"}  # Streamlit takes these names as its own


def own_origin(origin: str | None, host: str | None, allowed: Iterable[str]) -> bool:
    """Return whether an Origin header names this server; programs leave it out, which is allowed. Resolves no name."""
    if origin is None:
        return True
    try:
        origin_host, origin_name = urlsplit(origin).netloc.lower(), urlsplit(origin).hostname
        host_name = urlsplit(f"//{host or ''}").hostname
    except ValueError:
        return False
    if not host_allowed(origin_host, [*allowed] or ["*"]):
        return False
    same_port = origin_host.partition(":")[2] == (host or "").partition(":")[2]
    return origin_host == (host or "").lower() or ({origin_name, host_name} <= _LOOPBACK and same_port)
