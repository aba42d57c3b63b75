"""The class of an asset, by what its provider says it is, or else by how its symbol is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from sentiment.market import saved_bars

if TYPE_CHECKING:
    from datetime import datetime

AssetClass = Literal["bitcoin", "crypto", "share", "fund", "commodity", "currency", "index", "rate"]
ASSET_CLASSES: Final[tuple[AssetClass, ...]] = get_args(AssetClass)
NAMES: Final[dict[AssetClass, str]] = {
    "bitcoin": "bitcoin",
    "crypto": "other cryptocurrencies",
    "share": "shares",
    "fund": "funds",
    "commodity": "gold and other commodities",
    "currency": "currencies",
    "index": "indices",
    "rate": "interest rates",
}
"""What each class is called in texts."""
_OF_INSTRUMENT: Final[dict[str, AssetClass]] = {
    "CRYPTOCURRENCY": "crypto",
    "EQUITY": "share",
    "ETF": "fund",
    "MUTUALFUND": "fund",
    "FUTURE": "commodity",
    "CURRENCY": "currency",
    "INDEX": "index",
}
_BITCOIN: Final = frozenset({"BTC-USD", "BTC-EUR", "BTC-GBP", "BTC-JPY", "BTC=F", "IBIT", "FBTC", "GBTC"})
_COMMODITY_FUNDS: Final = frozenset(
    {"GLD", "IAU", "SGOL", "GLDM", "SLV", "PPLT", "PALL", "USO", "BNO", "UNG", "DBC", "XAUUSD=X"}
)
_FUNDS: Final = frozenset({"SPY", "QQQ", "HYG", "TLT"})  # what is bundled has no provider to say so
_INDEX_FUTURES: Final = frozenset({"ES=F", "NQ=F", "YM=F", "RTY=F", "MES=F", "MNQ=F"})
_RATES: Final = frozenset({"^IRX", "^FVX", "^TNX", "^TYX", "FED-FUNDS-TARGET", "ECB-DEPOSIT-RATE"}) | {
    "US-10Y-YIELD",
    "US-10Y-REAL-YIELD",
    "US-3M-BILL",
}


def asset_class(symbol: str, known_at: datetime | None = None) -> AssetClass:
    """Return the class of an asset as it was known at an instant; a symbol of which nothing is known counts as a share."""
    if named := _named(symbol):
        return named
    facts = saved_bars.facts(symbol, known_at)
    said = _OF_INSTRUMENT.get(facts.instrument) if facts else None
    return said or _by_spelling(symbol)


def class_by_symbol(symbol: str) -> AssetClass:
    """Return the class that a symbol alone suggests, for which no saved file is opened."""
    return _named(symbol) or _by_spelling(symbol)


def _named(symbol: str) -> AssetClass | None:
    by_members: tuple[tuple[frozenset[str], AssetClass], ...] = (
        (_BITCOIN, "bitcoin"),
        (_COMMODITY_FUNDS, "commodity"),
        (_FUNDS, "fund"),
        (_INDEX_FUTURES, "index"),
        (_RATES, "rate"),
    )
    return next((name for members, name in by_members if symbol in members), None)


def _by_spelling(symbol: str) -> AssetClass:
    if symbol.startswith("^"):
        return "index"
    if symbol.endswith("=X"):
        return "currency"
    if symbol.endswith("=F"):
        return "commodity"
    return "crypto" if symbol.endswith(("-USD", "-EUR", "-GBP")) else "share"
