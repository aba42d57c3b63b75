"""Figures that their source does not let be passed on: who gets them, and that nobody else does on any road out."""

from __future__ import annotations

import json

import pytest
from asgi import ask
from planted import HERE, PLANTED, SAVED, SEEN, STRANGER, around, plant, save, unpacked
from streamlit import config
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from sentiment import settings
from sentiment.errors import SelectionError
from sentiment.market import terms
from sentiment.models import Selection
from sentiment.tables import export, registry, withholding
from sentiment.web import pictures, sharing
from sentiment.web.api import ApiMiddleware
from sentiment.web.api.addresses import ADDRESSES
from sentiment.web.api.parameters import parameters_of
from sentiment.web.picture_names import PICTURES


async def page(_, __, send):
    """What stands behind the API here."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the page"})


@pytest.fixture(scope="module")
def planted_folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        plant(patch, tmp_path_factory.mktemp("planted"))
        yield


@pytest.fixture
def api(planted_folder):
    assert planted_folder is None
    return ApiMiddleware(page)


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
        "that it runs on and to signed-in users; its operator may decide otherwise (SENTIMENT_SHARE_PRICES=everyone)."
    )
    assert refused.headers["cache-control"] == "no-store"


PLANTED_IN = {
    f"/api/v1/{name}.{form}"
    for name in ("prices", "scores", "components", "calls", "claims")
    for form in ("csv", "json", "zip", "xlsx")
} | {f"/api/v1/chart/{name}.svg" for name in ("timeline", "watchlist")}


def answers(api, addresses, **headers):
    for address in addresses:
        name, _ = ADDRESSES[address]
        days = "&start=2025-11-01" if "start" in parameters_of(name) else ""
        yield address, ask(api, f"{address}?as_of=2025-12-11{days}", **headers)


def test_no_answer_gives_a_stranger_a_figure_that_may_not_be_passed_on(api, monkeypatch):
    monkeypatch.setattr(pictures, "_ZOOM", 0.25)  # what stands in the words of a picture does not depend on its size
    for address, found in answers(api, PLANTED_IN):
        assert found.status == 200
        assert address.endswith("svg") or SEEN.search(unpacked(found.body)), f"the plant is not even in {address}"
    for address, found in answers(api, ADDRESSES, **STRANGER):
        text = unpacked(found.body)
        assert not SEEN.search(text), (address, SEEN.search(text))
        name, form = ADDRESSES[address]
        if name == "prices" or (name in PICTURES and form == "svg"):
            assert found.status == 403
            continue
        assert found.status == 200
        table = registry.tables().get(name)
        sourced = [column.name for column in table.columns if column.sourced] if table else []
        assert found.headers.get("withheld-columns", "") == ", ".join(sourced)
        if form in {"json", "metadata.json"}:
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


@pytest.mark.parametrize("form", ["csv", "metadata.json", "xlsx"])  # the others are written from these
@pytest.mark.parametrize(
    ("query", "status", "lacks"),
    [
        ("columns=close", 403, None),
        ("columns=date~close", 403, None),
        ("columns=close~fear", 200, "close"),
        ("columns=date~fear", 200, None),
        ("asset=SPY~BTC-USD", 200, "close"),
        ("asset=SPY~BTC-USD&columns=close", 403, None),
        ("asset=SPY~GLD&columns=close", 200, None),  # bundled, and bound by nothing
    ],
)
def test_no_choice_of_columns_or_assets_gives_a_stranger_more(api, form, query, status, lacks):
    address = f"/api/v1/scores.{form}?as_of=2025-12-11&start=2025-12-01&{query}"
    found = ask(api, address, **STRANGER)
    assert (found.status, found.headers.get("withheld-columns")) == (status, lacks)
    assert not SEEN.search(unpacked(found.body))
    assert ask(api, address).status == 200
    prices = f"/api/v1/prices.{form}?as_of=2025-12-11&start=2025-12-01&asset=SPY~BTC-USD"
    assert ask(api, prices, **STRANGER).status == 403, "one of the two may not be passed on"


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
    # A signed value holds the second of its making, and each worker collects in a second of its own.
    ids=["own", "second cookie", "signed out", "elsewhere", "nameless", "guessed key", "invented", "none"],
)
def test_who_has_signed_in_by_streamlits_login_gets_everything(api, sent, status):
    assert ask(api, "/api/v1/prices.csv", cookie=sent, **STRANGER).status == status


def test_a_cookie_is_worth_nothing_where_no_login_is_set_up(api):
    assert (
        ask(api, "/api/v1/prices.csv", cookie=cookie(config.get_option("server.cookieSecret")), **STRANGER).status
        == 403
    )
