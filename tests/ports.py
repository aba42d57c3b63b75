"""A port that nobody listens on, for a server of a test or for a call that nobody is to answer."""

from __future__ import annotations

import socket


def free() -> int:
    """Give a port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
