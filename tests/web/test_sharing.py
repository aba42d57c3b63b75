"""Figures that their source does not let be passed on: who gets them, and that nobody else does on any road out."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from asgi import ask
from report_page import BASE, Page
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from sentiment import files, settings
from sentiment.errors import SelectionError
from sentiment.market import bar_store, history, terms
from sentiment.models import Selection
from sentiment.tables import export, registry, withholding
from sentiment.web import report, sharing, views
from sentiment.web.api import ApiMiddleware
from sentiment.web.api.addresses import ADDRESSES
from sentiment.web.api.parameters import parameters_of

PLANTED, RAW = 12345.678, 4321.987
"""A close, and a level of the VIX, that nothing else in any answer resembles."""
SAVED = datetime(2025, 12, 12, 12, tzinfo=UTC)
DAY = date(2025, 12, 11)
STRANGER = {"host": "dash.example.com"}
SEEN = re.compile(r"(?<![\d.])(12,?345\.[67]|12,?346(?!\d)|4,?321\.9|4,?322(?!\d))")
"""Either of them, however it is rounded."""


async def page(_, __, send):
    """What stands behind the API here."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the page"})


def save(symbol, closes, *, source, instrument="CRYPTOCURRENCY", known_at=SAVED):
    bars = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), closes))
    bars = bars.assign(volume=1_000.0, dividends=0.0, splits=0.0)[list(bar_store.PRICE_COLUMNS)]
    facts = bar_store.Facts(known_at, known_at, "UTC", instrument, "USD", source=source)
    bar_store.append(symbol, bars, known_at, facts)


def around(value, source_of, last=DAY):
    """The last 900 bundled closes of a series, with `value` on every third day."""
    closes = history.bars(source_of)["close"].loc[: pd.Timestamp(last, tz="UTC")].iloc[-900:].copy()
    closes.iloc[::-3] = value
    return closes


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A data folder in which bitcoin and the VIX are saved from sources that keep their figures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_API_RATE", "0")
        closes, volatility = around(PLANTED, "BTC-USD"), around(RAW, "^VIX")
        patch.setenv("SENTIMENT_DATA_DIR", str(tmp_path_factory.mktemp("planted")))
        save("BTC-USD", closes, source="Yahoo")
        save("BTC-USD", closes.iloc[-30:] * 1.25, source="Yahoo", known_at=SAVED.replace(hour=13))  # revisions
        save("BTC-USD", closes.iloc[-30:], source="Yahoo", known_at=SAVED.replace(hour=14))
        save("^VIX", volatility, source="Cboe", instrument="INDEX")
        yield


@pytest.fixture
def api(planted):
    assert planted is None
    return ApiMiddleware(page)


HERE = ("127.0.0.1", {"host": "localhost:8501"})


@pytest.mark.parametrize(
    ("client", "headers", "own"),
    [
        (*HERE, True),
        ("127.0.0.1", {"host": "127.0.0.1:8501"}, True),
        ("127.9.9.9", {"host": "LOCALHOST."}, True),
        ("::1", {"host": "[::1]:8501"}, True),
        ("::ffff:127.0.0.1", {"host": "localhost"}, True),
        ("127.0.0.1", {"host": "localhost", "user-agent": "curl", "x-requested-with": "sheet"}, True),
        ("10.0.0.7", {"host": "localhost"}, False),
        ("172.17.0.1", {"host": "localhost"}, False),  # a container's own machine, seen from inside
        ("::ffff:10.0.0.7", {"host": "localhost"}, False),
        (None, {"host": "localhost"}, False),
        ("a socket", {"host": "localhost"}, False),
        ("127.0.0.1", {"host": "dash.example.com"}, False),
        ("127.0.0.1", {"host": "localhost.example.com"}, False),
        ("127.0.0.1", {"host": "dash.localhost"}, False),
        ("127.0.0.1", {"host": "localhost@dash.example.com"}, False),
        ("127.0.0.1", {"host": "[::1"}, False),
        ("127.0.0.1", {"host": ""}, False),
        ("127.0.0.1", {}, False),
        *(
            ("127.0.0.1", {"host": "localhost", name: "127.0.0.1"}, False)
            for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP", "X-Forwarded-Proto")
        ),
    ],
)
def test_the_own_machine_is_told_by_address_name_and_headers(client, headers, own):
    assert sharing.is_own_machine(client, list(headers.items())) is own


