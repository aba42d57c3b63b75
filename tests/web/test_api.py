"""The tables by HTTP: what comes back, what is refused, and what it costs."""

import asyncio
import json
import logging
import os
import re
import threading
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import StringIO
from xml.etree import ElementTree as ET

import asgi
import golden
import pandas as pd
import pytest
from asgi import ask, asked
from hypothesis import given
from hypothesis import strategies as st

from sentiment.charts import colours
from sentiment.errors import SelectionError
from sentiment.market import bar_store, roles
from sentiment.models import Selection
from sentiment.research import library
from sentiment.tables import export, registry
from sentiment.tables.record import Extent
from sentiment.web import links, table_writing
from sentiment.web.api import ApiMiddleware, is_settled
from sentiment.web.api.addresses import ADDRESSES, FOR_ANYONE, OEMBED
from sentiment.web.api.badge import contrast, draw, text_colour
from sentiment.web.api.negotiation import accepts_gzip, matches, part_asked
from sentiment.web.api.parameters import PARAMETERS, long_tables, parameters_at
from sentiment.web.api.problems import KINDS, ProblemError
from sentiment.web.api.queries import parse_query
from sentiment.web.api.rate_limit import RateLimiter
from sentiment.web.api.response_cache import ResponseCache, Written
from sentiment.web.hosts import host_allowed
from sentiment.web.security import SecurityMiddleware

DAY = date(2025, 12, 2)
WRITTEN_APART = [
    address for address, (name, form) in ADDRESSES.items() if form in {"csv", "json", "svg"} or name == "publishers"
]
"""Further forms are written by the same code for every table: of one is enough."""
LIVE = "as_of=2025-12-02"
PINNED = f"{LIVE}&known_at=2026-10-04T12:00:00Z&method=3"


