"""The command line as a person has it: what it prints and its exit codes."""

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime

import feeds
import golden
import pytest
import web_server
import yahoo_server
from asgi import ask
from command_line import run

from sentiment import files
from sentiment.cli import options
from sentiment.market import bar_store, history
from sentiment.models import Selection
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.score import score
from sentiment.tables import export, registry
from sentiment.tables.record import Extent
from sentiment.tables.records.scores import scores_table
from sentiment.validation.forward_returns import HORIZONS
from sentiment.validation.signals import SIGNALS, evaluate
from sentiment.validation.verdict import assess
from sentiment.web import links
from sentiment.web.api import ApiMiddleware


def test_the_reading_of_the_december_note():
    reading = json.loads(run("score", "BTC-USD", "--as-of", "2025-12-02", "--format", "json").stdout)
    assert list(reading) == [
        "asset", "as_of", "price", "fear", "fundamentals", "justified", "gap", "regime", "method", "coverage", "components",
        "source", "fetched_at", "stale", "last_bars",
    ]  # fmt: skip
    assert (reading["asset"], reading["as_of"], reading["price"]) == ("BTC-USD", "2025-12-02", 91_350)
    assert reading["fear"] >= 75
    assert reading["fundamentals"] >= 50
    assert reading["regime"] == "fear outweighs fundamentals"
    assert reading["coverage"] == {"fear": 1.0, "fundamentals": 1.0}
    for axis in ("fear", "fundamentals"):
        parts = [part for part in reading["components"] if part["axis"] == axis]
        assert sum(part["contribution"] or 0 for part in parts) == pytest.approx(reading[axis], abs=1e-6)
        assert list(parts[0]) == ["name", "axis", "raw", "rank", "weight", "contribution"]


def test_what_is_missing_is_null():
    reading = json.loads(run("score", "BTC-USD", "--format", "json").stdout)
    premium = next(part for part in reading["components"] if part["name"] == "futures_premium")
    assert premium == {
        "name": "futures_premium", "axis": "fear", "raw": None, "rank": None, "weight": 20.0, "contribution": None,
    }  # fmt: skip
    early = json.loads(run("score", "BTC-USD", "--as-of", "2015-02-01", "--format", "json").stdout)
    assert early["fear"] is None
    assert early["regime"] is None


def test_the_table_opens_with_the_sentence():
    text = run("score", "BTC-USD", "--as-of", "2025-12-02").stdout.decode()
    assert text.startswith(golden.DECEMBER)
    assert "Downside volatility" in text


def test_an_export_is_the_bytes_of_the_writer(tmp_path):
    inputs = load_inputs("BTC-USD")
    whole = run("export", "BTC-USD").stdout
    assert whole == export.to_csv(scores_table(score(inputs))).encode()
    until = run("export", "BTC-USD", "--as-of", "2025-12-02").stdout
    assert whole.startswith(until)
    target = tmp_path / "x.csv"
    run("export", "BTC-USD", "--what", "prices", "--start", "2025-12-01", "--end", "2025-12-02", "-o", str(target))
    assert target.read_bytes().startswith(b"date,close,volume\r\n2025-12-01,")
    assert target.read_bytes().count(b"\n") == 3


@pytest.mark.parametrize("form", ["zip", "metadata.json"])
def test_the_further_forms_of_several_assets_are_those_of_the_api(tmp_path, form):
    target, known_at = tmp_path / f"x.{form}", "2026-10-04T12:00:00Z"
    run(
        "export", "SPY~GLD", "--as-of", "2025-12-02", "--start", "2025-12-01", "--known-at", known_at, "-o", str(target)
    )
    query = f"asset=SPY~GLD&as_of=2025-12-02&start=2025-12-01&known_at={known_at}"
    assert target.read_bytes() == ask(ApiMiddleware(None), f"/api/v1/scores.{form}?{query}").body


