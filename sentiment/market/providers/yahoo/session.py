"""The HTTP session under yfinance: it keeps the time and judges every chart before yfinance can hide a failure."""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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
    OfflineError,
    RateLimitedError,
    SourceError,
    SourceTimeoutError,
    UnexpectedAnswerError,
    UnknownSymbolError,
    UpstreamDownError,
)

if TYPE_CHECKING:
    from types import ModuleType

    from sentiment.market.providers import Budget

_CHART = "/v8/finance/chart/"
_CONSENT = "consent.yahoo.com"
_loading = threading.Lock()
_LONGEST_WAIT = 7 * 86_400.0  # seconds; nobody means more
_NO_SUCH_DAYS = "data doesn't exist"  # how Yahoo's 400 starts for a range before the first trade


@dataclass
class Errand:
    """One fetch: what is asked, how long it may still take, and the chart that came back."""

    symbol: str
    asked: str
    budget: Budget
    started: float = field(default_factory=time.monotonic)
    renewed: bool = False
    consent: bool = False
    chart: dict[str, Any] = field(default_factory=dict)

    def left(self, most: float) -> float:
        """Seconds that the next request may take.

        Raises
        ------
        SourceTimeoutError
            If the time is up.
        """
        left = min(most, self.budget.total - (time.monotonic() - self.started))
        if left <= 0:
            raise self.timed_out()
        return left

    def again(self, failure: BaseException) -> bool:
        """Whether `failure` deserves a second try and there is time for it."""
        worth_it = isinstance(failure, SourceTimeoutError | BadAnswerError)
        return worth_it and time.monotonic() - self.started < self.budget.total - self.budget.other

    def timed_out(self) -> SourceTimeoutError:
        """Say how long we waited."""
        waited = time.monotonic() - self.started
        return SourceTimeoutError(f"Yahoo didn't answer within {waited:.0f} s.", symbol=self.symbol)


class BudgetedSession(Session[Any]):
    """One session for all threads; the errand of each thread is its own."""

    def __init__(self) -> None:
        super().__init__(impersonate="chrome")
        self._here = threading.local()

    def set_out(self, errand: Errand) -> None:
        """Make `errand` the one that this thread's requests belong to."""
        self._here.errand = errand

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - curl_cffi's own signature
        """Send a request within the errand's time; hand a sound chart or any other page on to yfinance."""
        errand: Errand = self._here.errand
        options["timeout"] = errand.left(errand.budget.chart if _CHART in url else errand.budget.other)
        try:
            response = super().request(method, url, *args, **options)
        except curl.RequestException as cause:
            if _CHART not in url:
                raise  # yfinance can do without a cookie or a crumb, if it is its own error that says so
            raise failed(cause, errand) from cause
        if urlsplit(response.url).hostname == _CONSENT and _CHART in url:
            errand.consent = True  # yfinance accepts the form, which leads back to the chart
        elif _CHART in response.url:
            if response.status_code == 401 and not errand.renewed:  # noqa: PLR2004
                errand.renewed = True  # yfinance then asks for a new cookie and crumb, once
            else:
                errand.chart = judge(response, errand, only_meta="range=1d" in response.url)
        return response


def failed(cause: curl.RequestException, errand: Errand) -> SourceError:
    """Return what a failed request means."""
    if isinstance(cause, curl.Timeout):
        return errand.timed_out()
    if isinstance(cause, curl.IncompleteRead):
        return BadAnswerError("Yahoo sent an incomplete answer; ignored.", symbol=errand.symbol)
    if isinstance(cause, curl.ConnectionError | curl.ProxyError):
        return OfflineError("Can't reach Yahoo.", symbol=errand.symbol)
    return unreadable(errand)


def unreadable(errand: Errand, status: int | None = None) -> SourceError:
    """Return what an answer of the wrong form means: behind a consent form, that it was not accepted."""
    if errand.consent:
        return _blocked(errand.symbol, status)
    return UnexpectedAnswerError(
        f"Unreadable data for {errand.symbol}; details in the log.", symbol=errand.symbol, status=status
    )


