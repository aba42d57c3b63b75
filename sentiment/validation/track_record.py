"""Track records of publishers: hits against the base rate, with an interval, and whether they show any skill."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.formatting import number, spelled_out
from sentiment.models import Call, CallOutcome, Note, Status
from sentiment.research import grading
from sentiment.scoring.measures import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    Graded = tuple[Note, Call, CallOutcome]

MIN_INDEPENDENT = 30
COLUMNS = (
    "publisher", "notes", "calls", "hits", "misses", "invalidated", "pending", "ungradable", "hit_rate", "hit_low",
    "hit_high", "base_rate", "mean_excess", "independent", "brier", "verdict",
)  # fmt: skip


def track_records(notes: Iterable[Note], graded: Sequence[Graded]) -> pd.DataFrame:
    """Return the record of each publisher, a row each, by name.

    Parameters
    ----------
    notes : iterable of Note
        All notes, also those without a call.
    graded : sequence of (Note, Call, CallOutcome)
        Every call of theirs with its grade.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; NaN where there is nothing to average. Graded calls are hits and misses; an invalidated call is neither.
        ``hit_rate`` is the share of hits; ``hit_low`` and ``hit_high`` its Wilson 95 % interval for ``independent`` calls:
        calls on the same weeks of one asset are right or wrong together, so an interval over all of them would be too
        narrow. (Different assets count as independent although they often move together, so it may still be.) ``base_rate``
        is the mean over the graded calls that have one; ``mean_excess`` the mean of sign x (return - base return) over graded
        calls of a rise or a fall; ``brier`` the mean score of stated probabilities; ``verdict`` as in `assess_record`.
    """
    counts = pd.Series([note.publisher for note in notes], dtype="str").value_counts()
    names = sorted({*counts.index, *(note.publisher for note, _, _ in graded)})
    rows = []
    for name in names:
        calls = [(call, outcome) for note, call, outcome in graded if note.publisher == name]
        rows.append({"publisher": name, "notes": int(counts.get(name, 0)), "calls": len(calls), **_figures(calls)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _figures(calls: Sequence[tuple[Call, CallOutcome]]) -> dict[str, object]:
    """Return what the calls of one publisher add up to."""
    settled = [(call, outcome) for call, outcome in calls if outcome.status in grading.GRADED]
    number_of = {status: sum(outcome.status is status for _, outcome in calls) for status in Status}
    hits, independent = number_of[Status.HIT], count_independent(settled)
    rate = hits / len(settled) if settled else math.nan
    low, high = wilson(rate * independent, independent)
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
        "independent": independent,
        "brier": _mean([grading.brier(call, outcome) for call, outcome in settled]),
        "verdict": assess_record(independent, low, high, base),
    }


def _excess(call: Call, outcome: CallOutcome) -> float | None:
    if call.direction == "range" or outcome.forward_return is None or outcome.base_return is None:
        return None
    return call.sign * (outcome.forward_return - outcome.base_return)


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else math.nan


def count_independent(settled: Iterable[tuple[Call, CallOutcome]]) -> int:
    """Return the largest number of calls whose windows do not overlap within one asset (interval scheduling).

    A window runs from the reference close to the last day, and may begin at the close at which another ends. Taking the window
    that ends first, again and again, is optimal.
    """
    windows: dict[str, list[tuple[date, date]]] = {}
    for call, outcome in settled:
        if outcome.reference_date is not None:
            windows.setdefault(call.asset, []).append((outcome.last_day, outcome.reference_date))
    count = 0
    for asset_windows in windows.values():
        previous_end = None
        for last, first in sorted(asset_windows):
            if previous_end is None or first >= previous_end:
                count, previous_end = count + 1, last
    return count


def assess_record(independent: int, low: float, high: float, base: float) -> str:
    """Compare the interval of a hit rate with the base rate, given enough independent calls."""
    if independent < MIN_INDEPENDENT:
        return f"too few calls to tell ({independent} independent of {MIN_INDEPENDENT})"
    if math.isnan(base):
        return "no base rate to compare with"
    if low > base:
        return "better than the base rate"
    return "worse than the base rate" if high < base else "no demonstrated difference"


def describe(row: pd.Series) -> str:
    """Return one publisher's record as a sentence."""
    others = [f"{row[name]} {name}" for name in ("invalidated", "pending", "ungradable") if row[name]]
    counts = ", ".join([_plural(row["hits"], "hit", "hits"), _plural(row["misses"], "miss", "misses"), *others])
    if not row["hits"] + row["misses"]:
        return f"{spelled_out(row['publisher'])}: {counts}; {row['verdict']}."
    independent = _plural(row["independent"], "independent call", "independent calls")
    interval = f"{number(row['hit_low'], '.0%')} to {number(row['hit_high'], '.0%')}"
    return (
        f"{spelled_out(row['publisher'])}: {counts}; hit rate {number(row['hit_rate'], '.0%')} (95 % interval {interval} by "
        f"{independent}), base rate {number(row['base_rate'], '.0%')}; {row['verdict']}."
    )


def summarize(table: pd.DataFrame) -> str:
    """Return a sentence that counts all calls of a `track_records` table and says whether any publisher shows skill."""
    total = {
        name: int(table[name].sum()) for name in ("calls", "hits", "misses", "invalidated", "pending", "ungradable")
    }
    if not total["calls"]:
        return "No call was made."
    counts = [_plural(total["hits"], "hit", "hits"), _plural(total["misses"], "miss", "misses")]
    counts += [f"{total[name]} {name}" for name in ("invalidated", "pending", "ungradable") if total[name]]
    judged = table[table["independent"] >= MIN_INDEPENDENT]
    verdicts = [f"{spelled_out(row['publisher'])}: {row['verdict']}" for row in judged.to_dict("records")]
    too_few = f"no publisher has {MIN_INDEPENDENT} independent graded calls, so nobody can be told from chance"
    return f"{_plural(total['calls'], 'call', 'calls')}: {', '.join(counts)}; {'; '.join(verdicts) or too_few}."


def _plural(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"
