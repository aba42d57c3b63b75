"""The user's own notes: taken in from files, written out as files, corrected by new versions, withdrawn."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentiment import files
from sentiment.cli import second_reading
from sentiment.cli.options import Format, How, print_json, read_moment, say
from sentiment.errors import InputError, SelectionError, SentimentError
from sentiment.formatting import counted, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentiment.models import Note

NOT_READ_TWICE = 3
"""The exit code where every text was taken in, and the second reader failed on one of them."""
READABLE = (".md", ".txt", ".html", ".htm", ".pdf")

By = Annotated[str | None, typer.Option(help="Who saves it (default: your user name).", metavar="NAME")]
Why = Annotated[str, typer.Option(help="Why, if it changes an existing note.", metavar="REASON")]
Identifier = Annotated[str, typer.Argument(metavar="ID", help="Id of the note, as listed.")]


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the command line says of a text that has no header of its own."""

    publisher: str | None
    author: str | None
    published: str | None
    source: str | None
    asset: str | None
    collection: str | None
    second_reader: bool


def add(  # noqa: PLR0913 - a command has as many parameters as options
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH|URL...", help="Files (.md, .txt, .html, .pdf), folders of them, or web pages."),
    ],
    *,
    publisher: Annotated[str | None, typer.Option(help="Publisher of texts that have no header.")] = None,
    author: Annotated[str | None, typer.Option(help="Author of texts that have no header.")] = None,
    published: Annotated[
        str | None,
        typer.Option(
            help="When texts that have no header were published: 2025-12-02 or 2025-12-02T15:33:00Z.", metavar="WHEN"
        ),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Address of texts that have no header.")] = None,
    asset: Annotated[str | None, typer.Option(help="Asset it is about, if the text does not say.")] = None,
    collection: Annotated[
        str | None,
        typer.Option(
            help="Name of an archive of older notes: its calls were collected afterwards and get a record of their own.",
            metavar="NAME",
        ),
    ] = None,
    second_reader: Annotated[
        bool,
        typer.Option(
            "--second-reader",
            help="Send texts without a header to the model that SENTIMENT_MODEL names; you say which of its calls to take.",
        ),
    ] = False,
    by: By = None,
    why: Why = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check, but save nothing.")] = False,
    form: How = Format.TABLE,
) -> None:
    """Add notes to your library. Markdown with a header is saved as it is; the rules read all other texts.

    Exit code 1: at least one was not saved. Exit code 3: all were saved, but the second reader failed on at least one.
    """
    from rich.console import Console
    from rich.progress import track

    stated = _Stated(publisher, author, published, source, asset, collection, second_reader)
    found = [one for path in paths for one in _files(path)]
    if not found:
        raise InputError(f"no file to add; there are {', '.join(READABLE)} files to name, or folders of them")
    if second_reader:
        second_reading.check()
    told: list[dict[str, Any]] = []
    console = Console(stderr=True)
    quiet = not console.is_terminal or len(found) == 1 or second_reader
    for path in track(found, "Adding notes", console=console, transient=True, disable=quiet):
        row = {"path": str(path), "note": None, "status": "failed", "reason": "", "warning": ""}
        try:
            row |= _taken_in(path, stated, by or user(), why, dry_run=dry_run)
        except SentimentError as error:
            row["reason"] = str(error)
        told.append(row)
    _tell(told, form)
    if any(row["status"] == "failed" for row in told):
        raise typer.Exit(1)
    if any(row["warning"] for row in told):
        raise typer.Exit(NOT_READ_TWICE)


def _tell(told: list[dict[str, Any]], form: Format) -> None:
    """Print what became of each text, and warnings on standard error."""
    if form is Format.JSON:
        print_json(told)
    for row in told:
        if form is Format.TABLE:
            say(f"{row['status']:10} {row['note'] or row['path']}{': ' if row['reason'] else ''}{row['reason']}")
        if row["warning"]:
            typer.echo(visible(f"warning: {row['path']}: {row['warning']}"), err=True)


