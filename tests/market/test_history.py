import tomllib
from datetime import date

import pytest

from sentiment import files
from sentiment.errors import SelectionError, UnknownAssetError
from sentiment.market import bundled, history
from sentiment.scoring.inputs import load_inputs


@pytest.mark.parametrize(
    ("symbol", "rows", "first", "last", "value"),
    [
        ("BTC-USD", 4_294, date(2015, 1, 1), date(2026, 10, 3), 84_754),
        ("BTC=F", 2_147, date(2017, 12, 18), date(2026, 7, 1), 60_180),
        ("^VIX", 2_991, date(2015, 1, 2), date(2026, 10, 7), 15.08),
        ("BTC-FUNDING", 2_578, date(2019, 9, 10), date(2026, 9, 30), 0.000047),
        ("CRYPTO-FEAR-GREED", 3_162, date(2018, 2, 1), date(2026, 10, 2), 72),
        ("BTC-CME-POSITIONS", 430, date(2018, 4, 13), date(2026, 7, 3), -0.284465),
    ],
)
def test_the_bundled_figures_are_all_there(symbol, rows, first, last, value):
    frame = bundled.bars(symbol)
    assert (len(frame), frame.index[0].date(), frame.index[-1].date()) == (rows, first, last)
    assert frame["close"].iloc[-1] == value


def test_a_policy_rate_stands_until_the_next_decision():
    rate = bundled.bars("FED-FUNDS-TARGET")["close"]
    assert rate["2025-12-10"] == 0.04
    assert rate["2025-12-11"] == 0.0375
    assert rate.index[-1].date() == date(2026, 10, 3)


def test_every_bundled_file_is_described_and_every_description_has_its_file():
    catalog = tomllib.loads((files.PRICES / "catalog.toml").read_text(encoding="utf-8"))
    named = {entry["file"] for entry in catalog.values()}
    assert named == {path.name for path in files.PRICES.glob("*.csv")}
    words = (files.ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for name in named:
        assert f"`prices/{name}`" in words


def test_an_unknown_asset_is_told_what_there_is():
    with pytest.raises(UnknownAssetError, match="no asset 'DOGE'; there are: BTC-USD"):
        load_inputs("DOGE")
    with pytest.raises(UnknownAssetError):
        load_inputs("^VIX")


@pytest.mark.parametrize("day", [date(2014, 12, 31), date(2026, 10, 4)])
def test_a_day_without_prices_is_refused(day):
    with pytest.raises(SelectionError, match="they run from 2015-01-01 to 2026-10-03"):
        load_inputs("BTC-USD", day)


def test_provenance_names_the_last_bar_of_every_series():
    source = history.provenance("BTC-USD", date(2026, 9, 1), None)
    assert source.last_bar == date(2026, 9, 1)
    assert source.last_bars["Cboe volatility index (VIX)"] == date(2026, 9, 1)
