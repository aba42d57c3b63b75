"""The security middleware on the server that people start: what a browser and a hostile client meet."""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import ports
import pytest
from browser_page import FOOT, READY, appears, profile
from test_api_server import get

from sentiment.web import links
from sentiment.web.security.headers import HEADERS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

SOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def opened(server, **headers):
    """Ask for the page's websocket; returns the status."""
    connection = HTTPConnection(urlsplit(server).netloc, timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in {**SOCKET, **headers}.items()}
        connection.request("GET", "/_stcore/stream", headers=named)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_foreign_page_gets_no_socket_and_no_upload(plain_server):
    own = plain_server.rstrip("/")
    assert opened(plain_server, Origin=own) == 101
    assert opened(plain_server) == 101
    assert opened(plain_server, Origin="http://does-not-resolve.invalid") == 403
    assert opened(plain_server, Origin="null") == 403
    assert opened(plain_server, Host="evil.example", Origin="http://evil.example") == 403
    upload = "/_stcore/upload_file/a/b"
    assert get(plain_server, upload, "PUT", Origin="http://does-not-resolve.invalid")[0].status == 403
    assert get(plain_server, upload, "PUT", Content_Length=str(10**12))[0].status == 413
    assert get(plain_server, "/", Host="evil.example")[0].status == 403


def test_a_body_without_an_end_is_cut_off(plain_server):
    at = urlsplit(plain_server)
    head = f"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: {at.netloc}\r\nTransfer-Encoding: chunked\r\n\r\n"
    part = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection((at.hostname, at.port), timeout=60) as client:
        client.sendall(head.encode())
        try:
            for _ in range(64):  # 4 MiB
                client.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            return  # it was cut off on the way
        assert int(client.recv(100).split()[1]) in {403, 413}  # without the page's own token it need not be read at all


@pytest.mark.parametrize("path", ["/static/..%2f..%2fetc/passwd", "/media/%2e%2e/x", "/component/..%5cx/y", "//x/../y"])
def test_nobody_climbs_out_of_a_folder(plain_server, path):
    assert get(plain_server, path)[0].status == 400


def test_every_answer_says_what_a_browser_may_do_with_it(plain_server):
    for path in ("/", "/_stcore/health", "/api/v1/badge.svg", "/media/none.csv", "/favicon.png", "/healthz"):
        answer, _ = get(plain_server, path)
        names = {name.lower() for name, _ in answer.getheaders()}
        assert {name.lower() for name in HEADERS} | {"content-security-policy", "x-request-id"} <= names, path
    assert "frame-ancestors 'none'" in get(plain_server, "/?embed=true")[0].getheader("Content-Security-Policy")
    framed = get(plain_server, "/?embed=true&chart=fear")[0].getheader("Content-Security-Policy")
    assert "frame-ancestors" not in framed


def test_nobody_gets_round_the_limit_by_inventing_addresses(served, tmp_path):
    def answers(**environment):
        limited = {**os.environ, "SENTIMENT_API_BURST": "5", "SENTIMENT_API_RATE": "0.001", **environment}
        with served(tmp_path / "log.txt", limited) as address:
            headers = [{"X_Forwarded_For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"} for n in range(12)]
            return [get(address, "/api/v1/badge.svg", **header)[0].status for header in headers]

    assert answers() == [200] * 5 + [429] * 7
    assert answers(FORWARDED_ALLOW_IPS="203.0.113.0/24") == [200] * 5 + [429] * 7
    assert answers(FORWARDED_ALLOW_IPS="127.0.0.1,::1") == [200] * 12


def test_no_page_may_steer_ours(plain_server):
    assert json.loads(get(plain_server, "/_stcore/host-config")[1])["allowedOrigins"] == []


@pytest.mark.parametrize("host", ["local\thost", "localhost\t", "local host", "\tlocalhost.evil.example"])
def test_a_name_is_taken_as_it_was_sent(plain_server, host):
    at = urlsplit(plain_server)
    with socket.create_connection((at.hostname, at.port), timeout=60) as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        status = int(client.recv(100).split()[1])
    assert status in ({200, 403} if host.strip() == "localhost" else {400, 403})


SCREENS = [
    *(("light", f"view={view.replace(' ', '+')}", FOOT) for view in links.VIEWS),
    ("light", "embed=true", FOOT),
    ("dark", "embed=true&chart=timeline", "Open the dashboard"),
]


@pytest.mark.browser
def test_the_policy_allows_all_that_the_page_needs(browser, server):
    messages = []
    for scheme in ("light", "dark"):
        context = profile(browser, color_scheme=scheme, accept_downloads=True)
        page = context.new_page()
        page.on(
            "console", lambda message: messages.append(message.text) if message.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: messages.append(str(error)))
        for query, last in [(query, last) for of, query, last in SCREENS if of == scheme]:
            page.goto(f"{server}?{query}")
            appears(page, last)
            page.locator(READY).wait_for()
            if "Inbox" in query:
                page.get_by_text("Upload", exact=True).click()
                file = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"Bitcoin could rebound by December."}
                page.locator("input[type=file]").set_input_files(file)
                appears(page, "Read by rules")
            if "Watchlist" in query:
                with page.expect_download() as waiting:
                    page.get_by_role("button", name="CSV").first.click()
                assert waiting.value.failure() is None
            assert messages == [], query
        context.close()


