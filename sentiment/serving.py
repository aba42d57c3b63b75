"""Streamlit's own server, which here hangs up on whoever does not finish a request or does not read the answer.

uvicorn has no bound for that, so a few hundred such clients could use up every file that it may open.
`python -m sentiment.serving run app.py` is `streamlit run app.py` with that bound; `sentiment run` starts it so.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from streamlit.web import cli
from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from sentiment.guard import PATIENCE

if TYPE_CHECKING:
    import asyncio

_log = logging.getLogger(__name__)


class _Seen(NamedTuple):
    """How far a connection was at a look: its last request, whether another one is due, and the bytes not yet taken."""

    request: object
    due: bool
    unsent: int


class Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type] # which of two it is depends on what is installed
    """uvicorn's protocol, with a look at each connection every `PATIENCE` seconds.

    Whoever has neither finished a request's headers since the last look nor taken any byte of an answer is hung up on. Bodies have
    the guard's own bound, a rest between two requests uvicorn's, and a websocket that has been opened its pings.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take the first look."""
        super().connection_made(transport)
        self._taken = False
        self._next = self.loop.call_later(PATIENCE, self._look, self._seen())

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        self._next.cancel()
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        """Note that enough was taken for more to be written."""
        self._taken = True
        super().resume_writing()

    def _seen(self) -> _Seen:
        due = self.cycle is None or self.cycle.response_complete
        return _Seen(self.cycle, due, self.transport.get_write_buffer_size() + _on_the_way(self.transport))

    def _look(self, before: _Seen) -> None:
        if self.transport.get_protocol() is not self:  # a websocket by now
            return
        now, taken = self._seen(), self._taken
        if now.unsent:
            stuck = 0 < before.unsent <= now.unsent and not taken
        else:
            stuck = now.due and before.due and now.request is before.request
        if stuck:
            _log.info("hung up on a client that did not %s", "read its answer" if now.unsent else "finish its request")
            self.transport.abort()
            return
        self._taken = False
        self._next = self.loop.call_later(PATIENCE, self._look, now)


def _on_the_way(transport: asyncio.Transport) -> int:
    """Return the bytes that the system holds for a client: it says only by the megabyte that some were taken."""
    if sys.platform == "win32":
        return 0
    import fcntl  # noqa: PLC0415 - not everywhere
    import termios  # noqa: PLC0415

    left = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(left, sys.byteorder)


def main(*arguments: Any) -> None:  # noqa: ANN401 - click's own
    """Run Streamlit's command with this protocol in place of uvicorn's choice."""
    HTTP_PROTOCOLS["auto"] = "sentiment.serving:Patient"
    cli.main(*arguments)


if __name__ == "__main__":
    sys.argv[0] = "streamlit"
    main()
