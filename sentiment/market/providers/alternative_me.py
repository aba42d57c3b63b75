"""The Crypto Fear & Greed Index of alternative.me."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, day_of_seconds, frame_of, json_of, number_of, only, rows_in

if TYPE_CHECKING:
    from datetime import date

    from sentiment.market.providers._http import Question

NAME = "alternative.me"
LICENCE = "free, if alternative.me is named right beside the figure"
PRIORITY = 24
SHAREABLE = True  # its terms allow even commercial use "as long as the attribution is given right next to the display of the data"
SYMBOL = "CRYPTO-FEAR-GREED"
ADDRESS = "https://api.alternative.me/fng/"
LEAST, MOST = 0, 100  # extreme fear and extreme greed
source = Source(NAME)

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize"]


def normalize(text: str) -> str:
    """Return the symbol of the index, if that is meant.

    Raises
    ------
    BadRequestError
        If it is not.
    """
    return only(text, SYMBOL, NAME)


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch the index of each UTC day, from 0 for extreme fear to 100 for extreme greed.

    The value of a day is public, and final, from 00:00 UTC of that day on: it looks back at the day before.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    figures, asked_at = source.ask(symbol, _read, budget)
    frame = frame_of(figures, start, "UTC", f"{NAME} has no figures of {symbol} since {start or 'its first'}.", symbol)
    public = datetime.combine(asked_at.date(), time(), UTC)
    return FetchResult(frame, Meta(symbol, "UTC", "MORNING", session_end=public, may_be_negative=True), asked_at)


def _read(question: Question) -> tuple[list[Figure], datetime]:
    answer = question.get(ADDRESS, {"limit": 0, "format": "json"})
    rows = rows_in(question, json_of(question, answer.content), "data")
    figures = [
        Figure(day_of_seconds(question, row.get("timestamp")), number_of(question, row.get("value"))) for row in rows
    ]
    if any(value < LEAST or value > MOST for _, value in figures):
        raise question.unreadable("an index outside 0 to 100")
    return figures[::-1], answer.asked_at  # the newest comes first
