"""What every column of every table means: one place for the CSV's reader, the HTTP API, its OpenAPI document and the docs.

``python -m sentiment.columns`` prints docs/columns.md.
"""

from __future__ import annotations

import sys
from typing import Literal, NamedTuple

Kind = Literal["day", "text", "number", "integer"]


class Column(NamedTuple):
    """A column: its name, what it means, its unit, and of which kind its cells are; any but an integer may be empty."""

    name: str
    description: str
    unit: str
    kind: Kind = "number"


class Table(NamedTuple):
    """A table: what it is, what a row of it is, and its columns in their order."""

    description: str
    row: str
    columns: tuple[Column, ...]


def _text(name: str, description: str, unit: str = "text") -> Column:
    return Column(name, description, unit, "text")


def _count(name: str, description: str, unit: str = "count") -> Column:
    return Column(name, description, unit, "integer")


_PRICE = "the asset's own unit"
_FRACTION = "fraction"
_DATE = Column("date", "The UTC day; what stands in the row was known at its end.", "day", "day")
_NOTE = _text("note", "Id of the note.", "id")
_PUBLISHER = _text("publisher", "Who published the note.")
_PUBLISHED = _text("published", "When the note was published.", "instant (UTC)")

TABLES: dict[str, Table] = {
    "scores": Table(
        "Close, both axes, their gap and its regime.",
        "day",
        (
            _DATE,
            Column("close", "Close of the day; empty where none is known.", _PRICE),
            Column("fear", "The fear axis; empty where no part of it is known.", "0 to 100"),
            Column("fundamentals", "The fundamentals axis; empty where no part of it is known.", "0 to 100"),
            Column("gap", "fear + fundamentals − 100.", "−100 to 100"),
            _text("regime", "What the gap says; empty where either axis rests on less than 40 % of its weight."),
            Column("fear_coverage", "Share of the weight of fear that rests on known figures.", _FRACTION),
            Column("fundamentals_coverage", "The same of fundamentals.", _FRACTION),
        ),
    ),
    "prices": Table(
        "Bars of the asset; columns that its source does not give are left out.",
        "day",
        (
            _DATE,
            Column("open", "First price of the day.", _PRICE),
            Column("high", "Highest price of the day.", _PRICE),
            Column("low", "Lowest price of the day.", _PRICE),
            Column("close", "Last price of the day.", _PRICE),
            Column("volume", "Traded on the day, as the source counts it.", "the source's own unit"),
            Column("dividends", "Paid on the day for one share.", _PRICE),
            Column("splits", "New shares for one old one on the day; 0 on a day without a split.", "ratio"),
        ),
    ),
    "components": Table(
        "Every part of both axes.",
        "day and component",
        (
            _DATE,
            _text("component", "Name of the part."),
            _text("axis", "The axis that it belongs to."),
            Column("raw", "Its raw value; higher means more fear, or stronger fundamentals.", "the part's own unit"),
            Column("rank", "Its rank among its own last 730 days.", "0 to 100"),
            Column("weight", "Its weight within its axis.", "weight"),
            Column("contribution", "What it adds to its axis.", "points"),
        ),
    ),
    "notes": Table(
        "The research notes known on the day.",
        "note",
        (
            _NOTE,
            _PUBLISHED,
            _text("precision", "How exactly that is known: minute, day or month."),
            _PUBLISHER,
            _text("author", "Who wrote it."),
            _text("title", "Its title."),
            _text("stance", "bullish, bearish or neutral."),
            Column("conviction", "How strongly it holds its stance.", "0 to 1"),
            Column("tone", "How it sounds.", "−1 to 1"),
            _text("assets", "Symbols of the assets that it is about, with commas between."),
            _text("themes", "What it is about, with commas between."),
            _text("calls", "How each of its calls stands, with commas between."),
            _text("source", "Where it was published."),
            _text("source_url", "Its address.", "URL"),
        ),
    ),
    "calls": Table(
        "Every call of these notes, graded by later closes.",
        "call",
        (
            _NOTE,
            _PUBLISHER,
            _PUBLISHED,
            _text("asset", "Symbol of the asset that is called."),
            _text("call", "The call in words."),
            _text("direction", "up, down or range."),
            _text("horizon_end", "Last day of the call.", "day"),
            _text("reference_date", "Day of the first close after publication.", "day"),
            Column("reference", "That close.", _PRICE),
            _text("status", "pending, hit, miss, invalidated or ungradable."),
            Column("forward_return", "Return from the reference to the last close so far.", _FRACTION),
            Column("max_adverse", "Worst close on the way for a follower.", _FRACTION),
            Column("max_favourable", "Best close on the way for a follower.", _FRACTION),
            Column("share_inside", "Share of the closes inside the range.", _FRACTION),
            Column("base_rate", "Share of equally long stretches before that came out as called.", _FRACTION),
            _text("horizon", "Whether the publisher named the horizon (stated) or we did (fixed)."),
            _text("touched", "First day on which the target was touched.", "day"),
            _text("closed_beyond", "First day that closed at or beyond the target.", "day"),
            Column("base_return", "Mean return of those stretches.", _FRACTION),
            Column("probability", "Probability that the publisher gave.", _FRACTION),
            Column("brier", "(probability − hit)².", "0 to 1"),
            _text("reason", "Why it stands so."),
            _text("revised_status", "The grade by prices changed since; empty where it is the same."),
            Column("revised_return", "The return by prices changed since; empty where it is the same.", _FRACTION),
            _text("saved_at", "When the note was first saved here; empty for a bundled one.", "instant (UTC)"),
        ),
    ),
    "claims": Table(
        "Every fact that these notes state, checked on the stored series.",
        "fact",
        (
            _NOTE,
            _PUBLISHER,
            _PUBLISHED,
            _text("claim", "The fact in words."),
            _text("verdict", "true, false or not_checkable."),
            Column("measured", "What the stored series shows.", "see the column unit"),
            _text("unit", "Unit of what was measured."),
            _text("as_of", "The note's day; nothing later counts.", "day"),
            _text("series", "The series that it was measured on."),
            _text("reason", "How it was measured, or why it cannot be."),
            _text("rows", "The stored figures that show it, with semicolons between."),
        ),
    ),
    "publishers": Table(
        "How the calls of each publisher came out, beside the base rate.",
        "publisher",
        (
            _PUBLISHER,
            _count("notes", "Notes that count."),
            _count("calls", "Calls that they make."),
            _count("hits", "Calls that came out."),
            _count("misses", "Calls that did not."),
            _count("invalidated", "Calls that ended where the publisher said that they would not hold."),
            _count("pending", "Calls whose horizon has not ended."),
            _count("ungradable", "Calls that no stored price can grade."),
            Column("hit_rate", "hits / (hits + misses).", _FRACTION),
            Column("hit_low", "Lower end of its 95 % Wilson interval, by the independent calls.", _FRACTION),
            Column("hit_high", "Upper end of that interval.", _FRACTION),
            Column("base_rate", "Mean base rate of the graded calls.", _FRACTION),
            Column(
                "mean_excess", "Mean return in the direction called, over that of equally long stretches.", _FRACTION
            ),
            _count("independent", "Graded calls whose windows do not overlap."),
            Column("brier", "Mean Brier score of the calls with a stated probability.", "0 to 1"),
            _text(
                "verdict", "What the interval says against the base rate; too few calls to tell under 30 independent."
            ),
        ),
    ),
    "evidence": Table(
        "Forward returns after each reading against those of all days.",
        "reading and horizon",
        (
            _text("label", "The reading: a regime, or a band of a score."),
            _count("horizon", "Days ahead.", "days"),
            _count("days", "Days with that reading and a complete window."),
            _count("episodes", "Runs of such days; less than a horizon apart they are one."),
            Column("mean", "Mean forward return.", _FRACTION),
            Column("median", "Median forward return.", _FRACTION),
            Column("hit_rate", "Share of days followed by a rise.", _FRACTION),
            Column("base_rate", "The same of all days.", _FRACTION),
            Column("base_mean", "Mean forward return of all days.", _FRACTION),
            Column("excess", "mean − base_mean.", _FRACTION),
            Column("lower", "Lower end of its 95 % interval.", _FRACTION),
            Column("upper", "Upper end of its 95 % interval.", _FRACTION),
            Column("joint_lower", "Lower end of the 95 % interval of all rows at once.", _FRACTION),
            Column("joint_upper", "Upper end of the 95 % interval of all rows at once.", _FRACTION),
            Column("first_half", "Excess in the first half of the days, over the base of that half.", _FRACTION),
            Column("second_half", "Excess in the second half of the days, over the base of that half.", _FRACTION),
            Column("worst_median", "Median of the lowest close within the window.", _FRACTION),
            Column("worst", "The lowest close within any window.", _FRACTION),
            _count("cells", "Rows that the joint interval holds for."),
            _count("mean_block", "Mean block of the bootstrap.", "days"),
        ),
    ),
}

