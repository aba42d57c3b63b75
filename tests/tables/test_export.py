import csv
import io
import sys
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from csv_table import read_csv
from hypothesis import given
from hypothesis import strategies as st

from sentiment.errors import SelectionError
from sentiment.models import CallOutcome, Selection, Status
from sentiment.research import library
from sentiment.scoring import components
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import chart_tables, export, note_tables, records, registry
from sentiment.tables.record import Extent
from sentiment.tables.records.calls import calls_table
from sentiment.tables.records.claims import claims_table
from sentiment.tables.records.components import components_table
from sentiment.tables.records.prices import prices_table
from sentiment.tables.records.publishers import publishers_table
from sentiment.validation import track_record
from sentiment.validation.comparison import compare
from sentiment.validation.event_study import event_paths

DECEMBER = Selection(as_of=date(2025, 12, 2))
TABLES = registry.tables()


@pytest.fixture(scope="module")
def both():
    inputs = load_inputs("BTC-USD", date(2025, 12, 2))
    return inputs, score(inputs)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("scores", "date close fear fundamentals gap regime fear_coverage fundamentals_coverage justified"),
        ("prices", "date close volume"),
        ("components", "date component axis raw rank weight contribution"),
    ],
)
def test_an_as_of_export_is_the_first_rows_of_the_whole(name, columns):
    whole = export.table(name, Selection())
    until = export.to_csv(export.table(name, DECEMBER))
    assert until.partition("\r\n")[0].split(",") == columns.split()
    assert export.to_csv(whole).startswith(until)
    assert until == export.to_csv(export.between(whole, end=date(2025, 12, 2)))


def test_rows_between_two_days_both_included(both):
    rows = export.between(prices_table(both[0]), date(2025, 11, 30), date(2025, 12, 1))
    assert export.to_csv(rows) == (
        "date,close,volume\r\n2025-11-30,90394.0,38498000000.0\r\n2025-12-01,86322.0,87963000000.0\r\n"
    )
    with pytest.raises(SelectionError, match="lies after the end"):
        export.between(rows, date(2025, 12, 2), date(2025, 12, 1))


def test_the_components_of_a_day_stand_in_the_order_of_the_registry(both):
    table = export.between(components_table(both[1]), date(2025, 12, 2))
    assert table["component"].tolist() == [part.name for part in components.registry()]
    assert table["axis"].tolist() == [part.axis for part in components.registry()]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\uff1d1+1", "'\uff1d1+1"),  # a spreadsheet of a Japanese or Chinese locale takes them for the narrow ones
        ("\uff20SUM(A1)", "'\uff20SUM(A1)"),
        ("plain = fine", "plain = fine"),
        ('say "no", then', '"say ""no"", then"'),
        ("two\nlines", '"two\nlines"'),
        ("lone\rreturn", '"lone\rreturn"'),
        ("plain; -5 % fine", "plain; -5 % fine"),
        ("x;=cmd|' /C calc'!A0;y", "x;'=cmd|' /C calc'!A0;y"),  # split there where the comma is the decimal sign
        ("x\t@SUM(A1)", "x\t'@SUM(A1)"),
        ('x;"=1+1"', '"x;\'""=1+1"""'),
        ("x\r\n=1+1", '"x\r\n\'=1+1"'),
    ],
)
def test_text_is_quoted_and_cannot_run_in_a_spreadsheet(cell, written):
    assert export.to_csv(pd.DataFrame({"text": [cell]})) == f"text\r\n{written}\r\n"


def test_numbers_stay_numbers_and_the_unknown_stays_empty():
    table = pd.DataFrame({"a": [-0.1, float("nan"), 1e-9], "b": [1, 2, 3], "c": ["x", None, "z"]})
    assert export.to_csv(table) == "a,b,c\r\n-0.1,1,x\r\n,2,\r\n1e-09,3,z\r\n"


def test_a_header_cannot_run_either():
    assert export.to_csv(pd.DataFrame({"=cmd": [1]})) == "'=cmd\r\n1\r\n"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_floats_read_back_exactly(values):
    text = export.to_csv(pd.DataFrame({"x": values}))
    assert [float(row[0]) for row in list(csv.reader(io.StringIO(text)))[1:]] == values


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("'=+-@\t\r\n\",;0"), max_size=8)


@given(st.lists(TEXTS, min_size=1, max_size=10))
def test_text_reads_back_exactly_also_with_apostrophes_of_its_own(values):
    text = export.to_csv(pd.DataFrame({"note": values, "title": values}))
    cells = [row[1] for row in list(csv.reader(io.StringIO(text, newline="")))[1:]]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert read_csv(text, TABLES["notes"])["title"].tolist() == values


