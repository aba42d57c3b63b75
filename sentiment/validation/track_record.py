"""Track records of publishers: hits against the base rate, with an interval, and whether they show any skill."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sentiment.formatting import counted, number, spelled_out
from sentiment.models import Status
from sentiment.research import grading
from sentiment.research.call_record import Record
from sentiment.scoring.measures import wilson
from sentiment.validation.calibration import calibrate

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from datetime import date

    from sentiment.models import Note
    from sentiment.research.call_record import Entry
    from sentiment.validation.calibration import Calibration

    Unit = Sequence[Entry]

MIN_INDEPENDENT = 30
NO_VERDICT = "no verdict: collected afterwards"
COLUMNS = (
    "publisher", "notes", "calls", "hits", "misses", "invalidated", "pending", "ungradable", "hit_rate", "hit_low",
    "hit_high", "base_rate", "mean_excess", "independent", "brier", "verdict", "record", "collection", "hindsight", "hit_share",
    "reliability", "resolution", "uncertainty",
)  # fmt: skip

_SETTLED = grading.GRADED | {Status.INVALIDATED}


def track_records(notes: Iterable[tuple[Note, str | None]], entries: Sequence[Entry]) -> pd.DataFrame:
    """Return the records of each publisher by name: the one kept as it happened first, then one for each collection.

    Parameters
    ----------
    notes : iterable of (Note, str or None)
        All notes, also those without a call, each with the collection that it came with.
    entries : sequence of Entry
        Their graded calls. Hindsight is counted in ``hindsight`` and nowhere else.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; NaN where there is nothing to average. Counts are of calls. Every rate and mean is of independent units:
        the calls of a unit overlap on one asset, so they are right or wrong together, and count once with their mean (a
        call said twice is one call). ``hit_rate`` is the share of hits among hits and misses, ``hit_low`` and ``hit_high``
        its Wilson 95% interval for the ``independent`` units, ``base_rate`` the mean base rate of the units that have one,
        ``hit_share`` the share of hits among all settled calls, invalidated ones included. ``mean_excess`` is the mean of
        sign x (return - base return) over settled calls of a rise or a fall; those that were invalidated count with the
        return at that close, in the base alike. ``brier`` is the mean score of stated probabilities, ``verdict`` as in
        `assess_record`. (Different assets count as independent although they often move together, so the interval may
        still be too narrow.) ``reliability``, ``resolution`` and ``uncertainty`` are the parts of ``brier`` (`calibration`), NaN with
        fewer than 30 independent units of calls with a stated probability.
    """
    every = [(note.publisher, collection) for note, collection in notes]
    keys = {*every, *((entry.note.publisher, entry.collection) for entry in entries)}
    rows = []
    for publisher, collection in sorted(keys, key=lambda key: (key[0], key[1] is not None, key[1] or "")):
        own = [entry for entry in entries if (entry.note.publisher, entry.collection) == (publisher, collection)]
        counted = counted_calls(own)
        rows.append(
            {
                "publisher": publisher,
                "notes": every.count((publisher, collection)),
                "calls": len(counted),
                **_figures(counted, judged=collection is None),
                "record": (Record.KEPT if collection is None else Record.COLLECTED).value,
                "collection": collection,
                "hindsight": len(own) - len(counted),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def counted_calls(entries: Iterable[Entry]) -> list[Entry]:
    """Return the calls that count in a record: all but hindsight."""
    return [entry for entry in entries if entry.record is not Record.HINDSIGHT]


def calibration(entries: Iterable[Entry]) -> Calibration | None:
    """Return how the stated probabilities of one record held; None with fewer than 30 independent units that have one.

    The calls of a unit share the weight of one.
    """
    graded = independent_units(entry for entry in entries if entry.outcome.status in grading.GRADED)
    units = [stated for unit in graded if (stated := [one for one in unit if one.call.probability is not None])]
    if len(units) < MIN_INDEPENDENT:
        return None
    calls = [(entry, 1 / len(unit)) for unit in units for entry in unit]
    return calibrate(
        [entry.call.probability or 0.0 for entry, _ in calls],
        [entry.outcome.status is Status.HIT for entry, _ in calls],
        [weight for _, weight in calls],
    )


def calibrations(entries: Iterable[Entry]) -> dict[tuple[str, str | None], Calibration]:
    """Return the calibration of each record that has one, by publisher and collection."""
    records: dict[tuple[str, str | None], list[Entry]] = {}
    for entry in counted_calls(entries):
        records.setdefault((entry.note.publisher, entry.collection), []).append(entry)
    held = {key: calibration(records[key]) for key in sorted(records, key=lambda key: (key[0], key[1] or ""))}
    return {key: one for key, one in held.items() if one is not None}


def _figures(entries: Sequence[Entry], *, judged: bool) -> dict[str, object]:
    """Return what the calls of one record add up to."""
    number_of = {status: sum(entry.outcome.status is status for entry in entries) for status in Status}
    graded = independent_units(entry for entry in entries if entry.outcome.status in grading.GRADED)
    settled = independent_units(entry for entry in entries if entry.outcome.status in _SETTLED)
    rate = _mean_of_units(graded, _hit)
    low, high = wilson(rate * len(graded), len(graded))
    based = [unit for unit in graded if not math.isnan(_mean(unit, _base_rate))]
    base = _mean_of_units(based, _base_rate)
    held = calibration(entries)
    return {
        "hits": number_of[Status.HIT],
        "misses": number_of[Status.MISS],
        "invalidated": number_of[Status.INVALIDATED],
        "pending": number_of[Status.PENDING],
        "ungradable": number_of[Status.UNGRADABLE],
        "hit_rate": rate,
        "hit_low": low,
        "hit_high": high,
        "base_rate": base,
        "mean_excess": _mean_of_units(settled, _excess),
        "independent": len(graded),
        "brier": _mean_of_units(graded, lambda entry: grading.brier(entry.call, entry.outcome)),
        # The rate that is compared is that of the very units that have a base rate.
        "verdict": assess_record(len(based), _mean_of_units(based, _hit), base) if judged else NO_VERDICT,
        "hit_share": _mean_of_units(settled, _hit),
        "reliability": held.reliability if held else math.nan,
        "resolution": held.resolution if held else math.nan,
        "uncertainty": held.uncertainty if held else math.nan,
    }


def independent_units(entries: Iterable[Entry]) -> list[Unit]:
    """Group calls whose windows overlap within one asset into as many units as can be.

    A window runs from the reference close to the last day, and may begin at the close at which another ends. Taking the
    window that ends first, again and again, gives the most windows that do not overlap (interval scheduling); every other
    call joins the latest of these, so that calls which settle later change no unit but the last. A call that is said again
    in the same terms is left out.
    """
    windows: dict[tuple[str, date, date, object], Entry] = {}
    for entry in entries:
        if entry.outcome.reference_date is not None:
            windows.setdefault(_terms(entry), entry)
    units: list[list[Entry]] = []
    asset, end = None, None
    for key in sorted(windows, key=lambda key: key[:3]):
        if key[0] != asset or end is None or key[2] >= end:
            units.append([])
            asset, end = key[:2]
        units[-1].append(windows[key])
    return list(units)


def _terms(entry: Entry) -> tuple[str, date, date, object]:
    call, outcome = entry.call, entry.outcome
    levels = (call.direction, call.floor, call.ceiling, call.target, call.invalidation, call.basis, call.at_end)
    return call.asset, outcome.last_day, outcome.reference_date or outcome.last_day, levels


def _hit(entry: Entry) -> float:
    return float(entry.outcome.status is Status.HIT)


def _base_rate(entry: Entry) -> float | None:
    return entry.outcome.base_rate


def _excess(entry: Entry) -> float | None:
    call, outcome = entry.call, entry.outcome
    moved = outcome.forward_return if outcome.stopped_return is None else outcome.stopped_return
    if call.direction == "range" or moved is None or outcome.base_return is None:
        return None
    return call.sign * (moved - outcome.base_return)


def _mean(entries: Iterable[Entry], value: Callable[[Entry], float | None]) -> float:
    values = [number for number in map(value, entries) if number is not None]
    return float(np.mean(values)) if values else math.nan


def _mean_of_units(units: Iterable[Unit], value: Callable[[Entry], float | None]) -> float:
    """Return the mean over units of the mean of their calls; units without a value are left out."""
    means = [mean for unit in units if not math.isnan(mean := _mean(unit, value))]
    return float(np.mean(means)) if means else math.nan


def assess_record(independent: int, rate: float, base: float) -> str:
    """Compare the 95% interval of a hit rate with the base rate, given enough independent units."""
    if independent < MIN_INDEPENDENT:
        return f"too few calls to tell ({independent} independent of {MIN_INDEPENDENT})"
    low, high = wilson(rate * independent, independent)
    if low > base:
        return "better than the base rate"
    return "worse than the base rate" if high < base else "no demonstrated difference"


def describe(row: Mapping[Hashable, Any] | pd.Series) -> str:
    """Return one record of a publisher as a sentence."""
    name = f"{spelled_out(row['publisher'])} ({label(row)})"
    late = f" {_hindsight(row['hindsight'])}" if row["hindsight"] else ""
    counts = _counts(row)
    if not row["hits"] + row["misses"]:
        return f"{name}: {counts}; {row['verdict']}.{late}"
    units = counted(row["independent"], "independent unit")
    interval = f"{number(row['hit_low'], '.0%')} to {number(row['hit_high'], '.0%')}"
    return (
        f"{name}: {counts}; by {units} a hit rate of {number(row['hit_rate'], '.0%')} (95% interval {interval}), "
        f"base rate {number(row['base_rate'], '.0%')}; {row['verdict']}.{late}"
    )


def label(row: Mapping[Hashable, Any] | pd.Series) -> str:
    """Return which record a row is: kept as it happened, or collected afterwards and in which collection."""
    return str(row["record"]) if pd.isna(row["collection"]) else f"{row['record']}, {row['collection']}"


def summarize(table: pd.DataFrame) -> str:
    """Return sentences that count the calls of a `track_records` table by record and say whether any publisher shows skill."""
    sentences = []
    kept = table[table["record"] == Record.KEPT.value]
    if kept["calls"].any():
        judged = kept[kept["independent"] >= MIN_INDEPENDENT]
        verdicts = [f"{spelled_out(row['publisher'])}: {row['verdict']}" for row in judged.to_dict("records")]
        too_few = (
            f"no publisher has {MIN_INDEPENDENT} independent graded calls, so nobody can be told apart from chance"
        )
        sentences.append(f"{_total(kept, 'Kept as it happened')}; {'; '.join(verdicts) or too_few}.")
    collected = table[table["record"] == Record.COLLECTED.value]
    if collected["calls"].any():
        sentences.append(
            f"{_total(collected, 'Collected afterwards')}; their outcomes could be known when they were collected, so they show no skill."
        )
    if late := int(table["hindsight"].sum()):
        sentences.append(_hindsight(late))
    return " ".join(sentences) or "No call was made."


def _total(table: pd.DataFrame, label: str) -> str:
    calls = int(table["calls"].sum())
    return f"{label}: {counted(calls, 'call')} ({_counts(table.sum(numeric_only=True))})"


def _counts(row: Mapping[Hashable, Any] | pd.Series) -> str:
    others = [f"{int(row[name])} {name}" for name in ("invalidated", "pending", "ungradable") if row[name]]
    return ", ".join([counted(row["hits"], "hit"), counted(row["misses"], "miss"), *others])


def _hindsight(count: int) -> str:
    return f"{counted(count, 'call in hindsight counts', 'calls in hindsight count')} in no record."
