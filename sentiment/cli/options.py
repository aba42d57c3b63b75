"""What the commands share: their options, how they are parsed, and how answers are printed."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer.core import TyperCommand, TyperOption

from sentiment.errors import SelectionError

if TYPE_CHECKING:
    from datetime import date, datetime

    from typer._click import Context, HelpFormatter

    from sentiment.models import Selection


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"


class DescribedCommand(TyperCommand):
    """A command whose help names choices and defaults where they are defined; they load only when its help is shown."""

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Fill the choices into the help of the options, and write it."""
        for param in self.params:
            if isinstance(param, TyperOption) and param.help and "{" in param.help:
                param.help = param.help.format_map(_choices())
        super().format_help(ctx, formatter)


def _choices() -> dict[str, object]:
    from sentiment.models import Selection
    from sentiment.tables import registry
    from sentiment.validation import forward_returns, signals
    from sentiment.web import links, table_forms

    return {
        "forms": ", ".join(table_forms.FORMS),
        "tables": ", ".join(registry.offered("cli")),
        "views": ", ".join(links.VIEWS),
        "ranges": ", ".join(links.RANGES),
        "series": ", ".join(signals.SIGNALS),
        "horizons": ", ".join(map(str, forward_returns.HORIZONS)),
        "default": Selection(),
    }


def choose(asset: str, *, weights: str | None = None, **given: Any) -> Selection:  # noqa: ANN401 - fields of a selection
    """Return the selection of an asset with the options that were given; the others keep their defaults."""
    from sentiment.models import Selection

    chosen = {name: value for name, value in given.items() if value is not None}
    return replace(Selection(asset=asset, weights=tuple(read_weights(weights).items())), **chosen)


def check_link(selection: Selection) -> None:
    """Check that a link of the selection can be followed.

    Raises
    ------
    SelectionError
        Naming what cannot, and what there is to choose from.
    """
    from urllib.parse import parse_qsl

    from sentiment.web import links

    _, problems = links.parse_pairs(parse_qsl(links.to_query(selection), keep_blank_values=True))
    if problems:
        raise SelectionError(_asked(problems[0].message))


def _asked(told: str) -> str:
    """Return what is wrong with a link in words for somebody who gave options and no link."""
    asks = "The link asks for "
    return f"asked for {told.removeprefix(asks)}" if told.startswith(asks) else told


def read_horizon(days: int | None) -> int | None:
    """Return a horizon; None, where none was given, stands for all.

    Raises
    ------
    SelectionError
        If the evidence looks no such number of days ahead.
    """
    from sentiment.validation.forward_returns import HORIZONS

    if days is not None and days not in HORIZONS:
        raise SelectionError(f"no horizon of {days} days; there are {', '.join(map(str, HORIZONS))}")
    return days


def read_assets(asset: str, text: str | None) -> tuple[str, ...] | None:
    """Parse the assets to compare as a link's, the selected one first; None stays None.

    Raises
    ------
    SelectionError
        If one of them has no prices here, or they are too many.
    """
    from sentiment.web import links

    if text is None:
        return None
    selection, problems = links.parse_pairs([("asset", asset), ("assets", text)])
    if problems:
        raise SelectionError(_asked(problems[0].message))
    return selection.assets


def read_day(text: str | None) -> date | None:
    """Parse a day; None stays None."""
    from sentiment import formatting

    return None if text is None else formatting.read_day(text)


def read_instant(text: str | None) -> datetime | None:
    """Parse an instant; None stays None."""
    from sentiment import formatting

    return None if text is None else formatting.read_instant(text)


def read_moment(text: str) -> tuple[datetime, Literal["minute", "day"]]:
    """Parse the time of publication: an instant with its time zone, or a day, which counts at its end."""
    from datetime import UTC, datetime, time

    from sentiment import formatting

    if len(text) == len("2025-12-02"):
        return datetime.combine(formatting.read_day(text), time(23, 59, 59), UTC), "day"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SelectionError(
            f"{formatting.shortened(text)} is neither a day such as 2025-12-02 nor 2025-12-02T15:33:00Z"
        )
    return moment.astimezone(UTC), "minute"


def read_weights(text: str | None) -> dict[str, float]:
    """Parse weights; empty where none were given."""
    from sentiment.scoring.weights import parse_weights

    return {} if text is None else dict(parse_weights(text))


Asset = Annotated[str, typer.Argument(help="Symbol of the asset, such as BTC-USD.")]
AsOf = Annotated[
    str | None, typer.Option(help="Day to view, such as 2025-12-02 (default: the latest).", metavar="DATE")
]
Start = Annotated[str | None, typer.Option(help="First day of the rows, such as 2025-12-02.", metavar="DATE")]
End = Annotated[str | None, typer.Option(help="Last day of the rows, such as 2025-12-02.", metavar="DATE")]
KnownAt = Annotated[
    str | None,
    typer.Option(help="Use what was saved by this time, such as 2026-10-04T12:00:00Z.", metavar="INSTANT"),
]
Weigh = Annotated[
    str | None, typer.Option(help="Weights that differ from the default ones.", metavar="drawdown:20,policy:0")
]
Span = Annotated[str | None, typer.Option("--range", metavar="RANGE", help="{ranges} (default: {default.range}).")]
Assets = Annotated[
    str | None,
    typer.Option(help="Two to five assets to compare, starting with the selected one.", metavar="BTC-USD~SPY~GLD"),
]
Series = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What to test: {series} or the symbol of a series (default: {default.series}).",
    ),
]
Horizon = Annotated[int | None, typer.Option(metavar="DAYS", help="Days ahead: {horizons} (default: all).")]
Seed = Annotated[
    int | None,
    typer.Option(metavar="SEED", help="Has no effect: intervals no longer use random draws. Still accepted."),
]


def _checked_base(base: str) -> str:
    from sentiment.web import links

    links.check_base(base)
    return base


Base = Annotated[str, typer.Option(help="Address of the dashboard.", callback=_checked_base)]
How = Annotated[Format, typer.Option("--format", help="Output format.")]


def say(text: str) -> None:
    """Print text that may come from outside: control characters are shown by their number."""
    from sentiment.formatting import visible

    typer.echo(visible(text.replace("\r", "")))


def print_json(value: object) -> None:
    """Print JSON: NaN as null, dates as ISO text, control characters as escapes."""
    import orjson

    from sentiment.formatting import escaped

    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z)
    typer.echo(escaped(text.decode()))


def fail(message: str, code: int) -> NoReturn:
    """Print what is wrong in one line on standard error and exit; control characters from outside are shown by number."""
    from sentiment.formatting import visible

    typer.echo(f"sentiment: {visible(' '.join(message.split()))}", err=True)
    sys.exit(code)
