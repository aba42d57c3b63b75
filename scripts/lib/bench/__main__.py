"""Print every figure of the bench as a table, and as JSON where a file is named: `scripts/bench [--quick] [--json FILE] [PART...]`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict, replace
from importlib import import_module
from importlib.metadata import version
from math import isnan
from pathlib import Path

PARTS = {"scorer": "bench.scorer", "evidence": "bench.judged", "page": "bench.page", "visit": "bench.visit", "pictures": "bench.drawn", "store": "bench.stored", "notes": "bench.texts", "growth": "bench.growth"}  # fmt: skip


def main():
    asked = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="small sizes: checks the answers, says little of times")
    asked.add_argument("--json", type=Path, help="file for the figures")
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}; all without one")
    options = asked.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        asked.error(f"no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    print(", ".join(f"{name} {said}" for name, said in environment().items()), end="\n\n")
    print("| part | what | measured | goal | |\n| --- | --- | ---: | --- | --- |", flush=True)
    figures = []
    for name in options.parts or PARTS:
        for one in import_module(PARTS[name]).measure(quick=options.quick):
            figures.append(replace(one, met=None) if options.quick else one)
            print(row(figures[-1]), flush=True)
    if options.json:
        options.json.write_text(
            json.dumps({"environment": environment(), "figures": [asdict(one) for one in figures]}, indent=1)
        )


def row(one):
    met = {True: "met", False: "missed", None: ""}[one.met]
    said = "; ".join(filter(None, (met, one.note)))
    return f"| {one.part} | {one.name} | {rounded(one.value)} {one.unit} | {one.goal or ''} | {said} |".replace(
        "  ", " "
    )


def rounded(value):
    if isnan(value):
        return "not measured"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def environment():
    names = ("numpy", "pandas", "plotly", "streamlit", "numba")
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return {
        "Python": platform.python_version(),
        **{name: version(name) for name in names},
        "processor": model,
        "cores": os.cpu_count(),
    }


if __name__ == "__main__":
    sys.exit(main())
