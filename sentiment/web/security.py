"""What stands in front of the whole server: who may ask, how much a request may hold, and the headers of every answer.

Streamlit checks a foreign Origin by asking an outside service for its own address, which holds up every viewer where there
is no network. So nothing reaches it here whose Host or Origin is not this server's, and no name is resolved to tell.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import re
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response

from sentiment import logs
from sentiment.formatting import shortened
from sentiment.web import links
from sentiment.web.api.addresses import ADDRESSES, BASE
from sentiment.web.api.health import HEALTH
from sentiment.web.api.problems import ProblemError
from sentiment.web.hosts import host_allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRAMING = 64 * 2**10
"""Bytes that a form may add around an uploaded file."""
MOST_HELD = 64 * 2**20
"""Bytes of uploads that are kept for all viewers together."""
MOST_OF_ONE = 8 * 2**20
"""Bytes of them that are kept for one screen, so that none takes the room of all."""
MOST_SOCKETS = 500
"""Screens that may be open at once; each holds the state of its controls."""
FILES_OF_ONE, FILES_OF_ALL = 4, 512
"""Files that a screen has open (its websocket, and the event loop that Streamlit makes for it), and all else: the loops of 128
screens that left are kept for two minutes, and there are requests, prices and notes."""
PATIENCE, LONGEST = 20.0, 300.0
"""Seconds in which the next part of a request's body must come, and the whole of it."""

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
LOOPBACK = {"localhost", "127.0.0.1"}
"""Names that Streamlit takes for its own without asking anybody."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY = (
    "default-src 'self'",
    "script-src 'self' blob:{scripts}",  # blob: is how Streamlit loads a component that came without a file
    "style-src 'self' 'unsafe-inline'",  # Streamlit and plotly write their styles as they draw
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",  # the websocket of the page is 'self', too
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)
_UNFRAMED = ("frame-ancestors 'self'",)
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_CLIMBING = re.compile(r"(^|[/\\])\.\.?([/\\]|$)|[\\\x00-\x1f\x7f]|%(2e|2f|5c|00)", re.IGNORECASE)
_UPLOADS = "/_stcore/upload_file/"
_TEMPLATES = ("/api/", _UPLOADS, "/_stcore/", "/media/", "/component/", "/static/", "/auth/")
_KNOWN = {*ADDRESSES, *HEALTH, BASE, f"{BASE}openapi.json", "/api", "/api/", "/api/v1", "/"}
_FAILED = 400
_log = logging.getLogger(__name__)


class _Refusal(NamedTuple):
    """How a request is refused: the status, and the words for whoever asked."""

    status: int
    words: str


class _BrokenOffError(Exception):
    """A body came too slowly, or too much of it."""

    def __init__(self, refusal: _Refusal) -> None:
        super().__init__(refusal.words)
        self.refusal = refusal


_TOO_MUCH = _Refusal(413, "The file is larger than this server takes.")
_TOO_SLOW = _Refusal(408, "The rest of the request did not come in time.")
_FULL = _Refusal(503, "This server holds as many uploads as it takes; close other screens, or try again later.")
_ENOUGH = _Refusal(413, "This screen holds as many uploads as one may; remove some of them, or load the page anew.")
_CLIMBS = _Refusal(400, "The address climbs out of its folder, or holds what no address of ours does.")
_CROWDED = _Refusal(503, "As many screens are open as this server holds; close one, or try again in a minute.")
_FOREIGN_HOST = _Refusal(403, "The Host header names no host that this server answers for (server.allowedHosts).")
_FOREIGN_ORIGIN = _Refusal(403, "A page of another site asked; a proxy in front must pass the Host on as it came.")


def policy(scripts: Iterable[str] = (), *, framed: bool = False) -> str:
    """Write the Content-Security-Policy of a page.

    Parameters
    ----------
    scripts : iterable of str
        Digests of the scripts that stand in the page itself.
    framed : bool
        Whether any site may show it in a frame.
    """
    allowed = "".join(f" '{one}'" for one in scripts)
    # Left out where any page may frame it: an asterisk would shut out those without an address, such as a local file.
    return "; ".join((*_POLICY, *(() if framed else _UNFRAMED))).format(scripts=allowed)


def scripts_in(page: Path) -> tuple[str, ...]:
    """Give the digests of the scripts that stand in an HTML file, as a policy names them."""
    inline = _INLINE.findall(page.read_text("utf-8"))
    return tuple(f"sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}" for one in inline)


def own_origin(origin: str | None, host: str | None, allowed: Iterable[str]) -> bool:
    """Tell whether an Origin header names this server, or is missing as programs leave it out; resolves no name."""
    if origin is None:
        return True
    try:
        asked_by, name = urlsplit(origin).netloc.lower(), urlsplit(origin).hostname
        called = urlsplit(f"//{host or ''}").hostname
    except ValueError:
        return False
    if not host_allowed(asked_by, [*allowed] or ["*"]):
        return False
    local = {name, called} <= LOOPBACK and asked_by.partition(":")[2] == (host or "").partition(":")[2]
    return asked_by == (host or "").lower() or local


def most_screens() -> int:
    """Return how many screens may be open at once: `MOST_SOCKETS`, or fewer where the machine lets a process open few files."""
    if sys.platform == "win32":  # has no such limit
        return MOST_SOCKETS
    import resource  # noqa: PLC0415 - not everywhere

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = max(1, (files - FILES_OF_ALL) // FILES_OF_ONE)
    if files == resource.RLIM_INFINITY or room >= MOST_SOCKETS:
        return MOST_SOCKETS
    _log.warning("%d files may be open here (ulimit -n); the server holds %d of %d screens", files, room, MOST_SOCKETS)
    return room


class Guard:
    """Middleware that lets through only what may reach the server, and puts its headers on every answer.

    Parameters
    ----------
    app : ASGI application
        What stands behind it.
    allowed_hosts : callable
        Gives the names that the server may be called by; none means any.
    most_bytes : callable
        Gives the bytes that one upload may have.
    held : callable
        Gives the bytes of uploads that are kept now, by the session that sent them.
    scripts : iterable of str
        Digests of the scripts that stand in the page itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        allowed_hosts: Callable[[], Iterable[str]],
        most_bytes: Callable[[], int],
        held: Callable[[], Mapping[str, int]],
        scripts: Iterable[str] = (),
    ) -> None:
        self._app, self._allowed_hosts = app, allowed_hosts
        self._most_bytes, self._held = most_bytes, held
        self._plain, self._framed = policy(scripts), policy(scripts, framed=True)
        self._coming: Counter[str] = Counter()  # bytes of uploads under way, by session
        self._sockets, self._most_sockets = 0, most_screens()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on; either way with our headers, and written down."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope)
        if refused is not None:
            _log.warning("a websocket was refused: %s", refused.words)
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
            return
        self._sockets += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._sockets -= 1

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, began, path = logs.begin(), time.perf_counter(), scope["path"]
        status = size = 0

        async def sent(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status, headers = message["status"], MutableHeaders(scope=message)
                for header, value in {**HEADERS, "Content-Security-Policy": self._policy(scope)}.items():
                    headers.setdefault(header, value)
                headers["X-Request-Id"] = name
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._passed(scope, receive, sent)
        except Exception:
            _log.exception("%s: the answer to %s failed", name, template(path))
            if status:  # half of an answer is sent: all that is left is to break off
                raise
            words = f"Something went wrong here; the log has the cause under {name}."
            await PlainTextResponse(words, 500)(scope, receive, sent)
        finally:
            _written_down(scope["method"], template(path), status, (time.perf_counter() - began) * 1000, size)

    def _policy(self, scope: Scope) -> str:
        query = parse_qs(scope["query_string"][: links.MAX_QUERY].decode("latin-1"))
        # One chart has nothing to press; the whole page in a foreign frame could be pressed for its viewer.
        return self._framed if query.get("embed") == ["true"] and "chart" in query else self._plain

    async def _passed(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope)
        if refused is not None:
            await _answer(refused, scope["path"])(scope, receive, send)
        elif scope["method"] in SAFE:
            await self._app(scope, receive, send)
        else:
            await self._taken_in(scope, receive, send)

    def _refused(self, scope: Scope) -> _Refusal | None:
        path, headers, allowed = scope["path"], Headers(scope=scope), [*self._allowed_hosts()]
        host, origin = headers.get("host"), headers.get("origin")
        if path != "/healthz" and not host_allowed(host, allowed):  # whoever looks after it may know only its number
            return _FOREIGN_HOST
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE
        if unsafe and not own_origin(origin, host, allowed):
            said = (ascii(shortened(str(one))) for one in (origin, host))
            _log.warning("the Origin %s is not that of the Host %s", *said)
            return _FOREIGN_ORIGIN
        # The page without its websocket could not say why there is nothing on it.
        if (scope["type"] == "websocket" or path == "/") and self._sockets >= self._most_sockets:
            return _CROWDED
        # Nothing under /api/ is a file, and an address that is none is told there in its own words.
        return _CLIMBS if _CLIMBING.search(path) and not path.startswith("/api/") else None

    async def _taken_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request with a body, as long as there is room for it."""
        most, headers, session = self._most_bytes() + FRAMING, Headers(scope=scope), _session(scope["path"])
        said = headers.get("content-length", "" if "transfer-encoding" in headers else "0")
        coming = int(said[:20]) if said.isdecimal() else most
        refused = _TOO_MUCH if coming > most else self._no_room(session, coming)
        if refused is not None:
            await _answer(refused, scope["path"])(scope, receive, send)
            return
        self._coming[session] += coming
        body = _Body(receive, most)

        async def closing(message: Message) -> None:
            # Who is answered before all of it came may otherwise go on sending, unread and without an end.
            if message["type"] == "http.response.start" and not body.whole:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        try:
            await self._app(scope, body.next, closing if coming else send)
        except _BrokenOffError as error:
            await _answer(error.refusal, scope["path"])(scope, receive, send)
        finally:
            self._coming -= Counter({session: coming})  # drops who has nothing left

    def _no_room(self, session: str, coming: int) -> _Refusal | None:
        if not coming:  # such as to remove a file
            return None
        after = self._coming + Counter(self._held()) + Counter({session: coming})
        if session and after[session] > MOST_OF_ONE:
            return _ENOUGH
        return _FULL if after.total() > MOST_HELD else None


class _Body:
    """A body that is received up to so many bytes, and waited for only so long at each of its parts and in all."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most, self._came = receive, most, 0
        self._until = time.monotonic() + LONGEST
        self.whole = False

    async def next(self) -> Message:
        try:
            # After the body, only that somebody went away comes.
            async with asyncio.timeout(None if self.whole else min(PATIENCE, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            raise _BrokenOffError(_TOO_SLOW) from None
        self._came, self.whole = self._came + len(message.get("body", b"")), not message.get("more_body", False)
        if self._came > self._most:
            raise _BrokenOffError(_TOO_MUCH)
        return message


def _session(path: str) -> str:
    """Return the session that a file is sent for, as its address has it; none for any other request."""
    return path.removeprefix(_UPLOADS).partition("/")[0] if path.startswith(_UPLOADS) else ""


def _answer(refused: _Refusal, path: str) -> Response:
    if refused is _FOREIGN_HOST and path.startswith("/api/"):
        return ProblemError("host", refused.words).response(path)
    return PlainTextResponse(refused.words, refused.status, {"Cache-Control": "no-store", "Connection": "close"})


def template(path: str) -> str:
    """Return an address as the log has it: without what names a session, a file or anything that was made up."""
    if path in _KNOWN:
        return path
    return next((f"{one}*" for one in _TEMPLATES if path.startswith(one)), "/*")


def _written_down(method: str, path: str, status: int, milliseconds: float, size: int) -> None:
    ours = path in _KNOWN - {"/"} or path == "/api/*" or status >= _FAILED or method not in SAFE
    told = {"method": method, "path": path, "status": status, "ms": round(milliseconds, 1), "bytes": size}
    words = f"{method} {path} {status} in {milliseconds:.0f} ms, {size:,} bytes"
    _log.log(logging.INFO if ours else logging.DEBUG, "%s", words, extra={"told": told})
