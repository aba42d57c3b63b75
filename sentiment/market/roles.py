"""The series that accompany an asset's own prices, by role, such as the volatility index or the short rate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """A series that can play a role for an asset: the same one whether it is bundled or live."""

    symbol: str
    title: str


# By role, then by asset; "" stands for every other asset.
ROLES: dict[str, dict[str, Series]] = {
    "future": {
        "BTC-USD": Series("BTC=F", "CME bitcoin future, front month"),
        "ETH-USD": Series("ETH=F", "CME ether future, front month"),
    },
    "equity_volatility": {"": Series("^VIX", "Cboe volatility index (VIX)")},
    "short_rate": {"": Series("FED-FUNDS-TARGET", "Federal funds target range, upper bound")},
    "funding_rate": {"BTC-USD": Series("BTC-FUNDING", "BTC perpetual futures funding rate")},
    # Weekly: whoever scores it may carry a report forward, and for at most 10 days, after which the next one is late.
    "futures_positions": {
        "BTC-USD": Series(
            "BTC-CME-POSITIONS", "Leveraged funds' net position in CME bitcoin futures, share of open interest"
        )
    },
}

ROLE_SYMBOLS = frozenset(series.symbol for by_asset in ROLES.values() for series in by_asset.values())


def series_for(symbol: str) -> dict[str, Series]:
    """Return the series of each role for an asset; a role without one is left out."""
    found = {role: by_asset.get(symbol, by_asset.get("")) for role, by_asset in ROLES.items()}
    return {role: series for role, series in found.items() if series is not None}


def symbols_to_fetch(symbol: str) -> tuple[str, ...]:
    """List the symbols to fetch for an asset's scores: its own and those of its roles."""
    return (symbol, *(series.symbol for series in series_for(symbol).values()))
