"""The funding rate of Binance's BTCUSDT perpetual future, as a mean of each day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, frame_of, instant_of, json_rows, number_of, only

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sentiment.market.providers._http import Question

NAME = "Binance"
LICENCE = "for personal use, by Binance's terms"
PRIORITY = 21
SHAREABLE = False  # its terms allow personal use only
SYMBOL = "BTC-FUNDING"
ADDRESS = "https://fapi.binance.com/fapi/v1/fundingRate"
CONTRACT = "BTCUSDT"
FIRST = date(2019, 9, 10)  # the contract's first rates, from 08:00 on
RATES_A_DAY = 3  # one in 8 hours
LIMIT, MOST_PAGES = 1_000, 40
source = Source(NAME)

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize"]
_SLACK = timedelta(minutes=1)  # a rate of 16:00 may be stamped some milliseconds early


def normalize(text: str) -> str:
    """Return the symbol of the funding rate, if that is meant.

    Raises
    ------
    BadRequestError
        If it is not.
    """
    return only(text, SYMBOL, NAME)


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch the mean of each UTC day's 8-hour rates, as a fraction of notional per 8 hours.

    The rates are those of this venue alone: other venues' differ, and none is put in for a missing one.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    since = max(start or FIRST, FIRST)
    rates, asked_at = source.ask(symbol, lambda question: _read(question, since), budget)
    figures, doubtful = _days(rates, asked_at.date())
    frame = frame_of(figures, start, "UTC", f"{NAME} has no figures of {symbol} since {since}.", symbol)
    return FetchResult(frame, Meta(symbol, "UTC", "CRYPTOCURRENCY", repeated=doubtful, may_be_negative=True), asked_at)


def _read(question: Question, since: date) -> tuple[list[tuple[datetime, float]], datetime]:
    """Return the rates since a day in the order in which they come, page by page."""
    rates: list[tuple[datetime, float]] = []
    asked_at, begin = None, datetime.combine(since, time(), UTC) - _SLACK
    for _ in range(MOST_PAGES):
        query: dict[str, str | int] = {
            "symbol": CONTRACT,
            "startTime": round(begin.timestamp() * 1_000),
            "limit": LIMIT,
        }
        answer = question.get(ADDRESS, query)
        asked_at = asked_at or answer.asked_at
        page = json_rows(question, answer.content)
        rates += [_rate(question, row) for row in page]
        if len(page) < LIMIT:
            return rates, asked_at
        following = max(instant for instant, _ in rates[-len(page) :]) + timedelta(milliseconds=1)
        if following <= begin:
            raise question.unreadable("a page that leads no further")
        begin = following
    raise question.unreadable(f"more than {MOST_PAGES} pages")


def _rate(question: Question, row: Mapping[str, object]) -> tuple[datetime, float]:
    if row.get("symbol") != CONTRACT:
        raise question.unreadable(f"a rate of {str(row.get('symbol'))[:40]!r}")
    return instant_of(question, row.get("fundingTime")), number_of(question, row.get("fundingRate"))


def _days(rates: Sequence[tuple[datetime, float]], today: date) -> tuple[list[Figure], dict[date, str]]:
    """Return each day's mean, in the order in which the days come, and the days whose rates are doubtful, with the reason."""
    by_day: dict[date, list[tuple[datetime, float]]] = {}
    for instant, rate in rates:
        by_day.setdefault((instant + _SLACK).date(), []).append((instant, rate))
    reasons = {day: _doubt(day, [instant for instant, _ in of_day], today) for day, of_day in by_day.items()}
    figures = [Figure(day, round(fmean(rate for _, rate in of_day), 10)) for day, of_day in by_day.items()]
    return figures, {day: reason for day, reason in reasons.items() if reason}


def _doubt(day: date, instants: Sequence[datetime], today: date) -> str:
    """Say why a day's rates are no whole day's; empty if they are, or if the day still runs."""
    if len(set(instants)) < len(instants):
        return "a rate is there twice"
    if any(later < earlier for earlier, later in pairwise(instants)):
        return "the rates are out of order"
    if len(instants) > RATES_A_DAY or (len(instants) < RATES_A_DAY and FIRST < day < today):
        return f"{len(instants)} rates instead of {RATES_A_DAY}"
    return ""
