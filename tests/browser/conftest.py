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


@pytest.fixture(scope="session")
def served():
    """What serves the dashboard, for a test that sets the environment itself and reads the log."""
    return serving


@pytest.fixture(scope="session")
def own_server(chromium, tmp_path_factory):
    """The dashboard on bundled data with a library for those who save in it, each under names of its own."""
    assert chromium
    folder = tmp_path_factory.mktemp("own")
    with serving(folder / "log.txt", {**os.environ, "SENTIMENT_DATA_DIR": str(folder / "data")}) as address:
        yield address


@pytest.fixture(scope="session")
def live_server(chromium, tmp_path_factory):
    """The dashboard with a data folder that was empty, asking a Yahoo of our own that knows ether and a share."""
    assert chromium
    folder = tmp_path_factory.mktemp("live")
    with _yahoo(folder) as upstream, _live(folder, upstream) as address:
        yield address


@pytest.fixture
def yahoo(tmp_path):
    """A Yahoo of our own, for one test alone."""
    with _yahoo(tmp_path) as upstream:
        yield upstream


@pytest.fixture
def faulty_server(chromium, yahoo, tmp_path):
    """The dashboard with an empty data folder, asking a Yahoo that has a fault."""
    assert chromium
    yahoo.fault = lambda _symbol, _query: yahoo_server.Answer(500, b"oops")
    with _live(tmp_path, yahoo) as address:
        yield address


@contextmanager
def _yahoo(folder):
    """A Yahoo of our own that knows ether and a share."""
    with yahoo_server.serving(folder) as upstream:
        upstream.worlds = {
            "ETH-USD": yahoo_server.crypto(900, close=lambda n: 2_000 + 500 * math.sin(n / 30) + n),
            "AAPL": yahoo_server.equity(1_300),
        }
        yield upstream


def _live(folder, upstream):
    """Serve the dashboard with an empty data folder, asking that Yahoo."""
    return serving(folder / "log.txt", upstream.environment(SENTIMENT_OFFLINE="0", SENTIMENT_WATCH="0"))


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - only where a browser is

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="session")
def kept_profile(browser):
    """One profile for all screens: each new one loads and compiles five megabytes of scripts, two thirds of what a visit takes.

    What the driver waits for it evaluates in the page, which the policy forbids; `strict_page` is under the policy.
    """
    context = profile(browser, accept_downloads=True, bypass_csp=True, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture(scope="session")
def kept_pages():
    """Pages that wait for the next visit, by their server: a page on its way from one to another would still ask the first."""
    return {}


@pytest.fixture(scope="session")
def _strict_profile(browser):
    context = profile(browser, accept_downloads=True)
    yield context
    context.close()


@pytest.fixture
def strict_page(_strict_profile):
    """A new page that keeps the policy of what it loads."""
    _strict_profile.clear_cookies()
    page = _strict_profile.new_page()
    yield page
    page.close()


@pytest.fixture
def visit(kept_profile, kept_pages, request):
    """Open a screen where nothing is stored, and wait until it stands still; outside requests and dialogs are noted.

    Each visit is a page of its own and takes away what earlier ones have stored. Pages are kept for the next test.
    """
    opened = []
    name = next(
        (one for one in ("faulty_server", "live_server", "own_server") if one in request.fixturenames), "server"
    )
    server = request.getfixturevalue(name)

    def go(query="", *, width=1440, height=900, scheme="light", ready=FOOT):
        kept_profile.clear_cookies()
        for page in opened:
            page.evaluate("localStorage.clear()")
        kept = kept_pages.setdefault(server, [])
        page = kept.pop() if kept else _noted(kept_profile.new_page())
        opened.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.server, page.outside, page.dialogs = server, [], []
        page.goto(f"{server}?{query}" if query else server)
        settle(page, ready)
        return page

    yield go
    kept_profile.clear_permissions()
    for page in opened:
        if name != "faulty_server" and page.url.startswith(server):
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
            page.mouse.move(0, 0)
            kept_pages[server].append(page)
        else:
            page.close()


def _noted(page):
    """Let a page note what it asks of others than its server, and its dialogs."""
    page.on("request", lambda request: _ours(request.url, page.server) or page.outside.append(request.url))
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.dismiss()))
    return page


def _ours(url, server):
    return url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))
