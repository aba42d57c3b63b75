"""The page's buttons give the bytes of the API for the same selection."""

import io
import json
import zipfile

import pytest
import streamlit as st
from asgi import ask
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.web.api import ApiMiddleware

DAY = "as_of=2025-12-02"


async def page(_scope, _receive, _send):
    raise AssertionError("the API answers its own addresses")


@pytest.fixture
def buttons(monkeypatch):
    """Draw a page and return the CSV that each of its buttons would give, by label."""
    writers = {}
    monkeypatch.setenv("SENTIMENT_API_RATE", "0")
    monkeypatch.setattr(st, "download_button", lambda label, data, **_: writers.update({label: data}))

    def draw(query):
        app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
        app.session_state["unfold-what-makes-fear"] = True
        for name, _, value in (pair.partition("=") for pair in query.split("&")):
            app.query_params[name] = value
        app.run()
        assert not app.exception, app.exception
        return writers

    return draw


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        (f"{DAY}&range=1Y&weights=policy:0", {"CSV: price and scores": "scores", "CSV: bars": "prices"}),
        (f"{DAY}&range=3M&view=Method", {"CSV: all parts of both axes": "components"}),
        (f"{DAY}&range=6M&view=Compare&assets=BTC-USD~SPY&weights=policy:0", {"CSV: this chart": "compare"}),
        (f"{DAY}&view=Evidence&series=VIX&seed=7", {"CSV: evidence": "evidence"}),
        (
            f"{DAY}&view=Research&publisher=K33 Research",
            {
                "CSV: notes": "notes",
                "CSV: calls and outcomes": "calls",
                "CSV: facts and verdicts": "claims",
                "CSV: publishers": "publishers",
            },
        ),
        (f"{DAY}&view=Watchlist&weights=policy:0", {"CSV: the whole list": "universe"}),
        (f"{DAY}&view=Calls&outcome=pending", {"CSV: scoreboard": "scoreboard", "CSV: public calls": "public_calls"}),
        ("view=Research&find=fear", {"CSV: notes": "notes", "CSV: publishers": "publishers"}),
    ],
)
def test_a_button_gives_the_bytes_of_the_api(buttons, query, tables):
    writers, api = buttons(query), ApiMiddleware(page)
    for label, name in tables.items():
        answer = ask(api, f"/api/v1/{name}.csv?{query.replace(' ', '%20')}")
        assert answer.status == 200
        assert writers[label]() == answer.body
        with zipfile.ZipFile(io.BytesIO(writers[label.replace("CSV", "ZIP")]())) as packed:
            assert packed.read(f"{name}.csv") == answer.body
            told = json.loads(packed.read(f"{name}.metadata.json"))
        assert ask(api, f"/api/v1/{name}.csv?{told['selection']}").body == answer.body, "the address that it names"
