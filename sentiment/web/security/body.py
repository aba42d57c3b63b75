"""Receiving a request's body up to a size, and within a time."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from sentiment.web.security import limits, refusals

if TYPE_CHECKING:
    from starlette.types import Message, Receive


class Body:
    """A body of at most `max_bytes`; each part must come within `CLIENT_TIMEOUT`, the whole within `BODY_TIMEOUT`."""

    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self._receive, self._max_bytes, self._received = receive, max_bytes, 0
        self._deadline = time.monotonic() + limits.BODY_TIMEOUT
        self.complete = False

    async def next(self) -> Message:
        """Return the next part.

        Raises
        ------
        BrokenOffError
            If it is late, or makes the body too large.
        """
        left = self._deadline - time.monotonic()
        try:
            # After the body, the only message to come is that the client disconnected.
            async with asyncio.timeout(None if self.complete else min(limits.CLIENT_TIMEOUT, left)):
                message = await self._receive()
        except TimeoutError:
            raise refusals.BrokenOffError(refusals.TOO_SLOW) from None
        self._received += len(message.get("body", b""))
        self.complete = not message.get("more_body", False)
        if self._received > self._max_bytes:
            raise refusals.BrokenOffError(refusals.TOO_LARGE)
        return message
