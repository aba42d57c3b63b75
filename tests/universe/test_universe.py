"""Many assets at once: the figures of the single path, a folder that a later run goes on from, workers that die."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import command_line
import orjson
import pandas as pd
import pytest
from csv_table import read_csv
from histories import walk

from sentiment import files
from sentiment.cli import universe
from sentiment.errors import ClusterError, InputError, MissingExtraError, SelectionError
from sentiment.market import assets, bar_store
from sentiment.research import library
from sentiment.scoring.inputs import load_inputs
from sentiment.scoring.ranking import ended
from sentiment.scoring.score import score
from sentiment.tables.records.ranking import TABLE as RANKING
from sentiment.tables.records.scores import scores_table
from sentiment.universe import batch, cluster, partitions, request
from sentiment.universe.request import UniverseRequest

NOW = datetime(2024, 6, 1, tzinfo=UTC)
DAYS = 500
SYMBOLS = tuple(f"T{number:02}" for number in range(10))
REQUEST = UniverseRequest(SYMBOLS, partition_size=3)


def save(symbol, days=DAYS, seed=0, when=NOW):
    close = walk(days, seed)
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), close))
    about = bar_store.Facts(when, when, "America/New_York", "EQUITY", "USD")
    bar_store.append(symbol, frame.assign(volume=1_000.0 + seed, dividends=0.0, splits=0.0), when, about)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A data folder with a universe of walks."""
    folder = tmp_path_factory.mktemp("saved")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_DATA_DIR", str(folder))
        for number, symbol in enumerate(SYMBOLS):
            save(symbol, DAYS + 10 * number, seed=number)
    return folder


@pytest.fixture
def store(saved, monkeypatch):
    """The same, read and not written."""
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(saved))
    return saved


@pytest.fixture(scope="module")
def alone(saved, tmp_path_factory):
    """The answer that one process gives."""
    folder = tmp_path_factory.mktemp("alone") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENTIMENT_DATA_DIR", str(saved))
        batch.run(REQUEST, folder)
    return folder


@pytest.fixture
def own_store(empty_store):
    """A data folder of four assets for a test that saves to it."""
    for number, symbol in enumerate(SYMBOLS[:4]):
        save(symbol, seed=number)
    return empty_store


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written(folder):
    return {path.name: path.stat().st_mtime_ns for path in (folder / "scores").iterdir()}


def universe_command(*words):
    return command_line.run("universe", *map(str, words), check=False)


@pytest.mark.usefixtures("store")
def test_every_row_is_that_of_the_single_path_bit_for_bit(alone):
    parts = sorted((alone / "scores").iterdir())
    assert [path.name for path in parts] == [f"part-{number:05}.parquet" for number in range(4)]
    table = pd.concat([pd.read_parquet(path) for path in parts], ignore_index=True)
    assert list(table.columns) == ["asset", "date", *market_columns()]
    assert list(dict.fromkeys(table["asset"])) == list(SYMBOLS)
    assert table["gap"].notna().any()
    for symbol, rows in table.groupby("asset"):
        single = scores_table(score(load_inputs(symbol)))
        pd.testing.assert_frame_equal(rows.drop(columns="asset").reset_index(drop=True), single, check_exact=True)


def market_columns():
    return list(score(load_inputs("BTC-USD", date(2016, 1, 1))).axes.columns)


@pytest.mark.usefixtures("store")
def test_day_instant_and_weights_are_those_of_the_single_path(tmp_path):
    as_of, weights = date(2021, 4, 1), {"drawdown": 50.0}
    requested = replace(REQUEST, symbols=SYMBOLS[:2], as_of=as_of, known_at=NOW, weights=tuple(weights.items()))
    result = batch.run(requested, tmp_path / "out")
    for row in result.ranking.to_dict("records"):
        last = score(load_inputs(row["asset"], as_of, NOW), weights).axes.iloc[-1]
        assert (row["fear"], row["fundamentals"], row["close"]) == tuple(last[["fear", "fundamentals", "close"]])
    asked = orjson.loads((tmp_path / "out" / "manifest.json").read_bytes())["asked"]
    assert (asked["as_of"], asked["weights"]) == ("2021-04-01", "drawdown:50")


