"""The view Compare: what it compares for a link, what it says, and what it leaves out by name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.frames import PRICE_COLUMNS, every_day
from sentiment.market import bar_store


def page(**query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    app.query_params["view"] = "Compare"
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def said(app):
    return " ".join(element.value for element in (*app.caption, *app.warning, *app.info)).replace("\\", "")


def chart(app):
    return app.get("plotly_chart")


def test_a_link_compares_what_it_names_in_its_order():
    app = page(asset="GLD", assets="GLD~EURUSD=X~BTC-USD", as_of="2025-12-02", range="1Y")
    assert app.multiselect(key="beside").value == ["EURUSD=X", "BTC-USD"]
    words = said(app)
    assert "From 3 Dec 2024" in words
    assert "GLD gained most" in words
    assert "Most afraid is BTC-USD, with fear 76 on 2 Dec 2025." in words
    assert (
        "The widest gap is that of BTC-USD: +52 on 2 Dec 2025. Too little is known of the fundamentals of EURUSD=X to count a gap."
        in words
    )
    assert "All prices are in USD" in words
    assert "2026" not in words
    (drawn,) = chart(app)
    assert "GLD gained most" in drawn.proto.alt
    assert '"EURUSD=X fear"' in drawn.proto.spec


def test_choices_are_kept_in_the_address_and_taken_by_the_selected_asset():
    app = page()
    assert app.multiselect(key="beside").value == ["SPY", "GLD"]
    app.multiselect(key="beside").set_value(["ETH-USD", "QQQ"]).run()
    assert app.query_params["assets"] == "BTC-USD~ETH-USD~QQQ"
    app.selectbox(key="asset").set_value("QQQ").run()
    assert app.query_params["assets"] == "QQQ~BTC-USD~ETH-USD", "it was among them and comes first"
    app.selectbox(key="asset").set_value("GLD").run()
    assert app.query_params["assets"] == "GLD~BTC-USD~ETH-USD", "it was not, and takes the place of the first"
    app.segmented_control(key="tab").set_value("Today").run()
    assert "assets" not in app.query_params
    app.segmented_control(key="tab").set_value("Watchlist").run()
    app.segmented_control(key="view").set_value("Compare").run()
    assert app.query_params["assets"] == "GLD~BTC-USD~ETH-USD"


def test_a_name_that_is_not_saved_is_told_and_not_replaced():
    app = page(assets="SPY~NOPE~GLD")
    assert "No prices of 'NOPE' are saved here; comparing the others." in said(app)
    assert app.selectbox(key="asset").value == "SPY"
    assert app.multiselect(key="beside").value == ["GLD"]
    alone = page(assets="SPY~NOPE")
    assert alone.multiselect(key="beside").value == []
    assert "Choose one to 4 other assets to compare SPY with." in said(alone)
    assert chart(alone) == []


def test_an_asset_without_prices_by_then_is_left_out_by_name():
    app = page(assets="BTC-USD~ETH-USD~SPY", as_of="2016-06-01")
    assert "Left out: no prices of ETH-USD by 2016-06-01; they run from 2017-08-17 to 2026-08-27." in said(app)
    (drawn,) = chart(app)
    assert "ETH-USD" not in drawn.proto.spec
    assert '"SPY gap"' in drawn.proto.spec


def save(symbol, closes, known_at):
    index = every_day(date(2025, 12, 1), date(2025, 12, len(closes)))
    bars = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": closes}, index=index)
    bar_store.append(symbol, bars, known_at, bar_store.Facts(known_at, known_at, "UTC", "CRYPTOCURRENCY", "EUR"))


@pytest.mark.usefixtures("empty_store")
def test_a_pinned_comparison_stays_as_it_was_saved():
    then = datetime(2025, 12, 4, 9, tzinfo=UTC)
    for symbol, closes in {"AAA-USD": [10.0, 11.0, 12.0], "BBB-USD": [20.0, 20.0, 21.0]}.items():
        save(symbol, closes, then)
    pin = {"asset": "AAA-USD", "as_of": "2025-12-03", "known_at": "2025-12-04T10:00:00Z", "method": "3"}
    before = said(page(assets="AAA-USD~BBB-USD", **pin))
    assert "AAA-USD gained most: +20%; then BBB-USD +5%." in before
    assert "All prices are in EUR" in before
    save("BBB-USD", [20.0, 20.0, 42.0], then + timedelta(days=1))
    save("CCC-USD", [1.0, 1.0, 1.0], then + timedelta(days=1))
    assert "AAA-USD gained most: +20%; then BBB-USD +5%." in said(page(assets="AAA-USD~BBB-USD", **pin))
    late = said(page(assets="AAA-USD~BBB-USD~CCC-USD", **pin))
    assert "Left out: no price of CCC-USD was saved by 2025-12-04T10" in late
    assert "AAA-USD gained most: +20%; then BBB-USD +5%." in late
    assert "BBB-USD gained most: +110%" in said(page(asset="AAA-USD", assets="AAA-USD~BBB-USD", as_of="2025-12-03"))


def test_the_day_is_that_of_the_selected_asset():
    app = page(assets="ETH-USD~BTC-USD", range="3M")
    assert "From 29 May 2026 to 27 Aug 2026, " in said(app), "bitcoin's own prices go on into October"
