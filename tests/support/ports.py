"""Ports of this machine: one that nobody listens on, and those that an application or a small server answers on."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator


def free() -> int:
    """Give a port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(app: Any, *, sockets: list[socket.socket] | None = None, **more: Any) -> Iterator[int]:
    """Serve an ASGI application with uvicorn on a thread of its own, on sockets that are bound already or its own; gives its port."""
    server = uvicorn.Server(uvicorn.Config(app, **{"port": 0, "lifespan": "off", "log_level": "error", **more}))
    thread = threading.Thread(target=server.run, args=(sockets,))
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:  # a thread that is left behind would keep the tests from ending
        server.should_exit = True
        thread.join(20)
    assert not thread.is_alive()


@contextmanager
def listening(server: Any) -> Iterator[Any]:
    """Run a server of `socketserver` on a thread of its own; its event `closing` ends whatever answer is still on its way."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
