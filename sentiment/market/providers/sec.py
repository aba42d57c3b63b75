"""Earnings and sales a share of companies that file with the SEC, from their XBRL facts: as of each filing, as it was known then.

A figure is of twelve months that end with a quarter: the last fiscal year, plus this year so far, less the same part of last year;
after the annual report it is the fiscal year. Each part is the one that was filed last by that day, and all are of one tag.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sentiment.errors import BadRequestError, NoDataError, UnknownSymbolError
from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, day_of, frame_of, json_of, number_of, rows_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sentiment.market.providers._http import Question

NAME = "SEC"
LICENCE = "public domain; the SEC asks to be named"
PRIORITY = 26
SHAREABLE = True  # what is filed with it is public, and it puts no terms on its reuse
ADDRESS = "https://data.sec.gov/api/xbrl/companyconcept/"
TICKERS = "https://www.sec.gov/files/company_tickers.json"
SYMBOL = "AAPL-EARNINGS-TTM"
TAGS = {
    "EARNINGS": ("NetIncomeLoss",),
    # Where one filing has several: all revenues, of which those from contracts with customers may be a part.
    "SALES": ("Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax", "SalesRevenueNet"),
}
SHARES = "WeightedAverageNumberOfDilutedSharesOutstanding"
FORMS = frozenset(f"{form}{amended}" for form in ("10-K", "10-KT", "10-Q", "10-QT") for amended in ("", "/A"))
"""Annual and quarterly reports; a proxy statement tells earnings too, in any unit."""
ZONE = "America/New_York"
DAY = 86_400.0
OVERLAP = timedelta(days=400)
YEAR, SLACK = timedelta(days=365), timedelta(days=10)
"""A fiscal year may have 52 or 53 weeks."""
source = Source(NAME, wants_contact=True)

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize"]
_SYMBOL = re.compile(r"([A-Z][A-Z0-9]{0,5}(?:-[A-Z]{1,2})?)-(EARNINGS|SALES)-TTM")


class Fact(NamedTuple):
    """What a filing says of a period: its days, the value, the filing's number, and the day it was filed."""

    start: date
    end: date
    value: float
    filing: str
    filed: date

    @property
    def days(self) -> timedelta:
        """Length of the period."""
        return self.end - self.start


def normalize(text: str) -> str:
    """Return the symbol of a company's earnings or sales, if one is meant.

    Raises
    ------
    BadRequestError
        If none is.
    """
    symbol = text.strip().upper()
    if not _SYMBOL.fullmatch(symbol):
        raise BadRequestError(
            f"{text[:40]!r} is not from {NAME}; it gives TICKER-EARNINGS-TTM, TICKER-SALES-TTM, as in {SYMBOL}.",
            symbol=text[:40],
        )
    return symbol


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch twelve months' net income or sales a share, in USD, a row on each day on which a filing changed or confirmed it.

    A share is one of the filing's own diluted average: a later split does not change it. Rows from 400 days before `start` on are
    returned, since a year has only four. The list of tickers is asked for once a day, each tag once in a quarter of an hour.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure. `NoDataError` where the SEC lists no such ticker.
    """
    symbol = normalize(symbol)
    ticker, kind = _SYMBOL.fullmatch(symbol).groups()  # type: ignore[union-attr]  # normalize would have refused it
    found, asked_at = source.ask(symbol, lambda question: _read(question, ticker, TAGS[kind]), budget)
    if found is None:
        raise NoDataError(f"{NAME} lists no company with the ticker {ticker}.", symbol=symbol)
    tags, shares = found
    figures = trailing_year_per_share(tags, shares)
    nothing = f"{NAME} has no figures of {symbol} since {start or 'its first filing'}."
    frame = frame_of(figures, start - OVERLAP if start else None, ZONE, nothing, symbol)
    return FetchResult(frame, Meta(symbol, ZONE, "STEPWISE", "USD", may_be_negative=True), asked_at)


def _read(
    question: Question, ticker: str, names: Sequence[str]
) -> tuple[tuple[list[list[Fact]], list[Fact]] | None, datetime]:
    """Return the facts of each tag and the shares; None for a ticker that is not listed."""
    listed = question.get(TICKERS, hold=DAY)
    number = _company(question, listed.content, ticker)
    if number is None:
        return None, listed.asked_at
    asked_at, found = listed.asked_at, dict[str, list[Fact]]()
    for name, unit in (*((name, "USD") for name in names), (SHARES, "shares")):
        try:
            answer = question.get(f"{ADDRESS}CIK{number:010}/us-gaap/{name}.json")
        except UnknownSymbolError:  # 404: the company never used this tag
            found[name] = []
        else:
            asked_at = max(asked_at, answer.asked_at)
            found[name] = _facts(question, json_of(question, answer.content), unit)
    return ([found[name] for name in names], found[SHARES]), asked_at


def _company(question: Question, content: bytes, ticker: str) -> int | None:
    """Return the number (CIK) under which the SEC knows a ticker; None if it does not."""
    listed = json_of(question, content)
    if not isinstance(listed, dict) or not all(isinstance(one, dict) for one in listed.values()):
        raise question.unreadable("a list of tickers of another form")
    numbers = {one.get("ticker"): one.get("cik_str") for one in listed.values()}
    if not isinstance(next(iter(numbers.values()), None), int):
        raise question.unreadable("a list of tickers without numbers")
    return numbers.get(ticker)


def _facts(question: Question, found: object, unit: str) -> list[Fact]:
    """Return the facts of periods in a company's concept, in a unit, from annual and quarterly reports."""
    units = found.get("units") if isinstance(found, dict) else None
    if not isinstance(units, dict):
        raise question.unreadable("a concept without units")
    rows = rows_in(question, units, unit) if unit in units else []
    return [_fact(question, row) for row in rows if row.get("form") in FORMS and row.get("start")]


