"""Daily prices of any ticker from Yahoo through yfinance, with failures that say what happened.

Only `fetch` uses the network. The first fetch loads yfinance.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tenacity import Retrying, retry_if_exception, stop_after_attempt

from sentiment.errors import BadRequestError, NoDataError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market.cooldown import Cooldown
from sentiment.market.providers import DEFAULT_BUDGET, Budget, FetchResult
from sentiment.market.providers.yahoo.meta import meta_of
from sentiment.market.providers.yahoo.spelling import suggest

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.market.providers.yahoo.session import FetchContext

NAME = "Yahoo"
LICENCE = "for personal use, by Yahoo's terms"
PRIORITY = 100  # it accepts any ticker, so providers with a list of their own come first
SHAREABLE = False  # its terms allow personal use only
cooldown = Cooldown(NAME)

__all__ = ["LICENCE", "NAME", "PRIORITY", "SHAREABLE", "fetch", "normalize", "suggest"]
_TICKER = re.compile(r"[A-Z0-9^](?:[A-Z0-9^=&_-]|\.(?!\.)){0,31}")
_RENAMED = {"Stock Splits": "splits"}


def normalize(text: str) -> str:
    """Return `text` as Yahoo writes tickers: BTC-USD, ^VIX, BTC=F, BRK-B, 0700.HK.

    Raises
    ------
    BadRequestError
        If it cannot be a ticker; tickers become part of a URL.
    """
    symbol = text.strip().upper()
    if not _TICKER.fullmatch(symbol):
        likely = suggest(text)
        advice = f"for {likely}, ask for that" if likely else "one looks like BTC-USD, ^VIX, BTC=F or 0700.HK"
        raise BadRequestError(f"{text[:40]!r} is not a ticker; {advice}.", symbol=text[:40])
    return symbol


def fetch(symbol: str, start: date | None = None, *, budget: Budget = DEFAULT_BUDGET) -> FetchResult:
    """Fetch daily bars: prices adjusted for splits by Yahoo but not for dividends, and corporate actions.

    Parameters
    ----------
    symbol : str
        Any Yahoo ticker.
    start : date or None
        First day; None means from the first trade.
    budget : Budget
        Seconds; after a time-out or an incomplete answer there is one more try if enough of the total is left.

    Raises
    ------
    SourceError
        One of its kinds; also during the pause after an earlier failure.
    """
    symbol = normalize(symbol)
    with cooldown.guard(symbol):
        from sentiment.market.providers.yahoo.session import FetchContext  # noqa: PLC0415 - loads curl

        context = FetchContext(symbol, start, budget)
        for attempt in Retrying(stop=stop_after_attempt(2), retry=retry_if_exception(context.retry), reraise=True):
            with attempt:
                fetched = _fetch_once(context)
    return fetched


def _fetch_once(context: FetchContext) -> FetchResult:
    from curl_cffi.requests.exceptions import RequestException  # noqa: PLC0415
    from yfinance.exceptions import YFException  # noqa: PLC0415

    from sentiment.market.providers.yahoo import session  # noqa: PLC0415

    yfinance, curl_session = session.client()
    session.forget_answers()
    curl_session.use(context)
    asked_at = datetime.now(UTC)
    since = {"start": context.start} if context.start else {"period": "max"}
    try:
        history: pd.DataFrame = yfinance.Ticker(context.symbol, session=curl_session).history(
            **since, auto_adjust=False, actions=True, keepna=True
        )
        meta = meta_of(context.symbol, context.chart)
    except RequestException as cause:
        raise session.failed(cause, context) from cause
    except (
        YFException,
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        NotImplementedError,
    ) as cause:
        # Whatever a malformed answer makes yfinance, pandas or our own code raise.
        raise session.unreadable(context) from cause
    if history.empty:
        raise NoDataError(f"No prices for {context.request}.", symbol=context.symbol)
    frame = history.rename(columns=_RENAMED).rename(columns=str.lower)
    return FetchResult(frame.reindex(columns=list(PRICE_COLUMNS)), meta, asked_at)
