"""The forms of a table that other programs read: metadata, ZIP, workbook, CSV of other locales, columns, several assets below each other."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date, datetime

import duckdb
import jsonschema
import openpyxl
import pandas as pd
import pytest
from asgi import ask, no_page
from hypothesis import given
from hypothesis import strategies as st

from sentiment.errors import SelectionError
from sentiment.market import bundled
from sentiment.models import Selection
from sentiment.tables import archive, export, registry, workbook
from sentiment.tables.record import Extent
from sentiment.web.api import ApiMiddleware
from sentiment.web.api.parameters import PARAMETERS

DAY = date(2025, 12, 2)
TWO_DAYS = "as_of=2025-12-02&start=2025-12-01"
PINNED = "as_of=2025-12-02&known_at=2026-10-04T12:00:00Z&method=3"
AT = "/api/v1/scores"
ELEVEN = tuple(bundled.assets())[:11]


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("sep=;&decimal=,", ["date;fear;regime", "2025-12-02;75,935615;fear outweighs fundamentals"]),
        ("decimal=,", ["date;fear;regime", "2025-12-02;75,935615;fear outweighs fundamentals"]),
        ("sep=%3B", ["date;fear;regime", "2025-12-02;75.935615;fear outweighs fundamentals"]),
        ("sep=tab&decimal=.", ["date\tfear\tregime", "2025-12-02\t75.935615\tfear outweighs fundamentals"]),
        ("sep=|", ["date|fear|regime", "2025-12-02|75.935615|fear outweighs fundamentals"]),
        ("", ["date,fear,regime", "2025-12-02,75.935615,fear outweighs fundamentals"]),
    ],
)
def test_csv_is_written_for_the_locale(api, query, lines):
    found = ask(api, f"{AT}.csv?as_of=2025-12-02&start=2025-12-02&columns=date~fear~regime&{query}")
    assert found.body.decode() == "".join(f"{line}\r\n" for line in lines)
    targets = found.headers["link"]
    assert ("sep=" in targets) == bool(query), "the ZIP file is written with the same signs"
    for target in re.findall("<(.*?)>", targets):
        assert "sep=" not in target or ".zip?" in target, "other forms refuse them"
        assert ask(api, f"/api/v1/{target}").status == 200


@pytest.mark.parametrize("form", ["json", "metadata.json", "xlsx"])
def test_signs_of_csv_are_refused_where_none_is_written(api, form):
    found = ask(api, f"{AT}.{form}?{TWO_DAYS}&sep=;&decimal=,")
    assert found.status == 400
    told = f"says how CSV is written, and scores.{form} holds none; ask for scores.csv, or leave it out."
    assert found.json["detail"] == f"sep {told} decimal {told}"
    assert "there_are" not in found.json
    described = json.loads(ask(api, "/api/v1/openapi.json").body)["paths"]
    names = {one.get("$ref", "").rpartition("/")[2] for one in described[f"{AT}.{form}"]["get"]["parameters"]}
    assert not names & {"sep", "decimal"}


@pytest.mark.parametrize("address", ["badge.svg", "chart/timeline.png", "feed.atom"])
def test_what_is_no_table_has_no_columns_and_no_csv(api, address):
    name = address.rpartition(".")[0]
    assert f"{name} is no table and has no columns" in ask(api, f"/api/v1/{address}?columns=date").json["detail"]
    assert f"and {address} holds none; leave it out." in ask(api, f"/api/v1/{address}?decimal=,").json["detail"]


@pytest.mark.parametrize(
    ("query", "wrong", "says"),
    [
        ("sep=:", "sep", "No separator ':'; there are , ; | tab."),
        ("sep=", "sep", "No separator ''"),
        ("decimal=;", "decimal", "No decimal sign ';'"),
        ("sep=,&decimal=,", "sep", "both a comma; choose ; as the separator."),
        ("sep=;&sep=;", "sep", "gives sep more than once"),
        ("columns=", "columns", "scores has no column ''"),
        ("columns=date~luck", "columns", "scores has no column 'luck'; it has date, close, fear"),
        ("columns=asset", "columns", "scores has no column 'asset'"),
        ("asset=BTC-USD~", "asset", "leaves an asset out"),
        ("asset=~", "asset", "leaves an asset out"),
        ("asset=DOGE~DOGE", "asset", "No prices of 'DOGE'"),
        ("asset=BTC-USD~DOGE", "asset", "No prices of 'DOGE' are saved here"),
        (f"asset={'~'.join(ELEVEN)}", "asset", "names 11 assets; at most 10"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(api, query, wrong, says):
    found = ask(api, f"{AT}.csv?{query}")
    assert found.status == 400
    assert says in found.json["detail"]
    assert wrong in {problem["parameter"] for problem in found.json["problems"]}
    told = [problem["detail"] for problem in found.json["problems"]]
    assert len(told) == len(set(told)), "each sentence once"
    assert found.json["there_are"][wrong]


def test_a_column_that_the_source_does_not_give_is_told(api):
    found = ask(api, "/api/v1/prices.csv?columns=date~open")
    assert (found.status, found.json["detail"]) == (
        400,
        "These rows have no column open; they have date, close, volume.",
    )


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
numbers = st.floats(allow_nan=True, allow_infinity=False)


@given(
    st.lists(st.tuples(texts, numbers), min_size=1, max_size=5), st.sampled_from([(";", ","), ("\t", "."), ("|", ",")])
)
def test_csv_of_any_locale_is_read_back_as_it_was(rows, signs):
    frame = pd.DataFrame(
        {"text": pd.Series([text for text, _ in rows], dtype="str"), "number": [one for _, one in rows]}
    )
    separator, decimal = signs
    read = pd.read_csv(
        io.StringIO(export.to_csv(frame, separator, decimal), newline=""),
        sep=separator, decimal=decimal, dtype={"text": "str", "number": "float64"},
        keep_default_na=False, na_values={"number": [""]},
    )  # fmt: skip
    sign = r"=+\-@\uff1d\uff0b\uff0d\uff20"
    added = rf"""\A'(?='*[{sign}\t\r\n])|(?<=[;,\t\r\n])'(?=["']*[{sign}])"""
    assert read["text"].str.replace(added, "", regex=True).tolist() == frame["text"].tolist()
    pd.testing.assert_series_equal(read["number"], frame["number"], check_exact=True)


def test_assets_stand_below_each_other_each_by_the_rules_of_one(api):
    found = ask(api, f"{AT}.csv?asset=SPY~btc-usd&{TWO_DAYS}&columns=date~fear")
    assert found.body.decode().splitlines() == [
        "asset,date,fear", "SPY,2025-12-01,56.493333", "SPY,2025-12-02,49.16833",
        "BTC-USD,2025-12-01,77.80035", "BTC-USD,2025-12-02,75.935615",
    ]  # fmt: skip
    assert found.headers["content-disposition"] == 'inline; filename="scores_2025-12-02.csv"'
    told = ask(api, f"/api/v1/evidence.json?asset=SPY~GLD&{PINNED}&horizon=30")
    assert "immutable" in told.headers["cache-control"]
    assert told.json["columns"][0]["name"] == "asset"
    assert ask(api, f"/api/v1/evidence.json?{told.json['selection']}").body == told.body
    for asset in ("SPY", "GLD"):
        alone = ask(api, f"/api/v1/evidence.json?asset={asset}&{PINNED}&horizon=30").json["rows"]
        assert [row for row in told.json["rows"] if row["asset"] == asset] == [{"asset": asset, **row} for row in alone]
    assert ask(api, f"/api/v1/notes.csv?asset=SPY~GLD&{PINNED}").status == 400, "notes are the same for every asset"


def test_an_asset_that_ends_earlier_has_rows_to_its_own_last_day(api):
    found = ask(api, f"{AT}.metadata.json?asset=SPY~BTC-USD&as_of=2026-10-03&start=2026-09-28&columns=date")
    assert (found.json["rows"], found.json["row"], found.json["as_of"]) == (7, "asset and day", "2026-10-03")
    assert "asset=BTC-USD" not in found.json["citation"]["link"], "it is the default, and has that day"
    assert "as_of=2026-10-03" in found.json["citation"]["link"]
    assert ask(api, f"{AT}.csv?asset=SPY~BTC-USD&as_of=2999-01-01").status == 400


def test_links_lead_to_the_description_and_to_the_other_forms(api):
    found = ask(api, f"{AT}.csv?{PINNED}&columns=date~fear&weights=policy:0,drawdown:20")
    links = re.findall(r'<([^>]+)>; rel="(\w+)"; type="([^"]+)"', found.headers["link"])
    assert [(target.partition("?")[0].partition(".")[2], relation) for target, relation, _ in links] == [
        ("json", "alternate"), ("metadata.json", "describedby"), ("zip", "alternate"), ("xlsx", "alternate"),
    ]  # fmt: skip
    for target, _, media in links:
        one = ask(api, f"/api/v1/{target}")
        assert (one.status, one.headers["content-type"]) == (200, media)
        assert "immutable" in one.headers["cache-control"]
        again = ask(api, f"/api/v1/{target}", if_none_match=one.headers["etag"])
        assert (again.status, again.sent, again.headers["link"]) == (304, b"", one.headers["link"])
        head = ask(api, f"/api/v1/{target}", method="HEAD")
        assert (head.sent, head.headers) == (b"", one.headers)
        assert ask(api, f"/api/v1/{target}", accept_encoding="gzip").body == one.body
    assert "link" not in ask(api, f"/api/v1/badge.svg?{PINNED}").headers


@pytest.mark.parametrize("name", registry.offered("api"))
def test_every_column_of_every_table_has_its_metadata(api, name):
    told = ask(api, f"/api/v1/{name}.metadata.json?{PINNED}").json
    rows = export.table(name, Selection(as_of=DAY, known_at=datetime.fromisoformat("2026-10-04T12:00:00Z")))
    assert [column["name"] for column in told["columns"]] == list(rows.columns)
    for column in told["columns"]:
        assert all(column[field] for field in ("meaning", "unit", "kind", "source", "licence")), column
    assert (told["rows"], told["method"], told["known_at"]) == (len(rows), 3, "2026-10-04T12:00:00Z")
    assert told["citation"] == ask(api, f"/api/v1/{name}.json?{PINNED}&columns={rows.columns[0]}").json["citation"]
    assert (
        "2 Dec 2025. Method 3, with prices and notes as known at 2026-10-04T12:00:00Z. Sources: "
        in told["citation"]["full"]
    )


def test_metadata_says_whose_a_figure_is_and_since_when_there_are_any(api):
    told = ask(api, f"{AT}.metadata.json?as_of=2025-12-02&columns=date~close~fear").json
    close, fear = told["columns"][1:]
    assert (close["source"], close["licence"]) == ("BTC-USD: bundled", "BTC-USD: public facts, see data/README.md")
    assert close["timespan"] == told["timespan"] == {"first": "2015-01-01", "last": "2025-12-02"}
    assert (fear["source"], fear["timespan"]["first"]) == ("Sentiment, method 3", "2016-01-01")
    alone = ask(api, f"{AT}.metadata.json?as_of=2025-12-02&columns=fear").json
    assert (alone["timespan"], alone["columns"][0]["timespan"]) == (told["timespan"], fear["timespan"]), (
        "without its days"
    )
    assert {"series": "^VIX", "source": "bundled", "last": "2025-12-02"}.items() <= told["sources"][1].items()
    assert told["last_update"] is None
    compared = ask(api, "/api/v1/compare.metadata.json?as_of=2025-12-02&range=3M&columns=date~close").json
    assert compared["columns"][1]["source"] == "BTC-USD: bundled; SPY: bundled; GLD: bundled", (
        "though no row names them"
    )
    assert all(f"({asset})" in compared["citation"]["full"] for asset in ("BTC-USD", "SPY", "GLD"))


def test_a_zip_holds_the_csv_its_metadata_and_how_to_cite_it(api):
    plain = f"{PINNED}&range=3M"
    query = f"{plain}&decimal=,"
    found = ask(api, f"{AT}.zip?{query}")
    assert found.headers["content-disposition"].startswith('attachment; filename="BTC-USD_scores_2025-12-02_known')
    with zipfile.ZipFile(io.BytesIO(found.body)) as packed:
        assert packed.namelist() == ["scores.csv", "scores.metadata.json", "README.txt"]
        assert packed.testzip() is None
        assert packed.read("scores.csv") == ask(api, f"{AT}.csv?{query}").body
        described = json.loads(packed.read("scores.metadata.json"))
        readme = packed.read("README.txt").decode()
    assert described == ask(api, f"{AT}.metadata.json?{plain}").json | {"selection": described["selection"]} | {
        "citation": described["citation"]
    }
    assert described["citation"]["full"] in readme
    assert "\r\n".join(described["citation"]["bibtex"].splitlines()) in readme
    assert "close: Close of the day; empty where none is known." in readme
    assert ask(ApiMiddleware(no_page), f"{AT}.zip?{query}").body == found.body, "the same bytes from another server"
    assert archive.to_zip("a\r\n", described) == archive.to_zip("a\r\n", described)


def test_a_workbook_has_numbers_days_and_a_sheet_of_sources(api):
    found = ask(api, f"{AT}.xlsx?{PINNED}&start=2015-12-31&end=2016-01-02")
    book = openpyxl.load_workbook(io.BytesIO(found.body))
    assert book.sheetnames == ["scores", "Columns", "Sources"]
    head, first, second, _ = book["scores"].iter_rows(values_only=True)
    assert head[:4] == ("date", "close", "fear", "fundamentals")
    assert first[:3] == (datetime(2015, 12, 31), 430.6, None)  # noqa: DTZ001 - a cell has no zone
    assert isinstance(second[2], float)
    cited = dict(row[:2] for row in book["Sources"].iter_rows(values_only=True) if row[0])
    assert (
        cited["cite as"]
        == ask(api, f"{AT}.metadata.json?{PINNED}&start=2015-12-31&end=2016-01-02").json["citation"]["full"]
    )
    assert cited["^VIX"] == "Cboe volatility index (VIX)"
    assert ask(ApiMiddleware(no_page), f"{AT}.xlsx?{PINNED}&start=2015-12-31&end=2016-01-02").body == found.body
    read = pd.read_excel(io.BytesIO(ask(api, f"{AT}.xlsx?{TWO_DAYS}").body), parse_dates=["date"])
    assert (
        read["fear"].tolist()
        == export.table("scores", Selection(as_of=DAY), Extent(date(2025, 12, 1)))["fear"].tolist()
    )


def test_days_that_are_texts_in_a_table_are_days_in_a_workbook(api):
    book = openpyxl.load_workbook(
        io.BytesIO(ask(api, "/api/v1/universe.xlsx?asset=BTC-USD~EURUSD=X&as_of=2025-12-02").body)
    )
    names, *cells = book["universe"].iter_rows(values_only=True)
    rows = [dict(zip(names, row, strict=True)) for row in cells]
    assert [row["as_of"] for row in rows] == [datetime(2025, 12, 2)] * 2  # noqa: DTZ001 - a cell has no zone
    assert [row["since"] is None for row in rows] == [False, True]
    assert isinstance(rows[0]["since"], datetime)


def test_no_text_becomes_a_formula_or_is_cut_in_silence(monkeypatch):
    described = {
        "table": "t",
        "title": "t",
        "citation": {"full": "c", "link": "l"},
        "known_at": None,
        "columns": [],
        "sources": [],
    }
    hostile = ["=1+1", "{=1}", "http://example.com", "x" * 40_000, "<&>", ""]
    rows = pd.DataFrame({"text": pd.Series(hostile, dtype="str")})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.to_xlsx(rows, described)))["t"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2, max_row=6)]
    assert [cell.data_type for cell in cells] == ["s"] * 5
    assert [cell.value for cell in cells[:3]] == hostile[:3]
    assert cells[3].value.endswith("the CSV has all of it]")
    assert len(cells[3].value) == workbook.MAX_TEXT
    assert not [cell for cell in cells if cell.hyperlink]
    monkeypatch.setattr(workbook, "MAX_ROWS", 5)
    with pytest.raises(SelectionError, match="a workbook holds at most 5 rows and these are 6"):
        workbook.to_xlsx(rows, described)


def test_duckdb_reads_them_as_they_come(api, tmp_path):
    table = export.table("scores", Selection(as_of=DAY))
    wanted = table[table["fear"] > 90]
    for query, sign in (("", "."), ("&decimal=,", ",")):
        path = tmp_path / f"scores{len(query)}.csv"
        path.write_bytes(ask(api, f"{AT}.csv?as_of=2025-12-02{query}").body)
        rows = duckdb.read_csv(str(path), decimal=sign).filter("fear > 90").order("date").fetchall()
        assert [row[0] for row in rows] == [one.date() for one in wanted["date"]]
        assert [row[2] for row in rows] == wanted["fear"].tolist()


def form(required, **properties):
    """Return the schema of an object with these members and no others."""
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


WORDS = {"type": "string", "minLength": 1}
WIDGET = form(
    ["name", "description", "category", "type", "endpoint", "gridData", "data", "params"],
    name=WORDS,
    description=WORDS,
    category=WORDS,
    type={"const": "table"},
    endpoint={"type": "string", "pattern": "^[a-z_]+[.]json$"},
    gridData=form(
        ["w", "h"],
        w={"type": "integer", "minimum": 1, "maximum": 40},
        h={"type": "integer", "minimum": 1, "maximum": 100},
    ),
    source={"type": "array", "items": WORDS},
    data=form(
        ["dataKey", "table"],
        dataKey=WORDS,
        table=form(
            ["columnsDefs"],
            enableCharts={"type": "boolean"},
            showAll={"type": "boolean"},
            columnsDefs={
                "type": "array",
                "minItems": 1,
                "items": form(
                    ["field", "headerName", "cellDataType"],
                    field=WORDS,
                    headerName=WORDS,
                    headerTooltip=WORDS,
                    cellDataType={"enum": ["text", "number", "boolean", "date", "dateString", "object"]},
                    chartDataType={"enum": ["category", "series", "time", "excluded"]},
                ),
            },
        ),
    ),
    params={
        "type": "array",
        "items": form(
            ["paramName", "type", "label"],
            paramName=WORDS,
            type={"enum": ["date", "text", "ticker", "number", "boolean", "endpoint"]},
            label=WORDS,
            description=WORDS,
            value={"type": ["string", "number", "boolean"]},
            show={"type": "boolean"},
            optional={"type": "boolean"},
            options={"type": "array", "items": form(["label", "value"], label=WORDS, value=WORDS)},
        ),
    },
)
"""A table in widgets.json, as OpenBB's reference of that file describes it (read in November 2026), with the fields that we use."""


