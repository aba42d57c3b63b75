"""A real server and a real Chromium; skipped with a reason where there is none, unless REQUIRE_BROWSER=1."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest
from browser_page import settle

# A browser that asks nobody but our server.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but no chromium is on the PATH")
        pytest.skip("no chromium on the PATH; install it or name it in CHROMIUM")
    return path


@pytest.fixture(scope="session")
def server(chromium, tmp_path_factory):
    """The dashboard as `sentiment run` serves it; the address of its page."""
    assert chromium
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "sentiment.cli", "run", "--headless", "--port", str(port)]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}/"
    for _ in range(300):
        try:
            with urlopen(f"{address}_stcore/health", timeout=1):  # noqa: S310 - our own server
                break
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
    else:
        pytest.fail(f"the server did not come up: {log.read_text()}")
    yield address
    process.terminate()
    process.wait(timeout=20)
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def visit(browser, server):
    """Open a screen in a fresh profile and wait until it stands still; outside requests and console errors are noted."""
    contexts = []

    def go(query="", *, width=1440, height=900, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.outside = []
        page.on("request", lambda request: page.outside.append(request.url) if not _ours(request.url, server) else None)
        page.goto(f"{server}?{query}" if query else server)
        settle(page)
        return page

    yield go
    for context in contexts:
        context.close()


def _ours(url, server):
    return url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))
