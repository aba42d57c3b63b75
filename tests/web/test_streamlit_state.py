"""Streamlit's own settings, as `.streamlit/config.toml` makes them."""

from __future__ import annotations

from streamlit import config
from streamlit.web import skills

from sentiment import files
from sentiment.web import streamlit_state


def test_no_page_offers_tools_for_programmers(monkeypatch):
    seen = {"server.headless": False}  # as where a browser opens by itself
    options = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: seen.get(name, options(name)))
    assert skills.nudge_suppression_reason(str(files.ROOT)) == "welcome_hidden"


def test_the_address_is_this_machines(monkeypatch):
    options = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: 8599 if name == "server.port" else options(name))
    assert streamlit_state.address() == "http://localhost:8599"
