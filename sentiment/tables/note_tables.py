"""Tables of the research notes: what they say, what was read in them, how their facts and calls came out."""

from __future__ import annotations

import html
import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from sentiment import files
from sentiment.formatting import plain_day, visible
from sentiment.frames import day
from sentiment.market import assets, bar_store
from sentiment.models import Regime
from sentiment.research import claim_checks, grading, library
from sentiment.research.text import annotate
from sentiment.scoring.components.research_tone import tone
from sentiment.tables import columns
from sentiment.validation import track_record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sentiment.models import Call, CallOutcome, Claim, Inputs, Note
    from sentiment.scoring.score import Scores


def notes_table(as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None) -> pd.DataFrame:
    """List notes, one row each; `calls` says how each of their calls stands, `tone` is the one that counts."""
    rows = [
        {
            "note": note.id,
            "published": _instant(note),
            "precision": note.precision,
            "publisher": note.publisher,
            "author": note.author,
            "title": note.title,
            "stance": note.stance,
            "conviction": note.conviction,
            "tone": tone(note),
            "assets": ", ".join(note.assets),
            "themes": ", ".join(note.themes),
            "calls": ", ".join(grade(call, note, as_of, known_at).status.value for call in note.calls),
            "source": note.source,
            "source_url": note.source_url,
        }
        for note in _known(as_of, known_at, notes)
    ]
    return pd.DataFrame(rows, columns=columns.names("notes"))


def findings_table(note: Note) -> pd.DataFrame:
    """List what the rules read in the body of a note: kind, value, role, the words, where they stand, and the rule."""
    rows = [
        {
            "note": note.id,
            "kind": found.kind,
            "value": str(found.value),
            "role": found.role,
            "words": " ".join(note.body[found.start : found.end].split()),
            "start": found.start,
            "end": found.end,
            "rule": found.rule,
        }
        for found in annotate(note.body, note.day).findings
    ]
    return pd.DataFrame(rows, columns=["note", "kind", "value", "role", "words", "start", "end", "rule"])


def metrics_table(note: Note) -> pd.DataFrame:
    """List the figures that a note reports, as its publisher has them."""
    names = ["label", "value", "unit", "period", "second_source"]
    rows = [{"note": note.id, **{name: getattr(metric, name) for name in names}} for metric in note.metrics]
    return pd.DataFrame(rows, columns=["note", *names])


def marks(found: Sequence[Note], as_of: date, known_at: datetime | None = None) -> pd.DataFrame:
    """List notes as pins for a chart: day, id, how their calls stand, and the words to show, safe as markup."""
    rows = []
    for note in found:
        lines = [visible(note.title)]
        outcomes = [grade(call, note, as_of, known_at) for call in note.calls]
        for call, outcome in zip(note.calls, outcomes, strict=True):
            lines += [f"Call: {visible(call.text)}", f"→ {grading.describe(outcome)}"]
        wrapped = [html.escape(part) for line in lines for part in textwrap.wrap(line, 60)]
        label = "<br>".join([f"<b>{html.escape(visible(note.publisher))}</b>, {plain_day(note.day)}", *wrapped])
        statuses = {outcome.status.value for outcome in outcomes} or {"no call"}
        status = statuses.pop() if len(statuses) == 1 else "mixed"
        rows.append({"date": day(note.day), "id": note.id, "status": status, "label": label})
    return pd.DataFrame(rows, columns=["date", "id", "status", "label"])


def marks_about(inputs: Inputs) -> pd.DataFrame:
    """List the notes about an asset as pins, as they stood on its last day."""
    return marks(inputs.notes, inputs.prices.index[-1].date(), inputs.known_at)


def claims_table(as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None) -> pd.DataFrame:
    """Every claim of the notes published by `as_of` with its verdict and the rows that show it: one row a claim.

    ``measured`` is in ``unit``; ``as_of`` is the note's day, after which nothing counts.
    """
    rows = []
    for note in _known(as_of, known_at, notes):
        for claim in note.claims:
            verdict = claim_checks.check(claim, note, known_at)
            rows.append(
                {
                    "note": note.id,
                    "publisher": note.publisher,
                    "published": _instant(note),
                    "claim": claim.text,
                    "verdict": verdict.answer.replace(" ", "_"),
                    "measured": verdict.measured,
                    "unit": _unit(claim),
                    "as_of": verdict.as_of.isoformat(),
                    "series": claim.check.series if claim.check else None,
                    "reason": verdict.reason,
                    "rows": "; ".join(f"{row.series} {row.column} {row.day} {row.value!r}" for row in verdict.rows),
                }
            )
    return pd.DataFrame(rows, columns=columns.names("claims"))


def _unit(claim: Claim) -> str | None:
    if claim.check is None:
        return None
    return "fraction" if claim_checks.in_fractions(claim.check) else assets.unit(claim.check.series)


