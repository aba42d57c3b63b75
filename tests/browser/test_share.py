"""Links that replay: both kinds copied, opened in a fresh profile, with the same bytes from page, command line and server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import ProxyHandler, build_opener

import command_line
import golden
import pytest
from browser_page import appears, settle
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("visits")]

CHOSEN = "range=1Y&as_of=2025-12-02&weights=research_tone:0"


def links_offered(page):
    page.get_by_role("button", name="Share").click()
    page.locator("[data-testid=stCode]").nth(2).wait_for()
    return [code.inner_text().strip() for code in page.locator("[data-testid=stCode]").all()]


def heading(page):
    return page.locator("[data-testid=stHeading] h2").first.inner_text()


def scores_of(page):
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV: price and scores").click()
    return Path(waiting.value.path()).read_bytes()


def fetched(address):
    with build_opener(ProxyHandler({})).open(address, timeout=60) as answer:
        return answer.read()


def test_the_live_and_the_pinned_link_replay_the_screen_in_a_fresh_profile(visit):
    page = visit("range=1Y")
    live, pinned, framed = links_offered(page)
    assert parse_qs(urlsplit(live).query) == {"range": ["1Y"]}
    assert set(parse_qs(urlsplit(pinned).query)) == {"range", "as_of", "known_at", "method"}
    assert framed.startswith("<iframe src=")
    for link in (live, pinned):
        other = visit(urlsplit(link).query)
        assert heading(other) == heading(page)
        assert scores_of(other) == scores_of(page)
    other.get_by_role("button", name="Go live").click()
    other.wait_for_url(lambda address: "as_of" not in address and "known_at" not in address)
    settle(other)
    expect(other.locator("[data-testid=stHeading] h2").first).to_have_text(heading(page))


def test_the_report_of_a_screen_is_one_file(visit):
    page = visit("as_of=2025-12-02&known_at=2026-10-04T12:00:00Z")
    page.get_by_role("button", name="Share").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Report").click()
    assert waiting.value.suggested_filename == "BTC-USD_2025-12-02.html"
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert golden.DECEMBER in text
    assert "2026-12" not in text


def test_page_command_line_and_server_give_the_same_bytes(visit, server):
    page = visit(CHOSEN)
    said = scores_of(page)
    words = ("export", "BTC-USD", "--as-of", "2025-12-02", "--start", "2024-12-03", "--weights", "research_tone:0")
    assert command_line.run(*words).stdout == said
    assert fetched(f"{server}api/v1/scores.csv?{CHOSEN}") == said


def test_the_tables_of_the_notes_are_the_same_bytes_too(visit, server):
    page = visit("view=Research&publisher=K33+Research&as_of=2025-12-31")
    for label, name in (
        ("CSV: notes", "notes"),
        ("CSV: calls and outcomes", "calls"),
        ("CSV: facts and verdicts", "claims"),
        ("CSV: publishers", "publishers"),
    ):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=label).click()
        said = Path(waiting.value.path()).read_bytes()
        address = f"{server}api/v1/{name}.csv?publisher=K33+Research&as_of=2025-12-31"
        assert fetched(address) == said, name
        words = ("export", "BTC-USD", "--what", name, "--as-of", "2025-12-31", "--publisher", "K33 Research")
        assert command_line.run(*words).stdout == said, name


def test_steps_go_from_event_to_event_and_say_what_happened(visit):
    page = visit("as_of=2025-12-10")
    page.get_by_role("button", name="Event before").click()
    page.wait_for_url("**as_of=2025-12-02**")
    appears(page, "On this day: K33 Research: Fear outweighs fundamentals")
    page.get_by_role("button", name="Event before").click()
    page.wait_for_url("**as_of=2025-11-25**")
    settle(page)


def test_the_walk_through_the_quadrant_moves_the_last_day_and_comes_back(visit):
    page = visit("as_of=2025-12-02&view=Evidence")
    page.get_by_text("Where is the market now?").click()
    button = page.get_by_text("▶ Walk the weeks")
    button.scroll_into_view_if_needed()
    said = (
        "() => {const all = [...document.querySelectorAll('.js-plotly-plot')].filter(one => one._transitionData"
        " && one._transitionData._frames.length); const last = all[0].data.at(-1); return last.text[0]}"
    )
    assert page.evaluate(said) == "2 Dec"
    button.click()
    page.wait_for_function(f"({said})() !== '2 Dec'")
    page.wait_for_function(f"({said})() === '2 Dec'")


CHARTS = ("timeline", "quadrant", "fear", "fundamentals")


def test_each_chart_stands_alone_in_a_frame_of_another_page(strict_page, server, subtests):
    frames = "".join(
        f'<iframe id="{chart}" src="{server}?as_of=2025-12-02&chart={chart}&embed=true" width="780" height="760"></iframe>'
        for chart in CHARTS
    )
    strict_page.set_viewport_size({"width": 1600, "height": 1600})  # all in sight
    strict_page.set_content(f"<h1>A page of somebody else</h1>{frames}")
    for chart in CHARTS:
        with subtests.test(chart):
            inside = strict_page.frame_locator(f"#{chart}")
            inside.locator(".js-plotly-plot .main-svg").first.wait_for()
            appears(inside, "Source: bundled figures, to 2 Dec 2025")
            expect(inside.locator(".js-plotly-plot")).to_have_count(1)
            expect(inside.get_by_role("radio")).to_have_count(0)  # no controls


def test_a_page_of_another_origin_shows_badge_card_and_chart_and_nothing_else(strict_page, server):
    """The page stands at an origin of its own, and its pictures are asked for as any page's are."""
    page = strict_page
    shown = ("api/v1/badge.svg", "api/v1/card.png", "api/v1/chart/fear.svg")
    refused = ("favicon.png", "api/v1/scores.csv")
    pictures = "".join(f'<img src="{server}{path}?as_of=2025-12-02">' for path in (*shown, *refused))
    frames = "".join(f'<iframe src="{server}?{query}"></iframe>' for query in ("chart=fear&embed=true", "view=Data"))
    page.route(
        "http://news.example/", lambda route: route.fulfill(body=f"{pictures}{frames}", content_type="text/html")
    )
    page.goto("http://news.example/")
    page.frame_locator("iframe").first.locator(".js-plotly-plot .main-svg").first.wait_for()
    widths = page.evaluate("[...document.images].map(one => one.complete && one.naturalWidth)")
    assert all(widths[: len(shown)]), widths
    assert widths[1] == 1200
    assert not any(widths[len(shown) :]), widths
    assert page.frames[2].url == "chrome-error://chromewebdata/"
    read = "address => fetch(address).then(() => 'read', () => 'refused')"
    assert [page.evaluate(read, f"{server}{path}") for path in (shown[0], refused[1], "")] == ["refused"] * 3


def test_the_menu_of_a_chart_has_its_picture_and_its_citation(visit):
    page = visit("as_of=2025-12-02&known_at=2026-10-04T12:00:00Z")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(
        ".js-plotly-plot .main-svg"
    ).first.wait_for()  # what listens to the chart may ask for a run of its own, which would close the menu
    settle(page)
    page.get_by_role("button", name="Picture, cite").first.click()
    page.get_by_text("@misc{sentiment-btc-usd-2025-12-02,").wait_for()
    expect(page.get_by_text("as_of=2025-12-02&known_at=2026-10-04T12:00:00Z&method=3").first).to_be_visible()
    for form in ("PNG", "SVG"):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=form, exact=True).click()
        assert waiting.value.suggested_filename.startswith("BTC-USD_timeline_2025-12-02_known_")
        assert waiting.value.suggested_filename.endswith(f".{form.lower()}")
    page.get_by_role("button", name="Copy picture").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.read().then(items => items[0].types)") == ["image/png"]
