"""What a preview of a link shows, read by a parser and an oEmbed consumer that know nothing of us."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit
from asgi import ask
from bs4 import BeautifulSoup
from linkpreview import link_preview
from micawber.providers import Provider
from PIL import Image
from starlette.responses import HTMLResponse

from sentiment.errors import BarsError
from sentiment.market import live
from sentiment.research import library
from sentiment.web import preview_tags
from sentiment.web.api import ApiMiddleware
from sentiment.web.pictures.previews import Preview, preview
from sentiment.web.preview_tags import GENERIC, PreviewMiddleware, tags

HERE = "http://localhost:8501/"
STATIC = Path(streamlit.__file__).with_name("static")
INDEX = (STATIC / "index.html").read_text("utf-8")
DECEMBER = (
    "Bitcoin, 91,350 USD on 2 Dec 2025: fear 76, fundamentals justify 24: 52 points more fear than fundamentals justify"
)
LINKS = {
    "as_of=2025-12-02": DECEMBER,
    "as_of=2025-12-02&known_at=2026-10-04T12:00:00Z&method=3": DECEMBER,
    "as_of=2025-12-02&known_at=2026-10-04T12:00:00Z": DECEMBER,
    "as_of=2025-12-02&view=Evidence&series=VIX": f"Evidence: {DECEMBER}",
    "as_of=2025-12-02&chart=fear&embed=true": DECEMBER,
    "as_of=2025-12-02&range=3M&log=false": DECEMBER,
    "note=k33-2025-12-02&as_of=2025-12-10": "Fear outweighs fundamentals; December could be the turn: K33 Research, 2 Dec 2025",
    "as_of=2015-02-01": "Bitcoin, 227 USD on 1 Feb 2015: too little data for fear or for its gap to fundamentals",
    "asset=ETH-USD&as_of=2025-12-02": "Ether, ",
    "asset=EURUSD%3DX": "Euro, ",
}


async def page(scope, receive, send):
    """Streamlit's own page, as it serves it for every link."""
    headers = {"ETag": '"one"', "Last-Modified": "x", "Accept-Ranges": "bytes", "Cache-Control": "no-cache"}
    await HTMLResponse(INDEX, headers=headers)(scope, receive, send)


@pytest.fixture(scope="module")
def site():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_API_RATE", "0")
        return ApiMiddleware(PreviewMiddleware(page, STATIC))


def page_of(site, query, **headers):
    answer = ask(site, f"/?{query}", **headers)
    assert answer.status == 200
    return answer.body.decode()


