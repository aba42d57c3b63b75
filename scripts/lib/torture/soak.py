"""Hours in small: viewers who change controls while the source fails on and off, beside a crowd that does nothing at all."""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Self

import asgi
import yahoo_server
from bench.viewers import viewing

from torture.outcome import SHOWN, Outcome
from torture.served import Served, serving
from torture.server import ANSWER, SOCKET, STREAM, ask
from torture.upstream import ASSET, FAULTS, REFUSALS, in_another_process, rate_limited, saved_before

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.viewers import Run

VIEWERS, MINUTES = 20, 15.0
IDLE, HELD = 500, 10.0
"""Screens that are opened and left alone, and for how many minutes."""
EVERY = 5.0
TURNS = 20.0
"""Seconds after which the source breaks or is well again."""
FLAT = 0.05
LEEWAY = 12.0
"""Share of the memory, and MB beside it, by which it may grow from the second third of the time to the last."""
MORE_HANDLES = 10
VIEWS = ("Today", "Watchlist", "Research", "Evidence", "Method", "Data")
ANNOUNCED = ("Yahoo", "Unreadable data for", "No prices for", "saved prices to", "This grade was fixed")
"""What a banner may say: that a source failed, or that a vendor's later prices would grade a call otherwise."""


def run(scale: float, seed: int) -> list[Outcome]:
    """Let both crowds look at servers of their own at the same time."""
    found: dict[str, Outcome] = {}

    def note(part: Callable[[float, int], Outcome], name: str) -> None:
        began = time.perf_counter()
        try:
            found[name] = part(scale, seed)
        except Exception as error:  # noqa: BLE001 - told in the table; the other part goes on
            found[name] = Outcome(name, 1, 1, time.perf_counter() - began, "", (repr(error)[:400],))

    threads = [threading.Thread(target=note, args=(part, name)) for name, part in PARTS.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[name] for name in PARTS]


