"""An untidy link leads to the same screen at its plain address, before any page is drawn."""

from urllib.parse import urljoin

import pytest
from asgi import ask
from starlette.responses import PlainTextResponse

from sentiment.market import bar_store
from sentiment.web.security import SecurityMiddleware
from sentiment.web.tidy_links import TidyLinkMiddleware


@pytest.fixture
def site():
    async def page(scope, receive, send):
        await PlainTextResponse("the page")(scope, receive, send)

    return TidyLinkMiddleware(page)


@pytest.mark.parametrize(
    ("untidy", "plain"),
    [
        ("/?utm_source=x&range=1Y", "/?range=1Y"),
        ("/?fbclid=x", "/"),
        ("/?range=1y&amp;as_of=2025/12/02).", "/?range=1Y&as_of=2025-12-02"),
        ("/?chart=Fear&embed=true&gclid=x", "/?chart=fear&embed=true"),
        ("/?asset=nope.&utm_id=1", "/?asset=nope."),
        ("/?view=Research&find=a%26b.&ref=x", "/?view=Research&find=a%26b."),
    ],
)
def test_an_untidy_link_leads_to_the_plain_one(site, untidy, plain):
    answer = ask(site, untidy)
    assert answer.status == 307
    assert urljoin(f"https://h/team{untidy}", answer.headers["location"]) == f"https://h/team{plain}"
    assert answer.headers["cache-control"] == "no-store"
    assert ask(site, plain).body == b"the page"


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?",
        "/?range=1Y",
        "/?v=1&range=1Y",
        "/?asset=DOGE",
        "/?colour=red",
        "/?embed=true",
        "/static/a.js?utm_source=x",
        "/api/v1/scores.csv?utm_source=x",
        "/?utm_source=" + "x" * 2_000,
    ],
)
def test_everything_else_is_passed_on(site, address):
    assert ask(site, address).body == b"the page"


def test_only_what_is_read_is_redirected(site):
    assert ask(site, "/?utm_source=x", method="POST").body == b"the page"
    assert ask(site, "/?utm_source=x", method="HEAD").status == 307


def test_prices_that_cannot_be_read_keep_no_page_away(site, empty_store):
    (empty_store / "bars").mkdir(parents=True)
    (empty_store / "bars" / "AAPL.parquet").write_bytes(b"PAR1 not really")
    assert bar_store.symbols() == ("AAPL",)
    assert ask(site, "/?asset=AAPL&utm_source=x").body == b"the page"


def test_the_redirect_of_a_frame_has_the_policy_of_its_chart(site):
    guarded = SecurityMiddleware(site, list, lambda: 0, dict)
    for query in ("chart=fear&embed=true", "chart=FEAR.&embed=true&utm_source=x"):
        assert "frame-ancestors" not in ask(guarded, f"/?{query}").headers["content-security-policy"]
    for query in ("view=Data&embed=true&utm_source=x", "chart=fear&chart=fear&embed=true", "chart=fear&Embed=true"):
        assert "frame-ancestors 'none'" in ask(guarded, f"/?{query}").headers["content-security-policy"]
