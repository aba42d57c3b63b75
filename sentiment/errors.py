"""Every error of ours, and what it means to whoever meets it.

::

    SentimentError                 anything we raise on purpose
    ├── InputError                 what was asked for does not exist or cannot be read: exit code 2
    │   ├── UnknownAssetError      no such asset in the prices at hand
    │   ├── UnknownNoteError       no such note in the library
    │   ├── SelectionError         a date, range, option or link that does not fit
    │   └── MissingExtraError      what was asked for needs an optional part that is not installed
    ├── DataError                  what is stored cannot be trusted: nothing is scored from it
    │   ├── FrameError             a price series breaks the frame contract
    │   ├── NoteError              a note's file breaks its schema
    │   ├── BarsError              saved prices cannot be read, or would be spoilt by what is to be saved
    │   └── StoreError             the database of notes cannot be read or written
    │       └── ConflictError      somebody else saved the note meanwhile: nothing was overwritten
    ├── ClusterError               the workers of a cluster cannot be reached or cannot be relied on
    └── SourceError                a live price source did not answer with prices; what is saved stays on screen
        ├── OfflineError           it cannot be reached
        ├── SourceTimeoutError     it did not answer within the time given
        ├── RateLimitedError       it limits requests from this network
        ├── BlockedError           it refuses this network
        ├── UpstreamDownError      it has a fault of its own
        ├── BadAnswerError         its answer was cut or is not JSON
        ├── UnknownSymbolError     it knows no such symbol
        ├── NoDataError            it has no prices for the days asked for
        ├── BadRequestError        it, or we, cannot make sense of the request
        └── UnexpectedAnswerError  anything else: its answer cannot be read

A message names what was asked, what was found and what to do. It fits on one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from datetime import date, datetime


class SentimentError(Exception):
    """Anything this package raises on purpose; its text is fit for the user's eyes."""


class InputError(SentimentError):
    """What was asked for does not exist or cannot be read."""


class UnknownAssetError(InputError):
    """No such asset in the prices at hand."""


class UnknownNoteError(InputError):
    """No such note in the library."""


class SelectionError(InputError):
    """A date, range, option or link that does not fit."""


class MissingExtraError(InputError):
    """What was asked for needs an optional part of the installation that is not there."""


class DataError(SentimentError):
    """What is stored cannot be trusted."""


class FrameError(DataError):
    """A price series breaks the frame contract."""


class NoteError(DataError):
    """A note's file breaks its schema."""


class BarsError(DataError):
    """The saved prices of a symbol cannot be read, or would be spoilt by what is to be saved."""


class StoreError(DataError):
    """The database of notes cannot be read or written; what is in it is as it was."""

    @property
    def brief(self) -> str:
        """What cannot be done, without where and why: for whoever is not to learn where the server keeps its files."""
        return str(self).partition(":")[0]


class ConflictError(StoreError):
    """Somebody else saved a version of the note meanwhile; nothing was overwritten."""


class ClusterError(SentimentError):
    """The workers of a cluster cannot be reached, gave up, or see other code or other data than whoever asks them."""


class SourceError(SentimentError):
    """A live price source did not answer with prices.

    Attributes
    ----------
    kind : str
        The failure in one word, the same in the page, the log and JSON.
    symbol : str
        What was asked for.
    status : int or None
        The HTTP status, where there was one.
    keeps_prices : bool
        Whether the message should go on to say which saved prices are shown instead.
    """

    kind: ClassVar[str] = "source"
    keeps_prices: ClassVar[bool] = False

    def __init__(self, message: str, *, symbol: str, status: int | None = None) -> None:
        super().__init__(message)
        self.symbol = symbol
        self.status = status

    def told(self, saved_to: date | None) -> str:
        """Message for the viewer, with the day that the saved prices run to where that matters."""
        if not self.keeps_prices:
            return str(self)
        return f"{self} Showing saved prices to {saved_to}." if saved_to else f"{self} No prices are saved yet."


class OfflineError(SourceError):
    """The source cannot be reached: no name, refused or reset."""

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
        Seconds that the source itself asked us to wait.
    retry_at : datetime or None
        The instant (UTC) before which nothing is asked again; set by whoever keeps the waiting time.
    """

    kind = "rate_limited"

    def __init__(
        self, message: str, *, symbol: str, retry_after: float | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(message, symbol=symbol, status=429)
        self.retry_after = retry_after
        self.retry_at = retry_at


class BlockedError(SourceError):
    """The source refuses this network: 401, 403, a page for people, or a consent form."""

    kind = "blocked"


class UpstreamDownError(SourceError):
    """The source has a fault of its own: 5xx, or its page for maintenance."""

    kind = "upstream_down"


class BadAnswerError(SourceError):
    """The answer was cut or is not JSON."""

    kind = "bad_answer"


class UnknownSymbolError(SourceError):
    """The source knows no such symbol."""

    kind = "unknown_symbol"


class NoDataError(SourceError):
    """The source has no prices for the days asked for."""

    kind = "no_data"


class BadRequestError(SourceError):
    """The request makes no sense to the source, or is no ticker at all."""

    kind = "bad_request"


class UnexpectedAnswerError(SourceError):
    """Anything else: the answer cannot be read."""

    kind = "unexpected"
