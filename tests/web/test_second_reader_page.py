"""The second reader in the form of a draft: off by default, asked by a button alone, taken one by one, and kept with the model's name."""

from __future__ import annotations

import re

import model_server
import pytest
from model_server import KEY, call, calls
from streamlit.testing.v1 import AppTest
from yahoo_server import Answer

from sentiment import files
from sentiment.research import fetching, library

ETHER = "Ether will rise to 4,000 by 31 March 2087."
STARS = "We think bitcoin has its name written in the stars by 31 March 2087."
DOUBT = "If rates fall, bitcoin could reach 900,000 by March 2087."
TEXT = f"{ETHER} {STARS}\n\n{DOUBT}"


@pytest.fixture
def server(monkeypatch, empty_store):
    assert not empty_store.exists()
    monkeypatch.setattr("sentiment.market.live.ask", lambda *_, **__: None)  # prices are not what is asked for here
    monkeypatch.setattr(fetching, "VIEWERS", fetching.Pace(fetching.A_MINUTE))
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    with model_server.serving() as serving:
        for name, value in serving.settings().items():
            monkeypatch.setenv(name, value)
        yield serving


def pasted():
    app = AppTest.from_file(files.DASHBOARD, default_timeout=120)
    app.query_params["view"] = "Inbox"
    run(app)
    app.text_area(key="pasted").set_value(TEXT)
    return run(app)


def run(app):
    app.run()
    assert not app.exception, app.exception
    return app


def plain(text):
    return re.sub(r"\\(.)", r"\1", text)


def button(app, label):
    return next((one for one in app.button if plain(one.label).startswith(label)), None)


def click(app, label):
    button(app, label).click()
    return run(app)


def words(app):
    shown = [*app.caption, *app.info, *app.warning, *app.error, *app.success, *app.markdown]
    return plain("\n".join(str(element.value) for element in shown))


def field(app, label):
    return next(element for element in app.text_input if element.label.startswith(label))


def test_a_proposal_is_asked_for_taken_saved_and_shown_with_the_name_of_its_model(server):
    server.answer = calls(
        call(STARS), call(ETHER, asset="ether"), call(DOUBT), call("Gold will rise, says nobody here."), 7
    )
    app = pasted()
    assert server.asked == [], "nothing is sent before somebody presses"
    assert f"Sends the text ({len(TEXT)} characters) to {server.host}, only when you press." in words(app)
    click(app, f"Ask reader-7b at {server.host}")
    told = words(app)
    assert server.asked[0][2]["messages"][1]["content"] == TEXT
    assert "1 can be taken" in told
    assert "a rise of BTC-USD by 2087-03-31" in told
    assert "the rules read it too" in told
    assert "sets a condition" in told
    assert "Dropped because the quote is not in the text: 1." in told
    assert "Dropped as not a call: 1." in told
    field(app, "Title").set_value("My own title")
    click(app, "Take it as a call")
    assert len(server.asked) == 1
    assert field(app, "Title").value == "My own title", "what was typed stays"
    assert [one.value for one in app.text_input if one.label == "In words"] == [ETHER, STARS]
    assert "Proposed by reader-7b; it counts once you save it." in words(app)
    assert all(note.title != "My own title" for note in library.library()), "nothing counts before it is saved"
    field(app, "Publisher").set_value("House")
    field(app, "Your name").set_value("AR")
    click(app, "Save the note")
    (note,) = (note for note in library.library() if note.publisher == "House")
    assert [(one.asset, one.proposed_by) for one in note.calls] == [("ETH-USD", ""), ("BTC-USD", "reader-7b")]
    assert (note.stance, note.overrides) == ("bullish", ()), "no reason is asked for what was proposed and taken"
    assert "BTC-USD" in note.assets
    assert "Proposed by the model reader-7b and confirmed by a person." in words(app)
    assert library.history(note.id)[0].who == "AR"


def test_a_call_that_was_added_by_hand_stays_and_one_that_was_taken_can_be_removed(server):
    server.answer = calls(call(STARS))
    app = click(click(pasted(), "Ask reader-7b"), "Add a call")
    spoken = [one for one in app.text_input if one.label == "In words"]
    spoken[1].set_value("By hand")
    click(run(app), "Take it as a call")
    assert [one.value for one in app.text_input if one.label == "In words"] == [ETHER, "By hand", STARS]
    click(app, "Remove the last")
    assert [one.value for one in app.text_input if one.label == "In words"] == [ETHER, "By hand"]
    assert button(app, "Take it as a call") is not None, "it can be taken again"


def test_a_proposal_that_was_taken_fills_no_field_but_its_own(server):
    server.answer = calls(call(STARS))
    app = click(click(pasted(), "Remove the last"), "Ask reader-7b")
    click(click(app, "Take it as a call"), "Add a call")
    assert [one.value for one in app.text_input if one.label == "In words"] == [STARS, ETHER.rstrip(".")], "the title"


def test_a_failure_is_told_without_the_key_and_the_draft_stays(server):
    server.answer = Answer(401, KEY.encode())
    app = click(pasted(), "Ask reader-7b")
    assert "SENTIMENT_MODEL_KEY" in words(app)
    assert KEY not in str(app)
    assert [one.value for one in app.text_input if one.label == "In words"] == [ETHER]
    server.answer = calls()
    assert "proposes no call" in words(click(app, "Ask reader-7b"))


def test_it_is_not_there_unless_it_is_set(server, monkeypatch):
    monkeypatch.delenv("SENTIMENT_MODEL")
    app = pasted()
    assert button(app, "Ask") is None
    assert "The second reader is off: SENTIMENT_MODEL_URL is set and SENTIMENT_MODEL is not" in words(app)
    monkeypatch.delenv("SENTIMENT_MODEL_URL")
    app = pasted()
    assert button(app, "Ask") is None
    assert "econd reader" not in words(app)
    assert server.asked == []