def test_two_names_at_once_are_nobodys():
    assert not sharing.is_own_machine("127.0.0.1", [("host", "localhost"), ("host", "localhost")])


@pytest.mark.parametrize(
    ("setting", "asker", "signed_in", "all_of_it"),
    [
        ("", HERE, False, True),
        ("", ("10.0.0.7", STRANGER), False, False),
        ("", ("10.0.0.7", STRANGER), True, True),
        ("signed-in", ("10.0.0.7", STRANGER), False, False),
        ("everyone", ("10.0.0.7", STRANGER), False, True),
    ],
)
def test_everything_is_for_this_machine_who_signed_in_and_whom_the_operator_says(
    monkeypatch, setting, asker, signed_in, all_of_it
):
    client, headers = asker
    monkeypatch.setenv(settings.SHARE_VARIABLE, setting)
    assert sharing.may_have_all(client, list(headers.items()), lambda: signed_in) is all_of_it


def test_a_misspelt_setting_opens_nothing(monkeypatch):
    monkeypatch.setenv(settings.SHARE_VARIABLE, "every-one")
    with pytest.raises(SelectionError, match="SENTIMENT_SHARE_PRICES is 'every-one'; it is signed-in, everyone"):
        sharing.may_have_all("127.0.0.1", [("host", "localhost")], lambda: True)


@pytest.mark.parametrize(
    ("source", "bound"),
    [
        ("Yahoo", "Yahoo, for personal use, by Yahoo's terms"),
        ("", "Yahoo, for personal use, by Yahoo's terms"),  # files from when there was no other
        ("Binance", "Binance, for personal use, by Binance's terms"),
        ("DefiLlama", "DefiLlama, free to read, no licence stated; DefiLlama"),
        ("A former provider", "A former provider, whose terms are not known here"),
        ("ECB", None),
        ("FRED", None),
        ("SEC", None),
        (None, None),  # bundled
    ],
)
def test_saved_figures_are_bound_by_the_terms_of_their_source(empty_store, source, bound):
    assert empty_store
    if source is not None:
        save("ETH-USD", around(PLANTED, "ETH-USD"), source=source)
    assert terms.reserved(["ETH-USD"]) == ({} if bound is None else {"ETH-USD": bound})
    stranger = ask(ApiMiddleware(page), "/api/v1/prices.csv?asset=ETH-USD", **STRANGER)
    assert stranger.status == (200 if bound is None else 403)
    assert ask(ApiMiddleware(page), "/api/v1/prices.csv?asset=ETH-USD").status == 200


def test_a_pinned_reading_is_bound_by_the_source_of_then_and_revisions_by_all(empty_store):
    assert empty_store
    closes = around(PLANTED, "ETH-USD")
    save("ETH-USD", closes, source="Yahoo")
    save("ETH-USD", closes * 1.5, source="ECB", known_at=SAVED.replace(day=13))
    assert list(terms.reserved(["ETH-USD"], SAVED.replace(hour=13))) == ["ETH-USD"]
    assert terms.reserved(["ETH-USD"]) == {}
    assert list(terms.reserved_versions("ETH-USD")) == ["ETH-USD"]
    rows = export.table("revisions", Selection(asset="ETH-USD"))
    assert withholding.of_table("revisions", Selection(asset="ETH-USD"), rows).columns == ("old", "new")


