"""The views: one list, found by discovery; a view is one file; a warm rerun repeats no work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from streamlit.testing.v1 import AppTest

from sentiment import files, frames
from sentiment.market import bar_store, history
from sentiment.web import links, view_names, views

NEW_VIEW = '''"""Greeting: a view in one file."""

import streamlit as st

from sentiment.web.views import View


def render(screen):
    """Draw the view."""
    st.subheader(f"Hello {screen.selection.asset}, {screen.as_of}", anchor=False)


VIEW = View("Greeting", order=65, tab="More", render=render)
'''
USE_IT = """
import json

from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.web import links

app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
app.query_params["view"] = "Greeting"
app.run()
print(json.dumps({
    "control": app.segmented_control(key="view").options,
    "tab": app.segmented_control(key="tab").value,
    "exceptions": [error.value for error in app.exception],
    "heads": [head.value for head in app.subheader],
    "link": links.from_query("view=Greeting"),
    "package": str(files.DASHBOARD),
}, default=str))
"""


def test_the_views_are_those_of_their_files_in_the_order_of_the_page():
    assert links.VIEWS[0] == "Today"
    assert tuple(views.registry()) == links.VIEWS
    for name, view in views.registry().items():
        assert view.name == name
    assert [view for held in views.tabs().values() for view in held] == list(links.VIEWS)
    orders = [view.order for view in views.registry().values()]
    assert orders == sorted(set(orders))


def test_a_file_without_a_view_is_named(monkeypatch, tmp_path):
    (tmp_path / "stray.py").write_text("x = 1\n")
    monkeypatch.setattr(view_names, "_FOLDER", tmp_path)
    with pytest.raises(ImportError, match=r"views/stray\.py has no line VIEW = View"):
        view_names.view_modules.__wrapped__()


def test_the_names_of_views_need_no_streamlit():
    code = "import sys, sentiment.web.links; print('streamlit' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(files.ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, timeout=120)
    assert done.stdout == b"False\n"


def test_a_view_is_one_file(tmp_path):
    shutil.copytree(files.ROOT / "sentiment", tmp_path / "sentiment", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("data", ".streamlit"):
        shutil.copytree(files.ROOT / name, tmp_path / name)
    shutil.copy(files.ROOT / "app.py", tmp_path)
    (tmp_path / "sentiment" / "web" / "views" / "greeting.py").write_text(NEW_VIEW)

    def run(*words):
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "200"}
        command = [sys.executable, *words]
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=180
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    seen = json.loads(run("-c", USE_IT))
    assert seen["package"].startswith(str(tmp_path))
    assert seen["tab"] == "More"
    assert seen["control"] == ["Weights", "Greeting", "Method", "Data", "Alerts"]
    assert seen["exceptions"] == []
    assert seen["heads"] == ["Hello BTC-USD, 2026-10-03"]
    assert "view='Greeting'" in seen["link"][0]
    assert seen["link"][1] == []
    assert run("-m", "sentiment.cli", "link", "BTC-USD", "--view", "Greeting").endswith("/?view=Greeting\n")
    assert "Greeting" in run("-m", "sentiment.cli", "link", "--help")


def page(view):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    app.query_params["view"] = view
    app.run()
    assert not app.exception, app.exception
    return app


@pytest.fixture
def _saved_prices(empty_store):
    assert not empty_store.exists()
    now = datetime.now(UTC)
    index = pd.date_range("2024-01-01", "2026-10-20", tz="UTC", name="date").as_unit("us")
    close = 50_000 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.02, len(index))))
    frame = pd.DataFrame({**dict.fromkeys(frames.PRICE_COLUMNS, 0.0), "close": close}, index=index)
    bar_store.append("BTC-USD", frame, now, bar_store.Facts(now, now, "UTC", "CRYPTOCURRENCY", "USD"))


@pytest.mark.usefixtures("_saved_prices")
@pytest.mark.parametrize("view", links.VIEWS)
def test_a_warm_rerun_reads_no_price_file_and_works_nothing_out_twice(monkeypatch, view):
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "BTC, SPY")
    app = page(view)
    assert " 20 Oct 2026" in app.header[0].value or view == "Alerts"  # which says nothing to a stranger
    opened, resolved = [], []
    parquet_file, resolve_day = pyarrow.parquet.ParquetFile, history.resolve_day
    monkeypatch.setattr(pyarrow.parquet, "ParquetFile", lambda *a, **k: opened.append(a) or parquet_file(*a, **k))
    monkeypatch.setattr(history, "resolve_day", lambda *a: resolved.append(a) or resolve_day(*a))
    app.run()
    assert not app.exception
    assert opened == []
    assert len(resolved) <= 3, "the page's key, the provenance of the footer, and what a view asks for itself"
