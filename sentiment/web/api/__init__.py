"""The tables by HTTP, beside the page on the same port: one address a table, for spreadsheets and programs.

It is read only, needs no cookie, and lets no foreign page read its answers but those of origins that the operator names; any page
may show the badge, cards and charts. A FastAPI application was weighed and not
taken: the rules of links, the cache, conditional requests, gzip, the rate limit and the problems would all stay ours, and
its validation and its OpenAPI document would have to be overridden.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from sentiment import files, logs, settings
from sentiment.errors import DataError, InputError
from sentiment.market import bar_store, live, roles
from sentiment.research import library, store
from sentiment.settings import Share
from sentiment.web import access, sharing
from sentiment.web.api import health, oembed, openapi, openbb, reference_page
from sentiment.web.api.addresses import ADDRESSES, BASE, FOR_ANYONE, OEMBED
from sentiment.web.api.bodies import MEDIA, data_version, link_header, names_the_page, write_body
from sentiment.web.api.negotiation import accepts_gzip, matches, part_asked
from sentiment.web.api.problems import ProblemError
from sentiment.web.api.queries import decode_query, no_address, parse_query
from sentiment.web.api.rate_limit import RateLimiter
from sentiment.web.api.response_cache import ResponseCache, Written
from sentiment.web.hosts import page_address
from sentiment.web.picture_names import PICTURES
from sentiment.web.table_forms import SAVED

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from sentiment.web.api.queries import ApiRequest
    from sentiment.web.api.response_cache import CachedBody

DOCUMENTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    BASE: ("html", reference_page.page),
    f"{BASE}openapi.json": ("json", openapi.document),
    f"{BASE}widgets.json": ("json", openbb.document),
}
_TO_BASE = {"/api", "/api/", "/api/v1"}
SETTLED_AFTER = timedelta(minutes=1)
"""Age of an instant from which nothing more is saved under it: a save takes its instant before it is done."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_READABLE = ("Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Range", "ETag", "Link", "Retry-After")
"""Headers that a page of a named origin may read besides the body."""
_log = logging.getLogger(__name__)


