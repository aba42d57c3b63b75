"""The check of the real sources, against local ones: what it expects of each, and how it tells what differs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import live_check
import pytest
import source_server
from live_check import EXPECTED, Expected

from sentiment.errors import OfflineError
from sentiment.market import providers
from sentiment.market.providers import cboe, fred, yahoo

TODAY = datetime.now(UTC).date()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    days = [TODAY - timedelta(days=n) for n in range(30, 0, -1)]
    with source_server.serving() as server:
        for module, path in ((fred, source_server.FRED), (cboe, source_server.CBOE)):
            monkeypatch.setattr(module, "ADDRESS", server.address + path)
            monkeypatch.setattr(module, "source", source_server.renewed(module.source))
        # A day earlier: after midnight in UTC, yesterday still runs where FRED is.
        server.world.targets = [(str(day - timedelta(days=1)), "4.50") for day in days]
        server.world.volatility = [(f"{day:%m/%d/%Y}", "16.9,17.6,16.2,17.16") for day in days]
        yield server


def test_every_source_is_expected_to_answer_for_symbols_of_its_own():
    assert list(EXPECTED) != []
    assert set(EXPECTED) == {provider.NAME for provider in providers.registry()}
    for name, symbols in EXPECTED.items():
        assert {providers.provider_of(expected.symbol)[0].NAME for expected in symbols} == {name}


def rows(printed):
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in printed.splitlines()[2:]]


def test_what_is_as_expected_differs_in_nothing(server, monkeypatch, capsys):
    assert server
    monkeypatch.setitem(EXPECTED, "Cboe", (Expected("^VIX", 25, 2, 8, 100, live_check.PRICES),))
    assert live_check.main(["Cboe"]) is False
    (row,) = rows(capsys.readouterr().out)
    assert row[:2] == ["Cboe", "^VIX"]
    assert row[3] == "open, high, low, close; 25 rows or more; last day at most 2 days ago; last close 8 to 100"
    assert row[4] == "nothing"


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (Expected("^VIX", 31, 2, 8, 100), "30 rows"),
        (Expected("^VIX", 1, 0, 8, 100), f"the last day is {TODAY - timedelta(days=1)}, 1 days ago"),
        (Expected("^VIX", 1, 2, 8, 17), "the last close is 17.16"),
        (Expected("^VIX", 1, 2, 8, 100, ("close", "volume")), "no volume on the last day"),
        (Expected("US-3M-BILL", 1, 2, 0, 1), "FRED answers for it"),
    ],
)
def test_what_differs_is_told(server, monkeypatch, capsys, expected, told):
    assert server
    monkeypatch.setitem(EXPECTED, "Cboe", (expected,))
    assert live_check.main(["Cboe"]) is True
    assert rows(capsys.readouterr().out)[0][4] == told


def test_a_failure_is_a_row_and_the_others_are_asked(server, monkeypatch, capsys):
    def away(symbol, **_):
        raise OfflineError("Can't reach Yahoo | at all.", symbol=symbol)

    server.world.volatility = []
    monkeypatch.setattr(yahoo, "fetch", away)
    monkeypatch.setitem(EXPECTED, "Yahoo", EXPECTED["Yahoo"][:1])
    assert live_check.main(["Cboe", "Yahoo", "FRED"]) is True
    told = [row[4] for row in rows(capsys.readouterr().out)]
    assert told[0] == "no_data: Cboe has no figures of ^VIX since the first day."
    assert told[2] == "offline: Can't reach Yahoo / at all."
    assert told[3:] == ["30 rows"] * 4


def test_a_misspelt_source_is_told():
    with pytest.raises(SystemExit, match="no source FRET; there are: FRED, Binance"):
        live_check.main(["FRET"])
