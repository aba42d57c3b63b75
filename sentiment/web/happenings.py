"""What happened to an asset, for feeds, alerts and digests: each thing with an identity, so that nobody is told of it twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sentiment.formatting import plain_day
from sentiment.research import library
from sentiment.research.call_record import Record
from sentiment.scoring import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from sentiment.models import Note
    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores

    Told = Mapping[tuple[str, date], str]
    """The note that was the first to be told of in some words, by these and its day."""

DUE_WITHIN = timedelta(days=7)
_ALWAYS = datetime.min.replace(tzinfo=UTC)


class Happening(NamedTuple):
    """Something that happened on a day, of the asset it is about.

    `identity` tells it from all others for good, so that it is told once. `kind` is event, due or graded.
    """

    day: date
    asset: str
    text: str
    identity: str
    kind: str = "event"


def first_told(known_at: datetime | None) -> Told:
    """Return which note has the plain identity where several have one publisher, title and day: the first that was saved.

    Corrected and withdrawn wordings count, so that none of them passes its identity on.
    """
    editions = sorted(
        (edition.saved_at or _ALWAYS, identifier, edition.note.day, events.published(edition.note))
        for identifier, wording in library.wordings(known_at).items()
        for edition in wording
    )
    return {(words, day): identifier for _, identifier, day, words in reversed(editions)}


def of_asset(scored: Scores, inputs: Inputs, calls: pd.DataFrame, as_of: date, first: Told) -> list[Happening]:
    """List what happened to an asset, the newest first: new regimes, notes, calls due within a week, calls graded.

    Parameters
    ----------
    scored : Scores
    inputs : Inputs
    calls : pandas.DataFrame
        Rows of the table ``calls`` that count in a record.
    as_of : date
        The day from which it is seen.
    first : mapping
        As `first_told` returns it.
    """
    return of_days(scored.axes, inputs, calls, as_of, first)


def of_days(axes: pd.DataFrame, inputs: Inputs, calls: pd.DataFrame, as_of: date, first: Told) -> list[Happening]:
    """List the same by the ``regime`` of each day, as `Scores.axes` and `PanelScores.axes` have it."""
    changed = [
        _happening(row["date"].date(), inputs.asset, row["what"], "event")
        for row in events.regime_changes(axes["regime"]).to_dict("records")
    ]
    last = axes.index[-1].date()
    notes = [note for note in inputs.notes if note.day <= last]
    return newest_first([*changed, *of_notes(inputs.asset, notes, calls, as_of, first)])


def of_notes(asset: str, notes: Iterable[Note], calls: pd.DataFrame, as_of: date, first: Told) -> list[Happening]:
    """List what some notes about an asset and its calls give cause to tell: notes, calls due within a week, calls graded."""
    found = [_of_note(note, asset, first) for note in notes]
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


def _of_note(note: Note, asset: str, first: Told) -> Happening:
    told = _happening(note.day, asset, events.published(note), "event")
    is_first = first.get((told.text, note.day), note.id) == note.id
    return told if is_first else told._replace(identity=f"{told.identity}/{note.id}")


def _happening(day: date, asset: str, text: str, kind: str) -> Happening:
    return Happening(day, asset, text, f"{asset}/{day}/{kind}/{text}", kind.partition("/")[0])
