"""Bars and an index saved from sources that keep their figures, with figures that nothing else resembles."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime

import pandas as pd

from sentiment.market import bar_store, history

PLANTED, RAW = 12345.678, 4321.987
"""A close, and a level of the VIX, that nothing else in any answer resembles."""
SAVED = datetime(2025, 12, 12, 12, tzinfo=UTC)
DAY = date(2025, 12, 11)
STRANGER = {"host": "dash.example.com"}
SEEN = re.compile(r"(?<![\d.])(12,?345\.[67]|12,?346(?!\d)|4,?321\.9|4,?322(?!\d))")
"""Either of them, however it is rounded."""
HERE = ("127.0.0.1", {"host": "localhost:8501"})


def save(symbol, closes, *, source, instrument="CRYPTOCURRENCY", known_at=SAVED):
    bars = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), closes))
    bars = bars.assign(volume=1_000.0, dividends=0.0, splits=0.0)[list(bar_store.PRICE_COLUMNS)]
    facts = bar_store.Facts(known_at, known_at, "UTC", instrument, "USD", source=source)
    bar_store.append(symbol, bars, known_at, facts)


def around(value, source_of, last=DAY):
    """The last 900 bundled closes of a series, with `value` on every third day."""
    closes = history.bars(source_of)["close"].loc[: pd.Timestamp(last, tz="UTC")].iloc[-900:].copy()
    closes.iloc[::-3] = value
    return closes


def plant(patch, folder):
    """Save bitcoin as Yahoo's, with revisions, and the VIX as Cboe's, in a data folder of their own."""
    patch.setenv("SENTIMENT_API_RATE", "0")
    closes, volatility = around(PLANTED, "BTC-USD"), around(RAW, "^VIX")
    patch.setenv("SENTIMENT_DATA_DIR", str(folder))
    save("BTC-USD", closes, source="Yahoo")
    save("BTC-USD", closes.iloc[-30:] * 1.25, source="Yahoo", known_at=SAVED.replace(hour=13))
    save("BTC-USD", closes.iloc[-30:], source="Yahoo", known_at=SAVED.replace(hour=14))
    save("^VIX", volatility, source="Cboe", instrument="INDEX")


def unpacked(body):
    """Everything that an answer says, also inside of a ZIP file or a workbook."""
    if not body.startswith(b"PK"):
        return body.decode("latin-1")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        text = "\n".join(archive.read(name).decode() for name in archive.namelist())
    return re.sub(
        r"""t="s"><v>\d+</v>|\b[a-zA-Z]+="[A-Z]*[\d:A-Z]*\"""", "", text
    )  # where a cell stands, and which text it has
