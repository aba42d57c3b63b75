"""The watchlist's page: what it says and draws, who may change the list, and what opening it asks for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.errors import NoDataError, OfflineError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_store, live, providers, roles, watchlist
from sentiment.tables.records.universe import universe_table
from sentiment.web.page import watch_row, watch_words

DAY = "2025-12-02"


@pytest.fixture(autouse=True)
def asked(empty_store, monkeypatch):
    """Who is asked for what: nobody over the network."""
    assert not empty_store.exists()
    asked = []
    monkeypatch.delenv("SENTIMENT_WATCHLIST", raising=False)
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr(live, "background", live.Background())
    monkeypatch.setattr(live, "ask", lambda symbols, **more: asked.append((tuple(symbols), more)))
    return asked


def page(**query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    for name, value in {"view": "Watchlist", "as_of": DAY, **query}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def rows(app):
    """The assets in the order of the page."""
    return [button.key.removeprefix("open-") for button in app.button if str(button.key).startswith("open-")]


def cells(app):
    return [html.proto.body for html in app.get("html") if html.proto.body.startswith('<div class="watch">')]


def texts(app):
    shown = [
        element.value for kind in (app.caption, app.markdown, app.info, app.warning, app.error) for element in kind
    ]
    return re.sub(r"[\\\u2060]", "", " ".join(shown))


def test_the_page_says_which_assets_stand_out_and_what_changed():
    app = page()
    assert app.header[0].value == (
        "On 2 Dec 2025 fear outweighs fundamentals for Bitcoin and Ether; 3 are in balance and 1 is without a regime, since too little is known."
    )
    assert (
        "No regime has changed since Friday, 28 Nov 2025. Over 7 days the gap moved most for SPDR Gold Shares: −24."
        in texts(app)
    )
    assert rows(app) == ["BTC-USD", "ETH-USD", "SPY", "QQQ", "GLD", "EURUSD=X"]
    bitcoin, euro = cells(app)[0], cells(app)[-1]
    for told in (
        "91,350 <small>USD</small>",
        "fear 76, justified 24",
        "+52",
        "since 19 Oct 2025",
        "the same",
        "2 Dec 2025",
    ):
        assert told in bitcoin
    for told in ("too little is known", "—", "fundamentals 56%", "fear 38"):
        assert told in euro
    assert "justified" not in euro.partition("Gap")[0].replace("Fear and justified fear", "")


def test_old_links_open_it_and_rows_are_sorted_and_filtered():
    app = page(view="Universe")
    app.selectbox(key="watched_order").select("Most moved in 30 days").run()
    table = universe_table(watchlist.symbols(), date(2025, 12, 2)).set_index("asset")
    named = table[table["regime"].notna()]
    moved = named["gap_change_30_days"].abs().sort_values(ascending=False)
    assert rows(app) == [*moved.index, "EURUSD=X"], "whose gap is not shown"
    app.selectbox(key="watched_order").select("Name").run()
    assert rows(app) == ["BTC-USD", "ETH-USD", "EURUSD=X", "QQQ", "GLD", "SPY"]
    app.selectbox(key="watched_kind").select("fund").run()
    assert rows(app) == ["QQQ", "SPY"]


def test_a_row_opens_in_place_on_its_own_day():
    app = page(as_of="2025-11-30")  # a Sunday
    app.button(key="open-SPY").click().run()
    assert not app.exception
    assert app.header[0].value.startswith("SPDR S&P 500 ETF, ")
    assert app.selectbox(key="asset").value == "SPY"
    assert app.date_input(key="as_of").value == date(2025, 11, 28)


def paste(app, text):
    app.text_area(key="pasted_list").set_value(text).run()
    return app


def test_a_pasted_list_is_shown_as_it_is_read_and_then_saved(empty_store):
    app = paste(page(), "BTC, $NVDA; COMP 12")
    shown = app.dataframe[-1].value
    assert shown["Ticker"].tolist() == ["BTC-USD", "NVDA", "COMP"]
    assert shown["Kind"].tolist() == ["bitcoin", "share or fund", "share or fund"]
    assert shown["State"].tolist() == [
        "on the list", "to be fetched", "to be fetched; if an index or a pair is meant, write ^IXIC",
    ]  # fmt: skip
    assert "Left out: '12': a number is not a ticker" in texts(app)
    assert not (empty_store / "watchlist.txt").exists(), "it was saved before anybody said so"
    app.button(key="add-pasted").click().run()
    assert watchlist.symbols()[-2:] == ("NVDA", "COMP")
    assert "The watchlist is saved" in app.success[0].value
    assert app.text_area(key="pasted_list").value == ""
    assert "2 assets have no reading yet." in texts(app)
    app = paste(app, "gld spy")
    app.button(key="replace-by-pasted").click().run()
    assert watchlist.symbols() == ("GLD", "SPY")
    app.multiselect(key="taken_off").set_value(["SPY"]).run()
    app.button(key="take-off").click().run()
    assert rows(app) == ["GLD"]
    assert "Saved here but not on the list: BTC-USD, ETH-USD, SPY, QQQ, EURUSD=X." in texts(app)


def test_the_operators_list_and_its_bad_names_are_told_and_stay(monkeypatch):
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "GLD, ^VIX")
    app = page()
    assert rows(app) == ["GLD"]
    assert "Left out of the list: '^VIX': ^VIX serves the scores of other assets" in texts(app)
    assert "The operator of this server has set the list (SENTIMENT_WATCHLIST)" in texts(app)
    assert not app.text_area


@pytest.mark.parametrize("setting", ["read-only", "signed-in"])
def test_who_may_not_change_the_list_sees_it_and_no_more(monkeypatch, setting):
    monkeypatch.setenv("SENTIMENT_NOTES", setting)
    app = page()
    assert rows(app)
    assert not app.text_area
    assert not {"refresh-all", "add-pasted"} & {button.key for button in app.button}
    assert "read-only" in texts(app) or "signed-in users" in texts(app)


def test_a_file_that_cannot_be_read_is_told_without_its_place_on_a_shared_server(monkeypatch, empty_store):
    (empty_store / "watchlist.txt").mkdir(parents=True)
    assert str(empty_store) in texts(page())
    monkeypatch.setenv("SENTIMENT_NOTES", "read-only")
    app = page()
    assert (
        "the watchlist cannot be read; `sentiment doctor` on the server says why. The bundled assets are shown."
        in texts(app)
    )
    assert str(empty_store) not in texts(app)
    assert len(rows(app)) == 6


def test_opening_the_page_asks_for_the_whole_list_and_a_pinned_one_for_nothing(asked):
    watchlist.replace(["SPY", "NVDA"])
    page()
    assert (roles.all_to_fetch(("SPY", "NVDA")), {}) in asked
    asked.clear()
    page(known_at="2026-10-04T12:00:00Z")
    assert asked == []


def test_refresh_all_asks_for_what_nobody_asked_for_lately(asked, empty_store):
    now = datetime.now(UTC)

    def save(fetched):
        (empty_store / "bars" / "SPY.parquet").unlink(missing_ok=True)
        index = pd.date_range(end=DAY, periods=40, tz="UTC", name="date").as_unit("us")
        frame = pd.DataFrame(dict.fromkeys(PRICE_COLUMNS, np.arange(40) + 1.0), index=index)
        bar_store.append("SPY", frame, fetched, bar_store.Facts(fetched, fetched, "UTC", "ETF", "USD"))

    save(now)
    watchlist.replace(["SPY"])
    app = page()
    asked.clear()
    app.button(key="refresh-all").click().run()
    never = tuple(one for one in roles.all_to_fetch(("SPY",)) if one != "SPY")
    assert asked[:2] == [(never, {}), ((), {"now": True})]
    asked.clear()
    save(now - timedelta(minutes=16))
    app.run()
    asked.clear()
    app.button(key="refresh-all").click().run()
    assert asked[:2] == [(never, {}), (("SPY",), {"now": True})]


def test_the_progress_and_the_failures_of_a_refresh_are_told(monkeypatch):
    watchlist.replace(["NVDA", "SPY"])
    series = roles.all_to_fetch(("NVDA", "SPY"))
    live.background.running.update(series[:3])
    app = page()
    told = [one.proto.text for one in app.get("progress")]
    assert told
    assert told[0].startswith(f"{len(series) - 3} of {len(series)} series are checked; asking ")
    live.background.running.clear()
    live.background.outcomes.update(
        {name: NoDataError("Yahoo has no such symbol.", symbol=name) for name in ("NVDA", "^VIX")}
    )
    app.run()
    assert "Not refreshed: NVDA and ^VIX: Yahoo has no such symbol." in texts(app)
    (why,) = [html.proto.body for html in app.get("html") if "watch none" in html.proto.body]
    assert "Yahoo has no such symbol." in why
    monkeypatch.setenv("SENTIMENT_OFFLINE", "1")
    assert "this server is set to use no network" in texts(page())


def test_without_a_network_the_banner_is_one_sentence_and_the_series_are_folded():
    series = roles.all_to_fetch(("BTC-USD", "SPY"))
    unreached = {name: OfflineError(f"Can't reach {providers.sources_for([name])}.", symbol=name) for name in series}
    live.background.outcomes.update(unreached)
    app = page()
    banners = [re.sub(r"\\", "", one.value) for one in app.warning]
    assert banners == [f"Can't reach {providers.sources_for(series)}; the table shows what is saved."]
    live.background.outcomes["SPY"] = NoDataError("Yahoo has no such symbol.", symbol="SPY")
    app.run()
    assert f"{len(series)} series were not refreshed; the table shows what is saved." in texts(app)
    assert "Yahoo has no such symbol" not in texts(app)
    question = "Which series were not refreshed?"
    [section] = [one for one in app.expander if one.label == question]
    assert not section.markdown, "folded"
    app.session_state["unfold-which-series-were-not-refreshed"] = True
    app.run()
    assert "SPY: Yahoo has no such symbol." in texts(app)
    _, reasons = watch_words.not_refreshed(unreached)
    assert {name for line in reasons for name in line.partition(":")[0].split(", ")} == {*series}


def test_no_text_of_a_row_is_taken_for_html():
    table = universe_table(("BTC-USD",), date(2025, 12, 2))
    drawn = watch_row.row(table.iloc[0].copy().replace({"USD": "<b>$", "in balance": "<i>"}))
    assert "<b>$" not in drawn
    assert "&lt;b&gt;$" in drawn
    assert "&lt;script" in watch_row.without_reading("<script>", "<script>")


def test_what_changed_is_said_with_both_regimes_and_the_rest_is_counted():
    table = universe_table(("BTC-USD", "ETH-USD", "SPY", "QQQ", "GLD"), date(2025, 12, 2))
    changed = table.assign(regime_on_friday=["complacent", None, "in balance", "in balance", "in balance"])
    changed["changed_since_friday"] = ["true", "true", "false", "false", "false"]
    words = watch_words.since_friday(changed)
    assert words.startswith(
        "Since Friday, 28 Nov 2025: Bitcoin went from complacent to fear outweighs fundamentals; "
        "Ether went from no regime to fear outweighs fundamentals. Over 7 days"
    )
    many = pd.concat([changed] * 4, ignore_index=True)
    assert "; 3 more changed." in watch_words.since_friday(many)
    assert "Bitcoin, Ether, Bitcoin, Ether, Bitcoin and 3 more" in watch_words.headline(many)
    calm = table.assign(regime="in balance")
    assert watch_words.headline(calm) == "On 2 Dec 2025 no asset of the watchlist stands out: 5 are in balance."
    assert watch_words.headline(calm, 2).endswith(" in balance. The prices of 2 more end earlier.")
    assert watch_words.headline(table.iloc[:0]) == "No asset of the watchlist has a reading."
    assert watch_words.since_friday(table.iloc[:0]) == ""
