"""Followed sources and their inbox: what is followed, what waits, and what a person decides on it."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from sentiment import files
from sentiment.cli.library import By, user
from sentiment.cli.options import Format, How, print_json, say
from sentiment.errors import InputError, SelectionError

if TYPE_CHECKING:
    from sentiment.research.inbox_rows import Entry, Source
    from sentiment.research.sources.following import Looked

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the entry, as `notes inbox` lists it.")]


def follow(  # noqa: PLR0913 - a command has as many parameters as options
    address: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="A feed (RSS, Atom), a page that names its feed, or any page.")
    ] = None,
    *,
    publisher: Annotated[
        str, typer.Option(help="Publisher of its notes (default: the name the source gives itself).")
    ] = "",
    page: Annotated[bool, typer.Option("--page", help="Follow the page itself, even if it names a feed.")] = False,
    folder: Annotated[str | None, typer.Option(metavar="PATH", help="Follow a folder of files.")] = None,
    mail: Annotated[
        str | None, typer.Option(metavar="imaps://USER@HOST/FOLDER", help="Follow a mail folder; see docs/notes.md.")
    ] = None,
    senders: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="ADDRESS", help="Take mail from this sender only; @example.com is a domain."),
    ] = None,
    opml: Annotated[Path | None, typer.Option(metavar="FILE", help="Follow every feed in an OPML list.")] = None,
    by: By = None,
) -> None:
    """Follow a feed, a page, a folder or a mail folder: its entries wait in the inbox until you confirm them."""
    from sentiment.research.sources import following

    if sum(one is not None for one in (address, folder, mail, opml)) != 1:
        raise InputError("name one thing to follow: an address, --folder PATH, --mail ADDRESS or --opml FILE")
    who = by or user()
    if opml is not None:
        _follow_list(opml, who)
    elif folder is not None:
        _tell(following.follow_folder(folder, who=who, publisher=publisher))
    elif mail is not None:
        _tell(following.follow_mail(mail, tuple(senders or ()), who=who, publisher=publisher))
    else:
        _tell(following.follow_address(address or "", who=who, publisher=publisher, as_page=page))


def _follow_list(path: Path, who: str) -> None:
    from sentiment.research.sources import following, opml

    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    failed = 0
    for listed in opml.read(content, path.name):
        try:
            source = following.add_feed(listed.address, who=who, publisher=listed.name)
            say(f"followed    {source.id}: {source.address}")
        except InputError as error:
            failed += 1
            say(f"not followed  {error}")
    say("`sentiment watch` reads them; with --once now")
    if failed:
        raise typer.Exit(1)


def _tell(looked: Looked) -> None:
    source, pending = looked.source, sum(entry.state == "pending" for entry in looked.entries)
    say(f"followed as {source.id} ({source.kind}): {pending} new in the inbox")
    if looked.trouble:
        say(f"  {looked.trouble}")


def unfollow(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Name or address, as `notes sources` lists them.")],
) -> None:
    """Stop following a source; what it sent stays in the inbox and the library."""
    from sentiment.research import followed

    source = followed.end_source(identifier)
    say(f"{source.id} is no longer followed")


def sources(
    *,
    opml: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the feeds as an OPML list.")] = None,
    form: How = Format.TABLE,
) -> None:
    """List the sources you follow, when each was last checked, and what went wrong."""
    from sentiment.research import followed
    from sentiment.research.sources import opml as lists

    found = followed.sources()
    if opml is not None:
        try:
            files.write(opml, lists.write(found))
        except OSError as error:
            raise SelectionError(f"cannot write {opml}: {error.strerror}") from None
        say(f"{sum(source.kind == 'feed' for source in found)} feeds written to {opml}")
        return
    if form is Format.JSON:
        print_json([_source_json(source) for source in found])
        return
    if not found:
        say("nothing is followed; `sentiment notes follow URL` starts")
    for source in found:
        looked_at = str(source.memory.get("looked_at", "never")).replace("+00:00", "Z")
        say(
            f"{source.id:24}  {source.kind:6}  {looked_at:20}  {source.publisher or '(each its own)'}  {source.address}"
        )
        if trouble := source.memory.get("trouble"):
            say(f"{'':26}{trouble}")


def inbox(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Include decided entries and repeats of the same story.")
    ] = False,
    form: How = Format.TABLE,
) -> None:
    """List the entries that wait for you, and what the rules read in them. Confirm them on the page or with `notes confirm`."""
    from sentiment.research import followed
    from sentiment.research import inbox as box

    found = box.heads() if everything else box.heads("pending")
    if form is Format.JSON:
        print_json([_entry_json(entry) for entry in found])
        return
    if not found:
        follows = "" if followed.sources() else "; `sentiment notes follow URL` follows a source that fills it"
        say(f"nothing waits in the inbox{follows}")
    for entry in found:
        day = f"{entry.published:%Y-%m-%d}" if entry.published else "no date   "
        state = "" if entry.state == "pending" else f" [{entry.state}]"
        say(f"{entry.sequence:>5}  {day}  {entry.publisher or entry.source}: {entry.title or 'untitled'}{state}")
        say(f"{'':19}{entry.drafted}{f' ({entry.remark})' if entry.remark else ''}")


def confirm(number: Number, by: By = None) -> None:
    """Save an inbox entry as a note, the way the rules read it."""
    from sentiment.research.sources import confirming

    added = confirming.confirm_as_read(number, who=by or user())
    say(f"saved as {added.note.id}" if added.version else f"{added.note.id} is there already, unchanged")


def dismiss(number: Number, by: By = None) -> None:
    """Dismiss an inbox entry; its text is kept, and later edits of it do not come back."""
    from sentiment.research import inbox as box

    entry = box.entry(number)
    box.decide(entry.sequence, "dismissed", who=by or user())
    say(f"{entry.title or entry.guid} is put aside")


def _source_json(source: Source) -> dict[str, object]:
    names = ("id", "kind", "address", "publisher", "options", "added_at", "added_by")
    told = {name: source.memory.get(name) for name in ("looked_at", "ask_at", "trouble")}
    return {name: getattr(source, name) for name in names} | told


def _entry_json(entry: Entry) -> dict[str, object]:
    names = (
        "sequence", "source", "title", "publisher", "author", "published", "precision", "address", "drafted", "remark",
        "fetched_at", "state", "note", "same_as",
    )  # fmt: skip
    return {name: getattr(entry, name) for name in names}