class Gauge:
    """Memory and handles of a server, and how long another client waits for its health, every second."""

    def __init__(self, server: Served) -> None:
        self._server, self._stop = server, threading.Event()
        self.memory: list[float] = []
        self.handles: list[int] = []
        self.waited = 0.0
        self.failed: list[str] = []
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(1.0):
            began = time.perf_counter()
            try:
                status, _, _ = ask(self._server, b"GET /healthz HTTP/1.1")
            except OSError as error:
                status = repr(error)
            self.waited = max(self.waited, time.perf_counter() - began)
            if status != 200:
                self.failed.append(f"its health was answered {status}")
            self.memory.append(self._server.memory())
            self.handles.append(self._server.handles())

    def wrong(self) -> list[str]:
        """Say what grew from the second third of the time to the last."""
        third = len(self.memory) // 3
        found = list(self.failed)
        if third < 3:
            return found
        before, after = mean(self.memory[third : 2 * third]), mean(self.memory[2 * third :])
        if after - before > FLAT * before + LEEWAY:
            found.append(f"its memory grew from {before:.0f} to {after:.0f} MB")
        if max(self.handles[2 * third :]) > max(self.handles[third : 2 * third]) + MORE_HANDLES:
            found.append(
                f"its handles grew from {max(self.handles[third : 2 * third])} to {max(self.handles[2 * third :])}"
            )
        return found

    def told(self) -> str:
        third = max(1, len(self.memory) // 3)
        parts = [self.memory[place : place + third] for place in (0, third, 2 * third)]
        memory = ", ".join(f"{mean(one):.0f}" for one in parts if one)
        handles = ", ".join(f"{max(self.handles[place : place + third], default=0)}" for place in (0, third, 2 * third))
        return f"memory by thirds {memory} MB, handles {handles}; its health never took over {self.waited:.2f} s"


def busy(scale: float, seed: int) -> Outcome:
    """Let viewers change what they see while the source fails on and off."""
    began, seconds = time.perf_counter(), 60 * MINUTES * scale
    with tempfile.TemporaryDirectory(prefix="torture-") as folder, yahoo_server.serving(Path(folder)) as upstream:
        environment = upstream.environment(SENTIMENT_OFFLINE="0", SENTIMENT_WATCH="0")
        saved = Path(environment["SENTIMENT_DATA_DIR"])
        in_another_process(saved_before, folder)
        shutil.copytree(Path(folder, "stale"), saved)
        symbols = [path.name for path in (saved / "bars").glob("*.parquet")]
        upstream.worlds = {ASSET: yahoo_server.crypto(1_200, close=lambda n: 100.0 + n)}
        with serving(environment) as server:
            stop = threading.Event()
            weather = threading.Thread(
                target=_weather, args=(upstream, Path(folder, "stale"), saved, symbols, stop, seed)
            )
            weather.start()
            try:
                with Gauge(server) as gauge:
                    runs, wrong = asgi.run(_crowd(server, max(3, round(VIEWERS * min(1.0, scale * 5))), seconds, seed))
            finally:
                stop.set()
                weather.join()
            wrong += gauge.wrong()
            if "the answer to" in server.log():
                wrong.append("the log has a fault of ours")
    banners = Counter(one for run in runs for one in run.alerts)
    odd = [f"a banner says: {one}" for one in banners if not any(words in one for words in ANNOUNCED)]
    note = (
        f"{len(runs):,} screens, {len(upstream.charts):,} charts asked for, {sum(banners.values()):,} banners of {len(banners)} kinds, "
        f"slowest screen {max(run.seconds for run in runs):.1f} s; {gauge.told()}"
    )
    wrong += odd
    return Outcome(
        "viewers, the source on and off",
        len(runs),
        len(wrong),
        time.perf_counter() - began,
        note,
        tuple(wrong[:SHOWN]),
    )


def _weather(  # noqa: PLR0913, PLR0917 - what changes, and until when
    upstream: yahoo_server.YahooServer, stale: Path, saved: Path, names: list[str], stop: threading.Event, seed: int
) -> None:
    """Break the source and mend it, and let what is saved be old again."""
    chance = random.Random(seed)
    sound = upstream.fault
    for turn in itertools.count():
        if stop.wait(TURNS):
            return
        upstream.fault = sound
        if turn % 2 == 0:
            name = chance.choice([*REFUSALS, "rate limit"])
            if name == "rate limit":
                rate_limited(upstream)
            elif name != "time-out":  # it would hold the source's threads for good
                upstream.fault = FAULTS[name]
        for one in names:
            fresh = saved / "bars" / f"{one}.swap"
            shutil.copyfile(stale / "bars" / one, fresh)
            fresh.replace(saved / "bars" / one)


async def _crowd(server: Served, many: int, seconds: float, seed: int) -> tuple[list[Run], list[str]]:
    until = time.monotonic() + seconds

    async def look(number: int) -> tuple[list[Run], list[str]]:
        chance, runs = random.Random(seed * 1000 + number), []
        await asyncio.sleep(number * EVERY / many)
        try:
            async with viewing(server.address) as viewer:
                while not runs or time.monotonic() < until:
                    choices = {"range": chance.choice(("1Y", "2Y", "5Y"))}
                    if chance.random() < 0.2:
                        choices["view"] = chance.choice(VIEWS)
                    runs.append(await asyncio.wait_for(viewer.run(**choices), 60))
                    runs[-1].figures.clear()
                    await asyncio.sleep(EVERY)
        except Exception as error:  # noqa: BLE001 - whatever ends a session
            return runs, [f"viewer {number}, screen {len(runs)}: {error!r}"[:400]]
        return runs, []

    told = await asyncio.gather(*(look(number) for number in range(many)))
    return [run for runs, _ in told for run in runs], [one for _, wrong in told for one in wrong]


def idle(scale: float, seed: int) -> Outcome:
    """Open many screens and leave them alone; then one too many, and at the end some of them go on."""
    del seed
    many, began = max(5, round(IDLE * min(1.0, scale * 2))), time.perf_counter()
    with serving() as server:
        wrong, slowest, gauge = asgi.run(_left_alone(server, many, 60 * HELD * scale))
        wrong += gauge.wrong()
        if gauge.waited > ANSWER:
            wrong.append(f"its health took {gauge.waited:.1f} s")
    note = f"afterwards a change took {slowest:.2f} s at most; {gauge.told()}"
    return Outcome("screens left alone", many, len(wrong), time.perf_counter() - began, note, tuple(wrong[:SHOWN]))


async def _left_alone(server: Served, many: int, seconds: float) -> tuple[list[str], float, Gauge]:
    wrong, slowest = [], 0.0
    async with AsyncExitStack() as stack:
        viewers = []
        for _ in range(many):
            viewers.append(await stack.enter_async_context(viewing(server.address)))
            await viewers[-1].run()
        if many == IDLE:
            status, _, _ = await asyncio.to_thread(ask, server, STREAM, *SOCKET)
            if status != 403:
                wrong.append(f"one screen too many was answered {status}")
        with Gauge(server) as gauge:
            await asyncio.sleep(seconds)
        for viewer in viewers[:: max(1, many // 20)]:
            run = await viewer.run(range="1Y")
            slowest = max(slowest, run.seconds)
            wrong += [f"a screen that was left alone shows {one}" for one in run.alerts]
    return wrong, slowest, gauge


PARTS = {"viewers, the source on and off": busy, "screens left alone": idle}
