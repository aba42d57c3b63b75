"""Feeds and pages are followed: what is new waits once, an edit is a version, and a hostile one loses nothing and runs nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import feeds
import pytest
import web_server
from feeds import STORY, item, rss
from yahoo_server import Answer

from sentiment.errors import FetchError, InputError
from sentiment.research import fetching, followed, inbox, library
from sentiment.research.fetching import Fetched
from sentiment.research.sources import confirming, feed, following, opml, same_story

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def web(monkeypatch, empty_store):
    assert not empty_store.exists()
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    with web_server.serving() as server:
        monkeypatch.setenv("SENTIMENT_FETCH_ALLOW", server.host)
        yield server


def follow(web, path="/feed", **more):
    return following.follow_address(web.url(path), who="Ann", **more)


def look(source):
    return following.look_at(followed.find_source(source.id))


def read(text, url="https://harbour.example/feed", kind="application/rss+xml", charset=""):
    content = text if isinstance(text, bytes) else text.encode()
    return feed.read(Fetched(content, url, kind, charset), NOW)


def other_story(number):
    return f"Desk note {number}: " + " ".join(f"word{number}x{k}" for k in range(40))


def test_entries_of_a_feed_wait_with_what_they_say_and_are_asked_for_once(web):
    web.put("/feed", rss(item(author="Ada Rowe", link="/a"), item("B", other_story(1), "b", "")), ETag='"1"')
    looked = follow(web)
    assert (looked.source.id, looked.source.kind, looked.source.publisher) == (
        "harbour-research",
        "feed",
        "Harbour Research",
    )
    later, first = inbox.entries("pending")
    assert (first.title, first.text, first.author, first.publisher) == (
        "Leverage is low",
        STORY,
        "Ada Rowe",
        "Harbour Research",
    )
    assert (first.published, first.precision) == (datetime(2026, 11, 25, 8, 30, tzinfo=UTC), "minute")
    assert first.address == web.url("/a")
    assert "a rise of BTC-USD to 120,000 by 2026-12-31" in first.drafted
    assert (later.published, later.precision) == (None, None), "no day is stated, and none is guessed"
    assert look(looked.source).entries == ()
    assert web.asked[-1][1]["If-None-Match"] == '"1"'
    assert len(inbox.entries()) == 2
    with pytest.raises(InputError, match="is followed already, as harbour-research"):
        follow(web)


def test_an_edited_entry_is_a_new_version_in_the_place_of_the_one_that_waited(web):
    web.put("/feed", rss(item()))
    source = follow(web).source
    web.put("/feed", rss(item(text=STORY.replace("120,000", "130,000"))))
    (new,) = look(source).entries
    old = inbox.entry(new.replaces)
    assert (old.state, old.text, new.state) == ("replaced", STORY, "pending")
    web.put("/feed", rss(item()))  # and back: a text that is known is not taken again
    assert look(source).entries == ()
    added = confirming.confirm_as_read(new.sequence, who="Ann")
    assert inbox.entry(new.sequence).note == added.note.id
    web.put("/feed", rss(item(text=STORY.replace("120,000", "140,000"))))
    (third,) = look(source).entries
    assert (third.state, third.note) == ("pending", added.note.id)
    confirming.confirm_as_read(third.sequence, who="Ann")
    versions = library.history(added.note.id)
    assert [version.why for version in versions] == ["", "its publisher edited it"]
    assert library.find(added.note.id).calls[0].target == 140_000
    inbox.decide(third.sequence, "dismissed", who="Ann")
    web.put("/feed", rss(item(text=STORY.replace("120,000", "150,000"))))
    assert [entry.state for entry in look(source).entries] == ["dismissed"]


def test_a_note_counts_only_once_it_is_confirmed(web):
    web.put("/feed", rss(item()))
    follow(web)
    assert len(library.library()) == 7
    (entry,) = inbox.entries("pending")
    note = confirming.confirm_as_read(entry.sequence, who="Ann").note
    assert (note.publisher, note.body, note.published) == ("Harbour Research", STORY, entry.published)
    assert (note.author, note.source) == (
        "",
        f"{web.url('/feed')} (feed)" if entry.address else "harbour-research (feed)",
    )
    assert len(library.library()) == 8
    with pytest.raises(InputError, match="confirmed already"):
        confirming.confirm_as_read(entry.sequence, who="Ann")


def test_the_same_story_from_two_places_waits_once(web):
    web.put("/feed", rss(item()))
    web.put(
        "/other",
        rss(
            item("Why leverage is low", f"<b>Exclusive</b> {STORY.upper()} More follows.", "x"),
            item("C", other_story(2), "c"),
            title="Copy",
        ),
    )
    follow(web)
    follow(web, "/other")
    waiting = inbox.entries("pending")
    assert [entry.title for entry in waiting] == ["C", "Leverage is low"]
    (same,) = inbox.entries("same")
    assert (same.same_as, same.publisher) == (waiting[1].sequence, "Copy")
    note = confirming.confirm_as_read(waiting[1].sequence, who="Ann").note
    assert inbox.entry(same.sequence).note == note.id


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (STORY, STORY.upper().replace(".", ""), True), (STORY, f"{STORY} " + other_story(1), True), (STORY, other_story(1), False),
        (STORY, " ".join(reversed(STORY.split())), False), ("Bitcoin rises.", "bitcoin rises", True), ("Bitcoin rises.", "Bitcoin falls.", False),
        (STORY, "Bitcoin will rise to 120,000", False), ("", "", True),
    ],
)  # fmt: skip
def test_stories_are_the_same_by_their_runs_of_words(one, other, same):
    assert same_story.same(same_story.runs(one), same_story.runs(other)) is same


def test_atom_is_read_with_its_whole_content_and_the_author_of_the_feed():
    (entry,) = read(feeds.ATOM).items
    assert (entry.guid, entry.title, entry.author, entry.text) == ("urn:1", "Low leverage", "Ada Rowe", STORY)
    assert (entry.address, entry.published) == (
        "https://harbour.example/one",
        datetime(2026, 11, 25, 8, 30, tzinfo=UTC),
    )
    only_changed = feeds.ATOM.replace("<published>2026-11-25T09:30:00+01:00</published>", "")
    (entry,) = read(only_changed).items
    assert (entry.published.day, entry.remark) == (26, "it says only when it was last changed")


@pytest.mark.parametrize(
    ("stated", "published", "precision", "remark"),
    [
        ("Wed, 25 Nov 2026 09:30:00 GMT", datetime(2026, 11, 25, 9, 30, tzinfo=UTC), "minute", ""),
        ("2026-11-25", datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC), "day", ""),
        ("2026-11-28", datetime(2026, 11, 28, 23, 59, 59, tzinfo=UTC), "day", ""),
        ("2026-11-29", None, None, "a day to come: left out"),
        ("Sat, 28 Nov 2026 12:10:00 GMT", NOW, "minute", ""),
        ("Sat, 28 Nov 2026 13:00:00 GMT", None, None, "a day to come: left out"),
        ("Sat, 28 Nov 2099 13:00:00 GMT", None, None, "a day to come: left out"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, None, "a day before 1990: left out"),
        ("yesterday", None, None, ""), ("9" * 5_000, None, None, None), ("", None, None, ""),
    ],
)  # fmt: skip
def test_a_day_is_the_publishers_own_word_or_none(stated, published, precision, remark):
    (entry,) = read(rss(item(published=stated))).items
    assert (entry.published, entry.precision) == (published, precision)
    assert remark is None or entry.remark.endswith(remark)


def test_entries_without_a_guid_or_with_the_same_one_are_told_apart():
    found = read(
        rss(
            item("A", other_story(1), ""),
            item("B", other_story(2), ""),
            item("C", other_story(3), "x"),
            item("D", other_story(4), "x"),
        )
    )
    assert len({entry.guid for entry in found.items}) == 4
    (long,) = read(rss(item(guid="g" * 5_000))).items
    assert len(long.guid) == 64


HOSTILE = {
    "scripts": (rss(item(f"<![CDATA[{feeds.SCRIPT}T]]>", feeds.SCRIPT + STORY)), "alert(1)", 1),
    "cut": (rss(item(), item("B", other_story(1), "b"))[:-150], "\0", 2),
    "nul": (rss(item("T\0", STORY + "\0\ud800")).encode(errors="surrogatepass"), "\0", 1),
    "no words": (rss("<item></item>", item("", "", "x")), "\0", 0),
    "a title alone": (rss("<item><title>T</title></item>"), "\0", 1),
    "a large text": (rss(item(text="word and more. " * 20_000)), "\0", 1),
    "tags in one entry": (rss(item(text="<p>x" * 35_000)), "\0", 1),
    "deep": (rss(item(text="<b>" * 5_000 + STORY)), "\0", 1),
    "other charset": (rss(item("Größe", STORY), encoding="iso-8859-1").encode("latin-1"), "\ufffd", 1),
    "unknown charset": (rss(item(), encoding="no-such"), "\0", 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_feed_is_text_within_bounds(name):
    text, never, count = HOSTILE[name]
    found = read(text)
    assert len(found.items) == count
    for entry in found.items:
        assert never not in entry.text
        assert len(entry.text) <= 60_000
        assert "<" not in entry.title
        assert "\n" not in entry.title


def test_the_charset_of_the_server_goes_before_the_feeds_own():
    wrong = rss(item("Größe"), encoding="us-ascii").encode("cp1252")
    assert read(wrong, charset="windows-1252").items[0].title == "Größe"


def test_a_text_that_is_shortened_says_so():
    (entry,) = read(rss(item(text="word and more. " * 20_000))).items
    assert entry.text.endswith("more.")
    assert entry.remark.startswith("shortened: these are the first 60,0") or entry.remark.startswith(
        "shortened: these are the first 59,9"
    )
    (entry,) = read(rss(item(text="<p>x" * 35_000))).items
    assert (entry.text, "tags; at most 30,000" in entry.remark) == ("Leverage is low", True)


def test_more_entries_than_are_read_are_told():
    found = read(rss(*(item(str(number), other_story(number), str(number)) for number in range(250))))
    assert len(found.items) == 200
    assert "has 250 entries; the first 200 were read" in found.troubles[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<!doctype html><html><p>hello", "not a feed"),
        ('{"version": 1}', "not a feed"),
        ("", "not a feed"),
        ("<rss>" + "<b>" * 50_000, "tags"),
        (feeds.LAUGHS, "entities of its own"),
        (feeds.FILE, "entities of its own"),
        (feeds.LAUGHS.replace("utf-8", "utf-16").encode("utf-16"), "entities of its own"),
        (feeds.LAUGHS.replace("utf-8", "cp037").encode("cp037"), "entities of its own"),
    ],
)
def test_what_is_no_feed_is_refused(text, told):
    with pytest.raises(FetchError, match=told):
        read(text)


def test_reading_a_feed_asks_nobody(web):
    web.put("/feed", feeds.outward(web.url("/pixel")))
    follow(web)
    assert [path for path, _ in web.asked] == ["/feed"]
    assert len(inbox.entries("pending")) == 1
    web.put("/laughs", feeds.LAUGHS)
    with pytest.raises(FetchError, match="entities of its own"):
        follow(web, "/laughs")


FAULTS = {
    "hang": (Answer(hang=True), "did not answer"),
    "drip": ("drip", "did not answer"),
    "missing": (Answer(404), "HTTP 404"),
    "gone": (Answer(410), "unfollow it"),
    "refused": (Answer(429, headers={"Retry-After": "7200"}), "asks us to wait"),
    "html": (Answer(body=b"<!doctype html><p>Maintenance", headers={"Content-Type": "text/html"}), "not a feed"),
    "inward": (Answer(302, headers={"Location": "http://169.254.169.254/latest/"}), "not a public address"),
    "large": (Answer(body=b"x" * 6_000_000), "more than 5 MB"),
    "cut": (Answer(body=b"<rss>" * 100, cut=True), "no whole answer"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_is_told_loses_nothing_and_pauses_longer_each_time(web, monkeypatch, fault):
    web.put("/feed", rss(item()), ETag='"1"')
    source = follow(web).source
    monkeypatch.setattr(fetching, "SECONDS", 1.0)
    web.answers["/feed"], told = FAULTS[fault]
    looked = look(source)
    assert looked.failed
    assert told in looked.trouble
    memory = followed.find_source(source.id).memory
    assert (memory["failures"], memory["etag"]) == (1, '"1"')
    pause = datetime.fromisoformat(memory["ask_at"]) - datetime.fromisoformat(memory["failed_at"])
    assert pause == (timedelta(hours=2) if fault == "refused" else following.PAUSE)
    assert not following.is_due(followed.find_source(source.id), datetime.now(UTC))
    assert len(inbox.entries("pending")) == 1
    if fault == "missing":
        look(source)
        memory = followed.find_source(source.id).memory
        assert (
            datetime.fromisoformat(memory["ask_at"]) - datetime.fromisoformat(memory["failed_at"])
            == 2 * following.PAUSE
        )
        web.put("/feed", rss(item(), item("B", other_story(1), "b")))
        assert len(look(source).entries) == 1
        assert "failures" not in followed.find_source(source.id).memory


def test_a_page_is_followed_by_the_feed_that_it_names_or_by_itself(web):
    page = f"<!doctype html><html><head><title>Weekly view</title><link rel='alternate' type='application/rss+xml' href='feed'></head><body><article><h1>Weekly view</h1><p>{STORY}</p></article></body></html>"
    web.put("/page", page, web_server.PAGE)
    web.put("/feed", rss(item()))
    assert follow(web, "/page").source.address == web.url("/feed")
    looked = follow(web, "/page", as_page=True, publisher="The House")
    assert (looked.source.kind, looked.source.publisher) == ("page", "The House")
    assert [entry.state for entry in looked.entries] == ["same"], "the feed has brought the same text"
    web.put(
        "/page", page.replace("120,000", "130,000").replace("low", "high").replace("three", "four"), web_server.PAGE
    )
    (new,) = look(looked.source).entries
    assert "130,000" in new.text
    ours = "---\nid: k33-2025-12-02\npublisher: Eve\npublished: 2025-12-02\n---\nBitcoin falls."
    web.put("/ours", ours, "text/markdown")
    (entry,) = follow(web, "/ours").entries
    assert entry.kind == "text", "no page says which note of ours it is"


def test_a_source_that_floods_waits_until_some_are_decided(web, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_WAITING", 2)
    web.put("/feed", rss(*(item(str(number), other_story(number), str(number)) for number in range(3))), ETag='"1"')
    source = follow(web).source
    assert len(inbox.entries("pending")) == 2
    looked = look(source)
    assert "1 entry found no room" in looked.trouble
    assert "etag" not in followed.find_source(source.id).memory
    inbox.decide(inbox.entries("pending")[0].sequence, "dismissed", who="Ann")
    assert len(look(source).entries) == 1
    monkeypatch.setattr(inbox, "MAX_WAITING", 500)
    monkeypatch.setattr(inbox, "MAX_VERSIONS", 3)
    for number in range(5):
        web.put("/feed", rss(item(text=f"{STORY} Viewed {number} times.", guid="z")))
        told = look(source).trouble
    assert told == "1 entry changed more than 3 times: the last changes are not kept"
    assert sum(entry.guid == "z" for entry in inbox.entries()) == 3


def test_a_list_of_feeds_goes_out_and_comes_in(web):
    web.put("/feed", rss(item(), title="Harbour &amp; Co"))
    follow(web)
    listed = opml.write(followed.sources())
    assert opml.read(listed, "x") == (opml.Listed(web.url("/feed"), "Harbour & Co"),)
    followed.end_source("harbour-co")
    assert followed.sources() == ()
    again = following.add_feed(web.url("/feed"), who="Ann", publisher="Harbour")
    assert (again.id, [one.id for one in followed.sources()]) == ("harbour-co", ["harbour-co"])
    assert look(again).entries == (), "what it sent before is known"


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "is not OPML"), (b"<opml><body/></opml>", "names no feed"), (b"x" * 2_000_001, "at most"),
     (b"<!DOCTYPE o [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><body><outline text='&x;' xmlUrl='file:///etc/passwd'/></body></opml>", "is not OPML: Attribute references external entity")],
)  # fmt: skip
def test_what_is_no_list_of_feeds_is_refused(content, told):
    with pytest.raises(InputError, match=told):
        opml.read(content, "list.opml")


def test_the_full_text_is_fetched_when_it_is_asked_for(web):
    web.put("/feed", rss(item(text="Leverage is low, the desk says.", link="/a")))
    web.put(
        "/a",
        f"<!doctype html><html><body><article><h1>Leverage</h1><p>{STORY}</p></article></body></html>",
        web_server.PAGE,
    )
    (entry,) = follow(web).entries
    whole = following.take_whole(entry)
    assert (whole.replaces, whole.state, STORY in whole.text) == (entry.sequence, "pending", True)
    assert inbox.entry(entry.sequence).state == "replaced"
    assert look(followed.sources()[0]).entries == (), "the short text of the feed does not come back"
    with pytest.raises(InputError, match="names no address"):
        following.take_whole(replace(entry, address=""))
