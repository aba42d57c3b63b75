"""How other houses write tickers, and what Yahoo calls the same."""

from __future__ import annotations

import re

_EXCHANGES = {
    "AMEX": "", "ARCA": "", "BATS": "", "CBOE": "", "NASDAQ": "", "NYSE": "", "NYSEAMERICAN": "", "NYSEARCA": "", "OTC": "",
    "OTCMKTS": "", "ASX": ".AX", "BIT": ".MI", "MIL": ".MI", "BME": ".MC", "BSE": ".BO", "BOM": ".BO", "NSE": ".NS",
    "EPA": ".PA", "AMS": ".AS", "EBR": ".BR", "ETR": ".DE", "XETR": ".DE", "XETRA": ".DE", "FRA": ".F", "HKEX": ".HK",
    "HKG": ".HK", "SEHK": ".HK", "KRX": ".KS", "LON": ".L", "LSE": ".L", "SHA": ".SS", "SSE": ".SS", "SHE": ".SZ",
    "SZSE": ".SZ", "SIX": ".SW", "SWX": ".SW", "STO": ".ST", "TSX": ".TO", "TSXV": ".V", "TYO": ".T",
}  # fmt: skip
"""Exchanges as they stand before a colon, and Yahoo's suffix of each."""
_COIN_EXCHANGES = frozenset(
    {
        "BINANCE",
        "BITFINEX",
        "BITSTAMP",
        "BYBIT",
        "COINBASE",
        "CRYPTO",
        "CURRENCY",
        "FX",
        "FX_IDC",
        "KRAKEN",
        "OANDA",
        "OKX",
    }
)
_SUFFIXES = {
    "US": "", "UN": "", "UQ": "", "UW": "", "N": "", "O": "", "OQ": "", "FP": ".PA", "GR": ".DE", "GY": ".DE", "HK": ".HK", "IM": ".MI",
    "JP": ".T", "JT": ".T", "KS": ".KS", "LN": ".L", "LON": ".L", "NA": ".AS", "CN": ".TO", "CT": ".TO", "SH": ".SS", "XSHG": ".SS", "XSHE": ".SZ", "AU": ".AX",
}  # fmt: skip
"""Ends that stand for an exchange elsewhere, behind a point or a blank."""
_INDICES = {
    "VIX": "^VIX", "SPX": "^GSPC", "INX": "^GSPC", "GSPC": "^GSPC", "SP500": "^GSPC", "US500": "^GSPC", "DJI": "^DJI", "DJIA": "^DJI",
    "US30": "^DJI", "NDX": "^NDX", "IXIC": "^IXIC", "COMP": "^IXIC", "CCMP": "^IXIC", "RUT": "^RUT", "RTY": "^RUT", "SOX": "^SOX",
    "FTSE": "^FTSE", "UKX": "^FTSE", "GDAXI": "^GDAXI", "DAX": "^GDAXI", "GER40": "^GDAXI", "FCHI": "^FCHI", "CAC40": "^FCHI",
    "STOXX50E": "^STOXX50E", "SX5E": "^STOXX50E", "N225": "^N225", "NKY": "^N225", "NI225": "^N225", "HSI": "^HSI", "TNX": "^TNX",
    "US10Y": "^TNX", "IRX": "^IRX", "VVIX": "^VVIX", "MOVE": "^MOVE", "DXY": "DX-Y.NYB",
}  # fmt: skip
_CURRENCIES = frozenset(
    [
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CNH",
        "CNY",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "JPY",
        "KRW",
        "MXN",
        "NOK",
        "NZD",
        "PLN",
        "SEK",
        "SGD",
        "THB",
        "TRY",
        "TWD",
        "USD",
        "ZAR",
    ]
)
_METALS = {"XAU": "GC=F", "XAG": "SI=F", "XPT": "PL=F", "XPD": "PA=F"}
_COIN_NAMES = {"XBT": "BTC", "XDG": "DOGE"}
_DOLLARS = {"USDT": "USD", "USDC": "USD"}
_HOUSE = re.compile(r"([A-Z_]+):(.+)")
_CLASS = re.compile(r"([A-Z]{1,5})[./ ]([A-C])")
_PAIR = re.compile(r"([A-Z0-9]{2,10}?)[-/_ :]?(USDT|USDC|[A-Z]{3})(?:[.-]?PERP|\.P)?")
_ENDED = re.compile(r"([A-Z0-9-]+)[. ]([A-Z]{1,4})(?: EQUITY)?")
_FUTURE = re.compile(r"/([A-Z0-9]{1,4})|([A-Z0-9]{1,4})\d!")
_HONG_KONG_DIGITS = 4


def suggest(text: str) -> str | None:
    """Return Yahoo's ticker for what looks like another spelling of it; None if it does not.

    A guess, to be named and not followed: some of these are Yahoo's tickers of something else.
    """
    written = " ".join(text.upper().split()).strip("'\"")
    symbol = _likely(written.removeprefix("$").removeprefix("#"))
    if symbol is None and written[:1] in {"$", "#"}:
        symbol = written[1:]
    return symbol if symbol and symbol != written and re.fullmatch(r"[A-Z0-9^][A-Z0-9^=&_.-]{0,31}", symbol) else None


def _likely(text: str) -> str | None:
    if house := _HOUSE.fullmatch(text):
        return _of_exchange(*house.groups())
    if (index := _INDICES.get(text.removeprefix(".").removeprefix("^").removesuffix(" INDEX"))) is not None:
        return index
    if future := _FUTURE.fullmatch(text):
        return f"{future[1] or future[2]}=F"
    if share := _CLASS.fullmatch(text):
        return f"{share[1]}-{share[2]}"
    if (ended := _ENDED.fullmatch(text)) and ended[2] in _SUFFIXES:
        return _listed(ended[1], _SUFFIXES[ended[2]])
    return _pair(text)


def _of_exchange(exchange: str, rest: str) -> str | None:
    if exchange in _COIN_EXCHANGES:
        return _likely(rest)
    if exchange.startswith("INDEX") or exchange in {"TVC", "SP", "DJ"}:
        return _INDICES.get(rest.removeprefix("."))
    if exchange not in _EXCHANGES:
        return _pair(f"{exchange}/{rest}")
    if not _EXCHANGES[exchange]:
        return _likely(rest) or rest
    return _listed(rest, _EXCHANGES[exchange])


def _listed(symbol: str, suffix: str) -> str:
    if suffix == ".HK" and symbol.isdigit():
        symbol = symbol.lstrip("0").zfill(_HONG_KONG_DIGITS)
    return f"{symbol.replace('.', '-')}{suffix}"


def _pair(text: str) -> str | None:
    """Read two currencies, or a coin and one: EUR/USD is EURUSD=X, and BTCUSDT is BTC-USD."""
    found = _PAIR.fullmatch(text)
    if found is None:
        return None
    base, quote = _COIN_NAMES.get(found[1], found[1]), _DOLLARS.get(found[2], found[2])
    if quote not in _CURRENCIES or base == quote:
        return None
    if base in _METALS:
        return _METALS[base] if quote == "USD" else None
    return f"{base}{quote}=X" if base in _CURRENCIES else f"{base}-{quote}"