@pytest.mark.parametrize(
    ("asset", "form", "words", "query"),
    [
        ("BTC-USD", "csv", ["--decimal", ",", "--columns", "date~fear"], "decimal=,&columns=date~fear"),
        ("SPY~GLD", "zip", ["--sep", "tab", "--columns", "fear"], "sep=tab&columns=fear"),
        ("BTC-USD", "json", ["--columns", "regime~date"], "columns=regime~date"),
    ],
)
def test_columns_and_signs_are_those_of_addresses(tmp_path, asset, form, words, query):
    target, rows = tmp_path / f"x.{form}", ["--as-of", "2025-12-02", "--start", "2025-12-01"]
    known = ["--known-at", "2026-10-04T12:00:00Z"]
    run("export", asset, *rows, *known, *words, "-o", str(target))
    address = f"/api/v1/scores.{form}?asset={asset}&as_of=2025-12-02&start=2025-12-01&known_at={known[1]}&{query}"
    assert target.read_bytes() == ask(ApiMiddleware(None), address).body


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--format", "json", "--sep", ";"],
            "sep says how CSV is written, and scores.json holds none; ask for scores.csv",
        ),
        (["--sep", ":"], "No separator ':'; there are , ; | tab"),
        (["--sep", ",", "--decimal", ","], "are both a comma; choose ; as the separator"),
        (["--columns", "date~luck"], "scores has no column 'luck'; it has date, close"),
        (
            ["--what", "prices", "--columns", "date~open"],
            "these rows have no column open; they have date, close, volume",
        ),
        (["-o", "x.xls"], "a file .xls is none of csv, json, metadata.json, zip, xlsx; name one of these forms"),
    ],
)
def test_what_an_export_cannot_be_is_said(words, says):
    refused = run("export", "BTC-USD", *words, check=False)
    assert refused.returncode == 2
    assert says in refused.stderr.decode()


@pytest.mark.parametrize(
    ("what", "words", "wanted", "horizon"),
    [
        ("notes", ["--find", "fear"], {"find": "fear"}, None),
        ("compare", ["--assets", "spy~GLD"], {"assets": ("BTC-USD", "SPY", "GLD")}, None),
        ("calls", ["--publisher", "K33 Research"], {"publisher": "K33 Research"}, None),
        ("claims", ["--since", "2025-11-20"], {"since": date(2025, 11, 20)}, None),
        ("evidence", ["--series", "VIX", "--seed", "7", "--horizon", "30"], {"series": "VIX", "seed": 7}, 30),
    ],
)
def test_every_table_is_exported(what, words, wanted, horizon):
    day = date(2025, 12, 10)
    out = run("export", "BTC-USD", "--what", what, "--as-of", str(day), *words).stdout
    table = export.table(what, Selection(as_of=day, **wanted), Extent(horizon=horizon))
    assert len(table) > 1
    assert out == export.to_csv(table).encode()


def test_notes_are_listed_and_shown_as_known_on_a_day():
    listed = json.loads(run("notes", "list", "--as-of", "2025-12-10", "--format", "json").stdout)
    assert [note["id"] for note in listed][-1] == "k33-2025-12-02"
    note = json.loads(run("notes", "show", "k33-2025-12-02", "--format", "json").stdout)
    assert note["calls"][0]["status"] == "miss"
    assert note["calls"][0]["forward_return"] == pytest.approx(-0.042, abs=5e-4)
    assert [claim["answer"] for claim in note["claims"]][:3] == ["true", "false", "false"]
    assert b"pending" in run("notes", "list", "--as-of", "2025-12-10").stdout


