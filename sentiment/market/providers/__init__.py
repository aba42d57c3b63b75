"""Price providers, one module or package each: a module here that satisfies `Provider` is found and used.

A name with an underscore in front is no provider: `_http` is what several of them share.

`fetch` returns daily rows as the provider sent them (`FetchResult`). `market.shaping` sorts them into closed, running
and quarantined bars, `bar_store` saves the closed ones, and the provider's name is saved with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from sentiment.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds that a fetch may take in total, for the request for prices, and for any other request."""

    total: float = 12.0
    chart: float = 8.0
    other: float = 2.0


DEFAULT_BUDGET = Budget()


@dataclass(frozen=True, slots=True)
class Meta:
    """What a provider says about a series besides its prices.

    Attributes
    ----------
    timezone : str
        IANA time zone of the exchange; its midnights separate the days.
    instrument : str
        CRYPTOCURRENCY, EQUITY, ETF, INDEX, FUTURE, CURRENCY or MUTUALFUND; empty where unknown. WEEKLY has a figure each Friday,
        MORNING one every day as the day begins, and STEPWISE one on any day, which stands until the next.
    currency : str
        Code of the unit of the prices; empty where there is none.
    session_end : datetime or None
        End of the current or latest regular session; None where unknown.
    repeated : mapping of date to str
        Days that the answer contained twice, out of order or in part, with the reason.
    may_be_negative : bool
        Whether values may be zero or less, as yields may and prices may not.
    """

    symbol: str
    timezone: str = "UTC"
    instrument: str = ""
    currency: str = ""
    session_end: datetime | None = None
    repeated: Mapping[date, str] = field(default_factory=dict)
    may_be_negative: bool = False

    @property
    def round_the_clock(self) -> bool:
        """Whether there is a bar every day, and a day ends at 00:00 UTC."""
        return self.instrument == "CRYPTOCURRENCY"


@dataclass(frozen=True, slots=True)
class FetchResult:
    """A provider's answer, as it came.

    Attributes
    ----------
    frame : pandas.DataFrame
        `frames.PRICE_COLUMNS` on a time-zone aware index; each row belongs to the day of its index in `Meta.timezone`.
    meta : Meta
    asked_at : datetime
        The instant just before the request was sent.
    """

    frame: pd.DataFrame
    meta: Meta
    asked_at: datetime


class Provider(Protocol):
    """A source of daily prices: a module with these names at its top level."""

    NAME: str
    """The name that users read; saved with the bars."""

    LICENCE: str
    """The terms of its prices, in a few words."""

    PRIORITY: int
    """Of several providers that know a symbol, the one with the lowest number is used. Stay below 100, the number of the
    provider that accepts any ticker."""

    SHAREABLE: bool
    """Whether its terms let values be passed on to others."""

    def normalize(self, text: str) -> str:
        """Return the symbol that the user's text means to this provider.

        Raises
        ------
        BadRequestError
            If it cannot be one of its symbols; the message says what one looks like.
        """

    def fetch(self, symbol: str, start: date | None = None, *, budget: Budget = ...) -> FetchResult:
        """Fetch daily bars from `start` (None: from the first) until now.

        Raises
        ------
        SourceError
            One of its kinds.
        """


@runtime_checkable
class Suggests(Protocol):
    """What a provider may have besides: a guess at a ticker in another spelling."""

    def suggest(self, text: str) -> str | None:
        """Return the symbol that is likely meant, as this provider writes it; None if the text resembles no other spelling."""


@cache
def registry() -> tuple[Provider, ...]:
    """Return all providers in the order of their priority."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__) if module.name[0] != "_"]
    return tuple(sorted((cast("Provider", module) for module in modules), key=lambda provider: provider.PRIORITY))


def provider_of(text: str) -> tuple[Provider, str]:
    """Return the first provider that knows a symbol, and the symbol as that provider writes it.

    Raises
    ------
    BadRequestError
        If none does, with the message of the last one.
    """
    refusal = BadRequestError(f"No provider of prices is installed that knows {text[:40]!r}.", symbol=text[:40])
    for provider in registry():
        try:
            return provider, provider.normalize(text)
        except BadRequestError as error:
            refusal = error
    raise refusal


def normalize(text: str) -> str:
    """Return the symbol that the user's text means to the first provider that knows it.

    Raises
    ------
    BadRequestError
        If none does.
    """
    return provider_of(text)[1]


def is_ticker(text: str) -> bool:
    """Return whether any provider knows a symbol of that form."""
    try:
        provider_of(text)
    except BadRequestError:
        return False
    return True


def suggest(text: str) -> str | None:
    """Return how a provider writes what looks like another spelling of a ticker (BRK.B, BTC/USD); None if none can say.

    A provider says so by a function ``suggest(text)`` beside those of the protocol; it may be left out.
    """
    suggestions = (provider.suggest(text) for provider in registry() if isinstance(provider, Suggests))
    return next((symbol for symbol in suggestions if symbol is not None), None)


def sources_for(symbols: Iterable[str]) -> str:
    """Return the names of these symbols' providers, joined for a sentence."""
    return named(provider_of(symbol)[0].NAME for symbol in symbols)


def named(names: Iterable[str]) -> str:
    """Return names joined for a sentence, each once."""
    *others, last = dict.fromkeys(names) or [""]
    return f"{', '.join(others)} and {last}" if others else last


def source_of(saved: str) -> str:
    """Return the provider's name saved with bars; files without one are from the last provider, once the only one."""
    return saved or registry()[-1].NAME


def licence_of(source: str) -> str:
    """Return the terms of a provider's prices; empty if it is no longer installed."""
    return next((provider.LICENCE for provider in registry() if source == provider.NAME), "")


def shareable(source: str) -> bool:
    """Return whether a provider's terms let its values be passed on; False for one that is no longer installed."""
    return any(provider.SHAREABLE for provider in registry() if source == provider.NAME)
