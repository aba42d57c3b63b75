"""What the watchlist says in words: which assets stand out, what changed since Friday, and what was not refreshed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.errors import OfflineError
from sentiment.formatting import counted, length, number, plain_day, read_day, visible
from sentiment.market import providers
from sentiment.models import Regime

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import pandas as pd

    from sentiment.errors import SentimentError

_NAMED = 5
_STANDS_OUT = {
    Regime.FEAR_OUTWEIGHS.value: "fear outweighs fundamentals for",
    Regime.COMPLACENT.value: "the market is complacent about",
}
_WEEK = "gap_change_7_days"


def headline(rows: pd.DataFrame, apart: int = 0) -> str:
    """Return which assets stand out on the latest day.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of the table ``universe`` with a reading, whose prices go on.
    apart : int
        How many more have a reading of an earlier time alone.
    """
    if rows.empty:
        return "No asset of the watchlist has a reading."
    day = plain_day(read_day(rows["as_of"].max()))
    by_regime = {regime: _called(rows[rows["regime"] == regime]) for regime in _STANDS_OUT}
    parts = [f"{words} {listed(by_regime[regime])}" for regime, words in _STANDS_OUT.items() if by_regime[regime]]
    rest = [
        counted(count, f"is {words}", f"are {words}")
        for count, words in (
            (int((rows["regime"] == Regime.IN_BALANCE.value).sum()), "in balance"),
            (int(rows["regime"].isna().sum()), "without a regime, since too little is known"),
        )
        if count
    ]
    more = f" The prices of {apart} more end earlier." if apart else ""
    if not parts:
        return f"On {day} no asset of the watchlist stands out: {' and '.join(rest)}.{more}"
    return f"On {day} {'; '.join([*parts, ' and '.join(rest)] if rest else parts)}.{more}"


def since_friday(rows: pd.DataFrame) -> str:
    """Return which regimes changed since Friday, and where the gap moved most in a week; empty where nothing can be told."""
    told = rows.dropna(subset=["changed_since_friday"])
    sentences = []
    if len(told):
        friday = plain_day(read_day(str(told["friday"].iloc[0])))
        changed = told[told["changed_since_friday"] == "true"]
        moves = [
            f"{called(row)} went from {_state(row['regime_on_friday'])} to {_state(row['regime'])}"
            for row in changed.head(_NAMED).to_dict("records")
        ]
        more = f"; {len(changed) - _NAMED} more changed" if len(changed) > _NAMED else ""
        sentences.append(
            f"Since Friday, {friday}: {'; '.join(moves)}{more}."
            if moves
            else f"No regime has changed since Friday, {friday}."
        )
    moved = rows.dropna(subset=["regime", _WEEK])
    if len(moved):
        row = moved.sort_values(_WEEK, key=abs, ascending=False).iloc[0]
        sentences.append(f"Over 7 days the gap moved most for {called(row)}: {number(row[_WEEK], '+.0f')}.")
    return " ".join(sentences)


def ended(rows: pd.DataFrame) -> str:
    """Return which prices end earlier than the others', and by how much, the longest ago first; `rows` have ``days_behind``."""
    longest = rows.sort_values("days_behind", ascending=False, kind="stable").head(_NAMED)
    parts = [f"{row['asset']} {length(row['days_behind'])}" for row in longest.to_dict("records")]
    more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    whose = counted(len(rows), "asset stands apart: its prices end", "assets stand apart: their prices end")
    return f"{whose} earlier than the others' ({', '.join(parts)}{more} before the latest)."


def not_refreshed(failures: Mapping[str, SentimentError]) -> tuple[str, list[str]]:
    """Return that series were not refreshed in a sentence, and what it leaves out: each reason with its series."""
    by_reason: dict[str, list[str]] = {}
    for name, error in failures.items():
        by_reason.setdefault(str(error), []).append(name)
    reasons = [f"{', '.join(names)}: {reason}" for reason, names in by_reason.items()]
    if all(isinstance(error, OfflineError) for error in failures.values()):
        return f"Can't reach {providers.sources_for(failures)}; the table shows what is saved.", reasons
    if len(by_reason) == 1:
        [(reason, names)] = by_reason.items()
        return f"Not refreshed: {listed(names)}: {reason}", reasons if len(names) > _NAMED else []
    words = counted(len(failures), "series was", "series were")
    return f"{words} not refreshed; the table shows what is saved.", reasons


def called(row: pd.Series | Mapping[Hashable, object]) -> str:
    """Return the name of an asset."""
    return visible(str(row["name"]))


def listed(names: Sequence[str]) -> str:
    """Return names for a sentence, at most five of them."""
    names = [*names[:_NAMED], f"{len(names) - _NAMED} more"] if len(names) > _NAMED else list(names)
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _called(rows: pd.DataFrame) -> list[str]:
    return [called(row) for row in rows.to_dict("records")]


def _state(regime: object) -> str:
    return regime if isinstance(regime, str) else "no regime"
