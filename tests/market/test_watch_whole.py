"""Twelve assets of every kind, from nothing to whole in two rounds, with the real providers against local servers."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import source_server
from yahoo_server import Row, World, serving

CLIENT = Path(__file__).parents[1] / "support" / "watch_client.py"
DAYS = 1_900  # a rank of the mean of 1,400 days needs a year of them
KINDS = {
    "BTC-USD": "bitcoin", "ETH-USD": "crypto", "SOL-USD": "crypto", "NVDA": "share", "AAPL": "share", "SPY": "fund",
    "QQQ": "fund", "GLD": "commodity", "GC=F": "commodity", "EURUSD=X": "currency", "^GSPC": "index", "^TNX": "rate",
}  # fmt: skip
PASTED = "BTC, ETH, SOL; $NVDA NASDAQ:AAPL\nSPY QQQ GLD GC=F EUR/USD ^GSPC ^TNX"
INSTRUMENTS = {
    "SPY": "ETF",
    "QQQ": "ETF",
    "GLD": "ETF",
    "HYG": "ETF",
    "TLT": "ETF",
    "GC=F": "FUTURE",
    "BTC=F": "FUTURE",
    "^GSPC": "INDEX",
    "^TNX": "INDEX",
}
PATHS = {
    "alternative_me": source_server.FNG, "binance": source_server.BINANCE, "cboe": source_server.CBOE, "cftc": source_server.CFTC,
    "coin_metrics": source_server.COIN_METRICS, "defillama": source_server.STABLECOINS, "ecb": source_server.ECB, "fred": source_server.FRED,
}  # fmt: skip


def wave(place, days):
    """Prices of one asset: each has a swing of its own."""
    return [100.0 + 20 * math.sin(n / (30 + place)) + 5 * math.sin(n / 3.3) for n in range(days)]


def listed(place, symbol, days):
    """A symbol as Yahoo tells it, up to yesterday, with a bar of today that still runs for a coin."""
    round_the_clock = symbol.endswith("-USD")
    traded = days if round_the_clock else [day for day in days[:-1] if day.weekday() < 5]
    rows = [Row(day, close) for day, close in zip(traded, wave(place, len(traded)), strict=True)]
    if round_the_clock:
        return World("CRYPTOCURRENCY", "UTC", timedelta(0), rows)
    return World(INSTRUMENTS.get(symbol, "EQUITY"), "America/New_York", timedelta(hours=9, minutes=30), rows)


def fill(world, days):
    """Give every plain source figures up to yesterday."""
    past = days[:-1]
    weekdays = [day for day in past if day.weekday() < 5]
    midnights = [source_server.seconds(day) for day in past]
    world.targets = [(str(day), f"{4 + math.sin(n / 200):.2f}") for n, day in enumerate(past)]
    world.volatility = [
        (f"{day:%m/%d/%Y}", f"{15 + 5 * math.sin(n / 40):.6f}," * 3 + f"{15 + 5 * math.sin(n / 40):.6f}")
        for n, day in enumerate(weekdays)
    ]
    world.rates = [
        source_server.Rate((second + hours * 3_600) * 1_000, "0.00010000")
        for second in midnights[-900:]
        for hours in (0, 8, 16)
    ]
    tuesdays = [day for day in past if day.weekday() == 1 and day <= past[-1] - timedelta(days=4)]
    world.reports = [
        source_server.Report(f"{day}T00:00:00.000", "2000", str(500 + n % 90), "1500") for n, day in enumerate(tuesdays)
    ]
    world.greed = [(second, "23") for second in midnights]
    world.euro = {
        "EXR.D.USD.EUR.SP00.A": [(str(day), f"{1.1 + 0.05 * math.sin(n / 50):.4f}") for n, day in enumerate(weekdays)]
    }
    world.networks = {
        f"{coin} AdrActCnt": [(str(day), str(600_000 + 10_000 * (n % 37))) for n, day in enumerate(past)]
        for coin in ("btc", "eth")
    }
    world.stablecoins = [(str(second), 1e11 + 1e8 * n) for n, second in enumerate(midnights)]


@pytest.mark.slow
def test_twelve_assets_of_every_kind_are_whole_after_a_round(tmp_path):
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    with serving(tmp_path) as yahoo, source_server.serving() as plain:
        fill(plain.world, days)
        symbols = [*KINDS, "HYG", "TLT", "BTC=F"]
        yahoo.worlds = {symbol: listed(place, symbol, days) for place, symbol in enumerate(symbols)}
        environment = yahoo.environment(SENTIMENT_WATCHLIST=PASTED, SENTIMENT_OFFLINE="0")
        done = subprocess.run(
            [sys.executable, str(CLIENT), plain.address, *(f"{name}={path}" for name, path in PATHS.items())],
            env=environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "", "nothing failed in the last round"
    rows = {row["asset"]: row for row in csv.DictReader(done.stdout.splitlines())}
    assert {symbol: row["kind"] for symbol, row in rows.items()} == KINDS
    for symbol, row in rows.items():
        assert row["missing"] == "", symbol
        assert row["fear"], symbol
        assert (today - datetime.fromisoformat(row["as_of"]).date()).days <= 5, symbol
        assert row["gap_change_30_days"] or not row["gap"], symbol
        if row["kind"] in {"bitcoin", "crypto", "share", "fund", "index", "commodity"}:
            assert row["regime"], symbol
            assert row["since"], symbol
