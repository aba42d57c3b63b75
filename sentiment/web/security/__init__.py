"""The middleware in front of the whole server: who may ask, how much a request may hold, and the headers of every answer.

Streamlit checks a foreign Origin by asking an outside service for its own address, which delays every viewer where there is
no network. So a request reaches Streamlit only if its Host and Origin are this server's, which is told without resolving a
name.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from sentiment import logs, settings
from sentiment.formatting import shortened
from sentiment.web.hosts import host_allowed
from sentiment.web.security import access_log, limits, refusals
from sentiment.web.security.access_log import SAFE_METHODS, UPLOADS, template
from sentiment.web.security.body import Body
from sentiment.web.security.framing import draws_one_chart
from sentiment.web.security.headers import HEADERS, policy
from sentiment.web.security.origins import own_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sentiment.web.security.refusals import Refusal

_BAD_PATH = re.compile(r"(^|[/\\])\.\.?([/\\]|$)|[\\\x00-\x1f\x7f]|%(2e|2f|5c|00)", re.IGNORECASE)
_log = logging.getLogger(__name__)


class SecurityMiddleware:
    """Lets through only requests that may reach the server, and adds the security headers to every answer.

    Parameters
    ----------
    app : ASGI application
        The server behind it.
    allowed_hosts : callable
        Returns the names under which the server may be called; none means any.
    max_upload_bytes : callable
        Returns the bytes that one upload may have.
    stored_upload_bytes : callable
        Returns the bytes of uploads that are stored now, by the session that sent them.
    scripts : iterable of str
        Digests of the inline scripts of the page.
    """

    def __init__(
        self,
        app: ASGIApp,
        allowed_hosts: Callable[[], Iterable[str]],
        max_upload_bytes: Callable[[], int],
        stored_upload_bytes: Callable[[], Mapping[str, int]],
        scripts: Iterable[str] = (),
    ) -> None:
        self._app, self._allowed_hosts = app, allowed_hosts
        self._max_upload_bytes, self._stored_upload_bytes = max_upload_bytes, stored_upload_bytes
        self._plain, self._framed = policy(scripts), policy(scripts, framed=True, ancestors=settings.frame_ancestors())
        self._incoming: Counter[str] = Counter()  # bytes of uploads under way, by session
        self._screens, self._max_screens = 0, limits.max_screens()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on; either way with our headers, and logged."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        if refusal is not None:
            _log.warning("a websocket was refused: %s", refusal.message)
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
            return
        self._screens += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._screens -= 1

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id, began, path = logs.begin(), time.perf_counter(), template(scope["path"])
        status = size = 0
        page_policy = await self._policy(scope)

        async def send_with_headers(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status, headers = message["status"], MutableHeaders(scope=message)
                for header, value in {**HEADERS, "Content-Security-Policy": page_policy}.items():
                    headers.setdefault(header, value)
                headers["X-Request-Id"] = request_id
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._refuse_or_pass(scope, receive, send_with_headers)
        except Exception:
            _log.exception("%s: the answer to %s failed", request_id, path)
            if status:  # the answer has begun: all that is left is to break off
                raise
            message = f"Something went wrong here; the log has the cause under {request_id}."
            await PlainTextResponse(message, 500)(scope, receive, send_with_headers)
        finally:
            access_log.write(scope["method"], path, status, (time.perf_counter() - began) * 1000, size)

    async def _policy(self, scope: Scope) -> str:
        query = scope["query_string"]
        if scope["path"] != "/" or b"embed" not in query:
            return self._plain
        return self._framed if await run_in_threadpool(draws_one_chart, query) else self._plain  # may read files

    async def _refuse_or_pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusals.answer(refusal, scope["path"])(scope, receive, send)
        elif scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
        else:
            await self._pass_with_body(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        path, headers, allowed = scope["path"], Headers(scope=scope), [*self._allowed_hosts()]
        host, origin = headers.get("host"), headers.get("origin")
        if path != "/healthz" and not host_allowed(host, allowed):  # a health check may know only the IP address
            return refusals.FOREIGN_HOST
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if unsafe and not own_origin(origin, host, allowed):
            texts = (ascii(shortened(str(header))) for header in (origin, host))
            _log.warning("the Origin %s is not that of the Host %s", *texts)
            return refusals.FOREIGN_ORIGIN
        # Refuse the page too: without its websocket it could not say why it stays empty.
        if (scope["type"] == "websocket" or path == "/") and self._screens >= self._max_screens:
            return refusals.TOO_MANY_SCREENS
        # Nothing under /api/ is a file, and the API explains unknown addresses itself.
        return refusals.BAD_ADDRESS if _BAD_PATH.search(path) and not path.startswith("/api/") else None

    async def _pass_with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request with a body if there is room for it."""
        max_bytes, headers = self._max_upload_bytes() + limits.FORM_OVERHEAD, Headers(scope=scope)
        session = _session(scope["path"])
        length = headers.get("content-length", "" if "transfer-encoding" in headers else "0")
        size = int(length[:20]) if length.isdecimal() else max_bytes
        refusal = refusals.TOO_LARGE if size > max_bytes else self._no_room(session, size)
        if refusal is not None:
            await refusals.answer(refusal, scope["path"])(scope, receive, send)
            return
        self._incoming[session] += size
        body = Body(receive, max_bytes)

        async def send_and_close(message: Message) -> None:
            # A client that is answered before its body is complete could go on sending unread.
            if message["type"] == "http.response.start" and not body.complete:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        try:
            await self._app(scope, body.next, send_and_close if size else send)
        except refusals.BrokenOffError as error:
            await refusals.answer(error.refusal, scope["path"])(scope, receive, send)
        finally:
            self._incoming -= Counter({session: size})  # also drops sessions at zero

    def _no_room(self, session: str, size: int) -> Refusal | None:
        if not size:  # such as a request to remove a file
            return None
        after = self._incoming + Counter(self._stored_upload_bytes()) + Counter({session: size})
        if session and after[session] > limits.MAX_UPLOADS_OF_SCREEN:
            return refusals.SCREEN_FULL
        return refusals.SERVER_FULL if after.total() > limits.MAX_UPLOADS else None


def _session(path: str) -> str:
    """Return the session that an upload belongs to, from its address; empty for any other request."""
    return path.removeprefix(UPLOADS).partition("/")[0] if path.startswith(UPLOADS) else ""
