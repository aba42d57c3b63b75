"""What leveraged funds hold of CME bitcoin futures, from the weekly reports of the CFTC."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, day_of, frame_of, json_rows, number_of, only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sentiment.market.providers._http import Question

NAME = "CFTC"
LICENCE = "public domain"
PRIORITY = 22
SHAREABLE = True  # works of the US government are in the public domain
SYMBOL = "BTC-CME-POSITIONS"
ADDRESS = (
    "https://publicreporting.cftc.gov/resource/yw9f-hn96.json"  # futures and options combined; gpe5-46if: futures only
)
CONTRACT = "133741"  # the future of five bitcoins
DAY, OPEN, LONG, SHORT = (
    "report_date_as_yyyy_mm_dd",
    "open_interest_all",
    "lev_money_positions_long",
    "lev_money_positions_short",
)
LIMIT = 5_000  # the reports of a century
OVERLAP = timedelta(weeks=4)
PUBLISHED = time(15, 30)  # on Friday, in Washington
ZONE = "America/New_York"
source = Source(NAME)

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize"]
_FRIDAY = 4


def normalize(text: str) -> str:
    """Return the symbol of the positions, if they are meant.

    Raises
    ------
    BadRequestError
        If they are not.
    """
    return only(text, SYMBOL, NAME)


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch the net contracts of leveraged funds as a share of open interest, dated by the Friday of their publication.

    All reports are asked for; those of the four weeks before `start` are returned too, since a week has but one.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    figures, asked_at = source.ask(symbol, _read, budget)
    nothing = f"{NAME} has no figures of {symbol} since {start or 'the first report'}."
    frame = frame_of(figures, start - OVERLAP if start else None, ZONE, nothing, symbol)
    last = max((day for day, _ in figures if day <= asked_at.date()), default=None)
    public = datetime.combine(last, PUBLISHED, ZoneInfo(ZONE)) if last else None
    return FetchResult(frame, Meta(symbol, ZONE, "WEEKLY", session_end=public, may_be_negative=True), asked_at)


def _read(question: Question) -> tuple[list[Figure], datetime]:
    query: dict[str, str | int] = {
        "$select": f"{DAY},{OPEN},{LONG},{SHORT}",
        "$order": DAY,
        "$limit": LIMIT,
        "cftc_contract_market_code": CONTRACT,
    }
    answer = question.get(ADDRESS, query)
    return [_figure(question, row) for row in json_rows(question, answer.content)], answer.asked_at


def _figure(question: Question, row: Mapping[str, object]) -> Figure:
    """Return the share of a report and its Friday: three days after its Tuesday, four if a holiday moved it to Monday."""
    reported = day_of(question, row.get(DAY))
    contracts, held, owed = (number_of(question, row.get(name)) for name in (OPEN, LONG, SHORT))
    share = round((held - owed) / contracts, 6) if contracts > 0 else float("nan")
    return Figure(reported + timedelta(days=_FRIDAY - reported.weekday()), share)
