"""Pasted lists: what each name is read as, and that reading never fails and is stable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.market import assets, pasted, roles


def symbols(text):
    return [name.symbol for name in pasted.read(text) if name.symbol]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("BTC, ETH, $NVDA; SPY", ["BTC-USD", "ETH-USD", "NVDA", "SPY"]),
        ("btc\neth\r\nspy\t$nvda|qqq", ["BTC-USD", "ETH-USD", "SPY", "NVDA", "QQQ"]),
        ("BTC BTC-USD bitcoin XBT BTC/USD BTCUSDT BINANCE:BTCUSDT", ["BTC-USD"]),
        ("COMP DAX MOVE", ["COMP", "DAX", "MOVE"]),
        ("NASDAQ:AAPL, NYSE:COMP, AAPL US Equity", ["AAPL", "COMP"]),
        ("brk.b; 700.HK; VOD.L; LON:VOD", ["BRK-B", "0700.HK", "VOD.L"]),
        ("EUR/USD EURUSD XAU/USD GC=F ES1! ^NDX", ["EURUSD=X", "GC=F", "ES=F", "^NDX"]),
        ("1. Nvidia (NASDAQ: NVDA)\n2) Apple (AAPL)\n- MSFT\n• TSLA", ["NVDA", "AAPL", "MSFT", "TSLA"]),
        ("Crypto: DOGE and ada; #SOL \"SPY\" 'QQQ'", ["DOGE-USD", "ADA-USD", "SOL-USD", "SPY", "QQQ"]),
        ("\uff22\uff34\uff23\uff0c\u200bSPY\ufeff\u3001GLD", ["BTC-USD", "SPY", "GLD"]),
        ("LTC SUI", ["LTC", "SUI"]),
        ("HYG TLT", ["HYG", "TLT"]),
        ("", []),
        (" ,;\n\t- $ # . ", []),
    ],
)
def test_a_list_is_read_as_people_write_it(text, read):
    assert symbols(text) == read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("^VIX", "^VIX serves the scores of other assets"),
        ("VIX", "^VIX serves the scores of other assets"),
        ("BTC=F", "BTC=F serves the scores of other assets"),
        ("AAPL-EARNINGS-TTM", "serves the scores of other assets"),
        ("CRYPTO-FEAR-GREED", "serves the scores of other assets"),
        ("187.20", "a number is not a ticker"),
        ("+1.2%", "a number is not a ticker"),
        ("日本", "is not a ticker"),
        ("a/../b", "is not a ticker"),
        ("NYSEARCA:BTC", "BTC is read as BTC-USD here"),
    ],
)
def test_what_cannot_be_watched_is_refused_with_the_reason(text, why):
    (name,) = pasted.read(text)
    assert name.written == text
    assert name.symbol == ""
    assert why in name.why


def test_a_short_name_is_a_ticker_and_what_else_it_may_mean_is_a_hint():
    (comp, nvda) = pasted.read("COMP NVDA")
    assert comp.hint == "if an index or a pair is meant, write ^IXIC"
    assert nvda.hint == ""


def test_every_asset_and_coin_is_read_as_itself():
    for symbol in (*assets.bundled_names(), *(f"{code}-USD" for code in pasted.COINS)):
        assert pasted.meant(symbol).symbol == symbol
    for code, name in pasted.COINS.items():
        assert pasted.meant(code).symbol == pasted.meant(name.split()[0]).symbol == f"{code}-USD" or " " in name
        assert pasted.title(f"{code}-USD") in {name, "Bitcoin", "Ether"}
    for symbol in roles.ROLE_SYMBOLS - roles.TRADED - {"EURUSD=X"}:
        assert pasted.meant(symbol).why


PIECES = st.sampled_from(
    [
        "BTC",
        "$",
        "#",
        "NASDAQ",
        ":",
        ".",
        "/",
        "-",
        "=X",
        "=F",
        "^",
        "USD",
        "USDT",
        "700",
        "HK",
        "(",
        ")",
        " ",
        "\n",
        ",",
        "BRK",
        "B",
    ]
)
WRITTEN = (
    st.text() | st.lists(PIECES, max_size=8).map("".join) | st.from_regex(r"[A-Z0-9^.=:/&_-]{1,12}", fullmatch=True)
)


@given(WRITTEN)
def test_no_text_is_too_odd_and_what_is_read_reads_back_as_the_same_list(text):
    names = pasted.read(text)
    assert all(bool(name.symbol) != bool(name.why) for name in names)
    found = [name.symbol for name in names if name.symbol]
    assert len(found) == len(set(found))
    assert symbols("\n".join(found)) == symbols(", ".join(found)) == found
