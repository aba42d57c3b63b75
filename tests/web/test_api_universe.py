"""Several assets at one address: which are meant, what is refused, and what stays for good."""

from __future__ import annotations

from datetime import date

import command_line
import pytest
from asgi import ask

from sentiment.market import roles
from sentiment.models import Selection
from sentiment.tables import export
from sentiment.tables.record import Extent
from sentiment.web.api import ApiMiddleware

DAY = date(2025, 12, 2)
AT = "/api/v1/universe"


async def page(_, __, ___):
    raise AssertionError("the API answers its own addresses")


@pytest.fixture
def api(monkeypatch, empty_store):
    assert not empty_store.exists()
    monkeypatch.setenv("SENTIMENT_API_RATE", "0")
    monkeypatch.delenv("SENTIMENT_WATCHLIST", raising=False)
    return ApiMiddleware(page)


def assets(answer):
    return [row["asset"] for row in answer.json["rows"]]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("GLD~BTC-USD", ["GLD", "BTC-USD"]),
        ("SPY", ["SPY"]),
        ("spy~eur/usd~SPY", ["SPY", "EURUSD=X"]),
        ("EURUSD%3DX%7EQQQ", ["EURUSD=X", "QQQ"]),
    ],
)
def test_the_assets_come_in_the_order_of_the_address(api, asked, meant):
    found = ask(api, f"{AT}.json?as_of=2025-12-02&asset={asked}")
    assert found.status == 200
    assert assets(found) == meant
    again = ask(api, f"{AT}.csv?{found.json['selection']}")
    rows = export.table("universe", Selection(as_of=DAY), Extent(assets=tuple(meant)))
    assert again.body == export.to_csv(rows).encode()
    assert again.headers["content-disposition"] == 'inline; filename="universe_2025-12-02.csv"'
    words = ("export", "~".join(meant), "--what", "universe", "--as-of", "2025-12-02")
    assert command_line.run(*words).stdout == again.body


def test_without_assets_it_is_the_watchlist_of_the_moment(api, monkeypatch):
    address = f"{AT}.json?as_of=2025-12-02"
    assert assets(ask(api, address)) == ["BTC-USD", "ETH-USD", "SPY", "QQQ", "GLD", "EURUSD=X"]
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "GLD, $NVDA, BTC")
    changed = ask(api, address)
    assert assets(changed) == ["GLD", "NVDA", "BTC-USD"]
    assert [row["missing"] for row in changed.json["rows"]] == [None, "no prices are saved yet", None]
    assert assets(ask(api, f"{address}&asset=NVDA~GLD")) == ["NVDA", "GLD"], (
        "what is watched may be named before it is fetched"
    )
    assert (
        command_line.run("export", "--what", "universe", "--as-of", "2025-12-02").stdout
        == ask(api, f"{AT}.csv?as_of=2025-12-02").body
    )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("asset=SPY~DOGE", "No prices of 'DOGE' are saved here, and it is not on the watchlist."),
        ("asset=", "leaves an asset out"),
        ("asset=~", "leaves an asset out"),
        ("asset=SPY~~GLD", "leaves an asset out"),
        ("asset=SPY&asset=GLD", "write ~ between them"),
        ("as_of=never", "is not a day"),
        ("as_of=2199-01-01", "lies ahead"),
        ("start=2025-11-01", "universe has no rows of days"),
        ("range=1Y&start=2025-01-01", "range"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_words(api, query, says):
    found = ask(api, f"{AT}.csv?{query}")
    assert found.status == 400
    assert says in found.json["detail"]


def test_a_day_counts_that_no_single_asset_has(api):
    found = ask(api, f"{AT}.json?asset=BTC-USD~EURUSD=X&as_of=2026-10-20")
    assert [row["as_of"] for row in found.json["rows"]] == ["2026-10-03", "2026-10-20"]


def test_it_stays_for_good_only_where_the_assets_are_named(api):
    pinned = "as_of=2025-12-02&known_at=2026-10-04T12:00:00Z&method=3"
    assert "immutable" in ask(api, f"{AT}.csv?asset=SPY~GLD&{pinned}").headers["cache-control"]
    assert "immutable" not in ask(api, f"{AT}.csv?{pinned}").headers["cache-control"]
    assert "immutable" not in ask(api, f"{AT}.csv?asset=SPY~GLD&as_of=2025-12-02&method=3").headers["cache-control"]


def test_a_live_address_has_all_of_them_refreshed(api, monkeypatch):
    wanted = []
    monkeypatch.setattr("sentiment.market.live.ask", wanted.append)
    ask(api, f"{AT}.csv?asset=SPY~GLD")
    assert wanted == [roles.all_to_fetch(("SPY", "GLD"))]


def test_a_watchlist_that_cannot_be_read_is_told_without_its_place(api, empty_store):
    (empty_store / "watchlist.txt").mkdir(parents=True)
    found = ask(api, f"{AT}.csv")
    assert found.status == 503
    assert "the watchlist cannot be read" in found.json["detail"]
    assert str(empty_store) not in found.body.decode()
    assert ask(api, "/api/v1/scores.csv?as_of=2025-12-02").status == 200
