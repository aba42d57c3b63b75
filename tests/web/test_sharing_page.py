"""Figures that their source does not let be passed on: no button, table, report or frame of the page gives them to a stranger."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime

import numpy as np
import pytest
import streamlit as st
from planted import DAY, HERE, PLANTED, RAW, SEEN, plant, unpacked
from report_page import BASE, Page
from streamlit.testing.v1 import AppTest

from sentiment import files, settings
from sentiment.models import Selection
from sentiment.web import report, views


@pytest.fixture(scope="module")
def planted_folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        plant(patch, tmp_path_factory.mktemp("planted"))
        yield


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


def test_a_report_for_a_stranger_has_scores_and_no_such_figure(planted_folder):
    assert planted_folder is None
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


def shown(query, *, unfolded=(), **secrets):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=60)
    for section in unfolded:
        app.session_state[f"unfold-{section}"] = True
    for name, value in secrets.items():
        app.secrets[name] = value
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


SECTIONS = (
    *(
        "what-are-the-figures",
        "what-happened-after-each-entry",
        "did-it-hold-in-every-era",
        "how-sure-can-a-trend-line-be",
    ),
    *("where-is-the-market-now", "does-our-fear-say-anything-that-other-indices-don-t", "what-makes-fear"),
    *("what-makes-fundamentals", "which-data-are-behind-it"),
)


@pytest.mark.parametrize("view", views.registry())
def test_no_button_or_table_of_a_page_gives_a_stranger_such_a_figure(planted_folder, files_offered, monkeypatch, view):
    assert planted_folder is None
    app = shown({"view": view, "as_of": str(DAY)}, unfolded=SECTIONS)
    for label, content in files_offered.items():
        assert not SEEN.search(unpacked(content or b"")), label
    for table in app.dataframe:  # a viewer can save it
        assert not SEEN.search(table.value.to_csv())
    refused = {label for label, content in files_offered.items() if content is None}
    assert refused == {
        "Today": {"CSV: bars", "Excel: bars", "ZIP: bars"},
        "Data": {"CSV: BTC-USD", "CSV: ^VIX"},
        "Evidence": {"CSV: paths"},
        "Research": {"CSV: paths of the calls"},
    }.get(view, set())
    if view == "Today":
        monkeypatch.setattr("sentiment.web.streamlit_state.connection", lambda: (HERE[0], list(HERE[1].items())))
        shown({"view": view, "as_of": str(DAY)})
        assert SEEN.search(files_offered["CSV: bars"].decode())
        for form in ("CSV", "Excel", "ZIP"):
            assert SEEN.search(unpacked(files_offered[f"{form}: price and scores"]))


@pytest.mark.parametrize("changes", ["open", "signed-in"])
def test_a_stranger_is_told_what_is_kept_back_and_offered_to_sign_in_once(planted_folder, monkeypatch, changes):
    assert planted_folder is None
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
def test_a_framed_chart_has_no_such_figure_for_a_stranger(planted_folder, monkeypatch, chart):
    assert planted_folder is None

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