_ASSET = _text("asset", "Symbol of the asset.", "id")

OF_UNIVERSE: dict[str, Table] = {
    "ranking": Table(
        "The last day of every asset that `sentiment universe` scored, the widest gap first.",
        "asset",
        (
            _ASSET,
            Column("as_of", "The last day of its scores.", "day", "day"),
            Column("close", "Close of the day; empty where none is known.", _PRICE),
            _text("unit", "Unit of the close."),
            *TABLES["scores"].columns[2:],
        ),
    ),
    "unscored": Table(
        "The assets that it could not score.",
        "asset",
        (
            _ASSET,
            _text("status", "missing where there are no prices to score; failed where they cannot be read."),
            _text("reason", "Why, and what to do."),
        ),
    ),
}
"""Tables that stand in files of their own and have no address on the server."""


def names(table: str) -> list[str]:
    """Name the columns of a table, in their order."""
    return [column.name for column in TABLES[table].columns]


def table_of(header: list[str]) -> Table | None:
    """Return the table that has these columns in this order, perhaps with others between; None where none has."""
    for table in (*TABLES.values(), *OF_UNIVERSE.values()):
        names = iter(column.name for column in table.columns)
        if header and all(name in names for name in header):
            return table
    return None


def markdown() -> str:
    """Write docs/columns.md."""
    lines = [
        "# Tables and their columns",
        "",
        "The same in CSV and JSON, on the page, the command line and by HTTP.",
        "",
    ]
    for name, table in {**TABLES, **OF_UNIVERSE}.items():
        lines += [f"## {name}", "", f"{table.description} One row a {table.row}.", ""]
        lines += ["| column | meaning | unit |", "| --- | --- | --- |"]
        lines += [f"| `{column.name}` | {column.description} | {column.unit} |" for column in table.columns]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(markdown())
