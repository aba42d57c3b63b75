"""The HTTP session under yfinance: it keeps the time budget and checks every chart before yfinance can hide a failure."""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import orjson
from curl_cffi.requests import Session
from curl_cffi.requests import exceptions as curl

from sentiment.errors import (
    BadAnswerError,
    BadRequestError,
    BlockedError,
    NoDataError,
    RateLimitedError,
    SourceError,
    UnexpectedAnswerError,
    UnknownSymbolError,
    UpstreamDownError,
)
from sentiment.market.cooldown import retry_after
from sentiment.market.providers._http import Deadline, unreached
from sentiment.market.providers.yahoo.spelling import suggest

if TYPE_CHECKING:
    from datetime import date
    from types import ModuleType

    from sentiment.market.providers import Budget

_CHART = "/v8/finance/chart/"
_CONSENT = "consent.yahoo.com"
_loading = threading.Lock()
_NO_SUCH_DAYS = "data doesn't exist"  # the start of Yahoo's 400 for a range before the first trade


@dataclass
class FetchContext(Deadline):
    """One fetch: the request, the time it may still take, and the chart that came back."""

    symbol: str
    start: date | None
    budget: Budget
    started: float = field(default_factory=time.monotonic)
    renewed: bool = False
    consent: bool = False
    chart: dict[str, Any] = field(default_factory=dict)
    source: str = "Yahoo"

    @property
    def request(self) -> str:
        """What is asked for, in words."""
        return f"{self.symbol} between {self.start or 'the first trade'} and today"


class BudgetedSession(Session[Any]):
    """One session for all threads; each thread has a context of its own."""

    def __init__(self) -> None:
        super().__init__(impersonate="chrome")
        self._current = threading.local()

    def use(self, context: FetchContext) -> None:
        """Count this thread's next requests towards `context`."""
        self._current.context = context

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - curl_cffi's own signature
        """Send a request within the time budget; return valid charts, and any other page, to yfinance."""
        context: FetchContext = self._current.context
        options["timeout"] = context.seconds_left(context.budget.chart if _CHART in url else context.budget.other)
        try:
            response = super().request(method, url, *args, **options)
        except curl.RequestException as cause:
            if _CHART not in url:
                raise  # yfinance copes without a cookie or a crumb, if it sees the error itself
            raise failed(cause, context) from cause
        if urlsplit(response.url).hostname == _CONSENT and _CHART in url:
            context.consent = True  # yfinance accepts the form, which leads back to the chart
        elif _CHART in response.url:
            if response.status_code == 401 and not context.renewed:  # noqa: PLR2004
                context.renewed = True  # yfinance then requests a new cookie and crumb, once
            else:
                context.chart = parse_chart(response, context, only_meta="range=1d" in response.url)
        return response


def failed(cause: curl.RequestException, context: FetchContext) -> SourceError:
    """Return the error that a failed request stands for."""
    return unreached(cause, context) or unreadable(context)


def unreadable(context: FetchContext, status: int | None = None) -> SourceError:
    """Return the error for a malformed answer; behind a consent form, that the form was not accepted."""
    if context.consent:
        return _blocked(context.symbol, status)
    return UnexpectedAnswerError(
        f"Unreadable data for {context.symbol}; details in the log.", symbol=context.symbol, status=status
    )


def _blocked(symbol: str, status: int | None) -> BlockedError:
    message = "Yahoo refused this network (shared or cloud addresses often are)."
    return BlockedError(message, symbol=symbol, status=status)