def calls_table(as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None) -> pd.DataFrame:
    """Every call of the notes published by `as_of` with its outcome so far: one row a call; returns are fractions.

    `notes` chooses among them, None means all. ``horizon`` is the publisher's ("stated") or our own ("fixed"); ``brier`` is
    (probability - hit)^2; ``revised_status`` and ``revised_return`` are the grade by prices that a vendor changed after the
    horizon ended, empty where nothing differs.
    """
    saved = library.first_saved(known_at)
    rows = [
        _call_row(note, call, outcome, saved.get(note.id)) for note, call, outcome in graded(as_of, known_at, notes)
    ]
    return pd.DataFrame(rows, columns=columns.names("calls"))


def _call_row(note: Note, call: Call, outcome: CallOutcome, saved: datetime | None) -> dict[str, object]:
    return {
        "note": note.id,
        "publisher": note.publisher,
        "published": _instant(note),
        "asset": call.asset,
        "call": call.text,
        "direction": call.direction,
        "horizon_end": outcome.last_day.isoformat(),
        "reference_date": _iso(outcome.reference_date),
        "reference": outcome.reference,
        "status": outcome.status.value,
        "forward_return": outcome.forward_return,
        "max_adverse": outcome.max_adverse,
        "max_favourable": outcome.max_favourable,
        "share_inside": outcome.share_inside,
        "base_rate": outcome.base_rate,
        "horizon": grading.horizon(call),
        "touched": _iso(outcome.touched),
        "closed_beyond": _iso(outcome.closed_beyond),
        "base_return": outcome.base_return,
        "probability": call.probability,
        "brier": grading.brier(call, outcome),
        "reason": outcome.reason,
        "revised_status": outcome.revised.status.value if outcome.revised else None,
        "revised_return": outcome.revised.forward_return if outcome.revised else None,
        "saved_at": saved.isoformat(timespec="seconds").replace("+00:00", "Z") if saved else None,
    }


def grade(call: Call, note: Note, as_of: date, known_at: datetime | None = None) -> CallOutcome:
    """Grade a call as `calls.grade` does, once for each version of its prices."""
    return _grade(call, note, as_of, known_at, (str(files.saved()), bar_store.changed_at(call.asset)))


@lru_cache(maxsize=100_000)
def _grade(call: Call, note: Note, as_of: date, known_at: datetime | None, prices: tuple[str, int]) -> CallOutcome:
    del prices
    return grading.grade(call, note, as_of, known_at)


def graded(
    as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None
) -> list[tuple[Note, Call, CallOutcome]]:
    """Grade every call of the notes published by `as_of`, or of those among `notes`."""
    return [
        (note, call, grade(call, note, as_of, known_at))
        for note in _known(as_of, known_at, notes)
        for call in note.calls
    ]


def call_paths(note: Note, as_of: date, known_at: datetime | None = None) -> pd.DataFrame:
    """List the closes from the reference of each call to its horizon, and the return since: one row a call and day."""
    blocks = []
    for call in note.calls:
        closes = grading.path(call, grade(call, note, as_of, known_at), known_at)
        moves = {"note": note.id, "call": call.text, "close": closes, "return": closes / closes.iloc[:1].sum() - 1}
        blocks.append(pd.DataFrame(moves).reset_index())
    columns = ["note", "call", "date", "close", "return"]
    return pd.concat(blocks, ignore_index=True)[columns] if blocks else pd.DataFrame(columns=columns)


def publishers_table(
    as_of: date, known_at: datetime | None = None, notes: Sequence[Note] | None = None
) -> pd.DataFrame:
    """Give each publisher's record by `as_of`: one row a publisher, see `record.record`."""
    return track_record.record(_known(as_of, known_at, notes), graded(as_of, known_at, notes))


def calls_and_regimes(calls_so_far: pd.DataFrame, scored: Scores) -> pd.DataFrame:
    """Set every call of the asset beside the regime of its day and what simply following that regime brought.

    Whoever follows the regime is long while fear outweighs fundamentals, short while the market is complacent, and out
    while both are in balance; both returns are those from the call's reference to its last close so far.
    """
    rows = calls_so_far[calls_so_far["asset"] == scored.asset]
    days = pd.to_datetime(rows["published"], utc=True).dt.normalize().dt.as_unit("us")
    regime = scored.axes["regime"].reindex(days).to_numpy()
    called = rows["direction"].map({"up": 1.0, "down": -1.0}).to_numpy(float)
    followed = pd.Series(regime).map(_REGIME_SIGN).to_numpy(float)
    moved = rows["forward_return"].to_numpy(float)
    kept = rows[["note", "publisher", "published", "call", "direction", "status", "forward_return", "base_rate"]]
    return kept.assign(regime=regime, call_return=called * moved, regime_return=followed * moved).reset_index(drop=True)


_REGIME_SIGN = {Regime.FEAR_OUTWEIGHS.value: 1.0, Regime.COMPLACENT.value: -1.0, Regime.IN_BALANCE.value: 0.0}


def _known(as_of: date, known_at: datetime | None, notes: Sequence[Note] | None) -> list[Note]:
    return list(library.published_by(as_of, known_at) if notes is None else notes)


def _instant(note: Note) -> str:
    return note.published.isoformat().replace("+00:00", "Z")


def _iso(moment: date | None) -> str | None:
    return moment.isoformat() if moment else None
