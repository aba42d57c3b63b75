"""The tables as tools of an assistant: asked by the SDK's own client, with the figures of the command line."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import anyio
import command_line
import httpx
import pandas as pd
import ports
import pytest
from asgi import run
from csv_table import read_csv
from hypothesis import given
from hypothesis import strategies as st
from mcp import Client, MCPError, StdioServerParameters, stdio_client

from sentiment.errors import SentimentError
from sentiment.frames import PRICE_COLUMNS
from sentiment.market import bar_store
from sentiment.models import Selection
from sentiment.tables import export, registry
from sentiment.validation.forward_returns import HORIZONS
from sentiment.web import citation
from sentiment.web.mcp_server import arguments
from sentiment.web.mcp_server.protocol import application
from sentiment.web.mcp_server.tools import tools

HERE = "https://example.org/dash/"
DAY = "2025-12-02"
TABLES = {name: table for name, table in registry.tables().items() if table.rows is not None}
EARLY = {"public_calls": {"as_of": "2018-06-01"}, "scoreboard": {"as_of": "2018-06-01"}}
"""Days on which a large table has a few rows."""
# What is asked of every table, as far as it has the parameter.
ASKED = {"as_of": DAY, "start": "2025-11-28", "assets": "BTC-USD~GLD", "several_assets": "BTC-USD~SPY", "horizon": 30}
WRONG = [
    ("scores", {"asset": "../../etc/passwd"}),
    ("scores", {"asset": "DOGE\u202e\n\x1b[31m"}),
    ("scores", {"asset": ["BTC-USD"]}),
    ("scores", {"asset": {"$ne": None}}),
    ("scores", {"as_of": 20251202}),
    ("scores", {"as_of": "2025-02-30"}),
    ("scores", {"weights": "drawdown:1e999"}),
    ("scores", {"view": "Today"}),
    ("scores", {"known_at&asset": "x"}),
    ("scores", {"limit": 0}),
    ("scores", {"limit": True}),
    ("scores", {"limit": 10**400}),
    ("scores", {"start": "2025-12-02", "end": "2025-12-01"}),
    ("notes", {"find": "x" * 100_000}),
    ("notes", {"publisher": "nobody"}),
    ("evidence", {"horizon": 30.5}),
    ("universe", {"asset": "BTC-USD~"}),
    ("reading", {"limit": 3}),
    ("assets", {"find": 7}),
]


def table_arguments(table):
    """The arguments of a table, and the same on the command line."""
    asked_of_all = ASKED | EARLY.get(table.name, {})
    chosen = {name: value for name, value in asked_of_all.items() if name in table.parameters}
    several = chosen.pop("several_assets", None)
    words = [several or "BTC-USD", "--what", table.name]
    words += [word for name, value in chosen.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return chosen | ({"asset": several} if several else {}) | {"limit": arguments.MOST_ROWS}, words


def rows_of_cli(table, words):
    """The rows that the command line writes, as JSON has them."""
    if "cli" not in table.offered:
        rows = export.table(table.name, Selection(as_of=datetime.fromisoformat(DAY).date()))
    else:
        rows = read_csv(command_line.run("export", *words).stdout.decode(), table)
    cells = {name: column.dt.strftime("%Y-%m-%d") if name == "date" else column for name, column in rows.items()}
    return pd.DataFrame(cells).astype(object).where(rows.notna(), None).to_dict("records")


def asked(*calls):
    """Ask a server of its own, over its standard input and output; a refused call gives its error."""

    async def ask():
        environment = {**os.environ, "SENTIMENT_OFFLINE": "1"}
        words = ["-m", "sentiment.cli", "mcp", "--base", HERE]
        server = StdioServerParameters(command=sys.executable, args=words, env=environment)
        async with Client(stdio_client(server)) as client:
            listed = (await client.list_tools()).tools
            answers = []
            for name, given_arguments in calls:
                try:
                    answers.append(await client.call_tool(name, given_arguments))
                except MCPError as error:
                    answers.append(error)
            return client.instructions, listed, answers

    async def in_time():
        with anyio.fail_after(120):
            return await ask()

    return run(in_time())


@pytest.mark.slow
def test_an_assistant_gets_the_figures_of_the_command_line():
    told = {name: table_arguments(table) for name, table in TABLES.items()}
    calls = [(name, given_arguments) for name, (given_arguments, _) in told.items()]
    more = [("reading", {"as_of": DAY}), ("assets", {"find": "gOLd"}), ("scores", {"limit": 3.0}), ("nothing", {})]
    instructions, listed, answers = asked(*calls, *more, *WRONG)
    assert "not advice" in instructions
    assert [tool.name for tool in listed] == ["reading", "assets", *TABLES]
    assert all(tool.annotations.read_only_hint and not tool.annotations.destructive_hint for tool in listed)

    for (name, _), answer in zip(calls, answers, strict=False):
        content = answer.structured_content
        assert not answer.is_error, answer.content
        assert json.loads(answer.content[0].text) == content
        assert content["rows"] == rows_of_cli(TABLES[name], told[name][1]), name
        assert content["rows"] or name == "revisions", name
        assert content["rows_found"] == len(content["rows"])
        assert set(content["units"]) >= {column for row in content["rows"] for column in row}
        assert content["citation"]["link"] in content["citation"]["full"]
        assert content["citation"]["link"].startswith(f"{HERE}?")
        assert {"as_of", "known_at", "method"} <= set(httpx.URL(content["citation"]["link"]).params)

    reading, here, cut, unknown, *wrong = answers[len(calls) :]
    printed = json.loads(command_line.run("score", "BTC-USD", "--as-of", DAY, "--format", "json").stdout)
    assert {name: reading.structured_content[name] for name in printed} == printed
    said = command_line.run("score", "BTC-USD", "--as-of", DAY).stdout.decode()
    assert said.startswith(f"{reading.structured_content['headline']}\n")
    pinned = citation.frozen(Selection(), datetime.fromisoformat(DAY).date())
    assert reading.structured_content["citation"]["link"] == citation.cite("", pinned, HERE).link
    assert [(row["asset"], row["unit"]) for row in here.structured_content["rows"]] == [("GLD", "USD")]

    last = rows_of_cli(TABLES["scores"], ["BTC-USD", "--what", "scores"])
    assert cut.structured_content["rows"] == last[-3:]
    assert cut.structured_content["rows_found"] == len(last)
    assert [*cut.structured_content][-1] == "rows"
    assert f"These are the last 3 of {len(last):,} rows (1 Oct 2026 to 3 Oct 2026)" in cut.structured_content["more"]
    assert "start and end, or range" in cut.structured_content["more"]
    assert "There is no tool 'nothing'; there are: reading, assets, scores" in unknown.message

    for (name, given_arguments), answer in zip(WRONG, wrong, strict=True):
        (text,) = answer.content
        assert answer.is_error, (name, given_arguments)
        assert text.text.isprintable(), (name, given_arguments)
        assert len(text.text) < 2_000
        assert "Traceback" not in text.text
    assert "No prices of 'DOGE" in wrong[1].content[0].text
    assert "there is no argument 'view'; there are: asset, as_of" in wrong[7].content[0].text.lower()
    assert "K33 Research" in wrong[14].content[0].text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from((DAY, "BTC-USD", "1Y", "~")),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=3,
)
CHEAP = ("reading", "assets", "scores", "prices", "notes", "calls", "sources")


@given(st.sampled_from(CHEAP), st.data())
def test_no_argument_makes_it_fail_otherwise_than_by_our_errors(name, data):
    tool = tools()[name]
    names = st.sampled_from((*tool.arguments["properties"], "limit", "seed", "v")) | st.text()
    chosen = data.draw(st.dictionaries(names, VALUES, max_size=3))
    with suppress(SentimentError):
        content = tool.answer(chosen, HERE)
        assert set(tool.answer_schema["required"]) <= set(content)
        assert len(content.get("rows", ())) <= arguments.MOST_ROWS


def test_a_description_has_every_column_with_its_unit_and_every_parameter():
    for name, table in TABLES.items():
        tool = tools()[name]
        for column in table.columns:
            assert f"- {column.name} ({column.unit}): {column.full_description}" in tool.description
        assert len(tool.arguments["properties"]) == len(set(table.parameters) - {"seed"}) + 1, name
        assert all(one["description"] and one["type"] for one in tool.arguments["properties"].values())
    assert tools()["evidence"].arguments["properties"]["horizon"]["enum"] == list(HORIZONS)


def test_of_several_assets_below_each_other_the_last_days_of_all_are_given():
    answer = tools()["scores"].answer({"asset": "BTC-USD~SPY", "as_of": DAY, "limit": 4}, HERE)
    assert [(row["asset"], row["date"]) for row in answer["rows"]] == [
        ("BTC-USD", "2025-12-01"),
        ("BTC-USD", "2025-12-02"),
        ("SPY", "2025-12-01"),
        ("SPY", "2025-12-02"),
    ]
    assert "the last 4 of" in answer["more"]
    assert "(1 Dec 2025 to 2 Dec 2025)" in answer["more"]


def test_this_machine_gets_every_column_and_nobody_else_is_answered(empty_store):
    assert not empty_store.exists()
    fetched = datetime(2026, 11, 27, 6, tzinfo=UTC)
    index = pd.date_range("2024-01-01", "2026-11-25", tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame({**dict.fromkeys(PRICE_COLUMNS, 0.0), "close": 12345.678}, index=index)
    bar_store.append("ACME", frame, fetched, bar_store.Facts(fetched, fetched, "UTC", "EQUITY", "USD"))

    with ports.served(application(HERE), host="127.0.0.1", ws="none", lifespan="on") as port:
        address = f"http://127.0.0.1:{port}/mcp"

        async def ask():
            with anyio.fail_after(60):
                async with Client(address) as client:
                    return await client.call_tool("scores", {"asset": "ACME", "limit": 1})

        (row,) = run(ask()).structured_content["rows"]
        assert row["close"] == 12345.678
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        asking = {"Accept": "application/json, text/event-stream"}
        for foreign in (
            {"Host": "dash.example.com"},
            {"X-Forwarded-For": "203.0.113.5"},
            {"Via": "1.1 tunnel"},
            {"Origin": "https://example.com"},
        ):
            answer = httpx.post(address, json=body, headers=asking | foreign)
            assert answer.status_code == 403, foreign
            assert "tools" not in answer.text
        assert httpx.post(address, json=body, headers=asking).status_code == 200


def test_a_file_that_cannot_be_read_hides_no_other_asset(empty_store):
    fetched = datetime.now(UTC) - timedelta(hours=1)
    index = pd.date_range("2024-01-01", "2026-11-25", tz="UTC", name="date").as_unit("us")
    frame = pd.DataFrame(dict.fromkeys(PRICE_COLUMNS, 1.0), index=index)
    bar_store.append("ACME", frame, fetched, bar_store.Facts(fetched, fetched, "UTC", "EQUITY", "USD"))
    (file,) = empty_store.rglob("ACME*.parquet")
    file.write_bytes(b"damaged")
    rows = tools()["assets"].answer({}, HERE)["rows"]
    told = {row["asset"]: row.get("missing") for row in rows}
    assert told.pop("ACME")
    assert str(empty_store) not in str(rows)
    assert set(told.values()) == {None}


def test_without_the_extra_the_command_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)
    done = command_line.run("mcp", check=False)
    assert (done.returncode, b"pip install 'sentiment-dashboard[mcp]'" in done.stderr) == (2, True)
    monkeypatch.undo()
    wrong = command_line.run("mcp", "--base", "example.org", check=False)
    assert (wrong.returncode, b"is not an address" in wrong.stderr) == (2, True)
    with ports.served(None, host="127.0.0.1") as port:
        taken = command_line.run("mcp", "--http", str(port), check=False)
    assert (taken.returncode, f"port {port} of this machine cannot be had".encode() in taken.stderr) == (2, True)