def test_a_price_file_that_cannot_be_read_binds_itself_and_nothing_else(empty_store):
    (empty_store / "bars" / "AAPL.parquet").mkdir(parents=True)
    assert list(terms.reserved(["AAPL", "SPY"])) == ["AAPL"]


def test_the_refusal_says_which_series_whose_terms_and_what_the_operator_can_do(api):
    refused = ask(api, "/api/v1/prices.csv?as_of=2025-12-02", **STRANGER)
    assert (refused.status, refused.headers["content-type"]) == (403, "application/problem+json")
    assert refused.json["type"] == "/api/v1/#withheld"
    assert refused.json["detail"] == (
        "Figures that this server does not pass on (BTC-USD: Yahoo, for personal use, by Yahoo's terms). They go to the machine "
        "that it runs on and to whoever has signed in; whoever runs it may decide otherwise (SENTIMENT_SHARE_PRICES=everyone)."
    )
    assert refused.headers["cache-control"] == "no-store"


def answers(api, **headers):
    for address, (name, _) in ADDRESSES.items():
        days = "&start=2025-11-01" if "start" in parameters_of(name) else ""
        yield address, ask(api, f"{address}?as_of=2025-12-11{days}", **headers)


def test_no_answer_gives_a_stranger_a_figure_that_may_not_be_passed_on(api):
    known = dict(answers(api))
    for address in ("prices", "scores", "components", "calls", "claims"):
        assert SEEN.search(known[f"/api/v1/{address}.csv"].body.decode()), f"the plant is not even in {address}"
    for address, found in answers(api, **STRANGER):
        text = found.body.decode()
        assert not SEEN.search(text), (address, SEEN.search(text))
        name, form = ADDRESSES[address]
        if name == "prices":
            assert found.status == 403
            continue
        assert found.status == 200
        table = registry.tables().get(name)
        sourced = [column.name for column in table.columns if column.sourced] if table else []
        assert found.headers.get("withheld-columns", "") == ", ".join(sourced)
        if form == "json":
            told = found.json
            assert told.get("withheld", []) == sourced
            assert [column["name"] for column in told["columns"]] == [
                name for name in table.column_names if name not in sourced
            ]
        if name == "scores" and form == "csv":
            assert found.body.splitlines()[0].startswith(b"date,fear,fundamentals,gap")
    for document in ("/api/v1/", "/api/v1/openapi.json", "/readyz"):
        for headers in ({}, STRANGER):  # a document is the same for all, and written for strangers
            assert not SEEN.search(ask(api, document, **headers).body.decode())


@pytest.mark.parametrize("headers", [{"x_forwarded_for": "10.0.0.7"}, {"via": "1.1 proxy"}])
def test_what_came_through_a_proxy_is_a_strangers(api, headers):
    assert ask(api, "/api/v1/prices.csv", **headers).status == 403


def test_a_client_from_elsewhere_is_a_stranger_under_any_name(api):
    assert ask(api, "/api/v1/prices.csv", client="10.0.0.7").status == 403
    assert ask(api, "/api/v1/prices.csv", method="HEAD", client="10.0.0.7").status == 403


def test_the_operator_may_let_everyone_have_them(api, monkeypatch):
    pinned = "/api/v1/prices.csv?as_of=2025-12-02&known_at=2025-12-12T12:30:00Z&method=3"
    monkeypatch.setenv(settings.SHARE_VARIABLE, "everyone")
    found = ask(api, pinned, **STRANGER)
    assert found.status == 200
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "withheld-columns" not in found.headers


