"""A note that fits the schema, however odd, takes no table, view, report or command along; nor does a bad price file."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import command_line
import odd_notes
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from sentiment import files
from sentiment.errors import NoteError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_store
from sentiment.models import Selection
from sentiment.research import frontmatter, frontmatter_schema, library, store
from sentiment.tables import export, registry
from sentiment.web import links, report

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def fill(folder):
    """Save a series with gaps and prices of 0, and put a pipe beside it."""
    index = pd.DatetimeIndex(
        ["2015-01-01", "2025-11-30", "2025-12-02", "2025-12-03", "2026-01-31"], tz="UTC", name="date"
    )
    frame = pd.DataFrame(dict.fromkeys(PRICE_COLUMNS, 0.0), index=index.as_unit("us"))
    frame.loc[:, ["close", "high", "low"]] = [[0, 0, 0], [5, 6, 4], [0, 1, 0], [7, float("nan"), 7], [1, 1, 1]]
    bar_store.append("ODD", frame, NOW, bar_store.Facts(NOW, NOW))
    os.mkfifo(folder / "bars" / "FIFO.parquet")


def every_table(**selection):
    for table in registry.tables().values():
        if table.rows is not None:
            export.to_csv(export.table(table.name, Selection(**selection)))


def opened(**query):
    app = AppTest.from_file(files.DASHBOARD, default_timeout=120)
    app.query_params.update(query)
    app.run()
    assert not app.exception, app.exception
    return app


def shown(**query):
    app = opened(**query)
    assert app.header, [error.value for error in app.error]
    assert not any("Something broke here" in error.value for error in app.error)
    return app


@pytest.mark.slow
@settings(
    max_examples=2,  # the first is the plainest
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.integers(0, 99), min_size=12, max_size=12, unique=True).flatmap(
    lambda numbers: st.tuples(*(odd_notes.notes(f"odd-{number}") for number in numbers))
))  # fmt: skip
def test_odd_notes_take_nothing_along(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("saved")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_DATA_DIR", str(folder))
        fill(folder)
        for text in texts:
            note = frontmatter.parse(text, "odd", saved=True)
            store.append(note.id, text, who="Ann")
        every_table()
        every_table(as_of=datetime(2025, 12, 3, tzinfo=UTC).date())
        assert report.html(Selection(), "http://localhost/")
        for note in library.library():
            if note.id.startswith("odd") and note.day <= library.today(None):
                shown(view="Research", note=note.id)
                break


WORST = {
    "a window that ends before it starts": {"kind": "return", "start": "2025-12-01", "end": "2025-01-01"},
    "an empty window of a maximum": {"kind": "maximum", "start": "2025-12-01", "end": "2025-01-01"},
    "a return from 0": {"kind": "return", "series": "ODD", "start": "2015-01-01", "end": "2025-11-30"},
    "a drawdown from 0": {"kind": "drawdown", "series": "ODD", "end": "2015-01-01"},
    "a pipe": {"kind": "close", "series": "FIFO", "end": "2025-12-01"},
    "another series that is a pipe": {
        "kind": "relative return", "other": "FIFO", "start": "2025-11-30", "end": "2025-12-02",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", WORST)
def test_a_check_that_cannot_be_made_says_why_and_no_more(empty_store, name):
    fill(empty_store)
    text = odd_notes.with_check(**WORST[name])
    store.append("odd-check", text, who="Ann")
    rows = export.table("claims", Selection()).set_index("note").loc["odd-check"]
    assert rows["verdict"] == "not_checkable"
    assert rows["reason"]
    assert str(empty_store) not in rows["reason"]
    assert command_line.run("notes", "check").returncode == 0


def test_every_view_stands_beside_an_odd_note_and_a_pipe(empty_store, monkeypatch):
    fill(empty_store)
    store.append("odd-check", odd_notes.with_check(**WORST["a window that ends before it starts"]), who="Ann")
    for view in links.VIEWS:
        app = shown(view=view)
        assert not app.error, view
    monkeypatch.setenv("SENTIMENT_WATCHLIST", "BTC, FIFO, ODD")
    told = [html.proto.body for html in shown(view="Watchlist").get("html")]
    (message,) = [text for text in told if "cannot be opened" in text]
    assert str(empty_store) not in message
    own = shown(asset="FIFO")
    (message,) = [warning.value for warning in own.warning]
    assert "cannot be opened" in message
    assert "showing the default" in message
    assert str(empty_store) not in message
    assert own.selectbox(key="asset").value == "BTC-USD"
    own.selectbox(key="asset").set_value("ODD").run()
    assert own.header
    assert not any("FIFO" in warning.value for warning in own.warning)


@pytest.mark.parametrize(
    ("check", "says"),
    [
        ({"kind": "return", "start": "2025-12-01", "end": "2025-01-01"},
         "claims.check.start: the check starts on 2025-12-01, after its end on 2025-01-01; exchange the two days"),
    ],
)  # fmt: skip
def test_a_new_note_with_an_empty_window_is_refused(check, says):
    with pytest.raises(NoteError, match=r"^it, line \d+, ") as refused:
        frontmatter.parse(odd_notes.with_check(**check), "it")
    assert str(refused.value).endswith(says)


@pytest.mark.parametrize(
    ("what", "item", "most"),
    [
        ("calls", "{asset: A, text: t, direction: up, days: 9}", frontmatter_schema.MAX_CALLS),
        ("claims", "{text: t}", frontmatter_schema.MAX_CLAIMS),
        ("levels", "{asset: A, price: 1, role: support}", frontmatter_schema.MAX_LEVELS),
    ],
)
def test_a_note_holds_a_bounded_number_of_things(what, item, most):
    """One more is refused in a new note, and read in one that was saved before there was a limit."""
    base = odd_notes.with_check(kind="close", end="2025-12-01").partition("claims:")[0]

    def text(count):
        return f"{base}{what}: [{', '.join([item] * count)}]\n---\nBody.\n"

    assert len(getattr(frontmatter.parse(text(most), "it"), what)) == most
    with pytest.raises(NoteError, match=rf"{what}: {most + 1} entries; a note has at most {most}"):
        frontmatter.parse(text(most + 1), "it")
    assert len(getattr(frontmatter.parse(text(most + 1), "it", saved=True), what)) == most + 1


def test_a_reversed_range_is_refused_where_it_stands():
    text = odd_notes.with_check(kind="close", end="2025-12-01").partition("claims:")[0]
    text += "calls: [{asset: A, text: t, direction: range, days: 9, floor: 2, ceiling: 1}]\n---\nBody.\n"
    with pytest.raises(NoteError, match=r"calls\.floor: the floor 2 is above the ceiling 1; exchange the two"):
        frontmatter.parse(text, "it")
    assert frontmatter.parse(text, "it", saved=True).calls[0].floor == 2
