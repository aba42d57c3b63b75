"""A publisher's record: hits beside the base rate, with an interval, and whether it is enough to tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.formatting import number
from sentiment.models import Call, CallOutcome, Note, Status
from sentiment.research import grading
from sentiment.scoring.measures import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    Graded = tuple[Note, Call, CallOutcome]

LEAST_INDEPENDENT = 30
COLUMNS = (
    "publisher", "notes", "calls", "hits", "misses", "invalidated", "pending", "ungradable", "hit_rate", "hit_low",
    "hit_high", "base_rate", "mean_excess", "independent", "brier", "verdict",
)  # fmt: skip


def record(notes: Iterable[Note], graded: Sequence[Graded]) -> pd.DataFrame:
    """Give each publisher's record: a row each, by name.

    Parameters
    ----------
    notes : iterable of Note
        All that count, also those without a call.
    graded : sequence of (Note, Call, CallOutcome)
        Every call of theirs with its outcome.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`. Hits and misses are the graded calls; an invalidated one is neither, here as in its base rate, and is
        counted on its own. ``hit_rate`` is their share of hits, ``hit_low`` and ``hit_high`` its Wilson 95 % interval as
        if only the ``independent`` ones had been made: calls on the same weeks of one asset are right or wrong
        together, and an interval over all of them would be too narrow. (Different assets count as independent although
        they often move together, so it may still be.) ``base_rate`` is the mean over the graded calls that have one;
        ``mean_excess`` the mean of sign x (return - base return) over the graded calls of a rise or a fall; ``brier`` the
        mean score of stated probabilities. NaN where nothing is known. ``verdict`` follows `verdict`.
    """
    counts = pd.Series([note.publisher for note in notes], dtype="str").value_counts()
    names = sorted({*counts.index, *(note.publisher for note, _, _ in graded)})
    rows = []
    for name in names:
        mine = [(call, outcome) for note, call, outcome in graded if note.publisher == name]
        rows.append({"publisher": name, "notes": int(counts.get(name, 0)), "calls": len(mine), **_figures(mine)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _figures(mine: Sequence[tuple[Call, CallOutcome]]) -> dict[str, object]:
    """Count and judge one publisher's calls."""
    settled = [(call, outcome) for call, outcome in mine if outcome.status in grading.GRADED]
    number_of = {status: sum(outcome.status is status for _, outcome in mine) for status in Status}
    hits, apart = number_of[Status.HIT], independent(settled)
    rate = hits / len(settled) if settled else math.nan
    low, high = wilson(rate * apart, apart)
    base = _mean([outcome.base_rate for _, outcome in settled])
    return {
        "hits": hits,
        "misses": number_of[Status.MISS],
        "invalidated": number_of[Status.INVALIDATED],
        "pending": number_of[Status.PENDING],
        "ungradable": number_of[Status.UNGRADABLE],
        "hit_rate": rate,
        "hit_low": low,
        "hit_high": high,
        "base_rate": base,
        "mean_excess": _mean([_excess(call, outcome) for call, outcome in settled]),
        "independent": apart,
        "brier": _mean([grading.brier(call, outcome) for call, outcome in settled]),
        "verdict": verdict(apart, low, high, base),
    }


def _excess(call: Call, outcome: CallOutcome) -> float | None:
    if call.direction == "range" or outcome.forward_return is None or outcome.base_return is None:
        return None
    return call.sign * (outcome.forward_return - outcome.base_return)


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else math.nan


def independent(settled: Iterable[tuple[Call, CallOutcome]]) -> int:
    """Count the largest number of calls whose windows, reference to last day, do not overlap within one asset.

    Whoever ends first is taken first, which no other choice beats (interval scheduling). A window may begin at the close
    at which another ends.
    """
    windows: dict[str, list[tuple[date, date]]] = {}
    for call, outcome in settled:
        if outcome.reference_date is not None:
            windows.setdefault(call.asset, []).append((outcome.last_day, outcome.reference_date))
    count = 0
    for several in windows.values():
        free = None
        for last, first in sorted(several):
            if free is None or first >= free:
                count, free = count + 1, last
    return count


def verdict(apart: int, low: float, high: float, base: float) -> str:
    """Say what a record allows to say: the interval of the hit rate against the base rate, given enough calls apart."""
    if apart < LEAST_INDEPENDENT:
        return f"too few calls to tell ({apart} independent of {LEAST_INDEPENDENT})"
    if math.isnan(base):
        return "no base rate to compare with"
    if low > base:
        return "better than the base rate"
    return "worse than the base rate" if high < base else "no demonstrated difference"


def line(row: pd.Series) -> str:
    """Say one publisher's record in a line."""
    settled = int(row["hits"] + row["misses"])
    rest = [f"{row[name]} {name}" for name in ("invalidated", "pending", "ungradable") if row[name]]
    said = f"{row['publisher']}: {_plural(row['hits'], 'hit', 'hits')}, {_plural(row['misses'], 'miss', 'misses')}"
    said = ", ".join([said, *rest])
    if not settled:
        return f"{said}; {row['verdict']}."
    apart = _plural(row["independent"], "independent call", "independent calls")
    ends = f"{number(row['hit_low'], '.0%')} to {number(row['hit_high'], '.0%')}"
    return (
        f"{said}; hit rate {number(row['hit_rate'], '.0%')} (95 % interval {ends} by {apart}), "
        f"base rate {number(row['base_rate'], '.0%')}; {row['verdict']}."
    )


def sentence(table: pd.DataFrame) -> str:
    """Say in a few words what became of all calls of a table of `record`, and whether that tells anything of anybody."""
    total = {
        name: int(table[name].sum()) for name in ("calls", "hits", "misses", "invalidated", "pending", "ungradable")
    }
    if not total["calls"]:
        return "No call was made."
    parts = [_plural(total["hits"], "hit", "hits"), _plural(total["misses"], "miss", "misses")]
    parts += [f"{total[name]} {name}" for name in ("invalidated", "pending", "ungradable") if total[name]]
    judged = table[table["independent"] >= LEAST_INDEPENDENT]
    told = [f"{row['publisher']}: {row['verdict']}" for row in judged.to_dict("records")]
    few = f"no publisher has {LEAST_INDEPENDENT} independent graded calls, so nobody can be told from chance"
    return f"{_plural(total['calls'], 'call', 'calls')}: {', '.join(parts)}; {'; '.join(told) or few}."


def _plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