FRAMES = {
    "unknown": "embed=true&chart=nonsense&view=Add%20notes",
    "doubled": "embed=true&chart=timeline&chart=fear",
    "too-long": "embed=true&chart=fear&find=" + "x" * 2_000,
    "too-many": "embed=true&chart=fear" + "&" * 1_000,
    "the-page": "embed=true&view=Add%20notes",
    "fear": "embed=true&chart=fear",
}
MESSAGES = """async () => {
    const wait = () => new Promise((go) => setTimeout(go, 1500));
    const say = (type, more = {}) =>
        document.getElementById("fear").contentWindow.postMessage({stCommVersion: 1, type, ...more}, "*");
    say("TERMINATE_WEBSOCKET_CONNECTION");
    await wait();
    say("UPDATE_FROM_QUERY_PARAMS", {queryParams: "?view=Add%20notes"});
    await wait();
    say("RESTART_WEBSOCKET_CONNECTION");
    await wait();
    say("RERUN_SCRIPT");
}"""


@contextmanager
def foreign_page(html):
    """Serve a page on another port; under another name it is of another site."""

    async def app(scope, receive, send):
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": html.encode()})

    with ports.served(app) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.mark.browser
def test_a_foreign_page_frames_a_single_chart_and_nothing_else(browser, server):
    frames = "".join(
        f'<iframe id="{name}" name="{name}" src="{server}?{query}"></iframe>' for name, query in FRAMES.items()
    )
    with foreign_page(frames) as address:
        page = profile(browser).new_page()
        page.goto(address)
        chart = page.frame_locator("#fear")
        chart.get_by_text("Open the dashboard").wait_for()
        page.wait_for_timeout(3_000)
        for name in FRAMES.keys() - {"fear"}:
            inside = page.frame_locator(f"#{name}")
            assert inside.locator("[data-testid=stApp], textarea, button").count() == 0, name
        page.evaluate(MESSAGES)
        page.wait_for_timeout(5_000)
        assert chart.get_by_text("Open the dashboard").count() == 1
        assert chart.locator("textarea").count() == 0
        assert chart.get_by_text("Save the note").count() == 0
        assert "chart=fear" in page.frame(name="fear").evaluate("location.search")
        page.context.close()


@pytest.mark.browser
def test_a_page_of_the_vendor_cannot_turn_a_chart_into_the_page(browser, server):
    page = profile(browser).new_page()
    heard = '<script>heard = []; addEventListener("message", (event) => heard.push(event.data.type))</script>'
    html = f'{heard}<iframe id="fear" name="fear" src="{server}?{FRAMES["fear"]}"></iframe>'
    page.route("https://any.streamlit.app/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("https://any.streamlit.app/")
    chart = page.frame_locator("#fear")
    chart.get_by_text("Open the dashboard").wait_for()
    page.evaluate(MESSAGES)
    page.wait_for_timeout(3_000)
    assert not {"GUEST_READY", "WEBSOCKET_DISCONNECTED"} & {*page.evaluate("heard")}, "it listens to the page around it"
    assert chart.get_by_text("Open the dashboard").count() == 1
    assert "chart=fear" in page.frame(name="fear").evaluate("location.search")
    page.context.close()


@pytest.mark.browser
def test_a_browser_keeps_the_policy(browser, server):
    context = profile(browser)
    page = context.new_page()
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(server)
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 2\">')")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<iframe srcdoc=\"<script>top.ran = 3</script>\"></iframe>')"
    )
    page.evaluate("fetch('http://203.0.113.9/').catch(() => { window.kept = 1 })")
    page.wait_for_function("window.kept === 1")
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert len([text for text in messages if "Content Security Policy" in text]) >= 3
    context.close()


def test_the_log_of_a_server_is_json_where_that_is_asked_for(served, tmp_path):
    log = tmp_path / "log.txt"
    with served(log, {**os.environ, "SENTIMENT_LOG": "json"}) as address:
        answer, _ = get(address, "/api/v1/badge.svg?as_of=2025-12-02&find=my-secret")
        assert get(address, "/?find=my-secret")[0].status == 200
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line.get("path") == "/api/v1/badge.svg"]
    assert line["request"] == answer.getheader("X-Request-Id")
    assert "my-secret" not in log.read_text()
    assert "127.0.0.1" not in "".join(json.dumps(line) for line in lines)


@pytest.mark.browser
def test_a_page_that_breaks_shows_an_id_that_the_log_has(browser, served, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text('raise RuntimeError("password=hunter2")')
    start = f"import pathlib, sentiment.files as files; files.DASHBOARD = pathlib.Path({str(broken)!r})"
    (tmp_path / "sitecustomize.py").write_text(start)
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    log = tmp_path / "log.txt"
    with served(log, {**os.environ, "SENTIMENT_LOG": "json", "PYTHONPATH": path}, broken=True) as address:
        page = profile(browser).new_page()
        page.goto(address)
        alert = page.get_by_text("Something broke here")
        alert.wait_for()
        shown = alert.inner_text()
        assert "hunter2" not in page.content()
        page.context.close()
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    faults = [line for line in lines if "traceback" in line]
    assert {fault["error_id"] in shown for fault in faults[-1:]} == {True}
    assert all("hunter2" in fault["traceback"] and "error_id" in fault for fault in faults), "logged once, with its id"
