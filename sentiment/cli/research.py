"""The research notes: what was said, and what became of it."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sentiment.cli.options import AsOf, Format, How, print_json, read_day

if TYPE_CHECKING:
    from datetime import date

    from sentiment.models import Call, Claim, Note


def list_notes(as_of: AsOf = None, form: How = Format.TABLE) -> None:
    """List the notes, the oldest first, with how their calls stand."""
    from sentiment import calls, notes

    until = read_day(as_of) or _latest()
    known = notes.known(until)
    if form is Format.JSON:
        print_json([_note_json(note, until) for note in known])
        return
    for note in known:
        stand = ", ".join(calls.grade(call, note, until).status.value for call in note.calls) or "no call"
        typer.echo(f"{note.day}  {note.id:18}  {note.publisher:26}  {stand:22}  {note.title}")


def show(
    note_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the note, as listed.")],
    as_of: AsOf = None,
    form: How = Format.TABLE,
) -> None:
    """Show one note: its body, its facts checked, its calls graded so far."""
    from sentiment import calls, notes

    until = read_day(as_of) or _latest()
    note = notes.find(note_id, until)
    if form is Format.JSON:
        print_json(_note_json(note, until))
        return
    typer.echo(f"{note.title}\n{note.publisher}, {note.author}, {note.day}, {note.stance}\nSource: {note.source}\n")
    typer.echo(note.body)
    for call in note.calls:
        typer.echo(f"\nCall: {call.text}\n  {calls.describe(calls.grade(call, note, until))}")
    for claim in note.claims:
        verdict = calls.check(claim, note)
        measured = "" if verdict.measured is None else f" (measured {calls.measured(claim, verdict)})"
        typer.echo(f"\nFact: {claim.text}\n  {verdict.answer}{measured}: {verdict.reason}")


def _latest() -> date:
    from sentiment import market

    return max(market.span(asset.symbol)[1] for asset in market.assets())


def _note_json(note: Note, until: date) -> dict[str, object]:
    from sentiment import calls

    def graded(call: Call) -> dict[str, object]:
        return {"text": call.text, "asset": call.asset, "direction": call.direction} | _plain(
            calls.grade(call, note, until)
        )

    def checked(claim: Claim) -> dict[str, object]:
        return {"text": claim.text} | _plain(calls.check(claim, note))

    kept = ("id", "title", "publisher", "author", "published", "precision", "source", "assets", "themes", "stance")
    return {
        **{name: getattr(note, name) for name in (*kept, "conviction", "tone", "body")},
        "claims": [checked(claim) for claim in note.claims],
        "calls": [graded(call) for call in note.calls],
        "levels": [_plain(level) for level in note.levels],
        "metrics": [_plain(metric) for metric in note.metrics],
    }


def _plain(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__slots__}  # type: ignore[attr-defined]