@pytest.mark.usefixtures("store")
def test_the_ranking_has_the_widest_gap_first_and_reads_back_from_its_csv(alone):
    ranking = read_csv((alone / "ranking.csv").read_bytes().decode(), RANKING)
    pd.testing.assert_frame_equal(ranking, pd.read_parquet(alone / "ranking.parquet"), check_exact=True)
    is_old = ended(ranking)
    assert is_old.is_monotonic_increasing, "series that have ended stand last"
    for _, ranked in ranking.groupby(is_old):
        assert ranked["gap"].abs().is_monotonic_decreasing
    assert ranking["gap"].iloc[0] != ranking["gap"].iloc[1]
    assert set(ranking["asset"]) == set(SYMBOLS)
    first = ranking.iloc[0]
    single = score(load_inputs(first["asset"])).axes.iloc[-1]
    assert (first["as_of"], first["unit"], first["gap"]) == (single.name, "USD", single["gap"])


@pytest.mark.usefixtures("own_store")
def test_equal_gaps_stand_by_name_and_unknown_ones_last(tmp_path):
    for symbol in ("ZZ", "AA", "MM"):
        save(symbol, seed=1)
    save("SHORT", days=40)
    result = batch.run(UniverseRequest(("ZZ", "SHORT", "MM", "AA"), partition_size=2), tmp_path / "out")
    assert result.ranking["asset"].tolist() == ["AA", "MM", "ZZ", "SHORT"]
    assert pd.isna(result.ranking["gap"].iloc[-1])


def test_what_is_written_has_the_rights_that_the_umask_gives(own_store, tmp_path):
    before = os.umask(0o027)
    try:
        save("SHARED")
        batch.run(UniverseRequest(("SHARED",)), tmp_path / "out")
    finally:
        os.umask(before)
    written_now = [own_store / "bars" / "SHARED.parquet", *(tmp_path / "out").rglob("*.*")]
    assert {path.stat().st_mode & 0o777 for path in written_now if path.name != ".lock"} == {0o640}


@pytest.mark.usefixtures("own_store")
def test_a_second_run_keeps_what_still_holds(tmp_path):
    out, requested = tmp_path / "out", UniverseRequest(SYMBOLS[:4], partition_size=2)
    batch.run(requested, out)
    before = contents(out)
    times = written(out)
    again = batch.run(requested, out)
    assert (again.kept, again.partitions) == (2, 2)
    assert written(out) == times
    assert contents(out) == before


@pytest.mark.usefixtures("own_store")
def test_changed_inputs_redo_their_partition_and_no_other(tmp_path):
    out, requested = tmp_path / "out", UniverseRequest(SYMBOLS[:4], partition_size=2)
    batch.run(requested, out)
    times = written(out)
    save(SYMBOLS[3], days=DAYS + 1, seed=3, when=NOW + timedelta(days=1))
    assert batch.run(requested, out).kept == 1
    changed = {name for name, moment in written(out).items() if moment != times[name]}
    assert changed == {"part-00001.parquet"}
    last = pd.read_parquet(out / "ranking.parquet").set_index("asset")["as_of"]
    assert last[SYMBOLS[3]] - last[SYMBOLS[2]] == pd.Timedelta(days=1)


@pytest.mark.usefixtures("own_store")
def test_a_new_note_or_new_code_redoes_everything(tmp_path, monkeypatch):
    out, requested = tmp_path / "out", UniverseRequest(SYMBOLS[:4], partition_size=2)
    batch.run(requested, out)
    text = files.NOTES.joinpath("k33-2026-02-17-range.md").read_text("utf-8").replace("id: k33", "id: x")
    library.add(text, "x.md", who="A test")
    assert batch.run(requested, out).kept == 0
    assert batch.run(requested, out).kept == 2
    newer = {**partitions.code(), "sentiment": "another"}
    monkeypatch.setattr(partitions, "code", lambda: newer)
    monkeypatch.setattr(request, "code", lambda: newer)
    assert batch.run(requested, out).kept == 0


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(path.read_bytes()[:-1]), Path.unlink])
@pytest.mark.usefixtures("own_store")
def test_a_partition_that_is_not_as_it_was_written_is_redone(tmp_path, spoil):
    out, requested = tmp_path / "out", UniverseRequest(SYMBOLS[:4], partition_size=2)
    batch.run(requested, out)
    before = contents(out)
    spoil(out / "scores" / "part-00001.parquet")
    assert batch.run(requested, out).kept == 1
    assert contents(out) == before


