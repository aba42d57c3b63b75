"""The series that accompany an asset's own prices, by role, such as the volatility index or the short rate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sentiment import settings
from sentiment.errors import BarsError
from sentiment.market import saved_bars
from sentiment.market.asset_class import class_by_symbol

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Series:
    """A series that can play a role for an asset: the same one whether it is bundled or live."""

    symbol: str
    title: str


def _for(series: Series, *classes: str) -> dict[str, Series]:
    return dict.fromkeys(classes, series)


_STOCKS = ("share", "fund", "index")
# By role, then by asset or by class of asset; "" stands for every other asset.
ROLES: dict[str, dict[str, Series]] = {
    "future": {"BTC-USD": Series("BTC=F", "CME bitcoin future, front month")},
    "equity_volatility": {"": Series("^VIX", "Cboe volatility index (VIX)")},
    "equity_volatility_3m": _for(Series("^VIX3M", "Cboe 3-month volatility index (VIX3M)"), *_STOCKS),
    "short_rate": {"": Series("FED-FUNDS-TARGET", "Federal funds target range, upper bound")},
    "deposit_rate": {"EURUSD=X": Series("ECB-DEPOSIT-RATE", "Deposit facility rate of the European Central Bank")},
    "ten_year_yield": _for(Series("US-10Y-YIELD", "10-year Treasury yield"), *_STOCKS),
    "high_yield_bonds": _for(Series("HYG", "iShares high yield corporate bond ETF (HYG)"), *_STOCKS),
    "treasury_bonds": _for(Series("TLT", "iShares 20+ year Treasury bond ETF (TLT)"), *_STOCKS),
    "euro": _for(Series("EURUSD=X", "Euro, reference rate in dollars"), "commodity"),
    "real_yield": _for(Series("US-10Y-REAL-YIELD", "10-year real Treasury yield"), "commodity"),
    "funding_rate": {"BTC-USD": Series("BTC-FUNDING", "BTC perpetual futures funding rate")},
    # Weekly: whoever scores it may carry a report forward, and for at most 10 days, after which the next one is late.
    "futures_positions": {
        "BTC-USD": Series(
            "BTC-CME-POSITIONS", "Leveraged funds' net position in CME bitcoin futures, share of open interest"
        )
    },
    "active_addresses": {
        "BTC-USD": Series("BTC-ADDRESSES", "Active bitcoin addresses"),
        "ETH-USD": Series("ETH-ADDRESSES", "Active ether addresses"),
    },
    "stablecoin_supply": _for(Series("STABLECOIN-SUPPLY", "Dollar stablecoins in circulation"), "bitcoin", "crypto"),
}

PER_SHARE: Final = {
    "earnings": ("-EARNINGS-TTM", "Earnings per share of {}, twelve months"),
    "sales": ("-SALES-TTM", "Sales per share of {}, twelve months"),
}
"""Roles that a company's own filings play: how the series ends after its ticker, and its title. A row on each day of filing."""
_BILLS: Final = Series("US-3M-BILL", "3-month Treasury bill rate")  # against which filed earnings are held
_COMPANY = re.compile("[A-Z]{1,6}")  # one class of shares: filings of BRK-B count in shares of BRK-A

ROLE_SYMBOLS = frozenset(series.symbol for by_asset in ROLES.values() for series in by_asset.values()) | {_BILLS.symbol}
TRADED = frozenset({"HYG", "TLT"})
"""Series of a role that are assets too, for whoever fetches them."""


def series_for(symbol: str) -> dict[str, Series]:
    """Return the series of each role for an asset; a role without one is left out.

    The class is that which the symbol suggests: prices that cannot be read must not keep them from being fetched anew.
    """
    own = class_by_symbol(symbol)
    found = {role: by_asset.get(symbol) or by_asset.get(own) or by_asset.get("") for role, by_asset in ROLES.items()}
    return {role: series for role, series in found.items() if series is not None} | _filed(symbol)


def is_filed(symbol: str) -> bool:
    """Return whether a series is one of a company's filed figures, which are no asset."""
    return symbol.endswith(tuple(ending for ending, _ in PER_SHARE.values()))


def _filed(symbol: str) -> dict[str, Series]:
    """Return the series of each role that filings play, and the bills to hold earnings against; none for who files nothing."""
    if not _files(symbol):
        return {}
    filed = {role: Series(symbol + ending, title.format(symbol)) for role, (ending, title) in PER_SHARE.items()}
    return {**filed, "bill_rate": _BILLS}


def _files(symbol: str) -> bool:
    """Return whether a symbol is known to be a company's; until its provider has said so, nobody is asked for its filings."""
    if class_by_symbol(symbol) != "share" or not _COMPANY.fullmatch(symbol):
        return False
    try:
        facts = saved_bars.facts(symbol)
    except BarsError:  # whoever reads its prices is told
        return False
    return facts is not None and facts.instrument == "EQUITY"


def symbols_to_fetch(*symbols: str) -> tuple[str, ...]:
    """List the symbols to fetch for the scores of some assets, each once: their own and those of their roles.

    Filings are left out without a contact, since their source refuses then.
    """
    everything = tuple(dict.fromkeys(behind for symbol in symbols for behind in symbols_behind(symbol)))
    return everything if settings.contact() else tuple(name for name in everything if not is_filed(name))


def all_to_fetch(symbols: Iterable[str]) -> tuple[str, ...]:
    """List the symbols to fetch for the scores of several assets, each once."""
    return tuple(dict.fromkeys(one for symbol in symbols for one in symbols_to_fetch(symbol)))


def symbols_behind(symbol: str) -> tuple[str, ...]:
    """List the symbols on which an asset's scores rest: its own and those of its roles."""
    return tuple(dict.fromkeys((symbol, *(series.symbol for series in series_for(symbol).values()))))
