"""The command line: the same selections, tables and bytes as the page."""

from __future__ import annotations

import os
import sys

import typer

from sentiment import files
from sentiment.cli import (
    alerts,
    assistants,
    library,
    maintenance,
    readings,
    research,
    server,
    site,
    sources,
    tables,
    universe,
    watch,
)
from sentiment.cli.options import DescribedCommand, fail
from sentiment.errors import InputError, SentimentError

__all__ = ["backup", "watch"]

app = typer.Typer(
    help="Is the market more afraid than it should be? Fear and fundamentals for any date, from what was known then.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
notes_app = typer.Typer(help="Research notes: what was said, and how it turned out.", no_args_is_help=True)
app.add_typer(notes_app, name="notes")

for _command in (
    server.run,
    readings.score,
    readings.evidence,
    readings.tone,
    tables.export,
    tables.link,
    tables.report,
    universe.universe,
    server.refresh,
    watch.watch,
    alerts.alerts,
    alerts.digest,
    tables.revisions,
    assistants.mcp,
    site.publish,
    site.verify,
    maintenance.backup,
    maintenance.restore,
    maintenance.doctor,
):
    app.command(cls=DescribedCommand)(_command)
notes_app.command("list")(research.list_notes)
notes_app.command("show")(research.show)
notes_app.command("check")(research.check)
notes_app.command("grade")(research.grade)
notes_app.command("add")(library.add)
notes_app.command("export")(library.export)
notes_app.command("history")(library.history)
notes_app.command("withdraw")(library.withdraw)
notes_app.command("follow")(sources.follow)
notes_app.command("unfollow")(sources.unfollow)
notes_app.command("sources")(sources.sources)
notes_app.command("inbox")(sources.inbox)
notes_app.command("confirm")(sources.confirm)
notes_app.command("dismiss")(sources.dismiss)


def main() -> None:
    """Run the command; a wrong request is one line on standard error and exit code 2."""
    try:
        _finish_restore()
        code = app(prog_name="sentiment", standalone_mode=False)
    except InputError as error:
        fail(str(error), 2)
    except SentimentError as error:
        fail(str(error), 1)
    except BrokenPipeError:  # the reader of our output went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except typer.Abort:
        fail("stopped", 130)
    except typer._click.exceptions.ClickException as error:  # noqa: SLF001 - typer exports no base of its usage errors
        told = error.format_message().replace("Value error, ", "").rstrip(".")
        if context := getattr(error, "ctx", None):
            told += f"{' ' if told.endswith('?') else '; '}{context.command_path} --help lists what there is"
        fail(told, error.exit_code)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _finish_restore() -> None:
    """Do the rest of a restore that was stopped, before anything reads what it left half done."""
    if (files.saved() / files.RESTORE_JOURNAL).exists():
        from sentiment.cli import backup  # noqa: PLC0415 - rarely needed, and slow to load

        backup.finish()
