"""A note of one's own in a real browser: what is hostile shows as text, what is saved counts from its day on."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import feeds
import pytest
import web_server
from browser_page import appears, settle
from playwright.sync_api import expect
from test_api_server import get

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("visits")]

HOSTILE = """---
id: hostile
title: "K33 sees <img src=x onerror=alert(1)> a [rebound](javascript:alert(2)) :red[soon] $x^2$"
publisher: "<script>alert(6)</script> desk"
author: "<b onmouseover=alert(3)>me</b>"
published: 2025-12-04T12:00:00Z
precision: minute
source: "=HYPERLINK(1)<iframe src=//evil.example>"
assets: [BTC-USD]
themes: ["<svg onload=alert(4)>"]
stance: bearish
conviction: 0.9
claims:
  - text: "<script>alert(5)</script> is a fact"
calls:
  - {asset: BTC-USD, text: "A fall by the <i>end</i> of December", direction: down, end: 2025-12-31}
---
Bitcoin will fall by the end of December, says <b onmouseover=alert(2)>the desk</b>. <script>document.title = "taken"</script>
<iframe srcdoc="<script>alert(3)</script>"></iframe> [click](javascript:alert(4)) ![pixel](https://tracker.example/x.png)
<svg onload=alert(5)> :red[colour] $x^2$ =HYPERLINK("https://evil.example","go")
"""


def query(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def paste(page, text):
    box = page.get_by_label("Text of the note, or its address")
    box.fill(text)
    box.press("Control+Enter")
    appears(page, "Read by rules")
    settle(page)


def put(page, label, value):
    box = page.get_by_label(label, exact=False).first
    box.fill(value)
    box.press("Tab")
    settle(page)


def last_parts(page, day):
    """Raw values of the parts on a day, as the page's own CSV has them."""
    found = {}
    buttons = page.get_by_role("button", name="CSV: parts of")
    buttons.nth(1).wait_for()
    for button in buttons.all():
        with page.expect_download() as waiting:
            button.click()
        text = Path(waiting.value.path()).read_text(encoding="utf-8")
        if text.startswith("date,component"):
            found |= raw_values(text, day)
    return found


def parts_served(server, day):
    """The same as the server's API has them."""
    answer, body = get(server, f"/api/v1/components.csv?as_of={day}")
    assert answer.status == 200
    return raw_values(body.decode(), day)


def raw_values(text, day):
    return {row["component"]: row["raw"] for row in csv.DictReader(io.StringIO(text)) if row["date"] == day}


def test_a_hostile_note_is_shown_as_text_and_counts_for_no_day_before_it_was_saved(visit, own_server):
    before = {day: parts_served(own_server, day) for day in ("2025-12-03", "2025-12-04")}
    page = visit("view=Inbox")
    paste(page, HOSTILE)
    put(page, "Your name", "A. Reader")
    page.get_by_role("button", name="Save the note").click()
    appears(page, "Saved as hostile.")
    settle(page)
    assert query(page) == {"view": "Research", "note": "hostile"}
    note = page.locator(".note").first
    expect(note).to_contain_text("<script>document.title")
    expect(note).to_contain_text("<iframe srcdoc")
    expect(note.locator("img, script, iframe, svg, b")).to_have_count(0)
    assert note.locator("a").evaluate_all("all => all.map(a => a.protocol)") == ["https:"]
    expect(page.locator("mark.horizon").first).to_be_attached()
    for said in ("<script>alert(6)</script> desk", "<b onmouseover=alert(3)>me</b>", "A fall by the <i>end</i>"):
        expect(page.get_by_text(said).first).to_be_attached()
    assert page.evaluate("document.querySelectorAll('[data-testid=stMain] iframe').length") == 0
    assert not page.title().startswith("taken")
    assert page.outside == []
    assert page.dialogs == []
    assert {day: parts_served(own_server, day) for day in before} == before
    assert last_parts(visit("as_of=2025-12-04"), "2025-12-04") == before["2025-12-04"]


def test_files_are_uploaded_many_at_once_with_their_fate_told(visit, own_server, tmp_path):
    assert own_server
    bundled = (Path(__file__).parents[2] / "data" / "notes" / "k33-2026-02-17-range.md").read_text("utf-8")
    for number in range(3):
        tmp_path.joinpath(f"{number}.md").write_text(bundled.replace("id: k33", f"id: copy{number}"), "utf-8")
    tmp_path.joinpath("bad.md").write_text("---\nid: x\npublisher: P\npublished: 2025-12-03\n---\nBody", "utf-8")
    page = visit("view=Inbox")
    page.get_by_text("Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files(sorted(tmp_path.glob("*.md")))
    appears(page, "3 files are complete notes")
    settle(page)
    appears(page, "bad.md, line 2, id")
    put(page, "Your name", "A. Reader")
    page.get_by_role("button", name="Save 3 notes").click()
    appears(page, "3 of 3 saved as new")
    other = visit("view=Research&find=range")
    appears(other, "Known on")
    appears(other, "3 calls in hindsight count in no record.")


def test_a_text_of_html_is_uploaded_and_read(visit, own_server, tmp_path):
    assert own_server
    tmp_path.joinpath("page.html").write_text(
        "<html><head><title>Leverage is low</title><meta property='og:site_name' content='The House'>"
        "<meta property='article:published_time' content='2025-12-04T10:00:00Z'></head>"
        "<body><script>alert(1)</script><p>Bitcoin will fall within the next 30 days.</p></body></html>",
        "utf-8",
    )
    page = visit("view=Inbox")
    page.get_by_text("Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files(tmp_path / "page.html")
    appears(page, "Read by rules")
    settle(page)
    expect(page.get_by_label("Publisher").first).to_have_value("The House")
    expect(page.get_by_label("Title").first).to_have_value("Leverage is low")
    assert "alert" not in page.locator(".note").first.inner_text()


YESTERDAY = """
from datetime import datetime, timedelta, timezone
from sentiment.research import store
store._now = lambda: datetime.now(timezone.utc) - timedelta(days=1)
store.promise = lambda instant: False
"""
"""A program whose saves are a day old: that day's bar has closed, so its reading is on the screen."""


@pytest.fixture
def followed_server(chromium, yahoo, served, tmp_path):
    """The dashboard with today's prices, which may fetch from a small web of our own; gives its address and that web."""
    assert chromium
    with web_server.serving() as web:
        tmp_path.joinpath("sitecustomize.py").write_text(YESTERDAY, "utf-8")
        environment = yahoo.environment(
            SENTIMENT_OFFLINE="0", SENTIMENT_WATCH="0", SENTIMENT_FETCH_ALLOW=web.host, PYTHONPATH=str(tmp_path)
        )
        fetched = subprocess.run(
            [sys.executable, "-m", "sentiment.cli", "refresh", "ETH-USD"],
            env=environment,
            capture_output=True,
            check=False,
        )
        assert b"ETH-USD" in fetched.stdout, fetched
        with served(tmp_path / "log.txt", environment) as address:
            yield address, web


def test_a_feed_is_followed_and_a_note_is_confirmed_in_three_actions_and_counts_on_the_day_it_was_saved(
    followed_server, own_page
):
    address, web = followed_server
    sent = datetime.now(UTC) - timedelta(days=1, seconds=60)
    story = f"<p>{feeds.SCRIPT}</p><p>Ether will rise to $9,000 within 60 days. Confidence is strong and growth is solid. Support stands at $1,500.</p>"
    web.put("/feed", feeds.rss(feeds.item("Ether is strong", story, "e", format_datetime(sent))))
    page = own_page
    page.goto(f"{address}?asset=ETH-USD&view=Inbox")
    settle(page)
    page.get_by_label("Text of the note").fill(web.url("/feed"))
    page.get_by_role("button", name="Follow").click()
    appears(page, "is followed: 1 new in the inbox")
    settle(page)
    page.get_by_role("button", name="Ether is strong").click()  # 1
    expect(page.get_by_role("button", name="Save the note")).to_be_in_viewport()
    page.get_by_label("Your name").fill("AR")  # 2
    page.get_by_role("button", name="Save the note").click()  # 3
    appears(page, "Saved as harbour-research-")
    day = page.get_by_text("It counts in readings from").filter(visible=True).first.inner_text().partition(" from ")[2]
    day = f"{datetime.strptime(day.removesuffix(' on.'), '%d %b %Y').replace(tzinfo=UTC):%Y-%m-%d}"
    page.goto(f"{address}?asset=ETH-USD&view=Today")
    appears(page, "Ether is strong")
    settle(page)
    after = last_parts(page, day)
    assert float(after["research_stance"]) > 0, "no note was about it before"
    assert after["research_tone"], "nor had any a tone"
    page.goto(f"{address}?asset=ETH-USD&view=Research")
    appears(page, "Ether is strong")
    appears(page, "○ Pending")
    settle(page)
    assert page.get_by_text("in hindsight").count() == 0, "it was saved before the first close after its publication"
    assert page.dialogs == []
    assert (
        page.evaluate("document.querySelectorAll('[data-testid=stMain] script, [data-testid=stMain] iframe').length")
        == 0
    )


@pytest.fixture
def own_page(kept_profile):
    """A page of its own that has shown its hint before and notes its dialogs."""
    page = kept_profile.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    page.add_init_script("localStorage.setItem('sentiment-hint', 'read')")
    page.dialogs = []
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.dismiss()))
    yield page
    page.close()
