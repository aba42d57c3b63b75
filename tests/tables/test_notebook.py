"""The library: the figures of the other ways out, on a UTC index, without a server's weight; its page of docs runs."""

import doctest
import io
import subprocess
import sys
from datetime import UTC, date, datetime

import pandas as pd
import pytest

import sentiment
from sentiment import files
from sentiment.errors import SelectionError, UnknownAssetError
from sentiment.models import Selection
from sentiment.tables import export
from sentiment.tables.record import Extent

DAY = date(2025, 12, 2)


def test_importing_it_loads_neither_streamlit_nor_yfinance_nor_pandas():
    code = (
        "import sentiment, sys; light = {'streamlit', 'yfinance', 'pandas'} & set(sys.modules);"
        "sentiment.score(as_of='2025-12-02'); print(light, {'streamlit', 'yfinance'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "set() set()"


@pytest.mark.parametrize("name", ["score", "prices", "components"])
def test_the_days_are_those_of_the_csv(name):
    table = getattr(sentiment, name)("BTC-USD", as_of=DAY)
    assert str(table.index.tz) == "UTC"
    assert table.index.name == "date"
    csv = export.to_csv(export.table({"score": "scores"}.get(name, name), Selection(as_of=DAY)))
    assert export.to_csv(table.reset_index()) == csv


@pytest.mark.parametrize("name", ["notes", "calls"])
def test_the_notes_are_those_of_the_csv(name):
    table = getattr(sentiment, name)(as_of=DAY, publisher="K33 Research")
    assert str(table.index.tz) == "UTC"
    rows = export.table(name, Selection(as_of=DAY, publisher="K33 Research"))
    assert table["note"].tolist() == rows["note"].tolist()
    assert [moment.isoformat() for moment in table.index] == [
        pd.Timestamp(text).isoformat() for text in rows["published"]
    ]


def test_the_evidence_is_that_of_the_csv():
    table = sentiment.evidence(as_of=DAY, horizon=30)
    rows = export.table("evidence", Selection(as_of=DAY), Extent(horizon=30))
    assert export.to_csv(table.reset_index()) == export.to_csv(rows)


def test_days_and_instants_may_be_text_or_objects():
    text = sentiment.score(as_of="2025-12-02", known_at="2026-10-04T12:00:00Z", weights={"policy": 0})
    objects = sentiment.score(as_of=DAY, known_at=datetime(2026, 10, 4, 12, tzinfo=UTC), weights={"policy": 0.0})
    pd.testing.assert_frame_equal(text, objects)
    assert text["gap"].iloc[-1] != sentiment.score(as_of=DAY)["gap"].iloc[-1]


def test_a_wrong_request_says_what_there_is():
    with pytest.raises(UnknownAssetError, match="there are: BTC-USD"):
        sentiment.prices("NONE")
    with pytest.raises(SelectionError, match="without a time zone"):
        sentiment.score(known_at=datetime(2026, 1, 1))  # noqa: DTZ001 - what is wrong with it
    with pytest.raises(SelectionError, match="no component"):
        sentiment.score(weights={"luck": 1})
    with pytest.raises(AttributeError, match="no attribute 'luck'"):
        sentiment.luck  # noqa: B018 - the look-up is the test


def test_the_examples_of_the_docs_run():
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    page = (files.ROOT / "docs" / "library.md").read_text("utf-8")
    examples = doctest.DocTestParser().get_doctest(page, {}, "docs/library.md", "docs/library.md", 0)
    assert len(examples.examples) > 8
    report = io.StringIO()
    with pd.option_context("display.width", 120, "display.max_columns", 20):
        failed = doctest.DocTestRunner(optionflags=flags).run(examples, out=report.write).failed
    assert not failed, report.getvalue()
