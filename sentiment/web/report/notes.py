"""The notes of a report: the text of each, its graded calls and its checked facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.formatting import number, plain_day, published, share
from sentiment.models import Status
from sentiment.research import call_record, claim_checks, grading
from sentiment.research.text import annotate
from sentiment.scoring.components.research_tone import tone_text
from sentiment.web import markup

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sentiment.models import Claim, Note
    from sentiment.research.call_record import Entry

_DIRECTIONS = {"up": "a rise", "down": "a fall", "range": "a range"}


def context(
    note: Note, calls: Iterable[Entry], known_at: datetime | None, reserved: Collection[str]
) -> Mapping[str, object]:
    """Return the context of ``note.html.j2``: a note with its graded calls and checked facts, without figures of `reserved` series."""
    reading = annotate(note.body, note.day)
    return {
        "note": note,
        "published": published(note),
        "stance": f"{note.stance}, conviction {number(note.conviction, '.2g')}, {tone_text(note)}",
        "calls": [_call(entry, reserved) for entry in calls],
        "late": call_record.late_note(note, known_at),
        "legend": markup.legend(reading, note.tone),
        "body": markup.html(note.body, reading.findings),
        "facts": [_fact(claim, note, known_at, reserved) for claim in note.claims],
    }


def _call(entry: Entry, reserved: Collection[str]) -> Mapping[str, object]:
    call, outcome = entry.call, entry.outcome
    horizon = "no horizon was named, one of ours is used" if call.fixed else "the horizon is the publisher's"
    followed = call.sign and outcome.max_adverse is not None
    figures = {
        "Return so far" if outcome.status is Status.PENDING else "Return": (
            "" if outcome.forward_return is None else number(outcome.forward_return, "+.1%")
        ),
        "Return to the close that invalidated it": (
            "" if outcome.stopped_return is None else number(outcome.stopped_return, "+.1%")
        ),
        "Base rate": number(outcome.base_rate, ".0%"),
        "Chance of a random walk": "" if outcome.chance is None else share(outcome.chance),
        "Worst for a follower": number(outcome.max_adverse, "+.1%") if followed else "",
        "Best": number(outcome.max_favourable, "+.1%") if followed else "",
        "Closes inside": number(outcome.share_inside, ".0%") if call.direction == "range" else "",
        "Brier score": number(grading.brier(call, outcome), ".3f") if call.probability is not None else "",
    }
    end = f", to that of {plain_day(outcome.measured_to)}" if outcome.measured_to else ""
    reference = "" if call.asset in reserved else f", {number(outcome.reference, ',.6g')}"
    start = (
        f"Measured from the close of {plain_day(outcome.reference_date)}{reference}{end}. "
        if outcome.reference_date
        else ""
    )
    forecast = f"Called: {_DIRECTIONS[call.direction]} of {call.asset} by {plain_day(outcome.last_day)} ({horizon})."
    return {
        "text": call.text,
        "status": outcome.status.value,
        "icon": grading.ICON[outcome.status],
        "reason": outcome.reason,
        "figures": {name: value for name, value in figures.items() if value},
        "measured": start + forecast,
        "revised": grading.describe(outcome.revised) if outcome.revised else "",
        "remark": call_record.remark(entry),
    }


def _fact(claim: Claim, note: Note, known_at: datetime | None, reserved: Collection[str]) -> Mapping[str, str]:
    """Return a fact with its verdict, the measured value, and the stored rows behind it."""
    verdict = claim_checks.check(claim, note, known_at)
    if claim.check is not None and {claim.check.series, claim.check.other} & set(reserved):
        checked = f"Measured on {claim.check.series}, whose figures are not passed on"
        return {
            "answer": verdict.answer,
            "sign": claim_checks.SIGN[verdict.answer],
            "text": claim.text,
            "checked": checked,
        }
    measured = claim_checks.measured(claim, verdict)
    rows = "; ".join(
        f"{row.series} {row.column} on {plain_day(row.day)}: {number(row.value, ',.6g')}" for row in verdict.rows
    )
    checked = f"{f'Measured {measured} ' if measured else ''}{verdict.reason}{f' ({rows})' if rows else ''}"
    return {
        "answer": verdict.answer,
        "sign": claim_checks.SIGN[verdict.answer],
        "text": claim.text,
        "checked": checked[:1].upper() + checked[1:],
    }
