"""The inbox on the page: what waits is opened, confirmed in two actions, put aside; addresses are read and followed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import feeds
import pytest
import web_server
from feeds import STORY, item, rss
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.research import fetching, followed, inbox, library
from sentiment.research.sources import following


@pytest.fixture
def web(monkeypatch, empty_store):
    assert not empty_store.exists()
    monkeypatch.setattr("sentiment.market.live.ask", lambda *_, **__: None)  # prices are not what is fetched here
    monkeypatch.setattr(fetching, "VIEWERS", fetching.Pace(fetching.A_MINUTE))
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    with web_server.serving() as server:
        monkeypatch.setenv("SENTIMENT_FETCH_ALLOW", server.host)
        yield server


def follow(web):
    return following.follow_address(web.url("/feed"), who="Ann").source


def page():
    app = AppTest.from_file(files.DASHBOARD, default_timeout=120)
    app.query_params["view"] = "Inbox"
    return run(app)


def run(app):
    app.run()
    assert not app.exception, app.exception
    return app


def click(app, label):
    next(button for button in app.button if re.sub(r"\\(.)", r"\1", button.label).startswith(label)).click()
    return run(app)


def field(app, label):
    return next(element for element in app.text_input if element.label.startswith(label))


def words(app):
    shown = [*app.caption, *app.info, *app.warning, *app.error, *app.success, *app.markdown]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in shown))


def ago(hours):
    return format_datetime(datetime.now(UTC) - timedelta(hours=hours))


def test_what_waits_is_confirmed_by_opening_and_saving_once_the_initials_are_known(web):
    web.put(
        "/feed",
        rss(
            item(published=ago(2), author="Ada Rowe"), item("Second", "Bitcoin will fall within 30 days.", "b", ago(3))
        ),
    )
    follow(web)
    app = page()
    assert "2 waiting for review" in words(app)
    assert "a rise of BTC-USD to 120,000 by 2026-12-31" in words(app)
    click(app, "Leverage is low")
    values = {name: field(app, name).value for name in ("Title", "Publisher", "Author")}
    assert values == {"Title": "Leverage is low", "Publisher": "Harbour Research", "Author": "Ada Rowe"}
    click(app, "Save the note")
    assert "Say who publishes the note and who saves it." in words(app)
    field(app, "Your name").set_value("AR")
    click(app, "Save the note")
    assert "1 waiting for review" in words(app)
    click(app, "Second")
    assert field(app, "Author").value == "", "nobody is named, so nothing stands there"
    click(app, "Save the note")
    first, second = (note for note in reversed(library.library()) if note.publisher == "Harbour Research")
    assert (first.author, second.author) == ("Ada Rowe", "")
    assert {library.history(note.id)[0].who for note in (first, second)} == {"AR"}
    assert {entry.note for entry in inbox.entries("confirmed")} == {first.id, second.id}
    assert field(click_open_again(web), "Your name").value == "AR", "also in a visit of its own"


def click_open_again(web):
    web.put("/feed", rss(item("Third", "Bitcoin will rise within 60 days.", "c", ago(1))))
    following.look_at(followed.sources()[0])
    return click(page(), "Third")


def test_an_edit_of_a_confirmed_note_is_saved_as_its_new_version(web):
    web.put("/feed", rss(item(published=ago(2))))
    source = follow(web)
    app = click(page(), "Leverage is low")
    field(app, "Your name").set_value("AR")
    click(app, "Save the note")
    web.put("/feed", rss(item(published=ago(2), text=STORY.replace("120,000", "130,000"))))
    following.look_at(source)
    app = page()
    assert "a new version of a note that you saved" in words(app)
    click(app, "Leverage is low")
    click(app, "Save the note")
    (note,) = (note for note in library.library() if note.publisher == "Harbour Research")
    assert note.calls[0].target == 130_000
    assert [version.why for version in library.history(note.id)] == ["", "its publisher edited it"]


def test_what_is_put_aside_stays_out_of_the_list_and_in_the_inbox(web):
    web.put("/feed", rss(item(published=ago(2))))
    follow(web)
    app = click(page(), "Put aside")
    assert "Nothing is waiting" in words(app)
    assert [entry.text for entry in inbox.entries("dismissed")] == [STORY]


def test_a_hostile_entry_is_text(web):
    hostile = "<b onmouseover=alert(1)>x</b>](javascript:alert(2)) $x^2$ :red[soon]"
    web.put(
        "/feed",
        rss(
            item(f"<![CDATA[{hostile}]]>", feeds.SCRIPT + STORY, published=""),
            title="&lt;script&gt;alert(3)&lt;/script&gt; desk",
        ),
    )
    follow(web)
    app = page()
    (button,) = (one for one in app.button if "soon" in one.label)
    assert "](javascript" not in button.label
    assert "no date stated" in words(app)
    app.button(key=button.key).click()
    run(app)
    assert "Published on (not stated: the day it arrived)" in [element.label for element in app.date_input]
    shown = "".join(element.proto.body for element in app.get("html"))
    assert "alert(" not in shown
    assert "onmouseover=" not in shown


def test_an_address_is_read_once_and_a_feed_is_followed(web):
    web.put(
        "/a",
        f"<!doctype html><html><head><title>Leverage</title></head><body><article><h1>Leverage</h1><p>{STORY}</p></article></body></html>",
        web_server.PAGE,
    )
    web.put("/feed", rss(item("Other", "Bitcoin will fall within 30 days.", published=ago(1))))
    app = page()
    app.text_area(key="pasted").set_value(web.url("/a"))
    run(app)
    assert web.asked == [], "an address is fetched when that is asked for"
    click(app, "Read")
    assert field(app, "Title").value == "Leverage"
    run(app)
    assert [path for path, _ in web.asked] == ["/a"]
    app.text_area(key="pasted").set_value(web.url("/feed"))
    click(app, "Follow")
    assert "Harbour Research is followed: 1 new in the inbox." in words(app)
    assert "Followed sources (1)" in [element.label for element in app.expander]
    app.text_area(key="pasted").set_value("http://169.254.169.254/latest/")
    click(app, "Read")
    assert "not a public address" in words(app)
    click(app, "Unfollow")
    assert followed.sources() == ()


def test_the_full_text_of_an_excerpt_is_fetched_when_it_is_asked_for(web):
    web.put("/feed", rss(item(text="Leverage is low, the desk says.", link="/a", published=ago(2))))
    web.put(
        "/a",
        f"<!doctype html><html><body><article><h1>Leverage</h1><p>{STORY}</p></article></body></html>",
        web_server.PAGE,
    )
    follow(web)
    app = click(page(), "Leverage is low")
    assert "no call" in words(app) or "None" in words(app)
    click(app, "Fetch the full text")
    assert "120,000" in "".join(element.proto.body for element in app.get("html"))
