"""Rows about research notes for charts and for buttons of the page, and the grades that the tables of notes share."""

from __future__ import annotations

import textwrap
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from sentiment import files
from sentiment.formatting import chart_text, plain_day, spelled_out, visible
from sentiment.frames import CARRY_DAYS, day
from sentiment.market import bar_store
from sentiment.models import Regime
from sentiment.research import call_clock, call_record, grading, library
from sentiment.research.text import annotate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sentiment.models import Call, CallOutcome, Note
    from sentiment.research.call_clock import Publication
    from sentiment.research.call_record import Choose, Entry
    from sentiment.scoring.inputs import Inputs
    from sentiment.scoring.score import Scores


def findings_table(note: Note) -> pd.DataFrame:
    """List what the rules read in the body of a note: kind, value, role, the words, where they stand, and the rule."""
    rows = [
        {
            "note": note.id,
            "kind": finding.kind,
            "value": str(finding.value),
            "role": finding.role,
            "words": " ".join(note.body[finding.start : finding.end].split()),
            "start": finding.start,
            "end": finding.end,
            "rule": finding.rule,
        }
        for finding in annotate(note.body, note.day).findings
    ]
    return pd.DataFrame(rows, columns=["note", "kind", "value", "role", "words", "start", "end", "rule"])


def metrics_table(note: Note) -> pd.DataFrame:
    """List the figures that a note reports, as its publisher has them."""
    names = ["label", "value", "unit", "period", "second_source"]
    rows = [{"note": note.id, **{name: getattr(metric, name) for name in names}} for metric in note.metrics]
    return pd.DataFrame(rows, columns=["note", *names])


def standing(notes: Iterable[Note], as_of: date, known_at: datetime | None = None) -> dict[str, list[Entry]]:
    """Return the graded calls of some notes by id, those that a note no longer makes included."""
    calls: dict[str, list[Entry]] = {note.id: [] for note in notes}
    for entry in entries(as_of, known_at, lambda every: (note for note in every if note.id in calls)):
        calls[entry.note.id].append(entry)
    return calls


def marks(notes: Sequence[Note], as_of: date, known_at: datetime | None = None) -> pd.DataFrame:
    """List notes as pins for a chart: day, id, how their calls stand, and the words to show, safe as markup."""
    rows = []
    calls = standing(notes, as_of, known_at)
    for note in notes:
        lines = [visible(note.title)]
        for entry in calls[note.id]:
            late = call_record.remark(entry)
            lines += [
                f"Call: {visible(entry.call.text)}",
                f"→ {grading.describe(entry.outcome)}",
                *filter(None, [late]),
            ]
        wrapped = [chart_text(part) for line in lines for part in textwrap.wrap(line, 60)]
        label = "<br>".join([f"<b>{chart_text(spelled_out(note.publisher))}</b>, {plain_day(note.day)}", *wrapped])
        statuses = set(map(_mark, calls[note.id])) or {"no call"}
        status = statuses.pop() if len(statuses) == 1 else "mixed"
        rows.append({"date": day(note.day), "id": note.id, "status": status, "label": label})
    return pd.DataFrame(rows, columns=["date", "id", "status", "label"])


def _mark(entry: Entry) -> str:
    late = entry.record is call_record.Record.HINDSIGHT
    return entry.record.value if late else entry.outcome.status.value


def marks_about(inputs: Inputs, until: date) -> pd.DataFrame:
    """List the notes about an asset as pins, as they stood on its last day, and those published since then by `until`."""
    last = inputs.prices.index[-1].date()
    newest = min(until, newest_mark(last))
    since = [
        note
        for note in library.published_by(newest, inputs.known_at)
        if note.day > last and inputs.asset in note.assets
    ]
    return marks([*inputs.notes, *since], last, inputs.known_at)


def marks_within(
    notes: Iterable[Note], asset: str, close: pd.Series, as_of: date, known_at: datetime | None
) -> tuple[pd.DataFrame, int]:
    """Return the pins of those notes that are about an asset and fall on the days of a chart, and how many others are about it.

    Parameters
    ----------
    notes : iterable of Note
    asset : str
    close : pandas.Series
        Its closes on the days shown, at least one.
    as_of : date
        The day on which calls are graded.
    known_at : datetime, optional
    """
    found = marks([note for note in notes if asset in note.assets], as_of, known_at)
    newest = newest_mark(close.index[-1].date())  # a note of today stands beside yesterday's close
    inside = (found["date"] >= close.index[0]) & (found["date"] <= day(newest))
    return found[inside], int((~inside).sum())