def parse_chart(response: Any, context: FetchContext, *, only_meta: bool) -> dict[str, Any]:  # noqa: ANN401 - curl_cffi's response
    """Return the chart in an answer.

    Raises
    ------
    SourceError
        One of its kinds, with the HTTP status.
    """
    symbol, status, text = context.symbol, response.status_code, response.text
    if status == 429:  # noqa: PLR2004
        wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        raise RateLimitedError("Yahoo is limiting requests from this network.", symbol=symbol, retry_after=wait)
    if status >= 500 or "Will be right back" in text:  # noqa: PLR2004
        raise UpstreamDownError(f"Yahoo has a fault (HTTP {status}).", symbol=symbol, status=status)
    if status in {401, 403} or text.lstrip()[:1] == "<":
        raise _blocked(symbol, status)
    try:
        chart = orjson.loads(text)["chart"]
        error, results = chart.get("error"), chart.get("result")
    except orjson.JSONDecodeError as cause:
        raise BadAnswerError("Yahoo sent an incomplete answer; ignored.", symbol=symbol, status=status) from cause
    except (KeyError, TypeError, AttributeError) as cause:
        raise unreadable(context, status) from cause
    if status >= 400 or error:  # noqa: PLR2004
        _refuse(context, status, str((error or {}).get("description") or f"HTTP {status}"))
    return _result(context, results, only_meta=only_meta)


def _refuse(context: FetchContext, status: int, description: str) -> None:
    if status == 404:  # noqa: PLR2004
        likely = suggest(context.symbol)
        hint = f" It writes {likely} for what is likely meant." if likely else ""
        raise UnknownSymbolError(f"Yahoo doesn't know '{context.symbol}'.{hint}", symbol=context.symbol, status=status)
    if description.lower().startswith(_NO_SUCH_DAYS):
        raise NoDataError(f"No prices for {context.request}.", symbol=context.symbol, status=status)
    raise BadRequestError(
        f"Yahoo on {context.symbol}: {' '.join(description.split())[:200]}", symbol=context.symbol, status=status
    )


def _result(context: FetchContext, results: Any, *, only_meta: bool) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON held
    try:
        result: dict[str, Any] = results[0]
        zone, stamps = result["meta"]["exchangeTimezoneName"], result.get("timestamp") or []
    except (KeyError, TypeError, IndexError, AttributeError) as cause:
        raise unreadable(context, 200) from cause
    try:
        ZoneInfo(zone)
    except (
        LookupError,
        TypeError,
        ValueError,
        OSError,
        AttributeError,
    ) as cause:  # OSError: a folder of zones, a long name
        raise unreadable(context, 200) from cause
    if not stamps and not only_meta:
        raise NoDataError(f"No prices for {context.request}.", symbol=context.symbol, status=200)
    return result


def client() -> tuple[ModuleType, BudgetedSession]:
    """Return yfinance and the session for it: one of each for all threads, since yfinance itself keeps a single one."""
    with _loading:
        loaded = _load()
        # Pandas 3 warns about its code on every call. Said anew each time: whoever saves and restores filters drops it in between.
        warnings.filterwarnings("ignore", module=r"yfinance(\.|$)")
        return loaded


@cache
def _load() -> tuple[ModuleType, BudgetedSession]:
    """Load yfinance so that it raises errors instead of returning an empty frame."""
    import yfinance  # noqa: PLC0415 - half a second that a start without network need not pay
    from yfinance import cache as yfinance_cache  # noqa: PLC0415

    yfinance.config.debug.hide_exceptions = False
    # No folder can be made there, so nothing is cached on disk: those databases lock out a second process, fail when damaged
    # or when the disk is full, and are unpickled. In memory each ticker's time zone is still requested only once.
    yfinance.set_tz_cache_location(os.devnull)
    zones: dict[str, str | None] = {}
    yfinance_cache._TzCacheManager._tz_cache = SimpleNamespace(lookup=zones.get, store=zones.__setitem__)  # noqa: SLF001
    # Its log repeats the errors we raise and guesses "delisted".
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)
    return yfinance, BudgetedSession()


def forget_answers() -> None:
    """Empty yfinance's in-process cache, which would repeat an old answer, even a faulty one."""
    from yfinance.data import YfData  # noqa: PLC0415

    YfData.cache_get.cache_clear()