def test_the_widgets_have_the_form_that_openbb_describes(api):
    widgets = ask(api, "/api/v1/widgets.json").json
    jsonschema.validate(widgets, {"type": "object", "minProperties": 1, "additionalProperties": WIDGET})
    widgets["scores"]["params"][0]["value"] = None
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(widgets["scores"], WIDGET)


def test_the_widgets_of_openbb_ask_for_what_there_is(api):
    widgets = ask(api, "/api/v1/widgets.json").json
    assert set(widgets) == set(registry.offered("api"))
    for name, widget in widgets.items():
        assert {"name", "description", "endpoint", "data", "params"} <= set(widget)
        fields = [column["field"] for column in widget["data"]["table"]["columnsDefs"]]
        assert fields == registry.tables()[name].column_names
        known = {parameter.name or one for one, parameter in PARAMETERS.items()}
        assert {parameter["paramName"] for parameter in widget["params"]} <= known
    scores = widgets["scores"]
    query = "&".join(f"{one['paramName']}={one['value']}" for one in scores["params"] if "value" in one)
    rows = ask(api, f"/api/v1/{scores['endpoint']}?{query}").json[scores["data"]["dataKey"]]
    assert len(rows) == 365
    assert all(isinstance(cell, (str, float, type(None))) for cell in rows[-1].values()), "flat, as Workspace needs it"
