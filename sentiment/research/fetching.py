"""Fetch one address of the web that somebody else may have written: within a time and a size, and never from a private network.

Each redirect is checked like the address itself. The connection goes to the machine that was checked and through no proxy, which
would look the name up again. What comes packed is counted as it is unpacked.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from datetime import UTC, datetime
from email.message import Message
from http import HTTPStatus
from importlib import metadata
from typing import TYPE_CHECKING, Final, NamedTuple

from sentiment.errors import FetchError, SelectionError
from sentiment.formatting import shortened
from sentiment.market import live
from sentiment.market.answer_body import AnswerBody
from sentiment.market.cooldown import retry_after
from sentiment.research import web_address
from sentiment.research.importers import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from curl_cffi.requests import Response

    from sentiment.research.web_address import Place

SECONDS: Final = 20.0
"""Time that one address may take, with all its redirects."""
REDIRECTS: Final = 5
AT_ONCE: Final = 4
A_MINUTE: Final = 30
"""Addresses that the viewers of a page may have fetched in a minute, all together."""
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_slots = threading.BoundedSemaphore(AT_ONCE)


class Fetched(NamedTuple):
    """What an address answered.

    Attributes
    ----------
    content : bytes
        Unpacked; empty if unchanged.
    url : str
        Where it was found, after all redirects.
    kind, charset : str
        What the answer says it is, such as ``text/html`` and ``utf-8``; empty where it does not say.
    etag, modified : str
        With which to ask again.
    unchanged : bool
        Whether it is what it was when it was asked for last.
    """

    content: bytes
    url: str
    kind: str = ""
    charset: str = ""
    etag: str = ""
    modified: str = ""
    unchanged: bool = False


def fetch(
    url: str,
    *,
    etag: str = "",
    modified: str = "",
    most: int = MAX_BYTES,
    resolve: Callable[[str, int], Sequence[str]] = web_address.resolved,
) -> Fetched:
    """Fetch an address.

    Parameters
    ----------
    url : str
    etag, modified : str
        Of the last answer: an unchanged one is not sent again.
    most : int
        Bytes that it may have.
    resolve : callable
        Returns the machines of a host and port.

    Raises
    ------
    SelectionError
        If the settings allow no network.
    AddressError
        If it, or an address that it redirects to, must not be fetched.
    FetchError
        If it does not answer with something whole within time and size.
    """
    if not live.enabled():
        raise SelectionError("SENTIMENT_OFFLINE=1 asks no network; unset it to fetch")
    if not _slots.acquire(timeout=SECONDS):
        raise FetchError(f"{shortened(url)} has to wait: {AT_ONCE} addresses are being fetched; try again")
    ends = time.monotonic() + SECONDS
    asked = {"If-None-Match": etag, "If-Modified-Since": modified}
    try:
        for _ in range(REDIRECTS + 1):
            found = web_address.place(url, resolve)
            response, content = _sent(found, {name: value for name, value in asked.items() if value}, ends, most)
            location = response.headers.get("Location")
            if response.status_code not in _MOVED or not location:
                return _answer(response, content, found.url)
            url = web_address.joined(found.url, location)
    finally:
        _slots.release()
    raise FetchError(f"{shortened(url)} was reached by {REDIRECTS} redirects and redirects again; nothing was fetched")


def _sent(found: Place, headers: dict[str, str], ends: float, most: int) -> tuple[Response, bytes]:
    """Ask the machines of an address, one after the other, until one answers."""
    from curl_cffi.requests.exceptions import ConnectionError as Unreached  # noqa: PLC0415 - loads curl
    from curl_cffi.requests.exceptions import DNSError, RequestException, SSLError, Timeout  # noqa: PLC0415

    told = shortened(found.url)
    for machine in found.machines[:3]:
        content = AnswerBody(most)
        left = ends - time.monotonic()
        if left <= 0:
            break
        try:
            asked = {"User-Agent": agent(), "Accept": "*/*", **headers}
            return pinned(found, [machine], asked, content, left, told=told), bytes(content.received)
        except RequestException as cause:
            if content.too_long:
                message = f"{told} has more than {most / 1e6:.0f} MB, which is the most that is fetched"
                raise FetchError(message) from None
            if isinstance(cause, Timeout):
                break
            if isinstance(cause, SSLError):
                raise FetchError(f"{told} cannot be reached safely: its certificate is not valid") from None
            if content.received or not isinstance(cause, Unreached | DNSError):
                raise FetchError(f"{told} sent no whole answer; nothing was taken from it") from None
    else:
        raise FetchError(f"{told} cannot be reached; check the network and the address")
    raise FetchError(f"{told} did not answer within {SECONDS:.0f} s; nothing was taken from it")


def pinned(  # noqa: PLR0913 - a request
    found: Place,
    machines: Sequence[str],
    headers: Mapping[str, str],
    content: AnswerBody,
    seconds: float,
    *,
    told: str,
    body: bytes | None = None,
) -> Response:
    """Send one request to these machines of an address and to no other: through no proxy, and following no redirect.

    Parameters
    ----------
    found : Place
    machines : sequence of str
        Of its addresses, those that may be asked.
    headers : mapping of str to str
        All that are sent.
    content : AnswerBody
        Takes what comes.
    seconds : float
        Time that it may take.
    told : str
        What the address is called in an error.
    body : bytes, optional
        Of a POST; without it the request is a GET.

    Raises
    ------
    curl_cffi.requests.exceptions.RequestException
        If there is no whole answer.
    FetchError
        If another machine answered.
    """
    from curl_cffi import requests  # noqa: PLC0415 - loads curl
    from curl_cffi.const import CurlOpt  # noqa: PLC0415

    addresses = ",".join(f"[{machine}]" if ":" in machine else machine for machine in machines)
    response = requests.request(
        "GET" if body is None else "POST",
        found.url,
        data=body,
        headers=dict(headers),
        timeout=seconds,
        allow_redirects=False,
        default_headers=False,
        quote=False,
        content_callback=content.take,
        curl_options={
            CurlOpt.RESOLVE: [f"{found.host}:{found.port}:{addresses}"],
            CurlOpt.PROXY: "",
            CurlOpt.NOPROXY: "*",
        },
    )
    # If curl read the host otherwise than we did, nothing that came back is used.
    if any(web_address.same_machine(response.primary_ip, machine) for machine in machines):
        return response
    raise FetchError(
        f"{told} was answered by {response.primary_ip}, not by {' or '.join(machines)}; nothing was taken from it"
    )


def agent(role: str = "feed reader") -> str:
    """Return how we introduce ourselves."""
    return f"sentiment-dashboard/{metadata.version('sentiment-dashboard')} ({role})"


def _answer(response: Response, content: bytes, url: str) -> Fetched:
    status, headers, told = response.status_code, response.headers, shortened(url)
    if status == HTTPStatus.NOT_MODIFIED:
        return Fetched(b"", url, unchanged=True)
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        wait = retry_after(headers.get("Retry-After"), datetime.now(UTC))
        raise FetchError(f"{told} asks us to wait (HTTP {status})", wait=wait)
    if status == HTTPStatus.GONE:
        raise FetchError(f"{told} is gone for good (HTTP 410); unfollow it")
    if status != HTTPStatus.OK:
        raise FetchError(f"{told} answered HTTP {status}; check the address")
    stated = Message()
    stated["Content-Type"] = _line(headers.get("Content-Type"))
    kind = stated.get_content_type() if headers.get("Content-Type") else ""
    charset = str(stated.get_content_charset() or "")
    return Fetched(content, url, kind, charset, _line(headers.get("ETag")), _line(headers.get("Last-Modified")))


def _line(header: str | None) -> str:
    """Return a header that is short and plain enough to be kept and sent again; empty for any other."""
    text = (header or "").strip()
    return text if len(text) <= 200 and text.isascii() and text.isprintable() else ""  # noqa: PLR2004 - longer ones are abuse


class Pace:
    """How many addresses may be fetched in a minute."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._lock, self._times = threading.Lock(), deque[float]()

    def take(self) -> None:
        """Count one more.

        Raises
        ------
        FetchError
            If it is one too many.
        """
        with self._lock:
            now = self._clock()
            while self._times and now - self._times[0] >= 60:  # noqa: PLR2004 - a minute
                self._times.popleft()
            if len(self._times) >= self._most:
                wait = 60 - (now - self._times[0])
                raise FetchError(
                    f"this page fetches {self._most} addresses per minute; try again in {wait:.0f} s", wait=wait
                )
            self._times.append(now)


VIEWERS = Pace(A_MINUTE)
"""The pace of what is fetched because a viewer of the page asks for it."""
