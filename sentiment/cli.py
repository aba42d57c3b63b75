"""The command line: the same selections, tables and bytes as the page.

Heavy imports stay inside the commands, so that ``sentiment --help`` answers at once.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import os
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentiment.errors import InputError, SelectionError, SentimentError
from sentiment.words import number

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import date, datetime

    from sentiment.models import Call, Claim, Note
    from sentiment.score import Scores

app = typer.Typer(
    help="Is the market more afraid than it should be? Fear and fundamentals for any date, as it was known then.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
notes_app = typer.Typer(help="The research notes: what was said, and what became of it.", no_args_is_help=True)
app.add_typer(notes_app, name="notes")


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"


class What(StrEnum):
    """Which table to export."""

    SCORES = "scores"
    PRICES = "prices"
    COMPONENTS = "components"


class Ahead(StrEnum):
    """How many days ahead to look."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"
    HALF_YEAR = "180"


def _day(text: str | None) -> date | None:
    from sentiment.words import read_day

    return None if text is None else read_day(text)


def _instant(text: str | None) -> datetime | None:
    from sentiment import links

    return None if text is None else links.instant(text)


def _weights(text: str | None) -> dict[str, float]:
    from sentiment.weights import read

    return {} if text is None else dict(read(text))


Asset = Annotated[str, typer.Argument(help="Symbol of the asset, such as BTC-USD.")]
AsOf = Annotated[
    str | None, typer.Option(help="Day to look from, as 2025-12-02; without it the latest.", metavar="DATE")
]
Day = Annotated[str | None, typer.Option(help="As 2025-12-02.", metavar="DATE")]
KnownAt = Annotated[
    str | None,
    typer.Option(help="Prices as they were saved at this instant, as 2026-10-04T12:00:00Z.", metavar="INSTANT"),
]
Weigh = Annotated[
    str | None, typer.Option(help="Weights that differ from the standard.", metavar="drawdown:20,policy:0")
]
How = Annotated[Format, typer.Option("--format", help="How to print.")]


@app.command()
def run(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 8501,
    *,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
) -> None:
    """Serve the dashboard on this machine and open it."""
    from sentiment import files

    command = [sys.executable, "-m", "streamlit", "run", str(files.APP), "--server.port", str(port)]
    os.execv(sys.executable, [*command, "--server.headless", str(headless).lower()])  # noqa: S606 - our own command


@app.command()
def score(
    asset: Asset, as_of: AsOf = None, known_at: KnownAt = None, weights: Weigh = None, form: How = Format.TABLE
) -> None:
    """Print the reading of one day: both axes, the gap, the regime and every part."""
    from sentiment import market
    from sentiment.score import score as score_inputs

    scored = score_inputs(market.inputs(asset, _day(as_of), _instant(known_at)), _weights(weights))
    if form is Format.JSON:
        _print_json(_reading(scored, _instant(known_at)))
    else:
        _print_reading(scored)


def _reading(scored: Scores, known_at: datetime | None) -> dict[str, object]:
    from sentiment import market
    from sentiment.components import registry

    last = scored.axes.iloc[-1]
    parts = [
        {
            "name": part.name,
            "axis": part.axis,
            "raw": scored.raw[part.name].iloc[-1],
            "rank": scored.rank[part.name].iloc[-1],
            "weight": scored.weights[part.name],
            "contribution": scored.contribution[part.name].iloc[-1],
        }
        for part in registry()
    ]
    as_of = scored.axes.index[-1].date()
    source = market.provenance(scored.asset, as_of, known_at)
    return {
        "asset": scored.asset,
        "as_of": as_of.isoformat(),
        "price": last["close"],
        "fear": last["fear"],
        "fundamentals": last["fundamentals"],
        "gap": last["gap"],
        "regime": last["regime"],
        "coverage": {"fear": last["fear_coverage"], "fundamentals": last["fundamentals_coverage"]},
        "components": parts,
        "source": source.source,
        "fetched_at": source.fetched_at,
        "last_bars": {title: last.isoformat() for title, last in source.last_bars.items()},
    }