def test_no_cache_hands_one_clients_answer_to_another(api):
    scores = "/api/v1/scores.csv?as_of=2025-12-02&known_at=2025-12-12T12:30:00Z&method=3"
    own, stranger, again = ask(api, scores), ask(api, scores, **STRANGER), ask(api, scores)
    assert own.body == again.body != stranger.body
    assert own.headers["etag"] != stranger.headers["etag"]
    assert own.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert stranger.headers["cache-control"] == "private, no-cache"
    assert own.headers["vary"] == stranger.headers["vary"]
    assert {"Cookie", "Host", "X-Forwarded-For"} <= {*own.headers["vary"].split(", ")}
    assert ask(api, scores, if_none_match=own.headers["etag"], **STRANGER).status == 200
    assert ask(api, scores, if_none_match=stranger.headers["etag"], **STRANGER).status == 304
    assert ask(api, "/api/v1/prices.csv", if_none_match="*", **STRANGER).status == 403
    evidence = ask(api, scores.replace("scores", "evidence"), **STRANGER)
    assert evidence.headers["cache-control"] == "public, max-age=31536000, immutable", "it is the same for all"


@pytest.fixture
def named_by_a_proxy():
    config.set_option("server.trustedUserHeaders", {"X-Forwarded-Email": "email", "X-Team": "team"})
    yield
    config.set_option("server.trustedUserHeaders", {})


@pytest.mark.usefixtures("named_by_a_proxy")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x_forwarded_email": "ann@example.com"}, 200),
        ({"x_forwarded_email": ""}, 403),
        ({"x_team": "blue"}, 403),  # says no name
        ({}, 403),
    ],
)
def test_whom_the_proxy_names_is_signed_in(api, headers, status):
    assert ask(api, "/api/v1/prices.csv", **STRANGER, **headers).status == status


def test_a_header_that_nobody_trusts_names_nobody(api):
    assert ask(api, "/api/v1/prices.csv", x_forwarded_email="ann@example.com", **STRANGER).status == 403


@pytest.fixture
def login(monkeypatch):
    """Streamlit's login, set up: the secrets that a server would read."""
    auth = {"cookie_secret": "between us", "redirect_uri": "https://dash.example.com/oauth2callback", "client_id": "x"}
    monkeypatch.setattr("streamlit.runtime.secrets.secrets_singleton._secrets", {"auth": auth})


def cookie(key="between us", **user):
    value = {"origin": "https://dash.example.com", "is_logged_in": True, "email": "ann@example.com", **user}
    return f"_streamlit_user={create_signed_value(key, '_streamlit_user', json.dumps(value)).decode()}"


@pytest.mark.usefixtures("login")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (cookie(), 200),
        (f"theme=dark; {cookie()}", 200),
        (cookie(is_logged_in=False), 403),
        (cookie(origin="https://elsewhere.example.com"), 403),
        (cookie(email=None), 403),
        (cookie("a guess"), 403),
        ("_streamlit_user=invented", 403),
        ("", 403),
    ],
)
def test_who_has_signed_in_by_streamlits_login_gets_everything(api, sent, status):
    assert ask(api, "/api/v1/prices.csv", cookie=sent, **STRANGER).status == status


def test_a_cookie_is_worth_nothing_where_no_login_is_set_up(api):
    assert (
        ask(api, "/api/v1/prices.csv", cookie=cookie(config.get_option("server.cookieSecret")), **STRANGER).status
        == 403
    )


def numbers(value):
    """Every number in a figure, packed ones included."""
    if isinstance(value, dict):
        if "bdata" in value:
            yield from np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).astype(float).tolist()
        else:
            for inner in value.values():
                yield from numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner)
    elif isinstance(value, int | float):
        yield float(value)


def planted_in(found):
    return sum(1 for one in numbers(found) if abs(one - PLANTED) < 1 or abs(one - RAW) < 0.01)


