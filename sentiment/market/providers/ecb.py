"""Euro foreign exchange reference rates and the deposit rate, from the data portal of the European Central Bank."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sentiment.errors import NoDataError, UnknownSymbolError
from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, csv_columns, day_of, frame_of, number_of, one_of

if TYPE_CHECKING:
    from datetime import date

    from sentiment.market.providers._http import Question

NAME = "ECB"
LICENCE = "free, if the European Central Bank is named and the figures are unchanged"
PRIORITY = 25
SHAREABLE = True  # the ESCB's policy: free reuse of unchanged figures with their source, also commercially
ADDRESS = "https://data-api.ecb.europa.eu/service/data/"
CURRENCIES = re.findall(
    "[A-Z]+",
    "USD JPY CZK DKK GBP HUF PLN RON SEK CHF ISK NOK TRY AUD BRL CAD CNY HKD IDR ILS INR KRW MXN MYR NZD PHP SGD THB ZAR",
)
"""Those with a reference rate today; one that lost it (RUB, HRK, BGN) is a matter for another source."""
RATES = {f"EUR{currency}=X": currency for currency in CURRENCIES}
DEPOSIT = "ECB-DEPOSIT-RATE"
SYMBOL = "EURUSD=X"
ZONE = "Europe/Berlin"  # Frankfurt
FIRST = "1999-01-01"
PUBLISHED = time(16, 0)  # rates of about 14:15, on the days of TARGET
OVERLAP = timedelta(days=400)
source = Source(NAME)

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize"]


def normalize(text: str) -> str:
    """Return the symbol of the exchange rate or of the deposit rate, if one is meant.

    Raises
    ------
    BadRequestError
        If none is.
    """
    return one_of(text, (*RATES, DEPOSIT), NAME)


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch units of a currency per euro on TARGET days, or the rate of the deposit facility as a fraction a year.

    The deposit rate stands until the next one: all of it is asked for, and returned from 400 days before `start` on.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    currency = RATES.get(symbol, "")
    flow, key = ("EXR", f"D.{currency}.EUR.SP00.A") if currency else ("FM", "D.U2.EUR.4F.KR.DFR.LEV")
    since = str(start) if start and currency else FIRST
    nothing = f"{NAME} has no figures of {symbol} since {start or FIRST}."
    figures, asked_at = source.ask(symbol, lambda question: _read(question, flow, key, since, nothing), budget)
    if not currency:
        percent = [Figure(day, round(value / 100, 8)) for day, value in figures]
        frame = frame_of(percent, start - OVERLAP if start else None, ZONE, nothing, symbol)
        return FetchResult(frame, Meta(symbol, ZONE, "STEPWISE", may_be_negative=True), asked_at)
    frame = frame_of(figures, start, ZONE, nothing, symbol)
    last = max((day for day, _ in figures if day <= asked_at.date()), default=asked_at.date())
    public = datetime.combine(last, PUBLISHED, ZoneInfo(ZONE))
    return FetchResult(frame, Meta(symbol, ZONE, "CURRENCY", currency, session_end=public), asked_at)


def _read(question: Question, flow: str, key: str, since: str, nothing: str) -> tuple[list[Figure], datetime]:
    query: dict[str, str | int] = {"startPeriod": since, "detail": "dataonly", "format": "csvdata"}
    try:
        answer = question.get(f"{ADDRESS}{flow}/{key}", query)
    except UnknownSymbolError as cause:
        if since == FIRST:
            raise
        raise NoDataError(nothing, symbol=question.symbol) from cause  # 404 is also its answer to an empty period
    rows = csv_columns(question, answer.content, ("KEY", "TIME_PERIOD", "OBS_VALUE"))
    if others := {found for found, _, _ in rows} - {f"{flow}.{key}"}:
        raise question.unreadable(f"figures of {', '.join(sorted(others))[:80]!r}")
    return [Figure(day_of(question, day), number_of(question, value)) for _, day, value in rows], answer.asked_at