def _print_reading(scored: Scores) -> None:
    from sentiment.components import registry
    from sentiment.score import headline

    typer.echo(headline(scored))
    for axis in ("fear", "fundamentals"):
        last = scored.axes.iloc[-1]
        typer.echo(f"\n{axis} {number(last[axis], '.1f')}, on {last[f'{axis}_coverage']:.0%} of its weight")
        for part in (part for part in registry() if part.axis == axis):
            raw, rank = scored.raw[part.name].iloc[-1], scored.rank[part.name].iloc[-1]
            points = scored.contribution[part.name].iloc[-1]
            shown = part.show(raw) if raw == raw else "no data"  # noqa: PLR0124 - NaN differs from itself
            typer.echo(
                f"  {part.title:20}{shown:>29}  rank {number(rank, '5.1f'):>5}  weight {scored.weights[part.name]:>4g}"
                f"  points {number(points, '5.1f'):>5}"
            )


@app.command()
def evidence(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Asset,
    *,
    horizon: Annotated[Ahead | None, typer.Option(help="Days ahead; without it all.")] = None,
    series: Annotated[str, typer.Option(help="Which reading to judge, such as Regimes, Fear or VIX.")] = "Regimes",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    seed: Annotated[int, typer.Option(min=0, max=999_999_999, help="Of the resamples.")] = 1994,
    weights: Weigh = None,
    form: How = Format.TABLE,
) -> None:
    """Print what such readings were worth: forward returns against the base rate, and a verdict by a fixed rule."""
    from sentiment import market
    from sentiment.judgement import judge
    from sentiment.score import score as score_inputs
    from sentiment.verdict import RULE, verdict

    inputs = market.inputs(asset, _day(as_of), _instant(known_at))
    table = judge(inputs, score_inputs(inputs, _weights(weights)), series, seed).table
    rows = table if horizon is None else table[table["horizon"] == int(horizon.value)]
    found = verdict(rows)
    if form is Format.TABLE:
        typer.echo(found.sentence)
        _print_evidence(rows.to_dict("records"))
        return
    _print_json(
        {
            "asset": asset,
            "as_of": inputs.prices.index[-1].date().isoformat(),
            "series": series,
            "seed": seed,
            "rule": RULE,
            "rows": rows.to_dict("records"),
            "verdict": found.grade.value,
            "sentence": found.sentence,
        }
    )


def _print_evidence(rows: list[dict[Hashable, Any]]) -> None:
    typer.echo(
        f"\n{'reading':28}{'horizon':>8}{'days':>7}{'episodes':>10}{'mean':>9}{'median':>9}{'hit rate':>10}{'base rate':>11}"
        f"{'excess':>9}   95 % interval"
    )
    for row in rows:
        ends = f"{number(row['lower'], '+.1%')} to {number(row['upper'], '+.1%')}"
        typer.echo(
            f"{row['label']:28}{row['horizon']:>8}{row['days']:>7}{row['episodes']:>10}{number(row['mean'], '+.1%'):>9}"
            f"{number(row['median'], '+.1%'):>9}{number(row['hit_rate'], '.0%'):>10}{number(row['base_rate'], '.0%'):>11}"
            f"{number(row['excess'], '+.1%'):>9}   {ends}"
        )


@app.command()
def tone(
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="Text to read; - reads standard input.")],
    form: How = Format.TABLE,
) -> None:
    """Read the tone of a text, from -1 to 1, with every word that decided it."""
    from sentiment.text import read

    said = _standard_input() if text == "-" else text
    reading = read(said)
    if form is Format.JSON:
        findings = [
            {name: getattr(one, name) for name in ("kind", "value", "start", "end", "rule", "role")}
            for one in reading.findings
        ]
        _print_json({"tone": reading.tone, "label": reading.label, "findings": findings})
        return
    typer.echo(f"{reading.label}, tone {number(reading.tone, '+.2f')}")
    for one in reading.findings:
        value = number(one.value, "+.2f") if one.kind == "tone" and isinstance(one.value, float) else str(one.value)
        words = " ".join(said[one.start : one.end].split())
        typer.echo(f"  {one.kind:8}{value:>14}  {words!r}: {one.rule}{f' ({one.role})' if one.role else ''}")