def test_facts_are_checked_with_the_rows_that_show_them():
    checked = json.loads(run("notes", "check", "--as-of", "2025-12-02", "--format", "json").stdout)
    assert list(checked[0]) == ["note", "claim", "verdict", "measured", "as_of", "reason", "rows"]
    assert {one["verdict"] for one in checked} == {"true", "false", "not_checkable"}
    fell = next(one for one in checked if "more than 30 %" in one["claim"])
    assert (fell["note"], fell["verdict"], fell["as_of"]) == ("k33-2025-12-02", "true", "2025-12-02")
    assert fell["measured"] == pytest.approx(-0.3179, abs=1e-4)
    assert fell["rows"] == [
        {"series": "BTC-USD", "column": "close", "day": "2025-10-06", "value": 124753.0},
        {"series": "BTC-USD", "column": "close", "day": "2025-11-21", "value": 85091.0},
    ]
    words = next(one for one in checked if "6.8 million" in one["claim"])
    assert (words["verdict"], words["measured"], words["rows"]) == ("not_checkable", None, [])
    early = json.loads(run("notes", "check", "--as-of", "2025-11-25", "--format", "json").stdout)
    assert early == [one for one in checked if one["note"] != "k33-2025-12-02"]
    shown = run("notes", "check").stdout.decode()
    assert "BTC-USD close on 2025-11-21: 85,091" in shown


def test_calls_are_graded_with_each_publishers_record():
    graded = json.loads(run("notes", "grade", "--format", "json").stdout)
    assert list(graded[0]) == [
        "note", "publisher", "published", "asset", "direction", "horizon_end", "reference", "status", "forward_return",
        "max_adverse", "max_favourable", "base_rate", "call", "horizon", "reference_date", "share_inside", "touched",
        "closed_beyond", "base_return", "probability", "brier", "reason", "saved_at", "record", "collection", "dropped_at",
        "stopped_return", "chance", "volatility", "proposed_by", "revised",
    ]  # fmt: skip
    december = next(one for one in graded if one["note"] == "k33-2025-12-02")
    assert december["status"] == "miss"
    assert december["forward_return"] == pytest.approx(-0.042, abs=5e-4)
    assert (december["published"], december["horizon_end"]) == ("2025-12-02T15:33:00Z", "2025-12-31")
    assert (december["reference"], december["revised"], december["touched"]) == (91_350, None, None)
    then = json.loads(run("notes", "grade", "--as-of", "2025-12-10", "--format", "json").stdout)
    assert {one["status"] for one in then} == {"pending"}
    shown = run("notes", "grade").stdout.decode()
    assert (
        "K33 Research (collected afterwards, bundled): 2 hits, 5 misses; by 3 independent units a hit rate of 13%"
        in shown
    )
    assert max(map(len, shown.partition("\n\n")[0].splitlines())) <= 110


def test_a_later_revision_is_told_on_the_command_line(monkeypatch, tmp_path):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))
    known_at = datetime(2026, 10, 20, 12, tzinfo=UTC)
    rows = history.bars("BTC-USD").assign(dividends=0.0, splits=0.0)
    rows = rows.assign(**dict.fromkeys(("open", "high", "low"), rows["close"]))
    rows.loc["2025-12-31", "close"] = 99_000.0
    bar_store.append("BTC-USD", rows, known_at, bar_store.Facts(known_at, known_at, "UTC", "CRYPTOCURRENCY", "USD"))
    graded = json.loads(run("notes", "grade", "--format", "json").stdout)
    december = next(one for one in graded if one["note"] == "k33-2025-12-02")
    assert (december["status"], december["revised"]["status"]) == ("miss", "hit")
    assert december["revised"]["forward_return"] == pytest.approx(99_000 / 91_350 - 1)
    assert "by prices revised since: hit, +8.4%" in run("notes", "grade").stdout.decode()
    before = ("notes", "grade", "--known-at", "2026-10-19T00:00:00Z", "--format", "json")
    assert all(one["revised"] is None for one in json.loads(run(*before).stdout))


