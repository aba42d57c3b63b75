"""The HTML of a link has its own title, description and picture, which previews in messengers and networks show, and its first screen.

Streamlit serves the same file for every link, and its script only changes the title once it runs, which no preview waits for.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders

from sentiment.errors import SentimentError
from sentiment.web import first_screen, links
from sentiment.web.api.addresses import BASE, OEMBED
from sentiment.web.api.bodies import data_version
from sentiment.web.api.feed_names import FEED, SUBSCRIPTIONS
from sentiment.web.api.negotiation import accepts_gzip
from sentiment.web.api.oembed import CARD_HEIGHT, CARD_WIDTH
from sentiment.web.api.rate_limit import RateLimiter
from sentiment.web.api.response_cache import ResponseCache, Written
from sentiment.web.hosts import page_address
from sentiment.web.pictures.previews import Preview, preview
from sentiment.web.sharing import is_own_machine

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SITE, GENERIC = "Sentiment", "Sentiment: fear and fundamentals"
PATIENCE = 3.0
"""Seconds that a page waits for its tags; the scores behind them are those that it draws next."""
_FOUND = 200
_ROOT = {"", "/"}
_OTHERS = ("/_stcore/", "/media/", "/component/", "/static/", "/app/")
_TITLE = b"<title>Streamlit</title>"
_CACHE_BYTES = 8 * 2**20
_OUTDATED = {b"etag", b"last-modified", b"accept-ranges"}
_LEFT_OUT = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
_log = logging.getLogger(__name__)


class PreviewMiddleware:
    """Middleware that puts the tags of a link and its first screen into the page, and passes everything else on.

    The tags rest on saved prices alone, and are computed once for each link, as many at once as the API's answers and at the rate that
    one client may ask. Without them, for any reason, the page is served with the title of the site.

    Parameters
    ----------
    app : ASGI application
        The application behind it, which has the page.
    static : Path
        The folder of Streamlit's page.
    """

    def __init__(self, app: ASGIApp, static: Path) -> None:
        self._app = app
        self._parts = {charts: first_screen.tags(static, charts=charts) for charts in (False, True)}
        self._cache = ResponseCache(_CACHE_BYTES)
        self._limiter = RateLimiter.from_environment()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the page of a link with its tags, or pass the request on."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _may_be_page(scope):
            await self._app(scope, receive, send)
            return
        plain = {**scope, "headers": [header for header in scope["headers"] if header[0] not in _LEFT_OUT]}
        answer: list[Message] = []

        async def collect(message: Message) -> None:
            answer.append(message)

        await self._app(plain, receive, collect)
        if answer[0]["status"] == _FOUND and Headers(raw=answer[0]["headers"]).get("content-type", "").startswith(
            "text/html"
        ):
            whole = b"".join(message.get("body", b"") for message in answer[1:])
            head, first = await self._head(scope) if _path(scope) in _ROOT else (_TITLE, "")
            whole = first_screen.page(whole.replace(_TITLE, head, 1), self._parts_for(scope), first)
            answer = _page(answer[0], whole, Headers(scope=scope))
        for message in answer:
            await send(message)

    def _parts_for(self, scope: Scope) -> str:
        """Return the tags of the parts to fetch at once: none on this machine, where nothing is far and the script would start later."""
        if is_own_machine((scope.get("client") or (None,))[0], Headers(scope=scope).items()):
            return ""
        return self._parts[b"view=" not in scope["query_string"]]  # Today and a chart alone have no view

    async def _head(self, scope: Scope) -> tuple[bytes, str]:
        """Return what stands in place of Streamlit's title, and the answer as HTML."""
        base, query = page_address(scope), scope["query_string"]
        client = (scope.get("client") or ("",))[0]
        shown = None
        if base is not None and query.isascii() and len(query) <= links.MAX_QUERY and not self._limiter.take(client):
            shown = await self._preview(query.decode("ascii"))
        if shown is None or base is None:
            return _named(GENERIC).encode(), ""
        return tags(shown, base).encode(), shown.answer

    async def _preview(self, query: str) -> Preview | None:
        try:
            version = await run_in_threadpool(data_version)
            body = await asyncio.wait_for(
                self._cache.get((query, version, datetime.now(UTC).date()), partial(_write, query)), PATIENCE
            )
        except (SentimentError, TimeoutError) as error:
            _log.warning("a page has no preview: %s", error or "it took too long")
            return None
        except Exception:  # noqa: BLE001 - the last resort: a page must not fail for its preview
            _log.exception("a page has no preview")
            return None
        found = orjson.loads(body.body)
        return None if found is None else Preview(**found)


def _path(scope: Scope) -> str:
    return str(scope.get("path", "")).removeprefix(scope.get("root_path", ""))


def _may_be_page(scope: Scope) -> bool:
    """Return whether a request may be for the page: Streamlit serves it for every path that it does not know."""
    path, accepted = _path(scope), Headers(scope=scope).get("accept", "")
    return path in _ROOT or ("text/html" in accepted and not path.startswith(_OTHERS))


def _write(query: str) -> Written:
    shown = preview(query)
    return Written(orjson.dumps(None if shown is None else shown._asdict()))


def _named(title: str) -> str:
    return f"<title>{escape(title)}</title>"


def tags(shown: Preview, base: str) -> str:
    """Return the tags of a link as HTML.

    Parameters
    ----------
    shown : Preview
        Its texts may come from outside.
    base : str
        Address of the page.
    """
    address = f"{base}?{shown.query}" if shown.query else base
    card = f"{base.rstrip('/')}{BASE}card.png?{shown.card}"
    properties = {
        "og:site_name": SITE,
        "og:type": "website",
        "og:title": shown.title,
        "og:description": shown.description,
        "og:url": address,
        "og:image": card,
        "og:image:type": "image/png",
        "og:image:width": str(CARD_WIDTH),
        "og:image:height": str(CARD_HEIGHT),
        "og:image:alt": shown.alt,
    }
    names = {
        "description": shown.description,
        "twitter:card": "summary_large_image",
        "twitter:title": shown.title,
        "twitter:description": shown.description,
        "twitter:image": card,
        "twitter:image:alt": shown.alt,
    }
    frame = f"{base.rstrip('/')}{OEMBED}?format=json&url={quote(address, safe='')}"
    feed = f"{base.rstrip('/')}{BASE}{FEED}.{SUBSCRIPTIONS[FEED].form}?{urlencode({'asset': shown.asset})}"
    return "\n    ".join(
        [
            _named(shown.title),
            *(f'<meta name="{name}" content="{escape(text)}" />' for name, text in names.items()),
            *(f'<meta property="{name}" content="{escape(text)}" />' for name, text in properties.items()),
            f'<link rel="canonical" href="{escape(address)}" />',
            f'<link rel="alternate" type="application/atom+xml" href="{escape(feed)}" title="{escape(shown.asset)}: fear and fundamentals" />',
            f'<link rel="alternate" type="application/json+oembed" href="{escape(frame)}" title="{escape(shown.title)}" />',
        ]
    )


def _page(start: Message, body: bytes, wanted: Headers) -> list[Message]:
    """Return the answer with another body, compressed where the client likes that; its validators no longer hold."""
    headers = MutableHeaders(raw=[header for header in start["headers"] if header[0] not in _OUTDATED])
    headers.add_vary_header("Accept-Encoding")
    if accepts_gzip(wanted.get("accept-encoding")):
        body = gzip.compress(body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return [{**start, "headers": headers.raw}, {"type": "http.response.body", "body": body}]
