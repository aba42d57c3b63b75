"""The tables by HTTP, beside the page on the same port: one address a table, for spreadsheets and programs.

`Api` stands in front of Streamlit and answers what is under ``/api/``, and whether the server is up and ready. It is
read only, asks for no cookie, and lets no foreign page read what it gives.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sentiment import logs
from sentiment.errors import DataError, InputError, StoreError
from sentiment.market import assets, live, roles
from sentiment.research import library
from sentiment.scoring.inputs import load_inputs
from sentiment.web import links
from sentiment.web.api import openapi
from sentiment.web.api.answers import MEDIA, Desk, version, written
from sentiment.web.api.limits import Buckets, host_allowed
from sentiment.web.api.negotiation import accepts_gzip, matches
from sentiment.web.api.parameters import ASKED, BASE, no_address, read, text_of, too_long
from sentiment.web.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from sentiment.web.api.answers import Answer
    from sentiment.web.api.parameters import Wanted

DOCUMENTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    BASE: ("html", openapi.page),
    f"{BASE}openapi.json": ("json", openapi.document),
}
HEALTH = ("/healthz", "/readyz")
SETTLED = timedelta(minutes=1)
"""Age of an instant from which nothing more is saved under it: a save may still be at work when it has its instant."""

_SAFE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_log = logging.getLogger(__name__)


class Api:
    """Middleware that answers for the tables and passes everything else on.

    Parameters
    ----------
    app : ASGI application
        What stands behind it.
    allowed_hosts : callable, optional
        Gives the names that the server may be called by; none means any.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Callable[[], Iterable[str]] = tuple) -> None:
        self._app = app
        self._allowed_hosts = allowed_hosts
        self._desk = Desk()
        self._buckets = Buckets.from_environment()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        path = str(scope.get("path", "")).removeprefix(scope.get("root_path", ""))
        # In any case of letters: behind this stands a page that would answer what is not ours with itself.
        if scope["type"] != "http" or not (path in HEALTH or f"{path}/".lower().startswith("/api/")):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        response = await self._told(request, path)
        for name, value in _SAFE.items():
            response.headers.setdefault(name, value)
        if request.method == "HEAD":
            response.body = b""  # the headers stay those of the whole
        await response(scope, receive, send)

    async def _told(self, request: Request, path: str) -> Response:
        """Answer, and tell whatever goes wrong on the way as a problem."""
        try:
            return await self._answered(request, path)
        except ProblemError as problem:
            return problem.response(path)
        except InputError as error:
            said = f"{str(error)[:1].upper()}{str(error)[1:]}."
            return ProblemError("bad-request", said).response(path)
        except DataError as error:
            name = _logged(path)
            said = _outside(error, f"the log of the server has the cause under {name}")
            return ProblemError("data", said, {"Retry-After": "60"}, error_id=name).response(f"urn:uuid:{name}")
        except Exception:  # noqa: BLE001 - the last resort: nothing of a fault is shown, all of it is logged
            name = _logged(path)
            said = f"Something went wrong here; the log has the cause under {name}."
            return ProblemError("fault", said, error_id=name).response(f"urn:uuid:{name}")

    async def _answered(self, request: Request, path: str) -> Response:
        if path != "/healthz" and not host_allowed(request.headers.get("host"), self._allowed_hosts()):
            raise ProblemError("host", "The Host header names no host that this server answers for.")
        if path not in {*HEALTH, *ASKED, *DOCUMENTS, "/api", "/api/", "/api/v1"}:
            self._take(request)
            raise no_address(path, (*ASKED, *DOCUMENTS))
        if request.method not in {"GET", "HEAD"}:
            raise ProblemError(
                "method", f"{request.method} is not answered; ask with GET or HEAD.", {"Allow": "GET, HEAD"}
            )
        if path in HEALTH:
            return _health() if path == "/healthz" else await run_in_threadpool(_readiness)
        self._take(request)
        query = text_of(request.scope["query_string"])
        if len(query) > links.MAX_QUERY:
            raise too_long(query)
        if path in DOCUMENTS:
            form, write = DOCUMENTS[path]
            made = await self._desk.ask(*await run_in_threadpool(_described, path, write))
            response = _response(request, made, form, pinned=False)
            if form == "html":
                response.headers["Content-Security-Policy"] = openapi.PAGE_POLICY
            return response
        if path not in ASKED:
            return Response(status_code=308, headers={"Location": f"{request.scope.get('root_path', '')}{BASE}"})
        wanted, key = await run_in_threadpool(_looked_up, *ASKED[path], query)
        made = await self._desk.ask(key, partial(written, wanted))
        response = _response(request, made, wanted.form, pinned=wanted.pinned and settled(wanted.selection.known_at))
        response.headers["Content-Disposition"] = f'inline; filename="{wanted.file_name}"'
        return response

    def _take(self, request: Request) -> None:
        wait = self._buckets.take(request.client.host if request.client else "")
        if wait:
            raise ProblemError(
                "too-many", f"Too many requests from one client; go on in {wait} s.", {"Retry-After": str(wait)}
            )


