"""The browser's history: Back undoes a choice and never leaves the dashboard too early; a link never replaces it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from browser_page import appears, settle
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("visits")]


def query(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def shows(page, question, wanted):
    """Wait for the view that answers a question, and for its address."""
    appears(page, question)
    settle(page)
    assert query(page) == wanted


PRICE = "How did price, fear and justified fear move?"
NOTES = "What did the notes say, and what became of it?"
EVIDENCE = "Were such readings worth anything?"


def test_back_undoes_view_asset_and_note_and_forward_redoes_them(visit):
    page = visit("as_of=2026-01-05")
    page.get_by_role("button", name="Read").first.click()
    note = {"view": "Research", "as_of": "2026-01-05", "note": "k33-2025-12-02"}
    shows(page, NOTES, note)
    page.get_by_text("Evidence", exact=True).first.click()
    shows(page, EVIDENCE, {"view": "Evidence", "as_of": "2026-01-05"})
    page.get_by_role("combobox", name="Asset").click()
    page.get_by_role("option", name="ETH-USD").click()
    page.wait_for_url("**asset=ETH-USD**")
    shows(page, EVIDENCE, {"asset": "ETH-USD", "view": "Evidence", "as_of": "2026-01-05"})
    page.go_back()
    shows(page, EVIDENCE, {"view": "Evidence", "as_of": "2026-01-05"})
    expect(page.get_by_role("combobox", name="Asset")).to_have_value("BTC-USD Bitcoin")
    page.go_back()
    shows(page, NOTES, note)
    expect(page.get_by_role("heading", name="December could be the turn")).to_be_visible()
    page.go_back()
    shows(page, PRICE, {"as_of": "2026-01-05"})
    expect(page.get_by_role("button", name="Read").first).to_be_visible()
    page.go_forward()
    shows(page, NOTES, note)
    page.go_forward()
    page.go_forward()
    shows(page, EVIDENCE, {"asset": "ETH-USD", "view": "Evidence", "as_of": "2026-01-05"})


def test_back_undoes_dates_weights_and_filters_too(visit):
    page = visit("view=Weights&as_of=2025-12-02")
    page.get_by_role("button", name="No notes").click()
    weights = {"view": "Weights", "as_of": "2025-12-02", "weights": "research_tone:0,research_stance:0"}
    page.wait_for_url("**weights=**")
    shows(page, "With your own weights", weights)
    page.get_by_role("button", name="Event before").click()
    page.wait_for_url(lambda address: "2025-12-02" not in address)
    settle(page)
    page.go_back()
    shows(page, "With your own weights", weights)
    page.go_back()
    page.get_by_text("With your own weights").first.wait_for(state="detached")
    shows(page, "What if other weights were right?", {"view": "Weights", "as_of": "2025-12-02"})
    expect(page.get_by_role("spinbutton", name="Policy, typed")).to_have_value("25")


def test_an_untidy_link_is_opened_under_its_plain_address_and_one_back_leaves_it(visit, server):
    page = visit("view=method")
    page.goto(f"{server}?utm_source=news&view=research&amp;range=1y&as_of=2025/12/02).")
    shows(page, NOTES, {"view": "Research", "range": "1Y", "as_of": "2025-12-02"})
    expect(page.locator("[data-testid=stAlert]")).to_have_count(0)
    appears(page, "As it was known at the end of 2 Dec 2025")
    page.go_back()
    shows(page, "How is a score made?", {"view": "Method"})


def test_an_unknown_asset_offers_to_fetch_it_and_back_returns_to_the_offer(visit, live_server):
    assert live_server
    page = visit("asset=sol/usd")
    unknown = "No prices of 'sol/usd' are saved here (SOL-USD is likely what is meant)"
    expect(page.get_by_role("heading", name=unknown)).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_role("button", name="Fetch SOL-USD").click()
    shows(page, "Is a ticker missing or old?", {"view": "Data"})
    expect(page.get_by_role("textbox", name="Ticker")).to_have_value("SOL-USD")
    page.go_back()
    page.get_by_role("button", name="Fetch SOL-USD").wait_for()
    settle(page)
    assert query(page) == {"asset": "sol/usd"}
    box = page.get_by_role("combobox", name="Asset")
    box.fill("spy")
    box.press("Enter")
    page.get_by_role("heading", name="S&P 500").wait_for()
    settle(page)  # the address changes as the run ends, after its heading is drawn
    assert query(page) == {"asset": "SPY"}


def test_a_row_of_the_watchlist_opens_in_place_and_back_returns_to_the_list(visit):
    page = visit("view=Universe&as_of=2025-12-02")
    pages = page.context.pages
    page.get_by_text("On 2 Dec 2025 fear outweighs fundamentals for Bitcoin and Ether").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV").click()
    lines = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("BTC-USD,Bitcoin,bitcoin,2025-12-02,91350.0,USD,")
    page.get_by_role("button", name="Ether ETH-USD").click()
    shows(page, "How did price, fear and justified fear move?", {"asset": "ETH-USD", "as_of": "2025-12-02"})
    page.go_back()
    shows(page, "No regime has changed since Friday, 28 Nov 2025", {"view": "Watchlist", "as_of": "2025-12-02"})
    assert page.context.pages == pages
