"""The federal funds target from the graphs of FRED, the database of the Federal Reserve Bank of St. Louis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, csv_rows, day_of, frame_of, number_of, only

if TYPE_CHECKING:
    from datetime import date, datetime

    from sentiment.market.providers._http import Question

NAME = "FRED"
LICENCE = "public domain; FRED, Federal Reserve Bank of St. Louis, asks to be named"
PRIORITY = 20
SYMBOL = "FED-FUNDS-TARGET"
ADDRESS = "https://fred.stlouisfed.org/graph/fredgraph.csv"
SERIES, FIRST = "DFEDTARU", "2008-12-16"  # the day of the first target range
ZONE = "America/New_York"  # where the rate is in force
source = Source(NAME)

__all__ = ["LICENCE", "NAME", "PRIORITY", "fetch", "normalize"]


def normalize(text: str) -> str:
    """Return the symbol of the federal funds target, if that is meant.

    Raises
    ------
    BadRequestError
        If it is not.
    """
    return only(text, SYMBOL, NAME)


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch the upper bound of the target range for every day, as a fraction a year.

    The whole table is asked for, 10 KB as it is sent, so that a later look at all of it needs no second request.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    figures, asked_at = source.ask(symbol, _read, budget)
    nothing = f"{NAME} has no figures of {symbol} since {start or FIRST}."
    return FetchResult(
        frame_of(figures, start, ZONE, nothing, symbol), Meta(symbol, ZONE, may_be_negative=True), asked_at
    )


def _read(question: Question) -> tuple[list[Figure], datetime]:
    answer = question.get(ADDRESS, {"id": SERIES, "cosd": FIRST})
    rows = csv_rows(question, answer.content, (("observation_date", SERIES), ("DATE", SERIES)))
    # A percent in hundredths: the division is rounded, so that 5.5 is 0.055 as it is bundled.
    figures = [Figure(day_of(question, day), round(number_of(question, value) / 100, 8)) for day, value in rows]
    return figures, answer.asked_at
