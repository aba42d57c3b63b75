"""Ask every registered source for real, and print what differs from what is expected as a Markdown table: `scripts/live-check`.

Nothing is saved. With names of sources as arguments only these are asked.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from sentiment.errors import SourceError
from sentiment.market import providers, shaping
from sentiment.market.providers import Budget

LEISURE = Budget(total=60.0, chart=30.0, other=10.0)
PRICES = ("open", "high", "low", "close")


class Expected(NamedTuple):
    """What a symbol's whole history is expected to be: at least so many rows, the last at most so many days old, and in a range."""

    symbol: str
    rows: int
    days: int
    least: float
    most: float
    columns: tuple[str, ...] = ("close",)


EXPECTED = {
    "FRED": (
        Expected("FED-FUNDS-TARGET", 6_000, 4, 0.0, 0.15),
        Expected("US-10Y-YIELD", 9_000, 6, 0.0, 0.2),
        Expected("US-10Y-REAL-YIELD", 5_500, 6, -0.05, 0.1),
        Expected("US-3M-BILL", 9_000, 6, -0.01, 0.2),
    ),
    "Binance": (Expected("BTC-FUNDING", 2_000, 2, -0.01, 0.01),),
    "CFTC": (Expected("BTC-CME-POSITIONS", 400, 14, -1.0, 1.0),),
    "Cboe": (
        Expected("^VIX", 9_000, 5, 8.0, 100.0, PRICES),
        Expected("^VIX3M", 4_000, 5, 8.0, 100.0, PRICES),
    ),
    "alternative.me": (Expected("CRYPTO-FEAR-GREED", 3_000, 1, 0.0, 100.0),),
    "ECB": (
        Expected("EURUSD=X", 6_500, 6, 0.5, 2.0),
        Expected("ECB-DEPOSIT-RATE", 30, 1_000, -0.02, 0.1),
    ),
    "SEC": (
        Expected("AAPL-EARNINGS-TTM", 40, 135, 1.0, 50.0),
        Expected("AAPL-SALES-TTM", 20, 135, 5.0, 200.0),
    ),
    "Coin Metrics": (
        Expected("BTC-ADDRESSES", 5_000, 3, 1e5, 1e7),
        Expected("ETH-ADDRESSES", 3_500, 3, 1e5, 1e7),
        Expected("BTC-HASH-RATE", 5_000, 3, 1e8, 1e11),
    ),
    "DefiLlama": (Expected("STABLECOIN-SUPPLY", 2_500, 2, 5e10, 5e12),),
    "Yahoo": (
        Expected("BTC-USD", 3_500, 1, 1e3, 1e7, (*PRICES, "volume")),
        Expected("SPY", 8_000, 6, 50.0, 1e4, (*PRICES, "volume")),
    ),
}
"""By the name of the source. Ranges are wide: a figure outside is in another unit, or another series."""


def differences(found, expected, now):
    """Say in what an answer differs from what was expected."""
    shaped = shaping.shape(found, now)
    rows = shaped.bars
    if rows.empty:
        return [f"no row can be trusted ({len(shaped.quarantined)} in quarantine)"]
    told = []
    if len(rows) < expected.rows:
        told.append(f"{len(rows):,} rows")
    if (age := (now.date() - rows.index[-1].date()).days) > expected.days:
        told.append(f"the last day is {rows.index[-1]:%Y-%m-%d}, {age} days ago")
    last = rows.iloc[-1]
    if not expected.least <= last["close"] <= expected.most:
        told.append(f"the last close is {last['close']:g}")
    if empty := [name for name in expected.columns if not np.isfinite(last[name])]:
        told.append(f"no {', '.join(empty)} on the last day")
    if shaped.held_back:
        told.append(f"held back: {shaped.held_back}")
    return told


def ask(provider, expected):
    """Return a row of the table: what was asked and expected, what differed, and the seconds it took."""
    now, began = datetime.now(UTC), time.monotonic()
    answering, symbol = providers.provider_of(expected.symbol)
    try:
        if answering is not provider:
            told = [f"{answering.NAME} answers for it"]
        else:
            told = differences(provider.fetch(symbol, budget=LEISURE), expected, now)
    except SourceError as failure:
        told = [f"{failure.kind}: {failure}"]
    wanted = (
        f"{', '.join(expected.columns)}; {expected.rows:,} rows or more; last day at most {expected.days} days ago; "
        f"last close {expected.least:g} to {expected.most:g}"
    )
    asked = f"all, {now:%Y-%m-%d %H:%M} UTC"
    return provider.NAME, symbol, asked, wanted, "; ".join(told), time.monotonic() - began


def main(names=()):
    """Print the table, and return whether anything differs."""
    known = {provider.NAME: provider for provider in providers.registry()}
    if strangers := set(names) - set(known):
        sys.exit(f"no source {', '.join(sorted(strangers))}; there are: {', '.join(known)}")
    print("| source | symbol | asked | expected | differs | seconds |\n| --- | --- | --- | --- | --- | ---: |")
    differing = []
    for name in names or known:
        for expected in EXPECTED[name]:
            *told, differs, seconds = ask(known[name], expected)
            differing += [differs] if differs else []
            cells = [*told, differs or "nothing", f"{seconds:.1f}"]
            print(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |", flush=True)
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