def newest_mark(last: date) -> date:
    """Return the last day of a note that is marked on a chart whose prices end on `last`."""
    return last + timedelta(days=CARRY_DAYS)


def grade(call: Call, note: Publication, as_of: date, known_at: datetime | None = None) -> CallOutcome:
    """Grade a call as `grading.grade` does; cached for each version of its prices, and once for all days after it is final."""
    until = min(as_of, call_clock.final_day(call, note))
    return _grade(call, note, until, known_at, (str(files.saved()), bar_store.changed_at(call.asset)))


@lru_cache(maxsize=100_000)
def _grade(
    call: Call, note: Publication, as_of: date, known_at: datetime | None, prices: tuple[str, int]
) -> CallOutcome:
    del prices
    return grading.grade(call, note, as_of, known_at)


def entries(as_of: date, known_at: datetime | None = None, choose: Choose | None = None) -> list[Entry]:
    """Grade calls as `call_record.entries` does; cached as in `grade`."""
    return call_record.entries(as_of, known_at, choose=choose, grade=grade)


def call_paths(note: Note, as_of: date, known_at: datetime | None = None) -> pd.DataFrame:
    """List the closes from the reference of each call to its horizon, and the return since: one row a call and day."""
    blocks = []
    for call in note.calls:
        closes = grading.path(call, grade(call, note, as_of, known_at), known_at)
        moves = {"note": note.id, "call": call.text, "close": closes, "return": closes / closes.iloc[:1].sum() - 1}
        blocks.append(pd.DataFrame(moves).reset_index())
    names = ["note", "call", "date", "close", "return"]
    return pd.concat(blocks, ignore_index=True)[names] if blocks else pd.DataFrame(columns=names)


def calls_and_regimes(calls_so_far: pd.DataFrame, scored: Scores) -> pd.DataFrame:
    """Return every call of the asset beside the regime of its day and the return of following that regime.

    Following the regime means long while fear outweighs fundamentals, short while the market is complacent, and out
    while both are in balance. Both returns run from the call's reference to its last close so far. Hindsight is left out.
    """
    counted = calls_so_far["record"] != call_record.Record.HINDSIGHT.value
    rows = calls_so_far[counted & (calls_so_far["asset"] == scored.asset)]
    days = pd.to_datetime(rows["published"], utc=True).dt.normalize().dt.as_unit("us")
    regime = scored.axes["regime"].reindex(days, method="ffill", tolerance=pd.Timedelta(CARRY_DAYS, "D")).to_numpy()
    called = rows["direction"].map({"up": 1.0, "down": -1.0}).to_numpy(float)
    followed = pd.Series(regime).map(_REGIME_SIGN).to_numpy(float)
    moved = rows["forward_return"].to_numpy(float)
    shown = rows[
        ["note", "publisher", "published", "call", "direction", "status", "forward_return", "base_rate", "record"]
    ]
    return shown.assign(regime=regime, call_return=called * moved, regime_return=followed * moved).reset_index(
        drop=True
    )


_REGIME_SIGN = {Regime.FEAR_OUTWEIGHS.value: 1.0, Regime.COMPLACENT.value: -1.0, Regime.IN_BALANCE.value: 0.0}


def chosen_notes(as_of: date, known_at: datetime | None, notes: Sequence[Note] | None) -> list[Note]:
    """Return `notes`, or every note published by `as_of` where they are None."""
    return list(library.published_by(as_of, known_at) if notes is None else notes)


def iso_seconds(moment: datetime | None) -> str | None:
    """Write an instant as `iso` does, to the second."""
    return iso(moment and moment.replace(microsecond=0))


def iso(moment: date | datetime | None) -> str | None:
    """Write a day or a UTC instant as ISO text, such as 2025-12-02T15:33:00Z; None stays None."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None
