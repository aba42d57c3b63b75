"""Price providers, one module or package each: whatever has `NAME`, `normalize` and `fetch` is found and used.

A provider answers `fetch` with daily rows as they came (`Fetched`); `market.shaping` sorts them into closed, running and
quarantined bars, `bar_store` keeps the closed ones, and the provider's name is saved with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol, cast

from sentiment.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds that a fetch may take in all, for the prices themselves, and for any other request (cookie, crumb)."""

    total: float = 12.0
    chart: float = 8.0
    other: float = 2.0


@dataclass(frozen=True, slots=True)
class Meta:
    """What a provider says of a series beside its prices.

    Attributes
    ----------
    timezone : str
        IANA zone of the exchange; its midnights separate the days.
    instrument : str
        CRYPTOCURRENCY, EQUITY, ETF, INDEX, FUTURE, CURRENCY or MUTUALFUND; empty where unknown.
    currency : str
        Code of the unit of the prices; empty where there is none.
    session_end : datetime or None
        End of the regular session that runs now or ran last.
    repeated : mapping of date to str
        Days that the answer itself gave twice or out of order, with the reason.
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
class Fetched:
    """An answer as it came.

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
    """A source of daily prices."""

    NAME: str
    """As users read it."""

    LICENCE: str
    """The terms of its prices, in a few words."""

    PRIORITY: int
    """Among several providers that know a symbol, the one with the lowest number is asked."""

    def normalize(self, text: str) -> str:
        """Return the symbol that a text means here.

        Raises
        ------
        BadRequestError
            If this provider has no such symbol; say what one looks like.
        """

    def fetch(self, symbol: str, start: date | None = None, *, budget: Budget = ...) -> Fetched:
        """Ask for daily bars from `start` on (None: from the first) to now.

        Raises
        ------
        SourceError
            One of its kinds.
        """


@cache
def registry() -> tuple[Provider, ...]:
    """Return all providers, the one to ask first at the front."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return tuple(sorted((cast("Provider", module) for module in modules), key=lambda provider: provider.PRIORITY))


def provider_of(text: str) -> tuple[Provider, str]:
    """Return the first provider that knows a symbol, and the symbol as it writes it.

    Raises
    ------
    BadRequestError
        If none does, with the words of the last one asked.
    """
    refusal = BadRequestError(f"No provider of prices is installed that knows {text[:40]!r}.", symbol=text[:40])
    for provider in registry():
        try:
            return provider, provider.normalize(text)
        except BadRequestError as error:
            refusal = error
    raise refusal


def normalize(text: str) -> str:
    """Return the symbol that a text means to the first provider that knows it.

    Raises
    ------
    BadRequestError
        If none does.
    """
    return provider_of(text)[1]


def sources_for(symbols: Iterable[str]) -> str:
    """Return the names of the providers of these symbols, for a sentence."""
    return " and ".join(dict.fromkeys(provider_of(symbol)[0].NAME for symbol in symbols))


def source_of(saved: str) -> str:
    """Return the provider's name that is saved with bars; files from before it was saved came from the last in line."""
    return saved or registry()[-1].NAME


def licence_of(source: str) -> str:
    """Return the terms of a provider's prices; empty for one that is no longer installed."""
    return next((provider.LICENCE for provider in registry() if source == provider.NAME), "")