def test_a_report_for_a_stranger_has_scores_and_no_such_figure(planted):
    assert planted is None
    selection, made = Selection(as_of=DAY), datetime(2025, 12, 13, tzinfo=UTC)
    whole = Page(report.html(selection, BASE, made))
    assert SEEN.search(whole.text)
    assert planted_in(json.loads(whole.blocks["figure-timeline"])) > 100
    left = Page(report.html(selection, BASE, made, everything=False))
    assert not SEEN.search(left.text)
    for name, block in left.blocks.items():
        if name.startswith("figure-"):
            assert planted_in(json.loads(block)) == 0, name
            assert not SEEN.search(re.sub(r'"bdata":"[^"]*"', "", block))
    assert "Figures that this server does not pass on (BTC-USD: Yahoo" in left.text
    assert "without the price" in left.text
    assert "not passed on" in left.text
    assert "Raw value" in left.text


@pytest.fixture
def files_offered(monkeypatch):
    """What the page's buttons would give, by label; None where one is not to be had."""
    given = {}

    def record(label, data, *, disabled=False, **_):
        if label != "Report":  # it has a test of its own
            given[label] = None if disabled else data()

    monkeypatch.setattr(st, "download_button", record)
    monkeypatch.setattr(
        st.delta_generator.DeltaGenerator, "download_button", lambda _, *args, **how: record(*args, **how)
    )
    return given


def shown(query, **secrets):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    for name, value in secrets.items():
        app.secrets[name] = value
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize("view", views.registry())
def test_no_button_or_table_of_a_page_gives_a_stranger_such_a_figure(planted, files_offered, monkeypatch, view):
    assert planted is None
    app = shown({"view": view, "as_of": str(DAY)})
    for label, content in files_offered.items():
        assert not SEEN.search((content or b"").decode()), label
    for table in app.dataframe:  # a viewer can save it
        assert not SEEN.search(table.value.to_csv())
    refused = {label for label, content in files_offered.items() if content is None}
    assert refused == {
        "Today": {"CSV: bars"},
        "Data": {"CSV: BTC-USD", "CSV: ^VIX"},
        "Evidence": {"CSV: paths"},
        "Research": {"CSV: paths of the calls"},
    }.get(view, set())
    if view == "Today":
        monkeypatch.setattr("sentiment.web.streamlit_state.connection", lambda: (HERE[0], list(HERE[1].items())))
        shown({"view": view, "as_of": str(DAY)})
        assert SEEN.search(files_offered["CSV: bars"].decode())
        assert SEEN.search(files_offered["CSV: price and scores"].decode())


@pytest.mark.parametrize("changes", ["open", "signed-in"])
def test_a_stranger_is_told_what_is_kept_back_and_offered_to_sign_in_once(planted, monkeypatch, changes):
    assert planted is None
    monkeypatch.setenv(settings.CHANGES_VARIABLE, changes)
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr("sentiment.market.live.ask", lambda *_, **__: None)
    app = shown({"view": "Data"}, auth={"client_id": "x"})
    words = re.sub(
        r"[\\\u2060]", "", " ".join(element.value for element in app.caption)
    )  # what keeps it from being Markdown
    assert "BTC-USD: Yahoo, for personal use" in words
    assert [button.label for button in app.button].count("Sign in") == 1
    assert "Sign in" not in [button.label for button in shown({"view": "Data"}).button]


@pytest.mark.parametrize("chart", ["timeline", "fear"])  # the others have no figure of a source
def test_a_framed_chart_has_no_such_figure_for_a_stranger(planted, monkeypatch, chart):
    assert planted is None

    def figure():
        app = shown({"chart": chart, "embed": "true", "as_of": str(DAY)})
        (drawn,) = app.get("plotly_chart")
        return drawn.proto.spec, " ".join(element.value for element in app.markdown)

    spec, words = figure()
    assert planted_in(json.loads(spec)) == 0
    assert not SEEN.search(re.sub(r'"bdata":"[^"]*"', "", spec) + words)
    assert "price, fear" not in words
    monkeypatch.setattr("sentiment.web.streamlit_state.connection", lambda: (HERE[0], list(HERE[1].items())))
    spec, words = figure()
    assert planted_in(json.loads(spec)) or SEEN.search(re.sub(r'"bdata":"[^"]*"', "", spec))
