"""Tickers as other houses write them are answered with the likely ticker of the provider; its own are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.errors import BadRequestError
from sentiment.market import providers
from sentiment.market.providers import yahoo


@pytest.mark.parametrize(
    ("written", "likely"),
    [
        *((text, "BRK-B") for text in ("BRK.B", "BRK/B", "BRK B", "brk.b", "NYSE:BRK.B", "$BRK.B")),
        *((text, "BF-B") for text in ("BF.B", "NYSE:BF.B")),
        *(
            (text, "BTC-USD")
            for text in ["BTC/USD", "BTCUSD", "BTC_USD", "BTC:USD", "BTCUSDT", "BTC-USDT", "BTC/USDC", "XBTUSD", "BINANCE:BTCUSDT", "COINBASE:BTCUSD", "KRAKEN:XBTUSD", "CURRENCY:BTCUSD", "BTCUSDT.P", "BTCUSD-PERP", "$BTC/USD"]
        ),
        *((text, "ETH-EUR") for text in ("ETH/EUR", "ETHEUR", "KRAKEN:ETHEUR")),
        *((text, "EURUSD=X") for text in ("EUR/USD", "EURUSD", "EUR-USD", "FX:EURUSD", "OANDA:EURUSD")),
        *((text, "AAPL") for text in ("$AAPL", "#AAPL", "NASDAQ:AAPL", "AAPL.US", "AAPL.O", "AAPL.OQ", "AAPL US", "AAPL US Equity")),
        *((text, "0700.HK") for text in ("700.HK", "00700.HK", "700 HK", "HKG:700", "HKEX:0700", "700 HK Equity")),
        *((text, "600519.SS") for text in ("600519.SH", "SHA:600519", "SSE:600519", "600519.XSHG")),
        *((text, "VOD.L") for text in ("LON:VOD", "LSE:VOD", "VOD.LN", "VOD LN")),
        *((text, "7203.T") for text in ("TYO:7203", "7203.JP", "7203 JP")),
        *((text, "^VIX") for text in ("VIX", "$VIX", ".VIX", "CBOE:VIX", "VIX Index", "TVC:VIX")),
        *((text, "^GSPC") for text in ("SPX", "SPX Index", ".INX", "INDEXSP:.INX", "SP:SPX", "US500")),
        *((text, "ES=F") for text in ("/ES", "ES1!")),
        ("CL1!", "CL=F"),
        ("XAU/USD", "GC=F"),
        ("DXY", "DX-Y.NYB"),
    ],
)  # fmt: skip
def test_another_spelling_names_the_likely_ticker(written, likely):
    assert providers.suggest(written) == likely


@pytest.mark.parametrize(
    "ticker",
    [
        "AAPL",
        "BTC-USD",
        "ETH-EUR",
        "^VIX",
        "^GSPC",
        "BTC=F",
        "EURUSD=X",
        "BRK-B",
        "0700.HK",
        "600519.SS",
        "VOD.L",
        "SHOP.TO",
        "7203.T",
        "RDSA.AS",
        "DX-Y.NYB",
        "NOSUCH",
        "META",
        "A",
        "T",
        "F",
    ],
)
def test_a_ticker_as_it_is_written_here_has_no_other(ticker):
    assert providers.suggest(ticker) is None
    assert providers.normalize(ticker) == ticker


@pytest.mark.parametrize("written", ["BTC/USD", "$AAPL", "NASDAQ:AAPL", "700 HK", "AAPL US Equity"])
def test_what_can_be_no_ticker_is_refused_with_the_likely_one(written):
    with pytest.raises(BadRequestError, match=f"is not a ticker; for {providers.suggest(written)}, ask for that"):
        providers.normalize(written)


def test_what_resembles_nothing_is_refused_with_examples():
    with pytest.raises(BadRequestError, match="one looks like BTC-USD"):
        providers.normalize("a b c d")


@given(st.text(max_size=40))
def test_a_suggestion_is_a_ticker_and_has_no_other_itself(text):
    likely = yahoo.suggest(text)
    if likely is not None:
        assert providers.normalize(likely) == likely
        assert likely != text
