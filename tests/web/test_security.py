"""The middleware in front of the server: whose requests pass, how much they may hold, and what is logged of them."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import sys
from types import SimpleNamespace
from urllib.parse import parse_qs

import asgi
import pytest
from asgi import ask
from starlette.responses import PlainTextResponse
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.state.query_params import sanitize_query_string
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.testing.v1 import AppTest

from sentiment import files, logs, settings
from sentiment.errors import BarsError, SelectionError
from sentiment.web import streamlit_state
from sentiment.web.api import ApiMiddleware
from sentiment.web.security import SecurityMiddleware, limits
from sentiment.web.security.access_log import template
from sentiment.web.security.headers import HEADERS, policy, scripts_in
from sentiment.web.security.origins import own_origin

HOSTS = ["localhost", "127.0.0.1"]
UPLOAD = "/_stcore/upload_file/a-session/a-file"


@pytest.fixture
def behind():
    """What stands behind the middleware: it reads the body and remembers what reached it."""
    seen = SimpleNamespace(paths=[], body=b"", held={})

    async def app(scope, receive, send):
        seen.paths.append(scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        more = scope["method"] == "PUT"
        while more:
            message = await receive()
            seen.body += message.get("body", b"")
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the page"})

    seen.app = app
    seen.server = SecurityMiddleware(app, lambda: HOSTS, lambda: 1_000_000, lambda: seen.held, ["sha256-abc"])
    return seen


def socketed(app, **headers):
    """Ask for a websocket; returns what was sent."""
    sent = []

    async def send(message):
        sent.append(message["type"])

    named = {"host": "localhost:8501", **headers}
    scope = {
        "type": "websocket",
        "path": "/_stcore/stream",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in named.items() if value is not None],
    }
    asgi.run(app(scope, None, send))
    return sent


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", None, "localhost:x", "a@localhost"])
def test_a_foreign_host_reaches_nothing(behind, host):
    for address in ("/", "/_stcore/health", "/api/v1/scores.csv", "/media/x.csv"):
        assert ask(behind.server, address, host=host).status == 403
    assert socketed(behind.server, host=host) == ["websocket.close"]
    assert behind.paths == []
    assert ask(behind.server, "/api/v1/x", host=host).json["type"] == "/api/v1/#host"
    assert ask(behind.server, "/healthz", host=host).status == 200, "a health check may know only the IP address"


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        (None, "localhost:8501", True), ("http://localhost:8501", "localhost:8501", True),
        ("http://LOCALHOST:8501", "localhost:8501", True), ("http://127.0.0.1:8501", "localhost:8501", True),
        ("http://127.0.0.1:9", "localhost:8501", False), ("http://localhost", "localhost:8501", False),
        ("https://evil.example", "localhost:8501", False), ("null", "localhost:8501", False),
        ("http://localhost.evil.example:8501", "localhost:8501", False), ("http://[::1", "localhost:8501", False),
        ("http://me@localhost:8501", "localhost:8501", False), ("", "localhost:8501", False), ("file://", "localhost", False),
        ("https://dash.example", "localhost:8501", False), ("http://localhost:8501", None, False),
    ],
)  # fmt: skip
def test_an_origin_is_ours_or_it_is_not(origin, host, own):
    assert own_origin(origin, host, [*HOSTS, "dash.example"]) is own
    assert own_origin("https://any.example", "any.example", []) is True
    assert own_origin("https://any.example", "other.example", []) is False


def test_a_foreign_origin_is_refused_and_no_name_is_resolved(behind, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", None)
    monkeypatch.setattr(socket, "gethostbyname", None)
    for origin in ("http://does-not-resolve.invalid", "null"):
        assert socketed(behind.server, origin=origin) == ["websocket.close"]
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert ask(behind.server, UPLOAD, method=method, origin=origin).status == 403
    assert behind.paths == []
    assert socketed(behind.server, origin="http://localhost:8501") == ["websocket.accept"]
    assert ask(behind.server, "/", origin="http://evil.example").status == 200, "reading is not changing"


@pytest.mark.parametrize(("reads", "closed"), [(True, None), (False, "close")])
def test_a_client_that_is_answered_before_the_end_of_its_body_is_disconnected(reads, closed):
    async def app(scope, receive, send):
        if reads:
            await receive()
        await PlainTextResponse("no", 403)(scope, receive, send)

    answer = ask(
        SecurityMiddleware(app, lambda: HOSTS, lambda: 1_000, dict), UPLOAD, method="PUT", transfer_encoding="chunked"
    )
    assert answer.headers.get("connection") == closed


def test_only_so_many_screens_are_open_at_once(monkeypatch):
    monkeypatch.setattr(limits, "MAX_SCREENS", 2)
    closed, screens = asyncio.Event(), []

    async def app(scope, *_):
        screens.append(scope)
        await closed.wait()

    async def run():
        server = SecurityMiddleware(app, lambda: HOSTS, lambda: 1, dict)
        sent = []

        async def send(message):
            sent.append(message["type"])

        scope = {"type": "websocket", "path": "/", "headers": [(b"host", b"localhost")]}
        waiting = [asyncio.create_task(server(scope, None, send)) for _ in range(3)]
        await asyncio.sleep(0)
        assert (len(screens), sent) == (2, ["websocket.close"])
        page = await asgi.asked(server, "/")
        assert (page.status, page.body[:28]) == (503, b"This server has as many scre")
        closed.set()
        await asyncio.gather(*waiting)
        await server(scope, None, send)
        assert len(screens) == 3, "whoever went away server room"

    asgi.run(run())


def sent_in(app, parts, *, method="PUT", pause=None, **headers):
    """Send a body in parts; returns the status."""
    statuses, left = [], [*parts]

    async def receive():
        if pause is not None and len(left) == 1:
            await asyncio.sleep(pause)
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message):
        statuses.append(message.get("status"))

    named = {"host": "localhost", **headers}
    scope = {
        "type": "http", "method": method, "path": UPLOAD, "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }  # fmt: skip
    asgi.run(app(scope, receive, send))
    return statuses[0]


def test_an_upload_is_held_to_its_size_whether_it_says_it_or_not(behind):
    assert sent_in(behind.server, [b"x" * 1000], content_length="1000") == 200
    assert behind.body == b"x" * 1000
    behind.paths.clear()
    assert sent_in(behind.server, [b"x"], content_length="2000000") == 413
    assert sent_in(behind.server, [b"x"], content_length="9" * 5000) == 413
    assert behind.paths == []
    behind.body = b""
    assert sent_in(behind.server, [b"x" * 100_000] * 20) == 413
    assert len(behind.body) <= 1_000_000 + limits.FORM_OVERHEAD
    assert sent_in(behind.server, [b"x" * 100_000] * 20, content_length="5") == 413, "the stated size is not trusted"


def test_no_more_is_held_for_all_viewers_than_there_is_room_for(behind):
    behind.held = {"other": limits.MAX_UPLOADS - 500}
    assert sent_in(behind.server, [b"x"], content_length="400") == 200
    assert sent_in(behind.server, [b"x"], content_length="600") == 503
    assert sent_in(behind.server, [b"x"], transfer_encoding="chunked") == 503, "a body of unknown size may be large"
    behind.held = {}
    assert sent_in(behind.server, [b"x"]) == 200, "finished uploads are no longer counted"


def test_one_screen_takes_only_its_part_of_the_room(behind):
    own = UPLOAD.removeprefix("/_stcore/upload_file/").partition("/")[0]
    behind.held = {own: limits.MAX_UPLOADS_OF_SCREEN - 500}
    assert sent_in(behind.server, [b"x"], content_length="600") == 413
    assert sent_in(behind.server, [b""]) == 200, "what has no body, such as a removal, needs no room"
    behind.held = {"other": limits.MAX_UPLOADS_OF_SCREEN}
    assert sent_in(behind.server, [b"x"], content_length="600") == 200


def test_uploads_under_way_count(behind):
    async def app(_, __, send):
        behind.held = {"other": limits.MAX_UPLOADS - 1_000}
        behind.status = await asyncio.to_thread(sent_in, behind.outer, [b"x"], content_length="600")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    behind.outer = SecurityMiddleware(app, lambda: HOSTS, lambda: 1_000_000, lambda: behind.held)
    assert sent_in(behind.outer, [b"x"], content_length="600") == 200
    assert behind.status == 503


def test_the_server_counts_what_streamlit_keeps(monkeypatch):
    manager = MemoryUploadedFileManager("/upload")
    monkeypatch.setattr(streamlit_state, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=manager))
    assert streamlit_state.stored_upload_bytes() == {}
    for session in ("a", "b"):
        manager.add_file(session, UploadedFileRec("f", "n.txt", "text/plain", b"x" * 1000))
    assert streamlit_state.stored_upload_bytes() == {"a": 1000, "b": 1000}
    manager.remove_session_files("a")
    assert streamlit_state.stored_upload_bytes() == {"b": 1000}
    assert streamlit_state.max_upload_bytes() == 10 * 2**20


def test_a_body_that_comes_bit_by_bit_is_not_waited_for_without_an_end(behind, monkeypatch):
    monkeypatch.setattr(limits, "BODY_TIMEOUT", 0.05)
    assert sent_in(behind.server, [b"x", b"y"], pause=30) == 408


def test_a_body_that_does_not_come_is_not_waited_for(behind, monkeypatch):
    monkeypatch.setattr(limits, "CLIENT_TIMEOUT", 0.05)
    assert sent_in(behind.server, [b"x", b"y"], pause=30) == 408


@pytest.mark.parametrize(
    "path",
    ["/static/../secrets", "/media/..", "/static/%2e%2e/x", "/component/a\\..\\b", "/media/a\0b",
     "/_stcore/./health", "/static/a\nb", "//host/share/../x"],
)  # fmt: skip
def test_an_address_that_climbs_is_refused(behind, path):
    assert ask(behind.server, path).status == 400
    assert behind.paths == []
    assert ask(SecurityMiddleware(ApiMiddleware(behind.app), lambda: HOSTS, lambda: 1, dict), "/api/../x").status == 404


@pytest.mark.parametrize("path", ["/", "/static/js/index.D.r_v.js", "/media/0ab1.csv", "/a..b", "/.well-known/x"])
def test_an_address_of_the_page_passes(behind, path):
    assert ask(behind.server, path).status == 200


def test_every_answer_has_our_headers_and_keeps_its_own(behind):
    for address, host in (("/", "localhost"), ("/static/../x", "localhost"), ("/", "evil.example")):
        headers = ask(behind.server, address, host=host).headers
        assert {name.lower(): headers[name.lower()] for name in HEADERS} == {
            name.lower(): value for name, value in HEADERS.items()
        }
        rules = dict(part.partition(" ")[::2] for part in headers["content-security-policy"].split("; "))
        assert rules["script-src"] == "'self' blob: 'sha256-abc'"
        assert rules["object-src"] == rules["base-uri"] == "'none'"
        assert rules["frame-ancestors"] == "'none'"
        assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-request-id"])
    server = SecurityMiddleware(ApiMiddleware(behind.app), lambda: HOSTS, lambda: 1, dict)
    own = ask(server, "/healthz").headers
    assert own["content-security-policy"].startswith("default-src 'none'")
    assert own["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("query", "framed"),
    [("embed=true&chart=timeline", True), ("chart=fear&as_of=2025-12-02&embed=true", True), ("embed=true", False),
     ("chart=timeline", False), ("embed=false&chart=timeline", False), ("embed=true&chart=", False), ("", False),
     ("embed=true&embed=true&chart=fear", False), ("embed=true&chart=nonsense&view=Add%20notes", False),
     ("embed=true&chart=timeline&chart=fear", False), ("embed=true&chart=fear&chart=fear", False),
     ("embed=true&chart=Fear", True), ("embed=true&chart=fear%00", False), ("embed=true&chart=fear%20", True),
     ("embed=true&chart=fear&find=" + "x" * 2_000, False), ("embed=true&chart=fear" + "&" * 1_000, False),
     ("embed=true&chart=fear;chart=timeline", False), ("embed=true&Chart=fear", True), ("embed=%74rue&ch%61rt=fear", True),
     ("embed=true&chart=fear&note=unknown&as_of=never", True), ("embed=true&embed_options=x&chart=fear&v=1", True),
     ("embed=true&chart%3Dfear%26view%3DData", True), ("embed%3Dtrue&chart=fear", False), ("chart=fear%26embed%3Dtrue", False),
     ("amp;embed=true&chart=fear", False), ("Embed=true&chart=fear", False), ("embed=true&chart=fear&Chart=timeline", False),
     ("embed=true&chart=fear&amp;chart=quadrant", False), ("embed=true&x=1%26chart%3Dfear&utm_source=y", True)],
)  # fmt: skip
def test_only_one_chart_may_stand_in_a_foreign_frame(behind, query, framed):
    header = ask(behind.server, f"/?{query}").headers["content-security-policy"]
    assert header == policy(["sha256-abc"], framed=framed)
    assert ("frame-ancestors 'none'" in header) is not framed
    assert "frame-ancestors 'none'" in ask(behind.server, f"/more?{query}").headers["content-security-policy"]
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    for name, values in parse_qs(sanitize_query_string(query), keep_blank_values=True).items():
        app.query_params[name] = values
    app.run()
    assert not framed or (len(app.get("plotly_chart")), len(app.header)) == (1, 0), "the whole page could be framed"


def test_a_script_in_the_page_is_allowed_by_its_digest(tmp_path):
    page = tmp_path / "index.html"
    page.write_text('<script>\n  a = 1\n</script><script src="x"></script><script>b()</script>')
    assert len(scripts_in(page)) == 2
    assert scripts_in(page)[1] == "sha256-cf242PFc/kb7xD0Qzhsmd9vvRkc+cWFmbi+k+YvtdKc="


def test_a_fault_behind_is_told_by_its_id_alone(caplog):
    async def app(*_):
        raise RuntimeError("password=hunter2")

    answer = ask(SecurityMiddleware(app, lambda: HOSTS, lambda: 1, dict), "/")
    assert answer.status == 500
    assert b"hunter2" not in answer.body
    assert answer.headers["x-request-id"] in answer.body.decode()
    assert f"{answer.headers['x-request-id']}: the answer to / failed" in caplog.text
    assert "hunter2" in caplog.text


@pytest.fixture
def lines(capsys, monkeypatch):
    """Log as JSON, as the server does; gives what was written."""
    monkeypatch.setenv("SENTIMENT_LOG", "json")
    loggers = [logging.getLogger(), *map(logging.getLogger, ("sentiment", "uvicorn.access", "uvicorn.error"))]
    before = [(logger, [*logger.handlers], logger.level, logger.propagate) for logger in loggers]
    logs.configure()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    for logger, handlers, level, propagate in before:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


def test_a_request_is_one_line_of_json_without_anything_personal(behind, lines):
    server = SecurityMiddleware(ApiMiddleware(behind.app), lambda: HOSTS, lambda: 1_000_000, dict)
    answer = ask(
        server, "/api/v1/prices.csv?as_of=2025-12-02&find=my-secret", client="203.0.113.9", user_agent="Named/1"
    )
    (line,) = lines()
    assert {name: line[name] for name in ("level", "method", "path", "status", "bytes")} == {
        "level": "info", "method": "GET", "path": "/api/v1/prices.csv", "status": 200, "bytes": len(answer.sent),
    }  # fmt: skip
    assert line["request"] == answer.headers["x-request-id"]
    assert line["ms"] > 0
    for address in ("/api/v1/my-secret", f"{UPLOAD}?my-secret"):
        ask(server, address, method="DELETE", client="203.0.113.9")
    text = json.dumps(lines())
    assert "/api/*" in text
    assert "/_stcore/upload_file/*" in text
    for personal in ("my-secret", "203.0.113.9", "Named", "a-session"):
        assert personal not in text
    logging.getLogger("uvicorn.access").info("203.0.113.9 GET /?find=my-secret")
    logging.getLogger("uvicorn.error").info('203.0.113.9 - "WebSocket /_stcore/stream?find=my-secret" [accepted]')
    ask(server, "/static/x.js")
    assert lines() == [], "neither the server's own lines nor those of the page's files"


def test_an_error_id_of_an_answer_is_in_the_log_with_its_traceback(behind, lines, monkeypatch):
    monkeypatch.setattr("sentiment.web.api.write_body", None)
    server = SecurityMiddleware(ApiMiddleware(behind.app), lambda: HOSTS, lambda: 1, dict)
    answer = ask(server, "/api/v1/prices.csv?as_of=2024-03-01")
    assert answer.status == 500
    fault, line = lines()
    assert answer.json["error_id"] == answer.headers["x-request-id"] == fault["error_id"] == line["request"]
    assert "Traceback" in fault["traceback"]


@pytest.mark.parametrize(
    ("path", "logged"),
    [("/api/v1/scores.csv", "/api/v1/scores.csv"), ("/api/v1/x@y", "/api/*"), ("/", "/"), ("/anna", "/*"),
     ("/media/0f.csv", "/media/*"), ("/_stcore/stream", "/_stcore/*")],
)  # fmt: skip
def test_an_address_is_logged_as_its_kind(path, logged):
    assert template(path) == logged


def test_another_form_of_log_is_refused(monkeypatch):
    monkeypatch.setenv("SENTIMENT_LOG", "xml")
    with pytest.raises(SelectionError, match="SENTIMENT_LOG is 'xml'; it is text or json"):
        logs.configure()


def broken_page():
    from sentiment.errors import BarsError as Ours  # noqa: PLC0415 - a script of its own
    from sentiment.web.page import fault  # noqa: PLC0415

    fault.show(RuntimeError("password=hunter2"))
    fault.show(Ours("BTC-USD: the saved prices cannot be opened"))


def test_a_viewer_is_shown_the_id_that_the_log_has(lines):
    app = AppTest.from_function(broken_page).run()
    unexpected, ours = (error.value.replace("\\", "") for error in app.error)
    assert "hunter2" not in unexpected
    assert ours.startswith("BTC-USD: the saved prices cannot be opened. ")
    first, second = (line for line in lines() if "error_id" in line)
    assert first["error_id"] in unexpected
    assert "hunter2" in first["traceback"]
    assert second["error_id"] in ours


def test_streamlits_own_line_of_what_we_logged_is_left_out(lines):
    logging.getLogger("streamlit.error_util").error("Uncaught app execution", exc_info=BarsError("x"))
    assert lines() == []


def test_configuring_needs_no_streamlit():
    assert "streamlit" not in {name.partition(".")[0] for name in vars(sys.modules["sentiment.logs"])}


def framed_by(behind, monkeypatch, text):
    monkeypatch.setenv("SENTIMENT_FRAME_ANCESTORS", text)
    server = SecurityMiddleware(behind.app, lambda: HOSTS, lambda: 1, dict)
    rules = [
        dict(rule.split(" ", 1) for rule in ask(server, f"/?{query}").headers["content-security-policy"].split("; "))
        for query in ("chart=fear&embed=true", "view=Data")
    ]
    assert rules[1]["frame-ancestors"] == "'none'", "the whole page is framed by nobody"
    return rules[0].get("frame-ancestors")


@pytest.mark.parametrize(
    ("text", "ancestors"),
    [("", None), ("none", "'none'"), ("https://news.example, http://localhost:3000", "https://news.example http://localhost:3000")],
)  # fmt: skip
def test_a_setting_says_who_may_frame_a_chart(behind, monkeypatch, text, ancestors):
    assert framed_by(behind, monkeypatch, text) == ancestors


@pytest.mark.parametrize("variable", ["SENTIMENT_FRAME_ANCESTORS", "SENTIMENT_CORS_ORIGINS"])
@pytest.mark.parametrize(
    "text",
    [
        "*",
        "news.example",
        "https://news.example/",
        "https://a.example;script-src *",
        "https://*.example",
        "null",
        "'self'",
    ],
)
def test_an_origin_is_named_in_full(monkeypatch, variable, text):
    monkeypatch.setenv(variable, text)
    with pytest.raises(SelectionError, match=f"{variable} names"):
        settings.check()


def test_only_a_named_origin_reads_the_api(monkeypatch, behind):
    address = "/api/v1/scores.csv?as_of=2025-12-02&start=2025-12-01"
    plain = ask(ApiMiddleware(behind.app), address, origin="https://news.example")
    assert not [name for name in plain.headers if name.startswith("access-control")]
    monkeypatch.setenv("SENTIMENT_CORS_ORIGINS", "https://news.example")
    server = SecurityMiddleware(ApiMiddleware(behind.app), lambda: HOSTS, lambda: 1, dict)
    named, other = (ask(server, address, origin=f"https://{name}.example") for name in ("news", "evil"))
    assert named.headers["access-control-allow-origin"] == "https://news.example"
    assert "ETag" in named.headers["access-control-expose-headers"]
    assert {*named.headers["vary"].split(", ")} == {"Accept-Encoding", "Origin"}
    assert "access-control-allow-credentials" not in named.headers
    assert "access-control-allow-origin" not in other.headers
    assert named.body == other.body == plain.body
    asked = {"access_control_request_method": "GET", "access_control_request_headers": "If-None-Match"}
    ahead = ask(server, address, method="OPTIONS", origin="https://news.example", **asked)
    assert (ahead.status, ahead.headers["access-control-allow-origin"]) == (200, "https://news.example")
    refused = ask(server, address, method="OPTIONS", origin="https://evil.example", **asked)
    assert (refused.status, refused.headers.get("access-control-allow-origin")) == (400, None)
    assert not [name for name in ask(server, "/", origin="https://news.example").headers if "access-control" in name]
