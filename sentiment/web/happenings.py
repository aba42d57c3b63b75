"""What happened to an asset, for feeds, alerts and digests: each thing with an identity, so that nobody is told of it twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sentiment.formatting import plain_day
from sentiment.research.call_record import Record
from sentiment.scoring import events

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sentiment.models import Note
    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores

DUE_WITHIN = timedelta(days=7)


class Happening(NamedTuple):
    """Something that happened on a day, of the asset it is about.

    `identity` tells it from all others for good, so that it is told once. `kind` is event, due or graded.
    """

    day: date
    asset: str
    text: str
    identity: str
    kind: str = "event"


def of_asset(scored: Scores, inputs: Inputs, calls: pd.DataFrame, as_of: date) -> list[Happening]:
    """List what happened to an asset, the newest first: new regimes, notes, calls due within a week, calls graded.

    Parameters
    ----------
    scored : Scores
    inputs : Inputs
    calls : pandas.DataFrame
        Rows of the table ``calls`` that count in a record.
    as_of : date
        The day from which it is seen.
    """
    return of_days(scored.axes, inputs, calls, as_of)


def of_days(axes: pd.DataFrame, inputs: Inputs, calls: pd.DataFrame, as_of: date) -> list[Happening]:
    """List the same by the ``regime`` of each day, as `Scores.axes` and `PanelScores.axes` have it."""
    changed = [
        _happening(row["date"].date(), inputs.asset, row["what"], "event")
        for row in events.regime_changes(axes["regime"]).to_dict("records")
    ]
    last = axes.index[-1].date()
    notes = [note for note in inputs.notes if note.day <= last]
    return newest_first([*changed, *of_notes(inputs.asset, notes, calls, as_of)])


def of_notes(asset: str, notes: Iterable[Note], calls: pd.DataFrame, as_of: date) -> list[Happening]:
    """List what some notes about an asset and its calls give cause to tell: notes, calls due within a week, calls graded."""
    found = [_happening(note.day, asset, events.published(note), "event") for note in notes]
    own = calls[(calls["asset"] == asset) & (calls["record"] != Record.HINDSIGHT.value)]
    for row in own.to_dict("records"):
        end = date.fromisoformat(row["horizon_end"])
        named = f"{row['publisher']}: {row['call']}"
        if row["status"] == "pending" and as_of <= end <= as_of + DUE_WITHIN:
            found.append(_happening(end - DUE_WITHIN, asset, f"due by {plain_day(end)}: {named}", f"due/{row['note']}"))
        elif row["status"] not in {"pending", "ungradable"} and end <= as_of:
            found.append(_happening(end, asset, f"{row['status']}: {named}", f"graded/{row['note']}"))
    return newest_first(found)


def newest_first(happenings: Iterable[Happening]) -> list[Happening]:
    """Sort what happened, of one asset or of several."""
    return sorted(happenings, key=lambda one: (one.day, one.asset, one.text), reverse=True)


def _happening(day: date, asset: str, text: str, kind: str) -> Happening:
    return Happening(day, asset, text, f"{asset}/{day}/{kind}/{text}", kind.partition("/")[0])
