"""The stores: reading saved prices, and refreshing many symbols from a Yahoo of our own."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figure import Figure

PART = "store"
MANY = 500

READ = """
import json, time
from sentiment.market import bar_store
from sentiment.scoring.inputs import load_inputs
symbols = bar_store.symbols()
begin = time.process_time(); bar_store.read_bars(symbols[0]); one = time.process_time() - begin
begin = time.process_time()
for symbol in symbols: bar_store.read_bars(symbol)
many = time.process_time() - begin
begin = time.process_time()
for symbol in symbols: load_inputs(symbol)
print(json.dumps([one, many, time.process_time() - begin, len(symbols)]))
"""
REFRESH = """
import json, sys, time
from sentiment.market.refresh import refresh_all
symbols = [f"T{number}" for number in range(int(sys.argv[1]))]
clock, work = time.perf_counter(), time.process_time()
outcomes = refresh_all(symbols)
bad = {name: str(one) for name, one in outcomes.items() if isinstance(one, Exception)}
assert not bad, bad
print(json.dumps([time.perf_counter() - clock, time.process_time() - work]))
"""


def measure(*, quick: bool = False) -> list[Figure]:
    import yahoo_server  # noqa: PLC0415 - from the tests' folder

    many = 3 if quick else MANY
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, yahoo_server.serving(Path(folder)) as upstream:
        upstream.worlds = {
            f"T{number}": yahoo_server.crypto(1_500, close=lambda n, number=number: 100 + number + math.sin(n / 30))
            for number in range(many)
        }
        environment = upstream.environment(SENTIMENT_OFFLINE="0", SENTIMENT_WATCH="0")

        def run(code, *arguments):
            done = subprocess.run(
                [sys.executable, "-c", code, *arguments], env=environment, stdout=subprocess.PIPE, check=True
            )
            return json.loads(done.stdout)

        first, first_work = run(REFRESH, str(many))
        again, again_work = run(REFRESH, str(many))
        one, all_of_them, inputs, count = run(READ)
    assert count == many
    return [
        Figure(PART, "read one symbol of 1,500 days", one * 1e3, "ms"),
        Figure(PART, f"read {many} symbols", all_of_them * 1e3, "ms"),
        Figure(PART, f"inputs of {many} symbols", inputs * 1e3, "ms"),
        Figure(
            PART, f"first refresh of {many} symbols", first, "s", note=f"{first_work:.1f} s of our own processor time"
        ),
        Figure(
            PART, f"second refresh of {many} symbols", again, "s", note=f"{again_work:.1f} s of our own processor time"
        ),
    ]
