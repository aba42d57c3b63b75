"""The security middleware on the server that people start: what a browser and a hostile client meet."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import ports
import pytest
from browser_page import FOOT, PATIENCE, READY, appears
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


LIMITED = {"SENTIMENT_API_BURST": "5", "SENTIMENT_API_RATE": "0.001"}


def answers_to_invented_addresses(server, source="127.0.0.1"):
    """Ask from an address of this machine, each time as if for another client; gives the statuses."""
    at, found = urlsplit(server), []
    for n in range(12):
        connection = HTTPConnection("127.0.0.1", at.port, timeout=60, source_address=(source, 0))
        invented = {"X-Forwarded-For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"}
        connection.request("GET", "/api/v1/badge.svg", headers={"Host": at.netloc, **invented})
        found.append(connection.getresponse().status)
        connection.close()
    return found


def test_only_a_proxy_that_is_named_says_for_whom_it_asks(served, tmp_path):
    environment = {**os.environ, **LIMITED, "FORWARDED_ALLOW_IPS": "127.0.0.1,::1"}
    with served(tmp_path / "log.txt", environment) as address:
        if sys.platform != "darwin":  # there the machine has but one such address
            assert answers_to_invented_addresses(address, "127.0.0.2") == [200] * 5 + [429] * 7
        assert answers_to_invented_addresses(address) == [200] * 12


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
def test_the_policy_allows_all_that_the_page_needs(strict_page, server):
    page, messages = strict_page, []
    page.on("console", lambda message: messages.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    for scheme, query, last in SCREENS:
        page.emulate_media(color_scheme=scheme)
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
                page.get_by_role("button", name="CSV").filter(visible=True).first.click()
            assert waiting.value.failure() is None
        assert messages == [], query


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
def test_a_foreign_page_frames_a_single_chart_and_nothing_else(strict_page, server):
    page = strict_page
    frames = "".join(
        f'<iframe id="{name}" name="{name}" src="{server}?{query}"></iframe>' for name, query in FRAMES.items()
    )
    with foreign_page(frames) as address:
        page.goto(address)  # until each frame is loaded or refused
        chart = page.frame_locator("#fear")
        chart.get_by_text("Open the dashboard").wait_for()
        for name in FRAMES.keys() - {"fear"}:
            assert page.frame(name=name).url == "chrome-error://chromewebdata/", name
            inside = page.frame_locator(f"#{name}")
            assert inside.locator("[data-testid=stApp], textarea, button").count() == 0, name
        page.evaluate(MESSAGES)
        page.wait_for_timeout(5_000)
        assert chart.get_by_text("Open the dashboard").count() == 1
        assert chart.locator("textarea").count() == 0
        assert chart.get_by_text("Save the note").count() == 0
        assert "chart=fear" in page.frame(name="fear").evaluate("location.search")


@pytest.mark.browser
def test_a_page_of_the_vendor_cannot_turn_a_chart_into_the_page(strict_page, server):
    page = strict_page
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


@pytest.mark.browser
def test_a_browser_keeps_the_policy(strict_page, server):
    page, messages = strict_page, []
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


@pytest.fixture(scope="module")
def broken_server(served, tmp_path_factory):
    """A server whose page breaks, which trusts no proxy and writes its log as JSON; gives its address and its log."""
    folder = tmp_path_factory.mktemp("broken")
    broken = folder / "broken.py"
    broken.write_text('raise RuntimeError("password=hunter2")')
    start = f"import pathlib, sentiment.files as files; files.DASHBOARD = pathlib.Path({str(broken)!r})"
    (folder / "sitecustomize.py").write_text(start)
    path = os.pathsep.join([str(folder), str(Path(__file__).parents[2])])
    log = folder / "log.txt"
    with served(log, {**os.environ, **LIMITED, "SENTIMENT_LOG": "json", "PYTHONPATH": path}, broken=True) as address:
        yield address, log


def logged(log, wanted):
    """Wait for lines of a log that have what is wanted: an answer may be here before its line."""
    given_up = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < given_up:
        lines = [
            json.loads(line)
            for line in log.read_text().splitlines(keepends=True)
            if line.startswith("{") and line.endswith("}\n")
        ]
        if found := [line for line in lines if wanted(line)]:
            return found, lines
        time.sleep(0.05)
    pytest.fail(log.read_text())


def test_nobody_gets_round_the_limit_by_inventing_addresses(broken_server):
    assert answers_to_invented_addresses(broken_server[0])[5:] == [429] * 7  # another test may have asked before


def test_the_log_of_a_server_is_json_where_that_is_asked_for(broken_server):
    address, log = broken_server
    assert get(address, "/?find=my-secret")[0].status == 200
    answer, _ = get(address, "/api/v1/badge.svg?as_of=2025-12-02&find=my-secret")
    (line,), lines = logged(log, lambda line: line.get("request") == answer.getheader("X-Request-Id"))
    assert line["path"] == "/api/v1/badge.svg"
    assert "my-secret" not in log.read_text()
    assert "127.0.0.1" not in "".join(json.dumps(line) for line in lines)


@pytest.mark.browser
def test_a_page_that_breaks_shows_an_id_that_the_log_has(strict_page, broken_server):
    address, log = broken_server
    strict_page.goto(address)
    alert = strict_page.get_by_text("Something broke here")
    alert.wait_for()
    shown = alert.inner_text()
    assert "hunter2" not in strict_page.content()
    faults, _ = logged(log, lambda line: line.get("error_id", "nothing") in shown)
    assert len(faults) == 1, "logged once, with its id"
    _, lines = logged(log, lambda line: "traceback" in line)
    faults = [line for line in lines if "traceback" in line]
    assert all("hunter2" in fault["traceback"] and "error_id" in fault for fault in faults)
