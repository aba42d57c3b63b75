"""The series that accompany an asset's own prices, by role, such as the volatility index or the short rate."""

from __future__ import annotations

from dataclasses import dataclass

from sentiment.market.asset_class import class_by_symbol


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

ROLE_SYMBOLS = frozenset(series.symbol for by_asset in ROLES.values() for series in by_asset.values())
TRADED = frozenset({"HYG", "TLT"})
"""Series of a role that are assets too, for whoever fetches them."""


def series_for(symbol: str) -> dict[str, Series]:
    """Return the series of each role for an asset; a role without one is left out.

    The class is that which the symbol suggests: prices that cannot be read must not keep them from being fetched anew.
    """
    own = class_by_symbol(symbol)
    found = {role: by_asset.get(symbol) or by_asset.get(own) or by_asset.get("") for role, by_asset in ROLES.items()}
    return {role: series for role, series in found.items() if series is not None}


def symbols_to_fetch(symbol: str) -> tuple[str, ...]:
    """List the symbols to fetch for an asset's scores: its own and those of its roles."""
    return tuple(dict.fromkeys((symbol, *(series.symbol for series in series_for(symbol).values()))))
