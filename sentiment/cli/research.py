"""The research notes: what was said, and what became of it."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentiment.cli.options import AsOf, Format, How, KnownAt, print_json, read_day, read_instant, say
from sentiment.errors import BarsError
from sentiment.formatting import number, share, spelled_out

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from datetime import date

    from sentiment.models import Claim, Note
    from sentiment.research.call_record import Entry


def list_notes(  # noqa: PLR0913 - a command has as many parameters as options
    as_of: AsOf = None,
    known_at: KnownAt = None,
    *,
    find: Annotated[str, typer.Option(help="Words to look for in the notes.", metavar="WORDS")] = "",
    publisher: Annotated[str | None, typer.Option(help="Publisher of the notes.")] = None,
    theme: Annotated[str | None, typer.Option(help="Theme of the notes.")] = None,
    about: Annotated[str | None, typer.Option(help="Asset the notes are about.", metavar="SYMBOL")] = None,
    since: Annotated[str | None, typer.Option(help="Published on or after this day.", metavar="DATE")] = None,
    form: How = Format.TABLE,
) -> None:
    """List the notes, oldest first, and how their calls stand."""
    from sentiment.research import call_record, library, note_search
    from sentiment.tables import note_tables

    day, instant = read_day(as_of), read_instant(known_at)
    until = day or _latest()
    known = note_search.search(
        library.published_by(library.today(day, instant), instant),
        find,
        publisher=publisher,
        theme=theme,
        about=about,
        since=read_day(since),
    )
    if form is Format.JSON:
        print_json([_note_json(note, until, instant) for note in known])
        return
    calls = note_tables.standing(known, until, instant)
    for note in known:
        stand = ", ".join(map(call_record.stands, calls[note.id])) or "no call"
        say(f"{note.day}  {note.id:18}  {spelled_out(note.publisher):26}  {stand:22}  {note.title}")


def show(
    note_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the note, as listed.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    form: How = Format.TABLE,
) -> None:
    """Show a note: its text, its facts checked, and its calls graded so far."""
    from sentiment.research import call_record, claim_checks, grading, library
    from sentiment.tables import note_tables

    instant = read_instant(known_at)
    until = read_day(as_of) or _latest()
    note = library.find(note_id, read_day(as_of), instant)
    if form is Format.JSON:
        print_json(_note_json(note, until, instant))
        return
    about = (spelled_out(note.publisher), spelled_out(note.author), str(note.day), note.stance)
    source = note.source or note.source_url
    say("\n".join((note.title, ", ".join(filter(None, about)), *([f"Source: {source}"] if source else []), "")))
    if late := call_record.late_note(note, instant):
        say(f"{late}.\n")
    say(note.body)
    for entry in note_tables.standing([note], until, instant)[note.id]:
        say(f"\nCall: {entry.call.text}\n  {grading.describe(entry.outcome)}")
        if entry.call.proposed_by:
            say(f"  Proposed by the model {entry.call.proposed_by} and confirmed by a person.")
        if late := call_record.remark(entry):
            say(f"  {late}.")
    for claim in note.claims:
        verdict = claim_checks.check(claim, note, instant)
        measured = "" if verdict.measured is None else f" (measured {claim_checks.measured(claim, verdict)})"
        say(f"\nFact: {claim.text}\n  {verdict.answer}{measured}: {verdict.reason}")


def check(as_of: AsOf = None, known_at: KnownAt = None, form: How = Format.TABLE) -> None:
    """Check every fact that the notes state against the stored series as of the note's day, and print the rows that show it."""
    from sentiment.research import claim_checks, library

    instant = read_instant(known_at)
    checked = [
        (note, claim, claim_checks.check(claim, note, instant))
        for note in library.published_by(library.today(read_day(as_of), instant), instant)
        for claim in note.claims
    ]
    if form is Format.JSON:
        print_json(
            [
                {
                    "note": note.id,
                    "claim": claim.text,
                    "verdict": verdict.answer.replace(" ", "_"),
                    "measured": verdict.measured,
                    "as_of": verdict.as_of,
                    "reason": verdict.reason,
                    "rows": [_plain(row) for row in verdict.rows],
                }
                for note, claim, verdict in checked
            ]
        )
        return
    for note, claim, verdict in checked:
        measured = f", measured {claim_checks.measured(claim, verdict)}" if verdict.measured is not None else ""
        say(f"{note.id:18}  {verdict.answer}{measured} on {verdict.as_of}: {claim.text}\n{'':20}{verdict.reason}")
        for row in verdict.rows:
            say(f"{'':20}{row.series} {row.column} on {row.day}: {number(row.value, ',.10g')}")