def test_a_link_is_printed():
    words = ("link", "BTC-USD", "--range", "1Y", "--as-of", "2025-12-02", "--no-log")
    assert run(*words).stdout.decode() == "http://localhost:8501/?range=1Y&as_of=2025-12-02&log=false\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["score", "DOGE"], "no asset 'DOGE'; there are: BTC-USD"),
        (["score", "BTC-USD", "--as-of", "soon"], "'soon' is not a day; a day looks like 2025-12-02"),
        (["score", "BTC-USD", "--as-of", "2030-01-01"], "they run from 2015-01-01 to 2026-10-03"),
        (["score", "BTC-USD", "--format", "xml"], "'xml' is not one of 'table', 'json'"),
        (["evidence", "BTC-USD", "--horizon", "31"], "no horizon of 31 days; there are 7, 30, 90, 180"),
        (["evidence", "BTC-USD", "--series", "Tea"], "no series 'Tea' to judge; there are: Regimes, Fear"),
        (["score", "BTC-USD", "--weights", "luck:3"], "no component 'luck' to weigh"),
        (["export", "BTC-USD", "--weights", "policy:-3"], "the weight of policy is -3.0; it must be zero or more"),
        (["link", "BTC-USD", "--horizon", "31"], "there are 7, 30, 90, 180"),
        (["score"], "Missing argument 'asset'; sentiment score --help lists what there is"),
        (["score", "btc-usd"], "no asset 'btc-usd' (BTC-USD is likely what is meant); there are: BTC-USD"),
        (["score", "eth"], "no asset 'eth' (ETH-USD is likely what is meant)"),
        (["export", "BTC-USD~"], "'BTC-USD~' leaves an asset out; several are written BTC-USD~SPY"),
        (["notes", "unfollow", "x"], "no source 'x' is followed; nothing is followed"),
        (["verify", "none"], "`sentiment publish none --address URL` writes one"),
        (["export", "BTC-USD", "--what", "dreams"], "no table 'dreams'; there are: scores, prices, components"),
        (["export", "BTC-USD", "--format", "pdf"], "no format 'pdf'; there are: csv, json, metadata.json, zip, xlsx"),
        (["export", "BTC-USD", "--start", "2025-02-02", "--end", "2025-02-01"], "lies after the end"),
        (["export", "BTC-USD", "-o", "no/such/folder/x.csv"], "cannot write no/such/folder/x.csv"),
        (["export", "BTC-USD", "--what", "notes", "--publisher", "Nobody"], "there are CoinDesk Protocol Research"),
        (["export", "BTC-USD", "--what", "notes", "--publisher", "x" * 2_100], "there are CoinDesk Protocol Research"),
        (["export", "BTC-USD", "--what", "ranking"], "no table 'ranking'; there are: scores"),
        (["export", "BTC-USD", "--seed", "-1"], "a seed has at most 9 digits"),
        (
            ["link", "BTC-USD", "--view", "Dreams"],
            "sentiment: asked for view 'Dreams'; there are Today, Watchlist, Compare, Calls, Research, Inbox",
        ),
        (["export", "BTC-USD", "--what", "compare", "--assets", "SPY~DOGE"], "No prices of 'DOGE' are saved here"),
        (["export", "DOGE"], "no asset 'DOGE'; there are: BTC-USD"),
        (["export", "BTC-USD", "--start", "2030-01-01"], "no rows of BTC-USD between 2030-01-01"),
        (["score", "BTC-USD", "--as-of", ""], "'' is not a day"),
        (["link", "BTC-USD", "--note", "k33-2026-05-20", "--as-of", "2025-12-02"], "was published by 2025-12-02"),
        (["link", "BTC-USD", "--base", "nowhere"], "the base 'nowhere' is not an address"),
        (["export", "BTC-USD", "--base", "nowhere"], "the base 'nowhere' is not an address"),
        (["notes", "show", "nothing"], "no note 'nothing' was published; there are: putin-2018-06-07"),
        (["link", "BTC-USD", "--range", "9Y"], "there are 3M, 6M, 1Y, 2Y, 5Y, All"),
        (["run", "--port", "0"], "'--port': Input should be greater than or equal to 1"),
        (["dance"], "No such command 'dance'. Did you mean 'evidence'? sentiment --help lists what there is"),
    ],
)
def test_a_wrong_request_is_one_line_and_exit_code_two(words, says):
    done = run(*words, check=False)
    message = done.stderr.decode()
    assert done.returncode == 2, message
    assert done.stdout == b""
    assert message.count("\n") == 1
    assert says in message