def user() -> str:
    """Return the name of the user at this machine.

    Raises
    ------
    InputError
        If it has none.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user whom no list of users has, as in a container
        raise InputError("who saves it is not known: this user has no name; say --by NAME") from None


def _files(text: str) -> Iterator[Path | str]:
    """Yield the files that an argument names, or the address that it is."""
    from sentiment.research import web_address

    path = Path(text)
    if web_address.is_web(text):
        yield text
        return
    if not path.name and not path.is_absolute():
        raise InputError("an empty path names no file; write . for this folder")
    if path.is_dir():
        yield from sorted(one for one in path.rglob("*") if one.suffix.lower() in READABLE and one.is_file())
    else:
        yield path


def _read(path: Path | str) -> tuple[Any, str]:
    """Read a file, or fetch and read a page; return it with its name."""
    from sentiment.research import importers

    if isinstance(path, str):
        from sentiment.research.sources import page

        document, address = page.fetched(path)
        named = document.source_url or (address if address.startswith("https://") else None)
        return replace(document, source=document.source or address, source_url=named), address
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    return importers.read_file(path.name, content), path.name


def _taken_in(path: Path | str, stated: _Stated, who: str, why: str, *, dry_run: bool) -> dict[str, Any]:
    from sentiment.research import frontmatter, library

    document, name = _read(path)
    warning = ""
    if document.kind == "note":
        text = document.text
        if stated.collection is not None:
            text = frontmatter.with_collection(text, name, stated.collection)
        if dry_run:
            return {"note": frontmatter.parse(text, name).id, "status": "readable"}
        added, reason = library.add(text, name, who=who, why=why), ""
    else:
        note, reason, warning = _drafted(document, name, stated, asks=not dry_run)
        if dry_run:
            frontmatter.write(note)
            return {"note": note.id, "status": "readable", "reason": reason, "warning": warning}
        added = library.add_note(note, who=who, why=why)
    status = "saved" if added.version else "unchanged"
    return {"note": added.note.id, "status": status, "reason": reason, "warning": warning}


def _drafted(document: Any, name: str, stated: _Stated, *, asks: bool) -> tuple[Note, str, str]:  # noqa: ANN401 - intake is not imported yet
    """Make a note of a text by the rules; what nobody stated is asked for, never guessed.

    Also returned: what was read, and why the second reader failed (empty if it did not); the note is then as without it.
    """
    from sentiment.research import draft, library

    publisher = stated.publisher or document.publisher
    published, precision = (
        read_moment(stated.published) if stated.published else (document.published, document.precision)
    )
    if missing := [
        f"--{option}" for option, value in (("publisher", publisher), ("published", published)) if value is None
    ]:
        raise InputError(f"{name} does not say all of its origin; state {' and '.join(missing)}")
    price = partial(draft.price_on, day=published.date())
    drafted = draft.draft(
        document.text, published.date(), title=document.title, asset=stated.asset, price=price, publisher=publisher
    )
    body = document.text.strip()
    same = next((note for note in library.library() if note.body == body and note.publisher == publisher), None)
    taken = {note.id for note in library.library()}
    made = draft.note(
        drafted,
        id=same.id if same else draft.identifier(publisher, published.date(), taken),
        publisher=publisher,
        author=stated.author or document.author or "",
        published=published,
        precision=precision,
        source=stated.source or document.source or name,
        body=body,
        source_url=document.source_url,
    )
    made = replace(made, collection=stated.collection)
    calls = (
        counted(len(drafted.calls), "call")
        if drafted.calls
        else "no call: " + drafted.because.get("calls", "none is named")
    )
    told = f"read by the rules: {drafted.reading.label}, {drafted.stance}, {calls}"
    if not stated.second_reader:
        return made, told, ""
    from sentiment.research.second_reader import Context

    context = Context(body, published.date(), drafted.subject, publisher, price)
    try:
        chosen, proposals = second_reading.proposed(context, asks=asks)
    except SentimentError as error:
        return made, told, f"the second reader failed, so the text is read by the rules alone: {error}"
    return draft.with_calls(made, chosen), f"{told}; {proposals}", ""


def export(
    identifiers: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Notes to write (default: all).")
    ] = None,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.", metavar="FOLDER")] = Path(
        "notes"
    ),
) -> None:
    """Write notes as Markdown files, byte for byte as they were saved; `notes add` reads them back."""
    from sentiment.research import library

    chosen = identifiers or [note.id for note in library.library()]
    contents = {identifier: library.file(identifier) for identifier in chosen}
    try:
        output.mkdir(parents=True, exist_ok=True)
        for identifier, text in contents.items():
            files.write(output / f"{identifier}.md", text.encode())
    except OSError as error:
        raise SelectionError(f"cannot write to {output}: {error.strerror}") from None
    say(f"{counted(len(contents), 'note')} written to {output}")


def history(identifier: Identifier, form: How = Format.TABLE) -> None:
    """List the versions of a note: who saved each, when and why."""
    from sentiment.research import library

    versions = library.history(identifier)
    if not versions:
        library.find(identifier)
    if form is Format.JSON:
        names = ("sequence", "id", "known_at", "supersedes", "content", "who", "why")
        print_json([{name: getattr(one, name) for name in names} for one in versions])
        return
    if not versions:
        say(f"{identifier} is as bundled; nobody changed it")
    for one in versions:
        what = "withdrawn" if one.content is None else "saved"
        say(
            f"{one.sequence:>5}  {one.known_at:%Y-%m-%dT%H:%M:%SZ}  {what:9} by {one.who}{f': {one.why}' if one.why else ''}"
        )


def withdraw(
    identifier: Identifier,
    why: Annotated[str, typer.Option(help="Reason, kept with the note.", metavar="REASON")],
    by: By = None,
) -> None:
    """Withdraw a note from your library; links pinned to an earlier time still show it."""
    from sentiment.research import library

    version = library.withdraw(identifier, who=by or user(), why=why)
    say(f"{identifier} is withdrawn since {version.known_at:%Y-%m-%dT%H:%M:%SZ}")
