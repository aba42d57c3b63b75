"""How much text the controls of all screens may hold.

Streamlit keeps what a browser says that its controls hold, whatever their size. A message for which there is no room loses its large
values before Streamlit reads it, and the page says so.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from sentiment.web.security import limits
from sentiment.web.streamlit_state import without_large_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_ROOM_ON_SCREEN = "The long texts in the controls were not taken: this screen can hold no more. Reload the page, or send less at once."
NO_ROOM = (
    "The long texts in the controls were not taken: the screens of this server can hold no more text. They are kept on "
    "this screen; try again in a few minutes."
)
TOO_BIG = 1009  # of the websocket protocol
COPIES = 2  # Streamlit's websocket holds the last message, as it came and as it was read, until the next one

_log = logging.getLogger(__name__)
REFUSED: dict[str, str] = {}
"""Why a session's texts were not taken, until its page says so."""


def why_refused(session: str) -> str | None:
    """Return why the last message of a session lost its texts, once; None if it did not."""
    return REFUSED.pop(session, None)


class TextMiddleware:
    """Lets through messages of the controls as long as there is room for their texts.

    Parameters
    ----------
    app : ASGI application
        The server behind it.
    stored_text_bytes : callable
        Returns the bytes that controls hold now, by session.
    session_of : callable
        Returns the session of a websocket by its scope; empty before there is one.
    """

    def __init__(
        self, app: ASGIApp, stored_text_bytes: Callable[[], Mapping[str, int]], session_of: Callable[[Scope], str]
    ) -> None:
        self._app, self._stored, self._session_of = app, stored_text_bytes, session_of
        self.last_messages: dict[object, int] = {}  # bytes of each open screen's last message

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request as it is, and a websocket with its messages checked."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        screen, unmeasured = object(), 0
        scope = {**scope, "screen": screen}  # Streamlit keeps it with the session: the only link between the two

        async def next_message() -> Message:
            nonlocal unmeasured
            message = await receive()
            size = len(message.get("bytes") or b"")
            unmeasured += size
            if size and unmeasured > limits.UNMEASURED_TEXTS:
                unmeasured = 0
                message = await self.checked(message, scope, send)
            self.last_messages[screen] = COPIES * len(message.get("bytes") or b"")
            return message

        try:
            await self._app(scope, next_message, send)
        finally:
            self.last_messages.pop(screen, None)

    async def checked(self, message: Message, scope: Scope, send: Send) -> Message:
        """Return a message if there is room for it, otherwise without its large texts, or a closed connection."""
        held, size = await run_in_threadpool(self._stored), COPIES * len(message["bytes"])
        session = self._session_of(scope)
        others = sum(held.values()) + sum(self.last_messages.values()) - self.last_messages.get(scope["screen"], 0)
        full = held.get(session, 0) + size > limits.MAX_TEXTS_OF_SCREEN
        if not full and others + size <= limits.MAX_TEXTS:
            return message
        rest = without_large_values(message["bytes"], limits.SMALL_TEXT)
        if rest is None or len(rest) > limits.UNMEASURED_TEXTS:
            await send({"type": "websocket.close", "code": TOO_BIG, "reason": "no room for so much text"})
            return {"type": "websocket.disconnect", "code": TOO_BIG}
        _log.info(
            "a screen's texts were not taken: %s hold as much as they may", "its controls" if full else "all screens"
        )
        REFUSED[session] = NO_ROOM_ON_SCREEN if full else NO_ROOM
        while len(REFUSED) > limits.MAX_SCREENS:  # of sessions that never ran again
            REFUSED.pop(next(iter(REFUSED)), None)
        return {**message, "bytes": rest}