def test_help_answers_without_the_heavy_parts():
    code = (
        "import sys; sys.argv = ['sentiment', '--help']\n"
        "from sentiment.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'pandas', 'plotly', 'streamlit', 'yfinance', 'dask', 'distributed'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert b"score" in done.stdout


@pytest.mark.parametrize(
    ("command", "choices"),
    [
        ("link", [*links.VIEWS, *links.RANGES, *SIGNALS, *map(str, HORIZONS)]),
        ("export", [*registry.offered("cli"), *SIGNALS, *map(str, HORIZONS), "Has no effect"]),
    ],
)
def test_the_help_of_a_command_names_the_choices(command, choices):
    shown = " ".join(run(command, "--help").stdout.decode().split())
    assert [choice for choice in choices if choice not in shown] == []
    assert "{" not in shown.replace("{asset}", "")


def test_a_text_is_read_with_the_words_that_decided():
    said = "The rally failed."
    reading = json.loads(run("tone", said, "--format", "json").stdout)
    assert set(reading) == {"tone", "label", "strength", "central_bank", "findings"}
    assert reading["label"] == "negative"
    cue = next(one for one in reading["findings"] if said[one["start"] : one["end"]] == "rally failed")
    assert (cue["kind"], cue["rule"] != "") == ("tone", True)
    assert b"'rally failed'" in run("tone", said).stdout


def test_a_text_is_read_from_standard_input():
    assert run("tone", "-", stdin=b"Profit rose.").stdout.startswith(b"strongly positive")
    bad = run("tone", "-", stdin=b"\xff\xfe", check=False)
    assert bad.returncode == 2
    assert b"not UTF-8" in bad.stderr


def test_a_text_without_a_cue_is_unread_and_central_banks_are_told():
    silent = json.loads(run("tone", "We meet on Tuesday.", "--format", "json").stdout)
    assert (silent["tone"], silent["label"], silent["strength"]) == (None, "unread", "")
    assert run("tone", "We meet on Tuesday.").stdout == b"unread: no cue was found\n"
    assert run("tone", "The rally failed.").stdout.startswith("strongly negative, tone −0.58\n".encode())
    assert b"do not rely on the sign" in run("tone", "The Committee raised the policy rate.").stdout


def test_the_installed_command_answers_in_a_process_of_its_own():
    command = [sys.executable, "-m", "sentiment.cli"]
    done = subprocess.run([*command, "tone", "-"], input=b"Profit rose.", capture_output=True, check=True)
    assert done.stdout == run("tone", "Profit rose.").stdout
    wrong = subprocess.run([*command, "tone", "-"], input=b"\xff\xfe", capture_output=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr == run("tone", "-", stdin=b"\xff\xfe", check=False).stderr


@pytest.mark.slow
def test_a_ticker_is_refreshed_scored_and_its_failures_told(tmp_path, monkeypatch):
    with yahoo_server.serving(tmp_path) as upstream:
        upstream.worlds = {"AAPL": yahoo_server.equity(1_300)}
        command = [sys.executable, "-m", "sentiment.cli"]
        environment = upstream.environment()
        done = subprocess.run(
            [*command, "refresh", "AAPL"], env=environment, capture_output=True, check=False, timeout=120
        )
        out = done.stdout.decode()
        assert re.search(r"^AAPL +9\d\d new, 0 revised, 0 not trusted, last bar 2", out, flags=re.MULTILINE)
        assert re.search(r"^\^VIX +failed: .*Cboe", out, flags=re.MULTILINE), "which is not there"
        assert done.returncode == 1
        assert done.stderr.endswith(b"6 of 7 could not be refreshed; what is saved stays as it was\n")
    monkeypatch.setenv("SENTIMENT_DATA_DIR", environment["SENTIMENT_DATA_DIR"])
    reading = json.loads(run("score", "AAPL", "--format", "json").stdout)
    assert reading["source"] == "Yahoo"
    assert reading["fear"] is not None
    assert run("revisions", "AAPL").stdout == b"date,column,old,new,known_at\r\n"


def test_nothing_is_refreshed_where_no_network_may_be_asked():
    done = run("refresh", "AAPL", check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"SENTIMENT_OFFLINE=1 asks no network; unset it to refresh" in done.stderr


def test_a_ticker_that_is_none_is_refused_before_anybody_is_asked():
    done = run("refresh", "../etc", check=False)
    assert done.returncode != 0
    assert b"is not a ticker" in done.stderr


def test_the_evidence_comes_with_its_rule_and_rows():
    words = ("evidence", "BTC-USD", "--horizon", "30", "--as-of", "2025-12-02")
    found = json.loads(run(*words, "--format", "json").stdout)
    assert list(found) == ["asset", "as_of", "series", "rule", "rows", "verdict", "sentence"]
    assert (found["asset"], found["as_of"], found["verdict"]) == ("BTC-USD", "2025-12-02", "no demonstrated edge")
    assert [row["label"] for row in found["rows"]] == ["complacent", "in balance", "fear outweighs fundamentals"]
    inputs = load_inputs("BTC-USD", date(2025, 12, 2))
    table = evaluate(inputs, score(inputs)).table
    expected = table[table["horizon"] == 30].to_dict("records")
    assert found["rows"] == [pytest.approx(row) for row in expected]
    assert run(*words).stdout.decode().startswith(found["sentence"])


def test_evidence_without_a_horizon_has_all_and_what_is_not_known_is_null():
    found = json.loads(run("evidence", "BTC-USD", "--as-of", "2019-12-01", "--format", "json").stdout)
    assert {row["horizon"] for row in found["rows"]} == {7, 30, 90, 180}
    assert found["verdict"] == "too little data"
    assert found["rows"][3]["mean"] is None


def test_weights_of_ones_own_reach_score_export_evidence_and_link():
    asked = "drawdown:20,policy:0"
    inputs = load_inputs("BTC-USD", date(2025, 12, 2))
    scored = score(inputs, {"drawdown": 20, "policy": 0})
    words = ("BTC-USD", "--as-of", "2025-12-02", "--weights", asked)
    reading = json.loads(run("score", *words, "--format", "json").stdout)
    assert reading["gap"] == scored.axes["gap"].iloc[-1]
    assert run("export", *words).stdout == export.to_csv(scores_table(scored)).encode()
    found = json.loads(run("evidence", *words, "--horizon", "7", "--format", "json").stdout)
    assert found["sentence"] == assess(evaluate(inputs, scored).table.query("horizon == 7")).sentence
    assert run("link", *words).stdout.decode().endswith("/?as_of=2025-12-02&weights=drawdown:20,policy:0\n")


def test_a_note_cannot_steer_the_terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path))
    text = files.NOTES.joinpath("k33-2026-02-17-range.md").read_text("utf-8")
    hostile = text.replace("id: k33", "id: x").replace("After February", "\x1b]0;taken\x07 \u202e After February")
    path = tmp_path / "x.md"
    path.write_text(hostile, "utf-8")
    run("notes", "add", str(path), "--by", "A")
    shown = run("notes", "show", "x-2026-02-17").stdout.decode()
    assert "[U+001B]]0;taken[U+0007] [U+202E] After February" in shown
    assert "\x1b" not in shown


def test_neither_an_error_nor_json_can_steer_the_terminal(capsys):
    with pytest.raises(SystemExit):
        options.fail("it is named \x1b]0;taken\x07\nso \u202e", 2)
    assert capsys.readouterr().err == "sentiment: it is named [U+001B]]0;taken[U+0007] so [U+202E]\n"
    said = "\x9b31m \x7f \u202e \U000e0041 é"
    options.print_json([said])
    shown = capsys.readouterr().out
    assert not set("\x9b\x7f\u202e\U000e0041") & set(shown)
    assert "é" in shown
    assert json.loads(shown) == [said]


def test_files_folders_and_texts_are_added_and_their_fate_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path / "data"))
    here = tmp_path / "in"
    here.mkdir()
    here.joinpath("plain.txt").write_text("Bitcoin will fall within the next 30 days.", "utf-8")
    here.joinpath("bad.md").write_text("---\nid: x\npublisher: P\npublished: 2025-12-03\n---\n", "utf-8")
    words = ("notes", "add", str(here), "--publisher", "My desk", "--published", "2025-12-03", "--by", "A")
    done = run(*words, "--format", "json", check=False)
    assert done.returncode == 1
    told = {row["path"].rpartition("/")[2]: row for row in json.loads(done.stdout)}
    assert (told["plain.txt"]["status"], told["plain.txt"]["note"]) == ("saved", "my-desk-2025-12-03")
    assert told["bad.md"]["status"] == "failed"
    assert "line 2, id" in told["bad.md"]["reason"]
    note = json.loads(run("notes", "show", "my-desk-2025-12-03", "--format", "json").stdout)
    assert (note["stance"], note["calls"][0]["direction"]) == ("bearish", "down")
    again = run("notes", "add", str(here / "plain.txt"), *words[3:])
    assert b"unchanged" in again.stdout
    run("notes", "export", "my-desk-2025-12-03", "-o", str(tmp_path / "out"))
    run("notes", "withdraw", "my-desk-2025-12-03", "--why", "A test", "--by", "A")
    assert len(json.loads(run("notes", "history", "my-desk-2025-12-03", "--format", "json").stdout)) == 2
    back = run("notes", "add", str(tmp_path / "out"), "--why", "Back", "--by", "A")
    assert b"saved" in back.stdout
    assert b"an empty path" in run("notes", "add", "", check=False).stderr