@pytest.mark.parametrize("written", [",", ";", "|", "\t"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(st.lists(st.text(st.sampled_from("'=+-@\t\r\n\",;x\uff1d"), max_size=8), min_size=1, max_size=5))
def test_no_cell_is_a_formula_wherever_a_spreadsheet_splits(separator, written, values):
    text = export.to_csv(pd.DataFrame({"first": "x", "note": values}), written)
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))]


def test_a_formula_behind_a_comma_is_none_either_where_a_semicolon_separates():
    rows = pd.DataFrame({"title": ["up,=1+1"], "rank": [0.5]})
    assert export.to_csv(rows, ";", ",") == "title;rank\r\nup,'=1+1;0,5\r\n"
    assert export.to_csv(rows) == 'title,rank\r\n"up,=1+1",0.5\r\n'


@pytest.mark.parametrize(
    ("cell", "written"), [("'tis", "'tis"), ("'=x", "''=x"), ("''-", "'''-"), ("'", "'"), ("", '""')]
)
def test_an_apostrophe_is_added_only_where_it_can_be_taken_off_again(cell, written):
    assert export.to_csv(pd.DataFrame({"title": [cell]})) == f"title\r\n{written}\r\n"
    assert read_csv(f"title\r\n{written}\r\n", TABLES["notes"])["title"].tolist() == [cell]


@st.composite
def frames(draw):
    """Any table of ours with any cells of the right kind."""
    table = TABLES[draw(st.sampled_from(list(TABLES)))]
    size = draw(st.integers(0, 4))
    cells = {
        "text": TEXTS | st.none(),
        "number": st.floats(allow_nan=False) | st.none(),
        "integer": st.integers(-(2**63), 2**63 - 1),
    }
    days = pd.date_range("2025-12-01", periods=size, tz="UTC", unit="us", name="date")
    types = {"text": "str", "number": "float64", "integer": "int64"}
    columns = {}
    for column in table.columns:
        values = days if column.kind == "day" else draw(st.lists(cells[column.kind], min_size=size, max_size=size))
        columns[column.name] = pd.Series(values, dtype=types.get(column.kind))
    return table, pd.DataFrame(columns)


@given(frames())
def test_every_table_reads_back_as_it_was(drawn):
    table, rows = drawn
    read = read_csv(export.to_csv(rows), table)
    pd.testing.assert_frame_equal(read, rows, check_exact=True, check_freq=False)


@pytest.mark.parametrize("name", registry.offered("page"))
def test_the_tables_of_a_day_read_back_and_every_column_is_documented(name):
    rows, table = export.table(name, DECEMBER, Extent(horizon=30)), TABLES[name]
    assert rows.empty == (name == "revisions"), "no bundled price was ever changed"
    assert [column for column in table.column_names if column in rows] == list(rows.columns)
    if name not in {"prices", "revisions"}:  # which leave out what their source does not give
        assert table.column_names == list(rows.columns)
    read = read_csv(export.to_csv(rows), table)
    pd.testing.assert_frame_equal(read, rows, check_exact=True, check_freq=False)


