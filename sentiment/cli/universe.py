"""`sentiment universe`: score thousands of assets into a folder of Parquet files and a ranking."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from sentiment.cli.options import AsOf, KnownAt, Weigh, fail, read_day, read_instant, read_weights, say
from sentiment.errors import SelectionError
from sentiment.formatting import counted, length, number

if TYPE_CHECKING:
    from sentiment.universe.batch import UniverseResult

_SHOWN = 5


def universe(  # noqa: PLR0913 - a command has as many parameters as options
    tickers: Annotated[
        Path | None, typer.Argument(metavar="[TICKERS.txt]", help="File with one ticker per line; # starts a comment.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder to write to or continue in.")],
    store: Annotated[
        bool, typer.Option("--store", help="Use every saved and bundled asset instead of a file.")
    ] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    weights: Weigh = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS|local",
            help="Dask workers to use, such as tcp://host:8786, or local for this machine's cores (default: one process).",
        ),
    ] = None,
    partition: Annotated[
        int, typer.Option(min=1, help="Assets per partition, which is computed and kept as a whole.")
    ] = 64,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over, and drop the universe that the folder holds.")
    ] = False,
) -> None:
    """Score many assets into Parquet files and a ranking. Run it again to continue where it stopped."""
    from rich.console import Console
    from rich.progress import Progress

    from sentiment.universe import batch, request

    if (tickers is None) is not store:
        raise SelectionError("name either a file of tickers or --store")
    symbols, repeats = request.read_tickers(tickers) if tickers is not None else (request.available_symbols(), ())
    for message in repeats:
        typer.echo(message, err=True)
    requested = request.UniverseRequest(
        symbols, store, read_day(as_of), read_instant(known_at), tuple(read_weights(weights).items()), partition
    )
    finished, total = 0, 0
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Scoring", total=None)

        def progress(done: int, of: int) -> None:
            nonlocal finished, total
            finished, total = done, of
            bar.update(task, completed=done, total=of)

        try:
            result = batch.run(requested, out, scheduler, fresh=fresh, progress=progress)
        except KeyboardInterrupt:
            bar.stop()
            fail(
                f"stopped; {finished} of {counted(total, 'partition')} are in {out}, and the same command continues from there",
                130,
            )
    _report(result, out)


def _report(result: UniverseResult, out: Path) -> None:
    from sentiment.frames import CARRY_DAYS

    for row in result.ranking.head(_SHOWN).to_dict("records"):
        regime = row["regime"] if isinstance(row["regime"], str) else "no regime can be named"
        behind = f"; last bar {length(row['days_behind'])} before the latest" if row["days_behind"] > CARRY_DAYS else ""
        say(f"{row['asset']:10}  {row['as_of']:%Y-%m-%d}  gap {number(row['gap'], '+.0f'):>4}  {regime}{behind}")
    kept = f" ({result.kept} kept from before)" if result.kept else ""
    typer.echo(
        f"{out}: {counted(len(result.ranking), 'asset')}, {counted(result.rows, 'row')}, {counted(result.partitions, 'partition')}{kept}"
    )
    if result.outdated:
        typer.echo(
            f"prices or notes of {result.outdated} partitions were saved meanwhile; ask again for the latest", err=True
        )
    if len(result.unscored):
        counts = result.unscored["status"].value_counts()
        reasons = ", ".join(f"{counts[name]} {name}" for name in ("missing", "failed") if name in counts)
        fail(f"{len(result.unscored)} could not be scored ({reasons}); {out / 'unscored.csv'} says why for each", 1)
