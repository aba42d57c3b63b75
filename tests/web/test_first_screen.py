"""The HTML of the page: what a browser fetches at once, and the answer before any script has run."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import streamlit
from asgi import ask
from bs4 import BeautifulSoup
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from sentiment import files
from sentiment.web import first_screen
from sentiment.web.api.static_files import StaticFilesMiddleware
from sentiment.web.preview_tags import PreviewMiddleware

STATIC = Path(streamlit.__file__).with_name("static")


@pytest.fixture(scope="module")
def site():
    streamlits = Starlette(routes=create_streamlit_static_assets_routes(base_url=None))

    async def patient(scope, receive, send):
        """Streamlit's files, for a client that stays: Streamlit listens for one that leaves."""
        asked = [receive]

        async def listen():
            return await asked.pop()() if asked else await asyncio.Event().wait()

        await streamlits(scope, listen, send)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_API_RATE", "0")
        return StaticFilesMiddleware(PreviewMiddleware(patient, static=STATIC))


def page_of(site, address, host="news.example"):
    answer = ask(site, address, host=host, accept="text/html")
    assert answer.headers["content-type"].startswith("text/html")
    return BeautifulSoup(answer.body.decode(), "html.parser")


def preloaded(soup):
    return [link["href"] for link in soup.head.find_all("link", rel="modulepreload")]


def test_every_file_to_fetch_at_once_is_there_packed_and_kept_for_long(site, caplog):
    first_screen.tags(STATIC, charts=True)
    assert not caplog.messages  # with the pinned Streamlit, every part has its file
    wanted = preloaded(page_of(site, "/"))
    assert len(wanted) == len(set(wanted))
    parts = {name.removeprefix("./static/js/").partition(".")[0] for name in wanted}
    assert {*first_screen.PARTS, first_screen.CHART} <= parts
    for name in wanted:
        if first_screen.CHART in name:
            continue  # as the others, and takes a second to pack
        answer = ask(site, name.removeprefix("."), accept_encoding="gzip")
        assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip"), name
        assert "immutable" in answer.headers["cache-control"]


def test_a_browser_on_the_same_machine_is_told_nothing_to_fetch(site):
    here, far = (page_of(site, "/", host) for host in ("localhost:8501", "news.example"))
    assert set(preloaded(here)) < set(preloaded(far))
    assert preloaded(here) == preloaded(BeautifulSoup((STATIC / "index.html").read_text("utf-8"), "html.parser"))
    assert str(here.find(id="ahead")) == str(far.find(id="ahead"))


def test_only_a_page_with_a_chart_fetches_plotly(site):
    fetched = {query: preloaded(page_of(site, f"/?{query}")) for query in ("asset=GLD", "view=Research")}
    assert [any(first_screen.CHART in name for name in names) for names in fetched.values()] == [True, False]


def test_another_streamlit_only_makes_the_page_slower(tmp_path, caplog):
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "index.html").write_text('<script src="./static/js/index.a1.js">', "utf-8")
    for name, script in {
        "Html.b2_-x.js": 'import{a}from"./shared.c3.js";import"./index.a1.js";import(`./Later.d4.js`)',
        "shared.c3.js": 'import{b}from"./Html.b2_-x.js"',
        "Html.b2.map.js": "",
        "Selectbox.e5.js": "",
        "Selectbox.e6.js": "",
    }.items():
        (tmp_path / "static" / "js" / name).write_text(script, "utf-8")
    soup = BeautifulSoup(first_screen.tags(tmp_path, charts=False), "html.parser")
    assert [link["href"] for link in soup.find_all("link")] == ["./static/js/Html.b2_-x.js", "./static/js/shared.c3.js"]
    assert "2 files instead of one have the name Selectbox" in caplog.text
    assert "0 files instead of one have the name ButtonGroup" in caplog.text


@pytest.mark.parametrize("query", ["", "?asset=GLD", "?asset=EURUSD%3DX", "?as_of=2025-12-02&range=1Y&log=false"])
def test_the_answer_ahead_is_that_of_the_page(site, query):
    ahead = page_of(site, f"/{query}").find(id="ahead")
    assert ahead["aria-hidden"] == "true"  # the page itself says it, once
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    for name, value in parse_qsl(query.removeprefix("?")):
        app.query_params[name] = value
    app.run()
    said = [text.partition(" Last price ") for text in (ahead.h2.get_text(), app.header[0].value)]
    assert said[0][:2] == said[1][:2]  # how long ago that was changes at midnight
    sentence = next(one.value for one in app.markdown if "In 30 days" in one.value)
    assert ahead.select_one("p:not(.caption)").decode_contents() == as_html(sentence)
    drawn = next(one.proto.body for one in app.get("html") if "dumbbell" in one.proto.body)
    assert str(ahead.find(class_="dumbbell")) == str(BeautifulSoup(drawn, "html.parser"))
    bodies = [one.proto.body for one in app.get("html")]
    assert all(str(key) in bodies for key in ahead.select(".key"))
    assert (
        as_html(next(one.value for one in app.markdown if "are known" in one.value))
        == ahead.find(class_="footing").decode_contents()
    )
    captions = [one.value.replace("\\", "") for one in app.caption]
    assert {one.get_text() for one in ahead.find_all(class_="caption")} <= set(captions)
    assert len(ahead.find_all(class_="pinned")) == ("as_of" in query)
    assert ahead.h3.get_text() in [one.value for one in app.subheader]
    (chart,) = (json.loads(one.proto.spec) for one in app.get("plotly_chart"))
    said = [caption.get_text() for caption in ahead.select(".plot > p")]
    assert said == [re.sub("<[^>]*>", "", one["text"]) for one in chart["layout"]["annotations"]]


def as_html(sentence):
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", sentence)


@pytest.mark.parametrize(
    "query",
    ["view=Research", "chart=timeline&embed=true", "embed=true", "known_at=2026-11-01T00:00:00Z", "weights=trend:2", "method=1", "asset=NONE"],
)  # fmt: skip
def test_a_page_that_shows_more_or_something_else_has_no_answer_ahead(site, query):
    assert page_of(site, f"/?{query}").find(id="ahead") is None


def test_the_answer_ahead_is_of_this_day(site, monkeypatch):
    said = [page_of(site, "/").find(id="ahead").h2.get_text()]

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2100, 1, 1, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr("sentiment.market.history.datetime", Later)
    monkeypatch.setattr("sentiment.web.preview_tags.datetime", Later)
    said.append(page_of(site, "/").find(id="ahead").h2.get_text())
    assert said[0].partition(" Last price")[0] == said[1].partition(" Last price")[0]
    assert " Last price" in said[1]
    assert said[0] != said[1]


def test_every_path_that_has_the_page_has_its_style(site):
    for address in ("/", "/?view=Research", "/unknown"):
        assert ".dumbbell .row" in page_of(site, address).body.style.get_text()
