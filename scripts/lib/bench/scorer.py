"""The scorer against plain ways to the same figures, against libraries, and against what the machine can do at best."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd

from bench import peers, worlds
from bench.figure import Figure, at_least, at_most
from bench.timing import interleaved
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.panel import score_panel
from sentiment.scoring.score import score

PART = "scorer"
LEAST_TRAFFIC = 8 * (2 + 6)
"""Bytes that a row moves at least: close and volume in; close, two axes, their coverage and the gap out."""
COMPARED = 64


def measure(*, quick: bool = False) -> list[Figure]:
    rounds = 1 if quick else 5
    many = list(worlds.assets(6 if quick else 500, 1_500 if quick else worlds.DAYS))
    return [
        *_one_asset(rounds),
        *_panels(many, rounds),
        *_indicators(many[:COMPARED], rounds),
        *([] if quick else _sizes()),
    ]


def _one_asset(rounds):
    inputs = load_inputs("BTC-USD")
    times = interleaved({"all": lambda: score(inputs), "last": lambda: score(inputs, last=7)}, 4 * rounds)
    return [
        Figure(PART, f"bitcoin, all {len(inputs.prices):,} days", times["all"].least * 1e3, "ms"),
        Figure(PART, "bitcoin, its last 7 days only", times["last"].least * 1e3, "ms", note="what is left is pandas's price of a call"),
    ]  # fmt: skip


def scored(many, engine, last=None):
    return list(score_panel(many, last=last, engine=engine))


def _panels(many, rounds):
    few = many[:COMPARED]
    check(few)
    noted = [worlds.noted(one) for one in few]
    check(noted[:4])
    cases = {
        "loop": lambda: [score(one) for one in few],
        "noted": lambda: scored(noted, "pandas"),
        "blocks": lambda: scored(few, "pandas"),
        "last": lambda: scored(few, "pandas", 7),
        "fast": lambda: scored(few, "numba"),
    }
    if find_spec("polars"):
        cases["polars"] = peers.polars_scores(few)
    times = {name: one.least for name, one in interleaved(cases, rounds).items()}
    rows = sum(len(one.prices) for one in few)
    floor = LEAST_TRAFFIC / bandwidth()
    whole = interleaved(
        {"blocks": lambda: scored(many, "pandas"), "fast": lambda: scored(many, "numba")}, max(1, rounds // 2)
    )
    everything = sum(len(one.prices) for one in many)

    def ns(seconds):
        return seconds / rows * 1e9

    return [
        Figure(PART, "pandas, asset by asset", ns(times["loop"]), "ns a row"),
        Figure(PART, "pandas, blocks of 64 assets", ns(times["blocks"]), "ns a row"),
        Figure(PART, "compiled", ns(times["fast"]), "ns a row"),
        Figure(PART, "polars, the same scorer", ns(times.get("polars", nan)), "ns a row"),
        Figure(PART, f"pandas, {len(many)} assets", whole["blocks"].least, "s"),
        Figure(PART, f"compiled, {len(many)} assets", whole["fast"].least, "s"),
        Figure(PART, "compiled, a row in the larger panel", whole["fast"].least / everything * 1e9, "ns a row"),
        at_most(PART, "blocks / asset by asset", times["blocks"] / times["loop"], "", 0.6),
        at_most(PART, "blocks with notes / without", times["noted"] / times["blocks"], "", 1.3),
        at_least(PART, "whole / last 7 days, in blocks", times["blocks"] / times["last"], "", 4),
        at_least(PART, "blocks / compiled", times["blocks"] / times["fast"], "", 6),
        at_least(PART, "polars / compiled", times.get("polars", nan) / times["fast"], "", 9),
        Figure(PART, "least time by memory bandwidth", floor * 1e9, "ns a row", note=f"{LEAST_TRAFFIC} bytes a row"),
        at_most(PART, "compiled / least time", times["fast"] / rows / floor, "", 150),
    ]  # fmt: skip


def check(many):
    """Hold every way to the answers of the plain one, on every row; raises AssertionError where one differs."""
    alone = {one.asset: score(one).axes for one in many}
    for engine in ("pandas", "numba"):
        for block in scored(many, engine):
            for name in block.assets:
                pd.testing.assert_frame_equal(block.axes(name), alone[name], check_exact=True, check_freq=False)
    if not find_spec("polars") or any(one.editions for one in many):  # the peer knows no notes
        return
    fear, fundamentals = peers.polars_scores(many)()
    for found, axis in ((fear, "fear"), (fundamentals, "fundamentals")):
        np.testing.assert_allclose(
            found, np.concatenate([one[axis] for one in alone.values()]), atol=2e-6, err_msg=axis
        )


def _indicators(many, rounds):
    cases = {name: prepare(many) for name, (module, prepare) in peers.INDICATORS.items() if find_spec(module)}
    times = interleaved(cases | {"ours": lambda: scored(many, "numba")}, max(1, rounds // 2))
    rows = sum(len(one.prices) for one in many)
    found = [
        Figure("libraries", f"{name}, indicators alone", times[name].least / rows * 1e9, "ns a row", note="nearest to ours, no ranks")
        for name in cases
    ]  # fmt: skip
    ratio = times["ours"].least / times["ta"].least if "ta" in times else nan
    return [*found, at_most("libraries", "the whole scorer, compiled / ta's indicators", ratio, "", 1)]


def bandwidth():
    """Bytes a second that one thread copies, read and written, at its best."""
    source = np.ones(1 << 26)
    target = np.empty_like(source)
    least = min(_clocked(lambda: np.copyto(target, source)) for _ in range(7))
    return 2 * source.nbytes / least


def _clocked(case):
    begin = time.perf_counter()
    case()
    return time.perf_counter() - begin


def _sizes():
    """Measure what only a process of its own can show: memory, and two at work at once."""
    found = []
    for engine, title in (("pandas", "blocks"), ("numba", "compiled")):
        seconds, beyond = _run("memory", engine)
        found += [
            Figure(PART, f"5,000 assets, {title}", seconds, "s"),
            at_most(PART, f"5,000 assets, {title}: memory beyond the outputs", beyond, "MB", 100),
        ]
    (alone,) = _run("work", "numba")
    both = [_start("work", "numba") for _ in range(2)]
    slower = max(_finish(one)[0] for one in both)
    return [
        *found,
        at_least(PART, "two workers at once / one", 2 * alone / slower, "", 1.9, "by the clock, starts left out"),
    ]


def _start(*arguments):
    return subprocess.Popen([sys.executable, "-m", "bench.scorer", *arguments], stdout=subprocess.PIPE, text=True)


def _finish(process):
    said, _ = process.communicate()
    assert process.returncode == 0, process.args
    return [float(one) for one in said.split()]


def _run(*arguments):
    return _finish(_start(*arguments))


def _memory_of(what):
    """Bytes of memory now (VmRSS), or at the highest since the process began (VmHWM)."""
    said = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return int(said[what].split()[0]) * 1024


def _memory(engine):
    """Score 5,000 assets that are made as they are read; prints seconds and the peak beyond what is kept, in MB."""
    scored(list(worlds.assets(1, 800)), engine)  # what is loaded once is no part of it, what a block needs is
    before, begin = _memory_of("VmRSS"), time.process_time()
    kept = list(score_panel(worlds.assets(5_000), engine=engine))
    held = sum({id(owner(one)): owner(one).nbytes for block in kept for one in block.columns.values()}.values())
    print(time.process_time() - begin, (_memory_of("VmHWM") - before - held) / 1e6)


def owner(array):
    """Return the array that owns the memory of a view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _work(engine):
    many = list(worlds.assets(256))
    scored(many[:COMPARED], engine)
    time.sleep(2)  # so that both have started when two are at work
    print(_clocked(lambda: [scored(many, engine) for _ in range(8)]))


if __name__ == "__main__":
    {"memory": _memory, "work": _work}[sys.argv[1]](sys.argv[2])
