"""The report opened from disk without a network: it draws, loads nothing, fits a phone, and prints."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from browser_page import PATIENCE, appears, no_serious_violation, profile

from sentiment.models import Selection
from sentiment.web import report

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CHARTS = 5
DARK_TEXT, LIGHT_TEXT = "rgb(29, 34, 40)", "rgb(228, 231, 234)"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "day.html"
    made = datetime(2026, 10, 4, tzinfo=UTC)
    path.write_text(report.html(Selection(as_of=date(2026, 1, 2)), "http://localhost:8501/", made), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def offline(browser):
    """One profile without a network for all files: a new one takes a second."""
    context = profile(browser, accept_downloads=True)
    context.set_offline(True)
    yield context
    context.close()


@pytest.fixture
def open_file(offline):
    """Open a file from disk without a network; the page records its requests, messages and errors."""
    pages = []

    def go(path, *, width=1440, scheme="light", context=offline):
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.requests, page.messages = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.messages.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: page.messages.append(f"error: {error.message}"))
        page.goto(path.as_uri())
        return page

    yield go
    for page in pages:
        page.close()


def drawn(page):
    page.wait_for_selector(f"html[data-drawn='{CHARTS}']")
    return page


def label_colour(page):
    """Colour of the labels on the first chart."""
    label = page.locator(".plot .xtick text").first
    return label.evaluate("label => getComputedStyle(label).fill")


def widths(page):
    return page.evaluate("[...document.querySelectorAll('.plot .main-svg:first-child')].map(svg => svg.clientWidth)")


def until(page, condition):
    """Wait for a condition; the page's policy forbids Playwright's own `wait_for_function`, which needs eval."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"not true in time: {condition}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_it_draws_from_disk_and_loads_nothing(open_file, file, width, scheme):
    page = drawn(open_file(file, width=width, scheme=scheme))
    assert page.locator(".plot .main-svg:first-child").count() == CHARTS
    for plot in page.locator(".plot").all():
        assert plot.locator("path").count() > 3
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert label_colour(page) == (DARK_TEXT if scheme == "light" else LIGHT_TEXT)
    # The labels of an axis are inside the picture.
    left = page.locator(".plot").first.bounding_box()["x"]
    assert min(box.bounding_box()["x"] for box in page.locator("#timeline .ytick text").all()) >= left
    assert page.locator("#notice").is_hidden()
    assert page.requests == [file.as_uri()]
    assert page.messages == []


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_and_no_name_of_a_table_is_cut_off(open_file, file, width):
    page = drawn(open_file(file, width=width))
    no_serious_violation(page)
    for caption in page.locator("caption").all():
        box = caption.bounding_box()
        assert box["x"] + box["width"] <= width, caption.inner_text()


def test_the_verdict_stands_on_the_first_screen_of_a_phone(open_file, file):
    page = open_file(file, width=390)
    box = page.get_by_text("too little data", exact=True).first.bounding_box()
    assert box["y"] + box["height"] < 844


def test_charts_answer_a_pointer_and_a_chart_is_saved_as_a_picture(open_file, file):
    page = drawn(open_file(file))
    plot = page.locator(".plot").first
    plot.scroll_into_view_if_needed()
    plot.hover(position={"x": 600, "y": 400})
    page.locator(".hoverlayer :is(.hovertext, .legend)").first.wait_for()
    with page.expect_download() as waiting:
        plot.locator(".modebar-btn[data-title*='ownload']").first.click()
    assert waiting.value.path().read_bytes().startswith(b"\x89PNG")
    assert page.messages == []


def test_charts_follow_the_window_and_the_readers_colours(open_file, file):
    page = drawn(open_file(file))
    wide = widths(page)
    page.set_viewport_size({"width": 390, "height": 844})
    until(page, "document.querySelector('.plot .main-svg').clientWidth < 390")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.set_viewport_size({"width": 1440, "height": 900})
    until(page, f"document.querySelector('.plot .main-svg').clientWidth === {wide[0]}")
    page.emulate_media(color_scheme="dark")
    until(page, "getComputedStyle(document.querySelector('.plot .xtick text')).fill === 'rgb(228, 231, 234)'")
    assert page.messages == []


def test_on_paper_it_is_light_and_has_its_charts_and_tables(open_file, file):
    page = drawn(open_file(file, width=680, scheme="dark"))
    page.emulate_media(media="print", color_scheme="dark")
    until(page, "document.querySelector('.plot .main-svg').clientWidth === 660")
    assert label_colour(page) == DARK_TEXT
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert set(widths(page)) == {660}
    assert page.evaluate("document.documentElement.scrollWidth") == 680
    for table in page.locator("table").all():
        assert table.is_visible()
        assert table.evaluate("table => table.scrollWidth <= 680")
    assert page.locator("figure").first.evaluate("figure => getComputedStyle(figure).breakInside") == "avoid"
    page.emulate_media(media="screen", color_scheme="dark")
    until(page, "getComputedStyle(document.querySelector('.plot .xtick text')).fill === 'rgb(228, 231, 234)'")
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert page.messages == []


def test_without_a_script_the_words_and_tables_are_there(browser, open_file, file):
    context = profile(browser, java_script_enabled=False, offline=True)
    page = open_file(file, context=context)
    assert page.locator("noscript .notice").is_visible()
    assert page.locator("figcaption").count() == CHARTS
    assert page.get_by_text("Forward returns after each regime, against all days").first.is_visible()
    assert page.locator("table").count() > 5
    context.close()


def test_a_browser_that_cannot_unpack_says_so(open_file, file, tmp_path):
    old = tmp_path / "old.html"
    # The same page in a browser without that part; its policy would stop any other change of the script.
    old.write_text(file.read_text("utf-8"), encoding="utf-8")
    page = open_file(old)
    page.add_init_script("delete window.DecompressionStream")
    page.reload()
    appears(page, "This browser is too old to unpack the charts")
    assert page.locator("table").first.is_visible()


def test_a_changed_script_does_not_run(open_file, file, tmp_path):
    changed = tmp_path / "changed.html"
    changed.write_text(
        file.read_text("utf-8").replace('"use strict";\n', '"use strict";document.title = "taken";\n'), "utf-8"
    )
    page = open_file(changed)
    page.wait_for_timeout(500)
    assert page.title() != "taken"
    assert any("Content Security Policy" in message for message in page.messages)
