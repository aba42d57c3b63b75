"""`sentiment backup`, `restore` and `doctor`: look after an installation."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sentiment.cli.options import Format, How, fail, print_json, say

File = Annotated[Path, typer.Argument(metavar="FILE.zip", help="The backup.")]


def backup(
    file: File, *, replace: Annotated[bool, typer.Option("--replace", help="Overwrite an existing file.")] = False
) -> None:
    """Write all saved notes, with their versions, and all saved prices to one file; the server may keep running."""
    from sentiment.cli import backup as backups

    made = backups.make(file, replace=replace)
    say(f"{file}: {_versions(made.versions)} and {made.series:,} series of prices")
    if made.damaged:
        fail(f"left out, because damaged: {', '.join(made.damaged)}; refresh them to fetch them again", 1)


def _versions(count: int) -> str:
    return f"{count:,} version{'s' * (count != 1)} of notes"


def restore(
    file: File,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Move what is there now aside, and keep it.")] = False,
) -> None:
    """Restore a backup, all or nothing; stop the server first."""
    from sentiment.cli import backup as backups

    done = backups.restore(file, replace=replace)
    say(f"{_versions(done.versions)} and {done.series:,} series of prices restored from {file}")
    for place in done.aside:
        say(f"what was there before is kept: {place}")


def doctor(form: How = Format.TABLE) -> None:
    """Check versions, folders, database, prices, sources, settings and clock, and say how to fix each problem."""
    from sentiment.cli import doctor as doctors

    diagnoses = doctors.examine()
    broken = any(diagnosis.state == "broken" for diagnosis in diagnoses)
    if form is Format.JSON:
        print_json({"well": not broken, "checks": [diagnosis._asdict() for diagnosis in diagnoses]})
    else:
        for name, state, found, advice in diagnoses:
            say(f"{state:8} {name:15} {found}{f'; {advice}' if advice else ''}")
    if broken:
        raise typer.Exit(1)
