"""A link in another spelling, or with names that count its readers, leads to the same screen at its plain address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from sentiment.errors import SentimentError
from sentiment.web import links

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class TidyLinkMiddleware:
    """Middleware that sends the browser from an untidy link to the tidy one, and passes everything else on.

    It happens before the page is there: the page could only write another address as a new entry of the browser's history, and
    the Back button would lead to the untidy one.

    Parameters
    ----------
    app : ASGI application
        The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect a request for the page, or pass it on."""
        query = await run_in_threadpool(_tidied, scope["query_string"]) if _asks_for_a_screen(scope) else None
        if query is None:
            await self._app(scope, receive, send)
            return
        # A relative address holds behind a proxy that serves us under a path of its own.
        redirect = RedirectResponse(f"?{query}" if query else ".", 307, {"Cache-Control": "no-store"})
        await redirect(scope, receive, send)


def _asks_for_a_screen(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return False
    path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
    return path in {"", "/"} and 0 < len(scope["query_string"]) <= links.MAX_QUERY


def _tidied(query: bytes) -> str | None:
    if not query.isascii():  # no browser sends it; what it says in which encoding is not known
        return None
    try:
        return links.tidied(query.decode("ascii"))
    except SentimentError:  # prices or notes cannot be read; the page says so
        return None