def _fact(question: Question, row: Mapping[str, Any]) -> Fact:
    start, end, filed = (day_of(question, row.get(name)) for name in ("start", "end", "filed"))
    return Fact(start, end, number_of(question, row.get("val")), str(row.get("accn")), filed)


def trailing_year_per_share(tags: Sequence[Sequence[Fact]], shares: Sequence[Fact]) -> list[Figure]:
    """Return twelve months' value a share for each day of a filing, from the facts that were filed by then.

    Parameters
    ----------
    tags : sequence of sequence of Fact
        The facts of each tag that may tell the value. On each day the tag whose facts reach furthest is used, the first of equals.
    shares : sequence of Fact
        Average diluted shares.

    Returns
    -------
    list of Figure
        In the order of the days; a day on which a part is missing has none.
    """
    figures = []
    for day in sorted({fact.filed for facts in tags for fact in facts}):
        known = [[fact for fact in facts if fact.filed <= day] for facts in tags]
        newest = max(known, key=lambda facts: max((fact.end for fact in facts), default=date.min))
        value = _per_share(newest, [fact for fact in shares if fact.filed <= day])
        if value is not None:
            figures.append(Figure(day, value))
    return figures


def _per_share(facts: Sequence[Fact], shares: Sequence[Fact]) -> float | None:
    """Return the last twelve months' value a share; None where a part is missing."""
    end = max(fact.end for fact in facts)
    ending = [fact for fact in facts if fact.end == end]
    filing = _last_filed(ending).filing
    # The year so far is the longest period that ends there, and in a quarterly report the quarter is the shortest.
    so_far = max((fact for fact in ending if fact.filing == filing), key=lambda fact: fact.days)
    of_quarter = min(
        (fact for fact in shares if fact.filing == filing and fact.end == end), key=lambda fact: fact.days, default=None
    )
    total = _twelve_months(so_far, facts)
    if total is None or of_quarter is None or not of_quarter.value > 0:
        return None
    return round(total / of_quarter.value, 6)


def _twelve_months(so_far: Fact, facts: Sequence[Fact]) -> float | None:
    if abs(so_far.days - YEAR) <= SLACK:
        return so_far.value
    last_year = [
        fact for fact in facts if abs(fact.days - YEAR) <= SLACK and abs(so_far.start - fact.end) <= timedelta(days=4)
    ]
    if so_far.days > YEAR or not last_year:
        return None
    year = _last_filed(last_year)
    same_part = [
        fact
        for fact in facts
        if abs(fact.start - year.start) <= timedelta(days=4)
        and abs(fact.days - so_far.days) <= SLACK
        and abs(so_far.end - fact.end - YEAR) <= SLACK
    ]
    return year.value + so_far.value - _last_filed(same_part).value if same_part else None


def _last_filed(facts: Iterable[Fact]) -> Fact:
    return max(facts, key=lambda fact: (fact.filed, fact.filing))
