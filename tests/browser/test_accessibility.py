"""Who does not see, sees other colours, has no mouse or a small screen can use every view; and nothing jumps."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from asgi import run
from bench.viewers import viewing
from browser_page import READY, appears, no_serious_violation, settle
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

from sentiment.web import links

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DAY = "range=1Y&as_of=2025-12-02"
NOTE = "BTC could fall below 80,000 by 31 December 2026. We are cautious: leverage is high and sentiment is poor."
WITH_TABLES = {"Research", "Evidence", "Method", "Data"}
SCREENS = [*links.VIEWS, "a note", "a pasted text", "a chart in a frame", "the API"]
FILLED = """() => [...document.querySelectorAll("[data-testid=stExpander]")].every(one =>
  one.querySelector("[data-testid=stExpanderDetails]")?.innerText.trim())"""


def screen(visit, name, *, unfolded=False, **looks):
    """Open a screen by its name, with all that it folds if asked, and wait until it is drawn."""
    if name == "the API":
        page = visit(DAY, **looks)
        page.goto(page.url.split("?")[0] + "api/v1/")
        page.get_by_role("heading", level=1).wait_for()
        return page
    if name == "a chart in a frame":
        page = visit(f"{DAY}&embed=true&chart=timeline", **looks, ready="Open the dashboard")
    elif name == "a note":
        page = visit(f"{DAY}&view=Research&note=k33-2025-12-02", **looks)
    elif name == "a pasted text":
        page = visit(f"{DAY}&view=Inbox", **looks)
        box = page.get_by_label("Text of the note, or its address")
        box.fill(NOTE)
        box.press("Control+Enter")
        appears(page, "Read by rules")
        settle(page)
    elif name == "Alerts":  # of no day
        page = visit("view=Alerts", **looks)
    else:
        page = visit(f"{DAY}&view={name.replace(' ', '+')}", **looks)
        if unfolded:
            page.get_by_test_id("stExpander").locator("summary").evaluate_all("all => all.forEach(one => one.click())")
            page.wait_for_function(FILLED)
            settle(page)
    page.wait_for_function(
        "[...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(one => one.querySelector('.main-svg'))"
        " && [...document.querySelectorAll('[data-testid=stDataFrame]')].every(one => one.querySelector('canvas'))"
        " && !document.querySelector('[data-testid=stSkeleton]')"
    )
    return page


@pytest.mark.parametrize("name", SCREENS)
def test_a_wide_and_light_screen(visit, subtests, name):
    page = screen(visit, name, unfolded=True)
    with subtests.test("axe finds nothing serious"):
        no_serious_violation(page)
    if name == "Today":
        with subtests.test("the words of a chart have the colour of the page"):
            words_of_charts_have_the_colour_of_the_page(page)
    if name not in {"a pasted text", "the API"}:
        with subtests.test("every chart is called what its caption finds"):
            every_chart_is_called_what_its_caption_finds(page, name)
    if name in WITH_TABLES:
        with subtests.test("every table says its finding"):
            every_table_says_its_finding(page)
    if name in links.VIEWS:
        with subtests.test("nothing overflows on narrower screens"):
            page.set_viewport_size(
                {"width": 1201, "height": 900}
            )  # the least at which the columns stand beside each other
            nothing_overflows(page)


@pytest.mark.parametrize("name", SCREENS)
def test_a_dark_screen_of_a_phone(visit, subtests, name):
    page = screen(visit, name, width=390, height=844, scheme="dark")
    if name == "Today":
        with subtests.test("the answer is on the first screen"):
            the_answer_is_on_the_first_screen(page)
    if name in links.VIEWS:
        with subtests.test("nothing overflows"):
            nothing_overflows(page)
    with subtests.test("axe finds nothing serious"):
        no_serious_violation(page)
    if name == "Today":
        with subtests.test("the words of a chart have the colour of the page"):
            words_of_charts_have_the_colour_of_the_page(page)


def words_of_charts_have_the_colour_of_the_page(page):
    colours = page.evaluate(
        "[...new Set([...document.querySelectorAll('.js-plotly-plot .main-svg text')].filter(e => e.textContent)"
        ".map(e => getComputedStyle(e).fill))]"
    )
    assert colours == [page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).color")]


def every_chart_is_called_what_its_caption_finds(page, name):
    words = plain(page.locator("[data-testid=stMain]").inner_text())
    said = page.locator("[data-testid=stPlotlyChart]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    tables = page.locator("[data-testid=stDataFrame], [data-testid=stTable]").count()
    drawn = page.locator("#root .dumbbell[role=img][aria-label]").count()
    assert said or tables or drawn or name in {"Inbox", "Alerts"}
    for one in said:
        assert re.search(r"\d", one), one
        assert plain(one) in words, one


def every_table_says_its_finding(page):
    tables = page.locator("[data-testid=stDataFrame], [data-testid=stTable]")
    expect(tables.first).to_be_attached()
    for table in tables.all():
        said = table.evaluate(
            "e => [e, ...e.querySelectorAll('*')].map(one => one.getAttribute('aria-label') || one.tagName === 'CAPTION' "
            "&& one.textContent).find(Boolean) || ''"
        )
        assert re.search(r"\d", said), said


def the_answer_is_on_the_first_screen(page):
    page.wait_for_function(
        "document.querySelector('[data-testid=stHeading] h2').getBoundingClientRect().y < innerHeight / 2"
        " && document.querySelector('#root .dumbbell').getBoundingClientRect().bottom < innerHeight"
    )
    for name in ("Share", "Event before", "Event after"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport()


TOO_WIDE = """() => [
  ...[...document.querySelectorAll('[data-testid=stPlotlyChart]')].filter(one => !one.querySelector('.main-svg')),
  ...[...document.querySelectorAll('[data-testid=stMain] *')].filter(one =>
    one.getBoundingClientRect().right > innerWidth + 1 &&
    !one.closest('[data-testid=stDataFrame], [data-testid=stTable], .js-plotly-plot, .katex-mathml, svg')),
].map(one => `${one.className} ${Math.round(one.getBoundingClientRect().right)} ${one.textContent.slice(0, 200)}`)"""


def nothing_overflows(page):
    with suppress(TooLate):  # charts take their width once they are drawn
        page.wait_for_function(f"!({TOO_WIDE})().length")
    assert page.evaluate(TOO_WIDE) == []


def plain(text):
    return " ".join(text.split())


def focused(page):
    """Name of the control that has the focus; nothing where it is a region."""
    return page.evaluate(
        "(e => ['MAIN', 'DIV'].includes(e.tagName) ? '' :"
        " (e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent || '').trim())"
        "(document.activeElement)"
    )


def test_tab_reaches_the_controls_in_the_order_of_the_page(visit):
    page = screen(visit, "Today")
    names = []
    for _ in range(45):
        page.keyboard.press("Tab")
        names.append(focused(page))
        if "CSV: price and scores" in names[-1]:
            break
    wanted = [
        *("Today", "Asset", "Event before", "Day before", "year", "Day after", "Event after", "Share", "Go live"),
        *("What is this?", "Evidence", "3M", "Log scale", "CSV"),
    ]
    at = [next((place for place, name in enumerate(names) if one in name), -1) for one in wanted]
    assert -1 not in at, names
    assert at == sorted(at), names


def test_the_view_is_changed_by_the_keyboard(visit):
    page = screen(visit, "Today")
    for _ in range(5):
        page.keyboard.press("Tab")
        if focused(page) == "Today":
            break
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**view=Calls**")
    settle(page)
    expect(page.get_by_role("radio", name="Calls")).to_be_checked()


def test_the_keyboard_shares_and_steps(visit):
    page = visit(DAY)
    share = page.get_by_role("button", name="Share")
    share.focus()
    page.keyboard.press("Enter")
    appears(page, "This screen for good")
    page.keyboard.press("Escape")
    page.get_by_text("This screen for good").wait_for(state="hidden")
    page.get_by_role("button", name="Event before").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**as_of=2025-11-25**")


WATCH = """
window.shifts = [];
new PerformanceObserver(list => { for (const one of list.getEntries()) shifts.push(one.value); })
  .observe({type: "layout-shift", buffered: true});
