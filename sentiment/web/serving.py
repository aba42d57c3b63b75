"""Streamlit's own server, which here hangs up on whoever does not finish a request or does not read the answer.

uvicorn has no bound for that, so a few hundred such clients could use up every file that it may open.
`python -m sentiment.serving run app.py` is `streamlit run app.py` with that bound; `sentiment run` starts it so.
"""

from __future__ import annotations

import logging
import socket
import sys
from typing import TYPE_CHECKING, NamedTuple

from streamlit.web import cli
from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from sentiment.web.security import PATIENCE

if TYPE_CHECKING:
    import asyncio

LOOKS = 3
"""Looks at which a client must have taken nothing: a system may say by the megabyte only that its program reads slowly."""
FAREWELL = 5.0
"""Seconds that whoever is still reading has to get the rest when the server is told to stop."""
_INFO, _ACKED, _LEFT = 148, slice(120, 128), slice(144, 148)  # linux/tcp.h: tcpi_bytes_acked, tcpi_notsent_bytes
_log = logging.getLogger(__name__)


class _Seen(NamedTuple):
    """How far a connection was at a look."""

    request: object
    """The last one that came, or None."""
    due: bool
    """Whether another one is to come next."""
    taken: int | None
    """Bytes that the client took since it came, where some wait for it."""


class Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type] # which of two it is depends on what is installed
    """uvicorn's protocol, with a look at each connection every `PATIENCE` seconds.

    Whoever has not finished a request's headers since the last look is hung up on, and on Linux whoever took nothing of what waits for
    it at `LOOKS` looks in a row, also over a websocket. Bodies have the guard's own bound, and a rest between two requests uvicorn's.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take the first look."""
        super().connection_made(transport)
        self._next = self.loop.call_later(PATIENCE, self._look, self._seen(), 0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more, so that nothing of it is kept."""
        self._next.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Let the answer under way be finished, but not for ever."""
        super().shutdown()
        self.loop.call_later(FAREWELL, self.transport.abort)

    def _seen(self) -> _Seen:
        due = self.cycle is None or self.cycle.response_complete
        return _Seen(self.cycle, due, _taken(self.transport))

    def _look(self, before: _Seen, stalled: int) -> None:
        if self.transport.get_extra_info("socket").fileno() < 0:
            return
        now = self._seen()
        stalled = stalled + 1 if now.taken is not None and now.taken == before.taken else 0
        asks = self.transport.get_protocol() is self and now.taken is None  # no websocket, and nothing left to read
        unfinished = asks and now.due and before.due and now.request is before.request
        if unfinished or stalled == LOOKS:
            _log.info("hung up on a client that did not %s", "finish its request" if unfinished else "read its answer")
            self.transport.abort()
            return
        self._next = self.loop.call_later(PATIENCE, self._look, now, stalled)


def _taken(transport: asyncio.Transport) -> int | None:
    """Return the bytes that a client has taken, by its system's word; None if none wait for it or that cannot be told.

    Only that is a count of the whole connection: what uvicorn and asyncio still hold says nothing under TLS, and may be of another answer.
    """
    if sys.platform != "linux":
        return None
    try:
        told: bytes = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO)
    except OSError:  # no TCP
        return None
    if len(told) < _INFO or not int.from_bytes(told[_LEFT], sys.byteorder):
        return None
    return int.from_bytes(told[_ACKED], sys.byteorder)


def main() -> None:
    """Run Streamlit's command with this protocol in place of uvicorn's choice."""
    HTTP_PROTOCOLS["auto"] = "sentiment.web.serving:Patient"
    cli.main()


if __name__ == "__main__":
    sys.argv[0] = "streamlit"
    main()
