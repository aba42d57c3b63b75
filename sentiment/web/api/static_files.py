"""Streamlit's own scripts and styles, compressed once each: a first visit loads 2.6 MB instead of 7.7."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders

from sentiment.web.api.negotiation import accepts_gzip

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FOLDER = "/static/"
_TEXT = ("text/", "application/javascript", "application/json", "image/svg")


class StaticFilesMiddleware:
    """Middleware that caches the compressed bytes of files that never change, and passes everything else on.

    Only answers marked immutable are cached, as Streamlit marks files with a hash in their name, so the cache never
    holds more entries than there are files.

    Parameters
    ----------
    app : ASGI application
        The application behind it, which has the files.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._responses: dict[str, list[Message]] = {}
        self._compressing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a compressed file, or pass it on."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _wants_whole_gzip(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        if not path.startswith(_FOLDER):
            await self._app(scope, receive, send)
            return
        answer = self._responses.get(path)
        if answer is None:
            async with self._compressing:  # many first visitors wait for one compression
                answer = self._responses.get(path) or await self._fetch(scope, receive)
                if _is_cacheable(answer):
                    self._responses[path] = answer
        for message in answer:
            # A copy, because the middleware in front adds headers for this viewer alone.
            await send({**message, "headers": list(message["headers"])} if "headers" in message else message)

    async def _fetch(self, scope: Scope, receive: Receive) -> list[Message]:
        """Read the file, and compress it where it is text that never changes."""
        answer: list[Message] = []

        async def collect(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, collect)
        headers = MutableHeaders(raw=answer[0]["headers"])
        if "immutable" not in headers.get("cache-control", "") or not headers["content-type"].startswith(_TEXT):
            return answer
        whole = b"".join(message["body"] for message in answer[1:])
        if headers.get("content-length", str(len(whole))) != str(len(whole)):
            return answer  # the reader left and Streamlit stopped sending: the next request asks again
        compressed = await run_in_threadpool(gzip.compress, whole, 9, mtime=0)
        headers["Content-Encoding"], headers["Content-Length"] = "gzip", str(len(compressed))
        headers["ETag"] = f"W/{headers['etag']}"  # other bytes, the same content
        headers.add_vary_header("Accept-Encoding")
        start = {**answer[0], "headers": headers.raw}
        return [start, {"type": "http.response.body", "body": compressed}]


def _wants_whole_gzip(headers: Headers) -> bool:
    """Return whether the whole file is asked for, compressed."""
    return accepts_gzip(headers.get("accept-encoding")) and not {"range", "if-none-match"} & set(headers.keys())


def _is_cacheable(answer: list[Message]) -> bool:
    """Return whether an answer is compressed and the same for everybody."""
    headers = Headers(raw=answer[0]["headers"])
    return headers.get("content-encoding") == "gzip" and "set-cookie" not in headers
