"""Live daily prices from Yahoo through yfinance: any ticker, and a failure that says what it was.

`fetch` is the only call that touches the network. yfinance is loaded by the first fetch.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tenacity import Retrying, retry_if_exception, stop_after_attempt

from sentiment.errors import BadRequestError, NoDataError, SourceError, UnexpectedAnswerError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market.cooldown import Cooldown
from sentiment.market.providers import Budget, Fetched
from sentiment.market.providers.yahoo.meta import meta_of

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.market.providers.yahoo.session import Errand

NAME = "Yahoo"
LICENCE = "for personal use, by Yahoo's terms"
PRIORITY = 100  # it takes any ticker, so providers that know theirs come first
cooldown = Cooldown(NAME)

_log = logging.getLogger(__name__)
_TICKER = re.compile(r"[A-Z0-9^](?:[A-Z0-9^=&_-]|\.(?!\.)){0,31}")
_RENAMED = {"Stock Splits": "splits"}


def normalize(text: str) -> str:
    """Return `text` as Yahoo writes tickers: BTC-USD, ^VIX, BTC=F, BRK-B, 0700.HK.

    Raises
    ------
    BadRequestError
        If it cannot be one; it would go into a URL.
    """
    symbol = text.strip().upper()
    if not _TICKER.fullmatch(symbol):
        raise BadRequestError(
            f"{text[:40]!r} is not a ticker; one looks like BTC-USD, ^VIX, BTC=F or 0700.HK.", symbol=text[:40]
        )
    return symbol


def fetch(symbol: str, start: date | None = None, *, budget: Budget = Budget()) -> Fetched:  # noqa: B008 - frozen
    """Ask Yahoo for daily bars: prices as quoted (split-adjusted by Yahoo, not adjusted for dividends), and actions.

    Parameters
    ----------
    symbol : str
        Any Yahoo ticker.
    start : date or None
        First day; None means from the first trade.
    budget : Budget
        Seconds; a time-out or a cut answer is asked for once more if enough of the total is left.

    Raises
    ------
    SourceError
        One of its kinds; also while the source is left alone after an earlier failure.
    """
    symbol = normalize(symbol)
    asked = f"{symbol} between {start or 'the first trade'} and today"
    cooldown.before(symbol)
    from sentiment.market.providers.yahoo.session import Errand  # noqa: PLC0415 - loads curl

    errand = Errand(symbol, asked, budget)
    try:
        for attempt in Retrying(stop=stop_after_attempt(2), retry=retry_if_exception(errand.again), reraise=True):
            with attempt:
                fetched = _ask(errand, start)
    except SourceError as failure:
        if isinstance(failure, UnexpectedAnswerError):
            _log.warning("%s: %s", symbol, failure, exc_info=failure)
        else:
            _log.info("%s: %s", symbol, failure)
        if (told := cooldown.after(failure)) is failure:
            raise
        raise told from failure
    cooldown.answered()
    return fetched


def _ask(errand: Errand, start: date | None) -> Fetched:
    """Ask once."""
    from curl_cffi.requests.exceptions import RequestException  # noqa: PLC0415
    from yfinance.exceptions import YFException  # noqa: PLC0415

    from sentiment.market.providers.yahoo import session  # noqa: PLC0415

    yfinance, curl_session = session.client()
    session.forget_answers()
    curl_session.set_out(errand)
    asked_at = datetime.now(UTC)
    since = {"start": start} if start else {"period": "max"}
    try:
        history: pd.DataFrame = yfinance.Ticker(errand.symbol, session=curl_session).history(
            **since, auto_adjust=False, actions=True, keepna=True
        )
        meta = meta_of(errand.symbol, errand.chart)
    except RequestException as cause:
        raise session.failed(cause, errand) from cause
    except (
        YFException,
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        NotImplementedError,
    ) as cause:
        # All that an answer of the wrong form makes yfinance, pandas or our own reading of it raise.
        raise session.unreadable(errand) from cause
    if history.empty:
        raise NoDataError(f"No prices for {errand.asked}.", symbol=errand.symbol)
    frame = history.rename(columns=_RENAMED).rename(columns=str.lower)
    return Fetched(frame.reindex(columns=list(PRICE_COLUMNS)), meta, asked_at)
