"""What goes over the websocket when a viewer changes something, on the server that people start; no browser is needed."""

from __future__ import annotations

import re
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from asgi import run
from bench.viewers import viewing
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosedError

from sentiment.web.security.limits import MAX_MESSAGE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def runs(server, *screens):
    """Show one viewer several screens."""

    async def show():
        async with viewing(server) as viewer:
            return [await viewer.run(**screen) for screen in screens]

    return run(show())


def forged(size):
    """A screen's state in which a control that there is none of holds a text."""
    asked = BackMsg()
    asked.rerun_script.context_info.url = "http://localhost/"
    asked.rerun_script.widget_states.widgets.add(id="$$ID-forged-None", string_value="x" * size)
    return asked.SerializeToString()


def test_a_screen_that_sends_a_text_beyond_all_notes_is_closed_and_others_are_answered(plain_server):
    async def attack():
        async with viewing(plain_server) as viewer, viewing(plain_server) as other:
            await viewer.run()
            await viewer.send(forged(MAX_MESSAGE // 2))
            assert (await viewer.run()).words
            await viewer.send(forged(MAX_MESSAGE))
            with pytest.raises(ConnectionClosedError) as closed:
                await viewer.run()
            assert (await other.run()).words
        return closed.value.rcvd.code

    assert run(attack()) == 1009, "too big"


def keys(drawn):
    ids = (message.delta.new_element.plotly_chart.id for message in drawn.figures)
    return [one.split("-", 2)[2] for one in ids]  # what stands before is a hash of the figure


def test_a_figure_that_has_not_changed_is_not_sent_again(plain_server):
    first, same, other, back = runs(plain_server, {}, {}, {"range": "1Y"}, {"range": "2Y"})
    assert keys(first) == ["timeline"]
    assert keys(same) == []
    assert keys(other) == keys(back) == ["timeline"]
    assert back.figures[0].hash == first.figures[0].hash


@pytest.mark.parametrize("view", ["Today", "Research", "Evidence", "Weights"])
def test_no_view_sends_a_figure_twice(plain_server, view):
    first, same = runs(plain_server, {"view": view}, {"view": view})
    assert first.figures
    assert same.figures == []
    assert same.wire < 25_000


def test_two_viewers_are_sent_the_very_same_figures(plain_server):
    one, other = (runs(plain_server, {})[0] for _ in range(2))
    assert [message.hash for message in one.figures] == [message.hash for message in other.figures]


def test_a_changed_range_is_small_on_the_wire(plain_server):
    *_, change = runs(plain_server, {}, {"range": "1Y"}, {"range": "2Y"})
    assert change.wire < 60_000


def test_a_first_visit_gets_its_scripts_packed(plain_server):
    def get(path, **headers):
        with closing(HTTPConnection(urlsplit(plain_server).netloc, timeout=60)) as connection:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
            answer = connection.getresponse()
            return answer, answer.read()

    scripts = re.findall(r'src="\.(/static/js/[^"]+\.js)"', get("/", **{"Accept-Encoding": "identity"})[1].decode())
    assert scripts
    for script in scripts:
        answer, body = get(script)
        assert answer.getheader("Content-Encoding") == "gzip"
        assert answer.getheader("Cache-Control").startswith("public, immutable")
        assert len(body) == int(answer.getheader("Content-Length"))
        assert get(script, **{"If-None-Match": answer.getheader("ETag")})[0].status == 304
