"""Thousands of assets at once, into a folder of Parquet files and a ranking."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from sentiment.cli.options import AsOf, KnownAt, Weigh, fail, read_day, read_instant, read_weights, say
from sentiment.errors import SelectionError
from sentiment.formatting import number

if TYPE_CHECKING:
    from sentiment.universe.batch import Outcome

_SHOWN = 5


def universe(  # noqa: PLR0913 - a command has as many parameters as options
    tickers: Annotated[
        Path | None, typer.Argument(metavar="[TICKERS.txt]", help="File with a ticker a line; # begins a comment.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder to write to, or to go on in.")],
    store: Annotated[bool, typer.Option("--store", help="Every asset at hand, in place of a file.")] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    weights: Weigh = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS|local",
            help="Dask workers to use, as tcp://host:8786, or this machine's cores; without it one process.",
        ),
    ] = None,
    partition: Annotated[
        int, typer.Option(min=1, help="Assets in a partition: what is computed, kept or lost at once.")
    ] = 64,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start anew, and drop what the folder holds of a universe.")
    ] = False,
) -> None:
    """Score many assets into Parquet files and a ranking; the same command goes on where it was stopped."""
    from rich.console import Console
    from rich.progress import Progress

    from sentiment.universe import batch as many

    if (tickers is None) is not store:
        raise SelectionError("name either a file of tickers or --store")
    symbols, again = many.listed(tickers) if tickers is not None else (many.at_hand(), ())
    for line in again:
        typer.echo(line, err=True)
    question = many.Question(
        symbols, store, read_day(as_of), read_instant(known_at), tuple(read_weights(weights).items()), partition
    )
    done = (0, 0)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("Scoring", total=None)

        def progress(finished: int, of: int) -> None:
            nonlocal done
            done = finished, of
            shown.update(task, completed=finished, total=of)

        try:
            outcome = many.run(question, out, scheduler, fresh=fresh, progress=progress)
        except KeyboardInterrupt:
            shown.stop()
            fail(
                f"stopped; {done[0]} of {done[1]} partitions are in {out}, and the same command goes on from there", 130
            )
    _told(outcome, out)


def _told(outcome: Outcome, out: Path) -> None:
    for row in outcome.ranking.head(_SHOWN).to_dict("records"):
        regime = row["regime"] if isinstance(row["regime"], str) else "no regime can be named"
        say(f"{row['asset']:10}  {row['as_of']:%Y-%m-%d}  gap {number(row['gap'], '+.0f'):>4}  {regime}")
    kept = f" ({outcome.kept} kept from before)" if outcome.kept else ""
    typer.echo(f"{out}: {len(outcome.ranking):,} assets, {outcome.rows:,} rows, {outcome.partitions} partitions{kept}")
    if outcome.moved:
        typer.echo(
            f"prices or notes of {outcome.moved} partitions were saved meanwhile; ask again for the newest", err=True
        )
    if len(outcome.unscored):
        counts = outcome.unscored["status"].value_counts()
        told = ", ".join(f"{counts[name]} {name}" for name in ("missing", "failed") if name in counts)
        fail(f"{len(outcome.unscored)} could not be scored ({told}); {out / 'unscored.csv'} says why of each", 1)
