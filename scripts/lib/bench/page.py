"""The served page: what a rerun, a crowd, a session, a first visit and a start cost, all through the real server."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from math import nan
from pathlib import Path
from statistics import mean, median, quantiles
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, build_opener

import numpy as np
import ports

from bench.figure import Figure, at_most
from bench.viewers import RANGES, Run, viewing
from sentiment.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from playwright.sync_api import Browser

PART = "page"
VIEWS = ("Today", "Watchlist", "Calls", "Research", "Inbox", "Evidence", "Weights", "Method", "Data")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PATIENCE = 120.0  # seconds for a start on a busy machine
_CROWD_SECONDS = 30
CHROMIUM_OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@dataclass(frozen=True, slots=True)
class Server:
    """A dashboard's own process, and when it was started."""

    address: str
    pid: int
    started: float

    def cpu(self) -> float:
        """Processor time that it has taken, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Memory that it holds, in MB."""
        return int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]) * _PAGE / 1e6


@contextmanager
def serving() -> Iterator[Server]:
    """Serve the dashboard on bundled data as `sentiment run` does, asking no network, with an empty data folder."""
    port = ports.free()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environment = {**os.environ, "SENTIMENT_OFFLINE": "1", "SENTIMENT_DATA_DIR": folder}
        command = [sys.executable, "-m", "sentiment.cli", "run", "--headless", "--port", str(port)]
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        server = Server(f"http://localhost:{port}/", process.pid, started)
        try:
            wait_for_server(process, server.address)
            yield server
        finally:
            process.terminate()
            process.wait()


