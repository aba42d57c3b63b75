"""The published site: the same bytes again, frozen days that stay, and any change to them is found."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import command_line
import feedparser
import pandas as pd
import pytest
from asgi import ask
from icalendar import Calendar

from sentiment.errors import PublishedError, SelectionError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_store
from sentiment.scoring.inputs import load_inputs
from sentiment.web import feeds, happenings, site
from sentiment.web.api import ApiMiddleware
from sentiment.web.site import record

pytestmark = pytest.mark.xdist_group("site")  # published once

ADDRESS = "https://example.org/m"
MORNING = datetime(2026, 11, 27, 7, tzinfo=UTC)


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site.publish(folder, ADDRESS, ["BTC-USD", "GLD"], MORNING)
    return folder


def test_the_site_has_its_pages_data_feeds_and_the_day(published):
    assert content(published).keys() == {
        *("index.html", "readings.csv", "readings.json", "calls.csv", "calls.ics", "feed.xml"),
        *(
            f"{asset}/{name}"
            for asset in ("BTC-USD", "GLD")
            for name in ("index.html", "scores.csv", "prices.csv", "feed.xml")
        ),
        *(f"days/2026-11-27/{name}" for name in ("index.html", "readings.csv", "readings.json", "components.csv")),
        *("days/2026-11-27/manifest.json", "manifest.json", "manifest.json.sha256"),
    }
    front = (published / "index.html").read_text()
    assert "Bitcoin, 84,754 USD on 3 Oct 2026: fear 24, fundamentals justify 41" in front
    assert front.count('class="dumbbell"') == 2
    assert "<script" not in front
    rows = json.loads((published / "days/2026-11-27/readings.json").read_bytes())["readings"]
    assert [(row["asset"], row["as_of"]) for row in rows] == [("BTC-USD", "2026-10-03"), ("GLD", "2026-09-01")]
    assert record.verify(published) == ()


def test_figures_that_may_not_be_passed_on_stay_here(empty_store, tmp_path, monkeypatch):
    assert not empty_store.exists()
    index = pd.date_range("2024-01-01", "2026-11-25", tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": 12345.678}, index=index)
    bar_store.append(
        "ACME", frame, MORNING - timedelta(hours=1), bar_store.Facts(MORNING, MORNING, "UTC", "EQUITY", "USD")
    )
    planted = re.compile(rb"12,?34[56]")
    for share, leaves in (("signed-in", False), ("everyone", True)):
        monkeypatch.setenv("SENTIMENT_SHARE_PRICES", share)
        site.publish(tmp_path / share, ADDRESS, ["ACME"], MORNING)
        files = content(tmp_path / share)
        assert ("ACME/prices.csv" in files) is leaves
        assert [
            name for name, body in files.items() if planted.search(body) and not name.endswith(("index.html", ".json"))
        ] == (["ACME/scores.csv", "ACME/prices.csv"] if leaves else [])
        assert bool(planted.search(files["index.html"])) is leaves
        assert bool(planted.search(files["days/2026-11-27/index.html"])) is leaves


def test_the_same_instant_gives_the_same_bytes(published, tmp_path):
    site.publish(tmp_path, ADDRESS, ["BTC-USD", "GLD"], MORNING)
    assert content(tmp_path) == content(published)


def test_a_later_day_adds_a_folder_and_leaves_the_one_before(tmp_path):
    first = site.publish(tmp_path, ADDRESS, ["GLD"], MORNING)
    frozen = content(tmp_path / "days")
    again = site.publish(tmp_path, ADDRESS, ["GLD"], MORNING + timedelta(hours=5))
    assert (first.is_new_day, again.is_new_day) == (True, False)
    assert content(tmp_path / "days") == frozen
    site.publish(tmp_path, ADDRESS, ["BTC-USD"], MORNING + timedelta(days=3))
    assert content(tmp_path / "days").items() > frozen.items()
    assert not (tmp_path / "GLD" / "index.html").exists(), "a page of what is no longer published stayed"
    chained = json.loads((tmp_path / "days/2026-11-30/manifest.json").read_bytes())["previous"]
    assert chained == {
        "day": "2026-11-27",
        "sha256": record.digest((tmp_path / "days/2026-11-27/manifest.json").read_bytes()),
    }
    assert record.verify(tmp_path) == ()
    with pytest.raises(
        PublishedError, match="has the day 2026-11-30 already, so 2026-11-29 cannot be frozen behind it"
    ):
        site.publish(tmp_path, ADDRESS, ["GLD"], MORNING + timedelta(days=2))


@pytest.fixture
def small(tmp_path):
    """Three frozen days and two pages of a few bytes."""
    for day in ("2026-11-25", "2026-11-26", "2026-11-28"):
        record.freeze(tmp_path, day, {"readings.csv": f"fear\r\n{day[-2:]}\r\n".encode(), "a/b.txt": b"c"})
    record.list_pages(tmp_path, {"index.html": b"<p>", "GLD/feed.xml": b"<feed/>"})
    (tmp_path / "CNAME").write_text("example.org")
    return tmp_path


def test_a_change_of_any_byte_is_found(small):
    assert record.verify(small) == ()
    changed = 0
    for name, before in content(small).items():
        for place in range(len(before)) if name != "CNAME" else ():
            (small / name).write_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
            assert record.verify(small), (name, place)
            changed += 1
        (small / name).write_bytes(before)
    assert changed > 1_000
    assert record.verify(small) == ()


def test_what_is_removed_added_or_made_to_fit_is_found(small):
    (small / "days/2026-11-26/extra.csv").write_text("x")
    assert record.verify(small) == ("days/2026-11-26/extra.csv was added",)
    (small / "days/2026-11-26/extra.csv").unlink()
    # A day that is written anew together with its own manifest no longer fits the day after it.
    day = small / "days/2026-11-26"
    (day / "readings.csv").write_bytes(b"fear\r\n99\r\n")
    manifest = json.loads((day / "manifest.json").read_bytes())
    manifest["files"]["readings.csv"] = record.digest(b"fear\r\n99\r\n")
    (day / "manifest.json").write_text(json.dumps(manifest))
    record.list_pages(small, {"index.html": b"<p>"})
    assert record.verify(small) == (
        "days/2026-11-28/manifest.json does not follow 2026-11-26: a day before it was changed, added or removed",
    )
    with pytest.raises(PublishedError, match=r"were changed: days/2026-11-28/manifest\.json does not follow"):
        record.freeze(small, "2026-11-29", {})


def test_an_interrupted_day_is_written_again(small):
    (small / "days/.2026-11-29.tmp").mkdir()
    (small / "days/.2026-11-29.tmp/half.csv").write_text("x")
    assert record.freeze(small, "2026-11-29", {"readings.csv": b"fear\r\n"})
    assert content(small / "days/2026-11-29").keys() == {"readings.csv", "manifest.json"}


def test_a_feed_names_each_event_once_and_for_good():
    happened = [happenings.Happening(date(2026, 11, 2), "GLD", "the regime became <calm> & more", "GLD/1")]
    written = feeds.atom("Gold", f"{ADDRESS}/GLD/", f"{ADDRESS}/GLD/feed.xml", happened)
    space = {"a": "http://www.w3.org/2005/Atom"}
    feed = ET.fromstring(written)  # noqa: S314 - ours
    assert feed.findtext("a:updated", namespaces=space) == "2026-11-03T00:00:00Z"
    (entry,) = feed.findall("a:entry", space)
    assert entry.findtext("a:title", namespaces=space) == "GLD: the regime became <calm> & more"
    later = feeds.atom(
        "Gold", "x", f"{ADDRESS}/GLD/feed.xml", [happenings.Happening(date(2026, 12, 1), "GLD", "y", "z"), *happened]
    )
    assert entry.findtext("a:id", namespaces=space) in [
        one.findtext("a:id", namespaces=space)
        for one in ET.fromstring(later).findall("a:entry", space)  # noqa: S314
    ]


async def no_page(_scope, _receive, _send):
    raise AssertionError("the API answers its own addresses")


def entries(body):
    feed = feedparser.parse(body)
    assert (feed.bozo, feed.version) == (False, "atom10")
    return [(entry.id, entry.title, entry.updated, entry.summary) for entry in feed.entries]


def test_the_server_tells_what_the_site_tells(published):
    api, query = ApiMiddleware(no_page), f"known_at={MORNING:%Y-%m-%dT%H:%M:%SZ}"
    of_all, of_gold = (ask(api, f"/api/v1/feed.atom?asset={assets}&{query}").body for assets in ("BTC-USD~GLD", "GLD"))
    whole, gold = entries(of_all), entries(of_gold)
    assert whole == entries((published / "feed.xml").read_bytes())
    assert gold == entries((published / "GLD/feed.xml").read_bytes())
    titles = [feedparser.parse(body).feed.title for body in (of_all, of_gold)]
    assert titles == ["BTC-USD, GLD: fear and fundamentals", "SPDR Gold Shares: fear and fundamentals"]
    # What happened has one id, whichever feed tells it.
    assert len({entry[0] for entry in whole}) == len(whole) == feeds.MOST_ENTRIES
    assert set(whole) & set(gold)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f-]{21}", entry[0]) for entry in whole)


CALLS = pd.DataFrame(
    [
        ("a", "K33", "BTC-USD", "Higher by Christmas", "2026-12-02", "pending", "kept as it happened"),
        ("b", "K33", "BTC-USD", "Lower", "2026-12-20", "pending", "kept as it happened"),
        ("c", "K33", "BTC-USD", "A range", "2026-10-01", "hit", "collected afterwards"),
        ("d", "K33", "BTC-USD", "Late", "2026-12-01", "pending", "hindsight"),
    ],
    columns=["note", "publisher", "asset", "call", "horizon_end", "status", "record"],
)


def test_calls_are_told_when_due_within_a_week_and_when_graded(scores):
    happened = happenings.of_asset(scores, load_inputs("BTC-USD"), CALLS, date(2026, 11, 27), {})
    told = {(one.day, one.text) for one in happened}
    assert (date(2026, 11, 25), "due by 2 Dec 2026: K33: Higher by Christmas") in told
    assert (date(2026, 10, 1), "hit: K33: A range") in told
    assert not [one for one in happened if "Lower" in one.text or "Late" in one.text]
    assert [one.day for one in happened] == sorted((one.day for one in happened), reverse=True)


def test_the_calendar_has_the_end_of_each_pending_call():
    events = Calendar.from_ical(feeds.calendar(CALLS, MORNING.date())).walk("VEVENT")
    assert [(str(event["summary"]), event.decoded("dtstart")) for event in events] == [
        ("BTC-USD: K33, Higher by Christmas", date(2026, 12, 2)),
        ("BTC-USD: K33, Lower", date(2026, 12, 20)),
    ]


def test_the_same_words_of_several_assets_are_events_of_their_own_and_keep_their_ids():
    def ids(calls, assets=None):
        events = Calendar.from_ical(feeds.calendar(calls, MORNING.date(), assets=assets)).walk("VEVENT")
        return {str(event["summary"]).partition(":")[0]: str(event["uid"]) for event in events}

    calls = pd.concat([CALLS[:1], CALLS[:1].assign(asset="ETH-USD")], ignore_index=True)
    both = ids(calls)
    assert both["BTC-USD"] == ids(CALLS[:1])["BTC-USD"] == "28eaf54018f1b681@sentiment"
    assert both["ETH-USD"] != both["BTC-USD"]
    assert ids(calls, ("ETH-USD",)) == {"ETH-USD": both["ETH-USD"]}
    assert ids(CALLS[:0]) == {}
    hit = calls.assign(status=["hit", "pending"])
    assert ids(hit) == {"ETH-USD": both["ETH-USD"]}


def test_the_commands_say_what_was_written_and_what_was_changed(tmp_path):
    words = ("--address", ADDRESS, "--asset", "GLD", "--known-at", "2026-11-27T07:00:00Z")
    said = command_line.run("publish", str(tmp_path), *words).stdout.decode()
    assert "1 asset; 2026-11-27 frozen" in said
    digest = said.split()[-1]
    assert b"nothing was changed" in command_line.run("verify", str(tmp_path), "--digest", digest).stdout
    (tmp_path / "days/2026-11-27/readings.csv").write_text("fear\r\n")
    done = command_line.run("verify", str(tmp_path), check=False)
    assert (done.returncode, done.stdout) == (1, b"days/2026-11-27/readings.csv was changed\n")
    wrong = command_line.run("verify", str(tmp_path), "--digest", "0" * 64, check=False)
    assert b"the manifest's digest is" in wrong.stdout
    nothing = command_line.run("verify", str(tmp_path / "nowhere"), check=False)
    assert (nothing.returncode, b"nothing is published in" in nothing.stderr) == (2, True)


def test_an_address_that_is_none_and_no_assets_are_refused(tmp_path):
    with pytest.raises(SelectionError, match="is not an address such as https"):
        site.publish(tmp_path, "example.org", ["GLD"], MORNING)
    with pytest.raises(SelectionError, match="there is no asset to publish"):
        site.publish(tmp_path, ADDRESS, [], MORNING)
