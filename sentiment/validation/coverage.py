"""How often the intervals held in simulations: the figures that `scripts/coverage-check --write` keeps in coverage.json."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sentiment.formatting import number, plain_day
from sentiment.validation.forward_returns import HORIZONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE = Path(__file__).with_name("coverage.json")
HEADER = (
    "Simulated world",
    *(f"{horizon} days" for horizon in HORIZONS),
    "Verdict finds an edge",
    "Calls it demonstrated",
)


class Coverage(NamedTuple):
    """What was measured: the day, the tables simulated in each world, and a row a world.

    A row has ``world``, ``edge`` (whether there is one to find), the share of 95% intervals that held zero by horizon (``"7"``
    and so on), and of tables in which the verdict found an edge (``found``) or called it ``demonstrated``; None where there is no verdict.
    """

    day: date
    tables: int
    rows: Sequence[Mapping[str, Any]]


def measured() -> Coverage:
    """Return the figures of the last measurement that was kept."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    return Coverage(date.fromisoformat(content["day"]), content["tables"], content["rows"])


def cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a row as text below `HEADER`; where there is an edge, intervals should not hold zero, and none is given."""
    held = [None if row["edge"] else row[str(horizon)] for horizon in HORIZONS]
    found = (row["found"], row["demonstrated"])
    return (row["world"], *("–" if share is None else number(share, ".1%") for share in (*held, *found)))


def line(row: Mapping[str, Any]) -> str:
    """Return a row of the table in docs/method.md."""
    return f"| {' | '.join(cells(row))} |"


def markdown() -> str:
    """Return the whole table as docs/method.md shows it."""
    found = measured()
    ruler = f"| --- |{' ---: |' * (len(HEADER) - 1)}"
    return "\n".join([f"| {' | '.join(HEADER)} |", ruler, *map(line, found.rows), "", caption(found)]) + "\n"


def caption(found: Coverage) -> str:
    """Return how the figures were measured."""
    return (
        f"{found.tables} tables per world, measured on {plain_day(found.day)} with scripts/coverage-check. In the last row there is an "
        "edge to find; in all others a verdict that finds one is a false alarm."
    )