@pytest.mark.usefixtures("own_store")
def test_what_a_killed_run_left_is_swept_and_no_ranking_stands_beside_half_an_answer(tmp_path, monkeypatch):
    out, requested = tmp_path / "out", UniverseRequest(SYMBOLS[:4], partition_size=2)
    batch.run(requested, out)
    save(SYMBOLS[3], days=DAYS + 1, seed=3, when=NOW + timedelta(days=1))
    (out / "scores" / "part-00001-0123.tmp").write_bytes(b"half")

    def dies(_task):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(batch, "compute", dies)
        with pytest.raises(KeyboardInterrupt):
            batch.run(requested, out)
    assert sorted(contents(out)) == [".lock", "manifest.json", "scores/part-00000.parquet"]
    assert batch.run(requested, out).kept == 1


def test_the_whole_store_grows_without_becoming_another_question(own_store, tmp_path):
    out = tmp_path / "out"
    first = batch.run(UniverseRequest(request.available_symbols(), whole_store=True, partition_size=2), out)
    assert first.ranking["asset"].tolist().count("BTC-USD") == 1
    save("T99")
    again = batch.run(UniverseRequest(request.available_symbols(), whole_store=True, partition_size=2), out)
    assert again.kept == 5
    assert len(again.ranking) == len(first.ranking) + 1
    files.replace(own_store / "bars" / "T99.parquet", b"")
    (own_store / "bars" / "T99.parquet").unlink()
    batch.run(UniverseRequest(request.available_symbols()[:2], whole_store=True, partition_size=2), out)
    assert list(written(out)) == ["part-00000.parquet"]


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"as_of": date(2021, 1, 1)}, "as_of not set, not 2021-01-01"),
        ({"known_at": NOW}, "known_at not set, not 2024-06-01"),
        ({"weights": (("drawdown", 3.0),)}, "weights not set, not drawdown:3"),
        ({"symbols": SYMBOLS[:3]}, "4 symbols, not these 3"),
        ({"partition_size": 3}, "partition_size 2, not 3"),
    ],
)
@pytest.mark.usefixtures("own_store")
def test_a_folder_of_another_question_is_refused_and_kept(tmp_path, other, says):
    out, requested = tmp_path / "out", UniverseRequest(SYMBOLS[:4], partition_size=2)
    batch.run(requested, out)
    before = contents(out)
    with pytest.raises(SelectionError, match=f"answers another question .*{says}.*--fresh"):
        batch.run(replace(requested, **other), out)
    assert contents(out) == before
    assert batch.run(replace(requested, **other), out, fresh=True).kept == 0


@pytest.mark.usefixtures("own_store")
def test_a_folder_that_is_not_ours_is_left_alone(tmp_path):
    requested = UniverseRequest(SYMBOLS[:1])
    mine = tmp_path / "letters"
    mine.mkdir()
    (mine / "dear.txt").write_text("Ann")
    for fresh in (False, True):
        with pytest.raises(SelectionError, match="holds other files and no universe"):
            batch.run(requested, mine, fresh=fresh)
    with pytest.raises(SelectionError, match="is a file"):
        batch.run(requested, mine / "dear.txt")
    assert list(contents(mine)) == ["dear.txt"]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text("{}")
    with pytest.raises(SelectionError, match=r"manifest\.json cannot be read .*--fresh"):
        batch.run(requested, tmp_path / "out")
    assert batch.run(requested, tmp_path / "out", fresh=True).kept == 0


@pytest.mark.usefixtures("own_store")
def test_one_process_at_a_time_works_in_a_folder(tmp_path):
    requested, met = UniverseRequest(SYMBOLS[:1]), []

    def second(_done, _of):
        with pytest.raises(SelectionError, match="another process is at work") as refused:
            batch.run(requested, tmp_path / "out")
        met.append(refused)

    batch.run(requested, tmp_path / "out", progress=second)
    assert len(met) == 2


def test_what_cannot_be_scored_is_told_and_the_rest_is_scored(own_store, tmp_path):
    save("T98", seed=1)
    (own_store / "bars" / "T98.parquet").write_bytes(b"PAR1 and no more")
    symbols = (SYMBOLS[0], "NEVER", "T98", SYMBOLS[1])
    (tmp_path / "list.txt").write_text("\n".join(symbols), "utf-8")
    done = universe_command(tmp_path / "list.txt", "-o", tmp_path / "out", "--partition", 2)
    assert done.returncode == 1
    assert b"2 could not be scored (1 missing, 1 failed)" in done.stderr
    unscored = pd.read_csv(tmp_path / "out" / "unscored.csv")
    assert unscored[["asset", "status"]].to_numpy().tolist() == [["NEVER", "missing"], ["T98", "failed"]]
    assert "sentiment refresh NEVER" in unscored["reason"].iloc[0]
    assert "set aside" in unscored["reason"].iloc[1]
    assert set(pd.read_parquet(tmp_path / "out" / "ranking.parquet")["asset"]) == {SYMBOLS[0], SYMBOLS[1]}