def grade(as_of: AsOf = None, known_at: KnownAt = None, form: How = Format.TABLE) -> None:
    """Grade every call by the closes known so far, and print each publisher's record: hits, misses and the base rate."""
    from sentiment.research import library
    from sentiment.tables.records import calls, publishers
    from sentiment.validation import track_record

    until, instant = read_day(as_of) or _latest(), read_instant(known_at)
    last = library.today(read_day(as_of), instant)

    def published(notes: Iterable[Note]) -> list[Note]:
        return [note for note in notes if note.day <= last]

    table = calls.calls_table(until, instant, published)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    if form is Format.JSON:
        print_json([_grade_json(row) for row in rows])
        return
    _print_grades(rows)
    for row in publishers.publishers_table(until, instant, published).to_dict("records"):
        if row["calls"] or row["hindsight"]:
            say(track_record.describe(row))


_GRADE = (
    *("note", "publisher", "published", "asset", "direction", "horizon_end", "reference", "status", "forward_return"),
    *("max_adverse", "max_favourable", "base_rate", "call", "horizon", "reference_date", "share_inside", "touched"),
    *(
        "closed_beyond",
        "base_return",
        "probability",
        "brier",
        "reason",
        "saved_at",
        "record",
        "collection",
        "dropped_at",
    ),
    *("stopped_return", "chance", "volatility", "proposed_by"),
)


def _grade_json(row: dict[Hashable, Any]) -> dict[str, Any]:
    revised = {"status": row["revised_status"], "forward_return": row["revised_return"]}
    return {name: row[name] for name in _GRADE} | {"revised": revised if revised["status"] else None}


def _print_grades(rows: list[dict[Hashable, Any]]) -> None:
    from sentiment.research.call_record import Record

    say(
        f"{'note':18}{'asset':>9}  {'call':6}{'ends':11}{'horizon':8}{'status':12}{'return':>8}{'worst':>8}{'best':>8}"
        f"{'base rate':>10}{'chance':>9}"
    )
    for row in rows:
        moved = "".join(
            f"{number(row[name], '+.1%'):>8}" for name in ("forward_return", "max_adverse", "max_favourable")
        )
        say(
            f"{row['note']:18}{row['asset']:>9}  {row['direction']:6}{row['horizon_end']:11}{row['horizon']:8}"
            f"{row['status']:12}{moved}{number(row['base_rate'], '.0%'):>10}{share(row['chance']):>9}"
        )
        if row["record"] == Record.HINDSIGHT.value:
            say(f"{'':18}hindsight: saved here on {row['saved_at'][:10]}, counts in no record")
        elif row["dropped_at"]:
            say(f"{'':18}taken out of the note on {row['dropped_at'][:10]}, stays in the record")
        if row["revised_status"]:
            later = number(row["revised_return"], "+.1%")
            say(f"{'':18}by prices revised since: {row['revised_status']}, {later}")
    if rows:
        say("")


def _latest() -> date:
    from sentiment.market import assets, history

    days = []
    for symbol in assets.names():
        with suppress(BarsError):  # told where the asset itself is asked for
            days.append(history.span(symbol, None)[1])
    return max(days, default=datetime.now(UTC).date())


def _note_json(note: Note, until: date, instant: datetime | None) -> dict[str, object]:
    from sentiment.research import claim_checks
    from sentiment.research.text import in_words
    from sentiment.scoring.components.research_tone import tone
    from sentiment.tables import note_tables

    def graded(entry: Entry) -> dict[str, object]:
        where = {name: getattr(entry, name) for name in ("record", "collection", "saved_at", "dropped_at")}
        call = {name: getattr(entry.call, name) for name in ("text", "asset", "direction", "proposed_by")}
        return call | _plain(entry.outcome) | where

    def checked(claim: Claim) -> dict[str, object]:
        return {"text": claim.text} | _plain(claim_checks.check(claim, note, instant))

    kept = ("id", "title", "publisher", "author", "published", "precision", "source", "assets", "themes", "stance")
    return {
        **{name: getattr(note, name) for name in (*kept, "conviction", "body")},
        "tone": None if note.tone == "unread" else note.tone,
        "tone_label": in_words(tone(note)),
        "claims": [checked(claim) for claim in note.claims],
        "calls": [graded(entry) for entry in note_tables.standing([note], until, instant)[note.id]],
        "levels": [_plain(level) for level in note.levels],
        "metrics": [_plain(metric) for metric in note.metrics],
    }


def _plain(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__slots__}  # type: ignore[attr-defined]
