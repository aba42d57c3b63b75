"""Attack every law at length and print a table: `scripts/torture [--scale 1.0] [--seed N] [--json FILE] [PART...]`."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from torture.outcome import Dice, Outcome, own_folder, run_part

LANES = (
    {
        "urls": "torture.urls",
        "notes": "torture.notes",
        "prices": "torture.prices",
        "history": "torture.history",
        "record": "torture.record",
        "pinned": "torture.pinned",
        "published": "torture.published",
        "lookahead": "torture.lookahead",
        "time": "torture.clock",
        "text": "torture.outside",
    },
    {
        "kills": "torture.kills",
        "writers": "torture.writers",
        "disks": "torture.disks",
        "upstream": "torture.upstream",
        "server": "torture.server",
        "soak": "torture.soak",
    },
)
"""The parts by name: one lane computes, the other mostly waits for processes and servers.

Each is a module with `run(scale, seed) -> list[Outcome]`, and with `ATTACKS` if single cases can be repeated.
"""
PARTS = {name: module for lane in LANES for name, module in lane.items()}


def main():
    asked = argparse.ArgumentParser(prog="scripts/torture", description=__doc__)
    asked.add_argument(
        "--scale", type=float, default=1.0, help="how many times the full number of cases; 0.01 is a glance"
    )
    asked.add_argument("--seed", type=int, default=1994, help="seed of every random choice")
    asked.add_argument("--case", type=int, help="run only this case, with its traceback; name one part")
    asked.add_argument("--json", type=Path, help="file for the outcomes")
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}; all without one")
    options = asked.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        asked.error(f"no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    if options.case is not None:
        if whole := [name for name in options.parts if not hasattr(import_module(PARTS[name]), "ATTACKS")]:
            asked.error(f"{', '.join(whole)} can only be repeated whole, by its seed")
        return again(options)
    began = time.perf_counter()
    print("| what | tried | failed | how long | note |\n| --- | ---: | ---: | ---: | --- |", flush=True)
    with ThreadPoolExecutor(len(LANES)) as lanes:
        chosen = [[name for name in lane if not options.parts or name in options.parts] for lane in LANES]
        alone = sum(map(len, chosen)) == 1  # in this process, so that a debugger works
        told = list(lanes.map(lambda names: run(names, options.scale, options.seed, here=alone), chosen))
    outcomes = [one for lane in told for one in lane]
    tried, broken = (sum(getattr(one, what) for _, one in outcomes) for what in ("tried", "failed"))
    minutes = (time.perf_counter() - began) / 60
    print(
        f"| all, seed {options.seed}, Python {platform.python_version()} | {tried:,} | {broken:,} | {minutes:,.0f} min | |"
    )
    if options.json:
        options.json.write_text(json.dumps([{"part": name, **asdict(one)} for name, one in outcomes], indent=1))
    failed = [(name, example) for name, one in outcomes if one.failed for example in one.examples]
    if failed:
        print("\nWhat broke, and how to see it again:")
        print("\n".join(f"  {again_by(name, example)}" for name, example in failed))
    return int(broken > 0)


def run(names, scale, seed, *, here):
    """Run parts one after the other, here or each in its own process; a part that crashes becomes a row."""
    told = []
    for name in names:
        began = time.perf_counter()
        try:
            with nullcontext() if here else ProcessPoolExecutor(1, get_context("spawn")) as pool:
                asked = (PARTS[name], scale, seed)
                outcomes = run_part(*asked) if here else pool.submit(run_part, *asked).result()
        except Exception as error:  # noqa: BLE001 - the other parts still run
            outcomes = [Outcome("the whole part", 1, 1, time.perf_counter() - began, "", (repr(error)[:400],))]
        for one in outcomes:
            told.append((name, one))
            print(row(name, one), flush=True)
    return told


def again_by(name, example):
    """Return the command that repeats a case, or its whole part if the part has no random cases."""
    case, colon, said = example.partition(": ")
    return (
        f"scripts/torture {case} {name}: {said}"
        if colon and case.startswith("--seed")
        else f"scripts/torture {name}: {example}"
    )


def row(name, one):
    note = one.note.replace("|", "\\|")
    return f"| {name}: {one.what} | {one.tried:,} | {one.failed:,} | {one.seconds:,.0f} s | {note} |"


def again(options):
    """Run one case of each attack of the parts, and let its exception through."""
    for name in options.parts:
        for attack in import_module(PARTS[name]).ATTACKS:
            with own_folder():
                print(f"{name}: {attack.what}: {attack.case(Dice(options.seed, options.case))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
