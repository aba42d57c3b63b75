"""The events in an asset's history: a note was published, or the regime changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sentiment.formatting import spelled_out
from sentiment.frames import day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sentiment.models import Note
    from sentiment.scoring.score import Scores


def list_events(scored: Scores, notes: Iterable[Note]) -> pd.DataFrame:
    """Return the events of an asset, oldest first: ``date`` and ``what``, the event in words.

    A regime changes on the first day whose regime differs from the last known one; days without a regime between the two are
    skipped. Notes later than the last scored day are left out.
    """
    changed, last = regime_changes(scored.axes["regime"]), scored.axes.index[-1]
    shown = [note for note in notes if day(note.day) <= last]
    noted = pd.DataFrame({"date": [day(note.day) for note in shown], "what": [published(note) for note in shown]})
    both = pd.concat([changed, noted.astype(changed.dtypes.to_dict())])
    return both.sort_values("date", kind="stable", ignore_index=True)


def regime_changes(regime: pd.Series) -> pd.DataFrame:
    """Return the changes of a regime by day, oldest first: ``date`` and ``what``, the change in words."""
    known = regime.dropna()
    changes = known[known.ne(known.shift()) & known.shift().notna()]
    frame = pd.DataFrame({"date": changes.index, "what": [f"the regime became “{name}”" for name in changes]})
    return frame.astype({"what": "str"})  # also where there is none


def published(note: Note) -> str:
    """Return in words that a note was published."""
    return f"{spelled_out(note.publisher)}: {note.title}"


def next_event_day(events: pd.DataFrame, current: date, by: int) -> date | None:
    """Return the day of the next event after `current` (by=1) or of the last one before it (by=-1); None without one."""
    days = events["date"]
    others = days[days > day(current)] if by > 0 else days[days < day(current)]
    if others.empty:
        return None
    moment: pd.Timestamp = others.iloc[0 if by > 0 else -1]
    return moment.date()


def events_on(events: pd.DataFrame, current: date) -> tuple[str, ...]:
    """Return the events of a day in words."""
    return tuple(events.loc[events["date"] == day(current), "what"])
