"""What public calls say together: how many came true, and how many a driftless random walk would have made come true.

Calls of one season share one price path, so they are right or wrong together. Their interval therefore comes from whole walks: one
walk over all the days gives the outcome of every call at once, each call with the volatility of its own day and decided by
`call_rules.decide`. Two calls are as dependent in it as their windows and levels make them. No call is taken for independent of another.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sentiment.formatting import number
from sentiment.models import SEED, Call, Status
from sentiment.research import grading
from sentiment.research.call_rules import Decision, PathTable, decide

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from datetime import date
    from typing import Any

    from numpy.typing import NDArray

    from sentiment.research.public_calls import PublicEntry

WALKS = 2_000
MIN_CALLS = 30
LEVEL = 0.95
COLUMNS = (
    "group", "value", "calls", "settled", "hits", "expected", "low", "high", "difference", "difference_low", "difference_high",
    "base_calls", "base_expected", "reading",
)  # fmt: skip
TOO_FEW = f"no verdict: fewer than {MIN_CALLS} settled calls"
MORE, FEWER, WITHIN = "more than such walks reach", "fewer than such walks reach", "as many as such walks reach"
_DISTANCES = ((0.1, "under 10 %"), (0.25, "10 to 25 %"), (0.5, "25 to 50 %"), (1.0, "50 to 100 %"))
_FARTHEST = "over 100 %"


class Walk(NamedTuple):
    """A call on a standardized walk: its levels in daily standard deviations from the reference, plus 1, and its days."""

    terms: Call
    first: int
    days: int


def counts(entry: PublicEntry, as_of: date) -> bool:
    """Return whether a call counts: settled, its horizon over, not a repeat, and not implied by option prices.

    A call that came true before its horizon ends waits for it: its like that did not come true yet waits too.
    """
    outcome = entry.outcome
    settled = outcome.status in grading.GRADED and outcome.last_day <= as_of and outcome.chance is not None
    return settled and not entry.repeats and entry.public.kind != "options"


def scoreboard(entries: Sequence[PublicEntry], as_of: date, *, walks: int = WALKS) -> pd.DataFrame:
    """Count what came true, for all calls and by group.

    Parameters
    ----------
    entries : sequence of PublicEntry
        All calls known by `as_of`, of daily series.
    as_of : date
    walks : int
        How many walks the intervals come from.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, a row a group and value. ``calls`` has all that are no repeats, ``settled`` those that `counts`, ``hits`` those of
        them that came true. ``expected`` is the sum of their chances, ``low`` and ``high`` hold the hits of 95 % of the walks;
        ``difference`` is hits - expected, its interval hits - high to hits - low. ``base_expected`` is the sum of the base rates of the
        ``base_calls`` that have one. ``reading`` compares, from 30 settled calls on.
    """
    judged = [entry for entry in entries if counts(entry, as_of)]
    outcomes = walked(tuple(map(_walk, judged)), walks)
    hits = np.array([entry.outcome.status is Status.HIT for entry in judged], dtype=bool)
    chances = np.array([entry.outcome.chance for entry in judged], dtype=float)
    rates = np.array([entry.outcome.base_rate for entry in judged], dtype=float)
    rows = []
    for group, label in GROUPS.items():
        labels = [label(entry) for entry in judged]
        everyone = [label(entry) for entry in entries if not entry.repeats and entry.public.kind != "options"]
        for value in _ordered(group, everyone):
            own = np.array([one == value for one in labels], dtype=bool)
            row = {"group": group, "value": value, "calls": everyone.count(value), "settled": int(own.sum())}
            rows.append(row | _figures(hits[own], chances[own], rates[own], outcomes[own]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _figures(
    hits: NDArray[np.bool_], chances: NDArray[np.float64], rates: NDArray[np.float64], walks: NDArray[np.bool_]
) -> dict[str, object]:
    if not len(hits):
        return {"hits": 0, "base_calls": 0, "reading": TOO_FEW}
    edges = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    low, high = (int(edge) for edge in np.quantile(walks.sum(axis=0), edges, method="inverted_cdf"))
    count, expected = int(hits.sum()), float(chances.sum())
    return {
        "hits": count,
        "expected": expected,
        "low": low,
        "high": high,
        "difference": count - expected,
        "difference_low": count - high,
        "difference_high": count - low,
        "base_calls": int((~np.isnan(rates)).sum()),
        "base_expected": float(np.nansum(rates)),
        "reading": _reading(len(hits), count, low, high),
    }


def _reading(settled: int, hits: int, low: int, high: int) -> str:
    if settled < MIN_CALLS:
        return TOO_FEW
    if hits > high:
        return MORE
    return FEWER if hits < low else WITHIN


def direction(entry: PublicEntry) -> str:
    """Return what was called: a rise, a fall, or a range, be it for all days or for the last one."""
    return {"up": "rise", "down": "fall", "range": "range"}[entry.public.call.direction]


def distance(entry: PublicEntry) -> str | None:
    """Return how far the target was from the reference, in classes of |target / reference - 1|; None without a target."""
    target, reference = entry.public.call.target, entry.outcome.reference
    if target is None or not reference:
        return None
    away = abs(target / reference - 1)
    return next((name for edge, name in _DISTANCES if away < edge), _FARTHEST)


GROUPS: Mapping[str, Callable[[PublicEntry], str | None]] = {
    "all": lambda _: "all",
    "direction": direction,
    "distance": distance,
    "year": lambda entry: str(entry.public.day.year),
    "publisher": lambda entry: entry.public.publisher,
}
_ORDER = {
    "direction": ["rise", "fall", "range"],
    "distance": [*(name for _, name in _DISTANCES), _FARTHEST],
}


def group_names(years: Iterable[int]) -> tuple[str, ...]:
    """Return the names of the groups that are no publishers, such as ``year 2018``; `years` are those of publication."""
    values = {**_ORDER, "year": sorted({str(year) for year in years})}
    return tuple(group_name(group, value) for group, own in values.items() for value in own)


def group_name(group: str, value: str) -> str:
    """Return the name of a group as filters and links have it."""
    return f"{group} {value}"


def groups_of(entry: PublicEntry) -> frozenset[str]:
    """Return the names of the groups that a call is in; none for one that never counts: a repeat, or option prices."""
    if entry.repeats or entry.public.kind == "options":
        return frozenset()
    values = {group: label(entry) for group, label in GROUPS.items()}
    return frozenset(group_name(group, value) for group, value in values.items() if value is not None)


def _ordered(group: str, labels: Sequence[str | None]) -> list[str]:
    """Return the values that occur: in their own order, publishers with the most calls first."""
    values = sorted({label for label in labels if label is not None})
    if group == "publisher":
        return sorted(values, key=lambda value: -labels.count(value))
    return [value for value in _ORDER.get(group, values) if value in values]


def _walk(entry: PublicEntry) -> Walk:
    call, outcome = entry.public.call, entry.outcome
    assert outcome.reference_date is not None  # noqa: S101 - of a call that counts
    days = (outcome.last_day - outcome.reference_date).days
    names = ("floor", "ceiling", "target", "invalidation")
    levels: dict[str, Any] = {
        name: _standardized(getattr(call, name), outcome.reference, outcome.volatility) for name in names
    }
    terms = replace(call, text="", basis="close", **levels)
    return Walk(terms, outcome.reference_date.toordinal(), days)


def _standardized(level: float | None, reference: float | None, volatility: float | None) -> float | None:
    return None if not level or not reference or not volatility else 1 + math.log(level / reference) / volatility


@lru_cache(maxsize=16)
def walked(calls: tuple[Walk, ...], walks: int = WALKS, seed: int = SEED) -> NDArray[np.bool_]:
    """Return which calls come true on which walks: an array of shape (calls, walks), the same for the same calls.

    Notes
    -----
    A walk adds one standard normal step a day. A call sees it from its own reference on, in steps of its own volatility; `decide`
    compares, so walk and levels may stay in standard deviations.
    """
    outcomes = np.zeros((len(calls), walks), dtype=bool)
    if not calls:
        return outcomes
    first = min(call.first for call in calls)
    last = max(call.first + call.days for call in calls)
    steps = np.random.default_rng(seed).standard_normal((walks, last - first), dtype=np.float32)
    paths = np.concatenate([np.zeros((walks, 1), np.float32), np.cumsum(steps, axis=1)], axis=1)
    for place, call in enumerate(calls):
        start = call.first - first
        window = 1 + paths[:, start + 1 : start + call.days + 1] - paths[:, start : start + 1]
        outcomes[place] = decide(call.terms, PathTable(window))[0] == Decision.HIT
    return outcomes


def finding(table: pd.DataFrame) -> str:
    """Return the same in one plain sentence."""
    row: Mapping[Hashable, Any] = table.iloc[0].to_dict() if len(table) else {}
    if not row.get("settled"):
        return "No public call has settled yet, so there is nothing to count."
    return (
        f"Of {row['settled']} settled calls {row['hits']} came true; {row['low']:.0f} to {row['high']:.0f} of them do in 95 of 100 random walks "
        "without drift."
    )


def summarize(table: pd.DataFrame) -> str:
    """Return what all calls say together, as Markdown: how many came true, and how many a random walk would have made come true."""
    row: Mapping[Hashable, Any] = table.iloc[0].to_dict() if len(table) else {}
    if not row.get("settled"):
        return "No public call has settled yet, so there is nothing to count."
    verdict = {
        MORE: "As a set they did better than such walks.",
        FEWER: "As a set they did worse than such walks.",
        WITHIN: "As a set they did no better than such walks.",
    }.get(row["reading"], f"Fewer than {MIN_CALLS} calls show nothing.")
    base = f" Equally long stretches of the years before, rises included, would have made {row['base_expected']:.0f} come true."
    return (
        f"Of {row['settled']} settled calls **{row['hits']} came true**. A random walk without drift, with the volatility of each call's "
        f"own day, makes **{row['expected']:.0f}** of them come true on average, and {row['low']:.0f} to {row['high']:.0f} in 95 of 100 walks: "
        f"a difference of {number(row['difference'], '+.0f')}, 95% interval {number(row['difference_low'], '+.0f')} to "
        f"{number(row['difference_high'], '+.0f')}. {verdict}{base}"
    )
