"""The series that accompany an asset's own prices, by role, such as the volatility index or the short rate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """A series that can play a role for an asset; its closes are multiplied by `scale` to get our unit.

    A `live_only` series is not bundled, a `bundled_only` one is not fetched.
    """

    symbol: str
    title: str
    scale: float = 1.0
    live_only: bool = False
    bundled_only: bool = False


# By role, then by asset; "" stands for every other asset. A live series precedes the bundled one that it replaces.
ROLES: dict[str, dict[str, tuple[Series, ...]]] = {
    "future": {
        "BTC-USD": (Series("BTC=F", "CME bitcoin future, front month"),),
        "ETH-USD": (Series("ETH=F", "CME ether future, front month"),),
    },
    "equity_volatility": {"": (Series("^VIX", "Cboe volatility index (VIX)"),)},
    "short_rate": {
        "": (
            Series("^IRX", "13-week US Treasury bill rate", scale=0.01, live_only=True),
            Series("FED-FUNDS-TARGET", "Federal funds target range, upper bound", bundled_only=True),
        )
    },
    "funding_rate": {"BTC-USD": (Series("BTC-FUNDING", "BTC perpetual futures funding rate", bundled_only=True),)},
}

ROLE_SYMBOLS = frozenset(
    series.symbol for by_asset in ROLES.values() for candidates in by_asset.values() for series in candidates
)


def candidates(symbol: str) -> dict[str, tuple[Series, ...]]:
    """Return the series that can fill each role for an asset, the preferred one first."""
    return {role: by_asset.get(symbol, by_asset.get("", ())) for role, by_asset in ROLES.items()}


def symbols_to_fetch(symbol: str) -> tuple[str, ...]:
    """List the symbols to fetch for an asset's scores: its own and those of its roles."""
    others = [series.symbol for group in candidates(symbol).values() for series in group if not series.bundled_only]
    return (symbol, *others)
