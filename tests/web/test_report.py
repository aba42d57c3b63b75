"""The report shows what was known at its instant, nothing later, and the same bytes for the same selection."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from report_page import BASE, CHARTS, DAY, MADE, Page, strings

from sentiment.errors import SelectionError, UnknownAssetError
from sentiment.market import bar_store
from sentiment.models import Selection
from sentiment.scoring.components import registry
from sentiment.web import links, report


@pytest.fixture(scope="module")
def written():
    return report.html(DAY, BASE, MADE)


@pytest.fixture(scope="module")
def page(written):
    return Page(written)


def test_its_parts_come_in_the_order_of_a_story(page):
    excerpts = [
        "Bitcoin ( BTC-USD) on 10 Dec 2025",
        "Bitcoin, 92,021 USD on 10 Dec 2025: fear",
        "Over all horizons: too little data.",
        "on 100% of the weight that applies",
        "since 19 Oct 2025",
        "How did price, fear and justified fear move?",
        "Where is the market now?",
        "Which parts make these scores?",
        "What did research say, and what became of it?",
        "5 calls (0 hits, 0 misses, 5 pending)",
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
    places = [page.text.find(excerpt) for excerpt in excerpts]
    assert -1 not in places, excerpts[places.index(-1)]
    assert places == sorted(places)


def test_every_chart_has_a_caption_and_a_label(page):
    plots = [attrs for attrs in page.attributes("div") if attrs.get("class") == "plot"]
    assert [attrs["data-figure"] for attrs in plots] == [f"figure-{name}" for name in CHARTS]
    for attrs in plots:
        assert attrs["role"] == "figure", "an image would hide the buttons inside it"
        assert attrs["aria-label"] in page.text
        figure = json.loads(page.blocks[attrs["data-figure"]])
        assert figure["data"]
        assert "data" not in figure["layout"]["template"], "plotly's default template is left out"
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
    for text in texts:
        rest = known.sub("", horizon.sub("", text.replace("<br>", " ")))
        assert not later.search(rest), rest
    statuses = re.findall(r'<div class="call (\w+)">', written)
    assert statuses == ["pending"] * 5
    assert "k33-2026" not in written
    assert "60,000 could be the low" not in page.text


def test_a_later_report_has_the_outcomes_of_the_calls():
    text = report.html(Selection(as_of=date(2026, 1, 2)), BASE, datetime(2026, 10, 4, tzinfo=UTC))
    statuses = re.findall(r'<div class="call (\w+)">', text)
    assert statuses == ["miss", "miss", "pending", "hit", "hit"]
    words = Page(text).text
    assert "Miss, by the close of 31 Dec 2025 A rebound in December 2025" in words
    assert "Return −4.2% Base rate 58% Chance of a random walk 50% Worst for a follower −6.4% Best +2.4%" in words
    assert "Fear rests on 90% of the weight that applies; no data for research tone." in words


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
    selection, problems = links.from_query(back.partition("?")[2])
    assert problems == ()
    assert selection == Selection(as_of=DAY.as_of, known_at=MADE)


def test_it_is_about_two_megabytes(written):
    whole = report.html(Selection(as_of=DAY.as_of, range="All"), BASE, MADE)
    assert len(written.encode()) < 2.2e6
    assert len(whole.encode()) < 2.6e6
    assert written.count('id="plotly"') == 1


def test_chosen_weights_are_named_and_used():
    text = report.html(Selection(as_of=DAY.as_of, weights=(("drawdown", 30.0), ("policy", 0.0))), BASE, MADE)
    words = Page(text).text
    assert "With custom weights: drawdown 30, policy 0." in words
    assert "The weights are chosen: drawdown 30, policy 0." in words
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
    created = first + timedelta(hours=1)
    # 11 October 2026 is a Sunday.
    sunday = report.html(Selection(asset="SPY", as_of=date(2026, 10, 11)), BASE, created)
    words = Page(sunday).text
    assert "SPDR S&P 500 ETF (SPY) on 11 Oct 2026" in words
    assert "for personal use, by Yahoo's terms" in words
    assert "No note about SPY" in words
    saved_share(first + timedelta(days=1), close * 1.01)
    assert report.html(Selection(asset="SPY", as_of=date(2026, 10, 11)), BASE, created) == sunday
    revised = report.html(Selection(asset="SPY", as_of=date(2026, 10, 11)), BASE, created + timedelta(days=2))
    assert Page(revised).blocks["figure-timeline"] != Page(sunday).blocks["figure-timeline"]


def test_a_day_with_too_little_data_says_so():
    words = Page(report.html(Selection(as_of=date(2015, 2, 1)), BASE, MADE)).text
    assert "on 1 Feb 2015: too little data for fear or for its gap to fundamentals." in words
    assert "Too little is known to name one." in words
    assert "No note about BTC-USD was published by 1 Feb 2015." in words
    assert "Too little data" in words


def test_a_day_without_a_reading_has_words_and_no_empty_quadrant():
    page = Page(report.html(Selection(as_of=date(2015, 1, 1)), BASE, MADE))
    assert "No week of the last half year has both fear and fundamentals." in page.text
    assert "No day has a regime." in page.text
    assert "figure-quadrant" not in page.blocks
    assert "% of the days" not in page.text


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(SelectionError, match="the base 'javascript:1' is not an address"):
        report.html(DAY, "javascript:1", MADE)
    with pytest.raises(SelectionError, match="no range '9Y'; there are: 3M"):
        report.html(Selection(range="9Y"), BASE, MADE)
    with pytest.raises(UnknownAssetError):
        report.html(Selection(asset="NOPE"), BASE, MADE)
    with pytest.raises(SelectionError, match="no prices of BTC-USD for 2031-01-01"):
        report.html(Selection(as_of=date(2031, 1, 1)), BASE, MADE)
