"""Publishing without a server: write the site, and check one."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sentiment.cli.options import KnownAt, read_instant
from sentiment.errors import PublishedError
from sentiment.formatting import counted

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the site.")]


def publish(
    folder: Folder,
    *,
    address: Annotated[str, typer.Option(metavar="URL", help="Address at which others will read the site.")],
    symbols: Annotated[
        list[str] | None,
        typer.Option("--asset", metavar="SYMBOL", help="An asset (default: those of the watchlist)."),
    ] = None,
    known_at: KnownAt = None,
) -> None:
    """Write the watchlist as a static site: pages, CSV, JSON, feeds, and a folder for each day that never changes."""
    from datetime import UTC, datetime

    from sentiment.market import watchlist
    from sentiment.web import site

    instant = read_instant(known_at) or datetime.now(UTC)
    try:
        done = site.publish(folder, address, symbols or watchlist.symbols(), instant)
    except OSError as error:
        raise PublishedError(f"cannot write to {folder}: {error.strerror}") from None
    frozen = "frozen" if done.is_new_day else "frozen before, left as it is"
    typer.echo(f"{folder}: {counted(done.assets, 'asset')}; {done.day} {frozen}\nmanifest sha256 {done.digest}")


def verify(
    folder: Folder,
    digest: Annotated[
        str | None, typer.Option(metavar="SHA256", help="Digest of the manifest, as `sentiment publish` printed it.")
    ] = None,
) -> None:
    """Check that nothing in the frozen days of a published site was changed, removed or added; exit with 1 otherwise."""
    from sentiment.web.site import record

    faults = list(record.verify(folder))
    found = record.digest((folder / record.MANIFEST).read_bytes())
    if digest is not None and digest.strip().lower() != found:
        faults.append(f"the manifest's digest is {found}, not {digest}")
    for fault in faults:
        typer.echo(fault)
    days = record.frozen_days(folder)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{folder}: {counted(len(days), 'frozen day')}, up to {days[-1]}; nothing was changed")
