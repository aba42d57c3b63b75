"""Streamlit's own scripts and styles, packed: 2.6 MB of a first visit instead of 7.7, each packed once."""

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


class Assets:
    """Middleware that keeps the packed bytes of files that never change and passes everything else on.

    A name is kept only where its answer is called immutable, as Streamlit calls files that have their hash in their name: so
    there are never more of them than there are files.

    Parameters
    ----------
    app : ASGI application
        What stands behind it and has the files.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, list[Message]] = {}
        self._packing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a packed file, or pass it on."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _is_plain(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        if not path.startswith(_FOLDER):
            await self._app(scope, receive, send)
            return
        answer = self._kept.get(path)
        if answer is None:
            async with self._packing:  # a crowd of first visitors waits for one packing instead of starting many
                answer = self._kept.get(path) or await self._asked(scope, receive)
                if _is_kept(answer):
                    self._kept[path] = answer
        for message in answer:
            # A copy: who stands in front writes its headers into it, and they are this viewer's alone.
            await send({**message, "headers": list(message["headers"])} if "headers" in message else message)

    async def _asked(self, scope: Scope, receive: Receive) -> list[Message]:
        """Let the file be read, and pack it where it is text that never changes."""
        answer: list[Message] = []

        async def collect(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, collect)
        headers = MutableHeaders(raw=answer[0]["headers"])
        if "immutable" not in headers.get("cache-control", "") or not headers["content-type"].startswith(_TEXT):
            return answer
        whole = b"".join(message["body"] for message in answer[1:])
        if headers.get("content-length", str(len(whole))) != str(len(whole)):
            return answer  # its reader went away meanwhile, and Streamlit stopped sending: the next one asks again
        packed = await run_in_threadpool(gzip.compress, whole, 9, mtime=0)
        headers["Content-Encoding"], headers["Content-Length"] = "gzip", str(len(packed))
        headers["ETag"] = f"W/{headers['etag']}"  # other bytes than the plain file's, the same content
        headers.add_vary_header("Accept-Encoding")
        start = {**answer[0], "headers": headers.raw}
        return [start, {"type": "http.response.body", "body": packed}]


def _is_plain(headers: Headers) -> bool:
    """Tell whether the whole file is asked for, packed."""
    return accepts_gzip(headers.get("accept-encoding")) and not {"range", "if-none-match"} & set(headers.keys())


def _is_kept(answer: list[Message]) -> bool:
    """Tell whether an answer is packed and the same for everybody."""
    headers = Headers(raw=answer[0]["headers"])
    return headers.get("content-encoding") == "gzip" and "set-cookie" not in headers