window.heights = {};
const look = () => {
  for (const one of document.querySelectorAll("[class*=st-key-]:has([data-testid=stPlotlyChart])")) {
    const height = one.getBoundingClientRect().height;
    if (height) (heights[one.className.match(/st-key-\\S+/)[0]] ||= []).push(height);
  }
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def test_nothing_jumps_when_the_page_loads_and_when_a_control_is_changed(kept_profile, server):
    async def visited_before():  # a figure that the server has yet to draw comes later than the page
        async with viewing(server) as viewer:
            await viewer.run()
            await viewer.run(range="1Y")

    run(visited_before())
    page = kept_profile.new_page()
    page.set_viewport_size({"width": 1440, "height": 1800})  # all charts in sight
    page.emulate_media(reduced_motion="no-preference")
    page.add_init_script(WATCH)
    page.goto(server)
    settle(page)
    page.wait_for_selector(".js-plotly-plot .main-svg")
    seen = -1
    while seen != (now := page.evaluate("shifts.length")):  # what still arrives belongs to the loading
        seen = now
        page.wait_for_timeout(500)
    loading = page.evaluate("shifts.splice(0).reduce((sum, one) => sum + one, 0)")
    page.get_by_role("radio", name="1Y").or_(page.get_by_text("1Y", exact=True)).first.click()
    page.wait_for_url("**range=1Y**")
    page.wait_for_selector(READY)
    page.wait_for_timeout(1000)
    changing, heights = page.evaluate("[shifts.reduce((sum, one) => sum + one, 0), heights]")
    page.close()
    said = f"layout shift: {loading:.3f} when the page loads, {changing:.3f} when the range changes"
    print(said)  # noqa: T201
    assert loading < 0.9, said  # most of it is the frame's own, while its parts arrive
    assert changing < 0.01, said
    assert len(heights) == 1
    for name, seen in heights.items():
        assert max(seen) - min(seen) <= 2, (name, min(seen), max(seen))
