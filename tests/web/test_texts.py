"""Messages of the controls: how much of them is let through, and what their sender is told."""

from __future__ import annotations

import asgi
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.web import streamlit_state
from sentiment.web.security import limits, texts
from sentiment.web.streamlit_state import without_large_values


def saying(*values, query="view=Research"):
    message = BackMsg()
    message.rerun_script.query_string = query
    for place, value in enumerate(values):
        message.rerun_script.widget_states.widgets.add(id=f"control-{place}", string_value=value)
    return message.SerializeToString()


def values(content):
    return [widget.string_value for widget in BackMsg.FromString(content).rerun_script.widget_states.widgets]


def passed(contents, held):
    """Send messages over one websocket; returns those that arrive behind the middleware, and what went back."""
    arrived, answers, queue = [], [], [{"type": "websocket.receive", "bytes": content} for content in contents]

    async def behind(_scope, receive, _send):
        while (message := await receive())["type"] == "websocket.receive":
            arrived.append(message["bytes"])

    async def receive():
        return queue.pop(0) if queue else {"type": "websocket.disconnect", "code": 1001}

    async def send(message):
        answers.append(message)

    server = texts.TextMiddleware(behind, lambda: held, lambda scope: "mine" if scope["screen"] else "")
    asgi.run(server({"type": "websocket"}, receive, send))
    assert not server.last_messages  # what a closed screen held is free again
    return arrived, answers


@pytest.fixture(autouse=True)
def nobody_was_refused():
    texts.REFUSED.clear()


def test_a_pasted_note_of_the_greatest_length_passes_and_small_messages_are_not_even_measured():
    note = saying("\U0001f600" * 65_536, "small")
    assert passed([note, saying("more"), note], {"mine": 600_000}) == ([note, saying("more"), note], [])
    many = [saying("x" * 1_000)] * 20
    assert passed(many, {"mine": 10 * limits.MAX_TEXTS}) == (many, [])


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ({"mine": limits.MAX_TEXTS_OF_SCREEN - 100_000}, texts.NO_ROOM_ON_SCREEN),
        ({str(one): limits.MAX_TEXTS // 50 for one in range(50)}, texts.NO_ROOM),
    ],
)
def test_a_message_without_room_loses_its_large_texts_and_its_screen_is_told_once(held, reason):
    arrived, answers = passed([saying("y" * 200_000, "small", query="view=Data")], held)
    assert values(arrived[0]) == ["small"]
    assert BackMsg.FromString(arrived[0]).rerun_script.query_string == "view=Data"
    assert not answers
    assert texts.why_refused("other") is None
    assert texts.why_refused("mine") == reason
    assert texts.why_refused("mine") is None


def test_the_last_messages_of_open_screens_count():
    # Streamlit's websocket holds each screen's last message twice.
    server = texts.TextMiddleware(None, dict, lambda _: "mine")
    screens = [object() for _ in range(80)]
    content = {"type": "websocket.receive", "bytes": saying("x" * 450_000)}

    async def send_all():
        taken = 0
        for screen in screens:
            message = await server.checked(content, {"screen": screen}, None)
            server.last_messages[screen] = texts.COPIES * len(message["bytes"])
            taken += message is content
        return taken

    assert asgi.run(send_all()) == limits.MAX_TEXTS // (texts.COPIES * len(content["bytes"]))
    assert sum(server.last_messages.values()) <= limits.MAX_TEXTS + 80 * limits.SMALL_TEXT


@pytest.mark.parametrize("content", [saying("", query="x" * 200_000), b"\xff" * 200_000])
def test_a_message_that_is_large_without_its_texts_closes_the_screen(content):
    arrived, answers = passed([content], {"mine": limits.MAX_TEXTS_OF_SCREEN})
    assert (arrived, answers[0]["code"]) == ([], 1009)


def test_every_value_is_small_or_goes():
    assert values(without_large_values(saying("a" * 4_000, "b" * 4_200, ""), 4_096)) == ["a" * 4_000, ""]


def test_the_page_says_what_was_not_taken(monkeypatch):
    monkeypatch.setattr(streamlit_state, "own_session", lambda: "mine")
    texts.REFUSED["mine"] = texts.NO_ROOM
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60).run()
    assert texts.NO_ROOM in [error.value for error in app.error]
    assert texts.NO_ROOM not in [error.value for error in app.run().error]


def test_those_that_never_read_why_are_forgotten():
    for number in range(limits.MAX_SCREENS + 20):
        texts.REFUSED[str(number)] = texts.NO_ROOM
    passed([saying("y" * 200_000)], {"mine": limits.MAX_TEXTS_OF_SCREEN})
    assert len(texts.REFUSED) == limits.MAX_SCREENS
    assert texts.why_refused("mine") == texts.NO_ROOM_ON_SCREEN
