"""What the commands share: their options, how they are read, and how answers are printed."""
# ruff: noqa: PLC0415 - heavy imports stay inside the commands, so that ``sentiment --help`` answers at once

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from sentiment.errors import SelectionError

if TYPE_CHECKING:
    from datetime import date, datetime


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"


class What(StrEnum):
    """Which table to export."""

    SCORES = "scores"
    PRICES = "prices"
    COMPONENTS = "components"
    NOTES = "notes"
    CALLS = "calls"
    CLAIMS = "claims"
    PUBLISHERS = "publishers"
    EVIDENCE = "evidence"


class Ahead(StrEnum):
    """How many days ahead to look."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"
    HALF_YEAR = "180"


def read_day(text: str | None) -> date | None:
    """Read a day; None where none was given."""
    from sentiment import formatting

    return None if text is None else formatting.read_day(text)


def read_instant(text: str | None) -> datetime | None:
    """Read an instant; None where none was given."""
    from sentiment import formatting

    return None if text is None else formatting.read_instant(text)


def read_moment(text: str) -> tuple[datetime, Literal["minute", "day"]]:
    """Read when something was published: an instant with its time zone, or a day, which is known at its end."""
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
    """Read weights; the components' own where none were given."""
    from sentiment.scoring.weights import read

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
Span = Annotated[str, typer.Option("--range", help="3M, 6M, 1Y, 2Y, 5Y or All.")]
Base = Annotated[str, typer.Option(help="Address of the dashboard.")]
How = Annotated[Format, typer.Option("--format", help="How to print.")]


def say(text: str) -> None:
    """Print words that may come from outside: what would steer a terminal is shown by its number."""
    from sentiment.formatting import visible

    typer.echo(visible(text.replace("\r", "")))


def print_json(value: object) -> None:
    """Print JSON: NaN as null, dates as ISO text; what would steer a terminal is written as its escape."""
    import orjson

    from sentiment.formatting import escaped

    written = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z)
    typer.echo(escaped(written.decode()))


def fail(message: str, code: int) -> NoReturn:
    """Say what is wrong in one line on standard error and end; it may quote what came from outside."""
    from sentiment.formatting import visible

    typer.echo(f"sentiment: {visible(' '.join(message.split()))}", err=True)
    sys.exit(code)
