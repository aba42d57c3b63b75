"""Streamlit's own files, packed in front of Streamlit."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from asgi import ask, asked, run
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import Route

from sentiment.web.api.static_files import StaticFilesMiddleware

FOREVER = {"Cache-Control": "public, immutable, max-age=31536000", "ETag": '"one"'}
SCRIPT = b"let a = 1;\n" * 500


@pytest.fixture
def files():
    """An application that gives files and counts how often it was asked for each."""

    async def give(request):
        names.append(request.url.path)
        await asyncio.sleep(0)  # others may ask meanwhile
        if request.headers.get("if-none-match"):
            return Response(status_code=304, headers=FOREVER)
        kind = {"js": "text/javascript", "woff2": "font/woff2", "html": "text/html"}[
            request.url.path.rpartition(".")[2]
        ]
        headers = FOREVER if kind != "text/html" else {"Cache-Control": "no-cache"}
        return Response(SCRIPT, media_type=kind, headers={**headers, **app.cookie})

    names = []
    app = StaticFilesMiddleware(Starlette(routes=[Route("/{path:path}", give)]))
    app.names, app.cookie = names, {}
    return app


def test_a_script_is_packed_once(files):
    first, second = (ask(files, "/static/js/a.js", accept_encoding="gzip, br") for _ in range(2))
    assert first == second
    assert (first.status, first.body) == (200, SCRIPT)
    assert len(first.sent) < len(SCRIPT) / 10
    assert first.headers["content-length"] == str(len(first.sent))
    assert first.headers["cache-control"] == FOREVER["Cache-Control"]
    assert (first.headers["etag"], first.headers["vary"]) == ('W/"one"', "Accept-Encoding")
    assert files.names == ["/static/js/a.js"]


def test_a_file_that_was_cut_short_is_not_kept():
    sent = [b"", SCRIPT]  # the first reader goes away before anything of it is sent

    async def give(_, __, send):
        headers = {**FOREVER, "Content-Type": "text/javascript", "Content-Length": str(len(SCRIPT))}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        await send({"type": "http.response.body", "body": sent.pop(0)})

    app = StaticFilesMiddleware(give)
    assert ask(app, "/static/js/a.js", accept_encoding="gzip").sent == b""
    assert ask(app, "/static/js/a.js", accept_encoding="gzip").body == SCRIPT


def test_a_crowd_of_first_visitors_waits_for_one_packing(files):
    async def all_at_once():
        return await asyncio.gather(*(asked(files, "/static/js/a.js", accept_encoding="gzip") for _ in range(20)))

    assert {one.body for one in run(all_at_once())} == {SCRIPT}
    assert len(files.names) == 1


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/static/js/a.js", {}),
        ("/static/js/a.js", {"accept_encoding": "gzip;q=0"}),
        ("/static/js/a.js", {"accept_encoding": "gzip", "range": "bytes=0-9"}),
        ("/static/js/a.js", {"accept_encoding": "gzip", "method": "HEAD"}),
        ("/static/a.woff2", {"accept_encoding": "gzip"}),
        ("/static/nothing.html", {"accept_encoding": "gzip"}),
        ("/other/a.js", {"accept_encoding": "gzip"}),
    ],
)
def test_whatever_else_is_asked_comes_as_it_is_and_is_not_kept(files, address, headers):
    for _ in range(2):
        answer = ask(files, address, **headers)
        assert answer.status == 200
        assert "content-encoding" not in answer.headers
        assert answer.sent == SCRIPT
    assert len(files.names) == 2


def test_headers_of_one_viewer_are_not_another_ones(files):
    """Who stands in front writes into the answer that it passes on."""

    def signed(name):
        async def app(scope, receive, send):
            async def sign(message):
                if message["type"] == "http.response.start":
                    MutableHeaders(raw=message["headers"]).append(f"x-{name}", name)
                await send(message)

            await files(scope, receive, sign)

        return app

    names = [set(ask(signed(one), "/static/js/a.js", accept_encoding="gzip").headers) for one in ("one", "two")]
    assert "x-one" in names[0]
    assert "x-one" not in names[1]
    assert files.names == ["/static/js/a.js"]


def test_an_answer_with_a_cookie_is_not_kept(files):
    files.cookie = {"Set-Cookie": "a=b"}
    for _ in range(2):
        assert ask(files, "/static/js/a.js", accept_encoding="gzip").body == SCRIPT
    assert len(files.names) == 2


def test_a_file_that_the_client_has_is_not_sent(files):
    assert ask(files, "/static/js/a.js", accept_encoding="gzip", if_none_match='W/"one"').status == 304


def test_the_same_script_gives_the_same_bytes(files):
    assert ask(files, "/static/js/a.js", accept_encoding="gzip").sent == gzip.compress(SCRIPT, 9, mtime=0)
