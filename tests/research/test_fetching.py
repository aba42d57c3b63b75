"""One address is fetched within its bounds, and none leads into a private network: by name, redirect or a changed answer."""

from __future__ import annotations

import gzip
import zlib

import pytest
import web_server
from yahoo_server import Answer

from sentiment.errors import AddressError, FetchError, InputError, SelectionError
from sentiment.research import fetching, web_address


@pytest.fixture
def web(monkeypatch):
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    with web_server.serving() as server:
        monkeypatch.setenv("SENTIMENT_FETCH_ALLOW", server.host)
        yield server


def no_name(host, port):
    raise AssertionError(f"{host}:{port} was looked up")


PRIVATE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1",  # noqa: S104 - refused
    "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1",
    "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2001:0:7f00:1::1",
]  # fmt: skip


@pytest.mark.parametrize("machine", PRIVATE)
def test_no_private_address_is_fetched_whether_written_or_by_name(machine):
    written = f"http://[{machine}]/" if ":" in machine else f"http://{machine}/"
    with pytest.raises(AddressError, match="not a public address"):
        web_address.place(written, no_name)
    for machines in ([machine], ["93.184.215.14", machine]):
        with pytest.raises(AddressError, match="not a public address"):
            web_address.place("https://news.example/feed", lambda *_, found=machines: found)


@pytest.mark.parametrize(
    "machine", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::1"]
)
def test_a_public_address_is_taken_as_it_was_resolved(machine):
    found = web_address.place("HTTPS://News.Example.:443/a b".replace(" ", "%20") + "#part", lambda *_: [machine])
    assert found == ("https://news.example/a%20b", "news.example", 443, (machine,))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("file:///etc/passwd", "only http:// and https://"), ("ftp://a.example/", "only http"), ("gopher://a.example/", "only http"),
        ("javascript:alert(1)", "only http"), ("//a.example/", "only http"), ("", "only http"),
        ("http://user:pw@a.example/", "a user's name or a password"), ("http://a.example@127.0.0.1/", "a user's name"),
        ("http://a.example:25/", "port 25"), ("http://a.example:99999/", "not a web address"),
        ("http://2130706433/", "names no host"), ("http://0x7f.1/", "names no host"), ("http://0177.0.0.1/", "names no host"),
        ("http://127.1/", "names no host"), ("http:///path", "names no host"), ("http://[::1", "not a web address"),
        ("http://a.example/\r\nHost: b", "a line break"), ("http://a b/", "a space"), ("http://a.example/" + "x" * 2_000, "too long"),
        ("http://exa\u2100mple.com/", "not a web address|names no host"), ("http://a..example/", "names no host"),
    ],
)  # fmt: skip
def test_what_is_no_plain_address_of_the_web_is_refused_before_anybody_is_asked(url, told):
    with pytest.raises(AddressError, match=told):
        web_address.place(url, lambda *_: ["93.184.215.14"])


def test_only_the_host_that_the_settings_name_may_be_private(monkeypatch):
    monkeypatch.setenv("SENTIMENT_FETCH_ALLOW", "wiki.intern, 127.0.0.1:8080,[::1]:81")
    assert web_address.place("http://wiki.intern/x", lambda *_: ["10.0.0.1"]).machines == ("10.0.0.1",)
    assert web_address.place("http://127.0.0.1:8080/").port == 8080
    assert web_address.place("http://[::1]:81/").machines == ("::1",)
    for other in ("http://127.0.0.1:8081/", "http://127.0.0.1/", "http://[::1]/"):
        with pytest.raises(AddressError):
            web_address.place(other)
    monkeypatch.setenv("SENTIMENT_FETCH_ALLOW", "http://a/")
    with pytest.raises(SelectionError, match="is a list of hosts"):
        web_address.place("http://wiki.intern/", lambda *_: ["10.0.0.1"])


def test_an_answer_comes_with_what_it_says_of_itself_and_is_not_sent_twice(web):
    web.put(
        "/feed",
        "<rss/>",
        "Application/RSS+XML; charset=ISO-8859-1",
        ETag='"a"',
        Last_Modified="Mon, 02 Mar 2026 10:00:00 GMT",
    )
    first = fetching.fetch(web.url("/feed#top"))
    assert first == (
        b"<rss/>",
        web.url("/feed"),
        "application/rss+xml",
        "iso-8859-1",
        '"a"',
        "Mon, 02 Mar 2026 10:00:00 GMT",
        False,
    )
    again = fetching.fetch(web.url("/feed"), etag=first.etag, modified=first.modified)
    assert again.unchanged
    assert web.asked[1][1]["If-Modified-Since"] == first.modified
    assert "sentiment-dashboard/" in web.asked[0][1]["User-Agent"]


