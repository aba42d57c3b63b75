"""Streamlit's server, which also disconnects clients that do not finish a request or do not read the answer.

uvicorn has no such limit, so a few hundred slow clients could use up every file that it may open.
`python -m sentiment.web.serving run app.py` is `streamlit run app.py` with the limit; `sentiment run` starts it.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from typing import TYPE_CHECKING, NamedTuple

from streamlit.web import cli
from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from sentiment.settings import PROXIES_VARIABLE
from sentiment.web.security.limits import CLIENT_TIMEOUT, MAX_MESSAGE

if TYPE_CHECKING:
    import asyncio

STALLED_CHECKS = 3
"""Checks in a row without progress after which a client is disconnected: a slow reader's system may acknowledge by the megabyte."""
SHUTDOWN_TIMEOUT = 5.0
"""Seconds in which clients can read the rest of their answers when the server stops."""
# Only the kernel knows what a client has acknowledged, and Python does not unpack its struct tcp_info (linux/tcp.h):
# tcpi_bytes_acked and tcpi_notsent_bytes by their offsets.
_INFO, _ACKED, _UNSENT = 148, slice(120, 128), slice(144, 148)
_log = logging.getLogger(__name__)


class _Progress(NamedTuple):
    """How far a connection has come.

    Attributes
    ----------
    request : object
        The last request, or None.
    idle : bool
        Whether the server waits for a request.
    acknowledged : int, optional
        Bytes that the client has received in all; None if none wait for it.
    """

    request: object
    idle: bool
    acknowledged: int | None


class SlowClientProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type] # which of two depends on what is installed
    """uvicorn's protocol, with a check of each connection every `CLIENT_TIMEOUT` seconds.

    A client is disconnected if it has not finished the headers of a request since the last check, and on Linux if it has received
    nothing of a waiting answer at `STALLED_CHECKS` checks in a row, also over a websocket. `SecurityMiddleware` limits bodies, and
    uvicorn the time between two requests.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Start the checks, and send every part of an answer at once."""
        super().connection_made(transport)
        self.config.ws_max_size = MAX_MESSAGE  # Streamlit would take as much as it may send
        _without_delay(transport)
        self._next = self.loop.call_later(CLIENT_TIMEOUT, self._check, self._progress(), 0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the checks."""
        self._next.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Let the current answer finish, within `SHUTDOWN_TIMEOUT`."""
        super().shutdown()
        self.loop.call_later(SHUTDOWN_TIMEOUT, self.transport.abort)

    def _progress(self) -> _Progress:
        idle = self.cycle is None or self.cycle.response_complete
        return _Progress(self.cycle, idle, _acknowledged(self.transport))

    def _check(self, before: _Progress, stalled: int) -> None:
        if self.transport.get_extra_info("socket").fileno() < 0:
            return
        now = self._progress()
        stalled = stalled + 1 if now.acknowledged is not None and now.acknowledged == before.acknowledged else 0
        # Neither a websocket nor an answer that still waits to be read.
        asking = self.transport.get_protocol() is self and now.acknowledged is None
        unfinished = asking and now.idle and before.idle and now.request is before.request
        if unfinished or stalled == STALLED_CHECKS:
            _log.info(
                "disconnected a client that did not %s", "finish its request" if unfinished else "read its answer"
            )
            self.transport.abort()
            return
        self._next = self.loop.call_later(CLIENT_TIMEOUT, self._check, now, stalled)


def _without_delay(transport: asyncio.Transport) -> None:
    """Switch off Nagle's algorithm, which holds back the body of an answer until the client acknowledges the headers.

    asyncio does so only for sockets whose protocol number is TCP's, and Streamlit binds one with the number 0.
    """
    connection = transport.get_extra_info("socket")
    if connection.family in {socket.AF_INET, socket.AF_INET6}:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _acknowledged(transport: asyncio.Transport) -> int | None:
    """Return the bytes that a client's system has acknowledged; None if no bytes wait for it, or the system cannot tell.

    Only this counts the whole connection: the buffers of uvicorn and asyncio say nothing under TLS, and may belong to another answer.
    """
    if sys.platform != "linux":
        return None
    try:
        info: bytes = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO)
    except OSError:  # not TCP
        return None
    if len(info) < _INFO or not int.from_bytes(info[_UNSENT], sys.byteorder):
        return None
    return int.from_bytes(info[_ACKED], sys.byteorder)


def main() -> None:
    """Run Streamlit's command with `SlowClientProtocol` as uvicorn's protocol, trusting no proxy that is not named."""
    os.environ.setdefault(PROXIES_VARIABLE, "")  # uvicorn's own default trusts every program on this machine
    HTTP_PROTOCOLS["auto"] = "sentiment.web.serving:SlowClientProtocol"
    cli.main()


if __name__ == "__main__":
    sys.argv[0] = "streamlit"
    main()