def wait_for_server(process: subprocess.Popen[bytes], address: str) -> None:
    """Wait until a server that was just started answers."""
    ask, started = build_opener(ProxyHandler({})).open, time.perf_counter()
    while time.perf_counter() - started < _PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}; start `sentiment run` to see why")
        try:
            with ask(f"{address}_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"the server did not answer within {_PATIENCE:g} s")


def measure(quick: bool = False) -> list[Figure]:  # noqa: FBT001, FBT002 - all parts are asked in the same way
    """Measure the page; `quick` makes a tenth of the repeats."""
    share = 0.1 if quick else 1.0
    figures = _imports(max(1, int(5 * share))) + _json()
    with serving() as server:
        figures += _first_chart(server)
        figures += _reruns(server, int(40 * share))
        figures += _new_day(server)
        figures += _growth(server, int(1_000 * share))
        figures += _sessions(server, int(50 * share))
        figures += _fetcher(server)
        for viewers in (1, 10) if quick else (1, 10, 50, 100):
            figures += _crowd(server, viewers, max(10.0, _CROWD_SECONDS * share))
    with serving() as server:
        figures += _browser(server)
    return figures


def _first_chart(server: Server) -> list[Figure]:
    """Time to the first chart: of a process just started, and of sessions after that."""
    asyncio.run(_one(server, {}))
    cold = time.perf_counter() - server.started
    cpu = server.cpu()
    warm = [run.first_chart or nan for run in (asyncio.run(_one(server, {})) for _ in range(5))]
    return [
        Figure(
            PART, "cold start to the first screen", cold, "s", note=f"from the start of the process, {cpu:.1f} s of cpu"
        ),
        at_most(PART, "first chart of a warm server", median(warm), "s", 2, "by websocket, a new session"),
    ]


async def _one(server: Server, choices: dict[str, str]) -> Run:
    async with viewing(server.address) as viewer:
        return await viewer.run(**choices)


async def _toggled(server: Server, repeats: int, **fixed: str) -> tuple[list[Run], float]:
    """Change the range to and fro; gives the runs and the cpu that each took the server."""
    async with viewing(server.address) as viewer:
        for span in (*RANGES, *RANGES):
            await viewer.run(**fixed, range=span)
        before = server.cpu()
        runs = [await viewer.run(**fixed, range=RANGES[turn % 2]) for turn in range(repeats)]
        taken = (server.cpu() - before) / repeats
        return runs, 1000 * taken


def _reruns(server: Server, repeats: int) -> list[Figure]:
    """Change the range on every view; only the default one is held to a limit."""
    figures = []
    for view in VIEWS:
        fixed = {} if view == VIEWS[0] else {"view": view}
        runs, cpu = asyncio.run(_toggled(server, repeats, **fixed))
        last, wire = runs[-1], mean(run.wire for run in runs) / 1000
        sent = f"{last.messages} messages, {len(last.figures)} figures anew, {last.named} known"
        if fixed:
            figures.append(Figure(PART, f"rerun of {view}, server cpu", cpu, "ms"))
            figures.append(Figure(PART, f"rerun of {view}, on the wire", wire, "kB", note=sent))
        else:
            figures.append(at_most(PART, f"rerun of {view}, server cpu", cpu, "ms", 60))
            figures.append(at_most(PART, f"rerun of {view}, on the wire", wire, "kB", 250, sent))
            figures.append(at_most(PART, "figures sent anew where one changed", len(last.figures), "", 1))
    same = asyncio.run(_same(server))
    return [*figures, at_most(PART, "figures sent anew where none changed", len(same.figures), "", 0)]


async def _same(server: Server) -> Run:
    async with viewing(server.address) as viewer:
        await viewer.run()
        return await viewer.run()


def _new_day(server: Server) -> list[Figure]:
    """Measure screens of days that are in no cache: everything is scored, judged and drawn."""
    days = ("2026-03-03", "2025-08-08", "2024-05-05")
    before = server.cpu()
    runs = [asyncio.run(_one(server, {"as_of": day})) for day in days]
    cpu = 1000 * (server.cpu() - before) / len(days)
    return [
        Figure(
            PART, "first screen of a new day, server cpu", cpu, "ms", note=f"{median(r.seconds for r in runs):.2f} s"
        )
    ]


def _growth(server: Server, repeats: int) -> list[Figure]:
    """Memory that reruns leave behind, once a fifth as many have filled what is kept on purpose."""
    asyncio.run(_toggled(server, max(1, repeats // 5)))
    before = server.memory()
    asyncio.run(_toggled(server, repeats))
    name = f"growth of memory over {repeats:,} reruns"
    return [at_most(PART, name, server.memory() - before, "MB", 5, f"from {before:.0f} MB")]


def _sessions(server: Server, count: int) -> list[Figure]:
    before = server.memory()
    after = asyncio.run(_held(server, count))
    return [Figure(PART, "memory of an idle session", (after - before) / count, "MB", note=f"{count} sessions")]


async def _held(server: Server, count: int) -> float:
    async with AsyncExitStack() as stack:
        for _ in range(count):
            await (await stack.enter_async_context(viewing(server.address))).run()
        return server.memory()


def _crowd(server: Server, viewers: int, seconds: float) -> list[Figure]:
    """How long a change takes where many viewers make one every five seconds; they live in a process of their own."""
    command = [sys.executable, "-m", "bench.viewers", server.address, str(viewers), str(seconds)]
    cpu, started = server.cpu(), time.perf_counter()
    told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    busy = (server.cpu() - cpu) / (time.perf_counter() - started)
    taken = told["seconds"]
    note = f"{len(taken)} changes; the server took {busy:.0%} of a core, the viewers {told['busy']:.0%}"
    name = f"{counted(viewers, 'viewer')}, a change every 5 s each"
    p95 = f"{name}: p95", quantiles(taken, n=20, method="inclusive")[-1], "s"
    limit = {50: 0.4, 100: 2.0}.get(viewers)
    last = at_most(PART, *p95, limit, note) if limit else Figure(PART, *p95, note=note)
    return [Figure(PART, f"{name}: p50", median(taken), "s"), last]


def _fetcher(server: Server) -> list[Figure]:
    """Whether a server that has drawn every view has loaded what fetches prices; its C part shows among what is mapped."""
    loaded = "curl_cffi" in Path(f"/proc/{server.pid}/maps").read_text("utf-8")
    return [at_most(PART, "yfinance in a server that drew every view", float(loaded), "", 0)]


def _imports(repeats: int) -> list[Figure]:
    """Processor time of starts, the least of some."""
    helped = min(_child("-m", "sentiment.cli", "--help") for _ in range(repeats))
    page = min(_child("-c", "import sentiment.web.dashboard") for _ in range(repeats))
    named = "import sys, app, sentiment.web.dashboard; sys.exit('yfinance' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", named], check=False, stderr=subprocess.DEVNULL).returncode
    return [
        at_most(PART, "cpu of `sentiment --help`", helped, "s", 0.3),
        Figure(PART, "cpu of importing the page", page, "s"),
        at_most(PART, "yfinance in the page's start", loaded, "", 0),
    ]


def _child(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _json() -> list[Figure]:
    """Size of the default figure beside what plotly writes of the same rows: a day index and whole floats."""
    import plotly.graph_objects as go  # noqa: PLC0415 - pandas and Streamlit, only where they are used

    from sentiment.models import Selection  # noqa: PLC0415
    from sentiment.web.page import embedded, screen  # noqa: PLC0415

    default = screen.load_screen(Selection())
    drawing = embedded.CHARTS["timeline"](default)
    figure = drawing.figure.to_dict()
    given = [_written_out(trace.to_plotly_json(), drawing.rows.index) for trace in drawing.figure.data]
    plain = len(go.Figure(given, figure["layout"]).to_json())
    ours = len(json.dumps(figure, separators=(",", ":")))
    said = f"{ours / 1000:.1f} of {plain / 1000:.1f} kB"
    return [at_most(PART, "default figure's JSON beside plotly's own of days and floats", ours / plain, "", 0.17, said)]


def _written_out(trace: dict[str, Any], days: pd.DatetimeIndex) -> dict[str, Any]:
    """Return a trace as plotly is usually given it: every day and whole floats."""
    if "x0" not in trace:
        return trace
    whole = {name: np.asarray(trace[name], float) for name in ("y", "z", "customdata") if name in trace}
    return {name: value for name, value in trace.items() if name not in {"x0", "dx"}} | {"x": days} | whole


def _browser(server: Server) -> list[Figure]:
    """Bytes and time of a first visit with a real Chromium that has kept nothing."""
    limits = (("bytes of a first visit, Chromium", "MB", 2.8), ("first chart in Chromium, warm server", "s", 2))
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        said = "not measured: no Chromium on the PATH or in CHROMIUM"
        return [at_most(PART, name, nan, unit, limit, said) for name, unit, limit in limits]
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is

    visits = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        visits += [_visit(chromium, server) for _ in range(3)]
        chromium.close()
    seen = [min(one) for one in zip(*visits, strict=True)]
    return [at_most(PART, name, value, unit, limit) for (name, unit, limit), value in zip(limits, seen, strict=True)]


def _visit(chromium: Browser, server: Server) -> tuple[float, float]:
    """Megabytes until the page stands still, and seconds to its first chart."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    started = time.perf_counter()
    page.goto(server.address)
    page.wait_for_selector(".js-plotly-plot .main-svg")
    first = time.perf_counter() - started
    page.wait_for_load_state("networkidle")
    context.close()
    return sum(received) / 1e6, first
