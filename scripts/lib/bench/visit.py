"""A first visit in a Chromium that has kept nothing: what it costs beside an empty page, and one of a single line, served in the same way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

import ports

from bench.figure import Figure, at_most
from bench.page import CHROMIUM_OPTIONS, wait_for_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserType

PART = "visit"
_ROOT = Path(__file__).resolve().parents[3]
_FOOT = "A description of the market, not advice"
_PATIENCE = 120_000
_SCRIPTS = {
    "empty": f"import streamlit as st\nst.set_page_config(layout='wide')\nst.header('{_FOOT}')\n",
    "line": f"import streamlit as st\nst.set_page_config(layout='wide')\nst.header('{_FOOT}')\nst.plotly_chart({{'data': [{{'y': [1, 3, 2]}}]}})\n",
    "today": "from sentiment.web import dashboard\ndashboard.main()\n",
}
_WATCH = """window.seen = {};
new MutationObserver(() => {
  const now = performance.now() / 1000;
  if (document.querySelector('h2')) seen.words ||= now;
  if (document.querySelector('h2') && document.querySelector('.dumbbell .today')) seen.answer ||= now;
  if (document.querySelector('.still .plot svg, .js-plotly-plot .main-svg')) seen.chart ||= now;
  if (document.querySelector('.js-plotly-plot .main-svg')) seen.plotly ||= now;
}).observe(document, {childList: true, subtree: true});"""


@contextmanager
def _serving(script: str) -> Iterator[str]:
    """Serve a script as the dashboard is served, with all of its middleware; gives the address."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder)
        (place / "script.py").write_text(script, "utf-8")
        app = (_ROOT / "app.py").read_text("utf-8").replace("files.DASHBOARD", repr(str(place / "script.py")))
        (place / "app.py").write_text(app, "utf-8")
        shutil.copytree(_ROOT / ".streamlit", place / ".streamlit")
        port = ports.free()
        environment = {**os.environ, "SENTIMENT_OFFLINE": "1", "SENTIMENT_DATA_DIR": folder, "PYTHONPATH": str(_ROOT)}
        command = [sys.executable, "-m", "sentiment.web.serving", "run", "app.py", "--server.port", str(port)]
        process = subprocess.Popen(
            [*command, "--server.headless", "true"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=place,
        )
        try:
            address = f"http://localhost:{port}/"
            wait_for_server(process, address)
            with build_opener(ProxyHandler({})).open(address):
                yield address
        finally:
            process.terminate()
            process.wait()


def measure(quick: bool = False) -> list[Figure]:  # noqa: FBT001, FBT002 - all parts are asked in the same way
    """Visit each page in turn, a Chromium each; the least of some visits counts, as others share the machine."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        said = "not measured: no Chromium on the PATH or in CHROMIUM"
        return [at_most(PART, "a first visit of Today / of one line", nan, "", 2, said)]
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is

    found: dict[str, list[dict[str, float]]] = {name: [] for name in _SCRIPTS}
    with ExitStack() as stack:
        pages = {name: stack.enter_context(_serving(script)) for name, script in _SCRIPTS.items()}
        chromium = stack.enter_context(sync_playwright()).chromium
        for _ in range(1 if quick else 5):
            for name, address in pages.items():
                found[name].append(_visit(chromium, path, address, charts=name != "empty"))
    least = {name: {what: min(one[what] for one in each) for what in each[0]} for name, each in found.items()}
    today, line, empty = (least[name] for name in ("today", "line", "empty"))
    told = f"{today['cpu']:.2f} s of the page's thread, {line['cpu']:.2f} s, empty {empty['cpu']:.2f} s"
    return [
        at_most(PART, "a first visit of Today / of one line of plotly", today["cpu"] / line["cpu"], "", 2, told),
        at_most(PART, "the answer: headline and dumbbell", today["answer"], "s", 1.3),
        Figure(PART, "the answer / the words of an empty page", today["answer"] / empty["words"], ""),
        at_most(PART, "the first chart", today["chart"], "s", 2.5),
        Figure(PART, "plotly's chart, to be pointed at", today["plotly"], "s"),
        Figure(PART, "the same of Today / of one line", today["plotly"] / line["plotly"], ""),
        at_most(
            PART,
            "bytes of a first visit",
            today["bytes"] / 1e6,
            "MB",
            2.8,
            f"{line['bytes'] / 1e6:.2f} MB of them for one line",
        ),
        Figure(PART, "requests of a first visit", today["requests"], "", note=f"{line['requests']:.0f} for one line"),
    ]


def _visit(chromium: BrowserType, path: str, address: str, *, charts: bool) -> dict[str, float]:
    """Processor time of the page's thread, bytes and requests until it stands still, and when words and a chart were there."""
    browser = chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(_PATIENCE)
    session = page.context.new_cdp_session(page)
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.add_init_script(_WATCH)
    page.goto(address)
    page.get_by_text(_FOOT).first.wait_for()
    if charts:
        page.wait_for_selector(".js-plotly-plot .main-svg")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1_000)
    told = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    seen = page.evaluate("seen")
    browser.close()
    return {
        "cpu": told["TaskDuration"],
        "bytes": sum(received),
        "requests": len(received),
        "words": seen["words"],
        "answer": seen.get("answer", nan),
        "chart": seen.get("chart", nan),
        "plotly": seen.get("plotly", nan),
    }
