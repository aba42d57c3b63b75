"""The report: one file that asks nobody, says nothing later than its instant, and shows outside texts as text."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import command_line
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs

from sentiment.charts import offline
from sentiment.errors import SelectionError, UnknownAssetError
from sentiment.market import bar_store
from sentiment.models import Selection
from sentiment.research import library
from sentiment.scoring.components import registry
from sentiment.web import hypertext, links, report

BASE = "http://localhost:8501/"
MADE = datetime(2025, 12, 11, 9, 30, tzinfo=UTC)
DAY = Selection(as_of=date(2025, 12, 10))
VOID = {"meta", "br", "hr", "img", "input", "link", "wbr", "col"}
CHARTS = ["timeline", "quadrant", "parts-fear", "parts-fundamentals", "evidence"]

HOSTILE = """---
id: hostile
title: "</title><script>alert(1)</script> & <img src=x onerror=alert(2)>"
publisher: "<b onmouseover=alert(3)>desk</b>"
author: "</script><script>alert(4)</script>"
published: 2025-12-04T10:00:00Z
precision: minute
source: "<a href=javascript:alert(5)>here</a>"
source_url: https://evil.example/?a&b&quot;onmouseover=alert(6)
assets: [BTC-USD]
themes: [fear]
stance: bullish
conviction: 0.7
claims:
  - text: "<svg onload=alert(7)>"
calls:
  - {asset: BTC-USD, text: "<iframe src=https://evil.example/>", direction: up, days: 30}