@pytest.mark.usefixtures("own_store")
def test_a_universe_of_which_nothing_can_be_scored_is_empty_and_reads_back(tmp_path):
    result = batch.run(UniverseRequest(("NEVER", "EVER"), as_of=date(2021, 1, 1), partition_size=1), tmp_path / "out")
    assert (result.rows, len(result.unscored)) == (0, 2)
    ranking = read_csv((tmp_path / "out" / "ranking.csv").read_bytes().decode(), RANKING)
    pd.testing.assert_frame_equal(ranking, pd.read_parquet(tmp_path / "out" / "ranking.parquet"))


def test_a_list_has_comments_and_each_ticker_counts_once(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("# mine\n\nbtc-usd  # coin\n^vix\n0700.HK\nBTC-USD\n", "utf-8-sig")
    symbols, again = request.read_tickers(path)
    assert symbols == ("BTC-USD", "^VIX", "0700.HK")
    assert again == (f"{path}, line 6: BTC-USD is already in line 3; it is scored once",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"SPY\nnot a ticker\n", "list.txt, line 2: 'not a ticker' is not a ticker"),
        (b"# nothing\n", "names no ticker"),
        (b"\xff\xfe", "is not UTF-8"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_bad_list_is_named_with_its_line(tmp_path, content, says):
    path = tmp_path / "list.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        request.read_tickers(path)
    done = universe_command(path, "-o", tmp_path / "out")
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert not (tmp_path / "out").exists()


def test_the_command_asks_for_a_list_or_the_store(tmp_path):
    for words in ((), ("list.txt", "--store")):
        done = universe_command(*words, "-o", tmp_path / "out")
        assert (done.returncode, done.stderr) == (2, b"sentiment: name either a file of tickers or --store\n")


@pytest.mark.usefixtures("own_store")
def test_an_asset_is_found_among_thousands_without_a_look_at_the_others(monkeypatch):
    opened = []
    load_bars = bar_store.load_bars
    monkeypatch.setattr(bar_store, "load_bars", lambda symbol, *args: opened.append(symbol) or load_bars(symbol, *args))
    for number in range(30):
        save(f"M{number:02}", days=3)
    assert assets.asset("M07").unit == "USD"
    assert opened == ["M07"]
    with pytest.raises(InputError, match=r"BTC-USD, .*M00, .* and 20 more \(any"):
        assets.asset("NEVER")
    assert opened == ["M07"]


@pytest.fixture
def workers(store):
    """A cluster of two processes that have its data, and the nannies that mind them."""
    assert store
    from distributed import LocalCluster  # noqa: PLC0415 - seconds to load

    here = "127.0.0.1"
    with (
        patch.dict(os.environ),  # Dask leaves settings of memory and threads in it
        LocalCluster(n_workers=2, threads_per_worker=1, host=here, dashboard_address=f"{here}:0") as made,
    ):
        yield made


def compute_once_dying(task):
    """Compute in a worker that is killed with its result in hand, the first time that it is at the third partition."""
    part, death = partitions.compute(task), files.saved() / "death"
    if task.number == 2 and not death.exists():
        death.write_text(str(os.getpid()), "utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return part


def compute_dying(_task):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_and_doubles_nothing(workers, store, alone, tmp_path, monkeypatch):
    (store / "death").unlink(missing_ok=True)
    before = {nanny.pid for nanny in workers.workers.values()}
    monkeypatch.setattr(batch, "compute", compute_once_dying)
    result = batch.run(REQUEST, tmp_path / "out", workers.scheduler_address)
    assert int((store / "death").read_text("utf-8")) in before - {nanny.pid for nanny in workers.workers.values()}
    assert (result.partitions, result.kept, result.outdated) == (4, 0, 0)
    assert contents(tmp_path / "out") == contents(alone)


@pytest.mark.slow
def test_a_task_that_kills_every_worker_ends_the_run(workers, tmp_path, monkeypatch):
    workers.scheduler.allowed_failures = 0
    monkeypatch.setattr(batch, "compute", compute_dying)
    with pytest.raises(
        ClusterError, match=r"1 workers died at the same task, the last at tcp://.* continues from there"
    ):
        batch.run(REQUEST, tmp_path / "out", workers.scheduler_address)


@pytest.mark.slow
def test_a_scheduler_that_goes_away_leaves_what_is_finished(workers, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ClusterError, match=r"the scheduler at tcp://.* went away; .* continues from there"):
        batch.run(REQUEST, out, workers.scheduler_address, progress=lambda done, _of: done and workers.close())
    assert batch.run(REQUEST, out).kept > 0


@pytest.mark.slow
def test_workers_that_see_other_data_or_have_other_code_are_found_out(workers, monkeypatch, tmp_path):
    address = workers.scheduler_address
    newer = {**partitions.code(), "numpy": "0.1"}
    with monkeypatch.context() as patch:
        patch.setattr(request, "code", lambda: newer)
        with pytest.raises(ClusterError, match=r"another numpy .* than this machine \(0.1\)"):
            batch.run(REQUEST, tmp_path / "code", address)
    monkeypatch.setenv("SENTIMENT_DATA_DIR", str(tmp_path / "elsewhere"))
    for symbol in SYMBOLS:
        save(symbol)
    with pytest.raises(ClusterError, match="sees other prices or notes than this machine; SENTIMENT_DATA_DIR"):
        batch.run(REQUEST, tmp_path / "data", address)
    assert not list((tmp_path / "data" / "scores").iterdir())


@pytest.mark.usefixtures("store")
@pytest.mark.slow
def test_nobody_at_the_address_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "_CONNECT", 0.2)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(ClusterError, match=f"no scheduler answers at '{address}'"):
            batch.run(REQUEST, tmp_path / "out", address)


@pytest.mark.usefixtures("store")
@pytest.mark.slow
def test_a_scheduler_without_workers_is_told(monkeypatch, tmp_path):
    from distributed import LocalCluster  # noqa: PLC0415

    monkeypatch.setattr(cluster, "_FIRST_WORKER", 0.2)
    here = "127.0.0.1"
    with (
        LocalCluster(n_workers=0, host=here, dashboard_address=f"{here}:0") as idle,
        pytest.raises(ClusterError, match="has no worker; start some with: dask worker tcp://"),
    ):
        batch.run(REQUEST, tmp_path / "out", idle.scheduler_address)


@pytest.mark.usefixtures("store")
def test_without_dask_the_error_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"sentiment-dashboard\[cluster\]"):
        batch.run(REQUEST, tmp_path / "out", "local")
    assert batch.run(REQUEST, tmp_path / "out").partitions == 4


HELD_COMMAND = """
import signal
import sys
from sentiment import cli
from sentiment.universe import batch

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests in the background ignores it
run = batch.run

def held(*args, progress, **options):
    def report_and_wait(done, total):
        progress(done, total)
        if done == 1:
            print("one partition is done", flush=True)
            sys.stdin.readline()
    return run(*args, progress=report_and_wait, **options)

batch.run = held
cli.main()
"""


@pytest.mark.usefixtures("store")
@pytest.mark.slow
def test_after_ctrl_c_the_same_command_goes_on(alone, tmp_path):
    out, tickers = tmp_path / "out", tmp_path / "list.txt"
    tickers.write_text("\n".join(SYMBOLS), "utf-8")
    words = (tickers, "-o", out, "--partition", 3, "--scheduler", "local")
    started = subprocess.Popen(
        [sys.executable, "-c", HELD_COMMAND, "universe", *map(str, words)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert started.stdout.readline() == b"one partition is done\n"  # and now it waits for a line that never comes
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does: to the workers as well
    try:
        assert started.wait(timeout=120) == 130
    finally:
        _, errors = started.communicate(timeout=120)
    assert b"1 of 4 partitions are in" in errors
    assert b"the same command continues from there" in errors
    assert b"Traceback" not in errors
    done = universe_command(*words[:-2])
    assert done.returncode == 0, done.stderr
    assert b"(1 kept from before)" in done.stdout
    assert contents(out) == contents(alone)


def test_the_digest_of_the_code_covers_every_module_and_word_list(monkeypatch):
    package, read = Path(partitions.__file__).parents[1], []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or read_bytes(path))
    partitions.code.__wrapped__()
    assert {path for kind in ("py", "toml") for path in package.rglob(f"*.{kind}")} <= set(read)


def test_the_command_has_the_partition_size_of_the_library():
    assert inspect.signature(universe.universe).parameters["partition"].default == request.PARTITION
