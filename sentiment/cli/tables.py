"""Tables as CSV and screens as links, the same as the page gives."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentiment import files
from sentiment.cli.options import (
    AsOf,
    Asset,
    Assets,
    Base,
    End,
    Horizon,
    KnownAt,
    Seed,
    Series,
    Span,
    Start,
    Weigh,
    check_link,
    choose,
    read_assets,
    read_day,
    read_horizon,
    read_instant,
)
from sentiment.errors import SelectionError
from sentiment.formatting import counted, shortened

if TYPE_CHECKING:
    from sentiment.web.table_writing import Writing


def export(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Annotated[
        str | None,
        typer.Argument(
            help="Symbol of the asset, such as BTC-USD; several, as in BTC-USD~SPY, give their rows below each other. "
            "For the table universe, none means the watchlist."
        ),
    ] = None,
    *,
    what: Annotated[str, typer.Option(metavar="TABLE", help="Table to write: {tables}.")] = "scores",
    start: Start = None,
    end: End = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    assets: Assets = None,
    weights: Weigh = None,
    find: Annotated[str | None, typer.Option(help="Words to look for in the notes.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Publisher of the notes.")] = None,
    theme: Annotated[str | None, typer.Option(help="Theme of the notes.")] = None,
    about: Annotated[str | None, typer.Option(help="Asset the notes are about.")] = None,
    since: Annotated[str | None, typer.Option(help="Published on or after this day.", metavar="DATE")] = None,
    series: Series = None,
    horizon: Horizon = None,
    seed: Seed = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="A~B", help="Columns to write, in this order, such as date~fear (default: all)."),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="FORM", help="One of {forms} (default: that of --out, or csv)."),
    ] = None,
    sep: Annotated[
        str | None,
        typer.Option(
            metavar="SIGN",
            help="Separator of CSV: , ; | or tab (default: a comma, or a semicolon where the decimal sign is a comma).",
        ),
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="SIGN", help="Decimal sign of CSV: . or , (default: a point).")
    ] = None,
    base: Base = "http://localhost:8501/",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write (default: standard output).")] = None,
) -> None:
    """Write a table as CSV, JSON, Excel workbook or ZIP file: the same bytes as the button on the page and the API."""
    from sentiment.market import history
    from sentiment.market.assets import asset as known_asset
    from sentiment.models import Selection
    from sentiment.tables import answer, registry
    from sentiment.tables.record import BETWEEN_ASSETS, Extent
    from sentiment.web import table_forms

    if what not in registry.offered("cli"):
        raise SelectionError(f"no table {shortened(what)}; there are: {', '.join(registry.offered('cli'))}")
    form = _form(form, out)
    table = registry.tables()[what]
    if asset is None and not table.is_of_several:
        raise SelectionError(f"name the asset of the table {what}, as in: sentiment export BTC-USD --what {what}")
    is_of_several = table.is_of_several or (table.has_long_form and BETWEEN_ASSETS in (asset or ""))
    several = _several(asset, is_watched=table.is_of_several) if is_of_several and asset is not None else None
    is_long = several is not None and table.has_long_form
    how = _how(what, form, {"columns": columns, "sep": sep, "decimal": decimal}, is_long=is_long)
    chosen = choose(
        Selection().asset if is_of_several else known_asset(asset or "").symbol,
        as_of=read_day(as_of),
        known_at=read_instant(known_at),
        assets=None if is_of_several else read_assets(asset or "", assets),
        weights=weights,
        find=find,
        publisher=publisher,
        theme=theme,
        about=about,
        since=read_day(since),
        series=series,
        seed=seed,
    )
    if not is_of_several:
        history.resolve_day(chosen.asset, chosen.as_of, chosen.known_at)
    check_link(replace(chosen, as_of=None) if is_of_several else chosen)
    extent = Extent(read_day(start), read_day(end), read_horizon(horizon), several)
    found = answer.answer(what, chosen, extent, how.columns)
    query = how.asked(table_forms.query_of_rows(found, chosen), form)
    written = table_forms.write(form, found, query, base, how.signs)
    if out is None:
        sys.stdout.buffer.write(written)
        return
    _write(out, written)
    typer.echo(f"{out}: {counted(len(found.rows), 'row')}", err=True)


def _how(what: str, form: str, given: dict[str, str | None], *, is_long: bool) -> Writing:
    """Read how rows are to be written, by the rules of addresses."""
    from sentiment.web import table_writing

    pairs = [(name, value) for name, value in given.items() if value is not None]
    how, problems = table_writing.read(what, form, pairs, is_long=is_long)
    if problems:
        raise SelectionError("; ".join(told for _, told in problems))
    return how


def _form(named: str | None, out: Path | None) -> str:
    """Return the form that is named, or else that of a file's name; CSV for standard output and a name without an ending."""
    from sentiment.web.table_forms import FORMS

    if named is None:
        name = "" if out is None else out.name.lower()
        endings = [form for form in FORMS if name.endswith(f".{form}")]
        other = Path(name).suffix[1:]
        if not endings and other.isalpha() and other != "txt":
            raise SelectionError(
                f"a file .{other} is none of {', '.join(FORMS)}; name one of these forms with --format"
            )
        return max(endings, key=len, default="csv")
    if named not in FORMS:
        raise SelectionError(f"no format {shortened(named)}; there are: {', '.join(FORMS)}")
    return named