def _standard_input() -> str:
    from sentiment.text import MAX_TEXT

    try:
        return sys.stdin.buffer.read(4 * MAX_TEXT + 1).decode()
    except UnicodeDecodeError as error:
        raise SelectionError(f"the text on standard input is not UTF-8 (byte {error.start})") from None


@app.command()
def export(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Asset,
    *,
    what: Annotated[What, typer.Option(help="Which table.")] = What.SCORES,
    start: Day = None,
    end: Day = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    weights: Weigh = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File to write; without it standard output.")] = None,
) -> None:
    """Write a table as CSV, the same bytes as the page's own button."""
    from sentiment import export as tables
    from sentiment import market
    from sentiment.score import score as score_inputs

    inputs = market.inputs(asset, _day(as_of), _instant(known_at))
    table = tables.TABLES[what.value](inputs, score_inputs(inputs, _weights(weights)))
    rows = tables.between(table, _day(start), _day(end))
    if rows.empty:
        first, last = table["date"].iloc[0].date(), table["date"].iloc[-1].date()
        raise SelectionError(
            f"no rows of {asset} between {start or first} and {end or last}; there are {first} to {last}"
        )
    text = tables.to_csv(rows)
    if out is None:
        sys.stdout.buffer.write(text.encode())
        return
    try:
        out.write_bytes(text.encode())
    except OSError as error:
        raise SelectionError(f"cannot write {out}: {error.strerror}") from None
    typer.echo(f"{out}: {text.count(chr(10)) - 1:,} rows", err=True)


@app.command()
def link(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Asset,
    *,
    view: Annotated[str, typer.Option(help="Overview, Research, Evidence, Weights, Method or Data.")] = "Overview",
    span: Annotated[str, typer.Option("--range", help="3M, 6M, 1Y, 2Y, 5Y or All.")] = "2Y",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    log: Annotated[bool, typer.Option(help="Price on a logarithmic scale.")] = True,
    note: Annotated[str | None, typer.Option(help="Note to open.")] = None,
    series: Annotated[str, typer.Option(help="Reading that the evidence judges.")] = "Regimes",
    horizon: Annotated[int, typer.Option(help="Days ahead that the evidence looks.")] = 30,
    weights: Weigh = None,
    base: Annotated[str, typer.Option(help="Address of the dashboard.")] = "http://localhost:8501/",
) -> None:
    """Print the link of a screen."""
    from sentiment import links, market, notes
    from sentiment.models import Selection

    view = "Research" if note is not None and view == "Overview" else view
    wanted = replace(Selection(), asset=asset, view=view, range=span, log=log, note=note)
    wanted = replace(wanted, series=series, horizon=horizon, weights=tuple(_weights(weights).items()))
    wanted = replace(wanted, as_of=_day(as_of), known_at=_instant(known_at))
    read, problems = links.from_query(links.to_query(wanted))
    if problems or read != wanted:
        raise SelectionError(problems[0].rpartition("; showing")[0])
    if note is not None:
        notes.find(note, market.settle(asset, wanted.as_of, wanted.known_at))
    if not base.startswith(("http://", "https://")):
        raise SelectionError(f"the base {base!r} is not an address such as http://localhost:8501/")
    typer.echo(links.address(base, wanted))


@app.command()
def refresh(
    tickers: Annotated[list[str] | None, typer.Argument(help="Yahoo tickers; without any, all that is saved.")] = None,
    *,
    full: Annotated[bool, typer.Option("--full", help="Fetch the whole history even if its tail would do.")] = False,
) -> None:
    """Fetch prices from Yahoo and save them; an asset brings along what its scores ask for."""
    from rich.console import Console
    from rich.progress import Progress

    from sentiment import bars, market
    from sentiment.providers import yahoo
    from sentiment.refresh import refresh_all

    named = [yahoo.ticker(text) for text in tickers or bars.symbols() or [market.assets()[0].symbol]]
    symbols = list(dict.fromkeys(one for symbol in named for one in market.wanted(symbol)))
    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("Asking Yahoo", total=len(symbols))
        outcomes = refresh_all(symbols, full=full, progress=lambda *_: shown.advance(task))
    failed = 0
    for symbol, outcome in outcomes.items():
        if isinstance(outcome, SentimentError):
            failed += 1
            typer.echo(f"{symbol:10}  failed: {outcome}")
            continue
        typer.echo(
            f"{symbol:10}  {outcome.new:,} new, {outcome.revised:,} revised, {len(outcome.quarantined):,} not trusted, "
            f"last bar {outcome.last or 'none'}"
        )
    if failed:
        _fail(f"{failed} of {len(symbols)} could not be refreshed; what is saved stays as it was", 1)


