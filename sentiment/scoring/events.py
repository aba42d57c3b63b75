"""The days on which something happened: a note was published, or the regime changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.frames import day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sentiment.models import Note
    from sentiment.scoring.score import Scores


def events(scored: Scores, notes: Iterable[Note]) -> pd.DataFrame:
    """List the events of an asset, oldest first: a row each, with its day and what happened in words.

    A regime changes on the first day that has another one than the last day with any; days without a regime between them
    do not count.
    """
    regime = scored.axes["regime"].dropna()
    changed = regime[regime.ne(regime.shift()) & regime.shift().notna()]
    last = scored.axes.index[-1]
    known = [note for note in notes if day(note.day) <= last]
    new = pd.DataFrame({"date": changed.index, "what": [f"the regime became “{name}”" for name in changed]})
    said = pd.DataFrame(
        {"date": [day(note.day) for note in known], "what": [f"{note.publisher}: {note.title}" for note in known]}
    )
    return pd.concat([new, said.astype(new.dtypes.to_dict())]).sort_values("date", kind="stable", ignore_index=True)


def step(found: pd.DataFrame, current: date, by: int) -> date | None:
    """Return the day of the next event after `current` (by=1) or of the last one before it (by=-1); None without one."""
    days = found["date"]
    others = days[days > day(current)] if by > 0 else days[days < day(current)]
    if others.empty:
        return None
    moment: pd.Timestamp = others.iloc[0 if by > 0 else -1]
    return moment.date()


def on(found: pd.DataFrame, current: date) -> tuple[str, ...]:
    """Say what happened on a day."""
    return tuple(found.loc[found["date"] == day(current), "what"])