def test_a_new_table_is_one_file(tmp_path, monkeypatch):
    (tmp_path / "days_named_for_a_test.py").write_text(
        "import pandas as pd\n"
        "from sentiment.tables.record import Table, text\n"
        "def rows(request):\n"
        "    return pd.DataFrame({'weekday': [f'{request.as_of:%A}']})\n"
        "TABLE = Table('days_named_for_a_test', 'The day.', 'day', (text('weekday', 'Its name.'),), rows, ('asset', 'as_of'))\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(records, "__path__", [*records.__path__, str(tmp_path)])
    registry.tables.cache_clear()
    try:
        assert "days_named_for_a_test" in registry.offered("api")
        assert "| `weekday` | Its name. | text |" in registry.markdown()
        assert export.to_csv(export.table("days_named_for_a_test", DECEMBER)) == "weekday\r\nTuesday\r\n"
    finally:
        registry.tables.cache_clear()
        sys.modules.pop(f"{records.__name__}.days_named_for_a_test", None)


def test_the_notes_are_those_known_and_sought():
    def ids(name="notes", *days, **sought):
        return (
            export.table(name, Selection(as_of=date(2025, 12, 10), **sought), Extent(*days))["note"].unique().tolist()
        )

    assert ids()[-1] == "k33-2025-12-02"
    assert ids(find="goplus") == ["goplus-2025-10"]
    assert ids("calls", publisher="K33 Research", since=date(2025, 12, 1)) == ["k33-2025-12-02"]
    assert ids("claims", date(2025, 12, 1), date(2025, 12, 31)) == ["k33-2025-12-02"]
    assert ids(find="nothing says this") == []


def test_the_evidence_is_that_of_the_series_horizon_and_weights():
    found = export.table("evidence", Selection(as_of=date(2025, 12, 2), series="VIX"), Extent(horizon=7))
    assert found["horizon"].unique().tolist() == [7]
    assert found["label"].iloc[0] == "15 or less"
    assert set(export.table("evidence", DECEMBER)["horizon"]) == {7, 30, 90, 180}
    with pytest.raises(SelectionError, match="no rows from start to end"):
        export.table("evidence", DECEMBER, Extent(date(2025, 12, 1)))


def test_a_table_that_is_not_there_or_has_no_such_rows_is_an_error_that_says_what_there_is():
    with pytest.raises(SelectionError, match="no table 'dreams'; there are: scores, prices"):
        export.table("dreams", Selection())
    with pytest.raises(SelectionError, match="there are 2015-01-01 to 2025-12-02"):
        export.table("scores", DECEMBER, Extent(DECEMBER.as_of + timedelta(days=1)))


def test_the_table_of_calls_knows_nothing_later():
    early = calls_table(date(2025, 12, 10))
    assert early["status"].unique().tolist() == ["pending"]
    assert "2026" not in "".join(early["published"])
    later = calls_table(date(2026, 10, 3)).set_index("note")["status"]
    assert later["k33-2025-12-02"] == "miss"


def test_marks_name_publisher_call_and_outcome(both):
    marks = note_tables.marks(both[0].notes, both[0].prices.index[-1].date()).set_index("id")
    label = marks.loc["k33-2025-12-02", "label"].replace("<br>", " ")
    hostile = replace(both[0].notes[0], title="\u202egpj.exe", publisher="\x1b[2J")
    assert {"\u202e", "\x1b"}.isdisjoint(note_tables.marks([hostile], DECEMBER.as_of)["label"][0])
    for words in ("K33 Research", "2 Dec 2025", "A rebound in December 2025", "pending"):
        assert words in label
    assert "miss" not in "".join(marks["label"])


def test_paths_are_listed_with_their_band(both):
    axes = both[1].axes
    found = event_paths(axes["close"], axes["regime"], "complacent", 30)
    table = chart_tables.paths({"complacent": found})
    assert list(table.columns) == ["label", "path", "day", "return"]
    assert table["path"].unique().tolist()[:3] == ["lower", "median", "upper"]
    assert len(table) == 31 * (3 + found.each.shape[1])
    last = table[(table["path"] == f"{found.each.columns[0]:%Y-%m-%d}") & (table["day"] == 30)]
    assert last["return"].item() == found.each.iloc[-1, 0]
    assert chart_tables.paths({}).empty


def test_disagreements_name_their_parts(both):
    found = compare(both[1].axes["fear"], both[1].rank["equity_fear"])
    table = chart_tables.disagreements(found, both[1])
    assert list(table.columns)[:4] == ["date", "fear", "other", "difference"]
    assert table.iloc[:, 4:].sum(axis=1).tolist() == pytest.approx(table["difference"].tolist(), abs=1e-5)


def test_the_likeness_of_parts_is_symmetric_and_one_with_itself(both):
    table = chart_tables.correlations(both[1]).set_index("component")
    assert list(table.index) == list(table.columns)
    again = both[1].rank["drawdown"].corr(both[1].rank["momentum"])
    assert table.loc["drawdown", "momentum"] == pytest.approx(again)
    assert table.loc["drawdown", "drawdown"] == pytest.approx(1)
    assert np.array_equal(table, table.T, equal_nan=True)


def test_calls_are_set_beside_the_regime_of_their_day_and_what_it_brought():
    scored = score(load_inputs("BTC-USD"))
    table = note_tables.calls_and_regimes(calls_table(date(2026, 10, 3)), scored).set_index("note")
    december = table.loc["k33-2025-12-02"]
    assert december["regime"] == "fear outweighs fundamentals"
    assert december["call_return"] == december["regime_return"] == pytest.approx(-0.042, abs=5e-4)
    warning = table.loc["k33-2025-11-18"].iloc[0]
    assert warning["direction"] == "down"
    assert warning["call_return"] == pytest.approx(0.081, abs=1e-3)
    assert warning["regime_return"] == pytest.approx(-0.081, abs=1e-3)
    assert pd.isna(table.loc["k33-2026-02-17", "call_return"]), "a range follows no direction"


def test_the_columns_of_calls_claims_and_records():
    latest = date(2026, 10, 3)
    assert list(calls_table(latest).columns) == [
        "note", "publisher", "published", "asset", "call", "direction", "horizon_end", "reference_date", "reference",
        "status", "forward_return", "max_adverse", "max_favourable", "share_inside", "base_rate", "horizon", "touched",
        "closed_beyond", "base_return", "probability", "brier", "reason", "revised_status", "revised_return",
        "saved_at", "record", "collection", "dropped_at", "stopped_return", "chance", "volatility", "proposed_by",
    ]  # fmt: skip
    assert list(claims_table(latest).columns) == [
        "note", "publisher", "published", "claim", "verdict", "measured", "unit", "as_of", "series", "reason", "rows",
        "saved_at",
    ]  # fmt: skip
    assert list(publishers_table(latest).columns) == TABLES["publishers"].column_names == list(track_record.COLUMNS)
    none = date(2010, 1, 1)
    for table in (calls_table, claims_table, publishers_table):
        assert export.to_csv(table(none)) == ",".join(table(latest).columns) + "\r\n"


def test_claims_are_written_with_their_unit_and_the_rows_that_show_them():
    table = claims_table(date(2026, 10, 3))
    assert set(table["verdict"]) == {"true", "false", "not_checkable"}
    fell = table[table["claim"].str.contains("more than 30 %")].iloc[0]
    assert (fell["verdict"], fell["unit"], fell["series"]) == ("true", "fraction", "BTC-USD")
    assert fell["rows"] == "BTC-USD close 2025-10-06 124753.0; BTC-USD close 2025-11-21 85091.0"
    index = table[table["claim"].str.contains("record-low 9")].iloc[0]
    assert (index["measured"], index["unit"]) == (10, "index points, 0 extreme fear to 100 extreme greed")
    assert index["rows"] == "CRYPTO-FEAR-GREED close 2025-11-15 10.0"
    words = table[table["series"].isna()]
    assert set(words["verdict"]) == {"not_checkable"}
    assert (words["rows"] == "").all()


def test_a_chosen_part_of_the_library_is_what_the_tables_show():
    chosen = [library.find("k33-2025-12-02")]
    day = date(2025, 12, 10)

    def choose(notes):
        return [note for note in notes if note in chosen]

    assert calls_table(day, choose=choose)["note"].tolist() == ["k33-2025-12-02"]
    assert set(claims_table(day, notes=chosen)["note"]) == {"k33-2025-12-02"}
    assert publishers_table(day, choose=choose)["notes"].tolist() == [1]
    assert calls_table(day, choose=lambda _: []).empty


def test_horizons_say_whose_they_are():
    table = calls_table(date(2026, 10, 3)).set_index("note")["horizon"]
    assert table["k33-2025-12-02"] == "stated"
    assert table["k33-2025-11-18"].tolist() == ["stated", "fixed"]


def test_an_invalidated_call_has_a_pin_of_its_own(monkeypatch):
    from sentiment.charts import figures, score_charts  # noqa: PLC0415

    ended = CallOutcome(
        Status.INVALIDATED, date(2025, 12, 2), 1.0, date(2025, 12, 31), reason="closed below 1 on 3 Dec 2025"
    )
    monkeypatch.setattr(note_tables, "grade", lambda *_: ended)
    inputs = load_inputs("BTC-USD", date(2025, 12, 2))
    pins = note_tables.marks(inputs.notes, inputs.prices.index[-1].date(), inputs.known_at).set_index("id")
    assert pins.loc["k33-2025-12-02", "status"] == "invalidated"
    assert len(figures.STATUS_MARK) == len(set(figures.STATUS_MARK.values()))
    drawn = score_charts.timeline(score(inputs).axes, pins.reset_index(), "USD", log=True)
    assert "note, invalidated" in {trace.name for trace in drawn.data}


@pytest.mark.parametrize(("days", "known"), [(89, False), (90, True)])
def test_a_correlation_needs_ninety_common_days(both, days, known):
    rank = pd.DataFrame({"a": range(days), "b": range(days)}, dtype=float)
    assert chart_tables.correlations(replace(both[1], rank=rank))["b"].notna().all() == known