def _several(text: str, *, is_watched: bool) -> tuple[str, ...]:
    from sentiment.market import assets, watchlist
    from sentiment.tables.record import BETWEEN_ASSETS

    watched = watchlist.symbols() if is_watched else ()
    named = dict.fromkeys(text.split(BETWEEN_ASSETS))
    if "" in named:
        raise SelectionError(f"{shortened(text)} leaves an asset out; several are written BTC-USD{BETWEEN_ASSETS}SPY")
    return tuple(name if name in watched else assets.asset(name).symbol for name in named)


def link(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Asset,
    *,
    view: Annotated[
        str | None, typer.Option(metavar="VIEW", help="{views} (default: {default.view}, or Research with --note).")
    ] = None,
    span: Span = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    log: Annotated[bool, typer.Option(help="Show the price on a logarithmic scale.")] = True,
    note: Annotated[str | None, typer.Option(help="Note to open.")] = None,
    series: Series = None,
    horizon: Annotated[
        int | None,
        typer.Option(metavar="DAYS", help="Days ahead: {horizons} (default: {default.horizon})."),
    ] = None,
    assets: Assets = None,
    weights: Weigh = None,
    base: Base = "http://localhost:8501/",
) -> None:
    """Print the link to a screen."""
    from sentiment.market import history
    from sentiment.models import Selection
    from sentiment.research import library
    from sentiment.web import links

    view = "Research" if note is not None and view in {None, Selection().view} else view
    chosen = choose(
        asset,
        view=view,
        range=span,
        as_of=read_day(as_of),
        known_at=read_instant(known_at),
        log=log,
        note=note,
        series=series,
        horizon=horizon,
        assets=read_assets(asset, assets),
        weights=weights,
    )
    check_link(chosen)
    if note is not None:
        library.find(note, history.resolve_day(asset, chosen.as_of, chosen.known_at), chosen.known_at)
    typer.echo(links.address(base, chosen))


def report(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Asset,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.html", help="File to write.")],
    span: Span = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    log: Annotated[bool, typer.Option(help="Show the price on a logarithmic scale.")] = True,
    weights: Weigh = None,
    base: Base = "http://localhost:8501/",
) -> None:
    """Write the report of a day as one HTML file that works offline: charts, notes, evidence and sources."""
    from sentiment.web import report as reports

    chosen = choose(asset, range=span, as_of=read_day(as_of), known_at=read_instant(known_at), log=log, weights=weights)
    page = reports.html(chosen, base).encode()
    _write(out, page)
    typer.echo(f"{out}: {len(page) / 1e6:.1f} MB")


def revisions(asset: Asset, as_of: AsOf = None) -> None:
    """Print as CSV every figure that changed after it was first known, and what that did to the scores."""
    from sentiment.tables import export as tables

    rows = tables.table("revisions", choose(asset, as_of=read_day(as_of)))
    sys.stdout.buffer.write(tables.to_csv(rows).encode())


def _write(file: Path, content: bytes) -> None:
    try:
        files.write(file, content)
    except OSError as error:
        raise SelectionError(f"cannot write {file}: {error.strerror}") from None
