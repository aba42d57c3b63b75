"""A real server and a real Chromium; skipped with a reason where there is none, unless REQUIRE_BROWSER=1."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import ProxyHandler, build_opener

import ports
import pytest
import yahoo_server
from browser_page import FOOT, PATIENCE, profile, settle

# A browser that asks nobody but our server.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",  # a page that is not of this machine may frame ours without asking anyone
]


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but no chromium is on the PATH")
        pytest.skip("no chromium on the PATH; install it or name it in CHROMIUM")
    return path


@contextmanager
def serving(log, environment, *, broken=False, port=None, folder=None):
    """Serve the dashboard as `sentiment run` does, started from a folder; gives the address of its page."""
    port = port or ports.free()
    with log.open("wb") as out:
        command = [sys.executable, "-m", "sentiment.cli", "run", "--headless", "--port", str(port)]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment, cwd=folder)
    address = f"http://localhost:{port}/"
    given_up = time.monotonic() + PATIENCE / 1000
    try:
        while not _healthy(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < given_up, f"the server did not come up: {log.read_text()}"
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE / 1000)
    assert "Traceback" not in log.read_text() or broken


def _healthy(address):
    try:
        with build_opener(ProxyHandler({})).open(f"{address}_stcore/health", timeout=10):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def plain_server(tmp_path_factory):
    """The dashboard on bundled data, asking no network, for those who ask without a browser."""
    with serving(tmp_path_factory.mktemp("server") / "log.txt", None) as address:
        yield address


@pytest.fixture(scope="session")
def server(chromium, plain_server):
    """The same for a browser."""
    assert chromium
    return plain_server


@pytest.fixture
def served():
    """What serves the dashboard, for a test that sets the environment itself and reads the log."""
    return serving


@pytest.fixture
def own_server(chromium, tmp_path):
    """The dashboard on bundled data with a library of its own."""
    assert chromium
    environment = {**os.environ, "SENTIMENT_DATA_DIR": str(tmp_path / "data")}
    with serving(tmp_path / "log.txt", environment) as address:
        yield address


@pytest.fixture
def yahoo(tmp_path):
    """A Yahoo of our own that knows ether and a share."""
    with yahoo_server.serving(tmp_path) as upstream:
        upstream.worlds = {
            "ETH-USD": yahoo_server.crypto(900, close=lambda n: 2_000 + 500 * math.sin(n / 30) + n),
            "AAPL": yahoo_server.equity(1_300),
        }
        yield upstream


@pytest.fixture
def live_server(chromium, yahoo, tmp_path):
    """The dashboard with an empty data folder, asking that Yahoo."""
    assert chromium
    with serving(tmp_path / "log.txt", yahoo.environment(SENTIMENT_OFFLINE="0", SENTIMENT_WATCH="0")) as address:
        yield address


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - only where a browser is

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="session")
def kept_pages(browser):
    """Pages of the session's server by their looks: one that goes elsewhere takes half of what a new one takes."""
    assert browser
    return {}


@pytest.fixture
def visit(browser, kept_pages, request):
    """Open a screen in a profile that nothing is stored in, and wait until it stands still; outside requests are noted.

    The page is closed at the end of the test or kept for the next one: change none of its own settings.
    """
    opened = []
    name = next((one for one in ("live_server", "own_server") if one in request.fixturenames), "server")
    server = request.getfixturevalue(name)

    def go(query="", *, width=1440, height=900, scheme="light", ready=FOOT):
        looks = (width, height, scheme)
        page = kept_pages.pop(looks, None) if name == "server" else None
        if page is None:
            context = profile(
                browser,
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                accept_downloads=True,
                bypass_csp=True,
            )  # what the driver waits for it evaluates in the page, which the policy forbids; test_guard_server.py holds that
            page = context.new_page()
            page.on(
                "request", lambda request: page.outside.append(request.url) if not _ours(request.url, server) else None
            )
        opened.append((looks, page))
        page.outside = []
        page.goto(f"{server}?{query}" if query else server)
        settle(page, ready)
        return page

    yield go
    for looks, page in opened:
        if name == "server" and looks not in kept_pages and page.url.startswith(server):
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
            page.context.clear_cookies()
            page.mouse.move(0, 0)
            kept_pages[looks] = page
        else:
            page.context.close()


def _ours(url, server):
    return url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))
