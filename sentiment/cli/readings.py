"""What a day reads, what such readings were worth, and how a text sounds."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentiment.cli.options import (
    AsOf,
    Asset,
    Format,
    Horizon,
    How,
    KnownAt,
    Seed,
    Series,
    Weigh,
    choose,
    print_json,
    read_day,
    read_horizon,
    read_instant,
    read_weights,
    say,
)
from sentiment.errors import SelectionError
from sentiment.formatting import number

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import datetime

    from sentiment.scoring.score import Scores


def score(
    asset: Asset, as_of: AsOf = None, known_at: KnownAt = None, weights: Weigh = None, form: How = Format.TABLE
) -> None:
    """Print the reading of a day: both axes, the gap, the regime and every part."""
    from sentiment.scoring.inputs import load_inputs
    from sentiment.scoring.reading import reading
    from sentiment.scoring.score import score as score_inputs

    scored = score_inputs(load_inputs(asset, read_day(as_of), read_instant(known_at)), read_weights(weights))
    if form is Format.JSON:
        print_json(reading(scored, read_instant(known_at)))
    else:
        _print_reading(scored, read_instant(known_at))


def _print_reading(scored: Scores, known_at: datetime | None) -> None:
    from sentiment.market import assets, history
    from sentiment.scoring.components import registry
    from sentiment.scoring.score import headline, unranked

    stale_days = history.stale_days(scored.asset, scored.axes.index[-1].date(), known_at)
    typer.echo(headline(scored, assets.asset(scored.asset, known_at), stale_days))
    regime = scored.axes["regime"].iloc[-1]
    typer.echo(f"regime: {regime if isinstance(regime, str) else 'none named'}")
    reasons = unranked(scored)
    for axis in ("fear", "fundamentals"):
        last = scored.axes.iloc[-1]
        justified = number(last["justified"], ".1f") if axis == "fundamentals" and last["justified"] >= 0 else ""
        justify = f", which justify fear of {justified}" if justified else ""
        typer.echo(
            f"\n{axis} {number(last[axis], '.1f')}{justify}, on {last[f'{axis}_coverage']:.0%} of the weight that applies"
        )
        for part in (part for part in registry() if part.axis == axis):
            raw, rank = scored.raw[part.name].iloc[-1], scored.rank[part.name].iloc[-1]
            points = scored.contribution[part.name].iloc[-1]
            shown = part.show(raw) if raw == raw else reasons[part.name]  # noqa: PLR0124 - NaN differs from itself
            short = raw == raw and part.name in reasons  # noqa: PLR0124
            ranked = reasons[part.name] if short else f"rank {number(rank, '5.1f'):>5}"
            typer.echo(
                f"  {part.title:20}{shown:>29}  {ranked}  weight {scored.applying[part.name]:>4g}"
                f"  points {number(points, '5.1f'):>5}"
            )


def evidence(  # noqa: PLR0913 - a command has as many parameters as options
    asset: Asset,
    *,
    horizon: Horizon = None,
    series: Series = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    seed: Seed = None,
    weights: Weigh = None,
    form: How = Format.TABLE,
) -> None:
    """Print what followed such readings: forward returns against the base rate, and a verdict by a fixed rule."""
    from sentiment.scoring.inputs import load_inputs
    from sentiment.scoring.persistence import persistence_text
    from sentiment.scoring.score import score_without_notes
    from sentiment.validation.signals import evaluate
    from sentiment.validation.verdict import RULE, assess

    days, chosen = read_horizon(horizon), choose(asset, series=series, seed=seed, weights=weights)
    inputs = load_inputs(asset, read_day(as_of), read_instant(known_at))
    scored = score_without_notes(inputs, dict(chosen.weights))
    table = evaluate(inputs, scored, chosen.series).table
    rows = table if days is None else table[table["horizon"] == days]
    found = assess(rows)
    if form is Format.TABLE:
        typer.echo(found.sentence)
        _print_evidence(rows.to_dict("records"))
        typer.echo(f"\n{persistence_text(scored.axes)}".rstrip())
        return
    print_json(
        {
            "asset": asset,
            "as_of": inputs.prices.index[-1].date().isoformat(),
            "series": chosen.series,
            "rule": RULE,
            "rows": rows.to_dict("records"),
            "verdict": found.grade.value,
            "sentence": found.sentence,
        }
    )


def _print_evidence(rows: list[dict[Hashable, Any]]) -> None:
    typer.echo(
        f"\n{'reading':28}{'horizon':>8}{'days':>7}{'episodes':>10}{'mean':>9}{'median':>9}{'hit rate':>10}{'base rate':>11}"
        f"{'excess':>9}   95% interval"
    )
    for row in rows:
        ends = f"{number(row['lower'], '+.1%')} to {number(row['upper'], '+.1%')}"
        typer.echo(
            f"{row['label']:28}{row['horizon']:>8}{row['days']:>7}{row['episodes']:>10}{number(row['mean'], '+.1%'):>9}"
            f"{number(row['median'], '+.1%'):>9}{number(row['hit_rate'], '.0%'):>10}{number(row['base_rate'], '.0%'):>11}"
            f"{number(row['excess'], '+.1%'):>9}   {ends}"
        )


def tone(
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="Text to read, or - for standard input.")],
    form: How = Format.TABLE,
) -> None:
    """Read the tone of a text, from -1 to 1, with every word that decided it; unread if there is no cue."""
    from sentiment.research.text import accuracy, annotate, in_words

    said = _standard_input() if text == "-" else text
    reading = annotate(said)
    if form is Format.JSON:
        findings = [
            {name: getattr(one, name) for name in ("kind", "value", "start", "end", "rule", "role")}
            for one in reading.findings
        ]
        read = {name: getattr(reading, name) for name in ("tone", "label", "strength", "central_bank")}
        print_json({**read, "findings": findings})
        return
    known = reading.tone is not None
    typer.echo(
        f"{in_words(reading.tone)}, tone {number(reading.tone, '+.2f')}" if known else "unread: no cue was found"
    )
    if reading.central_bank:
        typer.echo(accuracy.sentence(central_bank=True))
    for one in reading.findings:
        value = number(one.value, "+.2f") if one.kind == "tone" and isinstance(one.value, float) else str(one.value)
        words = " ".join(said[one.start : one.end].split())
        say(f"  {one.kind:8}{value:>14}  {words!r}: {one.rule}{f' ({one.role})' if one.role else ''}")


def _standard_input() -> str:
    from sentiment.research.text import MAX_TEXT

    try:
        return sys.stdin.buffer.read(4 * MAX_TEXT + 1).decode()
    except UnicodeDecodeError as error:
        raise SelectionError(f"the text on standard input is not UTF-8 (byte {error.start})") from None