class ApiMiddleware:
    """Middleware that answers addresses under ``/api/`` and the health checks, and passes everything else on.

    The Host header is checked by `web.security`, which stands in front of it.

    Parameters
    ----------
    app : ASGI application
        The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._cache = ResponseCache()
        self._limiter = RateLimiter.from_environment()
        origins = settings.cors_origins()
        self._answering: ASGIApp = self._respond
        if origins:
            self._answering = CORSMiddleware(
                self._respond, origins, ("GET", "HEAD"), ("If-None-Match",), expose_headers=_READABLE
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        path = str(scope.get("path", "")).removeprefix(scope.get("root_path", ""))
        # In any case of letters, because the application behind it answers every unknown address with the page.
        if scope["type"] != "http" or not (path in health.HEALTH or f"{path}/".lower().startswith("/api/")):
            await self._app(scope, receive, send)
            return
        await self._answering(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", "")).removeprefix(scope.get("root_path", ""))
        request = Request(scope)
        response = await self._answer_or_problem(request, path)
        if path in FOR_ANYONE:
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "HEAD":
            response.body = b""  # the headers stay those of the whole body
        await response(scope, receive, send)

    async def _answer_or_problem(self, request: Request, path: str) -> Response:
        try:
            return await self._answer(request, path)
        except ProblemError as problem:
            return problem.response(path)
        except InputError as error:
            return ProblemError("bad-request", f"{str(error)[:1].upper()}{str(error)[1:]}.").response(path)
        except DataError as error:
            error_id = _log_failure(path)
            detail = health.public_message(error, f"the server log has the cause under {error_id}")
            failure = ProblemError("data", detail, {"Retry-After": "60"}, error_id=error_id)
            return failure.response(f"urn:uuid:{error_id}")
        except Exception:  # noqa: BLE001 - the last resort: nothing of a fault is shown, all of it is logged
            error_id = _log_failure(path)
            detail = f"Something went wrong here; the log has the cause under {error_id}."
            return ProblemError("fault", detail, error_id=error_id).response(f"urn:uuid:{error_id}")

    async def _answer(self, request: Request, path: str) -> Response:
        if path not in {*health.HEALTH, *ADDRESSES, *DOCUMENTS, *_TO_BASE, OEMBED}:
            self._limit(request)
            raise no_address(path, DOCUMENTS)
        if request.method not in {"GET", "HEAD"}:
            raise ProblemError(
                "method", f"{request.method} is not answered; ask with GET or HEAD.", {"Allow": "GET, HEAD"}
            )
        if path in health.HEALTH:
            return health.up() if path == health.UP else await run_in_threadpool(health.ready)
        self._limit(request)
        query = decode_query(request.scope["query_string"])
        if path in _TO_BASE:
            return Response(status_code=308, headers={"Location": f"{request.scope.get('root_path', '')}{BASE}"})
        if path in DOCUMENTS:
            return await self._document(request, path)
        return await (self._frame(request, query) if path == OEMBED else self._table(request, path, query))

    async def _document(self, request: Request, path: str) -> Response:
        form, write = DOCUMENTS[path]
        key, written = await run_in_threadpool(_document_writer, path, write)
        body = await self._cache.get(key, lambda: Written(written()))
        response = _response(request, body, form, pinned=False)
        if form == "html":
            response.headers["Content-Security-Policy"] = reference_page.PAGE_POLICY
        return response

    async def _table(self, request: Request, path: str, query: str) -> Response:
        api_request, key, promised = await run_in_threadpool(_parse, *ADDRESSES[path], query)
        base = _base(request) if names_the_page(api_request) else ""
        everything = await run_in_threadpool(_may_have_all, request)
        write = partial(write_body, api_request, base, everything=everything)
        body = await self._cache.get((key, base, everything), write)
        pinned = promised and await run_in_threadpool(bar_store.all_sound)
        response = _response(request, body, api_request.form, pinned=pinned, everything=everything)
        shown = "attachment" if api_request.form in SAVED else "inline"
        response.headers["Content-Disposition"] = f'{shown}; filename="{api_request.file_name}"'
        if links := link_header(api_request):
            response.headers["Link"] = links
        return response

    async def _frame(self, request: Request, query: str) -> Response:
        base = _base(request)
        wanted, version = oembed.read(query, base), await run_in_threadpool(data_version)
        body = await self._cache.get((wanted, version, base), lambda: Written(oembed.write(wanted, base)))
        return _response(request, body, "json", pinned=False)

    def _limit(self, request: Request) -> None:
        wait = self._limiter.take(request.client.host if request.client else "")
        if wait:
            raise ProblemError(
                "too-many", f"Too many requests from one client; try again in {wait} s.", {"Retry-After": str(wait)}
            )


def _parse(name: str, form: str, query: str) -> tuple[ApiRequest, Hashable, bool]:
    """Read a query; return the request, its key in the cache, and whether its answer will never change."""
    version = data_version(name)  # before the query is read, so that old data is not cached under a new version
    api_request = parse_query(name, form, query)
    known_at = api_request.selection.known_at
    promise = files.promise if name == "prices" else store.promise
    promised = api_request.pinned and known_at is not None and is_settled(known_at) and promise(known_at)
    promised = promised and bar_store.all_sound()  # asked again afterwards: what is written meanwhile may lack some
    if promised and data_version(name) != version:  # saved before the promise was made
        version = data_version(name)
        api_request = parse_query(name, form, query)
    # Not for a picture, which a preview of a link asks for: whoever opens the link asks then.
    if api_request.selection.known_at is None and name not in PICTURES:
        shown = api_request.assets or api_request.selection.assets or (api_request.selection.asset,)
        live.ask(roles.all_to_fetch(shown))  # in the background, as the page does
    return api_request, (api_request, version), promised


def _base(request: Request) -> str:
    base = page_address(request.scope)
    if base is None:
        raise ProblemError("host", "The Host header is not a plain name, so no link to this server can be written.")
    return base


def _document_writer(path: str, write: Callable[[], bytes]) -> tuple[Hashable, Callable[[], bytes]]:
    """Return the key and writer of a document; while the saved notes cannot be read, it lists the bundled ones."""
    if library.trouble() is None:
        return (path, data_version()), write

    def write_with_bundled_notes() -> bytes:
        with library.bundled_only():
            return write()

    with library.bundled_only():
        return (path, data_version()), write_with_bundled_notes


def _may_have_all(request: Request) -> bool:
    headers = request.headers.items()
    return sharing.may_have_all(
        request.client.host if request.client else None, headers, lambda: access.signed_in(headers)
    )


def _response(request: Request, body: CachedBody, form: str, *, pinned: bool, everything: bool = True) -> Response:
    compressed = body.compressed if accepts_gzip(request.headers.get("accept-encoding")) else None
    tag = body.tag if compressed is None else f"{body.tag}-gzip"
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": "public, max-age=31536000, immutable" if pinned else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if body.withheld and settings.share() is not Share.EVERYONE:  # another client gets a different answer
        # Who lacks something now may sign in: only an answer that lacks nothing stays.
        lasts = "max-age=31536000, immutable" if pinned and everything else "no-cache"
        headers |= {"Cache-Control": f"private, {lasts}", "Vary": ", ".join(("Accept-Encoding", *sharing.VARY))}
    if not everything and body.withheld:
        headers["Withheld-Columns"] = ", ".join(body.withheld)
    if matches(", ".join(request.headers.getlist("if-none-match")) or None, tag):
        return Response(status_code=304, headers=headers)
    if compressed is not None:
        headers["Content-Encoding"] = "gzip"
    whole, status = body.body if compressed is None else compressed, 200
    headers["Accept-Ranges"] = "bytes"
    asked = part_asked(request.headers.get("range"), request.headers.get("if-range"), tag, len(whole))
    if asked is not None and request.method == "GET":
        if not asked:
            detail = f"The answer has {len(whole)} bytes, and none of them are asked for."
            raise ProblemError("range", detail, {"Content-Range": f"bytes */{len(whole)}"})
        headers["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{len(whole)}"
        whole, status = whole[asked.start : asked.stop], 206
    return Response(whole, status, headers, MEDIA[form])


def _log_failure(path: str) -> str:
    error_id = logs.request()
    _log.exception("%s: the answer to %s failed", error_id, path, extra={"fields": {"error_id": error_id}})
    return error_id


def is_settled(known_at: datetime | None) -> bool:
    """Return whether nothing more can be saved under an instant."""
    return known_at is not None and known_at <= datetime.now(UTC) - SETTLED_AFTER
