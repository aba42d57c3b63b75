"""How bitcoin and ether are used: active addresses and hash rate, from the community data of Coin Metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, day_of, frame_of, json_of, number_of, one_of, rows_in

if TYPE_CHECKING:
    from datetime import date, datetime

    from sentiment.market.providers._http import Question

NAME = "Coin Metrics"
LICENCE = "CC BY-NC 4.0: not for commercial use, and with Coin Metrics named (creativecommons.org/licenses/by-nc/4.0)"
PRIORITY = 27
SHAREABLE = True  # CC BY-NC 4.0 lets them be passed on; whoever gets them is bound by the terms that LICENCE names
ADDRESS = "https://community-api.coinmetrics.io/v4/timeseries/asset-metrics"
PAGE, MOST_PAGES = 10_000, 5
source = Source(NAME)

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize"]


class Metric(NamedTuple):
    """An asset and a metric, as Coin Metrics names them, the first day that is asked for, and the unit."""

    asset: str
    name: str
    first: str
    unit: str


METRICS = {
    "BTC-ADDRESSES": Metric("btc", "AdrActCnt", "2010-07-18", "addresses"),  # active that day, as sender or receiver
    "ETH-ADDRESSES": Metric("eth", "AdrActCnt", "2015-08-08", "addresses"),
    "BTC-HASH-RATE": Metric("btc", "HashRate", "2010-07-18", "TH/s"),  # mean of the day, from blocks and difficulty
}
SYMBOL = "BTC-ADDRESSES"


def normalize(text: str) -> str:
    """Return the symbol of the figure that is meant.

    Raises
    ------
    BadRequestError
        If it is none of them.
    """
    return one_of(text, METRICS, NAME)


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch a figure of each UTC day; a day is out in the course of the next one.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    metric = METRICS[symbol]
    since = max(str(start or metric.first), metric.first)
    figures, asked_at = source.ask(symbol, lambda question: _read(question, metric, since), budget)
    frame = frame_of(figures, start, "UTC", f"{NAME} has no figures of {symbol} since {since}.", symbol)
    return FetchResult(frame, Meta(symbol, "UTC", "CRYPTOCURRENCY", metric.unit), asked_at)


def _read(question: Question, metric: Metric, since: str) -> tuple[list[Figure], datetime]:
    """Return the figures since a day, page by page."""
    query: dict[str, str | int] = {
        "assets": metric.asset,
        "metrics": metric.name,
        "frequency": "1d",
        "start_time": since,
        "paging_from": "start",
        "page_size": PAGE,
    }
    figures: list[Figure] = []
    asked_at = None
    for _ in range(MOST_PAGES):
        answer = question.get(ADDRESS, query)
        asked_at = asked_at or answer.asked_at
        found = json_of(question, answer.content)
        rows = rows_in(question, found, "data")
        if others := {str(row.get("asset")) for row in rows} - {metric.asset}:
            raise question.unreadable(f"figures of {', '.join(sorted(others))[:40]!r}")
        figures += [
            Figure(day_of(question, row.get("time")), number_of(question, row.get(metric.name))) for row in rows
        ]
        token = found.get("next_page_token") if isinstance(found, dict) else None
        if not token:
            return figures, asked_at
        if not isinstance(token, str) or token == query.get("next_page_token"):
            raise question.unreadable("a page that leads no further")
        query["next_page_token"] = token
    raise question.unreadable(f"more than {MOST_PAGES} pages")
