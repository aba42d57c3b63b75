"""The volatility indices of the S&P 500 from the history files of Cboe, which calculates them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, american_day_of, csv_columns, frame_of, number_of, one_of

if TYPE_CHECKING:
    from sentiment.market.providers._http import Question

NAME = "Cboe"
LICENCE = "for personal use, by Cboe's terms; VIX and VIX3M are its indices"
PRIORITY = 23
SHAREABLE = False  # its terms: no use of data on its sites beyond one's own without its written approval
ADDRESS = "https://cdn.cboe.com/api/global/us_indices/daily_prices/"
FILES = {"^VIX": "VIX_History.csv", "^VIX3M": "VIX3M_History.csv"}
SYMBOL = "^VIX"
ZONE = "America/Chicago"
CLOSE = time(15, 15)  # the options' session ends; the file has the day some hours later
COLUMNS = ("DATE", "OPEN", "HIGH", "LOW", "CLOSE")
source = Source(NAME)

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize"]


def normalize(text: str) -> str:
    """Return the symbol of the volatility index that is meant, as other houses write it too.

    Raises
    ------
    BadRequestError
        If it is none of them.
    """
    return one_of(text, FILES, NAME)


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch the open, high, low and close of every trading day, in index points.

    There is only the whole file, half a megabyte.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    rows, asked_at = source.ask(symbol, lambda question: _read(question, FILES[symbol]), budget)
    nothing = f"{NAME} has no figures of {symbol} since {start or 'the first day'}."
    wanted = [(day, values) for day, values in rows if start is None or day >= start]
    frame = frame_of([Figure(day, values[-1]) for day, values in wanted], None, ZONE, nothing, symbol)
    for place, column in enumerate(("open", "high", "low")):
        frame[column] = [values[place] for _, values in wanted]
    last = max(day for day, _ in wanted)
    end = datetime.combine(last, CLOSE, ZoneInfo(ZONE))
    return FetchResult(frame, Meta(symbol, ZONE, "INDEX", session_end=end), asked_at)


def _read(question: Question, file: str) -> tuple[list[tuple[date, list[float]]], datetime]:
    answer = question.get(ADDRESS + file)
    rows = csv_columns(question, answer.content, COLUMNS)
    return [
        (american_day_of(question, day), [number_of(question, value) for value in values]) for day, *values in rows
    ], answer.asked_at
