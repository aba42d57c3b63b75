"""The supply of stablecoins from DefiLlama, which counts them chain by chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult, Meta
from sentiment.market.providers._http import Source
from sentiment.market.providers._tables import Figure, day_of_seconds, frame_of, json_rows, number_of, only

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sentiment.market.providers._http import Question

NAME = "DefiLlama"
LICENCE = "free to read, no licence stated; DefiLlama"
PRIORITY = 28
SHAREABLE = False  # its API is free, but no terms that we could read say that its figures may be passed on
SYMBOL = "STABLECOIN-SUPPLY"
ADDRESS = "https://stablecoins.llama.fi/stablecoincharts/all"
TABLE, PEG = "totalCirculatingUSD", "peggedUSD"  # coins pegged to the dollar, at their price in dollars
source = Source(
    NAME, most_bytes=24 * 2**20
)  # a row has six tables of some twenty currencies; there is one a day since 2017

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize"]


def normalize(text: str) -> str:
    """Return the symbol of the supply, if that is meant.

    Raises
    ------
    BadRequestError
        If it is not.
    """
    return only(text, SYMBOL, NAME)


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch the dollar value of all stablecoins that are pegged to the dollar, each UTC day.

    The past of the series moves: coins that DefiLlama adds are counted backwards. What was known when is kept by our own saves.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    figures, asked_at = source.ask(symbol, _read, budget)
    nothing = f"{NAME} has no figures of {symbol} since {start or 'the first day'}."
    frame = frame_of(figures, start, "UTC", nothing, symbol)
    return FetchResult(frame, Meta(symbol, "UTC", "CRYPTOCURRENCY", "USD"), asked_at)


def _read(question: Question) -> tuple[list[Figure], datetime]:
    answer = question.get(ADDRESS)
    return [_figure(question, row) for row in json_rows(question, answer.content)], answer.asked_at


def _figure(question: Question, row: Mapping[str, object]) -> Figure:
    table = row.get(TABLE)
    if not isinstance(table, dict):
        raise question.unreadable(f"a row without {TABLE}")
    return Figure(day_of_seconds(question, row.get("date")), number_of(question, table.get(PEG)))
