"""Every fault of the price source, with nothing, fresh or old prices saved: page, API and command line stay of use."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asgi
import pandas as pd
import ports
import yahoo_server
from bench.viewers import viewing
from yahoo_faults import REFUSALS, always

from torture.outcome import SHOWN, Outcome, late
from torture.served import Served, serving
from torture.server import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STATES = ("cold", "fresh", "stale")
USABLE = 3.0
"""Seconds within which there is something to read."""
SETTLES = 180.0
"""Seconds after which a banner that is missing is one that will not come."""
PAUSE = 60.0
"""Seconds for which a source that failed is not asked again."""
BUDGET = 12.0 + 2.0
"""Seconds that a refresh may take beyond the start of any command."""
MOST_CHARTS = 8
"""Chart requests that one refresh of a ticker may make: two attempts each for the tail and the whole, after the time zone."""
ASSET = "BTC-USD"


def rate_limited(upstream: yahoo_server.YahooServer) -> None:
    upstream.fault = always(yahoo_server.Answer(429, b"Too Many Requests", {"Retry-After": "600"}))


def _black_hole(upstream: yahoo_server.YahooServer) -> None:
    upstream.black_hole = True


FAULTS: dict[str, Any] = {name: fault for name, (fault, _) in REFUSALS.items()} | {
    "rate limit": rate_limited,
    "black hole": _black_hole,
    "no network": None,
}


def run(scale: float, seed: int) -> list[Outcome]:
    """Try every fault in every state; a `scale` below 1 takes an even selection."""
    del seed
    cases = [(fault, state) for fault in FAULTS for state in STATES]
    chosen = cases[:: max(1, round(1 / scale))] if scale < 1 else cases
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="torture-") as folder,
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool,
    ):
        pool.submit(saved_before, folder).result()
        told = list(pool.map(met, chosen, [folder] * len(chosen)))
    outcomes = []
    for place, what in enumerate(("page", "API", "command line")):
        wrong = [
            f"{fault}, {state}: {one}"
            for (fault, state), each in zip(chosen, told, strict=True)
            for one in each[place][0]
        ]
        slowest = max(each[place][1] for each in told)
        note = f"slowest {slowest:.2f} s to something to read"
        seconds = (time.perf_counter() - began) / 3
        outcomes.append(
            Outcome(f"faults of the source: {what}", len(chosen), len(wrong), seconds, note, tuple(wrong[:SHOWN]))
        )
    return outcomes


def in_another_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function in another process, where it may change the environment."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def saved_before(folder: str) -> None:
    """Save series that are up to date, and others that are ten days old."""
    from sentiment.frames import PRICE_COLUMNS  # noqa: PLC0415
    from sentiment.market import bar_store, roles  # noqa: PLC0415

    now = datetime.now(UTC)
    for state, age in (("fresh", timedelta(0)), ("stale", timedelta(days=10))):
        os.environ["SENTIMENT_DATA_DIR"] = str(Path(folder, state))
        last = pd.Timestamp((now - age).date() - timedelta(days=1), tz="UTC")
        index = pd.date_range(end=last, periods=1_200, name="date").as_unit("us")
        for symbol in roles.symbols_to_fetch(ASSET):
            closes = pd.Series(range(1_200), index=index, dtype=float) + 100.0
            frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": closes}, index=index)
            kind = "CRYPTOCURRENCY" if symbol == ASSET else "INDEX"
            bar_store.append(symbol, frame, now - age, bar_store.Facts(now - age, now - age / 5, "UTC", kind, "USD"))


def met(case: tuple[str, str], folder: str) -> list[tuple[list[str], float]]:
    """Try one fault in one state; returns the problems and the slowest response of page, API and command line."""
    fault, state = case
    found = []
    with _source(fault, Path(folder), state) as (upstream, environment), serving(environment) as server:
        found += asgi.run(_page_and_api(server, upstream, state))
        if "Traceback" in server.log() and "the answer to" in server.log():
            found[0][0].append("the log has a fault of ours")
    with _source(fault, Path(folder), state) as (_, environment):
        found.append(_command_line(environment, state))
    return found


@contextmanager
def _source(fault: str, folder: Path, state: str) -> Iterator[tuple[yahoo_server.YahooServer, dict[str, str]]]:
    """Serve a Yahoo with a fault, and what was saved before."""
    with tempfile.TemporaryDirectory(prefix="torture-") as own, yahoo_server.serving(Path(own)) as upstream:
        environment = upstream.environment(SENTIMENT_OFFLINE="0", SENTIMENT_WATCH="0")
        if state != "cold":
            shutil.copytree(folder / state, environment["SENTIMENT_DATA_DIR"])
        if fault == "no network":
            nobody = f"http://127.0.0.1:{ports.free()}"
            environment |= {"HTTPS_PROXY": nobody, "https_proxy": nobody}
        elif fault in {"rate limit", "black hole"}:
            FAULTS[fault](upstream)
        else:
            upstream.fault = FAULTS[fault]
        yield upstream, environment


async def _page_and_api(
    server: Served, upstream: yahoo_server.YahooServer, state: str
) -> tuple[tuple[list[str], float], tuple[list[str], float]]:
    wrong, slowest = [], 0.0
    async with viewing(server.address) as viewer:
        shown = await viewer.run()
        slowest = shown.seconds
        wrong += _screen(shown)
        began = time.monotonic()
        while state != "fresh" and not shown.alerts and time.monotonic() < began + SETTLES:
            await asyncio.sleep(0.5)
            shown = await viewer.run()
            slowest = max(slowest, shown.seconds)
        asked = Counter(symbol for symbol, _ in upstream.charts)
        wrong += _banner(shown, state)
        if state == "fresh" and asked:
            wrong.append(f"it asked for {dict(asked)} though all is fresh")
        wrong += [f"it asked {many} times for {symbol}" for symbol, many in asked.items() if many > MOST_CHARTS]
        api = await asyncio.to_thread(_api, server, state)
        for _ in range(3):
            await viewer.run()
        async with viewing(server.address) as other:
            again = await other.run()
            slowest = max(slowest, again.seconds)
            wrong += [f"another viewer: {one}" for one in (*_screen(again), *_banner(again, state))]
        now = Counter(symbol for symbol, _ in upstream.charts)
        if now != asked and time.monotonic() < began + PAUSE:
            wrong.append(f"within the pause it asked again: {dict(now - asked)}")
    if late(slowest, USABLE):
        wrong.append(f"a screen took {slowest:.1f} s")
    return (wrong, slowest), api


def _screen(shown: Any) -> list[str]:
    wrong = [] if shown.first_chart is not None else ["no chart is shown"]
    if not any("Source:" in one and "ago" in one for one in shown.words):
        wrong.append("nothing says where the prices are from and how old they are")
    return wrong


def _banner(shown: Any, state: str) -> list[str]:
    expected = 0 if state == "fresh" else 1
    if len(shown.alerts) != expected:
        return [f"{len(shown.alerts)} banners instead of {expected}: {shown.alerts}"]
    return [
        f"the banner does not name the source: {one}"
        for one in shown.alerts
        if "Yahoo" not in one and "data" not in one
    ]


def _api(server: Served, state: str) -> tuple[list[str], float]:
    wrong, slowest = [], 0.0
    for path in ("/api/v1/scores.json?start=2025-01-01", "/api/v1/prices.json?start=2026-01-01", "/readyz"):
        began = time.perf_counter()
        status, _, body = ask(server, f"GET {path} HTTP/1.1".encode())
        slowest = max(slowest, time.perf_counter() - began)
        if status != 200:
            wrong.append(f"{path} was answered {status}")
        elif "prices" in path:
            last = max(one["date"] for one in json.loads(body)["rows"])[:10]
            if (last >= str((datetime.now(UTC) - timedelta(days=2)).date())) is not (state == "fresh"):
                wrong.append(f"{path} goes to {last}")
    if late(slowest, USABLE):
        wrong.append(f"an answer took {slowest:.1f} s")
    return wrong, slowest


def _command_line(environment: dict[str, str], state: str) -> tuple[list[str], float]:
    wrong = []
    code, out, err, seconds, _ = _run(environment, "refresh", ASSET)
    if code != 1 or "could not be refreshed" not in err:
        wrong.append(f"refresh ended with {code}: {(err or out)[-300:]}")
    if "Traceback" in err + out and "details in the log" not in out:  # the log is on standard error
        wrong.append(f"refresh shows a traceback: {err.strip().splitlines()[-1]}")
    code, out, err, usual, work = _run(environment, "score", ASSET, "--format", "json")
    if late(seconds - usual, BUDGET):
        wrong.append(f"refresh took {seconds:.0f} s, and another command {usual:.0f} s")
    if code:
        wrong.append(f"score ended with {code}: {err[-300:]}")
    else:
        told = json.loads(out)
        if not (told["source"] and told["last_bars"]) or told["stale"] is (state == "fresh"):
            wrong.append(f"score says {told['source']!r}, stale: {told['stale']}")
    if late(work, USABLE):
        wrong.append(f"score took {work:.1f} s of a processor")
    return wrong, work


def _run(environment: dict[str, str], *arguments: str) -> tuple[int, str, str, float, float]:
    """Run our command; returns its exit code, stdout, stderr, wall seconds and processor seconds."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "sentiment.cli", *arguments], env=environment, stdout=out, stderr=err
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        seconds = time.perf_counter() - began
        return process.returncode, out.read(), err.read(), seconds, used.ru_utime + used.ru_stime