---
</details></main><script>alert(8)</script> ![pixel](https://tracker.example/x.png) [go](javascript:alert(9))
<style>body{display:none}</style> Bitcoin could\u2028rebound.
"""


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in order, and an id is there once."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.ids, self.blocks, self.words = [], [], [], {}, []
        self.feed(text)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag, attrs):
        assert len(attrs) == len(dict(attrs)), f"an attribute of {tag} is there twice"
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        inside = self.open[-1] if self.open else ""
        if inside in {"script", "style"}:
            name = self.elements[-1][1].get("id", inside)
            self.blocks[name] = self.blocks.get(name, "") + data
        elif data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def text(self):
        return re.sub(r" +([,.;:)])", r"\1", " ".join(self.words))

    def attributes(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def written():
    return report.html(DAY, BASE, MADE)


@pytest.fixture(scope="module")
def page(written):
    return Page(written)


def strings(value):
    """Every text in a figure, but for packed numbers."""
    if isinstance(value, dict):
        return [one for name, inner in value.items() if name != "bdata" for one in strings(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in strings(inner)]
    return [value] if isinstance(value, str) else []


def test_it_tells_the_day_in_the_order_of_a_story(page):
    text = page.text
    said = [
        "Bitcoin ( BTC-USD) on 10 Dec 2025",
        "On 10 Dec 2025 fear (",
        "Such readings so far: no demonstrated edge.",
        "on 100% of its weight",
        "since 17 Oct 2025",
        "How did price, fear and fundamentals move?",
        "Where does the market stand?",
        "Which parts make these scores?",
        "What did research say, and what became of it?",
        "5 calls: 0 hits, 0 misses, 5 pending",
        "Fear outweighs fundamentals; December could be the turn",
        "By 21 November 2025 bitcoin stood more than 30 % below its highest close.",
        "Were such readings worth anything?",
        "Where do the figures come from?",
        "Cboe volatility index (VIX)",
        "How was it made, and what are its limits?",
        "The weights are the standard ones.",
        "not advice",
        "Made on 2025-12-11 09:30:00 UTC",
    ]
    places = [text.find(one) for one in said]
    assert -1 not in places, said[places.index(-1)]
    assert places == sorted(places)


def test_every_chart_says_what_it_shows_to_everybody(page):
    plots = [attrs for attrs in page.attributes("div") if attrs.get("class") == "plot"]
    assert [attrs["data-figure"] for attrs in plots] == [f"figure-{name}" for name in CHARTS]
    for attrs in plots:
        assert attrs["role"] == "img"
        assert attrs["aria-label"] in page.text
        figure = json.loads(page.blocks[attrs["data-figure"]])
        assert figure["data"]
        assert "data" not in figure["layout"]["template"], "plotly's own looks are left out"
    assert page.elements.count(("figcaption", {})) == len(CHARTS)


def test_the_tables_have_the_figures_without_a_script(page):
    for part in registry():
        assert part.title in page.words
    for row in ("10 Dec 2025", "3 Dec 2025", "10 Nov 2025", "11 Sep 2025", "10 Dec 2024"):
        assert row in page.words
    assert page.words.count("fear outweighs fundamentals") >= 4
    assert all(attrs.get("scope") in {"col", "row"} for attrs in page.attributes("th"))


def test_nothing_later_is_anywhere_in_it(written, page):
    figures = [json.loads(page.blocks[f"figure-{name}"]) for name in CHARTS]
    texts = [*page.words, *strings(figures)]
    later = re.compile(r"2026|(1[1-9]|2\d|3[01]) Dec 2025|2025-12-(1[1-9]|2\d|3[01])")
    horizon = re.compile(r"\bruns until [\w ]+?\d{4}\b|\bby \d+ \w+ \d{4} \(|Called: .* by \d+ \w+ \d{4}")
    known = re.compile(r"2025-12-11T09:30:00Z|2025-12-11 09:30:00 UTC|11 Dec 2025, 09:30:00 UTC")
    for one in texts:
        left = known.sub("", horizon.sub("", one.replace("<br>", " ")))
        assert not later.search(left), left
    statuses = re.findall(r'<div class="call (\w+)">', written)
    assert statuses == ["pending"] * 5
    assert "k33-2026" not in written
    assert "60,000 could be the low" not in page.text


def test_what_became_of_the_calls_is_told_later():
    text = report.html(Selection(as_of=date(2026, 1, 2)), BASE, datetime(2026, 10, 4, tzinfo=UTC))
    statuses = re.findall(r'<div class="call (\w+)">', text)
    assert statuses == ["miss", "miss", "pending", "hit", "hit"]
    found = Page(text).text
    assert "Miss, by the close of 31 Dec 2025 A rebound in December 2025" in found
    assert "Return −4.2% Base rate 58% Worst for a follower −6.4% Best +2.4%" in found


def test_the_same_pinned_selection_gives_the_same_bytes(written):
    pinned = Selection(as_of=DAY.as_of, known_at=MADE, view="Research", note="k33-2025-12-02", find="x", horizon=90)
    assert report.html(pinned, BASE, MADE) == written
    other = report.html(pinned, BASE, datetime(2026, 5, 1, 8, 0, tzinfo=UTC))
    assert other != written
    assert (
        other.replace("2026-05-01T08:00:00Z", "2025-12-11T09:30:00Z").replace(
            "2026-05-01 08:00:00", "2025-12-11 09:30:00"
        )
        == written
    )


def test_the_link_leads_back_to_what_the_file_shows(page):
    (back,) = [attrs["href"] for attrs in page.attributes("a") if attrs["href"].startswith(BASE)]
    read, problems = links.from_query(back.partition("?")[2])
    assert problems == ()
    assert read == Selection(as_of=DAY.as_of, known_at=MADE)


def test_it_loads_nothing_from_anywhere(written, page):
    for _, attrs in page.elements:
        assert not {"src", "srcset", "action", "style", "background", "poster"} & set(attrs)
        assert not [name for name in attrs if name.startswith("on")]
    assert page.attributes("link") == []
    for attrs in page.attributes("a"):
        assert attrs["href"].startswith(("https://", BASE))
        assert attrs["rel"] == "noopener noreferrer nofollow"
    hrefs = {attrs["href"] for attrs in page.attributes("a")}
    bare = re.sub(r'<script type="text/plain" id="plotly">.*?</script>', "", written)
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", bare))
    assert {one.replace("&amp;", "&") for one in addresses} <= hrefs
    assert "url(" not in page.blocks["style"]
    assert "@import" not in page.blocks["style"]


def test_the_policy_names_exactly_what_runs(page):
    (policy,) = [attrs["content"] for attrs in page.attributes("meta") if "http-equiv" in attrs]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}

    def named(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    unpacked = gzip.decompress(base64.b64decode(page.blocks["plotly"])).decode()
    assert unpacked == get_plotlyjs()
    assert rules == {
        "default-src": ["'none'"],
        "script-src": [named(page.blocks["script"]), named(unpacked)],
        "style-src": [named(page.blocks["style"]), named("")],
        "img-src": ["data:", "blob:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    run = [attrs for attrs in page.attributes("script") if attrs.get("type") not in {"application/json", "text/plain"}]
    assert len(run) == 1


def test_a_hostile_note_is_text_wherever_it_stands(empty_store):
    assert empty_store
    library.add(HOSTILE, "hostile.md", who="A. Reader")
    text = report.html(Selection(as_of=date(2025, 12, 10)), BASE)
    found = Page(text)
    assert "</title><script>alert(1)</script> & <img src=x onerror=alert(2)>" in found.words
    assert "<b onmouseover=alert(3)>desk</b>" in found.text
    assert "<iframe src=https://evil.example/>" in found.text
    assert "alert(8)" in found.text
    assert "[U+2028]" in found.text
    kinds = {tag for tag, _ in found.elements}
    assert not kinds & {"img", "svg", "iframe", "b", "object", "embed", "form", "base"}
    assert len(found.attributes("script")) == len(CHARTS) + 3
    assert not [name for _, attrs in found.elements for name in attrs if name.startswith("on")]
    assert not [attrs for attrs in found.attributes("a") if not attrs["href"].startswith(("https://", BASE))]
    pins = strings(json.loads(found.blocks["figure-timeline"]))
    assert any("&lt;script&gt;alert(1)" in one for one in pins), "plotly reads markup: a pin's words are escaped twice"
    before = report.html(Selection(as_of=date(2025, 12, 3)), BASE)
    assert "alert(1)" not in before


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--", "a & b", "\u2028\u2029"])
def test_figures_cannot_leave_their_element(evil):
    text = offline.as_json(go.Figure(go.Scatter(x=["2025-12-02T00:00:00"], y=[1.0], text=[evil])))
    assert not set("<>&\u2028\u2029") & set(text)
    read = json.loads(text)
    assert read["data"][0]["text"] == [evil]
    assert read["data"][0]["x"] == ["2025-12-02"]


def test_it_is_about_two_megabytes(written):
    whole = report.html(Selection(as_of=DAY.as_of, range="All"), BASE, MADE)
    assert len(written.encode()) < 2.2e6
    assert len(whole.encode()) < 2.6e6
    assert written.count('id="plotly"') == 1


def test_chosen_weights_are_told_and_used():
    text = report.html(Selection(as_of=DAY.as_of, weights=(("drawdown", 30.0), ("policy", 0.0))), BASE, MADE)
    found = Page(text).text
    assert "With weights of their own: drawdown 30, policy 0." in found
    assert "The weights are chosen: drawdown 30, policy 0." in found
    assert "weights=drawdown:30,policy:0" in text


def saved_share(known_at, close):
    index = pd.date_range(
        end=pd.Timestamp("2026-10-16", tz="UTC"), periods=len(close), freq="B", unit="us", name="date"
    )
    rows = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), close), index=index)
    rows = rows.assign(volume=1_000.0, dividends=0.0, splits=0.0)
    bar_store.append("SPY", rows, known_at, bar_store.Facts(known_at, known_at, "America/New_York", "ETF", "USD"))


def test_a_share_has_a_report_that_a_later_revision_does_not_change(empty_store):
    assert empty_store
    first = datetime(2026, 10, 20, 12, tzinfo=UTC)
    close = 500 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.01, 1_300)))
    saved_share(first, close)
    made = first + timedelta(hours=1)
    # 11 October 2026 is a Sunday.
    sunday = report.html(Selection(asset="SPY", as_of=date(2026, 10, 11)), BASE, made)
    found = Page(sunday).text
    assert "SPY on 11 Oct 2026" in found
    assert "for personal use, by Yahoo's terms" in found
    assert "No note about SPY" in found
    saved_share(first + timedelta(days=1), close * 1.01)
    assert report.html(Selection(asset="SPY", as_of=date(2026, 10, 11)), BASE, made) == sunday
    revised = report.html(Selection(asset="SPY", as_of=date(2026, 10, 11)), BASE, made + timedelta(days=2))
    assert Page(revised).blocks["figure-timeline"] != Page(sunday).blocks["figure-timeline"]


def test_a_day_with_too_little_is_told_so():
    found = Page(report.html(Selection(as_of=date(2015, 2, 1)), BASE, MADE)).text
    assert "On 1 Feb 2015 there are too few figures for a reading" in found
    assert "No note about BTC-USD was published by 1 Feb 2015." in found
    assert "Too little data" in found


def test_a_day_without_a_reading_has_words_and_no_empty_quadrant():
    page = Page(report.html(Selection(as_of=date(2015, 1, 1)), BASE, MADE))
    assert "No day of the last 90 has both fear and fundamentals." in page.text
    assert "No day has a reading." in page.text
    assert "figure-quadrant" not in page.blocks
    assert "of the days" not in page.text


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(SelectionError, match="the base 'javascript:1' is not an address"):
        report.html(DAY, "javascript:1", MADE)
    with pytest.raises(SelectionError, match="no range '9Y'; there are: 3M"):
        report.html(Selection(range="9Y"), BASE, MADE)
    with pytest.raises(UnknownAssetError):
        report.html(Selection(asset="NOPE"), BASE, MADE)
    with pytest.raises(SelectionError, match="no prices of BTC-USD for 2031-01-01"):
        report.html(Selection(as_of=date(2031, 1, 1)), BASE, MADE)


def test_a_link_to_no_page_is_only_written_out():
    assert hypertext.link("javascript:alert(1)", "<go>") == "&lt;go&gt;"
    assert hypertext.strong("**a** <b>") == "<strong>a</strong> &lt;b&gt;"
    assert hypertext.table("none", []) == ""


def command(*words):
    done = command_line.run("report", *map(str, words), check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_the_command_writes_the_file_and_says_where(tmp_path):
    target = tmp_path / "day.html"
    pinned = (
        "--as-of",
        "2025-12-10",
        "--known-at",
        "2025-12-11T09:30:00Z",
        "--range",
        "1Y",
        "--base",
        "https://s.example/x",
    )
    code, out, err = command("BTC-USD", *pinned, "--weights", "policy:0", "-o", target)
    assert (code, out, err) == (0, f"{target}: 2.1 MB\n", "")
    text = target.read_text("utf-8")
    wanted = Selection(as_of=DAY.as_of, known_at=MADE, range="1Y", weights=(("policy", 0.0),))
    made = datetime.fromisoformat(re.search(r'<time datetime="([^"]+)"', text)[1])
    assert text == report.html(wanted, "https://s.example/x", made)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("NOPE", "-o", "x.html"), "no asset 'NOPE'; there are: BTC-USD"),
        (("BTC-USD",), "Missing option '-o'"),
        (("BTC-USD", "--as-of", "yesterday", "-o", "x.html"), "'yesterday' is not a day"),
        (("BTC-USD", "--range", "9Y", "-o", "x.html"), "no range '9Y'"),
        (("BTC-USD", "--base", "ftp://x", "-o", "x.html"), "the base 'ftp://x' is not an address"),
        (("BTC-USD", "-o", "/nowhere/x.html"), "cannot write /nowhere/x.html: No such file or directory"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_one_line(words, says):
    code, out, err = command(*words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert says in err
