"""The exceptions of this package.

::

    SentimentError                 anything raised on purpose
    ├── InputError                 the input does not exist or cannot be read: exit code 2
    │   ├── UnknownAssetError      no prices of that asset
    │   ├── UnknownNoteError       no such note in the library
    │   ├── SelectionError         an invalid date, range, option or link
    │   ├── AddressError           an address that is not fetched: no web address, or one of a private network
    │   └── MissingExtraError      an optional dependency is not installed
    ├── DataError                  stored data cannot be trusted: nothing is scored from it
    │   ├── FrameError             a price series breaks the frame contract
    │   ├── NoteError              a note's file breaks its schema
    │   ├── BarsError              saved prices cannot be read, or new ones would corrupt them
    │   ├── WatchlistError         the saved watchlist cannot be read or written
    │   └── StoreError             the database of notes cannot be read or written
    │       └── ConflictError      somebody else has saved the note meanwhile: nothing was overwritten
    ├── FetchError                 a followed source did not answer with something to read; what it sent before stays
    ├── ClusterError               the workers of a cluster cannot be reached or have other code or data
    └── SourceError                a live price source did not answer with prices; saved ones stay on screen
        ├── OfflineError           it cannot be reached
        ├── SourceTimeoutError     it did not answer within the time given
        ├── RateLimitedError       it limits requests from this network
        ├── BlockedError           it refuses this network
        ├── UpstreamDownError      it has an internal fault
        ├── BadAnswerError         its answer was truncated or is not JSON
        ├── UnknownSymbolError     it has no such symbol
        ├── NoDataError            it has no prices for the requested days
        ├── BadRequestError        the request is invalid
        └── UnexpectedAnswerError  any other answer that cannot be read

A message is one line: what was requested, what was found and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import datetime


class SentimentError(Exception):
    """Anything this package raises on purpose; the text is written for the user."""


class InputError(SentimentError):
    """The input does not exist or cannot be read."""


class UnknownAssetError(InputError):
    """There are no prices of that asset."""


class UnknownNoteError(InputError):
    """No such note in the library."""


class SelectionError(InputError):
    """A date, range, option or link is invalid."""


class PublishedError(InputError):
    """A published site was changed, or cannot take what is to be published."""


class AddressError(InputError):
    """An address that is not fetched: it is no web address, or it leads into a private network."""


class MissingExtraError(InputError):
    """An optional dependency is not installed."""


class DataError(SentimentError):
    """Stored data cannot be trusted."""

    @property
    def brief(self) -> str:
        """The message for viewers, who must not learn where the server keeps its files."""
        return str(self)


class FrameError(DataError):
    """A price series breaks the frame contract."""


class NoteError(DataError):
    """A note's file breaks its schema."""


class BarsError(DataError):
    """The saved prices of a symbol cannot be read, or new ones would corrupt them.

    Parameters
    ----------
    message : str
        What is wrong, without a path.
    where : str
        What to see to on the server; added to the message, and left out of `brief`.
    """

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message, where)
        self._message, self._where = message, where

    def __str__(self) -> str:
        return f"{self._message}; {self._where}" if self._where else self._message

    @property
    def brief(self) -> str:
        """The message without the file's place on the server."""
        return self._message


class WatchlistError(DataError):
    """The saved watchlist cannot be read or written; it is as it was."""

    @property
    def brief(self) -> str:
        """The message without the file's place on the server."""
        return str(self).partition(":")[0]


class StoreError(DataError):
    """The database of notes cannot be read or written; its content is unchanged."""

    @property
    def brief(self) -> str:
        """The message without its cause, for clients that must not learn where the server keeps its files."""
        return str(self).partition(":")[0]


class ConflictError(StoreError):
    """Somebody else has saved a version of the note meanwhile; nothing was overwritten."""


class FetchError(SentimentError):
    """A feed, page or mailbox did not answer with something to read; what it sent before stays.

    Parameters
    ----------
    message : str
        What was asked and what came back.
    wait : float, optional
        Seconds that it asked us to wait.
    """

    def __init__(self, message: str, *, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class ClusterError(SentimentError):
    """The workers of a cluster cannot be reached, gave up, or have other code or data than the client."""


class SourceError(SentimentError):
    """A live price source did not answer with prices.

    Attributes
    ----------
    kind : str
        The failure in one word, the same in the page, the log and JSON.
    symbol : str
        The requested symbol.
    status : int or None
        The HTTP status, where there was one.
    keeps_prices : bool
        Whether a page should add which saved prices it shows instead.
    """

    kind: ClassVar[str] = "source"
    keeps_prices: ClassVar[bool] = False

    def __init__(self, message: str, *, symbol: str, status: int | None = None) -> None:
        super().__init__(message)
        self.symbol = symbol
        self.status = status


class OfflineError(SourceError):
    """The source cannot be reached: name not resolved, connection refused or reset."""

    kind = "offline"
    keeps_prices = True


class SourceTimeoutError(SourceError):
    """The source did not answer within the time given."""

    kind = "timeout"
    keeps_prices = True


class RateLimitedError(SourceError):
    """The source limits requests from this network.

    Attributes
    ----------
    retry_after : float or None
        Seconds that the source asked us to wait.
    retry_at : datetime or None
        The instant (UTC) before which no further request is made; set by the cooldown.
    """

    kind = "rate_limited"

    def __init__(
        self, message: str, *, symbol: str, retry_after: float | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(message, symbol=symbol, status=429)
        self.retry_after = retry_after
        self.retry_at = retry_at


class BlockedError(SourceError):
    """The source refuses this network: 401, 403, an HTML page, or a consent form."""

    kind = "blocked"


class UpstreamDownError(SourceError):
    """The source has an internal fault: 5xx, or a maintenance page."""

    kind = "upstream_down"


class BadAnswerError(SourceError):
    """The answer was truncated or is not JSON."""

    kind = "bad_answer"


class UnknownSymbolError(SourceError):
    """The source has no such symbol."""

    kind = "unknown_symbol"


class NoDataError(SourceError):
    """The source has no prices for the requested days."""

    kind = "no_data"


class BadRequestError(SourceError):
    """The source rejects the request, or the symbol is not a ticker."""

    kind = "bad_request"


class UnexpectedAnswerError(SourceError):
    """Any other answer that cannot be read."""

    kind = "unexpected"