def test_redirects_are_followed_and_each_is_checked(web):
    web.put("/feed", "here")
    for number in range(5):
        web.put(f"/{number}", "", status=302, Location=f"/{number + 1}" if number < 4 else "feed")
    assert fetching.fetch(web.url("/0")).url == web.url("/feed")
    web.put("/round", "", status=301, Location="/round")
    with pytest.raises(FetchError, match="redirects again"):
        fetching.fetch(web.url("/round"))
    inward = (
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:1/",
        "http://[::ffff:127.0.0.1]/",
        "file:///etc/passwd",
        "//10.0.0.1/",
    )
    for location in inward:
        web.put("/inward", "", status=307, Location=location)
        with pytest.raises(AddressError):
            fetching.fetch(web.url("/inward"))
    assert {path for path, _ in web.asked} == {"/0", "/1", "/2", "/3", "/4", "/feed", "/round", "/inward"}


def test_the_machine_that_was_checked_is_asked_even_if_the_name_leads_elsewhere_by_then(web, monkeypatch):
    """`localhost` leads to this machine for everybody else; here it is what the check was told, a machine where nobody answers."""
    port = web.server_address[1]
    web.put("/", "inside")
    monkeypatch.setattr(fetching, "SECONDS", 1.0)
    with pytest.raises(FetchError, match=r"did not answer|cannot be reached"):
        fetching.fetch(f"http://localhost:{port}/", resolve=lambda *_: ["192.88.99.77"])
    assert web.asked == []
    monkeypatch.setenv("SENTIMENT_FETCH_ALLOW", "rebound.example")
    assert fetching.fetch(f"http://rebound.example:{port}/", resolve=lambda *_: ["127.0.0.1"]).content == b"inside"


def test_no_proxy_of_the_environment_is_used(web, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    web.put("/", "here")
    assert fetching.fetch(web.url("/")).content == b"here"


@pytest.mark.parametrize("packing", [gzip.compress, zlib.compress])
def test_what_is_packed_is_counted_unpacked(web, packing):
    encoding = "gzip" if packing is gzip.compress else "deflate"
    web.put("/small", packing(b"x" * 1_000), Content_Encoding=encoding)
    assert fetching.fetch(web.url("/small")).content == b"x" * 1_000
    web.put("/bomb", packing(b"\0" * 50_000_000), Content_Encoding=encoding)
    assert len(web.answers["/bomb"].body) < 100_000
    with pytest.raises(FetchError, match="has more than 10 MB"):
        fetching.fetch(web.url("/bomb"))
    web.put("/large", b"x" * 2_001)
    with pytest.raises(FetchError, match="which is the most"):
        fetching.fetch(web.url("/large"), most=2_000)


FAULTS = {
    "hang": (Answer(hang=True), "did not answer within"),
    "drip": ("drip", "did not answer within"),
    "cut": (Answer(body=b"x" * 1_000, cut=True), "no whole answer"),
    "reset": (Answer(reset=True), "cannot be reached|no whole answer"),
    "missing": (Answer(404), "HTTP 404"),
    "gone": (Answer(410), "unfollow it"),
    "broken": (Answer(500), "HTTP 500"),
    "moved nowhere": (Answer(302), "HTTP 302"),
    "packed wrongly": (Answer(body=b"no gzip", headers={"Content-Encoding": "gzip"}), "no whole answer"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_answer_is_told_within_its_time(web, monkeypatch, fault):
    monkeypatch.setattr(fetching, "SECONDS", 1.0)
    web.answers["/"], told = FAULTS[fault]
    with pytest.raises(FetchError, match=told):
        fetching.fetch(web.url("/"))


@pytest.mark.parametrize(("header", "wait"), [("120", 120.0), ("x", None), ("99999999", 604_800.0)])
def test_a_wait_that_is_asked_for_is_told_and_bounded(web, header, wait):
    web.put("/", "", status=429, Retry_After=header)
    with pytest.raises(FetchError, match="asks us to wait") as caught:
        fetching.fetch(web.url("/"))
    assert caught.value.wait == wait


def test_viewers_fetch_at_a_pace():
    now = [0.0]
    pace = fetching.Pace(2, lambda: now[0])
    pace.take()
    pace.take()
    with pytest.raises(FetchError, match="try again in 60 s"):
        pace.take()
    now[0] = 60.0
    pace.take()


def test_nothing_is_fetched_offline(monkeypatch):
    monkeypatch.setenv("SENTIMENT_OFFLINE", "1")
    with pytest.raises(InputError, match="asks no network"):
        fetching.fetch("https://news.example/", resolve=no_name)
