"""The Data view: what was fetched, what failed, and no column that says nothing."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.errors import OfflineError
from sentiment.market import live, roles


@pytest.fixture
def background(empty_store, monkeypatch):
    assert not empty_store.exists()
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    monkeypatch.setattr(live, "background", live.Background())
    monkeypatch.setattr(live, "ask", lambda *_, **__: None)
    return live.background


def page():
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    app.query_params["view"] = "Data"
    app.run()
    assert not app.exception, app.exception
    return app


def test_sources_out_of_reach_have_not_answered(background):
    symbols = roles.symbols_to_fetch("BTC-USD")
    background.outcomes.update({symbol: OfflineError("Can't reach Yahoo.", symbol=symbol) for symbol in symbols})
    (status,) = page().status
    assert (status.label, status.state) == ("Nothing was fetched", "error")


def test_a_column_without_a_word_is_left_out(background):
    assert not background.outcomes
    assert not page().dataframe[0].value.isna().all().any()
