"""The table ``scoreboard``: how many public calls came true, and how many a driftless random walk would have made come true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.tables.call_tables import public_entries
from sentiment.tables.record import ASSET_PARAMETERS, Column, Table, count, text
from sentiment.validation.scoreboard import MIN_CALLS, scoreboard

if TYPE_CHECKING:
    from datetime import date, datetime

    import pandas as pd

_CALLS = "calls"
_COLUMNS = (
    text("group", "What the calls are grouped by: all, direction, distance of the target, year or publisher."),
    text("value", "Which group."),
    count("calls", "Its public calls, repeats and those implied by option prices left out."),
    count("settled", "Those whose horizon is over and that are a hit or a miss."),
    count("hits", "Those of them that came true."),
    Column("expected", "Sum of the chances that a driftless random walk gives them.", _CALLS),
    Column("low", "Hits that 2.5% of such walks do not exceed.", _CALLS),
    Column("high", "Hits that 97.5% of such walks do not exceed.", _CALLS),
    Column("difference", "hits − expected.", _CALLS),
    Column("difference_low", "hits − high: lower end of the 95% interval.", _CALLS),
    Column("difference_high", "hits − low: upper end of it.", _CALLS),
    count("base_calls", "Those of the settled calls that have a base rate."),
    Column("base_expected", "Sum of these base rates.", _CALLS),
    text("reading", f"hits against low and high; no verdict on fewer than {MIN_CALLS} settled calls."),
)


def scoreboard_table(as_of: date, known_at: datetime | None = None) -> pd.DataFrame:
    """Return what the public calls known by `as_of` say together; see `validation.scoreboard`."""
    return scoreboard(public_entries(as_of, known_at), as_of)


TABLE = Table(
    name="scoreboard",
    description="How many public calls came true, beside how many a driftless random walk makes come true.",
    row="group",
    columns=_COLUMNS,
    rows=lambda request: scoreboard_table(request.as_of, request.selection.known_at),
    parameters=ASSET_PARAMETERS,
    order=56,
)
