"""What providers of plain HTTP share: one GET that is sent seldom, within a time, and read up to a size.

A source is asked for the same thing at most once in a quarter of an hour, however many pages want it: its answer is kept
for as long, and so is its failure. After that a kept answer is asked for on condition that it has changed.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from importlib import metadata
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlencode

from tenacity import Retrying, retry_if_exception, stop_after_attempt

from sentiment import settings
from sentiment.errors import (
    BadAnswerError,
    BadRequestError,
    BlockedError,
    OfflineError,
    RateLimitedError,
    SourceError,
    SourceTimeoutError,
    UnexpectedAnswerError,
    UnknownSymbolError,
    UpstreamDownError,
)
from sentiment.market.answer_body import AnswerBody
from sentiment.market.cooldown import Cooldown, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from curl_cffi.requests import Response
    from curl_cffi.requests.exceptions import RequestException

    from sentiment.market.providers import Budget

QUARTER = 900.0
"""Seconds for which an answer or a failure is kept instead of asking again."""
MOST_BYTES = 4 * 2**20
"""Size up to which an answer is read, where a source needs no more; most that are expected have a tenth of it."""
KEPT = 16
"""Answers that are kept of each source: those that were asked for last."""
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS})
_LIMITED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.IM_A_TEAPOT})  # 418: the ban of those who ignore a 429

Read = TypeVar("Read")


class Deadline:
    """The time that what is asked of a source may take."""

    source: str
    symbol: str
    budget: Budget
    started: float

    def seconds_left(self, most: float) -> float:
        """Return the seconds that the next request may take, at most `most`.

        Raises
        ------
        SourceTimeoutError
            If the time is up.
        """
        left = min(most, self.budget.total - (time.monotonic() - self.started))
        if left <= 0:
            raise self.timed_out()
        return left

    def retry(self, failure: BaseException) -> bool:
        """Return whether a second try could help after `failure` and there is time for it."""
        passing = isinstance(failure, SourceTimeoutError | BadAnswerError)
        return passing and time.monotonic() - self.started < self.budget.total - self.budget.other

    def timed_out(self) -> SourceTimeoutError:
        """Return the error that says how long we waited."""
        waited = time.monotonic() - self.started
        return SourceTimeoutError(f"{self.source} didn't answer within {waited:.0f} s.", symbol=self.symbol)


def unreached(cause: RequestException, asked: Deadline) -> SourceError | None:
    """Return the error that a request without a whole answer stands for; None for any other failure of the client."""
    from curl_cffi.requests import exceptions as curl  # noqa: PLC0415 - loads curl

    if isinstance(cause, curl.Timeout):
        return asked.timed_out()
    if isinstance(cause, curl.IncompleteRead):
        return BadAnswerError(f"{asked.source} sent an incomplete answer; ignored.", symbol=asked.symbol)
    if isinstance(cause, curl.ConnectionError | curl.ProxyError):
        return OfflineError(f"Can't reach {asked.source}.", symbol=asked.symbol)
    return None


class Answer(NamedTuple):
    """What came back, and when it was asked for."""

    content: bytes
    tag: str
    asked_at: datetime
    kept_at: float


class Source:
    """A source of plain HTTP: its name, its pauses, and its answers of the last quarter of an hour.

    Parameters
    ----------
    name : str
        As users read it.
    clock : callable
        Monotonic seconds.
    most_bytes : int
        Size up to which an answer is read.
    wants_contact : bool
        Whether it asks to be told whom to turn to: the contact in the settings goes with each request.
    """

    def __init__(
        self,
        name: str,
        clock: Callable[[], float] = time.monotonic,
        *,
        most_bytes: int = MOST_BYTES,
        wants_contact: bool = False,
    ) -> None:
        self.name = name
        self.clock = clock
        self.most_bytes = most_bytes
        self.wants_contact = wants_contact
        self.cooldown = Cooldown(name, clock, pause=QUARTER, every_failure=True)
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    def ask(self, symbol: str, read: Callable[[Question], Read], budget: Budget) -> Read:
        """Return what `read` makes of the source's answers; what it could read is kept.

        After a time-out or an incomplete answer there is one more try if enough of the budget is left.

        Raises
        ------
        SourceError
            One of its kinds; also during the pause after an earlier failure.
        """
        question = Question(self, self.name, symbol, budget)
        with self.cooldown.guard(symbol):
            for attempt in Retrying(stop=stop_after_attempt(2), retry=retry_if_exception(question.retry), reraise=True):
                with attempt:
                    result = read(question)
        self._answers |= question.answers
        while len(self._answers) > KEPT:
            self._answers.popitem(last=False)
        return result

    def kept(self, url: str) -> Answer | None:
        """Return the answer that is kept for an address."""
        kept = self._answers.get(url)
        if kept:
            self._answers.move_to_end(url)
        return kept

    def agent(self) -> str:
        """Return how we introduce ourselves."""
        name = f"sentiment-dashboard/{metadata.version('sentiment-dashboard')}"
        contact = settings.contact() if self.wants_contact else ""
        return f"{name} ({contact})" if contact else name

    def advice(self) -> str:
        """Return what to do if the source refuses us."""
        if self.wants_contact and not settings.contact():
            return f"it asks for a contact: set {settings.CONTACT_VARIABLE} to your name and e-mail address, which are then sent to it"
        return "another network may be let in"


@dataclass
class Question(Deadline):
    """One question to a source: the time it may still take, and the answers that came."""

    asked: Source
    source: str
    symbol: str
    budget: Budget
    started: float = field(default_factory=time.monotonic)
    answers: dict[str, Answer] = field(default_factory=dict)

    def get(self, address: str, query: Mapping[str, str | int] | None = None, *, hold: float = QUARTER) -> Answer:
        """Return the answer to a GET: the kept one for a quarter of an hour, and after that if it has not changed.

        Parameters
        ----------
        address : str
        query : mapping or None
        hold : float
            Seconds for which the kept answer is taken without asking.

        Raises
        ------
        SourceError
            One of its kinds, with the HTTP status where there was one.
        """
        url = f"{address}?{urlencode(query)}" if query else address
        kept = self.asked.kept(url)
        if kept and self.asked.clock() - kept.kept_at < hold:
            return kept
        asked_at = datetime.now(UTC)
        response, content = self._sent(url, kept.tag if kept else "")
        if kept and response.status_code == HTTPStatus.NOT_MODIFIED:
            content = kept.content
        else:
            self._check(response, content)
        answer = Answer(content, response.headers.get("ETag") or "", asked_at, self.asked.clock())
        self.answers[url] = answer
        return answer

    def unreadable(self, found: str) -> UnexpectedAnswerError:
        """Return the error for an answer of another form; `found` says what it has instead."""
        return UnexpectedAnswerError(
            f"{self.source} was asked for {self.symbol} and sent {found}; ignored. If this continues, its format has changed: "
            "look for a newer version of this program.",
            symbol=self.symbol,
        )

    def incomplete(self) -> BadAnswerError:
        """Return the error for an answer that ends too early."""
        return BadAnswerError(f"{self.source} sent an incomplete answer; ignored.", symbol=self.symbol)

    def _sent(self, url: str, tag: str) -> tuple[Response, bytes]:
        from curl_cffi import requests  # noqa: PLC0415 - loads curl

        content, headers = AnswerBody(self.asked.most_bytes), {"User-Agent": self.asked.agent()}
        if tag:
            headers["If-None-Match"] = tag
        seconds = self.seconds_left(self.budget.chart)
        try:
            response = requests.get(
                url, headers=headers, timeout=seconds, max_redirects=5, content_callback=content.take
            )
        except requests.exceptions.RequestException as cause:
            if content.too_long:
                raise self.unreadable(f"more than {self.asked.most_bytes / 2**20:.0f} MB") from cause
            failure = unreached(cause, self) or self.unreadable("a malformed HTTP response")
            raise failure from cause
        return response, bytes(content.received)

    def _check(self, response: Response, content: bytes) -> None:
        status, symbol = response.status_code, self.symbol
        asked = f"{self.source} was asked for {symbol} and"
        if status in _LIMITED:
            wait = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
            message = f"{self.source} is limiting requests from this network."
            raise RateLimitedError(message, symbol=symbol, retry_after=wait)
        if status in _REFUSED or (status == HTTPStatus.OK and content.lstrip()[:1] == b"<"):
            page = " with a web page" if status == HTTPStatus.OK else ""
            message = f"{self.source} refused this network{page} (HTTP {status}); {self.asked.advice()}."
            raise BlockedError(message, symbol=symbol, status=status)
        if status == HTTPStatus.NOT_FOUND:
            message = f"{asked} has nothing at that address (HTTP 404); look for a newer version of this program."
            raise UnknownSymbolError(message, symbol=symbol, status=status)
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            words = " ".join(content[:400].decode(errors="replace").split())[:200]
            raise BadRequestError(f"{asked} refused (HTTP {status}): {words}", symbol=symbol, status=status)
        if status != HTTPStatus.OK:
            message = f"{asked} has a fault (HTTP {status}); it will be asked again later."
            raise UpstreamDownError(message, symbol=symbol, status=status)
