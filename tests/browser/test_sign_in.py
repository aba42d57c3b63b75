"""Streamlit's login with a provider of our own: who signs in may save, under that name, and signs out again."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime

import openid_server
import pandas as pd
import ports
import pytest
from browser_page import profile, settle

from sentiment.market import bar_store, history

WORD_JOINER = "\u2060"  # keeps Markdown from making a link of what is none

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def provider():
    with openid_server.serving() as one:
        yield one


@pytest.fixture
def shared_server(chromium, served, provider, tmp_path, monkeypatch):
    """A server whose readers sign in with that provider, set up as docs/operations.md has it."""
    assert chromium
    port = ports.free()
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit/secrets.toml").write_text(f"""
[auth]
redirect_uri = "http://dash.localhost:{port}/oauth2callback"
cookie_secret = "{secrets.token_urlsafe(32)}"
client_id = "{openid_server.CLIENT}"
client_secret = "{openid_server.SECRET}"
server_metadata_url = "{provider.issuer}/.well-known/openid-configuration"
""")
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path / "data"))
    _save_bitcoin()
    environment = {
        **os.environ,
        "SENTIMENT_NOTES": "signed-in",
        # A browser finds every name under localhost on this machine; the server takes it for another's.
        "STREAMLIT_SERVER_ALLOWED_HOSTS": "localhost dash.localhost",
    }
    with served(tmp_path / "log.txt", environment, port=port, folder=tmp_path) as address:
        yield address.replace("localhost", "dash.localhost")


def _save_bitcoin():
    """Save bitcoin's bars as Yahoo's, which may not be passed on."""
    closes = history.bars("BTC-USD")["close"].iloc[-900:]
    bars = pd.DataFrame(dict.fromkeys(bar_store.PRICE_COLUMNS, closes)).assign(dividends=0.0, splits=0.0)
    fetched = datetime(2026, 10, 4, 12, tzinfo=UTC)
    bar_store.append(
        "BTC-USD", bars, fetched, bar_store.Facts(fetched, fetched, "UTC", "CRYPTOCURRENCY", "USD", source="Yahoo")
    )


def bars_offered(page, address):
    """Whether the page offers the bars as a file, and the status of the API's answer to the same browser."""
    page.goto(f"{address}?view=Data")
    settle(page)
    button = page.get_by_role("button", name="CSV: BTC-USD")
    button.wait_for()
    return button.is_enabled(), page.evaluate("fetch('/api/v1/prices.csv?range=3M').then(answer => answer.status)")


def test_who_signs_in_saves_under_that_name_and_signs_out_and_an_invented_code_signs_nobody_in(
    browser, shared_server, provider
):
    context = profile(browser, bypass_csp=True)
    page = context.new_page()

    def open_notes():
        page.goto(f"{shared_server}?view=Inbox")
        settle(page)

    page.goto(f"{shared_server}oauth2callback?code=invented&state=invented")
    assert bars_offered(page, shared_server) == (False, 403)
    assert bars_offered(page, shared_server.replace("dash.localhost", "localhost")) == (True, 200)
    open_notes()
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.get_by_label("Text of the note, or its address").count() == 0
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(shared_server)
    settle(page)
    open_notes()
    page.get_by_label("Text of the note, or its address").wait_for()
    assert "Signed in as ann@example.com." in page.locator("body").inner_text().replace(WORD_JOINER, "")
    assert {one["name"] for one in context.cookies() if not one["httpOnly"]} <= {"_streamlit_xsrf"}
    assert bars_offered(page, shared_server) == (True, 200)

    open_notes()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out").wait_for(state="detached")
    open_notes()
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.get_by_label("Text of the note, or its address").count() == 0
    assert [one["client_id"] for one in provider.signed_out] == [openid_server.CLIENT]
    context.close()
