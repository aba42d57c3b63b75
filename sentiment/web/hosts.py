"""The names that the server may be called by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Scope

_BLANK = re.compile(r"[\x00-\x20\x7f]")
_PLAIN = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)


def page_address(scope: Scope) -> str | None:
    """Return the address of the page as the client called the server; None where its Host is no plain name.

    Scheme and Host are those that a proxy in front passes on, where `settings.proxies` names it.
    """
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    return f"{scope['scheme']}://{host}{scope.get('root_path', '')}/" if _PLAIN.fullmatch(host) else None


def host_allowed(host: str | None, allowed: Iterable[str]) -> bool:
    """Return whether a Host header names this server, by the rules of Streamlit's ``server.allowedHosts``.

    An empty list allows any; ``*.example.com`` allows every name under it, ``*`` every valid one; ports do not count.
    """
    if host and _BLANK.search(host):  # `urlsplit` drops tabs and line ends: what it reads would not be what was sent
        return False
    patterns = [pattern.strip().lower().rstrip(".") for pattern in allowed]
    if not patterns:
        return True
    try:
        parts = urlsplit(f"//{host or ''}")
        _ = parts.port  # raises where it is no port
    except ValueError:
        return False
    name = (parts.hostname or "").lower().rstrip(".")
    if not name or "@" in parts.netloc or parts.path or parts.query or parts.fragment:
        return False
    return any(
        pattern in {"*", name} or (pattern.startswith("*.") and name.endswith(pattern.removeprefix("*")))
        for pattern in patterns
    )