def _looked_up(what: str, form: str, query: str) -> tuple[Wanted, tuple[object, ...]]:
    """Read what is asked for and what the answer rests on; the latter first, so that nothing old is kept as new."""
    rests_on = version(what)
    wanted = read(what, form, query)
    if wanted.selection.known_at is None:
        live.ask(roles.symbols_to_fetch(wanted.selection.asset))  # in the background, as the page does
    return wanted, (wanted, rests_on)


def _described(path: str, write: Callable[[], bytes]) -> tuple[tuple[object, ...], Callable[[], bytes]]:
    """Give the key and the writer of a document; while the saved notes cannot be read, its choices are the bundled ones."""
    if library.trouble() is None:
        return (path, version()), write

    def alone() -> bytes:
        with library.bundled_only():
            return write()

    with library.bundled_only():
        return (path, version()), alone


def _outside(error: DataError, where: str) -> str:
    """Say what is wrong without saying where the server keeps its files."""
    return f"{error.brief}; {where}" if isinstance(error, StoreError) else str(error)


def _response(request: Request, made: Answer, form: str, *, pinned: bool) -> Response:
    packed = made.packed if accepts_gzip(request.headers.get("accept-encoding")) else None
    tag = made.tag if packed is None else f"{made.tag}-gzip"
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": "public, max-age=31536000, immutable" if pinned else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if matches(", ".join(request.headers.getlist("if-none-match")) or None, tag):
        return Response(status_code=304, headers=headers)
    if packed is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(made.body if packed is None else packed, headers=headers, media_type=MEDIA[form])


def _health() -> Response:
    return _plain({"status": "up"})


def _readiness() -> Response:
    """Tell whether prices load and the notes can be read; why, where they cannot."""
    reasons = []
    for check in (_prices, library.library):
        try:
            check()
        except DataError as error:
            _log.warning("not ready: %s", error)
            reasons.append(_outside(error, "the log of the server has the cause"))
    if reasons:
        raise ProblemError("data", " ".join(dict.fromkeys(reasons)), reasons=list(dict.fromkeys(reasons)))
    return _plain({"status": "ready"})


def _prices() -> None:
    load_inputs(assets.assets()[0].symbol)


def _plain(told: dict[str, str]) -> Response:
    return Response(orjson.dumps(told), headers={"Cache-Control": "no-store"}, media_type="application/json")


def _logged(path: str) -> str:
    name = logs.request()
    _log.exception("%s: the answer to %s failed", name, path, extra={"told": {"error_id": name}})
    return name


def settled(known_at: datetime | None) -> bool:
    """Tell whether nothing more can be saved under an instant."""
    return known_at is not None and known_at <= datetime.now(UTC) - SETTLED