def told(*words):
    return run(*words).stdout.decode()


@pytest.fixture
def web(monkeypatch, empty_store):
    assert not empty_store.exists()
    monkeypatch.setenv("SENTIMENT_OFFLINE", "0")
    with web_server.serving() as server:
        monkeypatch.setenv("SENTIMENT_FETCH_ALLOW", server.host)
        server.put("/feed", feeds.rss(feeds.item()))
        page = f"<!doctype html><html><head><title>T</title></head><body><article><h1>T</h1><p>{feeds.STORY}</p></article></body></html>"
        server.put("/page", page, web_server.PAGE)
        yield server


def test_a_feed_is_followed_listed_confirmed_and_unfollowed(web, tmp_path):
    assert "followed as harbour-research (feed): 1 new in the inbox" in told(
        "notes", "follow", web.url("/feed"), "--by", "Ann"
    )
    (row,) = json.loads(told("notes", "inbox", "--format", "json"))
    assert (row["title"], row["state"]) == ("Leverage is low", "pending")
    assert "a rise of BTC-USD to 120,000 by 2026-12-31" in told("notes", "inbox")
    assert "saved as harbour-research-2026-11-25" in told("notes", "confirm", str(row["sequence"]), "--by", "Ann")
    assert "nothing waits" in told("notes", "inbox")
    assert "[confirmed]" in told("notes", "inbox", "--all")
    assert web.url("/feed") in told("notes", "sources")
    listed = tmp_path / "list.opml"
    assert "1 feeds written" in told("notes", "sources", "--opml", str(listed))
    assert "is no longer followed" in told("notes", "unfollow", "harbour-research")
    assert "followed    harbour-research" in told("notes", "follow", "--opml", str(listed), "--by", "Ann")


def test_a_page_is_added_by_its_address(web):
    added = told("notes", "add", web.url("/page"), "--publisher", "House", "--published", "2026-11-25", "--by", "Ann")
    assert added.startswith("saved      house-2026-11-25")
    note = json.loads(told("notes", "show", "house-2026-11-25", "--format", "json"))
    assert note["source"] == web.url("/page")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name one thing to follow"), (("https://a.example/", "--folder", "."), "name one thing to follow"),
        (("--folder", "no-such-folder"), "is not a folder"), (("--mail", "imaps://me@mail.example/"), "--from"),
        (("https://me:pw@a.example/",), "holds a user's name"), (("--opml", "no-such-file"), "cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused_in_one_line(empty_store, words, says):
    assert not empty_store.exists()
    done = run("notes", "follow", *words, "--by", "Ann", check=False)
    assert done.returncode in {1, 2}
    assert says in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
