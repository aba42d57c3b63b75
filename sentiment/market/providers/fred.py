"""Interest rates from the graphs of FRED, the database of the Federal Reserve Bank of St. Louis."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, csv_rows, day_of, frame_of, number_of, one_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from sentiment.market.providers._http import Question

NAME = "FRED"
LICENCE = "public domain; FRED, Federal Reserve Bank of St. Louis, asks to be named"
PRIORITY = 20
SHAREABLE = True  # these series are the Board of Governors' own: "public domain, citation requested"
ADDRESS = "https://fred.stlouisfed.org/graph/fredgraph.csv"
ZONE = "America/New_York"  # where the rates are in force
source = Source(NAME)

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize"]


class Series(NamedTuple):
    """A series: FRED's name of it, and the first day that is asked for."""

    name: str
    first: str


SERIES = {
    "FED-FUNDS-TARGET": Series("DFEDTARU", "2008-12-16"),  # upper bound; the day of the first target range
    "US-10Y-YIELD": Series("DGS10", "1990-01-02"),  # constant maturity, investment basis
    "US-10Y-REAL-YIELD": Series("DFII10", "2003-01-02"),  # inflation-indexed, constant maturity; the first day
    "US-3M-BILL": Series("DTB3", "1990-01-02"),  # secondary market, on a discount basis: less than the bill yields
}
SYMBOL = "FED-FUNDS-TARGET"


def normalize(text: str) -> str:
    """Return the symbol of the rate that is meant.

    Raises
    ------
    BadRequestError
        If it is none of them.
    """
    return one_of(text, SERIES, NAME)


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch a rate for every day, or trading day, as a fraction a year.

    The whole table is asked for, some 10 to 60 KB as it is sent, so that a later look at all of it needs no second request.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    series = SERIES[symbol]
    figures, asked_at = source.ask(symbol, lambda question: _read(question, series), budget)
    nothing = f"{NAME} has no figures of {symbol} since {start or series.first}."
    return FetchResult(
        frame_of(figures, start, ZONE, nothing, symbol), Meta(symbol, ZONE, may_be_negative=True), asked_at
    )


def _read(question: Question, series: Series) -> tuple[list[Figure], datetime]:
    answer = question.get(ADDRESS, {"id": series.name, "cosd": series.first})
    rows = csv_rows(question, answer.content, (("observation_date", series.name), ("DATE", series.name)))
    # A percent in hundredths: the division is rounded, so that 5.5 is 0.055 as it is bundled.
    figures = [Figure(day_of(question, day), round(number_of(question, value) / 100, 8)) for day, value in rows]
    return figures, answer.asked_at