def _blocked(symbol: str, status: int | None) -> BlockedError:
    words = "Yahoo refused this network (shared or cloud addresses often are)."
    return BlockedError(words, symbol=symbol, status=status)


def judge(response: Any, errand: Errand, *, only_meta: bool) -> dict[str, Any]:  # noqa: ANN401 - curl_cffi's response
    """Return the chart in an answer of Yahoo's, or raise what is wrong with it.

    Raises
    ------
    SourceError
        One of its kinds, with the HTTP status.
    """
    symbol, status, text = errand.symbol, response.status_code, response.text
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
        raise unreadable(errand, status) from cause
    if status >= 400 or error:  # noqa: PLR2004
        _refuse(errand, status, str((error or {}).get("description") or f"HTTP {status}"))
    return _result(errand, results, only_meta=only_meta)


def _refuse(errand: Errand, status: int, words: str) -> None:
    if status == 404:  # noqa: PLR2004
        raise UnknownSymbolError(f"Yahoo doesn't know '{errand.symbol}'.", symbol=errand.symbol, status=status)
    if words.lower().startswith(_NO_SUCH_DAYS):
        raise NoDataError(f"No prices for {errand.asked}.", symbol=errand.symbol, status=status)
    raise BadRequestError(
        f"Yahoo on {errand.symbol}: {' '.join(words.split())[:200]}", symbol=errand.symbol, status=status
    )


def _result(errand: Errand, results: Any, *, only_meta: bool) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON held
    try:
        result: dict[str, Any] = results[0]
        zone, stamps = result["meta"]["exchangeTimezoneName"], result.get("timestamp") or []
    except (KeyError, TypeError, IndexError, AttributeError) as cause:
        raise unreadable(errand, 200) from cause
    try:
        ZoneInfo(zone)
    except (
        LookupError,
        TypeError,
        ValueError,
        OSError,
        AttributeError,
    ) as cause:  # OSError: a folder of zones, a long name
        raise unreadable(errand, 200) from cause
    if not stamps and not only_meta:
        raise NoDataError(f"No prices for {errand.asked}.", symbol=errand.symbol, status=200)
    return result


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, in either of its forms; None where it says nothing usable."""
    if not header:
        return None
    if header.strip().isdecimal():
        return min(float(header), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(header)
        wait = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, wait), _LONGEST_WAIT)


def client() -> tuple[ModuleType, BudgetedSession]:
    """Return yfinance and the session for it: one of each for all threads, for yfinance keeps a single one itself."""
    with _loading:
        return _load()


@cache
def _load() -> tuple[ModuleType, BudgetedSession]:
    """Load yfinance so that it raises instead of answering an empty frame."""
    import yfinance  # noqa: PLC0415 - half a second that a start without network need not pay
    from yfinance import cache as kept  # noqa: PLC0415

    yfinance.config.debug.hide_exceptions = False
    # No folder can be made there, so it keeps nothing on disk: its databases lock two commands out of each other, fail where
    # they are damaged or the disk is full, and are unpickled. Each ticker's time zone is still asked for once, not every time.
    yfinance.set_tz_cache_location(os.devnull)
    zones: dict[str, str | None] = {}
    kept._TzCacheManager._tz_cache = SimpleNamespace(lookup=zones.get, store=zones.__setitem__)  # noqa: SLF001
    # Its log repeats what we raise, and guesses "delisted"; pandas 3 warns about its code on every call.
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module=r"yfinance(\.|$)")
    return yfinance, BudgetedSession()


def forget_answers() -> None:
    """Empty yfinance's in-process cache: it would give an old answer, even a faulty one, without asking."""
    from yfinance.data import YfData  # noqa: PLC0415

    YfData.cache_get.cache_clear()
