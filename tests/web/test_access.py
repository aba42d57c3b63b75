"""Who may change what all viewers share: everyone, signed-in viewers, or nobody; the command line always."""

from __future__ import annotations

import os
import re
from contextlib import nullcontext

import command_line
import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from sentiment import files, settings
from sentiment.errors import SelectionError
from sentiment.research import library

TEXT = "# A rebound\n\nBitcoin could rebound by the end of December."


@pytest.fixture(autouse=True)
def _empty(empty_store, monkeypatch):
    assert empty_store
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr("sentiment.market.live.ask", lambda *_, **__: None)


@pytest.fixture
def known_by_a_proxy():
    """A proxy names the viewer, who is test@example.com in AppTest."""
    config.set_option("server.trustedUserHeaders", {"X-Forwarded-Email": "email"})
    yield "test@example.com"
    config.set_option("server.trustedUserHeaders", {})


def page(view, **query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    for name, value in {"view": view, **query}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def labels(app):
    return {element.label for element in (*app.text_area, *app.text_input, *app.button)}


def texts(app):
    return plain(" ".join(element.value for element in (*app.info, *app.caption)))


def plain(text):
    """The text without the escapes that keep Markdown from interpreting it."""
    return re.sub(r"[\\\u2060]", "", text)


def test_anyone_may_where_nothing_is_set():
    assert "Text of the note, or its address" in labels(page("Inbox"))
    assert "Ticker" in labels(page("Data"))
    assert "Correct" in labels(page("Research"))


@pytest.mark.parametrize("reader", [nullcontext, "known_by_a_proxy"])
def test_a_read_only_server_takes_nothing_and_says_so(monkeypatch, request, reader):
    monkeypatch.setenv("SENTIMENT_NOTES", "read-only")
    if isinstance(reader, str):
        request.getfixturevalue(reader)
    for app in (page("Inbox"), page("Inbox", correct="k33-2025-12-02"), page("Data")):
        assert "read-only: viewers cannot add notes or have prices fetched" in texts(app)
        assert not labels(app) & {"Text of the note, or its address", "Title", "Save the note", "Ticker"}
    assert "Correct" not in labels(page("Research"))


def test_who_has_not_signed_in_only_reads(monkeypatch):
    monkeypatch.setenv("SENTIMENT_NOTES", "signed-in")
    for view in ("Inbox", "Data"):
        app = page(view)
        assert "signed-in users can add notes" in texts(app)
        assert "Nobody can sign in yet" in texts(app)
        assert not labels(app) & {"Text of the note, or its address", "Ticker", "Sign in"}


def test_signing_in_is_offered_where_it_is_set_up(monkeypatch):
    monkeypatch.setenv("SENTIMENT_NOTES", "signed-in")
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    app.secrets["auth"] = {"client_id": "x"}
    app.query_params["view"] = "Inbox"
    app.run()
    assert "Sign in" in labels(app)
    assert "Nobody can sign in yet" not in texts(app)


def test_who_signed_in_saves_under_that_name_and_no_other(monkeypatch, known_by_a_proxy):
    monkeypatch.setenv("SENTIMENT_NOTES", "signed-in")
    assert "Ticker" in labels(page("Data"))
    app = page("Inbox")
    app.text_area(key="pasted").set_value(TEXT).run()
    assert f"You save as {known_by_a_proxy}" in texts(app)
    assert "Your name or initials" not in labels(app)
    next(field for field in app.text_input if field.label == "Publisher").set_value("My desk")
    next(button for button in app.button if button.label == "Save the note").click().run()
    assert not app.exception
    (version,) = [version for note in library.library() for version in library.history(note.id)]
    assert version.who == known_by_a_proxy


def test_a_page_that_cannot_read_the_notes_tells_a_shared_servers_viewers_no_path(monkeypatch, empty_store):
    empty_store.mkdir()
    (empty_store / "notes.sqlite").write_bytes(b"damaged" * 1000)
    assert str(empty_store) in plain(page("Method").error[0].value)
    monkeypatch.setenv("SENTIMENT_NOTES", "read-only")
    error = plain(page("Method").error[0].value)
    assert error.startswith("the saved notes cannot be read; ")
    assert str(empty_store) not in error


def test_the_command_line_stays_able(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_NOTES", "read-only")
    (tmp_path / "a.txt").write_text(TEXT)
    words = ("notes", "add", str(tmp_path / "a.txt"), "--publisher", "Desk", "--published", "2025-12-02")
    assert command_line.run(*words).stdout.startswith(b"saved")


def test_a_misspelt_lock_does_not_stand_open(monkeypatch):
    monkeypatch.setenv("SENTIMENT_NOTES", "readonly")
    with pytest.raises(SelectionError, match="SENTIMENT_NOTES is 'readonly'; it is open, signed-in, read-only"):
        settings.changes()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SENTIMENT_NOTES", "readonly"),
        ("SENTIMENT_OFFLINE", "maybe"),
        ("SENTIMENT_API_BURST", "-3"),
        ("SENTIMENT_LOG", "xml"),
    ],
)
def test_what_cannot_be_read_stops_the_start_in_one_line(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("the server was started"))
    done = command_line.run("run", "--headless", "--port", "1", check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert f"{name} is {value!r}" in done.stderr.decode()