async def page(_, __, send):
    """What stands behind the API here: it answers everything, as Streamlit does."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the page"})


@pytest.fixture(scope="module", autouse=True)
def unlimited():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_API_RATE", "0")
        yield


@pytest.fixture(scope="module")
def api(unlimited):
    assert unlimited is None
    return ApiMiddleware(page)


@pytest.fixture
def own(monkeypatch, tmp_path):
    """An API with a data folder of its own."""
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))
    return ApiMiddleware(page)


@pytest.mark.parametrize("name", registry.offered("api"))
def test_every_table_is_the_writers_as_csv_and_json(api, name):
    table = export.table(name, Selection(as_of=DAY))
    found = ask(api, f"/api/v1/{name}.csv?{LIVE}")
    assert found.status == 200
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert found.body == export.to_csv(table).encode()
    told = ask(api, f"/api/v1/{name}.json?{LIVE}").json
    assert list(told) == ["table", "selection", "method", "citation", "columns", "rows"]
    assert (told["table"], told["selection"], len(told["rows"])) == (name, LIVE, len(table))
    assert [column["name"] for column in told["columns"]] == list(table.columns)
    assert all(column["description"] and column["unit"] for column in told["columns"])
    last = {
        one: None if pd.isna(cell) else f"{cell:%Y-%m-%d}" if isinstance(cell, pd.Timestamp) else cell
        for one, cell in table.iloc[-1].items()
    }
    assert told["rows"][-1] == last


def test_what_is_not_known_is_null_and_a_day_is_a_day(api):
    first = ask(api, f"/api/v1/scores.json?{LIVE}").json["rows"][0]
    assert first["date"] == "2015-01-01"
    assert first["fear"] is None
    assert first["regime"] is None


@pytest.mark.parametrize(
    ("name", "of_file"), [("scores", "BTC-USD_scores"), ("notes", "notes"), ("evidence", "BTC-USD_evidence")]
)
def test_the_file_is_named_after_what_it_holds(api, name, of_file):
    found = ask(api, f"/api/v1/{name}.csv?{LIVE}")
    assert found.headers["content-disposition"] == f'inline; filename="{of_file}_2025-12-02.csv"'
    pinned = ask(api, f"/api/v1/{name}.csv?{LIVE}&known_at=2026-10-04T12:00:00Z&method=3")
    named = f"{of_file}_2025-12-02_known_2026-10-04T120000Z.csv"
    assert pinned.headers["content-disposition"] == f'inline; filename="{named}"'


def days(answered):
    return [row.split(",")[0] for row in answered.body.decode().splitlines()[1:]]


def test_all_rows_come_but_for_a_range_a_start_or_an_end(api):
    scores = "/api/v1/scores.csv?"
    assert days(ask(api, scores))[0] == "2015-01-01"
    assert days(ask(api, f"{scores}{LIVE}&range=3M"))[0] == str(DAY - timedelta(days=90))
    assert len(days(ask(api, f"{scores}{LIVE}&range=2Y"))) == 730  # the page's own default, here said aloud
    assert days(ask(api, f"{scores}start=2025-11-30&end=2025-12-01")) == ["2025-11-30", "2025-12-01"]


def test_the_canonical_query_gives_the_same_answer(api):
    asked_for = f"range=2Y&view=Weights&log=false&v=1&series=VIX&weights=policy:0&{LIVE}&embed=true"
    told = ask(api, f"/api/v1/scores.json?{asked_for}")
    assert told.json["selection"] == f"{LIVE}&weights=policy:0&range=2Y"
    assert ask(api, f"/api/v1/scores.json?{told.json['selection']}").body == told.body
    assert ask(api, f"/api/v1/evidence.json?{LIVE}&horizon=30").json["selection"] == f"{LIVE}&horizon=30"


def test_a_link_of_the_page_can_be_pasted_also_where_its_look_is_out_of_date(api):
    link = links.to_query(Selection(view="Research", as_of=DAY, log=False, find="fear", note="k33-2025-12-02"))
    told = ask(api, f"/api/v1/notes.json?{link}&correct=gone&embed_options=dark_theme")
    assert told.status == 200
    assert told.json["selection"] == f"{LIVE}&find=fear"


def test_notes_calls_and_claims_follow_the_filters(api):
    def ids(name, query):
        return list(dict.fromkeys(row["note"] for row in ask(api, f"/api/v1/{name}.json?{query}").json["rows"]))

    assert ids("notes", LIVE)[-1] == "k33-2025-12-02"
    assert ids("calls", f"{LIVE}&publisher=K33%20Research&since=2025-12-01") == ["k33-2025-12-02"]
    assert ids("claims", f"{LIVE}&start=2025-11-20&end=2025-11-30") == ["k33-2025-11-25"]
    assert ids("notes", f"{LIVE}&range=3M") == [
        "goplus-2025-10", "k33-2025-11-18", "k33-2025-11-25", "k33-2025-12-02",
    ]  # fmt: skip
    assert ids("notes", "find=%3D%00%C3%B0") == []


def test_the_evidence_is_that_of_its_parameters(api):
    rows = ask(api, f"/api/v1/evidence.json?{LIVE}&series=VIX&horizon=7&seed=5&range=1Y").json["rows"]
    table = export.table("evidence", Selection(as_of=DAY, series="VIX", seed=5), Extent(horizon=7))
    assert [row["upper"] for row in rows] == table["upper"].tolist()
    assert {row["horizon"] for row in rows} == {7}
    assert rows == ask(api, f"/api/v1/evidence.json?{LIVE}&series=VIX&horizon=7").json["rows"], "a seed has no effect"
    assert {row["horizon"] for row in ask(api, f"/api/v1/evidence.json?{LIVE}").json["rows"]} == {7, 30, 90, 180}


def test_weights_of_ones_own_count(api):
    wanted = Selection(as_of=DAY, weights=(("drawdown", 20.0), ("policy", 0.0)))
    for name in ("scores", "components", "evidence"):
        found = ask(api, f"/api/v1/{name}.csv?{LIVE}&weights=policy:0,drawdown:20")
        assert found.body == export.to_csv(export.table(name, wanted)).encode()
        assert found.body != ask(api, f"/api/v1/{name}.csv?{LIVE}").body


def test_a_saved_asset_has_its_tables_and_a_new_save_makes_new_ones(own):
    known_at = datetime(2026, 10, 20, 12, tzinfo=UTC)
    index = pd.date_range(end="2026-10-19", periods=800, tz="UTC", unit="us", name="date")
    bar = dict.fromkeys(("open", "high", "low", "close"), 100.0) | {"volume": 5.0, "dividends": 0.0, "splits": 0.0}
    rows = pd.DataFrame(bar, index=index)
    bar_store.append("SOL-USD", rows, known_at, bar_store.Facts(known_at, known_at, "UTC", "CRYPTOCURRENCY", "USD"))
    address = "/api/v1/prices.csv?asset=SOL-USD"
    first = ask(own, address)
    pinned = ask(own, f"{address}&as_of=2026-10-19&known_at=2026-10-21T00:00:00Z&method=3")
    assert first.body == pinned.body
    assert first.body.startswith(b"date,open,high,low,close,volume,dividends,splits\r\n2024-08-11,100.0,")
    assert pd.read_csv(StringIO(first.body.decode()))["close"].tolist() == [100.0] * 800
    early = ask(own, f"{address}&known_at=2026-10-01T00:00:00Z")
    assert early.status == 400
    assert "No price of SOL-USD was saved by 2026-10-01T00:00:00Z" in early.json["detail"]
    again = known_at + timedelta(days=3)
    changed = rows.assign(volume=[5.0] * 799 + [6.0])
    bar_store.append("SOL-USD", changed, again, bar_store.Facts(again, again, "UTC", "CRYPTOCURRENCY", "USD"))
    assert ask(own, address, if_none_match=first.headers["etag"]).body.endswith(b",6.0,0.0,0.0\r\n")
    assert ask(own, f"{address}&as_of=2026-10-19&known_at=2026-10-21T00:00:00Z&method=3").body == pinned.body


@pytest.mark.parametrize(
    ("address", "wrong", "says", "there"),
    [
        ("scores.csv?asset=DOGE", ["asset"], "No prices of 'DOGE' are saved here.", "BTC-USD"),
        ("scores.csv?as_of=2030-01-01", ["as_of"], "they run from 2015-01-01 to 2026-10-03.", None),
        ("scores.csv?as_of=", ["as_of"], "'' is not a day", None),
        ("scores.csv?colour=red", ["colour"], "The link names 'colour', which is not known here.", "known_at"),
        ("scores.csv?weights=luck:5", ["weights"], "No component 'luck' to weigh", "drawdown"),
        ("scores.csv?range=9Y", ["range"], "there are 3M, 6M, 1Y, 2Y, 5Y, All.", "5Y"),
        ("scores.csv?range=1Y&range=2Y", ["range"], "The link gives range 2 times.", "5Y"),
        ("scores.csv?v=2", ["v"], "made by another version.", "1"),
        ("scores.csv?known_at=2150-01-01T00:00:00Z", ["known_at"], "which lies ahead", None),
        ("scores.csv?start=soon", ["start"], "'soon' is not a day; a day looks like 2025-12-02.", None),
        ("scores.csv?end=2025-12-01&end=2025-12-02", ["end"], "The address gives end 2 times.", None),
        ("scores.csv?range=1Y&start=2025-12-01", ["range"], "a range and start; give the one or the other.", "5Y"),
        ("evidence.csv?start=2025-12-01", ["start"], "evidence has no rows of days", None),
        ("evidence.csv?horizon=31", ["horizon"], "there are 7, 30, 90, 180.", "180"),
        ("evidence.csv?series=Tea&seed=x", ["series", "seed"], "a seed has at most 9 digits.", "Regimes"),
        ("notes.csv?publisher=Nobody", ["publisher"], "K33 Research", "K33 Research"),
        ("badge.svg?end=2025-12-02", ["end"], "badge has no rows of days", None),
    ],
)
def test_a_program_is_told_what_a_page_would_pass_over(api, address, wrong, says, there):
    found = ask(api, f"/api/v1/{address}")
    told = found.json
    assert found.status == told["status"] == 400
    assert found.headers["content-type"] == "application/problem+json"
    assert found.headers["cache-control"] == "no-store"
    assert [problem["parameter"] for problem in told["problems"]] == wrong
    assert says in told["detail"]
    assert "showing" not in told["detail"]
    assert told["type"] == "/api/v1/#bad-request"
    assert told["instance"] == f"/api/v1/{address.partition('?')[0]}"
    if there:
        assert there in [one for several in told["there_are"].values() for one in several]


@pytest.mark.parametrize(
    "attached",
    [
        "_=1764500000123",
        "_cb=x",
        "1764500000",
        "nocache",
        "t=",
        "utm_source=sheets",
        "gclid=Cj0",
        "amp;_=1",
        "fbclid=x&ref=y",
        "_ga=1.2",
    ],
)
def test_what_spreadsheets_and_newsletters_attach_changes_no_answer(api, attached):
    plain = ask(api, "/api/v1/scores.json?as_of=2025-12-02&range=3M")
    found = ask(api, f"/api/v1/scores.json?as_of=2025-12-02&range=3M&{attached}")
    assert found.status == 200
    assert found.body == plain.body


@pytest.mark.parametrize(
    "query",
    ["start=2025/12/01&end=2025-12-2", "START=2025-12-01).&end=20251202", "start=2025-12-01&amp;end=2025-12-02"],
)
def test_the_days_of_an_address_are_read_in_the_spellings_of_links(api, query):
    assert (
        ask(api, f"/api/v1/scores.csv?{query}").body
        == ask(api, "/api/v1/scores.csv?start=2025-12-01&end=2025-12-02").body
    )


@pytest.mark.parametrize(
    "query", ["asset=", "range=", "as_of=", "end=", "colour=red", "aset=BTC-USD", "strat=2025-12-01"]
)
def test_a_parameter_of_ours_without_a_value_and_a_misspelt_one_stay_problems(api, query):
    assert ask(api, f"/api/v1/scores.csv?{query}").status == 400


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("start=2025-12-02&end=2025-12-01", "The start 2025-12-02 lies after the end 2025-12-01."),
        ("start=2030-01-01", "there are 2015-01-01 to 2026-10-03."),
    ],
)
def test_days_without_rows_are_told(api, query, says):
    found = ask(api, f"/api/v1/scores.csv?{query}")
    assert found.status == 400
    assert found.json["detail"].endswith(says)


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/dreams.csv",
        "/api/v1/scores.xml",
        "/api/v2",
        "/api/v1/scores.csv/",
        "/api//",
        "/API/v1/scores.csv",
        "/Api",
    ],
)
def test_an_unknown_address_is_a_problem_that_lists_the_tables(api, address):
    found = ask(api, address)
    assert found.status == 404
    assert found.json["type"].endswith("#unknown-address")
    assert found.json["there_are"]["tables"] == list(registry.offered("api"))
    assert ask(api, "/api/a b\r\n<x>").json["instance"] == "/api/a%20b%0D%0A%3Cx%3E"


@pytest.mark.parametrize("address", ["/", "/apiary", "/_stcore/health", "/healthz/x"])
def test_everything_else_is_passed_on(api, address):
    assert ask(api, address).body == b"the page"


def test_a_websocket_is_passed_on():
    seen = []

    async def behind(scope, _, __):
        seen.append(scope["type"])

    asgi.run(ApiMiddleware(behind)({"type": "websocket", "path": "/api/v1/scores.csv"}, None, None))
    assert seen == ["websocket"]


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/v1"])
def test_the_way_leads_to_the_description(api, address):
    found = ask(api, address)
    assert (found.status, found.headers["location"]) == (308, "/api/v1/")


@pytest.mark.parametrize("method", ["OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_everything_is_read_only(api, method):
    for address in ("/api/v1/scores.csv", "/api/v1/", "/healthz"):
        found = ask(api, address, method=method)
        assert (found.status, found.headers["allow"]) == (405, "GET, HEAD")
        assert found.json["type"].endswith("#method")


def test_a_query_longer_than_any_link_is_refused_unread(api):
    assert ask(api, f"/api/v1/notes.csv?find={'x' * (links.MAX_QUERY - 5)}").status == 400
    found = ask(api, f"/api/v1/notes.csv?find={'x' * (links.MAX_QUERY - 4)}")
    assert (found.status, found.json["maximum"]) == (414, links.MAX_QUERY)


def test_a_part_is_sent_to_who_asks_for_it(api):
    address = f"/api/v1/scores.csv?{LIVE}"
    whole = ask(api, address)
    size = len(whole.sent)
    assert whole.headers["accept-ranges"] == "bytes"
    for header, first, end in (("bytes=0-3", 0, 4), ("bytes=100-", 100, size), ("bytes=-5", size - 5, size)):
        part = ask(api, address, range=header, if_range=whole.headers["etag"])
        assert (part.status, part.sent) == (206, whole.sent[first:end])
        assert part.headers["content-range"] == f"bytes {first}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - first)
        assert part.headers["etag"] == whole.headers["etag"]
    beyond = ask(api, address, range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert beyond.json["type"].endswith("#range")
    assert ask(api, address, range="bytes=0-3", if_range='"another"').sent == whole.sent
    assert ask(api, address, range="bytes=0-3", if_none_match=whole.headers["etag"]).status == 304
    head = ask(api, address, method="HEAD", range="bytes=0-3")
    assert (head.status, head.headers["content-length"]) == (200, str(size))


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None), ("bytes=0-0", (0, 1)), ("bytes=2-", (2, 10)), ("bytes=2-99", (2, 10)), ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)), ("bytes=-0", (10, 10)), ("bytes=10-", (10, 10)), ("bytes=50-60", (10, 10)),
        ("bytes=5-4", None), ("bytes=0-1,3-4", None), ("rows=0-1", None), ("bytes=-", None), ("bytes=a-b", None),
        ("bytes=٣-٤", None), ("Bytes=1-2", (1, 3)),
    ],
)  # fmt: skip
def test_a_range_is_read_as_its_standard_says(header, part):
    asked = part_asked(header, None, "tag", 10)
    assert part == (None if asked is None else (asked.start, asked.stop))


def test_what_a_client_has_is_not_sent_again(api):
    address = f"/api/v1/scores.csv?{LIVE}"
    whole = ask(api, address)
    tag = whole.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    assert whole.headers["cache-control"] == "no-cache"
    for has in (tag, f"W/{tag}", f'"other", {tag}', f'"a,b" , W/{tag},"c"', "*"):
        again = ask(api, address, if_none_match=has)
        assert (again.status, again.sent) == (304, b""), has
        assert again.headers["etag"] == tag
        assert again.headers["vary"] == "Accept-Encoding"
        assert "content-type" not in again.headers
    for has in ('"other"', tag.strip('"'), f"x{tag}", "", f'"{tag}'):
        assert ask(api, address, if_none_match=has).sent == whole.sent, has


def test_every_encoding_has_its_own_tag_and_bytes_that_stay(api):
    address = f"/api/v1/scores.csv?{LIVE}"
    whole, packed = ask(api, address), ask(api, address, accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.body == whole.sent
    assert len(packed.sent) < len(whole.sent) / 2
    assert packed.headers["etag"] == whole.headers["etag"][:-1] + '-gzip"'
    assert ask(api, address, accept_encoding="gzip", if_none_match=packed.headers["etag"]).status == 304
    assert ask(api, address, accept_encoding="gzip", if_none_match=whole.headers["etag"]).status == 200
    assert ask(ApiMiddleware(page), address, accept_encoding="gzip").sent == packed.sent
    assert {one.headers["vary"] for one in (whole, packed)} == {"Accept-Encoding"}


@pytest.mark.parametrize(
    ("header", "packed"),
    [
        (None, False), ("", False), ("gzip", True), ("GZip", True), ("x-gzip", True), ("br, gzip;q=0.8", True),
        ("gzip;q=0", False), ("gzip;q=0.000", False), ("*", True), ("*;q=0", False), ("identity", False),
        ("identity, gzip;q=0.5", False), ("identity;q=0.5, gzip;q=0.5", True), ("gzip;q=0, *", False), ("gzip; q=1.0", True),
        ("gzip;q=lots", False), ("deflate", False), (";;,=", False),
    ],
)  # fmt: skip
def test_compression_is_as_the_client_will_have_it(header, packed):
    assert accepts_gzip(header) is packed


@given(st.text(st.characters(codec="latin-1"), max_size=40))
def test_no_header_breaks_the_reading_of_headers(text):
    assert accepts_gzip(text) in {True, False}
    assert matches(text, "0" * 32) is (text.strip() == "*")
    assert host_allowed(text, ["localhost"]) in {True, False}
    assert host_allowed(text, []) is not any(ord(character) <= 0x20 or character == "\x7f" for character in text)


@pytest.mark.parametrize(
    "address", [f"/api/v1/scores.csv?{LIVE}", "/api/v1/", "/healthz", "/api/v1/nothing", "/readyz"]
)
def test_a_head_has_the_headers_of_the_whole(api, address):
    whole, head = ask(api, address), ask(api, address, method="HEAD")
    assert head.sent == b""
    assert (head.status, head.headers) == (whole.status, whole.headers)
    assert head.headers["content-length"] == str(len(whole.sent))


def test_a_pinned_answer_stays_for_good(api):
    forever = "public, max-age=31536000, immutable"
    assert ask(api, f"/api/v1/scores.csv?{PINNED}").headers["cache-control"] == forever
    assert ask(api, f"/api/v1/badge.svg?{PINNED}").headers["cache-control"] == forever
    for query in (LIVE, "known_at=2026-10-04T12:00:00Z&method=3", ""):
        assert ask(api, f"/api/v1/scores.csv?{query}").headers["cache-control"] == "no-cache"


def test_an_instant_just_past_may_still_be_saved_under(api):
    now = datetime.now(UTC)
    assert is_settled(now - timedelta(minutes=2))
    assert not is_settled(now - timedelta(seconds=30))
    assert not is_settled(None)
    found = ask(api, f"/api/v1/scores.csv?{LIVE}&known_at={now:%Y-%m-%dT%H:%M:%SZ}")
    assert found.headers["cache-control"] == "no-cache"


def test_a_live_address_has_fresh_prices_fetched_in_the_background_as_the_page_does(api, monkeypatch):
    wanted = []
    monkeypatch.setattr("sentiment.market.live.ask", wanted.append)
    ask(api, "/api/v1/prices.csv")
    ask(api, f"/api/v1/prices.csv?{PINNED}")
    assert wanted == [roles.symbols_to_fetch("BTC-USD")]


def test_ten_that_ask_at_once_are_answered_by_one(monkeypatch):
    written = []

    def counted(wanted, *_, **__):
        written.append(wanted)
        return Written(b"x" * 2_000)

    monkeypatch.setattr("sentiment.web.api.write_body", counted)
    api = ApiMiddleware(page)

    async def all_at_once():
        return await asyncio.gather(*(asked(api, f"/api/v1/scores.csv?{LIVE}") for _ in range(10)))

    assert {one.body for one in asgi.run(all_at_once())} == {b"x" * 2_000}
    assert len(written) == 1
    ask(api, f"/api/v1/scores.csv?{LIVE}&series=VIX&log=false")  # what changes nothing makes no new answer
    assert len(written) == 1
    ask(api, f"/api/v1/scores.csv?{LIVE}&weights=policy:0")
    assert len(written) == 2


def test_a_failure_is_told_to_all_who_wait_and_not_kept():
    cache, tries, all_wait = ResponseCache(), [], threading.Event()

    def failing():
        tries.append(1)
        all_wait.wait()
        raise SelectionError("no")

    async def let_go():
        all_wait.set()

    async def all_at_once():
        all_wait.clear()
        asked = (cache.get("key", failing) for _ in range(5))
        return (await asyncio.gather(*asked, let_go(), return_exceptions=True))[:5]

    assert {str(one) for one in asgi.run(all_at_once())} == {"no"}
    assert len(tries) == 1
    asgi.run(all_at_once())
    assert len(tries) == 2


def test_who_goes_away_does_not_take_the_answer_along():
    cache, begun, gate = ResponseCache(), threading.Event(), threading.Event()

    def slow():
        begun.set()
        gate.wait(60)
        return Written(b"there")

    async def one_leaves():
        first = asyncio.create_task(cache.get("key", slow))
        second = asyncio.create_task(cache.get("key", slow))
        await asyncio.to_thread(begun.wait, 60)
        first.cancel()
        await asyncio.sleep(0)
        gate.set()
        return (await second).body

    assert asgi.run(one_leaves()) == b"there"


def test_only_so_many_may_wait():
    cache, begun, gate = ResponseCache(threads=1, waiting=1), threading.Event(), threading.Event()

    def slow():
        begun.set()
        gate.wait(60)
        return Written(b"there")

    async def three():
        waiting = [asyncio.create_task(cache.get(key, slow)) for key in "ab"]
        await asyncio.to_thread(begun.wait, 60)
        with pytest.raises(ProblemError, match="try again") as refused:
            await cache.get("c", slow)
        gate.set()
        return refused.value.response("/").headers["retry-after"], [(await one).body for one in waiting]

    assert asgi.run(three()) == ("5", [b"there", b"there"])


def test_no_more_is_kept_than_there_is_room_for():
    cache, written = ResponseCache(max_bytes=1_000), []

    def writing(key):
        written.append(key)
        return key.encode() * 400

    for key in ("a", "b", "a", "c", "a", "b"):
        asgi.run(cache.get(key, lambda key=key: Written(writing(key))))
    assert written == ["a", "b", "c", "b"]  # b was asked for longest ago when c came
    for key in ("d", "b", "d"):  # d is more than there is room for: it takes nobody's place
        asgi.run(cache.get(key, lambda key=key: Written(writing(key) * 3)))
    assert written == ["a", "b", "c", "b", "d", "d"]


def test_a_saved_note_makes_a_new_answer(own, monkeypatch):
    before = {name: ask(own, f"/api/v1/{name}.csv?{LIVE}") for name in ("notes", "scores", "prices")}
    written = (
        library.file("k33-2025-12-02")
        .replace("id: k33-2025-12-02", "id: own-2025-12-02")
        .replace("tone: 0.4", "tone: -0.4")
    )
    monkeypatch.setattr("sentiment.research.store._now", lambda: datetime(2025, 12, 2, 23, tzinfo=UTC))
    library.add(written, "own", who="me")
    after = {
        name: ask(own, f"/api/v1/{name}.csv?{LIVE}", if_none_match=one.headers["etag"]) for name, one in before.items()
    }
    assert {name: one.status for name, one in after.items()} == {"notes": 200, "scores": 200, "prices": 304}
    assert b"own-2025-12-02" in after["notes"].body


def test_a_note_that_comes_late_is_listed_and_leaves_the_scores_as_they_were(own):
    before = ask(own, f"/api/v1/scores.csv?{LIVE}").body
    pinned = ask(own, f"/api/v1/notes.csv?{PINNED}").body
    library.add(
        library.file("k33-2025-12-02").replace("id: k33", "id: own").replace("tone: 0.4", "tone: -1"), "x", who="me"
    )
    assert b"own-2025-12-02" in ask(own, f"/api/v1/notes.csv?{LIVE}").body
    assert ask(own, f"/api/v1/scores.csv?{LIVE}").body == before
    assert ask(own, f"/api/v1/notes.csv?{PINNED}").body == pinned, "what was known then stays"


def test_a_note_newer_than_the_last_price_is_shown_as_on_the_page(own):
    newer = (
        library.file("k33-2025-12-02").replace("2025-12-02", "2026-10-10").replace("end: 2025-12-31", "end: 2026-12-31")
    )
    library.add(newer, "newer", who="me")
    answer = ask(own, "/api/v1/notes.csv")
    assert b"k33-2026-10-10" in answer.body
    assert answer.body == export.to_csv(export.table("notes", Selection())).encode()
    assert b"k33-2026-10-10" not in ask(own, "/api/v1/notes.csv?as_of=2026-10-03").body


def test_a_store_that_cannot_be_read_is_told_in_its_own_words(own, tmp_path, caplog):
    assert ask(own, "/readyz").json == {"status": "ready"}
    (tmp_path / "notes.sqlite").write_bytes(b"not a database, but long enough to be looked at" * 100)
    found = ask(own, f"/api/v1/scores.csv?{LIVE}")
    told = found.json
    assert (found.status, found.headers["retry-after"]) == (503, "60")
    assert told["detail"].startswith("the saved notes cannot be read")
    assert told["error_id"] in caplog.text
    assert told["instance"] == f"urn:uuid:{told['error_id']}"
    ready = ask(own, "/readyz")
    assert ready.status == 503
    for body in (found.body, ready.body):
        assert str(tmp_path).encode() not in body
        assert b"sqlite" not in body
    assert str(tmp_path) in caplog.text
    assert ask(own, f"/api/v1/prices.csv?{LIVE}").body == ask(ApiMiddleware(page), f"/api/v1/prices.csv?{LIVE}").body
    assert b"scores.csv" in ask(own, "/api/v1/").body
    assert ask(own, "/api/v1/openapi.json").status == 200
    assert ready.json["reasons"][0].startswith("the saved notes cannot be read")
    assert ask(own, "/healthz").json == {"status": "up"}


@pytest.mark.parametrize("query", ["find=%ff", "asset=%F0%28", "%C3=1", "find=%ED%A0%80"])
def test_bytes_that_are_no_text_are_refused_and_not_guessed_at(api, query):
    found = ask(api, f"/api/v1/notes.csv?{query}")
    assert (found.status, found.json["type"]) == (400, "/api/v1/#bad-request")
    assert "UTF-8" in found.json["detail"]


def test_a_fault_shows_nothing_and_is_found_in_the_log(api, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(export, "table", broken)
    with caplog.at_level(logging.ERROR):
        found = ask(api, "/api/v1/prices.csv?as_of=2024-02-29")
    assert found.status == 500
    assert b"hunter2" not in found.body
    assert b"Traceback" not in found.body
    assert f"{found.json['error_id']}: the answer to /api/v1/prices.csv failed" in caplog.text
    assert "hunter2" in caplog.text


def test_one_client_can_ask_only_so_often(monkeypatch):
    monkeypatch.setenv("SENTIMENT_API_RATE", "0.5")
    monkeypatch.setenv("SENTIMENT_API_BURST", "3")
    api = ApiMiddleware(page)
    assert [ask(api, address).status for address in ("/api/v1/badge.svg", "/api/v1/", "/api/v1/nothing")] == [
        200,
        200,
        404,
    ]
    found = ask(api, "/api/v1/badge.svg")
    assert (found.status, found.json["type"]) == (429, "/api/v1/#too-many")
    assert found.headers["retry-after"] == "2"
    assert ask(api, "/api/v1/badge.svg", client="::1").status == 200
    assert ask(api, "/healthz").status == ask(api, "/readyz").status == 200


def test_a_bucket_fills_again_and_the_clients_remembered_are_few(monkeypatch):
    now = [0.0]
    limiter = RateLimiter(2, 4, lambda: now[0])
    assert [limiter.take("a") for _ in range(3)] == [0, 0, 1]
    now[0] += 0.25
    assert [limiter.take("a") for _ in range(2)] == [0, 1]
    now[0] += 100
    assert [limiter.take("a") for _ in range(3)] == [0, 0, 1]
    monkeypatch.setattr("sentiment.web.api.rate_limit.MAX_CLIENTS", 2)
    for client in "bc":
        limiter.take(client)
    assert limiter.take("a") == 0, "a was seen longest ago and is new again"


@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf"])
def test_a_limit_that_is_no_number_is_refused_at_the_start(monkeypatch, text):
    monkeypatch.setenv("SENTIMENT_API_RATE", text)
    with pytest.raises(SelectionError, match="SENTIMENT_API_RATE is"):
        ApiMiddleware(page)


@pytest.mark.parametrize(
    ("host", "allowed", "is_allowed"),
    [
        ("localhost:8501", ["localhost"], True), ("LOCALHOST.", ["localhost"], True), ("evil.example", ["localhost"], False),
        (None, ["localhost"], False), (None, [], True), ("a.example.com", ["*.example.com"], True),
        ("example.com", ["*.example.com"], False), ("me@localhost", ["localhost"], False), ("localhost/x", ["localhost"], False),
        ("localhost:x", ["localhost"], False), ("[::1]:8501", ["::1"], True), ("any", ["*"], True), ("", ["*"], False),
    ],
)  # fmt: skip
def test_the_host_is_held_to_the_allowed_ones(host, allowed, is_allowed):
    assert host_allowed(host, allowed) is is_allowed
    guarded = SecurityMiddleware(ApiMiddleware(page), lambda: allowed, lambda: 1, dict)
    assert ask(guarded, "/api/v1/nothing", host=host).status == (404 if is_allowed else 403)


def test_no_answer_lets_a_foreign_page_or_a_script_in(api):
    plain = (
        "/api/v1/",
        "/api/v1/openapi.json",
        "/api/v1/widgets.json",
        "/api/v1/nothing",
        "/healthz",
        "/readyz",
        "/api",
    )
    for address in (*ADDRESSES, *plain):
        told = address.endswith(("scores.csv", "fear.svg", "openapi.json"))
        refused = "" if told else "?as_of=never"  # a refusal has the same headers, and takes no time
        headers = ask(api, f"{address}{refused}", origin="https://evil.example").headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == ("cross-origin" if address in FOR_ANYONE else "same-origin")
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "script-src" not in headers["content-security-policy"]
        assert not [name for name in headers if name.startswith("access-control") or name == "set-cookie"]


def test_the_badge_says_what_the_page_says(api):
    found = ask(api, f"/api/v1/badge.svg?{LIVE}")
    assert found.headers["content-type"] == "image/svg+xml"
    root = ET.fromstring(found.body)  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == golden.DECEMBER_BADGE
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == root.find(f"{space}title").get("id")
    assert {one.tag.removeprefix(space) for one in root.iter()} == {"svg", "title", "rect", "g", "text"}
    fills = [one.get("fill") for one in root.iter(f"{space}rect")]
    assert fills[1:] == [colours.FEAR, colours.FUNDAMENTALS, colours.FEAR]
    early = ask(api, "/api/v1/badge.svg?as_of=2015-02-01").body.decode()
    assert "fear — · justified — · no regime, 1 Feb 2015" in early
    assert colours.NEUTRAL in early


def test_the_badge_can_be_read_on_each_of_its_colours():
    for colour in (colours.FEAR, colours.FUNDAMENTALS, colours.NEUTRAL, colours.COMPLACENT, "#2B3138"):
        assert contrast(text_colour(colour), colour) >= 4.5
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_a_name_cannot_break_out_of_the_badge():
    root = ET.fromstring(draw([("<script>&", colours.FEAR)], '"><script>'))  # noqa: S314 - our own
    assert "script" not in {one.tag.rpartition("}")[2] for one in root.iter()}


@pytest.fixture(scope="module")
def document(api):
    return ask(api, "/api/v1/openapi.json").json


def test_every_address_parameter_column_and_problem_is_documented(document):
    assert document["openapi"] == "3.1.0"
    assert set(ADDRESSES) < set(document["paths"])
    for address, (what, form) in ADDRESSES.items():
        operation = document["paths"][address]["get"]
        named = [one.get("name") or one["$ref"].rpartition("/")[2] for one in operation["parameters"]]
        assert named == [*parameters_at(what, form), "method", "v"]
        assert set(operation["responses"]) == {"200", "206", "304", "400", "403", "414", "416", "429", "500", "503"}
        if form == "json":
            schema = document["components"]["schemas"][what]["properties"]["rows"]["items"]["properties"]
            assert list(schema) == table_writing.columns(what, is_long=what in long_tables())
    assert set(document["components"]["parameters"]) == set(PARAMETERS)
    assert "BTC-USD" in document["components"]["parameters"]["asset"]["schema"]["enum"]
    statuses = {str(kind.status) for kind in KINDS.values()}
    assert statuses - set(document["components"]["responses"]) == {"405"}  # it has no operation to stand at
    assert "404" in document["paths"][OEMBED]["get"]["responses"]


def test_every_example_of_the_document_is_an_answer(api, document):
    for address in WRITTEN_APART:
        if address.endswith((".png", ".json")):  # CSV and SVG are read the same way, and written in less time
            continue
        operation = document["paths"][address]["get"]
        shared = document["components"]["parameters"]
        described = [
            shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
            for parameter in operation["parameters"]
        ]
        queries = [f"{one['name']}={one['example']}".replace(" ", "%20") for one in described]
        for query in ["&".join(queries)] if address in FOR_ANYONE else queries:  # a picture takes longer to draw
            found = ask(api, f"{address}?{query}")
            assert found.status == 200, (address, query, found.body)
        for content in operation["responses"]["200"]["content"].values():
            example = content.get("example")
            if isinstance(example, str):
                assert ask(api, f"{address}?{LIVE}").body.decode().endswith(example.partition("\r\n")[2])


def test_the_description_for_people_is_whole_and_has_no_script(api):
    found = ask(api, "/api/v1/")
    text = found.body.decode()
    for word in (
        *ADDRESSES,
        *PARAMETERS,
        *(name for table in registry.offered("api").values() for name in table.column_names),
    ):
        assert word in text
    for kind in KINDS:
        assert f"id='{kind}'" in text, "the type of a problem leads here"
    for target in re.findall(r"href='#([^']+)'", text):
        assert f"id='{target}'" in text
    written_alike = {*ADDRESSES} - {*WRITTEN_APART}
    for target in re.findall(r"href='(/[^']+)'", text):
        assert target.partition("?")[0] in written_alike or ask(api, target).status == 200, target
    assert "<script" not in text
    assert "prefers-color-scheme:dark" in text
    (style,) = re.findall(r"<style>(.*?)</style>", text, flags=re.DOTALL)
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{allowed}'" in found.headers["content-security-policy"]
    assert " style=" not in text


def test_json_is_the_same_table_read_back_by_pandas(api):
    told = json.loads(ask(api, f"/api/v1/components.json?{LIVE}&range=3M").body)
    frame = pd.DataFrame(told["rows"])
    table = export.table("components", Selection(as_of=DAY), Extent(DAY - timedelta(days=90)))
    assert frame["contribution"].tolist() == pytest.approx(table["contribution"].tolist(), nan_ok=True, abs=0)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to(path), lambda path: path.mkdir()])
def test_a_price_file_that_cannot_be_read_hides_no_other_asset(own, empty_store, make):
    (empty_store / "bars").mkdir(parents=True)
    make(empty_store / "bars" / "AAPL.parquet")
    assert ask(own, "/readyz").json == {"status": "ready"}
    assert ask(own, "/api/v1/").status == 200
    pinned = "/api/v1/scores.csv?as_of=2025-12-02&known_at=2025-12-03T00:00:00Z&method=3"
    answer = ask(own, pinned)
    assert answer.status == 200
    assert "immutable" not in answer.headers["cache-control"]
    bad = ask(own, "/api/v1/scores.csv?asset=AAPL")
    assert bad.status == 503
    assert "AAPL: the saved prices cannot be opened" in bad.json["detail"]
    assert str(empty_store) not in str(bad.json)


def test_the_canonical_query_of_an_address_without_a_method_asks_for_the_same():
    stated = parse_query("scores", "csv", "as_of=2025-12-02&known_at=2026-10-04T12:00:00Z")
    assert not stated.pinned
    again = parse_query("scores", "csv", stated.query)
    assert again == stated
    assert again.pinned
