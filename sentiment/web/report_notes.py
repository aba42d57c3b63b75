"""The notes of a report: what each said, what became of its calls, and what its facts were worth, misses like hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.formatting import number, plain_day, published
from sentiment.models import Status
from sentiment.research import claim_checks, grading
from sentiment.research.text import annotate
from sentiment.scoring.components.research_tone import tone
from sentiment.web import hypertext, markup
from sentiment.web.hypertext import paragraph, text

if TYPE_CHECKING:
    from datetime import date, datetime

    from sentiment.models import Call, CallOutcome, Note


_SIDE = {"up": "a rise", "down": "a fall", "range": "a range"}


def entry(note: Note, as_of: date, known_at: datetime | None) -> str:
    """Return one note with its calls and facts, as they stood at the end of `as_of`."""
    graded = [(call, grading.grade(call, note, as_of, known_at)) for call in note.calls]
    blocks = [
        f"<h3>{text(note.title)}</h3>",
        paragraph(_about(note), "meta"),
        f'<div class="calls">{"".join(_call(*one) for one in graded)}</div>'
        if graded
        else paragraph("It makes no call.", "meta"),
        _body(note),
        _claims(note, known_at),
    ]
    inner = "\n".join(block for block in blocks if block)
    return f'<article class="entry">\n{inner}\n</article>'


def _about(note: Note) -> str:
    source = hypertext.link(note.source_url, note.source) if note.source_url else text(note.source)
    # Where the author is the publisher, once is enough.
    who = f"<strong>{text(note.publisher)}</strong>"
    if note.author != note.publisher:
        who += f", {text(note.author)}"
    read_as = f"{note.stance}, conviction {number(note.conviction, '.2g')}, tone {number(tone(note), '+.2f')}"
    return f"{who} · {text(published(note))} · {text(read_as)}<br>Source: {source}"


def _call(call: Call, outcome: CallOutcome) -> str:
    """Return a call as a card that opens with how it stands; every status has the same size."""
    named = "no horizon was named, one of ours is used" if call.fixed else "the horizon is the publisher's"
    followed = call.sign and outcome.max_adverse is not None
    told = [
        ("Return so far" if outcome.status is Status.PENDING else "Return", number(outcome.forward_return, "+.1%")),
        ("Base rate", number(outcome.base_rate, ".0%")),
        ("Worst for a follower", number(outcome.max_adverse, "+.1%") if followed else ""),
        ("Best", number(outcome.max_favourable, "+.1%") if followed else ""),
        ("Closes inside", number(outcome.share_inside, ".0%") if call.direction == "range" else ""),
        ("Brier score", number(grading.brier(call, outcome), ".3f") if call.probability is not None else ""),
    ]
    figures = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in told if value)
    since = (
        f"Measured from the close of {plain_day(outcome.reference_date)}, {number(outcome.reference, ',.6g')}"
        f"{f', to that of {plain_day(outcome.measured_to)}' if outcome.measured_to else ''}. "
        if outcome.reference_date
        else ""
    )
    asked = f"Called: {_SIDE[call.direction]} of {call.asset} by {plain_day(outcome.last_day)} ({named})."
    revised = (
        paragraph(text(f"By prices that the vendor revised since: {grading.describe(outcome.revised)}."), "small")
        if outcome.revised
        else ""
    )
    return (
        f'<div class="call {outcome.status.value}"><p class="status"><span aria-hidden="true">{grading.ICON[outcome.status]}</span> '
        f'{outcome.status.value.capitalize()}<span class="reason">, {text(outcome.reason)}</span></p>'
        f'<p class="said">{text(call.text)}</p><dl>{figures}</dl>'
        f"{paragraph(text(since + asked), 'small')}{revised}</div>"
    )


def _body(note: Note) -> str:
    """Return the text, folded, with the words that its reading rests on marked."""
    found = annotate(note.body, note.day)
    marks = " ".join(f'<mark class="{name}">{said}</mark>' for name, said in markup.LEGEND.items())
    said = f"{found.label}, tone {number(found.tone, '+.2f')}"
    if note.tone is not None and number(note.tone, "+.2f") != number(found.tone, "+.2f"):
        said += f"; what counts is the {number(note.tone, '+.2f')} that a person set"
    return (
        "<details><summary>The text, with the words that decide how it reads</summary>"
        f'<p class="legend">Read by rules: {text(said)}. Marked: {marks}</p>'
        f'<div class="note">{markup.html(note.body, found.findings)}</div></details>'
    )


def _claims(note: Note, known_at: datetime | None) -> str:
    """Return each fact with its verdict, what was measured, and the rows that show it."""
    rows = []
    for claim in note.claims:
        verdict = claim_checks.check(claim, note, known_at)
        shown = "; ".join(
            f"{row.series} {row.column} on {plain_day(row.day)}: {number(row.value, ',.6g')}" for row in verdict.rows
        )
        measured = claim_checks.measured(claim, verdict)
        how = f"{f'Measured {measured} ' if measured else ''}{verdict.reason}{f' ({shown})' if shown else ''}"
        rows.append(
            {
                "Verdict": f'<span class="verdict {verdict.answer.replace(" ", "-")}">{claim_checks.SIGN[verdict.answer]}</span>',
                "Fact that it states": text(claim.text),
                "How it was checked": text(how[:1].upper() + how[1:]),
            }
        )
    caption = "Facts it states, checked on the stored series as of the note's day"
    return hypertext.table(caption, rows, words=("Fact that it states", "How it was checked"))
