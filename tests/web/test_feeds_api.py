"""Feeds and the calendar of the server: read by feedparser and icalendar, with the ids of the published site."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import feedparser
import pandas as pd
from asgi import ask
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_store, history
from sentiment.models import Selection
from sentiment.research import library
from sentiment.tables import export
from sentiment.web import feeds, links
from sentiment.web.happenings import Happening

HERE = "http://localhost:8501/"
MORNING = "2026-11-27T07:00:00Z"
ENTRIES = UUID("1f117d76-8f19-45d8-9258-acdb50c367d6")
K33 = "publisher=K33+Research"


def feed_of(api, query, **how):
    answer = ask(api, f"/api/v1/feed.atom?{query}", **how)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    return read(answer.body)


def read(body):
    feed = feedparser.parse(body)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def events_of(body):
    return Calendar.from_ical(body).walk("VEVENT")


def told(feed):
    return [(entry.id, entry.title, entry.updated, entry.summary) for entry in feed.entries]


def test_an_entry_opens_the_asset_as_of_its_day(api):
    feed = feed_of(api, "asset=GLD~BTC-USD&as_of=2025-12-10")
    assert feed.entries
    for entry in feed.entries:
        selection, problems = links.from_query(urlsplit(entry.link).query)
        assert entry.link.startswith(HERE)
        assert problems == ()
        assert entry.title.startswith(f"{selection.asset}: ")
        assert selection.as_of <= date(2025, 12, 10)
        assert entry.summary.startswith(f"{selection.as_of.day} ")


def test_a_publishers_feed_has_its_notes_and_calls_and_nothing_else(api):
    feed = feed_of(api, f"{K33}&as_of=2025-12-14")
    assert feed.feed.title == "K33 Research: notes and calls"
    titles = [entry.title for entry in feed.entries]
    assert (
        titles[0]
        == "BTC-USD: due by 18 Dec 2025: K33 Research: Like regimes were followed by losses over the next 30 days."
    )
    assert all("K33 Research: " in title for title in titles)
    everything = feed_of(api, "asset=BTC-USD&as_of=2025-12-14")
    assert {entry.id for entry in feed.entries} < {entry.id for entry in everything.entries}
    assert not feed_of(api, f"{K33}&asset=GLD&as_of=2025-12-14").entries


def test_two_notes_of_one_title_and_day_have_an_id_each_and_keep_it(api, empty_store):
    assert not empty_store.exists()

    def entries(more=""):
        feed = feed_of(api, f"publisher=Harbour&asset=BTC-USD&as_of=2025-12-10{more}")
        return [(entry.title, entry.id) for entry in feed.entries]

    def save(identifier, theme):
        note = replace(
            library.bundled()[-1], id=identifier, publisher="Harbour", title="Weekly", themes=(theme,), calls=(),
            published=datetime(2025, 12, 9, tzinfo=UTC), precision="day", assets=("BTC-USD",),
        )  # fmt: skip
        library.add_note(note, who="Ann")

    save("second", "rates")
    [alone] = entries()
    assert alone[1] == f"urn:uuid:{uuid5(ENTRIES, 'BTC-USD/2025-12-09/event/Harbour: Weekly')}"
    save("first-by-name", "credit")
    both = entries()
    assert alone in both
    assert len({one for _, one in both}) == len(both) == 2
    [other] = {*both} - {alone}
    assert entries("&theme=credit") == [other]
    library.withdraw("second", who="Ann", why="wrong")
    assert entries() == [other]


def test_the_calendar_has_the_pending_calls_of_the_table(api):
    answer = ask(api, "/api/v1/calendar.ics?as_of=2025-12-10")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert 'filename="calendar_2025-12-10.ics"' in answer.headers["content-disposition"]
    calls = export.table("calls", Selection(as_of=date(2025, 12, 10)))
    published = events_of(feeds.calendar(calls, date(2025, 12, 10)))
    events = events_of(answer.body)
    assert [(str(one["uid"]), str(one["summary"]), one.decoded("dtstart")) for one in events] == [
        (str(one["uid"]), str(one["summary"]), one.decoded("dtstart")) for one in published
    ]
    assert len(events) == (calls["status"] == "pending").sum() > 3
    for one in events:
        selection, problems = links.from_query(urlsplit(str(one["url"])).query)
        assert (problems, selection.view) == ((), "Research")
        assert selection.note in set(calls["note"])
        assert one["transp"] == "TRANSPARENT"
    theirs = events_of(ask(api, f"/api/v1/calendar.ics?as_of=2025-12-10&{K33}&asset=BTC-USD").body)
    assert {str(one["uid"]) for one in theirs} <= {str(one["uid"]) for one in events}
    assert theirs
    assert not events_of(ask(api, "/api/v1/calendar.ics?as_of=2025-12-10&asset=GLD~SPY").body)


def test_both_obey_the_rules_of_the_other_addresses(api):
    frozen = f"feed.atom?asset=GLD&as_of=2025-12-02&known_at={MORNING}"
    for address, lasts in (
        (frozen, False),  # the address names no method
        (f"{frozen}&method=3", True),
        (f"calendar.ics?asset=GLD&as_of=2025-12-02&known_at={MORNING}", True),
        (f"calendar.ics?as_of=2025-12-02&known_at={MORNING}", False),  # nor assets
    ):
        first = ask(api, f"/api/v1/{address}", accept_encoding="gzip")
        assert ("immutable" in first.headers["cache-control"]) is lasts, address
        again = ask(api, f"/api/v1/{address}", accept_encoding="gzip", if_none_match=first.headers["etag"])
        assert (again.status, again.sent) == (304, b"")
        head = ask(api, f"/api/v1/{address}", method="HEAD")
        assert (head.status, head.sent) == (200, b"")
    for wrong, parameter in (
        ("feed.atom?publisher=nobody", "publisher"),
        ("feed.atom?asset=NONE", "asset"),
        ("feed.atom?colour=red", "colour"),
        ("feed.atom?start=2025-12-02", "start"),
        ("calendar.ics?as_of=2999-01-01", None),
        ("calendar.ics?asset=BTC-USD&asset=GLD", "asset"),
    ):
        refused = ask(api, f"/api/v1/{wrong}")
        assert (refused.status, refused.headers["content-type"]) == (400, "application/problem+json")
        assert parameter in {one["parameter"] for one in refused.json.get("problems", [{"parameter": None}])}


def test_a_stranger_gets_it_whole_and_no_price_with_it(api, empty_store, monkeypatch):
    assert not empty_store.exists()
    monkeypatch.setenv("SENTIMENT_SHARE_PRICES", "signed-in")
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "BTC-USD NVDA")
    fetched = datetime(2026, 11, 27, 6, tzinfo=UTC)
    close = history.bars("BTC-USD")["close"] + 0.25
    frame = pd.DataFrame(dict.fromkeys(PRICE_COLUMNS, 0.0), close.index).assign(close=close)
    bar_store.append("BTC-USD", frame, fetched, bar_store.Facts(fetched, fetched, "UTC", "CRYPTOCURRENCY", "USD"))
    own, others = (ask(api, "/api/v1/feed.atom", client=client) for client in ("127.0.0.1", "203.0.113.5"))
    assert own.body == others.body
    assert others.headers["cache-control"] == "no-cache"
    assert "withheld-columns" not in others.headers
    feed, text = read(others.body), others.body.decode()
    assert len(feed.entries) == feeds.MOST_ENTRIES
    written = {
        form for price in close[close > 10_000] for form in (f"{price:,.0f}", f"{price:.2f}")
    }  # shorter ones are in ids
    assert [price for price in written if price in text] == []
    assert feed.feed.subtitle == "NVDA is missing: no prices are saved yet"
    table = ask(api, "/api/v1/scores.csv?asset=BTC-USD", client="203.0.113.5")
    assert table.headers["withheld-columns"] == "close"


TEXT = st.text(max_size=30)


@given(st.lists(st.tuples(st.dates(date(2015, 1, 1), date(2030, 1, 1)), TEXT, TEXT), max_size=4), TEXT)
def test_no_text_from_outside_breaks_a_feed_or_a_calendar(rows, title):
    happened = [Happening(day, "GLD", text, identity) for day, text, identity in rows]
    feed = read(feeds.atom(title, HERE, f"{HERE}feed", happened, subtitle=title))
    assert len(feed.entries) == len({entry.id for entry in feed.entries}) == len({identity for _, _, identity in rows})
    calls = pd.DataFrame(
        [(note, "A\nB", "GLD", text, str(day), "pending", "") for day, text, note in rows],
        columns=["note", "publisher", "asset", "call", "horizon_end", "status", "record"],
    )
    events = events_of(feeds.calendar(calls, date(2026, 11, 27), lambda row: f"{HERE}?{len(row['note'])}"))
    assert sorted(one.decoded("dtstart") for one in events) == sorted(day for day, _, _ in rows)
