"""What only a browser can show: links that restore, charts that draw, files that download."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import command_line
import golden
import pytest
from browser_page import appears, settle
from playwright.sync_api import expect

from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import export
from sentiment.validation.signals import evaluate

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("visits")]

LINK = "asset=BTC-USD&range=1Y&as_of=2025-12-02"


def query(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def charts(page):
    """Wait until the chart of the first screen is drawn."""
    expect(page.locator(".js-plotly-plot:has(.main-svg)")).to_have_count(1)


def heading(page):
    return page.locator("[data-testid=stHeading] h2").first.inner_text()


@pytest.mark.parametrize(("width", "asked"), [(1440, LINK), (390, "")])
def test_what_stands_ahead_of_the_page_stands_where_the_page_draws_the_same(visit, width, asked):
    page = visit(asked, width=width)
    charts(page)
    assert not page.locator("#ahead").is_visible()
    places = page.evaluate(PLACES)
    for name, (ahead, drawn) in places.items():
        assert ahead == pytest.approx(drawn, abs=1.5), name


PLACES = """() => {
  const box = (element) => { const {left, top, width, height} = element.getBoundingClientRect(); return [left, top, width, height]; };
  const both = (ahead, drawn) => [`#ahead ${ahead}`, `#root ${drawn}`].map((path) => box(document.querySelector(path)));
  const {_offset: left, _length: width} = document.querySelector(".js-plotly-plot")._fullLayout.xaxis;
  const plot = box(document.querySelector("#ahead .plot")), chart = box(document.querySelector("#root .js-plotly-plot"));
  return {
    sentence: both("p:not(.caption)", "[data-testid=stMarkdownContainer]:has(strong) p"),
    answer: both(".dumbbell", ".dumbbell"),
    signs: both(".key", ".key"),
    footing: both(".footing", ".st-key-footing p").map(([left, top, width]) => [left, top]),
    heading: both("h3", "h3").map(([left]) => [left]),
    chart: [box(document.querySelector("#ahead .still")), chart],
    plot: [[plot[0], plot[2]], [chart[0] + left, width]],
  };
}"""


def test_a_link_shows_the_screen_a_change_changes_it_and_a_new_page_restores_it(visit):
    page = visit(LINK)
    assert heading(page).startswith(golden.DECEMBER)
    charts(page)
    page.get_by_role("radio", name="3M").or_(page.get_by_text("3M", exact=True)).first.click()
    page.wait_for_url("**range=3M**")
    settle(page)
    assert query(page) == {"range": "3M", "as_of": "2025-12-02"}
    caption = page.get_by_text("Price from 3 Sep 2025 to 2 Dec 2025")
    caption.wait_for()
    other = visit(urlsplit(page.url).query)
    assert heading(other) == heading(page)
    appears(other, "Price from 3 Sep 2025 to 2 Dec 2025")
    charts(other)


def test_the_downloaded_csv_is_the_command_lines(visit):
    page = visit(LINK)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV: price and scores").click()
    download = waiting.value
    assert download.suggested_filename == "BTC-USD_scores_2024-12-03_2025-12-02.csv"
    done = command_line.run("export", "BTC-USD", "--as-of", "2025-12-02", "--start", "2024-12-03")
    assert Path(download.path()).read_bytes() == done.stdout


def test_every_chart_offers_its_rows(visit):
    page = visit(LINK)
    buttons = page.get_by_role("button", name=re.compile("CSV"))
    buttons.nth(3).wait_for()
    expect(buttons).to_have_count(4)
    for place in range(4):
        with page.expect_download() as waiting:
            buttons.nth(place).click()
        lines = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("date,")
        assert len(lines) > 1


def test_garbage_in_every_parameter_shows_the_page_with_a_message(visit):
    page = visit("view=x&range=7Y&as_of=1999-01-01&log=maybe&note=..%2F..&color=red")
    assert heading(page).startswith(golden.LATEST)
    charts(page)
    expect(page.locator("[data-testid=stAlert]")).to_have_count(6)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_choices_survive_the_change_of_view(visit):
    page = visit(LINK)
    page.get_by_text("Research", exact=True).first.click()
    page.get_by_text("Notes", exact=True).first.click()
    appears(page, "What did the notes say, and what became of it?")
    settle(page)
    assert query(page) == {"range": "1Y", "as_of": "2025-12-02", "view": "Research"}
    page.get_by_text("Today", exact=True).first.click()
    appears(page, "How did price, fear and justified fear move?")
    settle(page)
    assert query(page) == {"range": "1Y", "as_of": "2025-12-02"}


def test_selecting_a_pin_opens_its_note(visit):
    page = visit(LINK)
    charts(page)
    pin = page.locator(".js-plotly-plot").first.locator("path.point").nth(1)
    pin.scroll_into_view_if_needed()
    box = pin.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    appears(page, "What did the notes say, and what became of it?")
    settle(page)
    assert query(page)["note"] == "k33-2025-11-25"


def test_a_click_shows_its_day_arrows_step_from_it_and_a_zoom_is_in_the_link(visit):
    page = visit(LINK)
    charts(page)
    place = page.locator(".st-key-timeline .nsewdrag").first
    place.scroll_into_view_if_needed()
    box = place.bounding_box()

    def at(across, down):
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def in_sight():
        ends = page.evaluate("document.querySelector('.st-key-timeline .js-plotly-plot')._fullLayout.xaxis.range")
        return "~".join(end[:10] for end in ends)

    def drawn(days):
        page.wait_for_function(
            "days => document.querySelector('.st-key-timeline .js-plotly-plot')?._fullLayout?.xaxis.range"
            ".map(end => String(end).slice(0, 10)).join('~') === days",
            arg=days,
        )

    page.mouse.click(*at(0.5, 0.02))  # far from any line: the whole height of a panel is its day
    page.wait_for_url(lambda address: "as_of=2025-12-02" not in address)
    settle(page)
    clicked = date.fromisoformat(query(page)["as_of"])
    assert abs(clicked - date(2025, 6, 3)) <= timedelta(days=1)  # the middle of the year
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**as_of={clicked - timedelta(days=1)}**")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(f"**as_of={clicked}**")
    settle(page)

    page.mouse.move(*at(0.25, 0.5))
    page.mouse.down()
    page.mouse.move(*at(0.5, 0.5), steps=4)
    page.mouse.move(*at(0.75, 0.5), steps=4)
    page.mouse.up()
    page.wait_for_url("**zoom=**")
    settle(page)
    zoomed = query(page)["zoom"]
    drawn(zoomed)
    page.mouse.click(*at(0.5, 0.5))
    page.wait_for_url(lambda address: f"as_of={clicked}" not in address)
    settle(page)
    assert query(page)["zoom"] == zoomed == in_sight()
    other = page.url
    page.mouse.dblclick(*at(0.5, 0.5))
    page.wait_for_url(lambda address: "zoom" not in address)
    settle(page)
    assert query(page)["as_of"] in other, "the first of two clicks chooses no day"
    page.go_back()
    page.wait_for_url("**zoom=**")
    drawn(zoomed)
    page.reload()
    settle(page)
    drawn(zoomed)


def test_each_of_several_quick_presses_moves_a_day_and_a_press_on_the_chosen_range_ends_a_zoom(visit):
    page = visit(f"{LINK}&zoom=2025-03-01~2025-06-30")
    page.wait_for_selector(".st-key-steps[data-ready]", state="attached")
    before = page.get_by_role("button", name="Day before", exact=True)
    for _ in range(4):
        before.click()
    page.wait_for_url("**as_of=2025-11-28**")
    for key in ("Shift+ArrowLeft", "ArrowRight"):
        for _ in range(4):
            page.keyboard.press(key)
        day = "2025-11-24" if key.startswith("Shift") else "2025-11-28"
        page.wait_for_url(f"**as_of={day}**")
    settle(page)
    assert query(page) == {"range": "1Y", "as_of": "2025-11-28", "zoom": "2025-03-01~2025-06-30"}
    page.get_by_role("radio", name="1Y").or_(page.get_by_text("1Y", exact=True)).first.click()
    page.wait_for_url(lambda address: "zoom" not in address)
    assert query(page) == {"range": "1Y", "as_of": "2025-11-28"}


def test_reading_a_note_by_its_button(visit):
    page = visit("as_of=2026-01-05")
    page.get_by_role("button", name="Read").first.click()
    appears(page, "✕ Miss")
    settle(page)
    assert query(page) == {"view": "Research", "as_of": "2026-01-05", "note": "k33-2025-12-02"}


def test_the_page_asks_nobody_else(visit):
    page = visit()
    charts(page)
    assert page.outside == []


@pytest.mark.parametrize("ticker", ["ETH-USD", "AAPL"])
def test_any_ticker_can_be_fetched_and_is_scored(visit, live_server, ticker):
    assert live_server
    page = visit("view=Data")
    page.get_by_role("textbox", name="Ticker").fill(ticker)
    page.get_by_test_id("stBaseButton-secondaryFormSubmit").click()
    appears(page, re.compile(rf"{re.escape(ticker)}: [\d,]+ new days"))
    other = visit(f"asset={ticker}")
    assert re.match(r"\S+, [\d,.]+ \w+ on \d+ \w+ 2\d{3}: fear", heading(other))
    charts(other)
    appears(other, re.compile("Source: Yahoo, fetched 2"))


def test_an_unknown_ticker_is_told_and_the_page_stays(visit, live_server):
    assert live_server
    page = visit("view=Data")
    page.get_by_role("textbox", name="Ticker").fill("NOSUCH")
    page.get_by_test_id("stBaseButton-secondaryFormSubmit").click()
    appears(page, "NOSUCH: Yahoo doesn't know 'NOSUCH'.")
    assert heading(page).startswith(golden.LATEST)


def test_a_fault_upstream_is_one_banner_over_the_saved_figures(visit, faulty_server):
    assert faulty_server
    page = visit()
    appears(page, "Yahoo has a fault (HTTP 500).")
    assert heading(page).startswith(golden.LATEST)
    expect(page.locator("[data-testid=stAlert]")).to_have_count(1)


def test_the_evidence_opens_from_a_link_and_its_rows_download(visit):
    page = visit("view=Evidence&series=Alternative.me&horizon=90&as_of=2025-12-02")
    appears(page, "Judged: alternative.me's index in its bands")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV: evidence").click()
    download = waiting.value
    assert download.suggested_filename == "BTC-USD_evidence-alternative.me_2025-12-02.csv"
    inputs = load_inputs("BTC-USD", date(2025, 12, 2))
    table = evaluate(inputs, score(inputs), "Alternative.me").table
    assert Path(download.path()).read_bytes() == export.to_csv(table).encode()


def test_the_choices_of_the_evidence_wait_for_its_return(visit):
    page = visit("view=Evidence&series=VIX&horizon=90")
    page.get_by_text("Today", exact=True).first.click()
    appears(page, "How did price, fear and justified fear move?")
    settle(page)
    assert query(page) == {}
    page.get_by_role("button", name="Evidence").last.click()
    appears(page, "Judged: the VIX in bands")
    settle(page)
    assert query(page) == {"view": "Evidence", "series": "VIX", "horizon": "90"}


def test_weights_travel_in_the_link_and_stay_across_views(visit):
    page = visit("view=Weights&as_of=2025-12-02")
    page.get_by_role("button", name="No notes").click()
    appears(page, "With your own weights: research tone 0, research stance 0.")
    settle(page)
    wanted = {"as_of": "2025-12-02", "weights": "research_tone:0,research_stance:0"}
    assert query(page) == {"view": "Weights", **wanted}
    page.get_by_text("Today", exact=True).first.click()
    appears(page, "How did price, fear and justified fear move?")
    settle(page)
    assert query(page) == wanted
    other = visit(urlsplit(page.url).query)
    assert heading(other) == heading(page)
    with other.expect_download() as waiting:
        other.get_by_role("button", name="CSV: price and scores").click()
    last = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()[-1]
    scored = score(load_inputs("BTC-USD", date(2025, 12, 2)), {"research_tone": 0, "research_stance": 0})
    assert f",{scored.axes['gap'].iloc[-1]}," in last
