"""Tables as CSV and screens as links, the same as the page gives."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from sentiment import files
from sentiment.cli.options import (
    Ahead,
    AsOf,
    Asset,
    Base,
    Day,
    KnownAt,
    Span,
    Weigh,
    What,
    read_day,
    read_instant,
    read_weights,
)
from sentiment.errors import SelectionError
from sentiment.web.view_names import view_modules

if TYPE_CHECKING:
    from sentiment.models import Selection


def export(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Asset,
    *,
    what: Annotated[What, typer.Option(help="Which table.")] = What.SCORES,
    start: Day = None,
    end: Day = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    weights: Weigh = None,
    find: Annotated[str, typer.Option(help="Words that the notes hold.")] = "",
    publisher: Annotated[str | None, typer.Option(help="Of the notes.")] = None,
    theme: Annotated[str | None, typer.Option(help="Of the notes.")] = None,
    about: Annotated[str | None, typer.Option(help="Asset that the notes are about.")] = None,
    since: Annotated[str | None, typer.Option(help="First day of publication.", metavar="DATE")] = None,
    series: Annotated[str, typer.Option(help="Reading that the evidence judges.")] = "Regimes",
    horizon: Annotated[Ahead | None, typer.Option(help="Days ahead that the evidence looks; without it all.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=999_999_999, help="Of the evidence's resamples.")] = 1994,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write; without it standard output.")] = None,
) -> None:
    """Write a table as CSV, the same bytes as the page's own button and the server's address."""
    from sentiment.market import assets, history
    from sentiment.models import Selection
    from sentiment.tables import export as tables

    wanted = Selection(asset=assets.asset(asset).symbol, find=find, publisher=publisher, theme=theme, about=about)
    wanted = replace(wanted, weights=tuple(read_weights(weights).items()), series=series, seed=seed)
    wanted = replace(wanted, as_of=read_day(as_of), known_at=read_instant(known_at), since=read_day(since))
    history.resolve_day(asset, wanted.as_of, wanted.known_at)
    _followed(wanted)
    ahead = None if horizon is None else int(horizon.value)
    rows = tables.table(what.value, wanted, read_day(start), read_day(end), ahead)
    text = tables.to_csv(rows)
    if out is None:
        sys.stdout.buffer.write(text.encode())
        return
    try:
        files.write(out, text.encode())
    except OSError as error:
        raise SelectionError(f"cannot write {out}: {error.strerror}") from None
    typer.echo(f"{out}: {text.count(chr(10)) - 1:,} rows", err=True)


def link(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Asset,
    *,
    view: Annotated[str, typer.Option(help=f"One of: {', '.join(view_modules())}.")] = "Overview",
    span: Span = "2Y",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    log: Annotated[bool, typer.Option(help="Price on a logarithmic scale.")] = True,
    note: Annotated[str | None, typer.Option(help="Note to open.")] = None,
    series: Annotated[str, typer.Option(help="Reading that the evidence judges.")] = "Regimes",
    horizon: Annotated[int, typer.Option(help="Days ahead that the evidence looks.")] = 30,
    weights: Weigh = None,
    base: Base = "http://localhost:8501/",
) -> None:
    """Print the link of a screen."""
    from sentiment.market import history
    from sentiment.models import Selection
    from sentiment.research import library
    from sentiment.web import links

    view = "Research" if note is not None and view == "Overview" else view
    wanted = replace(Selection(), asset=asset, view=view, range=span, log=log, note=note)
    wanted = replace(wanted, series=series, horizon=horizon, weights=tuple(read_weights(weights).items()))
    wanted = replace(wanted, as_of=read_day(as_of), known_at=read_instant(known_at))
    _followed(wanted)
    if note is not None:
        library.find(note, history.resolve_day(asset, wanted.as_of, wanted.known_at), wanted.known_at)
    if not base.startswith(("http://", "https://")):
        raise SelectionError(f"the base {base!r} is not an address such as http://localhost:8501/")
    typer.echo(links.address(base, wanted))


def _followed(wanted: Selection) -> None:
    """Hold what was asked for to the rules of links."""
    from sentiment.web import links

    read, problems = links.from_query(links.to_query(wanted))
    if problems or read != wanted:
        raise SelectionError(problems[0].rpartition("; showing")[0])


def report(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Asset,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.html", help="File to write.")],
    span: Span = "2Y",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    log: Annotated[bool, typer.Option(help="Price on a logarithmic scale.")] = True,
    weights: Weigh = None,
    base: Base = "http://localhost:8501/",
) -> None:
    """Write a day as one HTML file that needs no network: charts, notes, evidence and sources."""
    from sentiment.models import Selection
    from sentiment.web import report as reports

    chosen = replace(Selection(), asset=asset, range=span, log=log, weights=tuple(read_weights(weights).items()))
    page = reports.html(replace(chosen, as_of=read_day(as_of), known_at=read_instant(known_at)), base).encode()
    try:
        files.write(out, page)
    except OSError as error:
        raise SelectionError(f"cannot write {out}: {error.strerror}") from None
    typer.echo(f"{out}: {len(page) / 1e6:.1f} MB")


def revisions(asset: Asset, as_of: AsOf = None) -> None:
    """Print every figure that was changed after it was first known, and the effect on the scores, as CSV."""
    from sentiment.tables import export as tables

    table = tables.revisions(asset, read_day(as_of))
    sys.stdout.buffer.write(tables.to_csv(table).encode())