@app.command()
def revisions(asset: Asset, as_of: AsOf = None) -> None:
    """Print every figure that was changed after it was first known, and the effect on the scores, as CSV."""
    from sentiment import export as tables

    table = tables.revisions(asset, _day(as_of))
    sys.stdout.buffer.write(tables.to_csv(table).encode())


@notes_app.command("list")
def list_notes(as_of: AsOf = None, form: How = Format.TABLE) -> None:
    """List the notes, the oldest first, with how their calls stand."""
    from sentiment import calls, notes

    until = _day(as_of) or _latest()
    known = notes.known(until)
    if form is Format.JSON:
        _print_json([_note_json(note, until) for note in known])
        return
    for note in known:
        stand = ", ".join(calls.grade(call, note, until).status.value for call in note.calls) or "no call"
        typer.echo(f"{note.day}  {note.id:18}  {note.publisher:26}  {stand:22}  {note.title}")


@notes_app.command()
def show(
    note_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the note, as listed.")],
    as_of: AsOf = None,
    form: How = Format.TABLE,
) -> None:
    """Show one note: its body, its facts checked, its calls graded so far."""
    from sentiment import calls, notes

    until = _day(as_of) or _latest()
    note = notes.find(note_id, until)
    if form is Format.JSON:
        _print_json(_note_json(note, until))
        return
    typer.echo(f"{note.title}\n{note.publisher}, {note.author}, {note.day}, {note.stance}\nSource: {note.source}\n")
    typer.echo(note.body)
    for call in note.calls:
        typer.echo(f"\nCall: {call.text}\n  {calls.describe(calls.grade(call, note, until))}")
    for claim in note.claims:
        verdict = calls.check(claim, note)
        measured = "" if verdict.measured is None else f" (measured {calls.measured(claim, verdict)})"
        typer.echo(f"\nFact: {claim.text}\n  {verdict.answer}{measured}: {verdict.reason}")


def _latest() -> date:
    from sentiment import market

    return max(market.span(asset.symbol)[1] for asset in market.assets())


def _note_json(note: Note, until: date) -> dict[str, object]:
    from sentiment import calls

    def graded(call: Call) -> dict[str, object]:
        return {"text": call.text, "asset": call.asset, "direction": call.direction} | _plain(
            calls.grade(call, note, until)
        )

    def checked(claim: Claim) -> dict[str, object]:
        return {"text": claim.text} | _plain(calls.check(claim, note))

    kept = ("id", "title", "publisher", "author", "published", "precision", "source", "assets", "themes", "stance")
    return {
        **{name: getattr(note, name) for name in (*kept, "conviction", "tone", "body")},
        "claims": [checked(claim) for claim in note.claims],
        "calls": [graded(call) for call in note.calls],
        "levels": [_plain(level) for level in note.levels],
        "metrics": [_plain(metric) for metric in note.metrics],
    }


def _plain(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__slots__}  # type: ignore[attr-defined]


def _print_json(value: object) -> None:
    """Print JSON: NaN as null, dates as ISO text."""
    import orjson

    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z).decode())


def main() -> None:
    """Run the command; a wrong request is one line on standard error and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except InputError as error:
        _fail(str(error), 2)
    except SentimentError as error:
        _fail(str(error), 1)
    except BrokenPipeError:  # the reader of our output went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except typer.Abort:
        _fail("stopped", 130)
    except typer._click.exceptions.ClickException as error:  # noqa: SLF001 - typer exports no base of its usage errors
        _fail(error.format_message().replace("Value error, ", ""), error.exit_code)
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> None:
    typer.echo(f"sentiment: {' '.join(message.split())}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