@pytest.mark.parametrize("query", LINKS)
def test_a_preview_parser_reads_the_title_and_the_picture_of_a_link(site, query):
    found = link_preview(f"{HERE}?{query}", content=page_of(site, query))
    assert found.title.startswith(LINKS[query])
    assert found.title == found.opengraph.title == found.twitter.title == found.generic.title
    assert "not been shown to predict returns" in found.description
    assert found.site_name == "Sentiment"
    picture = urlsplit(found.absolute_image)
    assert f"{picture.scheme}://{picture.netloc}/" == HERE
    answer = ask(site, f"{picture.path}?{picture.query}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.sent)).size == (1200, 628)


def test_the_picture_has_the_day_of_the_title(site):
    soup = BeautifulSoup(page_of(site, ""), "html.parser")
    told = {tag.get("property"): tag.get("content") for tag in soup.find_all("meta")}
    assert parse_qs(urlsplit(told["og:image"]).query) == {"as_of": ["2026-10-03"]}
    assert "3 Oct 2026" in told["og:title"]
    assert told["og:url"] == soup.find("link", rel="canonical")["href"] == HERE
    assert "3 Oct 2026" in told["og:image:alt"]


def test_a_feed_reader_finds_the_feed_of_the_asset(site):
    soup = BeautifulSoup(page_of(site, "asset=GLD&as_of=2025-12-02"), "html.parser")
    link = soup.find("link", rel="alternate", type="application/atom+xml")
    assert (link["href"], link["title"]) == (f"{HERE}api/v1/feed.atom?asset=GLD", "GLD: fear and fundamentals")
    answer = ask(site, f"/{link['href'].removeprefix(HERE)}")
    assert (answer.status, answer.headers["content-type"]) == (200, f"{link['type']}; charset=utf-8")


def test_the_rest_of_the_page_is_as_streamlit_has_it(site):
    plain = INDEX
    assert plain.count("<title>Streamlit</title>") == 1
    served = page_of(site, "view=Evidence&as_of=2025-12-02")
    head = served[served.index("<title>") : served.index('title="', served.index("json+oembed"))]
    assert served.startswith(plain.partition("<title>")[0])
    rest = re.sub(
        r"\n<style>.*</style>\n", "", served[served.index("json+oembed") :].partition("/>")[2], flags=re.DOTALL
    )
    assert rest.split() == plain.partition("</title>")[2].split()
    assert "<script" not in head
    packed = ask(site, "/?view=Evidence&as_of=2025-12-02", accept_encoding="gzip")
    assert packed.body.decode() == served
    assert packed.headers["content-length"] == str(len(packed.sent))
    assert not {"etag", "last-modified", "accept-ranges"} & set(packed.headers)
    assert packed.headers["cache-control"] == "no-cache"
    for address, method in (("/other?as_of=2025-12-02", "GET"), ("/?view=Evidence&as_of=2025-12-02", "HEAD")):
        assert ask(site, address, method=method).body.decode() in {INDEX, ""}


@pytest.mark.parametrize(
    "query", ["asset=NONE", "as_of=never", "find=%C3%A9&colour=red", "chart=pie", "x=" + "y" * 3_000]
)
def test_a_link_that_shows_something_else_has_no_tags_of_it(site, query):
    served = page_of(site, query)
    assert f"<title>{GENERIC}</title>" in served
    assert "og:" not in served


def test_whatever_fails_the_page_is_served(site, monkeypatch):
    for failure in (BarsError("x", "damaged"), ZeroDivisionError("ours")):

        def fail(_, failure=failure):
            raise failure

        monkeypatch.setattr(preview_tags, "preview", fail)
        assert f"<title>{GENERIC}</title>" in page_of(site, f"as_of=2025-11-0{len(str(failure)) % 9 + 1}")


def test_a_crowd_of_bots_computes_little_and_asks_no_network(monkeypatch):
    monkeypatch.setenv("SENTIMENT_API_BURST", "3")
    monkeypatch.setenv("SENTIMENT_API_RATE", "0.001")
    asked, drawn = [], []
    monkeypatch.setattr(live, "ask", asked.append)
    real = preview_tags.preview
    monkeypatch.setattr(preview_tags, "preview", lambda query: drawn.append(query) or real(query))
    crowded = PreviewMiddleware(page, STATIC)
    for _ in range(2):
        assert "og:title" in page_of(crowded, "as_of=2025-12-02")
    assert drawn == ["as_of=2025-12-02"]
    titles = [re.search("<title>(.*)</title>", page_of(crowded, f"as_of=2025-12-0{day}"))[1] for day in (3, 4, 5)]
    assert titles[1:] == [GENERIC, GENERIC]
    assert len(drawn) == 2
    assert asked == []


def test_the_tags_need_no_look_at_what_is_saved():
    soup = BeautifulSoup(tags(Preview("t", "d", "asset=ACME", "asset=ACME", "a", "ACME", ""), HERE), "html.parser")
    feed = soup.find("link", type="application/atom+xml")
    assert (feed["href"], feed["title"]) == (f"{HERE}api/v1/feed.atom?asset=ACME", "ACME: fear and fundamentals")


def test_no_text_from_outside_is_markup():
    evil = "\"'><script>alert(1)</script>&lt;\u202e"
    head = tags(Preview(evil, evil, "find=%3Cscript%3E", "asset=%22%3E", evil, evil, ""), HERE)
    soup = BeautifulSoup(head, "html.parser")
    assert {tag.name for tag in soup.find_all()} == {"title", "meta", "link"}
    assert soup.find("meta", property="og:title")["content"] == evil
    assert "<script" not in head


def test_a_notes_title_is_written_without_what_cannot_be_seen(monkeypatch):
    note = next(note for note in library.library() if note.id == "k33-2025-12-02")
    evil = replace(note, title="A\u202e\n<b> " * 200)
    monkeypatch.setattr(library, "library", lambda _=None: (evil,))
    found = preview("note=k33-2025-12-02&as_of=2025-12-10")
    assert found.title.startswith("A[U+202E] <b> A[U+202E]")
    assert len(found.title) == 300


def test_a_strange_host_gets_no_links(site):
    for host in ('evil"><script>', "a b", "", None):
        assert "og:" not in page_of(site, "as_of=2025-12-02", host=host)
    assert "http://news.example:8080/api/v1/card.png" in page_of(site, "as_of=2025-12-02", host="news.example:8080")


class Asked(Provider):
    """An oEmbed consumer whose requests reach the application without a network."""

    def __init__(self, site, endpoint):
        super().__init__(endpoint)
        self.site = site

    def fetch(self, url):
        answer = ask(self.site, url.removeprefix(HERE[:-1]))
        assert answer.status == 200, answer.body
        return answer.body.decode()


def test_an_oembed_consumer_finds_the_frame_of_a_chart(site):
    query = "as_of=2025-12-02&chart=quadrant"
    found = BeautifulSoup(page_of(site, query), "html.parser").find("link", type="application/json+oembed")
    endpoint, _, given = found["href"].partition("?")
    assert parse_qs(given)["url"] == [f"{HERE}?chart=quadrant&as_of=2025-12-02"]
    told = Asked(site, endpoint).request(f"{HERE}?{query}", maxwidth=500)
    assert (told["type"], told["version"], told["width"], told["height"]) == ("rich", "1.0", 500, 860)
    assert told["title"] == DECEMBER
    frame = BeautifulSoup(told["html"], "html.parser").iframe
    assert frame["src"] == f"{HERE}?chart=quadrant&as_of=2025-12-02&embed=true"
    assert (frame["width"], frame["title"]) == ("500", DECEMBER)
    assert told["thumbnail_url"] == f"{HERE}api/v1/card.png?as_of=2025-12-02"
    plain = Asked(site, endpoint).request(HERE)
    assert "chart=timeline&embed=true" in plain["html"].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("url=http://localhost:8501/&format=xml", 400),
        ("url=http://localhost:8501/&maxwidth=wide", 400),
        ("url=http://localhost:8501/&maxwidth=0", 400),
        ("url=http://localhost:8501/&url=http://localhost:8501/", 400),
        ("url=http://localhost:8501/&callback=x", 400),
        ("url=http://evil.example/", 404),
        ("url=javascript:alert(1)", 404),
        ("url=http://[", 404),
        ("url=http://localhost:8501/static/", 404),
        ("url=http://localhost:8501/%3Fasset=NONE", 404),
    ],
)
def test_oembed_refuses_what_is_not_ours(site, query, status):
    answer = ask(site, f"/api/v1/oembed.json?{query}")
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(answer.body)["detail"]
